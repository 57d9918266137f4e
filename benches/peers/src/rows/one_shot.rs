//! One search a process, as people and scripts run it: with a warm cache, with a cold one, and its memory.

use std::path::Path;
use std::process::Command;

use anyhow::{Result, ensure};

use crate::measure::{Cost, Samples, cost, evict, this_program, timed};
use crate::peers::{is_on_path, ripgrep, sqlite};
use crate::queries::Queries;
use crate::table::{Goal, Row, megabytes, significant};
use crate::work::Work;

/// How often the fast ones are run for each query.
const ROUNDS: usize = 15;

/// How often each query is run with a cold cache.
const COLD_ROUNDS: usize = 3;

/// Our search for any of these words: ten hits with what matched marked.
pub fn search(work: &Work, words: &str) -> Command {
    let mut search = work.tidings("search");
    search.args(["--color", "always", "--words", words]);
    search
}

/// The same of raw tantivy.
fn peer_search(work: &Work, words: &str) -> Result<Command> {
    let mut search = this_program()?;
    search.arg("snippets").arg(work.tantivy()).arg(words);
    Ok(search)
}

/// The time of a search with a warm cache.
pub fn warm(work: &Work, queries: &Queries) -> Result<Vec<Row>> {
    let few = queries.few();
    few.iter().try_for_each(|words| ensure_answers(work, words))?;
    let (mut ours, mut nothing, mut tantivy) = (Samples::default(), Samples::default(), Samples::default());
    let (mut shell, mut grep) = (Samples::default(), Samples::default());
    let has_shell = is_on_path(sqlite::SHELL);
    let has_ripgrep = is_on_path(ripgrep::PROGRAM);
    for round in 0..ROUNDS {
        for words in &few {
            ours.add(timed(&mut search(work, words))?.0);
            nothing.add(timed(&mut Command::new("true"))?.0);
            tantivy.add(timed(&mut peer_search(work, words)?)?.0);
            if has_shell && round < 3 {
                shell.add(lines_of(&mut sqlite::shell(&work.sqlite(), words))?);
            }
            if has_ripgrep && round == 0 {
                grep.add(lines_of(&mut ripgrep::count(&work.sources, words))?);
            }
        }
    }
    let row = |peer: &str, theirs: &Samples, bound: f64| {
        Row::new("one-shot `search`, warm", ours.milliseconds(), format!("{peer} {}", theirs.milliseconds()))
            .ratio_with_goal(ours.median() / theirs.median(), Goal::AtMost(bound))
    };
    let missing =
        |peer: &str| Row::unmeasured("one-shot `search`, warm", format!("{peer} is not on the PATH"));
    Ok(vec![
        row("`true`", &nothing, 4.0),
        row("tantivy", &tantivy, 1.1),
        if has_shell { row("FTS5's shell", &shell, 0.083) } else { missing(sqlite::SHELL) },
        if has_ripgrep { row("ripgrep", &grep, 0.01) } else { missing(ripgrep::PROGRAM) },
    ])
}

/// Runs what must write something; gives how long it took.
fn lines_of(command: &mut Command) -> Result<f64> {
    let (wall, text) = timed(command)?;
    ensure!(!text.is_empty(), "{command:?}: no answer");
    Ok(wall)
}

/// Fails unless both sides find what there is of these words, ours with highlights in each hit.
fn ensure_answers(work: &Work, words: &str) -> Result<()> {
    let (_, json) = timed(work.tidings("search").args(["--json", "--words", words]))?;
    let hits: Vec<&str> = json.lines().filter(|line| line.starts_with("{\"type\":\"hit\"")).collect();
    let (_, snippets) = timed(&mut peer_search(work, words)?)?;
    ensure!((1..=10).contains(&hits.len()), "{words}: {} hits", hits.len());
    ensure!((1..=10).contains(&snippets.lines().count()), "{words}: {} snippets", snippets.lines().count());
    for hit in hits {
        let hit: serde_json::Value = serde_json::from_str(hit)?;
        let marked = ["highlights", "title_highlights", "heading_highlights"].map(|key| &hit["data"][key]);
        let is_marked = marked.iter().any(|marks| marks.as_array().is_some_and(|marks| !marks.is_empty()));
        ensure!(is_marked, "{words}: a hit without a highlight: {hit}");
    }
    Ok(())
}

