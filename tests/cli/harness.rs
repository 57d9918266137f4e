//! A folder with documents, the program run in it, and what came of a run as one readable text.
//!
//! Every test has a fresh folder and runs the real program in it, in an environment of its own. Files get modification
//! times in 2023, each write a minute after the one before, so that dates and what a second pass sees do not depend on
//! when a test runs. What differs from run to run (times, sizes on disk) is masked where a run is shown.

use std::cell::Cell;
use std::fmt;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, SystemTime};

use serde_json::Value;
use tempfile::TempDir;

/// The modification time of the first file that is written: 14 November 2023, in seconds since 1970.
const FIRST_MODIFIED: u64 = 1_700_000_000;

const NEWS: &str = "\
---
title: Warning link to start in December
date: 2023-11-12
desk: Asia
---
# Warning link to start in December

The three ministers agreed to share missile warning data in real time.

## What is next

Exercises begin in January. The warning data flows through a new link, and launches are told of at once.
";

const NOTE: &str = "\
Minutes of the desk, 13 November.

We write missile-warning with a hyphen.
The link was launched late; nobody's café was open.
";

const PAGE: &str = "\
<!doctype html>
<html lang=\"en\"><head><title>Fact sheet: sharing data</title><meta name=\"date\" content=\"2023-11-20\"></head>
<body><nav>Home</nav><h1>Sharing data</h1>
<p>Radars send <b>warning</b> data to a &amp; b.</p><script>warning()</script></body></html>
";

const WIRE: &str = r#"{"id":"w-1","title":"Summit","text":"The summit agreed on a warning of missile launches.","date":"2023-08-18","lang":"en","slug":"summit"}
{"id":"w 2","title":"Weather","text":"A storm warning for the coast.","date":"2023-11-14"}
"#;

const KOREAN: &str = "미사일 경보를 공유한다.\n";

/// How long a run may take before it counts as hanging.
const LIMIT: Duration = Duration::from_secs(120);

/// A folder with documents, which the program runs in.
pub struct Corpus {
    folder: TempDir,
    writes: Cell<u64>,
}

impl Corpus {
    /// A folder that holds these files; each is a path and a content.
    pub fn with(files: &[(&str, &str)]) -> Self {
        let corpus = Self { folder: tempfile::tempdir().unwrap(), writes: Cell::new(0) };
        files.iter().for_each(|(path, content)| corpus.write(path, content));
        corpus
    }

    /// A folder that holds these files, and an index of the folder `docs`.
    pub fn indexed(files: &[(&str, &str)]) -> Self {
        let corpus = Self::with(files);
        let run = corpus.run("index docs");
        assert!(matches!(run.code, 0 | 3), "{run}");
        corpus
    }

    /// A folder with some documents of each format about one story, and an index of them.
    pub fn desk() -> Self {
        Self::indexed(&[
            ("docs/news.md", NEWS),
            ("docs/note.txt", NOTE),
            ("docs/page.html", PAGE),
            ("docs/wire.jsonl", WIRE),
            ("docs/ko/note.txt", KOREAN),
        ])
    }

    /// Where `path` of the folder stands.
    pub fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    /// Writes a file, a minute after the one before.
    pub fn write(&self, path: &str, content: impl AsRef<[u8]>) {
        let file = self.path(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, content).unwrap();
        self.touch(path);
    }

    /// Gives a file a modification time a minute after that of the last one written.
    pub fn touch(&self, path: &str) {
        self.writes.set(self.writes.get() + 1);
        let modified = SystemTime::UNIX_EPOCH + Duration::from_secs(FIRST_MODIFIED + 60 * self.writes.get());
        File::options().append(true).open(self.path(path)).unwrap().set_modified(modified).unwrap();
    }

    /// Removes a file or a folder with all that is in it.
    pub fn remove(&self, path: &str) {
        let path = self.path(path);
        if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) }.unwrap();
    }

    /// The program with these arguments, separated by spaces; single quotes keep an argument together.
    pub fn command(&self, arguments: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tidings"));
        command.args(words(arguments)).current_dir(self.folder.path()).env("TERM", "dumb");
        for variable in ["TIDINGS_INDEX", "NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "COLORTERM", "LANG"] {
            command.env_remove(variable);
        }
        command
    }

    /// Runs the program with nothing on standard input.
    pub fn run(&self, arguments: &str) -> Run {
        self.run_with(arguments, "")
    }

    /// Runs the program with `stdin` on standard input.
    pub fn run_with(&self, arguments: &str, stdin: impl Into<Vec<u8>>) -> Run {
        finish(self.command(arguments), stdin)
    }

    /// Starts the program with pipes for its standard streams.
    pub fn start(&self, arguments: &str) -> Child {
        let pipe = Stdio::piped;
        self.command(arguments).stdin(pipe()).stdout(pipe()).stderr(pipe()).spawn().unwrap()
    }

    /// The hits of a query, as `search --json` gives them.
    pub fn hits(&self, arguments: &str) -> Vec<Value> {
        let run = self.run(&format!("search --json {arguments}"));
        assert!(matches!(run.code, 0 | 1), "{run}");
        run.hits()
    }

    /// Holds every line of a run with `--json` against the schema that the program gives.
    pub fn assert_fits_schema(&self, run: &Run) {
        let schema = serde_json::from_str(self.run("schema").out()).unwrap();
        let validator = jsonschema::draft202012::new(&schema).unwrap();
        for line in run.json_lines() {
            let faults: Vec<_> = validator.iter_errors(&line).map(|error| error.to_string()).collect();
            assert!(faults.is_empty(), "{line}: {faults:?}");
        }
    }

    /// The ids of the passages that a query finds, in the order of ranks.
    pub fn found(&self, arguments: &str) -> Vec<String> {
        self.hits(arguments).iter().map(|hit| hit["passage"]["id"].as_str().unwrap().to_owned()).collect()
    }
}

