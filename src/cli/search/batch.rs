//! `search --queries`: many queries over one opened index, on all cores, answered in their order.
//!
//! One thread reads lines, as many others as there are cores make answers, and the one that was there before writes
//! them. Each line takes a place in a queue before it is handed out, and the writer waits at the first place: so
//! each answer is written as soon as it and all before it are there, and a query that waits alone is answered at
//! once. The queue is bounded, and with it what is read ahead and what is kept back.
//!
//! Up to the first answer everything happens on one thread, since only that answer has a header and tells what
//! failed, and a query that cannot be read has none.
//!
//! The threads are not waited for: where writing fails, one may be reading from somebody who sends no more.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use super::super::diagnostics::{Failure, Outcome, tell};
use super::session::{Asked, Given, Session};
use crate::query;
use crate::render::Turn;

/// How many queries of each thread may be read and not yet written.
const AHEAD: usize = 4;

/// The longest line, in bytes: the longest query text behind an id of 1 KiB.
const LONGEST_LINE: usize = query::MAX_QUERY_LENGTH + (1 << 10);

/// The longest end of a line.
const LINE_END: &[u8] = b"\r\n";

/// Answers the queries of a file, or of standard input, one a line.
pub(super) fn answer_all(
    session: &Arc<Session>,
    file: &Path,
    out: &mut dyn Write,
) -> Result<Outcome, Failure> {
    let mut lines = Lines::open(file)?;
    let mut page = Page { file, out, answered: false, found: false, bad: false };
    while !page.answered {
        match lines.next() {
            Some(line) => page.write(answer(session, line, Turn::First))?,
            None => return Ok(page.outcome()),
        }
    }
    for answer in answers(session, lines) {
        page.write(answer.recv().expect("a thread answers what it takes"))?;
    }
    session.end(page.out)?;
    Ok(page.outcome())
}

/// A line of the file with a query.
struct Line {
    number: usize,
    query: Result<Asking, Failure>,
}

/// A query of the file.
struct Asking {
    id: String,
    text: String,
}

/// Reads the queries of a file.
struct Lines {
    bytes: Box<dyn BufRead + Send>,
    read: usize,
    asked: usize,
}

impl Lines {
    fn open(file: &Path) -> Result<Self, Failure> {
        let bytes: Box<dyn BufRead + Send> = if file.as_os_str() == "-" {
            Box::new(BufReader::new(io::stdin()))
        } else {
            Box::new(BufReader::new(File::open(file).map_err(|error| unreadable(file, &error))?))
        };
        Ok(Self { bytes, read: 0, asked: 0 })
    }

    /// Reads a line with its end; of one that is too long, no more is kept than tells so.
    fn read_line(&mut self) -> io::Result<Vec<u8>> {
        let mut line = Vec::new();
        let most = LONGEST_LINE + LINE_END.len();
        (&mut self.bytes).take(most as u64).read_until(b'\n', &mut line)?;
        if line.len() == most && !line.ends_with(b"\n") {
            self.bytes.skip_until(b'\n')?;
        }
        Ok(line)
    }

    /// The query of a line that is not blank.
    fn asking(&mut self, line: &str) -> Asking {
        self.asked += 1;
        let (id, text) = match line.split_once('\t') {
            Some((id, text)) => (id.to_owned(), text),
            None => (self.asked.to_string(), line),
        };
        Asking { id, text: text.to_owned() }
    }
}

impl Iterator for Lines {
    type Item = io::Result<Line>;

    fn next(&mut self) -> Option<io::Result<Line>> {
        loop {
            let line = match self.read_line() {
                Ok(line) if line.is_empty() => return None,
                Ok(line) => line,
                Err(error) => return Some(Err(error)),
            };
            self.read += 1;
            let query = match text_of(&line) {
                Ok(line) if line.trim().is_empty() => continue,
                Ok(line) => Ok(self.asking(line)),
                Err(failure) => {
                    // It stands for a query, so that those behind it keep their numbers.
                    self.asked += 1;
                    Err(failure)
                }
            };
            return Some(Ok(Line { number: self.read, query }));
        }
    }
}

