//! Measures tidings against raw tantivy, SQLite FTS5, Lucene and ripgrep, in one run and over the same text.
//!
//! `cargo build --release` makes the program that is measured, and `cargo run --release -p tidings-peers` measures it:
//! it makes a corpus, has everybody index it, and prints one table of ratios with what they are to be. Both sides take
//! turns, so that the ratios do not depend on the mood of the machine, and every answer is checked, so that a fast wrong
//! one fails. `benches/README.md` says what the rows mean.

mod corpus;
mod measure;
mod peers;
mod queries;
mod rows;
mod table;
mod vocabulary;
mod work;

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use clap::{Parser, Subcommand, ValueEnum};

use crate::measure::Cost;
use crate::queries::Queries;
use crate::table::Row;
use crate::work::Work;

/// Measure tidings against its peers
#[derive(Parser)]
struct Arguments {
    /// How much text to make, in bytes, with K, M or G
    #[arg(long, value_parser = parse_size, default_value = "500M")]
    size: u64,
    /// Take the files of this folder instead
    #[arg(long, conflicts_with = "size")]
    folder: Option<PathBuf>,
    /// Measure only these
    #[arg(long, value_delimiter = ',')]
    only: Vec<Group>,
    /// How often each index is made; the median counts
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// Tell of each query in process on its own, too
    #[arg(long)]
    each: bool,
    /// Work in this folder and keep what is made, for the next run; otherwise a new one under `target`, removed at the end
    #[arg(long)]
    work: Option<PathBuf>,
    /// Print how costs grow with the text instead: of corpora of these sizes, without peers
    #[arg(long, value_parser = parse_size, value_delimiter = ',', conflicts_with_all = ["size", "folder", "only"])]
    sizes: Vec<u64>,
    #[command(subcommand)]
    hidden: Option<Hidden>,
}

/// A group of rows.
#[derive(Clone, Copy, PartialEq, ValueEnum)]
enum Group {
    /// Indexing from nothing: time, size, memory
    Index,
    /// The instructions of analysis and indexing
    Instructions,
    /// One search a process, with a warm cache
    Search,
    /// The same with a cold cache
    Cold,
    /// The memory of one search
    Memory,
    /// Starting and doing nothing
    StartUp,
    /// Questions and phrases inside one process
    InProcess,
    /// Many queries in one process
    Queries,
    /// Passes over what is indexed already
    Passes,
}

impl Group {
    /// Whether both sides are asked for something.
    fn asks(self) -> bool {
        matches!(self, Self::Search | Self::Cold | Self::Memory | Self::InProcess | Self::Queries)
    }
}

/// What this program runs itself for, in processes of their own.
#[derive(Subcommand)]
#[command(hide = true)]
enum Hidden {
    /// Runs a command and writes down what it cost
    Cost {
        report: PathBuf,
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        command: Vec<OsString>,
    },
    /// Makes an index
    Build {
        kind: Builder,
        source: PathBuf,
        index: PathBuf,
        #[arg(long)]
        threads: Option<usize>,
    },
    /// Shows the snippets of tantivy's ten best passages
    Snippets { index: PathBuf, words: String },
    /// Counts the files of a folder
    Walk { folder: PathBuf },
}

/// Who makes an index.
#[derive(Clone, Copy, ValueEnum)]
enum Builder {
    Tantivy,
    Sqlite,
    Tidings,
    /// Reads lines and makes none
    Nothing,
    /// Reads prepared documents and makes none
    NothingOfDocuments,
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    match &arguments.hidden {
        Some(hidden) => run_hidden(hidden),
        None => {
            let (folder, _removed_at_the_end) = working_folder(&arguments)?;
            match arguments.sizes.is_empty() {
                true => compare(&arguments, &folder),
                false => {
                    println!("{}", rows::growth::table(&folder, &arguments.sizes)?);
                    Ok(())
                }
            }
        }
    }
}

fn run_hidden(hidden: &Hidden) -> Result<()> {
    match hidden {
        Hidden::Cost { report, command } => measure::write_cost(report, command),
        Hidden::Build { kind, source, index, threads } => match kind {
            Builder::Tantivy => peers::tantivy::index(source, index, *threads),
            Builder::Sqlite => peers::sqlite::index(source, index),
            Builder::Tidings => rows::index::index_prepared(source, Some(index)),
            Builder::Nothing => rows::index::read_lines(source),
            Builder::NothingOfDocuments => rows::index::index_prepared(source, None),
        },
        Hidden::Snippets { index, words } => {
            let snippets = peers::tantivy::Peer::open(index)?.snippets(words)?;
            println!("{}", snippets.join("\n"));
            Ok(())
        }
        Hidden::Walk { folder } => {
            println!("{}", rows::passes::walk(folder)?);
            Ok(())
        }
    }
}

