//! What must hold of the second look, of conditions over documents, and of explanations.

use std::collections::BTreeSet;

use proptest::prelude::*;
use tantivy::query::{BooleanQuery, TermQuery};

use super::compile::compile;
use super::laws::{Documents, found, index, request};
use super::{Engine, LocalEngine};
use crate::hit::{Count, Group, Hit, Request, Sort};
use crate::query::{Occur, Query};

const WORDS: [&str; 6] = ["alpha", "beta", "gamma", "delta", "epsilon", "zeta"];

fn texts(passages: std::ops::Range<usize>) -> impl Strategy<Value = Documents> {
    let word = prop::sample::select(&WORDS[..]);
    let passage = prop::collection::vec(word, 1..7).prop_map(|words| words.join(" "));
    prop::collection::vec(prop::collection::vec(passage, passages), 1..9)
}

fn built(documents: &Documents) -> (tempfile::TempDir, LocalEngine) {
    let folder = tempfile::tempdir().expect("a folder");
    let engine = index(folder.path(), documents, 3, 100);
    (folder, engine)
}

fn first_ids(documents: &Documents, query: &str) -> Vec<String> {
    let (_folder, engine) = built(documents);
    found(&engine, query, 10, Group::Passage).into_iter().map(|(id, ..)| id).collect()
}

fn documents(texts: &[&[&str]]) -> Documents {
    texts.iter().map(|passages| passages.iter().map(ToString::to_string).collect()).collect()
}

#[test]
fn the_typed_form_comes_before_its_inflections() {
    let texts = documents(&[&["a launched rocket"], &["a launch rocket"], &["nothing of it"]]);
    assert_eq!(first_ids(&texts, "launch"), ["00001.txt#0", "00000.txt#0"]);
    assert_eq!(first_ids(&texts, "launched"), ["00000.txt#0", "00001.txt#0"]);
}

#[test]
fn neighbours_come_before_words_apart() {
    let apart = "warning of a storm that came from the sea and took the old town and a missile";
    let close = "missile warning of a storm that came from the sea and took the old town and a";
    let texts = documents(&[&[apart], &[close], &["nothing"], &["nothing else"]]);
    assert_eq!(first_ids(&texts, "missile warning")[0], "00001.txt#0");
}

#[test]
fn a_document_supports_its_passages() {
    let texts = documents(&[
        &["missile one", "other words here", "other words there"],
        &["missile two", "a missile again", "more missile talk"],
        &["nothing", "at all"],
    ]);
    assert_eq!(first_ids(&texts, "missile")[0], "00001.txt#0");
}

#[test]
fn what_lies_behind_the_pool_comes_behind_it_in_its_order() {
    let many: Documents = (0..1500).map(|at| vec![format!("alpha {}", "beta ".repeat(at % 40))]).collect();
    let folder = tempfile::tempdir().expect("a folder");
    let engine = index(folder.path(), &many, 500, 10_000);
    let whole = found(&engine, "alpha beta", 5000, Group::Passage);
    assert_eq!(whole.len(), 1500);
    assert!(whole.is_sorted_by(|(_, a, _), (_, b, _)| a >= b), "scores fall");
    let ids: BTreeSet<_> = whole.iter().map(|(id, ..)| id).collect();
    assert_eq!(ids.len(), 1500, "each is found once");
    assert_eq!(found(&engine, "alpha beta", 1200, Group::Passage), whole[..1200]);
}

/// Passages of many lengths, in which some words are frequent and some rare.
fn many_passages() -> Documents {
    let mut state = 7_u32;
    let mut random = |below: u32| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) % below
    };
    let word = |at: u32| WORDS[(at.trailing_zeros() as usize).min(5)];
    let mut passage = |_| {
        let words = 3 + random(20);
        (0..words).map(|_| word(random(1 << 12))).collect::<Vec<_>>().join(" ")
    };
    (0..12).map(|_| (0..900).map(&mut passage).collect()).collect()
}

