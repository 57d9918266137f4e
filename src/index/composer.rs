//! What a document becomes in the index: its record and its passages, with their words, in a segment that is being made.
//!
//! This is most of the work of indexing, so many threads do it at once, each with a [`Composer`] of its own and a segment
//! of its own. A segment that is full is written by the thread that made it, and what came of that is laid
//! down for the writer, the only one who changes which segments an index has. What a document adds to the totals, and that
//! it takes the place of what it was, go with its segment: so whatever is published is whole.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, RandomState};
use std::mem;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tantivy::index::SegmentMeta;
use tantivy::{DocId as EntryId, Index};

use super::directory::Fault;
use super::manifest::{Entry, EntryState};
use super::packed::{Codebook, Packer};
use super::schema::{Fields, Kind, Totals};
use super::segment::{DocumentColumns, PassageWords, SegmentBuilder};
use super::writer::{short_hash, write_error};
use super::{OpenError, facts, stored};
use crate::analysis::{Analyzer, Dictionaries, Language, Words};
use crate::document::{DocId, DocumentRecord, Passage, State};

/// What part of the memory for a segment words may take that are remembered for the next.
const REMEMBERED: usize = 4;

/// Makes segments of documents. Each thread has its own, and the writer knows of all.
pub struct Composer(Arc<Mutex<Work>>);

/// What composers have finished and the writer has not taken, in the order in which they did.
pub(super) type Finished = Arc<Mutex<Vec<Part>>>;

/// A finished segment, and what changes with it.
pub(super) struct Part {
    pub(super) segment: SegmentMeta,
    /// The ids of entries that stand in other segments, and go.
    pub(super) replaced: Vec<String>,
    pub(super) added: Totals,
    pub(super) removed: Totals,
}

/// Where the segments of a composer go, and how large they become.
pub(super) struct Place {
    pub(super) path: PathBuf,
    pub(super) index: Index,
    pub(super) fields: Fields,
    pub(super) fault: Fault,
    /// How much memory a segment takes before it is written, in bytes.
    pub(super) memory: usize,
    pub(super) finished: Finished,
    pub(super) codebook: Arc<Codebook>,
}

/// What a composer has under way.
pub(super) struct Work {
    place: Place,
    analyzer: Analyzer,
    title: Words,
    packer: Packer,
    /// What is stored with an entry, before and after it is packed, kept for its memory.
    stored: Vec<u8>,
    packed: Vec<u8>,
    open: Option<Open>,
    /// Records that are to be put before anything is published, if none has taken their place.
    announced: HashMap<DocId, (DocumentRecord, Kind, Option<Entry>)>,
}

/// A segment that is being made.
struct Open {
    segment: SegmentBuilder,
    /// The hashes of the ids of what is in it.
    ids: HashSet<u64>,
    hasher: RandomState,
    replaced: Vec<String>,
    added: Totals,
    removed: Totals,
}

impl Composer {
    /// A composer whose segments go to a place, with the base forms that these dictionaries know.
    pub(super) fn new(place: Place, dictionaries: &Dictionaries) -> Self {
        Self(Arc::new(Mutex::new(Work {
            packer: Packer::new(Arc::clone(&place.codebook)),
            place,
            analyzer: Analyzer::new(dictionaries),
            title: Words::default(),
            stored: Vec::new(),
            packed: Vec::new(),
            open: None,
            announced: HashMap::new(),
        })))
    }

    /// What the writer knows of a composer.
    pub(super) fn work(&self) -> Arc<Mutex<Work>> {
        Arc::clone(&self.0)
    }

    /// Puts a document into the index, in the place of the entry that it had. It shows when the writer commits.
    ///
    /// Fills in the record's number of passages and tokens.
    ///
    /// # Errors
    ///
    /// When the index cannot be written to.
    pub fn put(
        &mut self,
        record: DocumentRecord,
        passages: &[Passage],
        kind: Kind,
        before: Option<&Entry>,
    ) -> Result<(), OpenError> {
        locked(&self.0).put(record, passages, kind, before)
    }

    /// Puts a document without passages into the index if anything is published before the one that takes its place is
    /// put: what would be replaced in the same commit is never written.
    pub fn announce(&mut self, record: DocumentRecord, kind: Kind, before: Option<&Entry>) {
        let announced = (record.id.clone(), (record, kind, before.copied()));
        locked(&self.0).announced.extend([announced]);
    }
}

