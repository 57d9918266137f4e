//! The one place that changes an index.
//!
//! A [`Writer`] holds the index's lock. What it adds and removes shows only when it commits, all at once; a
//! process that dies before leaves the last commit. Segments come from its [`Composer`]s, which work on as many threads
//! as there are; tantivy's own writer publishes, merges and deletes them. Beside it the writer keeps the
//! [`Totals`](super::Totals) that ride in each commit.

use std::mem;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use tantivy::directory::error::LockError;
use tantivy::directory::{Directory, INDEX_WRITER_LOCK};
use tantivy::indexer::IndexWriterOptions;
use tantivy::store::Compressor;
use tantivy::{Index, IndexSettings, IndexWriter, TantivyError, Term};

use super::composer::{Composer, Finished, Part, Place, Work, locked};
use super::directory::{Fault, IndexDirectory, Role};
use super::manifest::Entry;
use super::merges::{Merges, OfPass};
use super::packed::{CODEBOOK_FILE, Codebook};
use super::replaced::Elsewhere;
use super::schema::{self, Fields, Meta};
use super::{OpenError, check_exists, open_error, packed, read_meta};
use crate::analysis::Dictionaries;
use crate::config::DictionarySetting;

/// How much memory segments take by default while they are made, in bytes: 176 MiB.
pub const DEFAULT_MEMORY: u64 = 176 << 20;

/// The least memory for the segment of one thread, in bytes.
const LEAST_MEMORY: usize = 16 << 20;

/// The most, which bounds the numbers that stand for its words.
const MOST_MEMORY: usize = 4_000_000_000;

/// How much memory tantivy wants for a thread of its own writer, which is given nothing to do.
const IDLE_MEMORY: usize = 15_000_000;

/// The size of a block of what is stored, in bytes; each hit that is shown costs copying one.
const BLOCK: usize = 8 << 10;

/// How long to wait between two tries to get the lock.
const LOCK_RETRY: Duration = Duration::from_millis(25);

/// The writer of an index.
pub struct Writer {
    path: PathBuf,
    index: Index,
    /// The directory itself: what tantivy does not know of is written past it.
    directory: IndexDirectory,
    writer: IndexWriter,
    fields: Fields,
    meta: Meta,
    codebook: Arc<Codebook>,
    fault: Fault,
    changed: bool,
    /// How much memory all segments take that are being made, in bytes.
    memory: u64,
    /// What composers have under way.
    composers: Vec<Arc<Mutex<Work>>>,
    finished: Finished,
    /// How many entries were added since the last pass ended.
    added: u64,
    /// What those who merge segments know of the pass.
    of_pass: Arc<OfPass>,
}

impl Writer {
    /// Opens the index at `path` for writing, or creates it; waits for another writer as long as `wait`.
    ///
    /// # Errors
    ///
    /// [`OpenError::Busy`] when another writer still holds the index then, and any other [`OpenError`].
    pub fn open(path: &Path, wait: Duration) -> Result<Self, OpenError> {
        Self::open_within(path, wait, DEFAULT_MEMORY)
    }

    /// Opens as [`Writer::open`] does; segments take so many bytes of `memory` while they are made.
    ///
    /// More memory makes fewer and larger segments, which cost less to merge.
    ///
    /// # Errors
    ///
    /// As those of [`Writer::open`].
    pub fn open_within(path: &Path, wait: Duration, memory: u64) -> Result<Self, OpenError> {
        if matches!(check_exists(path), Err(OpenError::Missing(_))) {
            prepare_folder(path)?;
        } else {
            check_exists(path)?;
        }
        let directory = IndexDirectory::open(path, Role::Writer).map_err(|error| open_error(path, error))?;
        Self::in_directory(path, directory, wait, memory)
    }

