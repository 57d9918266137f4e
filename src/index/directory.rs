//! The index directory as tantivy sees it, with some changes.
//!
//! Readers take no lock: tantivy's own readers create and lock a file in the directory, which makes them wait
//! for writers and fails where the directory is read-only. A reader that meets a commit half-way opens
//! again (see [`super::Snapshot::open`]). What it reads of a commit, it reads once, so that all of it is of one commit,
//! and what only writers need to know it does not read. And the first error of a write is kept, because tantivy's threads report
//! theirs as "a worker thread encountered an error", which says nothing of a full disk. What says which
//! segments there are can be read by whoever may read the segments. And what a writer merges is not mapped whole (see
//! [`Unmapped`]), while a reader asks for what it will read (see [`Prefetched`]).

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock};

use super::META_FILE;
#[cfg(target_os = "linux")]
use super::prefetched::{Cached, Prefetched};
use super::unmapped::Unmapped;
use tantivy::Directory;
use tantivy::directory::error::{DeleteError, LockError, OpenDirectoryError, OpenReadError, OpenWriteError};
use tantivy::directory::{
    AntiCallToken, DirectoryLock, FileHandle, Lock, MmapDirectory, TerminatingWrite, WatchCallback,
    WatchHandle, WritePtr,
};

/// Who uses the directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// Takes no locks and writes nothing.
    Reader,
    /// The one writer.
    Writer,
}

/// The index directory, or for tests another one.
#[derive(Clone, Debug)]
pub(super) struct IndexDirectory {
    inner: Box<dyn Directory>,
    /// Where it stands, if it stands on a disk.
    path: Option<PathBuf>,
    /// The same as `inner`, where a writer maps large pieces of files through it.
    mapped: Option<MmapDirectory>,
    /// What a reader knows of the system's cache.
    #[cfg(target_os = "linux")]
    cached: Cached,
    /// What a reader was told of the last commit.
    commit: Arc<OnceLock<Vec<u8>>>,
    role: Role,
    fault: Fault,
}

/// Where tantivy notes which files it may delete.
const MANAGED_FILE: &str = ".managed.json";

/// The first error of a write, if there was one.
#[derive(Clone, Debug, Default)]
pub(super) struct Fault(Arc<Mutex<Option<io::Error>>>);

impl Fault {
    /// Takes the error out.
    pub(super) fn take(&self) -> Option<io::Error> {
        self.0.lock().ok()?.take()
    }

    fn keep<T>(&self, outcome: io::Result<T>) -> io::Result<T> {
        if let Err(error) = &outcome
            && error.kind() != io::ErrorKind::Interrupted
            && let Ok(mut kept) = self.0.lock()
        {
            kept.get_or_insert_with(|| copy(error));
        }
        outcome
    }
}

fn copy(error: &io::Error) -> io::Error {
    match error.raw_os_error() {
        Some(code) => io::Error::from_raw_os_error(code),
        None => io::Error::new(error.kind(), error.to_string()),
    }
}

/// A search reads few places of large files: what the system would read ahead of each is mostly not asked for.
#[cfg(unix)]
fn open_for_search(path: &Path) -> Result<MmapDirectory, OpenDirectoryError> {
    MmapDirectory::open_with_madvice(path, memmap2::Advice::Random)
}

#[cfg(not(unix))]
fn open_for_search(path: &Path) -> Result<MmapDirectory, OpenDirectoryError> {
    MmapDirectory::open(path)
}

impl IndexDirectory {
    /// The directory at `path`.
    pub(super) fn open(path: &Path, role: Role) -> tantivy::Result<Self> {
        let (files, mapped) = match role {
            Role::Reader => (open_for_search(path)?, None),
            Role::Writer => {
                let files = MmapDirectory::open(path)?;
                (files.clone(), Some(files))
            }
        };
        Ok(Self { path: Some(path.to_owned()), mapped, ..Self::wrap(Box::new(files), role) })
    }

    /// Any directory.
    pub(super) fn wrap(inner: Box<dyn Directory>, role: Role) -> Self {
        Self {
            inner,
            path: None,
            mapped: None,
            #[cfg(target_os = "linux")]
            cached: Cached::default(),
            commit: Arc::default(),
            role,
            fault: Fault::default(),
        }
    }

    /// Where the first error of a write is kept.
    pub(super) fn fault(&self) -> Fault {
        self.fault.clone()
    }
}

