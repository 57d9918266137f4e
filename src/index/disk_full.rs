//! A disk that fills up while the index is written, at every point in turn: the last commit must stay.

use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use tantivy::Directory;
use tantivy::directory::error::{DeleteError, LockError, OpenReadError, OpenWriteError};
use tantivy::directory::{
    AntiCallToken, DirectoryLock, FileHandle, Lock, MmapDirectory, TerminatingWrite, WatchCallback,
    WatchHandle, WritePtr,
};

use super::directory::{IndexDirectory, Role};
use super::{Composer, Kind, OpenError, Snapshot, Writer};
use crate::analysis::Dictionaries;
use crate::document::{
    DocId, DocumentRecord, Facts, Fingerprint, Format, LineSpan, Location, Passage, State,
};
use crate::span::Span;

/// A directory on a disk with so many bytes left.
#[derive(Clone, Debug)]
struct FillingDisk {
    inner: MmapDirectory,
    left: Arc<AtomicI64>,
}

impl FillingDisk {
    fn spend(&self, bytes: usize) -> io::Result<()> {
        let bytes = i64::try_from(bytes).expect("a small write");
        if self.left.fetch_sub(bytes, Ordering::Relaxed) < bytes {
            return Err(io::Error::from(io::ErrorKind::StorageFull));
        }
        Ok(())
    }
}

struct FillingFile {
    disk: FillingDisk,
    file: WritePtr,
}

impl Write for FillingFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.disk.spend(bytes.len())?;
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl TerminatingWrite for FillingFile {
    fn terminate_ref(&mut self, token: AntiCallToken) -> io::Result<()> {
        self.file.flush()?;
        self.file.get_mut().terminate_ref(token)
    }
}

impl Directory for FillingDisk {
    fn get_file_handle(&self, path: &Path) -> Result<Arc<dyn FileHandle>, OpenReadError> {
        self.inner.get_file_handle(path)
    }

    fn delete(&self, path: &Path) -> Result<(), DeleteError> {
        self.inner.delete(path)
    }

    fn exists(&self, path: &Path) -> Result<bool, OpenReadError> {
        self.inner.exists(path)
    }

    fn open_write(&self, path: &Path) -> Result<WritePtr, OpenWriteError> {
        let file = self.inner.open_write(path)?;
        Ok(BufWriter::new(Box::new(FillingFile { disk: self.clone(), file })))
    }

    fn atomic_read(&self, path: &Path) -> Result<Vec<u8>, OpenReadError> {
        self.inner.atomic_read(path)
    }

    fn atomic_write(&self, path: &Path, data: &[u8]) -> io::Result<()> {
        self.spend(data.len())?;
        self.inner.atomic_write(path, data)
    }

    fn sync_directory(&self) -> io::Result<()> {
        self.inner.sync_directory()
    }

    fn acquire_lock(&self, lock: &Lock) -> Result<DirectoryLock, LockError> {
        self.inner.acquire_lock(lock)
    }

    fn watch(&self, callback: WatchCallback) -> tantivy::Result<WatchHandle> {
        self.inner.watch(callback)
    }
}

pub(super) fn put(writer: &mut Writer, id: &str, text: &str) -> Result<(), OpenError> {
    put_by(&mut writer.composer(&Dictionaries::default()), id, text)
}

pub(super) fn put_by(composer: &mut Composer, id: &str, text: &str) -> Result<(), OpenError> {
    let record = DocumentRecord {
        id: DocId(id.into()),
        path: id.into(),
        state: State::Indexed,
        format: Some(Format::Text),
        facts: Facts::default(),
        fingerprint: Fingerprint::default(),
        size: 0,
        modified: 0,
        passages: 0,
        tokens: 0,
        parts: None,
    };
    let passage = Passage {
        ordinal: 0,
        headings: Vec::new(),
        span: Span::new(0, text.len()),
        location: Location::Lines { bytes: Span::new(0, text.len()), lines: LineSpan { start: 1, end: 1 } },
        text: text.to_owned(),
        anchors: Vec::new(),
    };
    composer.put(record, &[passage], Kind::Document, None)
}

pub(super) fn texts(folder: &Path, id: &str) -> Vec<String> {
    let snapshot = Snapshot::open(folder).expect("the index opens");
    let passages = snapshot.passages_of(id).expect("it reads");
    passages.into_iter().map(|(_, text)| text).collect()
}

/// Writes a second document with `left` bytes of disk left, and gives how that ended.
fn write_with(folder: &Path, left: i64) -> Result<(), OpenError> {
    let inner = MmapDirectory::open(folder).expect("the folder is there");
    let disk = FillingDisk { inner, left: Arc::new(AtomicI64::new(left)) };
    let directory = IndexDirectory::wrap(Box::new(disk), Role::Writer);
    let mut writer = Writer::in_directory(folder, directory, Duration::ZERO, super::DEFAULT_MEMORY)?;
    put(&mut writer, "second.txt", "the second document")?;
    writer.commit()?;
    writer.close()
}

#[test]
fn a_full_disk_leaves_the_last_commit_whole() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut writer = Writer::open(folder.path(), Duration::ZERO).expect("a new index");
    put(&mut writer, "first.txt", "the first document").expect("it is put");
    writer.commit().expect("it is committed");
    writer.close().expect("it is closed");

    let mut failures = 0;
    for left in (0..6_000).step_by(500) {
        match write_with(folder.path(), left) {
            Ok(()) => break,
            Err(error) => {
                failures += 1;
                let message = error.to_string();
                assert!(matches!(error, OpenError::Io { .. }), "with {left} bytes left: {error:?}");
                assert!(message.contains("no space") || message.contains("no storage space"), "{message}");
                assert_eq!(
                    texts(folder.path(), "first.txt"),
                    ["the first document"],
                    "with {left} bytes left"
                );
                assert!(texts(folder.path(), "second.txt").is_empty(), "with {left} bytes left");
            }
        }
    }
    assert!(failures > 3, "the disk was full {failures} times");
    write_with(folder.path(), i64::MAX).expect("with room again it is written");
    assert_eq!(texts(folder.path(), "second.txt"), ["the second document"]);
}
