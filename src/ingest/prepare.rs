//! Reads one source and prepares what the writer is to put: the part of a pass that runs on many threads.

use std::io::{BufRead, Cursor};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::IngestError;
use super::container::Container;
use crate::analysis;
use crate::document::{DocId, Document, DocumentRecord, Facts, Fingerprint, Format, Passage, State};
use crate::extract::{self, Detected, Raw};
use crate::index::{Entry, EntryState, Kind, Snapshot, short_hash};
use crate::passage;
use crate::source::read::{self, Content, ReadError};
use crate::source::{Found, FoundFile, is_streamed};

/// What came of a source, or of a part of one.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// This is to be put into the index.
    Put(Box<Prepared>),
    /// The index has it already.
    Same(Tally),
    /// Something is wrong that the index has recorded already, or must not record.
    Problem {
        /// The path that is shown.
        path: String,
        /// What is wrong.
        reason: String,
        /// How it counts.
        tally: Tally,
    },
    /// A part of a container is gone.
    Vanished {
        /// Its id.
        id: String,
        /// What the index knows of it.
        before: Entry,
    },
    /// A file is done with.
    FileDone {
        /// Its bytes.
        bytes: u64,
    },
}

/// A record with its passages, ready to be put into the index.
#[derive(Debug)]
pub(crate) struct Prepared {
    pub(crate) record: DocumentRecord,
    pub(crate) passages: Vec<Passage>,
    pub(crate) kind: Kind,
    pub(crate) before: Option<Entry>,
    pub(crate) tally: Tally,
}

/// What an outcome counts as in the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tally {
    Added,
    Changed,
    Unchanged,
    Skipped,
    Failed,
    /// A container: its parts count, not itself.
    Uncounted,
}

/// Takes outcomes; false when no more are wanted.
pub(super) type Send<'a> = dyn FnMut(Outcome) -> bool + 'a;

/// Reads sources by the settings of one index.
#[derive(Clone, Copy)]
pub(super) struct Reader<'a> {
    pub(super) snapshot: &'a Snapshot,
    pub(super) max_size: u64,
}

/// What is known of a source before its content is looked at.
#[derive(Clone, Copy)]
pub(super) struct Source<'a> {
    pub(super) path: &'a str,
    pub(super) size: u64,
    pub(super) modified: i64,
    pub(super) before: Option<Entry>,
}

impl Source<'_> {
    /// When the source was modified, for its date.
    pub(super) fn modified_time(&self) -> Option<SystemTime> {
        let nanoseconds = u64::try_from(self.modified).ok().filter(|&time| time > 0)?;
        Some(UNIX_EPOCH + Duration::from_nanos(nanoseconds))
    }

    /// A record of this source without content.
    pub(super) fn record(&self, state: State, format: Option<Format>, content: String) -> DocumentRecord {
        DocumentRecord {
            id: DocId(self.path.to_owned()),
            path: self.path.to_owned(),
            state,
            format,
            facts: Facts::default(),
            fingerprint: fingerprint(content, format),
            size: self.size,
            modified: self.modified,
            passages: 0,
            tokens: 0,
            parts: None,
        }
    }

    /// Whether the index has this very file, with this content, read in this way.
    fn is_known_as(&self, hash: &str, extractor: u32) -> bool {
        self.before.is_some_and(|before| {
            before.state == EntryState::Indexed
                && before.parts.is_none()
                && (before.size, before.modified) == (self.size, self.modified)
                && (before.hash, before.extractor) == (short_hash(hash), extractor)
        })
    }

    fn tally(&self, hash: &str) -> Tally {
        match self.before {
            Some(before) if before.state == EntryState::Indexed && before.parts.is_none() => {
                if before.hash == short_hash(hash) { Tally::Unchanged } else { Tally::Changed }
            }
            _ => Tally::Added,
        }
    }
}

impl<'a> Reader<'a> {
    /// Reads a found source, and sends what comes of it.
    pub(super) fn read(
        &self,
        found: &Found,
        before: Option<Entry>,
        send: &mut Send<'_>,
    ) -> Result<(), IngestError> {
        let unread = Source { path: found.path(), size: 0, modified: 0, before };
        match found {
            Found::File(file) => {
                let source = Source { size: file.size, modified: file.modified, ..unread };
                self.read_file(file, source, send)
            }
            Found::Skipped { reason, .. } => {
                self.left_out(unread, State::Skipped(reason.clone()), Tally::Skipped, send)
            }
            Found::Failed { reason, .. } => {
                self.left_out(unread, State::Failed(reason.clone()), Tally::Failed, send)
            }
        }
    }

    /// Reads standard input, and sends what comes of it.
    pub(super) fn read_standard_input(
        &self,
        before: Option<Entry>,
        send: &mut Send<'_>,
    ) -> Result<(), IngestError> {
        let source = Source { path: "-", size: 0, modified: 0, before };
        match read::stdin(self.max_size) {
            Ok(content) => {
                let source = Source { size: content.bytes.len() as u64, ..source };
                self.content(content, source, send)
            }
            Err(error) => self.read_error(&error, source, send),
        }
    }

    fn read_file(
        &self,
        file: &FoundFile,
        source: Source<'_>,
        send: &mut Send<'_>,
    ) -> Result<(), IngestError> {
        if is_streamed(&file.path) {
            return self.streamed(file, source, send);
        }
        match read::read(file, self.max_size) {
            Ok(content) => self.content(content, source, send),
            Err(error) => self.read_error(&error, source, send),
        }
    }

