//! Reading: a source's bytes, decompressed, whole or as a stream.
//!
//! Compression is told by the content's first bytes, never by the name. Everything here is bounded: [`read`]
//! and [`stdin`] by the limit that they are given, [`stream`] by its buffers, a zstd decoder by the largest
//! window that the zstd tool itself takes unasked. Offsets that other modules count are offsets into the
//! decompressed bytes; the hash, which tells whether a source changed, is that of the bytes as stored.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read};
#[cfg(target_os = "linux")]
use std::num::NonZeroU64;
use std::path::Path;

use bzip2::bufread::MultiBzDecoder;
use flate2::bufread::MultiGzDecoder;
use lzma_rust2::XzReader;
use thiserror::Error;

use super::{reason, size_text, special};

/// How many bytes of the decompressed content [`Stream::head`] shows: enough to tell any format.
pub const HEAD_SIZE: usize = 8 << 10;

/// The largest window that a zstd frame may ask for, as a power of two: 128 MiB.
const ZSTD_WINDOW_LOG: u32 = 27;

/// The most memory that xz data may ask for, in KiB: what its highest usual setting (`-9`) needs, and some more.
const XZ_MEMORY: u32 = 96 << 10;

const BUFFER_SIZE: usize = 64 << 10;

/// How many bytes of a file are asked for before it is read: behind them the system reads ahead by itself.
#[cfg(target_os = "linux")]
const ASKED_FOR: u64 = 1 << 20;

/// How many bytes tell how a source is compressed.
const MAGIC_SIZE: usize = 8;

/// How a source's bytes are compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compression {
    /// gzip, of one member or several.
    Gzip,
    /// Zstandard, of one frame or several.
    Zstd,
    /// xz, of one stream or several.
    Xz,
    /// bzip2, of one stream or several.
    Bzip2,
}

impl Compression {
    /// Tells the compression of content that begins so.
    pub fn of_magic(start: &[u8]) -> Option<Self> {
        match start {
            [0x1f, 0x8b, 0x08, ..] => Some(Self::Gzip),
            [0x28, 0xb5, 0x2f, 0xfd, ..] => Some(Self::Zstd),
            [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => Some(Self::Xz),
            // Behind the level comes the magic of a block, or of the end.
            [b'B', b'Z', b'h', b'1'..=b'9', 0x31, 0x41, 0x59, 0x26, ..]
            | [b'B', b'Z', b'h', b'1'..=b'9', 0x17, 0x72, 0x45, 0x38, ..] => Some(Self::Bzip2),
            _ => None,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
            Self::Xz => "xz",
            Self::Bzip2 => "bzip2",
        }
    }
}

/// A source's bytes, whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Content {
    /// The bytes, decompressed.
    pub bytes: Vec<u8>,
    /// The BLAKE3 hash of the bytes as stored: its first 32 hexadecimal digits.
    pub hash: String,
    /// How they were compressed, if they were.
    pub compression: Option<Compression>,
}

/// Why a source could not be read.
#[derive(Debug, Error)]
pub enum ReadError {
    /// There is no such file (any more).
    #[error("not found")]
    NotFound,
    /// It is a folder, a pipe, a device: no regular file.
    #[error("{0}, not a file")]
    NotAFile(&'static str),
    /// It holds more bytes than the limit. That is a rule's doing, not a failure.
    #[error("larger than {}; raise --max-file-size", size_text(*.0))]
    TooLarge(u64),
    /// It decompresses to more bytes than the limit. That is a rule's doing, not a failure.
    #[error("decompresses to more than {}; raise --max-file-size", size_text(*.0))]
    DecompressesTooLarge(u64),
    /// The system, or the decompressor, gave an error.
    #[error("{}", reason(.0))]
    Io(io::Error),
}

impl From<io::Error> for ReadError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound => Self::NotFound,
            _ => Self::Io(error),
        }
    }
}

/// Reads a file whole, of which some `size` bytes are expected.
///
/// # Errors
///
/// Fails when the file has vanished, is no regular file any more or cannot be read, when its compressed data
/// is corrupt or cut off, and when more than `max` bytes come out of it. Never more than `max` bytes and
/// the decoder's own buffers are held.
pub fn read(file: &Path, size: u64, max: u64) -> Result<Content, ReadError> {
    content(open(file)?, size, max)
}

