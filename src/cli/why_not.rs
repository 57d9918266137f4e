//! `tidings why-not`: why a query does not find a document.
//!
//! Each part of the query is asked of the document's passages by itself; what is told are the smallest parts that keep
//! it out.

use std::collections::BTreeSet;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use clap::Args;
use serde_json::{Value, json};

use super::diagnostics::{Failure, Outcome, tell};
use super::search::flags::ReadingArguments;
use super::search::unknown_keys_told;
use super::show::{find, without_text};
use super::status::unknown;
use super::{Global, open_engine};
use crate::engine::{Engine, LocalEngine};
use crate::hit::{Group, Request};
use crate::index::Snapshot;
use crate::pattern::emphasised;
use crate::query::{self, Occur, Part, Query};
use crate::render::{sanitised, write_json_line};
use crate::source;

/// How far down the ranking is looked for the document.
const DEPTH: usize = 1000;

/// Tell why a query does not find a document
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  tidings why-not reports/a.md missile warning
  tidings why-not reports/a.md '+radar lang:ko'     which of both keeps it out
  tidings why-not reports/q3.pdf --phrase 'early warning' --json

Exit code 0 means that the query finds the document, 1 that it does not, for the reasons given.")]
pub(super) struct Arguments {
    /// The document's id, or one of its passages'
    #[arg(value_name = "DOCUMENT", allow_hyphen_values = true)]
    document: String,
    /// The query text; several are joined by spaces
    #[arg(value_name = "QUERY", required = true)]
    query: Vec<String>,
    #[command(flatten)]
    reading: ReadingArguments,
    /// Give one JSON object
    #[arg(long, help_heading = "Output")]
    json: bool,
}

pub(super) fn run(global: &Global, arguments: &Arguments) -> Result<Outcome, Failure> {
    let parsed = query::parse(&arguments.query.join(" "), arguments.reading.options())?;
    parsed.notices.iter().for_each(|notice| tell(&notice.message));
    let engine = open_engine(&global.index)?;
    unknown_keys_told(engine.snapshot(), &parsed.query)?.iter().for_each(tell);
    let (id, verdict) = verdict(global, &engine, &arguments.document, &emphasised(&parsed.query))?;
    let mut out = BufWriter::new(io::stdout().lock());
    match arguments.json {
        true => write_json_line(&verdict.as_json(&id), &mut out)?,
        false => verdict.write(&id, &mut out)?,
    }
    out.flush()?;
    Ok(if matches!(verdict, Verdict::Found { .. }) { Outcome::Done } else { Outcome::Nothing })
}

/// The id of the document that was typed, as itself, as a path or as one of its passages, and what comes of it.
fn verdict(
    global: &Global,
    engine: &LocalEngine,
    typed: &str,
    query: &Query,
) -> Result<(String, Verdict), Failure> {
    let path = source::document_path(Path::new(typed));
    let record = match find(engine.snapshot(), typed)? {
        Some((record, _)) => Some(record),
        None => find(engine.snapshot(), &path)?.map(|(record, _)| record),
    };
    let Some(record) = record else {
        return Ok((path, Verdict::NotIndexed(unknown_reason(global, engine.snapshot(), typed)?)));
    };
    let id = record.id.to_string();
    let verdict = match record.passages {
        0 => Verdict::NotIndexed(without_text(&record)),
        _ => Inquiry { engine, id: &id }.verdict(query)?,
    };
    Ok((id, verdict))
}

/// Why the index does not have a document.
fn unknown_reason(global: &Global, snapshot: &Snapshot, typed: &str) -> Result<String, Failure> {
    Ok(match unknown(global, snapshot, typed)? {
        ("indexed", Some(held)) => format!("a folder, with {held}; name a document"),
        (state, Some(reason)) => format!("{state}: {reason}"),
        (state, None) => state.to_owned(),
    })
}

/// What came of an inquiry.
enum Verdict {
    /// The query finds the document, so far down, if that is not too far to tell.
    Found { rank: Option<usize> },
    /// The index does not have the document's text.
    NotIndexed(String),
    /// The document does not match.
    KeptOut(Vec<Reason>),
}

