//! What a document becomes in the index: its record and its passages as tantivy takes them, with their terms made.
//!
//! This is most of the work of indexing and needs no writer, so that many threads can do it at once. The writer only
//! hands entries on, in the order in which they come.

use std::collections::BTreeSet;

use tantivy::schema::TantivyDocument;

use super::manifest::EntryState;
use super::schema::{self, Fields, Kind, TITLE_COUNTS, Totals};
use super::writer::short_hash;
use super::{facts, stored};
use crate::analysis::{Analyzer, Dictionaries, Language, TermList, Views};
use crate::document::{DocId, DocumentRecord, Passage, State};

/// A document's entries in the index, ready to be written: its record and behind it its passages, in order.
#[derive(Debug)]
pub struct Entries {
    pub(super) id: DocId,
    pub(super) documents: Vec<TantivyDocument>,
    pub(super) totals: Totals,
    /// How much memory they take, about.
    pub(super) bytes: usize,
}

impl Entries {
    /// The document's id.
    pub fn id(&self) -> &DocId {
        &self.id
    }
}

/// Makes the entries of documents. Each thread has its own.
#[derive(Debug)]
pub struct Composer {
    fields: Fields,
    analyzer: Analyzer,
    terms: Terms,
    /// What is stored with a passage, kept for its memory.
    stored: Vec<u8>,
}

/// What is made once for all passages of a document.
struct Shared {
    facts: BTreeSet<String>,
    stored: Vec<u8>,
}

impl Shared {
    fn of(record: &DocumentRecord, passages: &[Passage]) -> Self {
        let stored = if passages.is_empty() { Vec::new() } else { stored::shared_part(record) };
        Self { facts: facts::terms(&record.facts.other), stored }
    }
}

/// The terms of a passage's fields, kept from one passage to the next for their memory.
#[derive(Debug, Default)]
struct Terms {
    /// Those that the title gives the fields `title`, `stem` and `word`, the same for all passages of a document.
    title: TermList,
    title_stems: TermList,
    title_forms: TermList,
    body: TermList,
    stem: TermList,
    word: TermList,
    heading: TermList,
    /// What is made on the way to others.
    unused: TermList,
}

impl Default for Composer {
    fn default() -> Self {
        Self::new(&Dictionaries::default())
    }
}

impl Composer {
    /// Makes entries with the base forms that these dictionaries know.
    pub fn new(dictionaries: &Dictionaries) -> Self {
        let (_, fields) = schema::schema();
        Self { fields, analyzer: Analyzer::new(dictionaries), terms: Terms::default(), stored: Vec::new() }
    }

    /// Makes the entries of a document.
    ///
    /// Fills in the record's number of passages and tokens.
    pub fn compose(&mut self, mut record: DocumentRecord, passages: &[Passage], kind: Kind) -> Entries {
        let language = Language::of(record.facts.language.as_deref());
        self.take_title(record.facts.title.as_deref().unwrap_or_default(), language);
        let shared = Shared::of(&record, passages);
        let documents = u64::from(!passages.is_empty());
        let mut totals = Totals { documents, passages: passages.len() as u64, ..Totals::default() };
        // The record comes first, and needs the sums of all.
        let mut documents = vec![TantivyDocument::default()];
        let mut bytes = 0;
        for passage in passages {
            self.analyze(passage, language);
            let Terms { title, body, stem, heading, word, .. } = &self.terms;
            for (sum, list) in totals.tokens.iter_mut().zip([stem, body, title, heading, word]) {
                *sum += list.len();
            }
            bytes += entry_size(passage);
            documents.push(self.passage_entry(&record, passage, &shared));
        }
        record.passages = u32::try_from(totals.passages).unwrap_or(u32::MAX);
        record.tokens = totals.tokens[0];
        documents[0] = self.record_entry(&record, kind, totals);
        Entries { id: record.id, documents, totals, bytes }
    }

    fn take_title(&mut self, title: &str, language: Language) {
        let Terms { title: words, title_stems, title_forms, unused, .. } = &mut self.terms;
        for list in [&mut *words, &mut *title_stems, &mut *title_forms, &mut *unused] {
            list.clear();
        }
        self.analyzer.push_words_and_stems(title, language, words);
        self.analyzer.push_views(
            title,
            language,
            Views { body: unused, stem: title_stems, word: title_forms },
        );
    }

