//! Where the passages of a segment stand: in which document, and which of it.
//!
//! Opening a column costs time that grows with the segment. A search asks for these in each of its steps, and mostly for
//! few of them: so each is opened once for each snapshot, when something is asked of it.

use std::sync::OnceLock;

use tantivy::columnar::column_index::{ColumnIndex, Set};
use tantivy::columnar::{Column, StrColumn};
use tantivy::fastfield::FastFieldReaders;
use tantivy::{DocId, Searcher, SegmentReader, TantivyError};

/// The columns that tell where each passage of a segment stands.
///
/// Those who ask walk through postings and cannot stop at an error. Where a column cannot be opened they are told nothing,
/// and whoever is done asks whether [that was so](Self::checked).
pub struct Places {
    columns: FastFieldReaders,
    entries: DocId,
    ids: OnceLock<Option<StrColumn>>,
    ordinals: OnceLock<Option<Column<u64>>>,
    tokens: OnceLock<Option<Column<u64>>>,
    fault: OnceLock<TantivyError>,
}

/// The passages of a document in a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// The first of them.
    pub first: DocId,
    /// The last of them.
    pub last: DocId,
    /// How many tokens of the `stem` view they have.
    pub tokens: u64,
}

impl Places {
    fn of(segment: &SegmentReader) -> Self {
        Self {
            columns: segment.fast_fields().clone(),
            entries: segment.max_doc(),
            ids: OnceLock::new(),
            ordinals: OnceLock::new(),
            tokens: OnceLock::new(),
            fault: OnceLock::new(),
        }
    }

    fn opened<'c, T>(
        &self,
        column: &'c OnceLock<Option<T>>,
        open: impl FnOnce(&FastFieldReaders) -> tantivy::Result<Option<T>>,
    ) -> Option<&'c T> {
        let open = || {
            open(&self.columns).unwrap_or_else(|error| {
                self.fault.get_or_init(|| error);
                None
            })
        };
        column.get_or_init(open).as_ref()
    }

    /// Whether all was told that was asked for.
    ///
    /// # Errors
    ///
    /// A column of which something was asked cannot be read.
    pub fn checked(&self) -> tantivy::Result<()> {
        self.fault.get().map_or(Ok(()), |error| Err(error.clone()))
    }

    fn ids(&self) -> Option<&StrColumn> {
        self.opened(&self.ids, |columns| columns.str("id"))
    }

    /// The number of the document's id among those of the segment in their order.
    pub fn id(&self, doc: DocId) -> u64 {
        self.ids().and_then(|ids| ids.ords().first(doc)).unwrap_or_default()
    }

    /// The document ids of some entries.
    pub(super) fn ids_of(&self, docs: &[DocId]) -> tantivy::Result<Vec<String>> {
        let ids = ids_of(self.ids(), docs)?;
        self.checked()?;
        Ok(ids)
    }

    /// Which passage of its document an entry is; that of no passage is 0.
    pub fn ordinal(&self, doc: DocId) -> u64 {
        self.known_ordinal(doc).unwrap_or_default()
    }

    /// Whether an entry is a passage.
    pub(super) fn is_passage(&self, doc: DocId) -> bool {
        self.known_ordinal(doc).is_some()
    }

    fn known_ordinal(&self, doc: DocId) -> Option<u64> {
        self.opened(&self.ordinals, |columns| columns.u64("ordinal").map(Some))?.first(doc)
    }

    /// The passages of the document that a passage is of.
    ///
    /// A document's passages stand side by side behind its record, and only records say how many tokens there are: so
    /// which entries say so tells where documents begin.
    pub fn document(&self, passage: DocId) -> Stretch {
        let alone = Stretch { first: passage, last: passage, tokens: 0 };
        let tokens = self.opened(&self.tokens, |columns| columns.u64("tokens_stem").map(Some));
        let Some(Column { index: ColumnIndex::Optional(records), values }) = tokens else { return alone };
        // How many records there are before an entry takes a look to tell, where one of them is a long walk.
        let before = records.rank(passage);
        let Some(record) = before.checked_sub(1) else { return alone };
        let is_of_it = |entry| records.rank(entry) == before;
        let to_first = furthest(passage, |steps| is_of_it(passage - steps));
        let to_next = furthest(self.entries - passage, |steps| is_of_it(passage + steps));
        Stretch { first: passage - to_first, last: passage + to_next - 1, tokens: values.get_val(record) }
    }
}

/// The largest of the numbers up to `most` that a test holds for, which is one that holds for 0 and for none behind the
/// first for which it does not. It takes few tests where that is small (Bentley and Yao 1976).
fn furthest(most: u32, holds: impl Fn(u32) -> bool) -> u32 {
    let (mut held, mut step) = (0, 1);
    while step <= most - held && holds(held + step) {
        held += step;
        step *= 2;
    }
    while step > 0 {
        if step <= most - held && holds(held + step) {
            held += step;
        }
        step /= 2;
    }
    held
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

/// The places of all segments.
pub(super) struct PlacesOfSegments(Vec<OnceLock<Places>>);

impl PlacesOfSegments {
    pub(super) fn new(searcher: &Searcher) -> Self {
        Self(searcher.segment_readers().iter().map(|_| OnceLock::new()).collect())
    }

    pub(super) fn of(&self, searcher: &Searcher, segment: u32) -> &Places {
        self.0[segment as usize].get_or_init(|| Places::of(searcher.segment_reader(segment)))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_furthest_is_found_wherever_it_is(most in 0..u32::MAX, part in 0.0..1.0_f64, near in 0..20_u32) {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a part of a number")]
            for last in [near.min(most), (f64::from(most) * part) as u32, most] {
                prop_assert_eq!(furthest(most, |number| number <= last), last);
            }
        }
    }
}
