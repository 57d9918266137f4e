//! What answers a request.
//!
//! An [`Engine`] is the one thing in the program that may be something else tomorrow: several indexes, a remote
//! cluster. It takes a [`Request`] and gives a [`Response`]; who asked, and how the answer is shown, it does not know.

mod compile;
mod expand;
mod facets;
mod fact_filter;
mod feedback;
mod interval;
#[cfg(test)]
mod laws;
mod local;
mod paths;
mod phrase;
mod plan;
#[cfg(test)]
mod ranking_laws;
mod rescore;
mod salience;
mod scope;
mod suggest;
mod sweep;
mod terms;
mod top;
mod union;
mod worthwhile;

use crate::analysis::Languages;
use crate::hit::{Hit, Request, Response};
use crate::index::{OpenError, ReadError};
use crate::pattern::PatternError;
use crate::query::Query;

pub use fact_filter::{unknown_facets, unknown_keys};
pub use local::LocalEngine;
pub use terms::{TermCount, TermForm, Terms, TermsRequest, terms};

/// The most words that a prefix, a fuzzy word or a regular expression may stand for.
pub const MAX_EXPANSION: usize = 10_000;

/// What answers a request.
pub trait Engine {
    /// The hits of a request, without highlights.
    ///
    /// # Errors
    ///
    /// When the query asks for what cannot be done, or the engine cannot answer.
    fn search(&self, request: &Request) -> Result<Response, EngineError>;

    /// The query with words beside it that stand in `hits`, its first ones, and in few other passages.
    ///
    /// # Errors
    ///
    /// When the engine cannot answer.
    fn widened(&self, query: &Query, hits: &[Hit]) -> Result<Query, EngineError>;

    /// The query for passages that are like `hits`.
    ///
    /// # Errors
    ///
    /// When the engine cannot answer.
    fn like(&self, hits: &[Hit]) -> Result<Query, EngineError>;

    /// The word that somebody who typed `word`, which is folded, probably meant: one of the index, a few letters away,
    /// where the index hardly has what was typed.
    ///
    /// # Errors
    ///
    /// When the engine cannot answer.
    fn suggest(&self, word: &str, form: Form) -> Result<Option<String>, EngineError>;

    /// The number of the state that answers; a later state has a higher number.
    fn generation(&self) -> u64;

    /// The languages of what it searches, which decide the stems of a query's words.
    fn languages(&self) -> Languages;
}

/// What counts as an occurrence of a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Form {
    /// The word or one of its inflections.
    Any,
    /// The word as it stands.
    Exact,
}

/// Why a request has no answer.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// A prefix, a fuzzy word or a regular expression stands for too many words.
    #[error("`{0}` stands for more than {MAX_EXPANSION} words; type more of its letters")]
    TooManyWords(String),
    /// There are no words for what a clause looks for.
    #[error(transparent)]
    Pattern(#[from] PatternError),
    /// A glob cannot be read.
    #[error("`path:{glob}`: {reason}; see `tidings search --help` for globs")]
    BadGlob {
        /// The glob as typed.
        glob: String,
        /// What is wrong with it.
        reason: String,
    },
    /// What words are to start with is none.
    #[error(
        "`{0}` is not the beginning of one word; write letters or digits, or one or two Hangul, Han or Kana characters"
    )]
    NotABeginning(String),
    /// The index cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The index cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
}

impl From<tantivy::TantivyError> for EngineError {
    fn from(error: tantivy::TantivyError) -> Self {
        Self::Read(error.into())
    }
}

impl EngineError {
    /// Whether the query is at fault, not the index.
    pub fn is_of_query(&self) -> bool {
        matches!(
            self,
            Self::TooManyWords(_) | Self::Pattern(_) | Self::BadGlob { .. } | Self::NotABeginning(_)
        )
    }
}
