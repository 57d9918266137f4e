//! Terms that stand for a whole value, such as a format or a day, and the entries that have them.

use std::collections::HashMap;
use std::ops::Range;

use tantivy::DocId;
use tantivy::schema::Field;

/// Terms of such fields. A document's entries follow each other, so entries are noted as ranges.
#[derive(Debug, Default)]
pub(super) struct ExactTerms {
    entries: HashMap<Field, Terms>,
    memory: usize,
}

/// A term, and some of the entries that have it.
pub(super) type Term<'t> = (&'t [u8], Range<DocId>);

/// The terms of a field.
type Terms = HashMap<Box<[u8]>, Vec<Range<DocId>>>;

impl ExactTerms {
    /// Notes that some entries, behind all others that have it, have a term.
    pub(super) fn add(&mut self, field: Field, term: &[u8], entries: Range<DocId>) {
        let of_field = self.entries.entry(field).or_default();
        match of_field.get_mut(term) {
            Some(ranges) => match ranges.last_mut() {
                Some(last) if last.end == entries.start => last.end = entries.end,
                Some(last) if last.end > entries.start => {}
                _ => {
                    self.memory += size_of::<Range<DocId>>();
                    ranges.push(entries);
                }
            },
            None => {
                // The key, its place in the table, and the list with its first range.
                self.memory += term.len() + 2 * size_of::<(Box<[u8]>, Vec<Range<DocId>>)>();
                of_field.insert(term.into(), vec![entries]);
            }
        }
    }

    /// How much memory the terms take, in bytes.
    pub(super) fn memory(&self) -> usize {
        self.memory
    }

    /// The terms of a field in order, with their entries in order.
    pub(super) fn of(&self, field: Field) -> Vec<Term<'_>> {
        let of_field = self.entries.get(&field).into_iter().flatten();
        let mut terms: Vec<(&[u8], &[_])> =
            of_field.map(|(term, ranges)| (term.as_ref(), ranges.as_slice())).collect();
        terms.sort_unstable_by_key(|&(term, _)| term);
        terms
            .into_iter()
            .flat_map(|(term, ranges)| ranges.iter().map(move |range| (term, range.clone())))
            .collect()
    }
}
