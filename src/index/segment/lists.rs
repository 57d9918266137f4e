//! Lists of words, one behind another, in little memory.
//!
//! Most words of any text are among a few thousand, which have the smallest numbers: those take two bytes, the others
//! four.

use std::ops::Range;

use crate::analysis::WordId;

/// From here on a unit is the upper half of a number, with the lower one behind it.
const LARGE: u16 = 0xc000;

/// Where there are no more numbers than can be told so.
const MOST: u32 = ((u16::MAX - LARGE) as u32) << 16;

/// Lists of words.
#[derive(Debug, Default)]
pub(super) struct Lists {
    units: Vec<u16>,
    ends: Vec<End>,
}

/// Where a list ends.
#[derive(Clone, Copy, Debug, Default)]
struct End {
    /// In units.
    units: u32,
    /// In words, counted from the first list on.
    words: u32,
}

impl Lists {
    /// Adds a list, which is given in pieces.
    pub(super) fn push<'w>(&mut self, pieces: impl IntoIterator<Item = &'w Vec<WordId>>) {
        let mut words = 0;
        for word in pieces.into_iter().flatten() {
            words += 1;
            let number = word.number();
            assert!(number < MOST, "memory bounds how many words there are");
            let [low, high] =
                [number & 0xffff, number >> 16].map(|half| u16::try_from(half).expect("a half"));
            match number < u32::from(LARGE) {
                true => self.units.push(low),
                false => self.units.extend([LARGE + high, low]),
            }
        }
        let before = self.ends.last().map_or(0, |end| end.words);
        let units = u32::try_from(self.units.len()).expect("memory bounds how many words there are");
        self.ends.push(End { units, words: before + words });
    }

    /// How many words all lists have.
    pub(super) fn words(&self) -> usize {
        self.ends.last().map_or(0, |end| end.words as usize)
    }

    /// How much memory the lists take, in bytes; what is set aside for more is not touched yet.
    pub(super) fn memory(&self) -> usize {
        self.units.len() * size_of::<u16>() + self.ends.len() * size_of::<End>()
    }

    /// The words of a list.
    pub(super) fn list(&self, at: usize) -> impl Iterator<Item = WordId> {
        let start = at.checked_sub(1).map_or(0, |before| self.ends[before].units as usize);
        Decoded(self.units[start..self.ends[at].units as usize].iter())
    }

    /// The words of all lists, each with its ordinal among them.
    pub(super) fn with_ordinals(&self) -> impl Iterator<Item = (WordId, u32)> {
        Decoded(self.units.iter()).zip(0..)
    }

    /// What tells of an ordinal in which list it is and where in that.
    pub(super) fn places(&self) -> Places<'_> {
        Places::new(&self.ends)
    }
}

/// Reads numbers.
struct Decoded<'l>(std::slice::Iter<'l, u16>);

impl Iterator for Decoded<'_> {
    type Item = WordId;

    fn next(&mut self) -> Option<WordId> {
        let unit = *self.0.next()?;
        let number = match unit.checked_sub(LARGE) {
            None => u32::from(unit),
            Some(high) => u32::from(high) << 16 | u32::from(*self.0.next()?),
        };
        Some(WordId::from(number))
    }
}

/// How many ordinals one entry of the table of places stands for, as a power of two.
const BLOCK_LOG: u32 = 6;

/// Where ordinals are.
pub(super) struct Places<'l> {
    ends: &'l [End],
    /// In which list the first ordinal of each block is.
    blocks: Vec<u32>,
}

impl<'l> Places<'l> {
    fn new(ends: &'l [End]) -> Self {
        let words = ends.last().map_or(0, |end| end.words);
        let mut list = 0;
        let firsts = (0..words).step_by(1 << BLOCK_LOG);
        let blocks = firsts.map(|first| {
            list +=
                ends[list as usize..].iter().take_while(|end| end.words <= first).zip(0_u32..).count() as u32;
            list
        });
        Self { ends, blocks: blocks.collect() }
    }

    /// The list in which an ordinal is, and the ordinals of that list.
    pub(super) fn list_of(&self, ordinal: u32) -> (u32, Range<u32>) {
        let mut list = self.blocks[(ordinal >> BLOCK_LOG) as usize] as usize;
        while self.ends[list].words <= ordinal {
            list += 1;
        }
        let start = list.checked_sub(1).map_or(0, |before| self.ends[before].words);
        (u32::try_from(list).expect("lists are entries, which have numbers"), start..self.ends[list].words)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_put_is_what_stands_there(
            lists in prop::collection::vec(
                prop::collection::vec(prop_oneof![0_u32..9, 0xbff0_u32..0xc010, 0_u32..MOST], 0..150),
                0..20,
            ),
        ) {
            let lists: Vec<Vec<WordId>> =
                lists.into_iter().map(|list| list.into_iter().map(WordId::from).collect()).collect();
            let mut held = Lists::default();
            lists.iter().for_each(|list| held.push([list]));
            for (at, list) in lists.iter().enumerate() {
                prop_assert_eq!(&held.list(at).collect::<Vec<_>>(), list);
            }
            let all: Vec<_> = held.with_ordinals().map(|(word, _)| word).collect();
            prop_assert_eq!(held.words(), all.len());
            prop_assert_eq!(all, lists.concat());
            let places = held.places();
            let mut ordinal = 0;
            for (at, list) in (0..).zip(&lists) {
                let range = ordinal..ordinal + u32::try_from(list.len()).expect("few");
                for within in range.clone() {
                    prop_assert_eq!(places.list_of(within), (at, range.clone()));
                }
                ordinal = range.end;
            }
        }
    }
}
