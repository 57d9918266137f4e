//! What the index knows of its sources, read from columns alone: fast enough to compare a whole folder with.

use std::collections::{BTreeMap, BTreeSet};

use tantivy::columnar::Column;
use tantivy::schema::IndexRecordOption;
use tantivy::{DocAddress, DocId, DocSet, Searcher, SegmentReader, TERMINATED, Term};

use crate::document::Parts;

use super::places;
use super::schema::{Fields, Kind, TOKEN_COLUMNS, Totals};

/// The entries of some source files, or of a container's parts, by id.
#[derive(Debug, Default)]
pub struct Manifest {
    entries: BTreeMap<String, Entry>,
}

/// What a pass compares a source with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Bytes of the source.
    pub size: u64,
    /// Its modification time in nanoseconds since 1970, UTC.
    pub modified: i64,
    /// The first 64 bits of its content's hash.
    pub hash: u64,
    /// What became of it.
    pub state: EntryState,
    /// The version of the extractor that read it.
    pub extractor: u32,
    /// The number of the analysis that made its terms.
    pub analyzer: u32,
    /// What it holds, if it is a container.
    pub parts: Option<Parts>,
    /// What its passages add to the index's totals.
    pub totals: Totals,
    /// Where its record stands.
    pub address: DocAddress,
}

impl Entry {
    /// The entry of a record that was put a moment ago and has no passages.
    pub fn just_put() -> Self {
        Self {
            size: 0,
            modified: 0,
            hash: 0,
            state: EntryState::Failed,
            extractor: 0,
            analyzer: 0,
            parts: None,
            totals: Totals::default(),
            address: DocAddress::new(0, 0),
        }
    }

    /// Whether the source is a document itself. One that holds parts may be one too: a message with attachments.
    pub fn is_document(&self) -> bool {
        self.state == EntryState::Indexed && (self.parts.is_none() || self.totals.passages > 0)
    }
}

/// What became of a source, without the reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryState {
    /// Its passages are in the index.
    Indexed = 0,
    /// A rule left it out.
    Skipped = 1,
    /// It could not be read or parsed.
    Failed = 2,
}

impl Manifest {
    /// The entries of all source files.
    pub(super) fn read(searcher: &Searcher, fields: &Fields) -> tantivy::Result<Self> {
        let mut entries = BTreeMap::new();
        let documents = Term::from_field_text(fields.kind, Kind::Document.term());
        for (ordinal, segment) in (0..).zip(searcher.segment_readers()) {
            let docs = docs_of(segment, &documents)?;
            collect(segment, ordinal, docs, &mut entries)?;
        }
        Ok(Self { entries })
    }

    /// The entries of the parts of the container at `path`.
    pub(super) fn read_parts(searcher: &Searcher, fields: &Fields, path: &str) -> tantivy::Result<Self> {
        let mut entries = BTreeMap::new();
        let records = Term::from_field_text(fields.kind, Kind::Record.term());
        for (ordinal, segment) in (0..).zip(searcher.segment_readers()) {
            let mut docs = BTreeSet::new();
            for path in paths_inside(segment, fields, path)? {
                docs.extend(docs_of(segment, &Term::from_field_text(fields.path, &path))?);
            }
            if !docs.is_empty() {
                // Another file can have such a path too, by its name.
                let records = docs_of(segment, &records)?;
                docs.retain(|doc| records.binary_search(doc).is_ok());
                collect(segment, ordinal, docs.into_iter().collect(), &mut entries)?;
            }
        }
        Ok(Self { entries })
    }

    /// The entry of the source or part `id`.
    pub fn get(&self, id: &str) -> Option<&Entry> {
        self.entries.get(id)
    }

