//! Many queries in one process: what a second core gives, and how long the slowest ones take.

use std::fs;

use anyhow::{Result, ensure};

use super::in_process::Sides;
use crate::measure::{Samples, cores, on_one_core, timed};
use crate::queries::Queries;
use crate::table::{Goal, Row, significant};
use crate::work::Work;

/// How often the batch is run on one core and on all.
const ROUNDS: usize = 5;

/// `--queries` on one core and on all, and the slowest of its queries.
pub fn rows(work: &Work, queries: &Queries) -> Result<Vec<Row>> {
    let mixed = queries.mixed();
    let count = mixed.len();
    Ok(vec![
        parallel(work, &mixed)?,
        slowest(work, &mixed, format!("p99 of {count} mixed queries, in process"))?,
    ])
}

fn parallel(work: &Work, queries: &[&str]) -> Result<Row> {
    let what = format!("`--queries`, {} mixed queries", queries.len());
    if cores() < 2 {
        return Ok(Row::unmeasured(what, "there is one core"));
    }
    let file = work.file("queries.txt");
    fs::write(&file, queries.join("\n") + "\n")?;
    let run = || timed(work.tidings("search").arg("--json").arg("--queries").arg(&file));
    let (mut one, mut all) = (Samples::default(), Samples::default());
    for _ in 0..ROUNDS {
        let (seconds, alone) = on_one_core(run)?;
        one.add(seconds);
        let (seconds, together) = run()?;
        all.add(seconds);
        ensure!(hits(&alone).eq(hits(&together)), "{what}: other hits on one core");
        ensure!(hits(&alone).count() > queries.len(), "{what}: {} hits", hits(&alone).count());
    }
    let (one, all) = (one.median(), all.median());
    let shown = |seconds: f64| format!("{} s", significant(seconds));
    Ok(Row::new(what, format!("{} on {} cores", shown(all), cores()), format!("on one core {}", shown(one)))
        .ratio_with_goal(one / all, Goal::AtLeast(1.8)))
}

fn slowest(work: &Work, queries: &[&str], what: String) -> Result<Row> {
    let sides = Sides::open(work)?;
    let times = queries.iter().map(|query| sides.times(query)).collect::<Result<Vec<_>>>()?;
    let ours = times.iter().map(|(ours, _)| *ours).collect::<Samples>().quantile(0.99);
    let theirs = times.iter().map(|(_, theirs)| *theirs).collect::<Samples>().quantile(0.99);
    let shown = |seconds: f64| format!("{} ms", significant(seconds * 1e3));
    Ok(Row::new(what, shown(ours), format!("tantivy {}", shown(theirs)))
        .ratio_with_goal(ours / theirs, Goal::AtMost(1.2)))
}

/// The hits of an output, without what says how long it took.
fn hits(json: &str) -> impl Iterator<Item = &str> {
    json.lines().filter(|line| line.starts_with("{\"type\":\"hit\""))
}
