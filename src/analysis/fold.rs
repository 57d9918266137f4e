//! When two spellings are the same word: case, accents, width and compatibility forms fold.
//!
//! Folding is Unicode's compatibility decomposition, full case folding, removal of the marks that are
//! accents or vowel points, and composition again (which puts Hangul and voiced kana together). A few Latin letters
//! that Unicode does not decompose (`ł`, `ø`, `æ`) fold to the letters that people type for them. Hiragana fold to the
//! Katakana of the same sound, since many words are written in either; small kana stay small, which makes other sounds.
//!
//! Traditional and simplified Chinese characters, and old and new Japanese ones, do not fold: nearly every mapping puts
//! characters together that are different words in another of the languages (`機` and `机`, `製` and `制`).

use icu_casemap::CaseMapper;
use icu_normalizer::{ComposingNormalizer, DecomposingNormalizer};

use super::number;
use super::script::{Class, class};

/// How far behind the Hiragana the Katakana stand.
pub(super) const KATAKANA_DISTANCE: u32 = 0x60;

/// The folded form of a word.
pub fn fold(word: &str) -> String {
    let mut folded = String::with_capacity(word.len());
    fold_into(word, &mut folded);
    folded
}

/// A text in which case does not matter, and neither does how accents are composed; all else of it stays.
pub fn fold_case(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let composed = ComposingNormalizer::new_nfc().normalize(text).into_owned();
    let cased = CaseMapper::new().fold_string(&composed);
    // Case folding can take a letter apart.
    ComposingNormalizer::new_nfc().normalize(&cased).into_owned()
}

/// Puts the folded form of a word into `folded`, in place of what it held.
pub(super) fn fold_into(word: &str, folded: &mut String) {
    folded.clear();
    if word.is_ascii() {
        folded.push_str(word);
        folded.make_ascii_lowercase();
    } else if let Some(character) = folded_character(word) {
        folded.push(character);
    } else {
        fold_unicode(word, folded);
    }
}

/// The folded form of a word that is one Hangul syllable, ideograph or full-width kana, which is nearly every token of
/// Korean, Japanese and Chinese text, or a fraction.
fn folded_character(word: &str) -> Option<char> {
    let mut characters = word.chars();
    let first = characters.next().filter(|_| characters.next().is_none())?;
    match first {
        '\u{ac00}'..='\u{d7a3}' | '\u{4e00}'..='\u{9fff}' | 'ァ'..='ヺ' | 'ー' => Some(first),
        'ぁ'..='ゖ' => Some(katakana(first)),
        _ => Some(first).filter(|&c| number::is_fraction(c)),
    }
}

/// The Katakana of a Hiragana; other characters as they are.
fn katakana(c: char) -> char {
    match c {
        'ぁ'..='ゖ' | 'ゝ' | 'ゞ' => char::from_u32(u32::from(c) + KATAKANA_DISTANCE).unwrap_or(c),
        _ => c,
    }
}

/// The character that others with the same meaning fold to.
fn unified(c: char) -> char {
    katakana(of_radical(arabic(c)))
}

/// The Arabic letter that Persian and Urdu write in a shape with a code of its own; other characters as they are.
pub(super) fn arabic(c: char) -> char {
    match c {
        'ک' => 'ك',
        'ی' => 'ي',
        _ => c,
    }
}

fn fold_unicode(word: &str, folded: &mut String) {
    let decomposed = DecomposingNormalizer::new_nfkd().normalize(word).into_owned();
    let plain: String = decomposed.chars().filter(|&c| !is_dropped(c)).collect();
    let cased = CaseMapper::new().fold_string(&plain);
    // Case folding can give characters that decompose again.
    let again = DecomposingNormalizer::new_nfkd().normalize(&cased);
    let mut letters = String::with_capacity(again.len());
    // Some letters decompose to a space or a fraction slash and others; those are no part of a word.
    for c in again.chars().filter(|&c| !is_dropped(c) && class(c) != Class::Separator) {
        match typed_for(c) {
            Some(typed) => letters.push_str(typed),
            None => letters.push(number::ascii_digit(c).unwrap_or_else(|| unified(c))),
        }
    }
    folded.push_str(&ComposingNormalizer::new_nfc().normalize(&letters));
}