/// What keeps a document out.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Reason {
    /// No passage has this.
    Absent(String),
    /// This condition does not hold.
    Condition(String),
    /// This must not be there, and is: in these passages.
    Excluded(String, Vec<usize>),
    /// Each of these is there, but no passage has all of them.
    Apart(Vec<(String, Vec<usize>)>),
}

/// A question about one document.
struct Inquiry<'a> {
    engine: &'a LocalEngine,
    id: &'a str,
}

impl Inquiry<'_> {
    fn verdict(&self, query: &Query) -> Result<Verdict, Failure> {
        if self.passages(query)?.is_empty() {
            return Ok(Verdict::KeptOut(distinct(self.reasons(query)?)));
        }
        let request =
            Request { query: query.clone(), limit: DEPTH, group: Group::Document, ..Request::default() };
        let hits = self.engine.search(&request)?.hits;
        let place = hits.iter().position(|hit| hit.document.id.as_str() == self.id);
        Ok(Verdict::Found { rank: place.map(|place| place + 1) })
    }

    /// The passages of the document that match a query.
    fn passages(&self, query: &Query) -> Result<Vec<usize>, Failure> {
        Ok(self.engine.matching_passages(query, self.id)?)
    }

    /// Why no passage matches a query; nothing where one does.
    fn reasons(&self, query: &Query) -> Result<Vec<Reason>, Failure> {
        if !self.passages(query)?.is_empty() {
            return Ok(Vec::new());
        }
        match query {
            Query::All => Ok(Vec::new()),
            Query::Text(clause) => Ok(vec![Reason::Absent(clause.to_string())]),
            Query::Filter(clause) => Ok(vec![Reason::Condition(clause.filter.to_string())]),
            Query::Weighted { query, .. } => self.reasons(query),
            Query::Not(query) => Ok(vec![self.excluded(query)?]),
            Query::And(queries) => self.reasons_of_all(&queries.iter().collect::<Vec<_>>()),
            Query::Or(queries) => self.reasons_of_each(queries.iter()),
            Query::Sequence(parts) => self.reasons_of_sequence(parts),
        }
    }

    fn excluded(&self, query: &Query) -> Result<Reason, Failure> {
        Ok(Reason::Excluded(query.to_string(), self.passages(query)?))
    }

    fn reasons_of_each<'q>(&self, queries: impl Iterator<Item = &'q Query>) -> Result<Vec<Reason>, Failure> {
        let mut reasons = Vec::new();
        for query in queries {
            reasons.extend(self.reasons(query)?);
        }
        Ok(reasons)
    }

    /// Why no passage has all of these.
    fn reasons_of_all(&self, queries: &[&Query]) -> Result<Vec<Reason>, Failure> {
        let reasons = self.reasons_of_each(queries.iter().copied())?;
        if !reasons.is_empty() {
            return Ok(reasons);
        }
        let mut apart = Vec::new();
        for query in queries {
            apart.push((query.to_string(), self.passages(query)?));
        }
        Ok(vec![Reason::Apart(distinct(apart))])
    }

    fn reasons_of_sequence(&self, parts: &[Part]) -> Result<Vec<Reason>, Failure> {
        let of = |occur: Occur| {
            parts.iter().filter(move |part| part.occur == occur).map(|part| &part.query).collect::<Vec<_>>()
        };
        let (must, should) = (of(Occur::Must), of(Occur::Should));
        let mut reasons = self.reasons_of_each(must.iter().copied())?;
        let needs_one = !should.is_empty() && must.iter().all(|query| query.is_condition());
        if needs_one {
            let mut missing = Vec::new();
            for query in &should {
                let why = self.reasons(query)?;
                if why.is_empty() {
                    missing.clear();
                    break;
                }
                missing.extend(why);
            }
            reasons.extend(missing);
        }
        if !reasons.is_empty() {
            return Ok(reasons);
        }
        match self.exclusions(parts)? {
            excluded if excluded.is_empty() => self.reasons_of_all(&must),
            excluded => Ok(excluded),
        }
    }

    /// What excludes each passage that would match without the exclusions; nothing where none would.
    fn exclusions(&self, parts: &[Part]) -> Result<Vec<Reason>, Failure> {
        let (excluded, rest): (Vec<_>, Vec<_>) =
            parts.iter().cloned().partition(|part| part.occur == Occur::MustNot);
        let rest = if rest.is_empty() { Query::All } else { Query::Sequence(rest) };
        let would_match = self.passages(&rest)?;
        let mut reasons = Vec::new();
        for Part { query, .. } in excluded {
            let mut passages = self.passages(&query)?;
            passages.retain(|passage| would_match.binary_search(passage).is_ok());
            if !passages.is_empty() {
                reasons.push(Reason::Excluded(query.to_string(), passages));
            }
        }
        Ok(reasons)
    }
}