/// The time of a search whose index is on disk alone, and what it reads.
pub fn cold(work: &Work, queries: &Queries) -> Result<Vec<Row>> {
    let (mut ours, mut theirs) = (Costs::default(), Costs::default());
    for _ in 0..COLD_ROUNDS {
        for words in queries.few() {
            ours.add(after_eviction(&work.index(), &search(work, words))?);
            theirs.add(after_eviction(&work.tantivy(), &peer_search(work, words)?)?);
        }
    }
    if theirs.disk.greatest() == 0.0 {
        return Ok(vec![Row::unmeasured(
            "one-shot `search`, cold",
            "the index is not on a disk that can be told to forget",
        )]);
    }
    let bytes = |costs: &Costs| megabytes(costs.disk.median());
    Ok(vec![
        Row::new(
            "one-shot `search`, cold cache",
            ours.wall.milliseconds(),
            format!("tantivy {}", theirs.wall.milliseconds()),
        )
        .ratio_with_goal(ours.wall.median() / theirs.wall.median(), Goal::AtMost(0.25)),
        Row::new("read from disk by that", bytes(&ours), format!("tantivy {}", bytes(&theirs)))
            .ratio(ours.disk.median() / theirs.disk.median()),
    ])
}

/// The memory of a search. The index is read anew: the system caches what was just written in larger pieces, and counts
/// all of each for whoever reads a page of it.
pub fn memory(work: &Work, queries: &Queries) -> Result<Vec<Row>> {
    let (mut ours, mut theirs) = (Costs::default(), Costs::default());
    for words in queries.few() {
        ours.add(after_eviction(&work.index(), &search(work, words))?);
        theirs.add(after_eviction(&work.tantivy(), &peer_search(work, words)?)?);
    }
    let (own, peer) = (ours.memory.greatest(), theirs.memory.greatest());
    Ok(vec![
        Row::new("memory of a one-shot `search`", megabytes(own), format!("tantivy {}", megabytes(peer)))
            .at_most(own / 1e6, 25.0, "MB"),
    ])
}

/// What it takes to start and do nothing.
pub fn start_up(work: &Work) -> Result<Vec<Row>> {
    let (mut ours, mut nothing) = (Samples::default(), Samples::default());
    for _ in 0..10 * ROUNDS {
        ours.add(timed(&mut work.version())?.0);
        nothing.add(timed(&mut Command::new("true"))?.0);
    }
    Ok(vec![
        Row::new("start-up (`--version`)", ours.milliseconds(), format!("`true` {}", nothing.milliseconds()))
            .ratio(ours.median() / nothing.median()),
    ])
}

fn after_eviction(index: &Path, search: &Command) -> Result<Cost> {
    evict(index)?;
    cost(search)
}

/// Several costs of one thing.
#[derive(Default)]
struct Costs {
    wall: Samples,
    memory: Samples,
    disk: Samples,
}

impl Costs {
    fn add(&mut self, cost: Cost) {
        self.wall.add(cost.wall);
        self.memory.add(cost.memory);
        self.disk.add(cost.disk);
    }
}

/// The median time of a search for each of these queries, in milliseconds.
pub fn latency(work: &Work, queries: &[&str]) -> Result<String> {
    let mut times = Samples::default();
    for _ in 0..ROUNDS {
        for words in queries {
            times.add(lines_of(&mut search(work, words))?);
        }
    }
    Ok(format!("{} ms", significant(times.median() * 1e3)))
}
