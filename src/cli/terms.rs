//! `tidings terms`: the words of the index that start alike.

use std::io::{self, BufWriter, Write};

use clap::Args;
use serde_json::json;

use super::Global;
use super::diagnostics::{Failure, Outcome, tell};
use super::index::grouped;
use crate::engine::{TermForm, Terms, TermsRequest, terms};
use crate::index::Snapshot;
use crate::render::{sanitised, write_json_line};

/// List the words of the index that start alike, and how common they are
///
/// The words are those of the texts of passages, in the form in which they are compared: without case and accents.
/// What was deleted does not count. The index holds Hangul, Han and Kana text as single characters and as pairs of
/// adjoining ones: for such a character, or two, the pairs that start so are listed, those of titles and headings too.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  tidings terms miss                 words such as missile and missions, the most frequent first
  tidings terms --stems launch       the stems, which stand for all inflections of a word
  tidings terms --limit 50           the most frequent words of all
  tidings terms 미                   pairs of characters that start so
  tidings terms --json --limit 0 s | jq -r '.terms[].term'")]
pub(super) struct Arguments {
    /// What the words start with; without it, any
    #[arg(value_name = "PREFIX", default_value = "", hide_default_value = true, allow_hyphen_values = true)]
    prefix: String,
    /// List stems of words, those of titles and headings too
    #[arg(long)]
    stems: bool,
    /// How many words to give at most; 0 for all
    #[arg(short = 'n', long, value_name = "N", default_value_t = 20)]
    limit: usize,
    /// Give one JSON object
    #[arg(long)]
    json: bool,
}

pub(super) fn run(global: &Global, arguments: &Arguments) -> Result<Outcome, Failure> {
    let snapshot = Snapshot::open(&global.index)?;
    let request = TermsRequest {
        prefix: arguments.prefix.clone(),
        form: if arguments.stems { TermForm::Stems } else { TermForm::Words },
        limit: arguments.limit,
    };
    let found = terms(&snapshot, &request)?;
    let mut out = BufWriter::new(io::stdout().lock());
    if arguments.json {
        let Terms { form, terms, more } = &found;
        let shown = json!({ "prefix": arguments.prefix, "form": form, "terms": terms, "more": more });
        write_json_line(&shown, &mut out)?;
    } else {
        write_text(&found, &mut out)?;
    }
    out.flush()?;
    if found.terms.is_empty() {
        if !arguments.json {
            tell(format_args!("nothing starts with `{}`", arguments.prefix));
        }
        return Ok(Outcome::Nothing);
    }
    Ok(Outcome::Done)
}

fn write_text(found: &Terms, out: &mut dyn Write) -> io::Result<()> {
    if found.terms.is_empty() {
        return Ok(());
    }
    let name = match found.form {
        TermForm::Words => "word",
        TermForm::Stems => "stem",
        TermForm::Pairs => "pair",
    };
    writeln!(out, "documents  passages  {name}")?;
    for count in &found.terms {
        let (documents, passages) = (grouped(count.documents as u64), grouped(count.passages as u64));
        writeln!(out, "{documents:>9}  {passages:>8}  {}", sanitised(&count.term))?;
    }
    if found.more > 0 {
        writeln!(out, "{:19}  … and {} more", "", grouped(found.more as u64))?;
    }
    Ok(())
}
