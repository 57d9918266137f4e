//! Tells what a source's content is, from its first bytes and, where these do not say, its name.
//!
//! Content that says plainly what it is wins over any name: a page is a page even in a `.txt`. The name decides
//! what content cannot, such as whether text is meant as Markdown. What is no text, and no format that is read
//! otherwise, is binary. In this order:
//!
//! 1. signatures, which text need not follow ([`containers`]): PDF, zip archives and what is kept in them, compound files,
//!    tar, RTF, and what is known to be read by nobody;
//! 2. headers of messages and mailboxes ([`mail`]);
//! 3. bytes that no text has: binary;
//! 4. text that starts as only one format does ([`CONTENT`]);
//! 5. the format that the name says, unless the text cannot be that ([`name`]);
//! 6. JSON Lines under a name that leaves it open; else plain text.

mod containers;
mod mail;
mod name;
mod text;

use super::decode::{decode, unmarked_utf_16};
use crate::document::Format;
use name::Name;

/// How many bytes from the start of the content suffice to detect its format.
pub const HEAD: usize = 8 << 10;

/// What a source's content is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detected {
    /// Text of this format, or another format that is read.
    Format(Format),
    /// Nothing that is read.
    Binary,
}

/// Whether a text starts as a format's texts do.
type Starts = fn(&str) -> bool;

/// Formats that are text and say at their start what they are, in the order in which they are asked for.
const CONTENT: [(Format, Starts); 6] = [
    (Format::Html, text::starts_page),
    (Format::Feed, text::starts_feed),
    (Format::Xml, text::starts_xml),
    (Format::Subtitles, text::starts_subtitles),
    (Format::Latex, text::starts_latex),
    (Format::Man, text::starts_manual),
];

/// Tells what a source is from `head`, the first [`HEAD`] bytes of its content or all of it where it has fewer, and
/// its `path`.
///
/// The content is that which decompression gave; `.gz`, `.zst`, `.xz` and the like at the path's end are passed over.
/// An empty source is text.
pub fn detect(path: &str, head: &[u8]) -> Detected {
    let head = &head[..head.len().min(HEAD)];
    let name = Name::of(path);
    if let Some(detected) = containers::detect(head, name) {
        return detected;
    }
    let format = match () {
        () if head.is_empty() => Format::Text,
        () if mail::starts_mailbox(head) => Format::Mbox,
        () if mail::starts_message(head) => Format::Email,
        () if is_binary(head) => return Detected::Binary,
        () => of_text(&decode(head, None).text, head.len() < HEAD, name),
    };
    Detected::Format(format)
}

/// The format of a text that starts like this, or is this where that is the `whole` of it.
fn of_text(text: &str, is_whole: bool, name: Name) -> Format {
    let by_content = CONTENT.iter().find(|(_, starts)| starts(text)).map(|(format, _)| *format);
    if let Some(format) = by_content.or_else(|| by_name(text, name)) {
        return format;
    }
    match name {
        _ if text::starts_notebook(text) => Format::Notebook,
        Name::Json | Name::Bare if text::holds_records(text, is_whole, name) => Format::Jsonl,
        _ => Format::Text,
    }
}

/// The format that the name says, if the text can be that.
fn by_name(text: &str, name: Name) -> Option<Format> {
    let format = name.format()?;
    let can_be = match format {
        Format::Html | Format::Xml => text::has_tag(text),
        Format::Notebook => text::starts_object(text),
        Format::Man => text::starts_request(text),
        Format::Asciidoc => !text::starts_armour(text),
        Format::Subtitles => text.contains("-->"),
        Format::Markdown
        | Format::Jsonl
        | Format::Email
        | Format::Mbox
        | Format::Csv
        | Format::Tsv
        | Format::Latex
        | Format::Rst => true,
        _ => false,
    };
    can_be.then_some(format)
}

/// Whether the bytes are no text: by those that text in no encoding has, or has that many of.
fn is_binary(head: &[u8]) -> bool {
    let has_mark = head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff");
    if has_mark || unmarked_utf_16(head).is_some() {
        return false;
    }
    let is_control = |byte: u8| matches!(byte, 0..=6 | 14..=26 | 28..=31 | 127);
    let controls = head.iter().filter(|&&byte| is_control(byte)).count();
    head.contains(&0) || controls * 10 > head.len()
}

#[cfg(test)]
mod tests;
