//! The flags of `search` that restrict its hits and count its documents.

use clap::Args;

use super::Failure;
use crate::hit::{Facet, FacetRequest};
use crate::query::{self, Parsed, Query};

/// What hits must match beside the query, and what their documents are counted by.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Hits")]
pub(in crate::cli) struct NarrowArguments {
    /// Give only hits that this query text matches too; it changes no score and is not marked. Several must all hold
    #[arg(long, value_name = "QUERY", allow_hyphen_values = true)]
    filter: Vec<String>,
    /// Count the documents found by lang, format, ext, date:year, date:month, date:day, path:N (N folders), meta.KEY
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    facets: Vec<Facet>,
    /// How many values of each facet to give at most; 0 for all
    #[arg(long, value_name = "N", default_value_t = 10, requires = "facets")]
    facet_limit: usize,
}

impl NarrowArguments {
    /// What hits must match beside the query.
    ///
    /// The flags that say how the query text is read do not reach it, so that a filter always means the same.
    pub(in crate::cli) fn filter(&self) -> Result<Option<Query>, Failure> {
        let mut queries = Vec::with_capacity(self.filter.len());
        for text in &self.filter {
            let Parsed { query, notices } = query::parse(text, query::Options::default())?;
            notices.iter().for_each(|notice| super::tell(format_args!("--filter: {}", notice.message)));
            queries.push(query);
        }
        Ok(Query::every(queries))
    }

    /// Whether documents are counted.
    pub(in crate::cli) fn has_facets(&self) -> bool {
        !self.facets.is_empty()
    }

    /// What documents are counted by.
    pub(in crate::cli) fn facets(&self) -> FacetRequest {
        FacetRequest { facets: self.facets.clone(), limit: self.facet_limit }
    }
}
