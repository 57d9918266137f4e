//! Lists of words, one behind another, in little memory.
//!
//! Most words of any text are among a few thousand, which have the smallest numbers: those take two bytes, the others
//! four. Lists are read from the first to the last, a few times, when their segment is written; until then those that are
//! many stand in a file that has no name, which the system removes however the program ends.

use std::fs::File;
use std::io::{self, Read, Seek, Write};
use std::ops::Range;
use std::path::Path;

use super::number;
use crate::analysis::WordId;

/// From here on a unit is the upper half of a number, with the lower one behind it.
const LARGE: u16 = 0xc000;

/// Where there are no more numbers than can be told so.
const MOST: u32 = ((u16::MAX - LARGE) as u32) << 16;

/// How many units are held in memory before they are put into the file: half a megabyte. Few in tests, so that all
/// laws of the index go through files.
const BLOCK: usize = if cfg!(test) { 64 } else { 256 << 10 };

/// Lists of words. Before each stands of how many units it is.
#[derive(Debug, Default)]
pub(super) struct Lists {
    /// The units of the last lists, which are not in the file.
    units: Vec<u16>,
    lists: usize,
    /// How many words all have.
    words: usize,
    file: Option<File>,
    blocks: Vec<Block>,
}

/// Some lists that are in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Block {
    /// How many lists end with it.
    lists: usize,
    units: usize,
}

/// A number in one unit, or in two.
fn units_of(number: u32) -> (u16, Option<u16>) {
    let [low, high] = [number & 0xffff, number >> 16].map(|half| u16::try_from(half).expect("a half"));
    if number < u32::from(LARGE) { (low, None) } else { (LARGE + high, Some(low)) }
}

impl Lists {
    /// Adds a list, which is given in pieces. The file, if there is to be one, goes into this folder.
    pub(super) fn push<'w>(
        &mut self,
        pieces: impl IntoIterator<Item = &'w Vec<WordId>>,
        folder: &Path,
    ) -> io::Result<()> {
        let start = self.units.len();
        self.units.push(0);
        for piece in pieces {
            self.words += piece.len();
            for word in piece {
                let number = word.number();
                assert!(number < MOST, "memory bounds how many words there are");
                let (unit, next) = units_of(number);
                self.units.push(unit);
                self.units.extend(next);
            }
        }
        let len =
            u32::try_from(self.units.len() - start - 1).expect("memory bounds how many words a list has");
        assert!(len < MOST, "memory bounds how many words a list has");
        let (unit, next) = units_of(len);
        self.units[start] = unit;
        if let Some(next) = next {
            self.units.insert(start + 1, next);
        }
        self.lists += 1;
        if self.units.len() >= BLOCK { self.put_away(folder) } else { Ok(()) }
    }

    /// Puts what is in memory into the file.
    fn put_away(&mut self, folder: &Path) -> io::Result<()> {
        if self.file.is_none() {
            self.file = Some(tempfile::tempfile_in(folder)?);
        }
        if let Some(file) = &mut self.file {
            let bytes: Vec<[u8; 2]> = self.units.iter().map(|unit| unit.to_ne_bytes()).collect();
            file.write_all(bytes.as_flattened())?;
        }
        self.blocks.push(Block { lists: self.lists, units: self.units.len() });
        self.units.clear();
        Ok(())
    }

    /// How many lists there are.
    pub(super) fn len(&self) -> usize {
        self.lists
    }

    /// How many words all lists have.
    pub(super) fn words(&self) -> usize {
        self.words
    }

    /// How much memory the lists take, in bytes.
    pub(super) fn memory(&self) -> usize {
        self.units.capacity() * size_of::<u16>() + self.blocks.len() * size_of::<Block>()
    }

    /// What reads the lists from the first one on. There can be one at a time, since a file has one place at which it is
    /// read.
    pub(super) fn reader(&self) -> io::Result<Reader<'_>> {
        if let Some(mut file) = self.file.as_ref() {
            file.rewind()?;
        }
        Ok(Reader { lists: self, next: 0, block: 0, units: Vec::new(), at: 0 })
    }

    /// What tells of a word's ordinal among all in which list it is and where in that.
    pub(super) fn places(&self) -> io::Result<Places> {
        let mut reader = self.reader()?;
        let mut words = 0;
        let ends = (0..self.lists).map(|_| {
            words += number(reader.next_list()?.count());
            Ok(words)
        });
        Ok(Places::new(ends.collect::<io::Result<_>>()?))
    }

    /// How much memory that takes, in bytes.
    pub(super) fn memory_of_places(&self) -> usize {
        (self.lists + (self.words >> PLACES_LOG)) * size_of::<u32>()
    }
}

