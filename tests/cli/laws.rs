//! Laws that hold for the real program on any documents: what an index answers depends on the final files alone, and
//! what an answer says is true of its sources.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::{Duration, Instant};

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::harness::Corpus;

const QUERIES: &str = "missile\nwarning data\n\"missile warning\"\n+launch -storm\nwarn*\n=launches\n경보\n警報\ntitle:summit\nheading:storm\nformat:jsonl missile\n+missile path:docs/sub/**\ndate:2023 harbour\n*\n";

/// What an index answers: the hits of several queries in several orders, and what it says of itself.
fn answers(corpus: &Corpus, index: &str, queries: &str) -> Vec<Value> {
    let mut answers = Vec::new();
    for options in ["--limit 1000", "--limit 1000 --group document", "--sort -date --limit 7"] {
        let run = corpus.run_with(&format!("search --json {options} --queries - --index {index}"), queries);
        assert!(matches!(run.code, 0 | 1), "{run}");
        for mut line in run.json_lines() {
            let data = line["data"].as_object_mut().unwrap();
            data.remove("generation");
            data.remove("elapsed_ms");
            answers.push(line);
        }
    }
    let status = corpus.run(&format!("status --json --index {index}"));
    let status = &status.json_lines()[0];
    let facts =
        ["documents", "passages", "skipped", "failed", "formats", "languages", "source_bytes", "left_out"];
    answers.push(json!(facts.map(|fact| status[fact].clone())));
    let verified = corpus.run(&format!("verify --index {index}"));
    assert_eq!(verified.code, 0, "{verified}");
    answers
}

/// Fails with the first line in which two lists of answers differ.
fn assert_same(left: &[Value], right: &[Value]) {
    for (left, right) in left.iter().zip(right) {
        assert_eq!(left, right);
    }
    assert_eq!(left.len(), right.len());
}

