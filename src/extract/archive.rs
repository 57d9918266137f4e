//! Archives: the files that they hold, one at a time.
//!
//! A member's name is never used as a path of the machine: it is cut down to its plain names and serves as a part of the
//! member's id. What a member holds is for others to tell. Members come in the archive's order, each whole, and none
//! larger than was asked for; how much an archive may give in all is the caller's to bound.

use std::fs::File;
use std::io::{self, Cursor, Read, Seek};
use std::path::Path;

use serde::{Deserialize, Serialize};
use zip::ZipArchive;
use zip::result::ZipError;

use super::ExtractError;
use super::decode::decode;
use crate::date::Date;
use crate::document::Format;
use crate::source::read::{self, ReadError};
use crate::source::reason;

/// How many bytes of a member's name are kept.
const MAX_NAME: usize = 4 << 10;

/// A file in an archive, without its content.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// Its path inside, with `/` between names; no name is empty, `.` or `..`.
    pub name: String,
    /// When it was last modified, in nanoseconds since 1970; 0 where that is not told.
    pub modified: i64,
    /// How many bytes came out of the archive for it, be they its content or not.
    pub unpacked: u64,
    /// Why its content cannot be had, if it cannot.
    pub trouble: Option<Trouble>,
}

/// Why a member's content cannot be had.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Trouble {
    /// It is larger than was asked for.
    TooLarge,
    /// A password is needed.
    Encrypted,
    /// It could not be decompressed.
    Broken(String),
}

/// Takes a member and its content, which is empty where there is trouble; false when no more are wanted.
pub type Take<'a> = dyn FnMut(Member, &[u8]) -> bool + 'a;

/// An archive to be read.
pub enum Archive {
    /// A zip archive in a file.
    ZipFile(ZipArchive<File>),
    /// A zip archive in memory.
    ZipBytes(ZipArchive<Cursor<Vec<u8>>>),
    /// A tar archive, decompressed.
    Tar(Box<dyn Read>),
}

impl Archive {
    /// Opens the archive at `path`; a tar archive may be compressed.
    ///
    /// # Errors
    ///
    /// When it cannot be opened, is no archive of this format, or the format is none of an archive.
    pub fn open(path: &Path, format: Format) -> Result<Self, ExtractError> {
        match format {
            Format::Zip => {
                let file = File::open(path).map_err(ExtractError::Read)?;
                Ok(Self::ZipFile(ZipArchive::new(file).map_err(|error| malformed_zip(&error))?))
            }
            Format::Tar => match read::stream(path) {
                Ok(stream) => Ok(Self::Tar(Box::new(stream))),
                Err(ReadError::Io(error)) => Err(ExtractError::Read(error)),
                Err(other) => Err(ExtractError::Malformed(other.to_string())),
            },
            other => Err(ExtractError::OtherReading(other)),
        }
    }

    /// Reads an archive that is in memory, decompressed.
    ///
    /// # Errors
    ///
    /// When it is no archive of this format, or the format is none of an archive.
    pub fn of(bytes: Vec<u8>, format: Format) -> Result<Self, ExtractError> {
        let bytes = Cursor::new(bytes);
        match format {
            Format::Zip => Ok(Self::ZipBytes(ZipArchive::new(bytes).map_err(|error| malformed_zip(&error))?)),
            Format::Tar => Ok(Self::Tar(Box::new(bytes))),
            other => Err(ExtractError::OtherReading(other)),
        }
    }
}

/// Gives the files of an archive to `take`, none with more than `max` bytes of content.
///
/// Folders, links and devices are no files; what a link leads to in the archive is a member by its own name.
///
/// # Errors
///
/// When the archive breaks off or makes no sense from some place on; what came before was given.
pub fn unpack(archive: Archive, max: u64, take: &mut Take<'_>) -> Result<(), ExtractError> {
    match archive {
        Archive::ZipFile(archive) => unpack_zip(archive, max, take),
        Archive::ZipBytes(archive) => unpack_zip(archive, max, take),
        Archive::Tar(archive) => unpack_tar(archive, max, take),
    }
}

fn unpack_zip<R: Read + Seek>(
    mut archive: ZipArchive<R>,
    max: u64,
    take: &mut Take<'_>,
) -> Result<(), ExtractError> {
    for place in 0..archive.len() {
        let (mut member, is_file) = match archive.by_index_raw(place) {
            Ok(entry) => {
                let name = clean_name(entry.name_raw());
                let modified = entry.last_modified().map_or(0, time_of);
                let trouble = entry.encrypted().then_some(Trouble::Encrypted);
                (Member { name, modified, unpacked: 0, trouble }, entry.is_file())
            }
            Err(error) => (lost_member(place, &error), true),
        };
        if !is_file {
            continue;
        }
        let mut content = Vec::new();
        if member.trouble.is_none() {
            match archive.by_index(place) {
                Ok(entry) => (member.unpacked, member.trouble) = read_member(entry, None, max, &mut content),
                Err(error) => member.trouble = Some(Trouble::Broken(zip_reason(&error))),
            }
        }
        if !take(member, &content) {
            break;
        }
    }
    Ok(())
}

