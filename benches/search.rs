//! What a search takes inside of the program, beside tantivy's own ranking of the same words in the same index:
//! `cargo bench --bench search -- INDEX [QUERIES]`.
//!
//! INDEX is an index directory that `tidings index` made, of a million passages, say; QUERIES a file with a query a
//! line, else a handful of questions is asked. The peer is an OR of all words of the query, those of grammar too, in
//! tantivy's top ten; ours is the whole ranked search, without texts being marked. Both take turns in one run, so that
//! their ratio does not depend on the machine's mood.

use std::env;
use std::fs;
use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

use tantivy::Term;
use tantivy::collector::TopDocs;
use tantivy::query::{BooleanQuery, Query, TermQuery};
use tantivy::schema::IndexRecordOption;
use tidings::analysis::{self, Language};
use tidings::engine::LocalEngine;
use tidings::hit::Request;
use tidings::index::Snapshot;
use tidings::query::{self, Options, Reading};
use tidings::search::{Marking, search};

/// How often each query is asked in each way.
const ROUNDS: usize = 15;

const QUESTIONS: [&str; 8] = [
    "kernel",
    "file system",
    "memory allocation failure",
    "how does the scheduler choose the next process to run",
    "what is the best way to debug a driver",
    "how do I configure the network interface at boot",
    "which option of the compiler turns off the warnings",
    "why does the program wait for a lock on the index",
];

#[expect(clippy::print_stdout, reason = "a bench shows its table")]
fn main() {
    let arguments: Vec<String> = env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let Some(index) = arguments.first() else {
        println!("name an index: cargo bench --bench search -- INDEX [QUERIES]");
        return;
    };
    let snapshot = || Snapshot::open(Path::new(index)).expect("an index");
    let engine = LocalEngine::new(snapshot());
    let peer = snapshot();
    println!("{} passages", peer.meta().totals.passages);
    let typed = arguments.get(1).map(|file| fs::read_to_string(file).expect("a file of queries"));
    let queries: Vec<&str> = match &typed {
        Some(lines) => lines.lines().map(|line| line.rsplit('\t').next().unwrap_or(line)).collect(),
        None => QUESTIONS.to_vec(),
    };
    println!("{:<60} {:>10} {:>10} {:>7}", "query", "tidings", "tantivy", "ratio");
    let (mut ours, mut theirs) = (Duration::ZERO, Duration::ZERO);
    for text in queries {
        let (mut own, mut other) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            own.push(timed(|| ranked(&engine, text)));
            other.push(timed(|| plain(&peer, text)));
        }
        let (own, other) = (median(own), median(other));
        ours += own;
        theirs += other;
        println!("{text:<60} {own:>10.1?} {other:>10.1?} {:>7.2}", ratio(own, other));
    }
    println!("{:<60} {ours:>10.1?} {theirs:>10.1?} {:>7.2}", "sum", ratio(ours, theirs));
}

/// The number of hits of the whole ranked search.
fn ranked(engine: &LocalEngine, text: &str) -> usize {
    let options = Options { reading: Reading::Words, ..Options::default() };
    let query = query::parse(text, options).expect("a query").query;
    let request = Request { query, ..Request::default() };
    search(engine, &request, Marking::Nothing).expect("an answer").hits.len()
}

/// The number of hits of tantivy's own ranking by any of the words.
fn plain(snapshot: &Snapshot, text: &str) -> usize {
    let word = |stem: String| -> Box<dyn Query> {
        let term = Term::from_field_text(snapshot.fields().stem, &stem);
        Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs))
    };
    let query =
        BooleanQuery::union(analysis::stem_terms(text, Language::default()).into_iter().map(word).collect());
    let found = snapshot.searcher().search(&query, &TopDocs::with_limit(10).order_by_score());
    found.expect("an answer").len()
}

fn timed(work: impl Fn() -> usize) -> Duration {
    let start = Instant::now();
    let hits = black_box(work());
    assert!(hits > 0, "nothing found");
    start.elapsed()
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

fn ratio(own: Duration, other: Duration) -> f64 {
    own.as_secs_f64() / other.as_secs_f64()
}
