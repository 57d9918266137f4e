//! The settings that an index is built with and their defaults.
//!
//! They ride in the index itself, so that a later pass splits and analyses as the first one did. Where the
//! index stands comes from the command line or the environment and is no setting of the index.

use serde::{Deserialize, Serialize};

/// Where the index stands unless `--index` or `TIDINGS_INDEX` say otherwise.
pub const DEFAULT_INDEX: &str = "index";

/// What is ingested when neither the command line nor the index names a source.
pub const DEFAULT_SOURCE: &str = "seeds";

/// The largest source that is read by default, in bytes: 64 MiB.
pub const DEFAULT_MAX_FILE_SIZE: u64 = 64 << 20;

/// How an index splits and analyses its documents.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// How many words a passage aims at.
    pub passage_words: usize,
    /// The dictionaries by which words are found beside their characters. By default none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dictionaries: Vec<DictionarySetting>,
}

/// A dictionary that an index was made with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DictionarySetting {
    /// The folder that it stands in, from the root on.
    pub path: String,
    /// The ISO 639 code of the language that it knows words of.
    pub language: String,
    /// A hash of its content.
    pub content: String,
    /// A hash of its files' sizes and modification times: where these are the same, so is the content.
    pub stamp: String,
}

impl Default for Settings {
    fn default() -> Self {
        Self { passage_words: 200, dictionaries: Vec::new() }
    }
}
