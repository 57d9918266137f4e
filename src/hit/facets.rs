//! What the documents that a query finds have in common: which facts are counted, and the counts.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::Serialize;

/// A fact of documents by which they are counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Facet {
    /// The language.
    Language,
    /// The format.
    Format,
    /// The extension of the file's name.
    Extension,
    /// The year, month or day.
    Date(DateStep),
    /// The first so many folders of the path.
    Path(usize),
    /// The values of a fact that documents state of themselves; a document with several counts for each.
    Meta(String),
}

/// How finely days are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DateStep {
    /// By the year.
    Year,
    /// By the month.
    Month,
    /// By the day.
    Day,
}

/// What is asked of facets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FacetRequest {
    /// What to count by.
    pub facets: Vec<Facet>,
    /// How many values of each to give at most, those of the most documents; 0 for all.
    pub limit: usize,
}

/// The counts of an answer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Facets {
    /// How many documents have a passage that matches.
    pub documents: usize,
    /// The counts of these documents, in the order in which they were asked for.
    pub facets: Vec<FacetCounts>,
}

/// How many documents have which value of one fact.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct FacetCounts {
    /// What is counted by, as it was asked for.
    pub facet: String,
    /// The values of the most documents first, those of equally many by value.
    pub values: Vec<FacetValue>,
    /// How many further values there are.
    pub more: usize,
    /// How many documents have no value.
    pub without: usize,
}

/// A value and how many documents have it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct FacetValue {
    /// The value.
    pub value: String,
    /// How many documents have it.
    pub documents: usize,
}

impl fmt::Display for Facet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Language => f.write_str("lang"),
            Self::Format => f.write_str("format"),
            Self::Extension => f.write_str("ext"),
            Self::Date(DateStep::Year) => f.write_str("date:year"),
            Self::Date(DateStep::Month) => f.write_str("date:month"),
            Self::Date(DateStep::Day) => f.write_str("date:day"),
            Self::Path(folders) => write!(f, "path:{folders}"),
            Self::Meta(key) => write!(f, "meta.{key}"),
        }
    }
}

/// Why a text names no facet.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no facet; write lang, format, ext, date:year, date:month, date:day, path:N (N folders) or meta.KEY")]
pub struct NoFacet;

impl FromStr for Facet {
    type Err = NoFacet;

    /// Reads a facet as [`Display`](fmt::Display) shows it; `path` is `path:1`.
    fn from_str(text: &str) -> Result<Self, NoFacet> {
        Ok(match text {
            "lang" => Self::Language,
            "format" => Self::Format,
            "ext" => Self::Extension,
            "date:year" => Self::Date(DateStep::Year),
            "date:month" => Self::Date(DateStep::Month),
            "date:day" => Self::Date(DateStep::Day),
            "path" => Self::Path(1),
            _ => match (text.strip_prefix("path:"), text.strip_prefix("meta.")) {
                (Some(folders), _) => {
                    Self::Path(folders.parse().ok().filter(|&number| number > 0).ok_or(NoFacet)?)
                }
                (_, Some(key)) if !key.is_empty() => Self::Meta(key.into()),
                _ => return Err(NoFacet),
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_is_read_as_the_same() {
        for text in ["lang", "format", "ext", "date:year", "date:month", "date:day", "path:2", "meta.by.name"]
        {
            assert_eq!(text.parse::<Facet>().map(|facet| facet.to_string()), Ok(text.into()));
        }
        assert_eq!("path".parse(), Ok(Facet::Path(1)));
        for text in ["", "date", "path:0", "path:x", "meta.", "size", "Lang"] {
            assert_eq!(text.parse::<Facet>(), Err(NoFacet), "{text}");
        }
    }
}
