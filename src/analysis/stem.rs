//! Stems: the form under which a word and its inflections are one.
//!
//! Made by Snowball's algorithms, from the frostem crate. English words are folded first, since their accents are of
//! no use; those of other languages are stemmed as they are written, in lower case, and folded after that: a French
//! or Russian stemmer needs the accents.

use std::borrow::Cow;

use frostem::{Algorithm, Stemmer};
use icu_normalizer::ComposingNormalizer;

use super::MAX_TERM_BYTES;
use super::fold::{self, fold};
use super::walk::{is_joint, truncate};

/// The algorithm of each script that several languages share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Algorithms {
    pub(super) latin: Algorithm,
    pub(super) cyrillic: Option<Algorithm>,
    pub(super) arabic: Option<Algorithm>,
    pub(super) hebrew: Option<Algorithm>,
    pub(super) devanagari: Option<Algorithm>,
}

impl Default for Algorithms {
    fn default() -> Self {
        Self {
            latin: Algorithm::English,
            cyrillic: Some(Algorithm::Russian),
            arabic: Some(Algorithm::Arabic),
            hebrew: None,
            devanagari: Some(Algorithm::Hindi),
        }
    }
}

impl Algorithms {
    /// The algorithm for words that, folded, start with this letter.
    fn of(self, letter: char) -> Option<Algorithm> {
        match letter {
            'a'..='z' | 'ƀ'..='ɏ' => Some(self.latin),
            'Ͱ'..='Ͽ' => Some(Algorithm::Greek),
            'Ѐ'..='ԯ' => self.cyrillic,
            'Ա'..='֏' => Some(Algorithm::Armenian),
            '\u{591}'..='\u{5ff}' => self.hebrew,
            '\u{600}'..='\u{6ff}' | '\u{750}'..='\u{77f}' => self.arabic,
            '\u{900}'..='\u{97f}' => self.devanagari,
            '\u{b80}'..='\u{bff}' => Some(Algorithm::Tamil),
            _ => None,
        }
    }
}

/// The stem of a word, which is given as it is written and folded.
pub(super) fn stem<'w>(written: &str, folded: &'w str, algorithms: Algorithms) -> Cow<'w, str> {
    match folded.chars().next().and_then(|first| algorithms.of(first)) {
        Some(Algorithm::English) => english(folded),
        // Folding may have cut a longer one; nobody inflects such words, nor abbreviations.
        Some(algorithm) if written.len() <= MAX_TERM_BYTES && !written.contains(is_joint) => {
            by_letters(written, folded, algorithm)
        }
        _ => Cow::Borrowed(folded),
    }
}

fn english(folded: &str) -> Cow<'_, str> {
    match folded.bytes().all(|byte| byte.is_ascii_lowercase()) {
        true => Stemmer::new(Algorithm::English).stem(folded),
        // The plural of a designation: `F35s`.
        false => {
            let singular =
                folded.strip_suffix('s').filter(|rest| rest.ends_with(|c: char| c.is_ascii_digit()));
            Cow::Borrowed(singular.unwrap_or(folded))
        }
    }
}

/// The stem of a word in which accents count.
fn by_letters<'w>(written: &str, folded: &'w str, algorithm: Algorithm) -> Cow<'w, str> {
    let stem = if written == folded && folded.is_ascii() {
        match Stemmer::new(algorithm).stem(folded) {
            Cow::Borrowed(_) => return Cow::Borrowed(folded),
            Cow::Owned(stem) => stem,
        }
    } else {
        Stemmer::new(algorithm).stem(&lower_case(written)).into_owned()
    };
    let mut stem = fold(&stem);
    truncate(&mut stem);
    // Some algorithms take all of a word for an ending.
    if stem.is_empty() { Cow::Borrowed(folded) } else { Cow::Owned(stem) }
}

/// A word in lower case, its accents kept and each letter with its accents one character.
fn lower_case(word: &str) -> String {
    let composed = ComposingNormalizer::new_nfkc().normalize(word);
    let shows = |c: &char| !matches!(c, '\u{ad}' | '\u{200c}' | '\u{200d}' | '\u{2060}' | '\u{feff}');
    // The stemmer of Persian makes of the Arabic letters its own again.
    let letters = composed.chars().filter(shows).map(fold::arabic);
    let mut lower: String = letters.flat_map(char::to_lowercase).collect();
    // What is left of a Turkish capital with its dot.
    lower.retain(|c| c != '\u{307}');
    lower
}

/// What folded words with this stem start with: each with one of these texts.
///
/// Algorithms that only take endings off leave the first letter alone, of which nothing more is asked here but for
/// English; of others nothing can be told.
pub(super) fn starts_of_inflections(stem: &str, algorithms: Algorithms) -> Vec<String> {
    let Some(first) = stem.chars().next() else { return vec![String::new()] };
    let is_serbian = [algorithms.cyrillic, Some(algorithms.latin)].contains(&Some(Algorithm::Serbian));
    match algorithms.of(first) {
        // A Serbian word has one stem in both of its scripts.
        _ if is_serbian && first.is_ascii_alphabetic() => vec![String::new()],
        Some(Algorithm::English) => starts_of_english(stem),
        Some(algorithm) if takes_endings_only(algorithm) => vec![first.to_string()],
        Some(_) => vec![String::new()],
        None => vec![stem.to_owned()],
    }
}