/// Asks the system to have the beginning of a file in its cache soon, when it will be read. What stands in its way is for
/// who reads to tell.
#[cfg(target_os = "linux")]
pub fn ask_for(file: &Path) {
    use rustix::fs::{Advice, fadvise};
    if let Ok(file) = open(file) {
        let _ = fadvise(&file, 0, NonZeroU64::new(ASKED_FOR), Advice::WillNeed);
    }
}

/// Other systems read ahead as they see fit.
#[cfg(not(target_os = "linux"))]
pub fn ask_for(_: &Path) {}

/// Reads standard input whole, as [`read`] does a file.
///
/// # Errors
///
/// Fails when standard input cannot be read, its compressed data is corrupt or cut off, or more than `max`
/// bytes come out of it.
pub fn stdin(max: u64) -> Result<Content, ReadError> {
    content(io::stdin().lock(), 0, max)
}

/// The hash of a file's bytes as stored, as in [`Content::hash`]. Takes constant memory.
///
/// # Errors
///
/// Fails as [`read`] does where the file cannot be opened or read.
pub fn hash(file: &Path) -> Result<String, ReadError> {
    let mut hasher = blake3::Hasher::new();
    let mut reader = BufReader::with_capacity(BUFFER_SIZE, open(file)?);
    io::copy(&mut reader, &mut hasher)?;
    Ok(digits(&hasher))
}

/// The hash of some bytes, as in [`Content::hash`].
pub fn hash_bytes(bytes: &[u8]) -> String {
    let mut hasher = blake3::Hasher::new();
    hasher.update(bytes);
    digits(&hasher)
}

/// Opens a file to be read as a stream of decompressed bytes, however many there are.
///
/// # Errors
///
/// Fails where the file cannot be opened. What goes wrong later comes as an error of the read that it
/// befalls, with everything before it delivered.
pub fn stream(file: &Path) -> Result<Stream, ReadError> {
    Ok(Stream::new(open(file)?)?)
}

/// Opens a regular file; what it is is looked up first, for opening a pipe may never return.
fn open(path: &Path) -> Result<File, ReadError> {
    require_file(&fs::metadata(path)?)?;
    let file = File::open(path)?;
    require_file(&file.metadata()?)?;
    Ok(file)
}

fn require_file(metadata: &fs::Metadata) -> Result<(), ReadError> {
    special(metadata.file_type()).map_or(Ok(()), |kind| Err(ReadError::NotAFile(kind)))
}

/// Reads all of `raw`, of which some `size_hint` bytes are expected.
fn content(raw: impl Read, size_hint: u64, max: u64) -> Result<Content, ReadError> {
    let mut decoder = Decoder::new(Hashing { inner: raw, hasher: blake3::Hasher::new() })?;
    let compression = decoder.compression();
    let mut bytes = Vec::with_capacity(usize::try_from(size_hint.min(max).min(1 << 30)).unwrap_or(0));
    decoder.by_ref().take(max.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > max {
        return Err(match compression {
            Some(_) => ReadError::DecompressesTooLarge(max),
            None => ReadError::TooLarge(max),
        });
    }
    let mut raw = decoder.into_raw();
    io::copy(&mut raw, &mut io::sink())?;
    let hash = digits(&raw.into_inner().1.into_inner().hasher);
    Ok(Content { bytes, hash, compression })
}

fn digits(hasher: &blake3::Hasher) -> String {
    hasher.finalize().to_hex()[..32].to_owned()
}

/// Hashes what is read through it.
struct Hashing<R> {
    inner: R,
    hasher: blake3::Hasher,
}

impl<R: Read> Read for Hashing<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.hasher.update(&buffer[..count]);
        Ok(count)
    }
}

/// The bytes that were looked at to tell the compression, and the rest behind them.
type Raw<R> = io::Chain<io::Cursor<Vec<u8>>, BufReader<R>>;

/// Gives out decompressed bytes. Behind an error it is at its end, so that nobody who goes on after one reads
/// it for ever.
struct Decoder<R: Read> {
    kind: Kind<R>,
    failed: bool,
}