    /// A file whose name says that it holds many documents: only one of them is in memory at a time.
    fn streamed(&self, file: &FoundFile, source: Source<'_>, send: &mut Send<'_>) -> Result<(), IngestError> {
        let opened = read::hash(&file.file).and_then(|hash| Ok((hash, read::stream(&file.file)?)));
        let (hash, stream) = match opened {
            Ok(opened) => opened,
            Err(error) => return self.read_error(&error, source, send),
        };
        match extract::detect(source.path, stream.head()) {
            Detected::Format(Format::Jsonl) => self.container(stream, &hash, source, send),
            Detected::Format(_) | Detected::Binary => match read::read(file, self.max_size) {
                Ok(content) => self.content(content, source, send),
                Err(error) => self.read_error(&error, source, send),
            },
        }
    }

    fn content(&self, content: Content, source: Source<'_>, send: &mut Send<'_>) -> Result<(), IngestError> {
        let head = &content.bytes[..content.bytes.len().min(extract::HEAD)];
        let format = match extract::detect(source.path, head) {
            Detected::Format(Format::Jsonl) => {
                return self.container(Cursor::new(content.bytes), &content.hash, source, send);
            }
            Detected::Format(format) => format,
            Detected::Binary => {
                self.drop_parts(source, send)?;
                let record = source.record(State::Skipped("binary".into()), None, content.hash);
                send(put(record, Vec::new(), source.before, Tally::Skipped));
                return Ok(());
            }
        };
        if source.is_known_as(&content.hash, extract::extractor(Some(format))) {
            send(Outcome::Same(Tally::Unchanged));
            return Ok(());
        }
        self.drop_parts(source, send)?;
        let raw = Raw {
            id: DocId(source.path.to_owned()),
            path: source.path,
            bytes: &content.bytes,
            modified: source.modified_time(),
        };
        match extract::extract(&raw, format) {
            Ok(document) => {
                let tally = source.tally(&content.hash);
                let (facts, passages) = self.split(document);
                let record = source.record(State::Indexed, Some(format), content.hash);
                send(put(DocumentRecord { facts, ..record }, passages, source.before, tally));
            }
            Err(error) => {
                let record = source.record(State::Failed(error.to_string()), Some(format), content.hash);
                send(put(record, Vec::new(), source.before, Tally::Failed));
            }
        }
        Ok(())
    }

    fn container(
        &self,
        lines: impl BufRead,
        hash: &str,
        source: Source<'_>,
        send: &mut Send<'_>,
    ) -> Result<(), IngestError> {
        // Also where no container is known: a pass that was cut short may have left parts of it.
        let known = self.snapshot.parts_of(source.path)?;
        Container::new(*self, source, known).read(lines, hash, send);
        Ok(())
    }

    /// The parts of what was a container, and is none any more, are gone.
    fn drop_parts(&self, source: Source<'_>, send: &mut Send<'_>) -> Result<(), IngestError> {
        for (id, &before) in self.snapshot.parts_of(source.path)?.iter() {
            send(Outcome::Vanished { id: id.to_owned(), before });
        }
        Ok(())
    }

    /// The facts and passages of a document.
    pub(super) fn split(&self, document: Document) -> (Facts, Vec<Passage>) {
        let passages = passage::split(&document, self.snapshot.meta().settings);
        let mut facts = document.facts;
        if facts.language.is_none() {
            facts.language = analysis::detect_language(&document.text).map(str::to_owned);
        }
        (facts, passages)
    }

    fn read_error(
        &self,
        error: &ReadError,
        source: Source<'_>,
        send: &mut Send<'_>,
    ) -> Result<(), IngestError> {
        let reason = error.to_string();
        match error {
            ReadError::TooLarge(_) | ReadError::DecompressesTooLarge(_) => {
                self.left_out(source, State::Skipped(reason), Tally::Skipped, send)
            }
            ReadError::NotFound | ReadError::NotAFile(_) | ReadError::Io(_) => {
                self.left_out(source, State::Failed(reason), Tally::Failed, send)
            }
        }
    }

    /// A source whose content was not seen.
    fn left_out(
        &self,
        source: Source<'_>,
        state: State,
        tally: Tally,
        send: &mut Send<'_>,
    ) -> Result<(), IngestError> {
        let reason = state.reason().unwrap_or_default().to_owned();
        let content = read::hash_bytes(reason.as_bytes());
        let is_known = source
            .before
            .is_some_and(|before| before.state != EntryState::Indexed && before.hash == short_hash(&content));
        let keeps_content =
            tally == Tally::Failed && source.before.is_some_and(|before| before.state == EntryState::Indexed);
        if is_known || keeps_content {
            send(Outcome::Problem { path: source.path.to_owned(), reason, tally });
            return Ok(());
        }
        self.drop_parts(source, send)?;
        send(put(source.record(state, None, content), Vec::new(), source.before, tally));
        Ok(())
    }
}

fn put(record: DocumentRecord, passages: Vec<Passage>, before: Option<Entry>, tally: Tally) -> Outcome {
    Outcome::Put(Box::new(Prepared { record, passages, kind: Kind::Document, before, tally }))
}

/// The fingerprint of content that was read as `format`.
pub(super) fn fingerprint(content: String, format: Option<Format>) -> Fingerprint {
    Fingerprint { content, extractor: extract::extractor(format), analyzer: analysis::VERSION }
}
