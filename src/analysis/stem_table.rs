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
    /// The languages met so far, and the number among them of the last one.
    languages: Vec<Language>,
    last: u8,
}

#[derive(Clone, Copy, Debug, Default)]
struct Slot {
    word: [u64; WORD],
    stem: [u8; MAX_LEN],
    len: u8,
    /// The language's number.
    language: u8,
}

impl StemTable {
    /// A table without stems.
    pub(super) fn new() -> Self {
        Self { slots: vec![Slot::default(); 1 << SLOTS_LOG], languages: vec![Language::default()], last: 0 }
    }

    /// Adds to `stems` the stem of a word, which is given as it is written and folded.
    pub(super) fn push_stem(&mut self, language: Language, written: &str, folded: &str, stems: &mut Vec<u8>) {
        let Some(word) = key(language, written, folded) else {
            stems.extend_from_slice(language.stem(written, folded).as_bytes());
            return;
        };
        let number = self.number_of(language);
        let slot = &mut self.slots[slot_of(word)];
        // No word is empty, so an empty slot is never taken for one.
        if slot.word == word && slot.language == number {
            stems.extend_from_slice(&slot.stem[..usize::from(slot.len)]);
            return;
        }
        let stem = language.stem(written, folded);
        stems.extend_from_slice(stem.as_bytes());
        if let (Some(held), Ok(len)) = (slot.stem.get_mut(..stem.len()), u8::try_from(stem.len())) {
            held.copy_from_slice(stem.as_bytes());
            (slot.word, slot.len, slot.language) = (word, len, number);
        }
    }

    /// The number of a language. There are fewer languages than numbers.
    fn number_of(&mut self, language: Language) -> u8 {
        if self.languages[usize::from(self.last)] != language {
            let known = self.languages.iter().position(|known| *known == language);
            let at = known.unwrap_or_else(|| {
                self.languages.push(language);
                self.languages.len() - 1
            });
            self.last = u8::try_from(at).expect("there are few languages");
        }
        self.last
    }
}

/// What the stem of a word depends on but for its language; `None` where it is too long, or a number: which zeros count
/// in one depends on what stands around it.
fn key(language: Language, written: &str, folded: &str) -> Option<[u64; WORD]> {
    const BEYOND_ASCII: u64 = 0x8080_8080_8080_8080;
    let word = packed(folded.as_bytes())?;
    let is_ascii = word.iter().fold(0, |all, number| all | number) & BEYOND_ASCII == 0;
    match folded.as_bytes() {
        [b'0'..=b'9', ..] => None,
        _ if is_ascii && language.needs_no_accents() => Some(word),
        _ => packed(written.as_bytes()),
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
