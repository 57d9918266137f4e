//! When segments are merged.
//!
//! Each segment that a search opens costs it time, and each merge writes its entries once more. So segments of a size are
//! merged as soon as there are some of them, as tantivy does it; and when a pass has added much, the small segments that
//! it leaves behind are merged, too, as long as that is little against what it added.
//!
//! A merge takes memory for each entry. While a pass goes on, which takes some for its own segments, only small ones are
//! merged, and the others when it has ended; the largest never are, unless somebody asks for it.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tantivy::SegmentMeta;
use tantivy::index::SegmentId;
use tantivy::indexer::{LogMergePolicy, MergeCandidate, MergePolicy};

/// What part of the entries that a pass added the small segments hold together that are merged at its end.
const SHARE: u64 = 8;

/// Of more entries than this a segment is not merged while a pass goes on.
const MOST_IN_PASS: usize = 100_000;

/// Of more entries than this a segment is not merged at all, nor are small ones that hold more together. A merge takes about
/// 40 bytes for each.
const MOST: usize = 1_000_000;

/// How many segments are merged at once.
const AT_ONCE: usize = 8;

/// How many entries these have together at most: two such merges go on at once beside a pass.
const MOST_AT_ONCE: u64 = 1_200_000;

/// Decides which segments are merged.
#[derive(Debug)]
pub(super) struct Merges {
    in_pass: LogMergePolicy,
    after_pass: LogMergePolicy,
    of_pass: Arc<OfPass>,
}

/// What is known of the pass that writes.
#[derive(Debug, Default)]
pub(super) struct OfPass(AtomicU64);

impl OfPass {
    /// In the place of a number while a pass goes on.
    const GOES_ON: u64 = u64::MAX;

    /// Notes that a pass goes on.
    pub(super) fn go_on(&self) {
        self.0.store(Self::GOES_ON, Ordering::Relaxed);
    }

    /// Notes that a pass has ended that added so many entries.
    pub(super) fn end(&self, added: u64) {
        self.0.store(added, Ordering::Relaxed);
    }

    /// How many entries the pass added that has ended; `None` while one goes on.
    fn added(&self) -> Option<u64> {
        Some(self.0.load(Ordering::Relaxed)).filter(|&added| added != Self::GOES_ON)
    }
}

impl Merges {
    /// Merges by what is noted of passes.
    pub(super) fn new(of_pass: &Arc<OfPass>) -> Self {
        let [mut in_pass, mut after_pass] = [LogMergePolicy::default(), LogMergePolicy::default()];
        in_pass.set_min_num_segments(AT_ONCE);
        in_pass.set_max_docs_before_merge(MOST_IN_PASS);
        after_pass.set_min_num_segments(AT_ONCE);
        after_pass.set_max_docs_before_merge(MOST);
        Self { in_pass, after_pass, of_pass: Arc::clone(of_pass) }
    }
}

impl MergePolicy for Merges {
    fn compute_merge_candidates(&self, segments: &[SegmentMeta]) -> Vec<MergeCandidate> {
        let added = self.of_pass.added();
        let by_size = if added.is_some() { &self.after_pass } else { &self.in_pass };
        let entries: HashMap<SegmentId, u64> =
            segments.iter().map(|segment| (segment.id(), u64::from(segment.num_docs()))).collect();
        let of_a_size = by_size.compute_merge_candidates(segments).into_iter();
        let some = of_a_size.flat_map(|MergeCandidate(ids)| groups(ids, |id| entries[id]));
        let mut candidates: Vec<_> = some.map(MergeCandidate).collect();
        let is_free = |segment: &&SegmentMeta| {
            !candidates.iter().any(|MergeCandidate(ids)| ids.contains(&segment.id()))
        };
        let free =
            segments.iter().filter(is_free).map(|segment| (segment.id(), u64::from(segment.num_docs())));
        let small = small(free.collect(), (added.unwrap_or_default() / SHARE).min(MOST as u64));
        if small.len() > 1 {
            candidates.push(MergeCandidate(small));
        }
        candidates
    }
}

