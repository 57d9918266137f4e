//! Byte spans that know which text they count in, and the maps between those texts.
//!
//! A document passes through several texts: the bytes of its source, those bytes decoded to UTF-8, the
//! text extracted from them, one passage of that text, and beside them all the query text. An offset into one
//! of them means nothing in another, so every [`Span`] names its text in its type, and only an
//! [`OffsetMap`] leads from one to the next. All spans are half-open and count bytes from 0; lines and
//! columns count from 1.

use std::marker::PhantomData;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Marks spans of a source's bytes, as they stand in the file (after decompression).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum InSource {}

/// Marks spans of a source's bytes decoded to UTF-8, markup still in place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum InDecoded {}

/// Marks spans of a document's extracted text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum InText {}

/// Marks spans of one passage's text (or of its document's title, or of one of its headings).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum InPassage {}

/// Marks spans of the query text as it was typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum InQuery {}

/// A half-open byte span `start..end` of the text that `T` names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[schemars(inline)]
pub struct Span<T> {
    /// Offset of the first byte.
    pub start: usize,
    /// Offset after the last byte.
    pub end: usize,
    #[serde(skip)]
    text: PhantomData<T>,
}

impl<T> Span<T> {
    /// The span from `start` up to, not including, `end`.
    ///
    /// # Panics
    ///
    /// When `end` lies before `start`.
    pub fn new(start: usize, end: usize) -> Self {
        assert!(start <= end, "a span cannot end before it starts: {start}..{end}");
        Self { start, end, text: PhantomData }
    }

    /// How many bytes the span covers.
    pub fn len(&self) -> usize {
        self.end - self.start
    }

    /// Whether the span covers nothing.
    pub fn is_empty(&self) -> bool {
        self.start == self.end
    }

    /// The span as a range, for slicing the text that it counts in.
    pub fn range(&self) -> std::ops::Range<usize> {
        self.start..self.end
    }
}

/// Where the lines of a text start, to turn offsets into line and column numbers.
///
/// A line ends after `\n`; a `\r` before it belongs to the line. Looking a line up takes logarithmic time.
///
/// Copies share what they know, so that each of many documents of one source can have one.
#[derive(Clone, Debug)]
pub struct LineIndex {
    starts: Arc<[usize]>,
}

impl LineIndex {
    /// Reads the line starts of `text`.
    pub fn new(text: &str) -> Self {
        let ends = text.match_indices('\n').map(|(at, _)| at + 1);
        Self { starts: std::iter::once(0).chain(ends).collect() }
    }

    /// The number, from 1, of the line that holds `offset`.
    pub fn line(&self, offset: usize) -> usize {
        self.starts.partition_point(|&start| start <= offset)
    }

    /// The column, from 1 and in bytes, of `offset` in its line.
    pub fn column(&self, offset: usize) -> usize {
        offset - self.starts[self.line(offset) - 1] + 1
    }
}

/// One run of a derived text whose units correspond, one by one, to units of its origin.
///
/// Text in another encoding has about one piece a word, so the numbers are as small as texts allow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Piece {
    start: u32,
    origin: u32,
    units: u32,
    width: u32,
    origin_width: u32,
}

impl Piece {
    fn start(&self) -> usize {
        self.start as usize
    }

    fn end(&self) -> usize {
        self.start() + self.units as usize * self.width as usize
    }

    fn origin_end(&self) -> usize {
        self.origin_after(self.units as usize)
    }

    /// Where in the origin the first `units` units end.
    fn origin_after(&self, units: usize) -> usize {
        self.origin as usize + units * self.origin_width as usize
    }
}

fn narrow(offset: usize) -> u32 {
    u32::try_from(offset).expect("no text that is mapped is longer than MAX_MAPPED")
}

/// The longest text, in bytes, whose offsets can be mapped.
pub const MAX_MAPPED: u64 = u32::MAX as u64;

/// A place from which a derived text goes on as its origin does, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Break {
    /// The offset in the derived text.
    pub at: usize,
    /// How many bytes each unit has from here to the next break.
    pub width: usize,
    /// How many bytes each unit has in the origin.
    pub origin_width: usize,
}

/// Maps offsets of a derived text back to the text that it was made from.
///
/// A derived text is made of pieces of its origin, in any order, with other text (a line break for a
/// paragraph's end, say) between them. Where a piece is the origin's own bytes it maps byte by byte; where
/// characters changed their width (another encoding) it maps character by character.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OffsetMap {
    pieces: Vec<Piece>,
}

impl OffsetMap {
    /// The map of a text that is its origin, byte for byte.
    pub fn identity(len: usize) -> Self {
        let mut map = Self::default();
        map.push(0, 0, len);
        map
    }

    /// The part of the map that leads from `start..end` to the origin. Its offsets are those of the whole.
    pub fn part(&self, start: usize, end: usize) -> Self {
        let first = self.pieces.partition_point(|piece| piece.end() <= start);
        let last = self.pieces.partition_point(|piece| piece.start() < end);
        Self { pieces: self.pieces.get(first..last).unwrap_or_default().to_vec() }
    }

    /// Adds a piece of `len` bytes at `start` that are the origin's bytes from `origin` on.
    ///
    /// Pieces are added in the order of the derived text.
    pub fn push(&mut self, start: usize, origin: usize, len: usize) {
        self.push_units(start, origin, len, 1, 1);
    }

