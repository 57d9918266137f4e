//! The way from a document's text back to its source: through maps of offsets where the source is text, by the places
//! that its runs stand at where it is not.

use serde::{Deserialize, Serialize};

use super::location::{LineSpan, Location, NumberSpan, TimeSpan};
use crate::span::{InDecoded, InText, LineIndex, OffsetMap, Span};

/// The way from a document's text back to its source.
#[derive(Clone, Debug)]
pub enum Origin {
    /// The source is text: every character leads back to bytes and lines.
    Text(TextOrigin),
    /// The source is no text: its runs stand on pages, in rows, in chapters.
    Places(Places),
}

impl Origin {
    /// Where in the source the text's `span` stands.
    pub fn locate(&self, span: Span<InText>) -> Location {
        match self {
            Self::Text(origin) => origin.locate(span),
            Self::Places(places) => places.locate(span),
        }
    }

    /// The places from which lines and columns inside the text's `span` can be counted: its start, and
    /// wherever it does not go on as its source does. None where the source has no lines.
    pub fn anchors(&self, span: Span<InText>) -> Vec<Anchor> {
        match self {
            Self::Text(origin) => origin.anchors(span),
            Self::Places(_) => Vec::new(),
        }
    }

    /// The offsets inside the text's `span` at which no passage should go on that began before: where pages end.
    pub fn breaks(&self, span: Span<InText>) -> Vec<usize> {
        match self {
            Self::Text(_) => Vec::new(),
            Self::Places(places) => places.breaks(span),
        }
    }
}

/// The places that the runs of a text stand at, in the order of the text.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Places {
    /// Where in the text each run starts, ascending, and where it stands.
    runs: Vec<(usize, Location)>,
}

impl Places {
    /// Adds that the text from `start` on stands at `location`, until the next run.
    ///
    /// Runs are added in the order of the text; of several that start at the same offset the last counts.
    pub fn push(&mut self, start: usize, location: Location) {
        match self.runs.last_mut() {
            Some((at, last)) if *at == start => *last = location,
            Some((_, last)) if *last == location => {}
            _ => self.runs.push((start, location)),
        }
    }

    fn locate(&self, span: Span<InText>) -> Location {
        let at = |offset: usize| self.runs.partition_point(|&(start, _)| start <= offset).saturating_sub(1);
        let last = span.end.max(span.start + 1) - 1;
        match (self.runs.get(at(span.start)), self.runs.get(at(last))) {
            (Some((_, first)), Some((_, last))) => first.through(last),
            _ => Location::Paragraphs { paragraphs: NumberSpan { start: 1, end: 1 } },
        }
    }

    fn breaks(&self, span: Span<InText>) -> Vec<usize> {
        let pairs = self.runs.iter().zip(self.runs.iter().skip(1));
        let breaks = pairs.filter(|((_, before), (_, next))| !before.flows_into(next));
        let offsets = breaks.map(|(_, (start, _))| *start);
        offsets.filter(|offset| (span.start + 1..span.end).contains(offset)).collect()
    }
}

/// When what stands at a place of a text is spoken, in milliseconds from the beginning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cue {
    /// Where in the text it starts.
    pub start: usize,
    /// When it begins.
    pub from: u64,
    /// When it ends.
    pub to: u64,
}

/// The way from a document's text back to a source that is text, in two steps: text to decoded source, and decoded
/// source to the source's bytes.
#[derive(Clone, Debug)]
pub struct TextOrigin {
    /// From the extracted text to the decoded source.
    pub decoded: OffsetMap,
    /// From the decoded source to the source's bytes.
    pub bytes: OffsetMap,
    /// The lines of the decoded source.
    pub lines: LineIndex,
    /// What to add to byte offsets and line numbers: where the decoded part starts in its file (a record of
    /// a JSON Lines file does not start at 0).
    pub base: Base,
    /// When its parts are spoken, in the order of the text; empty but for subtitles.
    pub cues: Vec<Cue>,
}

/// A time from the beginning as `HH:MM:SS.mmm`.
fn show_time(milliseconds: u64) -> String {
    let seconds = milliseconds / 1_000;
    let (hours, minutes) = (seconds / 3_600, seconds / 60 % 60);
    format!("{hours:02}:{minutes:02}:{:02}.{:03}", seconds % 60, milliseconds % 1_000)
}

