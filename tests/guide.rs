//! What README.md and GUIDE.md show is what the program does.
//!
//! Every command of their `console` blocks runs, in the order of the page, in a fresh folder that holds a copy
//! of `seeds/`, and what it writes (both streams, as a terminal shows them) must be what the page shows. Lines
//! that start with `$ ` are commands, `> ` continues one, everything else is output. `cargo run --release --`
//! stands for the program. What differs from run to run (times, generations, sizes, segments) is masked.
//!
//! To write the real output into the pages, and then read the difference:
//!
//! ```sh
//! TIDINGS_REWRITE=1 cargo test --test guide
//! git diff README.md GUIDE.md
//! ```
#![cfg(unix)]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, UNIX_EPOCH};
use std::{env, fs};

use regex::Regex;
use tempfile::TempDir;

/// What differs from run to run, and what stands for it when outputs are compared.
const MASKS: [(&str, &str); 7] = [
    (r"on disk +.*", "on disk _"),
    (r#""elapsed_ms":[0-9.]+"#, r#""elapsed_ms":_"#),
    (r#""generation":[0-9]+"#, r#""generation":_"#),
    (r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}Z", "_"),
    (r"[0-9.]+ (B|KiB|MiB)", "_ bytes"),
    (r"[0-9]+ segments?", "_ segments"),
    (r"segments(:? +)[0-9]+( before| \([0-9]+ deleted entries\))", "segments _"),
];

/// When the sample documents were last modified, in seconds since 1970: on 15 January 2024.
const MODIFIED: u64 = 1_705_276_800;

/// A command of a page with the output that the page shows.
struct Step {
    /// The command's own lines, joined.
    command: String,
    /// The first line of the output, counted from 0.
    output_start: usize,
    output: Vec<String>,
}

/// A difference between a page and the program.
struct Difference<'a> {
    step: &'a Step,
    real: Vec<String>,
}

#[test]
fn the_readme_shows_what_the_program_does() {
    check("README.md");
}

#[test]
fn the_guide_shows_what_the_program_does() {
    check("GUIDE.md");
}

fn check(page: &str) {
    let path = repository().join(page);
    let text = fs::read_to_string(&path).expect("the page is there");
    let steps = steps(&text);
    assert!(!steps.is_empty(), "{page}: no `console` block");
    let folder = folder_with_seeds();
    let mut differences = Vec::new();
    for step in &steps {
        let real = run(&step.command, folder.path());
        if masked(&real) != masked(&step.output) {
            differences.push(Difference { step, real });
        }
    }
    if env::var_os("TIDINGS_REWRITE").is_some() {
        fs::write(&path, rewritten(&text, &differences)).expect("the page can be written");
        return;
    }
    let shown: String = differences.iter().map(|difference| shown(page, difference)).collect();
    assert!(
        differences.is_empty(),
        "{page} shows what the program does not do (see the top of tests/guide.rs to rewrite it)\n{shown}"
    );
}

fn repository() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The commands of the `console` blocks of a page.
fn steps(page: &str) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let mut inside = false;
    for (number, line) in page.lines().enumerate() {
        if line.starts_with("```") {
            inside = line == "```console";
        } else if let Some(command) = line.strip_prefix("$ ").filter(|_| inside) {
            steps.push(Step { command: command.to_owned(), output_start: number + 1, output: Vec::new() });
        } else if inside && let Some(step) = steps.last_mut() {
            match line.strip_prefix("> ") {
                Some(more) if step.output.is_empty() => {
                    step.command = format!("{}\n{more}", step.command);
                    step.output_start = number + 1;
                }
                _ => step.output.push(line.to_owned()),
            }
        }
    }
    steps
}

fn folder_with_seeds() -> TempDir {
    let folder = TempDir::new().expect("a temporary folder");
    copy(&repository().join("seeds"), &folder.path().join("seeds"));
    folder
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir(to).expect("a new folder");
    for entry in fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        let target = to.join(entry.file_name());
        match entry.file_type().expect("a type").is_dir() {
            true => copy(&entry.path(), &target),
            false => copy_file(&entry.path(), &target),
        }
    }
}

/// Copies a file and gives it an old time: a pass looks twice at files that were just modified, and what has no
/// date takes it from there.
fn copy_file(from: &Path, to: &Path) {
    fs::copy(from, to).expect("a copy");
    let file = fs::File::options().write(true).open(to).expect("a file");
    file.set_modified(UNIX_EPOCH + Duration::from_secs(MODIFIED)).expect("a time");
}

/// The lines that a command writes, to standard output and error alike.
fn run(command: &str, folder: &Path) -> Vec<String> {
    let program = Path::new(env!("CARGO_BIN_EXE_tidings"));
    let mut path = program.parent().expect("a folder").as_os_str().to_owned();
    path.push(":");
    path.push(env::var_os("PATH").unwrap_or_default());
    let script = format!("exec 2>&1\n{}", command.replace("cargo run --release --", "tidings"));
    let mut shell = Command::new("sh");
    for name in ["TIDINGS_INDEX", "NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE"] {
        shell.env_remove(name);
    }
    let output =
        shell.args(["-c", &script]).current_dir(folder).env("PATH", path).env("LC_ALL", "C").output();
    let output = output.expect("a shell").stdout;
    String::from_utf8(output).expect("UTF-8").lines().map(|line| line.trim_end().to_owned()).collect()
}

/// Lines without what differs from run to run, and without blank lines at their end.
fn masked(lines: &[String]) -> String {
    let masks = MASKS.map(|(pattern, mask)| (Regex::new(pattern).expect("a sound pattern"), mask));
    let masked = masks.iter().fold(lines.join("\n"), |text, (pattern, mask)| {
        pattern.replace_all(&text, regex::NoExpand(mask)).into_owned()
    });
    masked.trim_end().to_owned()
}

/// A page with the real output in the place of what it shows.
fn rewritten(page: &str, differences: &[Difference<'_>]) -> String {
    let mut lines: Vec<String> = page.lines().map(str::to_owned).collect();
    for Difference { step, real } in differences.iter().rev() {
        let blank = step.output.iter().rev().take_while(|line| line.is_empty()).count();
        let end = step.output_start + step.output.len() - blank;
        lines.splice(step.output_start..end, real.iter().cloned());
    }
    lines.join("\n") + "\n"
}

/// A difference for people: the command, and the lines that differ with what is shown before and done behind.
fn shown(page: &str, Difference { step, real }: &Difference<'_>) -> String {
    let same =
        |pairs: &mut dyn Iterator<Item = (&String, &String)>| pairs.take_while(|(a, b)| a == b).count();
    let head = same(&mut step.output.iter().zip(real));
    let tail = same(&mut step.output.iter().rev().zip(real.iter().rev()))
        .min(step.output.len().min(real.len()) - head);
    let lines = |sign: char, lines: &[String]| -> String {
        lines[head..lines.len() - tail].iter().map(|line| format!("{sign} {line}\n")).collect()
    };
    let Step { command, output_start, output } = step;
    let place = format!("\n{page}:{}\n$ {command}\n", output_start + head + 1);
    place + &lines('-', output) + &lines('+', real)
}
