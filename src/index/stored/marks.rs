//! A text with its anchors inside.
//!
//! An anchor says where its source does not go on as the text does. It stands as a mark in the text, a byte that no text
//! has, so that words which are marked up alike are alike in what is packed; and by what differs from going on:
//!
//! | mark | anchor | what follows |
//! |---|---|---|
//! | `ff` | later in the same line | how much later |
//! | `fe` | in another line | difference of the lines, column |
//! | `fd` | right there, of a character that the source writes otherwise, behind which it goes on | how many bytes that has there |
//! | `fc` | the same, later in the same line | how much later, how many bytes |
//! | `fb` | any other | differences of lines and columns, both widths |

use super::numbers::{Reader, Writer};
use crate::document::Anchor;

const LATER: u8 = 0xff;
const OTHER_LINE: u8 = 0xfe;
const CHARACTER: u8 = 0xfd;
const LATER_CHARACTER: u8 = 0xfc;
const OTHER: u8 = 0xfb;

/// Follows a text from anchor to anchor through its source. Numbers wrap around, so that any are as good as others.
#[derive(Clone, Copy)]
pub(super) struct Course {
    pub(super) last: Anchor,
    /// How many bytes of the source lie between the beginning and that anchor, as far as lines go on.
    bytes: usize,
}

impl Course {
    /// At the beginning of a text.
    pub(super) fn new(line: usize, column: usize) -> Self {
        Self { last: Anchor { offset: 0, line, column: column.max(1), width: 1, origin_width: 1 }, bytes: 0 }
    }

    /// Goes on to an anchor, from where the text led.
    fn pass(&mut self, anchor: Anchor, (line, column): (usize, usize)) {
        let between = self.last.source_len(anchor.offset.saturating_sub(self.last.offset));
        let later = if anchor.line == line { anchor.column.wrapping_sub(column) } else { 0 };
        self.bytes = self.bytes.wrapping_add(between).wrapping_add(later);
        self.last = anchor;
    }

    /// How many bytes of the source a text of this length leads over.
    pub(super) fn source_end(&self, len: usize) -> usize {
        self.bytes.wrapping_add(self.last.source_len(len.saturating_sub(self.last.offset)))
    }
}

impl Writer<'_> {
    /// Writes a text with a mark for each anchor.
    pub(super) fn marked(&mut self, text: &[u8], anchors: &[Anchor], course: &mut Course) {
        let mut at = 0;
        let mut anchors = anchors.iter().peekable();
        while let Some(&anchor) = anchors.next() {
            let offset = anchor.offset.clamp(at, text.len());
            self.bytes.extend_from_slice(&text[at..offset]);
            at = offset;
            let reached = course.last.leads_to(text, offset);
            let later = anchor.column.checked_sub(reached.1).filter(|_| anchor.line == reached.0);
            let behind = later.and_then(|_| behind_character(&anchor, &text[at..]));
            let behind = behind.filter(|behind| anchors.peek() == Some(&behind));
            match (later, behind.is_some()) {
                (Some(later), true) => self.character(later, anchor.origin_width),
                (later, _) => self.mark(&anchor, reached, later),
            }
            course.pass(anchor, reached);
            if let Some(behind) = behind {
                self.bytes.extend_from_slice(&text[at..behind.offset]);
                at = behind.offset;
                course.pass(behind, (behind.line, behind.column));
                anchors.next();
            }
        }
        self.bytes.extend_from_slice(&text[at..]);
    }

    /// Writes the anchor of a character that has so many bytes in the source, so much later in the line.
    fn character(&mut self, later: usize, origin_width: usize) {
        if later == 0 {
            self.bytes.push(CHARACTER);
        } else {
            self.bytes.push(LATER_CHARACTER);
            self.number(later);
        }
        self.number(origin_width);
    }

    /// Writes any other anchor where the text leads to this line and column, so much later if it is in that line.
    fn mark(&mut self, anchor: &Anchor, (line, column): (usize, usize), later: Option<usize>) {
        let Anchor { width, origin_width, .. } = *anchor;
        match later {
            Some(later) if (width, origin_width) == (1, 1) => {
                self.bytes.push(LATER);
                self.number(later);
            }
            None if (width, origin_width) == (1, 1) && anchor.line != line => {
                self.bytes.push(OTHER_LINE);
                self.difference(anchor.line, line);
                self.number(anchor.column);
            }
            _ => {
                self.bytes.push(OTHER);
                self.difference(anchor.line, line);
                self.difference(anchor.column, column);
                self.number(width);
                self.number(origin_width);
            }
        }
    }
}

