//! What is stored with a passage beside its text, as bytes.
//!
//! There is a lot of it, and texts are short: as JSON it would take up as much room as they do. So a few neighbouring
//! passages of a document are stored as one group, with the first of them: what they share once, as JSON, and behind it
//! the text of each, and a text of what it has of its own, which is numbers. The group is [packed](super::packed).
//!
//! | part of a group | form |
//! |---|---|
//! | shared | text: JSON of [`Shared`] |
//! | of each passage | its text, and a text of what follows |
//! | headings | number of them, each a text |
//! | ordinal | number |
//! | location | `0`, then of bytes and lines the start and the length; else `1`, then a text: JSON |
//! | anchors | number of them, then each as told below |
//!
//! A number has seven bits in each byte, the least first, and the eighth bit where it goes on; a signed one is doubled
//! first, and one is taken off where it is negative. A text is its length and its bytes.
//!
//! An anchor says where its source does not go on as the text does. So it is told by what differs from going on: first
//! four times the bytes of text since the anchor before, plus 1 where its widths are not 1 and 1, plus 2 where its line
//! is not the one that counting leads to; then the signed difference of the columns, or that of the lines and the
//! column; then the widths.

use serde::{Deserialize, Serialize};

use super::schema::StoredPassage;
use crate::document::{Anchor, DocId, DocumentRecord, Facts, Format, LineSpan, Location, Passage};
use crate::span::Span;

/// How much text a group has that is not at the end of its document, in bytes, at least: larger ones take less room, and
/// each hit that is shown costs unpacking one.
const GROUP: usize = 4 << 10;

/// How many passages a group has at most: in a byte each says how many are before it.
const MOST: usize = 100;

/// What all passages of a document have in common.
#[derive(Serialize, Deserialize)]
struct Shared<D = DocId, P = String, F = Facts> {
    id: D,
    path: P,
    format: Format,
    facts: F,
}

/// The part of what is stored that all passages of a document share.
pub(super) fn shared_part(record: &DocumentRecord) -> Vec<u8> {
    let format = record.format.expect("only what was read has passages");
    let shared = Shared { id: &record.id, path: &record.path, format, facts: &record.facts };
    serde_json::to_vec(&shared).expect("plain data whose keys are texts")
}

/// The first passages of some, which make a group, and the others.
pub(super) fn first_group(passages: &[Passage]) -> (&[Passage], &[Passage]) {
    let mut size = 0;
    let is_enough = |passage: &Passage| {
        size += passage.text.len();
        size >= GROUP
    };
    let last = passages.iter().take(MOST - 1).position(is_enough);
    passages.split_at(last.map_or(passages.len().min(MOST), |last| last + 1))
}

/// What is stored of a group of passages of a document with this [`shared_part`], put in place of what `bytes` held.
pub(super) fn encode(shared: &[u8], group: &[Passage], bytes: &mut Vec<u8>) {
    bytes.clear();
    Writer { bytes }.text(shared);
    let mut own = Vec::new();
    for passage in group {
        own.clear();
        encode_own(passage, &mut own);
        let mut writer = Writer { bytes };
        writer.text(passage.text.as_bytes());
        writer.text(&own);
    }
}

/// Adds what a passage has of its own.
fn encode_own(passage: &Passage, bytes: &mut Vec<u8>) {
    let mut writer = Writer { bytes };
    writer.number(passage.headings.len());
    passage.headings.iter().for_each(|heading| writer.text(heading.as_bytes()));
    writer.number(passage.ordinal as usize);
    writer.location(&passage.location);
    writer.number(passage.anchors.len());
    let mut before = start_of(&passage.location);
    for anchor in &passage.anchors {
        writer.anchor(anchor, &before, passage.text.as_bytes());
        before = *anchor;
    }
}

/// Reads what [`encode`] has written of a passage of a group, with its text: `before` others stand before it. `None`
/// where it makes no sense.
pub(super) fn decode(bytes: &[u8], before: usize) -> Option<(StoredPassage, String)> {
    let mut reader = Reader { bytes };
    let shared = reader.text()?;
    for _ in 0..before {
        reader.text()?;
        reader.text()?;
    }
    let text = reader.owned_text()?;
    Some((decode_own(shared, reader.text()?, &text)?, text))
}

fn decode_own(shared: &[u8], own: &[u8], text: &str) -> Option<StoredPassage> {
    let Shared { id, path, format, facts } = serde_json::from_slice(shared).ok()?;
    let mut reader = Reader { bytes: own };
    let headings = (0..reader.number()?).map(|_| reader.owned_text()).collect::<Option<_>>()?;
    let ordinal = u32::try_from(reader.number()?).ok()?;
    let location = reader.location()?;
    let mut before = start_of(&location);
    let mut anchors = Vec::new();
    for _ in 0..reader.number()? {
        before = reader.anchor(&before, text.as_bytes())?;
        anchors.push(before);
    }
    Some(StoredPassage { id, path, format, facts, ordinal, headings, location, anchors })
}

