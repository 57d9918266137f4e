//! Reads a container part by part, and leaves the parts alone that have not changed.
//!
//! A container is a file that holds documents: records of a JSON Lines file, messages of a mailbox and what is attached
//! to them, entries of a feed, members of an archive; and a member can be a container again. All its parts are known to
//! the index by ids that begin with the file's path. The file's own record is written last.

mod parts;

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::BufRead;
use std::path::Path;

use super::IngestError;
use super::prepare::{Outcome, Reader, Send, Tally};
use super::rules::Source;
use crate::document::{DocumentRecord, Facts, Fingerprint, Format, Parts, Passage, State};
use crate::index::{Entry, EntryState, Kind, Manifest, short_hash};
use crate::source::read::{self, ReadError};
use crate::source::size_text;

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
    /// How the file is read, once that has begun.
    format: Option<Format>,
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
            format: None,
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

    /// Has the container on record before its parts, so that a pass that is cut short leaves none that nothing holds.
    fn announce(&mut self) {
        if self.source.before.is_none() {
            let format = self.format;
            let state = State::Failed("not read to its end yet".to_owned());
            let mut record = self.source.record(state, format, String::new());
            record.parts = Some(Parts::default());
            let announced = self.source.prepared(record, Vec::new(), Tally::Uncounted);
            (self.send)(Outcome::Announced(Box::new(announced)));
            self.source.before = Some(Entry::just_put());
        }
    }

    /// Reads all parts, and sends what comes of each; at the end what came of the container.
    pub(super) fn read(mut self, contents: Contents<'_>, hash: &str) -> Result<(), IngestError> {
        let format = contents.format();
        self.format = Some(format);
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

    /// Sends what came of a part, which from now on is known to be there.
    fn emit(&mut self, outcome: Outcome) -> Result<(), Stop> {
        self.announce();
        match &outcome {
            Outcome::Put(prepared) => match prepared.record.state {
                State::Indexed => self.parts.documents += 1,
                State::Failed(_) => self.parts.failed += 1,
                State::Skipped(_) => {}
            },
            Outcome::Same(_) => self.parts.documents += 1,
            Outcome::Problem { tally: Tally::Failed, .. } => self.parts.failed += 1,
            Outcome::Announced(_)
            | Outcome::Problem { .. }
            | Outcome::Vanished { .. }
            | Outcome::FileDone { .. } => {}
        }
        if (self.send)(outcome) { Ok(()) } else { Err(Stop::Unwanted) }
    }

    /// What is known of a part before its content is looked at; notes that it is there.
    fn source_of<'p>(&mut self, id: &'p str, size: usize, modified: i64) -> Source<'p> {
        self.lines.entry(key(id)).or_insert(0);
        let before = self.known.get(id).copied();
        let tags = self.reader.rules.tags;
        Source { path: id, size: size as u64, modified, kind: Kind::Record, before, tags }
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

fn is_same(before: &Entry, record: &DocumentRecord) -> bool {
    let Fingerprint { content, extractor, analyzer } = &record.fingerprint;
    (before.hash, before.extractor, before.analyzer) == (short_hash(content), *extractor, *analyzer)
}

fn key(id: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    id.hash(&mut hasher);
    hasher.finish()
}
