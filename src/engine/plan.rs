//! How the scores of a query's leaves make the score of a passage.
//!
//! Tantivy's scorers find the candidates and prune the rest; but the order in which they add up scores
//! depends on how the index happens to be cut into segments, and so do the last digits of their sums. A [`Plan`]
//! adds up the leaves' scores in the order of the query, in double precision, so that a passage has one score,
//! whatever index it stands in.

use tantivy::DocId;
use tantivy::query::Scorer;

use crate::query::Occur;

/// The shape of a query over its leaves, which it knows by number.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Plan {
    /// Matches everything.
    All,
    /// Matches nothing.
    Nothing,
    /// One leaf.
    Leaf(usize),
    /// A condition, which gives no score.
    Condition(Box<Plan>),
    /// All of these.
    And(Vec<Plan>),
    /// One of these.
    Or(Vec<Plan>),
    /// Whatever this is not.
    Not(Box<Plan>),
    /// A score times a factor.
    Weighted(Box<Plan>, f32),
    /// A sequence of parts.
    Sequence(Vec<(Occur, Plan)>),
}

impl Plan {
    /// Whether this is a condition on the document alone: to require it does not make the words beside it optional.
    pub(super) fn is_condition(&self) -> bool {
        match self {
            Self::Condition(_) | Self::All => true,
            Self::Nothing | Self::Leaf(_) => false,
            Self::Not(plan) | Self::Weighted(plan, _) => plan.is_condition(),
            Self::And(plans) | Self::Or(plans) => plans.iter().all(Self::is_condition),
            Self::Sequence(parts) => parts.iter().all(|(_, plan)| plan.is_condition()),
        }
    }

    /// Whether a passage may be kept out by what it holds.
    ///
    /// Tantivy finds the passages that hold what is asked for, and leaves it to the plan to keep out the others: the
    /// scorer that it has for exclusions moves those of phrases backwards, which they do not bear.
    pub(super) fn excludes(&self) -> bool {
        match self {
            Self::All | Self::Nothing | Self::Leaf(_) => false,
            Self::Not(_) => true,
            Self::And(plans) | Self::Or(plans) => plans.iter().any(Self::excludes),
            Self::Weighted(plan, _) | Self::Condition(plan) => plan.excludes(),
            Self::Sequence(parts) => {
                parts.iter().any(|(occur, plan)| *occur == Occur::MustNot || plan.excludes())
            }
        }
    }

    /// The score of the passage `doc`, or `None` where it does not match.
    ///
    /// The leaves' scorers only move forward: ask for passages in increasing order.
    pub(super) fn score(&self, leaves: &mut [Box<dyn Scorer>], doc: DocId) -> Option<f64> {
        match self {
            Self::All => Some(0.0),
            Self::Nothing => None,
            Self::Leaf(leaf) => score_of_leaf(leaves[*leaf].as_mut(), doc),
            Self::Condition(plan) => plan.score(leaves, doc).map(|_| 0.0),
            Self::And(plans) => plans.iter().map(|plan| plan.score(leaves, doc)).sum(),
            Self::Or(plans) => sum_of_some(plans.iter().map(|plan| plan.score(leaves, doc))),
            Self::Not(plan) => plan.score(leaves, doc).is_none().then_some(0.0),
            Self::Weighted(plan, weight) => Some(plan.score(leaves, doc)? * f64::from(*weight)),
            Self::Sequence(parts) => score_of_sequence(parts, leaves, doc),
        }
    }
}

fn score_of_leaf(scorer: &mut dyn Scorer, doc: DocId) -> Option<f64> {
    if scorer.doc() < doc {
        scorer.seek(doc);
    }
    (scorer.doc() == doc).then(|| f64::from(scorer.score()))
}

fn sum_of_some(scores: impl Iterator<Item = Option<f64>>) -> Option<f64> {
    scores.flatten().fold(None, |sum, score| Some(sum.unwrap_or(0.0) + score))
}

fn score_of_sequence(parts: &[(Occur, Plan)], leaves: &mut [Box<dyn Scorer>], doc: DocId) -> Option<f64> {
    let mut sum = 0.0;
    let (mut needs_one, mut has_one, mut has_must) = (false, false, false);
    for (occur, plan) in parts {
        let score = plan.score(leaves, doc);
        match (occur, score) {
            (Occur::MustNot, Some(_)) | (Occur::Must, None) => return None,
            (Occur::MustNot, None) => {}
            (Occur::Must, Some(score)) => {
                has_must |= !plan.is_condition();
                sum += score;
            }
            (Occur::Should, score) => {
                needs_one = true;
                has_one |= score.is_some();
                sum += score.unwrap_or(0.0);
            }
        }
    }
    (has_must || has_one || !needs_one).then_some(sum)
}
