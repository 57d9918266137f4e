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

/// How an index splits its documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// How many words a passage aims at.
    pub passage_words: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self { passage_words: 200 }
    }
}
