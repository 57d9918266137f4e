//! The words that were met, each with a number.
//!
//! A text has far more tokens than it has words. So what a token becomes in the views is worked out once for each word,
//! and whoever indexes a text notes numbers: four bytes that need neither be hashed nor compared again. Most of the words
//! of any text are among a few thousand, which a small table knows by a single look; it changes no number, only what
//! finding it costs.

use std::hash::BuildHasher;

use foldhash::fast::RandomState;
use hashbrown::HashTable;

use super::Language;

/// How many slots the table of the last words has at first, as a power of two.
const LEAST_SLOTS_LOG: u32 = 8;

/// How many it has at the most. With 2^17 of them it takes 4 MB.
const MOST_SLOTS_LOG: u32 = 17;

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

/// What a key in the table of the last words is: a word in one of the languages that were met, or one of these.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Of(u8);

impl Of {
    /// A base form by a dictionary.
    const BASE_FORM: Self = Self(u8::MAX - 2);
    /// Two characters of a script without spaces.
    const PAIR: Self = Self(u8::MAX - 1);
    /// A single one.
    const CHARACTER: Self = Self(u8::MAX);
}

/// A table of words. Each thread has its own.
#[derive(Debug)]
pub struct Vocabulary {
    /// The term of each word, and behind it its stem, unless the term begins with that.
    bytes: Vec<u8>,
    words: Vec<Word>,
    /// The numbers of words by their terms, of those without terms by their stems.
    by_form: HashTable<u32>,
    hasher: RandomState,
    slots: Vec<Slot>,
    /// The languages met so far.
    languages: Vec<Language>,
}

/// Where in the bytes the forms of a word stand.
#[derive(Clone, Copy, Debug)]
struct Word {
    start: u32,
    term_len: u16,
    /// Where the stem starts behind `start`.
    stem_at: u16,
    stem_len: u16,
    /// Whether English makes this stem of this term.
    is_english: bool,
}

/// A word that was met, in the table of the last ones.
#[derive(Clone, Copy, Debug, Default)]
struct Slot {
    key: Key,
    number: u32,
    of: Of,
}

/// A word of some ASCII letters in a language that needs nothing else to know its stem.
#[derive(Clone, Copy, Debug)]
pub(super) struct Plain(Key);

/// A word as numbers, zeros behind it; no word holds a zero itself.
type Key = [u64; WORD];

