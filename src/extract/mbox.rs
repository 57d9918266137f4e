//! Placeholder.

use std::io::{self, BufRead};

/// One message of a mailbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// Its number in the mailbox, from 1.
    pub number: usize,
    /// Bytes of the file before it.
    pub offset: usize,
    /// Lines of the file before it.
    pub lines: usize,
    /// Its bytes, `>From ` unquoted only in what is read from them; `None` where it is longer than is read.
    pub bytes: Option<Vec<u8>>,
}

/// Reads the messages of a mailbox, in order, one at a time.
#[derive(Debug)]
pub struct Messages<R> {
    reader: R,
}

impl<R: BufRead> Messages<R> {
    /// Reads the mailbox; a message of more than `max` bytes is passed over.
    pub fn new(reader: R, _max: u64) -> Self {
        Self { reader }
    }
}

impl<R: BufRead> Iterator for Messages<R> {
    type Item = io::Result<Stored>;

    fn next(&mut self) -> Option<Self::Item> {
        let _ = &self.reader;
        None
    }
}