/// Groups of segments of a size that are merged at once: as many as that takes, or as may be because of their entries.
fn groups(ids: Vec<SegmentId>, entries: impl Fn(&SegmentId) -> u64) -> Vec<Vec<SegmentId>> {
    let (mut groups, mut group, mut sum) = (Vec::new(), Vec::new(), 0);
    for id in ids {
        let of_it = entries(&id);
        if group.len() == AT_ONCE || sum + of_it > MOST_AT_ONCE {
            groups.push(std::mem::take(&mut group));
            sum = 0;
        }
        group.push(id);
        sum += of_it;
    }
    // Those that are left wait for more of their size.
    if group.len() == AT_ONCE {
        groups.push(group);
    }
    groups.retain(|group| group.len() > 1);
    groups
}

/// The smallest segments that hold up to so many entries together.
fn small(mut segments: Vec<(SegmentId, u64)>, most: u64) -> Vec<SegmentId> {
    segments.sort_by_key(|&(_, entries)| entries);
    let sums = segments.iter().scan(0, |sum, &(_, entries)| {
        *sum += entries;
        Some(*sum)
    });
    let count = sums.take_while(|&sum| sum <= most).count();
    segments[..count].iter().map(|&(id, _)| id).collect()
}

#[cfg(test)]
mod tests {
    use tantivy::Index;
    use tantivy::schema::Schema;

    use super::*;

    /// How many entries the segments have that are merged, of segments with so many, after a pass that added so many.
    fn merged(sizes: &[u32], added: Option<u64>) -> Vec<Vec<u32>> {
        let index = Index::create_in_ram(Schema::builder().build());
        let segments: Vec<_> =
            sizes.iter().map(|&size| index.new_segment_meta(SegmentId::generate_random(), size)).collect();
        let of_pass = Arc::default();
        let merges = Merges::new(&of_pass);
        added.map_or_else(|| of_pass.go_on(), |added| of_pass.end(added));
        let size =
            |id: &SegmentId| segments.iter().find(|segment| segment.id() == *id).map(SegmentMeta::max_doc);
        let candidates = merges.compute_merge_candidates(&segments).into_iter();
        candidates.map(|MergeCandidate(ids)| ids.iter().filter_map(size).collect()).collect()
    }

    #[test]
    fn what_a_large_pass_leaves_behind_is_merged() {
        let left = [200_000, 30_000, 200_000, 2_000, 20_000];
        assert_eq!(merged(&left, Some(452_000)), [[2_000, 20_000, 30_000]]);
        assert_eq!(merged(&left, Some(300_000)), [[2_000, 20_000]], "no more than an eighth of it");
        assert!(merged(&left, Some(2_000)).is_empty(), "a small pass leaves all as it is");
        assert!(merged(&left, None).is_empty(), "so does one that goes on");
    }

    #[test]
    fn segments_of_a_size_are_merged_once() {
        let [many, few] = [vec![30_000; 8], vec![1_000, 2_000]];
        let all = [many.clone(), few.clone()].concat();
        assert_eq!(merged(&all, None), std::slice::from_ref(&many));
        assert_eq!(merged(&all, Some(243_000)), [many, few]);
    }

    #[test]
    fn a_merge_is_no_larger_than_memory_allows() {
        let large = vec![150_000; 8];
        assert!(merged(&large, None).is_empty(), "a pass that goes on needs its memory");
        assert_eq!(merged(&large, Some(1)), std::slice::from_ref(&large));
        assert_eq!(merged(&[150_000; 20], Some(1)), [large.clone(), large], "no more at once");
        assert!(merged(&[2_000_000; 8], Some(1)).is_empty());
        assert_eq!(merged(&[500_000; 9], Some(1)), vec![vec![500_000; 2]; 4], "no more entries at once");
        let left = [600_000, 500_000, 400_000];
        assert_eq!(merged(&left, Some(90_000_000)), [[400_000, 500_000]], "however much a pass has added");
    }
}
