//! What is stored with a passage beside its text, as bytes.
//!
//! There is a lot of it, and texts are short: as JSON it would take up as much room as they do. So a few neighbouring
//! passages of a document are stored as one group, with the first of them: what they share once, as JSON, and behind it
//! each of them, told by what it has other than the one before. A document's record stands with its first passages, since
//! they share much of it. The group is [packed](super::packed).
//!
//! | part of a group | form |
//! |---|---|
//! | shared | text: JSON of [`Shared`] |
//! | record | text: JSON of [`Rest`], where the first entry is the document's record; else empty |
//! | of each passage | how many bytes follow, and these: |
//! | headings | how many are those of the passage before, how many others there are, and these: `0` for the first line of the text, else the length and one, and the bytes |
//! | ordinal | difference from the next one |
//! | location | `0` for lines, `2` and a text for lines of that part; then differences of where bytes start and end, and lines; else `1`, then a text: JSON |
//! | column | that of the first anchor, where it begins the text on the location's first line; else `0` |
//! | text | with its other anchors [inside](marks) |
//!
//! [Numbers](numbers) are as short as they are small, and differences of them too. Bytes and lines start at a difference from
//! where those of the passage before end; bytes end at one from where the text and its anchors lead, lines at one from where
//! they start.

mod marks;
mod numbers;

use serde::{Deserialize, Serialize};

use self::marks::Course;
use self::numbers::Difference;
pub(super) use self::numbers::{Reader, Writer};
use super::schema::StoredPassage;
use crate::document::{
    Anchor, DocId, DocumentRecord, Facts, Fingerprint, Format, LineSpan, Location, Parts, Passage, State,
};
use crate::span::Span;

/// How much text a group has that is not at the end of its document, in bytes, at least: larger ones take less room, and
/// each hit that is shown costs unpacking one.
const GROUP: usize = 4 << 10;

/// How many passages a group has at most: in a byte each says how many entries are before it.
const MOST: usize = 100;

const LINES: usize = 0;
const OTHER_PLACE: usize = 1;
const LINES_OF_PART: usize = 2;

/// What all entries of a document have in common.
#[derive(Serialize, Deserialize)]
struct Shared<D = DocId, P = String, F = Facts> {
    id: D,
    /// Where it is not the id.
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<P>,
    format: Option<Format>,
    facts: F,
}

/// What a document's record has beside what it shares with its passages.
#[derive(Serialize, Deserialize)]
struct Rest<S = State, F = Fingerprint> {
    #[serde(flatten)]
    state: S,
    fingerprint: F,
    size: u64,
    modified: i64,
    passages: u32,
    tokens: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    parts: Option<Parts>,
}

/// The part of what is stored that all entries of a document share.
pub(super) fn shared_part(record: &DocumentRecord) -> Vec<u8> {
    let DocumentRecord { id, path, format, facts, .. } = record;
    let path = Some(path).filter(|path| *path != id.as_str());
    serde_json::to_vec(&Shared { id, path, format: *format, facts }).expect("plain data whose keys are texts")
}

