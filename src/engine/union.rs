//! The plain ranking of words any of which will do, which is what people type.
//!
//! The words that bear most are read from end to end, a window of the segment at a time: adding up their scores costs
//! less than asking before each passage which of them may be skipped. As soon as there are enough passages, words that
//! could not lift one among the best by themselves are only looked up in the passages that hold another one (MaxScore,
//! Turtle and Flood 1995), and blocks of postings that cannot hold one of the best are left out (Ding and Suel 2011). A
//! passage's sum is taken in one order, whatever is skipped and wherever it stands.

use std::collections::HashMap;

use tantivy::fieldnorm::FieldNormReader;
use tantivy::postings::BlockSegmentPostings;
use tantivy::query::{Bm25StatisticsProvider, Bm25Weight};
use tantivy::schema::IndexRecordOption;
use tantivy::{DocId, SegmentReader, TERMINATED, Term};

use super::compile::{Leaf, View};
use super::plan::Plan;
use super::worthwhile::Worthwhile;
use super::{EngineError, expand};
use crate::index::{Fields, Snapshot};
use crate::query::Occur;

/// How many passages are scored at once: their sums fit into the fastest cache of a processor.
const WINDOW: usize = 4096;

/// Covers the rounding of sums where it is decided what cannot be among the best.
const ROUNDING: f64 = 1.0 + 1e-6;

/// Covers the rounding of what tantivy says of blocks, which is in single precision.
const ROUNDING_OF_BLOCKS: f64 = 1.0 + 1e-5;

/// Words any of which will do, each with what it weighs in the whole index; what bears most comes first.
pub(super) struct Union {
    fields: Fields,
    words: Vec<RatedTerm>,
    /// How many passages the index has.
    passages: u64,
}

struct RatedTerm {
    view: View,
    term: Term,
    /// In how many passages of the index it stands.
    passages: u64,
    /// How many tokens a passage has on average.
    average: f32,
    weight: Bm25Weight,
    /// What the score of the term is multiplied with.
    factor: f64,
}

impl RatedTerm {
    /// What a passage of this length gets, in which the term stands so many times.
    fn score(&self, length: u8, count: u32) -> f64 {
        f64::from(self.weight.score(length, count)) * self.factor
    }

    /// What no passage can get more of.
    fn most(&self) -> f64 {
        f64::from(self.weight.max_score()) * self.factor
    }
}

impl Union {
    /// The words of a plan, if it asks for any of some words and for nothing else.
    pub(super) fn of<'l>(
        snapshot: &Snapshot,
        plan: &Plan,
        leaves: impl Fn(usize) -> &'l Leaf,
    ) -> Result<Option<Self>, EngineError> {
        let mut factors = HashMap::new();
        if !add_words(plan, 1.0, &leaves, &mut factors) || factors.is_empty() {
            return Ok(None);
        }
        let fields = *snapshot.fields();
        let passages = snapshot.total_num_docs()?;
        let mut words = Vec::with_capacity(factors.len());
        for ((view, stem), factor) in factors {
            let field = view.field(&fields);
            #[expect(clippy::cast_possible_truncation, reason = "tantivy takes averages in single precision")]
            let average = (snapshot.total_num_tokens(field)? as f64 / passages as f64) as f32;
            let term = Term::from_field_text(field, stem);
            let with_it = snapshot.doc_freq(&term)?;
            let weight = Bm25Weight::for_one_term_without_explain(with_it, passages, average);
            words.push(RatedTerm { view, term, passages: with_it, average, weight, factor });
        }
        words.sort_by(|a, b| b.most().total_cmp(&a.most()).then_with(|| a.term.cmp(&b.term)));
        Ok(Some(Self { fields, words, passages }))
    }

    /// What a segment has of the words.
    pub(super) fn open(&self, segment: &SegmentReader) -> Result<Walk<'_>, EngineError> {
        let mut cursors = Vec::with_capacity(self.words.len());
        for word in &self.words {
            cursors.extend(self.cursor(word, segment)?);
        }
        let stems = segment.get_fieldnorms_reader(self.fields.stem)?;
        let forms = match self.words.iter().any(|word| word.view == View::Forms) {
            true => segment.get_fieldnorms_reader(self.fields.word)?,
            false => stems.clone(),
        };
        let lengths = Lengths { stems, forms };
        Ok(Walk { rest: rest(&cursors), cursors, lengths, threshold: 0.0, window: Window::closed() })
    }
}

