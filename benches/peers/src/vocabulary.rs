//! The words of generated texts: real ones, as often as in real texts, with a long tail made of their derivations.
//!
//! The most frequent words are those of the English sample documents in `seeds/`, in the order of their counts, so
//! that grammar, lengths and stems are those of English. Behind them come their derivations, from the common ones
//! (*-s*, *-ed*) to the rare (*counter-…-ability*). The frequency of a word falls with its rank by the law of Zipf
//! and Mandelbrot.

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use fastrand::Rng;

/// How many words there are.
const WORDS: usize = 400_000;

/// Words before this rank are not derived from: mostly grammar.
pub const GRAMMAR: usize = 100;

/// The shortest word that others are derived from, in letters.
const SHORTEST_BASE: usize = 4;

/// The law's exponent and its shift: they give the first word 6% of all text, and the first hundred words half of it.
const EXPONENT: f64 = 1.2;
const SHIFT: f64 = 2.7;

const SUFFIXES: [&str; 24] = [
    "s", "ed", "ing", "er", "ers", "ly", "al", "able", "ness", "ment", "ion", "ions", "ity", "ive", "ize",
    "ized", "ism", "ist", "ful", "less", "ship", "ability", "ization", "ally",
];

const PREFIXES: [&str; 24] = [
    "re", "un", "pre", "over", "non", "sub", "inter", "mis", "out", "under", "anti", "multi", "trans",
    "super", "counter", "semi", "co", "de", "micro", "macro", "auto", "hyper", "pseudo", "meta",
];

/// Words by rank, with what it takes to draw one as often as its rank says.
pub struct Vocabulary {
    words: Vec<String>,
    /// For each rank the share of all text that the words up to it have.
    shares: Vec<f64>,
}

impl Vocabulary {
    /// The words of the sample documents in `seeds`, and those derived from them.
    pub fn of_samples(seeds: &Path) -> Result<Self> {
        let mut texts = Vec::new();
        read_texts(seeds, &mut texts)?;
        let vocabulary = Self::of_texts(texts.iter().map(String::as_str));
        ensure!(vocabulary.words.len() > 10 * GRAMMAR, "{}: too few words", seeds.display());
        Ok(vocabulary)
    }

    /// The words of some texts, and those derived from them.
    pub fn of_texts<'a>(texts: impl Iterator<Item = &'a str>) -> Self {
        let words = with_derived(by_frequency(texts));
        let mut sum = 0.0;
        let weights = (0..words.len()).map(|rank| (rank as f64 + 1.0 + SHIFT).powf(-EXPONENT));
        let mut shares: Vec<f64> = weights
            .map(|weight| {
                sum += weight;
                sum
            })
            .collect();
        shares.iter_mut().for_each(|share| *share /= sum);
        Self { words, shares }
    }

    /// The word of a rank.
    pub fn word(&self, rank: usize) -> &str {
        &self.words[rank]
    }

    /// A rank, drawn as often as its word is to stand in texts.
    pub fn draw(&self, rng: &mut Rng) -> usize {
        let at = rng.f64();
        self.shares.partition_point(|&share| share < at).min(self.words.len() - 1)
    }
}

/// The English samples: those in other languages stand in folders that are named by a code of two letters.
fn read_texts(folder: &Path, texts: &mut Vec<String>) -> Result<()> {
    let entries = fs::read_dir(folder).with_context(|| folder.display().to_string())?;
    let mut paths: Vec<_> = entries.map(|entry| Ok(entry?.path())).collect::<Result<_>>()?;
    paths.sort();
    for path in paths {
        let is_other_language = path.file_name().is_some_and(|name| name.len() == 2);
        if path.is_dir() && !is_other_language {
            read_texts(&path, texts)?;
        } else if path.is_file() {
            texts.push(fs::read_to_string(&path).with_context(|| path.display().to_string())?);
        }
    }
    Ok(())
}

