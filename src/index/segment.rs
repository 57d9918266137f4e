//! A segment while it is made: what entries become on disk.
//!
//! Tantivy's own writer hashes each token of each view, and keeps postings as chains of small pieces of memory: of a
//! passage in two views, most of its time is waiting for memory. Here a passage's words are noted by their numbers, in
//! the order in which they come ([`lists`]), and both views are made of them when the segment is written ([`inverted`]).
//! The files are written by tantivy's serializers; they are, byte for byte, what tantivy would have written.

mod columns;
mod exact;
mod inverted;
mod lists;
mod names;
mod term_writer;
#[cfg(test)]
mod tests;
mod texts;

use std::ops::Range;
use std::path::PathBuf;

use tantivy::directory::TerminatingWrite;
use tantivy::fieldnorm::{FieldNormReaders, FieldNormsSerializer};
use tantivy::index::{Segment, SegmentComponent, SegmentMeta};
use tantivy::schema::Field;
use tantivy::store::StoreWriter;
use tantivy::{DocId, Index};

use super::schema::Fields;
use crate::analysis::{Vocabulary, Words};
use columns::Columns;
pub(super) use columns::DocumentColumns;
use exact::ExactTerms;
use inverted::Form;
use names::Names;
use term_writer::{Stems, TermWriter};
pub(super) use texts::PassageWords;
use texts::{Occurrences, Texts};

/// From how many words on a segment takes no more documents. Few in tests, so that one of them can be filled.
const MOST_WORDS: usize = if cfg!(test) { 100_000 } else { 1 << 30 };

/// A segment while it is made.
pub(super) struct SegmentBuilder {
    segment: Segment,
    fields: Fields,
    store: StoreWriter,
    columns: Columns,
    /// How many entries were stored.
    entries: DocId,
    names: Names,
    exact: ExactTerms,
    texts: Texts,
    /// The words of the passage at hand, kept for their memory.
    words: PassageWords,
    /// The ordinals of passages, and the entries that they are.
    ordinals: Vec<(u32, DocId)>,
}

impl SegmentBuilder {
    /// A segment of an index in a folder, with nothing in it.
    pub(super) fn new(index: &Index, fields: Fields, folder: PathBuf) -> tantivy::Result<Self> {
        let segment = index.new_segment();
        let settings = index.settings();
        let store = StoreWriter::new(
            segment.open_write(SegmentComponent::Store)?,
            settings.docstore_compression,
            settings.docstore_blocksize,
            // There are as many composers as cores.
            false,
        )?;
        Ok(Self {
            segment,
            fields,
            store,
            columns: Columns::default(),
            entries: 0,
            names: Names::default(),
            exact: ExactTerms::default(),
            texts: Texts::new(folder),
            words: PassageWords::default(),
            ordinals: Vec::new(),
        })
    }

    /// How many entries there are.
    pub(super) fn entries(&self) -> DocId {
        self.entries
    }

    /// How much memory it takes to hold the segment and to write it with these words, in bytes, of so many that it may
    /// take.
    pub(super) fn memory(&self, vocabulary: &Vocabulary, most: usize) -> usize {
        let occurrences = (self.texts.words() * inverted::OF_OCCURRENCE).min(at_once(most));
        let to_write_terms = vocabulary.len() * inverted::OF_WORD + occurrences;
        let of_terms = self.texts.memory() + self.exact.memory();
        // Columns are written when the memory for terms is free.
        (of_terms + to_write_terms).max(columns::memory_to_write(self.entries))
            + self.ordinals.len() * size_of::<(u32, DocId)>()
            + self.names.memory()
            + self.columns.memory()
            + self.store.mem_usage()
            + vocabulary.memory()
    }

    /// Whether there are as many words as have numbers, however much memory there is: no document has twice as many again.
    pub(super) fn is_full(&self) -> bool {
        self.texts.words() >= MOST_WORDS
    }

    /// Takes the words of a document's title and passages; `make` makes those of a passage. The document's entries are to
    /// be stored next, its record first. Gives how many tokens they have in each field.
    pub(super) fn push_texts<P>(
        &mut self,
        title: &Words,
        passages: &[P],
        mut make: impl FnMut(&P, &mut PassageWords),
    ) -> tantivy::Result<[u64; 5]> {
        self.texts.push_record()?;
        let mut sums = [0; 5];
        for passage in passages {
            make(passage, &mut self.words);
            let tokens = self.texts.push_passage(title, &self.words)?;
            sums.iter_mut().zip(tokens).for_each(|(sum, tokens)| *sum += tokens);
        }
        if !passages.is_empty() {
            let first = self.entries + 1;
            let count = DocId::try_from(passages.len()).expect("entries have numbers");
            self.texts.push_title(title, first..first + count)?;
        }
        Ok(sums)
    }

