//! Jupyter notebooks: the text that was written, the code, and what it printed.
//!
//! Markdown gives its text and its headings, code stands as it is, and of what came out of it texts are kept: printed
//! lines, values, tables, errors; pictures are not, nor are the descriptions of objects that programs write in angle
//! brackets. Both shapes of the format are read, that of version 4 and the older one with worksheets. What is no such JSON
//! is plain text. Every character leads back into the JSON, whose strings hold the lines ([`json_text`](super::json_text)).

use std::collections::BTreeMap;

use serde_json::value::RawValue;

use super::compose::{Composition, Gap};
use super::decode::decode;
use super::json_text::Unescaped;
use super::{Raw, document, html, markdown, text};
use crate::date::Date;
use crate::document::{Document, Facts, Format};
use crate::span::OffsetMap;

/// The fields of a JSON object, as they stand in it.
type Fields<'a> = BTreeMap<String, &'a RawValue>;

/// Makes a document of a notebook.
pub(super) fn extract(raw: &Raw<'_>) -> Document {
    let decoded = decode(raw.bytes, None);
    let mut reader = Reader { source: &decoded.text, out: Composition::default(), facts: Facts::default() };
    let (facts, composed) = match reader.read() {
        Some(()) => (reader.facts, reader.out.finish()),
        None => (Facts::default(), text::whole(&decoded.text, 0)),
    };
    let facts = Facts { title: facts.title.or_else(|| composed.title.clone()), ..facts };
    document(raw, Format::Notebook, decoded, facts, composed)
}

struct Reader<'a> {
    source: &'a str,
    out: Composition,
    facts: Facts,
}

impl<'a> Reader<'a> {
    /// Reads the notebook; `None` where there is none.
    fn read(&mut self) -> Option<()> {
        let notebook: Fields<'a> = serde_json::from_str(self.source).ok()?;
        let cells = match (notebook.get("cells"), notebook.get("worksheets")) {
            (Some(cells), _) => array(cells),
            (None, Some(sheets)) => {
                array(sheets).into_iter().flat_map(|sheet| array_in(&object(sheet), "cells")).collect()
            }
            (None, None) => return None,
        };
        if let Some(metadata) = notebook.get("metadata") {
            self.read_facts(&object(metadata));
        }
        for cell in cells {
            self.cell(&object(cell));
        }
        Some(())
    }

    fn read_facts(&mut self, metadata: &Fields<'a>) {
        self.facts.title = self.string(metadata, "title");
        self.facts.date = self.string(metadata, "date").as_deref().and_then(Date::parse);
        let authors = array_in(metadata, "authors").into_iter().map(object);
        let names: Vec<_> = authors.filter_map(|author| self.string(&author, "name")).collect();
        if !names.is_empty() {
            self.facts.other.insert("author".to_owned(), names.join(", ").into());
        }
    }

    fn cell(&mut self, cell: &Fields<'a>) {
        let source = cell.get("source").or_else(|| cell.get("input")).map(|source| self.unescape(source));
        let source = source.unwrap_or_default();
        self.out.gap(Gap::Block);
        match self.string(cell, "cell_type").as_deref() {
            Some("markdown" | "html") => self.within(source, markdown::append),
            Some("heading") => {
                let level = cell.get("level").and_then(|level| level.get().parse().ok());
                self.out.begin_heading(level.unwrap_or(1));
                self.within(source, plain);
                self.out.end_heading();
            }
            _ => self.within(source, plain),
        }
        for output in array_in(cell, "outputs") {
            self.out.gap(Gap::Block);
            self.output(&object(output));
        }
    }

    /// Writes what code gave: in the older shape the kinds of data stand among the output's own fields.
    fn output(&mut self, output: &Fields<'a>) {
        if let Some(traceback) = output.get("traceback") {
            for line in array(traceback) {
                self.printed(line);
                self.out.gap(Gap::Line);
            }
        } else if let Some(data) = output.get("data") {
            self.data(&object(data));
        } else if self.string(output, "output_type").as_deref() == Some("stream") {
            output.get("text").into_iter().for_each(|text| self.printed(text));
        } else {
            self.data(output);
        }
    }

    /// Writes a value in the form that says most of it as text.
    fn data(&mut self, data: &Fields<'a>) {
        let form = |names: [&str; 2]| names.iter().find_map(|name| data.get(*name).copied());
        let plain = form(["text/plain", "text"]);
        let is_described = plain.is_none_or(|plain| describes(&self.unescape(plain).text));
        if let Some(text) = form(["text/markdown", "markdown"]) {
            let text = self.unescape(text);
            self.within(text, markdown::append);
        } else if let Some(page) = form(["text/html", "html"]).filter(|_| is_described) {
            let page = self.unescape(page);
            self.within(page, |page, out| html::append(page, &OffsetMap::identity(page.len()), out));
        } else if let Some(plain) = plain.filter(|_| !is_described) {
            self.printed(plain);
        }
    }

    /// Writes a text without the sequences that colour it on a terminal.
    fn printed(&mut self, value: &'a RawValue) {
        let text = self.unescape(value);
        self.within(text, |text, out| {
            let mut at = 0;
            while at < text.len() {
                let run = text[at..].find('\u{1b}').unwrap_or(text.len() - at);
                out.verbatim(&text[at..at + run], at);
                at += run;
                at += sequence_len(&text[at..]);
            }
        });
    }

    /// Writes a text that comes out of the source.
    fn within(&mut self, text: Unescaped, write: impl FnOnce(&str, &mut Composition)) {
        self.out.rebase(Some(text.map));
        write(&text.text, &mut self.out);
        self.out.rebase(None);
    }

