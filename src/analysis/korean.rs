//! Korean: where the ending of a word begins.
//!
//! Particles (조사) and endings (어미) are written to the word that they belong to: `미사일을`, `북한의`, `발사했다`. They say
//! how a word stands in its sentence and not what it means, so where the word is asked for, the ending may be another.
//! No dictionary is needed for that: a list of endings is taken off, the longest first, as long as two syllables
//! remain.

/// How many syllables an ending must leave, lest a word like `회의` be taken for one with an ending.
const SYLLABLES_LEFT: usize = 2;

/// The endings, by their lengths from the longest.
const ENDINGS: [&[&str]; 3] = [
    &[
        "에게서",
        "이라는",
        "이라고",
        "으로서",
        "으로써",
        "에서는",
        "으로는",
        "이었던",
        "되었다",
        "였으며",
        "했으며",
        "하였다",
        "에서의",
        "으로의",
        "인가요",
    ],
    &[
        "으로", "에서", "에게", "까지", "부터", "이란", "라는", "이라", "라고", "로서", "로써", "에는",
        "에도", "로는", "처럼", "보다", "이나", "이며", "하고", "하는", "하여", "했던", "되는", "되어",
        "였던", "였다", "이다", "했다", "한다", "된다", "들은", "들이", "들을", "들의", "마다", "조차",
        "밖에", "께서", "한테", "이자", "로의", "와의", "과의", "인가", "일까", "은가", "는가", "이는",
        "이를",
    ],
    &[
        "은", "는", "이", "가", "을", "를", "에", "의", "와", "과", "도", "로", "만", "라", "란", "인", "나",
        "며", "해", "한", "된", "들", "께",
    ],
];

/// Where the ending of a word in Hangul starts, in bytes; the word's length where it has none.
pub fn ending_start(word: &str) -> usize {
    ending_start_after(word, SYLLABLES_LEFT)
}

/// Where the ending of what is written in Hangul to a word of another script starts: of `NATO에서` at the first
/// syllable, of `2023년에` at the second.
pub fn ending_start_after_other_script(hangul: &str) -> usize {
    ending_start_after(hangul, 0)
}

fn ending_start_after(word: &str, left: usize) -> usize {
    let ending = ENDINGS.iter().flat_map(|endings| endings.iter()).find(|ending| {
        word.strip_suffix(**ending).is_some_and(|stem| left == 0 || stem.chars().nth(left - 1).is_some())
    });
    word.len() - ending.map_or(0, |ending| ending.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endings_are_parted_from_their_words() {
        for (word, stem) in [
            ("미사일을", "미사일"),
            ("미사일의", "미사일"),
            ("북한이", "북한"),
            ("발사했다", "발사"),
            ("서울에서는", "서울"),
            ("국가들의", "국가"),
            ("정부는", "정부"),
        ] {
            assert_eq!(&word[..ending_start(word)], stem);
        }
    }

    #[test]
    fn two_syllables_remain() {
        for word in ["회의", "한국", "미사일", "나이", "의", ""] {
            assert_eq!(ending_start(word), word.len(), "{word}");
        }
        assert_eq!(ending_start("회의의"), "회의".len());
    }

    #[test]
    fn what_follows_another_script_may_be_all_ending() {
        for (hangul, rest) in [("에서", ""), ("년에", "년"), ("월", "월"), ("의", "")] {
            assert_eq!(&hangul[..ending_start_after_other_script(hangul)], rest);
        }
    }

    #[test]
    fn longer_endings_come_first() {
        for (endings, len) in ENDINGS.iter().zip([3, 2, 1]) {
            assert!(endings.iter().all(|ending| ending.chars().count() == len));
        }
    }
}
