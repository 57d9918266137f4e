//! The normal form of queries: what can be said in several ways with one meaning has one tree.
//!
//! Every query that [`parse`](mod@super::parse) returns is made with these functions. None of them changes what a
//! query matches or how it scores. They do not decide equivalence: `+a +b` and `a AND b` stay two trees.

use std::ops::RangeInclusive;

use super::{Matcher, Occur, Part, Query};

/// The sequence of these parts; a single part without its wrapping.
///
/// A nested sequence that asks nothing else of its parts than the outer one does of it becomes part of the
/// outer one, and what is required not to match is excluded.
pub(super) fn sequence(parts: Vec<Part>) -> Query {
    let mut flat = Vec::with_capacity(parts.len());
    for part in parts {
        match (part.occur, part.query) {
            (Occur::Should, Query::Sequence(inner)) if is_all(&inner, Occur::Should) => flat.extend(inner),
            (Occur::Must, Query::Sequence(inner)) if !has(&inner, Occur::Should) => flat.extend(inner),
            (Occur::Must, Query::Not(query)) => flat.push(Part { occur: Occur::MustNot, query: *query }),
            (occur, query) => flat.push(Part { occur, query }),
        }
    }
    match <[Part; 1]>::try_from(flat) {
        Ok([Part { occur: Occur::MustNot, query }]) => Query::Not(Box::new(query)),
        Ok([Part { query, .. }]) => query,
        Err(flat) => Query::Sequence(flat),
    }
}

fn is_all(parts: &[Part], occur: Occur) -> bool {
    parts.iter().all(|part| part.occur == occur)
}

fn has(parts: &[Part], occur: Occur) -> bool {
    parts.iter().any(|part| part.occur == occur)
}

/// The query that every one of these matches for.
pub(super) fn every(queries: Vec<Query>) -> Query {
    let inner = |query| match query {
        Query::And(queries) => queries,
        other => vec![other],
    };
    join(queries.into_iter().flat_map(inner).collect(), Query::And)
}

/// The query that one of these matches for.
pub(super) fn either(queries: Vec<Query>) -> Query {
    let inner = |query| match query {
        Query::Or(queries) => queries,
        other => vec![other],
    };
    join(queries.into_iter().flat_map(inner).collect(), Query::Or)
}

fn join(queries: Vec<Query>, operator: fn(Vec<Query>) -> Query) -> Query {
    match <[Query; 1]>::try_from(queries) {
        Ok([query]) => query,
        Err(queries) => operator(queries),
    }
}

/// The query with its score multiplied; itself where the factor is 1 or there is no score.
pub(super) fn weighted(query: Query, weight: f32) -> Query {
    if weight == 1.0 || !query.is_scored() {
        return query;
    }
    Query::Weighted { query: Box::new(query), weight }
}

/// Numbers the clauses of a query from 0, from left to right.
pub(super) fn number(query: &mut Query) {
    number_from(query, &mut 0);
}

fn number_from(query: &mut Query, next: &mut usize) {
    match query {
        Query::All => {}
        Query::Text(clause) => clause.clause = take(next),
        Query::Filter(clause) => clause.clause = take(next),
        Query::Not(query) | Query::Weighted { query, .. } => number_from(query, next),
        Query::And(queries) | Query::Or(queries) => {
            queries.iter_mut().for_each(|query| number_from(query, next));
        }
        Query::Sequence(parts) => parts.iter_mut().for_each(|part| number_from(&mut part.query, next)),
    }
}

fn take(next: &mut usize) -> usize {
    *next += 1;
    *next - 1
}

/// The least and the greatest of what the weights inside each other are when multiplied; 1 where there are none.
pub(super) fn weights(query: &Query) -> RangeInclusive<f64> {
    let of_all = |queries: &mut dyn Iterator<Item = &Query>| {
        let join = |a: RangeInclusive<f64>, b: RangeInclusive<f64>| {
            a.start().min(*b.start())..=a.end().max(*b.end())
        };
        queries.map(weights).reduce(join).unwrap_or(1.0..=1.0)
    };
    match query {
        Query::All | Query::Text(_) | Query::Filter(_) => 1.0..=1.0,
        Query::Not(query) => weights(query),
        Query::Weighted { query, weight } => {
            let (inside, weight) = (weights(query), f64::from(*weight));
            weight * inside.start()..=weight * inside.end()
        }
        Query::And(queries) | Query::Or(queries) => of_all(&mut queries.iter()),
        Query::Sequence(parts) => of_all(&mut parts.iter().map(|part| &part.query)),
    }
}

/// How many queries, each inside the one before, the tree is high; a leaf is 1.
pub(super) fn height(query: &Query) -> usize {
    let highest = |heights: &mut dyn Iterator<Item = usize>| heights.max().unwrap_or(0);
    1 + match query {
        Query::All | Query::Filter(_) => 0,
        Query::Text(clause) => height_of_matcher(&clause.matcher),
        Query::Not(query) | Query::Weighted { query, .. } => height(query),
        Query::And(queries) | Query::Or(queries) => highest(&mut queries.iter().map(height)),
        Query::Sequence(parts) => highest(&mut parts.iter().map(|part| height(&part.query))),
    }
}

/// How many operators, each inside the one before, a matcher is high; a word is 0.
pub(super) fn height_of_matcher(matcher: &Matcher) -> usize {
    match matcher {
        Matcher::Near { first, second, .. } => 1 + height_of_matcher(first).max(height_of_matcher(second)),
        Matcher::AnyOf(matchers) => 1 + matchers.iter().map(height_of_matcher).max().unwrap_or(0),
        _ => 0,
    }
}