#[derive(Clone, Debug)]
enum Step {
    Write(usize, Vec<usize>),
    Remove(usize),
    Touch(usize),
    Run(&'static str),
}

const PATHS: [&str; 7] = [
    "docs/a.txt",
    "docs/b.md",
    "docs/c.html",
    "docs/d.jsonl",
    "docs/sub/e.txt",
    "docs/sub/f.md",
    "docs/sub/2023-05-06-g",
];

const WORDS: [&str; 12] = [
    "missile",
    "warning",
    "data",
    "launch",
    "launches.",
    "harbour",
    "Summit",
    "storm",
    "경보를",
    "警報",
    "café",
    "\u{0}",
];

const RUNS: [&str; 7] = [
    "index docs",
    "index docs",
    "index docs --commit-every 0",
    "index docs/sub",
    "index docs/a.txt docs/d.jsonl",
    "index docs -g *.md",
    "compact",
];

fn step() -> impl Strategy<Value = Step> {
    let path = 0..PATHS.len();
    prop_oneof![
        5 => (path.clone(), prop::collection::vec(0..WORDS.len(), 0..12)).prop_map(|(path, words)| Step::Write(path, words)),
        1 => path.clone().prop_map(Step::Remove),
        1 => path.prop_map(Step::Touch),
        3 => prop::sample::select(&RUNS[..]).prop_map(Step::Run),
    ]
}

/// A file's content in the format that its name tells; words after the sixth make a second part of it.
fn content(path: &str, words: &[usize]) -> String {
    let words: Vec<_> = words.iter().map(|&word| WORDS[word]).collect();
    let (first, second) = words.split_at(words.len().min(6));
    let (first, second) = (first.join(" "), second.join(" "));
    match path.rsplit('.').next().unwrap() {
        "md" => format!("# {first}\n\n{first}\n\n## {second}\n\n{second} end\n"),
        "html" => format!("<html><title>{first}</title><body><h2>{second}</h2><p>{first}<p>{second}</html>"),
        "jsonl" => {
            let line = |(number, word): (usize, &&str)| {
                let id = if number % 5 == 4 { number - 1 } else { number };
                format!(
                    "{}\n",
                    json!({"id": format!("{id}{word}"), "title": word, "text": format!("{word} {first}")})
                )
            };
            words.iter().enumerate().map(line).collect::<String>()
                + if words.len() % 4 == 3 { "{broken\n" } else { "" }
        }
        _ => format!("{first}.\n\n{second}\n"),
    }
}

fn take(corpus: &Corpus, step: &Step) {
    match step {
        Step::Write(path, words) => corpus.write(PATHS[*path], content(PATHS[*path], words)),
        Step::Remove(path) if corpus.path(PATHS[*path]).exists() => corpus.remove(PATHS[*path]),
        Step::Touch(path) if corpus.path(PATHS[*path]).exists() => corpus.touch(PATHS[*path]),
        Step::Remove(_) | Step::Touch(_) => {}
        Step::Run(arguments) => {
            let run = corpus.run(arguments);
            let known = if *arguments == "compact" { &[0, 4][..] } else { &[0, 3] };
            assert!(known.contains(&run.code), "{arguments}: {run}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, max_shrink_iters: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_history_gives_the_index_of_the_final_files(steps in prop::collection::vec(step(), 1..25)) {
        let corpus = Corpus::with(&[("docs/kept.txt", "A harbour is kept.")]);
        steps.iter().for_each(|step| take(&corpus, step));
        take(&corpus, &Step::Run("index docs"));
        take(&corpus, &Step::Run("index docs --index scratch"));
        assert_same(&answers(&corpus, "index", QUERIES), &answers(&corpus, "scratch", QUERIES));
    }
}

/// Few hits each, since they are asked for so often.
const KILL_QUERIES: &str = "storm launches\n\"before warning 3\"\n=harbour +33\n";

/// Writes the files of the kill test, in one of two states.
fn write_many(corpus: &Corpus, state: &str) {
    for number in 0..100 {
        let content = match (state, number % 3) {
            ("after", 0) => format!("The {state} storm number {number}. Missile launches.\n"),
            ("after", 1) if number % 2 == 0 => continue,
            _ => format!("A missile warning in harbour {number}.\nOn {number} days data came.\n"),
        };
        corpus.write(&format!("docs/2023-02-03-{number}.txt"), content);
    }
    let line = |number: usize| {
        format!(
            "{}\n",
            json!({"id": number, "date": "2023-04-05", "text": format!("{state} warning {}", number % 7)})
        )
    };
    let lines: Vec<_> = (0..100).filter(|number| state == "before" || number % 4 > 0).map(line).collect();
    corpus.write("docs/wire.jsonl", lines.concat() + "{broken\n");
}

fn remove_some(corpus: &Corpus) {
    for number in (0..100).filter(|number| number % 3 == 1 && number % 2 == 0) {
        corpus.remove(&format!("docs/2023-02-03-{number}.txt"));
    }
}

/// Starts a pass, kills it after `time`, and sees whether the index still opens.
fn kill_after(corpus: &Corpus, index: &str, time: Duration) {
    let mut child = corpus.start(&format!("index docs --commit-every 0.05 --index {index}"));
    std::thread::sleep(time);
    child.kill().unwrap();
    child.wait().unwrap();
    let is_new = !corpus.path(index).join("meta.json").exists();
    for command in ["search missile", "status", "verify"] {
        let run = corpus.run(&format!("{command} --index {index}"));
        match run.code {
            0 | 1 => {}
            4 => assert!(is_new && run.err().contains("no index at"), "{command} after {time:?}: {run}"),
            _ => panic!("{command} after {time:?}: {run}"),
        }
    }
}

#[test]
fn a_pass_that_is_killed_at_any_moment_loses_nothing() {
    const KILLS: u32 = 25;
    let corpus = Corpus::with(&[]);
    write_many(&corpus, "before");
    let start = Instant::now();
    assert_eq!(corpus.run("index docs --commit-every 0.05 --index scratch-before").code, 3);
    let whole = start.elapsed();
    let before = answers(&corpus, "scratch-before", KILL_QUERIES);
    // Each pass is killed a little later; even ones start with nothing, odd ones with an index that is out of date.
    for kill in (0..KILLS).step_by(2) {
        kill_after(&corpus, &format!("index-{kill}"), whole * kill / KILLS);
        assert_eq!(corpus.run(&format!("index docs --index index-{kill}")).code, 3);
        assert_same(&answers(&corpus, &format!("index-{kill}"), KILL_QUERIES), &before);
    }
    remove_some(&corpus);
    write_many(&corpus, "after");
    assert_eq!(corpus.run("index docs --index scratch-after").code, 3);
    let after = answers(&corpus, "scratch-after", KILL_QUERIES);
    for kill in (1..KILLS).step_by(2) {
        let index = format!("index-{}", kill - 1);
        kill_after(&corpus, &index, whole * kill / KILLS);
        assert_eq!(corpus.run(&format!("index docs --index {index}")).code, 3);
        assert_same(&answers(&corpus, &index, KILL_QUERIES), &after);
    }
}

/// The sample documents of the project, and some of them in other encodings.
fn samples() -> Corpus {
    let corpus = Corpus::with(&[]);
    let seeds = Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds");
    let mut folders = vec![seeds.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = Path::new("docs").join(path.strip_prefix(&seeds).unwrap());
                corpus.write(name.to_str().unwrap(), std::fs::read(&path).unwrap());
            }
        }
    }
    for (path, encoding) in [
        ("ko/2023-11-13-translation-note", encoding_rs::EUC_KR),
        ("ja/2023-11-14-terminology-memo", encoding_rs::SHIFT_JIS),
    ] {
        let text = std::fs::read_to_string(corpus.path(&format!("docs/{path}.txt"))).unwrap();
        corpus.write(&format!("docs/{path}-encoded.txt"), encoding.encode(&text).0);
    }
    let run = corpus.run("index docs");
    assert_eq!(run.code, 0, "{run}");
    corpus
}

/// A source as it was written, decoded.
fn source(corpus: &Corpus, path: &str) -> (Vec<u8>, String) {
    let bytes = std::fs::read(corpus.path(path)).unwrap();
    let text = decoded(path, &bytes);
    (bytes, text)
}

fn decoded(path: &str, bytes: &[u8]) -> String {
    let encoding = match path {
        _ if path.contains("ko/") && path.contains("-encoded") => encoding_rs::EUC_KR,
        _ if path.contains("-encoded") => encoding_rs::SHIFT_JIS,
        _ => encoding_rs::UTF_8,
    };
    encoding.decode(bytes).0.into_owned()
}

const SAMPLE_QUERIES: &str = "missile\nwarning data\n\"real time\"\n\"missile warning\"\nwarn* launch*\n미사일\n경보 공유\n警報\nミサイル\ntitle:summit\ndefence NOT missile\n\"the agree*\"\nagreed\n";

fn number(value: &Value) -> usize {
    value.as_u64().unwrap().try_into().unwrap()
}

fn sample_hits(corpus: &Corpus, options: &str) -> Vec<Value> {
    corpus.run_with(&format!("search --json --limit 1000 --queries - {options}"), SAMPLE_QUERIES).hits()
}

#[test]
fn highlights_are_slices_of_their_text_and_stand_where_they_say() {
    let corpus = samples();
    let mut placed = 0;
    for hit in sample_hits(&corpus, "") {
        let text = hit["text"].as_str().unwrap();
        let path = hit["document"]["path"].as_str().unwrap();
        if hit["document"]["format"] == "email" {
            // A part of a message may be encoded, so that a character has no column in the file.
            continue;
        }
        let (_, source) = source(&corpus, path);
        let lines: Vec<_> = source.split('\n').collect();
        let mut end = 0;
        for highlight in hit["highlights"].as_array().unwrap() {
            let start = number(&highlight["start"]);
            assert!(end <= start, "{hit}");
            end = number(&highlight["end"]);
            let marked = text.get(start..end).expect("on character boundaries, inside the text");
            assert_eq!(marked, highlight["text"], "{hit}");
            let line = lines[number(&highlight["line"]) - 1];
            let from =
                line.get(number(&highlight["column"]) - 1..).unwrap_or_else(|| panic!("{highlight} {hit}"));
            let word: String = marked.chars().take_while(|character| character.is_alphanumeric()).collect();
            assert!(!word.is_empty() && from.starts_with(&word), "{highlight} at {from:?} of {path}");
            placed += 1;
        }
    }
    assert!(placed > 300, "{placed}");
}

#[test]
fn the_bytes_of_a_plain_text_are_its_passages() {
    let corpus = samples();
    let hits = corpus.hits("--limit 1000 format:text");
    assert!(hits.len() >= 5);
    for hit in hits {
        let path = hit["document"]["path"].as_str().unwrap();
        let (bytes, _) = source(&corpus, path);
        let location = &hit["passage"]["location"];
        let (start, end) = (number(&location["bytes"]["start"]), number(&location["bytes"]["end"]));
        assert_eq!(decoded(path, &bytes[start..end]), hit["text"], "{path}");
        let line_of = |at: usize| bytes[..at].iter().filter(|&&byte| byte == b'\n').count() + 1;
        assert_eq!(number(&location["lines"]["start"]), line_of(start), "{hit}");
        assert_eq!(number(&location["lines"]["end"]), line_of(end - 1), "{hit}");
    }
}

/// The ids of the passages that each query of a batch finds.
fn found_by(corpus: &Corpus, options: &str, queries: &[String]) -> Vec<BTreeSet<String>> {
    let run =
        corpus.run_with(&format!("search --json --limit 10000 {options} --queries -"), queries.join("\n"));
    let mut found = Vec::new();
    for line in run.json_lines() {
        match line["type"].as_str().unwrap() {
            "begin" => found.push(BTreeSet::new()),
            "hit" => drop(
                found.last_mut().unwrap().insert(line["data"]["passage"]["id"].as_str().unwrap().to_owned()),
            ),
            _ => {}
        }
    }
    assert_eq!(found.len(), queries.len(), "{}", run.err());
    found
}

#[test]
fn a_phrase_of_a_passage_finds_it_and_is_found_by_its_words() {
    let corpus = samples();
    let (mut phrases, mut origins) = (Vec::new(), Vec::new());
    for (at, hit) in corpus.hits("--limit 1000 '*'").iter().enumerate() {
        for line in hit["text"].as_str().unwrap().lines() {
            let words: Vec<_> = line.split_whitespace().collect();
            for window in words.windows(2 + at % 3).skip(at % 5).step_by(17) {
                if window.iter().all(|word| word.chars().any(char::is_alphanumeric)) {
                    phrases.push(window.join(" "));
                    origins.push(hit["passage"]["id"].as_str().unwrap().to_owned());
                }
            }
        }
    }
    assert!(phrases.len() > 100, "{}", phrases.len());
    let by_phrase = found_by(&corpus, "--phrase", &phrases);
    let by_words = found_by(&corpus, "--words --all", &phrases);
    for (((phrase, origin), found), of_words) in phrases.iter().zip(&origins).zip(&by_phrase).zip(&by_words) {
        assert!(found.contains(origin), "{phrase:?} does not find {origin}");
        assert!(found.is_subset(of_words), "{phrase:?}: {found:?} against {of_words:?}");
    }
}

#[test]
fn slices_and_counts_agree_with_the_whole_list() {
    let corpus = samples();
    for query in SAMPLE_QUERIES.lines() {
        for group in ["passage", "document"] {
            for sort in ["score", "date"] {
                let options = format!("--group {group} --sort {sort} -- '{query}'");
                let all = corpus.found(&format!("--limit 100000 {options}"));
                let count = corpus.run(&format!("search --count {options}"));
                assert_eq!(count.out().trim(), all.len().to_string(), "{options}");
                let slice = corpus.found(&format!("--limit 4 --offset 2 {options}"));
                assert_eq!(slice, all[all.len().min(2)..all.len().min(6)], "{options}");
            }
        }
    }
}

#[test]
fn every_order_is_total_and_right() {
    let corpus = samples();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    for (sort, group) in
        [("score", "passage"), ("date", "passage"), ("-date", "document"), ("path", "passage")]
    {
        for query in ["missile warning", "'*'"] {
            let hits = corpus.hits(&format!("--limit 100000 --sort {sort} --group {group} -- {query}"));
            assert!(hits.len() > 10, "{query}");
            for (at, pair) in hits.windows(2).enumerate() {
                let tie = |hit: &Value| (text(&hit["document"]["id"]), number(&hit["passage"]["ordinal"]));
                let date = |hit: &Value| text(&hit["document"]["date"]);
                let score = |hit: &Value| hit["score"].as_f64().unwrap();
                let order = match sort {
                    "score" => score(&pair[1]).total_cmp(&score(&pair[0])),
                    "date" => date(&pair[0]).cmp(&date(&pair[1])),
                    "-date" => date(&pair[1]).cmp(&date(&pair[0])),
                    _ => std::cmp::Ordering::Equal,
                };
                assert!(
                    order.then_with(|| tie(&pair[0]).cmp(&tie(&pair[1]))).is_lt(),
                    "{sort} {query}: {pair:?}"
                );
                assert_eq!(number(&hits[at]["rank"]), at + 1);
            }
        }
    }
}

#[test]
fn answers_do_not_depend_on_segmentation() {
    let corpus = samples();
    let expected = sample_hits(&corpus, "");
    let mut files: Vec<String> =
        expected.iter().map(|hit| hit["document"]["path"].as_str().unwrap().to_owned()).collect();
    let everything = corpus.hits("--limit 1000 '*'");
    files.extend(everything.iter().map(|hit| hit["document"]["path"].as_str().unwrap().to_owned()));
    files.sort();
    files.dedup();
    for file in files.iter().rev() {
        assert_eq!(corpus.run(&format!("index {file} --index parts")).code, 0);
    }
    assert_same(&sample_hits(&corpus, "--index parts"), &expected);
    assert_eq!(corpus.run("compact --index parts").code, 0);
    assert_same(&sample_hits(&corpus, "--index parts"), &expected);
    assert_same(
        &sample_hits(&corpus, "--index parts --group document"),
        &sample_hits(&corpus, "--group document"),
    );
}
