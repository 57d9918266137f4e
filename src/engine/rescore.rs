//! The second look at the best passages: what the plain ranking cannot see without visiting everything.
//!
//! The plain ranking is BM25 over stems, which tantivy prunes. Of its first [`POOL`] passages each is scored again, and
//! up to [`TIES`] that are as good as the last of them:
//!
//! - A word counts by its stem and, for a fifth, by the very form that was typed.
//! - The document supports its passage: what the same words are worth in all of its passages together counts for more
//!   than what they are worth in the one, so that a long document that is about them comes before one that mentions
//!   them.
//! - Words that stand next to each other in the query and in the text count more: once for each time that they follow
//!   each other directly and, for half of that, for each time that they stand within eight words (sequential
//!   dependence, Metzler and Croft 2005).
//!
//! Each is BM25's sum of saturated counts weighed by rarity (Robertson and Zaragoza 2009), so that the score is a sum
//! over the leaves of the query and its pairs of neighbours. The score of a passage in the pool depends neither on what
//! else is in it nor on how the index is cut into segments; the scores of those behind it are scaled to come behind. The
//! figures were chosen on four collections at once; leaving one of them out chooses nearly the same.

mod look;

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use tantivy::postings::TermInfo;
use tantivy::query::{Bm25StatisticsProvider, Weight};
use tantivy::{DocId, Term};

use super::compile::{Leaf, Neighbours, RankedWord};
use super::plan::{Plan, Value};
use super::{EngineError, expand};
use crate::analysis::Language;
use crate::index::Snapshot;
use look::Look;

/// How many passages of the plain ranking are looked at again.
pub(super) const POOL: usize = 128;

/// How many more there may be that are as good as the last of these.
pub(super) const TIES: usize = 64;

/// How much more of a word is worth less, and how much more it takes in a longer text: BM25's `k1` and `b`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Saturation {
    k1: f64,
    b: f64,
}

impl Saturation {
    /// For words.
    pub(super) const WORDS: Self = Self { k1: 1.2, b: 0.6 };
    /// For pairs of characters, of which one word has several.
    pub(super) const PAIRS: Self = Self { k1: 0.6, b: 0.5 };

    /// What so many occurrences are worth in a text that is so many times as long as the average.
    pub(super) fn of(self, count: f64, length: f64) -> f64 {
        (self.k1 + 1.0) * count / (count + self.k1 * (1.0 - self.b + self.b * length))
    }
}

/// The second look, made ready for one query and one snapshot.
pub(super) struct Rescorer<'a> {
    snapshot: &'a Snapshot,
    plan: &'a Plan,
    leaves: Vec<RatedLeaf<'a>>,
    pairs: Vec<RatedPair>,
    /// The words that pairs are of, each with its first leaf: what counts is where their inflections stand.
    families: Vec<(usize, &'a RankedWord)>,
    /// The other inflections of a family in a language, each found when it is first asked for.
    inflections: RefCell<Inflections>,
    averages: Averages,
}

/// Inflections by the number of a family and a language.
type Inflections = HashMap<(usize, Language), Rc<[(usize, TermInfo)]>>;