/// What English words with this stem start with: each with one of these texts.
///
/// The algorithm takes endings off and may change the last letter before them (`happy` to `happi`, `hoping` to `hope`,
/// `possibility` to `possibl`, `skies` to `sky`). Only of words such as `dying` it makes `die`.
fn starts_of_english(stem: &str) -> Vec<String> {
    let other_letter = match stem.as_bytes() {
        letters if !letters.iter().all(u8::is_ascii_lowercase) => None,
        [_, b'i', b'e'] => return vec![stem.to_owned(), format!("{}y", &stem[..1])],
        [_, .., b'e' | b'y'] | [.., b'b', b'l'] => Some('i'),
        [_, .., b'i'] => Some('y'),
        _ => None,
    };
    let changed = other_letter.map(|letter| format!("{}{letter}", &stem[..stem.len() - 1]));
    std::iter::once(stem.to_owned()).chain(changed).collect()
}

/// Whether an algorithm leaves the first letter of every word alone.
fn takes_endings_only(algorithm: Algorithm) -> bool {
    use Algorithm as Of;
    matches!(
        algorithm,
        Of::Basque
            | Of::Catalan
            | Of::Czech
            | Of::Danish
            | Of::Estonian
            | Of::Finnish
            | Of::French
            | Of::German
            | Of::Hindi
            | Of::Hungarian
            | Of::Italian
            | Of::Nepali
            | Of::Norwegian
            | Of::Polish
            | Of::Portuguese
            | Of::Romanian
            | Of::Russian
            | Of::Spanish
            | Of::Swedish
    )
}

/// The stems that a word may have, by the languages that it may be of; at least one, each once.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Stems(Vec<String>);

impl Stems {
    /// This stem alone.
    pub fn of(stem: String) -> Self {
        Self(vec![stem])
    }

    /// Adds a stem, unless it is there.
    pub(super) fn add(&mut self, stem: &str) {
        if !self.contains(stem) {
            self.0.push(stem.to_owned());
        }
    }

    /// Whether this is one of them.
    pub fn contains(&self, stem: &str) -> bool {
        self.0.iter().any(|known| known == stem)
    }

    /// The stems, that of English first.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }
}

impl From<&str> for Stems {
    fn from(stem: &str) -> Self {
        Self::of(stem.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn english_stem(word: &str) -> String {
        stem(word, &fold(word), Algorithms::default()).into_owned()
    }

    fn starts_well(word: &str) -> bool {
        starts_of_english(&english_stem(word)).iter().any(|start| word.starts_with(start))
    }

    proptest! {
        #[test]
        fn words_start_as_their_stem_says(
            root in "[a-z]{1,6}",
            endings in prop::collection::vec(prop::sample::select(ENDINGS), 0..3),
        ) {
            let word = root + &endings.concat();
            prop_assert!(starts_well(&word), "{} of {}", english_stem(&word), word);
        }

        #[test]
        fn short_words_start_as_their_stem_says(word in "[a-z]{1,6}(ing|ed|ly|ies|s)?") {
            prop_assert!(starts_well(&word), "{} of {}", english_stem(&word), word);
        }
    }

    const ENDINGS: &[&str] = &[
        "s", "es", "ies", "ied", "ed", "eed", "eedly", "edly", "ing", "ingly", "y", "e", "l", "ll", "at",
        "bl", "iz", "tional", "ational", "enci", "anci", "abli", "entli", "izer", "ization", "ation", "ator",
        "alism", "aliti", "alli", "fulness", "ousli", "ousness", "iveness", "iviti", "biliti", "bli", "logi",
        "fulli", "lessli", "li", "ly", "icate", "iciti", "ical", "ness", "ful", "ative", "alize", "al",
        "ance", "ence", "er", "ic", "able", "ible", "ant", "ement", "ment", "ent", "ism", "ate", "iti",
        "ity", "ous", "ive", "ize", "ion", "'s",
    ];

    #[test]
    fn words_that_are_stemmed_by_a_list_start_as_their_stem_says_too() {
        for word in
            ["skis", "skies", "dying", "lying", "tying", "idly", "gently", "ugly", "early", "only", "singly"]
        {
            assert!(starts_well(word), "{word}");
        }
    }

    #[test]
    fn inflections_share_a_stem() {
        for word in ["launch", "launches", "Launched", "LAUNCHING", "läunch"] {
            assert_eq!(english_stem(word), "launch");
        }
    }

    #[test]
    fn english_words_are_folded_and_then_stemmed() {
        for word in ["naïveté", "Cafés", "façades", "résumés", "coöperation", "Zürich", "ﬁnally", "Brontës"]
        {
            let folded = fold(word);
            assert_eq!(english_stem(word), Stemmer::new(Algorithm::English).stem(&folded), "{word}");
        }
    }

    #[test]
    fn numbers_are_left_alone() {
        assert_eq!(english_stem("35as"), "35as");
        assert_eq!(english_stem("1990s"), "1990s");
        assert_eq!(english_stem("F35s"), "f35");
    }
}
