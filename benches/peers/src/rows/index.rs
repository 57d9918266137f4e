//! Indexing from nothing: time, instructions, size, memory.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::Path;
use std::process::Command;

use anyhow::{Result, ensure};
use serde::{Deserialize, Serialize};
use tidings::analysis::Dictionaries;
use tidings::document::{Anchor, DocumentRecord, Location, Passage};
use tidings::index::{Kind, StoredPassage, Writer};
use tidings::span::Span;

use crate::measure::{Cost, Counter, Samples, cores, cost, size, this_program};
use crate::peers::{sqlite, tantivy};
use crate::table::{Goal, Row, megabytes, significant};
use crate::work::{Amount, Work, remove};

/// How much text instructions are counted over, in bytes.
const SLICE: usize = 32_000_000;

/// The time, size and memory of indexes from nothing; `first` is what ours cost the first time, where it was just made.
pub fn rows(work: &Work, rounds: usize, first: Option<Cost>) -> Result<Vec<Row>> {
    let (mut ours, mut theirs) = (Vec::from_iter(first), Vec::new());
    let mut single = Cost::default();
    let mut fts5 = Cost::default();
    for round in 0..rounds {
        eprintln!("index: round {} of {rounds}", round + 1);
        if ours.len() <= round {
            ours.push(work.build()?);
        }
        if round == 0 {
            single = build(&["tantivy", "--threads", "1"], &work.lines(), &work.tantivy())?;
            fts5 = build(&["sqlite"], &work.lines(), &work.sqlite())?;
        }
        theirs.push(build(&["tantivy"], &work.lines(), &work.tantivy())?);
    }
    ensure_complete(work)?;
    let wall = |costs: &[Cost]| costs.iter().map(|cost| cost.wall).collect::<Samples>().median();
    let speed = |seconds: f64| {
        format!("{} s, {} MB/s", significant(seconds), significant(work.text.bytes / 1e6 / seconds))
    };
    let (own, peer) = (wall(&ours), wall(&theirs));
    let faster = |seconds: f64| seconds / own;
    let cores = cores();
    let mut rows = vec![
        Row::new(
            format!("`index` from nothing, {cores} cores"),
            speed(own),
            format!("tantivy {}", speed(peer)),
        )
        .ratio_with_goal(faster(peer), Goal::AtLeast(1.0)),
        Row::new("the same", speed(own), format!("tantivy, 1 thread {}", speed(single.wall)))
            .ratio(faster(single.wall)),
        Row::new("the same", speed(own), format!("FTS5 {}", speed(fts5.wall))).ratio(faster(fts5.wall)),
    ];
    rows.push(processor(&ours, &theirs));
    rows.extend(sizes(work)?);
    let memory = |costs: &[Cost]| costs.iter().map(|cost| cost.memory).collect::<Samples>().greatest();
    let peer = format!("tantivy {}, FTS5 {}", megabytes(memory(&theirs)), megabytes(fts5.memory));
    rows.push(Row::new("memory of `index`", megabytes(memory(&ours)), peer).at_most(
        memory(&ours) / 1e6,
        350.0,
        "MB",
    ));
    Ok(rows)
}

/// The time that processors were busy: what others do on the machine at the same time matters less to it.
fn processor(ours: &[Cost], theirs: &[Cost]) -> Row {
    let [own, peer] =
        [ours, theirs].map(|costs| costs.iter().map(|cost| cost.processor).collect::<Samples>().median());
    let shown = |seconds: f64| format!("{} s", significant(seconds));
    Row::new("processor time of the same", shown(own), format!("tantivy {}", shown(peer))).ratio(peer / own)
}

/// The sizes of the indexes against the text.
fn sizes(work: &Work) -> Result<Vec<Row>> {
    let text = work.text.bytes;
    let (ours, tantivy, fts5) = (size(&work.index())?, size(&work.tantivy())?, size(&work.sqlite())?);
    let segments = work.snapshot()?.searcher().segment_readers().len();
    let peer_segments = tantivy::Peer::open(&work.tantivy())?.segments();
    let own = format!("{} in {segments} segments", megabytes(ours));
    Ok(vec![
        Row::new("index against text", own, format!("text {}", megabytes(text)))
            .ratio_with_goal(ours / text, Goal::AtMost(0.75)),
        Row::new(
            "the peers' indexes against text",
            "",
            format!("tantivy {}, {peer_segments} segments", megabytes(tantivy)),
        )
        .ratio(tantivy / text),
        Row::new("the same", "", format!("FTS5 {}", megabytes(fts5))).ratio(fts5 / text),
    ])
}

/// Makes the peers' indexes where they are missing.
pub fn build_missing(work: &Work) -> Result<()> {
    if !work.tantivy().exists() {
        eprintln!("tantivy's index");
        build(&["tantivy"], &work.lines(), &work.tantivy())?;
    }
    if !work.sqlite().exists() {
        eprintln!("SQLite's database");
        build(&["sqlite"], &work.lines(), &work.sqlite())?;
    }
    ensure_complete(work)
}

fn ensure_complete(work: &Work) -> Result<()> {
    let peer = tantivy::Peer::open(&work.tantivy())?;
    ensure!(peer.count("*")? == work.text.passages, "tantivy does not have every passage");
    ensure!(sqlite::passages(&work.sqlite())? == work.text.passages, "FTS5 does not have every passage");
    Ok(())
}

/// Has a peer make its index anew, in a process of its own; gives what that cost.
fn build(kind: &[&str], lines: &Path, index: &Path) -> Result<Cost> {
    remove(index)?;
    cost(this_program()?.arg("build").args(kind).arg(lines).arg(index))
}

