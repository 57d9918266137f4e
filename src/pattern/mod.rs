//! What a text clause looks for, as terms: the one reading of a clause that the engine and the highlighter share.
//!
//! A clause holds text as typed; the analyzer decides what words that text has. Were that decided twice, a
//! hit's highlights could differ from what was found.

mod automaton;
mod emphasis;
mod interval;
mod proximity;
mod spelling;
mod word;

use crate::analysis::{self, Kind, Languages, Reading, Stems, Token};
use crate::query::Matcher;
use spelling::MAX_CHARACTERS;

pub use automaton::Automaton;
pub use emphasis::emphasised;
pub use interval::{Finder, Interval, Shape};
pub use proximity::{Proximity, Words};
pub use spelling::Spelling;
pub use word::Pairs;
use word::Typed;

/// Why there are no words for what a clause looks for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PatternError {
    /// The word of a fuzzy clause is none to the analyzer, or several.
    #[error("`{0}`: only a single word can be fuzzy; leave out the `~` and its number")]
    NotOneWord(String),
    /// The word of a fuzzy clause has too many characters.
    #[error("`{0}`: a word of more than {MAX_CHARACTERS} characters cannot be fuzzy; leave out some of it")]
    TooLong(String),
    /// A regular expression has too many states.
    #[error(
        "`/{0}/`: the regular expression takes too much memory; repeat less in it, or ask for fewer choices"
    )]
    TooComplex(String),
}

/// The terms of a clause and how they must stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pattern {
    /// The clause has no word.
    Nothing,
    /// A word with one of these stems, best in the form that was typed.
    Stem {
        /// The stems that it has in the languages of an index.
        stems: Stems,
        /// The folded form.
        form: String,
    },
    /// Exactly this folded word.
    Word(String),
    /// A word written in Han, Kana or Hangul. Where it is ranked, each of its pairs of characters is a match by itself;
    /// where it is required, its parts must be there.
    Pairs(Pairs),
    /// What a dictionary takes a word in Han, Kana or Hangul for, in any form. Where it is ranked, each of its words is a
    /// match by itself; where it is required, all of them must be there.
    Forms(Reading),
    /// A word in any of several spellings; at least two, the typed one first.
    AnyOf(Vec<Pattern>),
    /// A text without spaces that mixes such characters with words, numbers or punctuation (`2023年12月`): best as it
    /// stands; its words and pairs of characters are matches by themselves.
    Mixed {
        /// All of it, as a phrase.
        phrase: Vec<String>,
        /// Its words and pairs, and what its numbers count. Another character that stands alone says too little.
        pieces: Vec<Pattern>,
        /// What must be there where the text is required: all of it but its ending.
        required: Box<Pattern>,
    },
    /// These folded words, one behind the other; at least two.
    Phrase(Vec<String>),
    /// A folded word that starts so.
    Prefix(String),
    /// These folded words, one behind the other, the last of which may go on; at least two.
    PhrasePrefix(Vec<String>),
    /// A folded word that this accepts.
    Like(Automaton),
    /// Words near each other.
    Near(Proximity),
}

impl Pattern {
    /// The pattern of a matcher, in an index that holds these languages.
    ///
    /// # Errors
    ///
    /// When no words can be told for it.
    pub fn of(matcher: &Matcher, languages: &Languages) -> Result<Self, PatternError> {
        let tokens = analysis::tokens;
        Ok(match matcher {
            Matcher::Word(text) => Typed { text, languages }.pattern(),
            Matcher::Exact(text) | Matcher::Phrase(text) => Self::of_phrase(tokens(text)),
            Matcher::Prefix(text) | Matcher::PhrasePrefix(text) => Self::of_prefix(tokens(text)),
            Matcher::Regex(expression) => Self::Like(Automaton::of_expression(expression)?),
            Matcher::Within { .. } | Matcher::Near { .. } | Matcher::AnyOf(_) => {
                Proximity::of(matcher, languages)?.map_or(Self::Nothing, Self::Near)
            }
            Matcher::Fuzzy { word, edits } => match &tokens(word)[..] {
                [only] if only.kind == Kind::Word => Self::Like(Automaton::of_edits(&only.term, *edits)),
                tokens if is_run(tokens) => {
                    Proximity::of(matcher, languages)?.map_or(Self::Nothing, Self::Near)
                }
                _ => return Err(PatternError::NotOneWord(matcher.to_string())),
            },
        })
    }

