//! E-mail: a message is a document of its header's people and date and its text; what is attached to it are documents
//! of their own.
//!
//! Of a text that was sent in two forms, the plain one is taken unless it only says to look at the other. Parts that are
//! encrypted are named as such. Every line of the text leads back to the bytes and lines of the part that carries it:
//! through its charset ([`decode`](super::decode)), its transfer encoding (`transfer`) and the message's structure
//! (`mime`), whose fields `fields` reads.
//!
//! The reader is our own because mail is hostile and read inside the process: one that builds messages inside of messages
//! can be made to use up the stack, and one that looks for each boundary to the end of the file, the time. This one
//! keeps no more than the boundaries that are open, and never fails: what is broken is text.

mod body;
mod fields;
mod mime;
mod transfer;

use std::ops::Range;

use serde_json::Value;

use super::compose::{Composed, Composition, Gap};
use super::decode::Decoded;
use super::{Raw, complete, language_code, tidy_title};
use crate::date::Date;
use crate::document::{Base, Document, Facts, Format, LineSpan, Location, Origin, Places};
use crate::span::{OffsetMap, Span};
use body::Body;
use fields::Header;
use mime::Part;

/// A message with what is attached to it.
#[derive(Clone, Debug)]
pub struct Message {
    /// The message itself.
    pub document: Document,
    /// The files and messages that are attached to it.
    pub attachments: Vec<Attachment>,
}

/// A file or message that is attached to a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    /// Its name, without folders; may be empty.
    pub name: String,
    /// Its content, decoded.
    pub bytes: Vec<u8>,
}

/// What a message stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Held {
    /// A file of its own.
    Alone,
    /// A mailbox, with this much of it before the message. Lines that start with `>From ` are read without the mark
    /// that the mailbox put there.
    InMailbox(Base),
}

/// The facts that a header tells besides title, date and language: their names and the fields'.
const FACTS: [(&str, &str); 7] = [
    ("from", "From"),
    ("to", "To"),
    ("cc", "Cc"),
    ("message_id", "Message-ID"),
    ("in_reply_to", "In-Reply-To"),
    ("list", "List-Id"),
    ("reply_to", "Reply-To"),
];

/// The fields that stand in the text, so that those who wrote and read can be found.
const SHOWN: [&str; 4] = ["From", "To", "Cc", "Date"];

/// Makes a document of a message, and gives what is attached to it. Places count in the file that holds it.
pub fn extract(raw: &Raw<'_>, held: Held) -> Message {
    let parts = mime::parts(raw.bytes);
    let content = body::content(raw.bytes, &parts);
    let attachments: Vec<_> =
        content.attachments.iter().map(|&part| attachment(raw.bytes, &parts[part])).collect();
    let header = Header::read(&raw.bytes[parts[0].header.clone()]);
    let facts = facts(&header, &attachments);
    let (composed, sources) = compose(raw.bytes, &parts, header, &content.bodies, held);
    let base = match held {
        Held::Alone => Base::default(),
        Held::InMailbox(base) => base,
    };
    let document = Document {
        id: raw.id.clone(),
        path: raw.path.to_owned(),
        format: Format::Email,
        facts: complete(facts, raw.path, raw.modified),
        origin: Origin::Places(places(&composed, &sources, &Lines::new(raw.bytes, base))),
        text: composed.text,
        sections: composed.sections,
    };
    Message { document, attachments }
}

fn facts(header: &Header, attachments: &[Attachment]) -> Facts {
    let mut facts = Facts {
        title: header.value("Subject"),
        date: header.value("Date").and_then(|date| Date::parse(&date)),
        language: header.value("Content-Language").as_deref().and_then(language_code),
        ..Facts::default()
    };
    for (name, field) in FACTS {
        let value = header.value(field).as_deref().and_then(tidy_title);
        facts.other.extend(value.map(|value| (name.to_owned(), Value::String(value))));
    }
    let names: Vec<_> = attachments.iter().filter(|attachment| !attachment.name.is_empty()).collect();
    if !names.is_empty() {
        let names = names.iter().map(|attachment| attachment.name.as_str()).collect();
        facts.other.insert("attachments".to_owned(), names);
    }
    facts
}

/// The content of an attached part, with its name.
fn attachment(message: &[u8], part: &Part) -> Attachment {
    let bytes = part.transfer.decode(&message[part.body.clone()], 0).bytes;
    let name = part.file_name().unwrap_or_else(|| match part.is("message/rfc822") {
        true => format!("{}.eml", subject(&bytes).unwrap_or_else(|| "message".to_owned())),
        false => String::new(),
    });
    Attachment { name: plain_name(&name), bytes }
}

