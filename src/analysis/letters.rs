//! The letters that a word is typed with: what a slip of the pen puts in, leaves out or changes.
//!
//! A Hangul syllable is typed letter by letter, and one mistyped letter gives another syllable or moves a letter to the
//! next one. So syllables are taken apart, with a letter being the same at the start and at the end of one: `일` and
//! `이ㄹ` have the same letters. Two consonants at an end are two letters, a double one and a diphthong are one.
//! Any other character is a letter by itself.

use std::ops::RangeInclusive;

/// The consonants that start a syllable, in Unicode's order.
const INITIALS: [char; 19] = [
    'ㄱ', 'ㄲ', 'ㄴ', 'ㄷ', 'ㄸ', 'ㄹ', 'ㅁ', 'ㅂ', 'ㅃ', 'ㅅ', 'ㅆ', 'ㅇ', 'ㅈ', 'ㅉ', 'ㅊ', 'ㅋ', 'ㅌ',
    'ㅍ', 'ㅎ',
];

/// What ends a syllable, in Unicode's order; nothing comes first.
const FINALS: [&str; 28] = [
    "", "ㄱ", "ㄲ", "ㄱㅅ", "ㄴ", "ㄴㅈ", "ㄴㅎ", "ㄷ", "ㄹ", "ㄹㄱ", "ㄹㅁ", "ㄹㅂ", "ㄹㅅ", "ㄹㅌ", "ㄹㅍ",
    "ㄹㅎ", "ㅁ", "ㅂ", "ㅂㅅ", "ㅅ", "ㅆ", "ㅇ", "ㅈ", "ㅊ", "ㅋ", "ㅌ", "ㅍ", "ㅎ",
];

/// How many vowels there are.
const VOWELS: u32 = 21;

/// The first vowel as a letter; the others follow it in the order that they have in syllables.
const FIRST_VOWEL: u32 = 'ㅏ' as u32;

/// The syllables of Hangul, in the order of their letters.
const SYLLABLES: RangeInclusive<char> = '가'..='힣';

/// Hangul letters that stand alone in a folded text: at the start, in the middle, at the end of a syllable.
const ALONE: [RangeInclusive<char>; 3] =
    ['\u{1100}'..='\u{1112}', '\u{1161}'..='\u{1175}', '\u{11a8}'..='\u{11c2}'];

/// Puts the letters of a character of a folded word behind `letters`.
pub fn push_letters(c: char, letters: &mut String) {
    let number = |first: char| c as u32 - first as u32;
    if SYLLABLES.contains(&c) {
        let (open, last) = (number('가') / 28, number('가') % 28);
        letters.push(INITIALS[(open / VOWELS) as usize]);
        letters.push(vowel(open % VOWELS));
        letters.push_str(FINALS[last as usize]);
    } else if ALONE[0].contains(&c) {
        letters.push(INITIALS[number('\u{1100}') as usize]);
    } else if ALONE[1].contains(&c) {
        letters.push(vowel(number('\u{1161}')));
    } else if ALONE[2].contains(&c) {
        letters.push_str(FINALS[number('\u{11a8}') as usize + 1]);
    } else {
        letters.push(c);
    }
}

fn vowel(number: u32) -> char {
    char::from_u32(FIRST_VOWEL + number).expect("vowels follow each other")
}

/// The letters of a folded word.
pub fn letters(word: &str) -> String {
    let mut letters = String::new();
    word.chars().for_each(|c| push_letters(c, &mut letters));
    letters
}

/// The Hangul characters that a token can be: all syllables, and letters that stand alone.
pub fn hangul() -> impl Iterator<Item = char> {
    SYLLABLES.chain(ALONE.into_iter().flatten())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hangul_is_taken_apart_and_nothing_else_is() {
        for (word, apart) in [
            ("미사일", "ㅁㅣㅅㅏㅇㅣㄹ"),
            ("미싸이\u{1105}", "ㅁㅣㅆㅏㅇㅣㄹ"),
            ("닭값", "ㄷㅏㄹㄱㄱㅏㅂㅅ"),
            ("의과", "ㅇㅢㄱㅘ"),
            ("\u{1112}\u{1175}\u{11c2}힣", "ㅎㅣㅎㅎㅣㅎ"),
            ("警報ガーa", "警報ガーa"),
        ] {
            assert_eq!(letters(word), apart);
        }
    }

    #[test]
    fn every_hangul_character_is_a_token_and_has_letters_of_its_own_only() {
        let jamo = |c: char| ('ㄱ'..='ㅣ').contains(&c);
        for c in hangul() {
            let tokens = crate::analysis::tokens(&c.to_string());
            assert_eq!(tokens.len(), 1, "{c}");
            assert_eq!(tokens[0].term, c.to_string());
            assert!(letters(&tokens[0].term).chars().all(jamo), "{c}");
        }
        assert_eq!(hangul().count(), 11_172 + 19 + 21 + 27);
    }
}
