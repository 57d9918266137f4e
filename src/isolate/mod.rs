//! Runs the parsers of untrusted formats in child processes, so that whatever they do costs one document.
//!
//! A child is this very program, started with a hidden command, that reads orders and answers them one after another
//! ([`serve`]). [`Children`] is what one thread of a pass uses: it starts a child when one is needed, uses it again as
//! long as it is sound, and puts an end to one that takes longer, needs more memory or gives more than the [`Limits`]
//! allow. Starting one takes some milliseconds, an order a fraction of one.
//!
//! Text formats need none of this: their extraction is our own code, and bounded.

mod child;
mod wire;
mod worker;

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

pub use child::serve;
pub use worker::Unpacking;

use crate::document::Format;
use crate::extract::{ExtractError, Extracted};
use wire::{FilePath, Given, Task};
use worker::{Trouble, Worker};

/// The argument that makes the program call [`serve`].
pub const ARGUMENT: &str = "extract-worker";

/// What parsing one source may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Memory of a child, in bytes. By default 1 GiB.
    pub memory: u64,
    /// Time for one source, or for one member of an archive. By default 30 seconds.
    pub time: Duration,
    /// Bytes of text, with its places, that one source may give. By default 256 MiB.
    pub output: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { memory: 1 << 30, time: Duration::from_secs(30), output: 256 << 20 }
    }
}

/// How sources of untrusted formats are read.
#[derive(Clone, Debug)]
pub struct Options {
    /// The program that is started as a child, and its arguments. By default the one that runs, with [`ARGUMENT`];
    /// another must call [`serve`] when it is started so.
    pub command: Vec<OsString>,
    /// What parsing may cost.
    pub limits: Limits,
}

impl Default for Options {
    fn default() -> Self {
        // On Linux this leads to the running program even when its file was replaced.
        let running = PathBuf::from("/proc/self/exe");
        let program =
            if cfg!(target_os = "linux") { running } else { std::env::current_exe().unwrap_or(running) };
        Self { command: vec![program.into(), ARGUMENT.into()], limits: Limits::default() }
    }
}

/// Why a source could not be read in a child.
#[derive(Debug, thiserror::Error)]
pub enum IsolationError {
    /// The parser says so.
    #[error(transparent)]
    Extract(#[from] ExtractError),
    /// One of the limits was met; with others it might be read.
    #[error("{0}")]
    Limit(String),
    /// The parser crashed.
    #[error("{0}")]
    Crash(String),
}

/// The children of one thread.
#[derive(Debug)]
pub struct Children<'a> {
    options: &'a Options,
    idle: Vec<Worker>,
}

impl<'a> Children<'a> {
    /// Starts none yet.
    pub fn new(options: &'a Options) -> Self {
        Self { options, idle: Vec::new() }
    }

    /// Extracts what a source holds, in a child.
    ///
    /// # Errors
    ///
    /// When the source cannot be read, or its parser crashes or meets a limit.
    pub fn extract(&mut self, bytes: &[u8], format: Format) -> Result<Extracted, IsolationError> {
        let mut worker = self.take()?;
        loop {
            match worker.extract(bytes, format) {
                Ok(outcome) => {
                    self.give_back(worker);
                    return Ok(outcome?);
                }
                // What it did before may be to blame: memory that is in pieces, say.
                Err(Trouble { is_final: false, .. }) if worker.has_served() => worker = self.start()?,
                Err(trouble) => return Err(trouble.error),
            }
        }
    }

    /// Opens an archive in a child: the file at `path`, or `bytes` that are decompressed. No member of more than
    /// `max_member` bytes is given.
    ///
    /// # Errors
    ///
    /// When no child can be started; what is wrong with the archive comes with its members.
    pub fn unpack(&mut self, archive: Packed<'_>, max_member: u64) -> Result<Unpacking, IsolationError> {
        let given = match archive.content {
            PackedContent::File(path) => Given::File(FilePath::new(path)),
            PackedContent::Bytes(_) => Given::Bytes,
        };
        let task = Task::Unpack { format: archive.format, given, max_member };
        let bytes = match archive.content {
            PackedContent::File(_) => None,
            PackedContent::Bytes(bytes) => Some(bytes),
        };
        self.take()?.unpack(task, bytes)
    }

