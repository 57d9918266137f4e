//! The index on disk: opening, reading what it knows of its documents, and (in `writer`) changing it.
//!
//! [`schema`] describes what stands on disk. A [`Snapshot`] is one commit, held open: it goes on answering as it
//! did, whatever a writer does meanwhile. The engine searches snapshots; `status` and the ingest read
//! [`Manifest`]s and records from them.

mod composer;
mod deleted;
mod dictionaries;
mod directory;
#[cfg(test)]
mod disk_full;
mod facts;
mod manifest;
mod merges;
mod packed;
mod places;
pub(crate) mod positions;
#[cfg(target_os = "linux")]
mod prefetched;
mod replaced;
pub mod schema;
mod segment;
mod stored;
mod unmapped;
mod writer;

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Deserialize;
use tantivy::directory::DirectoryClone;
use tantivy::index::{SegmentComponent, SegmentMeta};
use tantivy::query::Bm25StatisticsProvider;
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{
    Directory, DocAddress, DocSet, Index, IndexReader, ReloadPolicy, Searcher, TERMINATED, TantivyError, Term,
};

use crate::analysis::{self, Languages};
use crate::document::DocumentRecord;
pub use composer::Composer;
use deleted::DeletedOfSegments;
pub use dictionaries::{ChosenDictionaries, examined};
use directory::{IndexDirectory, Role};
pub use facts::{Fact, FactKind, MAX_FACTS, MAX_KEY, MAX_VALUE, fact_of_term, folded_key, terms_of_key};
pub use manifest::{Entry, EntryState, Manifest};
use packed::{CODEBOOK_FILE, Unpacker};
use places::PlacesOfSegments;
pub use places::{Places, Stretch};
use positions::PositionFiles;
pub use schema::{FORMAT_VERSION, Fields, Kind, Meta, StoredPassage, TITLE_COUNTS, Totals};
pub use writer::{DEFAULT_MEMORY, Writer, short_hash};

/// Why an index cannot be opened, or not be written to.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// There is none.
    #[error("no index at {path}; run `tidings index` first", path = shown(.0))]
    Missing(PathBuf),
    /// It was built by another version.
    #[error(
        "{path}: index format {found}, this version reads {expected}; remove the folder and run `tidings index` again",
        path = shown(.path)
    )]
    Version {
        /// The index directory.
        path: PathBuf,
        /// The version found there.
        found: String,
        /// The version that can be read.
        expected: u32,
    },
    /// It cannot be read.
    #[error("{path}: corrupt index ({reason}); remove the folder and run `tidings index` again", path = shown(.path))]
    Corrupt {
        /// The index directory.
        path: PathBuf,
        /// What does not fit.
        reason: String,
    },
    /// There is something else.
    #[error(
        "{path}: neither an index nor an empty folder; name another with --index",
        path = shown(.0)
    )]
    Occupied(PathBuf),
    /// It may not be read or written.
    #[error("{path}: permission denied; check who owns the folder, or name another with --index", path = shown(.0))]
    Permission(PathBuf),
    /// Another writer holds it.
    #[error("{path}: another process is writing to this index; try again later, or wait for it with --wait SECONDS", path = shown(.0))]
    Busy(PathBuf),
    /// A disk or another device failed.
    #[error("{path}: {error}; the index is as it was at its last commit", path = shown(.path))]
    Io {
        /// The index directory.
        path: PathBuf,
        /// What failed.
        error: io::Error,
    },
}

