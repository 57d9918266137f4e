//! Writes the terms of a segment, field by field, with the entries in which they occur.

use std::io;
use std::ops::Range;

use tantivy::DocId;
use tantivy::fieldnorm::FieldNormReaders;
use tantivy::index::Segment;
use tantivy::postings::{FieldSerializer, InvertedIndexSerializer};
use tantivy::schema::Field;

use super::exact::Term;
use super::inverted::{Form, Inverted, Values};
use super::lists::{Lists, Places};
use super::number;
use super::texts::Occurrences;
use crate::analysis::{STEM_MARK, Vocabulary};

/// Where the stems of a field's words stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stems {
    /// In another field.
    Elsewhere,
    /// In the same field, each with [`STEM_MARK`] before it. A character is its own stem there.
    BesideTheirWords,
}

/// Writes terms.
pub(super) struct TermWriter<'s> {
    postings: InvertedIndexSerializer,
    norms: &'s FieldNormReaders,
    vocabulary: &'s Vocabulary,
    /// How many bytes of occurrences are put in place at once.
    at_once: usize,
}

impl<'s> TermWriter<'s> {
    /// Begins to write the terms of a segment, the lengths of whose entries' fields are written, with about so many
    /// bytes of occurrences in memory at once.
    pub(super) fn open(
        segment: &Segment,
        norms: &'s FieldNormReaders,
        vocabulary: &'s Vocabulary,
        at_once: usize,
    ) -> tantivy::Result<Self> {
        Ok(Self { postings: InvertedIndexSerializer::open(segment)?, norms, vocabulary, at_once })
    }

    /// Ends.
    pub(super) fn close(self) -> tantivy::Result<()> {
        Ok(self.postings.close()?)
    }

    /// A field with so many tokens; what has none is left out.
    fn field(&mut self, field: Field, tokens: u64) -> tantivy::Result<FieldSerializer<'_>> {
        let norms = self.norms.get_field(field)?;
        Ok(self.postings.new_field(field, tokens, norms)?)
    }

    /// Writes terms that stand for whole values, which are given in order.
    pub(super) fn write_exact(&mut self, field: Field, terms: &[Term<'_>]) -> tantivy::Result<()> {
        let tokens = terms.iter().map(|(_, entries)| u64::from(entries.end - entries.start)).sum();
        if tokens == 0 {
            return Ok(());
        }
        let mut field = self.field(field, tokens)?;
        for same in terms.chunk_by(|(a, _), (b, _)| a == b) {
            write_entries(&mut field, same[0].0, same.iter().flat_map(|(_, entries)| entries.clone()))?;
        }
        Ok(field.close()?)
    }

    /// Writes numbers, each of one entry.
    pub(super) fn write_numbers(&mut self, field: Field, numbers: &[(u32, DocId)]) -> tantivy::Result<()> {
        if numbers.is_empty() {
            return Ok(());
        }
        let mut numbers = numbers.to_vec();
        numbers.sort_unstable();
        let mut field = self.field(field, numbers.len() as u64)?;
        for of_number in numbers.chunk_by(|(a, _), (b, _)| a == b) {
            let term = u64::from(of_number[0].0).to_be_bytes();
            write_entries(&mut field, &term, of_number.iter().map(|&(_, entry)| entry))?;
        }
        Ok(field.close()?)
    }

    /// Writes words with how often they occur in their entries.
    pub(super) fn write_counted(
        &mut self,
        field: Field,
        tokens: u64,
        form: Form,
        occurrences: Occurrences<'_>,
    ) -> tantivy::Result<()> {
        if tokens == 0 {
            return Ok(());
        }
        let at_once = self.at_once;
        let inverted = Inverted::new(self.vocabulary, form, occurrences)?;
        let mut field = self.field(field, tokens)?;
        inverted.for_each(occurrences, at_once, |term, entries| {
            field.new_term(term, number(counted(entries.clone()).count()), true)?;
            counted(entries).for_each(|(entry, count)| field.write_doc(entry, count, &[]));
            field.close_term()
        })?;
        Ok(field.close()?)
    }

    /// Writes words with their positions. `entries` says in which entries a list of words stands.
    pub(super) fn write_placed(
        &mut self,
        field: Field,
        tokens: u64,
        lists: &Lists,
        stems: Stems,
        entries: impl Fn(u32) -> Range<DocId>,
    ) -> tantivy::Result<()> {
        if tokens == 0 {
            return Ok(());
        }
        let occurrences = Occurrences::Placed(lists);
        let Self { vocabulary, at_once, .. } = *self;
        let mut field = self.field(field, tokens)?;
        let mut placed =
            Placed { places: lists.places()?, entries, found: Vec::new(), positions: Vec::new() };
        if stems == Stems::BesideTheirWords {
            let mut marked = vec![STEM_MARK as u8];
            let inverted = Inverted::new(vocabulary, Form::StemOrTerm, occurrences)?;
            inverted.for_each(occurrences, at_once, |stem, ordinals| {
                marked.truncate(1);
                marked.extend_from_slice(stem);
                placed.write(&mut field, &marked, ordinals)
            })?;
        }
        let inverted = Inverted::new(vocabulary, Form::Term, occurrences)?;
        inverted.for_each(occurrences, at_once, |term, ordinals| placed.write(&mut field, term, ordinals))?;
        Ok(field.close()?)
    }
}

