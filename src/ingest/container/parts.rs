//! The parts of each kind of container: records, messages and what is attached to them, entries, members.
//!
//! Every function here reads one kind, and gives each part's outcome to the container that it is a part of.

use std::collections::hash_map::Entry as Slot;
use std::io::{BufRead, Cursor};

use super::super::prepare::{Outcome, Tally, guarded, unseen};
use super::super::rules::Source;
use super::{Container, Contents, Holder, MEMBER_COST, Stop, bounded, key};
use crate::document::{Base, DocId, Document, DocumentRecord, Format, State};
use crate::extract::archive::{Member, Trouble};
use crate::extract::email::{self, Attachment, Held};
use crate::extract::jsonl::{Record, Records};
use crate::extract::mbox::Messages;
use crate::extract::{self, Detected, ExtractError, Raw, Reading, feed};
use crate::index::short_hash;
use crate::isolate::{IsolationError, Packed, PackedContent};
use crate::source::read::{self, ReadError};
use crate::source::{Hidden, reason};

impl Container<'_, '_, '_, '_> {
    /// Reads what a container holds, part by part.
    pub(super) fn contents(&mut self, holder: Holder<'_>, contents: Contents<'_>) -> Result<(), Stop> {
        let depth = self.reader.rules.archive_depth;
        let is_deep = match contents.format() {
            Format::Zip | Format::Tar => holder.depth >= depth,
            Format::Email | Format::Mbox => holder.depth > 0 && holder.depth >= depth,
            _ => false,
        };
        if is_deep {
            return Err(Stop::TooDeep(format!("stands in {depth} archives; raise --archive-depth")));
        }
        match contents {
            Contents::Lines(Format::Jsonl, lines) => self.records(holder, lines),
            Contents::Lines(_, lines) => self.messages(holder, lines),
            Contents::Bytes(Format::Jsonl, bytes) => self.records(holder, Box::new(Cursor::new(bytes))),
            Contents::Bytes(Format::Mbox, bytes) => self.messages(holder, Box::new(Cursor::new(bytes))),
            Contents::Bytes(Format::Email, bytes) => self.message(holder, holder.path, &bytes, Held::Alone),
            Contents::Bytes(Format::Feed, bytes) => self.entries(holder, &bytes),
            Contents::Bytes(format, bytes) => {
                self.members(holder, Packed { format, content: PackedContent::Bytes(&bytes) })
            }
            Contents::File(format, path) => {
                self.members(holder, Packed { format, content: PackedContent::File(path) })
            }
        }
    }

    fn records(&mut self, holder: Holder<'_>, lines: Box<dyn BufRead + '_>) -> Result<(), Stop> {
        let modified = self.source.modified_time();
        let max_line = self.reader.rules.max_size;
        for record in Records::new(lines, holder.path, modified, max_line) {
            self.is_whole &= !matches!(record.outcome, Err(ExtractError::Read(_)));
            self.record(holder, record)?;
        }
        Ok(())
    }

    fn record(&mut self, holder: Holder<'_>, record: Record) -> Result<(), Stop> {
        let Record { id, line, offset, bytes, outcome } = record;
        let document = match outcome {
            Ok(document) => match self.lines.entry(key(&bounded(id.0.clone()))) {
                Slot::Occupied(first) => {
                    Err(format!("its id stands on line {} already; give it another", first.get()))
                }
                Slot::Vacant(slot) => {
                    slot.insert(line);
                    Ok(document)
                }
            },
            Err(error) => Err(error.to_string()),
        };
        // What failed has no id that is sure: it goes by its line.
        let id = if document.is_ok() { bounded(id.0) } else { format!("{}:{line}", holder.path) };
        let part = Part {
            hash: hash_at(Base { bytes: offset, lines: line }, &bytes),
            size: bytes.len() as u64,
            format: Format::Jsonl,
            path: holder.path,
            id,
        };
        self.part(part, |_| document)
    }

