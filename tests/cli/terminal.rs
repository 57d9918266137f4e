//! The program at a terminal: colours, widths, links, the progress bar and what comes first.
//!
//! The terminal is a pair of devices of the operating system. What the program writes to its side is read on the other
//! and played on a small screen, which knows as much of a terminal as the program uses.

use std::fs::File;
use std::io::Read;
use std::os::fd::OwnedFd;
use std::process::Command;
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use rustix::fs::{Mode, OFlags};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};

use super::harness::Corpus;

/// How long a run may take before it counts as hanging.
const LIMIT: Duration = Duration::from_secs(120);

/// Runs a command at a terminal of so many columns; gives what it wrote there.
fn at_terminal(mut command: Command, columns: u16) -> String {
    let (mut ours, theirs) = terminal(columns);
    let side = || theirs.try_clone().unwrap();
    command.env("TERM", "xterm-256color").stdin(side()).stdout(side()).stderr(side());
    let mut child = command.spawn().unwrap();
    // The end of what is written is when the last of their side is closed.
    drop((command, theirs));
    let (written, read) = channel();
    thread::spawn(move || {
        let mut all = Vec::new();
        // On Linux the end is an error of its own; what was read before is there all the same.
        let _ = ours.read_to_end(&mut all);
        written.send(all)
    });
    let all = read.recv_timeout(LIMIT).unwrap_or_else(|_| {
        child.kill().unwrap();
        panic!("the program hangs at a terminal")
    });
    child.wait().unwrap();
    String::from_utf8(all).unwrap()
}

fn terminal(columns: u16) -> (File, OwnedFd) {
    let ours = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&ours).unwrap();
    unlockpt(&ours).unwrap();
    let name = ptsname(&ours, Vec::new()).unwrap();
    let theirs = rustix::fs::open(name, OFlags::RDWR | OFlags::NOCTTY, Mode::empty()).unwrap();
    tcsetwinsize(&theirs, Winsize { ws_row: 50, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 }).unwrap();
    (ours.into(), theirs)
}

/// The lines that stand on the screen in the end.
fn screen(written: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut row = 0;
    let mut rest = written;
    while let Some(next) = rest.chars().next() {
        if let Some(sequence) = rest.strip_prefix("\u{1b}[") {
            let end = sequence.find(|c: char| c.is_ascii_alphabetic()).unwrap();
            let number = sequence[..end].parse().unwrap_or(1);
            match &sequence[end..=end] {
                "A" => row -= number,
                "K" => lines[row].clear(),
                _ => {}
            }
            rest = &sequence[end + 1..];
            continue;
        }
        if let Some(link) = rest.strip_prefix("\u{1b}]8;;") {
            rest = link.split_once("\u{1b}\\").unwrap().1;
            continue;
        }
        match next {
            '\r' => {}
            '\n' => row += 1,
            other => lines[row].push(other),
        }
        lines.resize(lines.len().max(row + 1), String::new());
        rest = &rest[next.len_utf8()..];
    }
    while lines.last().is_some_and(String::is_empty) {
        lines.pop();
    }
    lines
}

fn corpus() -> Corpus {
    let text = "The three ministers agreed to share missile warning data in real time. ".repeat(3);
    Corpus::indexed(&[("docs/a.txt", &text), ("docs/ko.txt", "북한이 미사일을 발사했다고 밝혔다.\n")])
}

#[test]
fn hits_are_coloured_broken_to_the_width_and_come_before_the_summary() {
    let corpus = corpus();
    let written = at_terminal(corpus.command("search missile"), 40);
    assert!(written.contains("\u{1b}[1m\u{1b}[31mmissile\u{1b}[0m"), "{written:?}");
    let lines = screen(&written);
    assert!(lines[0].starts_with("1. a.txt  docs/a.txt:1"), "{lines:?}");
    assert!(lines[1..].len() > 4 && lines[1..].iter().all(|line| line.chars().count() <= 40), "{lines:?}");
    assert!(lines.last().unwrap().starts_with("tidings: 1 passage in "), "{lines:?}");
}

#[test]
fn wide_characters_take_two_columns() {
    let lines = screen(&at_terminal(corpus().command("search 미사일"), 25));
    assert_eq!(lines[1..3], ["   북한이 미사일을", "   발사했다고 밝혔다."], "{lines:?}");
}

#[test]
fn without_colours_there_are_no_escape_sequences_and_links_come_where_they_are_asked_for() {
    let corpus = corpus();
    let mut command = corpus.command("search missile --hyperlink-format file");
    command.env("NO_COLOR", "1");
    assert!(!at_terminal(command, 80).contains('\u{1b}'));
    let linked = at_terminal(corpus.command("search missile --hyperlink-format file"), 80);
    assert!(linked.contains("\u{1b}]8;;file://") && linked.contains("\u{1b}]8;;\u{1b}\\"), "{linked:?}");
}

#[test]
fn the_progress_bar_is_seen_and_gone_in_the_end() {
    let corpus = corpus();
    corpus.write("docs/b.txt", "A third text.");
    corpus.write("docs/broken.jsonl", "{broken\n");
    let written = at_terminal(corpus.command("index docs"), 100);
    assert!(written.contains("reading"), "{written:?}");
    let lines = screen(&written);
    assert_eq!(
        lines,
        [
            "tidings: docs/broken.jsonl:1: malformed JSON at column 2: key must be a string",
            "tidings: added 1, changed 0, removed 0, unchanged 2, skipped 0, failed 1"
        ]
    );
}
