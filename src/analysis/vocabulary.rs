//! The words that were met, each with a number.
//!
//! A text has far more tokens than it has words. So what a token becomes in the views is worked out once for each word,
//! and whoever indexes a text notes numbers: four bytes that need neither be hashed nor compared again. Most of the words
//! of any text are among a few thousand, which a small table knows by a single look; it changes no number, only what
//! finding it costs.

use std::hash::{BuildHasher, RandomState};

use hashbrown::HashTable;

use super::Language;

/// How many slots the table of the last words has, as a power of two. With 2^16 of them it takes 2 MB.
const SLOTS_LOG: u32 = 16;

/// How many numbers of eight bytes a word in that table has.
const WORD: usize = 3;

/// The longest word that the table holds, in bytes.
const MAX_LEN: usize = 8 * WORD;

/// The number of a word in a [`Vocabulary`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WordId(u32);

impl WordId {
    /// No word: it parts texts that no phrase goes across.
    pub const GAP: Self = Self(0);

    /// The number as such. Words that were met early, as frequent ones mostly were, have small ones.
    pub fn number(self) -> u32 {
        self.0
    }
}

impl From<u32> for WordId {
    fn from(number: u32) -> Self {
        Self(number)
    }
}

/// What a table of the last words takes a key for.
#[derive(Clone, Copy, Debug)]
enum Of {
    /// A word, in a language.
    Word(Language),
    /// A single character of a script without spaces.
    Character,
    /// Two of them.
    Pair,
    /// A base form by a dictionary.
    BaseForm,
}

/// A table of words. Each thread has its own.
#[derive(Debug)]
pub struct Vocabulary {
    /// The term of each word, and behind it its stem, unless the term begins with that.
    bytes: Vec<u8>,
    words: Vec<Word>,
    /// The numbers of words by what they become.
    by_content: HashTable<u32>,
    hasher: RandomState,
    slots: Vec<Slot>,
    languages: Languages,
}

/// Where in the bytes the forms of a word stand.
#[derive(Clone, Copy, Debug)]
struct Word {
    start: u32,
    term_len: u16,
    /// Where the stem starts behind `start`.
    stem_at: u16,
    stem_len: u16,
}

/// A word that was met, in the table of the last ones.
#[derive(Clone, Copy, Debug, Default)]
struct Slot {
    key: [u64; WORD],
    number: u32,
    /// The number of what the key is taken for.
    of: u8,
}

impl Default for Vocabulary {
    fn default() -> Self {
        Self {
            bytes: Vec::new(),
            words: vec![Word { start: 0, term_len: 0, stem_at: 0, stem_len: 0 }],
            by_content: HashTable::new(),
            hasher: RandomState::new(),
            slots: vec![Slot::default(); 1 << SLOTS_LOG],
            languages: Languages { known: vec![Language::default()], last: 0 },
        }
    }
}

impl Vocabulary {
    /// How many numbers there are, with that of the gap.
    pub fn len(&self) -> usize {
        self.words.len()
    }

    /// Whether no word was met.
    pub fn is_empty(&self) -> bool {
        self.len() == 1
    }

    /// How much memory the words take, in bytes.
    pub fn memory(&self) -> usize {
        self.bytes.capacity()
            + self.words.capacity() * size_of::<Word>()
            + self.by_content.capacity() * (size_of::<u32>() + 1)
    }

    /// What a word is in `body`; empty for what stands only in `stem`.
    pub fn term(&self, word: WordId) -> &[u8] {
        let Word { start, term_len, .. } = self.words[word.0 as usize];
        let start = start as usize;
        &self.bytes[start..start + usize::from(term_len)]
    }

    /// What a word is in `stem`; empty for what stands only in `body`.
    pub fn stem(&self, word: WordId) -> &[u8] {
        let Word { start, stem_at, stem_len, .. } = self.words[word.0 as usize];
        let start = start as usize + usize::from(stem_at);
        &self.bytes[start..start + usize::from(stem_len)]
    }

    /// A word with its stem, given as it is written and folded.
    pub(super) fn word(&mut self, language: Language, written: &str, folded: &str) -> WordId {
        let key = key(language, written, folded);
        self.looked_up(key, Of::Word(language), |words| {
            words.numbered(folded.as_bytes(), language.stem(written, folded).as_bytes())
        })
    }

    /// A character of a script without spaces, which ranks in pairs only.
    pub(super) fn character(&mut self, character: &str) -> WordId {
        self.looked_up(packed(character.as_bytes()), Of::Character, |words| {
            words.numbered(character.as_bytes(), b"")
        })
    }

    /// Two characters, or one that stands alone, which only rank.
    pub(super) fn pair(&mut self, pair: &str) -> WordId {
        self.looked_up(packed(pair.as_bytes()), Of::Pair, |words| words.numbered(b"", pair.as_bytes()))
    }

    /// A base form by a dictionary.
    pub(super) fn base_form(&mut self, form: &str) -> WordId {
        self.looked_up(packed(form.as_bytes()), Of::BaseForm, |words| words.numbered(form.as_bytes(), b""))
    }

