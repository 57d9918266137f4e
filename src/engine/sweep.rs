//! The plain ranking: the best passages by BM25, in one sweep over each segment.
//!
//! Where any of some words will do, the [`Union`] of them finds the best. Of other queries tantivy's scorers skip what
//! cannot reach the passages found so far, and what they let through is scored again by the [`Plan`], exactly. Other
//! orders, and exact counts, visit every passage that matches.

use tantivy::columnar::Column;
use tantivy::query::{Bm25StatisticsProvider, EnableScoring, Query as TantivyQuery, Scorer, Weight};
use tantivy::schema::Field;
use tantivy::{DocAddress, DocId, DocSet, SegmentReader, TERMINATED};

use super::EngineError;
use super::compile::{Compiled, Leaf, Neighbours, RankedWord};
use super::facets::Counter;
use super::phrase::PhraseOrTitle;
use super::plan::{Plan, Value};
use super::rescore::Rescorer;
use super::top::{BestOfDocument, Candidate, Top};
use super::union::{Union, Walk};
use crate::hit::{FacetRequest, Facets, Group, Request, Sort};
use crate::index::{Places, Snapshot};

/// What a passage's approximate score may fall short of the score to beat and still be looked at, for the rounding of
/// sums. What else may be wrong with it depends on the segment: see [`Sweep::slack`].
const ROUNDING_SLACK: f64 = 0.97;

/// Up to this many steps every passage that matches is visited, even if nobody asked for their number: it takes no time.
const CHEAP_TO_COUNT: u64 = 10_000;

/// One request on its way through the segments.
pub(super) struct Sweep<'a> {
    snapshot: &'a Snapshot,
    group: Group,
    sort: Sort,
    /// How leaves make a score.
    pub(super) plan: Plan,
    matching: Box<dyn TantivyQuery>,
    weight: Box<dyn Weight>,
    leaves: Vec<(Leaf, Box<dyn Weight>)>,
    neighbours: Vec<Neighbours>,
    /// The words, where any of them will do and nothing else is asked for.
    union: Option<Union>,
}

/// What a segment has of a query.
enum Opened<'a> {
    Words(Walk<'a>),
    /// What its leaves find, unless the score of the only one is that of the query, and about how many steps that takes.
    Leaves(Vec<Box<dyn Scorer>>, u64),
}

impl Opened<'_> {
    /// About how many steps it takes to visit everything.
    fn cost(&self) -> u64 {
        match self {
            Self::Words(walk) => walk.postings(),
            Self::Leaves(_, cost) => *cost,
        }
    }
}

/// How many of the best passages, and of the documents with the best passages, are wanted; 0 for none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Depth {
    pub(super) passages: usize,
    pub(super) documents: usize,
}

/// A passage that was found, in its segment, with what the request sorts by. Which passage of which document it is, is
/// looked up where it matters.
#[derive(Clone, Copy, Debug)]
pub(super) struct Placed {
    pub(super) segment: u32,
    pub(super) doc: DocId,
    pub(super) key: f64,
}

impl Placed {
    /// Where it stands.
    pub(super) fn address(&self) -> DocAddress {
        DocAddress::new(self.segment, self.doc)
    }
}

/// What a sweep found.
#[derive(Default)]
pub(super) struct Found {
    /// The best passages.
    pub(super) passages: Vec<Placed>,
    /// The best passages of the best documents.
    pub(super) documents: Vec<Placed>,
    /// Hits that were seen.
    pub(super) seen: usize,
    /// Whether some may not have been.
    pub(super) pruned: bool,
}

impl<'a> Sweep<'a> {
    pub(super) fn new(
        snapshot: &'a Snapshot,
        request: &Request,
        compiled: Compiled,
    ) -> Result<Self, EngineError> {
        let scoring = EnableScoring::enabled_from_statistics_provider(snapshot, snapshot.searcher());
        let weighed = |leaf: Leaf| leaf.query.weight(scoring).map(|weight| (leaf, weight));
        let union = Union::of(snapshot, &compiled.plan, |leaf| &compiled.leaves[leaf])?;
        Ok(Self {
            snapshot,
            group: request.group,
            sort: request.sort,
            plan: compiled.plan,
            weight: compiled.matching.weight(scoring)?,
            matching: compiled.matching,
            leaves: compiled.leaves.into_iter().map(weighed).collect::<Result<_, _>>()?,
            neighbours: compiled.neighbours,
            union,
        })
    }

