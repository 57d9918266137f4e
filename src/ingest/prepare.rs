//! Reads one source and prepares what the writer is to put: the part of a pass that runs on many threads.

use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use super::IngestError;
use super::container::{Container, Contents};
use super::rules::{EXTRACTOR, Rules, Source};
use crate::analysis;
use crate::document::{DocId, Document, DocumentRecord, Facts, Format, Passage, State};
use crate::extract::{self, Detected, ExtractError, Raw, Reading};
use crate::index::{Composer, Entry, EntryState, Kind, OpenError, short_hash};
use crate::isolate::{Children, IsolationError};
use crate::passage;
use crate::source::read::{self, Content, ReadError};
use crate::source::{Found, file_at, is_streamed};

/// What came of a source, or of a part of one.
#[derive(Debug)]
pub(crate) enum Outcome<P = Prepared> {
    /// This is to be put into the index.
    Put(Box<P>),
    /// This is to be put into the index if anything is published before the record that takes its place has come.
    Announced(Box<P>),
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

impl Outcome {
    /// Puts what is to be put.
    pub(super) fn put_by(self, composer: &mut Composer) -> Result<Outcome<Done>, OpenError> {
        Ok(match self {
            Self::Put(prepared) => {
                let Prepared { record, passages, kind, before, tally } = *prepared;
                let problem = record.state.reason().map(|reason| (record.id.0.clone(), reason.to_owned()));
                composer.put(record, &passages, kind, before.as_ref())?;
                Outcome::Put(Box::new(Done { problem, tally }))
            }
            Self::Announced(prepared) => {
                let Prepared { record, kind, before, tally, .. } = *prepared;
                composer.announce(record, kind, before.as_ref());
                Outcome::Announced(Box::new(Done { problem: None, tally }))
            }
            Self::Same(tally) => Outcome::Same(tally),
            Self::Problem { path, reason, tally } => Outcome::Problem { path, reason, tally },
            Self::Vanished { id, before } => Outcome::Vanished { id, before },
            Self::FileDone { bytes } => Outcome::FileDone { bytes },
        })
    }
}

/// A document that was put.
#[derive(Debug)]
pub(crate) struct Done {
    /// Its path and what is wrong with it, if something is.
    pub(super) problem: Option<(String, String)>,
    pub(super) tally: Tally,
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

/// Reads sources, one after another.
pub(super) struct Reader<'a> {
    pub(super) rules: Rules<'a>,
    pub(super) children: Children<'a>,
}

/// Why a source that was read makes no document.
struct Refusal {
    state: State,
    /// Whether it might make one if more were allowed.
    is_for_limits: bool,
}

impl From<IsolationError> for Refusal {
    fn from(error: IsolationError) -> Self {
        let reason = error.to_string();
        match error {
            IsolationError::Extract(ExtractError::NoTextInside(_)) => {
                Self { state: State::Skipped(reason), is_for_limits: false }
            }
            // A parser that fails where memory is short may do so in any way.
            IsolationError::Limit(_)
            | IsolationError::Crash(_)
            | IsolationError::Extract(ExtractError::ParserFailed) => {
                Self { state: State::Failed(reason), is_for_limits: true }
            }
            IsolationError::Extract(_) => Self { state: State::Failed(reason), is_for_limits: false },
        }
    }
}

impl Reader<'_> {
    /// Reads a found source, and sends what comes of it.
    pub(super) fn read(
        &mut self,
        found: &Found,
        before: Option<Entry>,
        send: &mut Send<'_>,
    ) -> Result<(), IngestError> {
        let unread = Source {
            path: found.path(),
            size: 0,
            modified: 0,
            kind: Kind::Document,
            before,
            tags: self.rules.tags,
        };
        match found {
            Found::File(file) => {
                let source = Source { size: file.size, modified: file.modified, ..unread };
                self.read_file(source, send)
            }
            Found::Skipped { reason, .. } => {
                self.left_out(unread, State::Skipped(reason.to_string()), Tally::Skipped, send)
            }
            Found::Failed { reason, .. } => {
                self.left_out(unread, State::Failed(reason.to_string()), Tally::Failed, send)
            }
        }
    }

