//! By which rules sources are read, and what is known of one before it is read.
//!
//! The rules stand in the fingerprints of what other rules would read otherwise: of containers, and of what was left
//! out.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::prepare::{Outcome, Prepared, Tally};
use super::{IngestError, Options};
use crate::document::{DocId, DocumentRecord, Facts, Fingerprint, Format, Passage, State};
use crate::extract::{self, Reading};
use crate::index::{Entry, EntryState, Kind, Manifest, Snapshot, short_hash};
use crate::source::{Hidden, read};

/// The rules by which the sources of a pass are read, and the index that they are compared with.
#[derive(Clone, Copy)]
pub(super) struct Rules<'a> {
    pub(super) snapshot: &'a Snapshot,
    pub(super) manifest: &'a Manifest,
    pub(super) max_size: u64,
    pub(super) hidden: Hidden,
    pub(super) archive_depth: usize,
    /// The code of the language that documents are taken to be in, whatever they say.
    pub(super) language: Option<&'a str>,
    /// Stands for the rules in fingerprints.
    pub(super) tags: Tags,
}

/// What stands for the rules of a pass in fingerprints, where other rules would read otherwise.
#[derive(Clone, Copy)]
pub(super) struct Tags {
    /// For containers, and for what was left out; never 0.
    rules: u16,
    /// For documents: the language that they are taken to be in; 0 where they say themselves.
    language: u16,
    /// The number of the analysis that makes their terms.
    analyzer: u32,
}

impl<'a> Rules<'a> {
    /// The rules of these options, for an analysis with this number.
    pub(super) fn new(
        options: &'a Options,
        analyzer: u32,
        snapshot: &'a Snapshot,
        manifest: &'a Manifest,
    ) -> Self {
        let (max_size, hidden) = (options.walk.max_file_size, options.walk.hidden);
        let archive_depth = options.archive_depth;
        let limits = options.isolation.limits;
        let language = options.language.as_deref();
        let text =
            format!("{max_size} {hidden:?} {archive_depth} {limits:?} {}", language.unwrap_or_default());
        let rules = u16::try_from(short_hash(&read::hash_bytes(text.as_bytes())) >> 48).unwrap_or(1).max(1);
        let tags = Tags { rules, language: language.map_or(0, language_tag), analyzer };
        Self { snapshot, manifest, max_size, hidden, archive_depth, language, tags }
    }

    /// What the index knows of the parts of the file at `path`, without those of another file whose name goes on from it.
    pub(super) fn parts_of(&self, path: &str) -> Result<Manifest, IngestError> {
        let mut parts = self.snapshot.parts_of(path)?;
        parts.retain(|id| {
            let ends = id.match_indices(['#', '!']).map(|(at, _)| at).filter(|&at| at > path.len());
            ends.into_iter().all(|end| self.manifest.get(&id[..end]).is_none())
        });
        Ok(parts)
    }

    /// Whether what read a source then would read it in the same way now.
    pub(super) fn is_current(&self, entry: &Entry) -> bool {
        let (tag, extractor) = (entry.extractor >> TAG_SHIFT, entry.extractor & EXTRACTOR);
        match (entry.state, entry.parts) {
            (EntryState::Failed, _) => false,
            (_, Some(parts)) if parts.failed > 0 => false,
            (state, parts) => {
                let Tags { rules, language, analyzer } = self.tags;
                let is_document = state == EntryState::Indexed && parts.is_none();
                let was_analysed_so =
                    entry.analyzer == analyzer || (state == EntryState::Skipped && parts.is_none());
                let was_read_so = match language {
                    // A document keeps the language that it was given once.
                    0 if is_document => true,
                    language if is_document => [language, rules].map(u32::from).contains(&tag),
                    _ => tag == 0 || tag == u32::from(rules),
                };
                extract::is_current(extractor) && was_read_so && was_analysed_so
            }
        }
    }
}

/// The tag of a language: its two or three letters as a number.
fn language_tag(code: &str) -> u16 {
    let letters =
        code.bytes().take(3).map(|letter| u16::from(letter.to_ascii_lowercase().wrapping_sub(b'a')) % 26 + 1);
    letters.fold(0, |tag, letter| tag * 27 + letter)
}

