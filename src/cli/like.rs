//! `tidings like`: passages that are like one, or like a document.

use std::io::{self, BufWriter, Write};

use clap::Args;

use super::Global;
use super::diagnostics::{Failure, Outcome, tell};
use super::search::flags::HitArguments;
use super::search::session::{Asked, Told};
use super::search::{give_out, open};
use super::show::{as_id, find_or_tell, without_text};
use crate::engine::Engine;
use crate::hit::Request;
use crate::render::Turn;

/// Find passages like one, or like a document: those with the words that set it apart
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  tidings like reports/a.md                 what else is like this document
  tidings like reports/a.md#3 --explain     what is like its passage 3, and by which words
  tidings like reports/a.md --group document --filter lang:en --json

The passages of the document itself are left out. Exit codes are those of search.")]
pub(super) struct Arguments {
    /// A document's id, or a passage's: the document's, `#` and the passage's number
    #[arg(value_name = "DOCUMENT", allow_hyphen_values = true)]
    document: String,
    #[command(flatten)]
    hits: HitArguments,
}

pub(super) fn run(global: &Global, arguments: &Arguments) -> Result<Outcome, Failure> {
    let session = open(global, &arguments.hits, arguments.hits.filter()?)?;
    let Some((record, ordinal)) = find_or_tell(session.engine.snapshot(), &arguments.document)? else {
        return Ok(Outcome::Nothing);
    };
    let passages = session.engine.passages_of(record.id.as_str(), ordinal)?;
    if passages.is_empty() {
        tell(format_args!("{}: {}", record.id, without_text(&record)));
    }
    let query = session.engine.like(&passages)?;
    let request = Request { without: Some(record.id), ..session.request(query.clone()) };
    let asked = Asked {
        text: as_id(&arguments.document),
        id: arguments.hits.output.qid.as_deref(),
        turn: Turn::Only,
    };
    let mut out = BufWriter::new(io::stdout().lock());
    let given = session.respond(asked, &query, &request, Told::default(), &mut out)?;
    let outcome = give_out(&session, &given, &mut out)?;
    out.flush()?;
    Ok(outcome)
}
