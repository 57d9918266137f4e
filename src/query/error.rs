//! What is wrong with a query text, where, and what to do about it.
//!
//! The errors carry a one-line excerpt of the text, made when they are, so that they can be shown without it.
//! Query texts are pasted and generated: whatever of them a message repeats has its control characters and
//! line breaks turned to spaces and is cut to a length that a terminal line bears.

use unicode_width::UnicodeWidthStr;

use crate::span::{InQuery, Span};

/// How many columns of a query text a message shows at most, and how many of them before the place.
const SHOWN_COLUMNS: usize = 72;
const SHOWN_BEFORE: usize = 40;

/// How many columns of a single word a message repeats at most.
const QUOTED_COLUMNS: usize = 32;

/// A query text that cannot be read.
///
/// `Display` gives one line, for logs and machine-readable output;
/// [`render_with_caret`](Self::render_with_caret) gives several, for people.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("query text, byte {}: {message}; {hint}", span.start)]
pub struct ParseError {
    /// Where in the query text; empty where something is missing.
    pub span: Span<InQuery>,
    /// What is wrong, on one line.
    pub message: String,
    /// What to do about it, on one line.
    pub hint: String,
    excerpt: Box<Excerpt>,
}

/// Something to tell whoever typed a query text that was read all the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// What of the query text it is about.
    pub span: Span<InQuery>,
    /// What to tell, on one line.
    pub message: String,
}

impl ParseError {
    pub(super) fn new(
        text: &str,
        span: Span<InQuery>,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) -> Self {
        let excerpt = Box::new(Excerpt::new(text, span));
        Self { span, message: message.into(), hint: hint.into(), excerpt }
    }

    /// Shows the error on four lines, without a line break behind the last: the message, the text (cut around
    /// the place if it is long), a caret under the place, and the hint.
    ///
    /// ```
    /// let error = tidings::query::parse("a OR", Default::default()).unwrap_err();
    /// assert_eq!(error.render_with_caret().lines().nth(2), Some("    ^~"));
    /// ```
    pub fn render_with_caret(&self) -> String {
        let Excerpt { line, indent, width } = &*self.excerpt;
        let (space, tail) = (" ".repeat(*indent), "~".repeat(width - 1));
        format!("{}\n  {line}\n  {space}^{tail}\n  hint: {}", self.message, self.hint)
    }
}

/// One line of a query text around a place, and where in it, in columns, the place is.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Excerpt {
    line: String,
    indent: usize,
    width: usize,
}

impl Excerpt {
    fn new(text: &str, span: Span<InQuery>) -> Self {
        let (start, end) = window(text, span.start);
        let before = if start > 0 { "…" } else { "" };
        let behind = if end < text.len() { "…" } else { "" };
        let marked = printable(&text[span.start..span.end.min(end)]);
        Self {
            line: format!("{before}{}{behind}", printable(&text[start..end])),
            indent: before.width() + printable(&text[start..span.start]).width(),
            width: marked.width().max(1),
        }
    }
}

/// The part of `text` to show around `place`: all of it, if it is short.
fn window(text: &str, place: usize) -> (usize, usize) {
    let whole = fitting(text, SHOWN_COLUMNS);
    if whole == text.len() {
        return (0, whole);
    }
    let mut start = place;
    let mut room = SHOWN_BEFORE;
    for (at, c) in text[..place].char_indices().rev() {
        match room.checked_sub(cost(c)) {
            Some(rest) => (room, start) = (rest, at),
            None => break,
        }
    }
    (start, start + fitting(&text[start..], SHOWN_COLUMNS).max(place - start))
}

/// How many bytes of `text` fit in so many columns.
fn fitting(text: &str, columns: usize) -> usize {
    let mut room = columns;
    for (at, c) in text.char_indices() {
        match room.checked_sub(cost(c)) {
            Some(rest) => room = rest,
            None => return at,
        }
    }
    text.len()
}

/// The columns reckoned for a character: at least one, so that marks without width cannot pile up.
fn cost(c: char) -> usize {
    unicode_width::UnicodeWidthChar::width(c).unwrap_or(1).max(1)
}

/// The text with each character that is no business of a terminal turned to a space.
fn printable(text: &str) -> String {
    text.chars().map(|c| if is_printable(c) { c } else { ' ' }).collect()
}

/// Whether a character is neither a control nor one that breaks lines or turns their direction.
fn is_printable(c: char) -> bool {
    let formats = matches!(
        c,
        '\u{ad}'
            | '\u{61c}'
            | '\u{200b}'
            | '\u{200e}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e0fff}'
    );
    !c.is_control() && !formats
}

/// A piece of a query text as a message repeats it: printable, cut, between backticks.
pub(super) fn quoted(text: &str) -> String {
    let end = fitting(text, QUOTED_COLUMNS);
    let cut = if end < text.len() { "…" } else { "" };
    format!("`{}{cut}`", printable(&text[..end]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn carets(text: &str, start: usize, end: usize) -> String {
        let error = ParseError::new(text, Span::new(start, end), "message", "hint");
        let rendered = error.render_with_caret();
        rendered.lines().skip(1).take(2).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn the_caret_stands_under_its_place() {
        assert_eq!(carets("a OR", 2, 4), "  a OR\n    ^~");
        assert_eq!(carets("a (", 3, 3), "  a (\n     ^");
    }

    #[test]
    fn wide_characters_take_two_columns_and_marks_none() {
        assert_eq!(carets("북한 OR", 7, 9), "  북한 OR\n       ^~");
        assert_eq!(carets("e\u{301}a OR", 5, 7), "  e\u{301}a OR\n     ^~");
        assert_eq!(carets("x 日本", 2, 8), "  x 日本\n    ^~~~");
    }

    #[test]
    fn controls_and_line_breaks_are_shown_as_spaces() {
        assert_eq!(carets("a\n\u{1b}[31m\u{202e}b", 1, 3), "  a  [31m b\n   ^~");
        assert_eq!(quoted("a\tb\u{7}"), "`a b `");
    }

    #[test]
    fn long_texts_are_cut_around_the_place() {
        let text = format!("{} HERE {}", "a".repeat(500), "b".repeat(500));
        let shown = carets(&text, 501, 505);
        assert_eq!(
            shown,
            format!("  …{} HERE {}…\n{}^~~~", "a".repeat(39), "b".repeat(27), " ".repeat(2 + 1 + 40))
        );
        assert_eq!(carets(&text, text.len(), text.len()).lines().next().map(str::len), Some(2 + 3 + 40));
    }

    #[test]
    fn a_span_longer_than_the_line_is_marked_as_far_as_shown() {
        let shown = carets(&"x".repeat(200), 0, 200);
        assert_eq!(shown, format!("  {}…\n  ^{}", "x".repeat(72), "~".repeat(71)));
    }

    #[test]
    fn marks_without_width_cannot_make_the_line_long() {
        let shown = carets(&"\u{301}".repeat(9000), 9000, 9002);
        assert!(shown.chars().count() < 160);
    }

    #[test]
    fn display_is_one_line() {
        let error = ParseError::new("a\nOR", Span::new(2, 4), "message", "hint");
        assert_eq!(error.to_string(), "query text, byte 2: message; hint");
    }
}
