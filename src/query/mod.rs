//! The query tree: what a query text means, before any analyzer has seen its words.
//!
//! The tree is plain data. Words and phrases keep the text that was typed; the engine analyses them with the
//! analyzer of the index that it searches, and the highlighter does the same with the texts of the hits, so
//! that both agree on what matched. [`parse()`] makes the tree from query text, and `Display` makes query text
//! from the tree again: parsing what is shown gives the same tree.

mod error;
mod expression;
mod fact;
mod field;
mod lex;
mod literal;
mod normal;
mod parse;
mod show;
mod size;
mod word;

use serde::{Deserialize, Serialize};

use crate::date::Period;

pub use error::{Notice, ParseError};
pub use expression::parse as parse_expression;
pub use fact::{FactFilter, FactTest, Limit, Number};
pub use parse::{MAX_QUERY_LENGTH, Operator, Options, Parsed, Reading, parse};
pub use size::Sizes;

/// A query: a tree whose leaves are clauses numbered from 0, from left to right.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Query {
    /// Matches every passage; gives no score.
    #[default]
    All,
    /// A sequence of parts, as `+a b -c`: every required part matches, no excluded one does, and where nothing is
    /// required at least one of the others, if there are any, does. Parts that match add to the score.
    Sequence(Vec<Part>),
    /// Matches where every one of these does.
    And(Vec<Query>),
    /// Matches where one of these does.
    Or(Vec<Query>),
    /// Matches wherever this does not.
    Not(Box<Query>),
    /// Multiplies the score of a query, which matches as before.
    Weighted {
        /// What matches.
        query: Box<Query>,
        /// The factor, above 0.
        weight: f32,
    },
    /// Words, or a phrase, in the text.
    Text(TextClause),
    /// A condition on the document; gives no score.
    Filter(FilterClause),
}

/// One part of a sequence.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Part {
    /// What the part asks of a passage.
    pub occur: Occur,
    /// What matches.
    pub query: Query,
}

/// What one part of a sequence asks of a passage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Occur {
    /// It adds to the score where it matches.
    Should,
    /// It must match.
    Must,
    /// It must not match.
    MustNot,
}

/// A leaf that matches words.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TextClause {
    /// The clause's number in its query.
    pub clause: usize,
    /// Where to look.
    pub field: TextField,
    /// What to look for, as typed.
    pub matcher: Matcher,
}

/// The texts that a clause may look in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TextField {
    /// The passage's text, its headings and its document's title.
    Any,
    /// The document's title.
    Title,
    /// The headings above the passage.
    Heading,
}

/// What a text clause looks for; all texts as typed, not analysed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Matcher {
    /// A word or one of its inflections. A text that the analyzer takes for several words (`multi-agent`)
    /// means them next to each other.
    Word(String),
    /// Exactly this word (case and accents folded).
    Exact(String),
    /// Any word that starts so.
    Prefix(String),
    /// These words in this order, one behind the other (case and accents folded).
    Phrase(String),
    /// A phrase whose last word may go on.
    PhrasePrefix(String),
    /// Any word that so few edits make of this one.
    Fuzzy {
        /// The word.
        word: String,
        /// How many letters may be put in, left out, changed, or exchanged with the next: 1 or 2.
        edits: u8,
    },
    /// Any word that this regular expression matches from its first letter to its last.
    Regex(String),
    /// The words of a phrase with other words among them.
    Within {
        /// The phrase; its last word may go on.
        phrase: Box<Matcher>,
        /// How many other words there may be.
        extra: u32,
        /// Whether the order of the words matters.
        order: Order,
    },
    /// Two things near each other in the text.
    Near {
        /// The one: anything but a condition, a weight or a field.
        first: Box<Matcher>,
        /// The other.
        second: Box<Matcher>,
        /// How many words may stand between them.
        between: u32,
        /// Whether the first must come first.
        order: Order,
    },
    /// One of these, as one side of `Near`.
    AnyOf(Vec<Matcher>),
}

/// Whether words that stand near each other must stand in the order in which they were typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// In any order.
    Any,
    /// In the order given.
    Given,
}

/// A leaf that is a condition on the document.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FilterClause {
    /// The clause's number in its query.
    pub clause: usize,
    /// The condition.
    pub filter: Filter,
}

/// A condition on a document.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Filter {
    /// The path matches this glob, or lies under this folder.
    Path(String),
    /// The language is this ISO 639 code.
    Language(String),
    /// The format has this name.
    Format(String),
    /// The file name ends in a dot and this.
    Extension(String),
    /// The date lies in this period.
    Date(Period),
    /// The source has so many bytes.
    Size(Sizes),
    /// The document states such a fact.
    Fact(FactFilter),
}

impl Query {
    /// The query that matches where all of these do; none where there are none.
    pub fn every(queries: Vec<Self>) -> Option<Self> {
        (!queries.is_empty()).then(|| {
            let mut query = normal::every(queries);
            normal::number(&mut query);
            query
        })
    }

    /// Every text clause of the query that a passage may match, in order; those under a `Not` left out.
    pub fn positive_clauses(&self) -> Vec<&TextClause> {
        let mut clauses = Vec::new();
        self.collect_positive(&mut clauses);
        clauses
    }