    /// Takes back the child that unpacked an archive to its end.
    pub fn finish(&mut self, unpacking: Unpacking) {
        if let Some(worker) = unpacking.into_sound_worker() {
            self.give_back(worker);
        }
    }

    /// The limits in words: other limits, other words.
    pub fn limits_text(&self) -> String {
        let Limits { memory, time, output } = self.options.limits;
        format!("{memory} bytes of memory, {time:?}, {output} bytes of output")
    }

    fn take(&mut self) -> Result<Worker, IsolationError> {
        match self.idle.pop() {
            Some(worker) => Ok(worker),
            None => self.start(),
        }
    }

    fn start(&self) -> Result<Worker, IsolationError> {
        Worker::start(self.options).map_err(|error| {
            let reason = crate::source::reason(&error);
            IsolationError::Crash(format!("no process could be started to read it: {reason}"))
        })
    }

    fn give_back(&mut self, worker: Worker) {
        if !worker.is_worn() {
            self.idle.push(worker);
        }
    }
}

/// An archive to be unpacked.
#[derive(Clone, Copy, Debug)]
pub struct Packed<'a> {
    /// Its format.
    pub format: Format,
    /// Where it is.
    pub content: PackedContent<'a>,
}

/// Where an archive is.
#[derive(Clone, Copy, Debug)]
pub enum PackedContent<'a> {
    /// In a file, which may be compressed.
    File(&'a std::path::Path),
    /// In memory, decompressed.
    Bytes(&'a [u8]),
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    /// What comes of a document when the child is this shell script.
    fn read_by(script: &str, limits: Limits) -> String {
        let command = ["/bin/sh", "-c", script].map(OsString::from).to_vec();
        let options = Options { command, limits };
        let error = Children::new(&options).extract(b"some bytes", Format::Pdf).expect_err("no parser");
        let kind = match error {
            IsolationError::Limit(_) => "limit",
            IsolationError::Crash(_) => "crash",
            IsolationError::Extract(_) => "extract",
        };
        format!("{kind}: {error}")
    }

    #[test]
    fn whatever_a_child_does_costs_one_document_and_says_why() {
        let short = Limits { time: Duration::from_millis(300), ..Limits::default() };
        for (script, limits, expected) in [
            ("exec sleep 60", short, "limit: takes longer than 0.3 s; raise --extract-time"),
            ("while :; do :; done", short, "limit: takes longer than 0.3 s; raise --extract-time"),
            ("kill -SEGV $$", Limits::default(), "crash: its parser crashed"),
            ("exit 0", Limits::default(), "crash: its parser crashed"),
            ("exec yes", Limits::default(), "crash: its parser gave no sensible answer"),
            (
                "head -c 20 > /dev/null; echo memory allocation of 8 bytes failed >&2; kill -ABRT $$",
                Limits::default(),
                "limit: needs more memory than 1 GiB; raise --extract-memory",
            ),
            (
                "head -c 20 > /dev/null; printf 'j\\377\\377\\377\\377\\377\\0\\0\\0'; exec cat > /dev/null",
                Limits::default(),
                "limit: gives more than 256 MiB; raise --extract-output",
            ),
            (
                "yes overflowed its stack | head -c 1000000 >&2; kill -ABRT $$",
                Limits::default(),
                "crash: its parser goes too deep; perhaps it nests without end",
            ),
        ] {
            assert_eq!(read_by(script, limits), expected, "{script}");
        }
    }

    #[test]
    fn a_program_that_cannot_be_started_is_told() {
        let options = Options { command: vec!["/no/such/program".into()], ..Options::default() };
        let error = Children::new(&options).extract(b"", Format::Pdf).expect_err("no program");
        assert_eq!(error.to_string(), "no process could be started to read it: not found");
    }
}