#[test]
fn what_is_skipped_is_not_among_the_best() {
    let folder = tempfile::tempdir().expect("a folder");
    let engine = index(folder.path(), &many_passages(), 7, 5);
    for words in [
        "zeta",
        "zeta epsilon",
        "delta zeta alpha",
        "alpha beta gamma delta epsilon zeta zeta",
        "zeta^9 beta",
    ] {
        for limit in [10, 400] {
            let by_words = found(&engine, words, limit, Group::Passage);
            // What excludes is not asked of words alone.
            let otherwise = found(&engine, &format!("{words} -nowhere"), limit, Group::Passage);
            assert_eq!(by_words.len(), limit);
            for (one, other) in by_words.iter().zip(&otherwise) {
                assert_eq!(one.0, other.0, "{words}");
                assert!((one.1 - other.1).abs() < 1e-5, "{words}: {one:?} {other:?}");
            }
        }
        let exact = Request { count: Count::Exact, ..request(words, 1, Group::Passage) };
        let otherwise =
            Request { count: Count::Exact, ..request(&format!("{words} -nowhere"), 1, Group::Passage) };
        let total = |request: &Request| engine.search(request).expect("an answer").total;
        assert_eq!(total(&exact), total(&otherwise), "{words}");
    }
}

#[test]
fn tantivy_sees_that_it_can_skip_passages() {
    let (_folder, engine) = built(&documents(&[&["alpha beta"]]));
    let clauses_of_terms = |query: &str| {
        let query = compile(&request(query, 1, Group::Passage).query, engine.snapshot())
            .expect("it compiles")
            .matching;
        match query.downcast_ref::<BooleanQuery>() {
            Some(all) => all.clauses().iter().filter(|(_, query)| query.is::<TermQuery>()).count(),
            None => usize::from(query.is::<TermQuery>()),
        }
    };
    assert_eq!(
        ["alpha", "+alpha", "alpha beta", "+alpha +beta", "(alpha OR beta)"].map(clauses_of_terms),
        [1, 1, 2, 2, 2]
    );
}

/// Whether a document matches a query as a whole, worked out word by word; `is_second` says whether its path is the one
/// that filters ask for.
fn matches_as_a_whole(query: &Query, passages: &[String], is_second: bool) -> bool {
    let of = |query: &Query| matches_as_a_whole(query, passages, is_second);
    match query {
        Query::Text(clause) => {
            let word = clause.matcher.to_string();
            passages.iter().any(|text| text.split(' ').any(|other| other == word))
        }
        Query::And(queries) => queries.iter().all(of),
        Query::Or(queries) => queries.iter().any(of),
        Query::Not(query) => !of(query),
        Query::Weighted { query, .. } => of(query),
        Query::Sequence(parts) => {
            let with = |occur: Occur| parts.iter().filter(move |part| part.occur == occur);
            let has_must = with(Occur::Must).count() > 0;
            with(Occur::Must).all(|part| of(&part.query))
                && !with(Occur::MustNot).any(|part| of(&part.query))
                && (has_must
                    || with(Occur::Should).count() == 0
                    || with(Occur::Should).any(|part| of(&part.query)))
        }
        Query::All => true,
        Query::Filter(_) => is_second,
    }
}

