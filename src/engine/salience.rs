//! The words that set passages apart from the rest of the index: for widening a query by its first hits, and for
//! finding passages like one.
//!
//! A word is worth what it would be worth in a query: its frequency in the passage, saturated, times its rarity. Words
//! that stand in a single passage lead nowhere, and words that stand in many lead everywhere; both are left out, and so
//! are words of grammar, numbers and lone characters.

use std::collections::BTreeMap;

use tantivy::Term;
use tantivy::query::Bm25StatisticsProvider;

use super::EngineError;
use super::rescore::Saturation;
use crate::analysis::{self, Characters, Kind, Language, PairKind, Token, is_stop_word};
use crate::hit::Hit;
use crate::index::{Snapshot, TITLE_COUNTS};

/// A word of some passages.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Salient {
    /// Its most frequent form.
    pub(super) word: String,
    /// What it is worth, beside the others.
    pub(super) weight: f64,
}

/// A stem met in a passage.
#[derive(Default)]
struct Met {
    count: f64,
    forms: BTreeMap<String, usize>,
}

/// The `limit` words that say most of some passages, the best first, of those that stand in no more than the share
/// `most` of all passages. A passage counts by its score.
pub(super) fn salient(
    snapshot: &Snapshot,
    passages: &[Hit],
    limit: usize,
    most: f64,
) -> Result<Vec<Salient>, EngineError> {
    let mut sums: BTreeMap<String, (f64, BTreeMap<String, usize>)> = BTreeMap::new();
    let totals = snapshot.meta().totals;
    let average = totals.tokens[0].max(1) as f64 / totals.passages.max(1) as f64;
    for passage in passages {
        let (met, length) = stems(passage);
        for (stem, met) in met {
            let worth = Saturation::WORDS.of(met.count, length / average) * f64::from(passage.score);
            let (sum, forms) = sums.entry(stem).or_default();
            *sum += worth;
            for (form, count) in met.forms {
                *forms.entry(form).or_default() += count;
            }
        }
    }
    let mut rated = Vec::new();
    for (stem, (sum, forms)) in sums {
        let Some(word) = forms.into_iter().max_by_key(|(_, count)| *count).map(|(form, _)| form) else {
            continue;
        };
        if let Some(rarity) = telling(snapshot, &stem, most)? {
            rated.push(Salient { word, weight: sum * rarity });
        }
    }
    rated.sort_by(|a, b| b.weight.total_cmp(&a.weight).then_with(|| a.word.cmp(&b.word)));
    rated.truncate(limit);
    Ok(rated)
}

/// The rarity of a stem that is neither too rare nor too frequent to lead to more passages.
fn telling(snapshot: &Snapshot, stem: &str, most: f64) -> Result<Option<f64>, EngineError> {
    let passages = snapshot.total_num_docs()?;
    let with_it = snapshot.doc_freq(&Term::from_field_text(snapshot.fields().stem, stem))?;
    let tells = with_it >= 2 && with_it as f64 <= most * passages.max(20) as f64;
    Ok(tells.then(|| super::rescore::rarity(with_it, passages)))
}

/// The stems of a passage with its title and headings, weighed as they are in the index, and how many there are.
fn stems(passage: &Hit) -> (BTreeMap<String, Met>, f64) {
    let mut met: BTreeMap<String, Met> = BTreeMap::new();
    let mut length = 0.0;
    let language = Language::of(passage.document.language.as_deref());
    let mut add = |text: &str, counts: f64| {
        let tokens = analysis::tokens(text);
        let tells = telling_characters(text, &tokens);
        for (at, token) in tokens.iter().enumerate() {
            length += counts;
            let (stem, form) = match token.kind {
                Kind::Word => {
                    let stem = language.stem(&text[token.span.clone()], &token.term);
                    (stem.into_owned(), token.term.clone())
                }
                Kind::NextCharacter if !tells[at] => continue,
                Kind::NextCharacter => {
                    let pair = format!("{}{}", tokens[at - 1].ranked(), token.ranked());
                    (pair.clone(), pair)
                }
                Kind::Character => continue,
            };
            if says_something(&form) {
                let met = met.entry(stem).or_default();
                met.count += counts;
                *met.forms.entry(form).or_default() += 1;
            }
        }
    };
    add(&passage.text, 1.0);
    passage.passage.headings.iter().for_each(|heading| add(heading, 1.0));
    add(passage.document.title.as_deref().unwrap_or_default(), TITLE_COUNTS as f64);
    (met, length)
}

/// Of each token whether it is a character that, with the one before it, bears the meaning of its word.
fn telling_characters(text: &str, tokens: &[Token]) -> Vec<bool> {
    let mut tells = Vec::with_capacity(tokens.len());
    for run in tokens.chunk_by(|_, next| next.kind == Kind::NextCharacter) {
        tells.push(false);
        if run.len() > 1 {
            let kinds = Characters::new(text, run).pair_kinds();
            tells.extend(kinds.into_iter().map(|kind| kind == PairKind::Content));
        }
    }
    tells
}

fn says_something(word: &str) -> bool {
    word.chars().nth(1).is_some() && !is_stop_word(word) && !word.chars().all(char::is_numeric)
}