/// The character that a radical looks like; other characters as they are.
///
/// Of most radicals the decomposition knows it. These are the others that are characters of their own.
fn of_radical(c: char) -> char {
    const RADICALS: &str = "⺊卜⺒巳⺝月⺠民⺩王⻁虎⻄西⻅见⻆角⻉贝⻋车⻑長⻓长⻔门⻘青⻚页⻛风⻜飞⻝食⻢马⻣骨⻤鬼⻥鱼⻦鸟\
        ⻧卤⻨麦⻩黄⻪黾⻫斉⻬齐⻭歯⻮齿⻯竜⻰龙⻱龜⻲亀";
    match c {
        '\u{2e80}'..='\u{2ef3}' => RADICALS.chars().skip_while(|&radical| radical != c).nth(1).unwrap_or(c),
        _ => c,
    }
}

/// Whether a decomposed character only decorates the one before it, or never shows.
///
/// Marks that make another letter or syllable (voiced kana, the vowel signs of Indic and South East Asian
/// scripts) stay.
fn is_dropped(c: char) -> bool {
    matches!(c,
        '\u{300}'..='\u{36f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}'
        | '\u{fe20}'..='\u{fe2f}'
        // Hebrew points and Arabic vowel marks.
        | '\u{591}'..='\u{5bd}' | '\u{5bf}' | '\u{5c1}'..='\u{5c2}' | '\u{5c4}'..='\u{5c5}' | '\u{5c7}'
        | '\u{610}'..='\u{61a}' | '\u{64b}'..='\u{65f}' | '\u{670}' | '\u{640}'
        // Variation selectors and characters that never show.
        | '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}' | '\u{ad}' | '\u{200c}' | '\u{200d}' | '\u{2060}' | '\u{feff}')
}

/// What people type for a letter that has no decomposition.
fn typed_for(c: char) -> Option<&'static str> {
    Some(match c {
        'ł' => "l",
        'ø' => "o",
        'đ' | 'ð' => "d",
        'ħ' => "h",
        'ŧ' => "t",
        'þ' => "th",
        'æ' => "ae",
        'œ' => "oe",
        'ı' => "i",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn case_accents_and_width_fold() {
        for (word, folded) in [
            ("Missile", "missile"),
            ("İstanbul", "istanbul"),
            ("ISTANBUL", "istanbul"),
            ("ısı", "isi"),
            ("Straße", "strasse"),
            ("STRASSE", "strasse"),
            ("e\u{301}tude", "etude"),
            ("Étude", "etude"),
            ("Łódź", "lodz"),
            ("Ærø", "aero"),
            ("ﬁnal", "final"),
            ("ＫＯＲＥＡ２０２３", "korea2023"),
            ("ΣΊΣΥΦΟΣ", "σισυφοσ"),
            ("Ёлка", "елка"),
            ("ｶﾞ", "ガ"),
            ("が", "ガ"),
            ("か\u{3099}", "ガ"),
            ("ゔ", "ヴ"),
            ("わ\u{3099}", "ヷ"),
            ("っ", "ッ"),
            ("ー", "ー"),
            ("한", "한"),
            ("葛\u{e0100}", "葛"),
            ("کتابی", "كتابي"),
            ("⽇", "日"),
            ("⻑", "長"),
            ("⺮", "⺮"),
            ("ไทย", "ไทย"),
            ("हिन्दी", "हिन्दी"),
        ] {
            assert_eq!(fold(word), folded, "{word}");
        }
    }

    #[test]
    fn folding_case_leaves_accents_and_punctuation() {
        assert_eq!(fold_case("Straße, ÉTÉ  E\u{301}"), "strasse, été  é");
        assert_eq!(fold_case("Asia-Desk 2"), "asia-desk 2");
    }

    proptest! {
        #[test]
        fn folding_twice_is_folding_once(word in "\\PC{0,12}") {
            let once = fold(&word);
            prop_assert_eq!(fold(&once), once);
        }

        #[test]
        fn case_never_matters(word in "[a-zA-ZÀ-ſА-я]{0,12}") {
            prop_assert_eq!(fold(&word.to_uppercase()), fold(&word));
        }
    }
}
