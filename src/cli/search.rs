//! `tidings search`: one query, or a batch of them.

use std::io::{self, BufRead, BufReader, BufWriter, IsTerminal, Write};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use clap::builder::{OsStringValueParser, TypedValueParser};
use clap::{Args, ValueEnum};

use super::Global;
use super::diagnostics::{Failure, Outcome, tell};
use super::index::{ReadArguments, WalkArguments, WriteArguments, counted, pass, summary};
use super::progress::Detail;
use crate::engine::{Engine, LocalEngine, unknown_keys};
use crate::hit::{Count, Group, Request, Response, Sort};
use crate::index::Snapshot;
use crate::ingest;
use crate::query::{self, Operator, Parsed, Reading};
use crate::render::{self, Answer, Colour, HyperlinkFormat, Hyperlinks, OutputFormat, Problem, Separator};
use crate::search::{Marking, search};

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
  tidings search --filter 'lang:en size:<1MB' --filter meta.desk:Asia missile warning
  tidings search --count --facets lang,date:month,path:2,meta.desk warning
  tidings search --format html missile warning > hits.html

Exit code 0 means found, 1 nothing found, 2 a bad query, 3 that some source could not be read, 4 no usable index."#;

/// Find the passages that fit a query best
#[derive(Debug, Args)]
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
struct ReadingArguments {
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
    /// The order of the hits
    #[arg(long, value_name = "KEY", default_value = "score", allow_hyphen_values = true)]
    sort: SortBy,
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
        tell_unknown_keys(engine.snapshot(), filter)?;
    }
    let session = Session {
        engine: &engine,
        arguments,
        filter,
        options: render_options(global, arguments),
        problems,
        is_first: std::cell::Cell::new(true),
    };
    let mut out = BufWriter::new(io::stdout().lock());
    let outcome = match &arguments.queries {
        Some(file) => session.batch(file, &mut out)?,
        None => session.single(&arguments.query.join(" "), &mut out)?,
    };
    if session.is_page() && !session.is_first.get() {
        render::end_page(&session.options, &mut out)?;
    }
    out.flush()?;
    Ok(match (outcome, session.problems.is_empty()) {
        (Outcome::Done | Outcome::Nothing, false) => Outcome::Partial,
        (outcome, _) => outcome,
    })
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

/// Tells which facts no document can be found by, since a slip of the pen would go unnoticed.
fn tell_unknown_keys(snapshot: &Snapshot, query: &query::Query) -> Result<(), Failure> {
    for key in unknown_keys(snapshot, query)? {
        tell(format_args!(
            "meta.{key}: no document states this; `tidings show` tells what a document states"
        ));
    }
    Ok(())
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

/// What answers the queries of one run.
struct Session<'a> {
    engine: &'a LocalEngine,
    arguments: &'a Arguments,
    filter: Option<query::Query>,
    options: render::Options,
    problems: Vec<Problem>,
    is_first: std::cell::Cell<bool>,
}

/// A query text with its id, and its number in a batch.
#[derive(Clone, Copy)]
struct Asked<'a> {
    text: &'a str,
    id: Option<&'a str>,
    number: Option<usize>,
}

