//! Writes the terms of a segment, field by field, with the entries in which they occur.

use std::io;
use std::ops::Range;

use tantivy::DocId;
use tantivy::fieldnorm::FieldNormReaders;
use tantivy::index::Segment;
use tantivy::postings::{FieldSerializer, InvertedIndexSerializer};
use tantivy::schema::Field;

use super::exact::ExactTerms;
use super::inverted::{Form, Inverted};
use super::lists::{Lists, Places};
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
    /// How many occurrences are put in place at once.
    at_once: usize,
}

impl<'s> TermWriter<'s> {
    /// Begins to write the terms of a segment, the lengths of whose entries' fields are written, with about so many
    /// occurrences in memory at once.
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

    /// Writes terms that stand for whole values.
    pub(super) fn write_exact(&mut self, field: Field, terms: &ExactTerms) -> tantivy::Result<()> {
        let terms = terms.of(field);
        let entries = || terms.iter().flat_map(|(_, ranges)| ranges.iter());
        let tokens = entries().map(|entries| u64::from(entries.end - entries.start)).sum();
        if tokens == 0 {
            return Ok(());
        }
        let mut field = self.field(field, tokens)?;
        for (term, entries) in terms {
            write_entries(&mut field, term, entries.iter().flat_map(Range::clone))?;
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
            let counts = || entries.chunk_by(|a, b| a == b).map(|same| (same[0], number(same.len())));
            field.new_term(term, number(counts().count()), true)?;
            counts().for_each(|(entry, count)| field.write_doc(entry, count, &[]));
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
        let mut placed = Placed { places: lists.places(), entries, found: Vec::new(), positions: Vec::new() };
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
struct Placed<'l, F> {
    places: Places<'l>,
    /// In which entries a list of words stands.
    entries: F,
    /// The lists in which the term at hand is, and where its positions there end.
    found: Vec<(u32, usize)>,
    /// The positions, each as the distance from the one before in the same list.
    positions: Vec<u32>,
}

impl<F: Fn(u32) -> Range<DocId>> Placed<'_, F> {
    fn write(&mut self, field: &mut FieldSerializer<'_>, term: &[u8], ordinals: &[u32]) -> io::Result<()> {
        self.find(ordinals);
        let entries = self.found.iter().map(|&(list, _)| (self.entries)(list).len());
        field.new_term(term, number(entries.sum()), true)?;
        let mut start = 0;
        for &(list, end) in &self.found {
            let positions = &self.positions[start..end];
            for entry in (self.entries)(list) {
                field.write_doc(entry, number(positions.len()), positions);
            }
            start = end;
        }
        field.close_term()
    }

    /// Finds out in which lists, and where in these, some ordinals are.
    fn find(&mut self, ordinals: &[u32]) {
        self.found.clear();
        self.positions.clear();
        self.positions.reserve_exact(ordinals.len());
        let mut range = 0..0;
        let mut before = 0;
        for &ordinal in ordinals {
            if ordinal >= range.end {
                let (list, ordinals) = self.places.list_of(ordinal);
                (before, range) = (ordinals.start, ordinals);
                self.found.push((list, 0));
            }
            self.positions.push(ordinal - before);
            before = ordinal;
            if let Some((_, end)) = self.found.last_mut() {
                *end = self.positions.len();
            }
        }
    }
}

fn number(count: usize) -> u32 {
    u32::try_from(count).expect("entries and words have numbers")
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
