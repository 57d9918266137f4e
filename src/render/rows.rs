//! Breaking a line into rows that fit a terminal's width.
//!
//! The rows, with the spaces between them, are the line: nothing is added or lost, so that marks keep their
//! places. Widths are columns as terminals count them. The time is linear in the line.

use std::ops::Range;

use unicode_width::UnicodeWidthChar;

use super::window::{parts_characters, parts_unspaced};

/// Breaks a line into rows of at most `width` columns: at spaces, between characters of scripts that write
/// none, and inside a word only where it is longer than a row.
pub(super) fn rows(text: &str, width: usize) -> Vec<Range<usize>> {
    let mut rows = Rows { width, done: Vec::new(), start: 0, columns: 0, gap: None };
    let mut before = ' ';
    for (at, character) in text.char_indices() {
        rows.push(at, before, character);
        before = character;
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
    fn push(&mut self, at: usize, before: char, character: char) {
        if at > self.start && before == ' ' {
            self.gap = Some(Gap { end: at - 1, next: at, columns: self.columns });
        } else if at > self.start && parts_unspaced(before, character) {
            self.gap = Some(Gap { end: at, next: at, columns: self.columns });
        }
        let columns = character.width().unwrap_or(0);
        while character != ' ' && self.columns + columns > self.width && self.break_row(at, before, character)
        {
        }
        self.columns += columns;
    }

    /// Ends the open row at its last gap, else before the character at `at`; false where it cannot be ended.
    fn break_row(&mut self, at: usize, before: char, character: char) -> bool {
        let inside = Gap { end: at, next: at, columns: self.columns };
        let may_part = at > self.start && parts_characters(before, character);
        let Some(gap) = self.gap.take().or(may_part.then_some(inside)) else { return false };
        self.done.push(self.start..gap.end);
        self.start = gap.next;
        self.columns -= gap.columns;
        true
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

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
        assert_eq!(rows_of("", 5), [""]);
    }

    proptest! {
        #[test]
        fn rows_are_the_text_and_fit(text in "[a-c警、é👩\u{301} ]{0,60}", width in 2usize..20) {
            let text = Marked::plain(&text).text;
            let rows = rows(&text, width);
            let joined: String = rows.iter().map(|row| &text[row.clone()]).collect();
            prop_assert_eq!(joined.replace(' ', ""), text.replace(' ', ""));
            for row in rows {
                let columns = text[row].chars().filter_map(|character| character.width()).sum::<usize>();
                prop_assert!(columns <= width);
            }
        }
    }
}