    fn of_phrase(tokens: Vec<Token>) -> Self {
        Self::of_terms(tokens.into_iter().map(|token| token.term).collect())
    }

    /// These folded words, one behind the other.
    pub fn of_terms(mut terms: Vec<String>) -> Self {
        match terms.len() {
            0 => Self::Nothing,
            1 => Self::Word(terms.remove(0)),
            _ => Self::Phrase(terms),
        }
    }

    fn of_prefix(tokens: Vec<Token>) -> Self {
        // A character that is a token by itself can not go on; whatever follows it is another token.
        if tokens.last().is_some_and(|last| last.kind != Kind::Word) {
            return Self::of_phrase(tokens);
        }
        match Self::of_phrase(tokens) {
            Self::Word(term) => Self::Prefix(term),
            Self::Phrase(terms) => Self::PhrasePrefix(terms),
            other => other,
        }
    }
}

/// Whether these are characters of one word.
fn is_run(tokens: &[Token]) -> bool {
    let goes_on = |token: &Token| token.kind == Kind::NextCharacter;
    matches!(tokens, [first, rest @ ..] if first.kind == Kind::Character && rest.iter().all(goes_on))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terms(words: &[&str]) -> Vec<String> {
        words.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn each_matcher_has_its_pattern() {
        let pattern = |matcher: Matcher| Pattern::of(&matcher, &Languages::default()).expect("a pattern");
        let word = |text: &str| pattern(Matcher::Word(text.into()));
        let stem = |stem: &str, form: &str| Pattern::Stem { stems: stem.into(), form: form.into() };
        let of_mixed = |text: &str| match word(text) {
            Pattern::Mixed { phrase, pieces, .. } => (phrase, pieces),
            other => panic!("{other:?}"),
        };
        assert_eq!(word("Launches"), stem("launch", "launches"));
        assert_eq!(word("multi/agent"), Pattern::Phrase(terms(&["multi", "agent"])));
        let Pattern::Pairs(Pairs { pairs, .. }) = word("미사일") else { panic!("no pairs") };
        assert_eq!(pairs, [["미", "사"], ["사", "일"]]);
        assert_eq!(word("한"), Pattern::Word("한".into()));
        assert_eq!(
            of_mixed("12月発射NATO"),
            (
                terms(&["12", "月", "発", "射", "nato"]),
                vec![
                    stem("12", "12"),
                    word("月発射"),
                    stem("nato", "nato"),
                    Pattern::Phrase(terms(&["12", "月"]))
                ]
            )
        );
        assert_eq!(
            of_mixed("3年、미사일방어-체계"),
            (
                terms(&["3", "年", "미", "사", "일", "방", "어", "체", "계"]),
                vec![stem("3", "3"), word("미사일방어"), word("체계"), Pattern::Phrase(terms(&["3", "年"]))]
            )
        );
        assert_eq!(of_mixed("북한・미"), (terms(&["북", "한", "미"]), vec![word("북한")]));
        assert_eq!(word("…"), Pattern::Nothing);
        assert_eq!(pattern(Matcher::Exact("Launches".into())), Pattern::Word("launches".into()));
        assert_eq!(pattern(Matcher::Prefix("Warn".into())), Pattern::Prefix("warn".into()));
        assert_eq!(pattern(Matcher::Prefix("경보".into())), Pattern::Phrase(terms(&["경", "보"])));
        assert_eq!(
            pattern(Matcher::PhrasePrefix("missile warn".into())),
            Pattern::PhrasePrefix(terms(&["missile", "warn"]))
        );
    }

    #[test]
    fn only_a_single_word_is_fuzzy() {
        let of =
            |word: &str| Pattern::of(&Matcher::Fuzzy { word: word.into(), edits: 1 }, &Languages::default());
        assert_eq!(of("Pyöngyng"), Ok(Pattern::Like(Automaton::of_edits("pyongyng", 1))));
        for word in ["multi-agnt", "12월", "북한-미"] {
            assert_eq!(of(word), Err(PatternError::NotOneWord(format!("{word}~1"))));
        }
        assert!(matches!(of("북한"), Ok(Pattern::Near(_))));
        let long = "한".repeat(21);
        assert_eq!(of(&long), Err(PatternError::TooLong(format!("{long}~1"))));
    }
}
