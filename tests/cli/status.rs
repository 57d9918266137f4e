//! `status`: what is in the index, what is not, and why.

use insta::assert_snapshot;

use crate::harness::Corpus;

fn mixed() -> Corpus {
    let corpus = Corpus::desk();
    corpus.write("docs/image.png", b"\x89PNG\r\n\x1a\n\0\0");
    corpus.write("docs/broken.jsonl", "{\"id\":\"a\",\"text\":\"fine\"}\n{\n");
    corpus.write("docs/.gitignore", "*.log\n");
    corpus.write("docs/a.log", "Logged.");
    std::fs::create_dir(corpus.path(".git")).unwrap();
    corpus.run("index docs");
    corpus
}

#[test]
fn a_fresh_index_has_no_deleted_entries() {
    let corpus = mixed();
    let deleted = || corpus.run("status --json").json_lines()[0]["deleted"].clone();
    assert_eq!(deleted(), 0);
    corpus.write("docs/broken.jsonl", "{\"id\":\"a\",\"text\":\"fine\"}\n");
    corpus.run("index docs");
    assert_ne!(deleted(), 0);
}

#[test]
fn the_whole_index_is_summed_up() {
    assert_snapshot!(mixed().run("status"), @"
    exit 0
    stdout:
    index      index (format 6)
    updated    [time]
    sources    docs
    documents  7 (982 B)
    passages   8
    formats    jsonl 3 (252 B, 3 passages)
               text 2 (162 B, 2 passages)
               html 1 (260 B, 1 passage)
               markdown 1 (308 B, 2 passages)
    languages  en 4, unknown 2, ko 1
    on disk    [bytes]
    segments   [segments]
    skipped    1 (1 binary)
    failed     1 (1 malformed JSON)

    failed: docs/broken.jsonl:2: malformed JSON at column 1: EOF while parsing an object
    skipped: docs/image.png: binary
    ");
}

#[test]
fn the_whole_index_is_summed_up_as_json() {
    assert_snapshot!(mixed().run("status --json"), @r#"
    exit 0
    stdout:
    {"index":"index","format_version":6,"generation":[generation],"dictionaries":[],"updated":"[time]","roots":["docs"],"documents":7,"passages":8,"skipped":1,"failed":1,"segments":[segments],"deleted":[deleted],"bytes":{"columns":[bytes]},"source_bytes":982,"formats":{"html":1,"jsonl":3,"markdown":1,"text":2},"by_format":{"html":{"documents":1,"bytes":260,"passages":1},"jsonl":{"documents":3,"bytes":252,"passages":3},"markdown":{"documents":1,"bytes":308,"passages":2},"text":{"documents":2,"bytes":162,"passages":2}},"languages":{"en":4,"ko":1,"unknown":2},"reasons":{"skipped":{"binary":1},"failed":{"malformed JSON":1}},"left_out":[{"path":"docs/broken.jsonl:2","state":"failed","reason":"malformed JSON at column 1: EOF while parsing an object"},{"path":"docs/image.png","state":"skipped","reason":"binary"}]}
    "#);
}

#[test]
fn of_one_path_it_says_what_became_of_it() {
    let corpus = mixed();
    corpus.write("docs/later.txt", "Not read yet.");
    corpus.write("elsewhere.txt", "In no root.");
    let paths = [
        "docs/news.md",
        "./docs/news.md",
        "docs/wire.jsonl",
        "'docs/wire.jsonl#w 2'",
        "docs/broken.jsonl",
        "docs/broken.jsonl:2",
        "docs/image.png",
        "docs/a.log",
        "docs/.gitignore",
        "docs/later.txt",
        "elsewhere.txt",
        "nowhere.txt",
    ];
    let mut told = String::new();
    for path in paths {
        let run = corpus.run(&format!("status {path}"));
        told += &format!("{} {}{}", run.code, run.out(), run.err());
    }
    assert_snapshot!(told, @"
    0 docs/news.md: indexed, 2 passages
    0 docs/news.md: indexed, 2 passages
    0 docs/wire.jsonl: indexed, 2 documents
    0 docs/wire.jsonl#w 2: indexed, 1 passage
    0 docs/broken.jsonl: indexed, 1 document, 1 line failed
    1 docs/broken.jsonl:2: failed: malformed JSON at column 1: EOF while parsing an object
    1 docs/image.png: skipped: binary
    1 docs/a.log: skipped: ignored by docs/.gitignore (*.log)
    1 docs/.gitignore: skipped: hidden; use --hidden
    1 docs/later.txt: unknown: not read yet; run `tidings index`
    1 elsewhere.txt: skipped: outside every folder that was scanned
    1 nowhere.txt: unknown: no such file, and not in the index
    ");
}

#[test]
fn of_one_path_it_says_it_as_json_too() {
    let corpus = mixed();
    assert_snapshot!(corpus.run("status --json docs/note.txt"), @r#"
    exit 0
    stdout:
    {"path":"docs/note.txt","reason":null,"record":{"date":"2023-11-14","date_source":"modified","fingerprint":{"analyzer":3,"content":"914ee915a02a8f3b7c75a9862b91780f","extractor":513},"format":"text","id":"docs/note.txt","language":"en","modified":1700000120000000000,"passages":1,"path":"docs/note.txt","size":128,"state":"indexed","tokens":23},"state":"indexed"}
    "#);
    assert_snapshot!(corpus.run("status --json nowhere.txt"), @r#"
    exit 1
    stdout:
    {"path":"nowhere.txt","reason":"no such file, and not in the index","record":null,"state":"unknown"}
    "#);
}

#[test]
fn skipped_and_failed_sources_are_listed() {
    let corpus = mixed();
    assert_snapshot!(corpus.run("status --skipped"), @"
    exit 0
    stdout:
    index      index (format 6)
    updated    [time]
    sources    docs
    documents  7 (982 B)
    passages   8
    formats    jsonl 3 (252 B, 3 passages)
               text 2 (162 B, 2 passages)
               html 1 (260 B, 1 passage)
               markdown 1 (308 B, 2 passages)
    languages  en 4, unknown 2, ko 1
    on disk    [bytes]
    segments   [segments]
    skipped    1 (1 binary)
    failed     1 (1 malformed JSON)

    skipped: docs/image.png: binary
    ");
    for number in 0..20 {
        corpus.write(&format!("docs/many/{number:02}.bin"), b"\0\0");
    }
    corpus.run("index docs");
    let listed = |arguments: &str| corpus.run(arguments).out().matches(": binary").count();
    assert!(listed("status") < 15);
    assert_eq!(listed("status --skipped"), 21);
    assert_eq!(listed("status --failed"), 0);
}

#[test]
fn of_an_index_without_documents_no_row_is_left_without_a_value() {
    let corpus = Corpus::with(&[("docs/blob.bin", "\0\0\0\0")]);
    assert_eq!(corpus.run("index docs").code, 0);
    let run = corpus.run("status");
    assert_eq!(run.code, 0, "{run}");
    assert!(run.out().contains("documents  0 ") && !run.out().contains("languages"), "{run}");
    assert!(run.out().lines().all(|line| line.trim_end() == line), "{run}");
}
