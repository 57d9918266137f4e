//! Full-text search for folders of documents.

pub mod analysis;
pub mod config;
pub mod date;
pub mod document;
pub mod hit;
pub mod index;
pub mod passage;
pub mod query;
pub mod span;
