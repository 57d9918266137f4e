//! Conditions that hold over whole documents: `--within document`.
//!
//! Each clause is asked of a document, not of a passage: one of its passages may have the one word and another one the
//! other. So the passages of a segment that each leaf finds are made into the set of their documents, the tree of the
//! query is worked out over these sets, and what comes out is a query for the passages of the documents that are left.
//! A document's passages stand in one segment, one behind the other.

use std::collections::HashMap;
use std::sync::Arc;

use tantivy::columnar::Column;
use tantivy::index::SegmentId;
use tantivy::query::{EmptyScorer, EnableScoring, Explanation, Query as TantivyQuery, Scorer, Weight};
use tantivy::{DocId, DocSet, Score, SegmentReader, TERMINATED, TantivyError};

use super::EngineError;
use super::compile::Compiled;
use super::plan::Plan;
use crate::index::Snapshot;
use crate::query::Occur;

/// The query for the passages of documents that match a compiled query as wholes.
pub(super) fn documents(snapshot: &Snapshot, condition: &Compiled) -> Result<ScopeQuery, EngineError> {
    let searcher = snapshot.searcher();
    let unscored = EnableScoring::disabled_from_searcher(searcher);
    let weights = condition.leaves.iter().map(|leaf| leaf.query.weight(unscored));
    let weights: Vec<Box<dyn Weight>> = weights.collect::<Result<_, _>>()?;
    let mut passages = HashMap::new();
    for segment in searcher.segment_readers() {
        let documents = Documents::of(segment)?;
        let leaves = weights.iter().map(|weight| documents.matched(weight.as_ref(), segment));
        let leaves: Vec<Vec<bool>> = leaves.collect::<Result<_, EngineError>>()?;
        let matching = documents.matching(&condition.plan, &leaves);
        passages.insert(segment.segment_id(), documents.passages(&matching));
    }
    Ok(ScopeQuery { passages: Arc::new(passages) })
}

/// The documents of a segment, each known by its number in it.
struct Documents {
    /// The document of each entry; none for what is no passage.
    of_entry: Vec<Option<usize>>,
    count: usize,
}

impl Documents {
    fn of(segment: &SegmentReader) -> Result<Self, EngineError> {
        let ordinals: Column<u64> = segment.fast_fields().u64("ordinal")?;
        let mut count: usize = 0;
        let document = |doc: DocId| {
            let ordinal = ordinals.first(doc)?;
            if ordinal == 0 {
                count += 1;
            }
            count.checked_sub(1)
        };
        let of_entry = (0..segment.max_doc()).map(document).collect();
        Ok(Self { of_entry, count })
    }

    /// Which documents have a passage that a leaf matches.
    fn matched(&self, leaf: &dyn Weight, segment: &SegmentReader) -> Result<Vec<bool>, EngineError> {
        let mut matched = vec![false; self.count];
        let mut scorer = leaf.scorer(segment, 1.0)?;
        while scorer.doc() != TERMINATED {
            if let Some(document) = self.of_entry[scorer.doc() as usize] {
                matched[document] = true;
            }
            scorer.advance();
        }
        Ok(matched)
    }

    /// Which documents match a plan.
    fn matching(&self, plan: &Plan, leaves: &[Vec<bool>]) -> Vec<bool> {
        let all = |value: bool| vec![value; self.count];
        let join = |plans: &[Plan], first: bool, with: fn(bool, bool) -> bool| {
            plans
                .iter()
                .fold(all(first), |joined, plan| joined_by(joined, &self.matching(plan, leaves), with))
        };
        match plan {
            Plan::All => all(true),
            Plan::Nothing => all(false),
            Plan::Leaf(leaf) => leaves[*leaf].clone(),
            Plan::Condition(plan) | Plan::Weighted(plan, _) => self.matching(plan, leaves),
            Plan::And(plans) => join(plans, true, |a, b| a && b),
            Plan::Or(plans) => join(plans, false, |a, b| a || b),
            Plan::Not(plan) => self.matching(plan, leaves).into_iter().map(|matches| !matches).collect(),
            Plan::Sequence(parts) => self.matching_sequence(parts, leaves),
        }
    }

    fn matching_sequence(&self, parts: &[(Occur, Plan)], leaves: &[Vec<bool>]) -> Vec<bool> {
        let mut required = vec![true; self.count];
        let mut any = vec![false; self.count];
        let (mut needs_one, mut has_must) = (false, false);
        for (occur, plan) in parts {
            let matching = self.matching(plan, leaves);
            match occur {
                Occur::Must => {
                    has_must |= !plan.is_condition();
                    required = joined_by(required, &matching, |a, b| a && b);
                }
                Occur::MustNot => required = joined_by(required, &matching, |a, b| a && !b),
                Occur::Should => {
                    needs_one = true;
                    any = joined_by(any, &matching, |a, b| a || b);
                }
            }
        }
        match needs_one && !has_must {
            true => joined_by(required, &any, |a, b| a && b),
            false => required,
        }
    }

    /// The live and deleted passages of some documents.
    fn passages(&self, matching: &[bool]) -> Arc<[DocId]> {
        let entries = (0..).zip(&self.of_entry);
        let of_them = entries.filter(|(_, document)| document.is_some_and(|document| matching[document]));
        of_them.map(|(doc, _)| doc).collect()
    }
}

fn joined_by(mut one: Vec<bool>, other: &[bool], with: fn(bool, bool) -> bool) -> Vec<bool> {
    one.iter_mut().zip(other).for_each(|(one, &other)| *one = with(*one, other));
    one
}

/// Finds given passages of each segment; gives no score.
#[derive(Clone, Debug)]
pub(super) struct ScopeQuery {
    passages: Arc<HashMap<SegmentId, Arc<[DocId]>>>,
}

impl TantivyQuery for ScopeQuery {
    fn weight(&self, _: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        Ok(Box::new(self.clone()))
    }
}

impl Weight for ScopeQuery {
    fn scorer(&self, reader: &SegmentReader, _: Score) -> tantivy::Result<Box<dyn Scorer>> {
        Ok(match self.passages.get(&reader.segment_id()) {
            Some(passages) => Box::new(Listed { docs: Arc::clone(passages), at: 0 }),
            None => Box::new(EmptyScorer),
        })
    }

    fn explain(&self, reader: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        match self.passages.get(&reader.segment_id()).is_some_and(|docs| docs.binary_search(&doc).is_ok()) {
            true => Ok(Explanation::new("in a document that matches", 0.0)),
            false => Err(TantivyError::InvalidArgument(format!("document {doc} does not match"))),
        }
    }
}

/// A list of passages in order.
struct Listed {
    docs: Arc<[DocId]>,
    at: usize,
}

impl DocSet for Listed {
    fn advance(&mut self) -> DocId {
        self.at += 1;
        self.doc()
    }

    fn seek(&mut self, target: DocId) -> DocId {
        let rest = self.docs.get(self.at..).unwrap_or_default();
        self.at += rest.partition_point(|&doc| doc < target);
        self.doc()
    }

    fn doc(&self) -> DocId {
        self.docs.get(self.at).copied().unwrap_or(TERMINATED)
    }

    fn size_hint(&self) -> u32 {
        u32::try_from(self.docs.len()).unwrap_or(u32::MAX)
    }
}

impl Scorer for Listed {
    fn score(&mut self) -> Score {
        0.0
    }
}
