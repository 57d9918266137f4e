//! The best passages of a segment, in a total order.
//!
//! The order is: the request's (score, date), then document id, then ordinal. Within a segment ids compare by
//! their ordinals in its dictionary; across segments by their text. Where a passage stands is looked up only for those
//! that are kept, and for ties at the end of them.

use std::cmp::Ordering;

use tantivy::DocId;

use crate::index::Places;

/// How many ties are told apart at once where there are many.
const MANY: usize = 1024;

/// A passage that may become a hit.
#[derive(Clone, Copy, Debug)]
pub(super) struct Candidate {
    /// What the request sorts by; higher comes first.
    pub(super) key: f64,
    /// The document id's ordinal in the segment.
    pub(super) id: u64,
    /// The passage's ordinal in its document.
    pub(super) ordinal: u64,
    /// Where the passage stands in the segment.
    pub(super) doc: DocId,
}

impl Candidate {
    /// The candidate at a place of a segment, with this key.
    pub(super) fn at(places: &Places, doc: DocId, key: f64) -> Self {
        Self { key, id: places.id(doc), ordinal: places.ordinal(doc), doc }
    }

    /// Compares by place: what comes first is less.
    fn place(&self, other: &Self) -> Ordering {
        other.key.total_cmp(&self.key).then(self.id.cmp(&other.id)).then(self.ordinal.cmp(&other.ordinal))
    }
}

impl PartialEq for Candidate {
    fn eq(&self, other: &Self) -> bool {
        self.place(other) == Ordering::Equal
    }
}

impl Eq for Candidate {}

impl PartialOrd for Candidate {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Candidate {
    fn cmp(&self, other: &Self) -> Ordering {
        self.place(other)
    }
}

/// The first `limit` passages of those that were offered, by place, and of ties at the end maybe some more.
///
/// It holds some more than that and from time to time lets go of those that are not among the first, which costs less
/// than to keep them in order.
pub(super) struct Top {
    limit: usize,
    /// Keys and passages, in no order.
    held: Vec<(f64, DocId)>,
    /// How many may be held until some are let go.
    room: usize,
    /// The key of the last one, since there were enough.
    threshold: Option<f64>,
}

impl Top {
    pub(super) fn new(limit: usize) -> Self {
        let threshold = (limit == 0).then_some(f64::INFINITY);
        Self { limit, held: Vec::new(), room: limit, threshold }
    }

    /// Takes a passage, unless enough better ones are there; `candidate` tells where one stands.
    pub(super) fn offer(&mut self, key: f64, doc: DocId, candidate: &impl Fn(f64, DocId) -> Candidate) {
        if self.threshold.is_some_and(|threshold| key < threshold) {
            return;
        }
        self.held.push((key, doc));
        if self.held.len() >= self.room {
            self.shrink();
            let mut more = self.limit / 2 + 1;
            // Where there are many ties, more will come.
            if self.break_ties(candidate) {
                more += MANY;
            }
            self.room = self.held.len().saturating_add(more);
        }
    }

    /// The key that a passage must reach to be taken, when there are enough already.
    pub(super) fn threshold(&self) -> Option<f64> {
        self.threshold
    }

    /// Lets go of all that are not among the first but for ties at the end.
    fn shrink(&mut self) {
        let Some(last) = self.limit.checked_sub(1).filter(|&last| last < self.held.len()) else { return };
        let (_, &mut (threshold, _), _) =
            self.held.select_nth_unstable_by(last, |(a, _), (b, _)| b.total_cmp(a));
        self.threshold = Some(threshold);
        self.held.retain(|(key, _)| key.total_cmp(&threshold).is_ge());
    }

    /// Lets go of ties at the end that are not among the first, if they are many: to tell them apart takes longer than to
    /// keep a few.
    fn break_ties(&mut self, candidate: &impl Fn(f64, DocId) -> Candidate) -> bool {
        let are_many = self.held.len() > self.limit.saturating_add(self.limit / 4);
        let Some(threshold) = self.threshold.filter(|_| are_many) else { return false };
        let is_tie = |&mut (key, _): &mut (f64, DocId)| key.total_cmp(&threshold).is_eq();
        let ties = self.held.extract_if(.., is_tie);
        let mut ties: Vec<Candidate> = ties.map(|(key, doc)| candidate(key, doc)).collect();
        let first = self.limit - self.held.len();
        if first < ties.len() {
            ties.select_nth_unstable(first);
        }
        self.held.extend(ties.iter().take(first).map(|tie| (tie.key, tie.doc)));
        true
    }

    /// The keys and the passages, in no order, and maybe some ties more.
    pub(super) fn finish(mut self, candidate: &impl Fn(f64, DocId) -> Candidate) -> Vec<(f64, DocId)> {
        self.shrink();
        self.break_ties(candidate);
        self.held
    }
}

/// Passes on the best passage of each document, where passages of a document come one after the other.
#[derive(Default)]
pub(super) struct BestOfDocument {
    best: Option<Candidate>,
}

impl BestOfDocument {
    /// Takes the next candidate; gives the best one of the document before, when another one begins.
    pub(super) fn next(&mut self, candidate: Candidate) -> Option<Candidate> {
        match &mut self.best {
            Some(best) if best.id == candidate.id => {
                if candidate < *best {
                    *best = candidate;
                }
                None
            }
            best => best.replace(candidate),
        }
    }

    /// The best one of the last document.
    pub(super) fn finish(self) -> Option<Candidate> {
        self.best
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_top_is_the_head_of_the_sorted_list(
            offered in prop::collection::vec((0_u8..4, 0_u64..4, 0_u64..4), 0..600),
            limit in 0_usize..12,
        ) {
            let candidate = |key, doc: DocId| {
                let (_, id, ordinal) = offered[doc as usize];
                Candidate { key, id, ordinal, doc }
            };
            let mut top = Top::new(limit);
            let mut all = Vec::new();
            for (doc, &(key, ..)) in (0..).zip(&offered) {
                let key = f64::from(key);
                top.offer(key, doc, &candidate);
                all.push(candidate(key, doc));
                all.sort();
                all.truncate(limit);
                // What has this key may still be taken; what has less, never.
                if let (Some(threshold), Some(last)) = (top.threshold(), all.last()) {
                    prop_assert!(all.len() == limit && threshold <= last.key);
                }
            }
            let first = top.finish(&candidate).into_iter();
            let mut first: Vec<Candidate> = first.map(|(key, doc)| candidate(key, doc)).collect();
            prop_assert!(first.len() <= limit + limit / 4);
            first.sort();
            first.truncate(limit);
            prop_assert_eq!(first, all);
        }
    }
}