impl Directory for IndexDirectory {
    fn get_file_handle(&self, path: &Path) -> Result<Arc<dyn FileHandle>, OpenReadError> {
        match (&self.path, &self.mapped) {
            (Some(root), Some(mapped)) => Unmapped::open(root, mapped, path),
            #[cfg(target_os = "linux")]
            (Some(root), None) => {
                let mapped = self.inner.get_file_handle(path)?;
                Ok(Arc::new(Prefetched::new(mapped, root.join(path), &self.cached)))
            }
            _ => self.inner.get_file_handle(path),
        }
    }

    fn delete(&self, path: &Path) -> Result<(), DeleteError> {
        self.inner.delete(path)
    }

    fn exists(&self, path: &Path) -> Result<bool, OpenReadError> {
        self.inner.exists(path)
    }

    fn open_write(&self, path: &Path) -> Result<WritePtr, OpenWriteError> {
        match self.inner.open_write(path) {
            Ok(file) => {
                let watched = WatchedFile { file, fault: self.fault.clone() };
                Ok(BufWriter::new(Box::new(watched)))
            }
            Err(OpenWriteError::IoError { io_error, filepath }) => {
                let _ = self.fault.keep::<()>(Err(copy(&io_error)));
                Err(OpenWriteError::IoError { io_error, filepath })
            }
            Err(error) => Err(error),
        }
    }

    fn atomic_read(&self, path: &Path) -> Result<Vec<u8>, OpenReadError> {
        match (self.role, path.to_str()) {
            (Role::Reader, Some(META_FILE)) => {
                if let Some(commit) = self.commit.get() {
                    return Ok(commit.clone());
                }
                let commit = self.inner.atomic_read(path)?;
                Ok(self.commit.get_or_init(|| commit).clone())
            }
            (Role::Reader, Some(MANAGED_FILE)) => Err(OpenReadError::FileDoesNotExist(path.into())),
            _ => self.inner.atomic_read(path),
        }
    }

    fn atomic_write(&self, path: &Path, data: &[u8]) -> io::Result<()> {
        let written = match &self.path {
            Some(folder) => replace_file(folder, path, data),
            None => self.inner.atomic_write(path, data),
        };
        self.fault.keep(written)
    }

    fn sync_directory(&self) -> io::Result<()> {
        self.fault.keep(self.inner.sync_directory())
    }

    fn acquire_lock(&self, lock: &Lock) -> Result<DirectoryLock, LockError> {
        match self.role {
            Role::Reader => Ok(DirectoryLock::from(Box::new(()) as Box<_>)),
            Role::Writer => self.inner.acquire_lock(lock),
        }
    }

    fn watch(&self, callback: WatchCallback) -> tantivy::Result<WatchHandle> {
        self.inner.watch(callback)
    }
}

/// Writes a file whole, in the place of the one that was there.
///
/// Tantivy's own way makes files that nobody but their owner can read, so that an index could not be shared.
fn replace_file(folder: &Path, name: &Path, data: &[u8]) -> io::Result<()> {
    let new = folder.join(format!(".tmp-{}-{}", std::process::id(), name.display()));
    let mut file = File::create(&new)?;
    file.write_all(data)?;
    file.sync_all()?;
    std::fs::rename(&new, folder.join(name))?;
    File::open(folder)?.sync_all()
}

/// A file whose first failing write is remembered.
struct WatchedFile {
    file: WritePtr,
    fault: Fault,
}

impl Write for WatchedFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.fault.keep(self.file.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.fault.keep(self.file.flush())
    }
}

impl TerminatingWrite for WatchedFile {
    fn terminate_ref(&mut self, token: AntiCallToken) -> io::Result<()> {
        self.fault.keep(self.file.flush().and_then(|()| self.file.get_mut().terminate_ref(token)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_is_told_of_one_commit_whatever_a_writer_does_meanwhile() {
        let folder = tempfile::tempdir().expect("a folder");
        let (commit, at) = (Path::new(META_FILE), folder.path().join(META_FILE));
        std::fs::write(&at, "one").expect("it is written");
        let [reader, writer] = [Role::Reader, Role::Writer]
            .map(|role| IndexDirectory::open(folder.path(), role).expect("it opens"));
        let read = |directory: &IndexDirectory| directory.atomic_read(commit).expect("it reads");
        assert_eq!([read(&reader), read(&writer)], [b"one", b"one"]);
        std::fs::write(&at, "two").expect("it is written");
        assert_eq!([read(&reader.clone()), read(&writer)], [b"one", b"two"]);
    }
}