/// Where the first anchor is counted from.
fn start_of(location: &Location) -> Anchor {
    let line = match location {
        Location::Lines { lines, .. } => lines.start,
        _ => 1,
    };
    Anchor { offset: 0, line, column: 1, width: 1, origin_width: 1 }
}

/// The line and column that counting from an anchor through the text leads to, at `offset`.
fn counted(before: &Anchor, text: &[u8], offset: usize) -> (usize, usize) {
    let between = text.get(before.offset..offset).unwrap_or_default();
    match between.iter().rposition(|&byte| byte == b'\n') {
        Some(last) => {
            let lines = between.iter().filter(|&&byte| byte == b'\n').count();
            (before.line.saturating_add(lines), between.len() - last)
        }
        None => (before.line, before.column.saturating_add(between.len())),
    }
}

const OTHER_WIDTHS: usize = 1;
const OTHER_LINE: usize = 2;

/// Writes numbers and texts in the form that the module tells.
pub(super) struct Writer<'b> {
    pub(super) bytes: &'b mut Vec<u8>,
}

impl Writer<'_> {
    pub(super) fn number(&mut self, number: usize) {
        let mut rest = number;
        while rest > 0x7f {
            self.bytes.push(0x80 | (rest & 0x7f) as u8);
            rest >>= 7;
        }
        self.bytes.push(rest as u8);
    }

    /// Writes how far one number is from another; numbers wrap around, so that there is a difference of any two.
    fn difference(&mut self, number: usize, from: usize) {
        let difference = number.wrapping_sub(from) as isize;
        self.number(((difference << 1) ^ (difference >> (isize::BITS - 1))) as usize);
    }

    fn text(&mut self, text: &[u8]) {
        self.number(text.len());
        self.bytes.extend_from_slice(text);
    }

    fn location(&mut self, location: &Location) {
        match location {
            Location::Lines { bytes, lines } => {
                self.number(0);
                for (start, end) in [(bytes.start, bytes.end), (lines.start, lines.end)] {
                    self.number(start);
                    self.difference(end, start);
                }
            }
            other => {
                self.number(1);
                self.text(&serde_json::to_vec(other).expect("plain data"));
            }
        }
    }

    fn anchor(&mut self, anchor: &Anchor, before: &Anchor, text: &[u8]) {
        let Anchor { offset, line, column, width, origin_width } = *anchor;
        let (counted_line, counted_column) = counted(before, text, offset);
        let widths = if (width, origin_width) == (1, 1) { 0 } else { OTHER_WIDTHS };
        let lines = if line == counted_line { 0 } else { OTHER_LINE };
        self.number(offset.saturating_sub(before.offset) << 2 | widths | lines);
        if lines == 0 {
            self.difference(column, counted_column);
        } else {
            self.difference(line, counted_line);
            self.number(column);
        }
        if widths != 0 {
            self.number(width);
            self.number(origin_width);
        }
    }
}

/// Reads what a [`Writer`] has written.
pub(super) struct Reader<'b> {
    pub(super) bytes: &'b [u8],
}

