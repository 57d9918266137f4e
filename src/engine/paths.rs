//! The globs of `path:`, held against every path that the index knows.
//!
//! A glob says nothing of where its paths stand in the dictionary, so all of them are read: there is one for each file.

use std::collections::BTreeSet;

use globset::{GlobBuilder, GlobMatcher};
use tantivy::Searcher;
use tantivy::schema::Field;

use super::{EngineError, expand};

/// What a `path:` filter asks of a path.
pub(super) struct PathMatcher {
    folder: String,
    glob: GlobMatcher,
    /// A glob without a slash is held against the file's name alone, in whatever folder that is.
    name_only: bool,
}

impl PathMatcher {
    /// Reads a glob as it was typed.
    pub(super) fn new(typed: &str) -> Result<Self, EngineError> {
        let path = typed.strip_prefix("./").unwrap_or(typed);
        let glob = GlobBuilder::new(path).literal_separator(true).build().map_err(|error| {
            EngineError::BadGlob { glob: typed.to_owned(), reason: error.kind().to_string() }
        })?;
        Ok(Self {
            folder: format!("{}/", path.trim_end_matches('/')),
            glob: glob.compile_matcher(),
            name_only: !path.contains('/'),
        })
    }

    fn matches(&self, path: &str) -> bool {
        let name = path.rsplit('/').next().unwrap_or(path);
        path.starts_with(&self.folder)
            || self.glob.is_match(path)
            || (self.name_only && self.glob.is_match(name))
    }
}

/// The paths of a field that fit.
pub(super) fn paths_of(
    searcher: &Searcher,
    field: Field,
    matcher: &PathMatcher,
) -> Result<BTreeSet<String>, EngineError> {
    let mut paths = BTreeSet::new();
    for segment in searcher.segment_readers() {
        let index = segment.inverted_index(field)?;
        let mut terms = index.terms().stream().map_err(expand::io_error)?;
        while terms.advance() {
            if let Ok(path) = std::str::from_utf8(terms.key())
                && matcher.matches(path)
            {
                paths.insert(path.to_owned());
            }
        }
    }
    Ok(paths)
}
