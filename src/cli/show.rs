//! `tidings show`: a document's text, or one passage of it, with its facts.

use std::io::{self, BufWriter, Write};

use clap::Args;
use serde_json::json;

use super::Global;
use super::diagnostics::{Failure, Outcome, tell};
use super::index::counted;
use crate::document::{DocumentRecord, Format, Location};
use crate::index::{Snapshot, StoredPassage};
use crate::render::{sanitised, write_json_line};

/// Show a document as the index has it, or one of its passages
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  tidings show reports/a.md            the whole document, with its facts
  tidings show reports/a.md#3          its passage 3, as a hit names it
  tidings show wire.jsonl#lw-17 --json
  tidings show old.zip!/reports/q3.pdf a member of an archive")]
pub(super) struct Arguments {
    /// A document's id, or a passage's: the document's, `#` and the passage's number
    #[arg(value_name = "DOCUMENT", allow_hyphen_values = true)]
    document: String,
    /// Give one JSON object
    #[arg(long)]
    json: bool,
}

pub(super) fn run(global: &Global, arguments: &Arguments) -> Result<Outcome, Failure> {
    let snapshot = Snapshot::open(&global.index)?;
    let Some((record, ordinal)) = find_or_tell(&snapshot, &arguments.document)? else {
        return Ok(Outcome::Nothing);
    };
    let mut passages = snapshot.passages_of(record.id.as_str())?;
    if let Some(ordinal) = ordinal {
        passages.retain(|(passage, _)| passage.ordinal == ordinal);
        if passages.is_empty() {
            tell(format_args!("{}: {}", record.id, without_text(&record)));
            return Ok(Outcome::Nothing);
        }
    }
    let mut out = BufWriter::new(io::stdout().lock());
    match arguments.json {
        true => write_json(&record, &passages, &mut out)?,
        false => write_text(&record, ordinal, &passages, &mut out)?,
    }
    out.flush()?;
    Ok(Outcome::Done)
}

/// The id that was meant by what was typed, which may begin as paths do.
pub(super) fn as_id(typed: &str) -> &str {
    typed.strip_prefix("./").unwrap_or(typed)
}

/// The document that was typed, and the number of its passage if it was that; tells where there is none.
pub(super) fn find_or_tell(
    snapshot: &Snapshot,
    typed: &str,
) -> Result<Option<(DocumentRecord, Option<u32>)>, Failure> {
    let id = as_id(typed);
    let found = find(snapshot, id)?;
    if found.is_none() {
        tell(format_args!("{id}: no such document in the index; `tidings status {id}` may say why"));
    }
    Ok(found)
}

/// The document of this id; or else the one, and the number of its passage, of which this is a passage's id.
pub(super) fn find(snapshot: &Snapshot, id: &str) -> Result<Option<(DocumentRecord, Option<u32>)>, Failure> {
    if let Some(record) = snapshot.record(id)? {
        return Ok(Some((record, None)));
    }
    let Some((document, ordinal)) = id.rsplit_once('#') else { return Ok(None) };
    let Ok(ordinal) = ordinal.parse() else { return Ok(None) };
    Ok(snapshot.record(document)?.map(|record| (record, Some(ordinal))))
}

fn write_json(
    record: &DocumentRecord,
    passages: &[(StoredPassage, String)],
    out: &mut dyn Write,
) -> Result<(), Failure> {
    let passages: Vec<_> = passages
        .iter()
        .map(|(passage, text)| {
            json!({
                "id": crate::document::passage_id(&passage.id, passage.ordinal),
                "ordinal": passage.ordinal,
                "headings": passage.headings,
                "location": passage.location,
                "text": text,
            })
        })
        .collect();
    let shown = json!({ "document": record, "passages": passages });
    Ok(write_json_line(&shown, out)?)
}

fn write_text(
    record: &DocumentRecord,
    asked: Option<u32>,
    passages: &[(StoredPassage, String)],
    out: &mut dyn Write,
) -> Result<(), Failure> {
    for (name, value) in facts(record) {
        writeln!(out, "{name}: {}", sanitised(&value))?;
    }
    let mut place = None;
    for (passage, text) in passages {
        writeln!(out)?;
        // Lines can be counted in the text itself; other places are told where they change.
        let is_told = !matches!(passage.location, Location::Lines { .. }) || asked.is_some();
        let here = is_told.then(|| passage.location.to_string());
        if here != place {
            place = here;
            writeln!(out, "[{}]", sanitised(place.as_deref().unwrap_or_default()))?;
        }
        for line in text.lines() {
            writeln!(out, "{}", sanitised(line))?;
        }
    }
    Ok(())
}

/// What the index holds of a source.
pub(super) fn holdings(record: &DocumentRecord) -> String {
    match record.parts {
        None => counted(u64::from(record.passages), "passage"),
        Some(parts) if parts.failed == 0 => counted(parts.documents, "document"),
        Some(parts) => {
            let part = if record.format == Some(Format::Jsonl) { "line" } else { "part" };
            format!("{}, {} failed", counted(parts.documents, "document"), counted(parts.failed, part))
        }
    }
}

/// Why there is no text of a document, or none of the passage that was asked for.
pub(super) fn without_text(record: &DocumentRecord) -> String {
    match (record.state.reason(), record.parts) {
        (Some(reason), _) => format!("{}: {reason}", record.state.name()),
        (None, Some(_)) => format!("has no text of its own, but {}; name one of them", holdings(record)),
        (None, None) if record.passages > 0 => format!("has {}, numbered from 0", holdings(record)),
        (None, None) => "has no text".to_owned(),
    }
}

/// What is known of a document, for people.
fn facts(record: &DocumentRecord) -> Vec<(String, String)> {
    let mut facts = vec![("id".to_owned(), record.id.to_string())];
    let mut add =
        |name: &str, value: Option<String>| facts.extend(value.map(|value| (name.to_owned(), value)));
    add("title", record.facts.title.clone());
    add("date", record.facts.date.map(|date| date.to_string()));
    add("language", record.facts.language.clone());
    add("format", record.format.map(|format| format.to_string()));
    add("url", record.facts.url.clone());
    let state = match record.state.reason() {
        Some(reason) => format!("{}: {reason}", record.state.name()),
        None => format!("{}, {}", record.state.name(), holdings(record)),
    };
    add("state", Some(state));
    for (name, value) in &record.facts.other {
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        add(name, Some(value));
    }
    facts
}
