//! Reads a container part by part, and leaves the parts alone that have not changed.
//!
//! A container is a file that holds documents: records of a JSON Lines file, messages of a mailbox and what is attached
//! to them, entries of a feed, members of an archive; and a member can be a container again. All its parts are known to
//! the index by ids that begin with the file's path. The file's own record is written last.

use std::collections::HashMap;
use std::collections::hash_map::Entry as Slot;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{BufRead, Cursor};
use std::path::Path;

use super::IngestError;
use super::prepare::{Outcome, Reader, Send, Source, Tally, guarded, unseen};
use crate::document::{Base, DocId, Document, DocumentRecord, Facts, Format, Parts, Passage, State};
use crate::extract::archive::{Member, Trouble};
use crate::extract::email::{self, Attachment, Held};
use crate::extract::jsonl::{Record, Records};
use crate::extract::mbox::Messages;
use crate::extract::{self, Detected, ExtractError, Raw, Reading, feed};
use crate::index::{Entry, EntryState, Kind, Manifest, short_hash};
use crate::isolate::{Packed, PackedContent};
use crate::source::read::{self, ReadError};
use crate::source::{Hidden, reason, size_text};

/// How many times its size a container may unpack to before it is taken for a bomb. Text compresses to a twentieth, the
/// most repetitive logs to a hundredth.
const MAX_EXPANSION: u64 = 250;

/// How much a container may unpack to whatever its size, in bytes.
const FREE_EXPANSION: u64 = 256 << 20;

/// What a member or an attachment costs of that besides its content and its name: it has an entry in the index.
const MEMBER_COST: u64 = 512;

/// How many bytes an id may have. The index has no terms of more than 64 KiB.
const MAX_ID: usize = 8 << 10;

/// What a container holds, to be read.
pub(super) enum Contents<'a> {
    /// Records or messages, one after another.
    Lines(Format, Box<dyn BufRead + 'a>),
    /// All of it, decompressed.
    Bytes(Format, Vec<u8>),
    /// An archive in a file.
    File(Format, &'a Path),
}

impl Contents<'_> {
    pub(super) fn format(&self) -> Format {
        match self {
            Self::Lines(format, _) | Self::Bytes(format, _) | Self::File(format, _) => *format,
        }
    }
}

/// A container, or one inside it, that is being read.
#[derive(Clone, Copy)]
struct Holder<'a> {
    path: &'a str,
    modified: i64,
    /// How many containers it stands in.
    depth: usize,
}

/// Why a container could not be read to its end.
enum Stop {
    /// It is broken, for this reason.
    Broken(String),
    /// It stands in too many others, as this reason says.
    TooDeep(String),
    /// The file unpacks to so much, as this reason says, that nothing more of it is read.
    Bomb(String),
    /// Nobody wants its parts any more.
    Unwanted,
    /// The index cannot be read.
    Index(IngestError),
}

impl From<IngestError> for Stop {
    fn from(error: IngestError) -> Self {
        Self::Index(error)
    }
}

/// A container on its way through a pass.
pub(super) struct Container<'a, 'r, 's, 'i> {
    reader: &'r mut Reader<'i>,
    source: Source<'a>,
    send: &'r mut Send<'s>,
    /// The parts that the index knows.
    known: Manifest,
    /// The lines on which ids were met, by the ids' hashes: a part's bytes are no memory, a file's ids may be.
    lines: HashMap<u64, usize>,
    /// How often names were met, by their hashes.
    names: HashMap<u64, usize>,
    parts: Parts,
    /// Whether everything was reached so far.
    is_whole: bool,
    /// How many bytes may come out of it yet.
    budget: u64,
    /// What the file is besides the container of its parts: a message.
    own: Option<(Facts, Vec<Passage>)>,
}

impl<'a, 'r, 's, 'i> Container<'a, 'r, 's, 'i> {
    /// Looks up what the index knows of a container.
    pub(super) fn open(
        reader: &'r mut Reader<'i>,
        source: Source<'a>,
        send: &'r mut Send<'s>,
    ) -> Result<Self, IngestError> {
        let reader_max = reader.rules.max_size;
        // Also where no container is known: a pass that was cut short may have left parts of it.
        let known = reader.rules.parts_of(source.path)?;
        Ok(Self {
            reader,
            source,
            send,
            known,
            lines: HashMap::new(),
            names: HashMap::new(),
            parts: Parts::default(),
            is_whole: true,
            budget: allowance(source.size, reader_max),
            own: None,
        })
    }

