//! English stems: the form under which a word and its inflections are one.
//!
//! Only words of ASCII letters are stemmed; folding has taken the accents off before. The algorithm is
//! Snowball's English stemmer (Porter 2), from the frostem crate.

use std::borrow::Cow;

use frostem::{Algorithm, Stemmer};

/// The stem of a folded word.
pub fn stem(word: &str) -> Cow<'_, str> {
    if word.bytes().all(|byte| byte.is_ascii_lowercase()) {
        Stemmer::new(Algorithm::English).stem(word)
    } else {
        Cow::Borrowed(word)
    }
}

/// What every word with this stem starts with.
///
/// The algorithm takes endings off and may change the last letter before them (`happy` to `happi`). Of short words it
/// changes more, by a list (`dying` to `die`), but never the first letter.
pub fn start_of_inflections(stem: &str) -> &str {
    match stem.len() {
        _ if !stem.bytes().all(|byte| byte.is_ascii_lowercase()) => stem,
        0 => stem,
        1..=3 => &stem[..1],
        len => &stem[..len - 1],
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn words_start_as_their_stem_says(
            root in "[a-z]{1,6}",
            endings in prop::collection::vec(prop::sample::select(ENDINGS), 0..3),
        ) {
            let word = root + &endings.concat();
            prop_assert!(word.starts_with(start_of_inflections(&stem(&word))), "{} of {}", stem(&word), word);
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
            assert!(word.starts_with(start_of_inflections(&stem(word))), "{word}");
        }
    }

    #[test]
    fn inflections_share_a_stem() {
        let stems: Vec<_> = ["launch", "launches", "launched", "launching"].map(stem).to_vec();
        assert!(stems.iter().all(|stem| stem == "launch"), "{stems:?}");
    }

    #[test]
    fn numbers_and_other_scripts_are_left_alone() {
        assert_eq!(stem("35as"), "35as");
        assert_eq!(stem("ракеты"), "ракеты");
    }
}
