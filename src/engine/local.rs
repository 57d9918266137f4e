//! The engine over one index on this machine.
//!
//! A ranked search looks twice: the [sweep](super::sweep) gives the best passages of a plain ranking, and the
//! [second look](super::rescore) ranks the first of these anew. What comes behind them keeps its order, with scores
//! below theirs.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};

use tantivy::{DocAddress, DocId};

use super::compile::{compile, compile_request};
use super::plan::Value;
use super::rescore::{POOL, Rescored, Rescorer, TIES};
use super::sweep::{Depth, Found, Placed, Sweep};
use super::top::Candidate;
use super::{Engine, EngineError, Form, suggest};
use crate::analysis::Languages;
use crate::document::passage_id;
use crate::hit::{Count, Explanation, Group, Hit, HitDocument, HitPassage, Request, Response, Share, Sort};
use crate::index::{Snapshot, StoredPassage};
use crate::query::Query;

/// Answers requests from one commit of one index.
pub struct LocalEngine {
    snapshot: Snapshot,
}

impl LocalEngine {
    /// An engine over `snapshot`.
    pub fn new(snapshot: Snapshot) -> Self {
        Self { snapshot }
    }

    /// The numbers of the passages of the document `id` that match `query`.
    ///
    /// # Errors
    ///
    /// As for a search.
    pub fn matching_passages(&self, query: &Query, id: &str) -> Result<Vec<usize>, EngineError> {
        let compiled = compile(query, &self.snapshot)?;
        let sweep = Sweep::new(&self.snapshot, &Request::default(), compiled)?;
        let addresses = self.snapshot.addresses_of(id)?;
        // A document stands in one segment, its passages in order.
        let Some(segment) = addresses.first().map(|address| address.segment_ord) else {
            return Ok(Vec::new());
        };
        let docs: Vec<DocId> = addresses.iter().map(|address| address.doc_id).collect();
        let values = sweep.values(segment, &docs)?;
        let matches = |values: &Vec<Value>| sweep.plan.score(&mut |leaf| values[leaf]).is_some();
        Ok((0..values.len()).filter(|&at| matches(&values[at])).collect())
    }

    /// The passages of the document `id`, or the one with this number, as hits that nothing was asked of.
    ///
    /// # Errors
    ///
    /// When the index cannot be read.
    pub fn passages_of(&self, id: &str, ordinal: Option<u32>) -> Result<Vec<Hit>, EngineError> {
        let mut hits = Vec::new();
        for (rank, address) in (1..).zip(self.snapshot.addresses_of(id)?) {
            let (stored, text) = self.snapshot.passage_at(address)?;
            if ordinal.is_none_or(|ordinal| ordinal == stored.ordinal) {
                hits.push(hit_of(rank, 1.0, stored, text));
            }
        }
        Ok(hits)
    }

    /// The commit that answers.
    pub fn snapshot(&self) -> &Snapshot {
        &self.snapshot
    }
}

impl Engine for LocalEngine {
    fn search(&self, request: &Request) -> Result<Response, EngineError> {
        let compiled = compile_request(request, &self.snapshot)?;
        let sweep = Sweep::new(&self.snapshot, request, compiled)?;
        let rescorer = sweep.rescorer()?;
        Search { snapshot: &self.snapshot, request, sweep: &sweep, rescorer, read: RefCell::default() }.run()
    }

    fn widened(&self, query: &Query, hits: &[Hit]) -> Result<Query, EngineError> {
        self.widened_by(query, hits)
    }

    fn like(&self, hits: &[Hit]) -> Result<Query, EngineError> {
        self.query_like(hits)
    }

    fn suggest(&self, word: &str, form: Form) -> Result<Option<String>, EngineError> {
        suggest::better_word(&self.snapshot, word, form)
    }

    fn generation(&self) -> u64 {
        self.snapshot.generation()
    }

    fn languages(&self) -> Languages {
        self.snapshot.languages().clone()
    }
}

/// One request on its way.
struct Search<'a> {
    snapshot: &'a Snapshot,
    request: &'a Request,
    sweep: &'a Sweep<'a>,
    /// The second look, where there is something to see.
    rescorer: Option<Rescorer<'a>>,
    /// What was read to tell ties apart.
    read: RefCell<HashMap<DocAddress, (StoredPassage, String)>>,
}

