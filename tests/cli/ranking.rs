//! The order of what the sample documents answer, held against judgements of a person.
//!
//! `tests/ranking/seeds.txt` says which documents a query should find first, and how to write it and the golden.
//! `tests/ranking/seeds.snap` is what the program finds: an order and never a score, so that a change of ranking shows
//! as a diff that can be judged line by line. Below a floor the test fails even where the golden was written anew.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use crate::harness::Corpus;

const LEGEND: &str = "\
**  the best of the documents that are expected
*   another of them, shown below the first five where it comes later
";

const LANGUAGES: [&str; 3] = ["en", "ko", "ja"];

/// How many documents of each query the golden shows.
const SHOWN: usize = 5;

/// What the measures over all queries must reach: a little under what they were when this was last raised.
const FLOOR: Measures = Measures { recall_1: 0.95, recall_5: 0.95, reciprocal: 0.96 };

/// A query and the documents that answer it, the best first.
struct Judgement {
    language: String,
    query: String,
    expected: Vec<String>,
    /// Whether the best of them must stand first.
    must: bool,
}

/// Reads the judgements; the top of the file says how they are written.
fn judgements(text: &str) -> Vec<Judgement> {
    let mut judgements: Vec<Judgement> = Vec::new();
    for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        if line.starts_with(' ') {
            let judgement = judgements.last_mut().expect("a query before its documents");
            let must = line.trim_start().starts_with('!');
            assert!(!must || judgement.expected.is_empty(), "only the best can stand first: {line}");
            judgement.must |= must;
            judgement.expected.push(line.trim_start_matches(['!', ' ']).to_owned());
        } else {
            let (language, query) = line.split_once(' ').expect(line);
            assert!(LANGUAGES.contains(&language), "{line}");
            let (language, query) = (language.to_owned(), query.to_owned());
            judgements.push(Judgement { language, query, expected: Vec::new(), must: false });
        }
    }
    judgements
}

/// How good the orders of some queries are, each between 0 and 1.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Measures {
    /// The share of queries whose first document is an expected one.
    recall_1: f64,
    /// The share of a query's expected documents that are among the first five, as a mean.
    recall_5: f64,
    /// 1 over the rank of the first expected document, as a mean.
    reciprocal: f64,
}

impl Measures {
    fn of(expected: &[String], found: &[String]) -> Self {
        let first = found.iter().position(|document| expected.contains(document));
        let soon = found.iter().take(5).filter(|document| expected.contains(document)).count();
        Self {
            recall_1: f64::from(u8::from(first == Some(0))),
            recall_5: soon as f64 / expected.len() as f64,
            reciprocal: first.map_or(0.0, |position| 1.0 / (position + 1) as f64),
        }
    }

    fn mean(all: &[Self]) -> Self {
        let mean = |of: fn(&Self) -> f64| all.iter().map(of).sum::<f64>() / all.len() as f64;
        Self {
            recall_1: mean(|one| one.recall_1),
            recall_5: mean(|one| one.recall_5),
            reciprocal: mean(|one| one.reciprocal),
        }
    }
}

/// A folder with the sample documents and an index of them.
fn indexed_seeds() -> Corpus {
    let corpus = Corpus::with(&[]);
    copy(&corpus, Path::new(env!("CARGO_MANIFEST_DIR")), "seeds");
    let run = corpus.run("index seeds");
    assert_eq!(run.code, 0, "{run}");
    corpus
}

/// Copies the folder `path` below `root`, in the order of names.
fn copy(corpus: &Corpus, root: &Path, path: &str) {
    let entries = fs::read_dir(root.join(path)).unwrap();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    for name in names {
        let inner = format!("{path}/{name}");
        if root.join(&inner).is_dir() {
            copy(corpus, root, &inner);
        } else {
            corpus.write(&inner, fs::read(root.join(&inner)).unwrap());
        }
    }
}

/// What each query finds: all its documents, in the order of ranks.
fn answers(corpus: &Corpus, queries: &[&str]) -> Vec<Vec<String>> {
    let lines: Vec<_> = queries.iter().enumerate().map(|(n, query)| format!("{n}\t{query}\n")).collect();
    let run =
        corpus.run_with("search --queries - --group document --format trec --limit 1000", lines.concat());
    assert_eq!(run.code, 0, "{run}");
    let mut answers = vec![Vec::new(); queries.len()];
    for line in run.out().lines() {
        let columns: Vec<_> = line.split(' ').collect();
        answers[columns[0].parse::<usize>().unwrap()].push(columns[2].to_owned());
    }
    answers
}

