//! Reads a container, a JSON Lines file, part by part, and leaves the parts alone that have not changed.

use std::collections::HashMap;
use std::collections::hash_map::Entry as Slot;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::BufRead;

use super::prepare::{Outcome, Prepared, Reader, Send, Source, Tally};
use crate::document::{DocId, DocumentRecord, Format, Parts, State};
use crate::extract::ExtractError;
use crate::extract::jsonl::{Record, Records};
use crate::index::{Entry, EntryState, Kind, Manifest, short_hash};
use crate::source::read;

/// A container on its way through a pass.
pub(super) struct Container<'a> {
    reader: Reader<'a>,
    source: Source<'a>,
    /// The parts that the index knows.
    known: Manifest,
    /// The lines on which ids were met, by the ids' hashes: a part's bytes are no memory, a file's ids may be.
    lines: HashMap<u64, usize>,
    parts: Parts,
}

impl<'a> Container<'a> {
    pub(super) fn new(reader: Reader<'a>, source: Source<'a>, known: Manifest) -> Self {
        Self { reader, source, known, lines: HashMap::new(), parts: Parts::default() }
    }

    /// Reads all parts, and sends what comes of each; at the end what came of the container.
    pub(super) fn read(mut self, lines: impl BufRead, hash: &str, send: &mut Send<'_>) {
        let modified = self.source.modified_time();
        let mut is_whole = true;
        for record in Records::new(lines, self.source.path, modified, self.reader.max_size) {
            is_whole &= !matches!(record.outcome, Err(ExtractError::Read(_)));
            if !send(self.part(record)) {
                return;
            }
        }
        // What was not reached is not gone.
        let gone = self.known.iter().filter(|(id, _)| is_whole && !self.lines.contains_key(&key(id)));
        for (id, &before) in gone {
            send(Outcome::Vanished { id: id.to_owned(), before });
        }
        let record = self.source.record(State::Indexed, Some(Format::Jsonl), hash.to_owned());
        send(Outcome::Put(Box::new(Prepared {
            record: DocumentRecord { parts: Some(self.parts), ..record },
            passages: Vec::new(),
            kind: Kind::Document,
            before: self.source.before,
            tally: Tally::Uncounted,
        })));
    }

    fn part(&mut self, record: Record) -> Outcome {
        let Record { id, line, offset, bytes, outcome } = record;
        // Where a part stands belongs to what is stored of it, so it counts as its content.
        let place = format!("{offset}:{line}:").into_bytes();
        let size = bytes.len() as u64;
        let hash = read::hash_bytes(&[place, bytes].concat());
        let outcome = outcome.map_err(|error| error.to_string()).and_then(|document| {
            match self.lines.entry(key(id.as_str())) {
                Slot::Occupied(first) => {
                    Err(format!("its id stands on line {} already; give it another", first.get()))
                }
                Slot::Vacant(slot) => {
                    slot.insert(line);
                    Ok(document)
                }
            }
        });
        let mut record = self.source.record(State::Indexed, Some(Format::Jsonl), hash);
        record.size = size;
        match outcome {
            Ok(document) => {
                self.parts.documents += 1;
                let before = self.known.get(id.as_str()).copied();
                if before.is_some_and(|before| is_same(&before, &record)) {
                    return Outcome::Same(Tally::Unchanged);
                }
                record.id = id;
                let (facts, passages) = self.reader.split(document);
                record.facts = facts;
                let tally = if before.is_some_and(was_indexed) { Tally::Changed } else { Tally::Added };
                Outcome::Put(Box::new(Prepared { record, passages, kind: Kind::Record, before, tally }))
            }
            Err(reason) => self.failed(record, line, reason),
        }
    }

    fn failed(&mut self, mut record: DocumentRecord, line: usize, reason: String) -> Outcome {
        self.parts.failed += 1;
        let path = format!("{}:{line}", self.source.path);
        self.lines.insert(key(&path), line);
        let before = self.known.get(&path).copied();
        if before.is_some_and(|before| is_same(&before, &record)) {
            return Outcome::Problem { path, reason, tally: Tally::Failed };
        }
        record.id = DocId(path);
        record.state = State::Failed(reason);
        Outcome::Put(Box::new(Prepared {
            record,
            passages: Vec::new(),
            kind: Kind::Record,
            before,
            tally: Tally::Failed,
        }))
    }
}

fn is_same(before: &Entry, record: &DocumentRecord) -> bool {
    before.hash == short_hash(&record.fingerprint.content) && before.extractor == record.fingerprint.extractor
}

fn was_indexed(before: Entry) -> bool {
    before.state == EntryState::Indexed
}

fn key(id: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    id.hash(&mut hasher);
    hasher.finish()
}
