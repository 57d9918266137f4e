//! A phrase in the text of passages or in the title of their document, ranked without reading more places than needed.
//!
//! Whether words stand one behind the other is told by their places, and to read these is most of what a phrase costs. A
//! passage cannot hold a phrase more often than any of its words, which is told before: where not even that many times
//! would be among the best, no places are read, nor is it asked whether the other words stand there. Everything else is
//! left to tantivy's own scorers.

use std::sync::Arc;

use tantivy::fieldnorm::FieldNormReader;
use tantivy::postings::{Postings, SegmentPostings};
use tantivy::query::{
    Bm25Weight, DisjunctionMaxQuery, EnableScoring, Explanation, PhraseQuery, Query as TantivyQuery, Scorer,
    Weight,
};
use tantivy::schema::IndexRecordOption;
use tantivy::{DocId, DocSet, Score, SegmentReader, TERMINATED, Term};

use super::worthwhile::Worthwhile;

/// A query for the passages that hold some words one behind the other, or that another query finds.
#[derive(Clone, Debug)]
pub(super) struct PhraseOrTitle {
    words: Vec<Term>,
    in_title: Arc<dyn TantivyQuery>,
}

impl PhraseOrTitle {
    /// A query for two or more words of one field in their order, or for what `in_title` finds. What both find is as
    /// good as the better of them, not as their sum.
    pub(super) fn new(words: Vec<Term>, in_title: Box<dyn TantivyQuery>) -> Self {
        Self { words, in_title: in_title.into() }
    }
}

impl TantivyQuery for PhraseOrTitle {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        let phrase: Box<dyn TantivyQuery> = Box::new(PhraseQuery::new(self.words.clone()));
        let either = DisjunctionMaxQuery::new(vec![phrase, self.in_title.box_clone()]).weight(scoring)?;
        Ok(match scoring {
            EnableScoring::Disabled { .. } => either,
            EnableScoring::Enabled { statistics_provider, .. } => Box::new(PhraseOrTitleWeight {
                similarity: Bm25Weight::for_terms(statistics_provider, &self.words)?,
                in_title: self.in_title.weight(scoring)?,
                words: self.words.clone(),
                either,
            }),
        })
    }
}

/// A [`PhraseOrTitle`] with the figures of one index.
struct PhraseOrTitleWeight {
    words: Vec<Term>,
    similarity: Bm25Weight,
    in_title: Box<dyn Weight>,
    /// Both together, wherever nothing can be skipped.
    either: Box<dyn Weight>,
}

impl Weight for PhraseOrTitleWeight {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        self.either.scorer(reader, boost)
    }

    fn explain(&self, reader: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        self.either.explain(reader, doc)
    }

    fn count(&self, reader: &SegmentReader) -> tantivy::Result<u32> {
        self.either.count(reader)
    }

    fn for_each_pruning(
        &self,
        mut threshold: Score,
        reader: &SegmentReader,
        callback: &mut dyn FnMut(DocId, Score) -> Score,
    ) -> tantivy::Result<()> {
        let mut in_title = self.in_title.scorer(reader, 1.0)?;
        let mut in_text = Candidates::open(&self.words, reader)?;
        in_text.raise(threshold, &self.similarity);
        loop {
            let doc = in_title.doc().min(in_text.doc());
            if doc == TERMINATED {
                return Ok(());
            }
            let mut found: Option<Score> = None;
            if in_title.doc() == doc {
                found = Some(in_title.score());
                in_title.advance();
            }
            if in_text.doc() == doc {
                let to_beat = found.map_or(threshold, |score| score.max(threshold));
                if in_text.most(&self.similarity) > to_beat {
                    found = in_text.score(&self.similarity).into_iter().chain(found).reduce(Score::max);
                }
                in_text.advance();
            }
            if let Some(score) = found.filter(|&score| score > threshold) {
                threshold = callback(doc, score);
                in_text.raise(threshold, &self.similarity);
            }
        }
    }
}

/// Walks the passages of a segment that hold all words of a phrase, wherever, often enough.
struct Candidates {
    /// The postings of each word with its place in the phrase; those of the rarest word come first.
    words: Vec<(usize, SegmentPostings)>,
    lengths: FieldNormReader,
    worthwhile: Worthwhile,
    doc: DocId,
    /// The places of the rarest word in the phrases, and those of another word.
    starts: Vec<u32>,
    places: Vec<u32>,
}

impl Candidates {
    fn open(words: &[Term], segment: &SegmentReader) -> tantivy::Result<Self> {
        let field = words[0].field();
        let index = segment.inverted_index(field)?;
        let mut opened = Vec::with_capacity(words.len());
        for (place, word) in words.iter().enumerate() {
            let postings = index.read_postings(word, IndexRecordOption::WithFreqsAndPositions)?;
            opened.push((place, postings.unwrap_or_else(SegmentPostings::empty)));
        }
        opened.sort_by_key(|(_, postings)| postings.doc_freq());
        let lengths = segment.get_fieldnorms_reader(field)?;
        let doc = opened[0].1.doc();
        let (worthwhile, starts, places) = (Worthwhile::default(), Vec::new(), Vec::new());
        let mut candidates = Self { words: opened, lengths, worthwhile, doc, starts, places };
        candidates.align();
        Ok(candidates)
    }

