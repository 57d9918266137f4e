//! Did you mean: the word of an index that somebody who mistyped one probably meant.
//!
//! Only a word that hardly any passage has is taken for mistyped, and only a word that many more passages have is
//! suggested in its place: a rare name is left alone where nothing like it is common. For words that are common nothing
//! is looked for but their number of passages.
//!
//! Of the words few enough edits away, those with the same first letter come first, which people rarely
//! mistype; then those fewer edits away; then those in more passages; then by the alphabet. Inflections of what was
//! typed are no corrections of it. Where a word of grammar was meant, nothing is suggested: it would find nothing that
//! the rest of the query does not, and the next best word is not what was meant. Passages that were deleted do not
//! count, so that a suggestion does not depend on an index's history. Words of Hangul, Han and Kana are in `characters`.

mod characters;

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::ops::Range;

use tantivy::Term;
use tantivy::query::Bm25StatisticsProvider;

use super::expand::io_error;
use super::{EngineError, Form, MAX_EXPANSION};
use crate::analysis::{self, Kind};
use crate::index::Snapshot;
use crate::pattern::Automaton;

/// A word in more passages than this is taken for what was meant.
const RARE: u64 = 2;

/// In how many times as many passages as the typed word the suggested one stands at least.
const MORE_FREQUENT: u64 = 20;

/// Shorter words have too many neighbours.
const LEAST_LETTERS: usize = 4;

/// Words up to this length are corrected by one edit, longer ones by two.
const SHORT_WORD: usize = 5;

/// The word that was probably meant by a folded word.
pub(super) fn better_word(
    snapshot: &Snapshot,
    word: &str,
    form: Form,
) -> Result<Option<String>, EngineError> {
    if analysis::tokens(word).first().is_some_and(|token| token.kind != Kind::Word) {
        return match form == Form::Any && stands_in_another_form(snapshot, word)? {
            true => Ok(None),
            false => characters::better_word(snapshot, word),
        };
    }
    let letters = word.chars().count();
    if letters < LEAST_LETTERS || !is_of_letters(word) {
        return Ok(None);
    }
    let typed = passages_with(snapshot, word, form)?;
    if typed > RARE {
        return Ok(None);
    }
    let edits = if letters <= SHORT_WORD { 1 } else { 2 };
    let search = Search {
        snapshot,
        word,
        least: (typed * MORE_FREQUENT).max(1),
        within: Automaton::of_edits(word, edits),
        within_one: Automaton::of_edits(word, 1),
    };
    let first = word.chars().next().map_or(0, char::len_utf8);
    let better = match search.best(Some(&word[..first]))? {
        Some(better) => Some(better),
        None => search.best(None)?,
    };
    Ok(better.filter(|better| !analysis::is_stop_word(better)))
}

/// Whether a word has neither digits nor other signs of numbers in it: of those, every one near it is another number.
fn is_of_letters(word: &str) -> bool {
    !word.contains(char::is_numeric)
}