/// The subject of a message.
fn subject(message: &[u8]) -> Option<String> {
    let header = mime::header(message);
    let subject = Header::read(&message[header]).value("Subject").as_deref().and_then(tidy_title);
    // What separates folders in paths is part of a subject.
    subject.map(|subject| subject.replace(['/', '\\'], "_"))
}

/// A file's name without folders and what no name should have.
fn plain_name(name: &str) -> String {
    let name = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let name: String = name.chars().filter(|c| !c.is_control()).collect();
    let name = tidy_title(&name).unwrap_or_default();
    if matches!(name.as_str(), "." | "..") { String::new() } else { name }
}

/// The text of a message, with its sources.
fn compose(
    message: &[u8],
    parts: &[Part],
    header: Header,
    bodies: &[Body],
    held: Held,
) -> (Composed, Sources) {
    let mut out = Composition::default();
    let mut sources = Sources::default();
    write_header(&header, &mut sources, &mut out);
    sources.add(header.decoded, OffsetMap::identity(parts[0].header.end), "0");
    for body in bodies {
        out.gap(Gap::Block);
        body.write(message, &parts[body.part], held, &mut sources, &mut out);
    }
    (out.finish(), sources)
}

/// Writes who wrote to whom, and when.
fn write_header(header: &Header, sources: &mut Sources, out: &mut Composition) {
    for name in SHOWN {
        if let (Some(value), Some(place)) = (header.value(name), header.place(name)) {
            out.gap(Gap::Line);
            out.unit(&format!("{name}: {value}"), sources.len + place.start, place.len());
        }
    }
}

/// The decoded texts that a message's text is taken from, one behind the other: its offsets count in all of them.
#[derive(Default)]
struct Sources {
    sources: Vec<Source>,
    len: usize,
}

/// A decoded text.
struct Source {
    /// Where it starts among the others.
    start: usize,
    /// The number of its part.
    part: String,
    /// The way from the text to its bytes, before they were encoded for the mail.
    charset: OffsetMap,
    /// The way from these to the message.
    transfer: OffsetMap,
}

impl Sources {
    /// Adds a text that `transfer` leads back into the message, and gives it with its start.
    fn add(&mut self, decoded: Decoded, transfer: OffsetMap, part: &str) -> (String, usize) {
        let start = self.len;
        self.len += decoded.text.len();
        self.sources.push(Source { start, part: part.to_owned(), charset: decoded.map, transfer });
        (decoded.text, start)
    }

    /// The part and the bytes of the message that a span of the texts stands for.
    fn locate(&self, start: usize, end: usize) -> Option<(&str, Range<usize>)> {
        let at = self.sources.partition_point(|source| source.start <= start).checked_sub(1)?;
        let source = &self.sources[at];
        let (start, end) = source.charset.origin_of(start - source.start, end.max(start) - source.start);
        let (start, end) = source.transfer.origin_of(start, end);
        Some((&source.part, start..end))
    }
}

/// Where each line of the text stands in its file.
fn places(composed: &Composed, sources: &Sources, lines: &Lines) -> Places {
    let mut places = Places::default();
    let mut end = 0;
    for line in composed.text.split_inclusive('\n') {
        let start = end;
        end += line.len();
        if line.trim().is_empty() {
            continue;
        }
        let (from, to) = composed.map.origin_of(start, start + line.trim_end().len());
        if let Some((part, bytes)) = sources.locate(from, to) {
            places.push(start, lines.location(part, bytes));
        }
    }
    places
}

/// Where a message's lines start.
struct Lines {
    starts: Vec<usize>,
    base: Base,
}

impl Lines {
    fn new(message: &[u8], base: Base) -> Self {
        let ends = message.iter().enumerate().filter(|&(_, &byte)| byte == b'\n').map(|(at, _)| at + 1);
        Self { starts: std::iter::once(0).chain(ends).collect(), base }
    }

    fn location(&self, part: &str, bytes: Range<usize>) -> Location {
        let line = |offset: usize| self.starts.partition_point(|&start| start <= offset) + self.base.lines;
        Location::Part {
            part: part.to_owned(),
            lines: LineSpan { start: line(bytes.start), end: line(bytes.end.max(bytes.start + 1) - 1) },
            bytes: Span::new(bytes.start + self.base.bytes, bytes.end + self.base.bytes),
        }
    }
}

#[cfg(test)]
mod tests;