/// Adds what the stems of a plan's words weigh together; tells whether there is nothing else in it.
fn add_words<'l>(
    plan: &Plan,
    factor: f64,
    leaves: &impl Fn(usize) -> &'l Leaf,
    factors: &mut HashMap<(View, &'l str), f64>,
) -> bool {
    match plan {
        Plan::Leaf(leaf) => {
            let Some(word) = &leaves(*leaf).word else { return false };
            for stem in word.stems.iter() {
                *factors.entry((word.view, stem)).or_default() += factor;
            }
            true
        }
        Plan::Weighted(plan, weight) => {
            *weight > 0.0 && add_words(plan, factor * f64::from(*weight), leaves, factors)
        }
        Plan::Or(plans) => plans.iter().all(|plan| add_words(plan, factor, leaves, factors)),
        Plan::And(plans) => match &plans[..] {
            [only] => add_words(only, factor, leaves, factors),
            _ => false,
        },
        Plan::Sequence(parts) => parts.iter().all(|(occur, plan)| {
            (*occur == Occur::Should || parts.len() == 1 && *occur == Occur::Must)
                && add_words(plan, factor, leaves, factors)
        }),
        Plan::All | Plan::Nothing | Plan::Condition(_) | Plan::Not(_) => false,
    }
}

/// What each word and all behind it can give together at most.
fn rest(cursors: &[Cursor<'_>]) -> Vec<f64> {
    let mut rest = vec![0.0; cursors.len() + 1];
    for (at, cursor) in cursors.iter().enumerate().rev() {
        rest[at] = rest[at + 1] + cursor.word.most() * ROUNDING;
    }
    rest
}

/// The walk through a segment.
pub(super) struct Walk<'w> {
    cursors: Vec<Cursor<'w>>,
    rest: Vec<f64>,
    lengths: Lengths,
    threshold: f64,
    window: Window,
}

impl Walk<'_> {
    /// How many postings the segment has of the words.
    pub(super) fn postings(&self) -> u64 {
        self.cursors.iter().map(|cursor| u64::from(cursor.postings.doc_freq())).sum()
    }

    /// Visits the passages whose scores reach the threshold, which each visit may raise.
    pub(super) fn run(mut self, threshold: f64, visit: &mut dyn FnMut(DocId, f64) -> f64) {
        self.threshold = threshold;
        self.window = Window::default();
        loop {
            let leading = self.rest.iter().take_while(|&&rest| rest >= self.threshold && rest > 0.0).count();
            let next = self.cursors[..leading].iter().map(Cursor::doc).min();
            match next {
                Some(next) if next != TERMINATED => self.window.first = next,
                _ => return,
            }
            for (cursor, rest) in self.cursors[..leading].iter_mut().zip(&self.rest[1..]) {
                let others = self.rest[0] - cursor.word.most() * ROUNDING;
                let needed = Needed { among_all: self.threshold - others, as_first: self.threshold - rest };
                cursor.add_to(&mut self.window, &self.lengths, needed);
            }
            self.visit_window(leading, visit);
        }
    }

    /// Visits what the leading words have found in a window, and leaves the window empty.
    fn visit_window(&mut self, leading: usize, visit: &mut dyn FnMut(DocId, f64) -> f64) {
        for place in 0..self.window.seen.len() {
            let mut seen = std::mem::take(&mut self.window.seen[place]);
            while seen != 0 {
                let at = place * 64 + seen.trailing_zeros() as usize;
                seen &= seen - 1;
                let doc = self.window.doc(at);
                let score = std::mem::take(&mut self.window.scores[at]);
                if let Some(score) = self.completed(doc, score, leading) {
                    self.threshold = visit(doc, score);
                }
            }
        }
    }

    /// The score of a passage with what the other words give, if it reaches the threshold.
    fn completed(&mut self, doc: DocId, mut score: f64, leading: usize) -> Option<f64> {
        for (cursor, rest) in self.cursors[leading..].iter_mut().zip(&self.rest[leading..]) {
            if score + rest < self.threshold {
                return None;
            }
            score += cursor.score_of(doc, &self.lengths);
        }
        (score >= self.threshold).then_some(score)
    }
}