    /// The numbers of all clauses of the query, each with its query text, in order.
    pub fn clauses(&self) -> Vec<(usize, String)> {
        match self {
            Self::All => Vec::new(),
            Self::Text(clause) => vec![(clause.clause, clause.to_string())],
            Self::Filter(clause) => vec![(clause.clause, clause.filter.to_string())],
            Self::Not(query) | Self::Weighted { query, .. } => query.clauses(),
            Self::And(queries) | Self::Or(queries) => queries.iter().flat_map(Self::clauses).collect(),
            Self::Sequence(parts) => parts.iter().flat_map(|part| part.query.clauses()).collect(),
        }
    }

    /// Every text clause of the query, in order.
    pub fn text_clauses(&self) -> Vec<&TextClause> {
        match self {
            Self::All | Self::Filter(_) => Vec::new(),
            Self::Text(clause) => vec![clause],
            Self::Not(query) | Self::Weighted { query, .. } => query.text_clauses(),
            Self::And(queries) | Self::Or(queries) => queries.iter().flat_map(Self::text_clauses).collect(),
            Self::Sequence(parts) => parts.iter().flat_map(|part| part.query.text_clauses()).collect(),
        }
    }

    /// Every condition on the document in the query, in order.
    pub fn filters(&self) -> Vec<&Filter> {
        match self {
            Self::All | Self::Text(_) => Vec::new(),
            Self::Filter(clause) => vec![&clause.filter],
            Self::Not(query) | Self::Weighted { query, .. } => query.filters(),
            Self::And(queries) | Self::Or(queries) => queries.iter().flat_map(Self::filters).collect(),
            Self::Sequence(parts) => parts.iter().flat_map(|part| part.query.filters()).collect(),
        }
    }

    fn collect_positive<'a>(&'a self, clauses: &mut Vec<&'a TextClause>) {
        match self {
            Self::All | Self::Not(_) | Self::Filter(_) => {}
            Self::Text(clause) => clauses.push(clause),
            Self::Weighted { query, .. } => query.collect_positive(clauses),
            Self::And(queries) | Self::Or(queries) => {
                queries.iter().for_each(|query| query.collect_positive(clauses));
            }
            Self::Sequence(parts) => {
                let positive = parts.iter().filter(|part| part.occur != Occur::MustNot);
                positive.for_each(|part| part.query.collect_positive(clauses));
            }
        }
    }

    /// Any of what the query looks for, without what it requires and excludes: the best places in a document that
    /// matches it as a whole.
    #[must_use]
    pub fn any_of_it(&self) -> Self {
        self.wanted().unwrap_or(Self::All)
    }

    /// What of the query can be looked for in a passage; none where that is nothing. Where an alternative is nothing
    /// that can be looked for, any passage will do, and the others rank.
    fn wanted(&self) -> Option<Self> {
        let any = |wanted: Vec<Self>| {
            let part = |query| Part { occur: Occur::Should, query };
            (!wanted.is_empty()).then(|| normal::sequence(wanted.into_iter().map(part).collect()))
        };
        let one_of = |alternatives: &mut dyn Iterator<Item = &Self>| {
            let wanted: Vec<Option<Self>> = alternatives.map(Self::wanted).collect();
            let everything = wanted.iter().any(Option::is_none).then_some(Self::All);
            let wanted: Vec<Self> = wanted.into_iter().flatten().collect();
            any(if wanted.is_empty() { wanted } else { everything.into_iter().chain(wanted).collect() })
        };
        match self {
            Self::All | Self::Filter(_) | Self::Not(_) => None,
            Self::Text(_) => Some(self.clone()),
            Self::Weighted { query, weight } => {
                Some(Self::Weighted { query: Box::new(query.wanted()?), weight: *weight })
            }
            Self::And(queries) => any(queries.iter().filter_map(Self::wanted).collect()),
            Self::Or(queries) => one_of(&mut queries.iter()),
            Self::Sequence(parts) => {
                let of = |occur: Occur| {
                    parts.iter().filter(move |part| part.occur == occur).map(|part| &part.query)
                };
                let mut wanted: Vec<Self> = of(Occur::Must).filter_map(Self::wanted).collect();
                match wanted.is_empty() {
                    true => wanted.extend(one_of(&mut of(Occur::Should))),
                    false => wanted.extend(of(Occur::Should).filter_map(Self::wanted)),
                }
                any(wanted)
            }
        }
    }

    /// Whether the query is made of conditions on the document alone.
    pub fn is_condition(&self) -> bool {
        match self {
            Self::All | Self::Filter(_) => true,
            Self::Text(_) => false,
            Self::Not(query) | Self::Weighted { query, .. } => query.is_condition(),
            Self::And(queries) | Self::Or(queries) => queries.iter().all(Self::is_condition),
            Self::Sequence(parts) => parts.iter().all(|part| part.query.is_condition()),
        }
    }

    /// Whether anything in the query gives a score, so that hits can be ranked by it.
    pub fn is_scored(&self) -> bool {
        !self.positive_clauses().is_empty()
    }
}
