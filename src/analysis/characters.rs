//! Words in Han, Kana and Hangul, which are found by their characters: which of these bear the meaning.
//!
//! No dictionary says where the words of such a run begin and end. What is known is the script of each character: what
//! is Hiragana, and what is the ending of a Korean word, says little; the rest says much.

use std::ops::Range;

use super::script::{CharacterScript, character_script};
use super::{Token, japanese, korean};

/// How much two adjoining characters of a word say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PairKind {
    /// Both bear meaning.
    Content,
    /// One of them at least belongs to the ending of a Korean word.
    Ending,
    /// One of them is Hiragana.
    HalfHiragana,
    /// Both are Hiragana.
    Hiragana,
}

/// A run of adjoining characters, as it was typed.
pub struct Characters {
    terms: Vec<String>,
    scripts: Vec<CharacterScript>,
}

impl Characters {
    /// The characters of `tokens`, which adjoin in `text`.
    pub fn new(text: &str, tokens: &[Token]) -> Self {
        let script = |token: &Token| text[token.span.clone()].chars().next().map(character_script);
        Self {
            terms: tokens.iter().map(|token| token.term.clone()).collect(),
            scripts: tokens.iter().map(|token| script(token).unwrap_or(CharacterScript::Han)).collect(),
        }
    }

    /// The runs of characters that a text must have in which the word is to stand: each as it is, all in any order.
    ///
    /// Characters that say how the word stands in its sentence are left out.
    pub fn parts(&self) -> Vec<Vec<String>> {
        let core = match self.korean_ending() {
            Some(start) => start,
            None => self.terms.len(),
        };
        let parts = japanese::parts(&self.scripts[..core]);
        parts.into_iter().map(|part| self.terms[part].to_vec()).collect()
    }

    /// How much each pair of adjoining characters says.
    pub fn pair_kinds(&self) -> Vec<PairKind> {
        let ending = self.korean_ending().unwrap_or(self.terms.len());
        let kind = |(at, pair): (usize, &[CharacterScript])| {
            let hiragana = pair.iter().filter(|script| **script == CharacterScript::Hiragana).count();
            match hiragana {
                0 if at + 1 >= ending => PairKind::Ending,
                0 => PairKind::Content,
                1 => PairKind::HalfHiragana,
                _ => PairKind::Hiragana,
            }
        };
        self.scripts.windows(2).enumerate().map(kind).collect()
    }

    /// The number of the first character of the Korean ending, where there is one.
    fn korean_ending(&self) -> Option<usize> {
        let hangul = self.trailing_hangul();
        let word = self.terms[hangul.clone()].concat();
        let start = match hangul.start {
            0 => korean::ending_start(&word),
            _ => korean::ending_start_after_other_script(&word),
        };
        let number = hangul.start + word[..start].chars().count();
        (number < self.terms.len()).then_some(number)
    }

    fn trailing_hangul(&self) -> Range<usize> {
        let hangul =
            self.scripts.iter().rev().take_while(|script| **script == CharacterScript::Hangul).count();
        self.terms.len() - hangul..self.terms.len()
    }
}

/// How many of the last tokens of a word are the ending of what stands before them: of `F-35A를` and `12月の` one. The
/// tokens are not all characters.
pub fn ending_len(text: &str, tokens: &[Token]) -> usize {
    let script = |token: &Token| text[token.span.clone()].chars().next().map(character_script);
    let count = |wanted| tokens.iter().rev().take_while(|token| script(token) == Some(wanted)).count();
    let hangul = count(CharacterScript::Hangul);
    if hangul == 0 {
        return count(CharacterScript::Hiragana);
    }
    let word: String = tokens[tokens.len() - hangul..].iter().map(|token| token.term.as_str()).collect();
    word[korean::ending_start_after_other_script(&word)..].chars().count()
}

#[cfg(test)]
mod tests {
    use super::super::tokens;
    use super::*;

    fn characters(word: &str) -> Characters {
        Characters::new(word, &tokens(word))
    }

    fn parts(word: &str) -> Vec<String> {
        characters(word).parts().into_iter().map(|part| part.concat()).collect()
    }

    #[test]
    fn words_are_taken_apart_by_their_scripts() {
        assert_eq!(parts("북한의"), ["북한"]);
        assert_eq!(parts("미사일경보를"), ["미사일경보"]);
        assert_eq!(parts("회의"), ["회의"]);
        assert_eq!(parts("韓国의"), ["韓国"]);
        assert_eq!(parts("発射の警報"), ["発射", "警報"]);
    }

    #[test]
    fn every_pair_has_a_kind() {
        use PairKind::{Content, Ending, HalfHiragana, Hiragana};
        assert_eq!(characters("미사일을").pair_kinds(), [Content, Content, Ending]);
        assert_eq!(
            characters("警報のような").pair_kinds(),
            [Content, HalfHiragana, Hiragana, Hiragana, Hiragana]
        );
        assert_eq!(characters("サーバ").pair_kinds(), [Content, Content]);
    }

    #[test]
    fn endings_of_words_in_other_scripts_are_told() {
        for (word, len) in
            [("NATO의", 1), ("F-35A를", 1), ("2023년에", 1), ("NATO에서", 2), ("12月の", 1), ("12月", 0)]
        {
            assert_eq!(ending_len(word, &tokens(word)), len, "{word}");
        }
    }
}
