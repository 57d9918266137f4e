//! Sets of words that are told by a rule: those within so many edits of one, those that a regular expression
//! matches.
//!
//! The engine walks the dictionary of an index with an [`Automaton`], and the highlighter holds it against the
//! words of a hit. What it accepts are folded words, whole; what has no limit, such as the number of words that
//! it may find, is the caller's to bound.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::{Arc, LazyLock};

use levenshtein_automata::{DFA as EditsDfa, Distance, LevenshteinAutomatonBuilder, SINK_STATE};
use regex_automata::dfa::{Automaton as _, StartKind, dense};
use regex_automata::nfa::thompson;
use regex_automata::util::{primitives::StateID, start};
use regex_automata::{Anchored, MatchKind};
use regex_syntax::hir::{Class, ClassUnicode, Hir, HirKind};

use super::PatternError;
use crate::analysis;
use crate::query::parse_expression;

/// The most memory that the states of a regular expression may take, in bytes, and that finding them may.
const MAX_MEMORY: usize = 4 << 20;

/// Classes of at most so many characters have each of them folded. Larger ones, as `.` and `\w`, hold the folded
/// forms anyway.
const FOLDED_CLASS: usize = 256;

/// One edit takes in, leaves out or changes a letter, or exchanges it with the next.
static EDITS: LazyLock<[LevenshteinAutomatonBuilder; 2]> =
    LazyLock::new(|| [1, 2].map(|edits| LevenshteinAutomatonBuilder::new(edits, true)));

/// A set of folded words.
#[derive(Clone)]
pub struct Automaton {
    /// The clause that asks for the words, as it is shown in messages.
    name: String,
    rule: Arc<Rule>,
}

enum Rule {
    Edits(EditsDfa),
    Expression { states: Box<dense::DFA<Vec<u32>>>, start: StateID },
}

impl Automaton {
    /// The words within `edits` edits, one or two, of a folded word.
    pub fn of_edits(word: &str, edits: u8) -> Self {
        let edits = edits.clamp(1, 2);
        let states = EDITS[usize::from(edits) - 1].build_dfa(word);
        Self { name: format!("{word}~{edits}"), rule: Arc::new(Rule::Edits(states)) }
    }

    /// The words that a regular expression matches from end to end, in any case and with or without accents.
    ///
    /// # Errors
    ///
    /// When the expression cannot be read, or takes too much memory.
    pub fn of_expression(expression: &str) -> Result<Self, PatternError> {
        let (states, start) = parse_expression(expression)
            .ok()
            .and_then(|parsed| states_of(&folded(&parsed)))
            .ok_or_else(|| PatternError::TooComplex(expression.to_owned()))?;
        Ok(Self {
            name: format!("/{expression}/"),
            rule: Arc::new(Rule::Expression { states: Box::new(states), start }),
        })
    }

    /// Whether a folded word is one of them.
    pub fn accepts(&self, word: &str) -> bool {
        use tantivy_fst::Automaton as _;
        let mut state = self.start();
        for &byte in word.as_bytes() {
            if !self.can_match(&state) {
                return false;
            }
            state = self.accept(&state, byte);
        }
        self.is_match(&state)
    }

    /// The state before the first letter.
    pub fn begin(&self) -> u32 {
        use tantivy_fst::Automaton as _;
        self.start()
    }

    /// The state behind some letters; `None` where nothing that starts so is accepted.
    pub fn feed(&self, state: u32, letters: &str) -> Option<u32> {
        use tantivy_fst::Automaton as _;
        let state = letters.bytes().fold(state, |state, byte| self.accept(&state, byte));
        self.can_match(&state).then_some(state)
    }

    /// How many edits make the word of one that ends in a state; `None` where those are too many.
    pub fn edits_at(&self, state: u32) -> Option<u8> {
        match &*self.rule {
            Rule::Edits(states) => match states.distance(state) {
                Distance::Exact(edits) => Some(edits),
                Distance::AtLeast(_) => None,
            },
            Rule::Expression { .. } => None,
        }
    }
}

impl tantivy_fst::Automaton for &Automaton {
    type State = u32;

    fn start(&self) -> u32 {
        match &*self.rule {
            Rule::Edits(states) => states.initial_state(),
            Rule::Expression { start, .. } => start.as_u32(),
        }
    }

    fn is_match(&self, &state: &u32) -> bool {
        match &*self.rule {
            Rule::Edits(states) => matches!(states.distance(state), Distance::Exact(_)),
            Rule::Expression { states, .. } => states.is_match_state(states.next_eoi_state(id(state))),
        }
    }

    fn can_match(&self, &state: &u32) -> bool {
        match &*self.rule {
            Rule::Edits(_) => state != SINK_STATE,
            Rule::Expression { states, .. } => {
                !states.is_dead_state(id(state)) && !states.is_quit_state(id(state))
            }
        }
    }

    fn accept(&self, &state: &u32, byte: u8) -> u32 {
        match &*self.rule {
            Rule::Edits(states) => states.transition(state, byte),
            Rule::Expression { states, .. } => states.next_state(id(state), byte).as_u32(),
        }
    }
}

/// The state of a number that was made from one.
fn id(state: u32) -> StateID {
    StateID::new_unchecked(state as usize)
}

