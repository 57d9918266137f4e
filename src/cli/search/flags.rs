//! The flags of commands that give hits.

use std::io::{self, IsTerminal};

use clap::{Args, ValueEnum};

use super::super::Global;
use super::Failure;
use super::narrow::NarrowArguments;
use crate::query::{self, Operator, Query, Reading};
use crate::render::{self, Colour, HyperlinkFormat, Hyperlinks, OutputFormat, Separator};

/// How the query text is read.
#[derive(Clone, Copy, Debug, Default, Args)]
#[command(next_help_heading = "Query")]
pub(in crate::cli) struct ReadingArguments {
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

impl ReadingArguments {
    /// How a query text is read.
    pub(in crate::cli) fn options(self) -> query::Options {
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

/// What is done beside looking for the query as it stands.
#[derive(Clone, Copy, Debug, Default, Args)]
#[command(next_help_heading = "Query")]
pub(in crate::cli) struct WideningArguments {
    /// Where the index hardly has a word, search for the one that was probably meant
    #[arg(long)]
    pub(in crate::cli) auto_correct: bool,
    /// Where all that the query requires must stand: in one passage, or anywhere in one document
    #[arg(long, value_name = "WHERE", default_value = "passage")]
    pub(in crate::cli) within: GroupBy,
    /// Look also, with less weight, for the words that set the first hits apart from other documents
    #[arg(long)]
    pub(in crate::cli) expand: bool,
}

/// Which hits are given, and in which order.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Hits")]
pub(in crate::cli) struct ChoiceArguments {
    /// How many hits to give at most
    #[arg(short = 'n', long, value_name = "N", default_value_t = 10)]
    pub(in crate::cli) limit: usize,
    /// How many of the first hits to leave out
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(in crate::cli) offset: usize,
    /// What a hit is: a passage, or a document with its best passage
    #[arg(long, value_name = "WHAT", default_value = "passage")]
    pub(in crate::cli) group: GroupBy,
    /// The order of the hits
    #[arg(long, value_name = "KEY", default_value = "score", allow_hyphen_values = true)]
    pub(in crate::cli) sort: SortBy,
    /// Give the number of hits alone, counted exactly
    #[arg(short, long)]
    pub(in crate::cli) count: bool,
}

/// How hits are shown.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Output")]
pub(in crate::cli) struct OutputArguments {
    /// JSON Lines, as `tidings schema` describes them; the same as --format json
    #[arg(long, conflicts_with = "format")]
    json: bool,
    /// The output format
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
    /// Say of each hit what its score is made of, and how the query was understood; in text and JSON
    #[arg(long)]
    pub(in crate::cli) explain: bool,
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
    #[arg(long, value_name = "ID")]
    pub(in crate::cli) qid: Option<String>,
}

/// What every command takes that gives hits: which they are, and how they are shown.
#[derive(Clone, Debug, Args)]
pub(in crate::cli) struct HitArguments {
    #[command(flatten)]
    pub(in crate::cli) choice: ChoiceArguments,
    #[command(flatten)]
    pub(in crate::cli) narrow: NarrowArguments,
    #[command(flatten)]
    pub(in crate::cli) output: OutputArguments,
}

impl HitArguments {
    /// What hits must match beside the query; refuses what does not go together.
    pub(in crate::cli) fn filter(&self) -> Result<Option<Query>, Failure> {
        let filter = self.narrow.filter()?;
        self.output.check(&self.narrow)?;
        Ok(filter)
    }
}

/// Passages or documents.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub(in crate::cli) enum GroupBy {
    #[default]
    Passage,
    Document,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(in crate::cli) enum SortBy {
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
pub(in crate::cli) enum Format {
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

impl OutputArguments {
    /// How answers are written.
    pub(super) fn render_options(&self, global: &Global) -> render::Options {
        let output = self;
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

    /// Refuses counts of documents and explanations where the output has no place for them.
    fn check(&self, narrow: &NarrowArguments) -> Result<(), Failure> {
        let format = if self.json { Format::Json } else { self.format };
        let is_text = matches!(format, Format::Text | Format::Json);
        if narrow.has_facets() && !is_text && format != Format::Html {
            let message =
                "--facets: goes with text, JSON and HTML output; choose one of these, or leave it out";
            return Err(Failure::Usage(message.to_owned()));
        }
        if self.explain && !is_text {
            let message = "--explain: goes with text and JSON output; choose one of these, or leave it out";
            return Err(Failure::Usage(message.to_owned()));
        }
        Ok(())
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
