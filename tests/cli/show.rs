//! `show`: documents and passages as the index has them.

use insta::assert_snapshot;

use crate::harness::Corpus;

#[test]
fn a_document_is_shown_with_its_facts() {
    assert_snapshot!(Corpus::desk().run("show docs/news.md"), @r"
    exit 0
    stdout:
    id: docs/news.md
    title: Warning link to start in December
    date: 2023-11-12
    language: en
    format: markdown
    state: indexed, 2 passages
    desk: Asia

    Warning link to start in December

    The three ministers agreed to share missile warning data in real time.

    What is next

    Exercises begin in January. The warning data flows through a new link, and launches are told of at once.
    ");
    assert_snapshot!(Corpus::desk().run("show ./docs/page.html"), @"
    exit 0
    stdout:
    id: docs/page.html
    title: Fact sheet: sharing data
    date: 2023-11-20
    language: en
    format: html
    state: indexed, 1 passage

    Sharing data

    Radars send warning data to a & b.
    ");
}

#[test]
fn a_record_and_its_passage_are_shown() {
    let corpus = Corpus::desk();
    assert_snapshot!(corpus.run("show docs/wire.jsonl#w-1"), @"
    exit 0
    stdout:
    id: docs/wire.jsonl#w-1
    title: Summit
    date: 2023-08-18
    language: en
    format: jsonl
    state: indexed, 1 passage
    slug: summit

    The summit agreed on a warning of missile launches.
    ");
    assert_snapshot!(corpus.run("show 'docs/wire.jsonl#w 2#0'"), @"
    exit 0
    stdout:
    id: docs/wire.jsonl#w 2
    title: Weather
    date: 2023-11-14
    format: jsonl
    state: indexed, 1 passage

    [line 2]
    A storm warning for the coast.
    ");
}

#[test]
fn a_passage_is_shown_as_json() {
    assert_snapshot!(Corpus::desk().run("show docs/note.txt#0 --json"), @r#"
    exit 0
    stdout:
    {"document":{"date":"2023-11-14","date_source":"modified","fingerprint":{"analyzer":3,"content":"914ee915a02a8f3b7c75a9862b91780f","extractor":513},"format":"text","id":"docs/note.txt","language":"en","modified":1700000120000000000,"passages":1,"path":"docs/note.txt","size":128,"state":"indexed","tokens":23},"passages":[{"headings":[],"id":"docs/note.txt#0","location":{"bytes":{"end":127,"start":0},"kind":"lines","lines":{"end":4,"start":1}},"ordinal":0,"text":"Minutes of the desk, 13 November.\n\nWe write missile-warning with a hyphen.\nThe link was launched late; nobody's café was open."}]}
    "#);
}

#[test]
fn the_ids_that_search_gives_can_be_shown() {
    let corpus = Corpus::desk();
    for hit in corpus.hits("--limit 100 '*'") {
        let id = hit["passage"]["id"].as_str().unwrap();
        let shown = corpus.run(&format!("show --json '{id}'"));
        assert_eq!(shown.json_lines()[0]["passages"][0]["text"], hit["text"], "{id}");
    }
}

#[test]
fn what_is_not_there_is_said() {
    let corpus = Corpus::desk();
    assert_snapshot!(corpus.run("show docs/nowhere.md"), @r"
    exit 1
    stderr:
    tidings: docs/nowhere.md: no such document in the index; `tidings status docs/nowhere.md` may say why
    ");
    assert_snapshot!(corpus.run("show docs/news.md#77"), @r"
    exit 1
    stderr:
    tidings: docs/news.md: has 2 passages, numbered from 0
    ");
}