impl Default for Vocabulary {
    fn default() -> Self {
        Self {
            bytes: Vec::new(),
            words: vec![Word { start: 0, term_len: 0, stem_at: 0, stem_len: 0, is_english: false }],
            by_form: HashTable::new(),
            hasher: RandomState::default(),
            slots: vec![Slot::default(); 1 << LEAST_SLOTS_LOG],
            languages: Vec::new(),
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
        self.bytes.len()
            + self.words.len() * size_of::<Word>()
            + self.by_form.capacity() * (size_of::<u32>() + 1)
            + self.slots.len() * size_of::<Slot>()
    }

    /// What a word is in `body`; empty for what stands only in `stem`.
    pub fn term(&self, word: WordId) -> &[u8] {
        forms(&self.bytes, &self.words, word.0).0
    }

    /// What a word is in `stem`; empty for what stands only in `body`.
    pub fn stem(&self, word: WordId) -> &[u8] {
        forms(&self.bytes, &self.words, word.0).1
    }

    /// What stands for words of a language, which there are fewer of than numbers.
    pub(super) fn of(&mut self, language: Language) -> Of {
        let known = self.languages.iter().position(|known| *known == language);
        let at = known.unwrap_or_else(|| {
            self.languages.push(language);
            self.languages.len() - 1
        });
        Of(u8::try_from(at).expect("there are few languages"))
    }

    /// Whether a word is plain: all that its stem depends on are a few letters.
    pub(super) fn plain(&self, of: Of, folded: &str) -> Option<Plain> {
        let key = packed(folded.as_bytes())?;
        let is_plain = is_ascii(key)
            && !folded.as_bytes()[0].is_ascii_digit()
            && self.languages[usize::from(of.0)].needs_no_accents();
        is_plain.then_some(Plain(key))
    }

    /// Puts the numbers of plain words in their places.
    ///
    /// One by one, each would wait for memory that the table of the last words is in; the processor asks for the next
    /// ones meanwhile where nothing else stands between.
    pub(super) fn put_plain(&mut self, of: Of, words: &mut Vec<(usize, Plain)>, places: &mut [WordId]) {
        words.retain(|&(place, Plain(key))| {
            let slot = &self.slots[self.slot_of(key)];
            let is_there = slot.key == key && slot.of == of;
            if is_there {
                places[place] = WordId(slot.number);
            }
            !is_there
        });
        for (place, Plain(key)) in words.drain(..) {
            let bytes: [[u8; size_of::<u64>()]; WORD] = key.map(u64::to_le_bytes);
            let bytes = bytes.as_flattened();
            let len = bytes.iter().position(|&byte| byte == 0).unwrap_or(bytes.len());
            let word = str::from_utf8(&bytes[..len]).expect("ASCII");
            places[place] = self.looked_up(key, of, |words| {
                words.english_word(word).unwrap_or_else(|| words.new_word(of, word, word))
            });
        }
    }

    /// A word with its stem, given as it is written and folded, in a language that this vocabulary
    /// [knows](Self::of).
    pub(super) fn word(&mut self, of: Of, written: &str, folded: &str) -> WordId {
        match packed(written.as_bytes()) {
            // Which zeros count in a number depends on what stands around it.
            Some(key) if !folded.as_bytes()[0].is_ascii_digit() => {
                self.looked_up(key, of, |words| words.new_word(of, written, folded))
            }
            _ => self.new_word(of, written, folded),
        }
    }

    /// A character of a script without spaces, which ranks in pairs only.
    pub(super) fn character(&mut self, character: &str) -> WordId {
        self.form(character, Of::CHARACTER, |form| (form, b""))
    }

    /// Two characters, or one that stands alone, which only rank.
    pub(super) fn pair(&mut self, pair: &str) -> WordId {
        self.form(pair, Of::PAIR, |form| (b"", form))
    }

    /// A base form by a dictionary.
    pub(super) fn base_form(&mut self, form: &str) -> WordId {
        self.form(form, Of::BASE_FORM, |form| (form, b""))
    }

    fn form<'f>(
        &mut self,
        form: &'f str,
        of: Of,
        forms: impl Fn(&'f [u8]) -> (&'f [u8], &'f [u8]),
    ) -> WordId {
        let forms = forms(form.as_bytes());
        match packed(form.as_bytes()) {
            Some(key) => self.looked_up(key, of, |words| words.numbered(forms, false)),
            None => self.numbered(forms, false),
        }
    }

    /// What stands in the table of the last words under a key, or else what is found; that goes in there.
    fn looked_up(&mut self, key: Key, of: Of, find: impl FnOnce(&mut Self) -> WordId) -> WordId {
        let slot = self.slots[self.slot_of(key)];
        // Nothing is looked up that has no letters, so an empty slot is never taken for something.
        if slot.key == key && slot.of == of {
            return WordId(slot.number);
        }
        let found = find(self);
        if self.words.len() > self.slots.len() && self.slots.len() < 1 << MOST_SLOTS_LOG {
            self.slots = vec![Slot::default(); 2 * self.slots.len()];
        }
        let at = self.slot_of(key);
        self.slots[at] = Slot { key, number: found.0, of };
        found
    }

    /// The slot of a key, by multiplicative hashing (Knuth, The Art of Computer Programming, 6.4).
    fn slot_of(&self, key: Key) -> usize {
        const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;
        let hash =
            key.iter().fold(0_u64, |hash, number| (hash.rotate_left(23) ^ number).wrapping_mul(GOLDEN));
        usize::try_from(hash >> (u64::BITS - self.slots.len().ilog2())).expect("a slot's number is small")
    }

    /// An English word that was met before.
    fn english_word(&self, folded: &str) -> Option<WordId> {
        let Self { bytes, words, by_form, hasher, .. } = self;
        let is_it = |&number: &u32| {
            words[number as usize].is_english && forms(bytes, words, number).0 == folded.as_bytes()
        };
        by_form.find(hasher.hash_one(folded.as_bytes()), is_it).map(|&number| WordId(number))
    }

    fn new_word(&mut self, of: Of, written: &str, folded: &str) -> WordId {
        let language = self.languages[usize::from(of.0)];
        let is_english = folded.is_ascii() && language.needs_no_accents();
        self.numbered((folded.as_bytes(), language.stem(written, folded).as_bytes()), is_english)
    }

    /// The word with these forms, which may be a new one.
    fn numbered(&mut self, (term, stem): (&[u8], &[u8]), is_english: bool) -> WordId {
        let Self { bytes, words, by_form, hasher, .. } = self;
        let hash = |(term, stem): (&[u8], &[u8])| hasher.hash_one(if term.is_empty() { stem } else { term });
        if let Some(&number) =
            by_form.find(hash((term, stem)), |&number| forms(bytes, words, number) == (term, stem))
        {
            words[number as usize].is_english |= is_english;
            return WordId(number);
        }
        let number = u32::try_from(words.len()).expect("memory bounds how many words there are");
        by_form.insert_unique(hash((term, stem)), number, |&number| hash(forms(bytes, words, number)));
        let start = u32::try_from(bytes.len()).expect("memory bounds how long all words are");
        let len = |form: &[u8]| u16::try_from(form.len()).expect("terms are short");
        bytes.extend_from_slice(term);
        let stem_at = if term.starts_with(stem) { 0 } else { len(term) };
        if stem_at > 0 || term.is_empty() {
            bytes.extend_from_slice(stem);
        }
        words.push(Word { start, term_len: len(term), stem_at, stem_len: len(stem), is_english });
        WordId(number)
    }
}

/// The term and the stem of a word.
fn forms<'b>(bytes: &'b [u8], words: &[Word], number: u32) -> (&'b [u8], &'b [u8]) {
    let Word { start, term_len, stem_at, stem_len, .. } = words[number as usize];
    let held = &bytes[start as usize..];
    let stem_at = usize::from(stem_at);
    (&held[..usize::from(term_len)], &held[stem_at..stem_at + usize::from(stem_len)])
}

