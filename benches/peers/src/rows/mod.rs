//! The groups of rows of the table, one a file. Each asserts the answers of whom it measures.

pub mod batch;
pub mod growth;
pub mod in_process;
pub mod index;
pub mod one_shot;
pub mod passes;

use anyhow::{Result, ensure};

/// Fails unless what two sides counted is the same but for one in a hundred: words of a text that an analyzer takes
/// apart otherwise.
fn ensure_agree(what: &str, ours: usize, theirs: usize) -> Result<()> {
    let difference = ours.abs_diff(theirs) as f64;
    ensure!(difference <= 0.01 * theirs.max(1) as f64, "{what}: {ours} found, {theirs} expected");
    Ok(())
}
