//! The best passages of a segment, in a total order.
//!
//! The order is: the request's (score, date), then document id, then ordinal. Within a segment ids compare by
//! their ordinals in its dictionary; across segments by their text.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use tantivy::DocId;

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

/// The first `limit` candidates of those that were offered, by place.
pub(super) struct Top {
    limit: usize,
    /// The last in place is on top.
    heap: BinaryHeap<Candidate>,
}

impl Top {
    pub(super) fn new(limit: usize) -> Self {
        Self { limit, heap: BinaryHeap::new() }
    }

    /// Takes a candidate, unless enough better ones are there.
    pub(super) fn offer(&mut self, candidate: Candidate) {
        if self.heap.len() < self.limit {
            self.heap.push(candidate);
        } else if let Some(mut last) = self.heap.peek_mut()
            && candidate < *last
        {
            *last = candidate;
        }
    }

    /// The key that a candidate must reach to be taken, when there are enough already.
    pub(super) fn threshold(&self) -> Option<f64> {
        (self.heap.len() >= self.limit).then(|| self.heap.peek().map_or(f64::INFINITY, |last| last.key))
    }

    /// The candidates, in no order.
    pub(super) fn into_candidates(self) -> Vec<Candidate> {
        self.heap.into_vec()
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

    fn candidate(key: u8, id: u64, ordinal: u64) -> Candidate {
        Candidate { key: f64::from(key), id, ordinal, doc: 0 }
    }

    #[test]
    fn ties_are_broken_by_document_and_ordinal() {
        let mut top = Top::new(3);
        for (key, id, ordinal) in [(1, 1, 1), (2, 9, 0), (1, 1, 0), (1, 0, 5)] {
            top.offer(candidate(key, id, ordinal));
        }
        let mut first = top.into_candidates();
        first.sort();
        let places: Vec<_> = first.iter().map(|c| (c.id, c.ordinal)).collect();
        assert_eq!(places, [(9, 0), (0, 5), (1, 0)]);
    }

    proptest! {
        #[test]
        fn the_top_is_the_head_of_the_sorted_list(keys in prop::collection::vec((0u8..4, 0u64..4, 0u64..4), 0..40), limit in 0usize..8) {
            let mut top = Top::new(limit);
            let mut all: Vec<_> = keys.iter().map(|&(k, i, o)| candidate(k, i, o)).collect();
            all.iter().for_each(|&c| top.offer(c));
            all.sort();
            all.truncate(limit);
            let mut first = top.into_candidates();
            first.sort();
            prop_assert_eq!(first, all);
        }
    }
}