fn is_ascii(key: Key) -> bool {
    const BEYOND_ASCII: u64 = 0x8080_8080_8080_8080;
    key.iter().fold(0, |all, number| all | number) & BEYOND_ASCII == 0
}

fn packed(word: &[u8]) -> Option<Key> {
    let mut bytes = [0; MAX_LEN];
    bytes.get_mut(..word.len())?.copy_from_slice(word);
    let (numbers, _) = bytes.as_chunks();
    Some(std::array::from_fn(|at| u64::from_le_bytes(numbers[at])))
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
                    let of = vocabulary.of(language);
                    let id = match vocabulary.plain(of, &folded) {
                        Some(plain) => {
                            let mut places = [WordId::GAP];
                            vocabulary.put_plain(of, &mut vec![(0, plain)], &mut places);
                            places[0]
                        }
                        None => vocabulary.word(of, word, &folded),
                    };
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
        let english = vocabulary.of(Language::default());
        let ids = [
            vocabulary.character("한"),
            vocabulary.pair("한"),
            vocabulary.pair("한국"),
            vocabulary.word(english, "한", "한"),
        ];
        let forms = ids.map(|id| [vocabulary.term(id), vocabulary.stem(id)].map(|form| str::from_utf8(form)));
        let expected = [["한", ""], ["", "한"], ["", "한국"], ["한", "한"]].map(|forms| forms.map(Ok));
        assert_eq!(forms, expected);
        assert_eq!(vocabulary.base_form("한"), ids[0], "base forms stand in a view of their own");
        assert!(!ids.contains(&WordId::GAP));
    }
}
