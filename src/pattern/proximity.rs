//! Words near each other, as terms: what stands on both sides of `NEAR`, and phrases with a distance.
//!
//! A word without a sign means its inflections here too, so that `launch NEAR/5 missile` finds *launched two
//! missiles*. In a phrase with a distance, what stands between white space is looked for as it stands: in
//! `"multi-agent system"~3` the first two words are one operand, of words one behind the other, and so are the
//! characters of a word in Han, Kana or Hangul.

use std::collections::HashMap;
use std::sync::Arc;

use super::spelling::MAX_CHARACTERS;
use super::{Automaton, Pairs, Pattern, PatternError, Shape, Spelling, is_run};
use crate::analysis::{self, Kind, Languages, Stems};
use crate::query::{Matcher, Order};

/// What is looked for near each other: a shape over families of words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proximity {
    /// How the words must stand.
    pub shape: Shape,
    /// The families that the shape knows by number; each of them once.
    pub families: Vec<Words>,
}

/// A family of folded words, each of which will do.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Words {
    /// This one alone.
    Word(String),
    /// Those that have one of these stems in one of the languages of an index.
    ///
    /// A word stands here as an index keeps it with its place: folded, whatever the language of its text.
    Stem(Stems),
    /// Those that start so.
    Prefix(String),
    /// Those that this accepts.
    Like(Automaton),
}

impl Words {
    /// Whether a folded word is of this family.
    pub fn contains(&self, word: &str, languages: &Languages) -> bool {
        match self {
            Self::Word(only) => word == only,
            Self::Stem(stems) => languages.share(word, stems),
            Self::Prefix(start) => word.starts_with(start.as_str()),
            Self::Like(automaton) => automaton.accepts(word),
        }
    }
}

impl Proximity {
    /// What a matcher looks for; `None` where one side of it has no word.
    pub(super) fn of(matcher: &Matcher, languages: &Languages) -> Result<Option<Self>, PatternError> {
        let mut families = Families { languages, met: Vec::new(), numbers: HashMap::new() };
        let shape = families.shape(matcher)?;
        Ok(shape.map(|shape| Self { shape, families: families.met }))
    }
}

/// The families met so far, and their numbers.
struct Families<'a> {
    languages: &'a Languages,
    met: Vec<Words>,
    numbers: HashMap<Words, usize>,
}

