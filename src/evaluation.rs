//! How good a ranking is: the measures of information retrieval, as trec_eval computes them.
//!
//! A [`Judgements`] says which documents answer which query, and how well; a ranking is a list of documents, best
//! first. Here is only arithmetic: reading files and searching happen elsewhere.
//!
//! | measure | is |
//! |---|---|
//! | nDCG@10 | the gain of the first ten, a grade divided by log2(rank + 1), as a share of the best that was possible (Järvelin and Kekäläinen 2002) |
//! | MAP | the precision at the rank of each relevant document of the first thousand, summed and divided by how many there are |
//! | R@100 | the share of the relevant documents that the first hundred hold |
//! | P@10 | the share of the first ten that is relevant |
//! | MRR@10 | one over the rank of the first relevant document of the first ten, else 0 |
//!
//! A mean counts each query that has a relevant document; one that found nothing counts as 0.

use std::collections::BTreeMap;

/// How far down a ranking MAP looks.
pub const DEPTH: usize = 1_000;

/// Which documents answer which query: grades by query and document; a grade above 0 is relevant.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Judgements {
    queries: BTreeMap<String, BTreeMap<String, i32>>,
}

impl Judgements {
    /// Reads lines of `query 0 document grade`; lines of another form are passed over, and so are queries for
    /// which nothing is relevant, since nothing can be measured with them.
    pub fn read(lines: &str) -> Self {
        let mut queries: BTreeMap<String, BTreeMap<String, i32>> = BTreeMap::new();
        for line in lines.lines() {
            let fields: Vec<_> = line.split_whitespace().collect();
            if let [query, _, document, grade] = fields[..]
                && let Ok(grade) = grade.parse()
            {
                queries.entry(query.to_owned()).or_default().insert(document.to_owned(), grade);
            }
        }
        queries.retain(|_, documents| documents.values().any(|&grade| grade > 0));
        Self { queries }
    }

    /// How many queries can be measured.
    pub fn len(&self) -> usize {
        self.queries.len()
    }

    /// Whether nothing can be measured.
    pub fn is_empty(&self) -> bool {
        self.queries.is_empty()
    }

    /// Whether rankings of this query can be measured.
    pub fn judges(&self, query: &str) -> bool {
        self.queries.contains_key(query)
    }

    /// The measures of one query's ranking; all 0 where the query is not judged.
    pub fn measure<S: AsRef<str>>(&self, query: &str, ranking: &[S]) -> Measures {
        self.queries.get(query).map_or_else(Measures::default, |grades| measure(grades, ranking))
    }
}

/// The measures of a ranking, or their means over several.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Measures {
    /// Normalised discounted cumulative gain of the first ten.
    pub ndcg_10: f64,
    /// Average precision over the first thousand.
    pub average_precision: f64,
    /// Recall of the first hundred.
    pub recall_100: f64,
    /// Precision of the first ten.
    pub precision_10: f64,
    /// Reciprocal rank of the first relevant document of the first ten.
    pub reciprocal_rank_10: f64,
}

impl Measures {
    /// The means of the sums of `self` over so many queries.
    #[expect(clippy::cast_precision_loss, reason = "a collection has few queries")]
    pub fn mean_over(self, queries: usize) -> Self {
        let share = 1.0 / queries.max(1) as f64;
        Self {
            ndcg_10: self.ndcg_10 * share,
            average_precision: self.average_precision * share,
            recall_100: self.recall_100 * share,
            precision_10: self.precision_10 * share,
            reciprocal_rank_10: self.reciprocal_rank_10 * share,
        }
    }
}

impl std::ops::AddAssign for Measures {
    fn add_assign(&mut self, other: Self) {
        self.ndcg_10 += other.ndcg_10;
        self.average_precision += other.average_precision;
        self.recall_100 += other.recall_100;
        self.precision_10 += other.precision_10;
        self.reciprocal_rank_10 += other.reciprocal_rank_10;
    }
}

