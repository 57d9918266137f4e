//! `tidings index`: one pass over the sources.

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;

use super::Global;
use super::allocator::give_back_what_is_freed;
use super::diagnostics::{Failure, Outcome, tell};
use super::progress::{Detail, Progress};
use crate::analysis::KNOWN_LANGUAGES;
use crate::config::{DEFAULT_MAX_FILE_SIZE, DEFAULT_SOURCE};
use crate::index::{self, ChosenDictionaries, OpenError, Snapshot, Writer};
use crate::ingest::{self, IngestError, Options, Report};
use crate::isolate::{self, Limits};
use crate::render::Problem;
use crate::source::{Hidden, IgnoreFiles, Links, WalkOptions, document_path, file_types};
use crate::span::MAX_MAPPED;

const EXAMPLES: &str = "\
Examples:
  tidings index                        the folder `seeds`, or what was indexed before
  tidings index reports notes.md       a folder and a file
  tidings index -g '*.md' docs         only some files of a folder
  tidings index --type pdf,office ~/Documents
  tidings index --language fr notes    what does not say that it is French
  curl -s URL | tidings index -        standard input, as the document `-`

A second pass reads only what changed. A document is removed when a folder that
held it is scanned again and does not hold it any more.";

/// Read documents into the index
///
/// Takes files, folders and `-` for standard input. Folders are walked as ripgrep does: what ignore files name and
/// hidden files are left out. Text and markup, tables, PDF, office documents, books, e-mail with what is attached to it,
/// and archives are read; README.md lists the formats.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// Files and folders to read; by default those of the passes before, else `seeds`
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    walk: WalkArguments,
    #[command(flatten)]
    read: ReadArguments,
    #[command(flatten)]
    dictionary: DictionaryArguments,
    #[command(flatten)]
    write: WriteArguments,
    /// List the types of files that --type takes, and do nothing else
    #[arg(long)]
    list_types: bool,
    /// Tell of every source that was found and left out, with the rule (what ignore files name is not looked for)
    #[arg(short, long)]
    verbose: bool,
    /// Tell nothing but failures
    #[arg(short, long, conflicts_with = "verbose")]
    quiet: bool,
}

/// Which files of folders are taken.
#[derive(Clone, Debug, Args)]
pub(super) struct WalkArguments {
    /// Take hidden files and folders too
    #[arg(long)]
    hidden: bool,
    /// Do not respect .gitignore, .ignore and .tidingsignore files
    #[arg(long)]
    no_ignore: bool,
    /// Take only files that match this glob; with `!` before it, leave them out
    #[arg(short, long, value_name = "GLOB")]
    glob: Vec<String>,
    /// Take only files of these types, by their names; see --list-types
    #[arg(short, long = "type", value_name = "TYPE", value_delimiter = ',')]
    types: Vec<String>,
    /// Leave out files of these types
    #[arg(short = 'T', long = "type-not", value_name = "TYPE", value_delimiter = ',')]
    types_not: Vec<String>,
    /// Follow symbolic links
    #[arg(short = 'L', long)]
    follow: bool,
    /// Skip larger files (of files that hold many documents: longer lines, messages, members); a number of bytes, with
    /// K, M or G
    #[arg(long, value_name = "SIZE", value_parser = parse_size, default_value = "64M")]
    max_file_size: u64,
}

/// How sources are read, and what reading one may cost.
#[derive(Clone, Debug, Args)]
pub(super) struct ReadArguments {
    /// Take what this pass reads to be in this language, by its ISO 639 code: en, ko, ja, fr …
    ///
    /// Without it a document is in the language that it names itself (front matter, `lang` fields), or in the one that
    /// it seems to be in. Documents that were read before are read again where theirs is another, and keep what they
    /// were given.
    #[arg(long, value_name = "CODE", value_parser = parse_language)]
    language: Option<String>,
    /// Open archives, and mail with attachments, that stand so deep in others
    #[arg(long, value_name = "NUMBER", default_value_t = 5, value_parser = clap::value_parser!(u8).range(..=32))]
    archive_depth: u8,
    /// Give up on a PDF, an office document or the like that needs more memory
    #[arg(long, value_name = "SIZE", value_parser = parse_memory, default_value = "1G")]
    extract_memory: u64,
    /// Give up on one that takes longer
    #[arg(long, value_name = "SECONDS", default_value_t = 30.0)]
    extract_time: f64,
    /// Give up on one that gives more text
    #[arg(long, value_name = "SIZE", value_parser = parse_memory, default_value = "256M")]
    extract_output: u64,
}