/// Where in the number of an extractor the tag of the rules stands.
const TAG_SHIFT: u32 = 16;

/// What is left of that number without the tag.
pub(super) const EXTRACTOR: u32 = (1 << TAG_SHIFT) - 1;

/// What is known of a source before its content is looked at.
#[derive(Clone, Copy)]
pub(super) struct Source<'a> {
    pub(super) path: &'a str,
    pub(super) size: u64,
    pub(super) modified: i64,
    pub(super) kind: Kind,
    pub(super) before: Option<Entry>,
    /// What stands for the rules by which it is read.
    pub(super) tags: Tags,
}

impl Source<'_> {
    /// When the source was modified, for its date.
    pub(super) fn modified_time(&self) -> Option<SystemTime> {
        let nanoseconds = u64::try_from(self.modified).ok().filter(|&time| time > 0)?;
        Some(UNIX_EPOCH + Duration::from_nanos(nanoseconds))
    }

    /// A record of this source without content.
    pub(super) fn record(&self, state: State, format: Option<Format>, content: String) -> DocumentRecord {
        let (extractor, analyzer) = (extract::extractor(format), self.tags.analyzer);
        let mut fingerprint = Fingerprint { content, extractor, analyzer };
        // By other rules another document may come of what was left out, and other parts of what holds parts.
        let holds_parts = format.is_some_and(|format| Reading::of(format) == Reading::Container);
        let is_document = state == State::Indexed && !(holds_parts && self.kind == Kind::Document);
        let tag = if is_document { self.tags.language } else { self.tags.rules };
        fingerprint.extractor |= u32::from(tag) << TAG_SHIFT;
        DocumentRecord {
            id: DocId(self.path.to_owned()),
            path: self.path.to_owned(),
            state,
            format,
            facts: Facts::default(),
            fingerprint,
            size: self.size,
            modified: self.modified,
            passages: 0,
            tokens: 0,
            parts: None,
        }
    }

    /// Whether the index has this very source, with this content, read in this way.
    pub(super) fn is_known_as(&self, hash: &str, extractor: u32) -> bool {
        // A part of a container is told by its content alone: it stands where it stood, or has another id.
        let stands = |before: &Entry| {
            self.kind == Kind::Record || (before.size, before.modified) == (self.size, self.modified)
        };
        self.before.is_some_and(|before| {
            before.state == EntryState::Indexed
                && before.parts.is_none()
                && stands(&before)
                && before.hash == short_hash(hash)
                && self.was_read_so(&before, extractor)
        })
    }

    /// Whether what is on record was read by this extractor, analysed as documents are now, and is in the language that is
    /// asked for if there is one.
    pub(super) fn was_read_so(&self, before: &Entry, extractor: u32) -> bool {
        let language = u32::from(self.tags.language);
        let is_document = before.state == EntryState::Indexed && before.parts.is_none();
        match is_document {
            true => {
                before.extractor & EXTRACTOR == extractor & EXTRACTOR
                    && before.analyzer == self.tags.analyzer
                    && (language == 0 || before.extractor >> TAG_SHIFT == language)
            }
            false => before.extractor == extractor,
        }
    }

    pub(super) fn tally(&self, hash: &str) -> Tally {
        match self.before {
            Some(before) if before.is_document() => {
                if before.hash == short_hash(hash) {
                    Tally::Unchanged
                } else {
                    Tally::Changed
                }
            }
            _ => Tally::Added,
        }
    }

    pub(super) fn put(&self, record: DocumentRecord, passages: Vec<Passage>, tally: Tally) -> Outcome {
        Outcome::Put(Box::new(self.prepared(record, passages, tally)))
    }

    /// A record of this source with its passages.
    pub(super) fn prepared(&self, record: DocumentRecord, passages: Vec<Passage>, tally: Tally) -> Prepared {
        Prepared { record, passages, kind: self.kind, before: self.before, tally }
    }
}