    fn messages(&mut self, holder: Holder<'_>, lines: Box<dyn BufRead + '_>) -> Result<(), Stop> {
        for stored in Messages::new(lines, self.reader.rules.max_size) {
            let stored = stored.map_err(|error| Stop::Broken(reason(&error)))?;
            let id = format!("{}#{}", holder.path, stored.number);
            let base = Base { bytes: stored.offset, lines: stored.lines };
            match stored.bytes {
                Some(bytes) => self.message(holder, &id, &bytes, Held::InMailbox(base))?,
                None => {
                    let source = self.source_of(&id, 0, holder.modified);
                    self.emit(unseen(source, State::Skipped(self.too_large()), Tally::Skipped))?;
                }
            }
        }
        Ok(())
    }

    /// A message, and what is attached to it.
    fn message(&mut self, holder: Holder<'_>, id: &str, bytes: &[u8], held: Held) -> Result<(), Stop> {
        let base = match held {
            Held::Alone => Base::default(),
            Held::InMailbox(base) => base,
        };
        let raw =
            Raw { id: DocId(id.to_owned()), path: holder.path, bytes, modified: self.source.modified_time() };
        let message =
            guarded(|| Ok(email::extract(&raw, held))).map_err(|error| Stop::Broken(error.to_string()))?;
        if id == self.source.path {
            self.own = Some(self.reader.split(message.document));
        } else {
            let part = Part {
                hash: hash_at(base, bytes),
                size: bytes.len() as u64,
                format: Format::Email,
                path: holder.path,
                id: id.to_owned(),
            };
            self.part(part, |_| Ok(message.document))?;
        }
        for Attachment { name, bytes } in message.attachments {
            let name = name.replace(['/', '\\'], "_");
            let name = if name.trim().is_empty() { "unnamed" } else { &name };
            let path = self.unique(format!("{id}!/{name}"));
            self.spend(path.len() as u64 + MEMBER_COST)?;
            let source = self.source_of(&path, bytes.len(), holder.modified);
            self.file(source, holder.depth + 1, bytes)?;
        }
        Ok(())
    }

    fn entries(&mut self, holder: Holder<'_>, bytes: &[u8]) -> Result<(), Stop> {
        let raw = Raw {
            id: DocId(holder.path.to_owned()),
            path: holder.path,
            bytes,
            modified: self.source.modified_time(),
        };
        let entries = guarded(|| Ok(feed::entries(&raw))).map_err(|error| Stop::Broken(error.to_string()))?;
        for feed::Entry { document, .. } in entries {
            let first = document.sections.first().map(|section| document.origin.locate(section.span));
            let content = format!("{first:?}{:?}{}", document.facts, document.text);
            let part = Part {
                hash: read::hash_bytes(content.as_bytes()),
                size: document.text.len() as u64,
                format: Format::Feed,
                path: holder.path,
                id: document.id.0.clone(),
            };
            self.part(part, |_| Ok(document))?;
        }
        Ok(())
    }

    fn members(&mut self, holder: Holder<'_>, archive: Packed<'_>) -> Result<(), Stop> {
        let max = self.reader.rules.max_size;
        let broken = |error: IsolationError| Stop::Broken(error.to_string());
        let mut unpacking = self.reader.children.unpack(archive, max).map_err(broken)?;
        while let Some((member, bytes)) = unpacking.next_member().map_err(broken)? {
            self.member(holder, member, bytes)?;
        }
        self.reader.children.finish(unpacking);
        Ok(())
    }