/// How long the passages of a segment are in each view.
struct Lengths {
    stems: FieldNormReader,
    forms: FieldNormReader,
}

impl Lengths {
    fn of(&self, view: View) -> &FieldNormReader {
        match view {
            View::Stems => &self.stems,
            View::Forms => &self.forms,
        }
    }
}

/// What a word must give to a passage at least for it to be one of the best.
#[derive(Clone, Copy)]
struct Needed {
    /// With all that the others can give.
    among_all: f64,
    /// With what those behind it can give: where it is the first of the words that the passage has.
    as_first: f64,
}

/// The sums of some passages that stand one behind the other.
struct Window {
    first: DocId,
    scores: Vec<f64>,
    /// A bit for each passage that has a sum.
    seen: Vec<u64>,
}

impl Default for Window {
    fn default() -> Self {
        Self { first: 0, scores: vec![0.0; WINDOW], seen: vec![0; WINDOW / 64] }
    }
}

impl Window {
    /// One that has no room yet: while one segment is walked through, the windows of others would be memory for nothing.
    fn closed() -> Self {
        Self { first: 0, scores: Vec::new(), seen: Vec::new() }
    }

    fn doc(&self, at: usize) -> DocId {
        self.first + DocId::try_from(at).unwrap_or_default()
    }

    fn has(&self, at: usize) -> bool {
        self.seen[at / 64] & 1 << (at % 64) != 0
    }

    fn add(&mut self, at: usize, score: f64) {
        self.scores[at] += score;
        self.seen[at / 64] |= 1 << (at % 64);
    }
}

/// The postings of a word in a segment, from the first to the last.
struct Cursor<'w> {
    word: &'w RatedTerm,
    postings: BlockSegmentPostings,
    /// The place in the block; behind the last posting stands the end of all documents.
    at: usize,
    /// What the word weighs by the average length in the segment, of which blocks keep what scores best.
    in_segment: Bm25Weight,
    /// By how much at least a passage's length takes less from its score than by the average of the segment.
    stretch: f64,
    worthwhile: Worthwhile,
}

impl Union {
    fn cursor<'w>(
        &self,
        word: &'w RatedTerm,
        segment: &SegmentReader,
    ) -> Result<Option<Cursor<'w>>, EngineError> {
        let index = segment.inverted_index(word.view.field(&self.fields))?;
        let postings = index.read_block_postings(&word.term, IndexRecordOption::WithFreqs);
        let Some(postings) = postings.map_err(expand::io_error)? else { return Ok(None) };
        // Tantivy counts every entry.
        #[expect(clippy::cast_possible_truncation, reason = "tantivy takes averages in single precision")]
        let average = (index.total_num_tokens() as f64 / f64::from(segment.max_doc().max(1))) as f32;
        let in_segment = Bm25Weight::for_one_term_without_explain(word.passages, self.passages, average);
        let stretch = f64::from(average / word.average).min(1.0);
        Ok(Some(Cursor { word, postings, at: 0, in_segment, stretch, worthwhile: Worthwhile::default() }))
    }
}

