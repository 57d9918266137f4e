//! Subtitles (SubRip and WebVTT): what is spoken, and when.
//!
//! The cues flow on line by line, because sentences run on over cues; where nobody speaks for a while a new paragraph
//! begins. Numbers, times, styles, notes and marks for the look are no text; who speaks is, where the file says it.
//! Both formats are read by the same rules: a cue begins with its times, whatever stands before them.

use std::ops::Range;

use super::compose::{Composition, Gap};
use super::decode::decode;
use super::{Raw, document, language_code};
use crate::document::{Document, Facts, Format};

/// How long nobody speaks before a new paragraph begins, in milliseconds.
const SILENCE: u64 = 3_000;

/// The references to characters that are met in subtitles.
const REFERENCES: [(&str, &str); 8] = [
    ("&amp;", "&"),
    ("&lt;", "<"),
    ("&gt;", ">"),
    ("&quot;", "\""),
    ("&#39;", "'"),
    ("&nbsp;", "\u{a0}"),
    ("&lrm;", ""),
    ("&rlm;", ""),
];

/// Makes a document of subtitles.
pub(super) fn extract(raw: &Raw<'_>) -> Document {
    let decoded = decode(raw.bytes, None);
    let mut reader = Reader::new(&decoded.text);
    reader.read();
    let Reader { facts, out, .. } = reader;
    document(raw, Format::Subtitles, decoded, facts, out.finish())
}

/// What a place stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Block {
    /// What WebVTT says of itself first.
    Header,
    /// A cue's text.
    Cue,
    /// A note or a style.
    Aside,
    /// Nothing: a blank line has ended what was.
    None,
}

struct Reader<'a> {
    source: &'a str,
    out: Composition,
    facts: Facts,
    block: Block,
    /// The line before, which is the cue's number or name if times follow, and the block that it stands in.
    held: Option<(Range<usize>, Block)>,
    /// When the last cue ends.
    end: u64,
}

impl<'a> Reader<'a> {
    fn new(source: &'a str) -> Self {
        let block = if source.starts_with("WEBVTT") { Block::Header } else { Block::None };
        let (out, facts) = (Composition::default(), Facts::default());
        Self { source, out, facts, block, held: None, end: 0 }
    }

    fn read(&mut self) {
        let mut end = 0;
        for line in self.source.split_inclusive(['\n', '\r']) {
            let start = end;
            end += line.len();
            let content = line.trim();
            let start = start + (line.len() - line.trim_start().len());
            // A line that ends with both is split between them.
            if line != "\n" || !self.source[..end - 1].ends_with('\r') {
                self.line(start..start + content.len());
            }
        }
        self.release();
    }

    fn line(&mut self, place: Range<usize>) {
        let line = &self.source[place.clone()];
        let times = (self.block != Block::Aside).then(|| Times::read(line)).flatten();
        if let Some(times) = times {
            return self.begin_cue(times);
        }
        if line.is_empty() {
            self.release();
            self.block = Block::None;
        } else if self.block == Block::Header {
            self.header(line);
        } else if self.block == Block::None && is_aside(line) {
            self.release();
            self.block = Block::Aside;
        } else if self.block != Block::Aside {
            self.release();
            self.held = Some((place, self.block));
        }
    }

    fn begin_cue(&mut self, times: Times) {
        if let Some((place, block)) = self.held.take() {
            let line = &self.source[place.clone()];
            let is_number = line.bytes().all(|byte| byte.is_ascii_digit());
            if block == Block::Cue && !is_number {
                self.write(place);
            }
        }
        let is_silent = times.from > self.end.saturating_add(SILENCE);
        self.out.gap(if is_silent { Gap::Block } else { Gap::Line });
        self.out.cue(times.from, times.to);
        self.end = times.to;
        self.block = Block::Cue;
    }

    /// Writes the line that was held back.
    fn release(&mut self) {
        if let Some((place, _)) = self.held.take() {
            self.write(place);
        }
    }

    /// Reads a line of WebVTT's header: `WEBVTT - title`, `Language: en`.
    fn header(&mut self, line: &str) {
        if let Some(title) = line.strip_prefix("WEBVTT") {
            self.facts.title = Some(title.trim_start_matches([' ', '\t', '-']).to_owned());
        } else if let Some(language) = line.strip_prefix("Language:") {
            self.facts.language = language_code(language);
        }
    }