    /// Adds `units` characters, each `width` bytes wide here and `origin_width` bytes wide in the origin.
    pub fn push_units(
        &mut self,
        start: usize,
        origin: usize,
        units: usize,
        width: usize,
        origin_width: usize,
    ) {
        if units == 0 || width == 0 {
            return;
        }
        let piece = Piece {
            start: narrow(start),
            origin: narrow(origin),
            units: narrow(units),
            width: narrow(width),
            origin_width: narrow(origin_width),
        };
        match self.pieces.last_mut() {
            Some(last)
                if last.end() == start
                    && last.origin_end() == origin
                    && (last.width, last.origin_width) == (piece.width, piece.origin_width) =>
            {
                last.units += piece.units;
            }
            last => {
                debug_assert!(last.is_none_or(|last| last.end() <= start), "pieces come in order");
                self.pieces.push(piece);
            }
        }
    }

    /// Where in the origin the character at `offset` starts; the next piece's start where `offset` stands
    /// between pieces, the last piece's end where it stands behind them all.
    pub fn origin_of_start(&self, offset: usize) -> usize {
        let at = self.pieces.partition_point(|piece| piece.end() <= offset);
        match self.pieces.get(at) {
            Some(piece) => piece.origin_after(offset.saturating_sub(piece.start()) / piece.width as usize),
            None => self.pieces.last().map_or(0, Piece::origin_end),
        }
    }

    /// Where in the origin the character that ends at `offset` ends.
    pub fn origin_of_end(&self, offset: usize) -> usize {
        let at = self.pieces.partition_point(|piece| piece.start() < offset);
        match at.checked_sub(1).and_then(|at| self.pieces.get(at)) {
            Some(piece) => {
                let units = (offset - piece.start()).div_ceil(piece.width as usize);
                piece.origin_after(units.min(piece.units as usize))
            }
            None => self.pieces.first().map_or(0, |piece| piece.origin as usize),
        }
    }

    /// The smallest span `start..end` of the origin that holds what `start..end` was made from.
    pub fn origin_of(&self, start: usize, end: usize) -> (usize, usize) {
        let from = self.origin_of_start(start);
        (from, self.origin_of_end(end).max(from))
    }

    /// The breaks in `start..end`: at `start` itself, and where pieces start behind it.
    pub fn breaks(&self, start: usize, end: usize) -> impl Iterator<Item = Break> + '_ {
        let first = self.pieces.partition_point(|piece| piece.end() <= start);
        let pieces = self.pieces[first..].iter().take_while(move |piece| piece.start() < end.max(start + 1));
        let breaks = pieces.map(move |piece| Break {
            at: piece.start().max(start),
            width: piece.width as usize,
            origin_width: piece.origin_width as usize,
        });
        // Between pieces the text goes on from where the next one starts.
        let lead = Break { at: start, width: 1, origin_width: 1 };
        let is_covered = self.pieces.get(first).is_some_and(|piece| piece.start() <= start);
        (!is_covered).then_some(lead).into_iter().chain(breaks)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_columns_count_from_one() {
        let index = LineIndex::new("ab\ncd\r\n\nx");
        let places: Vec<_> = [0, 1, 2, 3, 7, 8].map(|at| (index.line(at), index.column(at))).to_vec();
        assert_eq!(places, [(1, 1), (1, 2), (1, 3), (2, 1), (3, 1), (4, 1)]);
    }

    #[test]
    fn pieces_that_adjoin_in_both_texts_become_one() {
        let mut map = OffsetMap::default();
        map.push(0, 10, 5);
        map.push(5, 15, 5);
        map.push(11, 30, 4);
        assert_eq!(map.pieces.len(), 2);
        assert_eq!(map.origin_of(2, 8), (12, 18));
        assert_eq!(map.origin_of(2, 12), (12, 31));
        assert_eq!(map.origin_of_start(10), 30, "between the pieces the next one counts");
        assert_eq!(map.origin_of_end(11), 20, "and for an end the one before");
        let breaks = |start, end| map.breaks(start, end).map(|place| place.at).collect::<Vec<_>>();
        assert_eq!(breaks(1, 15), [1, 11]);
        assert_eq!(breaks(10, 15), [10, 11]);
        assert_eq!(breaks(1, 11), [1]);
    }

    #[test]
    fn a_part_of_a_map_answers_as_the_whole() {
        let mut map = OffsetMap::default();
        map.push(0, 10, 5);
        map.push_units(5, 20, 3, 3, 2);
        map.push(14, 40, 4);
        let part = map.part(6, 13);
        assert_eq!(part.pieces.len(), 1);
        assert_eq!(part.origin_of(6, 13), map.origin_of(6, 13));
        assert_eq!(map.part(2, 15), map);
        assert_eq!(map.part(30, 40), OffsetMap::default());
    }

    #[test]
    fn characters_of_another_width_map_whole() {
        let mut map = OffsetMap::default();
        map.push_units(0, 0, 2, 3, 2);
        map.push(6, 4, 1);
        assert_eq!(map.origin_of(3, 6), (2, 4));
        assert_eq!(map.origin_of(0, 7), (0, 5));
    }

    #[test]
    fn an_empty_map_answers_zero() {
        assert_eq!(OffsetMap::default().origin_of(3, 9), (0, 0));
    }
}
