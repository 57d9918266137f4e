//! What the formats share that are read line by line: lines with their places, and marks that close others.

use std::ops::Range;

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

/// Searches for the marks that close others.
///
/// What a search has gone over in vain none of the same mark goes over again, so that many marks which nothing closes
/// take no longer than few.
#[derive(Debug, Default)]
pub(super) struct Closings {
    /// Marks, and up to where in the text they are known not to close anything.
    barren: Vec<(String, usize)>,
}

impl Closings {
    /// Where in `text` the first `mark` stands that lies in `range` and `closes`, whatever was opened before it.
    pub fn find(
        &mut self,
        text: &str,
        mark: &str,
        range: Range<usize>,
        closes: impl Fn(usize) -> bool,
    ) -> Option<usize> {
        let known = self.barren.iter().position(|(other, _)| other == mark);
        let from = known.map_or(0, |number| self.barren[number].1).clamp(range.start, range.end);
        let mut places = text[from..range.end].match_indices(mark).map(|(at, _)| from + at);
        let found = places.find(|&at| closes(at));
        if found.is_none() {
            let until = text.floor_char_boundary(range.end.saturating_sub(mark.len() - 1));
            match known {
                Some(number) => self.barren[number].1 = self.barren[number].1.max(until),
                None => self.barren.push((mark.to_owned(), until)),
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_searched_in_vain_is_not_searched_again() {
        let mut closings = Closings::default();
        let text = "a**b*c* d*";
        let closes = |at: usize| at != 4;
        assert_eq!(closings.find(text, "*", 3..6, closes), None);
        assert_eq!(closings.find(text, "*", 4..8, closes), Some(6));
        assert_eq!(closings.find(text, "**", 3..8, |_| true), None);
        assert_eq!(closings.find(text, "*", 7..10, closes), Some(9));
    }

    #[test]
    fn lines_know_where_they_stand() {
        let lines = lines("a\r\n  b \n\n\u{a0}c");
        let shown: Vec<_> = lines.iter().map(|line| (line.text, line.start, line.indentation)).collect();
        assert_eq!(shown, [("a", 0, 0), ("b", 5, 2), ("", 8, 0), ("c", 11, 2)]);
    }
}
