//! `like`: passages that are like a document, or like one of its passages.

use insta::assert_snapshot;

use super::{begin, harbour};

#[test]
fn the_document_itself_is_left_out() {
    let corpus = harbour();
    assert_snapshot!(corpus.run("like docs/harbour.md --snippet 0"), @r"
    exit 0
    stdout:
    1. Coast guard  docs/coast.md:5  2023-11-14
       Pilots

    2. Coast guard  docs/coast.md:1  2023-11-14

    3. pilots.txt  docs/pilots.txt:1  2023-11-14
    ");
    assert_snapshot!(corpus.run("like ./docs/harbour.md --format paths"), @r"
    exit 0
    stdout:
    docs/coast.md
    docs/pilots.txt
    ");
}

#[test]
fn only_the_words_of_a_passage_count_where_one_is_named() {
    let corpus = harbour();
    assert_snapshot!(corpus.run("like docs/coast.md#1 --limit 1 --snippet 0 --explain"), @r"
    exit 0
    stdout:
    any of
      coast
      guard
      pilots^0.915
      look^0.545
      radar^0.545
      boats^0.367
      storm^0.367

    1. pilots.txt  docs/pilots.txt:1  2023-11-14
         2.237 score
         1.199   pilots: Pilots
         0.714   look: look
         0.324   storm: storm
                 not found: coast, guard, radar, boats
    ");
    let run = corpus.run("like docs/coast.md#1 --json");
    assert!(run.hits().iter().all(|hit| hit["document"]["id"] != "docs/coast.md"), "{run}");
    assert_eq!(begin(&run)["query_text"], "docs/coast.md#1");
}

#[test]
fn its_hits_are_narrowed_grouped_and_counted_as_those_of_a_search() {
    let corpus = harbour();
    let found = |arguments: &str| {
        corpus.run(&format!("like docs/coast.md --format paths {arguments}")).out().to_owned()
    };
    assert_eq!(found("--filter format:text"), "docs/pilots.txt\n");
    assert_eq!(found("--filter 'lang:ko'"), "");
    assert_eq!(corpus.run("like docs/coast.md --count --group document").out(), "2\n");
    let run = corpus.run("like docs/coast.md --json --explain --facets format --qid q7");
    corpus.assert_fits_schema(&run);
    assert_eq!(begin(&run)["qid"], "q7");
}

#[test]
fn what_has_nothing_to_go_by_says_why() {
    let corpus = harbour();
    corpus.write("docs/lone.txt", "Xylophone.\n");
    corpus.write("docs/wire.jsonl", "{\"id\": \"a\", \"text\": \"A storm.\"}\n");
    corpus.write("docs/photo.txt", "\u{0}\u{1}\u{2}");
    assert_eq!(corpus.run("index docs").code, 0);
    assert_snapshot!(corpus.run("like docs/nowhere.md"), @r"
    exit 1
    stderr:
    tidings: docs/nowhere.md: no such document in the index; `tidings status docs/nowhere.md` may say why
    ");
    assert_snapshot!(corpus.run("like docs/harbour.md#7"), @r"
    exit 1
    stderr:
    tidings: docs/harbour.md: has 2 passages, numbered from 0
    tidings: nothing found
    ");
    assert_snapshot!(corpus.run("like docs/lone.txt"), @r"
    exit 1
    stderr:
    tidings: nothing found
    ");
    assert_snapshot!(corpus.run("like docs/wire.jsonl"), @r"
    exit 1
    stderr:
    tidings: docs/wire.jsonl: has no text of its own, but 1 document; name one of them
    tidings: nothing found
    ");
    assert_snapshot!(corpus.run("like docs/photo.txt"), @r"
    exit 1
    stderr:
    tidings: docs/photo.txt: skipped: binary
    tidings: nothing found
    ");
    assert_snapshot!(corpus.run("like docs/wire.jsonl --json"), @r#"
    exit 1
    stdout:
    {"type":"begin","data":{"version":1,"query_text":"docs/wire.jsonl","query":"","tree":{"or":[]},"generation":[generation]}}
    {"type":"summary","data":{"hits":0,"hits_exact":true,"returned":0,"complete":true,"elapsed_ms":[ms]}}
    stderr:
    tidings: docs/wire.jsonl: has no text of its own, but 1 document; name one of them
    "#);
}
