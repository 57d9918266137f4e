//! From the words of texts to the texts of words.
//!
//! Texts are kept as they come, as lists of numbers. When a segment is written, a first walk over them counts how often
//! each word stands there, so that a second can put each occurrence in its place: a distribution count, which is linear
//! (Knuth, The Art of Computer Programming, 5.2). To bound memory only so many occurrences are put in place at once,
//! those of some terms that follow each other, and there are as many walks as that takes. An occurrence is noted by how far
//! it is behind the last one of its term, in seven bits a byte: the more frequent a term, the less each takes.

use std::io;
use std::ops::Range;

use super::texts::Occurrences;
use crate::analysis::{Vocabulary, WordId};

/// About how many bytes each occurrence takes that is put in place.
pub(super) const OF_OCCURRENCE: usize = 2;

/// How many bytes each word of the vocabulary takes while terms are put in order: its count, its rank, the beginning by
/// which it is sorted, and its term. To put occurrences in place takes less beside the last two.
pub(super) const OF_WORD: usize = 2 * size_of::<u32>() + size_of::<(u64, WordId)>() + size_of::<Term>();

/// What of a word is a term.
#[derive(Clone, Copy, Debug)]
pub(super) enum Form {
    /// The folded word.
    Term,
    /// Its stem, where it has one.
    Stem,
    /// Its stem, or else the word.
    StemOrTerm,
}

impl Form {
    fn of(self, vocabulary: &Vocabulary, word: WordId) -> &[u8] {
        match self {
            Self::Term => vocabulary.term(word),
            Self::Stem => vocabulary.stem(word),
            Self::StemOrTerm => match vocabulary.stem(word) {
                [] => vocabulary.term(word),
                stem => stem,
            },
        }
    }
}

/// The terms of some texts, in order, and where they occur.
pub(super) struct Inverted<'v> {
    vocabulary: &'v Vocabulary,
    form: Form,
    /// The rank of each word's term; [`NONE`] where a word has none.
    ranks: Vec<u32>,
    terms: Vec<Term>,
}

/// What a word has for a rank that has no term.
const NONE: u32 = u32::MAX;

/// What it has for the number of a group.
const NO_GROUP: u8 = u8::MAX;

struct Term {
    /// A word that has it.
    word: WordId,
    /// How often it occurs.
    count: u32,
    /// How many bytes its occurrences take at most.
    room: u32,
}

/// Where the next occurrence of a term goes, and what the last one was.
#[derive(Clone, Copy, Default)]
struct Place {
    next: u32,
    last: u32,
}

/// The values of a term's occurrences, in order.
#[derive(Clone)]
pub(super) struct Values<'b> {
    bytes: std::slice::Iter<'b, u8>,
    count: u32,
    last: u32,
}

impl Iterator for Values<'_> {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        let mut byte = *self.bytes.next()?;
        let mut distance = u32::from(byte & LOW_BITS);
        let mut shift = BITS;
        while byte > LOW_BITS {
            byte = *self.bytes.next()?;
            distance |= u32::from(byte & LOW_BITS) << shift;
            shift += BITS;
        }
        self.count -= 1;
        self.last += distance;
        Some(self.last)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.count as usize, Some(self.count as usize))
    }
}

impl ExactSizeIterator for Values<'_> {}

/// How many bits of a number a byte holds, lower ones first; the bit above is set where more follow.
const BITS: u32 = 7;
const LOW_BITS: u8 = (1 << BITS) - 1;

/// How many bytes so many distances take at most that are so much together: no more of them take another byte than are as
/// long as that takes.
fn room(count: u32, together: u32) -> u32 {
    let more = (BITS..u32::BITS).step_by(BITS as usize).map(|bits| count.min(together >> bits));
    count + more.sum::<u32>()
}

