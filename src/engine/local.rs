//! The engine over one index on this machine.
//!
//! A ranked search runs in one sweep over each segment: tantivy's scorers skip whatever cannot reach the hits
//! found so far (block-max WAND), and what they let through is scored again by the [`Plan`], exactly. Other
//! orders, and exact counts, visit every passage that matches.

use std::cmp::Ordering;

use tantivy::columnar::Column;
use tantivy::query::{EnableScoring, Query as TantivyQuery, Scorer, Weight};
use tantivy::{DocAddress, DocId, DocSet, SegmentReader, TERMINATED};

use super::compile::{Compiled, compile};
use super::facets::Counter;
use super::plan::Plan;
use super::top::{BestOfDocument, Candidate, Top};
use super::{Engine, EngineError};
use crate::document::passage_id;
use crate::hit::{Count, Facets, Group, Hit, HitDocument, HitPassage, Request, Response, Sort};
use crate::index::{Snapshot, StoredPassage};

/// What a passage's approximate score may fall short of the score to beat and still be looked at.
///
/// Covers the rounding of sums, and that the maxima stored with each block of postings were chosen with their
/// segment's average length, not the index's.
const PRUNING_SLACK: f64 = 0.97;

/// Up to this many postings are counted exactly even where nobody asked: it takes no time.
const CHEAP_TO_COUNT: u64 = 200_000;

/// Answers requests from one commit of one index.
pub struct LocalEngine {
    snapshot: Snapshot,
}

impl LocalEngine {
    /// An engine over `snapshot`.
    pub fn new(snapshot: Snapshot) -> Self {
        Self { snapshot }
    }

    /// The commit that answers.
    pub fn snapshot(&self) -> &Snapshot {
        &self.snapshot
    }
}

impl Engine for LocalEngine {
    fn search(&self, request: &Request) -> Result<Response, EngineError> {
        let compiled = compile(&request.query, request.filter.as_ref(), &self.snapshot)?;
        Sweep::new(&self.snapshot, request, compiled)?.run()
    }

    fn generation(&self) -> u64 {
        self.snapshot.generation()
    }
}

/// One request on its way through the segments.
struct Sweep<'a> {
    snapshot: &'a Snapshot,
    request: &'a Request,
    plan: Plan,
    matching: Box<dyn TantivyQuery>,
    weight: Box<dyn Weight>,
    leaves: Vec<Box<dyn Weight>>,
    /// How many hits are wanted, those left out by the offset among them.
    wanted: usize,
}

/// What was found so far.
#[derive(Default)]
struct Found {
    candidates: Vec<(u32, Candidate)>,
    /// Hits that were seen.
    seen: usize,
    /// Whether some may not have been.
    pruned: bool,
    /// Postings of the leaves: what counting everything would cost.
    postings: u64,
}

impl<'a> Sweep<'a> {
    fn new(snapshot: &'a Snapshot, request: &'a Request, compiled: Compiled) -> Result<Self, EngineError> {
        let scoring = EnableScoring::enabled_from_statistics_provider(snapshot, snapshot.searcher());
        let leaves = compiled.leaves.iter().map(|leaf| leaf.weight(scoring)).collect::<Result<_, _>>()?;
        Ok(Self {
            snapshot,
            request,
            plan: compiled.plan,
            weight: compiled.matching.weight(scoring)?,
            matching: compiled.matching,
            leaves,
            wanted: request.limit.saturating_add(request.offset),
        })
    }

    fn run(&self) -> Result<Response, EngineError> {
        let mut found = Found::default();
        if self.wanted > 0 {
            for (ordinal, segment) in (0..).zip(self.snapshot.searcher().segment_readers()) {
                self.sweep(ordinal, segment, &mut found)?;
            }
        } else {
            found.pruned = true;
        }
        let count = self.request.count == Count::Exact || found.postings <= CHEAP_TO_COUNT;
        let (total, total_exact) = match (found.pruned, count) {
            (false, _) => (found.seen, true),
            (true, true) => (self.count()?, true),
            (true, false) => (found.seen, false),
        };
        let hits = self.hits(found.candidates)?;
        Ok(Response { hits, total, total_exact, facets: self.facets()? })
    }