/// The part of what is stored that a document's record does not share.
pub(super) fn record_part(record: &DocumentRecord) -> Vec<u8> {
    let DocumentRecord { state, fingerprint, size, modified, passages, tokens, parts, .. } = record;
    let (size, modified, passages, tokens, parts) = (*size, *modified, *passages, *tokens, *parts);
    let rest = Rest { state, fingerprint, size, modified, passages, tokens, parts };
    serde_json::to_vec(&rest).expect("plain data whose keys are texts")
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

/// What is stored of a group of passages of a document, behind its record where there is a part of that, put in place of
/// what `bytes` held.
pub(super) fn encode(shared: &[u8], record: &[u8], group: &[Passage], bytes: &mut Vec<u8>) {
    bytes.clear();
    Writer { bytes }.text(shared);
    Writer { bytes }.text(record);
    let (mut headings, mut next) = (&[][..], Next::default());
    let mut own = Vec::new();
    for passage in group {
        own.clear();
        encode_own(passage, headings, next, &mut own);
        Writer { bytes }.text(&own);
        (headings, next) = (&passage.headings, Next::after(passage.ordinal, &passage.location));
    }
}

/// Adds what a passage has of its own, behind one with these headings.
fn encode_own(passage: &Passage, headings: &[String], next: Next, bytes: &mut Vec<u8>) {
    let Passage { text, location, anchors, .. } = passage;
    let mut writer = Writer { bytes };
    writer.headings(&passage.headings, headings, first_line(text));
    writer.difference(passage.ordinal as usize, next.ordinal as usize);
    let line = first_line_of(location);
    let (column, anchors) = match anchors.split_first() {
        Some((&Anchor { offset: 0, line: first, column, width: 1, origin_width: 1 }, later))
            if first == line =>
        {
            (column, later)
        }
        _ => (0, &anchors[..]),
    };
    let mut marked = Vec::with_capacity(text.len());
    let mut course = Course::new(line, column);
    Writer { bytes: &mut marked }.marked(text.as_bytes(), anchors, &mut course);
    writer.location(location, next, course.source_end(text.len()));
    writer.number(column);
    bytes.extend_from_slice(&marked);
}

/// The record that [`encode`] has written first. `None` where there is none, or it makes no sense.
pub(super) fn record(bytes: &[u8]) -> Option<DocumentRecord> {
    let mut reader = Reader { bytes };
    let Shared { id, path, format, facts } = reader.shared()?;
    let Rest { state, fingerprint, size, modified, passages, tokens, parts } =
        serde_json::from_slice(reader.text()?).ok()?;
    let path = path.unwrap_or_else(|| id.as_str().to_owned());
    Some(DocumentRecord {
        id,
        path,
        state,
        format,
        facts,
        fingerprint,
        size,
        modified,
        passages,
        tokens,
        parts,
    })
}

/// Reads what [`encode`] has written of a passage of a group, with its text: `before` other entries, of which a record may
/// be one, stand before it. `None` where it makes no sense.
pub(super) fn decode(bytes: &[u8], before: usize) -> Option<(StoredPassage, String)> {
    let mut reader = Reader { bytes };
    let Shared { id, path, format, facts } = reader.shared()?;
    let format = format?;
    let records = usize::from(!reader.text()?.is_empty());
    let before = before.checked_sub(records)?;
    let (mut headings, mut next) = (Vec::new(), Next::default());
    for _ in 0..before {
        let own = decode_own(reader.text()?, headings, next)?;
        next = Next::after(own.ordinal, &own.location);
        headings = own.headings;
    }
    let Own { headings, ordinal, location, anchors, text } = decode_own(reader.text()?, headings, next)?;
    let path = path.unwrap_or_else(|| id.as_str().to_owned());
    Some((StoredPassage { id, path, format, facts, ordinal, headings, location, anchors }, text))
}

fn decode_own(bytes: &[u8], headings: Vec<String>, next: Next) -> Option<Own> {
    let mut reader = Reader { bytes };
    let mut headings = reader.headings(headings)?;
    let ordinal = u32::try_from(reader.difference()?.from(next.ordinal as usize)).ok()?;
    let place = reader.place(next)?;
    let (mut course, mut anchors) = match (place.first_line(), reader.number()?) {
        (line, 0) => (Course::new(line, 0), Vec::new()),
        (line, column) => {
            let course = Course::new(line, column);
            (course, vec![course.last])
        }
    };
    let text = reader.marked(&mut anchors, &mut course)?;
    let location = place.location(course.source_end(text.len()))?;
    for heading in headings.iter_mut().filter(|heading| heading.is_none()) {
        *heading = Some(first_line(&text).to_owned());
    }
    let headings = headings.into_iter().flatten().collect();
    Some(Own { headings, ordinal, location, anchors, text })
}

/// What a passage has of its own.
struct Own {
    headings: Vec<String>,
    ordinal: u32,
    location: Location,
    anchors: Vec<Anchor>,
    text: String,
}

/// Where a passage is that goes on from the one before.
#[derive(Clone, Copy, Default)]
struct Next {
    ordinal: u32,
    byte: usize,
    line: usize,
}

impl Next {
    fn after(ordinal: u32, location: &Location) -> Self {
        let (byte, line) = match location {
            Location::Lines { bytes, lines } | Location::Part { bytes, lines, .. } => (bytes.end, lines.end),
            _ => (0, 0),
        };
        Self { ordinal: ordinal.wrapping_add(1), byte, line }
    }
}

/// Where a passage stands, but for the byte that it ends at.
enum Place {
    Lines { part: Option<String>, start: usize, end: Difference, lines: LineSpan },
    Other(Location),
}

impl Place {
    fn first_line(&self) -> usize {
        match self {
            Self::Lines { lines, .. } => lines.start,
            Self::Other(location) => first_line_of(location),
        }
    }

    /// The location, where the text leads over so many bytes.
    fn location(self, len: usize) -> Option<Location> {
        let (part, start, end, lines) = match self {
            Self::Lines { part, start, end, lines } => {
                (part, start, end.from(start.wrapping_add(len)), lines)
            }
            Self::Other(location) => return Some(location),
        };
        // What would be no span is no place.
        let bytes = (start <= end).then(|| Span::new(start, end))?;
        Some(match part {
            Some(part) => Location::Part { part, bytes, lines },
            None => Location::Lines { bytes, lines },
        })
    }
}

fn first_line(text: &str) -> &str {
    text.split('\n').next().unwrap_or_default()
}

/// The line that anchors are counted from.
fn first_line_of(location: &Location) -> usize {
    match location {
        Location::Lines { lines, .. } | Location::Part { lines, .. } => lines.start,
        _ => 1,
    }
}

impl Writer<'_> {
    fn headings(&mut self, headings: &[String], before: &[String], first_line: &str) {
        let common = headings.iter().zip(before).take_while(|(heading, before)| heading == before).count();
        self.number(common);
        self.number(headings.len() - common);
        for heading in &headings[common..] {
            if heading == first_line {
                self.number(0);
            } else {
                self.number(heading.len() + 1);
                self.bytes.extend_from_slice(heading.as_bytes());
            }
        }
    }

    /// Writes where a passage stands whose text leads over so many bytes.
    fn location(&mut self, location: &Location, next: Next, len: usize) {
        let (bytes, lines) = match location {
            Location::Lines { bytes, lines } => {
                self.number(LINES);
                (bytes, lines)
            }
            Location::Part { part, bytes, lines } => {
                self.number(LINES_OF_PART);
                self.text(part.as_bytes());
                (bytes, lines)
            }
            other => {
                self.number(OTHER_PLACE);
                return self.text(&serde_json::to_vec(other).expect("plain data"));
            }
        };
        self.difference(bytes.start, next.byte);
        self.difference(bytes.end, bytes.start.wrapping_add(len));
        self.difference(lines.start, next.line);
        self.difference(lines.end, lines.start);
    }
}

