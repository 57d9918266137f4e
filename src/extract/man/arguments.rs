//! The words of a request's line, each with its place; quotes enclose those that hold spaces.

use super::escapes::{self, Ending};
use crate::extract::compose::Composition;

/// A word behind a request.
#[derive(Clone, Copy, Debug)]
pub(super) struct Argument<'a> {
    /// The word as the line writes it.
    pub text: &'a str,
    /// Where it stands in the decoded source.
    pub start: usize,
    /// Whether quotes enclose it, in which doubled ones stand for one.
    pub is_quoted: bool,
}

impl Argument<'_> {
    /// Writes the word.
    pub fn write(self, out: &mut Composition) -> Ending {
        let mut start = self.start;
        let mut ending = Ending::Line;
        if !self.is_quoted {
            return escapes::write(self.text, start, out);
        }
        for (at, part) in self.text.split("\"\"").enumerate() {
            if at > 0 {
                out.unit("\"", start, 2);
                start += 2;
            }
            ending = escapes::write(part, start, out);
            start += part.len();
        }
        ending
    }
}

/// The words of a line that stands at `start`.
pub(super) fn arguments(line: &str, start: usize) -> Vec<Argument<'_>> {
    let bytes = line.as_bytes();
    let mut arguments = Vec::new();
    let mut at = 0;
    loop {
        at += bytes[at..].iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        if at >= bytes.len() {
            return arguments;
        }
        let is_quoted = bytes[at] == b'"';
        let from = at + usize::from(is_quoted);
        let len = if is_quoted { quoted_len(&bytes[from..]) } else { word_len(&bytes[from..]) };
        arguments.push(Argument { text: &line[from..from + len], start: start + from, is_quoted });
        at = (from + len + usize::from(is_quoted)).min(bytes.len());
    }
}

/// How long a word is that ends at white space which no backslash precedes.
fn word_len(bytes: &[u8]) -> usize {
    let mut at = 0;
    while at < bytes.len() && !matches!(bytes[at], b' ' | b'\t') {
        at += if bytes[at] == b'\\' && bytes.get(at + 1) == Some(&b' ') { 2 } else { 1 };
    }
    at
}

/// How long a quoted word is, up to the first quote that is not doubled.
fn quoted_len(bytes: &[u8]) -> usize {
    let mut at = 0;
    while at < bytes.len() {
        match (bytes[at], bytes.get(at + 1)) {
            (b'"', Some(b'"')) => at += 2,
            (b'"', _) => return at,
            _ => at += 1,
        }
    }
    at
}
