//! Placeholder.

use super::Raw;
use crate::document::{Base, Document};

/// An entry of a feed.
#[derive(Clone, Debug)]
pub struct Entry {
    /// What tells it from the feed's other entries, as the feed says; else its number, from 1.
    pub key: String,
    /// Where in the feed it starts.
    pub place: Base,
    /// The entry; its id is the feed's, `#` and the key.
    pub document: Document,
}

/// The entries of a feed, in their order.
pub fn entries(_raw: &Raw<'_>) -> Vec<Entry> {
    Vec::new()
}
