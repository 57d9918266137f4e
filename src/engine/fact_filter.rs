//! From `meta.KEY:` to the terms of facts that it lets through.
//!
//! The values of a key stand next to each other in the dictionary, as they were stated; each is held against the
//! filter. What is asked for is folded as they are, and read as a number or a date where they are.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use tantivy::query::{Query as TantivyQuery, TermSetQuery};
use tantivy::schema::Field;
use tantivy::{Searcher, Term};

use super::{EngineError, expand};
use crate::analysis::fold_case;
use crate::date::Period;
use crate::hit::{Facet, FacetRequest};
use crate::index::{Fact, FactKind, Snapshot, fact_of_term, folded_key, terms_of_key};
use crate::query::{FactFilter, FactTest, Filter, Limit, Number, Query};

/// The keys that a query asks for and no document of the index states, as typed, each once.
///
/// # Errors
///
/// When the index cannot be read.
pub fn unknown_keys(snapshot: &Snapshot, query: &Query) -> Result<BTreeSet<String>, EngineError> {
    let keys = query.filters().into_iter().filter_map(|filter| match filter {
        Filter::Fact(FactFilter { key, .. }) => Some(key),
        _ => None,
    });
    unknown_of(snapshot, keys)
}

/// The keys that documents are to be counted by and no document of the index states, as typed, each once.
///
/// # Errors
///
/// When the index cannot be read.
pub fn unknown_facets(snapshot: &Snapshot, facets: &FacetRequest) -> Result<BTreeSet<String>, EngineError> {
    let keys = facets.facets.iter().filter_map(|facet| match facet {
        Facet::Meta(key) => Some(key),
        _ => None,
    });
    unknown_of(snapshot, keys)
}

fn unknown_of<'k>(
    snapshot: &Snapshot,
    keys: impl Iterator<Item = &'k String>,
) -> Result<BTreeSet<String>, EngineError> {
    let field = snapshot.fields().fact;
    let mut unknown = BTreeSet::new();
    for key in keys {
        let term = Term::from_field_text(field, &terms_of_key(&folded_key(key)));
        if snapshot.searcher().doc_freq(&term)? == 0 {
            unknown.insert(key.clone());
        }
    }
    Ok(unknown)
}

/// The query that finds the passages of documents with such a fact.
pub(super) fn query(
    searcher: &Searcher,
    field: Field,
    filter: &FactFilter,
) -> Result<Box<dyn TantivyQuery>, EngineError> {
    let key = terms_of_key(&folded_key(&filter.key));
    let terms = match filter.test {
        FactTest::Any => BTreeSet::from([key]),
        _ => terms(searcher, field, &key, &filter.test)?,
    };
    Ok(Box::new(TermSetQuery::new(terms.iter().map(|term| Term::from_field_text(field, term)))))
}

fn terms(
    searcher: &Searcher,
    field: Field,
    key: &str,
    test: &FactTest,
) -> Result<BTreeSet<String>, EngineError> {
    let mut accepted = BTreeSet::new();
    let wanted = Wanted::new(test);
    for segment in searcher.segment_readers() {
        let index = segment.inverted_index(field)?;
        let mut terms = index.terms().range().ge(key.as_bytes()).into_stream().map_err(expand::io_error)?;
        while terms.advance() && terms.key().starts_with(key.as_bytes()) {
            if let Ok(term) = std::str::from_utf8(terms.key())
                && fact_of_term(term).is_some_and(|fact| wanted.accepts(fact))
            {
                accepted.insert(term.to_owned());
            }
        }
    }
    Ok(accepted)
}

/// What is asked of a value, made ready to hold many values against.
struct Wanted<'q> {
    test: &'q FactTest,
    /// The text that is asked for.
    text: String,
    /// The number that it is.
    number: Option<Number>,
}

impl<'q> Wanted<'q> {
    fn new(test: &'q FactTest) -> Self {
        let text = match test {
            FactTest::Equals(text) => fold_case(text.trim()),
            FactTest::Prefix(text) => fold_case(text.trim_start()),
            _ => String::new(),
        };
        Self { test, number: Number::parse(&text), text }
    }

