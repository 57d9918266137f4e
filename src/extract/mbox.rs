//! Mailboxes: many messages in one file, each behind a line that starts with `From `.
//!
//! Such a line counts at the file's start and behind a blank line, and only where it looks as mail programs write it:
//! a sender, then a date with its time and year. Programs put a `>` before a line of a body that starts with `From `;
//! [`email::extract`](super::email::extract) takes it off what is read, so that the bytes here stay those of the file.
//! `Content-Length` is not believed: it is wrong wherever a mailbox was edited.
//!
//! Only one message is held in memory at a time. What stands before the first such line is a message too, since nothing
//! readable should be lost.

use std::io::{self, BufRead};

/// The longest line that can set messages apart, in bytes.
const MAX_SEPARATOR: usize = 1 << 10;

/// One message of a mailbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// Its number in the mailbox, from 1.
    pub number: usize,
    /// Bytes of the file before it, the line that sets it apart included.
    pub offset: usize,
    /// Lines of the file before it, the line that sets it apart included.
    pub lines: usize,
    /// Its bytes as they stand in the file; `None` where it is longer than is read.
    pub bytes: Option<Vec<u8>>,
}

/// Reads the messages of a mailbox, in order, one at a time; an error of the reader is the last that it gives.
#[derive(Debug)]
pub struct Messages<R> {
    reader: R,
    max: u64,
    /// How many messages were given.
    number: usize,
    /// Bytes that were read.
    offset: usize,
    /// Lines that were read.
    lines: usize,
    /// Whether the line that was read last was blank, or is none.
    after_blank: bool,
    is_done: bool,
}

/// A message that is being read.
struct Growing {
    offset: usize,
    lines: usize,
    bytes: Option<Vec<u8>>,
    is_blank: bool,
}

impl Growing {
    /// Adds bytes, unless the message is longer than `max` with them.
    fn push(&mut self, part: &[u8], max: u64) {
        self.is_blank &= part.trim_ascii().is_empty();
        let fits = self.bytes.as_ref().is_some_and(|bytes| (bytes.len() + part.len()) as u64 <= max);
        match &mut self.bytes {
            Some(bytes) if fits => bytes.extend_from_slice(part),
            _ => self.bytes = None,
        }
    }
}

/// What follows in a message.
enum Next {
    /// More of it.
    Line,
    /// The next message.
    Separator,
    /// The end of the file.
    End,
}

impl<R: BufRead> Messages<R> {
    /// Reads the decompressed content of a mailbox; a message of more than `max` bytes is passed over.
    pub fn new(reader: R, max: u64) -> Self {
        Self { reader, max, number: 0, offset: 0, lines: 0, after_blank: true, is_done: false }
    }

    /// The next message, be it blank; `None` where the file has ended before it.
    fn message(&mut self) -> io::Result<Growing> {
        let mut message =
            Growing { offset: self.offset, lines: self.lines, bytes: Some(Vec::new()), is_blank: true };
        loop {
            match self.line(&mut message)? {
                Next::Line => {}
                Next::Separator => return Ok(message),
                Next::End => {
                    self.is_done = true;
                    return Ok(message);
                }
            }
        }
    }

    /// Reads a line and adds it to the message, unless it sets the next message apart.
    fn line(&mut self, message: &mut Growing) -> io::Result<Next> {
        // The line, as long as it may still be one that sets messages apart.
        let mut held = Vec::new();
        let (mut is_held, mut is_blank, mut read) = (true, true, 0);
        loop {
            let buffer = match self.reader.fill_buf() {
                Ok(buffer) => buffer,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            let end = buffer.iter().position(|&byte| byte == b'\n').map(|at| at + 1);
            let part = &buffer[..end.unwrap_or(buffer.len())];
            let is_over = end.is_some() || part.is_empty();
            is_blank &= part.iter().all(|byte| matches!(byte, b'\r' | b'\n'));
            if is_held && held.len() + part.len() <= MAX_SEPARATOR {
                held.extend_from_slice(part);
            } else {
                message.push(&std::mem::take(&mut held), self.max);
                message.push(part, self.max);
                is_held = false;
            }
            let len = part.len();
            self.reader.consume(len);
            read += len;
            self.offset += len;
            if is_over {
                break;
            }
        }
        self.lines += usize::from(read > 0);
        if read == 0 {
            return Ok(Next::End);
        }
        let is_separator = std::mem::replace(&mut self.after_blank, is_blank) && is_separator(&held);
        if is_separator {
            return Ok(Next::Separator);
        }
        message.push(&held, self.max);
        Ok(Next::Line)
    }
}

impl<R: BufRead> Iterator for Messages<R> {
    type Item = io::Result<Stored>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.is_done {
            match self.message() {
                Ok(message) if message.is_blank => {}
                Ok(Growing { offset, lines, bytes, .. }) => {
                    self.number += 1;
                    return Some(Ok(Stored { number: self.number, offset, lines, bytes }));
                }
                Err(error) => {
                    self.is_done = true;
                    return Some(Err(error));
                }
            }
        }
        None
    }
}