    /// Writes a line of a cue without its marks.
    fn write(&mut self, place: Range<usize>) {
        self.out.gap(Gap::Line);
        let line = &self.source[place.clone()];
        let ends = Ends { tag: line.rfind('>'), brace: line.rfind('}') };
        let mut at = 0;
        while at < line.len() {
            let run = line[at..].find(['<', '{', '&']).unwrap_or(line.len() - at);
            self.out.verbatim(&line[at..at + run], place.start + at);
            at += run;
            at += self.mark(line, at, &ends, place.start);
        }
    }

    /// Reads what the line has at `at`, where a mark could begin; gives how long that is.
    fn mark(&mut self, line: &str, at: usize, ends: &Ends, origin: usize) -> usize {
        let rest = &line[at..];
        if let Some(tag) = ends.tag_at(rest, at) {
            self.speaker(tag, origin + at + 1);
            return tag.len() + 2;
        }
        if let Some(len) = ends.override_at(rest, at) {
            return len;
        }
        if let Some((reference, text)) = REFERENCES.iter().find(|(name, _)| rest.starts_with(name)) {
            self.out.unit(text, origin + at, reference.len());
            return reference.len();
        }
        let len = rest.chars().next().map_or(0, char::len_utf8);
        self.out.verbatim(&rest[..len], origin + at);
        len
    }

    /// Writes who speaks, if the tag, which stands at `origin`, says so: `v Name`, `v.class Name`.
    fn speaker(&mut self, tag: &str, origin: usize) {
        let Some((voice, name)) = tag.split_once(char::is_whitespace) else { return };
        let name_at = origin + tag.len() - name.trim_start().len();
        if (voice == "v" || voice.starts_with("v.")) && !name.trim().is_empty() {
            self.out.verbatim(name.trim(), name_at);
            self.out.insert(':');
            self.out.gap(Gap::Space);
        }
    }
}

/// Where a line has its last ends of marks: what begins behind them has none.
struct Ends {
    tag: Option<usize>,
    brace: Option<usize>,
}

impl Ends {
    /// What stands in the tag that `rest`, which is the line from `at` on, starts with.
    fn tag_at<'a>(&self, rest: &'a str, at: usize) -> Option<&'a str> {
        let inner = rest.strip_prefix('<').filter(|_| self.tag.is_some_and(|end| end > at))?;
        let starts_tag = inner.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '/');
        let end = starts_tag.then(|| inner.find('>')).flatten()?;
        Some(&inner[..end])
    }

    /// The length of the mark, such as `{\an8}`, that `rest` starts with.
    fn override_at(&self, rest: &str, at: usize) -> Option<usize> {
        let has_end = rest.starts_with("{\\") && self.brace.is_some_and(|end| end > at);
        has_end.then(|| rest.find('}').map(|end| end + 1)).flatten()
    }
}

/// Whether a line begins a block that is no cue.
fn is_aside(line: &str) -> bool {
    let rest = line.strip_prefix("NOTE");
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t']))
        || matches!(line, "STYLE" | "REGION")
}

/// When a cue is spoken, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Times {
    from: u64,
    to: u64,
}

impl Times {
    /// Reads `00:00:01,000 --> 00:00:04,500`, with or without hours, and settings behind.
    fn read(line: &str) -> Option<Self> {
        let (from, to) = line.split_once("-->")?;
        let to = to.split_whitespace().next()?;
        Some(Self { from: milliseconds(from.trim())?, to: milliseconds(to)? })
    }
}

/// The milliseconds of `1:02:03.400` or `02:03,400`.
fn milliseconds(time: &str) -> Option<u64> {
    let (clock, fraction) = time.split_once([',', '.']).unwrap_or((time, "0"));
    let number = |digits: &str| {
        let is_number = matches!(digits.len(), 1..=6) && digits.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then(|| digits.parse::<u64>().ok())?
    };
    let mut parts = clock.rsplit(':').map(number);
    let (seconds, minutes, hours) = (parts.next()??, parts.next()??, parts.next().unwrap_or(Some(0))?);
    let thousandths = number(&format!("{:0<3}", fraction.get(..3.min(fraction.len()))?))?;
    parts.next().is_none().then_some(((hours * 60 + minutes) * 60 + seconds) * 1_000 + thousandths)
}

