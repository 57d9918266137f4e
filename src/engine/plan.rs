//! How the values of a query's leaves make the score of a passage.
//!
//! Tantivy's scorers find the candidates and prune the rest; but the order in which they add up scores
//! depends on how the index happens to be cut into segments, and so do the last digits of their sums. A [`Plan`]
//! adds up the leaves' scores in the order of the query, in double precision, so that a passage has one score,
//! whatever index it stands in. Where the leaves' values come from it does not know: they are asked one by one, of
//! postings at first and of a closer look later.

use crate::query::Occur;

/// What a leaf has to say of a passage.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Value {
    /// Whether the passage has what the leaf looks for.
    pub(super) matches: bool,
    /// What that is worth. What does not match may be worth something too: the rest of the document may hold it.
    pub(super) score: f64,
}

/// The shape of a query over its leaves, which it knows by number.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Plan {
    /// Matches everything.
    All,
    /// Matches nothing.
    Nothing,
    /// One leaf.
    Leaf(usize),
    /// A condition, which says nothing of how well a passage fits.
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
    /// Whether this is a condition alone: to require it does not make the words beside it optional.
    pub(super) fn is_condition(&self) -> bool {
        match self {
            Self::Condition(_) | Self::All => true,
            Self::Nothing | Self::Leaf(_) => false,
            Self::Not(plan) | Self::Weighted(plan, _) => plan.is_condition(),
            Self::And(plans) | Self::Or(plans) => plans.iter().all(Self::is_condition),
            Self::Sequence(parts) => parts.iter().all(|(_, plan)| plan.is_condition()),
        }
    }

    /// The numbers of its leaves.
    pub(super) fn leaves(&self) -> Vec<usize> {
        match self {
            Self::All | Self::Nothing => Vec::new(),
            Self::Leaf(leaf) => vec![*leaf],
            Self::Condition(plan) | Self::Not(plan) | Self::Weighted(plan, _) => plan.leaves(),
            Self::And(plans) | Self::Or(plans) => plans.iter().flat_map(Self::leaves).collect(),
            Self::Sequence(parts) => parts.iter().flat_map(|(_, plan)| plan.leaves()).collect(),
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

    /// The score of a passage, or `None` where it does not match. A leaf is asked for its value at most once for each
    /// time that it stands in the plan, and not at all where the outcome is settled.
    pub(super) fn score(&self, leaf: &mut dyn FnMut(usize) -> Value) -> Option<f64> {
        let value = self.value(leaf);
        value.matches.then_some(value.score)
    }

    fn value(&self, leaf: &mut dyn FnMut(usize) -> Value) -> Value {
        match self {
            Self::All => Value { matches: true, score: 0.0 },
            Self::Nothing => Value::default(),
            Self::Leaf(number) => leaf(*number),
            Self::Condition(plan) => Value { score: 0.0, ..plan.value(leaf) },
            Self::And(plans) => {
                let mut score = 0.0;
                for plan in plans {
                    let value = plan.value(leaf);
                    if !value.matches {
                        return Value::default();
                    }
                    score += value.score;
                }
                Value { matches: true, score }
            }
            Self::Or(plans) => {
                let values = plans.iter().map(|plan| plan.value(leaf));
                values.fold(Value::default(), |sum, value| Value {
                    matches: sum.matches || value.matches,
                    score: sum.score + value.score,
                })
            }
            Self::Not(plan) => Value { matches: !plan.value(leaf).matches, score: 0.0 },
            Self::Weighted(plan, weight) => {
                let Value { matches, score } = plan.value(leaf);
                Value { matches, score: score * f64::from(*weight) }
            }
            Self::Sequence(parts) => value_of_sequence(parts, leaf),
        }
    }

    /// What each leaf gives to the score of a passage, in the order of the plan, or `None` where the passage does not
    /// match. Leaves of branches that do not match give nothing and are left out.
    pub(super) fn shares(&self, values: &[Value]) -> Option<Vec<(usize, f64)>> {
        let mut shares = Vec::with_capacity(values.len());
        self.add_shares(values, 1.0, &mut shares).then_some(shares)
    }

    /// Adds what the leaves give, times `factor`; tells whether the plan matches.
    fn add_shares(&self, values: &[Value], factor: f64, shares: &mut Vec<(usize, f64)>) -> bool {
        let before = shares.len();
        match self {
            Self::All => true,
            Self::Nothing => false,
            Self::Leaf(leaf) => {
                shares.push((*leaf, factor * values[*leaf].score));
                values[*leaf].matches
            }
            Self::Condition(plan) => {
                let matches = plan.add_shares(values, factor, shares);
                shares.truncate(before);
                matches
            }
            Self::Not(plan) => {
                let matches = plan.add_shares(values, factor, shares);
                shares.truncate(before);
                !matches
            }
            Self::Weighted(plan, weight) => plan.add_shares(values, factor * f64::from(*weight), shares),
            Self::Or(plans) => {
                // Every one is asked: what does not match may give something too.
                let matching = plans.iter().filter(|plan| plan.add_shares(values, factor, shares));
                matching.count() > 0
            }
            Self::And(plans) => {
                let all = plans.iter().all(|plan| plan.add_shares(values, factor, shares));
                if !all {
                    shares.truncate(before);
                }
                all
            }
            Self::Sequence(parts) => add_shares_of_sequence(parts, values, factor, shares),
        }
    }
}

fn add_shares_of_sequence(
    parts: &[(Occur, Plan)],
    values: &[Value],
    factor: f64,
    shares: &mut Vec<(usize, f64)>,
) -> bool {
    let before = shares.len();
    let (mut needs_one, mut has_one, mut has_must) = (false, false, false);
    for (occur, plan) in parts {
        let start = shares.len();
        let matches = plan.add_shares(values, factor, shares);
        match (occur, matches) {
            (Occur::MustNot, true) | (Occur::Must, false) => {
                shares.truncate(before);
                return false;
            }
            (Occur::MustNot, false) => shares.truncate(start),
            (Occur::Must, true) => has_must |= !plan.is_condition(),
            (Occur::Should, matches) => {
                needs_one = true;
                has_one |= matches;
            }
        }
    }
    has_must || has_one || !needs_one
}

fn value_of_sequence(parts: &[(Occur, Plan)], leaf: &mut dyn FnMut(usize) -> Value) -> Value {
    let mut sum = 0.0;
    let (mut needs_one, mut has_one, mut has_must) = (false, false, false);
    for (occur, plan) in parts {
        let Value { matches, score } = plan.value(leaf);
        match (occur, matches) {
            (Occur::MustNot, true) | (Occur::Must, false) => return Value::default(),
            (Occur::MustNot, false) => {}
            (Occur::Must, true) => {
                has_must |= !plan.is_condition();
                sum += score;
            }
            (Occur::Should, matches) => {
                needs_one = true;
                has_one |= matches;
                sum += score;
            }
        }
    }
    Value { matches: has_must || has_one || !needs_one, score: sum }
}
