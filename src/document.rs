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
use crate::span::{InDecoded, InPassage, InSource, InText, LineIndex, OffsetMap, Span};

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

/// The format that a source's content was read as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// Plain text.
    Text,
    /// Markdown (CommonMark with tables).
    Markdown,
    /// HTML and XHTML pages.
    Html,
    /// JSON Lines: each line a document.
    Jsonl,
}

impl Format {
    /// Every format, in the order in which they are listed to users.
    pub const ALL: [Self; 4] = [Self::Text, Self::Markdown, Self::Html, Self::Jsonl];

    /// The name that `format:` queries and the JSON output use.
    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Markdown => "markdown",
            Self::Html => "html",
            Self::Jsonl => "jsonl",
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
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
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// The headings above the text, outermost first.
    pub headings: Vec<String>,
    /// Where in the document's text the section stands (its own heading line included, where it has one).
    pub span: Span<InText>,
}

/// The way from a document's text back to its source, in two steps: text to decoded source, and decoded
/// source to the source's bytes.
#[derive(Clone, Debug)]
pub struct Origin {
    /// From the extracted text to the decoded source.
    pub decoded: OffsetMap,
    /// From the decoded source to the source's bytes.
    pub bytes: OffsetMap,
    /// The lines of the decoded source.
    pub lines: LineIndex,
    /// What to add to byte offsets and line numbers: where the decoded part starts in its file (a record of
    /// a JSON Lines file does not start at 0).
    pub base: Base,
}

/// Where in its file a part that was decoded on its own starts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Base {
    /// Bytes of the file before the part.
    pub bytes: usize,
    /// Lines of the file before the part's first line.
    pub lines: usize,
}

impl Origin {
    /// Where in the source the text's `span` stands.
    pub fn locate(&self, span: Span<InText>) -> Location {
        let decoded = self.decoded_span(span);
        let (start, end) = self.bytes.origin_of(decoded.start, decoded.end);
        let last = decoded.end.max(decoded.start + 1) - 1;
        Location::Lines {
            bytes: Span::new(start + self.base.bytes, end + self.base.bytes),
            lines: LineSpan {
                start: self.lines.line(decoded.start) + self.base.lines,
                end: self.lines.line(last) + self.base.lines,
            },
        }
    }

    /// The places from which lines and columns inside the text's `span` can be counted: its start, and
    /// wherever it does not go on as its source does.
    pub fn anchors(&self, span: Span<InText>) -> Vec<Anchor> {
        let breaks = self.decoded.breaks(span.start, span.end);
        breaks
            .map(|place| {
                let decoded = self.decoded.origin_of_start(place.at);
                Anchor {
                    offset: place.at - span.start,
                    line: self.lines.line(decoded) + self.base.lines,
                    column: self.lines.column(decoded),
                    width: place.width,
                    origin_width: place.origin_width,
                }
            })
            .collect()
    }

    fn decoded_span(&self, span: Span<InText>) -> Span<InDecoded> {
        let (start, end) = self.decoded.origin_of(span.start, span.end);
        Span::new(start, end)
    }
}

/// A place of a passage's text whose line and column in the source are known.
///
/// From here to the next anchor the text goes on as the source does, so that a place behind it is found by
/// counting line breaks; or, where the source writes characters otherwise (as escapes), by counting those.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "[usize; 5]", into = "[usize; 5]")]
pub struct Anchor {
    /// The offset in the passage's text.
    pub offset: usize,
    /// The source's line, from 1.
    pub line: usize,
    /// The column in that line, from 1, in bytes of its UTF-8 form.
    pub column: usize,
    /// How many bytes of the text each unit has from here to the next anchor.
    pub width: usize,
    /// How many bytes of the source each of these units has.
    pub origin_width: usize,
}

impl From<[usize; 5]> for Anchor {
    fn from([offset, line, column, width, origin_width]: [usize; 5]) -> Self {
        Self { offset, line, column, width, origin_width }
    }
}

impl From<Anchor> for [usize; 5] {
    fn from(anchor: Anchor) -> Self {
        [anchor.offset, anchor.line, anchor.column, anchor.width, anchor.origin_width]
    }
}

