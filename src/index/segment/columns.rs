//! The columns of a segment, which are made when it is written.
//!
//! Tantivy's writer of columns holds every value of every entry until then. What the entries of a document have in their
//! columns follows from a few figures; these are held in their place, and become values once the terms are written and
//! the memory that this takes is free.

use std::io::Write;

use tantivy::DocId;
use tantivy::fastfield::FastFieldsWriter;
use tantivy::schema::{Schema, TantivyDocument};
use tantivy::tokenizer::TokenizerManager;

use crate::index::schema::Fields;

/// About how many bytes an entry takes while the columns are written.
const OF_ENTRY: usize = 80;

/// What the entries of a document have in their columns: its record, and behind it its passages.
pub(in crate::index) struct DocumentColumns {
    pub(in crate::index) size: u64,
    pub(in crate::index) modified: i64,
    pub(in crate::index) hash: u64,
    pub(in crate::index) state: u64,
    pub(in crate::index) extractor: u32,
    pub(in crate::index) analyzer: u32,
    /// How many parts a container has, and how many of these are broken.
    pub(in crate::index) parts: Option<(u64, u64)>,
    pub(in crate::index) passages: u32,
    /// How many tokens all passages have in each view.
    pub(in crate::index) tokens: [u64; 5],
    /// The day that the document is of.
    pub(in crate::index) date: Option<i64>,
}

impl DocumentColumns {
    fn of_record(&self, id: &str, fields: &Fields) -> TantivyDocument {
        let mut columns = TantivyDocument::default();
        columns.add_text(fields.id, id);
        columns.add_u64(fields.size, self.size);
        columns.add_i64(fields.modified, self.modified);
        columns.add_u64(fields.hash, self.hash);
        columns.add_u64(fields.state, self.state);
        columns.add_u64(fields.extractor, u64::from(self.extractor));
        columns.add_u64(fields.analyzer, u64::from(self.analyzer));
        if let Some((parts, broken)) = self.parts {
            columns.add_u64(fields.parts, parts);
            columns.add_u64(fields.broken_parts, broken);
        }
        columns.add_u64(fields.passages, u64::from(self.passages));
        for (field, tokens) in fields.tokens.into_iter().zip(self.tokens) {
            columns.add_u64(field, tokens);
        }
        columns
    }

    fn of_passage(&self, id: &str, ordinal: u32, fields: &Fields) -> TantivyDocument {
        let mut columns = TantivyDocument::default();
        columns.add_text(fields.id, id);
        columns.add_u64(fields.ordinal, u64::from(ordinal));
        if let Some(days) = self.date {
            columns.add_i64(fields.date, days);
        }
        columns.add_u64(fields.size, self.size);
        columns
    }
}

/// The columns of a segment while it is made.
#[derive(Default)]
pub(super) struct Columns(Vec<DocumentColumns>);

/// How much memory it takes to write the columns of so many entries, in bytes, beside what is held.
pub(super) fn memory_to_write(entries: DocId) -> usize {
    entries as usize * OF_ENTRY
}

impl Columns {
    /// Adds those of the next entries: of a document's record and of its passages.
    pub(super) fn push(&mut self, document: DocumentColumns) {
        self.0.push(document);
    }

    /// How much memory they take, in bytes.
    pub(super) fn memory(&self) -> usize {
        self.0.capacity() * size_of::<DocumentColumns>()
    }

    /// Writes them. The ids are those of the documents, the ordinals those of all passages, one behind the other.
    pub(super) fn write<'i>(
        self,
        schema: &Schema,
        fields: &Fields,
        ids: impl IntoIterator<Item = &'i str>,
        ordinals: impl IntoIterator<Item = u32>,
        file: &mut dyn Write,
    ) -> tantivy::Result<()> {
        let mut writer =
            FastFieldsWriter::from_schema_and_tokenizer_manager(schema, TokenizerManager::default())?;
        let mut ordinals = ordinals.into_iter();
        for (document, id) in self.0.into_iter().zip(ids) {
            writer.add_document(&document.of_record(id, fields))?;
            for ordinal in ordinals.by_ref().take(document.passages as usize) {
                writer.add_document(&document.of_passage(id, ordinal, fields))?;
            }
        }
        Ok(writer.serialize(file, None)?)
    }
}