    /// Whether the index has this very container on record, read to its end in this way.
    pub(super) fn is_known_as(&self, hash: &str, format: Format) -> bool {
        let record = self.source.record(State::Indexed, Some(format), hash.to_owned());
        self.source.before.is_some_and(|before| {
            is_same(&before, &record)
                && (before.size, before.modified) == (record.size, record.modified)
                && before.parts.is_some_and(|parts| parts.failed > 0 || before.state == EntryState::Failed)
        })
    }

    /// Tells of a container that is known what the index has on record: it would be read in the same way again.
    pub(super) fn tell_known(self) -> Result<(), IngestError> {
        let snapshot = self.reader.rules.snapshot;
        let own = self.source.before.map(|before| (self.source.path, before));
        for (id, entry) in own.iter().map(|(id, entry)| (*id, entry)).chain(self.known.iter()) {
            let outcome = match entry.state {
                EntryState::Indexed if entry.is_document() => Outcome::Same(Tally::Unchanged),
                EntryState::Indexed => continue,
                EntryState::Skipped | EntryState::Failed => {
                    let record = snapshot.record(id)?;
                    let reason = record.and_then(|record| record.state.reason().map(str::to_owned));
                    let tally =
                        if entry.state == EntryState::Failed { Tally::Failed } else { Tally::Skipped };
                    Outcome::Problem { path: id.to_owned(), reason: reason.unwrap_or_default(), tally }
                }
            };
            if !(self.send)(outcome) {
                break;
            }
        }
        Ok(())
    }

    /// Puts the container on record before its parts, so that a pass that is cut short leaves none that nothing holds.
    fn announce(&mut self, format: Format) {
        if self.source.before.is_none() {
            let state = State::Failed("not read to its end yet".to_owned());
            let mut record = self.source.record(state, Some(format), String::new());
            record.parts = Some(Parts::default());
            (self.send)(self.source.put(record, Vec::new(), Tally::Uncounted));
            self.source.before = Some(Entry::just_put());
        }
    }

    /// Reads all parts, and sends what comes of each; at the end what came of the container.
    pub(super) fn read(mut self, contents: Contents<'_>, hash: &str) -> Result<(), IngestError> {
        let format = contents.format();
        self.announce(format);
        let holder = Holder { path: self.source.path, modified: self.source.modified, depth: 0 };
        let state = match self.contents(holder, contents) {
            Ok(()) => State::Indexed,
            Err(Stop::TooDeep(reason)) => State::Skipped(reason),
            Err(Stop::Broken(reason) | Stop::Bomb(reason)) => State::Failed(reason),
            Err(Stop::Unwanted) => return Ok(()),
            Err(Stop::Index(error)) => return Err(error),
        };
        // What was not reached is not gone.
        if !matches!(state, State::Failed(_)) && self.is_whole {
            for (id, &before) in self.known.iter().filter(|(id, _)| !self.lines.contains_key(&key(id))) {
                (self.send)(Outcome::Vanished { id: id.to_owned(), before });
            }
        }
        self.finish(format, hash, state);
        Ok(())
    }

    /// Sends what came of the container itself.
    fn finish(mut self, format: Format, hash: &str, state: State) {
        let own = self.own.take();
        let state = match (state, &own) {
            // A message is one, whatever is attached to it.
            (State::Failed(reason), Some(_)) => {
                self.parts.failed += 1;
                let path = self.source.path.to_owned();
                (self.send)(Outcome::Problem { path, reason, tally: Tally::Failed });
                State::Indexed
            }
            (state, _) => state,
        };
        let tally = match (&state, &own) {
            (State::Failed(_), _) => Tally::Failed,
            (State::Skipped(_), _) => Tally::Skipped,
            (State::Indexed, Some(_)) => self.source.tally(hash),
            (State::Indexed, None) => Tally::Uncounted,
        };
        let is_alone = own.is_some() && self.parts == Parts::default();
        let mut record = self.source.record(state, Some(format), hash.to_owned());
        record.parts = (!is_alone).then_some(self.parts);
        let is_known = self.source.before.is_some_and(|before| {
            is_same(&before, &record)
                && before.parts == record.parts
                && (before.size, before.modified) == (record.size, record.modified)
        });
        let outcome = match (record.state.reason(), tally) {
            (Some(reason), tally) if is_known => {
                Outcome::Problem { path: self.source.path.to_owned(), reason: reason.to_owned(), tally }
            }
            (None, Tally::Unchanged) if is_known => Outcome::Same(Tally::Unchanged),
            _ => {
                let (facts, passages) = own.unwrap_or_default();
                self.source.put(DocumentRecord { facts, ..record }, passages, tally)
            }
        };
        (self.send)(outcome);
    }