impl<'b> Reader<'b> {
    pub(super) fn number(&mut self) -> Option<usize> {
        let mut number = 0;
        for shift in (0..usize::BITS).step_by(7) {
            let (&byte, rest) = self.bytes.split_first()?;
            self.bytes = rest;
            number |= usize::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(number);
            }
        }
        None
    }

    fn difference(&mut self, from: usize) -> Option<usize> {
        let number = self.number()?;
        let difference = (number >> 1) ^ (number & 1).wrapping_neg();
        Some(from.wrapping_add(difference))
    }

    fn text(&mut self) -> Option<&'b [u8]> {
        let len = self.number()?;
        let (text, rest) = self.bytes.split_at_checked(len)?;
        self.bytes = rest;
        Some(text)
    }

    fn owned_text(&mut self) -> Option<String> {
        str::from_utf8(self.text()?).ok().map(str::to_owned)
    }

    fn location(&mut self) -> Option<Location> {
        if self.number()? != 0 {
            return serde_json::from_slice(self.text()?).ok();
        }
        let mut span = || {
            let start = self.number()?;
            Some((start, self.difference(start)?))
        };
        let ((start, end), (first, last)) = (span()?, span()?);
        // What would be no span is no place.
        (start <= end).then(|| Location::Lines {
            bytes: Span::new(start, end),
            lines: LineSpan { start: first, end: last },
        })
    }

    fn anchor(&mut self, before: &Anchor, text: &[u8]) -> Option<Anchor> {
        let head = self.number()?;
        let offset = before.offset.checked_add(head >> 2)?;
        let (counted_line, counted_column) = counted(before, text, offset);
        let (line, column) = match head & OTHER_LINE {
            0 => (counted_line, self.difference(counted_column)?),
            _ => (self.difference(counted_line)?, self.number()?),
        };
        let (width, origin_width) = match head & OTHER_WIDTHS {
            0 => (1, 1),
            _ => (self.number()?, self.number()?),
        };
        Some(Anchor { offset, line, column, width, origin_width })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::document::{Fingerprint, State};

    fn record() -> DocumentRecord {
        DocumentRecord {
            id: DocId("a.md".into()),
            path: "a.md".into(),
            state: State::Indexed,
            format: Some(Format::Markdown),
            facts: Facts { title: Some("Title".into()), ..Facts::default() },
            fingerprint: Fingerprint::default(),
            size: 1,
            modified: 2,
            passages: 3,
            tokens: 4,
            parts: None,
        }
    }

    fn passage(text: &str, location: Location, anchors: Vec<Anchor>) -> Passage {
        let headings = vec!["One".to_owned(), String::new()];
        Passage { ordinal: 300, headings, span: Span::new(0, 0), location, text: text.to_owned(), anchors }
    }

    fn stored(passages: &[Passage]) -> Vec<u8> {
        let mut bytes = Vec::new();
        encode(&shared_part(&record()), passages, &mut bytes);
        bytes
    }

    fn lines() -> impl Strategy<Value = Location> {
        (0usize..9_999, 0usize..999, 1usize..99, 0usize..9).prop_map(|(start, len, line, more)| {
            let bytes = Span::new(start, start + len);
            Location::Lines { bytes, lines: LineSpan { start: line, end: line + more } }
        })
    }

    prop_compose! {
        fn anchors()(mut numbers in prop::collection::vec(prop::array::uniform5(0usize..500), 0..9)) -> Vec<Anchor> {
            numbers.sort_unstable();
            numbers.into_iter().map(Anchor::from).collect()
        }
    }

    proptest! {
        #[test]
        fn what_is_stored_is_read_again(
            texts in prop::collection::vec("[a-z\n한]{0,80}", 1..4),
            location in prop_oneof![lines(), Just(Location::Page { page: 3, last_page: None })],
            anchors in anchors(),
        ) {
            let passages: Vec<Passage> =
                texts.iter().map(|text| passage(text, location.clone(), anchors.clone())).collect();
            let bytes = stored(&passages);
            for (before, written) in passages.into_iter().enumerate() {
                let read = decode(&bytes, before).expect("as written");
                let DocumentRecord { id, path, format, facts, .. } = record();
                let Passage { ordinal, headings, location, anchors, text, .. } = written;
                let format = format.expect("it has one");
                let stored = StoredPassage { id, path, format, facts, ordinal, headings, location, anchors };
                prop_assert_eq!(read, (stored, text));
            }
            prop_assert!(decode(&bytes, texts.len()).is_none());
        }

        #[test]
        fn groups_are_as_large_as_they_must_be(sizes in prop::collection::vec(prop_oneof![0..2 * GROUP, Just(0)], 0..300)) {
            let page = Location::Page { page: 3, last_page: None };
            let passages: Vec<Passage> =
                sizes.iter().map(|&size| passage(&"a".repeat(size), page.clone(), Vec::new())).collect();
            let (mut rest, mut count) = (&passages[..], 0);
            while !rest.is_empty() {
                let (group, later) = first_group(rest);
                let size = |passages: &[Passage]| passages.iter().map(|passage| passage.text.len()).sum::<usize>();
                prop_assert!(size(&group[..group.len() - 1]) < GROUP);
                prop_assert!(size(group) >= GROUP || later.is_empty() || group.len() == MOST);
                prop_assert!(group.len() <= MOST);
                count += group.len();
                rest = later;
            }
            prop_assert_eq!(count, passages.len());
        }

        #[test]
        fn bytes_that_make_no_sense_are_no_passage_and_no_panic(
            at in 0usize..200,
            byte in any::<u8>(),
            cut in 0usize..200,
            anchors in anchors(),
        ) {
            let page = Location::Page { page: 3, last_page: None };
            let mut bytes = stored(&[passage("text", page, anchors)]);
            if let Some(changed) = bytes.get_mut(at) {
                *changed = byte;
            }
            let _ = decode(&bytes, 0);
            bytes.truncate(bytes.len().saturating_sub(cut + 1));
            prop_assert!(decode(&bytes, 0).is_none() || at < bytes.len());
        }
    }

    #[test]
    fn an_anchor_on_the_line_that_counting_leads_to_takes_two_bytes() {
        let anchor = |offset, line, column| Anchor { offset, line, column, width: 1, origin_width: 1 };
        let place = Location::Lines { bytes: Span::new(0, 9), lines: LineSpan { start: 7, end: 8 } };
        let with = |anchors| stored(&[passage("one two\nthree", place.clone(), anchors)]).len();
        let anchors = vec![anchor(0, 7, 3), anchor(4, 7, 9), anchor(10, 8, 5)];
        assert_eq!(with(anchors) - with(Vec::new()), 6);
    }
}