    pub(super) fn in_directory(
        path: &Path,
        directory: IndexDirectory,
        wait: Duration,
        memory: u64,
    ) -> Result<Self, OpenError> {
        let failed = |error| open_error(path, error);
        let fault = directory.fault();
        let (schema, fields) = schema::schema();
        let deadline = Instant::now() + wait;
        // Under the lock: who creates an index must not write over the one that another has just made.
        let lock = retried(deadline, || {
            directory.acquire_lock(&INDEX_WRITER_LOCK).map_err(|error| TantivyError::LockFailure(error, None))
        });
        let lock = lock.map_err(failed)?;
        let index = Index::builder()
            .schema(schema)
            .settings(index_settings())
            .open_or_create(directory.clone())
            .or_else(|error| other_schema(path, error))?;
        drop(lock);
        let writer = retried(deadline, || index.writer_with_options(writer_options())).map_err(failed)?;
        let of_pass = Arc::default();
        writer.set_merge_policy(Box::new(Merges::new(&of_pass)));
        let (meta, _) = read_meta(path, &index)?;
        let learnt = meta.codebook.as_ref().map(|_| directory.atomic_read(Path::new(CODEBOOK_FILE)));
        let learnt = learnt.transpose().map_err(|error| open_error(path, error.into()))?;
        Ok(Self {
            path: path.into(),
            codebook: Arc::new(Codebook::of(learnt, index.clone())),
            index,
            directory,
            writer,
            fields,
            meta,
            fault,
            changed: false,
            memory,
            composers: Vec::new(),
            finished: Finished::default(),
            added: 0,
            of_pass,
        })
    }

    /// What will ride in the next commit; the totals follow what is put and removed.
    pub fn meta(&self) -> &Meta {
        &self.meta
    }

    /// Remembers the paths that were given to be ingested.
    pub fn add_roots(&mut self, roots: impl IntoIterator<Item = String>) {
        for root in roots {
            if let Err(at) = self.meta.roots.binary_search(&root) {
                self.meta.roots.insert(at, root);
                self.changed = true;
            }
        }
    }

    /// Remembers the dictionaries that documents are analysed by from now on.
    pub fn set_dictionaries(&mut self, dictionaries: Vec<DictionarySetting>) {
        if self.meta.settings.dictionaries != dictionaries {
            self.meta.settings.dictionaries = dictionaries;
            self.changed = true;
        }
    }

    /// A composer that puts documents into this index, with the base forms that these dictionaries know: one for each
    /// thread.
    pub fn composer(&mut self, dictionaries: &Dictionaries) -> Composer {
        let place = Place {
            path: self.path.clone(),
            index: self.index.clone(),
            fields: self.fields,
            fault: self.fault.clone(),
            memory: memory_of_each(self.memory),
            finished: Arc::clone(&self.finished),
            codebook: Arc::clone(&self.codebook),
        };
        let composer = Composer::new(place, dictionaries);
        self.composers.push(composer.work());
        composer
    }

    /// Takes what composers have finished.
    ///
    /// # Errors
    ///
    /// When the index cannot be written to.
    pub fn take_finished(&mut self) -> Result<(), OpenError> {
        let parts = mem::take(&mut *self.finished.lock().unwrap_or_else(PoisonError::into_inner));
        parts.into_iter().try_for_each(|part| self.take(part)).map_err(|error| self.failed(error))
    }

    /// Adds a segment, after what it takes the place of has gone.
    fn take(&mut self, part: Part) -> tantivy::Result<()> {
        let Part { segment, replaced, added, removed } = part;
        for id in replaced {
            let term = Term::from_field_text(self.fields.id, &id);
            self.writer.delete_query(Box::new(Elsewhere::than_in(segment.id(), term)))?;
        }
        self.meta.totals.add(added);
        self.meta.totals.subtract(removed);
        self.changed = true;
        self.of_pass.go_on();
        self.added += u64::from(segment.max_doc());
        self.writer.add_segment(segment)
    }

    /// Has all composers finish what they have under way, and takes it.
    fn finish_all(&mut self) -> Result<(), OpenError> {
        let works = mem::take(&mut self.composers);
        // Whoever has a composer now may put something more into it as soon as it has finished here, and drop it then.
        let had = works.iter().filter(|work| Arc::strong_count(work) > 1).cloned().collect();
        let outcome = thread::scope(|scope| {
            let finishing: Vec<_> = works.iter().map(|work| scope.spawn(|| locked(work).finish())).collect();
            let finished = finishing.into_iter().map(|thread| thread.join().expect("writing does not panic"));
            finished.collect::<Vec<_>>().into_iter().collect::<Result<(), _>>()
        });
        self.composers = had;
        outcome?;
        self.take_finished()
    }

    /// Makes the next commit happen even where nothing else changes: for its time, up to which sources are known.
    pub fn renew(&mut self) {
        self.changed = true;
    }

    /// Removes the document `id`, whose entry is `before`; nothing with this id may be put before the next commit.
    pub fn remove(&mut self, id: &str, before: &Entry) {
        self.meta.totals.subtract(before.totals);
        self.changed = true;
        self.writer.delete_term(Term::from_field_text(self.fields.id, id));
    }

