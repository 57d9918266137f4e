//! `tidings eval`: how good the ranking is on collections whose answers are known.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use clap::Args;
use serde::Deserialize;
use serde_json::json;

use super::diagnostics::{Failure, Outcome, tell};
use super::open_engine;
use crate::engine::LocalEngine;
use crate::evaluation::{DEPTH, Judgements, Measures};
use crate::hit::{Group, Request};
use crate::index::{self, ChosenDictionaries, Writer};
use crate::ingest;
use crate::query::{self, Reading};
use crate::render;
use crate::render::write_json_line;
use crate::search::{Marking, search};

/// Measure the ranking on collections whose answers are known
///
/// A collection is a folder with `corpus.jsonl` (lines with `_id`, `title`, `text`), `queries.jsonl` (lines with `_id`,
/// `text`) and `qrels.tsv` (lines of query, 0, document, grade). The corpus is read into an index of its own, which is
/// removed at the end; each query is searched as plain words, its documents ranked by their best passages.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  tidings eval collections/cranfield            nDCG@10, MAP, recall@100, precision@10, MRR@10
  tidings eval collections/*                    of each, and the means
  tidings eval --json collections/time | jq .ndcg_10")]
pub(super) struct Arguments {
    /// Folders with a collection each
    #[arg(value_name = "COLLECTION", required = true)]
    collections: Vec<PathBuf>,
    /// Look also for words that the first hits have in common, as `search --expand` does
    #[arg(long)]
    expand: bool,
    /// Find Japanese, Korean or Chinese words in all their forms by this dictionary, as `index --dictionary` does
    #[arg(long, value_name = "DIR")]
    dictionary: Vec<PathBuf>,
    /// Give one JSON object for each collection
    #[arg(long)]
    json: bool,
}

pub(super) fn run(arguments: &Arguments) -> Result<Outcome, Failure> {
    let collections: Vec<_> =
        arguments.collections.iter().map(|folder| Collection::read(folder)).collect::<Result<_, _>>()?;
    let dictionaries = index::examined(&arguments.dictionary, &[]).map_err(ingest::IngestError::from)?;
    let mut out = io::stdout().lock();
    let mut sum = Measures::default();
    for (number, collection) in collections.iter().enumerate() {
        let (measures, queries) = evaluate(collection, &dictionaries, arguments.expand)?;
        sum += measures;
        if arguments.json {
            write_json_line(&as_json(&collection.name, measures, queries), &mut out)?;
        } else {
            if number == 0 {
                write_header(&mut out)?;
            }
            write_row(&collection.name, measures, &queries.to_string(), &mut out)?;
        }
        out.flush()?;
    }
    if collections.len() > 1 && !arguments.json {
        write_row("mean", sum.mean_over(collections.len()), "", &mut out)?;
    }
    Ok(Outcome::Done)
}

/// What a collection's folder holds.
struct Collection {
    /// The folder's own name.
    name: String,
    corpus: PathBuf,
    queries: Vec<TestQuery>,
    judgements: Judgements,
}

/// A line of `queries.jsonl`.
#[derive(Deserialize)]
struct TestQuery {
    #[serde(rename = "_id")]
    id: String,
    text: String,
}

impl Collection {
    fn read(folder: &Path) -> Result<Self, Failure> {
        let read = |name: &str| {
            let path = folder.join(name);
            fs::read_to_string(&path).map_err(|error| {
                let reason = crate::source::reason(&error);
                Failure::Usage(format!("{}: {reason}; see `tidings help eval`", path.display()))
            })
        };
        let judgements = Judgements::read(&read("qrels.tsv")?);
        let lines = read("queries.jsonl")?;
        let queries = lines.lines().filter(|line| !line.trim().is_empty()).map(serde_json::from_str);
        let mut queries = queries.collect::<Result<Vec<TestQuery>, _>>().map_err(|error| {
            Failure::Usage(format!("{}: {error}", folder.join("queries.jsonl").display()))
        })?;
        queries.retain(|query| judgements.judges(&query.id));
        if queries.is_empty() {
            let message = format!("{}: no query has a relevant document in qrels.tsv", folder.display());
            return Err(Failure::Usage(message));
        }
        let name = folder.file_name().unwrap_or(folder.as_os_str()).to_string_lossy().into_owned();
        Ok(Self { name, corpus: folder.join("corpus.jsonl"), queries, judgements })
    }
}

/// The mean measures of a collection's queries, and how many these are.
fn evaluate(
    collection: &Collection,
    dictionaries: &ChosenDictionaries,
    expand: bool,
) -> Result<(Measures, usize), Failure> {
    let folder = tempfile::tempdir()?;
    let index = folder.path().join("index");
    let mut writer = Writer::open(&index, Duration::ZERO)?;
    let options = ingest::Options {
        roots: vec![collection.corpus.clone()],
        dictionaries: Some(dictionaries.clone()),
        ..ingest::Options::default()
    };
    let report = ingest::ingest(&mut writer, &index, &options, &|event| {
        if let ingest::Event::Failed { path, reason } = event {
            tell(format_args!("{path}: {reason}"));
        }
    })?;
    writer.close().map_err(ingest::IngestError::from)?;
    if report.added == 0 {
        return Err(Failure::Usage(format!("{}: no document in it", collection.corpus.display())));
    }
    let engine = open_engine(&index)?;
    let next = AtomicUsize::new(0);
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let sums: Vec<Result<Measures, Failure>> = std::thread::scope(|scope| {
        let workers: Vec<_> =
            (0..threads).map(|_| scope.spawn(|| measure_some(&engine, collection, expand, &next))).collect();
        workers.into_iter().map(|worker| worker.join().expect("searching does not panic")).collect()
    });
    let mut sum = Measures::default();
    for part in sums {
        sum += part?;
    }
    let queries = collection.judgements.len();
    Ok((sum.mean_over(queries), queries))
}

/// The sums of the measures of the queries that this thread takes.
fn measure_some(
    engine: &LocalEngine,
    collection: &Collection,
    expand: bool,
    next: &AtomicUsize,
) -> Result<Measures, Failure> {
    let mut sum = Measures::default();
    while let Some(asked) = collection.queries.get(next.fetch_add(1, Ordering::Relaxed)) {
        let options = query::Options { reading: Reading::Words, ..query::Options::default() };
        let Ok(parsed) = query::parse(&asked.text, options) else { continue };
        let request = Request {
            query: parsed.query,
            limit: DEPTH,
            group: Group::Document,
            expand,
            ..Request::default()
        };
        let response = search(engine, &request, Marking::Nothing)?;
        let ranking: Vec<_> = response.hits.iter().map(|hit| own_id(hit.document.id.as_str())).collect();
        sum += collection.judgements.measure(&asked.id, &ranking);
    }
    Ok(sum)
}

/// The id that a record has in its corpus.
fn own_id(id: &str) -> &str {
    id.split_once(".jsonl#").map_or(id, |(_, own)| own)
}

fn as_json(name: &str, measures: Measures, queries: usize) -> serde_json::Value {
    json!({
        "collection": name,
        "ndcg_10": measures.ndcg_10,
        "map": measures.average_precision,
        "recall_100": measures.recall_100,
        "precision_10": measures.precision_10,
        "mrr_10": measures.reciprocal_rank_10,
        "queries": queries,
    })
}

fn write_header(out: &mut dyn Write) -> io::Result<()> {
    let [ndcg, map, recall, precision, rank] = ["nDCG@10", "MAP", "R@100", "P@10", "MRR@10"];
    writeln!(out, "{:<20}{ndcg:>9}{map:>9}{recall:>9}{precision:>9}{rank:>9}{:>9}", "collection", "queries")
}

fn write_row(name: &str, measures: Measures, queries: &str, out: &mut dyn Write) -> Result<(), Failure> {
    let Measures { ndcg_10, average_precision, recall_100, precision_10, reciprocal_rank_10 } = measures;
    write!(out, "{}", render::padded(&render::sanitised(name), 20))?;
    for value in [ndcg_10, average_precision, recall_100, precision_10, reciprocal_rank_10] {
        write!(out, "{value:>9.4}")?;
    }
    Ok(writeln!(out, "{queries:>9}")?)
}
