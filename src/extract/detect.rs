//! Tells what a source's content is, from its first bytes and, where these do not say, its name.
//!
//! Content that says plainly what it is wins over any name: a page is a page even in a `.txt`. The name decides
//! what content cannot, such as whether text is meant as Markdown. What is no text at all is binary.

use std::collections::BTreeMap;

use serde::de::IgnoredAny;

use super::decode::{decode, unmarked_utf_16};
use crate::document::Format;

/// How many bytes from the start of the content suffice to detect its format.
pub const HEAD: usize = 8 << 10;

/// What a source's content is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detected {
    /// Text of this format.
    Format(Format),
    /// No text.
    Binary,
}

/// Tells what a source is from `head`, the first [`HEAD`] bytes of its content or all of it where it has fewer, and
/// its `path`.
///
/// The content is that which decompression gave; `.gz`, `.zst` and `.zstd` at the path's end are passed over.
/// An empty source is text.
pub fn detect(path: &str, head: &[u8]) -> Detected {
    let head = &head[..head.len().min(HEAD)];
    if is_binary(head) {
        return Detected::Binary;
    }
    let text = decode(head, None).text;
    let is_whole = head.len() < HEAD;
    let hint = Hint::of(path);
    let format = match hint {
        _ if head.is_empty() => Format::Text,
        _ if starts_as_page(&text) => Format::Html,
        Hint::Html if has_tag(&text) => Format::Html,
        Hint::Markdown => Format::Markdown,
        Hint::Jsonl => Format::Jsonl,
        Hint::Json | Hint::None if holds_records(&text, is_whole, hint) => Format::Jsonl,
        Hint::Text | Hint::Html | Hint::Json | Hint::None => Format::Text,
    };
    Detected::Format(format)
}

/// What a name says of the content.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Hint {
    Text,
    Markdown,
    Html,
    Jsonl,
    Json,
    None,
}

impl Hint {
    fn of(path: &str) -> Self {
        let name = path.rsplit(['/', '\\']).next().unwrap_or(path).to_ascii_lowercase();
        let compressed = [".gz", ".zst", ".zstd"];
        let name = compressed.iter().find_map(|end| name.strip_suffix(end)).unwrap_or(&name);
        match name.rsplit_once('.').map_or("", |(_, extension)| extension) {
            "md" | "markdown" | "mdown" | "mkd" => Self::Markdown,
            "html" | "htm" | "xhtml" | "shtml" => Self::Html,
            "jsonl" | "ndjson" | "jsonlines" => Self::Jsonl,
            "json" => Self::Json,
            "" => Self::None,
            _ => Self::Text,
        }
    }
}

/// Whether the content is no text: it starts as a known binary format does, has zero bytes outside UTF-16, or
/// one control character in ten bytes.
fn is_binary(head: &[u8]) -> bool {
    /// How binary formats start. Those that start as words could are left to their zero bytes.
    const MAGIC: [&[u8]; 22] = [
        b"%PDF-",
        b"PK\x03\x04",
        b"PK\x05\x06",
        b"\x89PNG",
        b"\xff\xd8\xff",
        b"II*\0",
        b"MM\0*",
        b"\x7fELF",
        b"MZ\x90",
        b"\xca\xfe\xba\xbe",
        b"\xcf\xfa\xed\xfe",
        b"\0asm",
        b"\x1f\x8b",
        b"\x28\xb5\x2f\xfd",
        b"\xfd7zXZ\0",
        b"7z\xbc\xaf\x27\x1c",
        b"Rar!\x1a\x07",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        b"SQLite format 3\0",
        b"\x1aE\xdf\xa3",
        b"!<arch>\n",
        b"{\\rtf1",
    ];
    if MAGIC.iter().any(|magic| head.starts_with(magic)) {
        return true;
    }
    let has_mark = head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff");
    if has_mark || unmarked_utf_16(head).is_some() {
        return false;
    }
    let is_control = |byte: u8| matches!(byte, 0..=6 | 14..=26 | 28..=31 | 127);
    let controls = head.iter().filter(|&&byte| is_control(byte)).count();
    head.contains(&0) || controls * 10 > head.len()
}

/// Whether the text starts as an HTML page does, behind white space, comments and processing instructions.
fn starts_as_page(text: &str) -> bool {
    let mut rest = text.trim_start();
    loop {
        let skipped = match rest {
            _ if rest.starts_with("<!--") => rest.split_once("-->"),
            _ if rest.starts_with("<?") => rest.split_once("?>"),
            _ => break,
        };
        match skipped {
            Some((_, after)) => rest = after.trim_start(),
            None => return false,
        }
    }
    let starts = |start: &str| {
        let end = rest.as_bytes().get(start.len());
        rest.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start))
            && end.is_none_or(|&byte| byte == b'>' || byte.is_ascii_whitespace())
    };
    starts("<!doctype html") || starts("<html")
}

/// Whether the text has anything that looks like a tag or a comment.
fn has_tag(text: &str) -> bool {
    let starts_tag = |byte: u8| byte.is_ascii_alphabetic() || matches!(byte, b'/' | b'!');
    text.as_bytes().windows(2).any(|pair| pair[0] == b'<' && starts_tag(pair[1]))
}

