//! What passes between the program and its children: frames of plain data or of bytes.
//!
//! A frame is a tag, a length of eight bytes (little-endian) and so many bytes: JSON, or bytes as they are. Neither
//! side trusts the other with its memory: the reader says how long a frame may be.

use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::document::Format;
use crate::extract::archive::Member;
use crate::extract::{ExtractError, Extracted};

/// What a child is to do. The bytes of a [`Task::Extract`] or [`Given::Bytes`] follow as a frame of their own.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Order {
    /// What it is to do.
    pub task: Task,
    /// The memory that it may use, in bytes.
    pub memory: u64,
    /// The processor time that it may take, in seconds.
    pub seconds: u64,
}

/// The things that children do.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Task {
    /// Extract what a source of this format holds; one [`Reply::Extracted`] or [`Reply::Refused`] comes back.
    Extract(Format),
    /// Give the members of an archive of this format; a [`Reply::Member`] for each comes back, those that have content
    /// with a frame of bytes behind it, and at the end [`Reply::Done`] or [`Reply::Refused`].
    Unpack {
        format: Format,
        given: Given,
        /// The largest member that is wanted, in bytes.
        max_member: u64,
    },
}

/// Where a child finds an archive.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Given {
    /// In this file, which may be compressed.
    File(FilePath),
    /// In the bytes that follow.
    Bytes,
}

/// A path as the system writes it, whatever its encoding.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct FilePath(Vec<u8>);

#[cfg(unix)]
impl FilePath {
    pub(super) fn new(path: &Path) -> Self {
        use std::os::unix::ffi::OsStrExt;
        Self(path.as_os_str().as_bytes().to_vec())
    }

    pub(super) fn into_path(self) -> PathBuf {
        use std::os::unix::ffi::OsStringExt;
        std::ffi::OsString::from_vec(self.0).into()
    }
}

#[cfg(not(unix))]
impl FilePath {
    pub(super) fn new(path: &Path) -> Self {
        Self(path.to_string_lossy().into_owned().into_bytes())
    }

    pub(super) fn into_path(self) -> PathBuf {
        String::from_utf8_lossy(&self.0).into_owned().into()
    }
}

/// What a child answers.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Reply {
    Extracted(Box<Extracted>),
    Member(Member),
    Done,
    Refused(Refused),
}

/// Why a child gave nothing.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Refused {
    reason: String,
    kind: RefusedKind,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
enum RefusedKind {
    Encrypted,
    NoText,
    ParserFailed,
    Other,
}

impl From<ExtractError> for Refused {
    fn from(error: ExtractError) -> Self {
        let (reason, kind) = match error {
            ExtractError::Encrypted => (String::new(), RefusedKind::Encrypted),
            ExtractError::NoTextInside(reason) => (reason, RefusedKind::NoText),
            ExtractError::ParserFailed => (String::new(), RefusedKind::ParserFailed),
            other => (other.to_string(), RefusedKind::Other),
        };
        Self { reason, kind }
    }
}

impl From<Refused> for ExtractError {
    fn from(Refused { reason, kind }: Refused) -> Self {
        match kind {
            RefusedKind::Encrypted => Self::Encrypted,
            RefusedKind::NoText => Self::NoTextInside(reason),
            RefusedKind::ParserFailed => Self::ParserFailed,
            RefusedKind::Other => Self::Malformed(reason),
        }
    }
}

/// Writes a frame of plain data.
pub(super) fn write<T: Serialize>(data: &T, out: &mut impl Write) -> io::Result<()> {
    write_frame(b'j', &serde_json::to_vec(data)?, out)
}

/// Writes a frame of bytes.
pub(super) fn write_bytes(bytes: &[u8], out: &mut impl Write) -> io::Result<()> {
    write_frame(b'b', bytes, out)
}

fn write_frame(tag: u8, bytes: &[u8], out: &mut impl Write) -> io::Result<()> {
    out.write_all(&[tag])?;
    out.write_all(&(bytes.len() as u64).to_le_bytes())?;
    out.write_all(bytes)
}

/// Reads a frame of plain data.
///
/// # Errors
///
/// Fails where reading does, on a frame of more than `max` bytes ([`io::ErrorKind::FileTooLarge`]) and on one that is
/// not as it should be ([`io::ErrorKind::InvalidData`]).
pub(super) fn read<T: DeserializeOwned>(from: &mut impl Read, max: u64) -> io::Result<T> {
    let bytes = read_frame(b'j', from, max)?;
    serde_json::from_slice(&bytes).map_err(|_| io::ErrorKind::InvalidData.into())
}

/// Reads a frame of bytes; fails as [`read`] does.
pub(super) fn read_bytes(from: &mut impl Read, max: u64) -> io::Result<Vec<u8>> {
    read_frame(b'b', from, max)
}

fn read_frame(tag: u8, from: &mut impl Read, max: u64) -> io::Result<Vec<u8>> {
    let mut head = [0; 9];
    from.read_exact(&mut head)?;
    let length = u64::from_le_bytes(head[1..].try_into().expect("eight bytes"));
    if head[0] != tag {
        return Err(io::ErrorKind::InvalidData.into());
    }
    if length > max {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    let mut bytes = Vec::new();
    if from.take(length).read_to_end(&mut bytes)? as u64 == length {
        Ok(bytes)
    } else {
        Err(io::ErrorKind::UnexpectedEof.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_come_back_as_they_were_written() {
        let mut pipe = Vec::new();
        write(&Reply::Done, &mut pipe).expect("written");
        write_bytes(b"bytes", &mut pipe).expect("written");
        let mut from = pipe.as_slice();
        assert!(matches!(read(&mut from, 100), Ok(Reply::Done)));
        assert_eq!(read_bytes(&mut from, 100).expect("read"), b"bytes");
        assert_eq!(read_bytes(&mut from, 100).expect_err("the end").kind(), io::ErrorKind::UnexpectedEof);
    }

    #[test]
    fn what_is_no_frame_or_too_long_is_an_error_that_reads_no_further() {
        let mut pipe = Vec::new();
        write_bytes(&[0; 50], &mut pipe).expect("written");
        let kind = |bytes: &[u8], max| read_bytes(&mut &*bytes, max).expect_err("no frame").kind();
        assert_eq!(kind(&pipe, 49), io::ErrorKind::FileTooLarge);
        assert_eq!(kind(&pipe[..40], 50), io::ErrorKind::UnexpectedEof);
        assert_eq!(kind(b"running 0 tests\n", 50), io::ErrorKind::InvalidData);
    }

    #[test]
    fn refusals_keep_what_callers_tell_apart() {
        let through = |error: ExtractError| ExtractError::from(Refused::from(error));
        assert!(matches!(through(ExtractError::Encrypted), ExtractError::Encrypted));
        let scanned = through(ExtractError::NoTextInside("its 3 pages".into()));
        assert_eq!(scanned.to_string(), "no text in it; its 3 pages");
        assert!(matches!(scanned, ExtractError::NoTextInside(_)));
        assert_eq!(through(ExtractError::Malformed("not a zip".into())).to_string(), "not a zip");
    }
}