impl Cursor<'_> {
    fn doc(&self) -> DocId {
        self.postings.doc(self.at)
    }

    fn score(&self, lengths: &FieldNormReader) -> f64 {
        self.word.score(lengths.fieldnorm_id(self.doc()), self.postings.freq(self.at))
    }

    /// What no passage of the block gets more of.
    ///
    /// A score is `w / (1 + x)`, where `x` is what the passage's length takes, over how often the word stands in it. By
    /// another average each `x` changes in proportion to the averages at most.
    fn most_in_block(&mut self, lengths: &FieldNormReader) -> f64 {
        let best = f64::from(self.postings.block_max_score(lengths, &self.in_segment));
        let whole = f64::from(self.in_segment.score(0, u32::MAX));
        let least_taken = (whole / best - 1.0).max(0.0) * self.stretch;
        whole / (1.0 + least_taken) * ROUNDING_OF_BLOCKS * self.word.factor
    }

    /// Adds the scores of the passages in a window, but for those that cannot reach the threshold.
    fn add_to(&mut self, window: &mut Window, lengths: &Lengths, needed: Needed) {
        let lengths = lengths.of(self.word.view);
        self.worthwhile.raise(needed.as_first, |length, count| self.word.score(length, count));
        loop {
            if self.at == 0 && needed.among_all > 0.0 && self.most_in_block(lengths) < needed.among_all {
                self.at = self.postings.block_len();
            }
            let docs = &self.postings.docs()[self.at..];
            let inside = docs.partition_point(|doc| ((doc - window.first) as usize) < WINDOW);
            let freqs = &self.postings.freqs()[self.at..];
            for (&doc, &count) in docs[..inside].iter().zip(freqs) {
                let at = (doc - window.first) as usize;
                let length = lengths.fieldnorm_id(doc);
                if window.has(at) || self.worthwhile.holds(length, count) {
                    window.add(at, self.word.score(length, count));
                }
            }
            self.at += inside;
            if inside < docs.len() {
                return;
            }
            self.postings.advance();
            self.at = 0;
            if self.postings.block_len() == 0 {
                return;
            }
        }
    }

    /// What the word gives to the score of a passage that stands behind all that were asked for before.
    fn score_of(&mut self, doc: DocId, lengths: &Lengths) -> f64 {
        if self.doc() < doc {
            self.at = self.postings.seek(doc);
        }
        if self.doc() == doc { self.score(lengths.of(self.word.view)) } else { 0.0 }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::compile::compile;
    use super::super::laws::snapshot;
    use super::*;
    use crate::query::{Options, parse};

    /// A text with so many of each of two words and of others.
    fn text((first, second, others): (usize, usize, usize)) -> String {
        [("alpha ", first), ("beta ", second), ("other ", others)]
            .map(|(word, count)| word.repeat(count))
            .concat()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(8))]
        #[test]
        fn what_reaches_the_threshold_is_visited_whatever_blocks_are_left_out(
            short in prop::collection::vec((0..4_usize, 0..2_usize, 0..6_usize), 300..600),
            long in prop::collection::vec((0..4_usize, 0..2_usize, 0..90_usize), 300..600),
            words in prop::sample::select(&["alpha", "alpha beta", "beta alpha^3"][..]),
        ) {
            let folder = tempfile::tempdir().expect("a folder");
            let document = |parts: Vec<_>| vec![(None, parts.into_iter().map(text).collect())];
            let snapshot = snapshot(folder.path(), &[document(short), document(long)]);
            let query = parse(words, Options::default()).expect("a query").query;
            let compiled = compile(&query, &snapshot).expect("it compiles");
            let union = Union::of(&snapshot, &compiled.plan, |leaf| &compiled.leaves[leaf]);
            let union = union.expect("it reads").expect("any of the words will do");
            for segment in snapshot.searcher().segment_readers() {
                let run = |threshold: f64| {
                    let mut visited = Vec::new();
                    let walk = union.open(segment).expect("it opens");
                    walk.run(threshold, &mut |doc, score| { visited.push((doc, score)); threshold });
                    visited
                };
                let all = run(0.0);
                let mut scores: Vec<f64> = all.iter().map(|&(_, score)| score).collect();
                scores.sort_by(f64::total_cmp);
                for threshold in scores.iter().step_by(1 + scores.len() / 20).chain(scores.last()) {
                    let wanted: Vec<_> = all.iter().copied().filter(|(_, score)| score >= threshold).collect();
                    prop_assert_eq!(run(*threshold), wanted);
                }
            }
        }
    }
}