impl Reader<'_> {
    /// Reads a text, and adds its anchors.
    pub(super) fn marked(&mut self, anchors: &mut Vec<Anchor>, course: &mut Course) -> Option<String> {
        let mut text = Vec::with_capacity(self.bytes.len());
        loop {
            text.extend_from_slice(self.bytes(first_mark(self.bytes))?);
            let Some((&mark, rest)) = self.bytes.split_first() else { break };
            self.bytes = rest;
            let reached = course.last.leads_to(&text, text.len());
            let anchor = self.anchor(mark, text.len(), reached)?;
            anchors.push(anchor);
            course.pass(anchor, reached);
            if let CHARACTER | LATER_CHARACTER = mark {
                let behind = behind_character(&anchor, self.bytes)?;
                text.extend_from_slice(self.bytes(anchor.width)?);
                anchors.push(behind);
                course.pass(behind, (behind.line, behind.column));
            }
        }
        String::from_utf8(text).ok()
    }

    /// Reads the anchor of a mark where the text led to this line and column.
    fn anchor(&mut self, mark: u8, offset: usize, (line, column): (usize, usize)) -> Option<Anchor> {
        let here = Anchor { offset, line, column, width: 1, origin_width: 1 };
        Some(match mark {
            LATER => Anchor { column: column.wrapping_add(self.number()?), ..here },
            OTHER_LINE => Anchor { line: self.difference()?.from(line), column: self.number()?, ..here },
            CHARACTER | LATER_CHARACTER => {
                let later = if mark == LATER_CHARACTER { self.number()? } else { 0 };
                let (origin_width, &first) = (self.number()?, self.bytes.first()?);
                Anchor { column: column.wrapping_add(later), width: width_of(first), origin_width, ..here }
            }
            OTHER => Anchor {
                line: self.difference()?.from(line),
                column: self.difference()?.from(column),
                width: self.number()?,
                origin_width: self.number()?,
                ..here
            },
            _ => return None,
        })
    }
}

/// The anchor behind one that is of the first character of a text alone, as it would be if the source went on behind it.
fn behind_character(anchor: &Anchor, text: &[u8]) -> Option<Anchor> {
    let Anchor { offset, line, column, width, origin_width } = *anchor;
    let is_character = text.first().is_some_and(|&first| width_of(first) == width) && text.len() >= width;
    (is_character && width != origin_width).then(|| Anchor {
        offset: offset + width,
        line,
        column: column.wrapping_add(origin_width),
        width: 1,
        origin_width: 1,
    })
}

/// Where in a text with marks the first of them stands; where the text ends, if it has none.
fn first_mark(bytes: &[u8]) -> usize {
    // The largest of some bytes at once is what compilers find without a loop.
    let without =
        bytes.chunks(32).take_while(|chunk| chunk.iter().fold(0, |most, &byte| byte.max(most)) < OTHER);
    let start = (32 * without.count()).min(bytes.len());
    bytes[start..].iter().position(|&byte| byte >= OTHER).map_or(bytes.len(), |at| start + at)
}

/// How many bytes a character has that begins with this one.
fn width_of(first: u8) -> usize {
    match first {
        0xf0.. => 4,
        0xe0.. => 3,
        0xc0.. => 2,
        _ => 1,
    }
}
