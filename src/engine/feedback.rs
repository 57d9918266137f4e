//! A query widened by the words of its first hits (pseudo-relevance feedback).
//!
//! The first hits are taken to be good, and what they speak of is looked for too, with less weight than what was asked:
//! so documents are found that say the same in other words. The widening is careful: few words, none of them common,
//! and together less heavy than what was asked.

use super::salience::{Salient, salient};
use super::{EngineError, LocalEngine};
use crate::analysis::{self, Kind};
use crate::hit::Hit;
use crate::query::{Matcher, Occur, Part, Query, TextClause, TextField};

/// How many words are added.
const WORDS: usize = 40;

/// The share of the whole query's weight that the added words have.
const SHARE: f64 = 0.4;

/// How many words passages are compared by.
const WORDS_OF_PASSAGE: usize = 40;

impl LocalEngine {
    /// The query with the words that say most of `hits` beside it.
    pub(super) fn widened_by(&self, query: &Query, hits: &[Hit]) -> Result<Query, EngineError> {
        let asked = weight_of(query);
        let words = salient(self.snapshot(), hits, WORDS, 0.1)?;
        let sum: f64 = words.iter().map(|word| word.weight).sum();
        // Nothing is beside nothing: where no word is asked for, none is added.
        if words.is_empty() || asked <= 0.0 {
            return Ok(query.clone());
        }
        let whole = asked * SHARE / (1.0 - SHARE) / sum;
        let added = any_of(&words, next_clause(query), whole);
        let mut parts = match query {
            Query::Sequence(parts) => parts.clone(),
            query if is_required(query) => vec![Part { occur: Occur::Must, query: query.clone() }],
            query => vec![Part { occur: Occur::Should, query: query.clone() }],
        };
        parts.push(Part { occur: Occur::Should, query: added });
        Ok(Query::Sequence(parts))
    }

    /// The query for what is like some passages.
    pub(super) fn query_like(&self, passages: &[Hit]) -> Result<Query, EngineError> {
        let words = salient(self.snapshot(), passages, WORDS_OF_PASSAGE, 0.5)?;
        let best = words.first().map_or(1.0, |word| word.weight);
        Ok(any_of(&words, 0, 1.0 / best))
    }
}

/// Whether a query by itself is a condition that hits must keep to, not words that only rank.
fn is_required(query: &Query) -> bool {
    match query {
        Query::And(_) | Query::Not(_) | Query::Filter(_) => true,
        Query::Text(clause) => clause.field != TextField::Any,
        Query::Weighted { query, .. } => is_required(query),
        Query::Sequence(parts) => parts.iter().any(|part| part.occur != Occur::Should),
        Query::All | Query::Or(_) => false,
    }
}

/// Any of some words, each as heavy as it is worth, times a factor.
fn any_of(words: &[Salient], first_clause: usize, factor: f64) -> Query {
    let word = |(at, word): (usize, &Salient)| {
        let matcher = Matcher::Word(word.word.clone());
        let clause = TextClause { clause: first_clause + at, field: TextField::Any, matcher };
        match shown(word.weight * factor) {
            1.0 => Query::Text(clause),
            weight => Query::Weighted { query: Box::new(Query::Text(clause)), weight },
        }
    };
    Query::Or(words.iter().enumerate().map(word).collect())
}

/// A weight as it is shown to people, never 0.
#[expect(clippy::cast_possible_truncation, reason = "three digits of it are kept")]
fn shown(weight: f64) -> f32 {
    ((weight * 1e3).round() / 1e3).max(1e-3) as f32
}

/// How much the words of a query weigh together.
fn weight_of(query: &Query) -> f64 {
    match query {
        Query::All | Query::Filter(_) | Query::Not(_) => 0.0,
        Query::Text(TextClause { matcher: Matcher::Word(word), .. }) => {
            let pairs =
                analysis::tokens(word).iter().filter(|token| token.kind == Kind::NextCharacter).count();
            pairs.max(1) as f64
        }
        Query::Text(_) => 1.0,
        Query::Weighted { query, weight } => f64::from(*weight) * weight_of(query),
        Query::And(queries) | Query::Or(queries) => queries.iter().map(weight_of).sum(),
        Query::Sequence(parts) => {
            let wanted = parts.iter().filter(|part| part.occur != Occur::MustNot);
            wanted.map(|part| weight_of(&part.query)).sum()
        }
    }
}

/// The number behind the last clause.
fn next_clause(query: &Query) -> usize {
    query.clauses().into_iter().map(|(number, _)| number + 1).max().unwrap_or(0)
}
