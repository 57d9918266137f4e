//! What part a character plays in a word.
//!
//! What is met most is told by comparisons; everything else by Unicode's own tables, so that a new version of
//! them needs no change here.

use icu_properties::CodePointMapData;
use icu_properties::props::{GeneralCategory, Script};

use super::{number, unspaced};

/// What part a character plays in a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    /// A letter or digit of a script that writes words as runs of letters.
    Word,
    /// A Han, Kana or Hangul character: a token by itself.
    Character,
    /// Belongs to the character before it: a combining mark, a joiner, a soft hyphen.
    Extender,
    /// Stands between words.
    Separator,
}

/// The class of a character.
pub(super) fn class(c: char) -> Class {
    match c {
        'a'..='z' | 'A'..='Z' | '0'..='9' | 'À'..='Ö' | 'Ø'..='ö' | 'ø'..='ɏ' => Class::Word,
        '\0'..='\u{7f}' => Class::Separator,
        // Nearly all of Korean, Japanese and Chinese text.
        '\u{ac00}'..='\u{d7a3}' | '\u{4e00}'..='\u{9fff}' | 'ぁ'..='ゖ' | 'ァ'..='ヺ' | 'ー' => {
            Class::Character
        }
        // Half-width voicing marks are letters to Unicode, but belong to the kana before them.
        '\u{ff9e}' | '\u{ff9f}' => Class::Extender,
        // Characters that never show: soft hyphen, joiners, word joiner, byte order mark.
        '\u{ad}' | '\u{200c}' | '\u{200d}' | '\u{2060}' | '\u{feff}' => Class::Extender,
        // Letters to Unicode; in most texts apostrophes (`Koreaʼs`, `сімʼя`, `Oʻzbekiston`).
        '\u{2bb}' | '\u{2bc}' => Class::Separator,
        c => class_by_tables(c),
    }
}

fn class_by_tables(c: char) -> Class {
    use GeneralCategory as Of;
    match CodePointMapData::<GeneralCategory>::new().get(c) {
        Of::NonspacingMark | Of::SpacingMark | Of::EnclosingMark => Class::Extender,
        Of::UppercaseLetter
        | Of::LowercaseLetter
        | Of::TitlecaseLetter
        | Of::ModifierLetter
        | Of::OtherLetter
        | Of::DecimalNumber
        | Of::LetterNumber
        | Of::OtherNumber => {
            if is_character_script(c) {
                Class::Character
            } else {
                Class::Word
            }
        }
        Of::OtherSymbol => class_of_symbol(c),
        _ => Class::Separator,
    }
}

/// The class of a symbol: of those that stand for letters, that of the letters.
fn class_of_symbol(c: char) -> Class {
    match c {
        // Radicals, which texts taken from PDFs have for the characters that look like them, and characters in circles
        // and parentheses.
        '\u{2e80}'..='\u{2fd5}'
        | '\u{3200}'..='\u{321c}'
        | '\u{3220}'..='\u{3247}'
        | '\u{3260}'..='\u{327b}'
        | '\u{3280}'..='\u{32b0}'
        | '\u{32d0}'..='\u{32fe}' => Class::Character,
        // Units and abbreviations that are one character: `㎞`, `㍿`.
        '\u{3200}'..='\u{33ff}' | '℃' | '℉' | '№' => Class::Word,
        _ => Class::Separator,
    }
}

impl Class {
    /// The length in bytes of the token that starts `text`, whose first character has this class.
    pub(super) fn token_len(self, text: &str) -> usize {
        let ascii = text.bytes().take_while(u8::is_ascii_alphanumeric).count();
        if ascii > 0 && text.as_bytes().get(ascii).is_none_or(u8::is_ascii) {
            return ascii;
        }
        let is_unspaced = text.starts_with(unspaced::is_unspaced);
        let mut before = text.chars().next().unwrap_or_default();
        let mut goes_on = |c: char| match class(c) {
            Class::Extender => true,
            Class::Word => {
                let is_seam = is_seam(std::mem::replace(&mut before, c), c);
                self == Self::Word && unspaced::is_unspaced(c) == is_unspaced && !is_seam
            }
            Class::Character => self == Self::Character && is_jamo_tail(c),
            Class::Separator => false,
        };
        text.char_indices().skip(1).find(|&(_, c)| !goes_on(c)).map_or(text.len(), |(at, _)| at)
    }
}

/// The script of a character that is a token by itself, as far as it tells how much the character says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CharacterScript {
    /// Ideographs, and whatever is none of the others.
    Han,
    Hangul,
    Hiragana,
    /// With the long-vowel mark.
    Katakana,
    /// No such character.
    None,
}

/// The script of a character as it is written.
pub(super) fn character_script(c: char) -> CharacterScript {
    match c {
        '\u{ac00}'..='\u{d7a3}' => CharacterScript::Hangul,
        'ぁ'..='ゟ' => CharacterScript::Hiragana,
        '゠'..='ヿ' | '\u{31f0}'..='\u{31ff}' | '\u{ff66}'..='\u{ff9f}' => CharacterScript::Katakana,
        c if class(c) != Class::Character => CharacterScript::None,
        c => match CodePointMapData::<Script>::new().get(c) {
            Script::Hangul => CharacterScript::Hangul,
            Script::Hiragana => CharacterScript::Hiragana,
            Script::Katakana => CharacterScript::Katakana,
            _ => CharacterScript::Han,
        },
    }
}

/// Whether a word ends between two characters of words.
fn is_seam(before: char, c: char) -> bool {
    is_word_by_itself(before)
        || is_word_by_itself(c)
        || (number::is_raised_digit(c) && number::ascii_digit(before).is_some())
}

/// Whether a character is a word by itself: a fraction, and a symbol that stands for what is written apart (`25 °C`,
/// `No. 5`).
fn is_word_by_itself(c: char) -> bool {
    matches!(c, '℃' | '℉' | '№') || number::is_fraction(c)
}

/// Whether a character belongs to a script whose characters are tokens by themselves.
fn is_character_script(c: char) -> bool {
    // The long-vowel mark and its half-width form are shared by the two kana scripts.
    matches!(c, 'ー' | '\u{ff70}')
        || matches!(
            CodePointMapData::<Script>::new().get(c),
            Script::Han | Script::Hiragana | Script::Katakana | Script::Hangul | Script::Bopomofo
        )
}

/// Whether a character is the vowel or the final of a Hangul syllable written letter by letter.
fn is_jamo_tail(c: char) -> bool {
    matches!(c, '\u{1160}'..='\u{11ff}' | '\u{d7b0}'..='\u{d7fb}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_character_has_its_part() {
        for (c, expected) in [
            ('a', Class::Word),
            ('7', Class::Word),
            ('_', Class::Separator),
            ('é', Class::Word),
            ('я', Class::Word),
            ('ไ', Class::Word),
            ('\u{301}', Class::Extender),
            ('\u{ad}', Class::Extender),
            ('한', Class::Character),
            ('漢', Class::Character),
            ('々', Class::Character),
            ('ー', Class::Character),
            ('ﾞ', Class::Extender),
            ('・', Class::Separator),
            ('、', Class::Separator),
            ('ʼ', Class::Separator),
            ('“', Class::Separator),
            ('⼈', Class::Character),
            ('㈜', Class::Character),
            ('㎞', Class::Word),
            ('→', Class::Separator),
        ] {
            assert_eq!(class(c), expected, "{c:?}");
        }
    }
}
