//! Text of documents made fit for a line that a person reads, with its highlights kept in place.
//!
//! Invariant: a [`Marked`] text holds no control character and no line break, its white space is single
//! spaces inside, and its marks lie in order and without overlap, no mark starting or ending with a space.
//! What may steer a terminal (C0, C1, DEL) or reorder the line that it stands in (embeddings, overrides and
//! isolates of bidirectional text) is shown as U+FFFD rather than dropped, so that a reader sees that
//! something was there. Joiners and the marks U+200E and U+200F stay: they cannot reorder letters, and
//! Persian or Hebrew text is wrong without them.
//!
//! Which part of a text is shown is `window`'s business, how marks look is the format's.

use std::borrow::Cow;
use std::ops::Range;

use crate::hit::Highlight;

/// What stands where something was cut off.
pub(super) const ELLIPSIS: char = '…';

/// A span of a [`Marked`] text that the query matched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Mark {
    /// Offset of the first byte.
    pub start: usize,
    /// Offset after the last byte.
    pub end: usize,
    /// The clause of the query that matched.
    pub clause: usize,
}

/// One line of text with marks in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Marked {
    /// The line.
    pub text: String,
    /// What the query matched, in order, without overlap.
    pub marks: Vec<Mark>,
}

impl Marked {
    /// The line that `text` makes, without marks.
    pub fn plain(text: &str) -> Self {
        Self::new(text, [])
    }

    /// The line that `text` makes: white space runs become one space, hidden characters become U+FFFD, and
    /// `highlights`, which count in `text`, become marks.
    pub fn new<'a>(text: &str, highlights: impl IntoIterator<Item = &'a Highlight>) -> Self {
        let mut line = Self { text: String::with_capacity(text.len()), marks: Vec::new() };
        let mut done = 0;
        for highlight in highlights {
            let span = highlight.span;
            let (Some(before), Some(matched)) = (text.get(done..span.start), text.get(span.range())) else {
                debug_assert!(false, "highlights come in order, inside the text, on character boundaries");
                continue;
            };
            line.push(before);
            line.push_marked(matched, highlight.clause);
            done = span.end;
        }
        line.push(text.get(done..).unwrap_or_default());
        line.text.truncate(line.text.trim_end_matches(' ').len());
        line
    }

    fn push_marked(&mut self, text: &str, clause: usize) {
        let start = self.text.len();
        self.push(text);
        let pushed = &self.text[start..];
        let (start, end) =
            (start + usize::from(pushed.starts_with(' ')), start + pushed.trim_end_matches(' ').len());
        if start < end {
            self.marks.push(Mark { start, end, clause });
        }
    }

    fn push(&mut self, text: &str) {
        let mut rest = text;
        while !rest.is_empty() {
            // Most of a text is words of such letters, which stay as they are.
            let (word, behind) = rest.split_at(rest.bytes().take_while(u8::is_ascii_graphic).count());
            self.text.push_str(word);
            let mut characters = behind.chars();
            if let Some(character) = characters.next() {
                self.push_character(character);
            }
            rest = characters.as_str();
        }
    }

    fn push_character(&mut self, character: char) {
        if !character.is_whitespace() {
            self.text.push(if is_hidden(character) { char::REPLACEMENT_CHARACTER } else { character });
        } else if !self.text.is_empty() && !self.text.ends_with(' ') {
            self.text.push(' ');
        }
    }

    /// Adds `between` and then `line` at the end.
    pub fn append(&mut self, between: &str, line: &Self) {
        self.text.push_str(between);
        let shift = self.text.len();
        self.text.push_str(&line.text);
        let marks = line.marks.iter();
        self.marks.extend(marks.map(|mark| Mark {
            start: mark.start + shift,
            end: mark.end + shift,
            ..*mark
        }));
    }

    /// The part `range` of the line, with `…` where something was cut off.
    pub fn excerpt(&self, range: Range<usize>) -> Self {
        let mut text = String::with_capacity(range.len() + 2 * ELLIPSIS.len_utf8());
        text.extend((range.start > 0).then_some(ELLIPSIS));
        let shift = text.len();
        text.push_str(&self.text[range.clone()]);
        text.extend((range.end < self.text.len()).then_some(ELLIPSIS));
        let place = |at: usize| at.clamp(range.start, range.end) - range.start + shift;
        let marks = self.marks_in(range.clone());
        let marks = marks.map(|mark| Mark { start: place(mark.start), end: place(mark.end), ..*mark });
        Self { text, marks: marks.collect() }
    }

    /// The pieces of the line in `range`, each with whether it is marked.
    pub fn pieces(&self, range: Range<usize>) -> Vec<(&str, bool)> {
        let mut pieces = Vec::new();
        let mut done = range.start;
        let mut add = |from: usize, to: usize, marked: bool| {
            if from < to {
                pieces.push((&self.text[from..to], marked));
            }
        };
        for mark in self.marks_in(range.clone()) {
            let (start, end) = (mark.start.max(range.start), mark.end.min(range.end));
            add(done, start, false);
            add(start, end, true);
            done = end;
        }
        add(done, range.end, false);
        pieces
    }

    fn marks_in(&self, range: Range<usize>) -> impl Iterator<Item = &Mark> {
        let first = self.marks.partition_point(|mark| mark.end <= range.start);
        self.marks[first..].iter().take_while(move |mark| mark.start < range.end)
    }
}

