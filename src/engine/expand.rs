//! From a rule for words to the words of an index that follow it: prefixes, fuzzy words, regular expressions.
//!
//! A rule that too many words follow is an error, never cut short: what was left out would be missing in the
//! hits without a sign.

use std::collections::BTreeSet;

use tantivy::Searcher;
use tantivy::postings::TermInfo;
use tantivy::schema::Field;
use tantivy::termdict::TermMerger;

use super::{EngineError, MAX_EXPANSION};
use crate::analysis::{Language, Languages, STEM_MARK, Stems};
use crate::pattern::Automaton;

/// The words of a field that start with `prefix`.
pub(super) fn starting(
    searcher: &Searcher,
    field: Field,
    prefix: &str,
) -> Result<BTreeSet<String>, EngineError> {
    let mut words = BTreeSet::new();
    for_each_starting(searcher, field, &[prefix], |word, _| take(&mut words, word, || format!("{prefix}*")))?;
    Ok(words)
}

/// The words of a field that have one of `stems` in one of `languages`.
pub(super) fn inflected(
    searcher: &Searcher,
    field: Field,
    stems: &Stems,
    languages: &Languages,
) -> Result<BTreeSet<String>, EngineError> {
    with_stems(searcher, field, stems, languages, &languages.starts_of_inflections(stems))
}

/// The words of a field that are other inflections of a word in a language and start much as its stem does: for each the
/// segments that have it, and where in those.
///
/// Some languages have inflections that start like nothing else, to find which every word of the index is asked for its
/// stem. Here only those are looked for that cost little, which is all but a few.
pub(super) fn inflected_alike(
    searcher: &Searcher,
    field: Field,
    form: &str,
    language: Language,
) -> Result<Vec<(usize, TermInfo)>, EngineError> {
    let stem = language.stem(form, form);
    let mut starts = language.starts_of_inflections(&Stems::from(&*stem));
    let most = most_of(&stem);
    if starts.iter().any(|start| most.starts_with(start.as_str())) {
        starts = vec![most.to_owned()];
    }
    let mut found = Vec::new();
    for_each_starting(searcher, field, &starts, |other, terms| {
        if other != form && language.stem(other, other) == stem {
            found.extend(terms.current_segment_ords_and_term_infos());
        }
        Ok(())
    })?;
    Ok(found)
}

/// A stem but for its last letter, which inflections may change; a short one is taken as it is.
fn most_of(stem: &str) -> &str {
    match stem.char_indices().next_back() {
        Some((last, _)) if stem[..last].chars().nth(2).is_some() => &stem[..last],
        _ => stem,
    }
}

/// The words of a field that start with one of `starts`, none of which another goes on from, and have one of `stems`.
fn with_stems(
    searcher: &Searcher,
    field: Field,
    stems: &Stems,
    languages: &Languages,
    starts: &[impl AsRef<str>],
) -> Result<BTreeSet<String>, EngineError> {
    let mut words = BTreeSet::new();
    for_each_starting(searcher, field, starts, |word, _| match languages.share(word, stems) {
        true => take(&mut words, word, || stems.iter().next().unwrap_or_default().to_owned()),
        false => Ok(()),
    })?;
    Ok(words)
}

/// Visits the words of a field that start with one of `starts`, none of which another goes on from: once each, however
/// many segments have it, since a stem takes longer to find than a word.
fn for_each_starting(
    searcher: &Searcher,
    field: Field,
    starts: &[impl AsRef<str>],
    mut visit: impl FnMut(&str, &TermMerger<'_>) -> Result<(), EngineError>,
) -> Result<(), EngineError> {
    let dictionaries = searcher.segment_readers().iter().map(|segment| segment.inverted_index(field));
    let dictionaries: Vec<_> = dictionaries.collect::<Result<_, _>>()?;
    for start in starts.iter().map(|start| start.as_ref().as_bytes()) {
        let streams = dictionaries.iter().map(|index| index.terms().range().ge(start).into_stream());
        let mut terms = TermMerger::new(streams.collect::<Result<_, _>>().map_err(io_error)?);
        while terms.advance() && terms.key().starts_with(start) {
            if let Ok(word) = std::str::from_utf8(terms.key()) {
                visit(word, &terms)?;
            }
        }
    }
    Ok(())
}

/// The words of a field that `automaton` accepts.
pub(super) fn accepted(
    searcher: &Searcher,
    field: Field,
    automaton: &Automaton,
) -> Result<BTreeSet<String>, EngineError> {
    let mut words = BTreeSet::new();
    for segment in searcher.segment_readers() {
        let index = segment.inverted_index(field)?;
        let mut terms = index.terms().search(automaton).into_stream().map_err(io_error)?;
        while terms.advance() {
            take(&mut words, &String::from_utf8_lossy(terms.key()), || automaton.to_string())?;
        }
    }
    Ok(words)
}

/// Takes one more word, unless it is the stem that titles and headings hold beside a word.
fn take(words: &mut BTreeSet<String>, word: &str, typed: impl FnOnce() -> String) -> Result<(), EngineError> {
    if word.starts_with(STEM_MARK) {
        return Ok(());
    }
    words.insert(word.to_owned());
    if words.len() > MAX_EXPANSION { Err(EngineError::TooManyWords(typed())) } else { Ok(()) }
}

pub(super) fn io_error(error: std::io::Error) -> EngineError {
    tantivy::TantivyError::from(error).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inflections_are_those_of_one_language() {
        let folder = tempfile::tempdir().expect("a folder");
        let text = "come comes coming com common comet launches launch".to_owned();
        let snapshot = super::super::laws::snapshot(folder.path(), &[vec![(None, vec![text])]]);
        let body = snapshot.fields().body;
        let count = |form, code| {
            let language = Language::of_code(code);
            inflected_alike(snapshot.searcher(), body, form, language).expect("it reads").len()
        };
        assert_eq!(count("come", "en"), 2, "comes, coming");
        assert_eq!(count("come", "it"), 1, "com");
        assert_eq!(count("launch", "en"), 1, "launches");
        assert_eq!(count("launched", "en"), 2, "launches, launch");
        assert_eq!(count("common", "en"), 0);
    }

    #[test]
    fn most_of_a_stem_is_three_letters_at_least() {
        let starts = ["launch", "happi", "run", "go", "", "öçşi"].map(most_of);
        assert_eq!(starts, ["launc", "happ", "run", "go", "", "öçş"]);
    }
}