    fn contents(&mut self, holder: Holder<'_>, contents: Contents<'_>) -> Result<(), Stop> {
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
        let broken = |error: crate::isolate::IsolationError| Stop::Broken(error.to_string());
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
        let is_known = source.before.is_some_and(|before| is_same(&before, &record));
        let outcome = match document(self) {
            Ok(_) if is_known => Outcome::Same(Tally::Unchanged),
            Ok(document) => {
                let (facts, passages) = self.reader.split(document);
                let was_document = source.before.is_some_and(|before| before.is_document());
                let tally = if was_document { Tally::Changed } else { Tally::Added };
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

    /// Sends what came of a part, which from now on is known to be there.
    fn emit(&mut self, outcome: Outcome) -> Result<(), Stop> {
        match &outcome {
            Outcome::Put(prepared) => match prepared.record.state {
                State::Indexed => self.parts.documents += 1,
                State::Failed(_) => self.parts.failed += 1,
                State::Skipped(_) => {}
            },
            Outcome::Same(_) => self.parts.documents += 1,
            Outcome::Problem { tally: Tally::Failed, .. } => self.parts.failed += 1,
            Outcome::Problem { .. } | Outcome::Vanished { .. } | Outcome::FileDone { .. } => {}
        }
        if (self.send)(outcome) { Ok(()) } else { Err(Stop::Unwanted) }
    }

    /// What is known of a part before its content is looked at; notes that it is there.
    fn source_of<'p>(&mut self, id: &'p str, size: usize, modified: i64) -> Source<'p> {
        self.lines.entry(key(id)).or_insert(0);
        let before = self.known.get(id).copied();
        let tag = self.reader.rules.tag;
        Source { path: id, size: size as u64, modified, kind: Kind::Record, before, tag }
    }

    /// Notes that the parts of what could not be read to its end, and stands at `path`, may be there still.
    fn keep(&mut self, path: &str) {
        let is_inside = |id: &str| {
            let rest = id.strip_prefix(path);
            rest.is_some_and(|rest| rest.starts_with("!/") || rest.starts_with('#'))
        };
        for (id, _) in self.known.iter().filter(|(id, _)| is_inside(id)) {
            self.lines.entry(key(id)).or_insert(0);
        }
    }

    /// The id, with a number behind it where it was met before.
    fn unique(&mut self, id: String) -> String {
        let id = bounded(id);
        let count = self.names.entry(key(&id)).or_insert(0);
        *count += 1;
        let mut unique = if *count == 1 { id.clone() } else { format!("{id} ({count})") };
        while self.lines.contains_key(&key(&unique)) {
            *count += 1;
            unique = format!("{id} ({count})");
        }
        unique
    }

    /// Takes what came out of the container off what may.
    fn spend(&mut self, bytes: u64) -> Result<(), Stop> {
        match self.budget.checked_sub(bytes) {
            Some(left) => self.budget = left,
            None => {
                let limit = size_text(allowance(self.source.size, self.reader.rules.max_size));
                return Err(Stop::Bomb(format!("unpacks to more than {limit}; taken for a bomb")));
            }
        }
        Ok(())
    }

    fn too_large(&self) -> String {
        ReadError::TooLarge(self.reader.rules.max_size).to_string()
    }
}

/// How much may come out of a container of this size, in bytes.
fn allowance(size: u64, max_member: u64) -> u64 {
    size.saturating_mul(MAX_EXPANSION).max(FREE_EXPANSION).max(max_member.saturating_mul(4))
}

/// An id that can stand in the index: what is longer is cut, and told apart by a hash of all of it.
fn bounded(mut id: String) -> String {
    if id.len() > MAX_ID {
        let hash = read::hash_bytes(id.as_bytes());
        id.truncate(id.floor_char_boundary(MAX_ID));
        id.push('~');
        id.push_str(&hash[..16]);
    }
    id
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

fn is_same(before: &Entry, record: &DocumentRecord) -> bool {
    before.hash == short_hash(&record.fingerprint.content) && before.extractor == record.fingerprint.extractor
}

fn key(id: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    id.hash(&mut hasher);
    hasher.finish()
}
