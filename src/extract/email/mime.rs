//! What a message is made of: parts in parts (MIME), each with a header and a body.
//!
//! One pass over the lines, and no recursion: the multiparts that are open stand on a stack, and a line that is the
//! boundary of one of them ends what is open inside it. Messages that are attached to messages are bodies here; they are
//! read when they are documents of their own. Nothing fails: a multipart without parts is text.

use std::ops::Range;

use super::fields::{Header, Parameterized};
use super::transfer::Transfer;

/// How deep multiparts are read in each other; what nests deeper is text as it stands.
const MAX_NESTING: usize = 32;

/// A message, or a part of one.
#[derive(Debug)]
pub(super) struct Part {
    /// The number by which mail programs ask for it: `1`, `1.2`.
    pub number: String,
    /// Where its header stands in the message.
    pub header: Range<usize>,
    /// Where its body stands.
    pub body: Range<usize>,
    /// What it is.
    pub kind: Parameterized,
    /// How it is carried.
    pub transfer: Transfer,
    /// What is to be done with it.
    pub disposition: Option<Parameterized>,
    /// Its parts, by their places among the message's.
    pub parts: Vec<usize>,
}

impl Part {
    /// Whether it is of this type, such as `text/`, or `text/html`.
    pub fn is(&self, kind: &str) -> bool {
        self.kind.value.strip_prefix(kind).is_some_and(|rest| rest.is_empty() || kind.ends_with('/'))
    }

    /// The name of the file that it is, if it is one.
    pub fn file_name(&self) -> Option<String> {
        let named = self.disposition.as_ref().and_then(|disposition| disposition.parameter("filename"));
        named.or_else(|| self.kind.parameter("name")).filter(|name| !name.is_empty())
    }
}

/// The parts of a message, itself first, each before its own parts.
pub(super) fn parts(message: &[u8]) -> Vec<Part> {
    let mut splitter = Splitter::new(message);
    splitter.run();
    splitter.parts
}

/// Where the header of a message stands in it, its blank line included.
pub(super) fn header(message: &[u8]) -> Range<usize> {
    let mut splitter = Splitter::new(message);
    splitter.skip_header();
    0..splitter.at
}

struct Splitter<'a> {
    message: &'a [u8],
    /// Where the next line starts.
    at: usize,
    parts: Vec<Part>,
    /// The multiparts that are open, outermost first.
    open: Vec<Multipart>,
    /// The part whose body the next lines are.
    growing: Option<usize>,
}

struct Multipart {
    part: usize,
    boundary: Vec<u8>,
}

/// A line that is the boundary of an open multipart.
struct Boundary {
    /// Which of the open multiparts it is of.
    level: usize,
    /// Whether the multipart ends with it.
    is_last: bool,
}

impl<'a> Splitter<'a> {
    fn new(message: &'a [u8]) -> Self {
        Self { message, at: 0, parts: Vec::new(), open: Vec::new(), growing: None }
    }

    fn run(&mut self) {
        self.begin_part();
        while self.at < self.message.len() {
            let line = self.line();
            self.at = line.end;
            if let Some(boundary) = self.boundary(&self.message[line.clone()]) {
                self.end_part(line.start);
                self.open.truncate(boundary.level + 1);
                if boundary.is_last {
                    self.open.pop();
                } else {
                    self.begin_part();
                }
            }
        }
        self.end_part(self.message.len());
    }

    /// The next line, its end included.
    fn line(&self) -> Range<usize> {
        let len = self.message[self.at..].iter().position(|&byte| byte == b'\n');
        self.at..len.map_or(self.message.len(), |len| self.at + len + 1)
    }

    fn boundary(&self, line: &[u8]) -> Option<Boundary> {
        let rest = line.strip_prefix(b"--")?.trim_ascii_end();
        let levels = self.open.iter().enumerate().rev();
        levels.into_iter().find_map(|(level, multipart)| {
            match rest.strip_prefix(&multipart.boundary[..])? {
                b"" => Some(Boundary { level, is_last: false }),
                b"--" => Some(Boundary { level, is_last: true }),
                _ => None,
            }
        })
    }

    /// Reads the header of a part of the innermost open multipart, or of the message.
    fn begin_part(&mut self) {
        let start = self.at;
        self.skip_header();
        let header = start..self.at;
        let read = Header::read(&self.message[header.clone()]);
        let index = self.parts.len();
        let parent = self.open.last().map(|multipart| multipart.part);
        let stated = read.content_type().filter(|kind| kind.value.contains('/'));
        let kind = stated.unwrap_or_else(|| self.usual_kind(parent));
        let boundary = kind.parameter("boundary").filter(|boundary| !boundary.is_empty());
        if let Some(boundary) = boundary.filter(|_| kind.value.starts_with("multipart/"))
            && self.open.len() < MAX_NESTING
        {
            self.open.push(Multipart { part: index, boundary: boundary.into_bytes() });
        }
        self.parts.push(Part {
            number: self.number(parent),
            header,
            body: self.at..self.at,
            kind,
            transfer: read.transfer(),
            disposition: read.disposition(),
            parts: Vec::new(),
        });
        if let Some(parent) = parent {
            self.parts[parent].parts.push(index);
        }
        self.growing = Some(index);
    }