/// Puts a number at a place; gives the place behind it.
fn put(bytes: &mut [u8], mut at: u32, mut number: u32) -> u32 {
    loop {
        let low = number.to_le_bytes()[0] & LOW_BITS;
        number >>= BITS;
        bytes[at as usize] = if number > 0 { low | !LOW_BITS } else { low };
        at += 1;
        if number == 0 {
            return at;
        }
    }
}

impl<'v> Inverted<'v> {
    /// Counts the terms of some occurrences.
    pub(super) fn new(
        vocabulary: &'v Vocabulary,
        form: Form,
        occurrences: Occurrences<'_>,
    ) -> io::Result<Self> {
        let mut counts = vec![0_u32; vocabulary.len()];
        let mut last = 0;
        occurrences.for_each(|word, value| {
            counts[word.number() as usize] += 1;
            last = value;
        })?;
        let words = (0..).zip(&counts).filter(|&(_, &count)| count > 0);
        let words = words.map(|(number, _)| WordId::from(number));
        let mut words: Vec<_> = words
            .filter(|&word| !form.of(vocabulary, word).is_empty())
            .map(|word| (beginning(form.of(vocabulary, word)), word))
            .collect();
        words.sort_unstable_by(|&(a, a_word), &(b, b_word)| {
            a.cmp(&b).then_with(|| form.of(vocabulary, a_word).cmp(form.of(vocabulary, b_word)))
        });
        let mut ranks = vec![NONE; vocabulary.len()];
        let mut terms: Vec<Term> = Vec::new();
        for (_, word) in words {
            let count = counts[word.number() as usize];
            match terms.last_mut() {
                Some(before) if form.of(vocabulary, before.word) == form.of(vocabulary, word) => {
                    before.count += count
                }
                _ => terms.push(Term { word, count, room: 0 }),
            }
            ranks[word.number() as usize] =
                u32::try_from(terms.len() - 1).expect("there are no more terms than words");
        }
        terms.iter_mut().for_each(|term| term.room = room(term.count, last));
        Ok(Self { vocabulary, form, ranks, terms })
    }

    /// Calls `write` for each term in order, with the values of its occurrences in the order of the occurrences, of which
    /// about so many bytes are put in place at once.
    pub(super) fn for_each(
        &self,
        occurrences: Occurrences<'_>,
        at_once: usize,
        mut write: impl FnMut(&'v [u8], Values<'_>) -> io::Result<()>,
    ) -> io::Result<()> {
        let groups = self.groups(at_once);
        let of_words = self.groups_of_words(&groups);
        let sizes: Vec<_> = groups.iter().map(|terms| self.room_of(terms.clone())).collect();
        // As much as the largest takes: were it to grow, it would become twice as large.
        let mut bytes = Vec::with_capacity(sizes.iter().copied().max().unwrap_or_default());
        let mut places = Vec::new();
        for ((terms, size), group) in groups.into_iter().zip(sizes).zip(0_u8..) {
            self.start_places(terms.clone(), &mut places);
            bytes.clear();
            bytes.resize(size, 0);
            occurrences.for_each(|word, value| {
                // Most words are of other groups, which a small table tells.
                if of_words[word.number() as usize] == group {
                    let place = &mut places[self.ranks[word.number() as usize] as usize - terms.start];
                    place.next = put(&mut bytes, place.next, value - place.last);
                    place.last = value;
                }
            })?;
            let mut from = 0;
            for (term, place) in self.terms[terms].iter().zip(&places) {
                let values =
                    Values { bytes: bytes[from..place.next as usize].iter(), count: term.count, last: 0 };
                write(self.form.of(self.vocabulary, term.word), values)?;
                from += term.room as usize;
            }
        }
        Ok(())
    }

    /// How many bytes the occurrences of some terms take at most.
    fn room_of(&self, terms: Range<usize>) -> usize {
        self.terms[terms].iter().map(|term| term.room as usize).sum()
    }

