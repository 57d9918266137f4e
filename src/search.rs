//! The right flow: query text to query, engine, hits, highlights, response.
//!
//! Everything about one search that is neither matching nor showing happens here: reading the query text, asking the
//! engine, and marking in each hit what the query matched.

mod correction;

use std::collections::BTreeMap;

use crate::document::Anchor;
use crate::engine::{Engine, EngineError};
use crate::highlight::{Highlighter, Mark, Texts};
use crate::hit::{Group, HeadingHighlight, Highlight, Hit, Request, Response};
use crate::pattern::emphasised;
use crate::query::Query;

/// How many documents `expand` takes words from.
const DOCUMENTS_TO_LEARN_FROM: usize = 15;

pub use correction::{Correction, correction};

/// Whether hits are to be marked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Marking {
    /// What the query matched is marked.
    Highlights,
    /// Nobody looks at the texts: a ranking alone is wanted.
    Nothing,
}

/// Asks `engine` for what `request` wants, and marks in each hit what the query matched.
///
/// # Errors
///
/// Those of the engine.
pub fn search(engine: &dyn Engine, request: &Request, marking: Marking) -> Result<Response, EngineError> {
    let mut request = Request {
        query: emphasised(&request.query),
        document: request.document.as_ref().map(emphasised),
        ..request.clone()
    };
    if request.expand {
        request.query = expanded(engine, &request)?;
    }
    let mut response = engine.search(&request)?;
    if response.hits.is_empty() || (marking == Marking::Nothing && !request.explain) {
        return Ok(response);
    }
    let languages = engine.languages();
    let highlighter = Highlighter::new(&request.query, &languages);
    if marking == Marking::Highlights {
        response.hits.iter_mut().for_each(|hit| add_highlights(&highlighter, hit));
    }
    if request.explain {
        let names: BTreeMap<usize, String> = request.query.clauses().into_iter().collect();
        response.hits.iter_mut().for_each(|hit| add_words(&names, &highlighter, hit));
    }
    Ok(response)
}

/// Says in the explanation of a hit what its clauses are and what they matched.
fn add_words(names: &BTreeMap<usize, String>, highlighter: &Highlighter<'_>, hit: &mut Hit) {
    let Some(mut explanation) = hit.explanation.take() else { return };
    let matched = matched(highlighter, hit);
    for share in &mut explanation.shares {
        let named = share.clauses.iter().filter_map(|clause| names.get(clause));
        share.what = named.map(String::as_str).collect::<Vec<_>>().join(" ");
        if let [clause] = share.clauses[..] {
            share.texts = matched.get(&clause).cloned().unwrap_or_default();
        }
    }
    hit.explanation = Some(explanation);
}

/// The texts that each clause matched in a hit, each once, in the order in which they stand.
fn matched(highlighter: &Highlighter<'_>, hit: &Hit) -> BTreeMap<usize, Vec<String>> {
    let marks = highlighter.all_marks(&texts_of(hit));
    let title = hit.document.title.as_deref().unwrap_or_default();
    let headings = marks.headings.iter().zip(&hit.passage.headings);
    let all = [(&marks.text, hit.text.as_str()), (&marks.title, title)].into_iter();
    let all = all.chain(headings.map(|(marks, heading)| (marks, heading.as_str())));
    let mut matched: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    for (marks, text) in all {
        let mut marks: Vec<&Mark> = marks.iter().collect();
        marks.sort_by_key(|mark| mark.span.start);
        for mark in marks {
            let texts = matched.entry(mark.clause).or_default();
            let text = &text[mark.span.range()];
            if !texts.iter().any(|known| known == text) {
                texts.push(text.to_owned());
            }
        }
    }
    matched
}

fn texts_of(hit: &Hit) -> Texts<'_> {
    Texts {
        text: &hit.text,
        title: hit.document.title.as_deref(),
        headings: &hit.passage.headings,
        ordinal: hit.passage.ordinal,
        language: hit.document.language.as_deref(),
    }
}

/// The query of a request with words of the first documents that it finds.
fn expanded(engine: &dyn Engine, request: &Request) -> Result<Query, EngineError> {
    let first = Request {
        query: request.query.clone(),
        document: request.document.clone(),
        filter: request.filter.clone(),
        limit: DOCUMENTS_TO_LEARN_FROM,
        group: Group::Document,
        ..Request::default()
    };
    engine.widened(&request.query, &engine.search(&first)?.hits)
}

fn add_highlights(highlighter: &Highlighter<'_>, hit: &mut Hit) {
    let marks = highlighter.marks(&texts_of(hit));
    let anchors = &hit.passage.anchors;
    hit.highlights = marks.text.iter().map(|mark| located(mark, &hit.text, anchors)).collect();
    let title = hit.document.title.as_deref().unwrap_or_default();
    let headings = &hit.passage.headings;
    hit.title_highlights = marks.title.iter().map(|mark| unlocated(mark, title)).collect();
    hit.heading_highlights = marks
        .headings
        .iter()
        .enumerate()
        .flat_map(|(heading, marks)| marks.iter().map(move |mark| (heading, mark)))
        .map(|(heading, mark)| HeadingHighlight { heading, highlight: unlocated(mark, &headings[heading]) })
        .collect();
}

/// A highlight in the passage's text, with its place in the source.
fn located(mark: &Mark, text: &str, anchors: &[Anchor]) -> Highlight {
    let place = Anchor::place(anchors, text, mark.span.start);
    Highlight {
        line: place.map(|(line, _)| line),
        column: place.map(|(_, column)| column),
        ..unlocated(mark, text)
    }
}

fn unlocated(mark: &Mark, text: &str) -> Highlight {
    Highlight {
        span: mark.span,
        text: text[mark.span.range()].to_owned(),
        clause: mark.clause,
        line: None,
        column: None,
    }
}
