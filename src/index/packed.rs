//! What is stored, packed: by what the texts of an index have in common.
//!
//! A hit shows one passage. Packed together with many others it takes little room, but all of them have to be unpacked to
//! show it; packed with a few it takes much more. So the first texts that come teach the index a codebook, which zstd
//! calls a dictionary, and by it a few passages take less room than many without it. What was packed before the
//! codebook was learnt can be read with it, too: it refers to nothing in there.
//!
//! What is stored of an entry begins with a byte, which says how many entries before it stands the one with which it was
//! packed. Where that is itself, its unpacked length follows as a number in the form of [`stored`](super::stored); then a
//! zstd frame that names neither its length nor its codebook.

use std::io;
use std::mem;
use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use tantivy::directory::DirectoryClone;
use tantivy::directory::error::OpenReadError;
use tantivy::store::StoreReader;
use tantivy::{Directory, DocAddress, Index, Searcher};
use zstd::bulk::{Compressor, Decompressor};

use super::open_reader;
use super::stored::{Reader, Writer};

/// The file of an index that holds its codebook.
pub(super) const CODEBOOK_FILE: &str = "codebook";

/// How large a codebook is, in bytes.
const CODEBOOK: usize = 64 << 10;

/// So many bytes of text teach it.
const LESSONS: usize = 1 << 20;

/// How many entries of an index are looked at, of which about every third is the first of its group.
const REVIEWED: usize = 2000;

/// How hard it is tried to save room.
const LEVEL: i32 = 3;

/// How many blocks of each segment are kept that were read, for what stands side by side.
const BLOCKS: usize = 8;

/// What cannot be a length: nothing that is packed at once is so large.
const TOO_LONG: usize = 1 << 30;

/// The codebook of an index that is written, once it was learnt; and what it is to be learnt from.
#[derive(Default)]
pub(super) struct Codebook {
    learnt: OnceLock<Vec<u8>>,
    lessons: Mutex<Lessons>,
}

#[derive(Default)]
struct Lessons {
    bytes: Vec<u8>,
    sizes: Vec<usize>,
    are_over: bool,
    /// The index, until it was looked at for what was packed before.
    earlier: Option<Index>,
}

impl Lessons {
    fn add(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
        self.sizes.push(bytes.len());
    }

    fn are_enough(&self) -> bool {
        self.bytes.len() >= LESSONS
    }

    /// Learns from what is in an index, of all its parts alike: many passes may each add too little for a codebook.
    fn review(&mut self, index: &Index) -> tantivy::Result<()> {
        let searcher = open_reader(index)?.searcher();
        let unpacker = Unpacker::new(&searcher, index.directory().box_clone(), false);
        let step = usize::try_from(searcher.num_docs()).unwrap_or(usize::MAX) / REVIEWED + 1;
        for (segment, reader) in (0..).zip(searcher.segment_readers()) {
            for doc in (0..reader.max_doc()).step_by(step) {
                let (bytes, before) = unpacker.unpacked(&searcher, DocAddress::new(segment, doc))?;
                if before == 0 {
                    self.add(&bytes);
                }
            }
        }
        Ok(())
    }
}

impl Codebook {
    /// The codebook that an index has, if it has one.
    pub(super) fn of(learnt: Option<Vec<u8>>, index: Index) -> Self {
        Self {
            learnt: learnt.map(OnceLock::from).unwrap_or_default(),
            lessons: Mutex::new(Lessons { earlier: Some(index), ..Lessons::default() }),
        }
    }

    /// The codebook, once it was learnt.
    pub(super) fn learnt(&self) -> Option<&[u8]> {
        self.learnt.get().map(Vec::as_slice)
    }

    /// Learns from what is about to be packed, until there was enough.
    fn learn(&self, bytes: &[u8]) {
        let mut lessons = self.lessons.lock().unwrap_or_else(PoisonError::into_inner);
        if lessons.are_over {
            return;
        }
        // What cannot be read teaches nothing; who asks for it will be told.
        if let Some(index) = lessons.earlier.take()
            && lessons.review(&index).is_err()
        {
            *lessons = Lessons::default();
        }
        lessons.add(bytes);
        if !lessons.are_enough() {
            return;
        }
        lessons.are_over = true;
        let Lessons { bytes, sizes, .. } = mem::take(&mut *lessons);
        lessons.are_over = true;
        drop(lessons);
        // Texts that have nothing in common teach nothing.
        if let Ok(learnt) = zstd::dict::from_continuous(&bytes, &sizes, CODEBOOK) {
            self.learnt.get_or_init(|| learnt);
        }
    }
}

/// The hash of a codebook, in hexadecimal.
pub(super) fn hash(codebook: &[u8]) -> String {
    blake3::hash(codebook).to_hex().to_string()
}

/// Packs what is stored.
pub(super) struct Packer {
    codebook: Arc<Codebook>,
    /// Packs without the codebook, then with it.
    compressor: Option<(bool, Compressor<'static>)>,
}

impl Packer {
    /// A packer for an index with this codebook.
    pub(super) fn new(codebook: Arc<Codebook>) -> Self {
        Self { codebook, compressor: None }
    }