    /// Reads standard input, and sends what comes of it.
    pub(super) fn read_standard_input(
        &mut self,
        before: Option<Entry>,
        send: &mut Send<'_>,
    ) -> Result<(), IngestError> {
        let source =
            Source { path: "-", size: 0, modified: 0, kind: Kind::Document, before, tags: self.rules.tags };
        match read::stdin(self.rules.max_size) {
            Ok(content) => {
                let source = Source { size: content.bytes.len() as u64, ..source };
                self.content(content, source, send)
            }
            Err(error) => self.read_error(&error, source, send),
        }
    }

    fn read_file(&mut self, source: Source<'_>, send: &mut Send<'_>) -> Result<(), IngestError> {
        let file = file_at(source.path);
        if is_streamed(source.path) {
            return self.streamed(&file, source, send);
        }
        match read::read(&file, source.size, self.rules.max_size) {
            Ok(content) => self.content(content, source, send),
            Err(error) => self.read_error(&error, source, send),
        }
    }

    /// A file whose name says that it holds many documents: only one of them is in memory at a time.
    fn streamed(&mut self, file: &Path, source: Source<'_>, send: &mut Send<'_>) -> Result<(), IngestError> {
        let opened = read::hash(file).and_then(|hash| Ok((hash, read::stream(file)?)));
        let (hash, stream) = match opened {
            Ok(opened) => opened,
            Err(error) => return self.read_error(&error, source, send),
        };
        let contents = match extract::detect(source.path, stream.head()) {
            Detected::Format(Format::Jsonl) => Contents::Lines(Format::Jsonl, Box::new(stream)),
            Detected::Format(Format::Mbox) => Contents::Lines(Format::Mbox, Box::new(stream)),
            Detected::Format(Format::Zip) if stream.compression().is_none() => {
                Contents::File(Format::Zip, file)
            }
            Detected::Format(Format::Tar) => Contents::File(Format::Tar, file),
            Detected::Format(_) | Detected::Binary => {
                return match read::read(file, source.size, self.rules.max_size) {
                    Ok(content) => self.content(content, source, send),
                    Err(error) => self.read_error(&error, source, send),
                };
            }
        };
        self.container(contents, &hash, source, send)
    }

    fn content(
        &mut self,
        content: Content,
        source: Source<'_>,
        send: &mut Send<'_>,
    ) -> Result<(), IngestError> {
        let detected = extract::detect(source.path, &content.bytes[..content.bytes.len().min(extract::HEAD)]);
        if let Detected::Format(format) = detected
            && Reading::of(format) == Reading::Container
        {
            let contents = match format {
                Format::Jsonl | Format::Mbox => Contents::Lines(format, Box::new(Cursor::new(content.bytes))),
                _ => Contents::Bytes(format, content.bytes),
            };
            return self.container(contents, &content.hash, source, send);
        }
        let outcome = self.document(source, detected, &content)?;
        if matches!(outcome, Outcome::Put(_)) {
            self.drop_parts(source, send)?;
        }
        send(outcome);
        Ok(())
    }

    /// What comes of a file that holds documents.
    fn container(
        &mut self,
        contents: Contents<'_>,
        hash: &str,
        source: Source<'_>,
        send: &mut Send<'_>,
    ) -> Result<(), IngestError> {
        let container = Container::open(self, source, send)?;
        match container.is_known_as(hash, contents.format()) {
            true => container.tell_known(),
            false => container.read(contents, hash),
        }
    }

    /// What comes of a source that is one document, or none.
    pub(super) fn document(
        &mut self,
        source: Source<'_>,
        detected: Detected,
        content: &Content,
    ) -> Result<Outcome, IngestError> {
        let format = match detected {
            Detected::Format(format) => Some(format),
            Detected::Binary => None,
        };
        if source.is_known_as(&content.hash, extract::extractor(format)) {
            return Ok(Outcome::Same(Tally::Unchanged));
        }
        let limits = self.children.limits_text();
        let hash_of_limits = read::hash_bytes(format!("{} {limits}", content.hash).as_bytes());
        if let Some(outcome) = self.known_trouble(source, format, [&content.hash, &hash_of_limits])? {
            return Ok(outcome);
        }
        let Some(format) = format else {
            let record = source.record(State::Skipped("binary".into()), None, content.hash.clone());
            return Ok(source.put(record, Vec::new(), Tally::Skipped));
        };
        Ok(match self.extract(source, format, &content.bytes) {
            Ok((facts, passages)) => {
                let record = source.record(State::Indexed, Some(format), content.hash.clone());
                source.put(DocumentRecord { facts, ..record }, passages, source.tally(&content.hash))
            }
            Err(Refusal { state, is_for_limits }) => {
                let tally = if matches!(state, State::Skipped(_)) { Tally::Skipped } else { Tally::Failed };
                let hash = if is_for_limits { hash_of_limits } else { content.hash.clone() };
                source.put(source.record(state, Some(format), hash), Vec::new(), tally)
            }
        })
    }

