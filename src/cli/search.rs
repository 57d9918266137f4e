//! `tidings search`: one query, or a batch of them.

mod batch;
pub(super) mod flags;
mod narrow;
pub(super) mod session;

use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use clap::builder::{OsStringValueParser, TypedValueParser};

use super::allocator::keep_what_is_freed;
use super::diagnostics::{Failure, Outcome, tell};
use super::index::{ReadArguments, WalkArguments, WriteArguments, pass, summary};
use super::progress::Detail;
use super::{Global, open_engine};
use crate::engine::{unknown_facets, unknown_keys};
use crate::index::Snapshot;
use crate::ingest;
use crate::query::Query;
use crate::render::{Problem, Turn};
use flags::{HitArguments, ReadingArguments, WideningArguments};
use session::{Asked, Given, Session};

const EXAMPLES: &str = r#"Query text:
  missile warning           either word, ranked; inflections match; words of grammar do not count
  "missile warning"         exactly these words in this order (in a shell: '"missile warning"')
  =launches                 exactly this word
  +a -b  a AND b  a OR b    required, excluded, both, either; NOT and parentheses too
  "missile sharing"~3       with up to 3 other words among them, in any order; ~>3 in this order
  a NEAR/5 b  a BEFORE/5 b  with up to 5 words between them, in either order; in this order
  warn*  "missile warn*"    prefixes
  pyongyng~1  /miss.le/     within so many edits; a regular expression on whole words
  title:summit  heading:x   in the title, in a heading
  path:reports/**  lang:ko  format:html  ext:md  date:2023-11  date:>=2023-06
  size:>1MB  size:1KB..2MB  size of the source: B, KB, MB, GB (of 1000), KiB, MiB, GiB (of 1024)
  meta.desk:Asia            a stated fact, in any case; meta.desk:As* starts so, meta.desk:* is any
  meta.year:>=2020          a number or a date; meta.year:2020..2023  meta.published:<2023-11
  word^2                    weighs twice

Examples:
  tidings search missile warning
  tidings search --phrase "real-time missile warning" --json
  tidings search 'lang:ko 미사일' --limit 3
  tidings search --queries topics.tsv --words --group document --format trec > run.trec
  tidings search --refresh=reports "sanctions"
  tidings search --explain missile warning                 what each score is made of
  tidings search --expand sharing alerts                   what says it in other words, too
  tidings search --within document 'radar AND sanctions'   each anywhere in the document
  tidings search --auto-correct misile warning
  tidings search --filter 'lang:en size:<1MB' --filter meta.desk:Asia missile warning
  tidings search --count --facets lang,date:month,path:2,meta.desk warning
  tidings search --format html missile warning > hits.html

`tidings why-not DOCUMENT QUERY` says why a document is missing, `tidings like DOCUMENT` finds more like it.

Exit code 0 means found, 1 nothing found, 2 a bad query, 3 that some source could not be read, 4 no usable index."#;

/// Find the passages that fit a query best
#[derive(Clone, Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// The query text; several are joined by spaces
    #[arg(value_name = "QUERY", required_unless_present = "queries", conflicts_with = "queries")]
    query: Vec<String>,
    /// Answer one query a line of this file (`-` for standard input): an id, a tab and the query text, or the text alone
    #[arg(long, value_name = "FILE", conflicts_with = "qid")]
    queries: Option<PathBuf>,
    #[command(flatten)]
    reading: ReadingArguments,
    #[command(flatten)]
    widening: WideningArguments,
    #[command(flatten)]
    hits: HitArguments,
    #[command(flatten)]
    refresh: RefreshArguments,
}

/// What is read before the search.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Refresh")]
struct RefreshArguments {
    /// Read what changed before searching: this path, or without one what was read before (at first `seeds`)
    #[arg(
        long,
        value_name = "PATH",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "",
        value_parser = OsStringValueParser::new().map(PathBuf::from)
    )]
    refresh: Vec<PathBuf>,
    #[command(flatten)]
    write: WriteArguments,
}

pub(super) fn run(global: &Global, arguments: &Arguments) -> Result<Outcome, Failure> {
    keep_what_is_freed();
    let filter = arguments.hits.filter()?;
    let problems = refresh(global, &arguments.refresh)?;
    let session = Arc::new(Session {
        reading: arguments.reading,
        widening: arguments.widening,
        problems,
        ..open(global, &arguments.hits, filter)?
    });
    let mut out = BufWriter::new(io::stdout().lock());
    let outcome = match &arguments.queries {
        Some(file) => batch::answer_all(&session, file, &mut out)?,
        None => {
            answer_one(&session, &arguments.query.join(" "), arguments.hits.output.qid.as_deref(), &mut out)?
        }
    };
    out.flush()?;
    Ok(match (outcome, session.problems.is_empty()) {
        (Outcome::Done | Outcome::Nothing, false) => Outcome::Partial,
        (outcome, _) => outcome,
    })
}

/// Opens the index for the hits that are asked for; tells of facts that no document can be found or counted by, before
/// any query is read.
pub(super) fn open(global: &Global, hits: &HitArguments, filter: Option<Query>) -> Result<Session, Failure> {
    // A process answers and ends. To close file after file before that takes longer than the system takes for all at once.
    let engine = Box::leak(Box::new(open_engine(&global.index)?));
    let facets = hits.narrow.facets();
    let mut unknown = unknown_facets(engine.snapshot(), &facets)?;
    if let Some(filter) = &filter {
        unknown.extend(unknown_keys(engine.snapshot(), filter)?);
    }
    unknown.iter().map(unknown_key_told).for_each(tell);
    Ok(Session {
        engine,
        reading: ReadingArguments::default(),
        widening: WideningArguments::default(),
        choice: hits.choice.clone(),
        facets,
        explain: hits.output.explain,
        filter,
        options: hits.output.render_options(global),
        problems: Vec::new(),
    })
}

fn answer_one(
    session: &Session,
    text: &str,
    id: Option<&str>,
    out: &mut dyn Write,
) -> Result<Outcome, Failure> {
    let read = session.read(text)?;
    read.notices.iter().for_each(tell);
    let given = session.answer(Asked { text, id, turn: Turn::Only }, read, out)?;
    give_out(session, &given, out)
}

/// Ends the only answer of a run, and tells what is to be told behind it.
pub(super) fn give_out(session: &Session, given: &Given, out: &mut dyn Write) -> Result<Outcome, Failure> {
    session.end(out)?;
    // The hits come first, also where both go to one terminal.
    out.flush()?;
    if !given.found && session.is_for_people() {
        tell("nothing found");
    }
    given.remarks.iter().for_each(tell);
    Ok(if given.found { Outcome::Done } else { Outcome::Nothing })
}

/// What to tell of facts that no document can be found by, since a slip of the pen would go unnoticed.
pub(super) fn unknown_keys_told(snapshot: &Snapshot, query: &Query) -> Result<Vec<String>, Failure> {
    Ok(unknown_keys(snapshot, query)?.iter().map(unknown_key_told).collect())
}

fn unknown_key_told(key: &String) -> String {
    format!("meta.{key}: no document states this; `tidings show` tells what a document states")
}

/// Reads what changed, if that was asked for; gives what failed.
fn refresh(global: &Global, arguments: &RefreshArguments) -> Result<Vec<Problem>, Failure> {
    if arguments.refresh.is_empty() {
        return Ok(Vec::new());
    }
    let paths: Vec<PathBuf> =
        arguments.refresh.iter().filter(|path| !path.as_os_str().is_empty()).cloned().collect();
    let options = ingest::Options {
        roots: paths,
        walk: WalkArguments::default().options(&global.index),
        ..ReadArguments::default().options()?
    };
    let (report, problems) = pass(global, options, &arguments.write, Detail::Failures)?;
    if io::stderr().is_terminal() {
        tell(summary(&report));
    }
    Ok(problems)
}
