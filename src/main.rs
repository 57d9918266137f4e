//! The `tidings` program: see the library's `cli`.

use std::process::ExitCode;

fn main() -> ExitCode {
    tidings::cli::run()
}
