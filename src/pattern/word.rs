//! What a plain word of a query stands for: the spellings that are taken for one word.
//!
//! - The possessive of a word is the word: `Korea's` finds `Korea`.
//! - What French and Italian write before a word with an apostrophe is no part of it: `l'avion` finds `avion`.
//! - What is written with hyphens is found written as one too, and what mixes letters and digits is found with a
//!   hyphen where they meet: `F-35A` and `F35A`.
//! - What mixes scripts is found by its words and numbers, better with what is counted (`3月`), best as it stands.
//! - A word in Han, Kana or Hangul is found by its pairs of characters where it is ranked, and by the parts that bear its
//!   meaning where it is asked for; where there is a dictionary for it, also by the words that it consists of, in all
//!   their forms.

use super::Pattern;
use crate::analysis::{Characters, Kind, Languages, PairKind, Token, ending_len, tokens};

/// How many places a word is parted at where letters and digits meet, to be found with hyphens at any of them.
const MOST_SEAMS: usize = 3;

/// Words of French and Italian that lose their last letter before a vowel, as they are written then.
const ELIDED: &[&str] = &[
    "l", "d", "j", "m", "n", "s", "t", "c", "qu", "jusqu", "lorsqu", "puisqu", "quoiqu", "dell", "all",
    "nell", "sull", "dall", "un", "quest", "quell",
];

/// A word in Han, Kana or Hangul.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pairs {
    /// Its pairs of adjoining characters as they are ranked, Hiragana and Katakana apart; at least one.
    pub pairs: Vec<[String; 2]>,
    /// The pairs of its parts in the other script of Kana; all pairs of a part together are a match, none is alone.
    pub in_other_kana: Vec<(PairKind, Vec<[String; 2]>)>,
    /// How much each of them says.
    pub kinds: Vec<PairKind>,
    /// The runs of characters that must stand in a text where the word is asked for; at least one.
    pub parts: Vec<Vec<String>>,
    /// The run of characters that a text must not have where the word is excluded: a longer one than any part, lest it
    /// keep out what is asked for.
    pub whole: Vec<String>,
    /// Every character, folded.
    pub characters: Vec<String>,
}

impl Pairs {
    /// Whether a pair of this kind is a match by itself: where others of the word bear meaning, its ending is none.
    pub fn tells(&self, kind: PairKind) -> bool {
        kind != PairKind::Ending || !self.kinds.contains(&PairKind::Content)
    }

    /// Whether it is two Hiragana, which the text must have as such: the `body` view has them as Katakana, and `いる` is
    /// no `ミサイル`.
    pub fn is_two_hiragana(&self) -> bool {
        self.kinds[..] == [PairKind::Hiragana]
    }
}

/// A word as it was typed, and the languages that it may be of.
pub(super) struct Typed<'a> {
    pub(super) text: &'a str,
    pub(super) languages: &'a Languages,
}

