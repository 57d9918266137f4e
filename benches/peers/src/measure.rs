//! What a command costs: time, memory, bytes read from disk, instructions.
//!
//! A child inherits the peak of memory of the process that starts it, so what is to be measured is started by a small
//! process of its own: this program again, with a hidden command that writes down the [`Cost`]. Times of short
//! commands are taken here, since nothing may stand between them and the clock.

use std::env;
use std::ffi::OsString;
use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use nix::fcntl::{PosixFadviseAdvice, posix_fadvise};
use nix::sched::{CpuSet, sched_getaffinity, sched_setaffinity};
use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeVal;
use nix::unistd::Pid;
use serde::{Deserialize, Serialize};

/// What a finished command cost.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub struct Cost {
    /// From its start to its end, in seconds.
    pub wall: f64,
    /// What processors were busy with it, in seconds.
    pub processor: f64,
    /// Its peak of resident memory, with what it had mapped of files, in bytes.
    pub memory: f64,
    /// What it had read from disk, in bytes.
    pub disk: f64,
}

/// Runs a command to its end; gives how long it took and what it wrote.
pub fn timed(command: &mut Command) -> Result<(f64, String)> {
    let start = Instant::now();
    let output = command.stderr(Stdio::piped()).output().with_context(|| format!("{command:?}"))?;
    let wall = start.elapsed().as_secs_f64();
    if !output.status.success() {
        bail!("{command:?}: {}: {}", output.status, String::from_utf8_lossy(&output.stderr));
    }
    Ok((wall, String::from_utf8_lossy(&output.stdout).into_owned()))
}

/// What a command costs; what it writes is dropped.
pub fn cost(command: &Command) -> Result<Cost> {
    let report = tempfile::NamedTempFile::new()?;
    let mut outer = this_program()?;
    outer.arg("cost").arg(report.path()).arg(command.get_program()).args(command.get_args());
    if let Some(folder) = command.get_current_dir() {
        outer.current_dir(folder);
    }
    timed(&mut outer)?;
    Ok(serde_json::from_str(&fs::read_to_string(report.path())?)?)
}

/// The hidden command behind [`cost`]: runs a command and writes down what it cost.
pub fn write_cost(report: &Path, command: &[OsString]) -> Result<()> {
    let (program, arguments) = command.split_first().context("no command")?;
    // What was written before, the corpus say, is not to be waited for.
    nix::unistd::sync();
    let start = Instant::now();
    let status = Command::new(program).args(arguments).stdout(Stdio::null()).status()?;
    let wall = start.elapsed().as_secs_f64();
    ensure!(status.success(), "{}: {status}", program.display());
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    let seconds = |time: TimeVal| time.tv_sec() as f64 + time.tv_usec() as f64 / 1e6;
    let cost = Cost {
        wall,
        processor: seconds(usage.user_time()) + seconds(usage.system_time()),
        // Linux counts memory in KiB and reading in blocks of 512 bytes.
        memory: usage.max_rss() as f64 * 1024.0,
        disk: usage.block_reads() as f64 * 512.0,
    };
    Ok(fs::write(report, serde_json::to_string(&cost)?)?)
}

/// This program, to be run with one of its hidden commands.
pub fn this_program() -> Result<Command> {
    Ok(Command::new(env::current_exe()?))
}

/// What counts the instructions of a command.
#[derive(Clone, Copy, Debug)]
pub enum Counter {
    /// The processor, through `perf`.
    Perf,
    /// A simulation, thirty times slower and the same every time.
    Valgrind,
}

impl Counter {
    /// The best one that works here.
    pub fn find() -> Option<Self> {
        [Self::Perf, Self::Valgrind].into_iter().find(|counter| counter.count(&Command::new("true")).is_ok())
    }

    /// How many instructions a command takes.
    pub fn count(self, command: &Command) -> Result<f64> {
        let mut outer = match self {
            Self::Perf => Command::new("perf"),
            Self::Valgrind => Command::new("valgrind"),
        };
        match self {
            Self::Perf => outer.args(["stat", "-x", ",", "-e", "instructions:u"]),
            Self::Valgrind => {
                outer.args(["--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null"])
            }
        };
        let output = outer.arg(command.get_program()).args(command.get_args()).output()?;
        let report = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "{command:?}: {report}");
        let count = match self {
            Self::Perf => report.split(',').next().map(str::to_owned),
            Self::Valgrind => report
                .lines()
                .find_map(|line| line.split_once("I   refs:").or(line.split_once("I refs:")))
                .map(|(_, count)| count.trim().replace(',', "")),
        };
        let count = count.context("no count")?;
        count.trim().parse().with_context(|| format!("no count: {count}"))
    }
}