    /// Publishes everything that was put and removed since the last commit, at once. Does nothing where nothing was.
    ///
    /// # Errors
    ///
    /// When the index cannot be written to; then it stays as it was at its last commit.
    pub fn commit(&mut self) -> Result<(), OpenError> {
        self.finish_all()?;
        self.publish()
    }

    /// Publishes as [`Writer::commit`] does, as the last time in a pass: after it, small segments are merged where the
    /// pass has added much.
    ///
    /// # Errors
    ///
    /// As those of [`Writer::commit`].
    pub fn commit_pass(&mut self) -> Result<(), OpenError> {
        self.finish_all()?;
        self.of_pass.end(mem::take(&mut self.added));
        self.publish()
    }

    fn publish(&mut self) -> Result<(), OpenError> {
        if !self.changed {
            return Ok(());
        }
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        self.meta.updated = i64::try_from(now.as_secs()).unwrap_or_default();
        self.keep_codebook()?;
        let outcome = self.writer.prepare_commit().and_then(|mut prepared| {
            prepared.set_payload(&serde_json::to_string(&self.meta)?);
            prepared.commit()
        });
        outcome.map_err(|error| self.failed(error))?;
        self.changed = false;
        Ok(())
    }

    /// Writes the codebook, where it was learnt since the last commit: nobody reads it before the next.
    fn keep_codebook(&mut self) -> Result<(), OpenError> {
        let Some(learnt) = self.codebook.learnt().filter(|_| self.meta.codebook.is_none()) else {
            return Ok(());
        };
        let written = self.directory.atomic_write(Path::new(CODEBOOK_FILE), learnt);
        written.map_err(|error| self.failed(error.into()))?;
        self.meta.codebook = Some(packed::hash(learnt));
        Ok(())
    }

    /// Merges all segments into one and removes what was deleted; gives the number of segments that there were.
    ///
    /// # Errors
    ///
    /// When the index cannot be written to.
    pub fn compact(&mut self) -> Result<usize, OpenError> {
        let metas = self.index.searchable_segment_metas().map_err(|error| self.failed(error))?;
        let before = metas.len();
        let needless = before < 2 && metas.iter().all(|meta| !meta.has_deletes());
        if !needless {
            let ids: Vec<_> = metas.iter().map(tantivy::SegmentMeta::id).collect();
            self.writer.merge(&ids).wait().map_err(|error| self.failed(error))?;
        }
        // The files of segments that somebody still knows of are not collected.
        drop(metas);
        self.writer.garbage_collect_files().wait().map_err(|error| self.failed(error))?;
        Ok(before)
    }

    /// Waits for the merges that commits have started, and closes the index.
    ///
    /// # Errors
    ///
    /// When the index cannot be written to.
    pub fn close(self) -> Result<(), OpenError> {
        let (path, fault) = (self.path, self.fault);
        self.writer.wait_merging_threads().map_err(|error| write_error(&path, &fault, error))
    }

    fn failed(&self, error: TantivyError) -> OpenError {
        write_error(&self.path, &self.fault, error)
    }
}

/// Tries to do what needs the lock until it is free, or the deadline has come.
fn retried<T>(deadline: Instant, mut attempt: impl FnMut() -> tantivy::Result<T>) -> tantivy::Result<T> {
    loop {
        match attempt() {
            Err(TantivyError::LockFailure(LockError::LockBusy, _)) if Instant::now() < deadline => {
                std::thread::sleep(LOCK_RETRY);
            }
            outcome => return outcome,
        }
    }
}

/// The first 64 bits of a hash in hexadecimal; 0 for what was never read.
pub fn short_hash(hexadecimal: &str) -> u64 {
    hexadecimal.get(..16).and_then(|digits| u64::from_str_radix(digits, 16).ok()).unwrap_or_default()
}

