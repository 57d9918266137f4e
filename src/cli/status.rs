//! `tidings status`: what is in the index, what is not, and why.

use std::collections::BTreeMap;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use serde::Serialize;
use serde_json::json;

use super::Global;
use super::diagnostics::{Failure, Outcome};
use super::index::{WalkArguments, counted, grouped};
use super::show::holdings;
use crate::config::DictionarySetting;
use crate::document::{DocumentRecord, State};
use crate::index::{EntryState, Snapshot};
use crate::render::{sanitised, write_json_line};
use crate::source;

/// How many sources that were left out are listed unless all are asked for.
const LISTED: usize = 10;

/// Tell what is indexed, skipped and failed, and why
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  tidings status                     the whole index
  tidings status reports/q3.pdf      what became of one file
  tidings status --failed            every source that could not be read, with the reason
  tidings status --json | jq .documents")]
pub(super) struct Arguments {
    /// Tell of this file or document alone
    #[arg(value_name = "PATH", allow_hyphen_values = true)]
    path: Option<String>,
    /// Give one JSON object
    #[arg(long)]
    json: bool,
    /// List every source that failed
    #[arg(long)]
    failed: bool,
    /// List every source that a rule left out
    #[arg(long)]
    skipped: bool,
}

pub(super) fn run(global: &Global, arguments: &Arguments) -> Result<Outcome, Failure> {
    let snapshot = Snapshot::open(&global.index)?;
    let mut out = BufWriter::new(io::stdout().lock());
    let outcome = match &arguments.path {
        Some(path) => of_path(global, &snapshot, path, arguments.json, &mut out)?,
        None => {
            let status = Status::of(&snapshot)?;
            match arguments.json {
                true => write_json_line(&status, &mut out)?,
                false => write_text(&status, arguments, &mut out)?,
            }
            Outcome::Done
        }
    };
    out.flush()?;
    Ok(outcome)
}

/// Everything that `status` tells of an index.
#[derive(Debug, Serialize)]
struct Status {
    index: String,
    format_version: u32,
    generation: u64,
    dictionaries: Vec<DictionarySetting>,
    updated: Option<String>,
    roots: Vec<String>,
    documents: u64,
    passages: u64,
    skipped: u64,
    failed: u64,
    segments: usize,
    deleted: u64,
    bytes: BTreeMap<&'static str, u64>,
    source_bytes: u64,
    formats: BTreeMap<String, u64>,
    by_format: BTreeMap<String, Holding>,
    languages: BTreeMap<String, u64>,
    reasons: Reasons,
    left_out: Vec<LeftOut>,
}

/// What the index holds of one format.
#[derive(Debug, Default, Serialize)]
struct Holding {
    documents: u64,
    bytes: u64,
    passages: u64,
}

/// How many sources were left out for each reason.
#[derive(Debug, Default, Serialize)]
struct Reasons {
    skipped: BTreeMap<String, u64>,
    failed: BTreeMap<String, u64>,
}

/// A source that is not in the index.
#[derive(Debug, Serialize)]
struct LeftOut {
    path: String,
    #[serde(flatten)]
    state: State,
}

impl Status {
    fn of(snapshot: &Snapshot) -> Result<Self, Failure> {
        let meta = snapshot.meta();
        let segments = snapshot.searcher().segment_readers();
        let mut status = Self {
            index: snapshot.path().display().to_string(),
            format_version: meta.format_version,
            generation: snapshot.generation(),
            dictionaries: meta.settings.dictionaries.clone(),
            updated: (meta.updated > 0).then(|| crate::date::show_time(meta.updated)),
            roots: meta.roots.clone(),
            documents: 0,
            passages: meta.totals.passages,
            skipped: 0,
            failed: 0,
            segments: segments.len(),
            deleted: segments.iter().map(|segment| u64::from(segment.num_deleted_docs())).sum(),
            bytes: sizes(snapshot.path()),
            source_bytes: 0,
            formats: BTreeMap::new(),
            by_format: BTreeMap::new(),
            languages: BTreeMap::new(),
            reasons: Reasons::default(),
            left_out: Vec::new(),
        };
        snapshot.records()?.into_iter().for_each(|record| status.add(record));
        status.left_out.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(status)
    }

