//! What stands on disk: the fields of the index, and what is stored in them.
//!
//! An index directory is one tantivy index, and the codebook of what is stored (`packed`). It holds three kinds of entries, told apart by
//! `kind`, and a payload in its last commit ([`Meta`]):
//!
//! | kind | one for each | so that |
//! |---|---|---|
//! | `document` | source file (a container, such as a JSON Lines file, too) | a pass can tell what changed, `status` what became of it |
//! | `record` | document inside a container, or line of one that failed | the same, for the parts of a container |
//! | `passage` | passage of a document | it can be found |
//!
//! | field | in | form | for |
//! |---|---|---|---|
//! | `kind` | all | term | telling the entries apart |
//! | `id` | all | term, column | deleting, grouping, the order of ties |
//! | `path` | all | term | path filters, deleting a container's records |
//! | `ordinal` | passages | term, column | the order of ties, the first passage of a document |
//! | `stem` | passages | stems with frequencies: title three times, headings, text | ranking words |
//! | `word` | passages | base forms by dictionaries, with frequencies: title three times, headings, text | ranking words in all their forms |
//! | `body` | passages | folded words with positions | phrases, exact words, prefixes |
//! | `title`, `heading` | passages | folded words and their stems, with positions | `title:` and `heading:`, phrases in titles |
//! | `language`, `format`, `extension` | passages | term | filters |
//! | `date` | passages | term, column: days since 1970 | date ranges, sorting |
//! | `fact` | passages | terms of what the document states of itself, see [`fact_of_term`](super::fact_of_term) | filters, counts |
//! | `size` | all | column | filters, telling what changed |
//! | `modified`, `hash`, `state`, `extractor`, `analyzer` | documents, records | columns | telling what changed without reading what is stored |
//! | `parts`, `broken_parts` | containers | columns | how many records they hold, how many lines failed |
//! | `passages`, `tokens_…` | documents, records | columns | the statistics that BM25 needs, kept exact when documents go |
//!
//! What is stored of an entry is in no field, and tantivy does not know what it is: of a record JSON of a
//! `DocumentRecord`, packed (`packed`), with the first passage of a group the packed group (`stored`), with its other
//! passages how far behind that one they stand.
//!
//! A document's entries are written together, its passages in order, so that they stay neighbours in one
//! segment. Anything that changes here, or in the order of what is written, raises [`FORMAT_VERSION`].

use serde::{Deserialize, Serialize};
use tantivy::schema::{
    FAST, Field, IndexRecordOption, NumericOptions, Schema, TextFieldIndexing, TextOptions,
};

use crate::config::Settings;
use crate::document::{Anchor, DocId, Facts, Format, Location};

/// The version of the format on disk.
pub const FORMAT_VERSION: u32 = 6;

/// How often a title counts in the field `stem`, so that it weighs more inside of one term frequency.
pub const TITLE_COUNTS: usize = 3;

/// The fields of an index, by name.
#[derive(Clone, Copy, Debug)]
#[expect(missing_docs, reason = "the table in the module's documentation describes them")]
pub struct Fields {
    pub kind: Field,
    pub id: Field,
    pub path: Field,
    pub ordinal: Field,
    pub stem: Field,
    pub word: Field,
    pub body: Field,
    pub title: Field,
    pub heading: Field,
    pub language: Field,
    pub format: Field,
    pub extension: Field,
    pub date: Field,
    pub fact: Field,
    pub size: Field,
    pub modified: Field,
    pub hash: Field,
    pub state: Field,
    pub extractor: Field,
    pub analyzer: Field,
    pub parts: Field,
    pub broken_parts: Field,
    pub passages: Field,
    pub tokens: [Field; 5],
}

/// The kinds of entries, as the terms of the field `kind`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A source file.
    Document,
    /// A document inside a container.
    Record,
    /// A passage.
    Passage,
}

impl Kind {
    /// The term of the field `kind`.
    pub fn term(self) -> &'static str {
        match self {
            Self::Document => "document",
            Self::Record => "record",
            Self::Passage => "passage",
        }
    }
}

/// The names of the columns that sum up the tokens of a document's passages, one for each text field.
pub const TOKEN_COLUMNS: [&str; 5] =
    ["tokens_stem", "tokens_body", "tokens_title", "tokens_heading", "tokens_word"];

