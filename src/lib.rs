//! Full-text search for folders of documents.

pub mod config;
pub mod date;
pub mod document;
pub mod hit;
pub mod query;
pub mod span;