const SCOPED: [&str; 11] = [
    "alpha OR NOT beta",
    "alpha OR *",
    "+(alpha OR NOT beta) gamma",
    "(alpha OR path:00001.txt) delta",
    "alpha AND beta",
    "alpha beta -gamma",
    "+alpha +(beta OR delta) zeta",
    "alpha AND NOT (beta AND gamma)",
    "(alpha AND beta) OR (gamma AND delta)",
    "+alpha -beta gamma^2",
    "NOT alpha",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn conditions_over_documents_hold_over_documents(texts in texts(1..5)) {
        let (_folder, engine) = built(&texts);
        for text in SCOPED {
            let asked = request(text, 1000, Group::Document);
            let condition = asked.query.clone();
            let scoped = Request { query: condition.any_of_it(), document: Some(condition.clone()), ..asked };
            let hits = engine.search(&scoped).expect("an answer").hits;
            let got: BTreeSet<String> = hits.into_iter().map(|hit| hit.document.id.to_string()).collect();
            let numbered = texts.iter().enumerate();
            let of_them = numbered.filter(|(at, passages)| matches_as_a_whole(&condition, passages, *at == 1));
            let expected: BTreeSet<String> = of_them.map(|(number, _)| format!("{number:05}.txt")).collect();
            prop_assert_eq!(got, expected, "{}", text);
        }
    }

    #[test]
    fn a_widened_query_keeps_every_hit_and_every_requirement(texts in texts(1..4)) {
        let (_folder, engine) = built(&texts);
        for text in ["alpha beta", "path:00001.txt", "path:00001.txt -beta", "+alpha +beta", "(alpha AND beta)^2"] {
            let asked = request(text, 1000, Group::Passage);
            let first = engine.search(&asked).expect("an answer").hits;
            let ids = |hits: Vec<Hit>| hits.into_iter().map(|hit| hit.passage.id).collect::<BTreeSet<_>>();
            let widened = engine.widened(&asked.query, &first).expect("a query");
            let hits = engine.search(&Request { query: widened, ..asked.clone() }).expect("an answer").hits;
            let (before, after) = (ids(first), ids(hits));
            prop_assert!(after.is_superset(&before), "{}", text);
            if text != "alpha beta" {
                prop_assert_eq!(after, before, "{}", text);
            }
        }
    }

    #[test]
    fn scores_and_the_best_passages_are_the_same_in_every_order(texts in texts(1..4)) {
        let (_folder, engine) = built(&texts);
        for group in [Group::Passage, Group::Document] {
            for text in ["alpha beta", "gamma -delta zeta", "\"alpha beta\""] {
                let mut ranked = found(&engine, text, 1000, group);
                let asked = Request { sort: Sort::Path, ..request(text, 1000, group) };
                let hits = engine.search(&asked).expect("an answer").hits;
                let of = |hit: Hit| (hit.passage.id, hit.score, hit.matching_passages);
                let mut by_path: Vec<_> = hits.into_iter().map(of).collect();
                ranked.sort_by(|a, b| a.0.cmp(&b.0));
                by_path.sort_by(|a, b| a.0.cmp(&b.0));
                prop_assert_eq!(by_path, ranked, "{}", text);
            }
        }
    }

    #[test]
    fn explained_scores_are_the_sums_of_their_shares(texts in texts(1..4)) {
        let (_folder, engine) = built(&texts);
        for text in ["alpha beta", "alpha-beta gamma^3", "+alpha -delta (beta zeta)^0.5", "\"alpha beta\" gam*"] {
            for group in [Group::Passage, Group::Document] {
                let asked = Request { explain: true, ..request(text, 100, group) };
                for hit in engine.search(&asked).expect("an answer").hits {
                    let shares = hit.explanation.expect("it was asked for").shares;
                    let sum: f32 = shares.iter().map(|share| share.score).sum();
                    prop_assert!((sum - hit.score).abs() < 1e-4, "{}: {} is not {}", text, sum, hit.score);
                    prop_assert!(shares.iter().any(|share| share.matches), "{}", text);
                }
            }
        }
    }

    #[test]
    fn documents_are_ranked_by_their_best_passages(texts in texts(1..4)) {
        let (_folder, engine) = built(&texts);
        for text in ["alpha beta", "gamma -delta", "\"alpha beta\" zeta"] {
            let passages = found(&engine, text, 1000, Group::Passage);
            let mut seen = BTreeSet::new();
            let first = |(id, _, _): &&(String, f32, _)| seen.insert(id.split('#').next().map(str::to_owned));
            let best: Vec<_> = passages.iter().filter(first).map(|(id, score, _)| (id.clone(), *score)).collect();
            let documents = found(&engine, text, 1000, Group::Document);
            let documents: Vec<_> = documents.into_iter().map(|(id, score, _)| (id, score)).collect();
            prop_assert_eq!(documents, best, "{}", text);
        }
    }

    #[test]
    fn a_passage_matches_alone_as_it_does_in_a_search(texts in texts(1..4)) {
        let (_folder, engine) = built(&texts);
        for text in ["alpha AND beta", "gamma -delta", "\"alpha beta\" OR zeta"] {
            let asked = request(text, 1000, Group::Passage);
            let hits = engine.search(&asked).expect("an answer").hits;
            let mut found: Vec<String> = hits.into_iter().map(|hit| hit.passage.id).collect();
            found.sort();
            let mut alone = Vec::new();
            for number in 0..texts.len() {
                let id = format!("{number:05}.txt");
                let matching = engine.matching_passages(&asked.query, &id).expect("an answer");
                alone.extend(matching.into_iter().map(|passage| format!("{id}#{passage}")));
            }
            prop_assert_eq!(alone, found, "{}", text);
        }
    }
}