    fn add(&mut self, record: DocumentRecord) {
        match record.state {
            State::Indexed if !record.is_document() => return,
            State::Indexed => {
                self.documents += 1;
                self.source_bytes += record.size;
                let format = record.format.map_or("unknown", |format| format.name());
                *self.formats.entry(format.to_owned()).or_default() += 1;
                let holding = self.by_format.entry(format.to_owned()).or_default();
                holding.documents += 1;
                holding.bytes += record.size;
                holding.passages += u64::from(record.passages);
                let language = record.facts.language.unwrap_or_else(|| "unknown".to_owned());
                *self.languages.entry(language).or_default() += 1;
                return;
            }
            State::Skipped(ref reason) => {
                self.skipped += 1;
                *self.reasons.skipped.entry(kind_of(reason)).or_default() += 1;
            }
            State::Failed(ref reason) => {
                self.failed += 1;
                *self.reasons.failed.entry(kind_of(reason)).or_default() += 1;
            }
        }
        self.left_out.push(LeftOut { path: record.id.to_string(), state: record.state });
    }
}

/// A reason without what is particular to one source: what stands behind a colon, a place or a remedy.
fn kind_of(reason: &str) -> String {
    let ends = [": ", " (", "; ", " at column ", " on line "];
    let end = ends.iter().filter_map(|end| reason.find(end)).min().unwrap_or(reason.len());
    reason[..end].to_owned()
}

/// The bytes that the parts of an index take, by what they hold.
fn sizes(index: &Path) -> BTreeMap<&'static str, u64> {
    let mut sizes = BTreeMap::new();
    let entries = std::fs::read_dir(index).into_iter().flatten().flatten();
    for entry in entries {
        let path = entry.path();
        let part = match path.extension().and_then(|extension| extension.to_str()) {
            Some("store") => "stored text",
            Some("idx" | "term") => "postings",
            Some("pos") => "positions",
            Some("fast" | "fieldnorm") => "columns",
            Some("del") => "deletions",
            _ => "other",
        };
        *sizes.entry(part).or_default() += entry.metadata().map_or(0, |metadata| metadata.len());
    }
    sizes
}

fn write_text(status: &Status, arguments: &Arguments, out: &mut dyn Write) -> Result<(), Failure> {
    let list = |counts: &BTreeMap<String, u64>| {
        let mut counts: Vec<_> = counts.iter().collect();
        counts.sort_by_key(|&(name, count)| (std::cmp::Reverse(*count), name));
        counts
            .iter()
            .map(|(name, count)| format!("{name} {}", grouped(**count)))
            .collect::<Vec<_>>()
            .join(", ")
    };
    let parts: Vec<_> = status.bytes.iter().map(|(part, bytes)| format!("{part} {}", size(*bytes))).collect();
    // Of what there is nothing, nothing is said.
    let mut row = |name: &str, value: String| match value.is_empty() {
        true => Ok(()),
        false => writeln!(out, "{name:<11}{}", sanitised(&value)),
    };
    row("index", format!("{} (format {})", status.index, status.format_version))?;
    row("updated", status.updated.clone().unwrap_or_else(|| "never".to_owned()))?;
    row("sources", status.roots.join(", "))?;
    row("documents", format!("{} ({})", grouped(status.documents), size(status.source_bytes)))?;
    row("passages", grouped(status.passages))?;
    for (place, (format, holding)) in by_documents(&status.by_format).into_iter().enumerate() {
        let name = if place == 0 { "formats" } else { "" };
        let Holding { documents, bytes, passages } = holding;
        let of_passages = counted(*passages, "passage");
        row(name, format!("{format} {} ({}, {of_passages})", grouped(*documents), size(*bytes)))?;
    }
    row("languages", list(&status.languages))?;
    for (place, DictionarySetting { path, language, .. }) in status.dictionaries.iter().enumerate() {
        row(if place == 0 { "dictionary" } else { "" }, format!("{language} {path}"))?;
    }
    row("on disk", format!("{} ({})", size(status.bytes.values().sum()), parts.join(", ")))?;
    row("segments", format!("{} ({} deleted entries)", status.segments, grouped(status.deleted)))?;
    row("skipped", with_reasons(status.skipped, &status.reasons.skipped))?;
    row("failed", with_reasons(status.failed, &status.reasons.failed))?;
    write_left_out(status, arguments, out)
}

/// The formats, those of most documents first.
fn by_documents(holdings: &BTreeMap<String, Holding>) -> Vec<(&String, &Holding)> {
    let mut holdings: Vec<_> = holdings.iter().collect();
    holdings.sort_by_key(|(_, holding)| std::cmp::Reverse(holding.documents));
    holdings
}

/// A count with the reasons behind it, the most frequent first.
fn with_reasons(count: u64, reasons: &BTreeMap<String, u64>) -> String {
    let mut reasons: Vec<_> = reasons.iter().collect();
    reasons.sort_by_key(|&(_, count)| std::cmp::Reverse(*count));
    let reasons: Vec<_> =
        reasons.iter().map(|(reason, count)| format!("{} {reason}", grouped(**count))).collect();
    if reasons.is_empty() { grouped(count) } else { format!("{} ({})", grouped(count), reasons.join(", ")) }
}

