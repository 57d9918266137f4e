//! Queries made of the words of the text itself: rare and frequent ones, pairs, phrases that occur, questions.
//!
//! How many passages each word and phrase stands in is counted here, from the texts, so that the answers of everybody
//! can be held against it.

use std::collections::{HashMap, HashSet};

use anyhow::{Result, ensure};
use tidings::analysis::{self, Language};
use tidings::index::Snapshot;

use crate::work::for_each_passage;

/// The share of all passages that a frequent word stands in, at least.
const FREQUENT: f64 = 0.02;

/// The number of passages that a rare word stands in.
const RARE: (usize, usize) = (3, 20);

/// The shares of all passages that the words of questions stand in, and those of pairs.
const TELLING: (f64, f64) = (0.0005, 0.02);

/// What people ask, with gaps for what they ask about; five to eight words each.
const QUESTIONS: [&str; 8] = [
    "how does the {} change the {}",
    "what is the best {} for a {}",
    "which {} of the {} was {}",
    "why did the {} wait for a {}",
    "who was at the {} before the {}",
    "when will the {} and {} be {}",
    "is there a {} with {} and {}",
    "where do {} come from in a {}",
];

/// Queries of each kind, as they are typed.
#[derive(Debug)]
pub struct Queries {
    /// Words of few passages that stand in no title and no heading, with their inflections.
    pub rare: Vec<Counted>,
    /// Words of many passages, of more than one letter.
    pub frequent: Vec<String>,
    /// Two words of some passages each.
    pub pairs: Vec<String>,
    /// Two frequent words one behind the other, in quotes.
    pub phrases: Vec<Counted>,
    /// Questions.
    pub questions: Vec<String>,
}

/// A query, and the number of passages that have what it looks for.
#[derive(Clone, Debug)]
pub struct Counted {
    /// The query as typed.
    pub query: String,
    /// The passages that have it.
    pub passages: usize,
}

impl Queries {
    /// The queries for an index.
    pub fn of(snapshot: &Snapshot) -> Result<Self> {
        let words = Words::count(snapshot)?;
        let share = |share: f64| (share * words.passages as f64) as usize;
        let in_headings: HashSet<String> = words.in_headings.iter().flat_map(|word| stems(word)).collect();
        let is_in_text_alone = |word: &str| stems(word).iter().all(|stem| !in_headings.contains(stem));
        let rare = words.between(RARE.0, RARE.1, |word| word.len() > 4 && is_in_text_alone(word));
        let telling = words.between(share(TELLING.0).max(2), share(TELLING.1), |word| word.len() > 3);
        let frequent = words.between(share(FREQUENT), words.passages, |word| word.len() > 1);
        ensure!(
            rare.len() >= 60 && telling.len() >= 300,
            "too little text for queries to be made of its words"
        );
        let phrases = phrases(snapshot, &frequent)?;
        ensure!(!phrases.is_empty(), "no two frequent words stand next to each other");
        let telling: Vec<String> = spread(&telling, 300).into_iter().map(|(word, _)| word).collect();
        let pair = |at: usize| format!("{} {}", telling[at], telling[(at * 7 + 150) % telling.len()]);
        Ok(Self {
            rare: spread(&rare, 60)
                .into_iter()
                .map(|(query, passages)| Counted { query, passages })
                .collect(),
            frequent: spread(&frequent, 60).into_iter().map(|(word, _)| word).collect(),
            pairs: (0..60).map(|at| pair(at * 5)).collect(),
            phrases: spread(&phrases, 60),
            questions: (0..60)
                .map(|at| question(QUESTIONS[at % QUESTIONS.len()], &telling, at * 5))
                .collect(),
        })
    }

    /// Every kind of query by turns, three hundred in all where there are enough of each.
    pub fn mixed(&self) -> Vec<&str> {
        let mut mixed = Vec::new();
        for at in 0..60 {
            mixed.extend(self.rare.get(at).map(|counted| counted.query.as_str()));
            mixed.extend(self.frequent.get(at).map(String::as_str));
            mixed.extend(self.pairs.get(at).map(String::as_str));
            mixed.extend(self.phrases.get(at).map(|counted| counted.query.as_str()));
            mixed.extend(self.questions.get(at).map(String::as_str));
        }
        mixed
    }

    /// A few queries of plain words of each kind, for what takes long.
    pub fn few(&self) -> Vec<&str> {
        let mut few = Vec::new();
        for at in [5, 20, 35, 50] {
            few.extend([self.rare[at].query.as_str(), self.pairs[at].as_str(), self.questions[at].as_str()]);
        }
        few
    }
}

/// A question with its gaps filled by words from this place on, each some way behind the one before.
fn question(form: &str, words: &[String], mut at: usize) -> String {
    let mut question = form.to_owned();
    while question.contains("{}") {
        question = question.replacen("{}", &words[at % words.len()], 1);
        at += 101;
    }
    question
}

