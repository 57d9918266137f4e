//! Full-text search for folders of documents.

pub mod analysis;
pub mod cli;
pub mod config;
pub mod date;
pub mod document;
pub mod engine;
pub mod extract;
pub mod highlight;
pub mod hit;
pub mod index;
pub mod ingest;
pub mod passage;
pub mod pattern;
pub mod query;
pub mod render;
pub mod search;
pub mod source;
pub mod span;