/// Whether a dictionary takes a word for others that the index has, in whatever forms.
fn stands_in_another_form(snapshot: &Snapshot, word: &str) -> Result<bool, EngineError> {
    for reading in snapshot.languages().dictionaries().readings(word, &analysis::tokens(word)) {
        let term = |form: &String| Term::from_field_text(snapshot.fields().word, form);
        let mut all = reading.forms.iter().map(|form| snapshot.doc_freq(&term(form)));
        let stand =
            all.try_fold(reading.is_whole, |stand, passages| passages.map(|count| stand && count > RARE));
        if stand? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// How many passages have a word; at least how many, where these are enough for it not to be rare.
fn passages_with(snapshot: &Snapshot, word: &str, form: Form) -> Result<u64, EngineError> {
    let fields = snapshot.fields();
    let of =
        |field, word: &str| Ok::<_, EngineError>(snapshot.doc_freq(&Term::from_field_text(field, word))?);
    match form {
        Form::Any => {
            let stems = snapshot.languages().stems(word, word);
            stems.iter().try_fold(0, |most, stem| Ok(of(fields.stem, stem)?.max(most)))
        }
        Form::Exact => {
            let mut most = 0;
            for field in [fields.body, fields.title, fields.heading] {
                // What is enough for the first one need not be looked for in the others.
                if most <= RARE {
                    most = of(field, word)?.max(most);
                }
            }
            Ok(most)
        }
    }
}

/// A look through the words of an index.
struct Search<'a> {
    snapshot: &'a Snapshot,
    word: &'a str,
    /// In how many passages a word must stand.
    least: u64,
    within: Automaton,
    within_one: Automaton,
}

impl Search<'_> {
    /// The best word of those that start with `first`, or of all.
    fn best(&self, first: Option<&str>) -> Result<Option<String>, EngineError> {
        let languages = self.snapshot.languages();
        let stems = languages.stems(self.word, self.word);
        let candidates = self.candidates(first)?;
        let mut candidates: Vec<(String, u64)> = candidates
            .into_iter()
            .filter(|(word, most)| {
                *most >= self.least && is_of_letters(word) && !languages.share(word, &stems)
            })
            .collect();
        candidates.sort_by_cached_key(|(word, most)| (self.edits(word), Reverse(*most), word.clone()));
        // What a dictionary counts may have been deleted: the best is known when no other may stand in more passages.
        let mut best: Option<(u8, u64, String)> = None;
        for (word, most) in candidates {
            let edits = self.edits(&word);
            if best.as_ref().is_some_and(|best| edits > best.0 || most < best.1) {
                break;
            }
            let passages =
                self.snapshot.doc_freq(&Term::from_field_text(self.snapshot.fields().body, &word))?;
            let is_better =
                |best: &(u8, u64, String)| (Reverse(passages), &word) < (Reverse(best.1), &best.2);
            if passages >= self.least && best.as_ref().is_none_or(is_better) {
                best = Some((edits, passages, word));
            }
        }
        Ok(best.map(|(_, _, word)| word))
    }

    fn edits(&self, word: &str) -> u8 {
        if self.within_one.accepts(word) { 1 } else { 2 }
    }

    /// The words near enough, each with the most passages that may have it; none where there are too many.
    fn candidates(&self, first: Option<&str>) -> Result<BTreeMap<String, u64>, EngineError> {
        let mut candidates = BTreeMap::new();
        for segment in self.snapshot.searcher().segment_readers() {
            let index = segment.inverted_index(self.snapshot.fields().body)?;
            let mut terms = index.terms().search(&self.within);
            if let Some(first) = first {
                let Range { start, end } = starting_with(first);
                terms = terms.ge(start).lt(end);
            }
            let mut terms = terms.into_stream().map_err(io_error)?;
            while terms.advance() {
                let Ok(word) = std::str::from_utf8(terms.key()) else { continue };
                *candidates.entry(word.to_owned()).or_default() += u64::from(terms.value().doc_freq);
                if candidates.len() > MAX_EXPANSION {
                    return Ok(BTreeMap::new());
                }
            }
        }
        Ok(candidates)
    }
}