/// A leaf with the figures of the index.
enum RatedLeaf<'a> {
    /// Scored as tantivy scores it.
    Plain(&'a dyn Weight),
    /// A word that ranks.
    Word { word: &'a RankedWord, rarity: f64 },
}

/// Two neighbours of the query with the figures of the index.
struct RatedPair {
    /// Their leaves, in the order of the query.
    leaves: [usize; 2],
    /// Their families.
    families: [usize; 2],
    weight: f64,
}

/// What a passage and a document have of tokens on average.
struct Averages {
    passage: f64,
    document: f64,
}

/// What a passage is worth, and why.
#[derive(Clone, Debug, Default)]
pub(super) struct Rescored {
    /// The score, unless the passage does not match.
    pub(super) score: Option<f64>,
    /// What the leaves have to say.
    pub(super) values: Vec<Value>,
    /// What each pair of neighbours adds.
    pub(super) pairs: Vec<f64>,
}

impl<'a> Rescorer<'a> {
    /// Makes the second look ready; `None` where nothing in the query would be scored otherwise than before.
    pub(super) fn new(
        snapshot: &'a Snapshot,
        plan: &'a Plan,
        leaves: &'a [(Leaf, Box<dyn Weight>)],
        neighbours: &[Neighbours],
    ) -> Result<Option<Self>, EngineError> {
        if leaves.iter().all(|(leaf, _)| leaf.word.is_none()) {
            return Ok(None);
        }
        let rated = leaves.iter().map(|(leaf, weight)| match &leaf.word {
            Some(word) => Ok(RatedLeaf::Word { word, rarity: rarity_of(snapshot, word)? }),
            None => Ok(RatedLeaf::Plain(weight.as_ref())),
        });
        let totals = snapshot.meta().totals;
        let tokens = totals.tokens[0].max(1) as f64;
        let mut rescorer = Self {
            snapshot,
            plan,
            leaves: rated.collect::<Result<_, EngineError>>()?,
            pairs: Vec::new(),
            families: Vec::new(),
            inflections: RefCell::default(),
            averages: Averages {
                passage: tokens / totals.passages.max(1) as f64,
                document: tokens / totals.documents.max(1) as f64,
            },
        };
        rescorer.add_pairs(neighbours);
        Ok(Some(rescorer))
    }

    fn add_pairs(&mut self, neighbours: &[Neighbours]) {
        for pair in neighbours {
            let mut families = [0; 2];
            let mut rarities = [0.0; 2];
            for (side, leaf) in pair.leaves.into_iter().enumerate() {
                let RatedLeaf::Word { word, rarity } = &self.leaves[leaf] else { continue };
                rarities[side] = *rarity;
                let word: &'a RankedWord = word;
                let known = self.families.iter().position(|(_, family)| family.stems == word.stems);
                families[side] = known.unwrap_or_else(|| {
                    self.families.push((leaf, word));
                    self.families.len() - 1
                });
            }
            if families[0] != families[1] {
                let weight = f64::from(pair.weight) * rarities[0].max(rarities[1]);
                self.pairs.push(RatedPair { leaves: pair.leaves, families, weight });
            }
        }
    }

    /// The leaves of each pair of neighbours, in the order in which [`Rescored`] has what they add.
    pub(super) fn pairs(&self) -> impl Iterator<Item = [usize; 2]> {
        self.pairs.iter().map(|pair| pair.leaves)
    }

    /// The words that are other inflections of a family in a language, as [`expand::inflected_alike`] tells them.
    fn inflections(&self, family: usize, language: Language) -> Result<Rc<[(usize, TermInfo)]>, EngineError> {
        if let Some(known) = self.inflections.borrow().get(&(family, language)) {
            return Ok(Rc::clone(known));
        }
        let form = self.families[family].1.form.as_deref().unwrap_or_default();
        let body = self.snapshot.fields().body;
        let found = expand::inflected_alike(self.snapshot.searcher(), body, form, language)?;
        let found = Rc::<[_]>::from(found);
        self.inflections.borrow_mut().insert((family, language), Rc::clone(&found));
        Ok(found)
    }

    /// Looks at passages of a segment, which are given in increasing order.
    pub(super) fn rescore(&self, segment: u32, docs: &[DocId]) -> Result<Vec<Rescored>, EngineError> {
        Look::new(self, segment)?.passages(docs)
    }
}

/// BM25's inverse document frequency of a word; of several stems the most frequent one's.
fn rarity_of(snapshot: &Snapshot, word: &RankedWord) -> Result<f64, EngineError> {
    let field = word.view.field(snapshot.fields());
    let mut most = 0;
    for stem in word.stems.iter() {
        most = most.max(snapshot.doc_freq(&Term::from_field_text(field, stem))?);
    }
    Ok(rarity(most, snapshot.total_num_docs()?))
}

/// BM25's inverse document frequency of what stands in so many of so many passages.
pub(super) fn rarity(with_it: u64, passages: u64) -> f64 {
    let without = passages.saturating_sub(with_it) as f64;
    (1.0 + (without + 0.5) / (with_it as f64 + 0.5)).ln()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_of_a_word_is_worth_less_and_less_and_a_longer_text_takes_more() {
        let of = |count, length| Saturation::WORDS.of(count, length);
        assert!((of(0.0, 1.0)).abs() < f64::EPSILON);
        assert!(of(2.0, 1.0) - of(1.0, 1.0) > of(3.0, 1.0) - of(2.0, 1.0));
        assert!(of(1.0, 2.0) < of(1.0, 1.0));
        assert!(of(1e9, 1.0) < 2.2 + f64::EPSILON);
    }
}
