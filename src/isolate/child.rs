//! The child's side: does what it is ordered on standard input, and answers on standard output.
//!
//! Before anything untrusted is looked at the process takes limits upon itself that it cannot exceed: on memory, on
//! processor time, on writing files. What parsers write to standard output goes nowhere.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::wire::{self, Given, Order, Refused, Reply, Task};
use crate::extract::archive::{self, Archive, Member};
use crate::extract::{self, ExtractError};

/// Serves orders until standard input ends.
///
/// # Errors
///
/// When standard input or output fails, as it does when the program that gives the orders is gone.
pub fn serve() -> io::Result<()> {
    // A panic is answered with a refusal; its message belongs to nobody's terminal.
    std::panic::set_hook(Box::new(|_| {}));
    let mut out = BufWriter::new(take_standard_output()?);
    let mut orders = BufReader::new(io::stdin().lock());
    while let Some(order) = next_order(&mut orders)? {
        limit(&order);
        match order.task {
            Task::Extract(format) => {
                let bytes = wire::read_bytes(&mut orders, u64::MAX)?;
                let extracted = guarded(|| extract::extract_binary(&bytes, format));
                let reply = extracted.map_or_else(refused, |extracted| Reply::Extracted(Box::new(extracted)));
                wire::write(&reply, &mut out)?;
            }
            Task::Unpack { format, given, max_member } => {
                let archive = match given {
                    Given::File(path) => Archive::open(&path.into_path(), format),
                    Given::Bytes => {
                        let bytes = wire::read_bytes(&mut orders, u64::MAX)?;
                        Archive::of(bytes, format)
                    }
                };
                unpack(archive, max_member, order.seconds, &mut out)?;
            }
        }
        out.flush()?;
    }
    Ok(())
}

/// The next order; `None` at the end of standard input.
fn next_order(orders: &mut impl io::BufRead) -> io::Result<Option<Order>> {
    if orders.fill_buf()?.is_empty() {
        return Ok(None);
    }
    wire::read(orders, 1 << 20).map(Some)
}

fn refused(error: ExtractError) -> Reply {
    Reply::Refused(Refused::from(error))
}

/// Does something that may panic, and makes a panic an error.
fn guarded<T>(parse: impl FnOnce() -> Result<T, ExtractError>) -> Result<T, ExtractError> {
    catch_unwind(AssertUnwindSafe(parse)).unwrap_or_else(|_| {
        end_for_want_of_memory();
        Err(ExtractError::ParserFailed)
    })
}

/// Ends the process as an allocation that fails does, where memory has run out: some parsers panic there themselves.
fn end_for_want_of_memory() {
    /// Less than any parser needs.
    const LITTLE: usize = 1 << 20;
    if Vec::<u8>::new().try_reserve_exact(LITTLE).is_err() {
        std::alloc::handle_alloc_error(std::alloc::Layout::new::<[u8; LITTLE]>());
    }
}

fn unpack(
    archive: Result<Archive, ExtractError>,
    max_member: u64,
    seconds: u64,
    out: &mut impl Write,
) -> io::Result<()> {
    let mut broken_pipe = None;
    let mut take = |member: Member, bytes: &[u8]| {
        let has_bytes = member.trouble.is_none();
        let written = wire::write(&Reply::Member(member), out)
            .and_then(|()| if has_bytes { wire::write_bytes(bytes, out) } else { Ok(()) })
            .and_then(|()| out.flush());
        broken_pipe = written.err();
        limit_time(seconds);
        broken_pipe.is_none()
    };
    let outcome = guarded(|| archive.and_then(|archive| archive::unpack(archive, max_member, &mut take)));
    if let Some(error) = broken_pipe {
        return Err(error);
    }
    wire::write(&outcome.map_or_else(refused, |()| Reply::Done), out)
}

/// Standard output, which from now on leads nowhere for everybody else.
#[cfg(unix)]
fn take_standard_output() -> io::Result<impl Write> {
    use std::os::fd::AsFd;
    let own = File::from(io::stdout().as_fd().try_clone_to_owned()?);
    let nowhere = File::options().write(true).open("/dev/null")?;
    rustix::stdio::dup2_stdout(&nowhere)?;
    Ok(own)
}

#[cfg(not(unix))]
fn take_standard_output() -> io::Result<impl Write> {
    Ok(io::stdout().lock())
}

/// Takes the order's limits upon this process. One that the system does not know is left out: the parent has a clock of
/// its own.
#[cfg(unix)]
fn limit(order: &Order) {
    use rustix::process::Resource;
    set_limit(Resource::As, order.memory);
    set_limit(Resource::Core, 0);
    set_limit(Resource::Fsize, 0);
    limit_time(order.seconds);
}

/// Limits the processor time from now on. Only an orphan meets this limit: while the parent lives, its clock is stricter.
#[cfg(unix)]
fn limit_time(seconds: u64) {
    use rustix::time::{ClockId, clock_gettime};
    let used = u64::try_from(clock_gettime(ClockId::ProcessCPUTime).tv_sec).unwrap_or(0);
    set_limit(rustix::process::Resource::Cpu, used.saturating_add(seconds).saturating_add(2));
}

#[cfg(unix)]
fn set_limit(resource: rustix::process::Resource, wanted: u64) {
    use rustix::process::{Rlimit, getrlimit, setrlimit};
    let maximum = getrlimit(resource).maximum;
    let current = Some(maximum.map_or(wanted, |maximum| maximum.min(wanted)));
    let _ = setrlimit(resource, Rlimit { current, maximum });
}

#[cfg(not(unix))]
fn limit(_order: &Order) {}

#[cfg(not(unix))]
fn limit_time(_seconds: u64) {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_an_error() {
        let outcome: Result<(), _> = guarded(|| panic!("index out of bounds"));
        assert_eq!(outcome.expect_err("it panicked").to_string(), "its parser failed");
        assert!(guarded(|| Ok(())).is_ok());
    }
}