/// An index that was opened and cannot be read on.
#[derive(Debug, thiserror::Error)]
#[error("the index cannot be read ({}); run `tidings verify`, or remove it and run `tidings index` again", brief(&.0.to_string()))]
pub struct ReadError(#[from] tantivy::TantivyError);

/// The index directory as it is shown in messages: a folder, so with a slash at its end.
fn shown(path: &Path) -> String {
    let path = path.display().to_string();
    if path.ends_with('/') { path } else { format!("{path}/") }
}

/// What a segment consists of; deletions only where there are some.
const COMPONENTS: [SegmentComponent; 7] = [
    SegmentComponent::Postings,
    SegmentComponent::Positions,
    SegmentComponent::FastFields,
    SegmentComponent::FieldNorms,
    SegmentComponent::Terms,
    SegmentComponent::Store,
    SegmentComponent::Delete,
];

/// The file that makes a folder an index.
const META_FILE: &str = "meta.json";

/// What is said of one that cannot be read.
const META_NONSENSE: &str = "meta.json makes no sense";

/// One commit of an index, held open for reading.
pub struct Snapshot {
    path: PathBuf,
    index: Index,
    searcher: Searcher,
    fields: Fields,
    meta: Meta,
    generation: u64,
    languages: Languages,
    places: PlacesOfSegments,
    positions: Arc<PositionFiles>,
    deleted: DeletedOfSegments,
    unpacker: Unpacker,
}

impl Snapshot {
    /// Opens the last commit of the index at `path`.
    ///
    /// No lock is taken. A writer that tidies up while the segments are being opened can make that fail; then
    /// there is a newer commit, which is opened instead.
    ///
    /// # Errors
    ///
    /// Any [`OpenError`] but `Busy` and `Occupied`.
    pub fn open(path: &Path) -> Result<Self, OpenError> {
        const ATTEMPTS: usize = 10;
        for _ in 1..ATTEMPTS {
            match Self::try_open(path) {
                Err(OpenError::Corrupt { .. }) => std::thread::sleep(std::time::Duration::from_millis(5)),
                outcome => return outcome,
            }
        }
        Self::try_open(path)
    }

    fn try_open(path: &Path) -> Result<Self, OpenError> {
        let failed = |error| open_error(path, error);
        check_exists(path)?;
        let directory = IndexDirectory::open(path, Role::Reader).map_err(failed)?;
        let index = Index::open(directory).map_err(failed)?;
        let (meta, generation) = read_meta(path, &index)?;
        let reader = open_reader(&index).map_err(failed)?;
        let (_, fields) = schema::schema();
        let searcher = reader.searcher();
        let languages = languages_of(&searcher, fields.language).map_err(failed)?;
        let (places, deleted) = (PlacesOfSegments::new(&searcher), DeletedOfSegments::new(&searcher));
        let positions = Arc::new(PositionFiles::new(&searcher));
        let unpacker = Unpacker::new(&searcher, index.directory().box_clone(), meta.codebook.is_some());
        let path = path.into();
        Ok(Self {
            path,
            searcher,
            index,
            fields,
            meta,
            generation,
            languages,
            places,
            positions,
            deleted,
            unpacker,
        })
    }

    /// The index directory.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What rides in the commit.
    pub fn meta(&self) -> &Meta {
        &self.meta
    }

    /// The number of the commit; a later one has a higher number.
    pub fn generation(&self) -> u64 {
        self.generation
    }

    /// The languages of the documents that the index holds, as far as they change what the stem of a word is, with the
    /// dictionaries that were [opened](Self::open_dictionaries).
    pub fn languages(&self) -> &Languages {
        &self.languages
    }

    /// The fields of the index.
    pub fn fields(&self) -> &Fields {
        &self.fields
    }

    /// The document ids of some entries of a segment.
    pub fn ids_of(&self, segment: u32, docs: &[tantivy::DocId]) -> Result<Vec<String>, ReadError> {
        Ok(self.places(segment).ids_of(docs)?)
    }

    /// Where the passages of a segment stand.
    pub fn places(&self, segment: u32) -> &Places {
        self.places.of(&self.searcher, segment)
    }

    /// Where words stand in passages.
    pub(crate) fn position_files(&self) -> Arc<PositionFiles> {
        Arc::clone(&self.positions)
    }

    /// The segments, for the engine.
    pub fn searcher(&self) -> &Searcher {
        &self.searcher
    }

    /// What the index knows of its source files.
    pub fn manifest(&self) -> Result<Manifest, ReadError> {
        Ok(Manifest::read(&self.searcher, &self.fields)?)
    }

    /// What the index knows of the parts of the container at `path`.
    pub fn parts_of(&self, path: &str) -> Result<Manifest, ReadError> {
        Ok(Manifest::read_parts(&self.searcher, &self.fields, path)?)
    }

    /// The record of the document `id`, if the index knows it.
    pub fn record(&self, id: &str) -> Result<Option<DocumentRecord>, ReadError> {
        let by_id = Term::from_field_text(self.fields.id, id);
        let mut found = None;
        self.for_each(&by_id, |address| {
            if found.is_none() && !self.is_passage(address)? {
                found = Some(self.record_at(address)?);
            }
            Ok(())
        })?;
        Ok(found)
    }

    /// The record that stands at `address`.
    pub fn record_at(&self, address: DocAddress) -> Result<DocumentRecord, ReadError> {
        let (group, _) = self.unpacker.unpacked(&self.searcher, address)?;
        Ok(stored::record(&group).ok_or_else(|| lacks("its record"))?)
    }

    /// The passage that stands at `address`, with its text.
    pub fn passage_at(&self, address: DocAddress) -> Result<(StoredPassage, String), ReadError> {
        let (group, before) = self.unpacker.unpacked(&self.searcher, address)?;
        Ok(stored::decode(&group, before).ok_or_else(|| lacks("its text"))?)
    }

    /// The passages of the document `id`, in order, with their texts.
    pub fn passages_of(&self, id: &str) -> Result<Vec<(StoredPassage, String)>, ReadError> {
        let mut passages = Vec::new();
        self.for_each(&Term::from_field_text(self.fields.id, id), |address| {
            if self.is_passage(address)? {
                passages.push(self.passage_at(address)?);
            }
            Ok(())
        })?;
        passages.sort_by_key(|(passage, _)| passage.ordinal);
        Ok(passages)
    }

    /// Where the passages of the document `id` stand, in order.
    pub fn addresses_of(&self, id: &str) -> Result<Vec<DocAddress>, ReadError> {
        let mut addresses = Vec::new();
        self.for_each(&Term::from_field_text(self.fields.id, id), |address| {
            if self.is_passage(address)? {
                addresses.push(address);
            }
            Ok(())
        })?;
        Ok(addresses)
    }

    /// Every record of a source file or of a part of one, in no order.
    pub fn records(&self) -> Result<Vec<DocumentRecord>, ReadError> {
        let mut records = Vec::new();
        for kind in [Kind::Document, Kind::Record] {
            self.for_each(&Term::from_field_text(self.fields.kind, kind.term()), |address| {
                records.push(self.record_at(address)?);
                Ok(())
            })?;
        }
        Ok(records)
    }

    /// Checks the checksum of every file of the commit; gives the files that do not fit, or cannot be read.
    ///
    /// Other files in the folder are no part of the commit: a writer that was killed may leave half of one.
    ///
    /// # Errors
    ///
    /// When the list of files cannot be read.
    pub fn damaged_files(&self) -> Result<Vec<PathBuf>, OpenError> {
        let metas = self.index.searchable_segment_metas().map_err(|error| open_error(&self.path, error))?;
        let of_segment = |meta: &SegmentMeta| {
            let wanted =
                |component: &SegmentComponent| *component != SegmentComponent::Delete || meta.has_deletes();
            let components = COMPONENTS.iter().filter(|component| wanted(component));
            components.map(|component| meta.relative_path(component.clone())).collect::<Vec<_>>()
        };
        let files = metas.iter().flat_map(of_segment);
        let is_damaged = |file: &PathBuf| {
            self.path.join(file).exists() && !self.index.directory().validate_checksum(file).unwrap_or(false)
        };
        let mut damaged: Vec<PathBuf> = files.filter(is_damaged).collect();
        if let Some(hash) = &self.meta.codebook {
            let read = self.index.directory().atomic_read(Path::new(CODEBOOK_FILE));
            if read.map_or(true, |codebook| packed::hash(&codebook) != *hash) {
                damaged.push(CODEBOOK_FILE.into());
            }
        }
        damaged.sort();
        Ok(damaged)
    }

    /// Calls `visit` for each live entry that holds `term`.
    fn for_each(
        &self,
        term: &Term,
        mut visit: impl FnMut(DocAddress) -> Result<(), ReadError>,
    ) -> Result<(), ReadError> {
        for (ordinal, segment) in (0..).zip(self.searcher.segment_readers()) {
            let index = segment.inverted_index(term.field())?;
            let postings = index.read_postings(term, IndexRecordOption::Basic).map_err(TantivyError::from)?;
            let Some(mut postings) = postings else { continue };
            while postings.doc() != TERMINATED {
                if !segment.is_deleted(postings.doc()) {
                    visit(DocAddress::new(ordinal, postings.doc()))?;
                }
                postings.advance();
            }
        }
        Ok(())
    }

    fn is_passage(&self, address: DocAddress) -> Result<bool, ReadError> {
        let places = self.places(address.segment_ord);
        let is_passage = places.is_passage(address.doc_id);
        places.checked()?;
        Ok(is_passage)
    }
}

/// BM25's figures, independent of an index's history: passages are counted, and what was deleted is not.
impl Bm25StatisticsProvider for Snapshot {
    fn total_num_tokens(&self, field: Field) -> tantivy::Result<u64> {
        let Fields { stem, body, title, heading, word, .. } = self.fields;
        let fields = [stem, body, title, heading, word];
        let at = fields.iter().position(|&known| known == field);
        // At least one: an average length of zero would make scores undefined.
        Ok(at.map_or(1, |at| self.meta.totals.tokens[at].max(1)))
    }

    fn total_num_docs(&self) -> tantivy::Result<u64> {
        Ok(self.meta.totals.passages.max(1))
    }

    fn doc_freq(&self, term: &Term) -> tantivy::Result<u64> {
        self.deleted.doc_freq(&self.searcher, term)
    }
}

fn lacks(what: &str) -> TantivyError {
    TantivyError::InternalError(format!("an entry lacks {what}"))
}

/// The languages that a document which was not deleted is in.
fn languages_of(searcher: &Searcher, field: Field) -> tantivy::Result<Languages> {
    let mut codes = BTreeSet::new();
    for segment in searcher.segment_readers() {
        let index = segment.inverted_index(field)?;
        let mut terms = index.terms().stream()?;
        while terms.advance() {
            let is_live = || -> tantivy::Result<bool> {
                let mut postings =
                    index.read_postings_from_terminfo(terms.value(), IndexRecordOption::Basic)?;
                while postings.doc() != TERMINATED && segment.is_deleted(postings.doc()) {
                    postings.advance();
                }
                Ok(postings.doc() != TERMINATED)
            };
            // Where nothing is deleted, no postings need to be opened.
            if !segment.has_deletes() || is_live()? {
                codes.insert(String::from_utf8_lossy(terms.key()).into_owned());
            }
        }
    }
    Ok(Languages::of(codes.iter().map(String::as_str)))
}

fn check_exists(path: &Path) -> Result<(), OpenError> {
    match std::fs::metadata(path.join(META_FILE)) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
            Err(OpenError::Permission(path.into()))
        }
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            Err(OpenError::Missing(path.into()))
        }
        Err(error) => Err(OpenError::Io { path: path.into(), error }),
    }
}

