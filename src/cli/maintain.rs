//! `tidings verify` and `compact`: looking after an index.

use std::io::{self, Write};
use std::time::Duration;

use clap::Args;

use super::Global;
use super::diagnostics::{Failure, Outcome, tell};
use super::index::counted;

use crate::index::{Snapshot, Totals, Writer};

/// Check the index: every checksum, and that its figures add up
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  tidings verify\n  tidings verify && tidings compact")]
pub(super) struct VerifyArguments {}

/// Merge the segments of the index and drop what was deleted
///
/// Searches get a little faster and the index smaller. Passes over the sources merge segments by themselves; this is
/// for an index that is not going to change for a while.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  tidings compact --wait 60")]
pub(super) struct CompactArguments {
    /// How long to wait for another writer
    #[arg(long, value_name = "SECONDS", default_value_t = 0)]
    wait: u64,
}

pub(super) fn verify(global: &Global) -> Result<Outcome, Failure> {
    let snapshot = Snapshot::open(&global.index)?;
    let damaged = snapshot.damaged_files()?;
    for file in &damaged {
        tell(format_args!("{}: checksum does not fit", global.index.join(file).display()));
    }
    if !damaged.is_empty() {
        tell(format_args!(
            "{}: corrupt index; remove the folder and run `tidings index` again",
            global.index.display()
        ));
        return Ok(Outcome::NoIndex);
    }
    let mut totals = Totals::default();
    let (mut documents, mut passages) = (0, 0);
    for record in snapshot.records()? {
        documents += u64::from(record.is_document());
        passages += snapshot.passages_of(record.id.as_str())?.len() as u64;
        totals.add(Totals {
            documents: u64::from(record.passages > 0),
            passages: u64::from(record.passages),
            tokens: [record.tokens, 0, 0, 0, 0],
        });
    }
    let expected = snapshot.meta().totals;
    if (passages, totals.documents, totals.passages, totals.tokens[0])
        != (expected.passages, expected.documents, expected.passages, expected.tokens[0])
    {
        tell(format_args!(
            "{}: its figures do not add up ({passages} passages, recorded {}); remove the folder and run `tidings index` again",
            global.index.display(),
            expected.passages
        ));
        return Ok(Outcome::NoIndex);
    }
    let segments = snapshot.searcher().segment_readers().len();
    writeln!(
        io::stdout().lock(),
        "ok: {}, {}, {}",
        counted(documents, "document"),
        counted(passages, "passage"),
        counted(segments as u64, "segment")
    )?;
    Ok(Outcome::Done)
}

pub(super) fn compact(global: &Global, arguments: &CompactArguments) -> Result<Outcome, Failure> {
    // An index that is not there is not to be made.
    Snapshot::open(&global.index)?;
    let mut writer = Writer::open(&global.index, Duration::from_secs(arguments.wait))?;
    let before = writer.compact()?;
    writer.close()?;
    let after = Snapshot::open(&global.index)?.searcher().segment_readers().len();
    writeln!(io::stdout().lock(), "segments: {before} before, {after} now")?;
    Ok(Outcome::Done)
}
