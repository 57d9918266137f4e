//! Turns hits into bytes for a reader: a person at a terminal, an editor, a script.
//!
//! This is the only place that knows colours, markup and wire formats. It decides nothing about what was
//! found: it writes the hits that it is given, in their order, to any [`Write`], and gives every error of the
//! writer back (a closed pipe is the caller's to judge). Messages and summaries for standard error are not
//! written here.
//!
//! Documents are not to be trusted: whatever a person may look at passes through `marked`, which lets no
//! control character through. A new format is a variant of [`OutputFormat`], an arm in [`render`] and a file.

use std::io::{self, Write};
use std::time::Duration;

use schemars::JsonSchema;
use serde::Serialize;

use crate::hit::Response;

pub use facets::write_facets;
pub use grapheme::padded;
pub use hyperlink::{HyperlinkFormat, HyperlinkFormatError, Hyperlinks};
pub use jsonl::{WIRE_VERSION, schema, write_json_line};
pub use marked::sanitised;

mod facets;
mod grapheme;
mod html;
mod hyperlink;
mod jsonl;
mod lines;
mod marked;
mod rows;
#[cfg(test)]
mod samples;
mod terminal;
mod window;

/// What the bytes are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum OutputFormat {
    /// Text for a person.
    #[default]
    Text,
    /// JSON Lines, as [`schema`] describes them.
    Json,
    /// The path of each document that was found, once.
    Paths,
    /// A line for each highlight, as editors read them: `path:line:column:text`.
    Vimgrep,
    /// Comma-separated values with a header.
    Csv,
    /// The run format of TREC evaluations: `qid Q0 docid rank score tag`.
    Trec,
    /// A page for a browser; [`begin_page`] and [`end_page`] go around its answers.
    Html,
}

/// Whether text output carries colours (and hyperlinks).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Colour {
    /// Nothing but text.
    #[default]
    Plain,
    /// Colours as ANSI escape sequences.
    Ansi,
}

/// What ends each path of [`OutputFormat::Paths`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Separator {
    /// A line break; control characters in paths are shown escaped (`\n`, `\u{1b}`), so that each path is
    /// one line.
    #[default]
    Newline,
    /// A zero byte; paths are given exactly as they are.
    Nul,
}

/// How answers are written.
#[derive(Clone, Debug)]
pub struct Options {
    /// What the bytes are for.
    pub format: OutputFormat,
    /// Whether text output carries colours. By default it does not.
    pub colour: Colour,
    /// How paths in coloured text output link to their files. By default they do not.
    pub hyperlinks: Option<Hyperlinks>,
    /// How many characters of a passage text output shows; 0 shows the heading lines alone. By default 300.
    pub snippet: usize,
    /// The width in columns at which text output breaks its lines. By default it does not break them.
    pub width: Option<usize>,
    /// What ends each path of the paths format.
    pub separator: Separator,
    /// The run's name in TREC output. By default `tidings`.
    pub run_tag: String,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            format: OutputFormat::default(),
            colour: Colour::default(),
            hyperlinks: None,
            snippet: 300,
            width: None,
            separator: Separator::default(),
            run_tag: "tidings".to_owned(),
        }
    }
}

/// One answered query.
#[derive(Clone, Debug)]
pub struct Answer<'a> {
    /// The query as it was typed.
    pub query_text: &'a str,
    /// The query as it was understood, shown as query text.
    pub query: String,
    /// The query as it was run, where that is another one: without words that say nothing, with words added.
    pub run: Option<String>,
    /// The tree of the query that was run over several lines, where it is to be explained.
    pub outline: Option<String>,
    /// The tree of the query, for readers of JSON.
    pub tree: Option<serde_json::Value>,
    /// What restricts the hits beside the query, shown as query text.
    pub filter: Option<String>,
    /// The id that the asker gave the query.
    pub query_id: Option<&'a str>,
    /// Whether other answers stand before this one.
    pub turn: Turn,
    /// What was probably meant by words that the index hardly has, as query text.
    pub suggestion: Option<&'a str>,
    /// The query text as typed, where what was probably meant was searched instead.
    pub corrected_from: Option<&'a str>,
    /// The generation of the index that answered.
    pub generation: u64,
    /// What was found.
    pub response: &'a Response,
    /// The sources or members that failed, so that the answer may lack hits.
    pub problems: &'a [Problem],
    /// How long the answer took.
    pub elapsed: Duration,
}

/// Where an answer stands among those that are written to one output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// It is the only one.
    Only,
    /// It is the first of several.
    First,
    /// Others stand before it.
    Later,
}

/// A source or a member that failed while the query was answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Problem {
    /// The path of the source, or the name of the member.
    pub path: String,
    /// Why it failed.
    pub reason: String,
}

/// Writes `answer` to `out` as `options` say, in many small pieces: `out` had better be buffered. Nothing
/// is flushed.
///
/// Answers of one run may be written one behind the other: each says by its `turn` whether it is the
/// first, so that a CSV file has one header.
///
/// # Errors
///
/// Only those of `out`.
pub fn render(answer: &Answer<'_>, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    match options.format {
        OutputFormat::Text => terminal::write(answer, options, out),
        OutputFormat::Json => jsonl::write(answer, out),
        OutputFormat::Paths => lines::write_paths(answer, options.separator, out),
        OutputFormat::Vimgrep => lines::write_vimgrep(answer, out),
        OutputFormat::Csv => lines::write_csv(answer, out),
        OutputFormat::Trec => lines::write_trec(answer, &options.run_tag, out),
        OutputFormat::Html => html::write(answer, out),
    }
}

/// Writes what a format has before the first answer: the start of a page about `title`.
///
/// # Errors
///
/// Only those of `out`.
pub fn begin_page(title: &str, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    if options.format == OutputFormat::Html { html::write_start(title, out) } else { Ok(()) }
}

/// Writes what a format has behind the last answer.
///
/// # Errors
///
/// Only those of `out`.
pub fn end_page(options: &Options, out: &mut dyn Write) -> io::Result<()> {
    if options.format == OutputFormat::Html { html::write_end(out) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::samples::{answer, hit, response};
    use super::*;

    struct ClosedPipe;

    impl Write for ClosedPipe {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::BrokenPipe.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn every_format_gives_a_closed_pipe_back_as_what_it_is() {
        use OutputFormat::{Csv, Html, Json, Paths, Text, Trec, Vimgrep};
        let text = "long enough for any buffer ".repeat(1000);
        let response = response(vec![hit(1, "a.md", &text, &[])]);
        for format in [Text, Json, Paths, Vimgrep, Csv, Trec, Html] {
            let options = Options { format, ..Options::default() };
            let error = render(&answer(&response), &options, &mut ClosedPipe).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::BrokenPipe, "{format:?}");
        }
    }
}
