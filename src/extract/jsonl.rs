//! JSON Lines: each line of a file an object, each object a document.
//!
//! | field | becomes |
//! |---|---|
//! | `id`, else `_id` | the document's id in its file (a string or a number; without one, the line's number) |
//! | `title` | the title |
//! | `text`, else `body`, else `content` | the text: the first that is a string with something in it, or an array of strings, which are then blocks of their own |
//! | `date` | the date, if it can be read as one |
//! | `lang`, else `language` | the language |
//! | `url` | the address |
//! | anything else | a fact of that name |
//!
//! A field that is null counts as absent; of fields of the same name the last counts. A record with a title alone
//! has that for its text, so that it can be found; one whose text is empty is an empty document. A line that is wrong is an error of its own and the rest
//! goes on. Only one line is held in memory at a time.
//!
//! The text's map leads into the raw line, escapes and all, so that a record's places are places of the file.

use std::collections::BTreeMap;
use std::io::{self, BufRead};
use std::time::SystemTime;

use serde_json::Value;
use serde_json::value::RawValue;

use super::compose::{Composed, Composition, Gap};
use super::json_text::unescape;
use super::{ExtractError, complete, language_code};
use crate::date::Date;
use crate::document::{Base, DocId, Document, Facts, Format, Origin, TextOrigin};
use crate::span::{LineIndex, OffsetMap};

/// The fields that a record's text is looked for in.
const TEXT_FIELDS: [&str; 3] = ["text", "body", "content"];

/// One line of a JSON Lines file.
#[derive(Debug)]
pub struct Record {
    /// The identity of the document that the line is, by its number where it names none.
    pub id: DocId,
    /// The line's number, from 1.
    pub line: usize,
    /// Bytes of the file before the line.
    pub offset: usize,
    /// The line's bytes without its end; empty for a line that was too long or could not be read.
    pub bytes: Vec<u8>,
    /// The document, or why there is none. [`ExtractError::Read`] is always the last record.
    pub outcome: Result<Document, ExtractError>,
}

/// Reads the records of a JSON Lines file, in order; lines that are blank are no records.
#[derive(Debug)]
pub struct Records<R> {
    reader: R,
    path: String,
    modified: Option<SystemTime>,
    max_line: u64,
    line: usize,
    offset: usize,
    is_done: bool,
}

/// What reading a line gave.
enum Line {
    Whole(Vec<u8>),
    TooLong,
    End,
}

impl<R: BufRead> Records<R> {
    /// Reads the decompressed content of the file at `path`; a line of more than `max_line` bytes is passed over
    /// as an error.
    pub fn new(reader: R, path: &str, modified: Option<SystemTime>, max_line: u64) -> Self {
        Self { reader, path: path.to_owned(), modified, max_line, line: 0, offset: 0, is_done: false }
    }

    /// Reads up to a line's end, which is not given; gives too how many bytes were read.
    fn read_line(&mut self) -> (io::Result<Line>, usize) {
        let (mut line, mut read, mut is_too_long) = (Vec::new(), 0, false);
        loop {
            let buffer = match self.reader.fill_buf() {
                Ok(buffer) => buffer,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return (Err(error), read),
            };
            let end = buffer.iter().position(|&byte| byte == b'\n');
            let part = &buffer[..end.unwrap_or(buffer.len())];
            let is_over = end.is_some() || buffer.is_empty();
            let is_at_end = buffer.is_empty() && read == 0;
            is_too_long |= (line.len() + part.len()) as u64 > self.max_line;
            if is_too_long {
                line = Vec::new();
            } else {
                line.extend_from_slice(part);
            }
            let consumed = part.len() + usize::from(end.is_some());
            read += consumed;
            self.reader.consume(consumed);
            match () {
                () if is_at_end => return (Ok(Line::End), read),
                () if is_over && is_too_long => return (Ok(Line::TooLong), read),
                () if is_over => return (Ok(Line::Whole(line)), read),
                () => {}
            }
        }
    }

