//! The parent's side of one child: orders, answers, the clock that runs meanwhile, and what its end means.

use std::io::{self, BufReader, Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::wire::{self, Order, Reply, Task};
use super::{IsolationError, Limits, Options};
use crate::document::Format;
use crate::extract::archive::Member;
use crate::extract::{ExtractError, Extracted};

/// How many orders a child serves before another takes its place, so that what parsers leak does not add up.
const ORDERS: usize = 1_000;

/// The longest answer but for the text that was asked for: a member's name with its facts.
const MAX_ANSWER: u64 = 1 << 20;

/// How much of what a child says in dying is kept.
const LAST_WORDS: u64 = 4 << 10;

/// One child.
#[derive(Debug)]
pub(super) struct Worker {
    process: Arc<Mutex<Child>>,
    orders: ChildStdin,
    answers: BufReader<ChildStdout>,
    last_words: Option<JoinHandle<String>>,
    clock: Clock,
    limits: Limits,
    served: usize,
}

/// What went wrong with a child, and whether another child would fare the same.
#[derive(Debug)]
pub(super) struct Trouble {
    pub(super) error: IsolationError,
    pub(super) is_final: bool,
}

impl Worker {
    pub(super) fn start(options: &Options) -> io::Result<Self> {
        let (program, arguments) = options.command.split_first().ok_or(io::ErrorKind::NotFound)?;
        let mut command = Command::new(program);
        command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn()?;
        let (Some(orders), Some(answers), Some(words)) =
            (child.stdin.take(), child.stdout.take(), child.stderr.take())
        else {
            return Err(io::ErrorKind::BrokenPipe.into());
        };
        let process = Arc::new(Mutex::new(child));
        let clock = Clock::start(Arc::clone(&process), options.limits.time)?;
        let last_words = std::thread::Builder::new().spawn(move || hear_out(words))?;
        let answers = BufReader::with_capacity(64 << 10, answers);
        let last_words = Some(last_words);
        Ok(Self { process, orders, answers, last_words, clock, limits: options.limits, served: 0 })
    }

    /// Whether it has done something before, so that it may be to blame itself.
    pub(super) fn has_served(&self) -> bool {
        self.served > 1
    }

    /// Whether another should take its place.
    pub(super) fn is_worn(&self) -> bool {
        self.served >= ORDERS || self.clock.has_struck()
    }

    /// Has it extract a source. What the parser says is inside, what befell the child outside.
    pub(super) fn extract(
        &mut self,
        bytes: &[u8],
        format: Format,
    ) -> Result<Result<Extracted, ExtractError>, Trouble> {
        let limit = self.limits.output;
        self.clock.wind();
        let answer = self.order(Task::Extract(format), Some(bytes)).and_then(|()| self.answer(limit));
        self.clock.stop();
        match answer {
            Ok(Reply::Extracted(extracted)) => Ok(Ok(*extracted)),
            Ok(Reply::Refused(refused)) => Ok(Err(refused.into())),
            Ok(Reply::Member(_) | Reply::Done) => Err(self.trouble(&io::ErrorKind::InvalidData.into())),
            Err(error) => Err(self.trouble(&error)),
        }
    }

    /// Has it unpack an archive.
    pub(super) fn unpack(mut self, task: Task, bytes: Option<&[u8]>) -> Result<Unpacking, IsolationError> {
        let Task::Unpack { max_member, .. } = task else { unreachable!("it is told to unpack") };
        self.clock.wind();
        let ordered = self.order(task, bytes);
        self.clock.stop();
        match ordered {
            Ok(()) => Ok(Unpacking { worker: self, max_member, state: Progress::Going }),
            Err(error) => Err(self.trouble(&error).error),
        }
    }

    fn order(&mut self, task: Task, bytes: Option<&[u8]>) -> io::Result<()> {
        self.served += 1;
        let Limits { memory, time, .. } = self.limits;
        wire::write(&Order { task, memory, seconds: time.as_secs().saturating_add(1) }, &mut self.orders)?;
        if let Some(bytes) = bytes {
            wire::write_bytes(bytes, &mut self.orders)?;
        }
        self.orders.flush()
    }

    fn answer(&mut self, limit: u64) -> io::Result<Reply> {
        wire::read(&mut self.answers, limit)
    }

    /// Puts an end to the child, and tells what went wrong with it.
    fn trouble(&mut self, error: &io::Error) -> Trouble {
        let status = end(&self.process);
        let words = self.last_words.take().and_then(|thread| thread.join().ok()).unwrap_or_default();
        let limit = |reason: String, is_final| Trouble { error: IsolationError::Limit(reason), is_final };
        let Limits { memory, time, output } = self.limits;
        if self.clock.has_struck() || is_out_of_time(status) {
            return limit(format!("takes longer than {} s; raise --extract-time", time.as_secs_f64()), true);
        }
        if error.kind() == io::ErrorKind::FileTooLarge {
            return limit(format!("gives more than {}; raise --extract-output", size_text(output)), true);
        }
        if words.contains("memory allocation of") {
            return limit(
                format!("needs more memory than {}; raise --extract-memory", size_text(memory)),
                false,
            );
        }
        let reason = match () {
            () if words.contains("overflowed its stack") => {
                "its parser goes too deep; perhaps it nests without end"
            }
            () if error.kind() == io::ErrorKind::InvalidData => "its parser gave no sensible answer",
            () => "its parser crashed",
        };
        Trouble { error: IsolationError::Crash(reason.to_owned()), is_final: false }
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        let mut process = self.process.lock().unwrap_or_else(PoisonError::into_inner);
        let _ = process.kill();
        let _ = process.wait();
    }
}

/// Ends a process and gives how it ended, by itself or not.
fn end(process: &Mutex<Child>) -> Option<ExitStatus> {
    let mut process = process.lock().unwrap_or_else(PoisonError::into_inner);
    // One that crashed has closed its pipes a moment before it can be waited for: give it that moment, so that
    // its own end is told and not ours.
    for _ in 0..50 {
        if let Ok(Some(status)) = process.try_wait() {
            return Some(status);
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    let _ = process.kill();
    process.wait().ok()
}

#[cfg(unix)]
fn is_out_of_time(status: Option<ExitStatus>) -> bool {
    use std::os::unix::process::ExitStatusExt;
    const SIGXCPU: i32 = 24;
    status.and_then(|status| status.signal()) == Some(SIGXCPU)
}

#[cfg(not(unix))]
fn is_out_of_time(_status: Option<ExitStatus>) -> bool {
    false
}

/// Reads what a child says on standard error to its end; keeps the beginning.
fn hear_out(mut words: impl Read) -> String {
    let mut kept = Vec::new();
    let _ = words.by_ref().take(LAST_WORDS).read_to_end(&mut kept);
    let _ = io::copy(&mut words, &mut io::sink());
    String::from_utf8_lossy(&kept).into_owned()
}

fn size_text(bytes: u64) -> String {
    crate::source::size_text(bytes)
}

/// An archive that is being unpacked.
#[derive(Debug)]
pub struct Unpacking {
    worker: Worker,
    max_member: u64,
    state: Progress,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Progress {
    Going,
    /// It came to an end, and the child can be used again.
    Done,
    /// The child is at its end too.
    Dead,
}

impl Unpacking {
    /// The next member with its content, which is empty where there is trouble with it; `None` behind the last.
    ///
    /// # Errors
    ///
    /// When the archive breaks off, or the child met a limit or crashed; nothing follows.
    pub fn next_member(&mut self) -> Result<Option<(Member, Vec<u8>)>, IsolationError> {
        if self.state != Progress::Going {
            return Ok(None);
        }
        self.worker.clock.wind();
        let answer = self.answer();
        self.worker.clock.stop();
        match answer {
            Ok(Answer::Member(member, content)) => Ok(Some((member, content))),
            Ok(Answer::End(outcome)) => {
                self.state = Progress::Done;
                outcome.map(|()| None).map_err(IsolationError::from)
            }
            Err(error) => {
                self.state = Progress::Dead;
                Err(self.worker.trouble(&error).error)
            }
        }
    }

    fn answer(&mut self) -> io::Result<Answer> {
        match self.worker.answer(MAX_ANSWER)? {
            Reply::Member(member) => {
                let content = match member.trouble {
                    None => wire::read_bytes(&mut self.worker.answers, self.max_member)?,
                    Some(_) => Vec::new(),
                };
                Ok(Answer::Member(member, content))
            }
            Reply::Done => Ok(Answer::End(Ok(()))),
            Reply::Refused(refused) => Ok(Answer::End(Err(refused.into()))),
            Reply::Extracted(_) => Err(io::ErrorKind::InvalidData.into()),
        }
    }

    /// The child, if it can be used again.
    pub(super) fn into_sound_worker(self) -> Option<Worker> {
        (self.state == Progress::Done).then_some(self.worker)
    }
}

enum Answer {
    Member(Member, Vec<u8>),
    End(Result<(), ExtractError>),
}

/// A clock in a thread of its own that ends a child when its time is over.
#[derive(Debug)]
struct Clock {
    hand: Arc<Hand>,
    time: Duration,
}

#[derive(Debug, Default)]
struct Hand {
    state: Mutex<HandState>,
    moved: Condvar,
}

#[derive(Debug, Default)]
struct HandState {
    /// When the child's time is over, if the clock is wound.
    deadline: Option<Instant>,
    has_struck: bool,
    is_over: bool,
}

impl Clock {
    fn start(process: Arc<Mutex<Child>>, time: Duration) -> io::Result<Self> {
        let hand = Arc::new(Hand::default());
        let seen = Arc::clone(&hand);
        std::thread::Builder::new().spawn(move || seen.watch(&process))?;
        Ok(Self { hand, time })
    }

    fn wind(&self) {
        self.hand.change(|state| state.deadline = Instant::now().checked_add(self.time));
    }

    /// Stops the clock: it cannot strike behind this.
    fn stop(&self) {
        self.hand.change(|state| state.deadline = None);
    }

    fn has_struck(&self) -> bool {
        self.hand.state().has_struck
    }
}

impl Drop for Clock {
    fn drop(&mut self) {
        self.hand.change(|state| state.is_over = true);
    }
}

impl Hand {
    fn state(&self) -> MutexGuard<'_, HandState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self, change: impl FnOnce(&mut HandState)) {
        change(&mut self.state());
        self.moved.notify_one();
    }

    fn watch(&self, process: &Mutex<Child>) {
        let mut state = self.state();
        while !state.is_over && !state.has_struck {
            let Some(deadline) = state.deadline else {
                state = self.moved.wait(state).unwrap_or_else(PoisonError::into_inner);
                continue;
            };
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                state.has_struck = true;
                let _ = process.lock().unwrap_or_else(PoisonError::into_inner).kill();
            } else {
                state = self.moved.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
            }
        }
    }
}
