//! Words in Han, Kana and Hangul, which are found by their characters: which of these bear the meaning.
//!
//! No dictionary says where the words of such a run begin and end. What is known is the script of each character: what
//! is Hiragana, and what is the ending of a Korean word, says little; the rest says much.

use std::ops::Range;

use super::korean::{self, Before};
use super::script::{CharacterScript, character_script};
use super::{Token, japanese, kana, number};

/// How much two adjoining characters of a word say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PairKind {
    /// Both bear meaning.
    Content,
    /// One of them at least belongs to the ending of a Korean word.
    Ending,
    /// One of them is Hiragana.
    HalfHiragana,
    /// They begin another form of a Japanese verb than the typed one.
    OtherForm,
    /// Both are Hiragana.
    Hiragana,
}

/// A run of adjoining characters, as it was typed.
pub struct Characters {
    /// As they are in the `body` view.
    terms: Vec<String>,
    /// As they are in pairs of the `stem` view.
    ranked: Vec<String>,
    scripts: Vec<CharacterScript>,
}

impl Characters {
    /// The characters of `tokens`, which adjoin in `text`.
    pub fn new(text: &str, tokens: &[Token]) -> Self {
        let mut before = CharacterScript::None;
        let mut script = |token: &Token| {
            let written =
                text[token.span.clone()].chars().next().map_or(CharacterScript::None, character_script);
            // The long-vowel mark goes with either script of Kana.
            let goes_on = token.term == "ー" && before == CharacterScript::Hiragana;
            before = if goes_on { before } else { written };
            before
        };
        Self {
            terms: tokens.iter().map(|token| token.term.clone()).collect(),
            ranked: tokens.iter().map(|token| token.ranked().into_owned()).collect(),
            scripts: tokens.iter().map(&mut script).collect(),
        }
    }

    /// The pairs of adjoining characters that the word has in the `stem` view.
    pub fn pairs(&self) -> Vec<[String; 2]> {
        pairs_of(&self.ranked)
    }

    /// For each part that is all Hiragana or all Katakana, the pairs that it has in the other of the two, and how much
    /// each of them says.
    ///
    /// All of them together are the part in its other spelling; each alone may be anything, and two Hiragana may be
    /// anything too in Katakana: `いる` is no `ミサイル`.
    pub fn pairs_in_other_kana(&self) -> Vec<(PairKind, Vec<[String; 2]>)> {
        let in_other = |part: Range<usize>| -> Option<(PairKind, Vec<[String; 2]>)> {
            let scripts = &self.scripts[part.clone()];
            let terms = || self.terms[part.clone()].iter();
            let (kind, least, other): (_, _, Vec<String>) = match scripts.first()? {
                CharacterScript::Hiragana => (PairKind::Hiragana, 3, terms().cloned().collect()),
                CharacterScript::Katakana => {
                    (PairKind::Content, 2, terms().map(|term| kana::hiragana(term)).collect())
                }
                _ => return None,
            };
            let is_one_script = scripts.iter().all(|script| *script == scripts[0]);
            (is_one_script && other.len() >= least).then(|| (kind, pairs_of(&other)))
        };
        self.part_ranges().into_iter().filter_map(in_other).collect()
    }

    /// The runs of characters that a text must have in which the word is to stand: each as it is, all in any order.
    ///
    /// Characters that say how the word stands in its sentence are left out.
    pub fn parts(&self) -> Vec<Vec<String>> {
        self.part_ranges().into_iter().map(|part| self.terms[part].to_vec()).collect()
    }

    /// The run of characters that a text must have to be excluded by the word: all but a particle that is surely one.
    pub fn whole(&self) -> Vec<String> {
        let end = self.ending(korean::sure_ending_start).unwrap_or(self.terms.len());
        self.terms[..end].to_vec()
    }

