//! What an interval is worth.
//!
//! As for a phrase, BM25 with the number of intervals as the frequency, and with the sum of what the words are worth
//! by their rarity. A family of words is as rare as its most frequent word, which is how Lucene weighs
//! synonyms; alternatives are together as rare as the least rare of them.

use std::sync::Arc;

use tantivy::query::{
    Bm25StatisticsProvider, Bm25Weight, EmptyScorer, EnableScoring, Explanation, Scorer, Weight,
};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocId, Score, SegmentReader, TantivyError, Term};

use super::IntervalQuery;
use super::scorer::{Family, IntervalScorer};
use crate::pattern::{Finder, Shape};

/// An [`IntervalQuery`] with the figures of one index.
pub(super) struct IntervalWeight {
    field: Field,
    families: Arc<Vec<Vec<Term>>>,
    finder: Finder,
    candidates: Box<dyn Weight>,
    similarity: Option<Bm25Weight>,
}

impl IntervalWeight {
    pub(super) fn new(
        query: &IntervalQuery,
        candidates: Box<dyn Weight>,
        scoring: EnableScoring<'_>,
    ) -> tantivy::Result<Self> {
        let similarity = match scoring {
            EnableScoring::Disabled { .. } => None,
            EnableScoring::Enabled { statistics_provider, .. } => {
                Some(similarity(query, statistics_provider)?)
            }
        };
        Ok(Self {
            field: query.field,
            families: Arc::new(query.families.clone()),
            finder: Finder::new(&query.shape),
            candidates,
            similarity,
        })
    }
}

impl Weight for IntervalWeight {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let index = reader.inverted_index(self.field)?;
        let mut families = Vec::with_capacity(self.families.len());
        for words in self.families.iter() {
            let mut postings = Vec::new();
            for word in words {
                postings.extend(index.read_postings(word, IndexRecordOption::WithFreqsAndPositions)?);
            }
            families.push(Family::new(postings));
        }
        if families.iter().all(Family::is_empty) {
            return Ok(Box::new(EmptyScorer));
        }
        let candidates = self.candidates.scorer(reader, 1.0)?;
        let similarity = match &self.similarity {
            Some(similarity) => Some((similarity.boost_by(boost), reader.get_fieldnorms_reader(self.field)?)),
            None => None,
        };
        Ok(Box::new(IntervalScorer::new(candidates, families, self.finder.clone(), similarity)))
    }

    fn explain(&self, reader: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        let mut scorer = self.scorer(reader, 1.0)?;
        if scorer.doc() > doc || scorer.seek(doc) != doc {
            return Err(TantivyError::InvalidArgument(format!("document {doc} does not match")));
        }
        Ok(Explanation::new("BM25 of the number of intervals", scorer.score()))
    }
}

/// BM25 for the intervals of a query.
fn similarity(query: &IntervalQuery, statistics: &dyn Bm25StatisticsProvider) -> tantivy::Result<Bm25Weight> {
    let passages = statistics.total_num_docs()?;
    let mut rarities = Vec::with_capacity(query.families.len());
    for words in &query.families {
        let mut most = 0;
        for word in words {
            most = most.max(statistics.doc_freq(word)?);
        }
        rarities.push(rarity(most, passages));
    }
    #[expect(clippy::cast_precision_loss, reason = "an average")]
    let average = statistics.total_num_tokens(query.field)? as Score / passages as Score;
    // The only way to a weight with a rarity of one's own: that of a word in no passage, times a factor.
    let rarest = Bm25Weight::for_one_term_without_explain(0, passages, average);
    Ok(rarest.boost_by(rarity_of(&query.shape, &rarities) / rarity(0, passages)))
}

/// BM25's inverse document frequency.
#[expect(clippy::cast_precision_loss, reason = "scores are single precision")]
fn rarity(with_word: u64, passages: u64) -> Score {
    let without = passages.saturating_sub(with_word) as Score;
    (1.0 + (without + 0.5) / (with_word as Score + 0.5)).ln()
}

fn rarity_of(shape: &Shape, rarities: &[Score]) -> Score {
    let sum = |families: &[usize]| families.iter().map(|&family| rarities[family]).sum::<Score>();
    match shape {
        Shape::Phrase(families) => sum(families),
        // What may stand in a character's place is as rare as the most frequent of it.
        Shape::Spelt(spelling) => {
            let of_place =
                |place: &Vec<usize>| place.iter().map(|&family| rarities[family]).min_by(Score::total_cmp);
            spelling.places().iter().filter_map(of_place).sum()
        }
        Shape::Within { phrases, .. } => phrases.iter().map(|phrase| sum(phrase)).sum(),
        Shape::Near { first, second, .. } => rarity_of(first, rarities) + rarity_of(second, rarities),
        Shape::AnyOf(shapes) => {
            let least = shapes.iter().map(|shape| rarity_of(shape, rarities)).min_by(Score::total_cmp);
            least.unwrap_or_default()
        }
    }
}