/// Where in its file a part that was decoded on its own starts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Base {
    /// Bytes of the file before the part.
    pub bytes: usize,
    /// Lines of the file before the part's first line.
    pub lines: usize,
}

impl TextOrigin {
    fn locate(&self, span: Span<InText>) -> Location {
        let decoded = self.decoded_span(span);
        let (start, end) = self.bytes.origin_of(decoded.start, decoded.end);
        let last = decoded.end.max(decoded.start + 1) - 1;
        let bytes = Span::new(start + self.base.bytes, end + self.base.bytes);
        let lines = LineSpan {
            start: self.lines.line(decoded.start) + self.base.lines,
            end: self.lines.line(last) + self.base.lines,
        };
        match self.time_of(span) {
            Some(time) => Location::Time { time, bytes, lines },
            None => Location::Lines { bytes, lines },
        }
    }

    fn time_of(&self, span: Span<InText>) -> Option<TimeSpan> {
        let at = |offset: usize| self.cues.partition_point(|cue| cue.start <= offset).saturating_sub(1);
        let (first, last) = (at(span.start), at(span.end.max(span.start + 1) - 1));
        let to = self.cues.get(first..=last)?.iter().map(|cue| cue.to).max()?;
        Some(TimeSpan { start: show_time(self.cues[first].from), end: show_time(to) })
    }

    fn anchors(&self, span: Span<InText>) -> Vec<Anchor> {
        let breaks = self.decoded.breaks(span.start, span.end);
        breaks
            .map(|place| {
                let decoded = self.decoded.origin_of_start(place.at);
                Anchor {
                    offset: place.at - span.start,
                    line: self.lines.line(decoded) + self.base.lines,
                    column: self.lines.column(decoded),
                    width: place.width,
                    origin_width: place.origin_width,
                }
            })
            .collect()
    }

    fn decoded_span(&self, span: Span<InText>) -> Span<InDecoded> {
        let (start, end) = self.decoded.origin_of(span.start, span.end);
        Span::new(start, end)
    }
}

/// A place of a passage's text whose line and column in the source are known.
///
/// From here to the next anchor the text goes on as the source does, so that a place behind it is found by
/// counting line breaks; or, where the source writes characters otherwise (as escapes), by counting those.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "[usize; 5]", into = "[usize; 5]")]
pub struct Anchor {
    /// The offset in the passage's text.
    pub offset: usize,
    /// The source's line, from 1.
    pub line: usize,
    /// The column in that line, from 1, in bytes of its UTF-8 form.
    pub column: usize,
    /// How many bytes of the text each unit has from here to the next anchor.
    pub width: usize,
    /// How many bytes of the source each of these units has.
    pub origin_width: usize,
}

impl From<[usize; 5]> for Anchor {
    fn from([offset, line, column, width, origin_width]: [usize; 5]) -> Self {
        Self { offset, line, column, width, origin_width }
    }
}

impl From<Anchor> for [usize; 5] {
    fn from(anchor: Anchor) -> Self {
        [anchor.offset, anchor.line, anchor.column, anchor.width, anchor.origin_width]
    }
}

impl Anchor {
    /// The line and column, both from 1, of `offset` in a passage's `text` with these `anchors`.
    pub fn place(anchors: &[Anchor], text: &str, offset: usize) -> Option<(usize, usize)> {
        let at = anchors.partition_point(|anchor| anchor.offset <= offset).checked_sub(1)?;
        Some(anchors[at].leads_to(text.as_bytes(), offset))
    }

    /// The line and column that a `text` leads to at `offset`, behind this anchor and before the next. Numbers wrap
    /// around, so that any are as good as others.
    pub fn leads_to(&self, text: &[u8], offset: usize) -> (usize, usize) {
        let between = text.get(self.offset..offset).unwrap_or_default();
        let lines = between.iter().filter(|&&byte| byte == b'\n').count();
        if lines == 0 || self.width != self.origin_width {
            return (self.line, self.column.wrapping_add(self.source_len(between.len())));
        }
        let in_last = between.iter().rev().take_while(|&&byte| byte != b'\n').count();
        (self.line.wrapping_add(lines), in_last + 1)
    }