/// So many of some things, evenly spread over them.
fn spread<T: Clone>(all: &[T], count: usize) -> Vec<T> {
    let count = count.min(all.len());
    (0..count).map(|at| all[at * all.len() / count].clone()).collect()
}

/// The words of a text in lower case that consist of nothing but English letters, each with its place among all words.
fn words_of(text: &str) -> impl Iterator<Item = (usize, String)> {
    let all = text.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty());
    let plain = |word: &str| word.bytes().all(|letter| letter.is_ascii_alphabetic());
    all.enumerate()
        .filter(move |(_, word)| plain(word))
        .map(|(place, word)| (place, word.to_ascii_lowercase()))
}

/// The stems of a word.
fn stems(word: &str) -> Vec<String> {
    analysis::stem_terms(word, Language::default())
}

/// How many passages have each word.
struct Words {
    passages: usize,
    counts: HashMap<String, Seen>,
    in_headings: HashSet<String>,
}

/// In how many passages something was seen, and which was the last.
#[derive(Default)]
struct Seen {
    passages: usize,
    last: usize,
}

impl Seen {
    /// Counts the passage with this number, which is not 0, once.
    fn note(&mut self, passage: usize) {
        if self.last != passage {
            self.last = passage;
            self.passages += 1;
        }
    }
}

impl Words {
    fn count(snapshot: &Snapshot) -> Result<Self> {
        let mut words = Self { passages: 0, counts: HashMap::new(), in_headings: HashSet::new() };
        for_each_passage(snapshot, |stored, text| {
            words.passages += 1;
            for (_, word) in words_of(&text) {
                words.counts.entry(word).or_default().note(words.passages);
            }
            if stored.ordinal == 0 || !stored.headings.is_empty() {
                for text in stored.headings.iter().chain(&stored.facts.title) {
                    words.in_headings.extend(words_of(text).map(|(_, word)| word));
                }
            }
            Ok(())
        })?;
        Ok(words)
    }

    /// The wanted words that stand in so many passages, by that number.
    fn between(&self, least: usize, most: usize, is_wanted: impl Fn(&str) -> bool) -> Vec<(String, usize)> {
        let counts = self.counts.iter().map(|(word, seen)| (word.clone(), seen.passages));
        let mut found: Vec<_> =
            counts.filter(|(word, count)| (least..=most).contains(count) && is_wanted(word)).collect();
        found.sort_by(|a, b| a.1.cmp(&b.1).then_with(|| a.0.cmp(&b.0)));
        found
    }
}

/// Every two frequent words that stand next to each other in at least ten passages and in no title and no heading, by
/// the number of passages.
fn phrases(snapshot: &Snapshot, frequent: &[(String, usize)]) -> Result<Vec<Counted>> {
    let numbers: HashMap<&str, usize> =
        frequent.iter().enumerate().map(|(at, (word, _))| (word.as_str(), at)).collect();
    let pairs = |text: &str| {
        let known = words_of(text).filter_map(|(place, word)| Some((place, *numbers.get(word.as_str())?)));
        let known: Vec<_> = known.collect();
        let next = |pair: &[(usize, usize)]| (pair[0].0 + 1 == pair[1].0).then_some((pair[0].1, pair[1].1));
        known.windows(2).filter_map(next).collect::<Vec<_>>()
    };
    let mut counts: HashMap<(usize, usize), Seen> = HashMap::new();
    let mut in_headings = HashSet::new();
    let mut passage = 0;
    for_each_passage(snapshot, |stored, text| {
        passage += 1;
        for pair in pairs(&text) {
            counts.entry(pair).or_default().note(passage);
        }
        for text in stored.headings.iter().chain(&stored.facts.title) {
            in_headings.extend(pairs(text));
        }
        Ok(())
    })?;
    let mut found: Vec<_> = counts
        .into_iter()
        .filter(|(pair, seen)| seen.passages >= 10 && pair.0 != pair.1 && !in_headings.contains(pair))
        .map(|((first, second), seen)| Counted {
            query: format!("\"{} {}\"", frequent[first].0, frequent[second].0),
            passages: seen.passages,
        })
        .collect();
    found.sort_by(|a, b| a.passages.cmp(&b.passages).then_with(|| a.query.cmp(&b.query)));
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_have_five_to_eight_words_and_no_gap() {
        let words: Vec<String> = (0..300).map(|number| format!("w{number}")).collect();
        for form in QUESTIONS {
            let question = question(form, &words, 299);
            assert!((5..=8).contains(&question.split(' ').count()), "{question}");
            assert!(!question.contains('{'), "{question}");
        }
    }

    #[test]
    fn what_is_spread_is_taken_from_everywhere() {
        assert_eq!(spread(&[1, 2, 3, 4, 5, 6], 3), [1, 3, 5]);
        assert_eq!(spread(&[1, 2], 3), [1, 2]);
    }

    #[test]
    fn words_keep_their_places_among_what_is_no_word() {
        let words: Vec<_> = words_of("In 2023, the Ärzte met").collect();
        assert_eq!(words, [(0, "in".into()), (2, "the".into()), (4, "met".into())]);
    }
}
