//! Where a word stands in the passages of a segment.
//!
//! Tantivy's postings tell that of one passage after the other, and for each they add up how often the word stands in the
//! passages of its block before it. Here a block is seen as a whole, so that two words are brought together by its
//! numbers alone, and what stands before a passage is counted on from the passage that was asked about last.
//!
//! Blocks are decoded by tantivy, and so are places. What it keeps for itself is how often a word stands in the blocks
//! that are passed over; that is read here of what it writes before them, 12 bytes for each whole block:
//!
//! | bytes | what |
//! |---|---|
//! | 0 to 3 | the last passage of the block |
//! | 4, 5 | the widths of its numbers |
//! | 6 to 9 | how often the word stands in it |
//! | 10, 11 | the length and the count that score best |

use std::collections::HashMap;
use std::io;
use std::sync::OnceLock;

use tantivy::directory::{CompositeFile, OwnedBytes};
use tantivy::index::{SegmentComponent, SegmentId};
use tantivy::positions::PositionReader;
use tantivy::postings::BlockSegmentPostings;
use tantivy::schema::IndexRecordOption;
use tantivy::{DocId, Searcher, SegmentReader, Term};
use tantivy_common::VInt;

/// How many passages a whole block has.
const BLOCK: usize = 128;

/// What is written of a whole block.
const SKIP: usize = 12;

/// Where it says how often the word stands in the block.
const OCCURRENCES: std::ops::Range<usize> = 6..10;

/// How many bytes a number may take that tells how long something is.
const LENGTH: usize = 10;

/// How many tokens a field has, which stands before its postings.
const TOKENS: usize = 8;

/// The files of all segments in which words are looked for, each opened when it is first asked for.
#[derive(Debug, Default)]
pub struct PositionFiles(HashMap<SegmentId, OnceLock<Files>>);

/// The postings and the places of a segment, by field.
#[derive(Debug)]
struct Files {
    postings: CompositeFile,
    positions: CompositeFile,
}

impl PositionFiles {
    pub(super) fn new(searcher: &Searcher) -> Self {
        Self(
            searcher
                .segment_readers()
                .iter()
                .map(|segment| (segment.segment_id(), OnceLock::new()))
                .collect(),
        )
    }

    fn of(&self, segment: &SegmentReader) -> tantivy::Result<&Files> {
        let files = self.0.get(&segment.segment_id());
        let files = files.ok_or_else(|| tantivy::TantivyError::InternalError("another segment".into()))?;
        if let Some(opened) = files.get() {
            return Ok(opened);
        }
        let open = |component| CompositeFile::open(&segment.open_read(component)?).map_err(io_error);
        let [postings, positions] = [open(SegmentComponent::Postings)?, open(SegmentComponent::Positions)?];
        Ok(files.get_or_init(|| Files { postings, positions }))
    }

    /// Where a word stands in a segment, from its first passage on; nowhere, if the segment does not know it.
    ///
    /// # Errors
    ///
    /// The index cannot be read.
    pub fn open(&self, term: &Term, segment: &SegmentReader) -> tantivy::Result<Positions> {
        let index = segment.inverted_index(term.field())?;
        let Some(info) = index.get_term_info(term)? else { return Ok(Positions::nowhere()) };
        let files = self.of(segment)?;
        let of_field = |file: &CompositeFile| {
            let missing = || tantivy::TantivyError::InternalError("a field has no positions".into());
            file.open_read(term.field()).ok_or_else(missing)
        };
        let before_blocks = match info.doc_freq as usize / BLOCK {
            0 => OwnedBytes::empty(),
            blocks => {
                let bytes = of_field(&files.postings)?.slice_from(TOKENS).slice(info.postings_range.clone());
                let mut length =
                    bytes.slice_to(LENGTH.min(bytes.num_bytes().get_bytes() as usize)).read_bytes()?;
                let all = length.len();
                VInt::deserialize_u64(&mut length)?;
                bytes.slice_from(all - length.len()).read_bytes_slice(0..blocks * SKIP)?
            }
        };
        let places = of_field(&files.positions)?.read_bytes_slice(info.positions_range.clone())?;
        Ok(Positions {
            postings: index
                .read_block_postings_from_terminfo(&info, IndexRecordOption::WithFreqsAndPositions)?,
            block: 0,
            at: 0,
            counted: Counted { before_blocks, ..Counted::default() },
            places: Places::open(places)?,
        })
    }
}

fn io_error(error: io::Error) -> tantivy::TantivyError {
    error.into()
}

