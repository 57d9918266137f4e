//! What the flow of data carries: documents, their sections and passages, and what is recorded of them.
//!
//! A [`Document`] is a source's extracted text with its facts; a [`Passage`] is the part of it that a search
//! retrieves; a [`DocumentRecord`] is what the index remembers of a source, whether it could be
//! indexed or not. The types are plain data: reading sources, extracting and splitting happen elsewhere.

use std::collections::BTreeMap;
use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::date::Date;
use crate::span::{InPassage, InText, Span};

mod format;
mod location;
mod origin;

pub use format::Format;
pub use location::{LineSpan, Location, NumberSpan, TimeSpan};
pub use origin::{Anchor, Base, Cue, Origin, Places, TextOrigin};

/// A document's identity: its path as given, relative to the working directory, and for one record of a
/// container `#` and the record's own id.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct DocId(pub String);

impl DocId {
    /// The id of the record `id` inside the container at `path`.
    pub fn of_record(path: &str, id: &str) -> Self {
        Self(format!("{path}#{id}"))
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for DocId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a document's date was taken from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DateSource {
    /// The document itself: front matter, a meta tag, a `date` field.
    Metadata,
    /// A date in the file's name.
    FileName,
    /// The file's modification time (in UTC).
    Modified,
}

/// Facts of a document that hold for all of its passages.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Facts {
    /// The title that the document gives itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The day that the document is of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<Date>,
    /// What `date` was taken from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date_source: Option<DateSource>,
    /// The language as a two- or three-letter ISO 639 code, declared or detected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// The address that the document was published at, if it says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// What else the document says of itself, by field name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub other: BTreeMap<String, serde_json::Value>,
}

/// A source's extracted text with its facts.
#[derive(Clone, Debug)]
pub struct Document {
    /// The document's identity.
    pub id: DocId,
    /// The path of the file that it stands in (the id itself, but for a record).
    pub path: String,
    /// How its source was read.
    pub format: Format,
    /// What it says of itself.
    pub facts: Facts,
    /// The extracted text, in reading order.
    pub text: String,
    /// The runs of `text` under one heading each; in order, without overlap.
    pub sections: Vec<Section>,
    /// The way from `text` back to the source.
    pub origin: Origin,
}

/// The run of a document's text under one heading.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Section {
    /// The headings above the text, outermost first.
    pub headings: Vec<String>,
    /// Where in the document's text the section stands (its own heading line included, where it has one).
    pub span: Span<InText>,
    /// What passages of it are whole runs of.
    pub units: Units,
}

/// What the text of a section is made of that no passage should cut.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Units {
    /// Sentences.
    #[default]
    Sentences,
    /// Paragraphs with blank lines between them, such as the rows of a table.
    Paragraphs,
}

/// The unit that is retrieved: a run of whole sentences inside one section of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passage {
    /// The passage's number in its document, from 0.
    pub ordinal: u32,
    /// The headings above it, outermost first.
    pub headings: Vec<String>,
    /// Where in the document's text it stands.
    pub span: Span<InText>,
    /// Where in the source it stands.
    pub location: Location,
    /// Its text.
    pub text: String,
    /// The way from `text` to lines and columns of the source.
    pub anchors: Vec<Anchor>,
}

/// The id of one passage: its document's id, `#` and its ordinal.
pub fn passage_id(document: &DocId, ordinal: u32) -> String {
    format!("{document}#{ordinal}")
}

/// What tells whether a document must be read again: its content and the versions of what read it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fingerprint {
    /// A hash of the source's bytes, in hexadecimal; empty when they were never read.
    pub content: String,
    /// The version of the extractor that read them.
    pub extractor: u32,
    /// The version of the analyzer that indexed them.
    pub analyzer: u32,
}

/// What became of a source document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "state", content = "reason", rename_all = "snake_case")]
pub enum State {
    /// Its passages are in the index.
    Indexed,
    /// A rule left it out; no failure.
    Skipped(String),
    /// It could not be read or parsed.
    Failed(String),
}

impl State {
    /// The state's name, as `status` shows it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Indexed => "indexed",
            Self::Skipped(_) => "skipped",
            Self::Failed(_) => "failed",
        }
    }

    /// Why the document was skipped or failed.
    pub fn reason(&self) -> Option<&str> {
        match self {
            Self::Indexed => None,
            Self::Skipped(reason) | Self::Failed(reason) => Some(reason),
        }
    }
}

/// What the index remembers of one source document.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DocumentRecord {
    /// The document's identity.
    pub id: DocId,
    /// The path of the file that it stands in.
    pub path: String,
    /// What became of it.
    #[serde(flatten)]
    pub state: State,
    /// How its source was read; `None` where it was not read.
    pub format: Option<Format>,
    /// What it says of itself.
    #[serde(flatten)]
    pub facts: Facts,
    /// What tells whether it must be read again.
    pub fingerprint: Fingerprint,
    /// Bytes of the source (of the record, for one of a container).
    pub size: u64,
    /// The source's modification time in nanoseconds since 1970, UTC; 0 where there is none.
    pub modified: i64,
    /// How many passages it has.
    pub passages: u32,
    /// How many tokens the ranked view of its passages has.
    pub tokens: u64,
    /// For a container (a JSON Lines file), which is no document itself: what it holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parts: Option<Parts>,
}

impl DocumentRecord {
    /// Whether the source is a document itself. One that holds parts may be one too: a message with attachments.
    pub fn is_document(&self) -> bool {
        self.state == State::Indexed && (self.parts.is_none() || self.passages > 0)
    }
}

/// What a container holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(inline)]
pub struct Parts {
    /// Documents.
    pub documents: u64,
    /// Parts that could not be read.
    pub failed: u64,
}

/// A span of a hit's text, title or heading that the query matched.
pub type MatchSpan = Span<InPassage>;