    /// What a part is that does not say it.
    fn usual_kind(&self, parent: Option<usize>) -> Parameterized {
        let in_digest = parent.is_some_and(|parent| self.parts[parent].is("multipart/digest"));
        Parameterized::read(if in_digest { "message/rfc822" } else { "text/plain" })
    }

    /// The number of the next part of `parent`.
    fn number(&self, parent: Option<usize>) -> String {
        let Some(parent) = parent else { return "1".to_owned() };
        let number = self.parts[parent].parts.len() + 1;
        if parent == 0 { number.to_string() } else { format!("{}.{number}", self.parts[parent].number) }
    }

    /// Passes over a header with its blank line: up to a boundary, or to the first line where that is no field.
    fn skip_header(&mut self) {
        let start = self.at;
        while self.at < self.message.len() {
            let line = self.line();
            let content = &self.message[line.clone()];
            if self.boundary(content).is_some() || (self.at == start && !may_start_header(content)) {
                return;
            }
            self.at = line.end;
            if content.trim_ascii().is_empty() {
                return;
            }
        }
    }

    /// Ends the body that grows where a boundary, or nothing, follows; the line end before a boundary belongs to it.
    fn end_part(&mut self, end: usize) {
        let Some(index) = self.growing.take() else { return };
        let start = self.parts[index].body.start;
        let body = &self.message[start..end.max(start)];
        let body = if end == self.message.len() { body } else { body.strip_suffix(b"\n").unwrap_or(body) };
        let body = if end == self.message.len() { body } else { body.strip_suffix(b"\r").unwrap_or(body) };
        self.parts[index].body.end = start + body.len();
    }
}

/// Whether a line can be the first of a header: blank, a field, or the line that mailboxes set messages apart with.
fn may_start_header(line: &[u8]) -> bool {
    let name = line.split(|&byte| byte == b':').next().unwrap_or_default();
    let is_field = name.len() < line.len() && name.trim_ascii_end().iter().all(u8::is_ascii_graphic);
    line.trim_ascii().is_empty() || is_field || line.starts_with(b"From ") || line.starts_with(b">From ")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The numbers, types and bodies of a message's parts.
    fn shape(message: &str) -> Vec<(String, String, String)> {
        let show = |part: Part| (part.number, part.kind.value, message[part.body].to_owned());
        parts(message.as_bytes()).into_iter().map(show).collect()
    }

    fn row(number: &str, kind: &str, body: &str) -> (String, String, String) {
        (number.to_owned(), kind.to_owned(), body.to_owned())
    }

    #[test]
    fn parts_stand_in_parts() {
        let message = "Content-Type: multipart/mixed; boundary=\"out er\"\r\n\r\npreamble\r\n--out er\r\n\
            Content-Type: multipart/alternative;\r\n boundary=in\r\n\r\n--in\r\n\r\nplain\r\n--in\r\n\
            Content-Type: text/html\r\n\r\n<p>\r\n\r\n--in--\r\nepilogue\r\n--out er  \r\nContent-Type: image/png\r\n\r\n\
            --nothing\r\n--out er--\r\nend\r\n";
        let expected = [
            row("1", "multipart/mixed", "preamble"),
            row("1", "multipart/alternative", ""),
            row("1.1", "text/plain", "plain"),
            row("1.2", "text/html", "<p>\r\n"),
            row("2", "image/png", "--nothing"),
        ];
        assert_eq!(shape(message), expected);
    }

    #[test]
    fn what_is_broken_is_read_as_far_as_it_goes() {
        assert_eq!(shape("no header\nat all"), [row("1", "text/plain", "no header\nat all")]);
        assert_eq!(shape(""), [row("1", "text/plain", "")]);
        let unmarked = "Content-Type: multipart/mixed; boundary=a\n\nOnly text\n";
        assert_eq!(shape(unmarked), [row("1", "multipart/mixed", "Only text\n")]);
        let unclosed = "Content-Type: multipart/mixed; boundary=a\n\n--a\nContent-Type: multipart/mixed; boundary=b\n\n\
            --b\n\none\n--a\nX: y\n--a\n";
        let expected = [
            row("1", "multipart/mixed", ""),
            row("1", "multipart/mixed", ""),
            row("1.1", "text/plain", "one"),
            row("2", "text/plain", ""),
            row("3", "text/plain", ""),
        ];
        assert_eq!(shape(unclosed), expected);
    }

    #[test]
    fn a_part_of_a_digest_is_a_message() {
        let message = "Content-Type: multipart/digest; boundary=a\n\n--a\n\nSubject: b\n\nc\n--a--";
        assert_eq!(shape(message)[1], row("1", "message/rfc822", "Subject: b\n\nc"));
    }

    #[test]
    fn what_nests_too_deep_is_text() {
        let mut message = String::new();
        for level in 0..1_000 {
            message.push_str(&format!("Content-Type: multipart/mixed; boundary=b{level}\n\n--b{level}\n"));
        }
        assert_eq!(parts(message.as_bytes()).len(), MAX_NESTING + 1);
    }
}
