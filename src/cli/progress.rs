//! Shows on a terminal how far a pass is, and tells of what goes wrong in it.

use std::io::{self, IsTerminal};
use std::sync::Mutex;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use super::diagnostics::tell;
use super::index::counted;
use crate::ingest::Event;
use crate::render::Problem;

/// Which sources that a rule left out are told of one by one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Detail {
    /// None: the summary counts them.
    Failures,
    /// All.
    Everything,
}

/// How many files are scanned between two numbers that are shown, once there are some.
const SOME: usize = 50;

/// A progress bar, or nothing where standard error is no terminal.
pub(super) struct Progress {
    bar: ProgressBar,
    detail: Detail,
    /// The sources that were named: that one of them was left out is told in any case.
    named: Vec<String>,
    problems: Mutex<Vec<Problem>>,
}

impl Progress {
    pub(super) fn new(detail: Detail, named: Vec<String>) -> Self {
        let bar = if io::stderr().is_terminal() { ProgressBar::new_spinner() } else { ProgressBar::hidden() };
        bar.enable_steady_tick(Duration::from_millis(100));
        Self { bar, detail, named, problems: Mutex::default() }
    }

    /// Takes what a pass tells.
    pub(super) fn hear(&self, event: Event<'_>) {
        match event {
            // Of many files nobody reads each number.
            Event::Scanned(found) if self.bar.is_hidden() || found > SOME && found % SOME != 0 => {}
            Event::Scanned(found) => {
                self.bar.set_message(format!("scanning: {}", counted(found as u64, "file")))
            }
            Event::Started { bytes, .. } => {
                self.bar.set_style(reading_style());
                self.bar.set_length(bytes);
                self.bar.set_message("reading");
            }
            Event::FileDone { bytes } => self.bar.inc(bytes),
            Event::Committing => self.bar.set_message("writing"),
            Event::Skipped { path, reason } => {
                if self.detail == Detail::Everything || self.named.iter().any(|named| named == path) {
                    self.line(&format!("{path}: {reason}; skipped"));
                }
            }
            Event::Failed { path, reason } => {
                self.line(&format!("{path}: {reason}"));
                if let Ok(mut problems) = self.problems.lock() {
                    problems.push(Problem { path: path.to_owned(), reason: reason.to_owned() });
                }
            }
            Event::Warning(warning) => self.line(warning),
        }
    }

    fn line(&self, message: &str) {
        self.bar.suspend(|| tell(message));
    }

    /// Takes the bar away, and gives what failed, in the order of paths.
    pub(super) fn finish(self) -> Vec<Problem> {
        self.bar.finish_and_clear();
        let mut problems = self.problems.into_inner().unwrap_or_default();
        problems.sort_by(|a, b| a.path.cmp(&b.path));
        problems
    }
}

fn reading_style() -> ProgressStyle {
    ProgressStyle::with_template("{msg:9} {bar:30} {bytes}/{total_bytes} {bytes_per_sec} {eta}")
        .expect("the template is sound")
}