    /// The record of a line whose content starts at `offset`.
    fn record(&self, mut bytes: Vec<u8>, mut offset: usize) -> Record {
        if self.line == 1 && bytes.starts_with(b"\xef\xbb\xbf") {
            bytes.drain(..3);
            offset += 3;
        }
        if bytes.last() == Some(&b'\r') {
            bytes.pop();
        }
        let (id, outcome) = match Fields::read(&bytes) {
            Ok(fields) => self.document(fields, offset),
            Err(error) => (None, Err(error)),
        };
        Record { id: self.id(id), line: self.line, offset, bytes, outcome }
    }

    fn failed(&self, offset: usize, error: ExtractError) -> Record {
        Record { id: self.id(None), line: self.line, offset, bytes: Vec::new(), outcome: Err(error) }
    }

    fn id(&self, own: Option<String>) -> DocId {
        DocId::of_record(&self.path, &own.unwrap_or_else(|| self.line.to_string()))
    }

    fn document(
        &self,
        mut fields: Fields<'_>,
        offset: usize,
    ) -> (Option<String>, Result<Document, ExtractError>) {
        let own = match fields.id() {
            Ok(own) => own,
            Err(error) => return (None, Err(error)),
        };
        let parts = fields.text().and_then(|composed| Ok((fields.facts()?, composed)));
        let document = parts.and_then(|(facts, composed)| {
            let composed = composed.ok_or(ExtractError::NoText)?;
            Ok(Document {
                id: self.id(own.clone()),
                path: self.path.clone(),
                format: Format::Jsonl,
                facts: complete(facts, &self.path, self.modified),
                text: composed.text,
                sections: composed.sections,
                origin: Origin::Text(TextOrigin {
                    decoded: composed.map,
                    bytes: OffsetMap::identity(fields.line.len()),
                    lines: LineIndex::new(fields.line),
                    base: Base { bytes: offset, lines: self.line - 1 },
                    cues: Vec::new(),
                }),
            })
        });
        (own, document)
    }
}

impl<R: BufRead> Iterator for Records<R> {
    type Item = Record;

    fn next(&mut self) -> Option<Record> {
        while !self.is_done {
            let offset = self.offset;
            let (outcome, read) = self.read_line();
            self.offset += read;
            self.line += 1;
            match outcome {
                Ok(Line::Whole(bytes)) if bytes.trim_ascii().is_empty() => {}
                Ok(Line::Whole(bytes)) => return Some(self.record(bytes, offset)),
                Ok(Line::TooLong) => {
                    return Some(self.failed(offset, ExtractError::LineTooLong { limit: self.max_line }));
                }
                Ok(Line::End) => self.is_done = true,
                Err(error) => {
                    self.is_done = true;
                    return Some(self.failed(offset, ExtractError::Read(error)));
                }
            }
        }
        None
    }
}

/// The fields of one line, as they stand in it.
struct Fields<'a> {
    line: &'a str,
    raw: BTreeMap<String, &'a RawValue>,
}

impl<'a> Fields<'a> {
    fn read(bytes: &'a [u8]) -> Result<Self, ExtractError> {
        let line =
            str::from_utf8(bytes).map_err(|error| ExtractError::NotUtf8 { byte: error.valid_up_to() + 1 })?;
        let start = line.len() - line.trim_ascii_start().len();
        if !line[start..].starts_with('{') {
            let cause = "expected an object".to_owned();
            return Err(ExtractError::MalformedJson { column: start + 1, cause });
        }
        let raw: BTreeMap<String, &RawValue> =
            serde_json::from_str(line).map_err(|error| malformed(&error, 0))?;
        let raw = raw.into_iter().filter(|(_, value)| value.get() != "null").collect();
        Ok(Self { line, raw })
    }

    /// Where in the line a value stands.
    fn place(&self, value: &RawValue) -> usize {
        value.get().as_ptr() as usize - self.line.as_ptr() as usize
    }

