//! The left flow: one pass over the sources that makes the index agree with them.
//!
//! A pass compares what a scan finds with what the index knows, reads what may have changed on all cores, and
//! hands documents to the one writer. Three rules make it safe to trust:
//!
//! - What could not be read keeps its last good content; what was read and makes no sense loses it, with the reason
//!   recorded. Nothing else removes a document but a scan that covered its path and did not find it.
//! - A container's own record is written after its parts, so that a pass that was cut short reads it again, and
//!   finds the parts that it had done.
//! - A file that changed as recently as the last commit may change again within the same tick of its
//!   clock, so its content is compared, not only its size and time.

mod container;
mod prepare;
mod rules;
#[cfg(test)]
mod versions;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::time::{Duration, Instant};

use crate::analysis::{Dictionaries, DictionaryError};
use crate::index::{
    self, ChosenDictionaries, Composer, Entry, EntryState, Manifest, Meta, OpenError, ReadError, Snapshot,
    Writer,
};
use crate::isolate::{self, Children};
use crate::source::{self, Found, RuleError, Scan, WalkOptions};
use prepare::Reader;
pub(crate) use prepare::{Done, Outcome, Tally};
use rules::Rules;

/// How many outcomes may wait to be counted and told.
const QUEUE: usize = 64;

/// How many files teach an index its codebook, at most.
const SAMPLE: usize = 512;

/// How far ahead files are asked for of those that are read.
const AHEAD: usize = 32;

/// How close to the last commit a modification is too recent to rely on, in nanoseconds.
const RECENT: i64 = 2_000_000_000;

/// What a pass takes and how.
#[derive(Clone, Debug)]
pub struct Options {
    /// Files and folders; `-` is standard input.
    pub roots: Vec<PathBuf>,
    /// Which files of the folders.
    pub walk: WalkOptions,
    /// The ISO 639 code of the language that documents are taken to be in, whatever they say of themselves. By default
    /// what they say, or what they seem to be in.
    pub language: Option<String>,
    /// The dictionaries by which words are found beside their characters. By default those of the passes before.
    pub dictionaries: Option<ChosenDictionaries>,
    /// How deep archives, and messages with attachments, may stand in one another to be opened. By default 5.
    pub archive_depth: usize,
    /// How sources of untrusted formats are read.
    pub isolation: isolate::Options,
    /// How long a pass may go on before it publishes what it has. By default a minute.
    pub commit_every: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            roots: Vec::new(),
            walk: WalkOptions::default(),
            language: None,
            dictionaries: None,
            archive_depth: 5,
            isolation: isolate::Options::default(),
            commit_every: Duration::from_secs(60),
        }
    }
}

/// What a pass did, in documents.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// New in the index.
    pub added: u64,
    /// Replaced.
    pub changed: u64,
    /// Gone from their sources and from the index.
    pub removed: u64,
    /// As the index has them.
    pub unchanged: u64,
    /// Left out by a rule.
    pub skipped: u64,
    /// Not readable, or not understood.
    pub failed: u64,
}

/// What a pass tells while it runs.
#[derive(Clone, Copy, Debug)]
pub enum Event<'a> {
    /// So many files were found so far.
    Scanned(usize),
    /// The scan is over: so many files, with so many bytes, may have to be read.
    Started {
        /// Files.
        files: u64,
        /// Their bytes.
        bytes: u64,
    },
    /// A file is done with.
    FileDone {
        /// Its bytes.
        bytes: u64,
    },
    /// A source was left out by a rule.
    Skipped {
        /// Its path.
        path: &'a str,
        /// Which rule.
        reason: &'a str,
    },
    /// A source could not be read or was not understood.
    Failed {
        /// Its path, for a part of a container with its line.
        path: &'a str,
        /// Why.
        reason: &'a str,
    },
    /// Something is odd, but nothing is lost.
    Warning(&'a str),
    /// What was read is being published.
    Committing,
}

