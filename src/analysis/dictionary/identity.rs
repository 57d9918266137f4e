//! What tells a dictionary from others: its content, and whether it may have changed since that was read.
//!
//! Reading the tens of megabytes of a dictionary costs more than a search. As with sources, files of the same sizes and
//! modification times are taken to be the same.

use std::fs::{self, File};
use std::path::Path;
use std::time::UNIX_EPOCH;

use super::DictionaryError;

/// The files of a dictionary.
const FILES: [&str; 9] = [
    "metadata.json",
    "char_def.bin",
    "unk.bin",
    "dict.trie",
    "dict.valsidx",
    "dict.vals",
    "dict.words",
    "dict.wordsidx",
    "matrix.mtx",
];

/// What is hashed with the content: raised when the same dictionary may give other words.
const SEGMENTER: &str = "lindera 6.2";

/// What tells a dictionary from others.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Identity {
    /// A hash of its content.
    pub content: String,
    /// A hash of its files' sizes and modification times.
    pub stamp: String,
}

impl Identity {
    /// The identity of the dictionary in a folder; its content is read only where it is not the one that is `known`.
    pub(super) fn of(path: &Path, known: Option<&Self>) -> Result<Self, DictionaryError> {
        let stamp = stamp(path)?;
        match known.filter(|known| known.stamp == stamp) {
            Some(known) => Ok(known.clone()),
            None => Ok(Self { content: content(path)?, stamp }),
        }
    }
}

fn stamp(path: &Path) -> Result<String, DictionaryError> {
    let mut hasher = blake3::Hasher::new();
    for name in FILES {
        let metadata = fs::metadata(path.join(name)).map_err(|error| damaged(path, name, &error))?;
        let modified = metadata.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
        hasher.update(&metadata.len().to_le_bytes());
        hasher.update(&modified.unwrap_or_default().as_nanos().to_le_bytes());
    }
    Ok(hasher.finalize().to_hex().to_string())
}

fn content(path: &Path) -> Result<String, DictionaryError> {
    let mut hasher = blake3::Hasher::new();
    hasher.update(SEGMENTER.as_bytes());
    for name in FILES {
        let failed = |error| damaged(path, name, &error);
        let file = File::open(path.join(name)).map_err(failed)?;
        hasher.update(&file.metadata().map_err(failed)?.len().to_le_bytes());
        hasher.update_reader(file).map_err(failed)?;
    }
    Ok(hasher.finalize().to_hex().to_string())
}

fn damaged(path: &Path, name: &str, error: &std::io::Error) -> DictionaryError {
    let reason = match error.kind() {
        std::io::ErrorKind::NotFound => format!("{name} is missing"),
        _ => format!("{name}: {error}"),
    };
    DictionaryError::Damaged { path: path.to_owned(), reason }
}
