//! The word that was probably meant by one of Hangul, Han or Kana.
//!
//! An index holds such words as characters and as pairs of adjoining characters, not as words. So what it has in their
//! place are ways from pair to pair; those whose letters (see [`analysis::letters`]) are within the edits are walked,
//! and counted as phrases. A word is as rare as its rarest pair.

use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap};

use tantivy::Term;
use tantivy::query::{Bm25StatisticsProvider, EnableScoring, PhraseQuery, Query as _};

use super::{LEAST_LETTERS, MORE_FREQUENT, RARE, SHORT_WORD};
use crate::analysis;
use crate::engine::EngineError;
use crate::engine::expand::io_error;
use crate::index::Snapshot;
use crate::pattern::Automaton;

/// Longer words are left alone.
const MOST_CHARACTERS: usize = 20;

/// How many pairs are looked at before a search is given up.
const MAX_STEPS: usize = 100_000;

/// How many candidates are counted as phrases.
const MAX_COUNTED: usize = 64;

/// Characters that end words of Korean without being a part of them.
const ENDINGS: &str = "은는이가을를의에도로와과만서며고다요께";

/// The word that was probably meant by a folded run of characters.
pub(super) fn better_word(snapshot: &Snapshot, word: &str) -> Result<Option<String>, EngineError> {
    let letters = analysis::letters(word);
    let length = letters.chars().count();
    let characters = word.chars().count();
    if length < LEAST_LETTERS || !(2..=MOST_CHARACTERS).contains(&characters) {
        return Ok(None);
    }
    let mut pairs = Pairs { snapshot, next: HashMap::new(), steps: 0 };
    let typed = pairs.rarest_of(word)?;
    if typed > RARE {
        return Ok(None);
    }
    let most = if length <= SHORT_WORD { 1 } else { 2 };
    let least = (typed * MORE_FREQUENT).max(1);
    for first in first_characters(word, &letters) {
        // One edit alone first: with two there are very many ways.
        for edits in 1..=most {
            let automaton = Automaton::of_edits(&letters, edits);
            let mut ways = pairs.ways(&automaton, &first)?;
            ways.retain(|(_, _, other)| !is_form_of(word, other));
            if let Some(better) = pairs.best_of(ways, least)? {
                return Ok(Some(better));
            }
        }
    }
    Ok(None)
}

/// The characters that a word may start with: those with the same first letter, then others.
fn first_characters(word: &str, letters: &str) -> [Vec<char>; 2] {
    let first = letters.chars().next();
    let all = analysis::hangul().chain(word.chars()).collect::<BTreeSet<_>>().into_iter();
    let (same, others) =
        all.partition(|c| analysis::letters(c.encode_utf8(&mut [0; 4])).chars().next() == first);
    [same, others]
}

/// Whether two words differ in the ending of a Korean word alone.
fn is_form_of(word: &str, other: &str) -> bool {
    let same = word.chars().zip(other.chars()).take_while(|(a, b)| a == b).count();
    let is_ending = |word: &str| {
        let rest: Vec<char> = word.chars().skip(same).collect();
        rest.is_empty() || (rest.len() == 1 && ENDINGS.contains(rest[0]))
    };
    same >= 2 && is_ending(word) && is_ending(other)
}

/// A word with the edits that it takes, first in the order in which it is to be tried.
type Candidate = (u8, Reverse<u64>, String);

fn is_katakana(c: &char) -> bool {
    matches!(c, 'ァ'..='ヺ' | 'ー')
}

/// How many passages have the characters of a word, one behind the other.
fn passages_with(snapshot: &Snapshot, word: &str) -> Result<u64, EngineError> {
    let body = snapshot.fields().body;
    let terms = word.chars().map(|c| Term::from_field_text(body, c.encode_utf8(&mut [0; 4])));
    let unscored = EnableScoring::disabled_from_searcher(snapshot.searcher());
    let weight = PhraseQuery::new(terms.collect()).weight(unscored)?;
    let mut passages = 0;
    for segment in snapshot.searcher().segment_readers() {
        passages += u64::from(weight.count(segment)?);
    }
    Ok(passages)
}

/// A part of a word that may become one that was meant.
struct Way {
    word: String,
    last: char,
    /// The state of the automaton behind it; `None` where it takes too many edits.
    state: Option<u32>,
    /// In how many passages its rarest pair stands.
    passages: u64,
}

impl Way {
    fn new(first: char, automaton: &Automaton) -> Self {
        let letters = analysis::letters(first.encode_utf8(&mut [0; 4]));
        let state = automaton.feed(automaton.begin(), &letters);
        Self { word: first.to_string(), last: first, state, passages: u64::MAX }
    }
}

/// The pairs of characters of an index.
struct Pairs<'a> {
    snapshot: &'a Snapshot,
    /// What stands behind a character.
    next: HashMap<char, Vec<char>>,
    steps: usize,
}

