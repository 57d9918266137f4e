//! Placeholder.

use super::{Raw, text};
use crate::document::{Base, Document};

/// A message with what is attached to it.
#[derive(Clone, Debug)]
pub struct Message {
    /// The message itself.
    pub document: Document,
    /// The files and messages that are attached to it.
    pub attachments: Vec<Attachment>,
}

/// A file or message that is attached to a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    /// Its name; may be empty.
    pub name: String,
    /// Its content, decoded.
    pub bytes: Vec<u8>,
}

/// Makes a document of a message.
pub fn extract(raw: &Raw<'_>, _base: Base) -> Message {
    Message { document: text::extract(raw), attachments: Vec::new() }
}
