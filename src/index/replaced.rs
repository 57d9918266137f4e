//! What a new segment takes the place of: the same entries, wherever else they stand.
//!
//! Tantivy applies what is deleted to every segment that was added before, and to some that were added right after: it
//! counts on each entry's own time, which a segment that was made elsewhere has not. So what is replaced is
//! deleted by a query that finds nothing in the segment that replaces it.

use tantivy::index::{SegmentId, SegmentReader};
use tantivy::query::{EmptyScorer, EnableScoring, Explanation, Query, Scorer, TermQuery, Weight};
use tantivy::schema::IndexRecordOption;
use tantivy::{DocId, Score, Term};

/// Finds a term in all segments but one.
#[derive(Clone, Debug)]
pub(super) struct Elsewhere {
    term: Term,
    here: SegmentId,
}

impl Elsewhere {
    pub(super) fn than_in(here: SegmentId, term: Term) -> Self {
        Self { term, here }
    }
}

impl Query for Elsewhere {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        let query = TermQuery::new(self.term.clone(), IndexRecordOption::Basic);
        Ok(Box::new(ElsewhereWeight { weight: query.weight(scoring)?, here: self.here }))
    }
}

struct ElsewhereWeight {
    weight: Box<dyn Weight>,
    here: SegmentId,
}

impl Weight for ElsewhereWeight {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        match reader.segment_id() == self.here {
            true => Ok(Box::new(EmptyScorer)),
            false => self.weight.scorer(reader, boost),
        }
    }

    fn explain(&self, reader: &SegmentReader, entry: DocId) -> tantivy::Result<Explanation> {
        self.weight.explain(reader, entry)
    }
}
