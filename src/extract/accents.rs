//! Letters with accents, for the formats that write them as a letter and a mark (LaTeX, roff).

use icu_normalizer::ComposingNormalizerBorrowed;

/// A letter with a combining mark, as one character where there is one. A dotless `ı` takes marks as an `i`.
pub(super) fn accented(letter: char, mark: char) -> String {
    let letter = match letter {
        'ı' => 'i',
        'ȷ' => 'j',
        other => other,
    };
    let apart: String = [letter, mark].iter().collect();
    ComposingNormalizerBorrowed::new_nfc().normalize(&apart).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_and_marks_become_one_character_where_there_is_one() {
        assert_eq!(accented('e', '\u{301}'), "é");
        assert_eq!(accented('ı', '\u{308}'), "ï");
        assert_eq!(accented('q', '\u{301}'), "q\u{301}");
    }
}
