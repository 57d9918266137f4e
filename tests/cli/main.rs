//! The real program, from its arguments to its exit code and what it writes.

#![expect(clippy::unwrap_used, reason = "in a test a panic is the way to fail")]

mod containers;
mod dictionary;
mod eval;
mod explain;
mod formats;
mod harness;
mod index;
mod json_lines;
mod languages;
mod laws;
mod maintain;
mod narrow;
mod output;
mod ranking;
mod safety;
mod search;
mod show;
mod status;
#[cfg(unix)]
mod terminal;
mod terms;