    /// The number of what stands in the table of the last words under a key, or else of what is made; that goes in there.
    fn looked_up(&mut self, key: Option<[u64; WORD]>, of: Of, make: impl FnOnce(&mut Self) -> u32) -> WordId {
        let Some(key) = key else { return WordId(make(self)) };
        let (at, of) = (slot_of(key), self.languages.number_of(of));
        let slot = self.slots[at];
        // Nothing is looked up that has no letters, so an empty slot is never taken for something.
        if slot.key == key && slot.of == of {
            return WordId(slot.number);
        }
        let number = make(self);
        self.slots[at] = Slot { key, number, of };
        WordId(number)
    }

    /// The number of the word with these forms, which may be a new one.
    fn numbered(&mut self, term: &[u8], stem: &[u8]) -> u32 {
        let Self { bytes, words, by_content, hasher, .. } = self;
        let hash = hasher.hash_one((term, stem));
        let forms = |number: u32| {
            let Word { start, term_len, stem_at, stem_len } = words[number as usize];
            let held = &bytes[start as usize..];
            let stem_at = usize::from(stem_at);
            (&held[..usize::from(term_len)], &held[stem_at..stem_at + usize::from(stem_len)])
        };
        if let Some(&number) = by_content.find(hash, |&number| forms(number) == (term, stem)) {
            return number;
        }
        let number = u32::try_from(words.len()).expect("memory bounds how many words there are");
        by_content.insert_unique(hash, number, |&number| hasher.hash_one(forms(number)));
        let start = u32::try_from(bytes.len()).expect("memory bounds how long all words are");
        let len = |form: &[u8]| u16::try_from(form.len()).expect("terms are short");
        bytes.extend_from_slice(term);
        let stem_at = if term.starts_with(stem) { 0 } else { len(term) };
        if stem_at > 0 || term.is_empty() {
            bytes.extend_from_slice(stem);
        }
        words.push(Word { start, term_len: len(term), stem_at, stem_len: len(stem) });
        number
    }
}

/// The languages met so far, and the number among them of the last one.
#[derive(Debug)]
struct Languages {
    known: Vec<Language>,
    last: u8,
}

impl Languages {
    /// A number for what a key is taken for. There are fewer languages than numbers.
    fn number_of(&mut self, of: Of) -> u8 {
        match of {
            Of::Word(language) => self.number_of_language(language),
            Of::Character => u8::MAX,
            Of::Pair => u8::MAX - 1,
            Of::BaseForm => u8::MAX - 2,
        }
    }

    fn number_of_language(&mut self, language: Language) -> u8 {
        if self.known[usize::from(self.last)] != language {
            let known = self.known.iter().position(|known| *known == language);
            let at = known.unwrap_or_else(|| {
                self.known.push(language);
                self.known.len() - 1
            });
            self.last = u8::try_from(at).expect("there are few languages");
        }
        self.last
    }
}

/// What the forms of a word depend on but for its language; `None` where it is too long, or a number: which zeros count
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

/// The slot of a key, by multiplicative hashing (Knuth, The Art of Computer Programming, 6.4).
fn slot_of(key: [u64; WORD]) -> usize {
    const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;
    let hash = key.iter().fold(0_u64, |hash, number| (hash.rotate_left(23) ^ number).wrapping_mul(GOLDEN));
    usize::try_from(hash >> (u64::BITS - SLOTS_LOG)).expect("a slot's number is small")
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;

    use super::super::fold;
    use super::*;

    proptest! {
        #[test]
        fn a_word_has_its_forms_and_words_of_the_same_forms_are_one(
            words in prop::collection::vec("[a-c]{1,3}(ing|ed|s)?|[a-zé]{1,40}|[а-я]{1,9}|[0-9]{1,3}|\\PC{1,6}", 0..40),
            codes in prop::collection::vec(prop::sample::select(&["en", "fr", "uk", "tr"][..]), 1..4),
        ) {
            let mut vocabulary = Vocabulary::default();
            let mut numbers = HashMap::new();
            for (word, code) in words.iter().chain(&words).zip(codes.iter().cycle()) {
                let (language, folded) = (Language::of_code(code), fold(word));
                if !folded.is_empty() {
                    let id = vocabulary.word(language, word, &folded);
                    let stem = language.stem(word, &folded).into_owned();
                    prop_assert_eq!(vocabulary.term(id), folded.as_bytes());
                    prop_assert_eq!(vocabulary.stem(id), stem.as_bytes());
                    prop_assert_eq!(*numbers.entry((folded, stem)).or_insert(id), id);
                }
            }
            prop_assert_eq!(vocabulary.len(), numbers.len() + 1);
        }
    }

    #[test]
    fn characters_pairs_and_words_are_told_apart() {
        let mut vocabulary = Vocabulary::default();
        let ids = [
            vocabulary.character("한"),
            vocabulary.pair("한"),
            vocabulary.pair("한국"),
            vocabulary.word(Language::default(), "한", "한"),
        ];
        let forms = ids.map(|id| [vocabulary.term(id), vocabulary.stem(id)].map(|form| str::from_utf8(form)));
        let expected = [["한", ""], ["", "한"], ["", "한국"], ["한", "한"]].map(|forms| forms.map(Ok));
        assert_eq!(forms, expected);
        assert_eq!(vocabulary.base_form("한"), ids[0], "base forms stand in a view of their own");
        assert!(!ids.contains(&WordId::GAP));
    }
}