    fn parse<T: serde::de::Deserialize<'a>>(&self, value: &'a RawValue) -> Result<T, ExtractError> {
        serde_json::from_str(value.get()).map_err(|error| malformed(&error, self.place(value)))
    }

    /// Takes a field whose value is a string with something in it, or a number.
    fn take_scalar(&mut self, name: &str) -> Result<Option<String>, ExtractError> {
        let Some(&raw) = self.raw.get(name) else { return Ok(None) };
        let text = match raw.get().as_bytes().first() {
            Some(b'"') => self.parse::<String>(raw)?,
            Some(b'-' | b'0'..=b'9') => raw.get().to_owned(),
            _ => return Ok(None),
        };
        if text.trim().is_empty() {
            return Ok(None);
        }
        self.raw.remove(name);
        Ok(Some(text))
    }

    fn id(&mut self) -> Result<Option<String>, ExtractError> {
        match self.take_scalar("id")? {
            Some(id) => Ok(Some(id)),
            None => self.take_scalar("_id"),
        }
    }

    /// The text that the record has, else its title; the field that gave the text is taken.
    fn text(&mut self) -> Result<Option<Composed>, ExtractError> {
        for name in TEXT_FIELDS {
            let Some(&raw) = self.raw.get(name) else { continue };
            if let Some(composed) = self.compose(raw)? {
                self.raw.remove(name);
                return Ok(Some(composed));
            }
        }
        let title = self.raw.get("title").map_or(Ok(None), |&title| self.compose(title))?;
        Ok(title.or_else(|| self.take_empty().then(Composed::default)))
    }

    /// Takes the fields that are there for a text and have none in them; tells whether there were any. A record that
    /// says that it is empty is an empty document, no mistake.
    fn take_empty(&mut self) -> bool {
        let before = self.raw.len();
        let is_of_text = |name: &str| name == "title" || TEXT_FIELDS.contains(&name);
        self.raw.retain(|name, value| !(is_of_text(name) && value.get().starts_with('"')));
        self.raw.len() < before
    }

    /// The text of a string, or of an array of strings; `None` for other values and where there is no text.
    fn compose(&self, value: &'a RawValue) -> Result<Option<Composed>, ExtractError> {
        let parts: Vec<&RawValue> = match value.get().as_bytes().first() {
            Some(b'"') => vec![value],
            Some(b'[') => self.parse(value)?,
            _ => return Ok(None),
        };
        if parts.iter().any(|part| !part.get().starts_with('"')) {
            return Ok(None);
        }
        let mut out = Composition::default();
        for part in parts {
            self.parse::<String>(part)?;
            unescape(part.get(), self.place(part), &mut out);
            out.gap(Gap::Block);
        }
        let composed = out.finish();
        Ok((!composed.text.trim().is_empty()).then_some(composed))
    }

    /// The facts that the fields which are left tell.
    fn facts(&mut self) -> Result<Facts, ExtractError> {
        let mut facts = Facts { title: self.take_scalar("title")?, ..Facts::default() };
        facts.date = self.take_if("date", Date::parse)?;
        facts.language = self.take_if("lang", language_code)?;
        if facts.language.is_none() {
            facts.language = self.take_if("language", language_code)?;
        }
        facts.url = self.take_if("url", |url| Some(url.to_owned()))?;
        for (name, raw) in std::mem::take(&mut self.raw) {
            facts.other.insert(name, self.parse::<Value>(raw)?);
        }
        Ok(facts)
    }

    /// Takes a field if it can be read as what it should be.
    fn take_if<T>(
        &mut self,
        name: &str,
        read: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<T>, ExtractError> {
        let raw = self.raw.get(name).copied();
        let value = self.take_scalar(name)?.as_deref().and_then(read);
        if let (None, Some(raw)) = (&value, raw) {
            self.raw.insert(name.to_owned(), raw);
        }
        Ok(value)
    }
}

/// The error of a value that stands at `place` in its line.
fn malformed(error: &serde_json::Error, place: usize) -> ExtractError {
    let message = error.to_string();
    let cause = message.rsplit_once(" at line ").map_or(message.as_str(), |(cause, _)| cause).to_owned();
    ExtractError::MalformedJson { column: place + error.column().max(1), cause }
}

#[cfg(test)]
mod tests;