/// The instructions of analysing and indexing the same passages.
///
/// Both sides are this program, which reads the passages and puts them into an index; what the reading alone takes is
/// counted too and subtracted. So neither walking folders nor splitting documents stands in the figure.
pub fn instructions(work: &Work) -> Result<Vec<Row>> {
    let Some(counter) = Counter::find() else {
        let why = "neither perf nor valgrind counts instructions here";
        return Ok(vec![Row::unmeasured("instructions of indexing", why)]);
    };
    let (documents, lines) = (work.file("slice-documents.jsonl"), work.file("slice.jsonl"));
    let amount = write_slice(work, &documents, &lines)?;
    let (own_index, peer_index) = (work.file("slice-index"), work.file("slice-tantivy"));
    let count = |kind: &[&str], from: &Path, to: &Path| -> Result<f64> {
        remove(to)?;
        eprintln!("instructions of {}", kind.join(" "));
        let mut command: Command = this_program()?;
        let arguments = kind.iter().map(OsStr::new).chain([from.as_os_str(), to.as_os_str()]);
        let counted = counter.count(command.arg("build").args(arguments))?;
        Ok(counted / amount.bytes)
    };
    let ours = count(&["tidings"], &documents, &own_index)?
        - count(&["nothing-of-documents"], &documents, &own_index)?;
    let theirs = count(&["tantivy"], &lines, &peer_index)? - count(&["nothing"], &lines, &peer_index)?;
    let each = |count: f64| format!("{} a byte", significant(count));
    let what = format!("instructions of analysis and indexing, {} ({counter:?})", megabytes(amount.bytes));
    Ok(vec![
        Row::new(what, each(ours), format!("tantivy {}", each(theirs)))
            .ratio_with_goal(ours / theirs, Goal::AtMost(0.85)),
    ])
}

/// A document as it is put into an index.
#[derive(Serialize, Deserialize)]
struct Prepared {
    record: DocumentRecord,
    passages: Vec<PreparedPassage>,
}

/// A passage as it is put into an index. Where it stands in its document's text is not stored, nor indexed.
#[derive(Serialize, Deserialize)]
struct PreparedPassage {
    ordinal: u32,
    headings: Vec<String>,
    location: Location,
    anchors: Vec<Anchor>,
    text: String,
}

impl From<(StoredPassage, String)> for PreparedPassage {
    fn from((stored, text): (StoredPassage, String)) -> Self {
        let StoredPassage { ordinal, headings, location, anchors, .. } = stored;
        Self { ordinal, headings, location, anchors, text }
    }
}

impl From<PreparedPassage> for Passage {
    fn from(PreparedPassage { ordinal, headings, location, anchors, text }: PreparedPassage) -> Self {
        Self { ordinal, headings, span: Span::new(0, text.len()), location, text, anchors }
    }
}

/// Writes down the first documents by name, for both sides.
fn write_slice(work: &Work, documents: &Path, lines: &Path) -> Result<Amount> {
    let snapshot = work.snapshot()?;
    let mut records = snapshot.records()?;
    records.sort_by(|a, b| a.id.cmp(&b.id));
    let mut documents = BufWriter::new(File::create(documents)?);
    let mut lines = BufWriter::new(File::create(lines)?);
    let mut amount = Amount::default();
    for record in records.into_iter().filter(DocumentRecord::is_document) {
        let passages = snapshot.passages_of(record.id.as_str())?;
        for (_, text) in &passages {
            amount.passages += 1;
            amount.bytes += text.len() as f64;
            writeln!(lines, "{}", serde_json::json!({ "text": text }))?;
        }
        let passages = passages.into_iter().map(PreparedPassage::from).collect();
        writeln!(documents, "{}", serde_json::to_string(&Prepared { record, passages })?)?;
        if amount.bytes >= SLICE as f64 {
            break;
        }
    }
    documents.flush()?;
    lines.flush()?;
    Ok(amount)
}

/// Puts prepared documents into an index of ours, or reads them and does nothing.
pub fn index_prepared(documents: &Path, index: Option<&Path>) -> Result<()> {
    let mut writer = index.map(|index| Writer::open(index, std::time::Duration::ZERO)).transpose()?;
    let mut composer = writer.as_mut().map(|writer| writer.composer(&Dictionaries::default()));
    for line in BufReader::new(File::open(documents)?).lines() {
        let Prepared { record, passages } = serde_json::from_str(&line?)?;
        let passages: Vec<Passage> = passages.into_iter().map(Passage::from).collect();
        match &mut composer {
            Some(composer) => composer.put(record, &passages, Kind::Document, None)?,
            None => drop(std::hint::black_box((record, passages))),
        }
    }
    if let Some(mut writer) = writer {
        writer.commit()?;
        writer.close()?;
    }
    Ok(())
}

/// Reads a file of JSON Lines and does nothing: what peers need before they index.
pub fn read_lines(lines: &Path) -> Result<()> {
    crate::peers::for_each_text(lines, |text| {
        std::hint::black_box(text);
        Ok(())
    })
}

/// The sizes of the files in a folder by name: what was there before a pass, and after.
pub fn listing(folder: &Path) -> Result<std::collections::BTreeMap<String, u64>> {
    let entries = fs::read_dir(folder)?.map(|entry| {
        let entry = entry?;
        Ok((entry.file_name().to_string_lossy().into_owned(), entry.metadata()?.len()))
    });
    entries.collect()
}