enum Kind<R: Read> {
    Plain(Raw<R>),
    Gzip(Box<MultiGzDecoder<Raw<R>>>),
    Zstd(zstd::Decoder<'static, Raw<R>>),
    Xz(Box<XzReader<Raw<R>>>),
    Bzip2(MultiBzDecoder<Raw<R>>),
}

impl<R: Read> Decoder<R> {
    fn new(raw: R) -> io::Result<Self> {
        let mut raw = BufReader::with_capacity(BUFFER_SIZE, raw);
        let mut magic = Vec::with_capacity(MAGIC_SIZE);
        raw.by_ref().take(MAGIC_SIZE as u64).read_to_end(&mut magic)?;
        let compression = Compression::of_magic(&magic);
        let raw = io::Cursor::new(magic).chain(raw);
        let kind = match compression {
            None => Kind::Plain(raw),
            Some(Compression::Gzip) => Kind::Gzip(Box::new(MultiGzDecoder::new(raw))),
            Some(Compression::Zstd) => {
                let mut decoder = zstd::Decoder::with_buffer(raw)?;
                decoder.window_log_max(ZSTD_WINDOW_LOG)?;
                Kind::Zstd(decoder)
            }
            Some(Compression::Xz) => Kind::Xz(Box::new(XzReader::new_mem_limit(raw, true, XZ_MEMORY))),
            Some(Compression::Bzip2) => Kind::Bzip2(MultiBzDecoder::new(raw)),
        };
        Ok(Self { kind, failed: false })
    }

    fn compression(&self) -> Option<Compression> {
        match &self.kind {
            Kind::Plain(_) => None,
            Kind::Gzip(_) => Some(Compression::Gzip),
            Kind::Zstd(_) => Some(Compression::Zstd),
            Kind::Xz(_) => Some(Compression::Xz),
            Kind::Bzip2(_) => Some(Compression::Bzip2),
        }
    }

    fn into_raw(self) -> Raw<R> {
        match self.kind {
            Kind::Plain(raw) => raw,
            Kind::Gzip(decoder) => decoder.into_inner(),
            Kind::Zstd(decoder) => decoder.into_inner(),
            Kind::Xz(decoder) => decoder.into_inner(),
            Kind::Bzip2(decoder) => decoder.into_inner(),
        }
    }
}

impl<R: Read> Read for Decoder<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.failed {
            return Ok(0);
        }
        let count = match &mut self.kind {
            Kind::Plain(raw) => raw.read(buffer),
            Kind::Gzip(decoder) => decoder.read(buffer).map_err(|error| blame(error, Compression::Gzip)),
            Kind::Zstd(decoder) => decoder.read(buffer).map_err(|error| blame(error, Compression::Zstd)),
            Kind::Xz(decoder) => decoder.read(buffer).map_err(|error| blame(error, Compression::Xz)),
            Kind::Bzip2(decoder) => decoder.read(buffer).map_err(|error| blame(error, Compression::Bzip2)),
        };
        self.failed = count.as_ref().is_err_and(|error| error.kind() != io::ErrorKind::Interrupted);
        count
    }
}

/// Says of an error that it is the compressed data's fault, unless the system gave it.
fn blame(error: io::Error, compression: Compression) -> io::Error {
    let passing = matches!(error.kind(), io::ErrorKind::Interrupted | io::ErrorKind::WouldBlock);
    if error.raw_os_error().is_some() || passing {
        return error;
    }
    let name = compression.name();
    let (kind, text) = match error.kind() {
        io::ErrorKind::OutOfMemory => {
            (io::ErrorKind::InvalidData, format!("{name} data asks for too much memory"))
        }
        io::ErrorKind::UnexpectedEof => (io::ErrorKind::UnexpectedEof, format!("{name} data is cut off")),
        _ => (io::ErrorKind::InvalidData, format!("{name} data is corrupt: {}", reason(&error))),
    };
    io::Error::new(kind, text)
}

/// The decompressed content of bytes that are in memory already, with the hash that they have as stored.
///
/// # Errors
///
/// Fails when their compressed data is corrupt or cut off, and when more than `max` bytes come out of it.
pub fn decompress(bytes: Vec<u8>, max: u64) -> Result<Content, ReadError> {
    if Compression::of_magic(&bytes).is_none() {
        let hash = hash_bytes(&bytes);
        return Ok(Content { bytes, hash, compression: None });
    }
    content(bytes.as_slice(), 0, max)
}

/// A file's decompressed bytes as a buffered stream whose beginning can be looked at first.
pub struct Stream {
    head: Vec<u8>,
    taken: usize,
    /// What went wrong while the head was read; it comes after the head.
    trouble: Option<io::Error>,
    rest: BufReader<Decoder<File>>,
}

impl Stream {
    fn new(file: File) -> io::Result<Self> {
        let mut rest = BufReader::with_capacity(BUFFER_SIZE, Decoder::new(file)?);
        let mut head = Vec::with_capacity(HEAD_SIZE);
        let trouble = rest.by_ref().take(HEAD_SIZE as u64).read_to_end(&mut head).err();
        Ok(Self { head, taken: 0, trouble, rest })
    }