impl Typed<'_> {
    /// What the word stands for.
    pub(super) fn pattern(&self) -> Pattern {
        self.of_tokens(&tokens(self.text))
    }

    fn of_tokens(&self, tokens: &[Token]) -> Pattern {
        let tokens = self.without_possessive(tokens);
        match tokens {
            [only] if only.kind == Kind::Word => self.of_single(only),
            [_, rest @ ..]
                if !rest.is_empty() && rest.iter().all(|token| token.kind == Kind::NextCharacter) =>
            {
                self.of_characters(tokens)
            }
            // Characters, or words that no spaces part.
            [_, _, ..] if tokens.iter().any(|token| token.kind != Kind::Word) || touch(tokens) => {
                self.of_mixed(tokens)
            }
            [_, _, ..] => self.of_several(tokens),
            _ => Pattern::of_phrase(tokens.to_vec()),
        }
    }

    /// The tokens without the `'s` at their end, which may stand behind the last dot of initials.
    fn without_possessive<'t>(&self, tokens: &'t [Token]) -> &'t [Token] {
        let is_apostrophe = |text: &str| is_apostrophe(text.strip_prefix('.').unwrap_or(text));
        match tokens {
            [before @ .., word, s]
                if s.term == "s"
                    && word.kind == Kind::Word
                    && is_apostrophe(&self.text[word.span.end..s.span.start]) =>
            {
                &tokens[..=before.len()]
            }
            _ => tokens,
        }
    }

    fn stem(&self, written: &str, folded: &str) -> Pattern {
        Pattern::Stem { stems: self.languages.stems(written, folded), form: folded.to_owned() }
    }

    fn of_single(&self, token: &Token) -> Pattern {
        let word = self.stem(&self.text[token.span.clone()], &token.term);
        any_of([word].into_iter().chain(partings(&token.term)))
    }

    /// Several words with punctuation between them: one behind the other.
    fn of_several(&self, tokens: &[Token]) -> Pattern {
        let phrase = Pattern::of_phrase(tokens.to_vec());
        if let [first, second, ..] = tokens
            && ELIDED.contains(&first.term.as_str())
            && is_apostrophe(&self.text[first.span.end..second.span.start])
            && second.term.chars().nth(1).is_some()
        {
            return any_of([phrase, self.of_tokens(&tokens[1..])].into_iter());
        }
        match self.joined(tokens) {
            Some(joined) => {
                let one = self.stem(&joined, &joined);
                let partings = partings(&joined).filter(|parting| *parting != phrase);
                any_of([phrase.clone(), one].into_iter().chain(partings))
            }
            None => phrase,
        }
    }

    /// Words with hyphens between them as one word, unless digits would run into digits.
    fn joined(&self, tokens: &[Token]) -> Option<String> {
        let is_digit = |letter: Option<char>| letter.is_some_and(|letter| letter.is_ascii_digit());
        let joins = tokens.windows(2).all(|two| {
            let between = &self.text[two[0].span.end..two[1].span.start];
            let meet = is_digit(two[0].term.chars().next_back()) && is_digit(two[1].term.chars().next());
            matches!(between, "-" | "‐" | "‑" | "－") && !meet
        });
        joins.then(|| tokens.iter().map(|token| token.term.as_str()).collect())
    }

    fn of_characters(&self, tokens: &[Token]) -> Pattern {
        let characters = Characters::new(self.text, tokens);
        let typed = Pattern::Pairs(Pairs {
            pairs: characters.pairs(),
            in_other_kana: characters.pairs_in_other_kana(),
            kinds: characters.pair_kinds(),
            parts: characters.parts(),
            whole: characters.whole(),
            characters: tokens.iter().map(|token| token.term.clone()).collect(),
        });
        let forms = characters.other_forms();
        let readings = self.languages.dictionaries().readings(self.text, tokens).into_iter();
        // Of two characters that are more than one word each alone may be anything.
        let readings =
            readings.filter(|reading| tokens.len() > 2 || (reading.is_whole && reading.forms.len() == 1));
        any_of(
            [typed]
                .into_iter()
                .chain(forms.iter().map(|form| other_form(form)))
                .chain(readings.map(Pattern::Forms)),
        )
    }

    fn of_mixed(&self, tokens: &[Token]) -> Pattern {
        let runs = tokens.chunk_by(|_, next| next.kind == Kind::NextCharacter);
        let is_telling = |run: &&[Token]| run.len() > 1 || run[0].kind == Kind::Word;
        let core = &tokens[..tokens.len() - ending_len(self.text, tokens)];
        let required = match core {
            [] => Pattern::of_phrase(tokens.to_vec()),
            core if core.len() < tokens.len() && core.iter().all(|token| token.kind == Kind::Word) => {
                self.of_tokens(core)
            }
            core => Pattern::of_phrase(core.to_vec()),
        };
        let pieces = runs.filter(is_telling).map(|run| self.of_tokens(run));
        Pattern::Mixed {
            phrase: tokens.iter().map(|token| token.term.clone()).collect(),
            pieces: pieces.chain(counted(core)).collect(),
            required: Box::new(required),
        }
    }
}

/// The words and numbers of a longer text with the character directly behind each of them: `3月` of `2023年3月に`.
fn counted(tokens: &[Token]) -> impl Iterator<Item = Pattern> {
    let is_counted =
        |two: &&[Token]| two[0].kind == Kind::Word && two[1].kind == Kind::Character && touch(two);
    tokens.windows(2).filter(is_counted).map(|two| Pattern::of_phrase(two.to_vec()))
}

/// Another form of a verb, by the two characters that it begins with.
fn other_form(form: &str) -> Pattern {
    let tokens = tokens(form);
    let run: Vec<String> = tokens.iter().map(|token| token.term.clone()).collect();
    Pattern::Pairs(Pairs {
        pairs: Characters::new(form, &tokens).pairs(),
        in_other_kana: Vec::new(),
        kinds: vec![PairKind::OtherForm],
        parts: vec![run.clone()],
        whole: run.clone(),
        characters: run,
    })
}

/// Whether a token stands directly behind another.
fn touch(tokens: &[Token]) -> bool {
    tokens.windows(2).any(|two| two[0].span.end == two[1].span.start)
}

fn is_apostrophe(text: &str) -> bool {
    matches!(text, "'" | "’" | "ʼ" | "＇")
}

fn any_of(patterns: impl Iterator<Item = Pattern>) -> Pattern {
    let mut patterns: Vec<Pattern> = patterns.collect();
    if patterns.len() == 1 { patterns.remove(0) } else { Pattern::AnyOf(patterns) }
}