    fn member(&mut self, holder: Holder<'_>, member: Member, bytes: Vec<u8>) -> Result<(), Stop> {
        self.spend(member.unpacked + member.name.len() as u64 + MEMBER_COST)?;
        let is_hidden = member.name.split('/').any(|name| name.starts_with('.') || name == "__MACOSX");
        if is_hidden && self.reader.rules.hidden == Hidden::Skip {
            return Ok(());
        }
        let path = self.unique(format!("{}!/{}", holder.path, member.name));
        let source = self.source_of(&path, bytes.len(), member.modified);
        let state = match member.trouble {
            None => return self.file(source, holder.depth + 1, bytes),
            Some(Trouble::TooLarge) => State::Skipped(self.too_large()),
            Some(Trouble::Encrypted) => State::Failed(ExtractError::Encrypted.to_string()),
            Some(Trouble::Broken(reason)) => {
                self.keep(source.path);
                // What cannot be read keeps what it had.
                if source.before.is_some_and(|before| before.is_document()) {
                    let path = source.path.to_owned();
                    return self.emit(Outcome::Problem { path, reason, tally: Tally::Failed });
                }
                State::Failed(reason)
            }
        };
        let tally = if matches!(state, State::Failed(_)) { Tally::Failed } else { Tally::Skipped };
        self.emit(unseen(source, state, tally))
    }

    /// A file inside a container.
    fn file(&mut self, source: Source<'_>, depth: usize, bytes: Vec<u8>) -> Result<(), Stop> {
        let content = match read::decompress(bytes, self.reader.rules.max_size) {
            Ok(content) => content,
            Err(ReadError::DecompressesTooLarge(_)) => {
                self.spend(self.reader.rules.max_size)?;
                return self.emit(unseen(source, State::Skipped(self.too_large()), Tally::Skipped));
            }
            Err(error) => return self.emit(unseen(source, State::Failed(error.to_string()), Tally::Failed)),
        };
        if content.compression.is_some() {
            self.spend(content.bytes.len() as u64)?;
        }
        let head = &content.bytes[..content.bytes.len().min(extract::HEAD)];
        match extract::detect(source.path, head) {
            Detected::Format(format) if Reading::of(format) == Reading::Container => {
                let holder = Holder { path: source.path, modified: source.modified, depth };
                match self.contents(holder, Contents::Bytes(format, content.bytes)) {
                    Err(Stop::Broken(reason)) => {
                        self.keep(source.path);
                        self.emit(unseen(source, State::Failed(reason), Tally::Failed))
                    }
                    Err(Stop::TooDeep(reason)) => {
                        self.emit(unseen(source, State::Skipped(reason), Tally::Skipped))
                    }
                    outcome => outcome,
                }
            }
            detected => {
                let outcome = self.reader.document(source, detected, &content)?;
                self.emit(outcome)
            }
        }
    }

    /// A part that is a document of its own but no file.
    fn part(
        &mut self,
        part: Part<'_>,
        document: impl FnOnce(&Self) -> Result<Document, String>,
    ) -> Result<(), Stop> {
        let source = self.source_of(&part.id, 0, self.source.modified);
        let mut record = source.record(State::Indexed, Some(part.format), part.hash);
        record.path = part.path.to_owned();
        record.size = part.size;
        let is_known = source.before.is_some_and(|before| {
            before.hash == short_hash(&record.fingerprint.content)
                && source.was_read_so(&before, record.fingerprint.extractor)
        });
        let outcome = match document(self) {
            Ok(_) if is_known => Outcome::Same(Tally::Unchanged),
            Ok(document) => {
                let (facts, passages) = self.reader.split(document);
                let tally = source.tally(&record.fingerprint.content);
                source.put(DocumentRecord { facts, ..record }, passages, tally)
            }
            Err(reason) if is_known => {
                Outcome::Problem { path: part.id.clone(), reason, tally: Tally::Failed }
            }
            Err(reason) => {
                record.state = State::Failed(reason);
                source.put(record, Vec::new(), Tally::Failed)
            }
        };
        self.emit(outcome)
    }
}

/// A part of a container that is a document, but no file.
struct Part<'a> {
    id: String,
    /// The path of the file that it stands in.
    path: &'a str,
    hash: String,
    format: Format,
    size: u64,
}

/// The hash of a part: where it stands belongs to what is stored of it, so it counts as its content.
fn hash_at(base: Base, bytes: &[u8]) -> String {
    let place = format!("{}:{}:", base.bytes, base.lines).into_bytes();
    read::hash_bytes(&[&place, bytes].concat())
}