/// A passage in its place of the ranking.
#[derive(Clone, Copy, Debug)]
struct Ranked {
    placed: Placed,
    /// What its plain score was multiplied with to come behind those that were looked at again; `None` for these.
    behind: Option<f64>,
}

/// Up to so many ties are told apart by what is stored with them, which is read anyway of those that are shown; of more,
/// the columns of their segments are opened.
const FEW_TIES: usize = 8;

/// One of several passages with the same key: its segment, and which passage it is.
type Tie = (u32, Candidate, Ranked);

impl From<Placed> for Ranked {
    fn from(placed: Placed) -> Self {
        Self { placed, behind: None }
    }
}

impl Search<'_> {
    fn run(&self) -> Result<Response, EngineError> {
        // How many hits are wanted, those left out by the offset among them.
        let wanted = self.request.limit.saturating_add(self.request.offset);
        let found = match wanted {
            0 => Found { pruned: true, ..Found::default() },
            _ => self.sweep.run(self.depth(wanted))?,
        };
        let count = self.request.count == Count::Exact || wanted == 0;
        let (total, total_exact) = match (found.pruned, count) {
            (false, _) => (found.seen, true),
            (true, true) => (self.sweep.count()?, true),
            (true, false) => (found.seen, false),
        };
        let mut ranking = self.ranking(found)?;
        // Where a page begins and ends; the hits on it are put in order by what is read of them.
        for place in [self.request.offset, wanted] {
            ranking = self.in_order(ranking, place)?;
        }
        ranking.truncate(wanted);
        let shown = ranking.split_off(self.request.offset.min(ranking.len()));
        Ok(Response {
            query: self.request.query.clone(),
            hits: self.hits(&shown)?,
            total,
            total_exact,
            facets: self.sweep.facets(&self.request.facets)?,
        })
    }

    /// Whether the second look decides the order.
    fn ranks(&self) -> bool {
        self.rescorer.is_some() && self.request.sort == Sort::Score
    }

    /// How far down the plain ranking must go.
    fn depth(&self, wanted: usize) -> Depth {
        let pool = if self.ranks() { POOL + TIES } else { 0 };
        match self.request.group {
            Group::Passage => Depth { passages: wanted.max(pool), documents: 0 },
            Group::Document => Depth { passages: pool, documents: wanted },
        }
    }

    /// The hits with the scores that they are ranked by.
    fn ranking(&self, found: Found) -> Result<Vec<Ranked>, EngineError> {
        let passages: Vec<_> = found.passages.into_iter().map(Ranked::from).collect();
        let documents: Vec<_> = found.documents.into_iter().map(Ranked::from).collect();
        let Some(rescorer) = self.rescorer.as_ref().filter(|_| self.ranks()) else {
            return Ok(if self.request.group == Group::Document { documents } else { passages });
        };
        let (mut pool, mut rest) = self.pool(passages)?;
        let last_before = pool.last().map_or(0.0, |last| last.placed.key);
        let rescored = self.rescored(rescorer, &pool)?;
        for (ranked, rescored) in pool.iter_mut().zip(rescored) {
            ranked.placed.key = rescored.score.unwrap_or_default();
        }
        let mut ranking = pool;
        match self.request.group {
            Group::Passage => ranking.sort_by(|a, b| b.placed.key.total_cmp(&a.placed.key)),
            Group::Document => (ranking, rest) = self.best_of_documents(ranking, documents)?,
        }
        let last = ranking.last().map_or(0.0, |last| last.placed.key);
        let factor = if last < last_before { last / last_before } else { 1.0 };
        for ranked in &mut rest {
            ranked.placed.key *= factor;
            ranked.behind = Some(factor);
        }
        ranking.extend(rest);
        Ok(ranking)
    }

    /// The best passage of each document among some that were looked at again, and of those documents that have none
    /// there.
    fn best_of_documents(
        &self,
        pool: Vec<Ranked>,
        documents: Vec<Ranked>,
    ) -> Result<(Vec<Ranked>, Vec<Ranked>), EngineError> {
        let known = pool.into_iter().map(|ranked| Ok((self.sweep.candidate(&ranked.placed)?, ranked)));
        let mut known = known.collect::<Result<Vec<_>, EngineError>>()?;
        known.sort_by_key(|(candidate, _)| *candidate);
        let mut seen = HashSet::new();
        known.retain(|(candidate, ranked)| seen.insert((ranked.placed.segment, candidate.id)));
        let mut rest = Vec::with_capacity(documents.len());
        for ranked in documents {
            if !seen.contains(&(ranked.placed.segment, self.sweep.candidate(&ranked.placed)?.id)) {
                rest.push(ranked);
            }
        }
        Ok((known.into_iter().map(|(_, ranked)| ranked).collect(), rest))
    }

    /// The passages that are looked at again, and the others; both by key.
    ///
    /// As good as the last one is, so are all its ties: they are looked at, too, unless they are many. To tell which of
    /// them come first would take longer.
    fn pool(&self, passages: Vec<Ranked>) -> Result<(Vec<Ranked>, Vec<Ranked>), EngineError> {
        let mut pool = self.in_order(passages, 0)?;
        let last = pool.get(POOL - 1).map(|last| last.placed.key);
        let with_ties = last.map(|last| pool.partition_point(|ranked| ranked.placed.key >= last));
        let size = match with_ties {
            None => pool.len(),
            Some(size) if size < POOL + TIES => size,
            Some(_) => {
                pool = self.in_order(pool, POOL)?;
                POOL
            }
        };
        let rest = pool.split_off(size);
        Ok((pool, rest))
    }

    /// Candidates by key; of equal ones, those across this place by document id, then by ordinal. Reading ids takes time.
    fn in_order(&self, mut ranked: Vec<Ranked>, place: usize) -> Result<Vec<Ranked>, EngineError> {
        ranked.sort_by(|a, b| b.placed.key.total_cmp(&a.placed.key));
        let mut start = 0;
        for ties in ranked.chunk_by_mut(|a, b| a.placed.key.total_cmp(&b.placed.key).is_eq()) {
            let end = start + ties.len();
            if start < place && place < end {
                self.put_ties_in_order(ties, place - start)?;
            }
            start = end;
        }
        Ok(ranked)
    }

    /// Puts the first ones of some ties in order, so many as are needed. No more of a segment can be among these, and in a
    /// segment the order is known without reading ids.
    fn put_ties_in_order(&self, ties: &mut [Ranked], needed: usize) -> Result<(), EngineError> {
        if ties.len() <= FEW_TIES {
            return self.put_few_in_order(ties);
        }
        let known = ties.iter().map(|tie| Ok((tie.placed.segment, self.sweep.candidate(&tie.placed)?, *tie)));
        let mut known = known.collect::<Result<Vec<_>, EngineError>>()?;
        known.sort_by_key(|(segment, candidate, _)| (*segment, *candidate));
        let is_one = known.first().map(|first| first.0) == known.last().map(|last| last.0);
        let in_order = if is_one { known } else { self.across_segments(&known, needed)? };
        for (place, (_, _, tie)) in ties.iter_mut().zip(in_order) {
            *place = tie;
        }
        Ok(())
    }

    fn put_few_in_order(&self, ties: &mut [Ranked]) -> Result<(), EngineError> {
        let mut read = self.read.borrow_mut();
        for tie in ties.iter() {
            let address = tie.placed.address();
            read.insert(address, self.snapshot.passage_at(address)?);
        }
        ties.sort_by(|a, b| {
            let [(a, _), (b, _)] = [a, b].map(|tie| &read[&tie.placed.address()]);
            a.id.cmp(&b.id).then(a.ordinal.cmp(&b.ordinal))
        });
        Ok(())
    }

    /// Puts the first ones of some ties in order across segments, in each of which they are.
    fn across_segments(&self, ties: &[Tie], needed: usize) -> Result<Vec<Tie>, EngineError> {
        let (mut named, mut behind) = (Vec::new(), Vec::new());
        for of_segment in ties.chunk_by(|(a, ..), (b, ..)| a == b) {
            let (first, others) = of_segment.split_at(needed.min(of_segment.len()));
            let docs: Vec<DocId> = first.iter().map(|(_, candidate, _)| candidate.doc).collect();
            let ids = self.snapshot.ids_of(of_segment[0].0, &docs)?;
            named.extend(ids.into_iter().zip(first.iter().copied()));
            behind.extend_from_slice(others);
        }
        named.sort_by(|(a, (_, first, _)), (b, (_, second, _))| {
            a.cmp(b).then(first.ordinal.cmp(&second.ordinal))
        });
        Ok(named.into_iter().map(|(_, tie)| tie).chain(behind).collect())
    }

    /// What a closer look says of each of some candidates, in their order.
    fn rescored(&self, rescorer: &Rescorer<'_>, ranked: &[Ranked]) -> Result<Vec<Rescored>, EngineError> {
        let mut rescored = vec![Rescored::default(); ranked.len()];
        for (segment, here) in by_segment(ranked) {
            let docs: Vec<DocId> = here.iter().map(|&at| ranked[at].placed.doc).collect();
            for (at, found) in here.into_iter().zip(rescorer.rescore(segment, &docs)?) {
                rescored[at] = found;
            }
        }
        Ok(rescored)
    }

    /// The hits at these places.
    fn hits(&self, shown: &[Ranked]) -> Result<Vec<Hit>, EngineError> {
        if shown.is_empty() {
            return Ok(Vec::new());
        }
        let mut shown = shown.to_vec();
        let keys: Vec<f64> = shown.iter().map(|ranked| ranked.placed.key).collect();
        let measures = self.measures(&mut shown)?;
        let mut shown: Vec<_> = keys.into_iter().zip(shown.iter().zip(measures)).collect();
        // Stored texts are compressed in blocks; read in the order in which they stand, each is opened once.
        shown.sort_by_key(|(_, (ranked, _))| (ranked.placed.segment, ranked.placed.doc));
        let hits = shown.into_iter().map(|(key, (ranked, measure))| Ok((key, self.hit(ranked, measure)?)));
        let mut hits = hits.collect::<Result<Vec<_>, EngineError>>()?;
        hits.sort_by(|(a_key, a), (b_key, b)| {
            let of_documents = || a.document.id.cmp(&b.document.id);
            let of_passages = || a.passage.ordinal.cmp(&b.passage.ordinal);
            b_key.total_cmp(a_key).then_with(of_documents).then_with(of_passages)
        });
        for (rank, (_, hit)) in (self.request.offset + 1..).zip(&mut hits) {
            hit.rank = rank;
        }
        Ok(hits.into_iter().map(|(_, hit)| hit).collect())
    }

    /// The scores of the hits, and for documents the numbers of their passages that match. Where documents are not
    /// ranked, each gets its best passage here.
    fn measures(&self, shown: &mut [Ranked]) -> Result<Vec<Measure>, EngineError> {
        let mut measures = vec![Measure::default(); shown.len()];
        if self.request.group == Group::Document {
            for (segment, here) in by_segment(shown) {
                let documents = here.iter().map(|&at| self.sweep.candidate(&shown[at].placed));
                let documents = documents.collect::<Result<Vec<_>, _>>()?;
                for (at, passages) in here.into_iter().zip(self.sweep.passages_of(segment, &documents)?) {
                    measures[at].passages = Some(passages.len());
                    if self.request.sort != Sort::Score {
                        shown[at] = self.best_of(segment, &passages)?.unwrap_or(shown[at]);
                    }
                }
            }
        }
        for (measure, ranked) in measures.iter_mut().zip(&*shown) {
            measure.score = ranked.placed.key;
        }
        if self.request.sort != Sort::Score || self.request.explain {
            self.add_scores(shown, &mut measures)?;
        }
        Ok(measures)
    }

    /// The best one of some passages of a document, which are given in order.
    fn best_of(&self, segment: u32, docs: &[DocId]) -> Result<Option<Ranked>, EngineError> {
        let mut best: Option<(DocId, f64)> = None;
        for (&doc, found) in docs.iter().zip(self.looked_at(segment, docs)?) {
            let score = found.score.unwrap_or_default();
            if best.is_none_or(|(_, highest)| score > highest) {
                best = Some((doc, score));
            }
        }
        let Some((doc, score)) = best else { return Ok(None) };
        Ok(Some(Placed { segment, doc, key: score }.into()))
    }

    /// What is to be said of passages of a segment, which are given in order: by the second look, if there is one.
    fn looked_at(&self, segment: u32, docs: &[DocId]) -> Result<Vec<Rescored>, EngineError> {
        match &self.rescorer {
            Some(rescorer) => rescorer.rescore(segment, docs),
            None => Ok(self.plainly(segment, docs)?),
        }
    }

    /// What tantivy's scorers say of passages of a segment, which are given in order.
    fn plainly(&self, segment: u32, docs: &[DocId]) -> Result<Vec<Rescored>, EngineError> {
        let plain = |values: Vec<Value>| {
            let score = self.sweep.plan.score(&mut |leaf| values[leaf]);
            Rescored { score, values, pairs: Vec::new() }
        };
        Ok(self.sweep.values(segment, docs)?.into_iter().map(plain).collect())
    }

    /// Works out again what the leaves say of the hits: for their scores where hits are not sorted by these, and to
    /// explain them.
    fn add_scores(&self, shown: &[Ranked], measures: &mut [Measure]) -> Result<(), EngineError> {
        for (segment, here) in by_segment(shown) {
            let (ranked, behind): (Vec<usize>, Vec<usize>) =
                here.into_iter().partition(|&at| shown[at].behind.is_none());
            let docs = |places: &[usize]| places.iter().map(|&at| shown[at].placed.doc).collect::<Vec<_>>();
            let looked_at = self.looked_at(segment, &docs(&ranked))?;
            let plainly = self.plainly(segment, &docs(&behind))?;
            for (at, found) in ranked.into_iter().zip(looked_at).chain(behind.into_iter().zip(plainly)) {
                if self.request.sort != Sort::Score {
                    measures[at].score = found.score.unwrap_or_default();
                }
                measures[at].explained = found;
            }
        }
        Ok(())
    }

    /// A hit, whose rank is still to be told.
    fn hit(&self, ranked: &Ranked, measure: Measure) -> Result<Hit, EngineError> {
        let address = ranked.placed.address();
        let read = self.read.borrow_mut().remove(&address);
        let (stored, text) = read.map_or_else(|| self.snapshot.passage_at(address), Ok)?;
        Ok(Hit {
            matching_passages: measure.passages,
            explanation: self.request.explain.then(|| self.explanation(ranked, &measure.explained)),
            ..hit_of(0, measure.score, stored, text)
        })
    }

    /// What each clause and each pair of neighbours gave to a score.
    fn explanation(&self, ranked: &Ranked, found: &Rescored) -> Explanation {
        let factor = ranked.behind.unwrap_or(1.0);
        let mut shares: Vec<Share> = Vec::new();
        let mut given = vec![0.0; found.values.len()];
        for (leaf, share) in self.sweep.plan.shares(&found.values).unwrap_or_default() {
            given[leaf] += share;
        }
        for (leaf, score) in given.into_iter().enumerate() {
            let Some(clause) = self.sweep.clause_of(leaf) else { continue };
            let clauses = vec![clause];
            let matches = found.values[leaf].matches;
            let score = single(score * factor);
            match shares.iter_mut().find(|share| share.clauses == clauses) {
                Some(share) => {
                    share.score += score;
                    share.matches |= matches;
                }
                None => shares.push(Share { clauses, matches, score, ..Share::default() }),
            }
        }
        let pairs = self.rescorer.iter().flat_map(Rescorer::pairs).zip(&found.pairs);
        for (leaves, &score) in pairs.filter(|(_, score)| **score > 0.0) {
            let clauses = leaves.into_iter().filter_map(|leaf| self.sweep.clause_of(leaf)).collect();
            shares.push(Share { clauses, matches: true, score: single(score), ..Share::default() });
        }
        Explanation { shares }
    }
}

/// The places of candidates by segment, in each of them in the order in which they stand.
fn by_segment(ranked: &[Ranked]) -> Vec<(u32, Vec<usize>)> {
    let mut order: Vec<usize> = (0..ranked.len()).collect();
    order.sort_by_key(|&at| (ranked[at].placed.segment, ranked[at].placed.doc));
    let runs = order.chunk_by(|&a, &b| ranked[a].placed.segment == ranked[b].placed.segment);
    runs.map(|run| (ranked[run[0]].placed.segment, run.to_vec())).collect()
}

#[expect(clippy::cast_possible_truncation, reason = "scores are shown in single precision")]
fn single(score: f64) -> f32 {
    score as f32
}

#[derive(Clone, Default)]
struct Measure {
    score: f64,
    passages: Option<usize>,
    explained: Rescored,
}

/// A stored passage as a hit.
fn hit_of(rank: usize, score: f64, stored: StoredPassage, text: String) -> Hit {
    Hit {
        rank,
        score: single(score),
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
        matching_passages: None,
        explanation: None,
    }
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