/// A word of letters and digits, parted where they meet: at each choice of these places but none.
fn partings(word: &str) -> impl Iterator<Item = Pattern> {
    let is_digit = |byte: u8| byte.is_ascii_digit();
    let bytes = word.as_bytes();
    let seams: Vec<usize> =
        (1..bytes.len()).filter(|&at| is_digit(bytes[at - 1]) != is_digit(bytes[at])).collect();
    let choices = if word.is_ascii() && seams.len() <= MOST_SEAMS { 1_u32 << seams.len() } else { 1 };
    (1..choices).map(move |choice| {
        let chosen = (0..seams.len()).filter(|seam| choice >> seam & 1 == 1).map(|seam| seams[seam]);
        let bounds: Vec<usize> = [0].into_iter().chain(chosen).chain([word.len()]).collect();
        Pattern::Phrase(bounds.windows(2).map(|two| word[two[0]..two[1]].to_owned()).collect())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pattern(text: &str) -> Pattern {
        Typed { text, languages: &Languages::default() }.pattern()
    }

    fn stem(word: &str) -> Pattern {
        Pattern::Stem { stems: word.into(), form: word.into() }
    }

    fn phrase(words: &str) -> Pattern {
        Pattern::Phrase(words.split(' ').map(str::to_owned).collect())
    }

    #[test]
    fn the_possessive_of_a_word_is_the_word() {
        assert_eq!(pattern("Kim’s"), stem("kim"));
        assert_eq!(pattern("U.S.'s"), pattern("U.S."));
        assert_eq!(pattern("U.S’s"), pattern("U.S."));
        assert_eq!(pattern("don't"), phrase("don t"));
        assert_eq!(pattern("'s"), stem("s"));
    }

    #[test]
    fn what_is_elided_before_a_word_is_no_part_of_it() {
        assert_eq!(pattern("l’avion"), Pattern::AnyOf(vec![phrase("l avion"), stem("avion")]));
        assert_eq!(pattern("dell'oro"), Pattern::AnyOf(vec![phrase("dell oro"), stem("oro")]));
        assert_eq!(pattern("d'e"), phrase("d e"));
        assert_eq!(pattern("l-avion"), Pattern::AnyOf(vec![phrase("l avion"), stem("lavion")]));
    }

    #[test]
    fn what_is_hyphenated_is_found_as_one_too() {
        assert_eq!(pattern("co-op"), Pattern::AnyOf(vec![phrase("co op"), stem("coop")]));
        assert_eq!(pattern("12-34"), phrase("12 34"), "numbers do not run together");
        assert_eq!(pattern("a@b.org"), phrase("a b org"));
    }

    #[test]
    fn letters_and_digits_are_found_with_and_without_a_hyphen() {
        let split = [phrase("f 35a"), phrase("f35 a"), phrase("f 35 a")];
        let joined = Pattern::AnyOf([stem("f35a")].into_iter().chain(split.clone()).collect());
        assert_eq!(pattern("F35A"), joined);
        let [first, rest @ ..] = split;
        let typed = Pattern::AnyOf([first, stem("f35a")].into_iter().chain(rest).collect());
        assert_eq!(pattern("F-35A"), typed);
        assert_eq!(pattern("a1b2c3"), stem("a1b2c3"), "what looks like a code is found as it stands");
        assert_eq!(pattern("2023"), stem("2023"));
    }

    #[test]
    fn words_of_characters_have_pairs_and_parts() {
        let Pattern::Pairs(pairs) = pattern("북한의") else { panic!("no pairs") };
        assert_eq!(pairs.characters.concat(), "북한의");
        assert_eq!(pairs.kinds, [PairKind::Content, PairKind::Ending]);
        assert_eq!(pairs.parts, [["북", "한"]]);
    }

    #[test]
    fn a_verb_of_one_han_character_has_its_other_forms() {
        let Pattern::AnyOf(forms) = pattern("読む") else { panic!("no forms") };
        let begin = |form: &Pattern| match form {
            Pattern::Pairs(pairs) => pairs.pairs[0].concat(),
            other => panic!("{other:?}"),
        };
        let begins: Vec<String> = forms.iter().map(begin).collect();
        assert_eq!(begins[0], "読む");
        for form in ["読ん", "読み", "読ま", "読め"] {
            assert!(begins.contains(&form.to_owned()), "{form}");
        }
        for word in ["読書", "水の", "発射する", "お茶"] {
            assert!(matches!(pattern(word), Pattern::Pairs(_)), "{word}");
        }
    }

    #[test]
    fn words_that_no_spaces_part_rank_each_by_itself() {
        let Pattern::Mixed { phrase, pieces, required } = pattern("ทุกสองสัปดาห์")
        else {
            panic!("not mixed")
        };
        assert_eq!(pieces, [stem("ทุก"), stem("สอง"), stem("สัปดาห์")]);
        assert_eq!(*required, Pattern::Phrase(phrase));
    }

    #[test]
    fn where_scripts_mix_no_ending_is_required() {
        for (word, expected) in [
            ("NATO의", stem("nato")),
            ("F-35A를", pattern("F-35A")),
            ("2023년에", phrase("2023 년")),
            ("2023年12月", phrase("2023 年 12 月")),
            ("12月発射の", phrase("12 月 発 射")),
        ] {
            let Pattern::Mixed { required, .. } = pattern(word) else { panic!("{word} is not mixed") };
            assert_eq!(*required, expected, "{word}");
        }
    }
}