/// What the file says of a commit beside what tantivy reads of it. To have tantivy read it all once more takes four times
/// as long.
#[derive(Deserialize)]
struct Commit {
    payload: Option<String>,
    opstamp: u64,
}

/// What every version says of itself.
#[derive(Deserialize)]
struct Version {
    format_version: u64,
}

/// Reads and checks the payload of the last commit, and gives it with the commit's number.
fn read_meta(path: &Path, index: &Index) -> Result<(Meta, u64), OpenError> {
    let other_version =
        |found: String| OpenError::Version { path: path.into(), found, expected: FORMAT_VERSION };
    let bytes = index.directory().atomic_read(Path::new(META_FILE));
    let bytes = bytes.map_err(|error| open_error(path, error.into()))?;
    let commit: Commit = serde_json::from_slice(&bytes)
        .map_err(|_| OpenError::Corrupt { path: path.into(), reason: META_NONSENSE.into() })?;
    let (schema, _) = schema::schema();
    let Some(payload) = commit.payload else {
        // Killed between its creation and its first commit: an index without documents.
        return match index.schema() == schema {
            true => Ok((Meta::default(), commit.opstamp)),
            false => Err(other_version("unknown".into())),
        };
    };
    let version: Version = serde_json::from_str(&payload).map_err(|_| other_version("unknown".into()))?;
    let version = version.format_version;
    if version != u64::from(FORMAT_VERSION) || index.schema() != schema {
        return Err(other_version(version.to_string()));
    }
    let corrupt =
        |error: serde_json::Error| OpenError::Corrupt { path: path.into(), reason: error.to_string() };
    let meta: Meta = serde_json::from_str(&payload).map_err(corrupt)?;
    if meta.analyzer != analysis::VERSION {
        // Its terms are others than those that queries would be made into.
        return Err(other_version(format!("{version} with analysis {}", meta.analyzer)));
    }
    Ok((meta, commit.opstamp))
}

