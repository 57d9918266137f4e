//! `why-not`: which part of a query keeps a document out, and where it stands if none does.

use insta::assert_snapshot;

use super::harbour;
use crate::harness::Corpus;

#[test]
fn each_reason_is_told() {
    let corpus = harbour();
    let mut told = String::new();
    for query in [
        "zebra",
        "zebra hippo",
        "+radar +zebra +hippo",
        "radar AND (zebra OR hippo)",
        "radar lang:ko date:2020 -lang:en",
        "title:zebra",
        "radar -boats",
        "-storm",
        "NOT (storm OR radar)",
        "+gale +pilots",
        "gale AND storm AND radar",
        "+gale +storm -sank",
        "the zebra",
        "\"radar the\"",
    ] {
        let run = corpus.run(&format!("why-not docs/coast.md -- '{query}'"));
        told += &format!("{query}: {run}");
    }
    assert_snapshot!(told, @r#"
    zebra: exit 1
    stdout:
    docs/coast.md: not found
      `zebra` matches no passage
    zebra hippo: exit 1
    stdout:
    docs/coast.md: not found
      `zebra` matches no passage
      `hippo` matches no passage
    +radar +zebra +hippo: exit 1
    stdout:
    docs/coast.md: not found
      `zebra` matches no passage
      `hippo` matches no passage
    radar AND (zebra OR hippo): exit 1
    stdout:
    docs/coast.md: not found
      `zebra` matches no passage
      `hippo` matches no passage
    radar lang:ko date:2020 -lang:en: exit 1
    stdout:
    docs/coast.md: not found
      `lang:ko` does not hold
      `date:2020` does not hold
    title:zebra: exit 1
    stdout:
    docs/coast.md: not found
      `title:zebra` matches no passage
    radar -boats: exit 1
    stdout:
    docs/coast.md: not found
      `boats` is excluded, and matches passage #1
    -storm: exit 0
    stdout:
    docs/coast.md: found, document 1 in the ranking
    NOT (storm OR radar): exit 0
    stdout:
    docs/coast.md: found, document 1 in the ranking
    +gale +pilots: exit 1
    stdout:
    docs/coast.md: not found
      no passage has all of it: `gale` matches passage #0, `pilots` matches passage #1; `search --within document` looks at whole documents
    gale AND storm AND radar: exit 1
    stdout:
    docs/coast.md: not found
      no passage has all of it: `gale` matches passage #0, `storm` matches passage #1, `radar` matches passage #1; `search --within document` looks at whole documents
    +gale +storm -sank: exit 1
    stdout:
    docs/coast.md: not found
      no passage has all of it: `gale` matches passage #0, `storm` matches passage #1; `search --within document` looks at whole documents
    the zebra: exit 1
    stdout:
    docs/coast.md: not found
      `zebra` matches no passage
    "radar the": exit 1
    stdout:
    docs/coast.md: not found
      `"radar the"` matches no passage
    "#);
}

#[test]
fn each_reason_is_told_once() {
    let corpus = harbour();
    let mut told = String::new();
    for query in ["zulu zulu (zulu OR yankee)", "+gale +pilots +gale", "+zulu radar (lang:ko zulu) +lang:ko"]
    {
        let run = corpus.run(&format!("why-not docs/coast.md -- '{query}'"));
        told += &format!("{query}: {run}");
    }
    assert_snapshot!(told, @r"
    zulu zulu (zulu OR yankee): exit 1
    stdout:
    docs/coast.md: not found
      `zulu` matches no passage
      `yankee` matches no passage
    +gale +pilots +gale: exit 1
    stdout:
    docs/coast.md: not found
      no passage has all of it: `gale` matches passage #0, `pilots` matches passage #1; `search --within document` looks at whole documents
    +zulu radar (lang:ko zulu) +lang:ko: exit 1
    stdout:
    docs/coast.md: not found
      `zulu` matches no passage
      `lang:ko` does not hold
    ");
}

#[test]
fn facts_that_no_document_states_are_told_of() {
    let corpus = harbour();
    assert_snapshot!(corpus.run("why-not docs/coast.md 'gale meta.zzz:1'"), @r"
    exit 1
    stdout:
    docs/coast.md: not found
      `meta.zzz:1` does not hold
    stderr:
    tidings: meta.zzz: no document states this; `tidings show` tells what a document states
    ");
}

#[test]
fn each_reason_has_its_kind_in_json() {
    let corpus = harbour();
    let mut told = String::new();
    for query in ["zebra", "radar lang:ko", "radar -boats", "+gale +pilots", "gale"] {
        told += corpus.run(&format!("why-not docs/coast.md --json -- '{query}'")).out();
    }
    told += corpus.run("why-not docs/nowhere.md --json gale").out();
    assert_snapshot!(told, @r#"
    {"document":"docs/coast.md","found":false,"reasons":[{"clause":"zebra","kind":"absent"}]}
    {"document":"docs/coast.md","found":false,"reasons":[{"clause":"lang:ko","kind":"condition"}]}
    {"document":"docs/coast.md","found":false,"reasons":[{"clause":"boats","kind":"excluded","passages":[1]}]}
    {"document":"docs/coast.md","found":false,"reasons":[{"kind":"apart","parts":[{"clause":"gale","passages":[0]},{"clause":"pilots","passages":[1]}]}]}
    {"document":"docs/coast.md","found":true,"rank":2}
    {"document":"docs/nowhere.md","found":false,"reasons":[{"kind":"not_indexed","reason":"unknown: no such file, and not in the index"}]}
    "#);
}

#[test]
fn a_document_that_is_found_has_its_rank() {
    let corpus = harbour();
    let ranked: Vec<_> = corpus
        .hits("--group document storm warning")
        .iter()
        .map(|hit| hit["document"]["id"].clone())
        .collect();
    assert_eq!(ranked.len(), 3);
    for (rank, id) in (1..).zip(&ranked) {
        let id = id.as_str().unwrap();
        let run = corpus.run(&format!("why-not {id} storm warning"));
        assert_eq!((run.code, run.out()), (0, &*format!("{id}: found, document {rank} in the ranking\n")));
    }
    let run = corpus.run("why-not docs/coast.md --phrase --json 'gale warning'");
    assert_eq!(
        run.json_lines(),
        [serde_json::json!({"document": "docs/coast.md", "found": true, "rank": 1})]
    );
}

#[test]
fn the_query_text_is_read_as_for_a_search() {
    let corpus = harbour();
    assert_eq!(corpus.run("why-not docs/coast.md --all gale pilots").code, 1);
    assert_eq!(corpus.run("why-not docs/coast.md --words -- -gale").code, 0);
    let refused = corpus.run("why-not docs/coast.md 'gale AND'");
    assert_eq!((refused.code, refused.err()), (2, corpus.run("search 'gale AND'").err()));
    assert_eq!(corpus.run("why-not docs/coast.md").code, 2);
    assert_eq!(corpus.run("--index nowhere why-not docs/coast.md gale").code, 4);
}

#[test]
fn what_is_not_indexed_has_the_reason_of_status() {
    let corpus = Corpus::with(&[
        ("docs/a.txt", "A storm."),
        ("docs/photo.txt", "\u{0}\u{1}\u{2}"),
        ("docs/broken.zip", "PK\u{3}\u{4} and no more"),
        ("docs/old.bak", "A storm."),
        ("docs/.ignore", "*.bak\n"),
        ("docs/wire.jsonl", "{\"id\": \"a\", \"text\": \"A storm.\"}\n{\"id\": \n"),
        ("docs/empty.txt", ""),
    ]);
    corpus.run("index docs");
    corpus.write("docs/new.txt", "A storm.");
    let mut told = String::new();
    for id in [
        "docs/photo.txt",
        "docs/broken.zip",
        "docs/old.bak",
        "docs/wire.jsonl",
        "docs/wire.jsonl#a",
        "docs/wire.jsonl#b",
        "docs/wire.jsonl:2",
        "docs/empty.txt",
        "docs/new.txt",
        "docs/nowhere.txt",
        "docs",
        "./docs//a.txt",
        "docs/a.txt#0",
    ] {
        let run = corpus.run(&format!("why-not {id} storm"));
        told += &format!("{} {}", run.code, run.out());
        assert_eq!(run.err(), "");
    }
    assert_snapshot!(told, @r"
    1 docs/photo.txt: skipped: binary
    1 docs/broken.zip: failed: not a readable zip archive: it is cut off, or its directory of members is missing
    1 docs/old.bak: skipped: ignored by docs/.ignore (*.bak)
    1 docs/wire.jsonl: has no text of its own, but 1 document, 1 line failed; name one of them
    0 docs/wire.jsonl#a: found, document 2 in the ranking
    1 docs/wire.jsonl#b: unknown: no such file, and not in the index
    1 docs/wire.jsonl:2: failed: malformed JSON at column 7: EOF while parsing a value
    1 docs/empty.txt: has no text
    1 docs/new.txt: unknown: not read yet; run `tidings index`
    1 docs/nowhere.txt: unknown: no such file, and not in the index
    1 docs: a folder, with 3 files under it, skipped 1, failed 1; name a document
    0 docs/a.txt: found, document 1 in the ranking
    0 docs/a.txt: found, document 1 in the ranking
    ");
}
