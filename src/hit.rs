//! What is asked of an engine and what it answers: plain data.
//!
//! An engine fills a [`Response`] with hits without highlights; `search` adds those; `render` turns the whole
//! into bytes. Fields here that are serialised are part of the contract that scripts depend on: they are
//! only ever added.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use crate::date::Date;
use crate::document::{Anchor, DateSource, DocId, Format, Location};
use crate::query::Query;
use crate::span::{InPassage, Span};

mod facets;

pub use facets::{DateStep, Facet, FacetCounts, FacetRequest, FacetValue, Facets, NoFacet};

/// What is asked of an engine.
#[derive(Clone, Debug)]
pub struct Request {
    /// What to look for.
    pub query: Query,
    /// What the document must match as a whole, each clause in any of its passages.
    pub document: Option<Query>,
    /// What hits must match beside it; changes no score and is not marked.
    pub filter: Option<Query>,
    /// The document whose passages are left out.
    pub without: Option<DocId>,
    /// How many hits to give at most.
    pub limit: usize,
    /// How many of the first hits to leave out.
    pub offset: usize,
    /// What one hit stands for.
    pub group: Group,
    /// The order of the hits.
    pub sort: Sort,
    /// Whether the number of hits must be exact, even where that costs the pruning of weak hits.
    pub count: Count,
    /// What to count the documents by that match.
    pub facets: FacetRequest,
    /// Whether words of the first hits are looked for too.
    pub expand: bool,
    /// Whether each hit says what its score is made of.
    pub explain: bool,
}

impl Default for Request {
    /// The ten best passages of everything.
    fn default() -> Self {
        Self {
            query: Query::All,
            document: None,
            filter: None,
            without: None,
            limit: 10,
            offset: 0,
            group: Group::default(),
            sort: Sort::default(),
            count: Count::default(),
            facets: FacetRequest::default(),
            expand: false,
            explain: false,
        }
    }
}

/// What one hit stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Group {
    /// Each passage is a hit.
    #[default]
    Passage,
    /// Each document is a hit: its best passage.
    Document,
}

/// The order of the hits. Ties are broken by document id, then by the passage's ordinal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Sort {
    /// Best score first.
    #[default]
    Score,
    /// Oldest date first.
    Date,
    /// Newest date first.
    DateDescending,
    /// By document id.
    Path,
}

/// How exactly hits are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Count {
    /// As far as the search went.
    #[default]
    Lazy,
    /// All of them.
    Exact,
}

/// What an engine answers.
#[derive(Clone, Debug, Default)]
pub struct Response {
    /// The query that was run: what is left of the one that was asked without its idle words, and what was added.
    pub query: Query,
    /// The hits asked for, in order.
    pub hits: Vec<Hit>,
    /// How many hits there are in all; at least so many when `total_exact` is false.
    pub total: usize,
    /// Whether `total` counts every hit.
    pub total_exact: bool,
    /// The counts of documents, where any were asked for.
    pub facets: Option<Facets>,
}

/// One result passage and its place.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Hit {
    /// The hit's place, from 1 (hits left out by `--offset` count).
    pub rank: usize,
    /// How well the passage fits the query; higher is better, 0 where nothing was ranked. Scores of one
    /// response compare with each other, not with those of another query.
    pub score: f32,
    /// The document that the passage is of.
    pub document: HitDocument,
    /// The passage and its place in the source.
    pub passage: HitPassage,
    /// The passage, whole.
    pub text: String,
    /// What the query matched in `text`, in order, without overlap.
    pub highlights: Vec<Highlight>,
    /// What the query matched in the document's title.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(default)]
    pub title_highlights: Vec<Highlight>,
    /// What the query matched in the headings above the passage.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(default)]
    pub heading_highlights: Vec<HeadingHighlight>,
    /// With `--group document`: how many of the document's passages matched.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub matching_passages: Option<usize>,
    /// With `--explain`: what the score is made of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub explanation: Option<Explanation>,
}

/// What a hit's score is made of.
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
pub struct Explanation {
    /// What each clause gave, and each pair of neighbouring words; the score is their sum.
    pub shares: Vec<Share>,
}

/// What a clause, or two words near each other, gave to a score.
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
pub struct Share {
    /// The clause as query text; both clauses of neighbouring words.
    pub what: String,
    /// The number of the clause; of neighbouring words the numbers of both.
    pub clauses: Vec<usize>,
    /// Whether the passage has what the clause looks for. What is found elsewhere in the document gives something too.
    pub matches: bool,
    /// What it gave.
    pub score: f32,
    /// What the clause matched in the passage, its headings and its title, each text once.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(default)]
    pub texts: Vec<String>,
}

/// The document of a hit.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct HitDocument {
    /// The document's identity.
    pub id: DocId,
    /// The path of the file that it stands in, as it was given to `index`.
    pub path: String,
    /// Its title, if it gives itself one.
    pub title: Option<String>,
    /// The day that it is of, as `YYYY-MM-DD`.
    pub date: Option<Date>,
    /// What the date was taken from.
    pub date_source: Option<DateSource>,
    /// Its language as an ISO 639 code, if that could be told.
    pub language: Option<String>,
    /// How its source was read.
    pub format: Format,
    /// The address that it was published at, if it says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// What else it says of itself.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(default)]
    pub facts: BTreeMap<String, serde_json::Value>,
}

/// The passage of a hit and its place.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct HitPassage {
    /// The document's id, `#`, and the ordinal.
    pub id: String,
    /// The passage's number in its document, from 0.
    pub ordinal: u32,
    /// The headings above the passage, outermost first.
    pub headings: Vec<String>,
    /// Where in its source the passage stands.
    pub location: Location,
    /// The way from the passage's text to lines and columns.
    #[serde(skip)]
    pub anchors: Vec<Anchor>,
}

/// A span of a text that the query matched.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Highlight {
    /// Where in the text it stands, in bytes; always on character boundaries.
    #[serde(flatten)]
    pub span: Span<InPassage>,
    /// The text of the span.
    pub text: String,
    /// The number, from 0, of the clause of the query that matched.
    pub clause: usize,
    /// The line in the source, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
    /// The column in that line, from 1, in bytes of its UTF-8 form.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<usize>,
}

/// A span of a heading that the query matched.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct HeadingHighlight {
    /// The heading's place in `headings`, from 0.
    pub heading: usize,
    /// The span in that heading.
    #[serde(flatten)]
    pub highlight: Highlight,
}
