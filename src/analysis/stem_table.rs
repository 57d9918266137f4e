//! The stems that were made last, so that most words of a text need not be stemmed again.
//!
//! Making a stem costs more than all else of the analysis together, and a few thousand words are most of any text.
//! The table has one slot for each value of a hash: a word takes the place of the one before, so that the table never
//! grows. It changes no stem, only what it costs.

use super::Language;

/// How many slots there are, as a power of two. With 2^16 of them the table takes under 4 MB.
const SLOTS_LOG: u32 = 16;

/// How many numbers of eight bytes a word in the table has.
const WORD: usize = 3;

/// The longest word, and the longest stem, that the table holds, in bytes.
const MAX_LEN: usize = 8 * WORD;

/// A table of stems. Each thread has its own.
#[derive(Clone, Debug)]
pub(super) struct StemTable {
    slots: Vec<Slot>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Slot {
    word: [u64; WORD],
    stem: [u8; MAX_LEN],
    len: u8,
    language: Language,
}

impl StemTable {
    /// A table without stems.
    pub(super) fn new() -> Self {
        Self { slots: vec![Slot::default(); 1 << SLOTS_LOG] }
    }

    /// Adds to `stems` the stem of a word, which is given as it is written and folded.
    pub(super) fn push_stem(&mut self, language: Language, written: &str, folded: &str, stems: &mut Vec<u8>) {
        // Which zeros count in a number depends on what stands around it.
        if folded.starts_with(|c: char| c.is_ascii_digit()) {
            stems.extend_from_slice(folded.as_bytes());
            return;
        }
        let word = if language.needs_no_accents() && folded.is_ascii() { folded } else { written };
        let Some(word) = packed(word.as_bytes()) else {
            stems.extend_from_slice(language.stem(written, folded).as_bytes());
            return;
        };
        let slot = &mut self.slots[slot_of(word)];
        // No word is empty, so an empty slot is never taken for one.
        if slot.word == word && slot.language == language {
            stems.extend_from_slice(&slot.stem[..usize::from(slot.len)]);
            return;
        }
        let stem = language.stem(written, folded);
        stems.extend_from_slice(stem.as_bytes());
        if let (Some(held), Ok(len)) = (slot.stem.get_mut(..stem.len()), u8::try_from(stem.len())) {
            held.copy_from_slice(stem.as_bytes());
            (slot.word, slot.len, slot.language) = (word, len, language);
        }
    }
}

/// A word as numbers, zeros behind it; no word holds a zero itself.
fn packed(word: &[u8]) -> Option<[u64; WORD]> {
    let mut bytes = [0; MAX_LEN];
    bytes.get_mut(..word.len())?.copy_from_slice(word);
    let (numbers, _) = bytes.as_chunks();
    Some(std::array::from_fn(|at| u64::from_le_bytes(numbers[at])))
}

/// The slot of a word, by multiplicative hashing (Knuth, The Art of Computer Programming, 6.4).
fn slot_of(word: [u64; WORD]) -> usize {
    const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;
    let hash = word.iter().fold(0_u64, |hash, number| (hash.rotate_left(23) ^ number).wrapping_mul(GOLDEN));
    usize::try_from(hash >> (u64::BITS - SLOTS_LOG)).expect("a slot's number is small")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::fold;
    use super::*;

    proptest! {
        #[test]
        fn a_stem_from_the_table_is_the_stem(
            words in prop::collection::vec("[a-c]{1,3}(ing|ed|s)?|[a-zé]{1,40}|[а-я]{1,9}|\\PC{1,6}", 0..40),
            codes in prop::collection::vec(prop::sample::select(&["en", "fr", "uk", "tr"][..]), 1..4),
        ) {
            let mut table = StemTable::new();
            for (word, code) in words.iter().chain(&words).zip(codes.iter().cycle()) {
                let (language, folded) = (Language::of_code(code), fold(word));
                if !folded.is_empty() {
                    let mut stem = Vec::new();
                    table.push_stem(language, word, &folded, &mut stem);
                    let expected = language.stem(word, &folded);
                    prop_assert_eq!(stem, expected.as_bytes());
                }
            }
        }
    }
}
