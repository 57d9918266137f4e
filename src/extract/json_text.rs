//! The strings of JSON, unescaped with the way back to each character's place in the file.
//!
//! Whether a string is well formed is for its reader to know; here an escape that means nothing stands for some
//! character, and the end of a string for itself.

use super::compose::Composition;
use crate::span::OffsetMap;

/// Adds the text of a JSON string, quotes included, which stands at `origin`.
pub(super) fn unescape(string: &str, origin: usize, out: &mut Composition) {
    read(string, origin, |run, origin| match run {
        Run::Plain(text) => out.verbatim(text, origin),
        Run::Escape(c, len) => out.unit(c.encode_utf8(&mut [0; 4]), origin, len),
    });
}

/// A text that was made of JSON strings, with the way back to them.
#[derive(Debug, Default)]
pub(super) struct Unescaped {
    /// The text.
    pub text: String,
    /// The way from it to where the strings stand.
    pub map: OffsetMap,
}

impl Unescaped {
    /// Adds the text of a JSON string, quotes included, which stands at `origin`.
    pub fn push(&mut self, string: &str, origin: usize) {
        read(string, origin, |run, origin| match run {
            Run::Plain(text) => {
                self.map.push(self.text.len(), origin, text.len());
                self.text.push_str(text);
            }
            Run::Escape(c, len) => {
                self.map.push_units(self.text.len(), origin, 1, c.len_utf8(), len);
                self.text.push(c);
            }
        });
    }
}

/// A run of a string.
enum Run<'a> {
    /// Text that stands as it is.
    Plain(&'a str),
    /// A character, and the length of the escape that stands for it.
    Escape(char, usize),
}

/// Gives the runs of a string that stands at `origin`, each with its place.
fn read<'a>(string: &'a str, origin: usize, mut give: impl FnMut(Run<'a>, usize)) {
    let inner = string.get(1..string.len().saturating_sub(1)).unwrap_or_default();
    let mut at = 0;
    while at < inner.len() {
        let run = inner[at..].find('\\').unwrap_or(inner.len() - at);
        give(Run::Plain(&inner[at..at + run]), origin + 1 + at);
        at += run;
        if let Some((c, len)) = escape(&inner.as_bytes()[at..]) {
            give(Run::Escape(c, len), origin + 1 + at);
            at += len;
        } else {
            break;
        }
    }
}

/// The character that an escape stands for, and the escape's length; `None` at the text's end.
fn escape(text: &[u8]) -> Option<(char, usize)> {
    let simple = |c| Some((c, 2));
    match text.get(1)? {
        b'n' => simple('\n'),
        b'r' => simple('\r'),
        b't' => simple('\t'),
        b'b' => simple('\u{8}'),
        b'f' => simple('\u{c}'),
        b'u' => {
            let next = text.get(6..).filter(|next| next.starts_with(b"\\u"));
            let units = [code_unit(text), next.map_or(0, code_unit)];
            let first = char::decode_utf16(units).next()?.unwrap_or(char::REPLACEMENT_CHARACTER);
            Some((first, 6 * first.len_utf16()))
        }
        &other => simple(char::from(other)),
    }
}

/// The UTF-16 code unit that `\uXXXX` stands for.
fn code_unit(text: &[u8]) -> u16 {
    let digits = text.get(2..6).and_then(|digits| str::from_utf8(digits).ok());
    digits.and_then(|digits| u16::from_str_radix(digits, 16).ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_put_together_with_their_places() {
        let source = r#"["a\u00e9\n", "\ud83d\ude00b"]"#;
        let mut text = Unescaped::default();
        text.push(&source[1..12], 1);
        text.push(&source[14..29], 14);
        assert_eq!(text.text, "aé\n😀b");
        let origin = |start, end| {
            let (start, end) = text.map.origin_of(start, end);
            &source[start..end]
        };
        assert_eq!((origin(0, 1), origin(1, 3), origin(3, 4)), ("a", "\\u00e9", "\\n"));
        assert_eq!((origin(4, 8), origin(8, 9)), ("\\ud83d\\ude00", "b"));
    }

    #[test]
    fn halves_of_characters_stand_for_none() {
        for (string, expected) in [
            (r#""\ud83dabde00""#, "\u{fffd}abde00"),
            (r#""\ude00""#, "\u{fffd}"),
            (r#""a\"#, "a"),
            ("\"", ""),
        ] {
            let mut text = Unescaped::default();
            text.push(string, 0);
            assert_eq!(text.text, expected, "{string}");
        }
    }
}