    fn accepts(&self, fact: Fact<'_>) -> bool {
        match (self.test, fact.kind) {
            (FactTest::Any, _) => true,
            (FactTest::Prefix(_), _) => fold_case(fact.value).starts_with(&self.text),
            (_, FactKind::Cut) => false,
            (FactTest::Equals(_), FactKind::Number) => {
                let numbers = self.number.zip(Number::parse(fact.value));
                numbers.is_some_and(|(wanted, number)| wanted.compare(number).is_eq())
            }
            (FactTest::Equals(_), FactKind::Text) => fold_case(fact.value) == self.text,
            (FactTest::AtLeast(limit), _) => is_at_least(fact.value, limit),
            (FactTest::AtMost(limit), _) => is_at_most(fact.value, limit),
            (FactTest::Above(limit), _) => {
                compares(fact.value, limit, Ordering::is_gt, |fact, limit| fact.first > limit.last)
            }
            (FactTest::Below(limit), _) => {
                compares(fact.value, limit, Ordering::is_lt, |fact, limit| fact.last < limit.first)
            }
            (FactTest::Between(low, high), _) => is_at_least(fact.value, low) && is_at_most(fact.value, high),
        }
    }
}

fn is_at_least(value: &str, limit: &Limit) -> bool {
    compares(value, limit, Ordering::is_ge, |fact, limit| fact.first >= limit.first)
}

fn is_at_most(value: &str, limit: &Limit) -> bool {
    compares(value, limit, Ordering::is_le, |fact, limit| fact.last <= limit.last)
}

/// Holds a value against a limit: as numbers if both are, else as dates if both are.
fn compares(
    value: &str,
    limit: &Limit,
    number_fits: fn(Ordering) -> bool,
    date_fits: fn(Period, Period) -> bool,
) -> bool {
    match Number::parse(value).zip(limit.number()) {
        Some((number, limit)) => number_fits(number.compare(limit)),
        None => date_of(value).zip(limit.period()).is_some_and(|(date, limit)| date_fits(date, limit)),
    }
}

/// The days of an ISO date, with or without a time behind it.
fn date_of(value: &str) -> Option<Period> {
    match value.split_once(['T', 't', ' ']) {
        Some((day, _)) if day.len() == "2023-11-12".len() => Period::parse(day),
        _ => Period::parse(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::{Options, parse};

    fn accepts(asked: &str, value: &str, kind: FactKind) -> bool {
        let parsed = parse(&format!("meta.k:\"{asked}\""), Options::default()).expect("a filter").query;
        let Query::Filter(clause) = parsed else { panic!("{parsed} is no filter") };
        let Filter::Fact(filter) = clause.filter else { panic!("no filter of facts") };
        Wanted::new(&filter.test).accepts(Fact { value, kind })
    }

    #[test]
    fn texts_are_compared_in_any_case() {
        for asked in ["Asia desk", "ASIA DESK", "asia*", "*", "=asia desk"] {
            assert!(accepts(asked, "Asia Desk", FactKind::Text), "{asked}");
        }
        for asked in ["Asia", "sia*", "=asia*", ">=1", "a..b"] {
            assert!(!accepts(asked, "Asia Desk", FactKind::Text), "{asked}");
        }
        assert!(accepts("STRASSE", "Straße", FactKind::Text));
        assert!(accepts("e\u{301}te\u{301}", "Été", FactKind::Text));
        assert!(!accepts("ete", "Été", FactKind::Text));
    }

    #[test]
    fn numbers_are_compared_by_value_and_texts_that_look_so_are_not() {
        for asked in ["10", "10.0", "1e1", ">=10", "<=10", "9..11", ">9.5", "<10.5", "1*"] {
            assert!(accepts(asked, "10", FactKind::Number), "{asked}");
        }
        for asked in ["1", ">10", "<10", "11..", "2*", "ten"] {
            assert!(!accepts(asked, "10", FactKind::Number), "{asked}");
        }
        assert!(!accepts("1.1", "1.10", FactKind::Text) && accepts("1.10", "1.10", FactKind::Text));
        assert!(accepts("1..2", "1.5", FactKind::Text), "a text that is a number has its place among them");
    }

    #[test]
    fn dates_are_compared_as_days() {
        for asked in [">=2023-11", "2023", "2023-11-12..2023-11-12", "<2023-11-13", ">2023-10", "<=2023-11"] {
            let asked = if asked == "2023" { "2023-01..2023" } else { asked };
            assert!(accepts(asked, "2023-11-12T08:30:00+09:00", FactKind::Text), "{asked}");
            assert!(accepts(asked, "2023-11-12", FactKind::Text), "{asked}");
        }
        for asked in [">2023-11", "<2023-11", "2024..", "..2022"] {
            assert!(!accepts(asked, "2023-11-12", FactKind::Text), "{asked}");
            assert!(!accepts(asked, "in 2025 or so", FactKind::Text), "{asked}");
        }
        assert!(accepts("2020..2023-05", "2021", FactKind::Number), "a year is a date to dates");
    }

    #[test]
    fn what_was_cut_is_found_by_its_beginning_alone() {
        assert!(
            accepts("long*", "Long text", FactKind::Cut) && !accepts("long text", "Long text", FactKind::Cut)
        );
    }
}