/// The folder to work in, with what removes it at the end where nobody asked to keep it.
fn working_folder(arguments: &Arguments) -> Result<(PathBuf, Option<tempfile::TempDir>)> {
    if let Some(work) = &arguments.work {
        std::fs::create_dir_all(work).with_context(|| work.display().to_string())?;
        return Ok((work.clone(), None));
    }
    // Beside the program: what is kept in memory, as some folders for temporary files are, has no cold cache.
    let program = std::env::current_exe()?;
    let folder = tempfile::tempdir_in(program.parent().unwrap_or(Path::new(".")))?;
    Ok((folder.path().to_owned(), Some(folder)))
}

/// Measures, and prints the table. A group whose answers are wrong is told of there, and the others still measured.
fn compare(arguments: &Arguments, folder: &Path) -> Result<()> {
    let mut work = Work::new(folder, arguments.folder.as_deref())?;
    work.tells_each = arguments.each;
    let first = prepare(arguments, &mut work)?;
    let is_wanted = |group: &Group| arguments.only.is_empty() || arguments.only.contains(group);
    let groups: Vec<Group> = Group::value_variants().iter().copied().filter(is_wanted).collect();
    let mut queries = None;
    let (mut rows, mut failures) = (Vec::new(), 0);
    for group in groups {
        let name = group.to_possible_value().map_or_else(String::new, |value| value.get_name().to_owned());
        if group.asks() && queries.is_none() {
            queries = Some(self::queries(&work)?);
        }
        eprintln!("{name}");
        match measured(group, &work, queries.as_ref(), arguments.rounds, first) {
            Ok(more) => rows.extend(more),
            Err(error) => {
                eprintln!("{name}: {error:#}");
                rows.push(Row::failed(name, format!("{error:#}")));
                failures += 1;
            }
        }
    }
    println!("{}", table::table(&rows));
    ensure!(failures == 0, "{failures} groups failed");
    Ok(())
}

/// The rows of a group. Nothing holds an index open while its files are to leave the cache.
fn measured(
    group: Group,
    work: &Work,
    queries: Option<&Queries>,
    rounds: usize,
    first: Option<Cost>,
) -> Result<Vec<Row>> {
    let asked = || queries.context("no queries");
    match group {
        Group::Index => rows::index::rows(work, rounds, first),
        Group::Instructions => rows::index::instructions(work),
        Group::Search => rows::one_shot::warm(work, asked()?),
        Group::Cold => rows::one_shot::cold(work, asked()?),
        Group::Memory => rows::one_shot::memory(work, asked()?),
        Group::StartUp => rows::one_shot::start_up(work),
        Group::InProcess => rows::in_process::rows(work, asked()?),
        Group::Queries => rows::batch::rows(work, asked()?),
        Group::Passes => rows::passes::rows(work),
    }
}

/// The queries that everybody is asked, who all have an index now.
fn queries(work: &Work) -> Result<Queries> {
    rows::index::build_missing(work)?;
    eprintln!("queries");
    Queries::of(&work.snapshot()?)
}

/// Makes what is missing; gives what our index cost where it was made.
fn prepare(arguments: &Arguments, work: &mut Work) -> Result<Option<Cost>> {
    if work.is_generated() {
        eprintln!("corpus");
        work.generate(arguments.size)?;
    }
    let first = match work.index().exists() {
        true => None,
        false => {
            eprintln!("index");
            Some(work.build()?)
        }
    };
    work.count()?;
    work.feed_peers()?;
    Ok(first)
}

/// A number of bytes as typed: `500M`.
fn parse_size(typed: &str) -> Result<u64, String> {
    let (digits, factor) = match typed.strip_suffix(['K', 'M', 'G']) {
        Some(digits) if typed.ends_with('K') => (digits, 1_000),
        Some(digits) if typed.ends_with('M') => (digits, 1_000_000),
        Some(digits) => (digits, 1_000_000_000),
        None => (typed, 1),
    };
    let number: u64 = digits.parse().map_err(|_| format!("{typed}: not a size, such as 500M"))?;
    number.checked_mul(factor).ok_or_else(|| format!("{typed}: too much"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_arguments_fit_together() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn sizes_have_units_of_a_thousand() {
        assert_eq!(parse_size("500M"), Ok(500_000_000));
        assert_eq!(parse_size("2G"), Ok(2_000_000_000));
        assert_eq!(parse_size("12"), Ok(12));
        assert!(parse_size("M").is_err());
        assert!(parse_size("99999999999G").is_err());
    }
}
