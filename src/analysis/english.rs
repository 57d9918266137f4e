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

#[cfg(test)]
mod tests {
    use super::*;

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
