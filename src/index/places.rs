//! Where the passages of a segment stand: in which document, and which of it.
//!
//! Opening a column costs time that grows with the segment. A search asks for these in each of its steps, and so they
//! are opened once for each snapshot, and only in segments where something is asked for.

use std::sync::OnceLock;

use tantivy::columnar::{Column, StrColumn};
use tantivy::{DocId, Searcher, SegmentReader};

/// The columns that tell where each passage of a segment stands.
pub struct Places {
    ids: Option<StrColumn>,
    ordinals: Column<u64>,
    passages: Column<u64>,
    tokens: Column<u64>,
}

impl Places {
    fn open(segment: &SegmentReader) -> tantivy::Result<Self> {
        let columns = segment.fast_fields();
        Ok(Self {
            ids: columns.str("id")?,
            ordinals: columns.u64("ordinal")?,
            passages: columns.u64("passages")?,
            tokens: columns.u64("tokens_stem")?,
        })
    }

    /// The number of the document's id among those of the segment in their order.
    pub fn id(&self, doc: DocId) -> u64 {
        self.ids.as_ref().and_then(|ids| ids.ords().first(doc)).unwrap_or_default()
    }

    /// The document ids of some entries.
    pub(super) fn ids_of(&self, docs: &[DocId]) -> tantivy::Result<Vec<String>> {
        ids_of(self.ids.as_ref(), docs)
    }

    /// Which passage of its document an entry is; that of no passage is 0.
    pub fn ordinal(&self, doc: DocId) -> u64 {
        self.ordinals.first(doc).unwrap_or_default()
    }

    /// How many passages the document has whose record stands here.
    pub fn passages(&self, record: DocId) -> Option<u64> {
        self.passages.first(record)
    }

    /// How many tokens of the `stem` view the document has whose record stands here.
    pub fn tokens(&self, record: DocId) -> u64 {
        self.tokens.first(record).unwrap_or_default()
    }
}

/// The document ids of some entries of the segment whose column of ids this is.
///
/// The dictionary of ids is read in blocks; in its order, each block is read once.
pub(super) fn ids_of(column: Option<&StrColumn>, docs: &[DocId]) -> tantivy::Result<Vec<String>> {
    let mut ids = vec![String::new(); docs.len()];
    let Some(column) = column else { return Ok(ids) };
    let ord = |&doc: &DocId| column.ords().first(doc);
    let mut ords: Vec<(u64, usize)> =
        docs.iter().zip(0..).filter_map(|(doc, at)| Some((ord(doc)?, at))).collect();
    ords.sort_unstable();
    let mut places = ords.iter().map(|&(_, at)| at);
    let sorted: Vec<u64> = ords.iter().map(|&(ord, _)| ord).collect();
    column.dictionary().sorted_ords_to_term_cb(&sorted, |id| {
        if let Some(at) = places.next() {
            ids[at] = String::from_utf8_lossy(id).into_owned();
        }
    })?;
    Ok(ids)
}

/// The places of all segments, each opened when it is first asked for.
pub(super) struct PlacesOfSegments(Vec<OnceLock<Places>>);

impl PlacesOfSegments {
    pub(super) fn new(searcher: &Searcher) -> Self {
        Self(searcher.segment_readers().iter().map(|_| OnceLock::new()).collect())
    }

    pub(super) fn of(&self, searcher: &Searcher, segment: u32) -> tantivy::Result<&Places> {
        let places = &self.0[segment as usize];
        if let Some(places) = places.get() {
            return Ok(places);
        }
        let opened = Places::open(searcher.segment_reader(segment))?;
        Ok(places.get_or_init(|| opened))
    }
}