impl Session<'_> {
    fn single(&self, text: &str, out: &mut dyn Write) -> Result<Outcome, Failure> {
        let asked = Asked { text, id: self.arguments.output.qid.as_deref(), number: None };
        let found = self.answer(asked, out)?;
        if !found && self.options.format == OutputFormat::Text && !self.arguments.choice.count {
            out.flush()?;
            tell("nothing found");
        }
        Ok(if found { Outcome::Done } else { Outcome::Nothing })
    }

    /// Answers the queries of a file, one a line, each as soon as it is read.
    fn batch(&self, file: &PathBuf, out: &mut dyn Write) -> Result<Outcome, Failure> {
        let unreadable = |error: &io::Error| {
            Failure::Usage(format!("{}: {}", file.display(), crate::source::reason(error)))
        };
        let lines: Box<dyn BufRead> = if file.as_os_str() == "-" {
            Box::new(io::stdin().lock())
        } else {
            Box::new(BufReader::new(std::fs::File::open(file).map_err(|error| unreadable(&error))?))
        };
        let (mut found, mut bad) = (false, false);
        let (mut asked, mut answered) = (0_usize, 0);
        for (line_number, line) in (1..).zip(lines.lines()) {
            let line = line.map_err(|error| unreadable(&error))?;
            let line = line.strip_suffix('\r').unwrap_or(&line);
            if line.trim().is_empty() {
                continue;
            }
            asked += 1;
            let (id, text) = match line.split_once('\t') {
                Some((id, text)) => (id.to_owned(), text),
                None => (asked.to_string(), line),
            };
            match self.answer(Asked { text, id: Some(&id), number: Some(answered) }, out) {
                Ok(hit) => {
                    answered += 1;
                    found |= hit;
                }
                Err(failure) if failure.outcome() == Outcome::Usage => {
                    out.flush()?;
                    tell(format_args!("{}:{line_number}: {failure}", file.display()));
                    bad = true;
                }
                Err(failure) => return Err(failure),
            }
            out.flush()?;
        }
        Ok(match (bad, found) {
            (true, _) => Outcome::Usage,
            (false, true) => Outcome::Done,
            (false, false) => Outcome::Nothing,
        })
    }

    /// Answers one query; tells whether anything was found.
    fn answer(&self, asked: Asked<'_>, out: &mut dyn Write) -> Result<bool, Failure> {
        let start = Instant::now();
        let Parsed { query, notices } = query::parse(asked.text, self.parse_options())?;
        notices.iter().for_each(|notice| tell(&notice.message));
        tell_unknown_keys(self.engine.snapshot(), &query)?;
        let request = self.request(query);
        let response = search(self.engine, &request, self.marking())?;
        let tree = serde_json::to_value(&request.query).ok();
        let is_first = self.is_first.replace(false);
        if is_first && self.is_page() {
            let title = if asked.number.is_some() { "tidings" } else { asked.text };
            render::begin_page(title, &self.options, out)?;
        }
        // What failed is told once, with the first answer.
        let problems = if is_first { &self.problems[..] } else { &[] };
        let answer = Answer {
            query_text: asked.text,
            query: request.query.to_string(),
            tree,
            filter: request.filter.as_ref().map(ToString::to_string),
            query_id: asked.id,
            number: asked.number,
            generation: self.engine.generation(),
            response: &response,
            problems,
            elapsed: start.elapsed(),
        };
        self.write(&answer, out)?;
        // The hits come first, also where both go to one terminal.
        out.flush()?;
        self.tell_summary(&response, answer.elapsed);
        Ok(response.total > 0)
    }

    /// Whether the output is more than numbers, so that something may stand around all answers.
    fn is_page(&self) -> bool {
        !self.arguments.choice.count
    }

    /// Whether the output shows what the query matched.
    fn marking(&self) -> Marking {
        match self.options.format {
            OutputFormat::Paths | OutputFormat::Trec => Marking::Nothing,
            OutputFormat::Text
            | OutputFormat::Json
            | OutputFormat::Vimgrep
            | OutputFormat::Csv
            | OutputFormat::Html => Marking::Highlights,
        }
    }

    fn write(&self, answer: &Answer<'_>, out: &mut dyn Write) -> Result<(), Failure> {
        if !self.arguments.choice.count || self.options.format == OutputFormat::Json {
            return Ok(render::render(answer, &self.options, out)?);
        }
        match answer.number.and(answer.query_id) {
            Some(id) => writeln!(out, "{id}\t{}", answer.response.total)?,
            None => writeln!(out, "{}", answer.response.total)?,
        }
        if let Some(facets) = &answer.response.facets {
            writeln!(out)?;
            render::write_facets(facets, out)?;
        }
        Ok(())
    }

    /// How many hits there are, for a person at a terminal.
    fn tell_summary(&self, response: &Response, elapsed: Duration) {
        let is_for_people = self.options.format == OutputFormat::Text && !self.arguments.choice.count;
        if is_for_people && response.total > 0 && io::stdout().is_terminal() && io::stderr().is_terminal() {
            let more = if response.total_exact { "" } else { "more than " };
            let what = match self.arguments.choice.group {
                GroupBy::Passage => "passage",
                GroupBy::Document => "document",
            };
            let total = counted(response.total as u64, what);
            tell(format_args!("{more}{total} in {:.1} ms", elapsed.as_secs_f64() * 1e3));
        }
    }

    fn parse_options(&self) -> query::Options {
        let reading = &self.arguments.reading;
        query::Options {
            reading: match (reading.words, reading.phrase) {
                (true, _) => Reading::Words,
                (_, true) => Reading::Phrase,
                _ => Reading::Query,
            },
            operator: if reading.all { Operator::All } else { Operator::Any },
        }
    }

    fn request(&self, query: query::Query) -> Request {
        let choice = &self.arguments.choice;
        Request {
            query,
            filter: self.filter.clone(),
            limit: if choice.count { 0 } else { choice.limit },
            offset: choice.offset,
            group: match choice.group {
                GroupBy::Passage => Group::Passage,
                GroupBy::Document => Group::Document,
            },
            sort: match choice.sort {
                SortBy::Score => Sort::Score,
                SortBy::Date => Sort::Date,
                SortBy::MinusDate => Sort::DateDescending,
                SortBy::Path => Sort::Path,
            },
            count: if choice.count { Count::Exact } else { Count::Lazy },
            facets: self.arguments.narrow.facets(),
        }
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