impl Anchor {
    /// The line and column, both from 1, of `offset` in a passage's `text` with these `anchors`.
    pub fn place(anchors: &[Anchor], text: &str, offset: usize) -> Option<(usize, usize)> {
        let at = anchors.partition_point(|anchor| anchor.offset <= offset).checked_sub(1)?;
        let anchor = anchors[at];
        if anchor.width != anchor.origin_width {
            let units = (offset - anchor.offset) / anchor.width.max(1);
            return Some((anchor.line, anchor.column + units * anchor.origin_width));
        }
        let between = &text.as_bytes()[anchor.offset..offset];
        let breaks = between.iter().filter(|&&byte| byte == b'\n').count();
        let column = match between.iter().rposition(|&byte| byte == b'\n') {
            Some(last) => between.len() - last,
            None => anchor.column + between.len(),
        };
        Some((anchor.line + breaks, column))
    }
}

/// Lines of a source, both ends included, counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(inline)]
pub struct LineSpan {
    /// The first line.
    pub start: usize,
    /// The last line.
    pub end: usize,
}

/// Where in its source a passage stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Location {
    /// Bytes and lines of a source that is text (of its decompressed content, if it was compressed).
    Lines {
        /// The source's bytes, counted from 0, the end not included.
        bytes: Span<InSource>,
        /// The source's lines, counted from 1, both included.
        lines: LineSpan,
    },
}

impl Location {
    /// The place as people write it behind a path and a colon: the first line, the page.
    pub fn short(&self) -> String {
        match self {
            Self::Lines { lines, .. } => lines.start.to_string(),
        }
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn origin(source: &str, pieces: &[(usize, usize, usize)]) -> Origin {
        let mut decoded = OffsetMap::default();
        for &(start, origin, len) in pieces {
            decoded.push(start, origin, len);
        }
        Origin {
            decoded,
            bytes: OffsetMap::identity(source.len()),
            lines: LineIndex::new(source),
            base: Base::default(),
        }
    }

    #[test]
    fn a_span_is_located_in_bytes_and_lines_of_its_source() {
        let origin = origin("# Title\n\n*One* two\nthree\n", &[(0, 2, 5), (7, 10, 3), (10, 14, 10)]);
        let Location::Lines { bytes, lines } = origin.locate(Span::new(7, 20));
        assert_eq!((bytes.start, bytes.end), (10, 24));
        assert_eq!((lines.start, lines.end), (3, 4));
    }

    #[test]
    fn anchors_lead_to_lines_and_columns() {
        let source = "# Title\n\n*One* two\nthree\n";
        let text = "Title\n\nOne two\nthree";
        let origin = origin(source, &[(0, 2, 5), (7, 10, 3), (10, 14, 10)]);
        let anchors = origin.anchors(Span::new(0, text.len()));
        let place = |word: &str| Anchor::place(&anchors, text, text.find(word).expect("in the text"));
        assert_eq!(place("Title"), Some((1, 3)));
        assert_eq!(place("One"), Some((3, 2)));
        assert_eq!(place("two"), Some((3, 7)));
        assert_eq!(place("hree"), Some((4, 2)));
    }

    #[test]
    fn escaped_characters_are_counted_as_the_source_writes_them() {
        // The source is `{"text":"\uac00\uac01 \n\nb"}`, the text `가각 \n\nb`.
        let mut decoded = OffsetMap::default();
        decoded.push_units(0, 9, 2, 3, 6);
        decoded.push(6, 21, 1);
        decoded.push_units(7, 22, 2, 1, 2);
        decoded.push(9, 26, 1);
        let source = r#"{"text":"\uac00\uac01 \n\nb"}"#;
        let origin = Origin { decoded, ..origin(source, &[]) };
        let text = "가각 \n\nb";
        let anchors = origin.anchors(Span::new(0, text.len()));
        assert_eq!(Anchor::place(&anchors, text, 3), Some((1, 16)));
        assert_eq!(Anchor::place(&anchors, text, 9), Some((1, 27)));
    }
}
