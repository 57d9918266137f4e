//! Which words of a query say what is looked for.
//!
//! People type questions. In a sequence of words that only rank, the words of grammar are left out, since whatever they
//! match says nothing, and the words of asking weigh little where there are enough others. What must or must not match
//! stays as it is, and so does a sequence that has nothing else. The engine and the highlighter are both given the
//! query that comes out here, so that what does not count is not marked.

use std::collections::BTreeSet;

use crate::analysis::{self, Language, Token, is_fragment, is_request_word, is_stop_word, stem_terms};
use crate::query::{Matcher, Occur, Part, Query, TextClause, TextField};

/// What a word of asking weighs.
const REQUEST_WEIGHT: f32 = 0.2;

/// How many other words there must be for that.
const ENOUGH_WORDS: usize = 3;

/// The query without the words that say nothing, and with less weight on those that say little.
#[must_use]
pub fn emphasised(query: &Query) -> Query {
    emphasised_by(query, shouts(query))
}

/// Whether a query is written in capitals throughout, so that capitals make no names: it has no lower-case letter, and
/// a word of capitals that is none of grammar.
fn shouts(query: &Query) -> bool {
    let clauses = query.positive_clauses();
    let is_lower = |clause: &&TextClause| clause.matcher.to_string().contains(char::is_lowercase);
    let is_loud = |clause: &&TextClause| match &clause.matcher {
        Matcher::Word(word) => is_in_capitals(word) && !is_single(word, is_stop_word),
        _ => false,
    };
    !clauses.iter().any(is_lower) && clauses.iter().any(is_loud)
}

fn emphasised_by(query: &Query, shouts: bool) -> Query {
    let inner = |query: &Query| emphasised_by(query, shouts);
    match query {
        Query::All | Query::Text(_) | Query::Filter(_) => query.clone(),
        Query::Not(query) => Query::Not(Box::new(inner(query))),
        Query::Weighted { query, weight } => {
            Query::Weighted { query: Box::new(inner(query)), weight: *weight }
        }
        Query::And(queries) => Query::And(queries.iter().map(inner).collect()),
        Query::Or(queries) => Query::Or(queries.iter().map(inner).collect()),
        Query::Sequence(parts) => Query::Sequence(emphasised_parts(parts, shouts)),
    }
}

fn emphasised_parts(parts: &[Part], shouts: bool) -> Vec<Part> {
    let part = |part: &Part| Part { occur: part.occur, query: emphasised_by(&part.query, shouts) };
    let parts: Vec<Part> = parts.iter().map(part).collect();
    let idle: Vec<bool> = (0..parts.len()).map(|at| is_idle(&parts, at, shouts)).collect();
    let says_something =
        |(part, &idle): (&Part, &bool)| part.occur != Occur::MustNot && !idle && !part.query.is_condition();
    if !parts.iter().zip(&idle).any(says_something) {
        return parts;
    }
    let telling = parts.into_iter().zip(idle).filter(|(_, idle)| !idle);
    let mut parts: Vec<Part> = telling.map(|(part, _)| part).collect();
    let others = parts.iter().filter_map(ranked_word).filter(|word| !asks(word));
    let others: BTreeSet<String> = others.flat_map(|word| stem_terms(word, Language::default())).collect();
    if others.len() >= ENOUGH_WORDS {
        for part in parts.iter_mut().filter(|part| ranked_word(part).is_some_and(asks)) {
            let query = Box::new(part.query.clone());
            part.query = Query::Weighted { query, weight: REQUEST_WEIGHT };
        }
    }
    parts
}

/// Whether a part is a word that says nothing where it stands.
fn is_idle(parts: &[Part], at: usize, shouts: bool) -> bool {
    let word = |at: usize| parts.get(at).and_then(ranked_word);
    let Some(here) = word(at) else { return false };
    if !says_nothing(here, shouts) {
        return false;
    }
    // A month, or a name: `May 2023`, `the Will`.
    let is_number = |at: usize| word(at).is_some_and(|word| word.chars().all(char::is_numeric));
    let may_be_more = matches!(here, "May" | "Will");
    let is_named = at > 0 || is_number(at + 1);
    !(may_be_more && is_named)
}