    /// Leaves out from now on what cannot reach a score.
    fn raise(&mut self, threshold: Score, similarity: &Bm25Weight) {
        let score = |length, count| f64::from(similarity.score(length, count));
        self.worthwhile.raise(f64::from(threshold), score);
    }

    fn doc(&self) -> DocId {
        self.doc
    }

    fn advance(&mut self) {
        self.doc = self.words[0].1.advance();
        self.align();
    }

    /// Goes on to the first passage from here on that holds all words often enough.
    fn align(&mut self) {
        let mut agreed = 0;
        while agreed < self.words.len() && self.doc != TERMINATED {
            let postings = &mut self.words[agreed].1;
            if postings.doc() < self.doc {
                postings.seek(self.doc);
            }
            if postings.doc() != self.doc {
                self.doc = postings.doc();
                agreed = 0;
            } else if self.worthwhile.holds(self.lengths.fieldnorm_id(self.doc), postings.term_freq()) {
                agreed += 1;
            } else {
                self.doc = self.words[0].1.advance();
                agreed = 0;
            }
        }
    }

    /// What the phrase cannot be worth more than in this passage.
    fn most(&self, similarity: &Bm25Weight) -> Score {
        let most = self.words.iter().map(|(_, postings)| postings.term_freq()).min();
        similarity.score(self.lengths.fieldnorm_id(self.doc), most.unwrap_or_default())
    }

    /// What the phrase is worth in this passage, if it stands there.
    fn score(&mut self, similarity: &Bm25Weight) -> Option<Score> {
        let (first, postings) = &mut self.words[0];
        let first = u32::try_from(*first).unwrap_or(u32::MAX);
        postings.positions(&mut self.starts);
        for (place, postings) in &mut self.words[1..] {
            let place = u32::try_from(*place).unwrap_or(u32::MAX);
            postings.positions(&mut self.places);
            let mut behind = self.places.iter().peekable();
            self.starts.retain(|start| {
                let Some(wanted) = start.saturating_add(place).checked_sub(first) else { return false };
                while behind.next_if(|&&place| place < wanted).is_some() {}
                behind.peek() == Some(&&wanted)
            });
        }
        let count = u32::try_from(self.starts.len()).unwrap_or(u32::MAX);
        (count > 0).then(|| similarity.score(self.lengths.fieldnorm_id(self.doc), count))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use tantivy::query::{BooleanQuery, TermQuery};

    use super::super::laws::snapshot;
    use super::*;

    fn text(words: std::ops::Range<usize>) -> impl Strategy<Value = String> {
        let word = prop::sample::select(&["alpha", "beta", "gamma"][..]);
        prop::collection::vec(word, words).prop_map(|words| words.join(" "))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn what_is_skipped_is_worth_no_more_than_the_threshold(
            documents in prop::collection::vec((text(1..5).prop_map(Some), prop::collection::vec(text(1..12), 1..6)), 1..8),
            words in text(2..5),
        ) {
            let folder = tempfile::tempdir().expect("a folder");
            let snapshot = snapshot(folder.path(), &[documents]);
            let fields = snapshot.fields();
            let of = |field| words.split(' ').map(move |word| Term::from_field_text(field, word)).collect::<Vec<_>>();
            let first = TermQuery::new(Term::from_field_u64(fields.ordinal, 0), IndexRecordOption::Basic);
            let in_title = PhraseQuery::new(of(fields.title));
            let in_title = BooleanQuery::intersection(vec![Box::new(first), Box::new(in_title)]);
            let query = PhraseOrTitle::new(of(fields.body), Box::new(in_title));
            let scoring = EnableScoring::enabled_from_statistics_provider(&snapshot, snapshot.searcher());
            let weight = query.weight(scoring).expect("a weight");
            for reader in snapshot.searcher().segment_readers() {
                let mut all = Vec::new();
                weight.for_each(reader, &mut |doc, score| all.push((doc, score))).expect("it reads");
                for threshold in all.iter().map(|&(_, score)| score).chain([-1.0, 0.0, 1.0]) {
                    let mut visited = Vec::new();
                    let mut visit = |doc, score| { visited.push((doc, score)); threshold };
                    weight.for_each_pruning(threshold, reader, &mut visit).expect("it reads");
                    let wanted: Vec<_> = all.iter().copied().filter(|&(_, score)| score > threshold).collect();
                    prop_assert_eq!(visited, wanted);
                }
            }
        }
    }
}