#[test]
fn neighbours_of_a_branch_that_does_not_match_add_nothing() {
    let texts = documents(&[&["bravo charlie delta"], &["other"], &["words"]]);
    let (_folder, engine) = built(&texts);
    let asked = Request { explain: true, ..request("(+alpha bravo charlie) OR delta", 10, Group::Passage) };
    let hits = engine.search(&asked).expect("an answer").hits;
    let shares = &hits[0].explanation.as_ref().expect("it was asked for").shares;
    let delta = shares.iter().find(|share| share.clauses == [3]).expect("delta matches");
    assert!((delta.score - hits[0].score).abs() < f32::EPSILON, "{shares:?}");
}

#[test]
fn segments_unlike_the_index_lose_nothing_to_pruning() {
    let folder = tempfile::tempdir().expect("a folder");
    let with = |zetas: usize, others: usize| format!("{}{}", "zeta ".repeat(zetas), "filler ".repeat(others));
    let long = (0..3000).map(|_| with(0, 150));
    let middling = (0..1200).map(|_| with(3, 17));
    let later = (0..1270).map(|at| if at % 127 == 64 { with(5, 15) } else { with(1, 0) });
    let texts: Documents = long.chain(middling).chain(later).map(|text| vec![text]).collect();
    let engine = index(folder.path(), &texts, 4_200, 10_000);
    let first: Vec<_> = found(&engine, "zeta", 12, Group::Passage);
    assert_eq!(first, found(&engine, "zeta", 3000, Group::Passage)[..12]);
}

#[test]
fn an_offset_beyond_every_number_gives_nothing() {
    let (_folder, engine) = built(&documents(&[&["alpha"]]));
    let asked = Request { offset: usize::MAX, ..request("alpha", 10, Group::Passage) };
    assert!(engine.search(&asked).expect("an answer").hits.is_empty());
}

#[test]
fn a_query_is_widened_by_words_that_its_first_hits_share() {
    let mut texts: Documents = (0..40).map(|at| vec![format!("filler number{at} text")]).collect();
    texts.extend((0..3).map(|at| vec![format!("rocket engine propellant case{at}")]));
    texts.push(vec!["propellant engine alone".to_owned()]);
    let folder = tempfile::tempdir().expect("a folder");
    let engine = index(folder.path(), &texts, 100, 1000);
    let asked = request("rocket", 10, Group::Document);
    let first = engine.search(&asked).expect("an answer").hits;
    assert_eq!(first.len(), 3);
    let widened = engine.widened(&asked.query, &first).expect("a query");
    let words = widened.to_string();
    assert!(
        words.starts_with("rocket") && words.contains("propellant^") && words.contains("engine^"),
        "{words}"
    );
    assert!(!words.contains("case0") && !words.contains("filler"), "{words}");
    let hits = engine.search(&Request { query: widened, ..asked }).expect("an answer").hits;
    assert_eq!(hits.last().map(|hit| hit.document.id.to_string()), Some("00043.txt".to_owned()));
    let like = engine.like(&first[..1]).expect("a query").to_string();
    assert!(like.contains("propellant") && !like.contains("number"), "{like}");
}
