//! Marks inside of reStructuredText's paragraphs: emphasis, literals, references, roles.
//!
//! A mark counts only together with the one that closes it, which is looked for within a fixed number of bytes, so that
//! reading takes time in proportion; without that it is a character like others.

use crate::extract::compose::Composition;
use crate::extract::lines::plain;

/// How far the end of marked text is looked for, in bytes.
const MAX_MARKED: usize = 1_000;

/// How long the name of a role, of a substitution or of a footnote may be, in bytes.
const MAX_NAME: usize = 60;

/// Writes a paragraph that stands at `origin` in the decoded source, its lines without their indentation.
pub(super) fn write(text: &str, origin: usize, out: &mut Composition) {
    let mut writer = Writer { text, origin, at: 0, out };
    while writer.at < text.len() {
        writer.step();
    }
}

/// A paragraph that is being written.
struct Writer<'a, 'b> {
    text: &'a str,
    origin: usize,
    at: usize,
    out: &'b mut Composition,
}

impl<'a> Writer<'a, '_> {
    fn step(&mut self) {
        let rest = &self.text[self.at..];
        let skipped = match rest.as_bytes()[0] {
            b'\\' => self.escape(rest),
            b'`' if rest.starts_with("``") => self.marked("``", "``"),
            b'`' => self.interpreted(),
            b'*' => self.emphasis(rest),
            b'|' => self.named("|", "|"),
            b'[' => self.footnote(rest),
            b':' => role_len(rest),
            b'_' => self.underscore(rest),
            b'\n' => self.line_end(rest),
            _ => None,
        };
        match skipped {
            Some(len) => self.at += len,
            None => self.run(rest),
        }
    }

    /// Writes the first character, and what has no marks behind it.
    fn run(&mut self, rest: &str) {
        let first = rest.chars().next().map_or(0, char::len_utf8);
        let special = |c: char| "\\`*|[:_\n".contains(c);
        let len = rest[first..].find(special).map_or(rest.len(), |len| first + len);
        let text = if rest[len..].starts_with('\n') { rest[..len].trim_end() } else { &rest[..len] };
        self.out.verbatim(text, self.origin + self.at);
        self.at += len;
    }

    fn line_end(&mut self, rest: &str) -> Option<usize> {
        self.out.line_end(self.origin + self.at);
        Some(1 + rest[1..].bytes().take_while(|byte| matches!(byte, b' ' | b'\t')).count())
    }

    /// A character behind a backslash is itself; white space is nothing.
    fn escape(&mut self, rest: &str) -> Option<usize> {
        let next = rest[1..].chars().next()?;
        if next == '\n' {
            return Some(1);
        }
        if !next.is_whitespace() {
            self.out.verbatim(&rest[1..1 + next.len_utf8()], self.origin + self.at + 1);
        }
        Some(1 + next.len_utf8())
    }

    /// The text between the mark at the place and the one that closes it.
    fn between(&self, open: &str, close: &str) -> Option<&'a str> {
        let rest = &self.text[self.at + open.len()..];
        let head = &rest[..rest.floor_char_boundary(MAX_MARKED)];
        let is_open = head.starts_with(|c: char| !c.is_whitespace());
        let ends = head.match_indices(close).map(|(at, _)| at);
        let end = ends.into_iter().find(|&at| at > 0 && !head[..at].ends_with([' ', '\n', '\t', '\\']));
        end.filter(|_| is_open).map(|end| &head[..end])
    }

    fn marked(&mut self, open: &str, close: &str) -> Option<usize> {
        let inner = self.between(open, close)?;
        plain(inner, self.origin + self.at + open.len(), self.out);
        Some(open.len() + inner.len() + close.len())
    }

    /// Writes the text of a reference or of a role, without its target and the marks behind it.
    fn interpreted(&mut self) -> Option<usize> {
        let inner = self.between("`", "`")?;
        let text = match inner.rfind(" <").or_else(|| inner.rfind("\n<")) {
            Some(target) if inner.ends_with('>') => inner[..target].trim_end(),
            _ => inner,
        };
        let sign = text.len() - text.trim_start_matches(['~', '!']).len();
        write_escaped(&text[sign..], self.origin + self.at + 1 + sign, self.out);
        let len = 2 + inner.len();
        let behind = &self.text[self.at + len..];
        let marks = behind.bytes().take_while(|&byte| byte == b'_').count();
        Some(len + marks.min(2))
    }

    fn emphasis(&mut self, rest: &str) -> Option<usize> {
        let before = self.text[..self.at].chars().next_back();
        let begins = before.is_none_or(|c| c.is_whitespace() || "'\"([{<-/:‘“«".contains(c));
        match rest.bytes().take_while(|&byte| byte == b'*').count() {
            1 if begins => self.marked("*", "*"),
            2 if begins => self.marked("**", "**"),
            marks => {
                self.out.verbatim(&rest[..marks], self.origin + self.at);
                Some(marks)
            }
        }
    }

    /// Writes a name between marks.
    fn named(&mut self, open: &str, close: &str) -> Option<usize> {
        let inner =
            self.between(open, close).filter(|inner| inner.len() <= MAX_NAME && !inner.contains('\n'))?;
        self.out.verbatim(inner, self.origin + self.at + open.len());
        Some(open.len() + inner.len() + close.len())
    }

    /// Writes the name of a citation; a footnote's number is no text.
    fn footnote(&mut self, rest: &str) -> Option<usize> {
        let head = &rest[..rest.floor_char_boundary(MAX_NAME)];
        let end = head.find("]_")?;
        let name = &head[1..end];
        if name.is_empty() || name.contains([' ', '\n', '[']) {
            return None;
        }
        if !name.starts_with(|c: char| c.is_ascii_digit() || c == '#' || c == '*') {
            self.out.verbatim(name, self.origin + self.at + 1);
        }
        Some(end + 2)
    }

    /// Passes over the mark of a reference behind a word, or of a target before one.
    fn underscore(&self, rest: &str) -> Option<usize> {
        let marks = rest.bytes().take_while(|&byte| byte == b'_').count();
        let behind = rest[marks..].chars().next();
        let before = self.text[..self.at].chars().next_back();
        let is_in_word = |c: &char| c.is_alphanumeric() || *c == '_';
        let first = self.text[..self.at].chars().rev().take(MAX_NAME).take_while(is_in_word).last();
        let is_reference = before.is_some_and(char::is_alphanumeric)
            && behind.is_none_or(|c| !c.is_alphanumeric())
            && first != Some('_');
        let is_target = behind == Some('`') && marks == 1;
        (marks <= 2 && (is_reference || is_target)).then_some(marks)
    }
}

/// Writes text whose only marks are backslashes.
fn write_escaped(text: &str, origin: usize, out: &mut Composition) {
    let mut start = 0;
    for (at, _) in text.match_indices('\\') {
        plain(&text[start..at], origin + start, out);
        start = at + 1;
    }
    plain(&text[start..], origin + start, out);
}

/// How long the name of a role is that a text begins with, if marked text follows.
fn role_len(rest: &str) -> Option<usize> {
    let head = &rest.as_bytes()[1..rest.len().min(MAX_NAME)];
    let is_name =
        |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'+' | b':');
    let end = head.iter().position(|byte| !is_name(byte))?;
    (end > 1 && head[end] == b'`' && head[end - 1] == b':').then_some(1 + end)
}