impl Families<'_> {
    fn number(&mut self, words: Words) -> usize {
        *self.numbers.entry(words).or_insert_with_key(|words| {
            self.met.push(words.clone());
            self.met.len() - 1
        })
    }

    fn shape(&mut self, matcher: &Matcher) -> Result<Option<Shape>, PatternError> {
        Ok(match matcher {
            Matcher::Near { first, second, between, order } => {
                let (Some(first), Some(second)) = (self.shape(first)?, self.shape(second)?) else {
                    return Ok(None);
                };
                let (first, second) = (Box::new(first), Box::new(second));
                Some(Shape::Near { first, second, between: *between, order: *order })
            }
            Matcher::AnyOf(matchers) => {
                let shapes = matchers.iter().map(|matcher| self.shape(matcher));
                let shapes: Vec<_> = shapes.filter_map(Result::transpose).collect::<Result<_, _>>()?;
                (!shapes.is_empty()).then_some(Shape::AnyOf(shapes))
            }
            Matcher::Within { phrase, extra, order } => self.within(phrase, *extra, *order),
            Matcher::Fuzzy { word, edits } if is_run(&analysis::tokens(word)) => {
                Some(self.spelling(matcher, word, *edits)?)
            }
            _ => self.operand(Pattern::of(matcher, self.languages)?),
        })
    }

    /// What a pattern looks for that is no proximity itself.
    fn operand(&mut self, pattern: Pattern) -> Option<Shape> {
        match pattern {
            Pattern::AnyOf(patterns) => {
                let shapes = patterns.into_iter().filter_map(|pattern| self.operand(pattern));
                Some(Shape::AnyOf(shapes.collect()))
            }
            Pattern::Mixed { required, .. } => self.operand(*required),
            pattern => self.phrase(pattern).map(Shape::Phrase),
        }
    }

    /// The words of a pattern that is one phrase, or one word.
    fn phrase(&mut self, pattern: Pattern) -> Option<Vec<usize>> {
        let (words, last) = match pattern {
            // Where base forms stand is not known.
            Pattern::Nothing
            | Pattern::Near(_)
            | Pattern::AnyOf(_)
            | Pattern::Forms(_)
            | Pattern::Mixed { .. } => return None,
            Pattern::Stem { stems, .. } => (Vec::new(), Words::Stem(stems)),
            Pattern::Word(word) => (Vec::new(), Words::Word(word)),
            Pattern::Prefix(prefix) => (Vec::new(), Words::Prefix(prefix)),
            Pattern::Like(automaton) => (Vec::new(), Words::Like(automaton)),
            Pattern::Pairs(Pairs { parts, .. }) if parts.len() == 1 => {
                let mut characters = parts.into_iter().next()?;
                let last = characters.pop()?;
                (characters, Words::Word(last))
            }
            Pattern::Pairs(pairs) => {
                let mut characters = pairs.characters;
                let last = characters.pop()?;
                (characters, Words::Word(last))
            }
            Pattern::Phrase(mut words) => {
                let last = words.pop()?;
                (words, Words::Word(last))
            }
            Pattern::PhrasePrefix(mut words) => {
                let last = words.pop()?;
                (words, Words::Prefix(last))
            }
        };
        let words = words.into_iter().map(Words::Word).chain([last]);
        Some(words.map(|words| self.number(words)).collect())
    }

    /// A fuzzy word of characters that are tokens by themselves.
    fn spelling(&mut self, matcher: &Matcher, word: &str, edits: u8) -> Result<Shape, PatternError> {
        let word: String = analysis::tokens(word).into_iter().map(|token| token.term).collect();
        if word.chars().count() > MAX_CHARACTERS {
            return Err(PatternError::TooLong(matcher.to_string()));
        }
        let mut number = |c: char| self.number(Words::Word(c.to_string()));
        Ok(Shape::Spelt(Arc::new(Spelling::new(&word, edits, &mut number))))
    }

    /// A phrase with other words among its own.
    fn within(&mut self, phrase: &Matcher, extra: u32, order: Order) -> Option<Shape> {
        let (Matcher::Phrase(text) | Matcher::PhrasePrefix(text)) = phrase else { return None };
        let mut phrases: Vec<Vec<usize>> = Vec::new();
        let mut tokens = analysis::tokens(text).into_iter().peekable();
        let mut end = 0;
        while let Some(token) = tokens.next() {
            let goes_on = matches!(phrase, Matcher::PhrasePrefix(_)) && token.kind == Kind::Word;
            let words = match tokens.peek() {
                None if goes_on => Words::Prefix(token.term),
                _ => Words::Word(token.term),
            };
            let word = self.number(words);
            let is_apart = text[end..token.span.start].contains(char::is_whitespace);
            match phrases.last_mut().filter(|_| !is_apart) {
                Some(last) => last.push(word),
                None => phrases.push(vec![word]),
            }
            end = token.span.end;
        }
        (!phrases.is_empty()).then_some(Shape::Within { phrases, extra, order })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::{Options, Query, parse};

    fn of(text: &str) -> Proximity {
        match parse(text, Options::default()).expect("a query").query {
            Query::Text(clause) => {
                Proximity::of(&clause.matcher, &Languages::default()).expect("words").expect("a shape")
            }
            other => panic!("{other}"),
        }
    }

    fn word(word: &str) -> Words {
        Words::Word(word.into())
    }

    #[test]
    fn a_word_means_its_inflections_and_equal_families_are_one() {
        let Proximity { shape, families } = of("launched NEAR/3 (launch OR =launch)");
        assert_eq!(families, [Words::Stem("launch".into()), word("launch")]);
        let phrase = |family| Shape::Phrase(vec![family]);
        let (first, second) = (Box::new(phrase(0)), Box::new(Shape::AnyOf(vec![phrase(0), phrase(1)])));
        assert_eq!(shape, Shape::Near { first, second, between: 3, order: Order::Any });
    }

    #[test]
    fn what_stands_between_white_space_stays_together() {
        let Proximity { shape, families } = of("\"u/s 미사일 u warn*\"~>4");
        let words = [word("u"), word("s"), word("미"), word("사"), word("일"), Words::Prefix("warn".into())];
        assert_eq!(families, words);
        let phrases = vec![vec![0, 1], vec![2, 3, 4], vec![0], vec![5]];
        assert_eq!(shape, Shape::Within { phrases, extra: 4, order: Order::Given });
    }

    #[test]
    fn every_kind_of_word_can_stand_on_a_side() {
        let Proximity { shape, families } = of("(북한 OR \"a b*\") BEFORE/0 (c*  NEAR/1 (d~1 OR /e/))");
        let like = |automaton| Words::Like(automaton);
        assert_eq!(families.len(), 7);
        assert_eq!(families[3..5], [Words::Prefix("b".into()), Words::Prefix("c".into())]);
        assert_eq!(families[5], like(Automaton::of_edits("d", 1)));
        assert_eq!(families[6], like(Automaton::of_expression("e").expect("an expression")));
        let Shape::Near { first, .. } = shape else { panic!("{shape:?}") };
        assert_eq!(*first, Shape::AnyOf(vec![Shape::Phrase(vec![0, 1]), Shape::Phrase(vec![2, 3])]));
    }
}
