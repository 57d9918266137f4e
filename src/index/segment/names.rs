//! The ids and paths of a segment's documents.
//!
//! Nearly every document has its own, so nothing is gained by looking each up, and most paths are what an id begins with.

use std::ops::Range;

use tantivy::DocId;

use super::exact::Term;
use super::number;

/// Ids and paths, in the order of the documents.
#[derive(Debug, Default)]
pub(super) struct Names {
    bytes: Vec<u8>,
    documents: Vec<Name>,
}

/// Where a document's names stand in the bytes, and which entries have them.
#[derive(Debug)]
struct Name {
    id: Range<u32>,
    path: Range<u32>,
    entries: Range<DocId>,
}

impl Names {
    /// Adds those of the document that has these entries.
    pub(super) fn push(&mut self, id: &str, path: &str, entries: Range<DocId>) {
        let id_at = self.put(id);
        let path_at = match id.starts_with(path) {
            true => id_at.start..id_at.start + number(path.len()),
            false => self.put(path),
        };
        self.documents.push(Name { id: id_at, path: path_at, entries });
    }

    fn put(&mut self, name: &str) -> Range<u32> {
        let start = number(self.bytes.len());
        self.bytes.extend_from_slice(name.as_bytes());
        start..number(self.bytes.len())
    }

    /// How much memory they take, in bytes, with what it takes to put them in order.
    pub(super) fn memory(&self) -> usize {
        self.bytes.len() + self.documents.len() * (size_of::<Name>() + size_of::<Term<'_>>())
    }

    /// The ids, in the order of the documents.
    pub(super) fn ids(&self) -> impl Iterator<Item = &str> {
        self.documents.iter().map(|name| str::from_utf8(self.at(&name.id)).expect("it was a text"))
    }

    /// The ids in their own order, with their entries.
    pub(super) fn terms_of_ids(&self) -> Vec<Term<'_>> {
        self.in_order(|name| &name.id)
    }

    /// The paths in their own order, each as often as there are documents that have it.
    pub(super) fn terms_of_paths(&self) -> Vec<Term<'_>> {
        self.in_order(|name| &name.path)
    }

    fn in_order(&self, of: impl Fn(&Name) -> &Range<u32>) -> Vec<Term<'_>> {
        let terms = self.documents.iter().map(|name| (self.at(of(name)), name.entries.clone()));
        let mut terms: Vec<Term<'_>> = terms.collect();
        terms.sort_unstable_by(|(a, of_a), (b, of_b)| a.cmp(b).then(of_a.start.cmp(&of_b.start)));
        terms
    }

    fn at(&self, range: &Range<u32>) -> &[u8] {
        &self.bytes[range.start as usize..range.end as usize]
    }
}