fn open_reader(index: &Index) -> tantivy::Result<IndexReader> {
    index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()
}

/// What a library's error means for a user.
fn open_error(path: &Path, error: TantivyError) -> OpenError {
    use tantivy::directory::error::{LockError, OpenDirectoryError, OpenReadError, OpenWriteError};
    let of_io = |error: &io::Error| match error.kind() {
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            OpenError::Permission(path.into())
        }
        io::ErrorKind::NotFound => {
            OpenError::Corrupt { path: path.into(), reason: "a file is missing".into() }
        }
        // What tantivy says of bytes that make no sense to it, and no operating system does.
        kind if error.raw_os_error().is_none() && kind != io::ErrorKind::StorageFull => {
            OpenError::Corrupt { path: path.into(), reason: brief(&plain(error)) }
        }
        kind => OpenError::Io { path: path.into(), error: io::Error::new(kind, plain(error)) },
    };
    match &error {
        TantivyError::LockFailure(LockError::LockBusy, _) => OpenError::Busy(path.into()),
        TantivyError::LockFailure(LockError::IoError(error), _) => of_io(error),
        TantivyError::IoError(error) => of_io(error),
        TantivyError::OpenReadError(OpenReadError::IoError { io_error, .. })
        | TantivyError::OpenWriteError(OpenWriteError::IoError { io_error, .. })
        | TantivyError::OpenDirectoryError(OpenDirectoryError::IoError { io_error, .. }) => of_io(io_error),
        TantivyError::OpenReadError(OpenReadError::FileDoesNotExist(file)) => OpenError::Corrupt {
            path: path.into(),
            reason: format!("{} is missing", file.file_name().unwrap_or_default().to_string_lossy()),
        },
        TantivyError::OpenDirectoryError(OpenDirectoryError::DoesNotExist(_)) => {
            OpenError::Missing(path.into())
        }
        TantivyError::IncompatibleIndex(_)
        | TantivyError::OpenReadError(OpenReadError::IncompatibleIndex(_)) => {
            OpenError::Version { path: path.into(), found: "unknown".into(), expected: FORMAT_VERSION }
        }
        TantivyError::DataCorruption(_) => {
            OpenError::Corrupt { path: path.into(), reason: META_NONSENSE.into() }
        }
        other => OpenError::Corrupt { path: path.into(), reason: brief(&other.to_string()) },
    }
}

/// An error of the operating system without its number.
fn plain(error: &io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or_default();
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| first.to_lowercase().chain(characters).collect())
}

/// The first sentence of a library's message.
fn brief(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    let sentence = line.split(". ").next().unwrap_or_default();
    sentence.chars().take(200).collect()
}