/// Runs a command to its end with `stdin` on standard input.
pub fn finish(command: Command, stdin: impl Into<Vec<u8>>) -> Run {
    let mut command = assert_cmd::Command::from_std(command);
    let output = command.timeout(LIMIT).write_stdin(stdin).output().unwrap();
    let code = output.status.code().unwrap_or_else(|| panic!("ended by a signal: {output:?}"));
    Run { code, stdout: output.stdout, stderr: output.stderr }
}

/// Splits arguments as a shell does that knows single quotes alone.
fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quoted = false;
    for character in text.chars() {
        match character {
            '\'' => {
                quoted = !quoted;
                word.get_or_insert_default();
            }
            ' ' if !quoted => words.extend(word.take()),
            _ => word.get_or_insert_default().push(character),
        }
    }
    words.extend(word);
    words
}

/// What came of a run.
pub struct Run {
    /// What the program exited with.
    pub code: i32,
    pub stdout: Vec<u8>,
    pub stderr: Vec<u8>,
}

impl Run {
    /// Standard output, which must be text.
    pub fn out(&self) -> &str {
        std::str::from_utf8(&self.stdout).unwrap()
    }

    /// Standard error, which must be text.
    pub fn err(&self) -> &str {
        std::str::from_utf8(&self.stderr).unwrap()
    }

    /// The run with the lines of standard error in their own order, where several threads have told of sources.
    pub fn sorted(mut self) -> Self {
        let mut lines: Vec<_> = self.err().lines().collect();
        lines.sort_unstable();
        self.stderr = lines.join("\n").into_bytes();
        self
    }

    /// The lines of standard output, each one JSON value.
    pub fn json_lines(&self) -> Vec<Value> {
        self.out().lines().map(|line| serde_json::from_str(line).expect(line)).collect()
    }

    /// The hits among these lines.
    pub fn hits(&self) -> Vec<Value> {
        let lines = self.json_lines().into_iter();
        lines.filter(|line| line["type"] == "hit").map(|line| line["data"].clone()).collect()
    }
}

/// The exit code, standard output and standard error, without what differs from run to run.
impl fmt::Display for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "exit {}", self.code)?;
        for (name, bytes) in [("stdout", &self.stdout), ("stderr", &self.stderr)] {
            if !bytes.is_empty() {
                writeln!(f, "{name}:\n{}", visible(&masked(&String::from_utf8_lossy(bytes))).trim_end())?;
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// What differs from run to run: what stands before it, what ends it, and what is shown in its place.
const MASKS: [(&str, &[char], &str); 9] = [
    ("\"elapsed_ms\":", &[',', '}'], "[ms]"),
    ("\"generation\":", &[',', '}'], "[generation]"),
    ("\"updated\":\"", &['"'], "[time]"),
    ("\"bytes\":{\"columns\":", &['}'], "[bytes]"),
    ("\"segments\":", &[',', '}'], "[segments]"),
    ("\"deleted\":", &[',', '}'], "[deleted]"),
    ("updated    ", &['\n'], "[time]"),
    ("on disk    ", &['\n'], "[bytes]"),
    ("segments   ", &['\n'], "[segments]"),
];

fn masked(text: &str) -> String {
    MASKS.iter().fold(text.to_owned(), |text, (before, ends, shown)| {
        let mut parts = text.split(before);
        let mut masked = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let end = part.find(*ends).unwrap_or(part.len());
            masked += &[before, *shown, &part[end..]].concat();
        }
        masked
    })
}

/// The text with control characters escaped, but for line breaks.
fn visible(text: &str) -> String {
    let shown = |character: char| match character {
        '\n' => character.to_string(),
        character if character.is_control() => character.escape_default().to_string(),
        character => character.to_string(),
    };
    text.chars().map(shown).collect()
}

/// The files of an index directory, by name.
pub fn files_of(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<_> =
        entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}