    /// Counts the documents that match, if that is asked for.
    fn facets(&self) -> Result<Option<Facets>, EngineError> {
        if self.request.facets.facets.is_empty() {
            return Ok(None);
        }
        let mut counter = Counter::new(self.snapshot, &self.request.facets);
        for segment in self.snapshot.searcher().segment_readers() {
            counter.add(segment, self.matches(segment)?)?;
        }
        Ok(Some(counter.finish()))
    }

    fn sweep(&self, ordinal: u32, segment: &SegmentReader, found: &mut Found) -> Result<(), EngineError> {
        let mut top = Top::new(self.wanted);
        match self.request.sort {
            Sort::Score => self.sweep_ranked(segment, &mut top, found)?,
            Sort::Date | Sort::DateDescending | Sort::Path => self.sweep_all(segment, &mut top, found)?,
        }
        found.candidates.extend(top.into_sorted().into_iter().map(|candidate| (ordinal, candidate)));
        Ok(())
    }

    /// Visits the passages that may be among the best.
    fn sweep_ranked(
        &self,
        segment: &SegmentReader,
        top: &mut Top,
        found: &mut Found,
    ) -> Result<(), EngineError> {
        let mut leaves = self.scorers(segment)?;
        found.postings += leaves.iter().map(|leaf| u64::from(leaf.size_hint())).sum::<u64>();
        let columns = Columns::open(segment)?;
        let known = self.key_to_beat(found);
        let threshold =
            |top: &Top| pruning_threshold(top.threshold().into_iter().chain(known).fold(None, larger));
        let mut best = BestOfDocument::default();
        let mut visit = |doc: DocId, _: f32| {
            if !segment.is_deleted(doc)
                && let Some(key) = self.plan.score(&mut leaves, doc)
            {
                self.take(columns.candidate(doc, key), &mut best, top, &mut found.seen);
            }
            threshold(top)
        };
        self.weight.for_each_pruning(threshold(&Top::new(self.wanted)), segment, &mut visit)?;
        self.take_last(best, top, &mut found.seen);
        found.pruned |= known.is_some() || top.threshold().is_some();
        Ok(())
    }

    /// Visits every passage that matches.
    fn sweep_all(
        &self,
        segment: &SegmentReader,
        top: &mut Top,
        found: &mut Found,
    ) -> Result<(), EngineError> {
        let columns = Columns::open(segment)?;
        let mut best = BestOfDocument::default();
        for doc in self.matches(segment)? {
            let candidate = columns.candidate(doc, columns.sort_key(doc, self.request.sort));
            self.take(candidate, &mut best, top, &mut found.seen);
        }
        self.take_last(best, top, &mut found.seen);
        Ok(())
    }

    fn take(&self, candidate: Candidate, best: &mut BestOfDocument, top: &mut Top, seen: &mut usize) {
        let complete = match self.request.group {
            Group::Passage => Some(candidate),
            Group::Document => best.next(candidate),
        };
        if let Some(candidate) = complete {
            *seen += 1;
            top.offer(candidate);
        }
    }

    fn take_last(&self, best: BestOfDocument, top: &mut Top, seen: &mut usize) {
        if let Some(candidate) = best.finish() {
            *seen += 1;
            top.offer(candidate);
        }
    }

    /// The key of the last wanted candidate of the segments before, when there are so many.
    fn key_to_beat(&self, found: &Found) -> Option<f64> {
        let mut keys: Vec<f64> = found.candidates.iter().map(|(_, candidate)| candidate.key).collect();
        if keys.len() < self.wanted {
            return None;
        }
        let (_, key, _) = keys.select_nth_unstable_by(self.wanted - 1, |a, b| b.total_cmp(a));
        Some(*key)
    }