/// Why a pass ended before its end.
#[derive(Debug, thiserror::Error)]
pub enum IngestError {
    /// A glob is none, or a type is not known.
    #[error(transparent)]
    Rule(#[from] RuleError),
    /// A dictionary cannot be used.
    #[error(transparent)]
    Dictionary(#[from] DictionaryError),
    /// The index cannot be opened or written to.
    #[error(transparent)]
    Index(#[from] OpenError),
    /// The index cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
}

/// Makes the index agree with its sources, in one pass over `options.roots`.
///
/// `tell` hears of everything that happens, from several threads.
///
/// # Errors
///
/// When the index cannot be read or written to, or a dictionary not be used; what was committed before stays. Sources that
/// cannot be read are no errors: they are told of, counted and recorded.
pub fn ingest(
    writer: &mut Writer,
    index: &Path,
    options: &Options,
    tell: &(dyn Fn(Event<'_>) + Sync),
) -> Result<Report, IngestError> {
    let snapshot = Snapshot::open(index)?;
    let dictionaries = dictionaries(writer, options)?;
    let files = files(options, &snapshot, writer);
    // What the index knows and what there is are read at the same time.
    let (scan, manifest) = std::thread::scope(|scope| {
        let manifest = scope.spawn(|| snapshot.manifest());
        let scan = source::scan(&files, &options.walk, &|found| tell(Event::Scanned(found)));
        (scan, manifest.join())
    });
    let (scan, manifest) = (scan?, manifest.expect("reading columns does not panic")?);
    scan.warnings.iter().for_each(|warning| tell(Event::Warning(warning)));
    let mut pass = Pass {
        rules: Rules::new(options, dictionaries.analyzer(), &snapshot, &manifest),
        dictionaries: &dictionaries,
        isolation: &options.isolation,
        writer,
        manifest: &manifest,
        report: Report::default(),
        tell,
        commit_every: options.commit_every,
        last_commit: Instant::now(),
    };
    // What is not there, perhaps for a slip of the pen, is not to be asked for again.
    let roots = files.iter().filter(|root| std::fs::symlink_metadata(root).is_ok());
    pass.writer.add_roots(roots.map(|root| source::document_path(root)));
    if options.roots.iter().any(|root| is_standard_input(root)) {
        pass.take_standard_input()?;
    }
    pass.take_files(&scan)?;
    pass.remove_vanished(&scan)?;
    pass.commit(Writer::commit_pass)?;
    Ok(pass.report)
}

/// The dictionaries that a pass analyses by, which the writer remembers.
fn dictionaries(writer: &mut Writer, options: &Options) -> Result<Dictionaries, DictionaryError> {
    let known = &writer.meta().settings.dictionaries;
    let ChosenDictionaries { opened, settings } = match &options.dictionaries {
        Some(chosen) => chosen.clone(),
        None => {
            let paths: Vec<_> = known.iter().map(|setting| PathBuf::from(&setting.path)).collect();
            index::examined(&paths, known)?
        }
    };
    writer.set_dictionaries(settings);
    Ok(opened)
}

/// The files and folders that a pass reads: where other dictionaries analyse than before, all that the index knows.
fn files(options: &Options, snapshot: &Snapshot, writer: &Writer) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> =
        options.roots.iter().filter(|root| !is_standard_input(root)).cloned().collect();
    let contents = |meta: &Meta| -> Vec<String> {
        meta.settings.dictionaries.iter().map(|setting| setting.content.clone()).collect()
    };
    if contents(snapshot.meta()) != contents(writer.meta()) {
        let known = snapshot.meta().roots.iter().map(PathBuf::from);
        files.extend(known.filter(|root| root.exists() && !options.roots.contains(root)));
    }
    files
}

fn is_standard_input(root: &Path) -> bool {
    root == Path::new("-")
}

struct Pass<'a> {
    rules: Rules<'a>,
    dictionaries: &'a Dictionaries,
    isolation: &'a isolate::Options,
    writer: &'a mut Writer,
    manifest: &'a Manifest,
    report: Report,
    tell: &'a (dyn Fn(Event<'_>) + Sync),
    commit_every: Duration,
    last_commit: Instant,
}

/// A found source that may have to be read, with what the index knows of it.
struct Job<'a> {
    found: &'a Found,
    before: Option<&'a Entry>,
}