    /// Groups of terms that follow each other, with about so many bytes of occurrences each, or with one term; at most so
    /// many groups as have a number.
    fn groups(&self, at_once: usize) -> Vec<Range<usize>> {
        let all = self.room_of(0..self.terms.len());
        // Two that follow each other have more bytes together than one may have.
        let at_once = at_once.max(2 * all / usize::from(NO_GROUP) + 1);
        let (mut groups, mut start, mut sum) = (Vec::new(), 0, 0);
        for (at, term) in self.terms.iter().enumerate() {
            if at > start && sum + term.room as usize > at_once {
                groups.push(start..at);
                (start, sum) = (at, 0);
            }
            sum += term.room as usize;
        }
        if start < self.terms.len() {
            groups.push(start..self.terms.len());
        }
        groups
    }

    /// The number of the group that each word's term is in.
    fn groups_of_words(&self, groups: &[Range<usize>]) -> Vec<u8> {
        let numbers =
            groups.iter().zip(0_u8..).flat_map(|(terms, number)| terms.clone().map(move |_| number));
        let of_terms: Vec<u8> = numbers.collect();
        self.ranks.iter().map(|&rank| of_terms.get(rank as usize).copied().unwrap_or(NO_GROUP)).collect()
    }

    /// Where the occurrences of each of some terms start, when they are put one behind another.
    fn start_places(&self, terms: Range<usize>, places: &mut Vec<Place>) {
        places.clear();
        let mut next = 0;
        places.extend(self.terms[terms].iter().map(|term| {
            let place = Place { next, last: 0 };
            next += term.room;
            place
        }));
    }
}

/// The first bytes of a term as a number, which are all that most comparisons need.
fn beginning(term: &[u8]) -> u64 {
    let mut bytes = [0; 8];
    let len = term.len().min(bytes.len());
    bytes[..len].copy_from_slice(&term[..len]);
    u64::from_be_bytes(bytes)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::super::lists::Lists;
    use super::*;
    use crate::analysis::{Analyzer, Language, Words};

    proptest! {
        #[test]
        fn values_are_read_as_they_were_put_however_far_apart_they_are(
            mut values in prop::collection::vec((0..32_u32).prop_flat_map(|bits| 0..=u32::MAX >> bits), 1..40),
        ) {
            values.sort_unstable();
            let distances = values.iter().scan(0, |last, &value| Some(value - std::mem::replace(last, value)));
            let count = u32::try_from(values.len()).expect("few");
            let mut bytes = vec![0; room(count, values[values.len() - 1]) as usize];
            let end = distances.fold(0, |at, distance| put(&mut bytes, at, distance));
            let read: Vec<u32> = Values { bytes: bytes[..end as usize].iter(), count, last: 0 }.collect();
            prop_assert_eq!(read, values);
        }

        #[test]
        fn each_term_has_its_occurrences_in_order_however_many_are_put_in_place_at_once(
            text in "(launch(es|ed)?|a[b-d]{0,2}|missiles?| ){0,60}",
            at_once in 1_usize..50,
        ) {
            let (mut analyzer, mut words) = (Analyzer::default(), Words::default());
            analyzer.push_words(&text, Language::default(), &mut words);
            let vocabulary = analyzer.vocabulary();
            let mut lists = Lists::default();
            let folder = tempfile::tempdir().expect("a folder");
            lists.push([&words.body], folder.path()).expect("it is written");
            let occurrences = Occurrences::Placed(&lists);
            for form in [Form::Term, Form::Stem] {
                let mut expected: BTreeMap<&[u8], Vec<u32>> = BTreeMap::new();
                for (value, &word) in (0..).zip(&words.body) {
                    expected.entry(form.of(vocabulary, word)).or_default().push(value);
                }
                let mut found = Vec::new();
                let inverted = Inverted::new(vocabulary, form, occurrences).expect("it reads");
                let write = |term, values: Values<'_>| {
                    assert_eq!(values.len(), values.clone().count());
                    found.push((term, values.collect()));
                    Ok(())
                };
                inverted.for_each(occurrences, at_once, write).expect("it reads");
                prop_assert_eq!(found, expected.into_iter().collect::<Vec<_>>());
            }
        }
    }
}
