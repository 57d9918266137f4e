//! Hits for the tests of the formats.

use std::collections::BTreeMap;
use std::time::Duration;

use proptest::prelude::*;

use super::{Answer, Options, Turn, render};
use crate::date::Date;
use crate::document::{DateSource, DocId, Format, LineSpan, Location, passage_id};
use crate::hit::{
    FacetCounts, FacetValue, Facets, HeadingHighlight, Highlight, Hit, HitDocument, HitPassage, Response,
};
use crate::span::{LineIndex, Span};

/// The highlights of `words`, each one after the one before, as clauses 0, 1 and so on; as if `text` started
/// at line 1 of its source.
pub fn highlights_of(text: &str, words: &[&str]) -> Vec<Highlight> {
    let mut done = 0;
    let mut highlights = Vec::new();
    for (clause, word) in words.iter().enumerate() {
        let start = done + text[done..].find(word).expect("the word is in the text");
        done = start + word.len();
        highlights.push(highlight(text, start, done, clause));
    }
    highlights
}

fn highlight(text: &str, start: usize, end: usize, clause: usize) -> Highlight {
    let lines = LineIndex::new(text);
    Highlight {
        span: Span::new(start, end),
        text: text[start..end].to_owned(),
        clause,
        line: Some(lines.line(start)),
        column: Some(lines.column(start)),
    }
}

/// A hit in the Markdown file at `path`, its passage starting at line 7, with `words` highlighted.
pub fn hit(rank: usize, path: &str, text: &str, words: &[&str]) -> Hit {
    let mut highlights = highlights_of(text, words);
    highlights.iter_mut().for_each(|highlight| highlight.line = highlight.line.map(|line| line + 6));
    let lines = LineSpan { start: 7, end: 6 + text.lines().count().max(1) };
    Hit {
        rank,
        score: 12.3 / rank as f32,
        document: HitDocument {
            id: DocId(path.to_owned()),
            path: path.to_owned(),
            title: None,
            date: Date::new(2023, 11, 12),
            date_source: Some(DateSource::Metadata),
            language: Some("en".to_owned()),
            format: Format::Markdown,
            url: None,
            facts: BTreeMap::new(),
        },
        passage: HitPassage {
            id: passage_id(&DocId(path.to_owned()), 3),
            ordinal: 3,
            headings: Vec::new(),
            location: Location::Lines { bytes: Span::new(120, 120 + text.len()), lines },
            anchors: Vec::new(),
        },
        text: text.to_owned(),
        highlights,
        title_highlights: Vec::new(),
        heading_highlights: Vec::new(),
        matching_passages: None,
        explanation: None,
    }
}

/// The hit with a title, `words` of it highlighted.
pub fn titled(mut hit: Hit, title: &str, words: &[&str]) -> Hit {
    hit.document.title = Some(title.to_owned());
    hit.title_highlights = without_place(highlights_of(title, words));
    hit
}

/// The hit under `headings`, `words` of the last one highlighted.
pub fn headed(mut hit: Hit, headings: &[&str], words: &[&str]) -> Hit {
    hit.passage.headings = headings.iter().map(|&heading| heading.to_owned()).collect();
    let highlights = without_place(highlights_of(headings.last().expect("a heading"), words));
    let heading = headings.len() - 1;
    hit.heading_highlights =
        highlights.into_iter().map(|highlight| HeadingHighlight { heading, highlight }).collect();
    hit
}

fn without_place(highlights: Vec<Highlight>) -> Vec<Highlight> {
    highlights.into_iter().map(|highlight| Highlight { line: None, column: None, ..highlight }).collect()
}

/// The response of these hits.
pub fn response(hits: Vec<Hit>) -> Response {
    Response { total: hits.len(), total_exact: true, hits, ..Response::default() }
}

/// Counts of documents, one of a value that would steer a terminal and a page.
pub fn facets() -> Facets {
    let value = |value: &str, documents| FacetValue { value: value.to_owned(), documents };
    let languages = vec![value("en", 120), value("ko", 7)];
    let desks = vec![value("<b>As\u{1b}ia</b>", 2), value("", 1)];
    Facets {
        documents: 131,
        facets: vec![
            FacetCounts { facet: "lang".into(), values: languages, more: 0, without: 4 },
            FacetCounts { facet: "meta.desk".into(), values: desks, more: 12, without: 0 },
        ],
    }
}

/// The answer that a response is to `missile warning`.
pub fn answer(response: &Response) -> Answer<'_> {
    Answer {
        query_text: "missile warning",
        query: "missile warning".to_owned(),
        run: None,
        outline: None,
        tree: None,
        filter: None,
        query_id: None,
        turn: Turn::Only,
        suggestion: None,
        corrected_from: None,
        generation: 4,
        response,
        problems: &[],
        elapsed: Duration::from_micros(1250),
    }
}

/// What an answer is rendered to.
pub fn rendered(answer: &Answer<'_>, options: &Options) -> String {
    let mut out = Vec::new();
    render(answer, options, &mut out).expect("memory takes it all");
    String::from_utf8(out).expect("output is UTF-8")
}

/// Any text with any well-formed highlights.
pub fn highlighted() -> impl Strategy<Value = (String, Vec<Highlight>)> {
    let text = prop_oneof![
        any::<String>(),
        "[a-d .\\n]{0,120}",
        "[ミサイル警報、。 ]{0,80}",
        "[a\u{1b}\u{9b}\u{202e}\u{301}\t\r\n\u{200d}👩é]{0,60}",
    ];
    (text, prop::collection::vec((0usize..400, 0usize..4), 0..12)).prop_map(|(text, cuts)| {
        let mut places: Vec<_> = cuts.iter().map(|&(at, clause)| (boundary(&text, at), clause)).collect();
        places.sort_unstable();
        let pairs = places.chunks_exact(2).filter(|pair| pair[0].0 < pair[1].0);
        let highlights = pairs.map(|pair| highlight(&text, pair[0].0, pair[1].0, pair[0].1)).collect();
        (text, highlights)
    })
}

fn boundary(text: &str, at: usize) -> usize {
    (0..=at % (text.len() + 1)).rev().find(|&at| text.is_char_boundary(at)).expect("0 is a boundary")
}

/// Output with its escape sequences made readable: `«1;31:styled»`, `[[URL|linked]]`.
pub fn visible(output: &str) -> String {
    let output = output.replace("\u{1b}]8;;\u{1b}\\", "]]").replace("\u{1b}]8;;", "[[");
    let output = output.replace("\u{1b}\\", "|").replace("\u{1b}[0m", "»").replace("m\u{1b}[", ";");
    let mut pieces = output.split("\u{1b}[");
    let mut shown = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (codes, text) = piece.split_once('m').expect("a style ends in m");
        shown.push_str(&format!("«{codes}:{text}"));
    }
    shown
}