/// The words of some texts in lower case, the most frequent first. What stands in tags is left out.
fn by_frequency<'a>(texts: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for text in texts {
        let outside = text.split('<').map(|part| part.split_once('>').map_or(part, |(_, behind)| behind));
        for word in outside.flat_map(|part| part.split(|letter: char| !letter.is_alphanumeric())) {
            let is_word = word.len() > 1 || matches!(word, "a" | "A" | "I");
            if is_word && word.bytes().all(|letter| letter.is_ascii_alphabetic()) {
                *counts.entry(word.to_ascii_lowercase()).or_default() += 1;
            }
        }
    }
    let mut words: Vec<_> = counts.into_iter().collect();
    words.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    words.into_iter().map(|(word, _)| word).collect()
}

/// The words, and behind them their derivations, each once.
fn with_derived(mut words: Vec<String>) -> Vec<String> {
    let bases: Vec<String> =
        words.iter().skip(GRAMMAR).filter(|word| word.len() >= SHORTEST_BASE).cloned().collect();
    let mut known: HashSet<String> = words.iter().cloned().collect();
    let mut rng = Rng::with_seed(1);
    let with_suffix = SUFFIXES.iter().map(|suffix| ("", *suffix));
    let with_prefix = PREFIXES.iter().map(|prefix| (*prefix, ""));
    let with_both = PREFIXES.iter().flat_map(|prefix| SUFFIXES.iter().map(move |suffix| (*prefix, *suffix)));
    for (prefix, suffix) in with_suffix.chain(with_prefix).chain(with_both) {
        let mut derived: Vec<String> = bases.iter().map(|base| derive(prefix, base, suffix)).collect();
        rng.shuffle(&mut derived);
        derived.retain(|word| known.insert(word.clone()));
        words.extend(derived);
        if words.len() >= WORDS {
            break;
        }
    }
    words.truncate(WORDS);
    words
}

/// A word made of three parts by the commonest rules of spelling.
fn derive(prefix: &str, base: &str, suffix: &str) -> String {
    let starts_with_vowel = suffix.starts_with(['a', 'e', 'i']);
    match base.strip_suffix(['e', 'y']) {
        Some(stem) if base.ends_with('e') && starts_with_vowel => format!("{prefix}{stem}{suffix}"),
        Some(stem) if base.ends_with('y') && suffix == "s" => format!("{prefix}{stem}ies"),
        Some(stem) if base.ends_with('y') && !suffix.is_empty() && !suffix.starts_with('i') => {
            format!("{prefix}{stem}i{suffix}")
        }
        _ => format!("{prefix}{base}{suffix}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vocabulary() -> Vocabulary {
        Vocabulary::of_samples(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../seeds"))).unwrap()
    }

    #[test]
    fn words_are_real_ones_first_and_each_stands_once() {
        let vocabulary = vocabulary();
        assert_eq!(vocabulary.word(0), "the");
        assert_eq!(vocabulary.words.len(), WORDS);
        let distinct: HashSet<&String> = vocabulary.words.iter().collect();
        assert_eq!(distinct.len(), WORDS);
    }

    #[test]
    fn a_word_is_drawn_as_often_as_its_rank_says() {
        let vocabulary = vocabulary();
        let mut rng = Rng::with_seed(7);
        let mut counts = vec![0_u32; vocabulary.words.len()];
        let draws = 1_000_000;
        (0..draws).for_each(|_| counts[vocabulary.draw(&mut rng)] += 1);
        for rank in [0, 1, 9, 99, 999] {
            let before = if rank == 0 { 0.0 } else { vocabulary.shares[rank - 1] };
            let expected = (vocabulary.shares[rank] - before) * f64::from(draws);
            let got = f64::from(counts[rank]);
            assert!(
                (got - expected).abs() < 6.0 * expected.sqrt(),
                "rank {rank}: {got} instead of {expected}"
            );
        }
        let distinct = counts.iter().filter(|&&count| count > 0).count();
        assert!((50_000..100_000).contains(&distinct), "a long tail: {distinct}");
    }

    #[test]
    fn derivations_follow_the_rules_of_spelling() {
        assert_eq!(derive("", "share", "ing"), "sharing");
        assert_eq!(derive("", "share", "s"), "shares");
        assert_eq!(derive("", "supply", "s"), "supplies");
        assert_eq!(derive("re", "supply", "ed"), "resupplied");
        assert_eq!(derive("", "supply", "ing"), "supplying");
        assert_eq!(derive("un", "supply", ""), "unsupply");
    }
}
