//! Walks the passages of a segment that have intervals, and counts those.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::collections::binary_heap::PeekMut;

use tantivy::fieldnorm::FieldNormReader;
use tantivy::postings::{Postings, SegmentPostings};
use tantivy::query::{Bm25Weight, Scorer};
use tantivy::{DocId, DocSet, Score, TERMINATED};

use crate::pattern::Finder;

/// The postings of a family's words, read as if they were one word's.
pub(super) struct Family {
    postings: Vec<SegmentPostings>,
    /// Where each of them stands; those that are at their end are not in it.
    places: BinaryHeap<Reverse<(DocId, usize)>>,
}

impl Family {
    pub(super) fn new(postings: Vec<SegmentPostings>) -> Self {
        let places = postings.iter().enumerate().map(|(word, postings)| Reverse((postings.doc(), word)));
        let places = places.filter(|Reverse((doc, _))| *doc != TERMINATED).collect();
        Self { postings, places }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.postings.is_empty()
    }

    /// Reads the positions of the family's words in `doc`, in order. Passages must be asked for in increasing order,
    /// each once.
    fn read(&mut self, doc: DocId, positions: &mut Vec<u32>) {
        positions.clear();
        let mut words = 0;
        while let Some(mut first) = self.places.peek_mut() {
            let Reverse((place, word)) = *first;
            let postings = &mut self.postings[word];
            let next = match place {
                place if place > doc => break,
                place if place < doc => postings.seek(doc),
                _ => {
                    words += 1;
                    postings.append_positions_with_offset(0, positions);
                    postings.advance()
                }
            };
            match next {
                TERMINATED => drop(PeekMut::pop(first)),
                next => *first = Reverse((next, word)),
            }
        }
        if words > 1 {
            positions.sort_unstable();
        }
    }
}

/// The passages of a segment that have intervals.
pub(super) struct IntervalScorer {
    /// Passages that have the words.
    candidates: Box<dyn Scorer>,
    families: Vec<Family>,
    /// The families that have words in the segment.
    present: Vec<usize>,
    /// The positions of each family's words in the current passage.
    positions: Vec<Vec<u32>>,
    finder: Finder,
    /// How many intervals the current passage has.
    intervals: u32,
    similarity: Option<(Bm25Weight, FieldNormReader)>,
}

impl IntervalScorer {
    /// A scorer on the first passage that has intervals.
    pub(super) fn new(
        candidates: Box<dyn Scorer>,
        families: Vec<Family>,
        mut finder: Finder,
        similarity: Option<(Bm25Weight, FieldNormReader)>,
    ) -> Self {
        let positions = vec![Vec::new(); families.len()];
        let is_present: Vec<bool> = families.iter().map(|family| !family.is_empty()).collect();
        finder.keep_present(&is_present);
        let present = (0..families.len()).filter(|&family| is_present[family]).collect();
        let mut scorer = Self { candidates, families, present, positions, finder, intervals: 0, similarity };
        scorer.settle();
        scorer
    }

    /// Moves to the next candidate that has intervals, unless the current one has.
    fn settle(&mut self) -> DocId {
        loop {
            let doc = self.candidates.doc();
            if doc == TERMINATED || self.has_intervals(doc) {
                return doc;
            }
            self.candidates.advance();
        }
    }

    fn has_intervals(&mut self, doc: DocId) -> bool {
        for &family in &self.present {
            self.families[family].read(doc, &mut self.positions[family]);
        }
        self.intervals = u32::try_from(self.finder.find(&self.positions)).unwrap_or(u32::MAX);
        self.intervals > 0
    }
}

impl DocSet for IntervalScorer {
    fn advance(&mut self) -> DocId {
        self.candidates.advance();
        self.settle()
    }

    fn seek(&mut self, target: DocId) -> DocId {
        if target > self.doc() {
            self.candidates.seek(target);
            self.settle();
        }
        self.doc()
    }

    fn doc(&self) -> DocId {
        self.candidates.doc()
    }

    fn size_hint(&self) -> u32 {
        self.candidates.size_hint()
    }
}

impl Scorer for IntervalScorer {
    fn score(&mut self) -> Score {
        let Some((similarity, lengths)) = &self.similarity else { return 1.0 };
        similarity.score(lengths.fieldnorm_id(self.doc()), self.intervals)
    }
}
