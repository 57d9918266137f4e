//! JSON Lines files: each line a document, added, replaced and removed by itself.

use insta::assert_snapshot;

use crate::harness::Corpus;

/// A file of three documents.
pub const WIRE: &str = r#"{"id":"one","title":"First","text":"The first report."}
{"id":"two","text":"The second report."}
{"id":"three","text":"The third report."}
"#;

#[test]
fn json_lines_are_documents() {
    let corpus = Corpus::with(&[("docs/wire.jsonl", WIRE)]);
    assert_snapshot!(corpus.run("index docs"), @r"
    exit 0
    stderr:
    tidings: added 3, changed 0, removed 0, unchanged 0, skipped 0, failed 0
    ");
    assert_snapshot!(corpus.run("index docs"), @r"
    exit 0
    stderr:
    tidings: added 0, changed 0, removed 0, unchanged 3, skipped 0, failed 0
    ");
    assert_eq!(corpus.found("second"), ["docs/wire.jsonl#two#0"]);
}

#[test]
fn broken_lines_are_told_with_their_numbers_and_the_rest_goes_on() {
    let lines = "{\"id\":\"a\",\"text\":\"good\"}\n{\"id\":\"b\",\n[1]\n{\"id\":\"a\",\"text\":\"again\"}\n\n{\"id\":\"c\",\"text\":\"good\"}\n";
    let corpus = Corpus::with(&[("docs/wire.jsonl", lines)]);
    assert_snapshot!(corpus.run("index docs"), @r"
    exit 3
    stderr:
    tidings: docs/wire.jsonl:2: malformed JSON at column 10: EOF while parsing a value
    tidings: docs/wire.jsonl:3: malformed JSON at column 1: expected an object
    tidings: docs/wire.jsonl:4: its id stands on line 1 already; give it another
    tidings: added 2, changed 0, removed 0, unchanged 0, skipped 0, failed 3
    ");
    assert_snapshot!(corpus.run("index docs"), @r"
    exit 3
    stderr:
    tidings: docs/wire.jsonl:2: malformed JSON at column 10: EOF while parsing a value
    tidings: docs/wire.jsonl:3: malformed JSON at column 1: expected an object
    tidings: docs/wire.jsonl:4: its id stands on line 1 already; give it another
    tidings: added 0, changed 0, removed 0, unchanged 2, skipped 0, failed 3
    ");
    assert_eq!(corpus.found("good"), ["docs/wire.jsonl#a#0", "docs/wire.jsonl#c#0"]);
    assert_snapshot!(corpus.run("status --failed"), @"
    exit 0
    stdout:
    index      index (format 6)
    updated    [time]
    sources    docs
    documents  2 (48 B)
    passages   2
    formats    jsonl 2 (48 B, 2 passages)
    languages  unknown 2
    on disk    [bytes]
    segments   [segments]
    skipped    0
    failed     3 (2 malformed JSON, 1 its id stands)

    failed: docs/wire.jsonl:2: malformed JSON at column 10: EOF while parsing a value
    failed: docs/wire.jsonl:3: malformed JSON at column 1: expected an object
    failed: docs/wire.jsonl:4: its id stands on line 1 already; give it another
    ");
    corpus.write("docs/wire.jsonl", "{\"id\":\"a\",\"text\":\"good\"}\n{\"id\":\"b\",\"text\":\"mended\"}\n");
    assert_snapshot!(corpus.run("index docs"), @r"
    exit 0
    stderr:
    tidings: added 1, changed 0, removed 1, unchanged 1, skipped 0, failed 0
    ");
    assert_eq!(corpus.found("mended"), ["docs/wire.jsonl#b#0"]);
}

#[test]
fn an_appended_line_is_added_alone() {
    let corpus = Corpus::with(&[("docs/wire.jsonl", WIRE)]);
    corpus.run("index docs");
    corpus.write("docs/wire.jsonl", format!("{WIRE}{{\"id\":\"four\",\"text\":\"The fourth report.\"}}\n"));
    assert_snapshot!(corpus.run("index docs"), @r"
    exit 0
    stderr:
    tidings: added 1, changed 0, removed 0, unchanged 3, skipped 0, failed 0
    ");
}

#[test]
fn a_line_that_is_gone_is_removed_alone() {
    let corpus = Corpus::with(&[("docs/wire.jsonl", WIRE)]);
    corpus.run("index docs");
    let (rest, _) = WIRE.trim_end().rsplit_once('\n').unwrap();
    corpus.write("docs/wire.jsonl", rest);
    assert_snapshot!(corpus.run("index docs"), @r"
    exit 0
    stderr:
    tidings: added 0, changed 0, removed 1, unchanged 2, skipped 0, failed 0
    ");
    assert_eq!(corpus.found("--sort path report"), ["docs/wire.jsonl#one#0", "docs/wire.jsonl#two#0"]);
}

#[test]
fn a_line_that_changed_is_replaced_and_those_behind_it_move() {
    let corpus = Corpus::with(&[("docs/wire.jsonl", WIRE)]);
    corpus.run("index docs");
    corpus.write("docs/wire.jsonl", WIRE.replace("second", "next"));
    assert_snapshot!(corpus.run("index docs"), @r"
    exit 0
    stderr:
    tidings: added 0, changed 2, removed 0, unchanged 1, skipped 0, failed 0
    ");
    assert_eq!(corpus.found("next"), ["docs/wire.jsonl#two#0"]);
    let third = &corpus.hits("third")[0]["passage"]["location"];
    let start = third["bytes"]["start"].as_u64().unwrap();
    assert!(WIRE.replace("second", "next")[start.try_into().unwrap()..].starts_with("The third"), "{third}");
}

#[test]
fn a_container_that_is_gone_takes_its_documents_along() {
    let corpus = Corpus::with(&[("docs/wire.jsonl", WIRE), ("docs/a.txt", "Stays.")]);
    corpus.run("index docs");
    corpus.remove("docs/wire.jsonl");
    assert_snapshot!(corpus.run("index docs"), @r"
    exit 0
    stderr:
    tidings: added 0, changed 0, removed 3, unchanged 1, skipped 0, failed 0
    ");
}

#[test]
fn a_container_that_becomes_text_is_one_document() {
    let corpus = Corpus::with(&[("docs/wire", WIRE)]);
    assert_snapshot!(corpus.run("index docs"), @r"
    exit 0
    stderr:
    tidings: added 3, changed 0, removed 0, unchanged 0, skipped 0, failed 0
    ");
    corpus.write("docs/wire", "Now this is a text about a report.");
    assert_snapshot!(corpus.run("index docs"), @r"
    exit 0
    stderr:
    tidings: added 1, changed 0, removed 3, unchanged 0, skipped 0, failed 0
    ");
    assert_eq!(corpus.found("report"), ["docs/wire#0"]);
}

#[test]
fn json_lines_come_through_standard_input_too() {
    let corpus = Corpus::with(&[]);
    assert_snapshot!(corpus.run_with("index -", WIRE), @r"
    exit 0
    stderr:
    tidings: added 3, changed 0, removed 0, unchanged 0, skipped 0, failed 0
    ");
    assert_eq!(corpus.found("second"), ["-#two#0"]);
}
