//! `eval`: the measures of a collection whose answers are known.

use crate::harness::Corpus;

fn collection() -> Corpus {
    let corpus = [
        r#"{"_id":"a","title":"Radars","text":"A radar sees the launch of a missile."}"#,
        r#"{"_id":"b","title":"Weather","text":"A storm crosses the coast."}"#,
        r#"{"_id":"c#1","title":"Drills","text":"Each launch is rehearsed in a drill, and each launch is told of."}"#,
    ];
    Corpus::with(&[
        ("small/corpus.jsonl", &corpus.join("\n")),
        (
            "small/queries.jsonl",
            "{\"_id\":\"1\",\"text\":\"launch?\"}\n{\"_id\":\"2\",\"text\":\"storm AND (\"}\n{\"_id\":\"3\",\"text\":\"radar\"}\n",
        ),
        ("small/qrels.tsv", "1 0 c#1 1\n1 0 a 0\n2 0 b 1\n9 0 a 1\n"),
    ])
}

#[test]
fn a_collection_is_measured_over_the_queries_that_are_judged() {
    let run = collection().run("eval small");
    // Query 9 is judged and not asked, so it counts as 0; query 3 is asked and not judged.
    insta::assert_snapshot!(run, @"
    exit 0
    stdout:
    collection            nDCG@10      MAP    R@100     P@10   MRR@10  queries
    small                  0.6667   0.6667   0.6667   0.0667   0.6667        3
    ");
}

#[test]
fn several_collections_have_means_and_json_has_names() {
    let corpus = collection();
    let run = corpus.run("eval small small/../small");
    assert!(run.out().lines().last().unwrap().starts_with("mean "), "{run}");
    let run = corpus.run("eval --json small");
    let measured = &run.json_lines()[0];
    assert_eq!((measured["collection"].as_str(), measured["queries"].as_u64()), (Some("small"), Some(3)));
    assert!(measured["ndcg_10"].as_f64().unwrap() > 0.6, "{measured}");
}

#[test]
fn what_is_no_collection_is_told_before_anything_is_measured() {
    let corpus = collection();
    corpus.write("empty/qrels.tsv", "1 0 a 1\n");
    insta::assert_snapshot!(corpus.run("eval small empty"), @"
    exit 2
    stderr:
    tidings: empty/queries.jsonl: not found; see `tidings help eval`
    ");
    corpus.remove("empty/qrels.tsv");
    insta::assert_snapshot!(corpus.run("eval empty"), @"
    exit 2
    stderr:
    tidings: empty/qrels.tsv: not found; see `tidings help eval`
    ");
    corpus.write("small/qrels.tsv", "1 0 a 0\n");
    insta::assert_snapshot!(corpus.run("eval small"), @"
    exit 2
    stderr:
    tidings: small: no query has a relevant document in qrels.tsv
    ");
}

#[test]
fn no_table_is_begun_for_a_collection_without_documents() {
    let corpus = collection();
    corpus.write("small/corpus.jsonl", "\n");
    insta::assert_snapshot!(corpus.run("eval small"), @"
    exit 2
    stderr:
    tidings: small/corpus.jsonl: no document in it
    ");
}
