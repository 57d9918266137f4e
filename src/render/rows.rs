//! Breaking a line into rows that fit a terminal's width.
//!
//! The rows, with the spaces between them, are the line: nothing is added or lost, so that marks keep their
//! places. Widths are columns as terminals count them. The time is linear in the line.

use std::ops::Range;

use super::grapheme::{columns_of, graphemes};
use super::window::parts_unspaced;

/// Breaks a line into rows of at most `width` columns: at spaces, between characters of scripts that write
/// none, and inside a word only where it is longer than a row. What is seen as one character is never broken.
pub(super) fn rows(text: &str, width: usize) -> Vec<Range<usize>> {
    let mut rows = Rows { width, done: Vec::new(), start: 0, columns: 0, gap: None };
    let mut before = ' ';
    for (at, grapheme) in graphemes(text) {
        if columns_of(grapheme) <= width {
            rows.push(at, before, grapheme);
        } else {
            // A document may pile up more than a reader takes for one character.
            for (part, character) in grapheme.char_indices() {
                rows.push(at + part, before, character.encode_utf8(&mut [0; 4]));
                before = character;
            }
        }
        before = grapheme.chars().next_back().unwrap_or(before);
    }
    rows.done.push(rows.start..text.len());
    rows.done
}

/// The rows of a line so far.
struct Rows {
    width: usize,
    done: Vec<Range<usize>>,
    /// Where the open row starts.
    start: usize,
    /// How wide the open row is.
    columns: usize,
    /// The last place where the open row may be broken.
    gap: Option<Gap>,
}

/// A place to break a row: it ends before `end`, the next one starts at `next`, `columns` into this one.
#[derive(Clone, Copy)]
struct Gap {
    end: usize,
    next: usize,
    columns: usize,
}

impl Rows {
    fn push(&mut self, at: usize, before: char, grapheme: &str) {
        let character = grapheme.chars().next().unwrap_or(' ');
        if at > self.start && before == ' ' {
            self.gap = Some(Gap { end: at - 1, next: at, columns: self.columns });
        } else if at > self.start && parts_unspaced(before, character) {
            self.gap = Some(Gap { end: at, next: at, columns: self.columns });
        }
        let columns = columns_of(grapheme);
        while grapheme != " " && self.columns + columns > self.width && self.break_row(at) {}
        self.columns += columns;
    }

    /// Ends the open row at its last gap, else before the character at `at`; false where it cannot be ended.
    fn break_row(&mut self, at: usize) -> bool {
        let inside = Gap { end: at, next: at, columns: self.columns };
        let Some(gap) = self.gap.take().or((at > self.start).then_some(inside)) else { return false };
        self.done.push(self.start..gap.end);
        self.start = gap.next;
        self.columns -= gap.columns;
        true
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::grapheme::{boundaries, columns};
    use super::super::marked::Marked;
    use super::*;

    #[test]
    fn rows_break_at_spaces_between_ideographs_and_inside_endless_words() {
        let rows_of = |text: &'static str, width| -> Vec<&str> {
            rows(text, width).into_iter().map(|row| &text[row]).collect()
        };
        assert_eq!(rows_of("one two three", 7), ["one two", "three"]);
        assert_eq!(rows_of("abcdefghij kl", 4), ["abcd", "efgh", "ij", "kl"]);
        assert_eq!(rows_of("警報を、共有する", 6), ["警報", "を、共", "有する"]);
        assert_eq!(rows_of("e\u{301}e\u{301}e\u{301}", 2), ["e\u{301}e\u{301}", "e\u{301}"]);
        assert_eq!(rows_of("🇰🇷🇯🇵🇺🇸", 4), ["🇰🇷🇯🇵", "🇺🇸"]);
        assert_eq!(
            rows_of("👩\u{200d}🚀👩\u{200d}🚀 북한이 미사일을", 6),
            ["👩\u{200d}🚀👩\u{200d}🚀", "북한이", "미사일", "을"]
        );
        assert_eq!(rows_of("ที่นี่", 1), ["ที่", "นี่"]);
        assert_eq!(rows_of("", 5), [""]);
    }

    proptest! {
        #[test]
        fn rows_are_the_text_and_fit(text in "([a-c警、é가🇰🇷ที ่]|👩|\u{200d}|🏽|\u{301}|\u{fe0f}){0,60}", width in 2usize..20) {
            let text = Marked::plain(&text).text;
            let rows = rows(&text, width);
            let joined: String = rows.iter().map(|row| &text[row.clone()]).collect();
            prop_assert_eq!(joined.replace(' ', ""), text.replace(' ', ""));
            for row in rows {
                prop_assert!(columns(&text[row.clone()]) <= width);
                let is_whole = boundaries(&text).any(|at| at == row.start);
                prop_assert!(is_whole || graphemes(&text).any(|(_, grapheme)| columns(grapheme) > width));
            }
        }
    }
}
