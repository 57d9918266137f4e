//! Marks inside of AsciiDoc's paragraphs: emphasis, literals, links, references.
//!
//! A mark counts only together with the one that closes it, which is looked for within a fixed number of bytes, so that
//! reading takes time in proportion; without that it is a character like others.

use crate::extract::compose::Composition;

/// How far the end of marked text is looked for, in bytes.
const MAX_MARKED: usize = 1_000;

/// How long the name of a macro may be, in bytes.
const MAX_NAME: usize = 20;

/// Writes a paragraph that stands at `origin` in the decoded source, its lines without their indentation.
pub(super) fn write(text: &str, origin: usize, out: &mut Composition) {
    let mut writer = Writer { text, origin, at: 0, closing: Vec::new(), out };
    while writer.at < text.len() {
        writer.step();
    }
}

/// A paragraph that is being written.
struct Writer<'a, 'b> {
    text: &'a str,
    origin: usize,
    at: usize,
    /// Where marks stand that close what is open, and how long they are, the innermost last.
    closing: Vec<(usize, usize)>,
    out: &'b mut Composition,
}

impl<'a> Writer<'a, '_> {
    fn step(&mut self) {
        while self.closing.last().is_some_and(|&(at, _)| at < self.at) {
            self.closing.pop();
        }
        if let Some((_, len)) = self.closing.pop_if(|(at, _)| *at == self.at) {
            self.at += len;
            return;
        }
        let rest = &self.text[self.at..];
        let skipped = match rest.as_bytes()[0] {
            b'\\' => self.escape(rest),
            mark @ (b'*' | b'_' | b'`' | b'#' | b'+' | b'^' | b'~') => self.mark(rest, mark),
            b'<' if rest.starts_with("<<") => self.reference(rest),
            b'[' => self.anchor(rest),
            b' ' if rest.starts_with(" +\n") => Some(2),
            b'\n' => self.line_end(rest),
            _ => self.macro_(rest),
        };
        match skipped {
            Some(len) => self.at += len,
            None => self.run(rest),
        }
    }

    /// Writes the first character, and what has no marks behind it.
    fn run(&mut self, rest: &str) {
        let first = rest.chars().next().map_or(0, char::len_utf8);
        let is_word = rest.starts_with(char::is_alphanumeric);
        let special = |c: char| "\\*_`#+^~<[ \n".contains(c) || !is_word && c.is_alphanumeric();
        let len = rest[first..].find(special).map_or(rest.len(), |len| first + len);
        let limit = self.closing.last().map_or(len, |&(at, _)| at - self.at).max(first);
        let len = len.min(limit);
        let text = if rest[len..].starts_with('\n') { rest[..len].trim_end() } else { &rest[..len] };
        self.out.verbatim(text, self.origin + self.at);
        self.at += len;
    }

    fn line_end(&mut self, rest: &str) -> Option<usize> {
        self.out.line_end(self.origin + self.at);
        Some(1 + rest[1..].bytes().take_while(|byte| matches!(byte, b' ' | b'\t')).count())
    }

    /// A mark behind a backslash is a character.
    fn escape(&mut self, rest: &str) -> Option<usize> {
        let mark = rest[1..].chars().next().filter(|c| "*_`#+^~<[{".contains(*c))?;
        self.out.verbatim(&rest[1..1 + mark.len_utf8()], self.origin + self.at + 1);
        Some(1 + mark.len_utf8())
    }

    /// Passes over a mark that another closes: a doubled one anywhere, a single one only around whole words.
    fn mark(&mut self, rest: &str, mark: u8) -> Option<usize> {
        let len = rest.bytes().take_while(|&byte| byte == mark).count();
        if len > 2 {
            self.out.verbatim(&rest[..len], self.origin + self.at);
            return Some(len);
        }
        let marks = &rest[..len];
        let before = self.text[..self.at].chars().next_back();
        let is_single = len == 1 && !matches!(mark, b'^' | b'~');
        let head = &rest[len..rest.floor_char_boundary(MAX_MARKED).max(len)];
        if head.starts_with(char::is_whitespace) || (is_single && before.is_some_and(is_word)) {
            return None;
        }
        let closes = |&at: &usize| {
            let (inner, behind) = (&head[..at], &head[at + len..]);
            let is_closed = !inner.is_empty() && !inner.ends_with(|c: char| c.is_whitespace() || c == '\\');
            let is_short = is_single || len == 2 || !inner.contains(char::is_whitespace);
            is_closed
                && is_short
                && !(is_single && behind.starts_with(is_word))
                && !behind.starts_with(char::from(mark))
        };
        let at = head.match_indices(marks).map(|(at, _)| at).find(closes)?;
        self.closing.push((self.at + len + at, len));
        Some(len)
    }

    /// Writes the text of a reference `<<target,text>>`, or its target.
    fn reference(&mut self, rest: &str) -> Option<usize> {
        let head = &rest[2..rest.floor_char_boundary(MAX_MARKED).max(2)];
        let inner = &head[..head.find(">>")?];
        let text = inner.split_once(',').map_or(inner, |(_, text)| text).trim_start();
        if inner.is_empty() || inner.contains("<<") {
            return None;
        }
        let at = 2 + inner.len() - text.len();
        self.out.verbatim(text, self.origin + self.at + at);
        Some(inner.len() + 4)
    }

    /// Passes over an anchor `[[name]]`, and over the attributes of marked text, `[name]#text#`.
    fn anchor(&self, rest: &str) -> Option<usize> {
        let head = &rest[..rest.floor_char_boundary(MAX_NAME * 4)];
        if rest.starts_with("[[") {
            return head.find("]]").map(|end| end + 2);
        }
        let end = head.find(']')?;
        let is_style = rest[1..].starts_with(['.', '#']) && rest[end + 1..].starts_with(['#', '*', '_', '`']);
        is_style.then_some(end + 1)
    }

    /// Passes over the name and the target of a macro, whose text in brackets follows: `link:target[text]`, an address
    /// with a text.
    fn macro_(&mut self, rest: &str) -> Option<usize> {
        let before = self.text[..self.at].chars().next_back();
        if !rest.starts_with(|c: char| c.is_ascii_lowercase()) || before.is_some_and(is_word) {
            return None;
        }
        let name = rest.bytes().take(MAX_NAME).take_while(u8::is_ascii_lowercase).count();
        let behind = rest[name..].strip_prefix(':')?;
        let is_address = matches!(&rest[..name], "http" | "https" | "ftp" | "irc");
        let known = [
            "link",
            "mailto",
            "xref",
            "image",
            "icon",
            "footnote",
            "kbd",
            "btn",
            "menu",
            "pass",
            "stem",
            "latexmath",
        ];
        if !(is_address || known.contains(&&rest[..name])) {
            return None;
        }
        let head = &behind[..behind.floor_char_boundary(MAX_MARKED)];
        let open =
            head.find(|c: char| c == '[' || c.is_whitespace()).filter(|&at| head[at..].starts_with('['))?;
        let inner = &head[open + 1..];
        let close = closing_bracket(inner)?;
        let skipped = name + 1 + open + 1;
        if close == 0 || rest[..name] == *"xref" && inner[..close].trim().is_empty() {
            // Without a text an address is its own, and other targets are no words.
            let target = if is_address { &rest[..skipped - 1] } else { &behind[..open] };
            let start = self.at + if is_address { 0 } else { name + 1 };
            self.out.verbatim(
                if matches!(&rest[..name], "image" | "icon") { "" } else { target },
                self.origin + start,
            );
            return Some(skipped + close + 1);
        }
        self.closing.push((self.at + skipped + close, 1));
        Some(skipped)
    }
}

/// Where the bracket stands that closes what a text is in.
fn closing_bracket(text: &str) -> Option<usize> {
    let mut depth = 0;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'[' => depth += 1,
            b']' if depth == 0 => return Some(at),
            b']' => depth -= 1,
            _ => {}
        }
    }
    None
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}
