//! Did you mean: a query with the words that an index hardly has replaced by those that were probably meant.
//!
//! Which words those are is the engine's to tell. Here they are put into the tree, in the place and with the capitals
//! of what was typed, and into the query text: the text as typed with those words replaced where that reads as the
//! corrected tree, and the tree shown as query text elsewhere. Prefixes, fuzzy words and regular expressions mean
//! several words already, and are left alone.

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use std::ops::Range;

use crate::analysis::{self, Kind};
use crate::engine::{Engine, EngineError, Form};
use crate::query::{self, Matcher, Query};

/// A query of more different words is a text that was pasted, and not corrected.
const MAX_WORDS: usize = 32;

/// A query as it was probably meant.
#[derive(Clone, Debug, PartialEq)]
pub struct Correction {
    /// The query.
    pub query: Query,
    /// Its query text.
    pub text: String,
}

/// What was probably meant by `query`, which was read from the text `typed` as `options` say; `None` where nothing
/// better is known.
///
/// # Errors
///
/// Those of the engine.
pub fn correction(
    engine: &dyn Engine,
    query: &Query,
    typed: &str,
    options: query::Options,
) -> Result<Option<Correction>, EngineError> {
    let mut corrected = query.clone();
    if asked_words(&mut corrected).len() > MAX_WORDS {
        return Ok(None);
    }
    let mut speller = Speller { engine, known: BTreeMap::new() };
    each_text(&mut corrected, &mut |text, words, form| speller.text(text, words, form))?;
    if corrected == *query {
        return Ok(None);
    }
    let text = speller.respelled(typed);
    let reads_back = query::parse(&text, options).is_ok_and(|parsed| parsed.query == corrected);
    let text = if reads_back { text } else { corrected.to_string() };
    Ok(Some(Correction { query: corrected, text }))
}

/// What would be asked of the engine about a query, each once.
fn asked_words(query: &mut Query) -> BTreeSet<(String, Form)> {
    let mut asked = BTreeSet::new();
    let collected = each_text(query, &mut |_, words, form| {
        asked.extend(words.into_iter().map(|word| (word.term, form)));
        Ok::<_, Infallible>(())
    });
    collected.unwrap_or_else(|never| match never {});
    asked
}

/// Called with a text of a query, the words in it that may be mistyped, and the form in which they are meant.
type Visit<'a, E> = dyn FnMut(&mut String, Vec<Word>, Form) -> Result<(), E> + 'a;

/// Visits each text of a query.
fn each_text<E>(query: &mut Query, visit: &mut Visit<'_, E>) -> Result<(), E> {
    match query {
        Query::All | Query::Filter(_) => Ok(()),
        Query::Text(clause) => each_text_of(&mut clause.matcher, visit),
        Query::Not(query) | Query::Weighted { query, .. } => each_text(query, visit),
        Query::And(queries) | Query::Or(queries) => {
            queries.iter_mut().try_for_each(|query| each_text(query, visit))
        }
        Query::Sequence(parts) => parts.iter_mut().try_for_each(|part| each_text(&mut part.query, visit)),
    }
}

fn each_text_of<E>(matcher: &mut Matcher, visit: &mut Visit<'_, E>) -> Result<(), E> {
    match matcher {
        Matcher::Prefix(_) | Matcher::Fuzzy { .. } | Matcher::Regex(_) => Ok(()),
        Matcher::Word(text) => {
            let found = words(text);
            // A text that the analyzer takes apart means its words as they stand.
            let form = if found.len() == 1 { Form::Any } else { Form::Exact };
            visit(text, found, form)
        }
        Matcher::Exact(text) | Matcher::Phrase(text) => {
            let found = words(text);
            visit(text, found, Form::Exact)
        }
        Matcher::PhrasePrefix(text) => {
            let mut found = words(text);
            found.pop();
            visit(text, found, Form::Exact)
        }
        Matcher::Within { phrase, .. } => each_text_of(phrase, visit),
        Matcher::Near { first, second, .. } => {
            each_text_of(first, visit)?;
            each_text_of(second, visit)
        }
        Matcher::AnyOf(matchers) => matchers.iter_mut().try_for_each(|matcher| each_text_of(matcher, visit)),
    }
}

/// Replaces words by better ones.
struct Speller<'a> {
    engine: &'a dyn Engine,
    /// What was asked already, and the answers.
    known: BTreeMap<(String, Form), Option<String>>,
}

impl Speller<'_> {
    fn text(&mut self, text: &mut String, words: Vec<Word>, form: Form) -> Result<(), EngineError> {
        // From the end, so that what is replaced moves nothing that is still to be.
        for Word { term, span } in words.into_iter().rev() {
            let key = (term, form);
            let better = match self.known.get(&key) {
                Some(better) => better.clone(),
                None => {
                    let better = self.engine.suggest(&key.0, form)?;
                    self.known.insert(key, better.clone());
                    better
                }
            };
            if let Some(better) = better {
                replace(text, span, &better);
            }
        }
        Ok(())
    }

    /// The text as it was typed with every word replaced that has a better one.
    fn respelled(&self, typed: &str) -> String {
        let mut text = typed.to_owned();
        for Word { term, span } in words(typed).into_iter().rev() {
            let of_form = |form| self.known.get(&(term.clone(), form)).cloned().flatten();
            if let Some(better) = of_form(Form::Any).or_else(|| of_form(Form::Exact)) {
                replace(&mut text, span, &better);
            }
        }
        text
    }
}

/// A word of a text: a token, or a run of those that are characters.
struct Word {
    term: String,
    span: Range<usize>,
}