impl<'a> Pass<'a> {
    fn reader(&self) -> Reader<'a> {
        Reader { rules: self.rules, children: Children::new(self.isolation) }
    }

    fn take_standard_input(&mut self) -> Result<(), IngestError> {
        let before = self.manifest.get("-").copied();
        let mut outcomes = Vec::new();
        let (mut reader, mut composer) = (self.reader(), self.writer.composer(self.dictionaries));
        reader.read_standard_input(before, &mut |outcome| {
            outcomes.push(outcome.put_by(&mut composer));
            true
        })?;
        outcomes.into_iter().try_for_each(|outcome| self.apply(outcome?))
    }

    /// Reads on all cores what may have changed, and puts it into the index as it comes.
    fn take_files(&mut self, scan: &Scan) -> Result<(), IngestError> {
        let jobs = self.jobs(scan);
        let bytes = jobs.iter().map(|job| size_of(job.found)).sum();
        (self.tell)(Event::Started { files: jobs.len() as u64, bytes });
        // What is not read is told of first, in order: only what threads read comes as it comes.
        let (mut jobs, left_out): (Vec<_>, Vec<_>) =
            jobs.into_iter().partition(|job| matches!(job.found, Found::File(_)));
        if self.writer.meta().codebook.is_none() {
            jobs = sample_first(jobs);
        }
        let threads = std::thread::available_parallelism().map_or(1, usize::from).min(jobs.len());
        // Each makes a segment of its own, so there are no more of them than threads.
        let mut composers: Vec<_> =
            (0..threads.max(1)).map(|_| self.writer.composer(self.dictionaries)).collect();
        self.take_left_out(left_out, &mut composers[0])?;
        let next = AtomicUsize::new(0);
        let stop = AtomicBool::new(false);
        let (rules, isolation) = (self.rules, self.isolation);
        std::thread::scope(|scope| {
            let (sender, receiver) = sync_channel(QUEUE);
            for composer in composers {
                let sender = sender.clone();
                let (jobs, next, stop) = (&jobs, &next, &stop);
                let reader = Reader { rules, children: Children::new(isolation) };
                scope.spawn(move || work(reader, composer, jobs, next, stop, &sender));
            }
            drop(sender);
            let outcome = receiver.iter().try_for_each(|outcome| self.apply(outcome?));
            stop.store(true, Ordering::Relaxed);
            // Whoever still waits to send must find nobody there, or the threads would never end.
            drop(receiver);
            outcome
        })
    }

    /// Puts on record what is left out.
    fn take_left_out(&mut self, jobs: Vec<Job<'_>>, composer: &mut Composer) -> Result<(), IngestError> {
        let mut outcomes = Vec::new();
        let mut reader = self.reader();
        for job in jobs {
            reader.read(job.found, job.before.copied(), &mut |outcome| {
                outcomes.push(outcome.put_by(composer));
                true
            })?;
        }
        outcomes.into_iter().try_for_each(|outcome| self.apply(outcome?))
    }

    /// What must be looked at; what is plainly unchanged is counted here.
    fn jobs<'f>(&mut self, scan: &'f Scan) -> Vec<Job<'f>>
    where
        'a: 'f,
    {
        let recent = self.writer.meta().updated.saturating_mul(1_000_000_000) - RECENT;
        let mut jobs = Vec::new();
        // Both are in order: to walk them side by side takes less than to look each one up.
        let mut entries = self.manifest.iter().peekable();
        for found in &scan.found {
            while entries.next_if(|(path, _)| *path < found.path()).is_some() {}
            let before = entries.peek().filter(|(path, _)| *path == found.path()).map(|(_, entry)| *entry);
            match (found, before) {
                (Found::File(file), Some(before))
                    if self.rules.is_current(before)
                        && (file.size, file.modified) == (before.size, before.modified)
                        && file.modified < recent =>
                {
                    self.count_unchanged(before);
                }
                _ => jobs.push(Job { found, before }),
            }
        }
        jobs
    }

    fn count_unchanged(&mut self, before: &Entry) {
        match (before.state, before.parts) {
            (EntryState::Skipped, _) => self.report.skipped += 1,
            (_, parts) => {
                let own = u64::from(before.is_document());
                self.report.unchanged += own + parts.map_or(0, |parts| parts.documents);
            }
        }
    }

    fn apply(&mut self, outcome: Outcome<Done>) -> Result<(), IngestError> {
        match outcome {
            Outcome::Put(done) => {
                let Done { problem, tally } = *done;
                if let Some((path, reason)) = &problem {
                    self.tell_of(tally, path, reason);
                }
                self.count(tally);
            }
            Outcome::Announced(_) => {}
            Outcome::Same(tally) => {
                // What was compared need not be compared again: the next commit is late enough.
                self.writer.renew();
                self.count(tally);
            }
            Outcome::Problem { path, reason, tally } => {
                self.tell_of(tally, &path, &reason);
                self.count(tally);
            }
            Outcome::Vanished { id, before } => self.remove(&id, &before),
            Outcome::FileDone { bytes } => (self.tell)(Event::FileDone { bytes }),
        }
        self.writer.take_finished()?;
        if self.last_commit.elapsed() >= self.commit_every {
            self.commit(Writer::commit)?;
            self.last_commit = Instant::now();
        }
        Ok(())
    }

    fn commit(&mut self, commit: fn(&mut Writer) -> Result<(), OpenError>) -> Result<(), IngestError> {
        (self.tell)(Event::Committing);
        Ok(commit(self.writer)?)
    }

    fn tell_of(&self, tally: Tally, path: &str, reason: &str) {
        match tally {
            Tally::Skipped => (self.tell)(Event::Skipped { path, reason }),
            Tally::Failed => (self.tell)(Event::Failed { path, reason }),
            Tally::Added | Tally::Changed | Tally::Unchanged | Tally::Uncounted => {}
        }
    }

    fn count(&mut self, tally: Tally) {
        match tally {
            Tally::Added => self.report.added += 1,
            Tally::Changed => self.report.changed += 1,
            Tally::Unchanged => self.report.unchanged += 1,
            Tally::Skipped => self.report.skipped += 1,
            Tally::Failed => self.report.failed += 1,
            Tally::Uncounted => {}
        }
    }

    fn remove(&mut self, id: &str, before: &Entry) {
        if before.is_document() {
            self.report.removed += 1;
        }
        self.writer.remove(id, before);
    }

    /// Removes what the scan covered and did not find.
    fn remove_vanished(&mut self, scan: &Scan) -> Result<(), IngestError> {
        let mut found = scan.found.iter().map(Found::path).peekable();
        let manifest = self.manifest;
        for (path, before) in manifest.iter() {
            while found.next_if(|found| *found < path).is_some() {}
            if found.peek() == Some(&path) || !scan.covers(path) {
                continue;
            }
            if before.parts.is_some() {
                for (id, part) in self.rules.parts_of(path)?.iter() {
                    self.remove(id, part);
                }
            }
            self.remove(path, before);
        }
        Ok(())
    }
}

