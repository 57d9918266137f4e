//! Characters as a reader sees them, and how many columns of a terminal they take.
//!
//! What is seen as one character may be many of Unicode's: a letter with its accents, a syllable written letter by
//! letter, a flag, a family joined to one picture. Nothing that is shown is cut inside of one, and its width is that of
//! the whole, which is not the sum of its parts.

use std::iter;

use icu_segmenter::GraphemeClusterSegmenter;
use unicode_width::UnicodeWidthStr;

/// Where each character of a text starts as a reader sees it, in bytes, and the end of the text.
///
/// Unicode's rules take long. They are asked about what is not plain, with the plain letters around it.
pub(super) fn boundaries(text: &str) -> impl Iterator<Item = usize> {
    let mut start = 0;
    let runs = iter::from_fn(move || {
        let run = first_run(&text[start..])?;
        start += run.len();
        Some((start - run.len(), run))
    });
    iter::once(0).chain(runs.flat_map(|(start, run)| ends(run).map(move |end| start + end)))
}

/// The first run of a text that is plain throughout, or in which no two plain letters stand next to each other. Between
/// two of these a character always ends, whatever stands around them.
fn first_run(text: &str) -> Option<&str> {
    let bytes = text.as_bytes();
    let end = match bytes.iter().position(|&byte| !is_plain(byte)) {
        None => text.len(),
        // The last of them may be of one character with what follows.
        Some(plain @ 2..) => plain - 1,
        Some(_) => {
            let both = |pair: &[u8]| pair.iter().all(|&byte| is_plain(byte));
            bytes.windows(2).position(both).map_or(text.len(), |place| place + 1)
        }
    };
    (end > 0).then(|| &text[..end])
}

/// Where each character of a run ends.
fn ends(run: &str) -> impl Iterator<Item = usize> {
    let is_plain = run.bytes().all(is_plain);
    let plain = is_plain.then_some(1..=run.len());
    let other = (!is_plain).then(|| GraphemeClusterSegmenter::new().segment_str(run).skip(1));
    plain.into_iter().flatten().chain(other.into_iter().flatten())
}

/// Whether a byte is a character of its own. Of ASCII only the end of a line is one character that is two of Unicode's.
fn is_plain(byte: u8) -> bool {
    byte.is_ascii() && byte != b'\r'
}

/// The characters of a text as a reader sees them, each with its offset.
pub(super) fn graphemes(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut start = 0;
    boundaries(text).filter(|&at| at > 0).map(move |end| {
        let grapheme = (start, &text[start..end]);
        start = end;
        grapheme
    })
}

/// How many columns a text takes on a terminal.
pub(super) fn columns(text: &str) -> usize {
    graphemes(text).map(|(_, grapheme)| columns_of(grapheme)).sum()
}

/// How many columns a character as a reader sees it takes.
pub(super) fn columns_of(grapheme: &str) -> usize {
    match grapheme.as_bytes() {
        [b' '..=b'~'] => 1,
        _ => grapheme.width(),
    }
}

/// A text with spaces behind it up to a number of columns.
pub fn padded(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(columns(text))))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_seen_as_one_character_is_one_and_has_its_width() {
        for (text, expected) in [
            ("가", vec![("가", 2)]),
            ("\u{1100}\u{1161}\u{11a8}a", vec![("\u{1100}\u{1161}\u{11a8}", 2), ("a", 1)]),
            ("警ｱ", vec![("警", 2), ("ｱ", 1)]),
            ("e\u{301}\u{323}", vec![("e\u{301}\u{323}", 1)]),
            ("👩\u{200d}🚀👍🏽", vec![("👩\u{200d}🚀", 2), ("👍🏽", 2)]),
            ("🇰🇷🇯🇵", vec![("🇰🇷", 2), ("🇯🇵", 2)]),
            ("❤\u{fe0f}1\u{fe0f}\u{20e3}", vec![("❤\u{fe0f}", 2), ("1\u{fe0f}\u{20e3}", 2)]),
            ("ที่นี่", vec![("ที่", 1), ("นี่", 1)]),
            ("", vec![]),
        ] {
            let seen: Vec<_> = graphemes(text).map(|(_, grapheme)| (grapheme, grapheme.width())).collect();
            assert_eq!(seen, expected, "{text}");
        }
    }

    #[test]
    fn texts_are_padded_by_columns() {
        assert_eq!(padded("警報", 6), "警報  ");
        assert_eq!(padded("abcdef", 4), "abcdef");
    }

    proptest! {
        #[test]
        fn boundaries_are_those_of_unicode(text in "([a-c1 \r\n\u{1b}é가]|🇰🇷|👩|\u{200d}|🏽|\u{301}|\u{600}|\u{e33}){0,40}") {
            let expected: Vec<_> = GraphemeClusterSegmenter::new().segment_str(&text).collect();
            prop_assert_eq!(boundaries(&text).collect::<Vec<_>>(), expected);
        }

        #[test]
        fn graphemes_are_the_text(text in "\\PC{0,20}") {
            let joined: String = graphemes(&text).map(|(_, grapheme)| grapheme).collect();
            prop_assert_eq!(&joined, &text);
            let starts: Vec<_> = graphemes(&text).map(|(at, _)| at).chain((!text.is_empty()).then_some(text.len())).collect();
            prop_assert_eq!(starts, boundaries(&text).filter(|_| !text.is_empty()).collect::<Vec<_>>());
        }
    }
}