/// A composer's work is used by its thread, and by the writer when it commits.
pub(super) fn locked(work: &Mutex<Work>) -> MutexGuard<'_, Work> {
    // Who panicked while it had it has ended the pass; nothing is published of it.
    work.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Work {
    fn put(
        &mut self,
        record: DocumentRecord,
        passages: &[Passage],
        kind: Kind,
        before: Option<&Entry>,
    ) -> Result<(), OpenError> {
        let before = before.filter(|_| self.announced.remove(&record.id).is_none());
        let outcome = self.try_put(record, passages, kind, before);
        outcome.map_err(|error| {
            // What is half in it must not be published.
            self.open = None;
            write_error(&self.place.path, &self.place.fault, error)
        })
    }

    fn try_put(
        &mut self,
        record: DocumentRecord,
        passages: &[Passage],
        kind: Kind,
        before: Option<&Entry>,
    ) -> tantivy::Result<()> {
        // An entry can only be taken out of a segment that is written. Another one with the same hash does no harm.
        if before.is_some() && self.open.as_ref().is_some_and(|open| open.may_hold(&record.id)) {
            self.finish_segment()?;
        }
        let mut open = match self.open.take() {
            Some(open) => open,
            None => Open::new(&self.place)?,
        };
        open.ids.insert(open.hasher.hash_one(&record.id));
        if let Some(before) = before {
            open.removed.add(before.totals);
            open.replaced.push(record.id.0.clone());
        }
        let totals = self.compose(&mut open.segment, record, passages, kind)?;
        open.added.add(totals);
        let memory = open.memory() + open.segment.memory(self.analyzer.vocabulary(), self.place.memory);
        let is_full = memory >= self.place.memory || open.segment.is_full();
        self.open = Some(open);
        if is_full { self.finish_segment() } else { Ok(()) }
    }

    /// Finishes everything that is under way.
    pub(super) fn finish(&mut self) -> Result<(), OpenError> {
        for (_, (record, kind, before)) in mem::take(&mut self.announced) {
            self.put(record, &[], kind, before.as_ref())?;
        }
        self.finish_segment().map_err(|error| write_error(&self.place.path, &self.place.fault, error))
    }

    fn finish_segment(&mut self) -> tantivy::Result<()> {
        let Some(Open { segment, replaced, added, removed, .. }) = self.open.take() else { return Ok(()) };
        let segment = segment.finish(self.analyzer.vocabulary(), self.place.memory)?;
        if self.analyzer.vocabulary().memory() > self.place.memory / REMEMBERED {
            self.analyzer.forget();
        }
        let part = Part { segment, replaced, added, removed };
        self.place.finished.lock().unwrap_or_else(PoisonError::into_inner).push(part);
        Ok(())
    }

    /// Adds a document's entries to a segment; gives what they add to the totals.
    fn compose(
        &mut self,
        segment: &mut SegmentBuilder,
        mut record: DocumentRecord,
        passages: &[Passage],
        kind: Kind,
    ) -> tantivy::Result<Totals> {
        let tokens = self.analyze(segment, &record, passages)?;
        let documents = u64::from(!passages.is_empty());
        let totals = Totals { documents, passages: passages.len() as u64, tokens };
        record.passages = u32::try_from(totals.passages).unwrap_or(u32::MAX);
        record.tokens = totals.tokens[0];
        let first = segment.entries();
        self.add_terms(segment, &record, kind, first..first + 1 + record.passages);
        segment.push_columns(columns_of(&record, tokens));
        let (shared, mut own) = (stored::shared_part(&record), stored::record_part(&record));
        let mut rest = passages;
        while !own.is_empty() || !rest.is_empty() {
            let (group, later) = stored::first_group(rest);
            self.push_group(segment, &shared, &mem::take(&mut own), group)?;
            rest = later;
        }
        Ok(totals)
    }

    /// Adds what is stored of some passages, behind that of their record where they are the first.
    fn push_group(
        &mut self,
        segment: &mut SegmentBuilder,
        shared: &[u8],
        record: &[u8],
        passages: &[Passage],
    ) -> tantivy::Result<()> {
        stored::encode(shared, record, passages, &mut self.stored);
        self.packer.pack(&self.stored, &mut self.packed)?;
        let mut before = 0_u8;
        let mut push_entry = |segment: &mut SegmentBuilder| {
            let entry = if before == 0 { &self.packed[..] } else { &[before] };
            before += 1;
            segment.push_entry(entry)
        };
        if !record.is_empty() {
            push_entry(segment)?;
        }
        for passage in passages {
            segment.add_ordinal(passage.ordinal, segment.entries());
            push_entry(segment)?;
        }
        Ok(())
    }

    /// Makes the words of a document's passages; gives how many tokens they have in each field.
    fn analyze(
        &mut self,
        segment: &mut SegmentBuilder,
        record: &DocumentRecord,
        passages: &[Passage],
    ) -> tantivy::Result<[u64; 5]> {
        let Self { analyzer, title, .. } = self;
        let language = Language::of(record.facts.language.as_deref());
        title.clear();
        analyzer.push_words(record.facts.title.as_deref().unwrap_or_default(), language, title);
        segment.push_texts(title, passages, |passage: &Passage, words: &mut PassageWords| {
            words.clear();
            for heading in &passage.headings {
                analyzer.push_words(heading, language, &mut words.headings);
                words.push_gap();
            }
            analyzer.push_words(&passage.text, language, &mut words.text);
        })
    }

    /// Adds the terms that stand for whole values to the entries of a document: its record, and behind it its passages.
    fn add_terms(
        &self,
        segment: &mut SegmentBuilder,
        record: &DocumentRecord,
        kind: Kind,
        entries: Range<EntryId>,
    ) {
        let Fields { kind: of_kind, language, format, extension, fact, .. } = self.place.fields;
        let passages = entries.start + 1..entries.end;
        segment.add_term(of_kind, kind.term().as_bytes(), entries.start..passages.start);
        segment.push_names(record.id.as_str(), &record.path, entries);
        if passages.is_empty() {
            return;
        }
        segment.add_term(of_kind, Kind::Passage.term().as_bytes(), passages.clone());
        if let Some(code) = &record.facts.language {
            segment.add_term(language, code.as_bytes(), passages.clone());
        }
        if let Some(of_record) = record.format {
            segment.add_term(format, of_record.name().as_bytes(), passages.clone());
        }
        if let Some(of_path) = extension_of(&record.path) {
            segment.add_term(extension, of_path.as_bytes(), passages.clone());
        }
        if let Some(date) = record.facts.date {
            segment.add_date(date.days(), passages.clone());
        }
        for term in facts::terms(&record.facts.other) {
            segment.add_term(fact, term.as_bytes(), passages.clone());
        }
    }
}