    fn scorers(&self, segment: &SegmentReader) -> Result<Vec<Box<dyn Scorer>>, EngineError> {
        Ok(self.leaves.iter().map(|leaf| leaf.scorer(segment, 1.0)).collect::<Result<_, _>>()?)
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
    fn count(&self) -> Result<usize, EngineError> {
        let mut count = 0;
        for segment in self.snapshot.searcher().segment_readers() {
            count += match self.request.group {
                Group::Passage if !self.plan.excludes() => self.count_plain(segment)?,
                Group::Passage => self.matches(segment)?.count(),
                Group::Document => self.count_documents(segment)?,
            };
        }
        Ok(count)
    }

    /// Counts the passages of a segment that match, where postings alone tell.
    fn count_plain(&self, segment: &SegmentReader) -> Result<usize, EngineError> {
        let unscored = EnableScoring::disabled_from_searcher(self.snapshot.searcher());
        Ok(self.matching.weight(unscored)?.count(segment)? as usize)
    }

    fn count_documents(&self, segment: &SegmentReader) -> Result<usize, EngineError> {
        let columns = Columns::open(segment)?;
        let mut last = None;
        let is_new = |doc: &DocId| {
            let id = Some(columns.id(*doc));
            std::mem::replace(&mut last, id) != id
        };
        Ok(self.matches(segment)?.filter(is_new).count())
    }

    /// The hits that were asked for, in order.
    fn hits(&self, candidates: Vec<(u32, Candidate)>) -> Result<Vec<Hit>, EngineError> {
        let mut placed = self.with_ids(candidates)?;
        placed.sort_by(|a, b| {
            let by_key = b.candidate.key.total_cmp(&a.candidate.key);
            let by_id = || a.id.cmp(&b.id).then(a.candidate.ordinal.cmp(&b.candidate.ordinal));
            if by_key == Ordering::Equal { by_id() } else { by_key }
        });
        placed.truncate(self.wanted);
        let placed = placed.split_off(self.request.offset.min(placed.len()));
        let measures = self.measure(&placed)?;
        let numbered = (self.request.offset + 1..).zip(placed.iter().zip(measures));
        let mut numbered: Vec<_> = numbered.collect();
        // Stored texts are compressed in blocks; read in the order in which they stand, each is opened once.
        numbered.sort_by_key(|(_, (placed, _))| (placed.segment, placed.candidate.doc));
        let hits = numbered.into_iter().map(|(rank, (placed, measure))| self.hit(rank, placed, measure));
        let mut hits = hits.collect::<Result<Vec<_>, _>>()?;
        hits.sort_by_key(|hit| hit.rank);
        Ok(hits)
    }

    fn with_ids(&self, candidates: Vec<(u32, Candidate)>) -> Result<Vec<Placed>, EngineError> {
        let mut placed = Vec::with_capacity(candidates.len());
        for of_segment in candidates.chunk_by(|a, b| a.0 == b.0) {
            let segment = of_segment[0].0;
            let docs: Vec<DocId> = of_segment.iter().map(|(_, candidate)| candidate.doc).collect();
            let ids = self.snapshot.ids_of(segment, &docs)?;
            let here = ids.into_iter().zip(of_segment);
            placed.extend(here.map(|(id, &(segment, candidate))| Placed { id, segment, candidate }));
        }
        Ok(placed)
    }

    /// The scores of the hits, and for documents the numbers of their passages that match.
    fn measure(&self, placed: &[Placed]) -> Result<Vec<Measure>, EngineError> {
        let mut measures = vec![Measure::default(); placed.len()];
        for (ordinal, segment) in (0..).zip(self.snapshot.searcher().segment_readers()) {
            let mut here: Vec<usize> =
                (0..placed.len()).filter(|&at| placed[at].segment == ordinal).collect();
            if here.is_empty() {
                continue;
            }
            here.sort_by_key(|&at| placed[at].candidate.doc);
            let mut leaves = self.scorers(segment)?;
            for &at in &here {
                let score = self.plan.score(&mut leaves, placed[at].candidate.doc);
                measures[at].score = score.unwrap_or_default();
            }
            if self.request.group == Group::Document {
                let documents: Vec<_> = here.iter().map(|&at| placed[at].candidate).collect();
                for (at, count) in here.into_iter().zip(self.count_passages(segment, &documents)?) {
                    measures[at].passages = Some(count);
                }
            }
        }
        Ok(measures)
    }

    /// How many passages of each document match; the documents in the order in which they stand.
    fn count_passages(
        &self,
        segment: &SegmentReader,
        documents: &[Candidate],
    ) -> Result<Vec<usize>, EngineError> {
        let columns = Columns::open(segment)?;
        let mut matches = self.matches(segment)?.peekable();
        let mut counts = Vec::with_capacity(documents.len());
        for document in documents {
            let first = document.doc - DocId::try_from(document.ordinal).unwrap_or(document.doc);
            while matches.next_if(|&doc| doc < first).is_some() {}
            let mut count = 0;
            while matches.next_if(|&doc| columns.id(doc) == document.id).is_some() {
                count += 1;
            }
            counts.push(count);
        }
        Ok(counts)
    }

    fn hit(&self, rank: usize, placed: &Placed, measure: Measure) -> Result<Hit, EngineError> {
        let address = DocAddress::new(placed.segment, placed.candidate.doc);
        let (stored, text) = self.snapshot.passage_at(address)?;
        Ok(Hit {
            rank,
            #[expect(clippy::cast_possible_truncation, reason = "scores are shown in single precision")]
            score: measure.score as f32,
            passage: HitPassage {
                id: passage_id(&stored.id, stored.ordinal),
                ordinal: stored.ordinal,
                headings: stored.headings.clone(),
                location: stored.location.clone(),
                anchors: stored.anchors.clone(),
            },
            document: hit_document(stored),
            text,
            highlights: Vec::new(),
            title_highlights: Vec::new(),
            heading_highlights: Vec::new(),
            matching_passages: measure.passages,
        })
    }
}

/// A candidate whose document is known by name.
struct Placed {
    id: String,
    segment: u32,
    candidate: Candidate,
}

#[derive(Clone, Copy, Default)]
struct Measure {
    score: f64,
    passages: Option<usize>,
}

fn hit_document(stored: StoredPassage) -> HitDocument {
    HitDocument {
        id: stored.id,
        path: stored.path,
        title: stored.facts.title,
        date: stored.facts.date,
        date_source: stored.facts.date_source,
        language: stored.facts.language,
        format: stored.format,
        url: stored.facts.url,
        facts: stored.facts.other,
    }
}

/// The columns that place a passage.
struct Columns {
    ids: Option<Column<u64>>,
    ordinals: Column<u64>,
    dates: Column<i64>,
}

impl Columns {
    fn open(segment: &SegmentReader) -> Result<Self, EngineError> {
        let columns = segment.fast_fields();
        Ok(Self {
            ids: columns.str("id")?.map(|ids| ids.ords().clone()),
            ordinals: columns.u64("ordinal")?,
            dates: columns.i64("date")?,
        })
    }