/// Does something with all children on one core, the first that this process may use.
pub fn on_one_core<T>(work: impl FnOnce() -> Result<T>) -> Result<T> {
    let this = Pid::from_raw(0);
    let all = sched_getaffinity(this)?;
    let first = (0..CpuSet::count()).find(|&core| all.is_set(core).unwrap_or(false)).context("no core")?;
    let mut one = CpuSet::new();
    one.set(first)?;
    sched_setaffinity(this, &one)?;
    let outcome = work();
    sched_setaffinity(this, &all)?;
    outcome
}

/// How many cores this process may use.
pub fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// Drops the files of a folder, or one file, from the system's cache.
pub fn evict(path: &Path) -> Result<()> {
    for file in files(path)? {
        let file = File::open(file)?;
        // Pages that are not on disk yet stay where they are.
        file.sync_all()?;
        posix_fadvise(&file, 0, 0, PosixFadviseAdvice::POSIX_FADV_DONTNEED)?;
    }
    Ok(())
}

/// The files below a path.
pub fn files(path: &Path) -> Result<Vec<std::path::PathBuf>> {
    if path.is_file() {
        return Ok(vec![path.to_owned()]);
    }
    let mut found = Vec::new();
    for entry in fs::read_dir(path).with_context(|| path.display().to_string())? {
        let entry = entry?;
        match entry.file_type()?.is_dir() {
            true => found.extend(files(&entry.path())?),
            false => found.push(entry.path()),
        }
    }
    Ok(found)
}

/// The bytes of all files below a path.
pub fn size(path: &Path) -> Result<f64> {
    let sizes = files(path)?.into_iter().map(|file| Ok(fs::metadata(file)?.len() as f64));
    sizes.sum()
}

/// Several measurements of one thing.
#[derive(Clone, Debug, Default)]
pub struct Samples(Vec<f64>);

impl Samples {
    /// Adds a measurement.
    pub fn add(&mut self, value: f64) {
        self.0.push(value);
    }

    /// The one in the middle; of an even number, the lower of both.
    pub fn median(&self) -> f64 {
        self.quantile(0.5)
    }

    /// The least one.
    pub fn least(&self) -> f64 {
        self.quantile(0.0)
    }

    /// The greatest one.
    pub fn greatest(&self) -> f64 {
        self.quantile(1.0)
    }

    /// The one that this share of all does not exceed.
    pub fn quantile(&self, share: f64) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_by(f64::total_cmp);
        let rank = (share * sorted.len() as f64).ceil() as usize;
        sorted.get(rank.saturating_sub(1)).copied().unwrap_or(f64::NAN)
    }

    /// The mean of all.
    pub fn mean(&self) -> f64 {
        self.0.iter().sum::<f64>() / self.0.len() as f64
    }

    /// The median, the mean and the least, as milliseconds.
    pub fn milliseconds(&self) -> String {
        let [median, mean, least] = [self.median(), self.mean(), self.least()]
            .map(|seconds| crate::table::significant(seconds * 1e3));
        format!("{median} ms (mean {mean}, least {least})")
    }
}

impl FromIterator<f64> for Samples {
    fn from_iter<T: IntoIterator<Item = f64>>(values: T) -> Self {
        Self(values.into_iter().collect())
    }
}

/// How long a piece of work in this process takes, in seconds, with what it gives.
pub fn clocked<T>(work: impl FnOnce() -> T) -> (f64, T) {
    let start = Instant::now();
    let given = std::hint::black_box(work());
    let took: Duration = start.elapsed();
    (took.as_secs_f64(), given)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_measurements_that_were_made() {
        let samples: Samples = [5.0, 1.0, 4.0, 2.0, 3.0].into_iter().collect();
        assert_eq!((samples.least(), samples.median(), samples.greatest()), (1.0, 3.0, 5.0));
        let hundreds: Samples = (1..=300).map(f64::from).collect();
        assert_eq!((hundreds.median(), hundreds.quantile(0.99)), (150.0, 297.0));
        assert_eq!(hundreds.mean(), 150.5);
        assert!(Samples::default().median().is_nan());
    }

    #[test]
    fn the_size_of_a_folder_is_that_of_all_files_in_it() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("inner")).unwrap();
        fs::write(folder.path().join("one"), "12345").unwrap();
        fs::write(folder.path().join("inner/two"), "123").unwrap();
        assert_eq!(size(folder.path()).unwrap(), 8.0);
    }
    #[test]
    fn work_on_one_core_has_one_and_what_follows_has_all() {
        let before = cores();
        assert_eq!(on_one_core(|| Ok(cores())).unwrap(), 1);
        assert_eq!(cores(), before);
    }
}