/// The states of an expression and the first of them; `None` where they would take too much memory.
fn states_of(expression: &Hir) -> Option<(dense::DFA<Vec<u32>>, StateID)> {
    let nfa_config = thompson::Config::new()
        .nfa_size_limit(Some(MAX_MEMORY))
        .which_captures(thompson::WhichCaptures::None);
    let nfa = thompson::Compiler::new().configure(nfa_config).build_from_hir(expression).ok()?;
    let config = dense::Config::new()
        .match_kind(MatchKind::All)
        .start_kind(StartKind::Anchored)
        .accelerate(false)
        .unicode_word_boundary(true)
        .dfa_size_limit(Some(MAX_MEMORY))
        .determinize_size_limit(Some(MAX_MEMORY));
    let states = dense::Builder::new().configure(config).build_from_nfa(&nfa).ok()?;
    let start = states.start_state(&start::Config::new().anchored(Anchored::Yes)).ok()?;
    Some((states, start))
}

/// The expression that matches the folded forms of what this one matches.
fn folded(expression: &Hir) -> Hir {
    match expression.kind() {
        HirKind::Literal(literal) => match std::str::from_utf8(&literal.0) {
            Ok(text) => Hir::literal(analysis::fold(text).into_bytes()),
            Err(_) => expression.clone(),
        },
        HirKind::Class(Class::Unicode(class)) => folded_class(class),
        HirKind::Empty | HirKind::Look(_) | HirKind::Class(Class::Bytes(_)) => expression.clone(),
        HirKind::Repetition(repetition) => Hir::repetition(repetition.with(folded(&repetition.sub))),
        HirKind::Capture(capture) => folded(&capture.sub),
        HirKind::Concat(parts) => Hir::concat(parts.iter().map(folded).collect()),
        HirKind::Alternation(parts) => Hir::alternation(parts.iter().map(folded).collect()),
    }
}

fn folded_class(class: &ClassUnicode) -> Hir {
    let whole = Hir::class(Class::Unicode(class.clone()));
    let size: usize = class.ranges().iter().map(|range| range.len()).sum();
    if size > FOLDED_CLASS {
        return whole;
    }
    let characters = class.ranges().iter().flat_map(|range| range.start()..=range.end());
    let folds = characters.map(|c| Hir::literal(analysis::fold(c.encode_utf8(&mut [0; 4])).into_bytes()));
    Hir::alternation(folds.chain([whole]).collect())
}

impl fmt::Display for Automaton {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

impl fmt::Debug for Automaton {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Automaton").field(&self.name).finish()
    }
}

/// Two that were made from the same text are the same.
impl PartialEq for Automaton {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Automaton {}

impl Hash for Automaton {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name.hash(state);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn expression(text: &str) -> Automaton {
        Automaton::of_expression(text).expect("an expression")
    }

    /// The edits between two words by the textbook: the optimal string alignment distance.
    fn distance(left: &str, right: &str) -> usize {
        let (left, right): (Vec<char>, Vec<char>) = (left.chars().collect(), right.chars().collect());
        let mut table = vec![vec![0; right.len() + 1]; left.len() + 1];
        for i in 0..=left.len() {
            for j in 0..=right.len() {
                if i == 0 || j == 0 {
                    table[i][j] = i + j;
                    continue;
                }
                let change = usize::from(left[i - 1] != right[j - 1]);
                let mut least =
                    (table[i - 1][j] + 1).min(table[i][j - 1] + 1).min(table[i - 1][j - 1] + change);
                if i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1] {
                    least = least.min(table[i - 2][j - 2] + 1);
                }
                table[i][j] = least;
            }
        }
        table[left.len()][right.len()]
    }

    #[test]
    fn an_exchange_of_letters_is_one_edit_and_the_first_letter_may_change() {
        let one = Automaton::of_edits("pyongyang", 1);
        for word in ["pyongyang", "pyongynag", "yongyang", "byongyang", "pyongyangs"] {
            assert!(one.accepts(word), "{word}");
        }
        assert!(!one.accepts("pyongyanxyg") && !one.accepts("byongyan") && !one.accepts(""));
        assert!(Automaton::of_edits("pyongyang", 2).accepts("byongyan"));
    }

    #[test]
    fn expressions_match_whole_folded_words() {
        let cases = [
            ("miss.le", "missile", "missiles"),
            ("MISS.*", "missiles", "amiss"),
            ("Café|thé", "cafe", "caf"),
            ("[É]t[aà]t", "etat", "itat"),
            ("a|ab", "ab", "abb"),
            ("[^m].*", "launch", "missile"),
            ("straße", "strasse", "strase"),
            ("^laun.h$", "launch", "launching"),
            (r"\d{4}", "2023", "23"),
            ("북.?", "북", "남"),
        ];
        for (text, inside, outside) in cases {
            assert!(expression(text).accepts(inside), "/{text}/ takes {inside}");
            assert!(!expression(text).accepts(outside), "/{text}/ leaves {outside}");
        }
    }

    #[test]
    fn what_would_take_too_much_memory_is_refused() {
        for text in ["(a|b)*a(a|b){25}", r"(\w\d){400}"] {
            assert_eq!(Automaton::of_expression(text), Err(PatternError::TooComplex(text.into())));
        }
    }

    proptest! {
        #[test]
        fn edits_are_counted_as_by_the_textbook(word in "[abé]{1,6}", other in "[abé]{0,6}", edits in 1u8..3) {
            let expected = distance(&word, &other) <= usize::from(edits);
            prop_assert_eq!(Automaton::of_edits(&word, edits).accepts(&other), expected);
        }

        #[test]
        fn expressions_match_as_anchored_ones_do_elsewhere(
            text in "([ab.]|[ab][*+?]|\\([ab]\\|b\\)){1,6}",
            word in "[ab]{0,6}",
        ) {
            let known = regex::Regex::new(&format!("^(?:{text})$")).expect("an expression");
            prop_assert_eq!(expression(&text).accepts(&word), known.is_match(&word));
        }
    }
}
