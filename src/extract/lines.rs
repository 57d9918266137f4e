//! Lines of the formats that are read line by line, each with its place.

use super::compose::{Composition, Gap};

/// A line of a source.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line<'a> {
    /// Its text without indentation and without white space at its end.
    pub text: &'a str,
    /// Where the text starts.
    pub start: usize,
    /// How many bytes of white space stand before it.
    pub indentation: usize,
}

/// The lines of a source.
pub(super) fn lines(source: &str) -> Vec<Line<'_>> {
    let mut start = 0;
    let lines = source.split_inclusive('\n').map(|line| {
        let text = line.trim();
        let indentation = if text.is_empty() { 0 } else { line.len() - line.trim_start().len() };
        start += line.len();
        Line { text, start: start - line.len() + indentation, indentation }
    });
    lines.collect()
}

impl Line<'_> {
    /// Whether there is nothing in the line.
    pub fn is_blank(self) -> bool {
        self.text.is_empty()
    }

    /// Where the line's text ends.
    pub fn end(self) -> usize {
        self.start + self.text.len()
    }

    /// Writes the line as it stands, but for so much of its indentation.
    pub fn write_literal(self, source: &str, indentation: usize, out: &mut Composition) {
        if self.is_blank() {
            return out.gap(Gap::Block);
        }
        let from = self.start - self.indentation.saturating_sub(indentation);
        let from = if source.is_char_boundary(from) { from } else { self.start };
        out.verbatim(&source[from..self.end()], from);
        end_line(source, self.end(), out);
    }
}

/// Asks for the end of the line whose text ends at `end`.
pub(super) fn end_line(source: &str, end: usize, out: &mut Composition) {
    if source[end..].starts_with('\n') {
        out.line_end(end);
    } else {
        out.gap(Gap::Line);
    }
}

/// Writes text in which nothing is a mark, its lines without their indentation.
pub(super) fn plain(text: &str, origin: usize, out: &mut Composition) {
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let content = line.trim_end();
        let indentation = if start == 0 { 0 } else { content.len() - content.trim_start().len() };
        out.verbatim(&content[indentation.min(content.len())..], origin + start + indentation);
        start += line.len();
        if line.ends_with('\n') {
            out.line_end(origin + start - 1);
        } else if content.len() < line.len() {
            out.gap(Gap::Space);
        }
    }
}