    fn part_ranges(&self) -> Vec<Range<usize>> {
        let core = self.korean_ending().unwrap_or(self.terms.len());
        japanese::parts(&self.scripts[..core])
    }

    /// How other forms of the word begin, if it is a Japanese verb of one Han character: `読ん` of `読む`.
    pub fn other_forms(&self) -> Vec<String> {
        let is_hiragana = |script: &CharacterScript| *script == CharacterScript::Hiragana;
        match &self.scripts[..] {
            [CharacterScript::Han, rest @ ..] if !rest.is_empty() && rest.iter().all(is_hiragana) => {
                let kana = kana::hiragana(&self.terms[1]);
                let others = japanese::other_kana(&kana).chars().filter(|&other| !kana.starts_with(other));
                others.map(|other| format!("{}{other}", self.terms[0])).collect()
            }
            _ => Vec::new(),
        }
    }

    /// How much each pair of adjoining characters says.
    pub fn pair_kinds(&self) -> Vec<PairKind> {
        // A single syllable is no pair: with its ending it says more than nothing.
        let ending = self.korean_ending().filter(|&ending| ending > 1).unwrap_or(self.terms.len());
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
        self.ending(korean::ending_start)
    }

    fn ending(&self, start: fn(&str, Before) -> usize) -> Option<usize> {
        let hangul = self.trailing_hangul();
        let word = self.terms[hangul.clone()].concat();
        let before = if hangul.start == 0 { Before::Nothing } else { Before::Letters };
        let start = start(&word, before);
        let number = hangul.start + word[..start].chars().count();
        (number < self.terms.len()).then_some(number)
    }

    fn trailing_hangul(&self) -> Range<usize> {
        let hangul =
            self.scripts.iter().rev().take_while(|script| **script == CharacterScript::Hangul).count();
        self.terms.len() - hangul..self.terms.len()
    }
}

fn pairs_of(characters: &[String]) -> Vec<[String; 2]> {
    characters.windows(2).map(|two| [two[0].clone(), two[1].clone()]).collect()
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
    let before = match tokens.len().checked_sub(hangul + 1).map(|last| &tokens[last].term) {
        Some(term) if number::is_number(term) => Before::Digits,
        _ => Before::Letters,
    };
    word[korean::ending_start(&word, before)..].chars().count()
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
    fn kana_have_pairs_in_both_scripts() {
        let joined =
            |pairs: Vec<[String; 2]>| pairs.iter().map(|pair| pair.concat()).collect::<Vec<_>>().join(" ");
        let both = |word: &str| {
            let characters = characters(word);
            let other = characters
                .pairs_in_other_kana()
                .into_iter()
                .map(|(_, pairs)| joined(pairs))
                .collect::<Vec<_>>()
                .join(", ");
            [joined(characters.pairs()), other]
        };
        assert_eq!(both("リンゴ"), ["リン ンゴ", "りん んご"]);
        assert_eq!(both("りんご"), ["りん んご", "リン ンゴ"]);
        assert_eq!(both("らーめん"), ["らー ーめ めん", "ラー ーメ メン"]);
        assert_eq!(both("ｺﾞﾐ箱"), ["ゴミ ミ箱", ""]);
        assert_eq!(both("ミサ警報"), ["ミサ サ警 警報", "みさ"]);
        assert_eq!(both("警報する"), ["警報 報す する", ""]);
        assert_eq!(both("いる"), ["いる", ""], "two Hiragana may be anything in Katakana");
        assert_eq!(both("ネコ"), ["ネコ", "ねこ"]);
    }

    #[test]
    fn endings_of_words_in_other_scripts_are_told() {
        for (word, len) in [
            ("NATO의", 1),
            ("F-35A를", 1),
            ("2023년에", 1),
            ("NATO에서", 2),
            ("12月の", 1),
            ("12月", 0),
            ("35도", 0),
        ] {
            assert_eq!(ending_len(word, &tokens(word)), len, "{word}");
        }
    }
}
