//! The files of an index as its writer reads them: a piece at a time.
//!
//! Merging reads all of the files that it merges, from the first byte to the last. Were they mapped, as a reader maps
//! them, every page once touched would count as memory of the process until the merge is done, however large an index
//! becomes. Here a piece is read, and the next one takes its place; what is too large for a piece is mapped for as long as
//! somebody reads in it.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::{fmt, io};

use tantivy::directory::error::OpenReadError;
use tantivy::directory::{FileHandle, MmapDirectory, OwnedBytes};
use tantivy::{Directory, HasLen};
use tantivy_common::file_slice::WrapFile;

/// How many bytes are read at once.
const PIECE: usize = 256 << 10;

/// A file, and the piece of it that was read last.
pub(super) struct Unmapped {
    file: WrapFile,
    path: PathBuf,
    folder: MmapDirectory,
    last: Mutex<Piece>,
}

/// Some bytes and where they start.
struct Piece {
    start: usize,
    bytes: OwnedBytes,
}

impl Piece {
    fn get(&self, range: &Range<usize>) -> Option<OwnedBytes> {
        let start = range.start.checked_sub(self.start)?;
        let end = range.end - self.start;
        (end <= self.bytes.len()).then(|| self.bytes.slice(start..end))
    }
}

impl Unmapped {
    /// Opens the file that is at `path` in a folder, which stands at `root`.
    pub(super) fn open(
        root: &Path,
        folder: &MmapDirectory,
        path: &Path,
    ) -> Result<Arc<dyn FileHandle>, OpenReadError> {
        let failed = |error: io::Error| match error.kind() {
            io::ErrorKind::NotFound => OpenReadError::FileDoesNotExist(path.into()),
            _ => OpenReadError::wrap_io_error(error, path.into()),
        };
        let file = std::fs::File::open(root.join(path)).and_then(WrapFile::new).map_err(failed)?;
        let last = Mutex::new(Piece { start: 0, bytes: OwnedBytes::empty() });
        Ok(Arc::new(Self { file, path: path.into(), folder: folder.clone(), last }))
    }
}

impl FileHandle for Unmapped {
    fn read_bytes(&self, range: Range<usize>) -> io::Result<OwnedBytes> {
        if range.is_empty() {
            return Ok(OwnedBytes::empty());
        }
        if range.len() > PIECE {
            let mapped = self.folder.get_file_handle(&self.path).map_err(io::Error::other)?;
            return mapped.read_bytes(range);
        }
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(bytes) = last.get(&range) {
            return Ok(bytes);
        }
        let end = self.file.len().min(range.start + PIECE).max(range.end);
        *last = Piece { start: range.start, bytes: self.file.read_bytes(range.start..end)? };
        last.get(&range).ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
    }
}

impl HasLen for Unmapped {
    fn len(&self) -> usize {
        self.file.len()
    }
}

impl fmt::Debug for Unmapped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Unmapped").field("path", &self.path).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(16))]
        #[test]
        fn whatever_is_read_is_what_stands_there(
            len in 0..3 * PIECE,
            reads in prop::collection::vec((0.0..1.0_f64, prop_oneof![0..100_usize, 0..3 * PIECE]), 1..40),
        ) {
            let bytes: Vec<u8> = (0..len).map(|at| (at % 251) as u8).collect();
            let root = tempfile::tempdir().expect("a folder");
            std::fs::write(root.path().join("file"), &bytes).expect("it is written");
            let folder = MmapDirectory::open(root.path()).expect("it opens");
            let file = Unmapped::open(root.path(), &folder, Path::new("file")).expect("it opens");
            prop_assert_eq!(file.len(), len);
            let mut kept = Vec::new();
            for (start, wanted) in reads {
                #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a part of a length")]
                let start = (start * len as f64) as usize;
                let range = start..(start + wanted).min(len);
                kept.push((range.clone(), file.read_bytes(range).expect("it reads")));
            }
            for (range, read) in kept {
                prop_assert_eq!(read.as_slice(), &bytes[range]);
            }
        }
    }

    #[test]
    fn a_missing_file_is_named() {
        let root = tempfile::tempdir().expect("a folder");
        let folder = MmapDirectory::open(root.path()).expect("it opens");
        let opened = Unmapped::open(root.path(), &folder, Path::new("file"));
        assert!(matches!(opened, Err(OpenReadError::FileDoesNotExist(path)) if path == Path::new("file")));
    }
}