    /// The second look at what the sweep finds, where there is something to see.
    pub(super) fn rescorer(&self) -> Result<Option<Rescorer<'_>>, EngineError> {
        Rescorer::new(self.snapshot, &self.plan, &self.leaves, &self.neighbours)
    }

    /// The number of the clause that a leaf is of, if it is of one.
    pub(super) fn clause_of(&self, leaf: usize) -> Option<usize> {
        self.leaves[leaf].0.clause
    }

    /// The numbers of the segments.
    fn segments(&self) -> impl Iterator<Item = u32> {
        (0..).zip(self.snapshot.searcher().segment_readers()).map(|(segment, _)| segment)
    }

    fn reader(&self, segment: u32) -> &SegmentReader {
        self.snapshot.searcher().segment_reader(segment)
    }

    /// Sweeps over all segments.
    pub(super) fn run(&self, depth: Depth) -> Result<Found, EngineError> {
        let mut found = Found::default();
        if self.sort != Sort::Score {
            for segment in self.segments() {
                let mut tops = Tops::new(depth, self.group);
                self.sweep_all(segment, &mut tops)?;
                self.finish(segment, tops, &mut found)?;
            }
            return Ok(found);
        }
        let opened = self.segments().map(|segment| self.open(segment));
        let opened: Vec<Opened<'_>> = opened.collect::<Result<_, _>>()?;
        let may_skip = opened.iter().map(Opened::cost).sum::<u64>() > CHEAP_TO_COUNT;
        for (segment, opened) in self.segments().zip(opened) {
            let mut tops = Tops::new(depth, self.group);
            let known = found.key_to_beat(depth);
            let to_beat = |tops: &Tops| match may_skip {
                true => tops.threshold().into_iter().chain(known).reduce(f64::max),
                false => None,
            };
            match opened {
                Opened::Words(walk) => self.sweep_words(segment, walk, &mut tops, to_beat)?,
                Opened::Leaves(leaves, _) => self.sweep_ranked(segment, leaves, &mut tops, to_beat)?,
            }
            found.pruned |= to_beat(&tops).is_some();
            self.finish(segment, tops, &mut found)?;
        }
        found.keep_first(depth);
        Ok(found)
    }

    /// Adds what was found in a segment.
    fn finish(&self, segment: u32, tops: Tops, found: &mut Found) -> Result<(), EngineError> {
        let places = self.snapshot.places(segment);
        tops.finish(segment, places, found);
        Ok(places.checked()?)
    }

    fn open(&self, segment: u32) -> Result<Opened<'_>, EngineError> {
        let segment = self.reader(segment);
        if let Some(union) = &self.union {
            return Ok(Opened::Words(union.open(segment)?));
        }
        if let (Plan::Leaf(_), [(leaf, _)]) = (&self.plan, &self.leaves[..])
            && let Some(phrase) = leaf.query.downcast_ref::<PhraseOrTitle>()
        {
            return Ok(Opened::Leaves(Vec::new(), phrase.cost(segment)?));
        }
        let leaves = self.scorers(segment)?;
        let cost = leaves.iter().map(|leaf| leaf.cost()).sum();
        Ok(Opened::Leaves(leaves, cost))
    }

    /// Visits the passages that are among the best of those before them, by words any of which will do.
    fn sweep_words(
        &self,
        segment: u32,
        walk: Walk<'_>,
        tops: &mut Tops,
        to_beat: impl Fn(&Tops) -> Option<f64>,
    ) -> Result<(), EngineError> {
        let places = self.snapshot.places(segment);
        let segment = self.reader(segment);
        let before = to_beat(tops).unwrap_or_default();
        walk.run(before, &mut |doc, key| {
            if !segment.is_deleted(doc) {
                tops.take(places, doc, key);
            }
            to_beat(tops).unwrap_or_default()
        });
        Ok(())
    }

    /// Visits the passages that may be among the best.
    fn sweep_ranked(
        &self,
        segment: u32,
        mut leaves: Vec<Box<dyn Scorer>>,
        tops: &mut Tops,
        to_beat: impl Fn(&Tops) -> Option<f64>,
    ) -> Result<(), EngineError> {
        let places = self.snapshot.places(segment);
        let segment = self.reader(segment);
        let slack = self.slack(segment)?;
        // The score of a single leaf is what tantivy says.
        let is_leaf = matches!(self.plan, Plan::Leaf(_));
        let before = pruning_threshold(to_beat(tops), slack);
        let mut visit = |doc: DocId, score: f32| {
            if !segment.is_deleted(doc) {
                let key = match is_leaf {
                    true => Some(f64::from(score)),
                    false => score_plainly(&self.plan, &mut leaves, doc),
                };
                if let Some(key) = key {
                    tops.take(places, doc, key);
                }
            }
            pruning_threshold(to_beat(tops), slack)
        };
        self.weight.for_each_pruning(before, segment, &mut visit)?;
        Ok(())
    }

    /// What of the score to beat a passage's approximate score must reach in a segment.
    ///
    /// Tantivy keeps with each block of postings the length and the frequency that score best with the average length
    /// of their segment, in which it counts every entry. With the index's own average another pair may be the best.
    /// How many times an occurrence weighs what its length takes from it changes by the ratio of the averages at most,
    /// and so does a score.
    fn slack(&self, segment: &SegmentReader) -> Result<f64, EngineError> {
        let fields = self.snapshot.fields();
        let mut ratio: f64 = 1.0;
        for field in [fields.stem, fields.body, fields.title, fields.heading, fields.word] {
            if !self.ranks_by(field) {
                continue;
            }
            let of_segment = segment.inverted_index(field)?.total_num_tokens() as f64;
            let of_segment = of_segment / f64::from(segment.max_doc().max(1));
            let of_index =
                self.snapshot.total_num_tokens(field)? as f64 / self.snapshot.total_num_docs()? as f64;
            if of_segment > 0.0 {
                ratio = ratio.max(of_index / of_segment).max(of_segment / of_index);
            }
        }
        Ok(ROUNDING_SLACK / ratio)
    }

    /// Whether scores may come from a field: words that rank are in that of their view, everything else may be anywhere
    /// but among base forms.
    fn ranks_by(&self, field: Field) -> bool {
        let fields = self.snapshot.fields();
        let is_of_it = |word: &RankedWord| word.view.field(fields) == field;
        self.leaves.iter().any(|(leaf, _)| leaf.word.as_ref().map_or(field != fields.word, is_of_it))
    }

    /// Visits every passage that matches.
    fn sweep_all(&self, segment: u32, tops: &mut Tops) -> Result<(), EngineError> {
        let places = self.snapshot.places(segment);
        let segment = self.reader(segment);
        let dates = segment.fast_fields().i64("date")?;
        for doc in self.matches(segment)? {
            tops.take(places, doc, sort_key(&dates, doc, self.sort));
        }
        Ok(())
    }

    fn scorers(&self, segment: &SegmentReader) -> Result<Vec<Box<dyn Scorer>>, EngineError> {
        Ok(self.leaves.iter().map(|(_, weight)| weight.scorer(segment, 1.0)).collect::<Result<_, _>>()?)
    }

    /// What the leaves say plainly of passages of a segment, which are given in increasing order.
    pub(super) fn values(&self, segment: u32, docs: &[DocId]) -> Result<Vec<Vec<Value>>, EngineError> {
        let mut leaves = self.scorers(self.snapshot.searcher().segment_reader(segment))?;
        let values = |&doc| leaves.iter_mut().map(|leaf| plain_value(leaf.as_mut(), doc)).collect();
        Ok(docs.iter().map(values).collect())
    }

    /// Walks the passages of a segment that match.
    fn matches<'s>(&'s self, segment: &'s SegmentReader) -> Result<Matches<'s>, EngineError> {
        let excludes = self.plan.excludes();
        Ok(Matches {
            segment,
            scorer: self.weight.scorer(segment, 1.0)?,
            excluding: excludes
                .then(|| self.scorers(segment))
                .transpose()?
                .map(|leaves| (&self.plan, leaves)),
        })
    }

    /// Counts every hit.
    pub(super) fn count(&self) -> Result<usize, EngineError> {
        let mut count = 0;
        for segment in self.segments() {
            count += match self.group {
                Group::Passage if !self.plan.excludes() => self.count_plain(self.reader(segment))?,
                Group::Passage => self.matches(self.reader(segment))?.count(),
                Group::Document => self.count_documents(segment)?,
            };
        }
        Ok(count)
    }

    /// Counts the passages of a segment that match, where postings alone tell.
    fn count_plain(&self, segment: &SegmentReader) -> Result<usize, EngineError> {
        if let Some(union) = &self.union {
            let mut count = 0;
            let mut visit = |doc, _| {
                count += usize::from(!segment.is_deleted(doc));
                0.0
            };
            union.open(segment)?.run(0.0, &mut visit);
            return Ok(count);
        }
        let unscored = EnableScoring::disabled_from_searcher(self.snapshot.searcher());
        Ok(self.matching.weight(unscored)?.count(segment)? as usize)
    }

    fn count_documents(&self, segment: u32) -> Result<usize, EngineError> {
        let places = self.snapshot.places(segment);
        let mut last = None;
        let is_new = |doc: &DocId| {
            let id = Some(places.id(*doc));
            std::mem::replace(&mut last, id) != id
        };
        let count = self.matches(self.reader(segment))?.filter(is_new).count();
        places.checked()?;
        Ok(count)
    }

    /// Counts the documents that match, if that is asked for.
    pub(super) fn facets(&self, request: &FacetRequest) -> Result<Option<Facets>, EngineError> {
        if request.facets.is_empty() {
            return Ok(None);
        }
        let mut counter = Counter::new(self.snapshot, request);
        for segment in self.snapshot.searcher().segment_readers() {
            counter.add(segment, self.matches(segment)?)?;
        }
        Ok(Some(counter.finish()))
    }

    /// The passages of each document that match; the documents in the order in which they stand.
    pub(super) fn passages_of(
        &self,
        segment: u32,
        documents: &[Candidate],
    ) -> Result<Vec<Vec<DocId>>, EngineError> {
        let places = self.snapshot.places(segment);
        let mut matches = self.matches(self.reader(segment))?.peekable();
        let mut passages = Vec::with_capacity(documents.len());
        for document in documents {
            let first = document.doc - DocId::try_from(document.ordinal).unwrap_or(document.doc);
            while matches.next_if(|&doc| doc < first).is_some() {}
            let of_document = std::iter::from_fn(|| matches.next_if(|&doc| places.id(doc) == document.id));
            passages.push(of_document.collect());
        }
        places.checked()?;
        Ok(passages)
    }

    /// Which passage of which document was found.
    pub(super) fn candidate(&self, placed: &Placed) -> Result<Candidate, EngineError> {
        let places = self.snapshot.places(placed.segment);
        let candidate = Candidate::at(places, placed.doc, placed.key);
        places.checked()?;
        Ok(candidate)
    }
}

