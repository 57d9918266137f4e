//! Lucene, where its jars and a Java Development Kit are at hand: one field with its English stemmer, positions and the
//! stored text, in default settings, in a process of its own that tells how long it took for each query.

use std::ffi::{OsStr, OsString};
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use anyhow::{Context, Result, ensure};

use super::{for_each_text, is_on_path};

/// The variable that names Lucene's jars, as a class path.
pub const JARS: &str = "TIDINGS_LUCENE";

/// What runs Java from its source.
const JAVA: &str = "java";

/// How often each query is asked before any is timed: Java compiles what runs often while it runs.
const WARM_UP: usize = 30;

/// Lucene's jars, if they are named and can be run.
pub fn jars() -> Option<OsString> {
    std::env::var_os(JARS).filter(|_| is_on_path(JAVA))
}

fn java(jars: &OsStr, task: &str, folder: &Path) -> Command {
    let mut java = Command::new(JAVA);
    java.arg("-cp").arg(jars);
    java.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/peers/Lucene.java"));
    java.arg(task).arg(folder);
    java
}

/// Makes an index of a file of JSON Lines.
pub fn index(jars: &OsStr, lines: &Path, folder: &Path) -> Result<()> {
    let mut process = java(jars, "index", folder).stdin(Stdio::piped()).spawn().context(JAVA)?;
    let mut input = BufWriter::with_capacity(1 << 20, process.stdin.take().context("no input")?);
    for_each_text(lines, |text| {
        input.write_all(&u32::try_from(text.len())?.to_be_bytes())?;
        Ok(input.write_all(text.as_bytes())?)
    })?;
    drop(input.into_inner()?);
    let status = process.wait()?;
    ensure!(status.success(), "{JAVA}: {status}");
    Ok(())
}

/// An open index.
pub struct Peer {
    process: Child,
    queries: ChildStdin,
    answers: BufReader<ChildStdout>,
    /// How many passages it has.
    pub passages: usize,
}

impl Peer {
    /// Opens the index in a folder and asks each query often enough to have it compiled.
    pub fn open(jars: &OsStr, folder: &Path, queries: &[&str]) -> Result<Self> {
        let mut java = java(jars, "search", folder);
        let mut process = java.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().context(JAVA)?;
        let input = process.stdin.take().context("no input")?;
        let answers = BufReader::new(process.stdout.take().context("no output")?);
        let mut peer = Self { process, queries: input, answers, passages: 0 };
        peer.passages = peer.answer()?.trim().parse().with_context(|| format!("{JAVA} gives no count"))?;
        for query in queries.repeat(WARM_UP) {
            peer.time(query)?;
        }
        Ok(peer)
    }

    /// How long it takes to find and read the ten best passages, in seconds, and how many there are.
    pub fn time(&mut self, query: &str) -> Result<(f64, usize)> {
        writeln!(self.queries, "{query}")?;
        let answer = self.answer()?;
        let (nanoseconds, hits) = answer.trim().split_once(' ').context("no answer")?;
        Ok((nanoseconds.parse::<f64>()? / 1e9, hits.parse()?))
    }

    fn answer(&mut self) -> Result<String> {
        let mut line = String::new();
        self.answers.read_line(&mut line)?;
        Ok(line)
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