/// Whether every line that is complete is a JSON object, and there is more than one, or a single one that is
/// a document by its fields where the name leaves that open.
fn holds_records(text: &str, is_whole: bool, hint: Hint) -> bool {
    let complete = if is_whole { text } else { &text[..text.rfind('\n').map_or(0, |last| last + 1)] };
    let mut lines = complete.lines().map(str::trim).filter(|line| !line.is_empty()).peekable();
    let Some(&first) = lines.peek() else { return false };
    let is_object = |line: &str| line.starts_with('{') && serde_json::from_str::<IgnoredAny>(line).is_ok();
    let count = lines.clone().count();
    lines.all(is_object) && (count > 1 || (hint == Hint::None && has_text_field(first)))
}

/// Whether a JSON object has a field that records have their text in.
fn has_text_field(line: &str) -> bool {
    let fields = serde_json::from_str::<BTreeMap<String, IgnoredAny>>(line);
    fields.is_ok_and(|fields| {
        ["text", "body", "content", "title"].iter().any(|name| fields.contains_key(*name))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn format(path: &str, head: impl AsRef<[u8]>) -> Option<Format> {
        match detect(path, head.as_ref()) {
            Detected::Format(format) => Some(format),
            Detected::Binary => None,
        }
    }

    #[test]
    fn names_decide_what_content_does_not() {
        for (path, expected) in [
            ("a.md", Format::Markdown),
            ("dir.html/a.MARKDOWN.gz", Format::Markdown),
            ("a.txt", Format::Text),
            ("a.rs", Format::Text),
            ("-", Format::Text),
            ("a.html", Format::Text),
            ("a.jsonl.zst", Format::Jsonl),
            ("a.ndjson.zstd", Format::Jsonl),
        ] {
            assert_eq!(format(path, "Some text, 1 < 2\n"), Some(expected), "{path}");
        }
        assert_eq!(format("a.htm", "Some <b>text</b>"), Some(Format::Html));
        assert_eq!(format("a.txt", "---\ntitle: a\n---\n# Text"), Some(Format::Text));
        assert_eq!(format("a.html", ""), Some(Format::Text));
    }

    #[test]
    fn content_that_is_plainly_a_page_is_one_under_any_name() {
        for head in [
            "<!doctype html><p>",
            "\u{feff}\n<!DOCTYPE HTML PUBLIC \"-//W3C//DTD\">",
            "<!-- a > b --> <?xml version='1.0'?>\n<html lang=en>",
            "<html",
        ] {
            assert_eq!(format("a.txt", head), Some(Format::Html), "{head}");
        }
        for head in ["<htmlx>", "<p>text", "<!-- <html>", "<?xml?><rss>", "text <html>"] {
            assert_eq!(format("a.txt", head), Some(Format::Text), "{head}");
        }
    }

    #[test]
    fn json_lines_are_known_without_a_name() {
        let lines = "{\"id\":1}\n\n{\"id\":2}\n";
        for path in ["-", "wire", "a.json", "a.jsonl"] {
            assert_eq!(format(path, lines), Some(Format::Jsonl), "{path}");
        }
        assert_eq!(format("a.log", lines), Some(Format::Text));
        assert_eq!(format("-", "{\"text\":\"a\"}"), Some(Format::Jsonl));
        assert_eq!(format("-", "{\"a\":1}"), Some(Format::Text));
        assert_eq!(format("a.json", "{\"text\":\"a\"}"), Some(Format::Text));
        assert_eq!(format("a.json", "{\n  \"text\": \"a\"\n}\n"), Some(Format::Text));
        assert_eq!(format("a.json", "[1]\n[2]\n"), Some(Format::Text));
        let cut = format!("{{\"a\":1}}\n{{\"a\":2}}\n{{\"a\":\"{}", "x".repeat(HEAD));
        assert_eq!(format("-", cut), Some(Format::Jsonl), "the line that is cut off does not count");
    }

    #[test]
    fn what_is_no_text_is_binary() {
        for head in [
            b"%PDF-1.7 text".as_slice(),
            b"PK\x03\x04rest",
            b"\x89PNG\r\n",
            b"\x1f\x8b\x08",
            b"text\0text",
            b"a\x01\x02",
            b"\x01\0\x02\0\x03\0",
        ] {
            assert_eq!(format("a.md", head), None, "{head:?}");
        }
        let utf_16: Vec<u8> = "<!doctype html>한".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(format("a.txt", &utf_16), Some(Format::Html));
        assert_eq!(format("a.txt", [b"\xfe\xff".as_slice(), b"\0a\0b"].concat()), Some(Format::Text));
        assert_eq!(format("a.txt", "ID3 tags, GIF89a and BZh are words"), Some(Format::Text));
        assert_eq!(format("a.txt", "\x1b[1mterminal\x1b[0m"), Some(Format::Text));
    }

    proptest! {
        #[test]
        fn any_bytes_are_something(path in "[a-z./]{0,12}", head in proptest::collection::vec(any::<u8>(), 0..300)) {
            let detected = detect(&path, &head);
            prop_assert!(!head.contains(&0) || detected == Detected::Binary || unmarked_utf_16(&head).is_some()
                || head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff"));
        }
    }
}
