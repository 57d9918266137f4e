//! A phrase in the text of passages or in the title of their document, ranked without reading more places than needed.
//!
//! Whether words stand one behind the other is told by their places, and to read these is most of what a phrase costs. A
//! passage cannot hold a phrase more often than any of its words, which is told before: where not even that many times
//! would be among the best, no places are read, nor is it asked whether the other words stand there. Everything else is
//! left to tantivy's own scorers.

use std::sync::Arc;

use tantivy::fieldnorm::FieldNormReader;
use tantivy::query::{
    Bm25Weight, DisjunctionMaxQuery, EnableScoring, Explanation, PhraseQuery, Query as TantivyQuery, Scorer,
    Weight,
};
use tantivy::{DocId, DocSet, Score, SegmentReader, TERMINATED, Term};

use super::worthwhile::Worthwhile;
use crate::index::positions::{PositionFiles, Positions, places};

/// A query for the passages that hold some words one behind the other, or that another query finds.
#[derive(Clone, Debug)]
pub(super) struct PhraseOrTitle {
    words: Vec<Term>,
    in_title: Arc<dyn TantivyQuery>,
    files: Arc<PositionFiles>,
}

impl PhraseOrTitle {
    /// A query for two or more words of one field in their order, or for what `in_title` finds. What both find is as
    /// good as the better of them, not as their sum.
    pub(super) fn new(words: Vec<Term>, in_title: Box<dyn TantivyQuery>, files: Arc<PositionFiles>) -> Self {
        Self { words, in_title: in_title.into(), files }
    }
}

impl PhraseOrTitle {
    /// About how many steps it takes to visit all that it finds in a segment: where the words stand is read of passages
    /// that have all of them, some more than if words stood anywhere.
    pub(super) fn cost(&self, segment: &SegmentReader) -> tantivy::Result<u64> {
        const READING: u64 = 10;
        let passages = u64::from(segment.max_doc().max(1));
        let (mut rarest, mut with_all) = (passages, passages * 6 / 5);
        for word in &self.words {
            let with_it = u64::from(segment.inverted_index(word.field())?.doc_freq(word)?);
            rarest = rarest.min(with_it);
            with_all = with_all.saturating_mul(with_it) / passages;
        }
        Ok(rarest.min(with_all) * READING * self.words.len() as u64)
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
                files: Arc::clone(&self.files),
                either,
            }),
        })
    }
}

