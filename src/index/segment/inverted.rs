//! From the words of texts to the texts of words.
//!
//! Texts are kept as they come, as lists of numbers. When a segment is written, a first walk over them counts how often
//! each word stands there, so that a second can put each occurrence in its place: a distribution count, which is linear
//! (Knuth, The Art of Computer Programming, 5.2). To bound memory only so many occurrences are put in place at once,
//! those of some terms that follow each other, and there are as many walks as that takes.

use std::ops::Range;

use crate::analysis::{Vocabulary, WordId};

/// How many occurrences are put in place at once, at least.
const LEAST_AT_ONCE: usize = 1 << 20;

/// In how many walks all occurrences are put in place, at most.
const WALKS: usize = 4;

/// How many bytes each occurrence takes while it is put in place, all walks together.
pub(super) const BYTES: usize = size_of::<u32>() / WALKS;

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
    /// The rank of each word's term; [`NONE`] where a word has none.
    ranks: Vec<u32>,
    terms: Vec<Term<'v>>,
}

/// What a word has for a rank that has no term.
const NONE: u32 = u32::MAX;

struct Term<'v> {
    bytes: &'v [u8],
    /// How often it occurs.
    count: u32,
}

impl<'v> Inverted<'v> {
    /// Counts the terms of some occurrences.
    pub(super) fn new(
        vocabulary: &'v Vocabulary,
        form: Form,
        occurrences: impl Iterator<Item = (WordId, u32)>,
    ) -> Self {
        let mut counts = vec![0_u32; vocabulary.len()];
        occurrences.for_each(|(word, _)| counts[word.number() as usize] += 1);
        let words = (0..).zip(&counts).filter(|&(_, &count)| count > 0);
        let words = words.map(|(number, &count)| (WordId::from(number), count));
        let mut words: Vec<_> = words
            .map(|(word, count)| (form.of(vocabulary, word), word, count))
            .filter(|(term, ..)| !term.is_empty())
            .map(|(term, word, count)| (beginning(term), term, word, count))
            .collect();
        words.sort_unstable_by(|(a, a_rest, ..), (b, b_rest, ..)| (a, a_rest).cmp(&(b, b_rest)));
        let mut ranks = vec![NONE; vocabulary.len()];
        let mut terms: Vec<Term<'v>> = Vec::new();
        for (_, bytes, word, count) in words {
            match terms.last_mut() {
                Some(last) if last.bytes == bytes => last.count += count,
                _ => terms.push(Term { bytes, count }),
            }
            ranks[word.number() as usize] =
                u32::try_from(terms.len() - 1).expect("there are no more terms than words");
        }
        Self { ranks, terms }
    }

    /// Whether there are no terms.
    pub(super) fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// Calls `write` for each term in order, with the values of its occurrences in the order of the occurrences.
    pub(super) fn for_each<I, E>(
        &self,
        occurrences: impl Fn() -> I,
        mut write: impl FnMut(&'v [u8], &[u32]) -> Result<(), E>,
    ) -> Result<(), E>
    where
        I: Iterator<Item = (WordId, u32)>,
    {
        let all: usize = self.terms.iter().map(|term| term.count as usize).sum();
        let at_once = all.div_ceil(WALKS).max(LEAST_AT_ONCE);
        let (mut start, mut values, mut ends) = (0, Vec::new(), Vec::new());
        while start < self.terms.len() {
            let range = start..start + self.some(start, at_once);
            self.put_in_place(range.clone(), occurrences(), &mut values, &mut ends);
            let mut from = 0;
            for (term, &end) in self.terms[range.clone()].iter().zip(&ends) {
                write(term.bytes, &values[from..end as usize])?;
                from = end as usize;
            }
            start = range.end;
        }
        Ok(())
    }

    /// How many terms from `start` on have so many occurrences together; at least one.
    fn some(&self, start: usize, at_once: usize) -> usize {
        let sums = self.terms[start..].iter().scan(0, |sum, term| {
            *sum += term.count as usize;
            Some(*sum)
        });
        sums.take_while(|&sum| sum <= at_once).count().max(1)
    }

    /// Puts the values of some terms' occurrences in place; `ends` are where those of each end then.
    fn put_in_place(
        &self,
        range: Range<usize>,
        occurrences: impl Iterator<Item = (WordId, u32)>,
        values: &mut Vec<u32>,
        ends: &mut Vec<u32>,
    ) {
        ends.clear();
        let mut sum = 0;
        ends.extend(self.terms[range.clone()].iter().map(|term| {
            let start = sum;
            sum += term.count;
            start
        }));
        values.clear();
        values.resize(sum as usize, 0);
        let first = u32::try_from(range.start).expect("there are no more terms than words");
        occurrences.for_each(|(word, value)| {
            // What has no term, and what comes before or behind, is no place in the table.
            let rank = self.ranks[word.number() as usize].wrapping_sub(first) as usize;
            if let Some(next) = ends.get_mut(rank) {
                values[*next as usize] = value;
                *next += 1;
            }
        });
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

    use super::*;
    use crate::analysis::{Analyzer, Language, Words};

    proptest! {
        #[test]
        fn each_term_has_its_occurrences_in_order(text in "(launch(es|ed)?|a[b-d]{0,2}|missiles?| ){0,60}") {
            let (mut analyzer, mut words) = (Analyzer::default(), Words::default());
            analyzer.push_words(&text, Language::default(), &mut words);
            let vocabulary = analyzer.vocabulary();
            for form in [Form::Term, Form::Stem] {
                let occurrences = || words.body.iter().copied().zip(0..);
                let mut expected: BTreeMap<&[u8], Vec<u32>> = BTreeMap::new();
                for (word, value) in occurrences() {
                    expected.entry(form.of(vocabulary, word)).or_default().push(value);
                }
                let mut found = Vec::new();
                let inverted = Inverted::new(vocabulary, form, occurrences());
                let write = |term, values: &[u32]| {
                    found.push((term, values.to_vec()));
                    Ok::<_, ()>(())
                };
                prop_assert_eq!(inverted.for_each(occurrences, write), Ok(()));
                prop_assert_eq!(found, expected.into_iter().collect::<Vec<_>>());
                prop_assert_eq!(inverted.is_empty(), words.body.is_empty());
            }
        }
    }

    #[test]
    fn more_walks_give_the_same() {
        let mut analyzer = Analyzer::default();
        let mut words = Words::default();
        analyzer.push_words("d b a c b d d", Language::default(), &mut words);
        let vocabulary = analyzer.vocabulary();
        let occurrences = || words.body.iter().copied().zip(0..);
        let inverted = Inverted::new(vocabulary, Form::Term, occurrences());
        let at_once = |at_once| {
            let (mut start, mut all) = (0, Vec::new());
            while start < inverted.terms.len() {
                let range = start..start + inverted.some(start, at_once);
                let (mut values, mut ends) = (Vec::new(), Vec::new());
                inverted.put_in_place(range.clone(), occurrences(), &mut values, &mut ends);
                all.extend(values);
                start = range.end;
            }
            all
        };
        assert_eq!(at_once(100), [2, 1, 4, 3, 0, 5, 6]);
        assert_eq!(at_once(3), at_once(100));
        assert_eq!(at_once(1), at_once(100), "a term that occurs more often is put in place alone");
    }
}
