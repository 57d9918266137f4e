//! When segments are merged.
//!
//! Each segment that a search opens costs it time, and each merge writes its entries once more. So segments of a size are
//! merged as soon as there are some of them, as tantivy does it; and when a pass has added much, the small segments that
//! it leaves behind are merged, too, as long as that is little against what it added.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tantivy::SegmentMeta;
use tantivy::index::SegmentId;
use tantivy::indexer::{LogMergePolicy, MergeCandidate, MergePolicy};

/// What part of the entries that a pass added the small segments hold together that are merged at its end.
const SHARE: u64 = 8;

/// Decides which segments are merged.
#[derive(Debug, Default)]
pub(super) struct Merges {
    by_size: LogMergePolicy,
    /// How many entries the pass added that has ended; 0 while one goes on.
    of_pass: Arc<AtomicU64>,
}

impl Merges {
    /// Where to say how many entries a pass has added, when it ends.
    pub(super) fn of_pass(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.of_pass)
    }
}

impl MergePolicy for Merges {
    fn compute_merge_candidates(&self, segments: &[SegmentMeta]) -> Vec<MergeCandidate> {
        let mut candidates = self.by_size.compute_merge_candidates(segments);
        let is_free = |segment: &&SegmentMeta| {
            !candidates.iter().any(|MergeCandidate(ids)| ids.contains(&segment.id()))
        };
        let free =
            segments.iter().filter(is_free).map(|segment| (segment.id(), u64::from(segment.num_docs())));
        let small = small(free.collect(), self.of_pass.load(Ordering::Relaxed) / SHARE);
        if small.len() > 1 {
            candidates.push(MergeCandidate(small));
        }
        candidates
    }
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

    /// How many entries the segments have that are merged, of segments with so many.
    fn merged(sizes: &[u32], added: u64) -> Vec<Vec<u32>> {
        let index = Index::create_in_ram(Schema::builder().build());
        let segments: Vec<_> =
            sizes.iter().map(|&size| index.new_segment_meta(SegmentId::generate_random(), size)).collect();
        let merges = Merges::default();
        merges.of_pass().store(added, Ordering::Relaxed);
        let size =
            |id: &SegmentId| segments.iter().find(|segment| segment.id() == *id).map(SegmentMeta::max_doc);
        let candidates = merges.compute_merge_candidates(&segments).into_iter();
        candidates.map(|MergeCandidate(ids)| ids.iter().filter_map(size).collect()).collect()
    }

    #[test]
    fn what_a_large_pass_leaves_behind_is_merged() {
        let left = [200_000, 30_000, 200_000, 2_000, 20_000];
        assert_eq!(merged(&left, 452_000), [[2_000, 20_000, 30_000]]);
        assert_eq!(merged(&left, 300_000), [[2_000, 20_000]], "no more than an eighth of it");
        assert!(merged(&left, 2_000).is_empty(), "a small pass leaves all as it is");
        assert!(merged(&left, 0).is_empty(), "so does one that goes on");
    }

    #[test]
    fn segments_of_a_size_are_merged_once() {
        let [many, few] = [vec![30_000; 8], vec![1_000, 2_000]];
        let all = [many.clone(), few.clone()].concat();
        assert_eq!(merged(&all, 0), std::slice::from_ref(&many));
        assert_eq!(merged(&all, 243_000), [many, few]);
    }
}