impl Reader<'_> {
    fn shared(&mut self) -> Option<Shared> {
        serde_json::from_slice(self.text()?).ok()
    }

    /// The headings of a passage behind one with these; none in the place of those that are its first line.
    fn headings(&mut self, mut before: Vec<String>) -> Option<Vec<Option<String>>> {
        let common = self.number()?;
        if common > before.len() {
            return None;
        }
        before.truncate(common);
        let mut headings: Vec<_> = before.into_iter().map(Some).collect();
        for _ in 0..self.number()? {
            let heading = match self.number()?.checked_sub(1) {
                Some(len) => Some(str::from_utf8(self.bytes(len)?).ok()?.to_owned()),
                None => None,
            };
            headings.push(heading);
        }
        Some(headings)
    }

    fn place(&mut self, next: Next) -> Option<Place> {
        let part = match self.number()? {
            LINES => None,
            LINES_OF_PART => Some(self.owned_text()?),
            OTHER_PLACE => return serde_json::from_slice(self.text()?).ok().map(Place::Other),
            _ => return None,
        };
        let (start, end) = (self.difference()?.from(next.byte), self.difference()?);
        let first = self.difference()?.from(next.line);
        let lines = LineSpan { start: first, end: self.difference()?.from(first) };
        Some(Place::Lines { part, start, end, lines })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

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

    fn stored(passages: &[Passage]) -> Vec<u8> {
        let mut bytes = Vec::new();
        encode(&shared_part(&record()), &[], passages, &mut bytes);
        bytes
    }

    fn passage(text: &str, location: Location, anchors: Vec<Anchor>) -> Passage {
        let headings = vec!["One".to_owned(), String::new()];
        Passage { ordinal: 300, headings, span: Span::new(0, 0), location, text: text.to_owned(), anchors }
    }

    fn page() -> Location {
        Location::Page { page: 3, last_page: None }
    }

    fn anchor(offset: usize, line: usize, column: usize) -> Anchor {
        Anchor { offset, line, column, width: 1, origin_width: 1 }
    }

    prop_compose! {
        fn lines()(start in 0usize..9_999, len in 0usize..999, line in 1usize..99, more in 0usize..9) -> Location {
            let lines = LineSpan { start: line, end: line + more };
            Location::Lines { bytes: Span::new(start, start + len), lines }
        }
    }

    /// Any anchors of a text.
    fn anchors(text: &str) -> BoxedStrategy<Vec<Anchor>> {
        let last = text.len();
        prop::collection::vec((0..=last, prop::array::uniform4(0usize..500)), 0..9)
            .prop_map(|mut places| {
                places.sort_unstable();
                let numbers = |(offset, [line, column, width, origin_width]): (usize, [usize; 4])| Anchor {
                    offset,
                    line,
                    column,
                    width,
                    origin_width,
                };
                places.into_iter().map(numbers).collect()
            })
            .boxed()
    }

    /// A text in lines of a page with markup in between, and characters that are written as entities.
    fn marked_up() -> impl Strategy<Value = (String, Vec<Anchor>)> {
        let pieces = ("[a-z\n한]{0,9}", "[&한]?", 0usize..9, 0usize..90);
        prop::collection::vec(pieces, 1..9).prop_map(|pieces| {
            let (mut text, mut anchors, mut line, mut column) = (String::new(), Vec::new(), 7, 1);
            for (words, entity, kind, later) in pieces {
                match kind {
                    0 => (line, column) = (line + 2, later + 1),
                    _ => column += later,
                }
                anchors.push(anchor(text.len(), line, column));
                text.push_str(&words);
                (line, column) = Anchor::place(&anchors, &text, text.len()).expect("there is one");
                if !entity.is_empty() {
                    // The markup before it may end in another line.
                    (line, column) = if kind == 1 { (line + 1, 3) } else { (line, column) };
                    let wide = Anchor {
                        width: entity.len(),
                        origin_width: 5,
                        ..anchor(text.len(), line, column + kind)
                    };
                    text.push_str(&entity);
                    column = wide.column + 5;
                    anchors.extend([wide, anchor(text.len(), line, column)]);
                }
            }
            (text, anchors)
        })
    }

    /// A passage as documents have them, and as none should.
    fn any_passage() -> impl Strategy<Value = Passage> {
        let plain = "[a-z\n한]{0,80}".prop_flat_map(|text| (Just(text.clone()), anchors(&text)));
        let headings = prop::collection::vec("[ab]{0,2}", 0..3);
        let of_part = ("[0-9.]{0,3}", lines()).prop_map(|(part, location)| match location {
            Location::Lines { bytes, lines } => Location::Part { part, bytes, lines },
            other => other,
        });
        let location = prop_oneof![lines(), of_part, Just(page())];
        (prop_oneof![plain, marked_up()], headings, location, any::<u32>(), any::<bool>()).prop_map(
            |((text, anchors), mut headings, location, ordinal, has_own)| {
                if has_own {
                    headings.push(first_line(&text).to_owned());
                }
                Passage { ordinal, headings, span: Span::new(0, 0), location, text, anchors }
            },
        )
    }

    proptest! {
        #[test]
        fn what_is_stored_is_read_again(passages in prop::collection::vec(any_passage(), 1..5)) {
            let bytes = stored(&passages);
            for (before, written) in passages.iter().cloned().enumerate() {
                let read = decode(&bytes, before).expect("as written");
                let DocumentRecord { id, path, format, facts, .. } = record();
                let Passage { ordinal, headings, location, anchors, text, .. } = written;
                let format = format.expect("it has one");
                let stored = StoredPassage { id, path, format, facts, ordinal, headings, location, anchors };
                prop_assert_eq!(read, (stored, text));
            }
            prop_assert!(decode(&bytes, passages.len()).is_none());
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
            passages in prop::collection::vec(any_passage(), 1..3),
            changed in any::<(prop::sample::Index, u8)>(),
            cut in any::<prop::sample::Index>(),
        ) {
            let mut bytes = stored(&passages);
            let (at, len) = (changed.0.index(bytes.len()), cut.index(bytes.len()));
            prop_assert!(decode(&bytes[..len], passages.len() - 1).is_none());
            bytes[at] = changed.1;
            (0..passages.len()).for_each(|before| drop(decode(&bytes, before)));
        }
    }

    #[test]
    fn a_passage_that_goes_on_where_the_one_before_ended_takes_ten_bytes() {
        let part = |ordinal, start, line| {
            let place = Location::Lines {
                bytes: Span::new(start, start + 13),
                lines: LineSpan { start: line, end: line + 1 },
            };
            Passage { ordinal, ..passage("one two\nthree", place, vec![anchor(0, line, 5)]) }
        };
        let passages = [part(300, 0, 70), part(301, 15, 73)];
        // Its length, two numbers of headings, its ordinal, five numbers of its place, and its column.
        assert_eq!(stored(&passages).len() - stored(&passages[..1]).len(), 10 + "one two\nthree".len());
    }

    #[test]
    fn an_anchor_in_the_line_that_the_text_leads_to_takes_two_bytes_and_an_entity_too() {
        let place = Location::Lines { bytes: Span::new(0, 9), lines: LineSpan { start: 7, end: 8 } };
        let with = |anchors| stored(&[passage("one & two\nthree", place.clone(), anchors)]).len();
        let links = vec![anchor(0, 7, 3), anchor(6, 7, 40), anchor(11, 8, 5)];
        assert_eq!(with(links) - with(Vec::new()), 4);
        let entity = Anchor { origin_width: 5, ..anchor(4, 7, 7) };
        let entity = vec![anchor(0, 7, 3), entity, anchor(5, 7, 12)];
        assert_eq!(with(entity) - with(Vec::new()), 2);
    }

    #[test]
    fn a_path_is_stored_where_it_is_not_the_id() {
        let own = DocumentRecord { id: DocId("a.jsonl#7".into()), path: "a.jsonl".into(), ..record() };
        for record in [own, record()] {
            let mut bytes = Vec::new();
            encode(&shared_part(&record), &[], &[passage("text", page(), Vec::new())], &mut bytes);
            let (read, _) = decode(&bytes, 0).expect("as written");
            assert_eq!((read.id, read.path), (record.id, record.path));
        }
    }

    #[test]
    fn the_first_passages_stand_with_the_record() {
        let passages = ["one", "two"].map(|text| passage(text, page(), Vec::new()));
        let mut bytes = Vec::new();
        encode(&shared_part(&record()), &record_part(&record()), &passages, &mut bytes);
        assert_eq!(super::record(&bytes), Some(record()));
        assert_eq!(decode(&bytes, 0), None, "that is the record");
        for (before, number) in [(1, 0), (2, 1)] {
            assert_eq!(decode(&bytes, before), decode(&stored(&passages), number), "but for where it stands");
        }
        assert_eq!(super::record(&stored(&passages)), None);
    }

    #[test]
    fn a_record_of_any_kind_is_read_again() {
        let parts = Some(Parts { documents: 7, failed: 1 });
        let container = DocumentRecord { parts, passages: 0, ..record() };
        let failed = DocumentRecord { state: State::Failed("why".into()), format: None, ..container.clone() };
        for record in [container, failed] {
            let mut bytes = Vec::new();
            encode(&shared_part(&record), &record_part(&record), &[], &mut bytes);
            assert_eq!(super::record(&bytes), Some(record));
        }
    }
}