    /// How many bytes of the source so many bytes of the text behind this anchor have.
    pub fn source_len(&self, len: usize) -> usize {
        match self.width == self.origin_width {
            true => len,
            false => (len / self.width.max(1)).wrapping_mul(self.origin_width),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin(source: &str, pieces: &[(usize, usize, usize)]) -> TextOrigin {
        let mut decoded = OffsetMap::default();
        for &(start, origin, len) in pieces {
            decoded.push(start, origin, len);
        }
        TextOrigin {
            decoded,
            bytes: OffsetMap::identity(source.len()),
            lines: LineIndex::new(source),
            base: Base::default(),
            cues: Vec::new(),
        }
    }

    #[test]
    fn a_span_is_located_in_bytes_and_lines_of_its_source() {
        let origin = origin("# Title\n\n*One* two\nthree\n", &[(0, 2, 5), (7, 10, 3), (10, 14, 10)]);
        let Location::Lines { bytes, lines } = origin.locate(Span::new(7, 20)) else { panic!("lines") };
        assert_eq!((bytes.start, bytes.end), (10, 24));
        assert_eq!((lines.start, lines.end), (3, 4));
    }

    #[test]
    fn anchors_lead_to_lines_and_columns() {
        let source = "# Title\n\n*One* two\nthree\n";
        let text = "Title\n\nOne two\nthree";
        let origin = origin(source, &[(0, 2, 5), (7, 10, 3), (10, 14, 10)]);
        let anchors = origin.anchors(Span::new(0, text.len()));
        let place = |word: &str| Anchor::place(&anchors, text, text.find(word).expect("in the text"));
        assert_eq!(place("Title"), Some((1, 3)));
        assert_eq!(place("One"), Some((3, 2)));
        assert_eq!(place("two"), Some((3, 7)));
        assert_eq!(place("hree"), Some((4, 2)));
    }

    #[test]
    fn escaped_characters_are_counted_as_the_source_writes_them() {
        // The source is `{"text":"\uac00\uac01 \n\nb"}`, the text `가각 \n\nb`.
        let mut decoded = OffsetMap::default();
        decoded.push_units(0, 9, 2, 3, 6);
        decoded.push(6, 21, 1);
        decoded.push_units(7, 22, 2, 1, 2);
        decoded.push(9, 26, 1);
        let source = r#"{"text":"\uac00\uac01 \n\nb"}"#;
        let origin = TextOrigin { decoded, ..origin(source, &[]) };
        let text = "가각 \n\nb";
        let anchors = origin.anchors(Span::new(0, text.len()));
        assert_eq!(Anchor::place(&anchors, text, 3), Some((1, 16)));
        assert_eq!(Anchor::place(&anchors, text, 9), Some((1, 27)));
    }

    #[test]
    fn a_span_of_subtitles_is_located_in_time_too() {
        let cues = [(0, 1_500, 2_000), (4, 3_661_001, 3_662_000)];
        let cues = cues.map(|(start, from, to)| Cue { start, from, to }).to_vec();
        let origin = TextOrigin { cues, ..origin("one two", &[(0, 0, 7)]) };
        let Location::Time { time, .. } = origin.locate(Span::new(1, 7)) else { panic!("a time") };
        assert_eq!((time.start.as_str(), time.end.as_str()), ("00:00:01.500", "01:01:02.000"));
    }

    #[test]
    fn passages_break_where_pages_end_and_span_what_they_hold() {
        let page = |page| Location::Page { page, last_page: None };
        let mut places = Places::default();
        for (start, number) in [(0, 1), (0, 2), (4, 2), (9, 3), (15, 5)] {
            places.push(start, page(number));
        }
        assert_eq!(places.locate(Span::new(1, 9)), page(2));
        assert_eq!(places.locate(Span::new(4, 16)), Location::Page { page: 2, last_page: Some(5) });
        assert_eq!(places.breaks(Span::new(0, 20)), [9, 15]);
        assert!(places.breaks(Span::new(9, 15)).is_empty());
    }
}
