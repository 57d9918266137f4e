//! The folder that a run works in: the corpus, the passages of it as JSON Lines, the index and those of the peers.
//!
//! What is there already is used again, as long as it is made of the same text, so that a second run with `--work`
//! measures at once.

use std::env;
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use anyhow::{Context, Result, bail, ensure};
use serde_json::json;
use tidings::index::{Snapshot, StoredPassage};

use crate::corpus::Generator;
use crate::measure::{self, Cost};
use crate::vocabulary::Vocabulary;

/// The variable that names the program to measure.
const PROGRAM: &str = "TIDINGS_PROGRAM";

/// Where everything of a run stands.
pub struct Work {
    /// The folder of the run.
    folder: PathBuf,
    /// The files that are indexed.
    pub sources: PathBuf,
    /// The program that is measured.
    program: PathBuf,
    /// The text in the index.
    pub text: Amount,
    /// Whether each query in process is told of on its own.
    pub tells_each: bool,
}

/// How much text there is.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Amount {
    /// Passages.
    pub passages: usize,
    /// The bytes of their texts.
    pub bytes: f64,
}

impl Work {
    /// The work on a user's folder, or on a generated corpus where none is named.
    pub fn new(folder: &Path, sources: Option<&Path>) -> Result<Self> {
        let folder = folder.canonicalize().with_context(|| folder.display().to_string())?;
        let sources = match sources {
            Some(sources) => sources.canonicalize().with_context(|| sources.display().to_string())?,
            None => folder.join("corpus"),
        };
        Ok(Self { folder, sources, program: program()?, text: Amount::default(), tells_each: false })
    }

    /// Whether the corpus was made here, and may be changed.
    pub fn is_generated(&self) -> bool {
        self.sources == self.folder.join("corpus")
    }

    /// The index directory.
    pub fn index(&self) -> PathBuf {
        self.folder.join("index")
    }

    /// The passages of the index as JSON Lines.
    pub fn lines(&self) -> PathBuf {
        self.folder.join("passages.jsonl")
    }

    /// Tantivy's index.
    pub fn tantivy(&self) -> PathBuf {
        self.folder.join("tantivy")
    }

    /// Lucene's index.
    pub fn lucene(&self) -> PathBuf {
        self.folder.join("lucene")
    }

    /// SQLite's database.
    pub fn sqlite(&self) -> PathBuf {
        self.folder.join("fts5.db")
    }

    /// A file of the run.
    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// The program with one of its commands, at work in this folder.
    pub fn tidings(&self, command: &str) -> Command {
        let mut program = Command::new(&self.program);
        program.current_dir(&self.folder).arg(command).arg("--index").arg(self.index());
        program
    }

    /// The program with nothing to do but start.
    pub fn version(&self) -> Command {
        let mut program = Command::new(&self.program);
        program.arg("--version");
        program
    }

    /// The pass over all sources.
    pub fn pass(&self) -> Command {
        let mut pass = self.tidings("index");
        pass.arg("--quiet").arg(&self.sources);
        pass
    }

    /// The state that the index is in.
    pub fn snapshot(&self) -> Result<Snapshot> {
        Ok(Snapshot::open(&self.index())?)
    }

    /// Writes a corpus of this size, unless it is there.
    pub fn generate(&self, size: u64) -> Result<()> {
        let stamp = self.folder.join("corpus.size");
        if let Ok(there) = fs::read_to_string(&stamp) {
            ensure!(
                there == size.to_string(),
                "{}: holds a corpus of another size; remove it",
                self.folder.display()
            );
            return Ok(());
        }
        let seeds = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../seeds");
        let documents = Generator::new(Vocabulary::of_samples(&seeds)?).write(&self.sources, size)?;
        eprintln!("{documents} files of {} MB in all", size / 1_000_000);
        Ok(fs::write(stamp, size.to_string())?)
    }

    /// Makes the index anew; gives what that cost.
    pub fn build(&self) -> Result<Cost> {
        remove(&self.index())?;
        measure::cost(&self.pass())
    }

    /// Counts the text of the index.
    pub fn count(&mut self) -> Result<()> {
        let mut text = Amount::default();
        let snapshot = self.snapshot()?;
        for_each_passage(&snapshot, |_, passage| {
            text.passages += 1;
            text.bytes += passage.len() as f64;
            Ok(())
        })?;
        ensure!(text.passages as u64 == snapshot.meta().totals.passages, "the index counts other passages");
        ensure!(text.passages > 0, "{}: no text in it", self.sources.display());
        self.text = text;
        Ok(())
    }

    /// Writes down the passages for the peers, unless these have them; what peers made of others is removed.
    pub fn feed_peers(&self) -> Result<()> {
        let stamp = self.folder.join("passages.size");
        let amount = format!("{} {}", self.text.passages, self.text.bytes);
        if fs::read_to_string(&stamp).is_ok_and(|there| there == amount) {
            return Ok(());
        }
        remove(&self.tantivy())?;
        remove(&self.sqlite())?;
        remove(&self.lucene())?;
        let mut lines = BufWriter::with_capacity(1 << 20, File::create(self.lines())?);
        for_each_passage(&self.snapshot()?, |_, text| {
            serde_json::to_writer(&mut lines, &json!({ "text": text }))?;
            Ok(lines.write_all(b"\n")?)
        })?;
        lines.flush()?;
        Ok(fs::write(stamp, amount)?)
    }
}

/// Calls `take` with each passage of an index.
pub fn for_each_passage(
    snapshot: &Snapshot,
    mut take: impl FnMut(StoredPassage, String) -> Result<()>,
) -> Result<()> {
    for (ordinal, segment) in (0..).zip(snapshot.searcher().segment_readers()) {
        let passages = segment.fast_fields().u64("ordinal")?;
        for doc in segment.doc_ids_alive().filter(|&doc| passages.first(doc).is_some()) {
            let (stored, text) = snapshot.passage_at(tantivy::DocAddress::new(ordinal, doc))?;
            take(stored, text)?;
        }
    }
    Ok(())
}

/// Removes a file or a folder, if it is there.
pub fn remove(path: &Path) -> Result<()> {
    match path.is_dir() {
        true => Ok(fs::remove_dir_all(path)?),
        false if path.exists() => Ok(fs::remove_file(path)?),
        false => Ok(()),
    }
}

/// The program that is measured: the one that the environment names, else the release build beside this one.
///
/// It is a build of its own, since what this package depends on would change how the program is built.
fn program() -> Result<PathBuf> {
    if let Some(named) = env::var_os(PROGRAM) {
        let named = PathBuf::from(named);
        return named.canonicalize().with_context(|| format!("{PROGRAM}={}", named.display()));
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let program = env::current_exe()?.with_file_name("tidings");
    let Ok(built) = fs::metadata(&program).and_then(|meta| meta.modified()) else {
        bail!("{}: not found; run `cargo build --release` first, or set {PROGRAM}", program.display());
    };
    let newest = newest(&root.join("src"))?.max(fs::metadata(root.join("Cargo.lock"))?.modified()?);
    if built < newest {
        eprintln!("{}: older than its sources; `cargo build --release` makes it anew", program.display());
    }
    Ok(program)
}

/// When the youngest file below a folder was modified.
fn newest(folder: &Path) -> Result<SystemTime> {
    let mut times = measure::files(folder)?.into_iter().map(|file| Ok(fs::metadata(file)?.modified()?));
    times.try_fold(SystemTime::UNIX_EPOCH, |newest, time: Result<_>| Ok(newest.max(time?)))
}