/// The text of a line, without its end.
fn text_of(line: &[u8]) -> Result<&str, Failure> {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    if line.len() > LONGEST_LINE {
        let most = LONGEST_LINE >> 10;
        return Err(Failure::Usage(format!("the line is longer than {most} KiB; search for fewer words")));
    }
    std::str::from_utf8(line).map_err(|error| {
        let place = error.valid_up_to() + 1;
        Failure::Usage(format!("the line is not UTF-8 from its byte {place} on; write queries in UTF-8"))
    })
}

fn unreadable(file: &Path, error: &io::Error) -> Failure {
    Failure::Usage(format!("{}: {}", file.display(), crate::source::reason(error)))
}

/// What came of a line.
enum Answered {
    /// No line could be read.
    Unreadable(io::Error),
    /// A query was read and answered, or could not be.
    Asked {
        line: usize,
        /// What is to be told before the answer.
        notices: Vec<String>,
        bytes: Vec<u8>,
        given: Result<Given, Failure>,
    },
}

fn answer(session: &Session, line: io::Result<Line>, turn: Turn) -> Answered {
    let line = match line {
        Ok(line) => line,
        Err(error) => return Answered::Unreadable(error),
    };
    let (mut notices, mut bytes) = (Vec::new(), Vec::new());
    let given = line.query.and_then(|asking| {
        let asked = Asked { text: &asking.text, id: Some(&asking.id), turn };
        let mut read = session.read(asked.text)?;
        notices = std::mem::take(&mut read.notices);
        session.answer(asked, read, &mut bytes)
    });
    Answered::Asked { line: line.number, notices, bytes, given }
}

/// A line, and where its answer is waited for.
struct Job {
    line: io::Result<Line>,
    answer: Sender<Answered>,
}

/// Starts to answer the rest of the lines; gives the places of their answers, in order.
fn answers(session: &Arc<Session>, lines: Lines) -> Receiver<Receiver<Answered>> {
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let (places, waiting) = sync_channel(threads * AHEAD);
    let (jobs, taken) = channel();
    let taken = Arc::new(Mutex::new(taken));
    thread::spawn(move || hand_out(lines, &places, &jobs));
    for _ in 0..threads {
        let (session, taken) = (Arc::clone(session), Arc::clone(&taken));
        thread::spawn(move || while take(&session, &taken).is_some() {});
    }
    waiting
}

/// Gives each line a place and hands it out, until there are no more or nobody wants them.
fn hand_out(lines: Lines, places: &SyncSender<Receiver<Answered>>, jobs: &Sender<Job>) {
    for line in lines {
        let is_end = line.is_err();
        let (answer, place) = channel();
        if places.send(place).is_err() || jobs.send(Job { line, answer }).is_err() || is_end {
            return;
        }
    }
}

/// Answers one line; `None` where there are no more.
fn take(session: &Session, jobs: &Mutex<Receiver<Job>>) -> Option<()> {
    let job = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv().ok()?;
    // Nobody waits any more where writing an answer before it has failed.
    let _ = job.answer.send(answer(session, job.line, Turn::Later));
    Some(())
}

/// Writes answers, and remembers what came of them.
struct Page<'a> {
    file: &'a Path,
    out: &'a mut dyn Write,
    answered: bool,
    found: bool,
    bad: bool,
}

impl Page<'_> {
    fn write(&mut self, answered: Answered) -> Result<(), Failure> {
        let (line, notices, bytes, given) = match answered {
            Answered::Unreadable(error) => return Err(unreadable(self.file, &error)),
            Answered::Asked { line, notices, bytes, given } => (line, notices, bytes, given),
        };
        notices.iter().for_each(tell);
        match given {
            Ok(given) => {
                self.out.write_all(&bytes)?;
                // The hits come first, also where both go to one terminal.
                self.out.flush()?;
                given.remarks.iter().for_each(tell);
                self.answered = true;
                self.found |= given.found;
            }
            Err(failure) if failure.outcome() == Outcome::Usage => {
                tell(format_args!("{}:{line}: {failure}", self.file.display()));
                self.bad = true;
            }
            Err(failure) => return Err(failure),
        }
        Ok(())
    }

    fn outcome(&self) -> Outcome {
        match (self.bad, self.found) {
            (true, _) => Outcome::Usage,
            (false, true) => Outcome::Done,
            (false, false) => Outcome::Nothing,
        }
    }
}