    /// Adds the columns of a document, whose entries are to be pushed next.
    pub(super) fn push_columns(&mut self, document: DocumentColumns) {
        self.columns.push(document);
    }

    /// Adds an entry, with what is stored of it.
    pub(super) fn push_entry(&mut self, stored: &[u8]) -> tantivy::Result<()> {
        self.store.store_bytes(stored)?;
        self.entries += 1;
        Ok(())
    }

    /// Adds the id and the path of the document that has these entries.
    pub(super) fn push_names(&mut self, id: &str, path: &str, entries: Range<DocId>) {
        self.names.push(id, path, entries);
    }

    /// Notes that some entries, behind all others that have it, have a term that stands for a whole value.
    pub(super) fn add_term(&mut self, field: Field, term: &[u8], entries: Range<DocId>) {
        self.exact.add(field, term, entries);
    }

    /// Notes the day of some entries.
    pub(super) fn add_date(&mut self, days: i64, entries: Range<DocId>) {
        self.add_term(self.fields.date, &tantivy::i64_to_u64(days).to_be_bytes(), entries);
    }

    /// Notes the ordinal of a passage.
    pub(super) fn add_ordinal(&mut self, ordinal: u32, entry: DocId) {
        self.ordinals.push((ordinal, entry));
    }

    /// Writes the segment, whose words are these; so much memory may be taken.
    pub(super) fn finish(mut self, vocabulary: &Vocabulary, most: usize) -> tantivy::Result<SegmentMeta> {
        let norms = self.write_norms()?;
        self.write_terms(vocabulary, &norms, at_once(most))?;
        let Self { segment, fields, store, columns, entries, ordinals, names, texts, exact, .. } = self;
        drop((texts, exact));
        let mut file = segment.open_write(SegmentComponent::FastFields)?;
        let ordinals = ordinals.into_iter().map(|(ordinal, _)| ordinal);
        columns.write(&segment.schema(), &fields, names.ids(), ordinals, &mut file)?;
        file.terminate()?;
        store.close()?;
        let meta = segment.with_max_doc(entries).meta().clone();
        meta.untrack_temp_docstore();
        Ok(meta)
    }

    /// Writes how long the fields of each entry are.
    fn write_norms(&mut self) -> tantivy::Result<FieldNormReaders> {
        let mut serializer =
            FieldNormsSerializer::from_write(self.segment.open_write(SegmentComponent::FieldNorms)?)?;
        let Fields { stem, word, body, title, heading, .. } = self.fields;
        let [stems, bodies, titles, headings, words] = &self.texts.norms;
        // In the order of the schema.
        for (field, norms) in
            [(stem, stems), (word, words), (body, bodies), (title, titles), (heading, headings)]
        {
            serializer.serialize_field(field, norms)?;
        }
        serializer.close()?;
        self.texts.norms = Default::default();
        FieldNormReaders::open(self.segment.open_read(SegmentComponent::FieldNorms)?)
    }

    /// Writes the terms of all fields, field by field in the order of the schema.
    fn write_terms(
        &self,
        vocabulary: &Vocabulary,
        norms: &FieldNormReaders,
        at_once: usize,
    ) -> tantivy::Result<()> {
        let mut terms = TermWriter::open(&self.segment, norms, vocabulary, at_once)?;
        let Fields { kind, id, path, ordinal, stem, word, body, title, heading, .. } = self.fields;
        terms.write_exact(kind, &self.exact.of(kind))?;
        terms.write_exact(id, &self.names.terms_of_ids())?;
        terms.write_exact(path, &self.names.terms_of_paths())?;
        terms.write_numbers(ordinal, &self.ordinals)?;
        let Texts { documents, titles, bodies, headings, tokens, .. } = &self.texts;
        let [of_stem, of_body, of_title, of_heading, of_word] = *tokens;
        terms.write_counted(stem, of_stem, Form::Stem, Occurrences::Ranked(&self.texts))?;
        terms.write_counted(word, of_word, Form::Term, Occurrences::BaseForms(&self.texts))?;
        let itself = |entry| entry..entry + 1;
        terms.write_placed(body, of_body, bodies, Stems::Elsewhere, itself)?;
        let passages = |document: u32| documents[document as usize].clone();
        terms.write_placed(title, of_title, titles, Stems::BesideTheirWords, passages)?;
        terms.write_placed(heading, of_heading, headings, Stems::BesideTheirWords, itself)?;
        let Fields { language, format, extension, date, fact, .. } = self.fields;
        for field in [language, format, extension, date, fact] {
            terms.write_exact(field, &self.exact.of(field))?;
        }
        terms.close()
    }
}

/// How many bytes of occurrences of words are put in place at once where so much memory may be taken: a quarter of it.
fn at_once(memory: usize) -> usize {
    memory / 4
}

fn number(count: usize) -> u32 {
    u32::try_from(count).expect("memory bounds how many entries, words and bytes of names a segment has")
}