/// The range of the terms that start with a character.
fn starting_with(first: &str) -> Range<Vec<u8>> {
    let start = first.as_bytes().to_vec();
    let mut end = start.clone();
    // The last byte of a character in UTF-8 is never the greatest one.
    end.last_mut().into_iter().for_each(|last| *last += 1);
    start..end
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::super::laws::{Documents, index};
    use super::super::{Engine, LocalEngine};
    use super::*;
    use crate::analysis::Language;

    /// Documents in which each word stands in so many passages.
    fn documents(words: &[(&str, usize)]) -> Documents {
        let most = words.iter().map(|(_, passages)| *passages).max().unwrap_or_default();
        (0..most)
            .map(|at| {
                let here = words.iter().filter(|(_, passages)| at < *passages).map(|(word, _)| *word);
                vec![here.collect::<Vec<_>>().join(", ")]
            })
            .collect()
    }

    fn engine(folder: &tempfile::TempDir, words: &[(&str, usize)]) -> LocalEngine {
        index(folder.path(), &documents(words), 100, usize::MAX)
    }

    #[test]
    fn a_word_that_is_missing_or_rare_has_a_better_one_nearby() {
        let folder = tempfile::tempdir().expect("a folder");
        let words =
            [("missile", 40), ("missive", 2), ("warning", 3), ("launch", 1), ("summit", 41), ("sumit", 2)];
        let engine = engine(&folder, &words);
        let meant = |word: &str| engine.suggest(word, Form::Any).expect("an answer");
        for (typed, better) in [
            ("misile", Some("missile")),
            ("mislsie", Some("missile")),
            ("missive", Some("missile")),
            ("wraning", Some("warning")),
            ("arning", Some("warning")),
            ("sumit", Some("summit")),
            ("lanch", Some("launch")),
            ("luanch", Some("launch")),
            // Too far, too short, with a digit, common enough, or an inflection of what is there.
            ("lamh", None),
            ("mle", None),
            ("missil3", None),
            ("warning", None),
            ("launchs", None),
            ("zeppelin", None),
        ] {
            assert_eq!(meant(typed).as_deref(), better, "{typed}");
        }
    }

    #[test]
    fn where_a_word_of_grammar_was_meant_nothing_is_suggested() {
        let folder = tempfile::tempdir().expect("a folder");
        let engine = engine(&folder, &[("these", 40), ("trees", 3), ("would", 9), ("mould", 40)]);
        let meant = |word: &str| engine.suggest(word, Form::Any).expect("an answer");
        assert_eq!(meant("thees"), None);
        assert_eq!(meant("wuold"), None);
        assert_eq!(meant("teres").as_deref(), Some("trees"));
        assert_eq!(meant("nould").as_deref(), Some("mould"));
    }

    #[test]
    fn the_first_letter_tells_more_than_the_number_of_edits_and_those_more_than_frequency() {
        let folder = tempfile::tempdir().expect("a folder");
        let engine = engine(&folder, &[("hatches", 9), ("marches", 2), ("matters", 5), ("matthews", 5)]);
        let meant = |word: &str| engine.suggest(word, Form::Exact).expect("an answer");
        assert_eq!(meant("matches").as_deref(), Some("marches"));
        assert_eq!(meant("catches").as_deref(), Some("hatches"));
        assert_eq!(meant("matthers").as_deref(), Some("matters"), "of equals the first in the alphabet");
    }

    #[test]
    fn an_exact_word_counts_by_itself_and_its_inflections_are_no_better() {
        let folder = tempfile::tempdir().expect("a folder");
        let engine = engine(&folder, &[("launch", 40), ("lunches", 30)]);
        assert_eq!(engine.suggest("launches", Form::Any).expect("an answer"), None);
        assert_eq!(engine.suggest("launches", Form::Exact).expect("an answer").as_deref(), Some("lunches"));
    }

    fn stem(word: &str) -> String {
        Language::default().stem(word, word).into_owned()
    }

    /// The rule as it is told, over the words of all passages.
    fn by_hand(documents: &Documents, word: &str) -> Option<String> {
        let mut passages: BTreeMap<&str, u64> = BTreeMap::new();
        for text in documents.iter().flatten() {
            for word in text.split(' ').collect::<BTreeSet<_>>() {
                *passages.entry(word).or_default() += 1;
            }
        }
        let typed = passages.get(word).copied().unwrap_or_default();
        if typed > RARE {
            return None;
        }
        let within = |edits: u8, other: &str| Automaton::of_edits(word, edits).accepts(other);
        let most = if word.len() <= SHORT_WORD { 1 } else { 2 };
        let least = (typed * MORE_FREQUENT).max(1);
        let candidates = passages.into_iter().filter(|&(other, passages)| {
            passages >= least && within(most, other) && stem(other) != stem(word)
        });
        let best = candidates.min_by_key(|&(other, passages)| {
            (other.as_bytes()[0] != word.as_bytes()[0], !within(1, other), Reverse(passages), other)
        });
        best.map(|(word, _)| word.to_owned())
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 10, ..ProptestConfig::default() })]
        #[test]
        fn the_best_word_does_not_depend_on_segments_and_deletions(
            texts in prop::collection::vec("[xy][ou]{2}(n|nk){1,2}( [xy][ou]{2}(n|nk){1,2}){0,3}", 1..24),
            words in prop::collection::vec("[xyz][ou]{2,3}(n|nk){1,2}", 1..6),
            group in 1_usize..50,
            again in 5_usize..9,
        ) {
            let documents: Documents = texts.into_iter().map(|text| vec![text]).collect();
            let folder = tempfile::tempdir().expect("a folder");
            let engine = index(folder.path(), &documents, group, again);
            for word in words {
                let better = engine.suggest(&word, Form::Exact).expect("an answer");
                prop_assert_eq!(better, by_hand(&documents, &word), "{}", word);
            }
        }
    }
}