/// A [`PhraseOrTitle`] with the figures of one index.
struct PhraseOrTitleWeight {
    words: Vec<Term>,
    files: Arc<PositionFiles>,
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
        let mut in_text = Candidates::open(&self.words, &self.files, reader)?;
        in_text.raise(threshold, &self.similarity);
        let mut titled = in_title.doc();
        loop {
            let doc = titled.min(in_text.doc());
            if doc == TERMINATED {
                return Ok(());
            }
            let mut found: Option<Score> = None;
            if titled == doc {
                found = Some(in_title.score());
                titled = in_title.advance();
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
    /// Each word with its place in the phrase; the rarest comes first.
    words: Vec<(u32, Positions)>,
    lengths: FieldNormReader,
    worthwhile: Worthwhile,
    doc: DocId,
    /// The places of the rarest word in the phrases.
    starts: Vec<u32>,
}

impl Candidates {
    fn open(words: &[Term], files: &PositionFiles, segment: &SegmentReader) -> tantivy::Result<Self> {
        let positions = (0..).zip(words).map(|(place, word)| Ok((place, files.open(word, segment)?)));
        let mut positions = positions.collect::<tantivy::Result<Vec<_>>>()?;
        positions.sort_by_key(|(_, word)| word.doc_freq());
        let lengths = segment.get_fieldnorms_reader(words[0].field())?;
        let (worthwhile, starts) = (Worthwhile::default(), Vec::new());
        let mut candidates = Self { words: positions, lengths, worthwhile, doc: 0, starts };
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
        self.words[0].1.advance();
        self.align();
    }

    /// Goes on to the first passage, from that of the rarest word on, that holds all words often enough.
    fn align(&mut self) {
        let Some(((_, rarest), others)) = self.words.split_first_mut() else { return };
        let is_enough = |word: &Positions, doc| {
            !self.worthwhile.tells() || self.worthwhile.holds(self.lengths.fieldnorm_id(doc), word.count())
        };
        'passages: while rarest.doc() != TERMINATED {
            let doc = rarest.doc();
            if !is_enough(rarest, doc) {
                rarest.advance();
                continue;
            }
            for (_, other) in &mut *others {
                let there = other.seek(doc);
                if there > doc {
                    // As a rule the next passage of the rarest word is behind that.
                    if rarest.advance() < there {
                        rarest.seek(there);
                    }
                    continue 'passages;
                }
                if !is_enough(other, doc) {
                    rarest.advance();
                    continue 'passages;
                }
            }
            break;
        }
        self.doc = rarest.doc();
    }

    /// What the phrase cannot be worth more than in this passage.
    fn most(&self, similarity: &Bm25Weight) -> Score {
        let most = self.words.iter().map(|(_, word)| word.count()).min();
        similarity.score(self.lengths.fieldnorm_id(self.doc), most.unwrap_or_default())
    }

    /// What the phrase is worth in this passage, if it stands there.
    fn score(&mut self, similarity: &Bm25Weight) -> Option<Score> {
        let ((first, rarest), others) = self.words.split_first_mut()?;
        self.starts.clear();
        self.starts.extend(places(rarest.distances()));
        for (place, other) in others {
            let further = i64::from(*place) - i64::from(*first);
            keep_followed(&mut self.starts, other.distances(), i32::try_from(further).unwrap_or(i32::MAX));
        }
        let count = u32::try_from(self.starts.len()).unwrap_or(u32::MAX);
        (count > 0).then(|| similarity.score(self.lengths.fieldnorm_id(self.doc), count))
    }
}

/// Keeps those of some places of one word that a place of another is so much further on, or back; both are in order.
fn keep_followed(starts: &mut Vec<u32>, of_other: &[u32], further: i32) {
    let mut others = places(of_other);
    let mut other = others.next();
    starts.retain(|start| {
        let Some(wanted) = start.checked_add_signed(further) else { return false };
        while other.is_some_and(|place| place < wanted) {
            other = others.next();
        }
        other == Some(wanted)
    });
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use tantivy::query::{BooleanQuery, TermQuery};
    use tantivy::schema::IndexRecordOption;

    use super::super::Engine;
    use super::super::laws::{index, request, snapshot};
    use super::*;
    use crate::hit::Group;

    fn text(words: std::ops::Range<usize>) -> impl Strategy<Value = String> {
        let word = prop::sample::select(&["alpha", "beta", "gamma"][..]);
        prop::collection::vec(word, words).prop_map(|words| words.join(" "))
    }

    /// A few passages, or so many that postings have several blocks.
    fn passages() -> impl Strategy<Value = Vec<String>> {
        prop_oneof![5 => prop::collection::vec(text(1..12), 1..6), 1 => prop::collection::vec(text(1..12), 300..400)]
    }

    #[test]
    fn all_hits_are_counted_where_few_passages_have_all_words() {
        let passage = |at: usize| match at % 40 {
            0 => "alpha beta",
            1..10 => "alpha",
            10..20 => "beta",
            _ => "gamma",
        };
        let documents = (0..30).map(|_| (0..100).map(passage).map(str::to_owned).collect()).collect();
        let folder = tempfile::tempdir().expect("a folder");
        let engine = index(folder.path(), &documents, 30, usize::MAX);
        let found = engine.search(&request("\"alpha beta\"", 10, Group::Passage)).expect("it reads");
        assert_eq!((found.total, found.total_exact), (90, true));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn what_is_skipped_is_worth_no_more_than_the_threshold(
            documents in prop::collection::vec((text(1..5).prop_map(Some), passages()), 1..8),
            words in text(2..5),
        ) {
            let folder = tempfile::tempdir().expect("a folder");
            let snapshot = snapshot(folder.path(), &[documents]);
            let fields = snapshot.fields();
            let of = |field| words.split(' ').map(move |word| Term::from_field_text(field, word)).collect::<Vec<_>>();
            let first = TermQuery::new(Term::from_field_u64(fields.ordinal, 0), IndexRecordOption::Basic);
            let in_title = PhraseQuery::new(of(fields.title));
            let in_title = BooleanQuery::intersection(vec![Box::new(first), Box::new(in_title)]);
            let query = PhraseOrTitle::new(of(fields.body), Box::new(in_title), snapshot.position_files());
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