fn unpack_tar(archive: Box<dyn Read>, max: u64, take: &mut Take<'_>) -> Result<(), ExtractError> {
    let mut archive = tar::Archive::new(archive);
    for entry in archive.entries().map_err(|error| malformed_tar(&error))? {
        let mut entry = entry.map_err(|error| malformed_tar(&error))?;
        let kind = entry.header().entry_type();
        if !(kind.is_file() || kind.is_contiguous() || kind.is_gnu_sparse())
            || entry.path_bytes().ends_with(b"/")
        {
            continue;
        }
        let seconds = entry.header().mtime().ok().and_then(|time| i64::try_from(time).ok());
        let modified = seconds.and_then(|seconds| seconds.checked_mul(1_000_000_000)).unwrap_or(0);
        let name = clean_name(&entry.path_bytes());
        let size = (!kind.is_gnu_sparse()).then_some(entry.size());
        let mut content = Vec::new();
        let (unpacked, trouble) = read_member(&mut entry, size, max, &mut content);
        let broken = match &trouble {
            Some(Trouble::Broken(reason)) => Some(io::Error::other(reason.clone())),
            _ => None,
        };
        if !take(Member { name, modified, unpacked, trouble }, &content) {
            break;
        }
        // What breaks one member of a tar archive breaks everything behind it.
        if let Some(error) = broken {
            return Err(malformed_tar(&error));
        }
    }
    Ok(())
}

/// Reads a member's content, of which so many bytes are promised; gives how many bytes came, and why that is not the
/// content, if it is not.
fn read_member(
    entry: impl Read,
    promised: Option<u64>,
    max: u64,
    content: &mut Vec<u8>,
) -> (u64, Option<Trouble>) {
    let outcome = entry.take(max.saturating_add(1)).read_to_end(content);
    let unpacked = content.len() as u64;
    let trouble = match outcome {
        Ok(_) if unpacked > max => Trouble::TooLarge,
        Ok(_) if promised.is_some_and(|promised| unpacked < promised) => {
            Trouble::Broken("it is cut off".into())
        }
        Ok(_) => return (unpacked, None),
        Err(error) => Trouble::Broken(reason(&error)),
    };
    *content = Vec::new();
    (unpacked, Some(trouble))
}

fn lost_member(place: usize, error: &ZipError) -> Member {
    let trouble = Some(Trouble::Broken(zip_reason(error)));
    Member { name: format!("member {}", place + 1), modified: 0, unpacked: 0, trouble }
}

/// A member's name cut down to the plain names in it.
fn clean_name(raw: &[u8]) -> String {
    let name = match str::from_utf8(raw) {
        Ok(name) => name.to_owned(),
        Err(_) => decode(raw, None).text,
    };
    let separators: &[char] = if name.contains('/') { &['/'] } else { &['/', '\\'] };
    let names = name.split(separators).filter(|part| !matches!(*part, "" | "." | ".."));
    let mut clean = names.collect::<Vec<_>>().join("/");
    clean.truncate(clean.floor_char_boundary(MAX_NAME));
    if clean.is_empty() { "unnamed".to_owned() } else { clean }
}

/// The time that a zip archive tells, in nanoseconds since 1970. Archives do not tell its zone.
fn time_of(time: zip::DateTime) -> i64 {
    let date = i16::try_from(time.year())
        .ok()
        .and_then(|year| Date::new(year, i8::try_from(time.month()).ok()?, i8::try_from(time.day()).ok()?));
    let seconds = i64::from(time.hour()) * 3_600 + i64::from(time.minute()) * 60 + i64::from(time.second());
    date.map_or(0, |date| (date.days() * 86_400 + seconds) * 1_000_000_000)
}

fn malformed_zip(error: &ZipError) -> ExtractError {
    ExtractError::Malformed(format!("not a readable zip archive: {}", zip_reason(error)))
}

fn malformed_tar(error: &io::Error) -> ExtractError {
    ExtractError::Malformed(format!("not a readable tar archive from some place on: {}", reason(error)))
}

