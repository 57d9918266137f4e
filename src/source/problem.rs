//! What a walk stumbles over.
//!
//! The `ignore` crate nests its errors, and gives with one name what differs for us: a path that cannot be
//! read, a link that leads in a circle, a line of an ignore file that is no glob. Here they are told apart.

use std::io;
use std::path::PathBuf;

use super::reason;

/// What the walk stumbled over.
pub(super) struct Problem {
    pub(super) path: PathBuf,
    pub(super) cause: Cause,
}

impl Problem {
    /// The problem as one of an ignore file that could not be read or understood.
    pub(super) fn of_ignore_file(self) -> Self {
        let cause = match self.cause {
            Cause::Io(error) => Cause::IgnoreFile(reason(&error)),
            cause => cause,
        };
        Self { cause, ..self }
    }
}

/// In which way.
pub(super) enum Cause {
    /// The path could not be read.
    Io(io::Error),
    /// The path is a link to a folder above it.
    Loop,
    /// The path is an ignore file with a line that is no glob.
    IgnoreFile(String),
}

/// Takes an error of the walk apart.
pub(super) fn unfold(error: ignore::Error, tell: &mut dyn FnMut(Problem)) {
    unfold_at(error, PathBuf::new(), None, tell);
}

/// Takes an error apart; `path` and `line` are what is known of its place.
fn unfold_at(error: ignore::Error, path: PathBuf, line: Option<u64>, tell: &mut dyn FnMut(Problem)) {
    let of_rule = |text: String| match line {
        Some(line) => Cause::IgnoreFile(format!("line {line}: {text}")),
        None => Cause::IgnoreFile(text),
    };
    let (path, cause) = match error {
        ignore::Error::Partial(errors) => {
            return errors.into_iter().for_each(|error| unfold_at(error, path.clone(), line, tell));
        }
        ignore::Error::WithLineNumber { line, err } => return unfold_at(*err, path, Some(line), tell),
        ignore::Error::WithPath { path, err } => return unfold_at(*err, path, line, tell),
        ignore::Error::WithDepth { err, .. } => return unfold_at(*err, path, line, tell),
        ignore::Error::Loop { child, .. } => (child, Cause::Loop),
        ignore::Error::Io(error) => (path, Cause::Io(error)),
        ignore::Error::Glob { glob, err } => {
            (path, of_rule(format!("glob {:?}: {err}", glob.unwrap_or_default())))
        }
        other => (path, of_rule(other.to_string())),
    };
    tell(Problem { path, cause });
}