    /// The text of a string, or of an array of strings; other values have none.
    fn unescape(&self, value: &'a RawValue) -> Unescaped {
        let strings = if value.get().starts_with('[') { array(value) } else { vec![value] };
        let mut text = Unescaped::default();
        for string in strings.into_iter().filter(|string| string.get().starts_with('"')) {
            let origin = string.get().as_ptr() as usize - self.source.as_ptr() as usize;
            text.push(string.get(), origin);
        }
        text
    }

    /// The text of a field.
    fn string(&self, fields: &Fields<'a>, name: &str) -> Option<String> {
        fields.get(name).map(|value| self.unescape(value).text).filter(|text| !text.is_empty())
    }
}

/// Writes a text as it stands, but for white space at its end.
fn plain(text: &str, out: &mut Composition) {
    out.verbatim(text.trim_end(), 0);
}

/// The fields of a value; none where it is no object.
fn object(value: &RawValue) -> Fields<'_> {
    serde_json::from_str(value.get()).unwrap_or_default()
}

/// The values of an array; none where it is none.
fn array(value: &RawValue) -> Vec<&RawValue> {
    serde_json::from_str(value.get()).unwrap_or_default()
}

/// The values of an array that is a field.
fn array_in<'a>(fields: &Fields<'a>, name: &str) -> Vec<&'a RawValue> {
    fields.get(name).map(|value| array(value)).unwrap_or_default()
}

/// Whether a text only names an object, as `<Figure size 640x480 with 1 Axes>` does.
fn describes(text: &str) -> bool {
    let text = text.trim();
    text.is_empty() || (text.starts_with('<') && text.ends_with('>') && !text.contains('\n'))
}

/// The length of the terminal's sequence that the text starts with, if it starts with an escape.
fn sequence_len(text: &str) -> usize {
    let Some(rest) = text.strip_prefix('\u{1b}') else { return 0 };
    let Some(parameters) = rest.strip_prefix('[') else { return 1 };
    let is_parameter = |byte: &u8| matches!(byte, b' '..=b'?');
    let len = parameters.bytes().take_while(is_parameter).count();
    let has_end = matches!(parameters.as_bytes().get(len), Some(b'@'..=b'~'));
    2 + len + usize::from(has_end)
}

#[cfg(test)]
mod tests {
    use super::super::laws::{extracted, located};
    use super::*;

    fn read(source: &str) -> Document {
        extracted(Format::Notebook, source.as_bytes())
    }

    #[test]
    fn cells_give_their_text_and_their_outputs() {
        let source = r##"{
 "cells": [
  {"cell_type": "markdown", "metadata": {}, "source": ["# The *delay*\n", "\n", "Seventeen \u201clanterns\u201d."]},
  {"cell_type": "code", "source": "print(\"a\")\n", "outputs": [
    {"output_type": "stream", "name": "stdout", "text": ["one\n", "two\n"]},
    {"output_type": "execute_result", "data": {"text/html": "<b>x</b>", "text/plain": "x y"}},
    {"output_type": "display_data", "data": {"image/png": "aaaa", "text/plain": "<Figure with 1 Axes>"}},
    {"output_type": "display_data", "data": {"text/html": ["<p>caf&eacute;", " \u00e9</p>"], "text/plain": "<object>"}},
    {"output_type": "error", "ename": "E", "traceback": ["\u001b[0;31mE\u001b[0m: out", "at 1"]}
  ]},
  {"cell_type": "raw", "source": "raw"}
 ],
 "metadata": {"title": "A title", "authors": [{"name": "Kim"}]}, "nbformat": 4}"##;
        let document = read(source);
        assert_eq!(
            document.text,
            "The delay\n\nSeventeen “lanterns”.\n\nprint(\"a\")\n\none\ntwo\n\nx y\n\ncafé é\n\nE: out\nat 1\n\nraw"
        );
        assert_eq!(document.sections[0].headings, ["The delay"]);
        assert_eq!(document.facts.title.as_deref(), Some("A title"));
        assert_eq!(document.facts.other["author"], "Kim");
        for (word, place, line) in [
            ("delay", "delay", 3),
            ("“lanterns”", "\\u201clanterns\\u201d", 3),
            ("\"a\"", "\\\"a\\\"", 4),
            ("two", "two", 5),
            ("café", "caf&eacute;", 8),
            ("out", "out", 9),
        ] {
            assert_eq!(located(&document, source.as_bytes(), word), (place.as_bytes(), line), "{word}");
        }
    }

    #[test]
    fn the_older_shape_is_read_too() {
        let source = r#"{"metadata": {"name": ""}, "nbformat": 3, "worksheets": [{"cells": [
            {"cell_type": "heading", "level": 2, "source": ["Delays"]},
            {"cell_type": "code", "input": "f()", "outputs": [{"output_type": "pyout", "text": ["2.1"], "png": "aaaa"}]}
        ]}]}"#;
        let document = read(source);
        assert_eq!(document.text, "Delays\n\nf()\n\n2.1");
        assert_eq!(document.sections[0].headings, ["Delays"]);
        assert_eq!(document.facts.title.as_deref(), Some("Delays"));
    }

    #[test]
    fn what_is_no_notebook_is_text() {
        for source in ["{\"cells\": [", "{}", "[1]", "{\"cells\": [1, {\"source\": 2}]}", ""] {
            let text = read(source).text;
            assert_eq!(text, if source.contains("source") { "" } else { source });
        }
    }

    #[test]
    fn terminal_sequences_are_left_out() {
        for (text, len) in [("\u{1b}[0;31mE", 7), ("\u{1b}[", 2), ("\u{1b}é", 1), ("\u{1b}[12é", 4), ("a", 0)]
        {
            assert_eq!(sequence_len(text), len, "{text:?}");
        }
    }
}