fn zip_reason(error: &ZipError) -> String {
    match error {
        ZipError::Io(error) => reason(error),
        ZipError::InvalidArchive(cause) if cause.contains("EOCD") => {
            "it is cut off, or its directory of members is missing".to_owned()
        }
        ZipError::InvalidArchive(_) => "its directory of members makes no sense".to_owned(),
        other => reason(&io::Error::other(other.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use proptest::prelude::*;
    use zip::write::SimpleFileOptions;

    use super::*;

    const LIMIT: u64 = 1 << 10;

    fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
        let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, content) in members {
            writer.start_file(*name, SimpleFileOptions::default()).unwrap();
            writer.write_all(content).unwrap();
        }
        writer.add_directory("folder/", SimpleFileOptions::default()).unwrap();
        writer.finish().unwrap().into_inner()
    }

    fn tar(members: &[(&str, &[u8])]) -> Vec<u8> {
        let mut builder = tar::Builder::new(Vec::new());
        for (name, content) in members {
            let mut header = tar::Header::new_ustar();
            // Written by hand: the library refuses names that lead elsewhere.
            header.as_mut_bytes()[..name.len()].copy_from_slice(name.as_bytes());
            header.set_size(content.len() as u64);
            header.set_mtime(86_400);
            header.set_cksum();
            builder.append(&header, *content).unwrap();
        }
        let mut link = tar::Header::new_ustar();
        link.set_path("link").unwrap();
        link.set_entry_type(tar::EntryType::Symlink);
        link.set_link_name("/etc/passwd").unwrap();
        link.set_size(0);
        link.set_cksum();
        builder.append(&link, io::empty()).unwrap();
        builder.into_inner().unwrap()
    }

    fn members(bytes: Vec<u8>, format: Format) -> Result<Vec<(String, String)>, String> {
        let mut found = Vec::new();
        let outcome = Archive::of(bytes, format).and_then(|archive| {
            unpack(archive, LIMIT, &mut |member, content| {
                let content = match member.trouble {
                    Some(trouble) => format!("{trouble:?}"),
                    None => String::from_utf8_lossy(content).into_owned(),
                };
                found.push((member.name, content));
                true
            })
        });
        outcome.map(|()| found).map_err(|error| error.to_string())
    }

    #[test]
    fn members_come_in_order_and_names_lead_nowhere() {
        let content: [(&str, &[u8]); 4] =
            [("a/b.txt", b"one"), ("../../etc/x", b"two"), ("/abs/./y", b"three"), ("큰 파일.txt", b"four")];
        let expected = [("a/b.txt", "one"), ("etc/x", "two"), ("abs/y", "three"), ("큰 파일.txt", "four")];
        let expected = expected.map(|(name, content)| (name.to_owned(), content.to_owned()));
        assert_eq!(members(zip(&content), Format::Zip).unwrap(), expected);
        assert_eq!(members(tar(&content), Format::Tar).unwrap(), expected);
    }

    #[test]
    fn a_member_beyond_the_limit_is_told_and_the_others_come() {
        let large = vec![b'x'; LIMIT as usize + 1];
        let content: [(&str, &[u8]); 2] = [("large", &large), ("small", b"text")];
        let expected = [("large", "TooLarge"), ("small", "text")];
        let expected = expected.map(|(name, content)| (name.to_owned(), content.to_owned()));
        assert_eq!(members(zip(&content), Format::Zip).unwrap(), expected);
        assert_eq!(members(tar(&content), Format::Tar).unwrap(), expected);
    }

    #[test]
    fn names_in_old_encodings_are_read() {
        assert_eq!(
            clean_name(b"\xb9\xcc\xbb\xe7\xc0\xcf \xb0\xe6\xba\xb8\xc3\xbc\xb0\xe8.txt"),
            "미사일 경보체계.txt"
        );
        assert_eq!(clean_name(b"a\\b.txt"), "a/b.txt");
        assert_eq!(clean_name(b"../"), "unnamed");
        assert_eq!(clean_name("경".repeat(3_000).as_bytes()).len(), MAX_NAME / 3 * 3);
    }

    #[test]
    fn what_is_cut_off_says_so() {
        let cut = |mut bytes: Vec<u8>, keep: usize| {
            bytes.truncate(keep);
            bytes
        };
        let text = vec![b'x'; 900];
        let error = members(cut(zip(&[("a", &text)]), 60), Format::Zip).unwrap_err();
        assert!(error.starts_with("not a readable zip archive: "), "{error}");
        let error = members(cut(tar(&[("a", &text), ("b", &text)]), 512 + 1024 + 512 + 100), Format::Tar)
            .unwrap_err();
        assert_eq!(error, "not a readable tar archive from some place on: it is cut off");
    }

    proptest! {
        #[test]
        fn flipped_bytes_end_in_bounded_output(flips in proptest::collection::vec((any::<usize>(), any::<u8>()), 1..20)) {
            let content: [(&str, &[u8]); 3] = [("a.txt", b"one two three"), ("b/c.txt", &[b'x'; 500]), ("d", b"")];
            for (mut bytes, format) in [(zip(&content), Format::Zip), (tar(&content), Format::Tar)] {
                for &(at, value) in &flips {
                    let at = at % bytes.len();
                    bytes[at] ^= value;
                }
                let found = std::panic::catch_unwind(|| members(bytes, format));
                if let Ok(Ok(found)) = found {
                    prop_assert!(found.len() < 100);
                }
            }
        }
    }
}