/// Makes the folder of a new index, unless it is there and holds something else.
fn prepare_folder(path: &Path) -> Result<(), OpenError> {
    let failed = |error: std::io::Error| match open_error(path, error.into()) {
        OpenError::Corrupt { path, reason } => OpenError::Io { path, error: std::io::Error::other(reason) },
        known => known,
    };
    if path.exists() && !path.is_dir() {
        return Err(OpenError::Occupied(path.into()));
    }
    std::fs::create_dir_all(path).map_err(failed)?;
    for entry in std::fs::read_dir(path).map_err(failed)? {
        let name = entry.map_err(failed)?.file_name();
        let name = name.to_string_lossy();
        // What tantivy may leave behind when it is killed while it makes the index, and what a project may keep there.
        let harmless = name.starts_with(".tmp") || name.starts_with(".tantivy") || name == ".managed.json";
        if !harmless && name != ".gitignore" && name != "README.md" {
            return Err(OpenError::Occupied(path.into()));
        }
    }
    Ok(())
}

/// Another schema means another version, which the payload may name.
fn other_schema(path: &Path, error: TantivyError) -> Result<Index, OpenError> {
    if !matches!(error, TantivyError::SchemaError(_)) {
        return Err(open_error(path, error));
    }
    let directory = IndexDirectory::open(path, Role::Reader).map_err(|error| open_error(path, error))?;
    let index = Index::open(directory).map_err(|error| open_error(path, error))?;
    read_meta(path, &index)?;
    Err(open_error(path, error))
}

pub(super) fn write_error(path: &Path, fault: &Fault, error: TantivyError) -> OpenError {
    match fault.take() {
        Some(cause) => match open_error(path, cause.into()) {
            // A file that is gone while it is written is no sign of an old corruption.
            OpenError::Corrupt { .. } => OpenError::Io {
                path: path.into(),
                error: std::io::Error::other("a file vanished while it was written"),
            },
            known => known,
        },
        None => match open_error(path, error) {
            OpenError::Corrupt { path, reason } => {
                OpenError::Io { path, error: std::io::Error::other(reason) }
            }
            known => known,
        },
    }
}

pub(super) fn index_settings() -> IndexSettings {
    IndexSettings {
        docstore_compression: Compressor::None,
        docstore_blocksize: BLOCK,
        ..IndexSettings::default()
    }
}

fn writer_options() -> IndexWriterOptions {
    IndexWriterOptions::builder()
        .memory_budget_per_thread(IDLE_MEMORY)
        .num_worker_threads(1)
        // What more of them hold at once is most of the memory of a large pass.
        .num_merge_threads(2)
        .build()
}

/// How much memory the segment of each thread may take, of what all may.
fn memory_of_each(memory: u64) -> usize {
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let each = usize::try_from(memory).unwrap_or(usize::MAX) / threads;
    each.clamp(LEAST_MEMORY, MOST_MEMORY)
}

#[cfg(test)]
mod tests {
    use super::super::disk_full::{put_by, texts};
    use super::*;

    #[test]
    fn what_is_put_while_others_finish_is_in_the_next_commit_though_its_composer_is_gone() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut writer = Writer::open(folder.path(), Duration::ZERO).expect("a new index");
        let [mut quick, slow] = [(); 2].map(|()| writer.composer(&Dictionaries::default()));
        put_by(&mut quick, "before.txt", "before it finishes").expect("it is put");
        let finished = Arc::clone(&writer.finished);
        let slow = slow.work();
        let at_work = slow.lock().expect("nobody panicked");
        thread::scope(|scope| {
            let commit = scope.spawn(|| writer.commit());
            while finished.lock().expect("nobody panicked").is_empty() {
                thread::yield_now();
            }
            put_by(&mut quick, "behind.txt", "behind that").expect("it is put");
            drop(quick);
            drop(at_work);
            commit.join().expect("writing does not panic").expect("it is committed");
        });
        writer.commit().expect("it is committed");
        writer.close().expect("it is closed");
        assert_eq!(texts(folder.path(), "before.txt"), ["before it finishes"]);
        assert_eq!(texts(folder.path(), "behind.txt"), ["behind that"]);
    }

    #[test]
    fn a_segment_takes_no_more_words_than_have_numbers() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut writer = Writer::open(folder.path(), Duration::ZERO).expect("a new index");
        let mut composer = writer.composer(&Dictionaries::default());
        let text = "radar ".repeat(60_000);
        for number in 0..5 {
            put_by(&mut composer, &format!("{number}.txt"), &text).expect("it is put");
        }
        composer.work().lock().expect("nobody panicked").finish().expect("it is written");
        let finished = writer.finished.lock().expect("nobody panicked");
        let entries: Vec<u32> = finished.iter().map(|part| part.segment.max_doc()).collect();
        assert_eq!(entries, [4, 4, 2], "a record and a passage of each");
    }
}
