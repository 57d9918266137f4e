//! What goes to standard error, and what the program exits with.
//!
//! The exit codes are part of the contract that scripts depend on; this is the one place that knows which
//! error means which. Messages name the object first, then the cause, then the remedy, on one line.

use std::fmt::Display;
use std::io::{self, Write};
use std::process::ExitCode;

use crate::engine::EngineError;
use crate::index::{OpenError, ReadError};
use crate::ingest::IngestError;
use crate::query::ParseError;
use crate::render::sanitised;

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// Found, or done.
    Done,
    /// Nothing was found, and the search was complete.
    Nothing,
    /// The command line or the query is wrong.
    Usage,
    /// Some source could not be read; what worked was given out.
    Partial,
    /// The index is missing, of another version, or corrupt.
    NoIndex,
    /// Something may not be read or written.
    Permission,
    /// Another writer holds the index.
    Busy,
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        Self::from(match outcome {
            Outcome::Done => 0,
            Outcome::Nothing => 1,
            Outcome::Usage => 2,
            Outcome::Partial => 3,
            Outcome::NoIndex => 4,
            Outcome::Permission => 5,
            Outcome::Busy => 75,
        })
    }
}

/// Why a command ended before it was done.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failure {
    /// The query cannot be read.
    #[error("{}", .0.render_with_caret())]
    Query(#[from] ParseError),
    /// The command line asks for what cannot be.
    #[error("{0}")]
    Usage(String),
    /// The engine has no answer.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// A pass over the sources broke off.
    #[error(transparent)]
    Ingest(#[from] IngestError),
    /// The index cannot be opened or written to.
    #[error(transparent)]
    Index(#[from] OpenError),
    /// The index cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The output cannot be written.
    #[error("standard output: {}", crate::source::reason(.0))]
    Output(#[from] io::Error),
}

impl Failure {
    /// What the program exits with.
    pub(super) fn outcome(&self) -> Outcome {
        match self {
            Self::Query(_)
            | Self::Usage(_)
            | Self::Ingest(IngestError::Rule(_) | IngestError::Dictionary(_)) => Outcome::Usage,
            Self::Engine(error) if error.is_of_query() => Outcome::Usage,
            Self::Engine(EngineError::Open(error))
            | Self::Ingest(IngestError::Index(error))
            | Self::Index(error) => of_index(error),
            Self::Engine(_) | Self::Ingest(IngestError::Read(_)) | Self::Read(_) => Outcome::NoIndex,
            // A reader that has seen enough is no failure.
            Self::Output(error) if error.kind() == io::ErrorKind::BrokenPipe => Outcome::Done,
            Self::Output(error) if error.kind() == io::ErrorKind::PermissionDenied => Outcome::Permission,
            Self::Output(_) => Outcome::Partial,
        }
    }

    /// Whether there is nobody left to tell.
    pub(super) fn is_closed_pipe(&self) -> bool {
        matches!(self, Self::Output(error) if error.kind() == io::ErrorKind::BrokenPipe)
    }
}

fn of_index(error: &OpenError) -> Outcome {
    match error {
        OpenError::Missing(_) | OpenError::Version { .. } | OpenError::Corrupt { .. } => Outcome::NoIndex,
        OpenError::Occupied(_) => Outcome::Usage,
        OpenError::Permission(_) => Outcome::Permission,
        OpenError::Busy(_) => Outcome::Busy,
        OpenError::Io { .. } => Outcome::Partial,
    }
}

/// Tells something on standard error, behind the program's name.
///
/// Control characters that come from documents or their names are not let through; line breaks are the message's.
pub(super) fn tell(message: impl Display) {
    let message = message.to_string();
    let lines: Vec<_> = message.lines().map(sanitised).collect();
    // There is nowhere left to tell that standard error is closed.
    let _ = writeln!(io::stderr().lock(), "tidings: {}", lines.join("\n"));
}