    /// The content's first 8 KiB, or all of it where that is less; they stay to be read.
    pub fn head(&self) -> &[u8] {
        &self.head
    }

    /// How the file is compressed, if it is.
    pub fn compression(&self) -> Option<Compression> {
        self.rest.get_ref().compression()
    }
}

impl Read for Stream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut available = self.fill_buf()?;
        let count = available.read(buffer)?;
        self.consume(count);
        Ok(count)
    }
}

impl BufRead for Stream {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.taken < self.head.len() {
            return Ok(&self.head[self.taken..]);
        }
        match self.trouble.take() {
            Some(error) => Err(error),
            None => self.rest.fill_buf(),
        }
    }

    fn consume(&mut self, count: usize) {
        if self.taken < self.head.len() {
            self.taken += count;
        } else {
            self.rest.consume(count);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use proptest::prelude::*;

    use super::*;

    const LIMIT: u64 = 1 << 20;

    #[test]
    #[cfg(target_os = "linux")]
    fn what_is_asked_for_is_in_the_cache_soon() {
        use rustix::fs::{Advice, fadvise};
        use rustix::io::{ReadWriteFlags, preadv2};

        const SIZE: u64 = 100_000;
        let folder = tempfile::tempdir().unwrap();
        // To look whether it is there without waiting for it asks for it, too: so each file is looked at once.
        let comes_within = |milliseconds: u64| {
            let path = folder.path().join(milliseconds.to_string());
            std::fs::write(&path, vec![b'a'; SIZE as usize]).unwrap();
            let file = File::open(&path).unwrap();
            file.sync_all().unwrap();
            fadvise(&file, 0, None, Advice::DontNeed).unwrap();
            ask_for(&path);
            std::thread::sleep(std::time::Duration::from_millis(milliseconds));
            let mut last = [0];
            let read =
                preadv2(&file, &mut [io::IoSliceMut::new(&mut last)], SIZE - 1, ReadWriteFlags::NOWAIT);
            read != Err(rustix::io::Errno::AGAIN)
        };
        assert!([1, 10, 100, 1_000, 10_000].into_iter().any(comes_within));
        ask_for(&folder.path().join("missing"));
        ask_for(folder.path());
    }

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn zstd(bytes: &[u8]) -> Vec<u8> {
        zstd::encode_all(bytes, 1).unwrap()
    }

    fn xz(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = lzma_rust2::XzWriter::new(Vec::new(), lzma_rust2::XzOptions::default()).unwrap();
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn bzip2(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn whole(stored: &[u8]) -> Result<Vec<u8>, String> {
        content(stored, 0, LIMIT).map(|content| content.bytes).map_err(|error| error.to_string())
    }

    /// Bytes that do not compress away.
    fn noise(count: usize) -> Vec<u8> {
        let mut bytes = vec![0; count];
        blake3::Hasher::new().finalize_xof().fill(&mut bytes);
        bytes
    }

    #[test]
    fn compression_is_told_by_content_whatever_the_parts() {
        let parts =
            |compress: fn(&[u8]) -> Vec<u8>| [compress(b"one "), compress(b""), compress(b"two")].concat();
        assert_eq!(whole(b"one two").unwrap(), b"one two");
        assert_eq!(whole(&parts(gzip)).unwrap(), b"one two");
        assert_eq!(whole(&parts(zstd)).unwrap(), b"one two");
        assert_eq!(whole(&parts(xz)).unwrap(), b"one two");
        assert_eq!(whole(&parts(bzip2)).unwrap(), b"one two");
        assert_eq!(content(&gzip(b"x")[..], 0, LIMIT).unwrap().compression, Some(Compression::Gzip));
        for short in [&b""[..], b"\x1f\x8b", b"\x28\xb5\x2f", b"\xfd7zXZ", b"BZh9 is a word"] {
            assert_eq!(whole(short).unwrap(), short);
        }
    }

    #[test]
    fn the_hash_is_that_of_the_bytes_as_stored() {
        let folder = tempfile::tempdir().unwrap();
        for (name, stored) in [("plain", noise(300_000)), ("a.gz", gzip(b"one")), ("empty", Vec::new())] {
            let file = folder.path().join(name);
            fs::write(&file, &stored).unwrap();
            let expected = blake3::hash(&stored).to_hex()[..32].to_owned();
            assert_eq!(content(&stored[..], 0, LIMIT).unwrap().hash, expected);
            assert_eq!(hash(&file).unwrap(), expected);
        }
    }

    #[test]
    fn compressed_data_that_is_cut_off_or_corrupt_is_said_to_be() {
        let text = noise(100_000);
        let compressed =
            [("gzip", gzip(&text)), ("zstd", zstd(&text)), ("xz", xz(&text)), ("bzip2", bzip2(&text))];
        for (name, stored) in compressed {
            let cut = whole(&stored[..stored.len() - 5]).unwrap_err();
            assert_eq!(cut, format!("{name} data is cut off"));
            let followed = [&stored[..], b"no compressed data"].concat();
            let corrupt = whole(&followed).unwrap_err();
            assert!(corrupt.starts_with(&format!("{name} data is corrupt: ")), "{corrupt}");
        }
        let mut flipped = gzip(&text);
        *flipped.last_mut().unwrap() ^= 1;
        assert!(whole(&flipped).unwrap_err().starts_with("gzip data is corrupt: "));
    }

    #[test]
    fn the_limit_holds_for_what_comes_out_not_for_what_is_stored() {
        let limit = |stored: &[u8], max| content(stored, 1 << 60, max).map(drop).map_err(|e| e.to_string());
        assert_eq!(limit(b"12345", 5), Ok(()));
        assert_eq!(limit(b"123456", 5), Err("larger than 5 bytes; raise --max-file-size".into()));
        let bomb = vec![0; 3 << 20];
        for stored in [gzip(&bomb), zstd(&bomb), xz(&bomb), bzip2(&bomb)] {
            assert_eq!(limit(&stored, 3 << 20), Ok(()));
            let error = Err("decompresses to more than 2 MiB; raise --max-file-size".into());
            assert_eq!(limit(&stored, 2 << 20), error);
        }
    }

    #[test]
    fn a_zstd_frame_cannot_ask_for_a_window_beyond_the_limit() {
        let mut encoder = zstd::Encoder::new(Vec::new(), 1).unwrap();
        encoder.window_log(28).unwrap();
        encoder.write_all(b"small").unwrap();
        let error = whole(&encoder.finish().unwrap()).unwrap_err();
        assert!(error.starts_with("zstd data is corrupt: frame requires too much memory"), "{error}");
    }

    #[test]
    fn what_vanished_or_is_no_file_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let read = |name: &str| read(&folder.path().join(name), 0, LIMIT);
        assert!(matches!(read("gone"), Err(ReadError::NotFound)));
        assert_eq!(read("").unwrap_err().to_string(), "a folder, not a file");
        assert!(matches!(stream(folder.path()), Err(ReadError::NotAFile("a folder"))));
    }

    #[test]
    fn a_stream_shows_its_head_and_then_gives_everything() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.gz");
        for count in [0, 100, HEAD_SIZE, HEAD_SIZE + 1, 200_000] {
            let text = noise(count);
            for stored in [text.clone(), gzip(&text), zstd(&text), xz(&text), bzip2(&text)] {
                fs::write(&file, stored).unwrap();
                let mut stream = stream(&file).unwrap();
                assert_eq!(stream.head(), &text[..count.min(HEAD_SIZE)]);
                let mut all = Vec::new();
                stream.read_to_end(&mut all).unwrap();
                assert!(all == text);
            }
        }
    }

    #[test]
    fn a_stream_that_breaks_off_gives_what_came_before() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.gz");
        for lines in [50, 50_000] {
            let text: String = (0..lines).map(|line| format!("line {line}\n")).collect();
            let stored = gzip(text.as_bytes());
            fs::write(&file, &stored[..stored.len() - 8]).unwrap();
            let read = stream(&file).unwrap().lines().take(lines + 10);
            let (good, bad): (Vec<_>, Vec<_>) = read.partition(Result::is_ok);
            assert_eq!((good.len(), bad.len()), (lines, 1), "behind the error it is at its end");
            assert_eq!(bad[0].as_ref().unwrap_err().to_string(), "gzip data is cut off");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_reading_panic(mut bytes: Vec<u8>, magic in 0..5usize) {
            let start: &[u8] =
                [&b""[..], b"\x1f\x8b\x08", b"\x28\xb5\x2f\xfd", b"\xfd7zXZ\0", b"BZh91AY&SY"][magic];
            bytes.splice(0..0, start.iter().copied());
            prop_assert!(whole(&bytes).map_or(true, |out| out.len() as u64 <= LIMIT));
        }
    }
}
