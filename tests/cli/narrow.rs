//! `search`: sizes and stated facts as conditions, `--filter`, and `--facets`.

use insta::assert_snapshot;
use serde_json::Value;

use crate::harness::Corpus;

#[test]
fn sizes_and_stated_facts_restrict() {
    let corpus = Corpus::desk();
    let mut found = String::new();
    for query in [
        "size:<100",
        "size:100..1KB",
        "size:>=1KB",
        "meta.desk:asia",
        "meta.desk:\"As*\" link",
        "meta.slug:*",
        "-meta.slug:* -meta.desk:*",
        "meta.nothing:*",
        "meta.desk:>=2023",
    ] {
        found += &format!("{query}: {}\n", corpus.found(&format!("--sort path -- '{query}'")).join(", "));
    }
    assert_snapshot!(found, @r#"
    size:<100: docs/ko/note.txt#0, docs/wire.jsonl#w 2#0
    size:100..1KB: docs/news.md#0, docs/news.md#1, docs/note.txt#0, docs/page.html#0, docs/wire.jsonl#w-1#0
    size:>=1KB: 
    meta.desk:asia: docs/news.md#0, docs/news.md#1
    meta.desk:"As*" link: docs/news.md#0, docs/news.md#1
    meta.slug:*: docs/wire.jsonl#w-1#0
    -meta.slug:* -meta.desk:*: docs/ko/note.txt#0, docs/note.txt#0, docs/page.html#0, docs/wire.jsonl#w 2#0
    meta.nothing:*: 
    meta.desk:>=2023:
    "#);
}

#[test]
fn facts_that_no_document_states_are_told_of() {
    let corpus = Corpus::desk();
    assert_snapshot!(corpus.run("search --count --filter meta.slugs:a meta.dsk:Asia OR meta.Desk:Asia"), @r"
    exit 1
    stdout:
    0
    stderr:
    tidings: meta.slugs: no document states this; `tidings show` tells what a document states
    tidings: meta.dsk: no document states this; `tidings show` tells what a document states
    ");
}

#[test]
fn facts_to_count_by_that_no_document_states_are_told_of() {
    let corpus = Corpus::desk();
    let told = |key| {
        format!("tidings: meta.{key}: no document states this; `tidings show` tells what a document states\n")
    };
    let run = corpus.run("search --count --facets meta.dsk,lang,meta.Desk warning");
    assert_eq!(run.err(), told("dsk"));
    let run = corpus.run("like docs/note.txt --count --facets meta.dsk --filter meta.slugs:a");
    assert_eq!(run.err(), told("dsk") + &told("slugs"));
}

#[test]
fn values_that_cannot_be_read_show_their_place() {
    let corpus = Corpus::desk();
    assert_snapshot!(corpus.run("search 'warning size:>big'"), @r"
    exit 2
    stderr:
    tidings: `size:` takes a number of bytes or a range of them
      warning size:>big
                   ^~~~
      hint: write 500, 10KB, 1.5MiB, a range as 1KB..2MB or 1KB.., >=1MB, >1MB, <=1MB or <1MB; the units are B, KB, MB, GB, TB (of 1000) and KiB, MiB, GiB, TiB (of 1024)
    ");
    assert_snapshot!(corpus.run("search 'warning meta.year:>=soon'"), @r"
    exit 2
    stderr:
    tidings: `>=soon` compares with what is neither a number nor a date
      warning meta.year:>=soon
                        ^~~~~~
      hint: write a number or a date, as in >=10, 2.5..3 or <2023-11; put = before what is meant as text
    ");
    assert_snapshot!(corpus.run("search --filter 'warning AND' data"), @r"
    exit 2
    stderr:
    tidings: `AND` has no operand behind it
      warning AND
              ^~~
      hint: add one, or write \AND to search for the word
    ");
}

#[test]
fn a_filter_restricts_hits_and_changes_neither_scores_nor_marks() {
    let corpus = Corpus::desk();
    let kept = |hit: &Value| hit["text"].as_str().unwrap().contains("warning");
    let mut all = corpus.hits("data link");
    all.retain(kept);
    all.iter_mut().for_each(|hit| hit["rank"] = Value::Null);
    let mut filtered = corpus.hits("--filter warning data link");
    filtered.iter_mut().for_each(|hit| hit["rank"] = Value::Null);
    assert_eq!(filtered, all);
    assert!(!filtered.is_empty());
    assert_eq!(corpus.found("--filter format:markdown --filter -=launches data"), ["docs/news.md#0"]);
    assert_eq!(corpus.found("--filter format:markdown --words 'data -x'").len(), 2);
    let run = corpus.run("search --json --filter lang:en --filter 'missile OR storm' warning");
    assert_eq!(run.json_lines()[0]["data"]["filter"], "lang:en AND (missile OR storm)");
}

#[test]
fn documents_are_counted_by_facets() {
    let corpus = Corpus::desk();
    assert_snapshot!(
        corpus.run("search warning --limit 1 --snippet 0 --facets lang,format,ext,path:2,date:month,meta.desk"),
        @r"
    exit 0
    stdout:
    1. Warning link to start in December  docs/news.md:6  2023-11-12

    lang of 5 documents
      4  en
      1  (none)

    format of 5 documents
      2  jsonl
      1  html
      1  markdown
      1  text

    ext of 5 documents
      2  jsonl
      1  html
      1  md
      1  txt

    path:2 of 5 documents
      5  docs/

    date:month of 5 documents
      4  2023-11
      1  2023-08

    meta.desk of 5 documents
      1  Asia
      4  (none)
    "
    );
    assert_snapshot!(corpus.run("search * --count --facets format --facet-limit 2"), @r"
    exit 0
    stdout:
    7

    format of 6 documents
      2  jsonl
      2  text
         … and 2 more
    ");
    assert_snapshot!(corpus.run("search zebra --facets lang"), @r"
    exit 1
    stdout:
    lang of 0 documents
    stderr:
    tidings: nothing found
    ");
    assert_snapshot!(corpus.run("search --json --limit 0 --filter lang:en warning --facets format,meta.slug"), @r#"
    exit 0
    stdout:
    {"type":"begin","data":{"version":1,"query_text":"warning","query":"warning","tree":{"text":{"clause":0,"field":"any","matcher":{"word":"warning"}}},"filter":"lang:en","generation":[generation]}}
    {"type":"facets","data":{"documents":4,"facets":[{"facet":"format","values":[{"value":"html","documents":1},{"value":"jsonl","documents":1},{"value":"markdown","documents":1},{"value":"text","documents":1}],"more":0,"without":0},{"facet":"meta.slug","values":[{"value":"summit","documents":1}],"more":0,"without":3}]}}
    {"type":"summary","data":{"hits":5,"hits_exact":true,"returned":0,"complete":true,"elapsed_ms":[ms]}}
    "#);
}

#[test]
fn counts_of_a_batch_follow_each_query() {
    let corpus = Corpus::desk();
    corpus.write("queries.tsv", "q1\tstorm\nq2\tzebra\n");
    let run = corpus.run("search --queries queries.tsv --json --limit 0 --facets lang");
    let lines = run.json_lines();
    let of: Vec<_> = lines.iter().filter(|line| line["type"] == "facets").map(|line| &line["data"]).collect();
    assert_eq!((&of[0]["qid"], &of[0]["documents"]), (&"q1".into(), &1.into()));
    assert_eq!((&of[1]["qid"], &of[1]["documents"]), (&"q2".into(), &0.into()));
}

#[test]
fn counts_satisfy_the_schema() {
    let corpus = Corpus::desk();
    let run = corpus.run("search --json --filter '*' warning --facets lang,meta.slug,date:year");
    assert!(run.json_lines().iter().any(|line| line["type"] == "facets"));
    corpus.assert_fits_schema(&run);
}

#[test]
fn facets_that_are_none_or_have_no_place_are_usage_errors() {
    let corpus = Corpus::desk();
    assert_snapshot!(corpus.run("search a --facets lang,colour"), @r"
    exit 2
    stderr:
    error: invalid value 'colour' for '--facets <LIST>': no facet; write lang, format, ext, date:year, date:month, date:day, path:N (N folders) or meta.KEY

    For more information, try '--help'.
    ");
    assert_snapshot!(corpus.run("search a --facets lang --format paths"), @r"
    exit 2
    stderr:
    tidings: --facets: goes with text, JSON and HTML output; choose one of these, or leave it out
    ");
}