impl Open {
    fn new(place: &Place) -> tantivy::Result<Self> {
        Ok(Self {
            segment: SegmentBuilder::new(&place.index, place.fields, place.path.clone())?,
            ids: HashSet::new(),
            hasher: RandomState::new(),
            replaced: Vec::new(),
            added: Totals::default(),
            removed: Totals::default(),
        })
    }

    fn may_hold(&self, id: &DocId) -> bool {
        self.ids.contains(&self.hasher.hash_one(id))
    }

    /// How much memory is taken beside the segment's own, in bytes, if ids are of usual length.
    fn memory(&self) -> usize {
        const OF_ID: usize = 100;
        self.ids.capacity() * (size_of::<u64>() + 1) + self.replaced.len() * OF_ID
    }
}

/// What a document's entries have in their columns, with so many tokens in each field.
fn columns_of(record: &DocumentRecord, tokens: [u64; 5]) -> DocumentColumns {
    DocumentColumns {
        size: record.size,
        modified: record.modified,
        hash: short_hash(&record.fingerprint.content),
        state: entry_state(&record.state) as u64,
        extractor: record.fingerprint.extractor,
        analyzer: record.fingerprint.analyzer,
        parts: record.parts.map(|parts| (parts.documents, parts.failed)),
        passages: record.passages,
        tokens,
        date: record.facts.date.map(|date| date.days()),
    }
}

/// The last extension of a path's file name, in lower case; that of a compressed file is the one before.
fn extension_of(path: &str) -> Option<String> {
    let name = path.rsplit('/').next()?.to_lowercase();
    let name = [".gz", ".zst", ".zstd"].iter().find_map(|end| name.strip_suffix(end)).unwrap_or(&name);
    let (stem, extension) = name.rsplit_once('.')?;
    (!stem.is_empty() && !extension.is_empty()).then(|| extension.to_owned())
}

fn entry_state(state: &State) -> EntryState {
    match state {
        State::Indexed => EntryState::Indexed,
        State::Skipped(_) => EntryState::Skipped,
        State::Failed(_) => EntryState::Failed,
    }
}