    /// Makes the terms of a passage.
    fn analyze(&mut self, passage: &Passage, language: Language) {
        let Terms { title_stems, title_forms, body, stem, word, heading, unused, .. } = &mut self.terms;
        for list in [&mut *body, &mut *stem, &mut *word, &mut *heading, &mut *unused] {
            list.clear();
        }
        (0..TITLE_COUNTS).for_each(|_| stem.append(title_stems));
        (0..TITLE_COUNTS).for_each(|_| word.append(title_forms));
        for text in &passage.headings {
            self.analyzer.push_words_and_stems(text, language, heading);
            heading.push_gap();
            self.analyzer.push_views(text, language, Views { body: unused, stem, word });
        }
        self.analyzer.push_views(&passage.text, language, Views { body, stem, word });
    }

    fn record_entry(&self, record: &DocumentRecord, kind: Kind, totals: Totals) -> TantivyDocument {
        let fields = &self.fields;
        let mut entry = TantivyDocument::default();
        entry.add_text(fields.kind, kind.term());
        entry.add_text(fields.id, record.id.as_str());
        entry.add_text(fields.path, &record.path);
        entry.add_bytes(fields.stored, &serde_json::to_vec(record).expect("plain data whose keys are texts"));
        entry.add_u64(fields.size, record.size);
        entry.add_i64(fields.modified, record.modified);
        entry.add_u64(fields.hash, short_hash(&record.fingerprint.content));
        entry.add_u64(fields.state, entry_state(&record.state) as u64);
        entry.add_u64(fields.extractor, u64::from(record.fingerprint.extractor));
        entry.add_u64(fields.analyzer, u64::from(record.fingerprint.analyzer));
        if let Some(parts) = record.parts {
            entry.add_u64(fields.parts, parts.documents);
            entry.add_u64(fields.broken_parts, parts.failed);
        }
        entry.add_u64(fields.passages, totals.passages);
        for (field, tokens) in fields.tokens.into_iter().zip(totals.tokens) {
            entry.add_u64(field, tokens);
        }
        entry
    }

    fn passage_entry(
        &mut self,
        record: &DocumentRecord,
        passage: &Passage,
        shared: &Shared,
    ) -> TantivyDocument {
        let fields = &self.fields;
        let mut entry = TantivyDocument::with_capacity(entry_size(passage));
        entry.add_text(fields.kind, Kind::Passage.term());
        entry.add_text(fields.id, record.id.as_str());
        entry.add_text(fields.path, &record.path);
        entry.add_u64(fields.ordinal, u64::from(passage.ordinal));
        let Terms { title, body, stem, heading, word, .. } = &self.terms;
        if !word.is_empty() {
            entry.add_text(fields.word, word.as_str());
        }
        let lists =
            [(fields.stem, stem), (fields.body, body), (fields.title, title), (fields.heading, heading)];
        for (field, list) in lists {
            entry.add_text(field, list.as_str());
        }
        if let Some(language) = &record.facts.language {
            entry.add_text(fields.language, language);
        }
        if let Some(format) = record.format {
            entry.add_text(fields.format, format.name());
        }
        if let Some(extension) = extension(&record.path) {
            entry.add_text(fields.extension, extension);
        }
        if let Some(date) = record.facts.date {
            entry.add_i64(fields.date, date.days());
        }
        entry.add_u64(fields.size, record.size);
        for fact in &shared.facts {
            entry.add_text(fields.fact, fact);
        }
        entry.add_text(fields.text, &passage.text);
        stored::encode(&shared.stored, passage, &mut self.stored);
        entry.add_bytes(fields.stored, &self.stored);
        entry
    }
}

/// How much memory the entry of a passage takes: its text, that in two views, and the rest.
fn entry_size(passage: &Passage) -> usize {
    4 * passage.text.len() + 512
}

/// The last extension of a path's file name, in lower case; that of a compressed file is the one before.
fn extension(path: &str) -> Option<String> {
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
