//! `tidings search`: one query, or a batch of them.

mod batch;
mod session;

use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::PathBuf;
use std::sync::Arc;

use clap::builder::{OsStringValueParser, TypedValueParser};
use clap::{Args, ValueEnum};

use super::Global;
use super::diagnostics::{Failure, Outcome, tell};
use super::index::{ReadArguments, WalkArguments, WriteArguments, pass, summary};
use super::progress::Detail;
use crate::engine::{LocalEngine, unknown_keys};
use crate::index::Snapshot;
use crate::ingest;
use crate::query::{self, Operator, Query, Reading};
use crate::render::{self, Colour, HyperlinkFormat, Hyperlinks, OutputFormat, Problem, Separator, Turn};
use session::{Asked, Session};

mod narrow;

use narrow::NarrowArguments;

const EXAMPLES: &str = r#"Query text:
  missile warning           either word, ranked; inflections match
  "missile warning"         exactly these words in this order (quote it for the shell: '"missile warning"')
  =launches                 exactly this word
  +a -b  a AND b  a OR b    required, excluded, both, either; NOT and parentheses too
  "missile sharing"~3       with up to 3 other words among them, in any order; ~>3 in this order
  a NEAR/5 b  a BEFORE/5 b  with up to 5 words between them, in either order; in this order
  warn*  "missile warn*"    prefixes
  pyongyng~1  /miss.le/     within so many edits; a regular expression on whole words
  title:summit  heading:x   in the title, in a heading
  path:reports/**  lang:ko  format:html  ext:md  date:2023-11  date:>=2023-06
  size:>1MB  size:1KB..2MB  size of the source: B, KB, MB, GB (of 1000), KiB, MiB, GiB (of 1024)
  meta.desk:Asia            a fact that the document states of itself, in any case; meta.desk:As*  meta.desk:*
  meta.year:>=2020          a number or a date; meta.year:2020..2023  meta.published:<2023-11
  word^2                    weighs twice

Examples:
  tidings search missile warning
  tidings search --phrase "real-time missile warning" --json
  tidings search 'lang:ko 미사일' --limit 3
  tidings search --queries topics.tsv --words --group document --format trec > run.trec
  tidings search --refresh=reports "sanctions"
  tidings search --auto-correct misile warning
  tidings search --filter 'lang:en size:<1MB' --filter meta.desk:Asia missile warning
  tidings search --count --facets lang,date:month,path:2,meta.desk warning
  tidings search --format html missile warning > hits.html

Exit code 0 means found, 1 nothing found, 2 a bad query, 3 that some source could not be read, 4 no usable index."#;

/// Find the passages that fit a query best
#[derive(Clone, Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// The query text; several are joined by spaces
    #[arg(value_name = "QUERY", required_unless_present = "queries", conflicts_with = "queries")]
    query: Vec<String>,
    /// Answer one query a line of this file (`-` for standard input): an id, a tab and the query text, or the text alone
    #[arg(long, value_name = "FILE")]
    queries: Option<PathBuf>,
    #[command(flatten)]
    reading: ReadingArguments,
    #[command(flatten)]
    choice: ChoiceArguments,
    #[command(flatten)]
    narrow: NarrowArguments,
    #[command(flatten)]
    output: OutputArguments,
    #[command(flatten)]
    refresh: RefreshArguments,
}

/// How the query text is read.
#[derive(Clone, Copy, Debug, Args)]
#[command(next_help_heading = "Query")]
pub(super) struct ReadingArguments {
    /// Take the query text as plain words, nothing in it as an operator
    #[arg(long, conflicts_with = "phrase")]
    words: bool,
    /// Take the query text as one phrase
    #[arg(long)]
    phrase: bool,
    /// Require every word
    #[arg(long, conflicts_with = "any")]
    all: bool,
    /// Require any of the words (the default)
    #[arg(long)]
    any: bool,
    /// Where the index hardly has a word, search for the one that was probably meant
    #[arg(long)]
    auto_correct: bool,
}

impl ReadingArguments {
    /// How a query text is read.
    pub(super) fn options(self) -> query::Options {
        query::Options {
            reading: match (self.words, self.phrase) {
                (true, _) => Reading::Words,
                (_, true) => Reading::Phrase,
                _ => Reading::Query,
            },
            operator: if self.all { Operator::All } else { Operator::Any },
        }
    }
}

/// Which hits are given, and in which order.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Hits")]
struct ChoiceArguments {
    /// How many hits to give at most
    #[arg(short = 'n', long, value_name = "N", default_value_t = 10)]
    limit: usize,
    /// How many of the first hits to leave out
    #[arg(long, value_name = "N", default_value_t = 0)]
    offset: usize,
    /// What a hit is: a passage, or a document with its best passage
    #[arg(long, value_name = "WHAT", default_value = "passage")]
    group: GroupBy,
    /// Where all that the query requires must stand: in one passage, or anywhere in one document
    #[arg(long, value_name = "WHERE", default_value = "passage")]
    within: GroupBy,
    /// The order of the hits
    #[arg(long, value_name = "KEY", default_value = "score", allow_hyphen_values = true)]
    sort: SortBy,
    /// Look also, with less weight, for words that the first hits have in common
    #[arg(long)]
    expand: bool,
    /// Give the number of hits alone, counted exactly
    #[arg(short, long)]
    count: bool,
}

/// How hits are shown.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Output")]
struct OutputArguments {
    /// JSON Lines, as `tidings schema` describes them; the same as --format json
    #[arg(long, conflicts_with = "format")]
    json: bool,
    /// The output format
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
    /// Say of each hit what its score is made of, and how the query was understood
    #[arg(long)]
    explain: bool,
    /// End paths with a NUL byte, as `xargs -0` wants them; goes with --format paths
    #[arg(short = '0', long)]
    null: bool,
    /// How many characters of a passage the text output shows
    #[arg(long, value_name = "N", default_value_t = 300)]
    snippet: usize,
    /// Link paths on the terminal: none, default, file, vscode, kitty, … or a format as ripgrep's
    #[arg(long, value_name = "FORMAT", default_value = "none")]
    hyperlink_format: HyperlinkFormat,
    /// The name of the run in trec output
    #[arg(long, value_name = "TAG", default_value = "tidings")]
    run_tag: String,
    /// The id of the query in trec, csv and JSON output
    #[arg(long, value_name = "ID", conflicts_with = "queries")]
    qid: Option<String>,
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

/// Passages or documents.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum GroupBy {
    Passage,
    Document,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum SortBy {
    /// Best first
    Score,
    /// Oldest first
    Date,
    /// Newest first
    #[value(name = "-date")]
    MinusDate,
    /// By document id
    Path,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Text,
    /// JSON Lines
    Json,
    /// The path of each document, once
    Paths,
    /// path:line:column:text, for editors
    Vimgrep,
    /// One row a hit, with a header
    Csv,
    /// Runs for trec_eval
    Trec,
    /// One page for a browser
    Html,
}

pub(super) fn run(global: &Global, arguments: &Arguments) -> Result<Outcome, Failure> {
    let filter = arguments.narrow.filter()?;
    check_facets(arguments)?;
    let problems = refresh(global, &arguments.refresh)?;
    let engine = LocalEngine::new(Snapshot::open(&global.index)?);
    if let Some(filter) = &filter {
        unknown_keys_told(engine.snapshot(), filter)?.iter().for_each(tell);
    }
    let session = Arc::new(Session {
        engine,
        arguments: arguments.clone(),
        filter,
        options: render_options(global, arguments),
        problems,
    });
    let mut out = BufWriter::new(io::stdout().lock());
    let outcome = match &arguments.queries {
        Some(file) => batch::answer_all(&session, file, &mut out)?,
        None => answer_one(&session, &mut out)?,
    };
    out.flush()?;
    Ok(match (outcome, session.problems.is_empty()) {
        (Outcome::Done | Outcome::Nothing, false) => Outcome::Partial,
        (outcome, _) => outcome,
    })
}

fn answer_one(session: &Session, out: &mut dyn Write) -> Result<Outcome, Failure> {
    let text = session.arguments.query.join(" ");
    let read = session.read(&text)?;
    read.notices.iter().for_each(tell);
    let id = session.arguments.output.qid.as_deref();
    let given = session.answer(Asked { text: &text, id, turn: Turn::Only }, read, out)?;
    session.end(out)?;
    // The hits come first, also where both go to one terminal.
    out.flush()?;
    if !given.found && session.is_for_people() {
        tell("nothing found");
    }
    given.remarks.iter().for_each(tell);
    Ok(if given.found { Outcome::Done } else { Outcome::Nothing })
}

/// Refuses counts of documents where the output has no place for them.
fn check_facets(arguments: &Arguments) -> Result<(), Failure> {
    let has_place = arguments.output.json
        || matches!(arguments.output.format, Format::Text | Format::Json | Format::Html);
    if arguments.narrow.has_facets() && !has_place {
        let message = "--facets: goes with text, JSON and HTML output; choose one of these, or leave it out";
        return Err(Failure::Usage(message.to_owned()));
    }
    Ok(())
}

/// What to tell of facts that no document can be found by, since a slip of the pen would go unnoticed.
fn unknown_keys_told(snapshot: &Snapshot, query: &Query) -> Result<Vec<String>, Failure> {
    let told = |key: String| {
        format!("meta.{key}: no document states this; `tidings show` tells what a document states")
    };
    Ok(unknown_keys(snapshot, query)?.into_iter().map(told).collect())
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

fn render_options(global: &Global, arguments: &Arguments) -> render::Options {
    let output = &arguments.output;
    let colour = if global.colours_output() { Colour::Ansi } else { Colour::Plain };
    let width = io::stdout().is_terminal().then(terminal_size::terminal_size).flatten();
    render::Options {
        format: if output.json { OutputFormat::Json } else { output.format.into() },
        colour,
        hyperlinks: Some(Hyperlinks {
            format: output.hyperlink_format.clone(),
            folder: std::env::current_dir().unwrap_or_default(),
            host: String::new(),
            wsl_prefix: std::env::var("WSL_DISTRO_NAME")
                .map(|name| format!("wsl$/{name}"))
                .unwrap_or_default(),
        }),
        snippet: output.snippet,
        width: width.map(|(terminal_size::Width(columns), _)| usize::from(columns)),
        separator: if output.null { Separator::Nul } else { Separator::Newline },
        run_tag: output.run_tag.clone(),
    }
}

impl From<Format> for OutputFormat {
    fn from(format: Format) -> Self {
        match format {
            Format::Text => Self::Text,
            Format::Json => Self::Json,
            Format::Paths => Self::Paths,
            Format::Vimgrep => Self::Vimgrep,
            Format::Csv => Self::Csv,
            Format::Trec => Self::Trec,
            Format::Html => Self::Html,
        }
    }
}