/// What writes terms with their positions.
struct Placed<F> {
    places: Places,
    /// In which entries a list of words stands.
    entries: F,
    /// The lists in which the term at hand is.
    found: Vec<Found>,
    /// Its positions in one of them, each as the distance from the one before.
    positions: Vec<u32>,
}

/// A list in which a term is.
struct Found {
    list: u32,
    /// The ordinal of the first word of the list.
    start: u32,
    /// How often the term is in it.
    count: u32,
}

impl<F: Fn(u32) -> Range<DocId>> Placed<F> {
    fn write(
        &mut self,
        field: &mut FieldSerializer<'_>,
        term: &[u8],
        mut ordinals: Values<'_>,
    ) -> io::Result<()> {
        self.find(ordinals.clone());
        let entries = self.found.iter().map(|found| (self.entries)(found.list).len());
        field.new_term(term, number(entries.sum()), true)?;
        for &Found { list, start, count } in &self.found {
            let mut before = start;
            self.positions.clear();
            self.positions.extend(
                ordinals
                    .by_ref()
                    .take(count as usize)
                    .map(|ordinal| ordinal - std::mem::replace(&mut before, ordinal)),
            );
            for entry in (self.entries)(list) {
                field.write_doc(entry, count, &self.positions);
            }
        }
        field.close_term()
    }

    /// Finds out in which lists some ordinals are.
    fn find(&mut self, ordinals: Values<'_>) {
        self.found.clear();
        let mut end = 0;
        for ordinal in ordinals {
            match self.found.last_mut() {
                Some(found) if ordinal < end => found.count += 1,
                _ => {
                    let (list, ordinals) = self.places.list_of(ordinal);
                    end = ordinals.end;
                    self.found.push(Found { list, start: ordinals.start, count: 1 });
                }
            }
        }
    }
}

/// Each of some values, which are in order, with how often it is there.
fn counted(values: Values<'_>) -> impl Iterator<Item = (u32, u32)> {
    let mut values = values.peekable();
    std::iter::from_fn(move || {
        let value = values.next()?;
        let mut count = 1;
        while values.next_if_eq(&value).is_some() {
            count += 1;
        }
        Some((value, count))
    })
}

/// Writes a term with the entries that have it.
fn write_entries(
    field: &mut FieldSerializer<'_>,
    term: &[u8],
    entries: impl Iterator<Item = DocId>,
) -> io::Result<()> {
    field.new_term(term, 0, false)?;
    entries.for_each(|entry| field.write_doc(entry, 0, &[]));
    field.close_term()
}