/// The schema of an index, with its fields.
pub fn schema() -> (Schema, Fields) {
    let mut builder = Schema::builder();
    let with_positions = || text(IndexRecordOption::WithFreqsAndPositions);
    let column = || NumericOptions::default() | FAST;
    // Without lengths: an entry has one value or none.
    let indexed = || column().set_indexed();
    let fields = Fields {
        kind: builder.add_text_field("kind", raw()),
        id: builder.add_text_field("id", raw().set_fast("raw")),
        path: builder.add_text_field("path", raw()),
        ordinal: builder.add_u64_field("ordinal", indexed()),
        stem: builder.add_text_field("stem", text(IndexRecordOption::WithFreqs)),
        word: builder.add_text_field("word", text(IndexRecordOption::WithFreqs)),
        body: builder.add_text_field("body", with_positions()),
        title: builder.add_text_field("title", with_positions()),
        heading: builder.add_text_field("heading", with_positions()),
        language: builder.add_text_field("language", raw()),
        format: builder.add_text_field("format", raw()),
        extension: builder.add_text_field("extension", raw()),
        date: builder.add_i64_field("date", indexed()),
        fact: builder.add_text_field("fact", raw()),
        size: builder.add_u64_field("size", column()),
        modified: builder.add_i64_field("modified", column()),
        hash: builder.add_u64_field("hash", column()),
        state: builder.add_u64_field("state", column()),
        extractor: builder.add_u64_field("extractor", column()),
        analyzer: builder.add_u64_field("analyzer", column()),
        parts: builder.add_u64_field("parts", column()),
        broken_parts: builder.add_u64_field("broken_parts", column()),
        passages: builder.add_u64_field("passages", column()),
        tokens: TOKEN_COLUMNS.map(|name| builder.add_u64_field(name, column())),
    };
    (builder.build(), fields)
}

fn raw() -> TextOptions {
    let indexing = TextFieldIndexing::default()
        .set_tokenizer("raw")
        .set_index_option(IndexRecordOption::Basic)
        .set_fieldnorms(false);
    TextOptions::default().set_indexing_options(indexing)
}

/// What tantivy is told of who makes the terms of texts: no tokenizer of its own has this name.
const NO_TOKENIZER: &str = "terms";

fn text(record: IndexRecordOption) -> TextOptions {
    let indexing = TextFieldIndexing::default().set_tokenizer(NO_TOKENIZER).set_index_option(record);
    TextOptions::default().set_indexing_options(indexing)
}

/// What rides in the payload of each commit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Meta {
    /// The version of the format on disk.
    pub format_version: u32,
    /// The version of the analysis that made the terms.
    pub analyzer: u32,
    /// How documents are split and analysed.
    pub settings: Settings,
    /// The paths that were given to be ingested, without standard input.
    pub roots: Vec<String>,
    /// What the index holds.
    pub totals: Totals,
    /// When the commit was made, in seconds since 1970, UTC.
    pub updated: i64,
    /// The hash of the codebook by which texts are packed, once there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub codebook: Option<String>,
}

impl Default for Meta {
    fn default() -> Self {
        Self {
            format_version: FORMAT_VERSION,
            analyzer: crate::analysis::VERSION,
            settings: Settings::default(),
            roots: Vec::new(),
            totals: Totals::default(),
            updated: 0,
            codebook: None,
        }
    }
}

/// Sums over documents, exact at each commit.
///
/// BM25 needs the number of passages and the lengths of their fields. What tantivy keeps counts document records
/// as texts of length zero and goes on counting what was deleted until segments are merged; these
/// sums do neither, so that scores do not depend on an index's history.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    /// Documents that have passages.
    pub documents: u64,
    /// Passages.
    pub passages: u64,
    /// Tokens of the fields `stem`, `body`, `title`, `heading` and `word`.
    pub tokens: [u64; 5],
}

impl Totals {
    /// Adds what a document has.
    pub fn add(&mut self, other: Self) {
        self.documents += other.documents;
        self.passages += other.passages;
        for (sum, tokens) in self.tokens.iter_mut().zip(other.tokens) {
            *sum += tokens;
        }
    }

    /// Takes away what a document had.
    pub fn subtract(&mut self, other: Self) {
        self.documents = self.documents.saturating_sub(other.documents);
        self.passages = self.passages.saturating_sub(other.passages);
        for (sum, tokens) in self.tokens.iter_mut().zip(other.tokens) {
            *sum = sum.saturating_sub(tokens);
        }
    }
}

/// What is stored with a passage beside its text: all that a hit shows of it.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredPassage {
    /// The document's identity.
    pub id: DocId,
    /// The path of the file that the document stands in.
    pub path: String,
    /// How its source was read.
    pub format: Format,
    /// What the document says of itself.
    pub facts: Facts,
    /// The passage's number in its document.
    pub ordinal: u32,
    /// The headings above it.
    pub headings: Vec<String>,
    /// Where in the source it stands.
    pub location: Location,
    /// The way from its text to lines and columns.
    pub anchors: Vec<Anchor>,
}