impl Verdict {
    fn write(&self, id: &str, out: &mut dyn Write) -> io::Result<()> {
        let id = sanitised(id);
        match self {
            Self::Found { rank: Some(rank) } => writeln!(out, "{id}: found, document {rank} in the ranking"),
            Self::Found { rank: None } => {
                writeln!(out, "{id}: found, behind the first {DEPTH} documents of the ranking")
            }
            Self::NotIndexed(reason) => writeln!(out, "{id}: {}", sanitised(reason)),
            Self::KeptOut(reasons) => {
                writeln!(out, "{id}: not found")?;
                reasons.iter().try_for_each(|reason| writeln!(out, "  {}", sanitised(&reason.to_string())))
            }
        }
    }

    fn as_json(&self, id: &str) -> Value {
        match self {
            Self::Found { rank } => json!({ "document": id, "found": true, "rank": rank }),
            Self::NotIndexed(reason) => {
                json!({ "document": id, "found": false, "reasons": [{ "kind": "not_indexed", "reason": reason }] })
            }
            Self::KeptOut(reasons) => {
                let reasons: Vec<_> = reasons.iter().map(Reason::as_json).collect();
                json!({ "document": id, "found": false, "reasons": reasons })
            }
        }
    }
}

impl std::fmt::Display for Reason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Absent(clause) => write!(f, "`{clause}` matches no passage"),
            Self::Condition(clause) => write!(f, "`{clause}` does not hold"),
            Self::Excluded(query, passages) => {
                write!(f, "`{query}` is excluded, and matches {}", listed(passages))
            }
            Self::Apart(parts) => {
                let part = |(query, passages): &(String, Vec<usize>)| {
                    format!("`{query}` matches {}", listed(passages))
                };
                let parts = parts.iter().map(part).collect::<Vec<_>>().join(", ");
                write!(
                    f,
                    "no passage has all of it: {parts}; `search --within document` looks at whole documents"
                )
            }
        }
    }
}

impl Reason {
    fn as_json(&self) -> Value {
        match self {
            Self::Absent(clause) => json!({ "kind": "absent", "clause": clause }),
            Self::Condition(clause) => json!({ "kind": "condition", "clause": clause }),
            Self::Excluded(query, passages) => {
                json!({ "kind": "excluded", "clause": query, "passages": passages })
            }
            Self::Apart(parts) => {
                let part = |(query, passages): &(String, Vec<usize>)| json!({ "clause": query, "passages": passages });
                json!({ "kind": "apart", "parts": parts.iter().map(part).collect::<Vec<_>>() })
            }
        }
    }
}

/// Each of these once, in the order of the first of each.
fn distinct<T: Clone + Ord>(all: Vec<T>) -> Vec<T> {
    let mut seen = BTreeSet::new();
    all.into_iter().filter(|one| seen.insert(one.clone())).collect()
}

/// The first passages of a list, as text.
fn listed(passages: &[usize]) -> String {
    const SHOWN: usize = 5;
    let shown: Vec<_> = passages.iter().take(SHOWN).map(|passage| format!("#{passage}")).collect();
    let shown = shown.join(", ");
    match passages.len() {
        1 => format!("passage {shown}"),
        0..=SHOWN => format!("passages {shown}"),
        count => format!("passages {shown} and {} more", count - SHOWN),
    }
}

#[cfg(test)]
mod tests {
    use super::listed;

    #[test]
    fn of_many_passages_the_first_are_named() {
        assert_eq!(listed(&[3]), "passage #3");
        assert_eq!(listed(&[0, 1, 2, 3, 9]), "passages #0, #1, #2, #3, #9");
        assert_eq!(listed(&[0, 1, 2, 3, 9, 10, 11]), "passages #0, #1, #2, #3, #9 and 2 more");
    }
}
