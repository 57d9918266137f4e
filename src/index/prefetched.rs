//! The files of an index as a search reads them: what it will need is asked for before it is read.
//!
//! A search reads few places of large files. What the system would read ahead of each is mostly not wanted, so that it is
//! told not to; but then every page that is not in its cache is fetched by itself, while the search waits. Before some
//! bytes are read, they are asked for all at once.
//!
//! Where everything is in the cache already, asking takes time for nothing. The first look at a segment tells.

use std::collections::HashMap;
use std::ffi::OsString;
use std::fs::File;
use std::io::IoSliceMut;
use std::num::NonZeroU64;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::{fmt, io};

use rustix::fs::{Advice, fadvise};
use rustix::io::{ReadWriteFlags, preadv2};
use tantivy::HasLen;
use tantivy::directory::{FileHandle, OwnedBytes};

/// What is smaller is one page or two.
const LEAST: usize = 4 << 10;

/// Of what is larger most is not read.
const MOST: usize = 1 << 20;

/// The same of dictionaries, in which a search looks at one way through.
const MOST_OF_TERMS: usize = 32 << 10;

/// Whether the segments of a directory are in the system's cache, as far as is known.
#[derive(Clone, Debug, Default)]
pub(super) struct Cached(Arc<Mutex<HashMap<OsString, Arc<OnceLock<bool>>>>>);

impl Cached {
    /// What is known of the segment that a file is of: they have one name, but for the extension.
    fn of(&self, file: &Path) -> Arc<OnceLock<bool>> {
        let segment = file.file_stem().unwrap_or_default().to_owned();
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(known.entry(segment).or_default())
    }
}

/// A file that is mapped, with a way to ask for parts of it.
pub(super) struct Prefetched {
    mapped: Arc<dyn FileHandle>,
    path: PathBuf,
    /// How much at most is asked for at once.
    most: usize,
    is_cached: Arc<OnceLock<bool>>,
    /// The file, once something was asked for.
    file: OnceLock<Option<File>>,
}

impl Prefetched {
    pub(super) fn new(mapped: Arc<dyn FileHandle>, path: PathBuf, cached: &Cached) -> Self {
        let most = if path.extension().is_some_and(|of| of == "term") { MOST_OF_TERMS } else { MOST };
        Self { mapped, most, is_cached: cached.of(&path), path, file: OnceLock::new() }
    }

    /// Asks for a part of the file. Where that cannot be done, it is read when it is needed.
    fn ask_for(&self, range: &Range<usize>) -> Option<()> {
        let file = || self.file.get_or_init(|| File::open(&self.path).ok()).as_ref();
        let is_there = || {
            let middle = range.start + range.len() / 2;
            let read =
                |file| preadv2(file, &mut [IoSliceMut::new(&mut [0])], middle as u64, ReadWriteFlags::NOWAIT);
            file().is_some_and(|file| read(file).is_ok())
        };
        if !*self.is_cached.get_or_init(is_there) {
            let len = NonZeroU64::new(range.len() as u64);
            fadvise(file()?, range.start as u64, len, Advice::WillNeed).ok()?;
        }
        Some(())
    }
}

impl FileHandle for Prefetched {
    fn read_bytes(&self, range: Range<usize>) -> io::Result<OwnedBytes> {
        if (LEAST..=self.most).contains(&range.len()) {
            self.ask_for(&range);
        }
        self.mapped.read_bytes(range)
    }
}

impl HasLen for Prefetched {
    fn len(&self) -> usize {
        self.mapped.len()
    }
}

impl fmt::Debug for Prefetched {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Prefetched").field("path", &self.path).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use tantivy::Directory;
    use tantivy::directory::MmapDirectory;

    use super::*;

    #[test]
    fn what_is_asked_for_is_read_as_it_stands() {
        let bytes: Vec<u8> = (0..3 * MOST).map(|at| (at % 251) as u8).collect();
        let root = tempfile::tempdir().expect("a folder");
        let folder = MmapDirectory::open(root.path()).expect("it opens");
        for name in ["one.idx", "one.term"] {
            std::fs::write(root.path().join(name), &bytes).expect("it is written");
        }
        for is_cached in [false, true] {
            let cached = Cached::default();
            cached.of(Path::new("one")).set(is_cached).expect("nothing is known yet");
            for name in ["one.idx", "one.term"] {
                let mapped = folder.get_file_handle(Path::new(name)).expect("it opens");
                let file = Prefetched::new(mapped, root.path().join(name), &cached);
                for range in [0..10, 5..LEAST + 5, 100..MOST, MOST..bytes.len(), 7..7] {
                    let read = file.read_bytes(range.clone()).expect("it reads");
                    assert_eq!(read.as_slice(), &bytes[range]);
                }
                assert_eq!(
                    file.file.get().is_some(),
                    !is_cached,
                    "{name}: a file in the cache is not asked for"
                );
            }
        }
    }

    #[test]
    fn a_segment_is_looked_at_once() {
        let cached = Cached::default();
        cached.of(Path::new("folder/one.idx")).set(true).expect("nothing is known yet");
        assert_eq!(cached.of(Path::new("folder/one.pos")).get(), Some(&true));
        assert_eq!(cached.of(Path::new("folder/two.pos")).get(), None);
    }
}