/// What a leaf has to say of a passage by tantivy's scorer, which only moves forward.
pub(super) fn plain_value(scorer: &mut dyn Scorer, doc: DocId) -> Value {
    if scorer.doc() < doc {
        scorer.seek(doc);
    }
    match scorer.doc() == doc {
        true => Value { matches: true, score: f64::from(scorer.score()) },
        false => Value::default(),
    }
}

/// The score of a passage by tantivy's scorers, or `None` where it does not match.
///
/// The scorers only move forward: ask for passages in increasing order.
fn score_plainly(plan: &Plan, leaves: &mut [Box<dyn Scorer>], doc: DocId) -> Option<f64> {
    plan.score(&mut |leaf| plain_value(leaves[leaf].as_mut(), doc))
}

impl Found {
    /// The key that all which is wanted of the segments before has reached, when there is so much.
    fn key_to_beat(&self, depth: Depth) -> Option<f64> {
        let passages = key_of_last(&self.passages, depth.passages);
        let documents = key_of_last(&self.documents, depth.documents);
        Some(passages?.min(documents?))
    }

    /// Lets go of what comes behind all that is wanted.
    fn keep_first(&mut self, depth: Depth) {
        for (placed, wanted) in [(&mut self.passages, depth.passages), (&mut self.documents, depth.documents)]
        {
            if let Some(last) = key_of_last(placed, wanted) {
                placed.retain(|placed| placed.key >= last);
            }
        }
    }
}