/// Where a word stands in the passages of a segment, from the first one to the last.
pub struct Positions {
    postings: BlockSegmentPostings,
    /// The number of the block that is decoded, and the place of the passage in it.
    block: usize,
    at: usize,
    counted: Counted,
    places: Places,
}

/// How often a word stands before a passage.
struct Counted {
    /// The number of its block, and how often the word stands before this.
    block: usize,
    before_block: u64,
    /// Its place in the block, and how often the word stands before it there.
    at: usize,
    in_block: u64,
    /// What is written of all whole blocks.
    before_blocks: OwnedBytes,
}

/// Where a word stands: how far each place is from the one before in the same passage, and the first one from its start.
struct Places {
    reader: Option<PositionReader>,
    /// How many whole blocks there are. What is behind these is not kept.
    whole: u64,
    /// The number of the block that is kept, and what is in it.
    block: u64,
    distances: [u32; BLOCK],
    /// Those of the last passage, where they do not stand in one whole block.
    scattered: Vec<u32>,
}

impl Positions {
    fn nowhere() -> Self {
        Self {
            postings: BlockSegmentPostings::empty(),
            block: 0,
            at: 0,
            counted: Counted::default(),
            places: Places::default(),
        }
    }

    /// In how many passages the word stands, deleted ones among them.
    pub fn doc_freq(&self) -> u32 {
        self.postings.doc_freq()
    }

    /// The passage; [`TERMINATED`](tantivy::TERMINATED) behind the last one.
    #[inline]
    pub fn doc(&self) -> DocId {
        self.postings.doc(self.at)
    }

    /// How often the word stands in the passage.
    #[inline]
    pub fn count(&self) -> u32 {
        self.postings.freq(self.at)
    }

    /// Goes on to the next passage.
    #[inline]
    pub fn advance(&mut self) -> DocId {
        self.at += 1;
        if self.at == BLOCK {
            self.postings.advance();
            self.block += 1;
            self.at = 0;
        }
        self.doc()
    }

    /// Goes on to the first passage that is not before `target`.
    #[inline]
    pub fn seek(&mut self, target: DocId) -> DocId {
        let docs = self.postings.docs();
        if docs.last().is_some_and(|&last| last >= target) {
            self.at += count_before(&docs[self.at..], target);
        } else {
            self.seek_block(target);
        }
        self.doc()
    }

    #[cold]
    fn seek_block(&mut self, target: DocId) {
        let rank = self.postings.rank(target) as usize;
        (self.block, self.at) = (rank / BLOCK, rank % BLOCK);
    }

    /// Where the word stands in the passage: how far each place is from the one before, and the first from the start.
    #[inline]
    pub fn distances(&mut self) -> &[u32] {
        let before = self.counted.before((self.block, self.at), &self.postings);
        self.places.distances(before, self.count() as usize)
    }
}

/// The places that are so far from each other.
pub fn places(distances: &[u32]) -> impl Iterator<Item = u32> {
    let mut place = 0_u32;
    distances.iter().map(move |&distance| {
        place = place.wrapping_add(distance);
        place
    })
}

/// How many of some passages, which are in order, are before `target`. Few are as a rule: among eight, the place is found
/// without a guess which way it goes.
#[inline]
fn count_before(docs: &[DocId], target: DocId) -> usize {
    const AT_ONCE: usize = 8;
    let mut count = 0;
    while docs.get(count + AT_ONCE - 1).is_some_and(|&last| last < target) {
        count += AT_ONCE;
    }
    if count + AT_ONCE <= docs.len() {
        for step in [4, 2, 1] {
            count += step * usize::from(docs[count + step - 1] < target);
        }
        return count;
    }
    count + docs[count..].iter().take_while(|&&doc| doc < target).count()
}

impl Default for Counted {
    fn default() -> Self {
        Self { block: 0, before_block: 0, at: 0, in_block: 0, before_blocks: OwnedBytes::empty() }
    }
}

impl Counted {
    /// How often the word stands before a passage of a block, which is decoded, and none before that of the last time.
    fn before(&mut self, (block, at): (usize, usize), postings: &BlockSegmentPostings) -> u64 {
        if self.block != block {
            self.go_to(block);
        }
        for &count in &postings.freqs()[self.at..at] {
            self.in_block += u64::from(count);
        }
        self.at = at;
        self.before_block + self.in_block
    }

    #[cold]
    fn go_to(&mut self, block: usize) {
        let passed = self.before_blocks.chunks_exact(SKIP).take(block).skip(self.block);
        self.before_block += passed.map(|of_block| u64::from(occurrences(of_block))).sum::<u64>();
        (self.block, self.at, self.in_block) = (block, 0, 0);
    }
}