    /// All entries, by id.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Entry)> {
        self.entries.iter().map(|(id, entry)| (id.as_str(), entry))
    }

    /// Keeps only the entries whose ids are wanted.
    pub fn retain(&mut self, mut wanted: impl FnMut(&str) -> bool) {
        self.entries.retain(|id, _| wanted(id));
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

/// The paths that parts of the container at `path` can have: its own, and those that go on from it into an archive or
/// an attachment.
fn paths_inside(segment: &SegmentReader, fields: &Fields, path: &str) -> tantivy::Result<Vec<String>> {
    let index = segment.inverted_index(fields.path)?;
    let mut paths = vec![path.to_owned()];
    for (first, behind) in [("!/", "!0"), ("#", "$")] {
        let (first, behind) = (format!("{path}{first}"), format!("{path}{behind}"));
        let mut terms = index.terms().range().ge(first).lt(behind).into_stream()?;
        while terms.advance() {
            paths.push(String::from_utf8_lossy(terms.key()).into_owned());
        }
    }
    Ok(paths)
}

/// The entries of a segment with this term, passages among them, that are not deleted; ascending.
fn docs_of(segment: &SegmentReader, term: &Term) -> tantivy::Result<Vec<DocId>> {
    let index = segment.inverted_index(term.field())?;
    let mut docs = Vec::new();
    if let Some(mut postings) = index.read_postings(term, IndexRecordOption::Basic)? {
        while postings.doc() != TERMINATED {
            if !segment.is_deleted(postings.doc()) {
                docs.push(postings.doc());
            }
            postings.advance();
        }
    }
    Ok(docs)
}

/// Adds the entries at these places of a segment.
fn collect(
    segment: &SegmentReader,
    ordinal: u32,
    docs: Vec<DocId>,
    entries: &mut BTreeMap<String, Entry>,
) -> tantivy::Result<()> {
    let columns = Columns::open(segment)?;
    for (id, doc) in places::ids_of(segment.fast_fields().str("id")?.as_ref(), &docs)?.into_iter().zip(docs) {
        entries.insert(id, columns.entry(DocAddress::new(ordinal, doc)));
    }
    Ok(())
}

struct Columns {
    size: Column<u64>,
    modified: Column<i64>,
    hash: Column<u64>,
    state: Column<u64>,
    extractor: Column<u64>,
    analyzer: Column<u64>,
    parts: Column<u64>,
    broken_parts: Column<u64>,
    passages: Column<u64>,
    tokens: Vec<Column<u64>>,
}

impl Columns {
    fn open(segment: &SegmentReader) -> tantivy::Result<Self> {
        let columns = segment.fast_fields();
        Ok(Self {
            size: columns.u64("size")?,
            modified: columns.i64("modified")?,
            hash: columns.u64("hash")?,
            state: columns.u64("state")?,
            extractor: columns.u64("extractor")?,
            analyzer: columns.u64("analyzer")?,
            parts: columns.u64("parts")?,
            broken_parts: columns.u64("broken_parts")?,
            passages: columns.u64("passages")?,
            tokens: TOKEN_COLUMNS.iter().map(|name| columns.u64(name)).collect::<tantivy::Result<_>>()?,
        })
    }

    fn entry(&self, address: DocAddress) -> Entry {
        let number = |column: &Column<u64>| column.first(address.doc_id).unwrap_or_default();
        let mut tokens = [0; 5];
        for (sum, column) in tokens.iter_mut().zip(&self.tokens) {
            *sum = number(column);
        }
        Entry {
            size: number(&self.size),
            modified: self.modified.first(address.doc_id).unwrap_or_default(),
            hash: number(&self.hash),
            state: match number(&self.state) {
                0 => EntryState::Indexed,
                1 => EntryState::Skipped,
                _ => EntryState::Failed,
            },
            extractor: u32::try_from(number(&self.extractor)).unwrap_or_default(),
            analyzer: u32::try_from(number(&self.analyzer)).unwrap_or_default(),
            parts: self
                .parts
                .first(address.doc_id)
                .map(|documents| Parts { documents, failed: number(&self.broken_parts) }),
            totals: Totals {
                documents: u64::from(number(&self.passages) > 0),
                passages: number(&self.passages),
                tokens,
            },
            address,
        }
    }
}