/// Reads lists, one after another.
pub(super) struct Reader<'l> {
    lists: &'l Lists,
    /// The list to be read next.
    next: usize,
    /// The block that it is in.
    block: usize,
    /// The units of that block, if it is in the file.
    units: Vec<u16>,
    /// Where in the block the list starts.
    at: usize,
}

impl Reader<'_> {
    /// The words of the next list; there must be one.
    pub(super) fn next_list(&mut self) -> io::Result<Words<'_>> {
        if self.next == self.start_of_block() {
            self.load()?;
        }
        self.next += 1;
        let block = self.lists.blocks.get(self.block);
        let units = if block.is_some() { &self.units } else { &self.lists.units };
        let mut rest = Words(units[self.at..].iter());
        let len = rest.next().map_or(0, |len| len.number() as usize);
        let list = &rest.0.as_slice()[..len];
        self.at = units.len() - rest.0.len() + len;
        if block.is_some_and(|block| block.lists == self.next) {
            self.block += 1;
            self.at = 0;
        }
        Ok(Words(list.iter()))
    }

    fn start_of_block(&self) -> usize {
        self.block.checked_sub(1).map_or(0, |before| self.lists.blocks[before].lists)
    }

    /// Reads the block from the file, unless it is in memory.
    fn load(&mut self) -> io::Result<()> {
        let (Some(block), Some(mut file)) = (self.lists.blocks.get(self.block), self.lists.file.as_ref())
        else {
            return Ok(());
        };
        let mut bytes = vec![0; block.units * size_of::<u16>()];
        file.read_exact(&mut bytes)?;
        let (units, _) = bytes.as_chunks();
        self.units.clear();
        self.units.extend(units.iter().map(|&unit| u16::from_ne_bytes(unit)));
        Ok(())
    }
}

/// The words of a list.
#[derive(Clone)]
pub(super) struct Words<'l>(std::slice::Iter<'l, u16>);

impl Iterator for Words<'_> {
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
const PLACES_LOG: u32 = 6;

/// Where ordinals are.
pub(super) struct Places {
    /// How many words each list and those before it have.
    ends: Vec<u32>,
    /// In which list the first ordinal of each run of them is.
    runs: Vec<u32>,
}

impl Places {
    fn new(ends: Vec<u32>) -> Self {
        let words = ends.last().copied().unwrap_or_default();
        let mut list = 0_u32;
        let firsts = (0..words).step_by(1 << PLACES_LOG);
        let runs = firsts.map(|first| {
            while ends[list as usize] <= first {
                list += 1;
            }
            list
        });
        Self { runs: runs.collect(), ends }
    }

    /// The list in which an ordinal is, and the ordinals of that list.
    pub(super) fn list_of(&self, ordinal: u32) -> (u32, Range<u32>) {
        let mut list = self.runs[(ordinal >> PLACES_LOG) as usize] as usize;
        while self.ends[list] <= ordinal {
            list += 1;
        }
        let start = list.checked_sub(1).map_or(0, |before| self.ends[before]);
        (number(list), start..self.ends[list])
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(lists: Vec<Vec<u32>>) -> Vec<Vec<WordId>> {
        lists.into_iter().map(|list| list.into_iter().map(WordId::from).collect()).collect()
    }

    fn held(lists: &[Vec<WordId>], folder: &Path) -> Lists {
        let mut held = Lists::default();
        lists.iter().for_each(|list| held.push([list], folder).expect("it is written"));
        held
    }

    fn read(held: &Lists) -> Vec<Vec<WordId>> {
        let mut reader = held.reader().expect("it reads");
        (0..held.len()).map(|_| reader.next_list().expect("it reads").collect()).collect()
    }

    proptest! {
        #[test]
        fn what_is_put_is_what_stands_there(
            lists in prop::collection::vec(
                prop::collection::vec(prop_oneof![0_u32..9, 0xbff0_u32..0xc010, 0_u32..MOST], 0..150),
                0..20,
            ),
        ) {
            let lists = of(lists);
            let folder = tempfile::tempdir().expect("a folder");
            let held = held(&lists, folder.path());
            prop_assert_eq!(&read(&held), &lists);
            prop_assert_eq!((held.len(), held.words()), (lists.len(), lists.concat().len()));
            let places = held.places().expect("it reads");
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

    #[test]
    fn lists_that_are_many_are_read_from_a_file_without_a_name_as_often_as_wanted() {
        let folder = tempfile::tempdir().expect("a folder");
        let lists = of(vec![vec![1; BLOCK - 1], vec![], vec![0xc000; BLOCK], vec![3], vec![], vec![4, 5]]);
        let held = held(&lists, folder.path());
        let ends: Vec<usize> = held.blocks.iter().map(|block| block.lists).collect();
        assert_eq!(ends, [1, 3], "the last lists are in memory");
        assert!(read(&held) == lists && read(&held) == lists);
        assert_eq!(std::fs::read_dir(folder.path()).expect("it reads").count(), 0);
    }
}