/// The jobs, with some from everywhere among them first: what is read first teaches the index its codebook, and neighbours
/// are alike.
fn sample_first<T>(jobs: Vec<T>) -> Vec<T> {
    let step = jobs.len() / SAMPLE + 1;
    let (mut sample, rest): (Vec<_>, Vec<_>) =
        (0_u32..).zip(jobs).partition(|&(number, _)| (number as usize).is_multiple_of(step));
    // By the golden ratio, as Fibonacci hashing does: however few of them are read, they come from everywhere.
    sample.sort_by_key(|&(number, _)| (number / step as u32).wrapping_mul(0x9e37_79b9));
    sample.into_iter().chain(rest).map(|(_, job)| job).collect()
}

/// Reads jobs until there are none left, or nobody wants them any more.
fn work(
    mut reader: Reader<'_>,
    mut composer: Composer,
    jobs: &[Job<'_>],
    next: &AtomicUsize,
    stop: &AtomicBool,
    sender: &SyncSender<Result<Outcome<Done>, IngestError>>,
) {
    while !stop.load(Ordering::Relaxed) {
        let number = next.fetch_add(1, Ordering::Relaxed);
        let Some(job) = jobs.get(number) else { break };
        if let Some(Found::File(file)) = jobs.get(number + AHEAD).map(|job| job.found) {
            source::read::ask_for(&source::file_at(&file.path));
        }
        let mut send = |outcome: Outcome| match outcome.put_by(&mut composer) {
            Ok(done) => sender.send(Ok(done)).is_ok(),
            Err(error) => {
                // Nobody wants more once the index cannot be written to.
                let _ = sender.send(Err(error.into()));
                false
            }
        };
        match reader.read(job.found, job.before.copied(), &mut send) {
            Ok(()) => drop(send(Outcome::FileDone { bytes: size_of(job.found) })),
            Err(error) => drop(sender.send(Err(error))),
        }
    }
}

fn size_of(found: &Found) -> u64 {
    match found {
        Found::File(file) => file.size,
        Found::Skipped { .. } | Found::Failed { .. } => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_files_are_from_everywhere_and_none_is_lost() {
        let count = 10_000;
        let mut jobs = sample_first((0..count).collect());
        let quarters = jobs.iter().take(16).map(|job| job * 4 / count);
        for quarter in 0..4 {
            let count = quarters.clone().filter(|&at| at == quarter).count();
            assert!((3..=5).contains(&count), "{count} of quarter {quarter}");
        }
        assert!(jobs[SAMPLE..].is_sorted());
        jobs.sort_unstable();
        assert_eq!(jobs, (0..count).collect::<Vec<_>>());
        assert_eq!(sample_first(Vec::<()>::new()), []);
    }
}
