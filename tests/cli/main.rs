//! The real program, from its arguments to its exit code and what it writes.

mod harness;
mod index;