fn occurrences(of_block: &[u8]) -> u32 {
    let bytes = of_block.get(OCCURRENCES).and_then(|bytes| bytes.try_into().ok());
    bytes.map_or(0, u32::from_le_bytes)
}

impl Default for Places {
    fn default() -> Self {
        Self { reader: None, whole: 0, block: u64::MAX, distances: [0; BLOCK], scattered: Vec::new() }
    }
}

impl Places {
    fn open(bytes: OwnedBytes) -> io::Result<Self> {
        let whole = VInt::deserialize_u64(&mut bytes.clone())?;
        Ok(Self { reader: Some(PositionReader::open(bytes)?), whole, ..Self::default() })
    }

    /// So many distances, behind all that are of the passages before.
    #[inline]
    fn distances(&mut self, before: u64, count: usize) -> &[u32] {
        let (block, start) = (before / BLOCK as u64, (before % BLOCK as u64) as usize);
        if start + count > BLOCK || block >= self.whole {
            return self.scattered(before, count);
        }
        if self.block != block {
            self.keep(block);
        }
        &self.distances[start..start + count]
    }

    #[cold]
    fn keep(&mut self, block: u64) {
        if let Some(reader) = &mut self.reader {
            reader.read(block * BLOCK as u64, &mut self.distances);
            self.block = block;
        }
    }

    #[cold]
    fn scattered(&mut self, before: u64, count: usize) -> &[u32] {
        self.scattered.clear();
        if let Some(reader) = &mut self.reader {
            self.scattered.resize(count, 0);
            reader.read(before, &mut self.scattered);
        }
        &self.scattered
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use tantivy::postings::Postings;
    use tantivy::schema::{Schema, TEXT};
    use tantivy::{DocSet, Index, IndexWriter, TERMINATED, doc};

    use super::*;

    /// A step through the passages of a word.
    #[derive(Clone, Copy, Debug)]
    enum Step {
        Advance,
        /// So many passages further on, whether the word stands there or not.
        Seek(DocId),
        Places,
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            3 => Just(Step::Advance),
            2 => (0..30_u32).prop_map(Step::Seek),
            1 => (0..900_u32).prop_map(Step::Seek),
            3 => Just(Step::Places),
        ]
    }

    fn searcher(texts: &[String]) -> Searcher {
        let mut schema = Schema::builder();
        let text = schema.add_text_field("text", TEXT);
        let index = Index::create_in_ram(schema.build());
        let mut writer: IndexWriter = index.writer_with_num_threads(1, 15_000_000).expect("a writer");
        for content in texts {
            writer.add_document(doc!(text => content.as_str())).expect("it is added");
        }
        writer.commit().expect("it commits");
        index.reader().expect("a reader").searcher()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]
        #[test]
        fn words_stand_where_tantivy_says(
            counts in prop::collection::vec((0..4_usize, 0..3_usize), 0..1500),
            repeated in 1..300_usize,
            steps in prop::collection::vec(step(), 1..200),
        ) {
            let text = |&(words, others): &(usize, usize)| "other ".repeat(others) + &"word ".repeat(words * repeated / 100);
            let searcher = searcher(&counts.iter().map(text).collect::<Vec<_>>());
            let field = searcher.schema().get_field("text").expect("the field");
            let term = Term::from_field_text(field, "word");
            let files = PositionFiles::new(&searcher);
            for segment in searcher.segment_readers() {
                let mut ours = files.open(&term, segment).expect("it opens");
                let index = segment.inverted_index(field).expect("it opens");
                let theirs = index.read_postings(&term, IndexRecordOption::WithFreqsAndPositions).expect("it reads");
                let Some(mut theirs) = theirs else {
                    prop_assert_eq!(ours.doc(), TERMINATED);
                    continue;
                };
                let mut wanted = Vec::new();
                for step in &steps {
                    prop_assert_eq!(ours.doc(), theirs.doc());
                    if ours.doc() == TERMINATED {
                        prop_assert_eq!(ours.seek(TERMINATED), TERMINATED);
                        break;
                    }
                    prop_assert_eq!(ours.count(), theirs.term_freq());
                    match step {
                        Step::Advance => prop_assert_eq!(ours.advance(), theirs.advance()),
                        Step::Seek(further) => {
                            let target = theirs.doc() + further;
                            prop_assert_eq!(ours.seek(target), theirs.seek(target));
                        }
                        Step::Places => {
                            theirs.positions(&mut wanted);
                            prop_assert_eq!(&places(ours.distances()).collect::<Vec<_>>(), &wanted);
                        }
                    }
                }
            }
        }
    }
}