/// The key of the last one that is wanted; none when there are too few, and an infinite one when none is wanted.
fn key_of_last(placed: &[Placed], wanted: usize) -> Option<f64> {
    if wanted == 0 {
        return Some(f64::INFINITY);
    }
    let mut keys: Vec<f64> = placed.iter().map(|placed| placed.key).collect();
    if keys.len() < wanted {
        return None;
    }
    let (_, key, _) = keys.select_nth_unstable_by(wanted - 1, |a, b| b.total_cmp(a));
    Some(*key)
}

/// The best of one segment so far.
struct Tops {
    group: Group,
    passages: Top,
    documents: Top,
    best: BestOfDocument,
    seen: usize,
}

impl Tops {
    fn new(depth: Depth, group: Group) -> Self {
        let (passages, documents) = (Top::new(depth.passages), Top::new(depth.documents));
        Self { group, passages, documents, best: BestOfDocument::default(), seen: 0 }
    }

    fn take(&mut self, places: &Places, doc: DocId, key: f64) {
        let candidate = |key, doc| Candidate::at(places, doc, key);
        self.passages.offer(key, doc, &candidate);
        match self.group {
            Group::Passage => self.seen += 1,
            Group::Document => {
                if let Some(best) = self.best.next(candidate(key, doc)) {
                    self.take_document(best, places);
                }
            }
        }
    }