impl Pairs<'_> {
    /// The first of some candidates that enough passages have as a phrase.
    fn best_of(
        &mut self,
        candidates: BTreeSet<Candidate>,
        least: u64,
    ) -> Result<Option<String>, EngineError> {
        let frequent = candidates.into_iter().filter(|(_, Reverse(passages), _)| *passages >= least);
        for (_, _, word) in frequent.take(MAX_COUNTED) {
            let passages = passages_with(self.snapshot, &word)?;
            if passages >= least && !self.is_cut_of_katakana(&word, passages)? {
                return Ok(Some(word));
            }
        }
        Ok(None)
    }

    /// Whether a word in Katakana, which stands in so many passages, is in most of them a part of one longer word.
    fn is_cut_of_katakana(&mut self, word: &str, passages: u64) -> Result<bool, EngineError> {
        let ends = (word.chars().next().filter(is_katakana), word.chars().next_back().filter(is_katakana));
        let (Some(first), Some(last)) = ends else { return Ok(false) };
        let behind = self.behind(last)?.into_iter().filter(is_katakana).map(|next| format!("{word}{next}"));
        let mut longer: Vec<String> = behind.collect();
        for before in ('ァ'..='ー').filter(is_katakana) {
            if self.passages_with(&String::from_iter([before, first]))? > 0 {
                longer.push(format!("{before}{word}"));
            }
        }
        for longer in longer {
            if passages_with(self.snapshot, &longer)? * 2 > passages {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// In how many passages the rarest pair of a word stands.
    fn rarest_of(&self, word: &str) -> Result<u64, EngineError> {
        let mut least = u64::MAX;
        for (first, second) in word.chars().zip(word.chars().skip(1)) {
            least = least.min(self.passages_with(&String::from_iter([first, second]))?);
        }
        Ok(least)
    }

    fn passages_with(&self, pair: &str) -> Result<u64, EngineError> {
        Ok(self.snapshot.doc_freq(&Term::from_field_text(self.snapshot.fields().stem, pair))?)
    }

    /// The words that an automaton accepts and that start with one of some characters; none where there are too many
    /// ways to look at.
    fn ways(&mut self, automaton: &Automaton, first: &[char]) -> Result<BTreeSet<Candidate>, EngineError> {
        let mut found = BTreeSet::new();
        self.steps = 0;
        for &character in first {
            self.walk(automaton, &Way::new(character, automaton), &mut found)?;
        }
        if self.steps > MAX_STEPS {
            found.clear();
        }
        Ok(found)
    }

    /// Puts every word that goes on from a way into `found`. A word is no longer than the typed one and its edits.
    fn walk(
        &mut self,
        automaton: &Automaton,
        way: &Way,
        found: &mut BTreeSet<Candidate>,
    ) -> Result<(), EngineError> {
        let Some(state) = way.state else { return Ok(()) };
        let is_word = way.passages > 0 && way.passages < u64::MAX;
        if let Some(edits) = automaton.edits_at(state).filter(|_| is_word) {
            found.insert((edits, Reverse(way.passages), way.word.clone()));
        }
        for next in self.behind(way.last)? {
            self.steps += 1;
            if self.steps > MAX_STEPS {
                return Ok(());
            }
            let state = automaton.feed(state, &analysis::letters(next.encode_utf8(&mut [0; 4])));
            if state.is_some() {
                let passages = self.passages_with(&String::from_iter([way.last, next]))?.min(way.passages);
                let word = format!("{}{next}", way.word);
                self.walk(automaton, &Way { word, last: next, state, passages }, found)?;
            }
        }
        Ok(())
    }

    /// The characters that stand behind one.
    fn behind(&mut self, first: char) -> Result<Vec<char>, EngineError> {
        if let Some(known) = self.next.get(&first) {
            return Ok(known.clone());
        }
        let mut next = BTreeSet::new();
        let start = first.to_string();
        for segment in self.snapshot.searcher().segment_readers() {
            let index = segment.inverted_index(self.snapshot.fields().stem)?;
            let mut terms = index.terms().range().ge(start.as_bytes()).into_stream().map_err(io_error)?;
            while terms.advance() && terms.key().starts_with(start.as_bytes()) {
                let mut pair = std::str::from_utf8(terms.key()).unwrap_or_default().chars().skip(1);
                if let (Some(second), None) = (pair.next(), pair.next()) {
                    next.insert(second);
                }
            }
        }
        let next = Vec::from_iter(next);
        self.next.insert(first, next.clone());
        Ok(next)
    }
}

#[cfg(test)]
mod tests {
    use crate::engine::laws::{Documents, index};
    use crate::engine::{Engine, Form};

    #[test]
    fn a_word_in_katakana_is_never_cut() {
        let folder = tempfile::tempdir().expect("a folder");
        let texts = ["ヴァイオリンを弾く。", "ラーメンの店。", "ラーメンは熱い。"].repeat(20);
        let documents: Documents = texts.into_iter().map(|text| vec![text.to_owned()]).collect();
        let engine = index(folder.path(), &documents, 20, usize::MAX);
        for (typed, better) in [("ラーメソ", Some("ラーメン")), ("バイオリン", None)] {
            let meant = engine.suggest(typed, Form::Any).expect("an answer");
            assert_eq!(meant.as_deref(), better, "{typed}");
        }
    }

    #[test]
    fn a_mistyped_word_of_characters_is_found_by_its_letters() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut texts = vec!["북한이 미사일을 쏘았다. 防衛省庁は発表。"; 40];
        texts.push("미시간 대학교는 미사일이 없다");
        let documents: Documents = texts.into_iter().map(|text| vec![text.to_owned()]).collect();
        let engine = index(folder.path(), &documents, 20, usize::MAX);
        for (typed, better) in [
            ("미싸일", Some("미사일")),
            ("미싸일을", Some("미사일을")),
            ("마사일", Some("미사일")),
            ("미사잍", Some("미사일")),
            ("비사일", Some("미사일")),
            ("미사이\u{1105}", Some("미사일")),
            ("복한", Some("북한")),
            ("防衝省庁", Some("防衛省庁")),
            // There, an inflection of what is there, too short, too far.
            ("미사일", None),
            ("미사일은", None),
            ("싸", None),
            ("컴퓨터", None),
        ] {
            let meant = engine.suggest(typed, Form::Any).expect("an answer");
            assert_eq!(meant.as_deref(), better, "{typed}");
        }
    }
}