/// Whether a character is unseen and acts on what is around it: a control character, or an embedding,
/// override or isolate of bidirectional text.
pub(super) fn is_hidden(character: char) -> bool {
    character.is_control() || matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// A line of text as a terminal may show it: tabs stay, other hidden characters become U+FFFD.
pub fn sanitised(line: &str) -> Cow<'_, str> {
    let is_unsafe = |character| character != '\t' && is_hidden(character);
    if !line.contains(is_unsafe) {
        return Cow::Borrowed(line);
    }
    line.chars()
        .map(|character| if is_unsafe(character) { '\u{fffd}' } else { character })
        .collect::<String>()
        .into()
}

/// A path as one line may show it: hidden characters escaped (`\n`, `\u{1b}`), all else as it is.
pub(super) fn shown_path(path: &str) -> Cow<'_, str> {
    if !path.contains(is_hidden) {
        return Cow::Borrowed(path);
    }
    let mut shown = String::with_capacity(path.len() + 8);
    for character in path.chars() {
        if is_hidden(character) {
            shown.extend(character.escape_default());
        } else {
            shown.push(character);
        }
    }
    Cow::Owned(shown)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::samples::{highlighted, highlights_of};
    use super::*;

    fn shown(line: &Marked) -> String {
        let pieces = line.pieces(0..line.text.len());
        pieces
            .iter()
            .map(|(text, marked)| if *marked { format!("[{text}]") } else { text.to_string() })
            .collect()
    }

    #[test]
    fn white_space_becomes_one_space_and_marks_stay_on_their_words() {
        let text = "\n the missile\n\twarning \u{3000} system \n";
        let line = Marked::new(text, &highlights_of(text, &[" missile\n\twarning", "system \n"]));
        assert_eq!(shown(&line), "the [missile warning] [system]");
    }

    #[test]
    fn control_and_bidi_characters_are_shown_as_replacements() {
        let line = Marked::plain("a\u{1b}[31mb\u{9b}c\u{7f}d\u{202e}e\u{2066}f\u{0}");
        assert_eq!(line.text, "a\u{fffd}[31mb\u{fffd}c\u{fffd}d\u{fffd}e\u{fffd}f\u{fffd}");
    }

    #[test]
    fn joiners_and_direction_marks_stay() {
        let text = "می\u{200c}خواهم \u{200f}א 👩\u{200d}🚀";
        assert_eq!(Marked::plain(text).text, text);
    }

    #[test]
    fn a_mark_of_nothing_but_white_space_vanishes() {
        let text = "a  b ";
        let line = Marked::new(text, &highlights_of(text, &[" ", "b", " "]));
        assert_eq!(shown(&line), "a [b]");
    }

    #[test]
    fn an_excerpt_shows_where_it_was_cut_and_cuts_its_marks() {
        let text = "one two three four";
        let line = Marked::new(text, &highlights_of(text, &["one", "two three"]));
        assert_eq!(shown(&line.excerpt(4..7)), "…[two]…");
        assert_eq!(shown(&line.excerpt(0..7)), "[one] [two]…");
        assert_eq!(shown(&line.excerpt(0..18)), "[one] [two three] four");
    }

    #[test]
    fn hidden_characters_of_paths_are_escaped() {
        assert_eq!(shown_path("a/b c.md"), "a/b c.md");
        assert_eq!(shown_path("a\nb\u{1b}c\u{202e}é"), "a\\nb\\u{1b}c\\u{202e}é");
    }

    proptest! {
        #[test]
        fn a_line_holds_no_hidden_character_and_its_pieces_are_the_line((text, highlights) in highlighted()) {
            let line = Marked::new(&text, &highlights);
            prop_assert!(!line.text.contains(is_hidden));
            prop_assert!(!line.text.contains("  ") && line.text.trim() == line.text);
            let pieces = line.pieces(0..line.text.len());
            prop_assert_eq!(pieces.iter().map(|(piece, _)| *piece).collect::<String>(), &line.text[..]);
            let marked = pieces.iter().filter(|(_, marked)| *marked).count();
            prop_assert_eq!(marked, line.marks.len());
        }

        #[test]
        fn marks_hold_the_words_of_their_highlights((text, highlights) in highlighted()) {
            let line = Marked::new(&text, &highlights);
            let words = |text: &str| Marked::plain(text).text;
            let expected = highlights.iter().map(|highlight| words(&highlight.text));
            let expected = expected.filter(|word| !word.is_empty());
            let found = line.marks.iter().map(|mark| line.text[mark.start..mark.end].to_owned());
            prop_assert_eq!(found.collect::<Vec<_>>(), expected.collect::<Vec<_>>());
        }
    }
}