/// The word of a part that is a plain word and only ranks.
fn ranked_word(part: &Part) -> Option<&str> {
    match (&part.query, part.occur) {
        (
            Query::Text(TextClause { field: TextField::Any, matcher: Matcher::Word(word), .. }),
            Occur::Should,
        ) => Some(word),
        _ => None,
    }
}

/// Whether a word is one of grammar. One in capitals among others that are not is a name: `US`, `WHO`, `IT`.
fn says_nothing(word: &str, shouts: bool) -> bool {
    (is_single(word, is_stop_word) && (shouts || !is_in_capitals(word))) || is_short_form(word)
}

/// Whether a word is a short form of words of grammar: `don't`, `she'll`.
fn is_short_form(word: &str) -> bool {
    let tokens = analysis::tokens(word);
    let is_idle = |token: &Token| is_stop_word(&token.term) || is_fragment(&token.term);
    tokens.len() > 1 && word.contains(['\'', '’']) && tokens.iter().all(is_idle)
}

fn asks(word: &str) -> bool {
    is_single(word, is_request_word)
}

fn is_single(word: &str, is_listed: fn(&str) -> bool) -> bool {
    match &analysis::tokens(word)[..] {
        // An abbreviation, such as `U.S.`, is no word of grammar.
        [Token { term, span, .. }] => is_listed(term) && !word[span.clone()].contains('.'),
        _ => false,
    }
}

/// Whether a word has two letters or more, all of them capitals.
fn is_in_capitals(word: &str) -> bool {
    word.chars().filter(|c| c.is_uppercase()).count() > 1 && !word.contains(char::is_lowercase)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::{Operator, Options, parse};

    fn shown(text: &str) -> String {
        emphasised(&parse(text, Options::default()).expect("a query").query).to_string()
    }

    #[test]
    fn words_of_grammar_are_left_out_where_others_remain() {
        assert_eq!(shown("what is the warning of missiles"), "warning missiles");
        assert_eq!(shown("to be or not to be"), "to be or not to be");
        assert_eq!(shown("the lang:en"), "the +lang:en");
        assert_eq!(shown("the -missile"), "the -missile");
        assert_eq!(shown("what is missile OR the"), "(missile OR the)");
    }

    #[test]
    fn what_is_asked_for_explicitly_stays() {
        assert_eq!(shown("+the missile \"of the\" =it title:the"), "+the missile \"of the\" =it +title:the");
        let all = Options { operator: Operator::All, ..Options::default() };
        let query = parse("the missile", all).expect("a query").query;
        assert_eq!(emphasised(&query), query);
    }

    #[test]
    fn a_word_in_capitals_among_others_is_a_name() {
        assert_eq!(shown("the US and WHO warnings"), "US WHO warnings");
        assert_eq!(shown("WHAT A WARNING OF MISSILES"), "WARNING MISSILES");
        assert_eq!(shown("I warned"), "warned");
        for text in ["US +sanctions", "US \"sanctions\"", "US 미사일", "US F-35", "WHO 2023", "WHO"] {
            assert_eq!(shown(text), text);
        }
        assert_eq!(shown("What happened in May of the year"), "happened May year");
        assert_eq!(shown("May 2023"), "May 2023");
        assert_eq!(shown("May we warn"), "warn");
    }

    #[test]
    fn short_forms_are_left_out_and_what_only_looks_like_a_part_of_one_stays() {
        assert_eq!(shown("who's there, don't warn"), "warn");
        assert_eq!(shown("vitamin D and the Korean won"), "vitamin D Korean won");
        assert_eq!(shown("the u.s. warned us"), "u.s. warned");
    }

    #[test]
    fn words_of_asking_weigh_little_among_enough_others() {
        assert_eq!(shown("find papers on missile warning data"), "find^0.2 papers^0.2 missile warning data");
        assert_eq!(shown("find papers on missile warnings warning"), "find papers missile warnings warning");
    }
}
