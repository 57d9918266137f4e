//! Ripgrep: what a search costs without an index.

use std::path::Path;
use std::process::Command;

/// Its name.
pub const PROGRAM: &str = "rg";

/// Ripgrep, to count the lines of each file below a folder that have any of these words.
pub fn count(folder: &Path, words: &str) -> Command {
    let mut program = Command::new(PROGRAM);
    program.args(["--ignore-case", "--count"]);
    for word in words.split_whitespace() {
        program.args(["-e", word]);
    }
    program.arg(folder);
    program
}