/// Whether a line sets messages apart: `From `, who sent it, and when, such as `Sun Nov 12 08:00:00 2023` with or
/// without a time zone.
pub(super) fn is_separator(line: &[u8]) -> bool {
    if line.len() > MAX_SEPARATOR {
        return false;
    }
    let Some(rest) = line.strip_prefix(b"From ").and_then(|rest| str::from_utf8(rest).ok()) else {
        return false;
    };
    let words: Vec<&str> = rest.split_ascii_whitespace().collect();
    let month = words.iter().position(|word| is_month(word)).filter(|&at| at > 0);
    month.is_some_and(|at| {
        let is_day = |word: &str| matches!(word.len(), 1 | 2) && is_number(word);
        let is_year = |word: &&str| word.len() == 4 && is_number(word);
        words.get(at + 1).is_some_and(|word| is_day(word))
            && words.get(at + 2).is_some_and(|word| is_time(word))
            && words[at + 3..].iter().take(3).any(is_year)
    })
}

fn is_month(word: &str) -> bool {
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    months.contains(&word)
}

fn is_time(word: &str) -> bool {
    word.contains(':') && word.split(':').all(|part| part.len() == 2 && is_number(part))
}

fn is_number(word: &str) -> bool {
    word.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const FIRST: &str = "From kim@example.org Sun Nov 12 08:00:00 2023\n";
    const SECOND: &str = "From - Mon Nov  6 23:59:01 +0900 2023\r\n";

    fn read(mailbox: &[u8], max: u64) -> Vec<Stored> {
        let reader = io::BufReader::with_capacity(7, mailbox);
        Messages::new(reader, max).map(|message| message.expect("a slice is read")).collect()
    }

    #[test]
    fn messages_are_given_with_their_places() {
        let mailbox = format!("{FIRST}Subject: a\n\nOne\n\n{SECOND}Subject: b\n\n>From here\n");
        let messages = read(mailbox.as_bytes(), 1_000);
        let bodies: Vec<_> = messages
            .iter()
            .map(|message| {
                let bytes = message.bytes.as_deref().expect("short");
                assert_eq!(&mailbox.as_bytes()[message.offset..message.offset + bytes.len()], bytes);
                (message.number, message.lines, str::from_utf8(bytes).expect("text"))
            })
            .collect();
        assert_eq!(bodies, [(1, 1, "Subject: a\n\nOne\n\n"), (2, 6, "Subject: b\n\n>From here\n")]);
    }

    #[test]
    fn only_what_mail_programs_write_sets_messages_apart() {
        for line in [
            FIRST,
            SECOND,
            "From MAILER-DAEMON Fri Jul  8 12:08:34 2011",
            "From kim at example.org  Sun Nov 12 08:00:00 2023",
            "From 1234567890abcdef Mon Sep 17 00:00:00 2001\n",
            "From a@b.org Sun Nov 12 08:00 KST 2023 remote from host",
        ] {
            assert!(is_separator(line.as_bytes()), "{line}");
        }
        for line in [
            "From Nov 12 08:00:00 2023",
            "From the minister, Nov 12",
            "From a@b.org Sun Nov 12 08:00:00",
            "From: a@b.org Sun Nov 12 08:00:00 2023",
            ">From a@b.org Sun Nov 12 08:00:00 2023",
            "from a@b.org Sun Nov 12 08:00:00 2023",
        ] {
            assert!(!is_separator(line.as_bytes()), "{line}");
        }
        let mailbox = format!("{FIRST}Subject: a\n\nOne\n{SECOND}\nFrom the start\n");
        assert_eq!(read(mailbox.as_bytes(), 1_000).len(), 1, "no blank line before, or no date");
    }

    #[test]
    fn a_message_that_is_too_long_is_passed_over() {
        let long = "x".repeat(5_000);
        let mailbox = format!("{FIRST}{long}\n\n{FIRST}{long}\n{long}\n\n{FIRST}short\n");
        let messages = read(mailbox.as_bytes(), 5_002);
        let sizes: Vec<_> = messages.iter().map(|message| message.bytes.as_ref().map(Vec::len)).collect();
        assert_eq!(sizes, [Some(5_002), None, Some(6)]);
        assert_eq!(messages[2].lines, 8);
    }

    #[test]
    fn what_stands_before_the_first_message_is_one_and_blank_ones_are_none() {
        let mailbox = format!("Subject: a\n\n{FIRST}\n{FIRST}\n\n{FIRST}b");
        let messages = read(mailbox.as_bytes(), 1_000);
        let texts: Vec<_> = messages.into_iter().filter_map(|message| message.bytes).collect();
        assert_eq!(texts, [b"Subject: a\n\n".to_vec(), b"b".to_vec()]);
        assert_eq!(read(b"", 10), []);
    }

    proptest! {
        #[test]
        fn messages_are_in_their_places_whatever_the_bytes(
            lines in proptest::collection::vec(
                prop_oneof![Just(FIRST.to_owned()), Just(SECOND.to_owned()), Just("\n".to_owned()), "[a-z>: \r]{0,9}\n?"],
                0..20
            ),
            max in 0u64..60
        ) {
            let mailbox = lines.concat();
            let mut end = 0;
            for message in read(mailbox.as_bytes(), max) {
                prop_assert!(message.offset >= end);
                let before = &mailbox.as_bytes()[..message.offset];
                prop_assert_eq!(message.lines, before.iter().filter(|&&byte| byte == b'\n').count());
                if let Some(bytes) = message.bytes {
                    end = message.offset + bytes.len();
                    prop_assert_eq!(&mailbox.as_bytes()[message.offset..end], &bytes[..]);
                    prop_assert!(bytes.len() as u64 <= max);
                }
            }
        }
    }
}