    /// Packs what is stored of an entry, in the place of what `packed` held.
    pub(super) fn pack(&mut self, bytes: &[u8], packed: &mut Vec<u8>) -> io::Result<()> {
        if self.codebook.learnt().is_none() {
            self.codebook.learn(bytes);
        }
        packed.clear();
        packed.push(0);
        Writer { bytes: packed }.number(bytes.len());
        let head = packed.len();
        packed.resize(head + zstd::zstd_safe::compress_bound(bytes.len()), 0);
        let len = self.compressor()?.compress_to_buffer(bytes, &mut packed[head..])?;
        packed.truncate(head + len);
        Ok(())
    }

    fn compressor(&mut self) -> io::Result<&mut Compressor<'static>> {
        let learnt = self.codebook.learnt();
        if self.compressor.as_ref().is_none_or(|(knows, _)| *knows != learnt.is_some()) {
            let mut compressor = Compressor::with_dictionary(LEVEL, learnt.unwrap_or_default())?;
            compressor.include_contentsize(false)?;
            compressor.include_dictid(false)?;
            self.compressor = Some((learnt.is_some(), compressor));
        }
        Ok(&mut self.compressor.as_mut().expect("it was just made").1)
    }
}

/// Unpacks what is stored, on any number of threads.
pub(super) struct Unpacker {
    /// Of each segment, once something was asked of it.
    stores: Vec<OnceLock<StoreReader>>,
    directory: Box<dyn Directory>,
    has_codebook: bool,
    /// Those that nobody uses at the moment.
    idle: Mutex<Vec<Decompressor<'static>>>,
}

impl Unpacker {
    /// An unpacker for the segments of the index in a directory. Its codebook is read when something is to be unpacked.
    pub(super) fn new(searcher: &Searcher, directory: Box<dyn Directory>, has_codebook: bool) -> Self {
        let stores = searcher.segment_readers().iter().map(|_| OnceLock::new()).collect();
        Self { stores, directory, has_codebook, idle: Mutex::default() }
    }

    /// What is stored of an entry, and with how many others before it in that.
    ///
    /// # Errors
    ///
    /// When the bytes make no sense, or they or the codebook cannot be read.
    pub(super) fn unpacked(
        &self,
        searcher: &Searcher,
        address: DocAddress,
    ) -> tantivy::Result<(Vec<u8>, usize)> {
        let DocAddress { segment_ord, doc_id } = address;
        let store = &self.stores[segment_ord as usize];
        let store = match store.get() {
            Some(store) => store,
            None => {
                let opened = searcher.segment_reader(segment_ord).get_store_reader(BLOCKS)?;
                store.get_or_init(|| opened)
            }
        };
        let stored = store.get_document_bytes(doc_id)?;
        let (&before, packed) = stored.split_first().ok_or_else(nonsense)?;
        if before == 0 {
            return Ok((self.unpack(packed)?, 0));
        }
        let first = doc_id.checked_sub(before.into()).ok_or_else(nonsense)?;
        let stored = store.get_document_bytes(first)?;
        let packed = stored.strip_prefix(&[0]).ok_or_else(nonsense)?;
        Ok((self.unpack(packed)?, before.into()))
    }

    fn unpack(&self, packed: &[u8]) -> io::Result<Vec<u8>> {
        let mut reader = Reader { bytes: packed };
        let len = reader.number().filter(|&len| len < TOO_LONG).ok_or_else(nonsense)?;
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut decompressor = match idle {
            Some(decompressor) => decompressor,
            None => Decompressor::with_dictionary(&self.codebook()?)?,
        };
        let mut bytes = Vec::with_capacity(len);
        let written = decompressor.decompress_to_buffer(reader.bytes, &mut bytes)?;
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(decompressor);
        if written == len { Ok(bytes) } else { Err(nonsense()) }
    }

    fn codebook(&self) -> io::Result<Vec<u8>> {
        if !self.has_codebook {
            return Ok(Vec::new());
        }
        self.directory.atomic_read(Path::new(CODEBOOK_FILE)).map_err(|error| match error {
            OpenReadError::FileDoesNotExist(_) => {
                io::Error::new(io::ErrorKind::NotFound, "its codebook is missing")
            }
            error => io::Error::other(format!("its codebook: {error}")),
        })
    }
}

