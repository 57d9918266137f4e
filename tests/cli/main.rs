//! The real program, from its arguments to its exit code and what it writes.

mod harness;
mod index;
mod laws;
mod maintain;
mod output;
mod safety;
mod search;
mod show;
mod status;
