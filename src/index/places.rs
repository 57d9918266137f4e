//! Where the passages of a segment stand: in which document, and which of it.
//!
//! Opening a column costs time that grows with the segment. A search asks for these in each of its steps, and so they
//! are opened once for each snapshot, and only in segments where something is asked for.

use std::sync::OnceLock;

use tantivy::columnar::Column;
use tantivy::{DocId, Searcher, SegmentReader};

/// The columns that tell where each passage of a segment stands.
pub struct Places {
    ids: Option<Column<u64>>,
    ordinals: Column<u64>,
    passages: Column<u64>,
    tokens: Column<u64>,
}

impl Places {
    fn open(segment: &SegmentReader) -> tantivy::Result<Self> {
        let columns = segment.fast_fields();
        Ok(Self {
            ids: columns.str("id")?.map(|ids| ids.ords().clone()),
            ordinals: columns.u64("ordinal")?,
            passages: columns.u64("passages")?,
            tokens: columns.u64("tokens_stem")?,
        })
    }

    /// The number of the document's id among those of the segment in their order.
    pub fn id(&self, doc: DocId) -> u64 {
        self.ids.as_ref().and_then(|ids| ids.first(doc)).unwrap_or_default()
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