    fn take_document(&mut self, best: Candidate, places: &Places) {
        self.seen += 1;
        self.documents.offer(best.key, best.doc, &|key, doc| Candidate::at(places, doc, key));
    }

    /// The key that a candidate must reach to be taken anywhere, when there are enough already.
    fn threshold(&self) -> Option<f64> {
        Some(self.passages.threshold()?.min(self.documents.threshold()?))
    }

    fn finish(mut self, segment: u32, places: &Places, found: &mut Found) {
        if let Some(best) = std::mem::take(&mut self.best).finish() {
            self.take_document(best, places);
        }
        found.seen += self.seen;
        let candidate = |key, doc| Candidate::at(places, doc, key);
        let placed = |(key, doc)| Placed { segment, doc, key };
        found.passages.extend(self.passages.finish(&candidate).into_iter().map(placed));
        found.documents.extend(self.documents.finish(&candidate).into_iter().map(placed));
    }
}

/// What orders a passage when nothing is ranked; what has no date comes last.
#[expect(clippy::cast_precision_loss, reason = "days of our calendar are small numbers")]
fn sort_key(dates: &Column<i64>, doc: DocId, sort: Sort) -> f64 {
    let day = dates.first(doc).map(|days| days as f64);
    match sort {
        Sort::Date => day.map_or(f64::NEG_INFINITY, |day| -day),
        Sort::DateDescending => day.unwrap_or(f64::NEG_INFINITY),
        Sort::Score | Sort::Path => 0.0,
    }
}

/// The approximate score that a passage must exceed to be looked at, if its exact score must reach `key`.
#[expect(
    clippy::cast_possible_truncation,
    reason = "tantivy's scores are single precision; the slack covers it"
)]
fn pruning_threshold(key: Option<f64>, slack: f64) -> f32 {
    match key {
        Some(key) if key > 0.0 => (key * slack) as f32,
        _ => -1.0,
    }
}

/// Walks the live passages of a segment that match.
struct Matches<'a> {
    segment: &'a SegmentReader,
    scorer: Box<dyn Scorer>,
    /// What decides, where the scorer lets more through.
    excluding: Option<(&'a Plan, Vec<Box<dyn Scorer>>)>,
}

impl Iterator for Matches<'_> {
    type Item = DocId;

    fn next(&mut self) -> Option<DocId> {
        loop {
            let doc = self.scorer.doc();
            if doc == TERMINATED {
                return None;
            }
            self.scorer.advance();
            let is_match = match &mut self.excluding {
                Some((plan, leaves)) => score_plainly(plan, leaves, doc).is_some(),
                None => true,
            };
            if is_match && !self.segment.is_deleted(doc) {
                return Some(doc);
            }
        }
    }
}
