//! How costs grow with the text: the same figures of several sizes, of ours alone.

use std::path::Path;

use anyhow::Result;

use super::one_shot::latency;
use crate::measure::{Samples, files, size, timed};
use crate::queries::Queries;
use crate::table::{markdown, significant};
use crate::work::Work;

const HEADER: [&str; 10] = [
    "text",
    "files",
    "passages",
    "index",
    "MB/s",
    "size / text",
    "memory",
    "unchanged",
    "rare word",
    "question",
];

/// The table of costs for corpora of these sizes; each is removed before the next is made.
pub fn table(folder: &Path, sizes: &[u64]) -> Result<String> {
    let rows = sizes.iter().map(|&size| row(folder, size)).collect::<Result<Vec<_>>>()?;
    Ok(markdown(&HEADER, &rows))
}

fn row(folder: &Path, bytes: u64) -> Result<Vec<String>> {
    let folder = tempfile::tempdir_in(folder)?;
    let mut work = Work::new(folder.path(), None)?;
    work.generate(bytes)?;
    eprintln!("index");
    let built = work.build()?;
    work.count()?;
    let queries = Queries::of(&work.snapshot()?)?;
    let unchanged: Samples =
        (0..5).map(|_| Ok(timed(&mut work.pass())?.0)).collect::<Result<Vec<_>>>()?.into_iter().collect();
    let rare: Vec<&str> = queries.rare.iter().take(10).map(|counted| counted.query.as_str()).collect();
    let questions: Vec<&str> = queries.questions.iter().take(10).map(String::as_str).collect();
    let text = work.text.bytes / 1e6;
    Ok(vec![
        format!("{} MB", significant(text)),
        files(&work.sources)?.len().to_string(),
        work.text.passages.to_string(),
        format!("{} s", significant(built.wall)),
        significant(text / built.wall),
        significant(size(&work.index())? / work.text.bytes),
        format!("{} MB", significant(built.memory / 1e6)),
        format!("{} ms", significant(unchanged.median() * 1e3)),
        latency(&work, &rare)?,
        latency(&work, &questions)?,
    ])
}
