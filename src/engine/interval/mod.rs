//! Words near each other as a tantivy query: passages found by their words, then held against the shape.
//!
//! What counts as near is told by [`Shape`](crate::pattern::Shape), and decided by the same
//! [`Finder`](crate::pattern::Finder) that marks the hits. Here are the postings that it needs: `scorer` walks them,
//! `weight` says what a passage is worth.

#[cfg(test)]
mod laws;
mod scorer;
mod weight;

use tantivy::Term;
use tantivy::query::{
    BooleanQuery, EmptyQuery, EnableScoring, Query as TantivyQuery, TermQuery, TermSetQuery, Weight,
};
use tantivy::schema::{Field, IndexRecordOption};

use crate::pattern::Shape;
use weight::IntervalWeight;

/// A query for the passages that have intervals of a shape in one of their fields.
#[derive(Clone, Debug)]
pub(super) struct IntervalQuery {
    field: Field,
    shape: Shape,
    /// The words of each family that the field has in this index.
    families: Vec<Vec<Term>>,
}

impl IntervalQuery {
    /// A query for `shape` in `field`, over families that are given as the words of the field.
    pub(super) fn new(field: Field, shape: Shape, families: Vec<Vec<Term>>) -> Self {
        Self { field, shape, families }
    }

    /// Finds the passages that have the words that the shape needs, wherever they stand.
    fn candidates(&self, shape: &Shape) -> Box<dyn TantivyQuery> {
        let all = |queries| -> Box<dyn TantivyQuery> { Box::new(BooleanQuery::intersection(queries)) };
        match shape {
            Shape::Phrase(families) => all(families.iter().map(|&family| self.one_of(family)).collect()),
            Shape::Spelt(spelling) => {
                all(spelling.filled_places().iter().map(|place| self.one_of_all(place)).collect())
            }
            Shape::Within { phrases, .. } => {
                all(phrases.iter().flatten().map(|&family| self.one_of(family)).collect())
            }
            Shape::Near { first, second, .. } => all(vec![self.candidates(first), self.candidates(second)]),
            Shape::AnyOf(shapes) => {
                Box::new(BooleanQuery::union(shapes.iter().map(|shape| self.candidates(shape)).collect()))
            }
        }
    }

    fn one_of_all(&self, families: &[usize]) -> Box<dyn TantivyQuery> {
        Box::new(TermSetQuery::new(families.iter().flat_map(|&family| self.families[family].iter().cloned())))
    }

    fn one_of(&self, family: usize) -> Box<dyn TantivyQuery> {
        match &self.families[family][..] {
            [] => Box::new(EmptyQuery),
            [word] => Box::new(TermQuery::new(word.clone(), IndexRecordOption::Basic)),
            words => Box::new(TermSetQuery::new(words.iter().cloned())),
        }
    }
}

impl TantivyQuery for IntervalQuery {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        let unscored = match scoring.searcher() {
            Some(searcher) => EnableScoring::disabled_from_searcher(searcher),
            None => EnableScoring::disabled_from_schema(scoring.schema()),
        };
        let candidates = self.candidates(&self.shape).weight(unscored)?;
        Ok(Box::new(IntervalWeight::new(self, candidates, scoring)?))
    }
}