#[cfg(test)]
mod tests {
    use super::super::laws::{extracted, located};
    use super::*;
    use crate::document::Location;
    use crate::span::Span;

    fn text(source: &str) -> String {
        extracted(Format::Subtitles, source.as_bytes()).text
    }

    /// The time of the text's first `word`.
    fn time(document: &Document, word: &str) -> (String, String) {
        let at = document.text.find(word).expect("in the text");
        match document.origin.locate(Span::new(at, at + word.len())) {
            Location::Time { time, .. } => (time.start, time.end),
            other => panic!("no time: {other:?}"),
        }
    }

    #[test]
    fn cues_flow_on_with_their_times_and_places() {
        let source = "1\r\n00:00:01,000 --> 00:00:04,500\r\nThree partners now send\r\ndata to\r\n\r\n2\r\n\
            00:00:05,000 --> 00:00:08,250\r\n<i>each other</i>.\r\n\r\n3\r\n00:01:10,000 --> 00:01:13,000\r\nLater.\r\n";
        let document = extracted(Format::Subtitles, source.as_bytes());
        assert_eq!(document.text, "Three partners now send\ndata to\neach other.\n\nLater.");
        assert_eq!(time(&document, "data"), ("00:00:01.000".into(), "00:00:04.500".into()));
        assert_eq!(time(&document, "to\neach"), ("00:00:01.000".into(), "00:00:08.250".into()));
        assert_eq!(located(&document, source.as_bytes(), "each other"), (b"each other".as_slice(), 8));
    }

    #[test]
    fn webvtt_has_a_header_notes_names_and_voices() {
        let source = "WEBVTT - The talk\nLanguage: ko-KR\n\nSTYLE\n::cue { color: red }\n\nNOTE a\nb --> c\n\nintro\n\
            00:01.000 --> 00:02.000 align:start\n<v.loud Maria>Seven &amp; <c.x>five</c> <00:01.500>{\\an8}are 12</v>\n\n\
            01:00:00.000 --> 01:00:01.000\nNOTE is a word here, 1 < 2 > 0\n";
        let document = extracted(Format::Subtitles, source.as_bytes());
        assert_eq!(document.text, "Maria: Seven & five are 12\n\nNOTE is a word here, 1 < 2 > 0");
        assert_eq!(document.facts.title.as_deref(), Some("The talk"));
        assert_eq!(document.facts.language.as_deref(), Some("ko"));
        assert_eq!(located(&document, source.as_bytes(), "Maria"), (b"Maria".as_slice(), 12));
        assert_eq!(located(&document, source.as_bytes(), "&"), (b"&amp;".as_slice(), 12));
    }

    #[test]
    fn blank_lines_that_are_missing_or_too_many_lose_nothing() {
        let times = "00:00:01,000 --> 00:00:02,000";
        assert_eq!(
            text(&format!("1\n{times}\nOne\n2\n{times}\nTwo\n\nand more\n\n3\n{times}\n\nThree")),
            "One\nTwo\nand more\nThree"
        );
        assert_eq!(text(&format!("1\n{times}\nOne\n{times}\n1984\n")), "One\n1984");
        assert_eq!(text("No cue at all\nbut text --> more\n"), "No cue at all\nbut text --> more");
    }

    #[test]
    fn times_are_read_with_or_without_hours() {
        for (line, expected) in [
            ("00:00:01,000 --> 01:02:03,040", Some((1_000, 3_723_040))),
            ("00:01.5-->10:00.25 line:0", Some((1_500, 600_250))),
            ("1:00 --> 2:00", Some((60_000, 120_000))),
            ("a --> b", None),
            ("00:00:01,000 -->", None),
            ("1:2:3:4 --> 1:2:3:4", None),
            ("99999999999:00:00 --> 0:0", None),
        ] {
            assert_eq!(Times::read(line).map(|times| (times.from, times.to)), expected, "{line}");
        }
    }
}