fn write_left_out(status: &Status, arguments: &Arguments, out: &mut dyn Write) -> Result<(), Failure> {
    let is_asked = arguments.failed || arguments.skipped;
    let is_wanted = |state: &State| match state {
        State::Failed(_) => arguments.failed || !is_asked,
        State::Skipped(_) => arguments.skipped || !is_asked,
        State::Indexed => false,
    };
    let wanted: Vec<_> = status.left_out.iter().filter(|left_out| is_wanted(&left_out.state)).collect();
    let shown = if is_asked { wanted.len() } else { LISTED.min(wanted.len()) };
    if shown > 0 {
        writeln!(out)?;
    }
    for left_out in &wanted[..shown] {
        let reason = left_out.state.reason().unwrap_or_default();
        let line = format!("{}: {}: {reason}", left_out.state.name(), left_out.path);
        writeln!(out, "{}", sanitised(&line))?;
    }
    if shown < wanted.len() {
        let more = wanted.len() - shown;
        writeln!(out, "… and {more} more; see `tidings status --skipped --failed`")?;
    }
    Ok(())
}

/// A number of bytes for people.
fn size(bytes: u64) -> String {
    indicatif::HumanBytes(bytes).to_string()
}

/// What became of one path.
fn of_path(
    global: &Global,
    snapshot: &Snapshot,
    path: &str,
    json: bool,
    out: &mut dyn Write,
) -> Result<Outcome, Failure> {
    let id = source::document_path(Path::new(path));
    // A record's id is no path, and stays as it is typed.
    let record = match snapshot.record(path)? {
        Some(record) => Some(record),
        None => snapshot.record(&id)?,
    };
    let shown = record.as_ref().map_or(id.as_str(), |record| record.id.as_str());
    let (state, reason) = match &record {
        Some(record) => (record.state.name(), record.state.reason().map(str::to_owned)),
        None => unknown(global, snapshot, path)?,
    };
    if json {
        let told = json!({ "path": shown, "state": state, "reason": reason, "record": record });
        write_json_line(&told, out)?;
    } else {
        let detail = match (&reason, &record) {
            (Some(reason), _) => format!(": {reason}"),
            (None, Some(record)) => format!(", {}", holdings(record)),
            (None, None) => String::new(),
        };
        writeln!(out, "{}", sanitised(&format!("{shown}: {state}{detail}")))?;
    }
    Ok(if state == "indexed" { Outcome::Done } else { Outcome::Nothing })
}

/// What the index knows of the sources under a folder, if it knows any.
fn under_folder(snapshot: &Snapshot, path: &str) -> Result<Option<String>, Failure> {
    let folder = source::document_path(Path::new(path));
    let manifest = snapshot.manifest()?;
    let is_under =
        |id: &str| folder == "." || id.strip_prefix(&folder).is_some_and(|rest| rest.starts_with('/'));
    let count = |wanted: EntryState| {
        manifest.iter().filter(|(id, entry)| entry.state == wanted && is_under(id)).count() as u64
    };
    let [indexed, skipped, failed] =
        [EntryState::Indexed, EntryState::Skipped, EntryState::Failed].map(count);
    let counts = format!(
        "{} under it, skipped {}, failed {}",
        counted(indexed, "file"),
        grouped(skipped),
        grouped(failed)
    );
    Ok((indexed + skipped + failed > 0).then_some(counts))
}

/// What to say of a path that the index does not know.
pub(super) fn unknown(
    global: &Global,
    snapshot: &Snapshot,
    path: &str,
) -> Result<(&'static str, Option<String>), Failure> {
    let Ok(metadata) = std::fs::metadata(path) else {
        return Ok(("unknown", Some("no such file, and not in the index".to_owned())));
    };
    if metadata.is_dir()
        && let Some(counts) = under_folder(snapshot, path)?
    {
        return Ok(("indexed", Some(counts)));
    }
    let roots: Vec<PathBuf> = snapshot.meta().roots.iter().map(PathBuf::from).collect();
    let options = WalkArguments::default().options(&global.index);
    let why = source::why_left_out(Path::new(path), &roots, &options)
        .map_err(|error| Failure::Usage(error.to_string()))?;
    Ok(match why {
        Some(rule) => ("skipped", Some(rule)),
        None => ("unknown", Some("not read yet; run `tidings index`".to_owned())),
    })
}