/// By which dictionaries words of Japanese, Korean and Chinese are found.
#[derive(Clone, Debug, Default, Args)]
pub(super) struct DictionaryArguments {
    /// Find Japanese, Korean or Chinese words in all their forms by this dictionary, a folder that was built for lindera;
    /// one for each language
    ///
    /// The index remembers it: later passes and searches need not name it. Those of before are dropped. All documents
    /// are analysed again where the dictionary is another one. For programs that are built with the feature
    /// `dictionary`; see GUIDE.md.
    #[arg(long, value_name = "DIR")]
    dictionary: Vec<PathBuf>,
    /// Drop the dictionaries of the passes before
    #[arg(long, conflicts_with = "dictionary")]
    no_dictionary: bool,
}

impl DictionaryArguments {
    /// The dictionaries for the index, where they are not those of the passes before.
    fn chosen(&self, index: &Path) -> Result<Option<ChosenDictionaries>, Failure> {
        if self.no_dictionary {
            return Ok(Some(ChosenDictionaries::default()));
        }
        if self.dictionary.is_empty() {
            return Ok(None);
        }
        // Where they are those of before, they need not be read again. What else is wrong with the index is told later.
        let known = Snapshot::open(index).map(|snapshot| snapshot.meta().settings.dictionaries.clone());
        let chosen = index::examined(&self.dictionary, &known.unwrap_or_default());
        Ok(Some(chosen.map_err(IngestError::from)?))
    }
}

impl ReadArguments {
    /// The options of a pass that reads by these.
    pub(super) fn options(&self) -> Result<Options, Failure> {
        let time = Duration::try_from_secs_f64(self.extract_time)
            .map_err(|error| Failure::Usage(format!("--extract-time {}: {error}", self.extract_time)))?;
        let limits = Limits { memory: self.extract_memory, time, output: self.extract_output };
        let isolation = isolate::Options { limits, ..isolate::Options::default() };
        let language = self.language.clone();
        let archive_depth = usize::from(self.archive_depth);
        Ok(Options { language, archive_depth, isolation, ..Options::default() })
    }
}

impl Default for WalkArguments {
    fn default() -> Self {
        Self {
            hidden: false,
            no_ignore: false,
            glob: Vec::new(),
            types: Vec::new(),
            types_not: Vec::new(),
            follow: false,
            max_file_size: DEFAULT_MAX_FILE_SIZE,
        }
    }
}

/// How the index is written to.
#[derive(Clone, Debug, Args)]
pub(super) struct WriteArguments {
    /// How long to wait for another writer
    #[arg(long, value_name = "SECONDS", default_value_t = 0)]
    pub(super) wait: u64,
    /// How often a long pass publishes what it has
    #[arg(long, value_name = "SECONDS", default_value_t = 60.0, hide_default_value = false)]
    commit_every: f64,
    /// How much memory to take for what is not written yet; with more of it a first pass is faster
    #[arg(long, value_name = "SIZE", value_parser = parse_memory, default_value = "176M")]
    memory: u64,
}

impl WalkArguments {
    /// The options of a scan that leaves out the index itself.
    pub(super) fn options(&self, index: &Path) -> WalkOptions {
        WalkOptions {
            hidden: if self.hidden { Hidden::Take } else { Hidden::Skip },
            ignore_files: if self.no_ignore { IgnoreFiles::Disregard } else { IgnoreFiles::Respect },
            links: if self.follow { Links::Follow } else { Links::Skip },
            globs: self.glob.clone(),
            types: self.types.clone(),
            types_not: self.types_not.clone(),
            max_file_size: self.max_file_size,
            exclude: Some(index.to_owned()),
        }
    }
}

impl Default for ReadArguments {
    fn default() -> Self {
        let Limits { memory, time, output } = Limits::default();
        let Options { archive_depth, .. } = Options::default();
        Self {
            language: None,
            archive_depth: u8::try_from(archive_depth).unwrap_or(u8::MAX),
            extract_memory: memory,
            extract_time: time.as_secs_f64(),
            extract_output: output,
        }
    }
}

pub(super) fn run(global: &Global, arguments: &Arguments) -> Result<Outcome, Failure> {
    if arguments.list_types {
        return list_types();
    }
    give_back_what_is_freed();
    let detail = if arguments.verbose { Detail::Everything } else { Detail::Failures };
    let options = Options {
        roots: arguments.paths.clone(),
        walk: arguments.walk.options(&global.index),
        dictionaries: arguments.dictionary.chosen(&global.index)?,
        ..arguments.read.options()?
    };
    let (report, problems) = pass(global, options, &arguments.write, detail)?;
    if !arguments.quiet {
        tell(summary(&report));
    }
    Ok(if problems.is_empty() { Outcome::Done } else { Outcome::Partial })
}