    /// What the index has on record of a source that could not be read and, with this content, cannot be now.
    fn known_trouble(
        &self,
        source: Source<'_>,
        format: Option<Format>,
        hashes: [&str; 2],
    ) -> Result<Option<Outcome>, IngestError> {
        let is_known = source.before.is_some_and(|before| {
            before.state != EntryState::Indexed
                && before.extractor & EXTRACTOR == extract::extractor(format)
                && hashes.iter().any(|hash| before.hash == short_hash(hash))
        });
        if !is_known {
            return Ok(None);
        }
        let state = self.rules.snapshot.record(source.path)?.map(|record| record.state);
        let (reason, tally) = match state {
            Some(State::Failed(reason)) => (reason, Tally::Failed),
            Some(State::Skipped(reason)) => (reason, Tally::Skipped),
            Some(State::Indexed) | None => return Ok(None),
        };
        Ok(Some(Outcome::Problem { path: source.path.to_owned(), reason, tally }))
    }

    /// The facts and passages of a source.
    fn extract(
        &mut self,
        source: Source<'_>,
        format: Format,
        bytes: &[u8],
    ) -> Result<(Facts, Vec<Passage>), Refusal> {
        let raw = Raw {
            id: DocId(source.path.to_owned()),
            path: source.path,
            bytes,
            modified: source.modified_time(),
        };
        let extracted = match Reading::of(format) {
            Reading::Binary => Some(self.children.extract(bytes, format)?),
            Reading::Text | Reading::Container => None,
        };
        let document = || match extracted {
            Some(extracted) => Ok(extract::document_of(&raw, format, extracted)),
            None => extract::extract(&raw, format),
        };
        Ok(guarded(|| document().map(|document| self.split(document)))?)
    }

    /// The parts of what was a container, and is none any more, are gone.
    fn drop_parts(&self, source: Source<'_>, send: &mut Send<'_>) -> Result<(), IngestError> {
        for (id, &before) in self.rules.parts_of(source.path)?.iter() {
            send(Outcome::Vanished { id: id.to_owned(), before });
        }
        Ok(())
    }

    /// The facts and passages of a document.
    pub(super) fn split(&self, document: Document) -> (Facts, Vec<Passage>) {
        let passages = passage::split(&document, &self.rules.snapshot.meta().settings);
        let mut facts = document.facts;
        if let Some(language) = self.rules.language {
            facts.language = Some(language.to_owned());
        } else if facts.language.is_none() {
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
        let has_content = |before: Entry| before.state == EntryState::Indexed || before.parts.is_some();
        let keeps_content = tally == Tally::Failed && source.before.is_some_and(has_content);
        let outcome = unseen(source, state, tally);
        if let Outcome::Problem { .. } = outcome {
            send(outcome);
        } else if keeps_content {
            let Outcome::Put(prepared) = outcome else { return Ok(()) };
            let reason = prepared.record.state.reason().unwrap_or_default().to_owned();
            send(Outcome::Problem { path: source.path.to_owned(), reason, tally });
        } else {
            self.drop_parts(source, send)?;
            send(outcome);
        }
        Ok(())
    }
}

/// What comes of a source whose content was not seen: it is put on record, unless it is there already.
pub(super) fn unseen(source: Source<'_>, state: State, tally: Tally) -> Outcome {
    let reason = state.reason().unwrap_or_default().to_owned();
    let content = read::hash_bytes(reason.as_bytes());
    let is_known = source
        .before
        .is_some_and(|before| before.state != EntryState::Indexed && before.hash == short_hash(&content));
    if is_known {
        return Outcome::Problem { path: source.path.to_owned(), reason, tally };
    }
    source.put(source.record(state, None, content), Vec::new(), tally)
}

/// Reads what should not be able to make anything panic; if it does all the same, that costs one document.
pub(super) fn guarded<T>(read: impl FnOnce() -> Result<T, ExtractError>) -> Result<T, IsolationError> {
    match catch_unwind(AssertUnwindSafe(read)) {
        Ok(outcome) => Ok(outcome?),
        Err(_) => Err(IsolationError::Crash("reading it failed by a mistake of this program".to_owned())),
    }
}