    fn id(&self, doc: DocId) -> u64 {
        self.ids.as_ref().and_then(|ids| ids.first(doc)).unwrap_or_default()
    }

    fn candidate(&self, doc: DocId, key: f64) -> Candidate {
        Candidate { key, id: self.id(doc), ordinal: self.ordinals.first(doc).unwrap_or_default(), doc }
    }

    /// What orders a passage when nothing is ranked; what has no date comes last.
    #[expect(clippy::cast_precision_loss, reason = "days of our calendar are small numbers")]
    fn sort_key(&self, doc: DocId, sort: Sort) -> f64 {
        let day = self.dates.first(doc).map(|days| days as f64);
        match sort {
            Sort::Date => day.map_or(f64::NEG_INFINITY, |day| -day),
            Sort::DateDescending => day.unwrap_or(f64::NEG_INFINITY),
            Sort::Score | Sort::Path => 0.0,
        }
    }
}

fn larger(known: Option<f64>, key: f64) -> Option<f64> {
    Some(known.map_or(key, |known| known.max(key)))
}

/// The approximate score that a passage must exceed to be looked at, if its exact score must reach `key`.
#[expect(
    clippy::cast_possible_truncation,
    reason = "tantivy's scores are single precision; the slack covers it"
)]
fn pruning_threshold(key: Option<f64>) -> f32 {
    match key {
        Some(key) if key > 0.0 => (key * PRUNING_SLACK) as f32,
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
                Some((plan, leaves)) => plan.score(leaves, doc).is_some(),
                None => true,
            };
            if is_match && !self.segment.is_deleted(doc) {
                return Some(doc);
            }
        }
    }
}