fn words(text: &str) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::new();
    for token in analysis::tokens(text) {
        match words.last_mut().filter(|_| token.kind == Kind::NextCharacter) {
            Some(run) => {
                run.term.push_str(&token.term);
                run.span.end = token.span.end;
            }
            None => words.push(Word { term: token.term, span: token.span }),
        }
    }
    words
}

fn replace(text: &mut String, span: Range<usize>, better: &str) {
    let better = with_capitals_of(&text[span.clone()], better);
    text.replace_range(span, &better);
}

/// A folded word with capitals where a typed one has them: everywhere, or at its start.
fn with_capitals_of(typed: &str, word: &str) -> String {
    let mut letters = word.chars();
    match letters.next() {
        Some(_) if typed.chars().all(char::is_uppercase) => word.to_uppercase(),
        Some(first) if typed.starts_with(char::is_uppercase) => first.to_uppercase().chain(letters).collect(),
        _ => word.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;
    use crate::analysis::Languages;
    use crate::hit::{Hit, Request, Response};
    use crate::query::{Operator, Options, Reading, parse};

    /// Knows what was meant by some words, and what it was asked.
    #[derive(Default)]
    struct Dictionary {
        asked: RefCell<Vec<String>>,
    }

    impl Engine for Dictionary {
        fn search(&self, _: &Request) -> Result<Response, EngineError> {
            Ok(Response::default())
        }

        fn suggest(&self, word: &str, form: Form) -> Result<Option<String>, EngineError> {
            self.asked.borrow_mut().push(word.to_owned());
            let better = match word {
                "misile" => "missile",
                "nott" => "not",
                "warnig" => "warning",
                "launchs" if form == Form::Exact => "launches",
                "미싸일" => "미사일",
                _ => return Ok(None),
            };
            Ok(Some(better.to_owned()))
        }

        fn widened(&self, query: &Query, _: &[Hit]) -> Result<Query, EngineError> {
            Ok(query.clone())
        }

        fn like(&self, _: &[Hit]) -> Result<Query, EngineError> {
            Ok(Query::All)
        }

        fn generation(&self) -> u64 {
            0
        }

        fn languages(&self) -> Languages {
            Languages::default()
        }
    }

    fn corrected_as(text: &str, options: Options) -> Option<String> {
        let query = parse(text, options).expect("a query").query;
        correction(&Dictionary::default(), &query, text, options)
            .expect("an answer")
            .map(|correction| correction.text)
    }

    fn corrected(text: &str) -> Option<String> {
        corrected_as(text, Options::default())
    }

    #[test]
    fn words_are_replaced_where_they_stand_and_the_rest_stays_as_typed() {
        for (typed, meant) in [
            ("misile  warnig", "missile  warning"),
            ("Misile WARNIG", "Missile WARNING"),
            ("+misile^2 -(“a warnig” OR =misile)", "+missile^2 -(“a warning” OR =missile)"),
            ("title:misile date:7d", "title:missile date:7d"),
            ("misile NEAR/3 (warnig OR a)", "missile NEAR/3 (warning OR a)"),
            ("\"misile warnig\"~>3", "\"missile warning\"~>3"),
            ("\"misile warnig*\"", "\"missile warnig*\""),
            ("anti-misile", "anti-missile"),
            ("launchs =launchs", "launchs =launches"),
            ("북한 미싸일", "북한 미사일"),
        ] {
            assert_eq!(corrected(typed).as_deref(), Some(meant), "{typed}");
        }
    }

    #[test]
    fn what_means_several_words_and_what_is_no_word_of_the_text_is_left_alone() {
        for typed in ["misile*", "misile~1", "/misile/", "path:misile", "missile", "launchs"] {
            assert_eq!(corrected(typed), None, "{typed}");
        }
    }

    #[test]
    fn where_the_typed_text_cannot_be_kept_the_tree_is_shown() {
        assert_eq!(corrected("misile misile*").as_deref(), Some("missile misile*"));
        assert_eq!(corrected("path:misile misile").as_deref(), Some("+path:misile missile"));
        assert_eq!(corrected("NOTT a").as_deref(), Some("\\NOT a"));
    }

    #[test]
    fn literal_texts_stay_literal() {
        let words = Options { reading: Reading::Words, operator: Operator::All };
        assert_eq!(corrected_as("(misile OR", words).as_deref(), Some("(missile OR"));
        let phrase = Options { reading: Reading::Phrase, ..Options::default() };
        assert_eq!(corrected_as("misile \"b", phrase).as_deref(), Some("missile \"b"));
    }

    #[test]
    fn a_text_of_many_words_is_not_corrected() {
        let many: String = (0..MAX_WORDS).map(|number| format!("w{number} ")).collect();
        assert_eq!(corrected(&format!("misile {many}")), None);
        assert!(corrected(&format!("misile {}", "a ".repeat(100))).is_some());
    }

    #[test]
    fn nothing_is_asked_about_a_text_of_many_words_and_nothing_twice() {
        let asked = |text: &str| {
            let query = parse(text, Options::default()).expect("a query").query;
            let dictionary = Dictionary::default();
            correction(&dictionary, &query, text, Options::default()).expect("an answer");
            dictionary.asked.into_inner()
        };
        let many: String = (0..MAX_WORDS).map(|number| format!("w{number} ")).collect();
        assert_eq!(asked(&many).len(), MAX_WORDS);
        assert_eq!(asked(&format!("{many} \"one more\"~2")), [""; 0]);
        assert_eq!(asked("a \"a a\" a"), ["a", "a"], "a word and an exact word");
    }
}