#[expect(clippy::cast_precision_loss, reason = "rankings are short")]
fn measure<S: AsRef<str>>(grades: &BTreeMap<String, i32>, ranking: &[S]) -> Measures {
    let grade = |document: &S| grades.get(document.as_ref()).copied().unwrap_or(0).max(0);
    let relevant = grades.values().filter(|&&grade| grade > 0).count() as f64;
    let mut ideal: Vec<_> = grades.values().map(|&grade| grade.max(0)).collect();
    ideal.sort_unstable_by_key(|&grade| std::cmp::Reverse(grade));
    let mut measures = Measures {
        ndcg_10: gain(ranking.iter().map(grade)) / gain(ideal.into_iter()),
        ..Measures::default()
    };
    let mut found = 0.0;
    for (place, document) in ranking.iter().take(DEPTH).enumerate() {
        if grade(document) == 0 {
            continue;
        }
        found += 1.0;
        measures.average_precision += found / (place + 1) as f64 / relevant;
        if place < 100 {
            measures.recall_100 += 1.0 / relevant;
        }
        if place < 10 {
            measures.precision_10 += 0.1;
            if found == 1.0 {
                measures.reciprocal_rank_10 = 1.0 / (place + 1) as f64;
            }
        }
    }
    measures
}

/// The discounted cumulative gain of the first ten grades.
fn gain(grades: impl Iterator<Item = i32>) -> f64 {
    grades.take(10).zip(2_u32..).map(|(grade, place)| f64::from(grade) / f64::from(place).log2()).sum()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn close(value: f64, expected: f64) -> bool {
        (value - expected).abs() < 1e-4
    }

    #[test]
    fn a_small_ranking_measures_as_worked_out_by_hand() {
        let judgements = Judgements::read("q 0 a 2\nq 0 b 1\nq 0 c 0\nq 0 d 1\nnothing 0 a 0\nbroken line\n");
        assert_eq!(judgements.len(), 1);
        let measures = judgements.measure("q", &["c", "a", "x", "b"]);
        // Gain 2/log2(3) + 1/log2(5) of 2 + 1/log2(3) + 1/log2(4).
        assert!(close(measures.ndcg_10, 1.692_536 / 3.130_930), "{measures:?}");
        assert!(close(measures.average_precision, (0.5 + 0.5) / 3.0), "{measures:?}");
        assert!(close(measures.recall_100, 2.0 / 3.0) && close(measures.precision_10, 0.2), "{measures:?}");
        assert!(close(measures.reciprocal_rank_10, 0.5), "{measures:?}");
        assert_eq!(judgements.measure::<&str>("q", &[]), Measures::default());
    }

    proptest! {
        #[test]
        fn the_best_ranking_is_the_ideal_and_none_is_better(
            grades in proptest::collection::vec(0..4i32, 1..30),
            order in proptest::collection::vec(any::<u32>(), 30),
        ) {
            let lines: Vec<_> = grades.iter().zip(0..).map(|(grade, id)| format!("q 0 d{id} {grade}")).collect();
            let judgements = Judgements::read(&lines.join("\n"));
            prop_assume!(!judgements.is_empty());
            let mut documents: Vec<_> = (0..grades.len()).collect();
            let name = |documents: &[usize]| documents.iter().map(|id| format!("d{id}")).collect::<Vec<_>>();
            documents.sort_by_key(|&id| order[id]);
            let some = judgements.measure("q", &name(&documents));
            documents.sort_by_key(|&id| std::cmp::Reverse(grades[id]));
            let best = judgements.measure("q", &name(&documents));
            prop_assert!(close(best.ndcg_10, 1.0) && close(best.average_precision, 1.0));
            prop_assert!(some.ndcg_10 <= best.ndcg_10 + 1e-9);
            prop_assert!(some.average_precision <= best.average_precision + 1e-9);
        }
    }
}
