//! The right flow: query text to query, engine, hits, highlights, response.
//!
//! Everything about one search that is neither matching nor showing happens here: reading the query text, asking the
//! engine, and marking in each hit what the query matched.

mod correction;

use crate::document::Anchor;
use crate::engine::{Engine, EngineError};
use crate::highlight::{Highlighter, Mark, Texts};
use crate::hit::{HeadingHighlight, Highlight, Hit, Request, Response};

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
    let mut response = engine.search(request)?;
    if marking == Marking::Highlights && !response.hits.is_empty() {
        let highlighter = Highlighter::new(&request.query);
        response.hits.iter_mut().for_each(|hit| add_highlights(&highlighter, hit));
    }
    Ok(response)
}

fn add_highlights(highlighter: &Highlighter<'_>, hit: &mut Hit) {
    let title = hit.document.title.as_deref();
    let headings = &hit.passage.headings;
    let marks = highlighter.marks(&Texts { text: &hit.text, title, headings, ordinal: hit.passage.ordinal });
    let anchors = &hit.passage.anchors;
    hit.highlights = marks.text.iter().map(|mark| located(mark, &hit.text, anchors)).collect();
    let title = title.unwrap_or_default();
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
