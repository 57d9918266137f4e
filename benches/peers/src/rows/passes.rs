//! Passes over what is indexed already: with nothing changed, and with one file changed.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use super::index::listing;
use crate::measure::{Samples, files, this_program, timed};
use crate::table::{Goal, Row, megabytes};
use crate::work::Work;

/// How often each pass is run.
const ROUNDS: usize = 5;

/// What a pass may take for each file, in microseconds, with nothing changed: half a second for fifty thousand.
const EACH: f64 = 10.0;

/// What it may take with one file changed: a tenth of a second more.
const CHANGED: f64 = 0.1;

/// What may be written for a file of a few kilobytes, in megabytes.
const WRITTEN: f64 = 1.0;

/// The times of passes, and what is written.
pub fn rows(work: &Work) -> Result<Vec<Row>> {
    let files = files(&work.sources)?.len();
    // The first one makes sure that the index has what there is.
    timed(&mut work.pass())?;
    let (mut ours, mut walk) = (Samples::default(), Samples::default());
    let before = work.snapshot()?.generation();
    for _ in 0..ROUNDS {
        ours.add(timed(&mut work.pass())?.0);
        let (seconds, walked) = timed(this_program()?.arg("walk").arg(&work.sources))?;
        ensure!(walked.trim() == files.to_string(), "the walk finds {walked} files instead of {files}");
        walk.add(seconds);
    }
    ensure!(work.snapshot()?.generation() == before, "a pass with nothing changed makes a commit");
    let each = ours.median() * 1e6 / files as f64;
    let unchanged = format!("`index`, nothing changed, {files} files");
    let mut rows = vec![
        Row::new(&unchanged, ours.milliseconds(), "").at_most(each, EACH, "µs a file"),
        Row::new(&unchanged, ours.milliseconds(), format!("walk with stat {}", walk.milliseconds()))
            .ratio_with_goal(ours.median() / walk.median(), Goal::AtMost(2.5)),
    ];
    rows.extend(one_changed(work, files)?);
    Ok(rows)
}

/// Passes with one file changed. A user's folder is not written to.
fn one_changed(work: &Work, files: usize) -> Result<Vec<Row>> {
    let what = format!("`index`, one file of {files} changed");
    if !work.is_generated() {
        return Ok(vec![Row::unmeasured(what, "a user's folder is not written to")]);
    }
    let file = some_file(&work.sources)?;
    let as_it_was = fs::read(&file)?;
    let (mut times, mut written) = (Samples::default(), Samples::default());
    for round in 0..ROUNDS {
        let word = format!("unheardof{round}");
        writeln!(OpenOptions::new().append(true).open(&file)?, "\nNobody has read of {word}.")?;
        let before = listing(&work.index())?;
        times.add(timed(&mut work.pass())?.0);
        let after = listing(&work.index())?;
        let fresh =
            after.iter().filter(|(name, _)| !before.contains_key(*name)).map(|(_, size)| *size as f64);
        written.add(fresh.sum());
        let (_, count) = timed(work.tidings("search").args(["--count", &format!("={word}")]))?;
        ensure!(count.trim() == "1", "{word}: found {count}");
    }
    fs::write(&file, as_it_was)?;
    timed(&mut work.pass())?;
    let bound = (files as f64 * EACH / 1e6 + CHANGED) * 1e3;
    Ok(vec![
        Row::new(what, times.milliseconds(), "").at_most(times.median() * 1e3, bound.round(), "ms"),
        Row::new("written by that", megabytes(written.median()), "").at_most(
            written.median() / 1e6,
            WRITTEN,
            "MB",
        ),
    ])
}

/// One of the files, of a middling size.
fn some_file(sources: &Path) -> Result<PathBuf> {
    let mut sized: Vec<_> = files(sources)?
        .into_iter()
        .map(|file| Ok((fs::metadata(&file)?.len(), file)))
        .collect::<Result<_>>()?;
    sized.retain(|(_, file)| file.extension().is_some_and(|extension| extension == "txt"));
    sized.sort();
    let (_, file) = sized.get(sized.len() / 2).context("no text file")?;
    Ok(file.clone())
}

/// The bare walk: counts the files below a folder and asks of each its size and its times.
pub fn walk(folder: &Path) -> Result<u64> {
    let mut count = 0;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            count += walk(&entry.path())?;
        } else {
            std::hint::black_box(entry.metadata()?.modified()?);
            count += 1;
        }
    }
    Ok(count)
}
