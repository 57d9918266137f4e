//! The peers: what else answers such questions, each as it comes.

pub mod lucene;
pub mod ripgrep;
pub mod sqlite;
pub mod tantivy;

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use anyhow::Result;
use serde::Deserialize;

/// A line of what peers are fed.
#[derive(Deserialize)]
struct Line {
    text: String,
}

/// Calls `take` with each passage of a file of JSON Lines.
pub fn for_each_text(lines: &Path, mut take: impl FnMut(String) -> Result<()>) -> Result<()> {
    for line in BufReader::with_capacity(1 << 20, File::open(lines)?).lines() {
        let line: Line = serde_json::from_str(&line?)?;
        take(line.text)?;
    }
    Ok(())
}

/// Whether a program is on the PATH.
pub fn is_on_path(program: &str) -> bool {
    std::env::var_os("PATH")
        .is_some_and(|path| std::env::split_paths(&path).any(|folder| folder.join(program).is_file()))
}