fn nonsense() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "what is stored of an entry makes no sense")
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;
    use std::time::Duration;

    use proptest::prelude::*;
    use tantivy::directory::RamDirectory;

    use super::super::disk_full::{put, texts};
    use super::super::{Snapshot, Writer as IndexWriter};
    use super::*;

    fn unpacker(codebook: &Codebook) -> Unpacker {
        let directory = RamDirectory::create();
        if let Some(learnt) = codebook.learnt() {
            directory.atomic_write(Path::new(CODEBOOK_FILE), learnt).expect("it is written");
        }
        let index = Index::create_in_ram(super::super::schema::schema().0);
        let searcher = index.reader().expect("a reader").searcher();
        Unpacker::new(&searcher, Box::new(directory), codebook.learnt().is_some())
    }

    /// A text of long words that many texts have, in an order of its own.
    fn text(seed: usize) -> Vec<u8> {
        let word = |at: usize| {
            let number = (seed * 7919 + at * at * 104_729) % 499;
            blake3::hash(&number.to_le_bytes()).to_hex()[..24].to_owned() + " "
        };
        (0..60).map(word).collect::<String>().into_bytes()
    }

    #[test]
    fn a_codebook_is_learnt_from_the_first_texts_and_saves_room() {
        let codebook = Arc::new(Codebook::default());
        let mut packer = Packer::new(Arc::clone(&codebook));
        let mut kept = Vec::new();
        for seed in 0..900 {
            let mut packed = Vec::new();
            packer.pack(&text(seed), &mut packed).expect("it packs");
            kept.push(packed);
        }
        assert!(codebook.learnt().is_some_and(|learnt| learnt.len() <= CODEBOOK));
        let (first, last) = (kept[0].len(), kept[899].len());
        assert!(last * 2 < first, "{first} and {last} bytes");
        let unpacker = unpacker(&codebook);
        for (seed, packed) in kept.iter().enumerate() {
            assert_eq!(unpacker.unpack(&packed[1..]).expect("it unpacks"), text(seed));
        }
        assert_eq!(unpacker.idle.lock().expect("nobody panicked").len(), 1, "one serves them all");
    }

    #[test]
    fn texts_that_have_nothing_in_common_teach_nothing() {
        let codebook = Arc::new(Codebook::default());
        let mut packer = Packer::new(Arc::clone(&codebook));
        let mut packed = Vec::new();
        packer.pack(&vec![0; LESSONS], &mut packed).expect("it packs");
        assert!(codebook.learnt().is_none());
        assert_eq!(unpacker(&codebook).unpack(&packed[1..]).expect("it unpacks"), vec![0; LESSONS]);
    }

    #[test]
    fn small_passes_teach_together_and_all_can_be_read() {
        let folder = tempfile::tempdir().expect("a folder");
        let id = |number: usize| format!("{number}.txt");
        let written = |number| String::from_utf8(text(number)).expect("a text");
        let (passes, documents) = (8, 120);
        for pass in 0..passes {
            let mut writer = IndexWriter::open(folder.path(), Duration::ZERO).expect("it opens");
            for number in pass * documents..(pass + 1) * documents {
                put(&mut writer, &id(number), &written(number)).expect("it is put");
            }
            writer.commit().expect("it is committed");
            let is_learnt = writer.meta().codebook.is_some();
            assert_eq!(is_learnt, (pass + 1) * documents * text(0).len() >= LESSONS, "after pass {pass}");
            writer.close().expect("it is closed");
        }
        for number in [0, 1, passes * documents / 2, passes * documents - 1] {
            assert_eq!(texts(folder.path(), &id(number)), [written(number)]);
        }
        let damaged = || Snapshot::open(folder.path()).expect("it opens").damaged_files().expect("it reads");
        assert_eq!(damaged(), Vec::<PathBuf>::new());
        let file = folder.path().join(CODEBOOK_FILE);
        let mut bytes = std::fs::read(&file).expect("there is one");
        *bytes.last_mut().expect("it is not empty") ^= 1;
        std::fs::write(&file, bytes).expect("it is written");
        assert_eq!(damaged(), [PathBuf::from(CODEBOOK_FILE)]);
        std::fs::remove_file(&file).expect("it is there");
        assert_eq!(damaged(), [PathBuf::from(CODEBOOK_FILE)]);
    }

    #[test]
    fn a_codebook_that_is_gone_is_an_error() {
        let unpacker = Unpacker { has_codebook: true, ..unpacker(&Codebook::default()) };
        let mut packed = Vec::new();
        Packer::new(Arc::default()).pack(b"text", &mut packed).expect("it packs");
        let error = unpacker.unpack(&packed[1..]).expect_err("it lacks").to_string();
        assert_eq!(error, "its codebook is missing");
    }

    proptest! {
        #[test]
        fn bytes_that_make_no_sense_are_an_error_and_no_panic(
            bytes in prop::collection::vec(any::<u8>(), 0..300),
            changed in any::<(prop::sample::Index, u8)>(),
        ) {
            let codebook = Codebook::default();
            let unpacker = unpacker(&codebook);
            let _ = unpacker.unpack(&bytes);
            let mut packed = Vec::new();
            Packer::new(Arc::default()).pack(&bytes, &mut packed).expect("it packs");
            prop_assert_eq!(unpacker.unpack(&packed[1..]).expect("it unpacks"), bytes);
            let at = changed.0.index(packed.len() - 1) + 1;
            packed[at] = changed.1;
            let _ = unpacker.unpack(&packed[1..]);
        }
    }
}