/// The first documents of a query, the expected ones marked, and below them the expected ones that come later.
fn shown(judgement: &Judgement, found: &[String]) -> String {
    let Judgement { language, query, expected, .. } = judgement;
    let first = found.iter().position(|document| expected.contains(document));
    let first = first.map_or("never".to_owned(), |position| (position + 1).to_string());
    let mut text = format!("{language} {query}\n   first expected: {first}\n");
    let mark = |document| match expected.iter().position(|expected| expected == document) {
        Some(0) => "**",
        Some(_) => "*",
        None => "",
    };
    for (position, document) in found.iter().enumerate() {
        if position < SHOWN || expected.contains(document) {
            writeln!(text, "{:>4} {:2} {document}", position + 1, mark(document)).unwrap();
        }
    }
    for document in expected.iter().filter(|document| !found.contains(document)) {
        writeln!(text, "   - {:2} {document}", mark(document)).unwrap();
    }
    text
}

/// A table of the measures: over all queries, and over those of each language.
fn table(judgements: &[Judgement], measures: &[Measures]) -> String {
    let mut text = "           queries  recall@1  recall@5       MRR\n".to_owned();
    for name in ["all"].iter().chain(&LANGUAGES) {
        let these = judgements.iter().zip(measures);
        let these = these.filter(|(judgement, _)| *name == "all" || judgement.language == *name);
        let these: Vec<_> = these.map(|(_, measures)| *measures).collect();
        let Measures { recall_1, recall_5, reciprocal } = Measures::mean(&these);
        writeln!(text, "{name:<10} {:>7} {recall_1:>9.3} {recall_5:>9.3} {reciprocal:>9.3}", these.len())
            .unwrap();
    }
    text
}

/// Compares with the golden beside the judgements.
fn assert_golden(text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../ranking");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!("seeds", text));
}

#[test]
fn the_sample_documents_come_in_the_order_that_was_judged() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/ranking/seeds.txt");
    let judgements = judgements(&fs::read_to_string(file).unwrap());
    let queries: Vec<_> = judgements.iter().map(|judgement| judgement.query.as_str()).chain(["*"]).collect();
    let mut answers = answers(&indexed_seeds(), &queries);
    let documents = answers.pop().unwrap();

    for Judgement { query, expected, .. } in &judgements {
        let unknown: Vec<_> = expected.iter().filter(|expected| !documents.contains(expected)).collect();
        assert!(unknown.is_empty() && !expected.is_empty(), "{query}: no such document: {unknown:?}");
    }
    let pairs = || judgements.iter().zip(&answers);
    let measures: Vec<_> =
        pairs().map(|(judgement, found)| Measures::of(&judgement.expected, found)).collect();
    let orders: Vec<_> = pairs().map(|(judgement, found)| shown(judgement, found)).collect();
    assert_golden(&format!("{LEGEND}\n{}\n{}", orders.join("\n"), table(&judgements, &measures)));

    for (judgement, found) in pairs().filter(|(judgement, _)| judgement.must) {
        assert_eq!(found.first(), judgement.expected.first(), "{}", judgement.query);
    }
    let reached = Measures::mean(&measures);
    assert!(reached.recall_1 >= FLOOR.recall_1, "{reached:?} is under {FLOOR:?}");
    assert!(reached.recall_5 >= FLOOR.recall_5, "{reached:?} is under {FLOOR:?}");
    assert!(reached.reciprocal >= FLOOR.reciprocal, "{reached:?} is under {FLOOR:?}");
}

#[test]
fn the_measures_of_an_order_are_those_worked_out_by_hand() {
    let ids = |ids: &str| ids.chars().map(String::from).collect::<Vec<_>>();
    let measured = |recall_1, recall_5, reciprocal| Measures { recall_1, recall_5, reciprocal };
    assert_eq!(Measures::of(&ids("ab"), &ids("axxb")), measured(1.0, 1.0, 1.0));
    assert_eq!(Measures::of(&ids("ab"), &ids("xbxxxa")), measured(0.0, 0.5, 0.5));
    assert_eq!(Measures::of(&ids("a"), &ids("xyz")), measured(0.0, 0.0, 0.0));
    let mean = Measures::mean(&[measured(1.0, 0.5, 1.0), measured(0.0, 0.5, 0.5)]);
    assert_eq!(mean, measured(0.5, 0.5, 0.75));
}