fn list_types() -> Result<Outcome, Failure> {
    let mut out = BufWriter::new(io::stdout().lock());
    for (name, globs) in file_types() {
        writeln!(out, "{name}: {}", globs.join(", "))?;
    }
    out.flush()?;
    Ok(Outcome::Done)
}

/// Makes one pass over the options' roots, or over what was given before where there are none; gives what it did and
/// what failed.
pub(super) fn pass(
    global: &Global,
    mut options: Options,
    write: &WriteArguments,
    detail: Detail,
) -> Result<(Report, Vec<Problem>), Failure> {
    if options.roots.is_empty() {
        options.roots = roots_of_before(&global.index)?;
    }
    options.commit_every = Duration::try_from_secs_f64(write.commit_every)
        .map_err(|error| Failure::Usage(format!("--commit-every {}: {error}", write.commit_every)))?;
    let mut writer = Writer::open_within(&global.index, Duration::from_secs(write.wait), write.memory)?;
    let named = options.roots.iter().map(|root| document_path(root)).collect();
    let progress = Progress::new(detail, named);
    let outcome = ingest::ingest(&mut writer, &global.index, &options, &|event| progress.hear(event));
    let closed = match &outcome {
        Ok(_) => writer.close(),
        Err(_) => Ok(()),
    };
    let problems = progress.finish();
    let report = outcome?;
    closed.map_err(IngestError::from)?;
    Ok((report, problems))
}

/// What the passes before were given; the default source where there were none.
fn roots_of_before(index: &Path) -> Result<Vec<PathBuf>, Failure> {
    match Snapshot::open(index) {
        Ok(snapshot) if !snapshot.meta().roots.is_empty() => {
            return Ok(snapshot.meta().roots.iter().map(PathBuf::from).collect());
        }
        Ok(_) | Err(OpenError::Missing(_)) => {}
        Err(error) => return Err(error.into()),
    }
    if !Path::new(DEFAULT_SOURCE).exists() {
        let message = format!("{DEFAULT_SOURCE}: not found; name the files or folders to read");
        return Err(Failure::Usage(message));
    }
    Ok(vec![PathBuf::from(DEFAULT_SOURCE)])
}

/// What a pass did, in one line.
pub(super) fn summary(report: &Report) -> String {
    let Report { added, changed, removed, unchanged, skipped, failed } = *report;
    let counts = [
        ("added", added),
        ("changed", changed),
        ("removed", removed),
        ("unchanged", unchanged),
        ("skipped", skipped),
        ("failed", failed),
    ];
    counts.map(|(what, count)| format!("{what} {}", grouped(count))).join(", ")
}

/// A number of things, as `1 passage` or `4,310 passages`.
pub(super) fn counted(number: u64, thing: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{} {thing}{plural}", grouped(number))
}

/// A number with a comma behind each group of three digits.
pub(super) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// Reads the size of a source, which is mapped.
fn parse_size(text: &str) -> Result<u64, String> {
    let size = parse_memory(text).ok().filter(|&size| size <= MAX_MAPPED);
    match size {
        Some(size) => Ok(size),
        None => Err(parse_memory(text).err().unwrap_or_else(|| "too large; at most 4095M".to_owned())),
    }
}

/// Reads the code of a language.
fn parse_language(code: &str) -> Result<String, String> {
    let code = code.to_ascii_lowercase();
    match KNOWN_LANGUAGES.contains(&code.as_str()) {
        true => Ok(code),
        false => Err(format!("no such language; known are {}", KNOWN_LANGUAGES.join(", "))),
    }
}

/// Reads a size such as `500`, `64K`, `10M` or `2G`.
fn parse_memory(text: &str) -> Result<u64, String> {
    let number = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let factor = match text[number.len()..].to_ascii_uppercase().as_str() {
        "" | "B" => 1,
        "K" | "KB" | "KIB" => 1 << 10,
        "M" | "MB" | "MIB" => 1 << 20,
        "G" | "GB" | "GIB" => 1 << 30,
        unit => return Err(format!("no unit `{unit}`; write K, M or G")),
    };
    let number: u64 = number.parse().map_err(|_| "not a size; write for example 64M".to_owned())?;
    number.checked_mul(factor).ok_or_else(|| "too large".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_counts_are_grouped() {
        assert_eq!([0, 999, 1_000, 4_310, 1_234_567].map(grouped).join(" "), "0 999 1,000 4,310 1,234,567");
    }

    #[test]
    fn sizes_have_units() {
        assert_eq!(parse_size("500"), Ok(500));
        assert_eq!(parse_size("64k"), Ok(65_536));
        assert_eq!(parse_size("2GiB"), Ok(2 << 30));
        assert!(
            parse_size("12X").is_err() && parse_size("M").is_err() && parse_size("99999999999G").is_err()
        );
    }
}
