//! Puts an extracted text together: runs of the source, the breaks between them, and the sections they make.
//!
//! Formats push runs in reading order and ask for gaps between them; a [`Composition`] writes the widest gap
//! that was asked for just before the next run, so that a text neither starts nor ends with one and no section
//! holds more than its own. Every run is put on the map back to the decoded source; gaps are not.
//!
//! Formats decide what is text and what is a heading; nothing here knows markup.

use crate::document::{Cue, Location, Places, Section, Units};
use crate::span::{OffsetMap, Span};

/// How many bytes the headings of all sections may take together. Each section names the headings above it, so a
/// file of nothing but small headings under long ones would otherwise grow a thousandfold.
const HEADINGS_BUDGET: usize = 64 << 20;

/// What one section costs of [`HEADINGS_BUDGET`] besides the text of its headings.
const SECTION_COST: usize = 64;

/// What stands between two runs of text, from nothing to the widest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Gap {
    /// Nothing.
    #[default]
    None,
    /// A space.
    Space,
    /// The mark between two cells of a table's row.
    Cell,
    /// A line's end.
    Line,
    /// A blank line.
    Block,
}

/// The parts of a document that its text makes.
#[derive(Debug, Default)]
pub(super) struct Composed {
    /// The extracted text.
    pub text: String,
    /// The way from the text to the decoded source.
    pub map: OffsetMap,
    /// The runs of the text under one heading each.
    pub sections: Vec<Section>,
    /// Where its runs stand, if the source is no text.
    pub places: Places,
    /// When its runs are spoken, if they are.
    pub cues: Vec<Cue>,
    /// The first heading of the first level, else the first of any.
    pub title: Option<String>,
}

/// A text that grows.
#[derive(Debug)]
pub(super) struct Composition {
    text: String,
    map: OffsetMap,
    /// The way from the text that runs are told to stand in to the decoded source, where these are two.
    base: Option<OffsetMap>,
    sections: Vec<Section>,
    section_start: usize,
    /// Whether the section begins with the next run, and not with the gap before it.
    section_begins: bool,
    gap: Gap,
    /// Where in the decoded source the line end stands that was asked for last, if the gap is one.
    line_end: Option<usize>,
    /// The headings above the place that is written, outermost first, with their levels.
    headings: Vec<(u8, String)>,
    /// The heading that is being written.
    heading: Option<Heading>,
    /// Whether nothing was written since a heading ended.
    after_heading: bool,
    first_heading: Option<String>,
    first_of_level_one: Option<String>,
    headings_left: usize,
    units: Units,
    places: Places,
    /// Where the next run stands, if that is told and it is not written yet.
    next_place: Option<Location>,
    cues: Vec<Cue>,
    /// When the next run is spoken, from and to.
    next_cue: Option<(u64, u64)>,
}

/// A heading that is being written.
#[derive(Clone, Copy, Debug)]
struct Heading {
    level: u8,
    /// Where its text starts, once there is some.
    start: Option<usize>,
}

impl Default for Composition {
    fn default() -> Self {
        Self {
            text: String::new(),
            map: OffsetMap::default(),
            base: None,
            sections: Vec::new(),
            section_start: 0,
            section_begins: false,
            gap: Gap::None,
            line_end: None,
            headings: Vec::new(),
            heading: None,
            after_heading: false,
            first_heading: None,
            first_of_level_one: None,
            headings_left: HEADINGS_BUDGET,
            units: Units::Sentences,
            places: Places::default(),
            next_place: None,
            cues: Vec::new(),
            next_cue: None,
        }
    }
}

impl Composition {
    /// A text whose passages are whole runs of these units.
    pub fn of(units: Units) -> Self {
        Self { units, ..Self::default() }
    }

    /// Says where in a source that is no text the next runs stand.
    pub fn place(&mut self, location: Location) {
        self.next_place = Some(location);
    }

    /// Says that the runs from here on stand in a text that `base` leads back to the decoded source; in the source
    /// itself where there is none.
    pub fn rebase(&mut self, base: Option<OffsetMap>) {
        self.base = base;
    }

    /// Says when the next runs are spoken, in milliseconds from the beginning.
    pub fn cue(&mut self, from: u64, to: u64) {
        self.next_cue = Some((from, to));
    }

    /// Adds a run that stands at the place that was last told, in a source that is no text.
    pub fn placed(&mut self, run: &str) {
        if !run.is_empty() {
            self.write_gap();
            self.text.push_str(run);
        }
    }

    /// How many bytes the text has so far.
    pub fn len(&self) -> usize {
        self.text.len()
    }

    /// Asks for at least this gap before the next run.
    pub fn gap(&mut self, gap: Gap) {
        self.gap = self.gap.max(gap);
    }

    /// Asks for a line's end, which stands at `origin` in the decoded source and leads there if the gap becomes no wider.
    pub fn line_end(&mut self, origin: usize) {
        self.gap(Gap::Line);
        self.line_end = Some(origin);
    }

    /// Asks for exactly this gap before the next run, except behind a heading, which keeps its blank line.
    pub fn replace_gap(&mut self, gap: Gap) {
        self.gap = if self.after_heading { self.gap.max(gap) } else { gap };
    }

    /// The gap that stands before the next run so far.
    pub fn pending_gap(&self) -> Gap {
        self.gap
    }

    /// Adds a run that is the decoded source's from `origin` on, byte for byte.
    pub fn verbatim(&mut self, run: &str, origin: usize) {
        if !run.is_empty() {
            self.write_gap();
            self.push_origin(run.len(), origin);
            self.text.push_str(run);
        }
    }

    /// Adds a run that the `len` bytes of the decoded source from `origin` on stand for as a whole.
    pub fn unit(&mut self, run: &str, origin: usize, len: usize) {
        if !run.is_empty() {
            self.write_gap();
            let (start, end) = match &self.base {
                Some(base) => base.origin_of(origin, origin + len),
                None => (origin, origin + len),
            };
            self.map.push_units(self.text.len(), start, 1, run.len(), end - start);
            self.text.push_str(run);
        }
    }

    /// Puts on the map that the next `len` bytes are those from `origin` on, each piece of them that the base maps
    /// on its own.
    fn push_origin(&mut self, len: usize, origin: usize) {
        let Some(base) = &self.base else { return self.map.push(self.text.len(), origin, len) };
        let end = origin + len;
        let mut breaks = base.breaks(origin, end).peekable();
        while let Some(piece) = breaks.next() {
            let to = breaks.peek().map_or(end, |next| next.at);
            let start = self.text.len() + piece.at - origin;
            let units = (to - piece.at) / piece.width;
            let place = base.origin_of_start(piece.at);
            self.map.push_units(start, place, units, piece.width, piece.origin_width);
        }
    }

    /// Adds a run that comes out of the markup `raw`, which stands at `origin` in the decoded source and may
    /// have more around and between the run's characters (escapes, marks at a line's start).
    ///
    /// Line ends that the run has as spaces, or as other line ends, are found again but not put on the map, on which
    /// lines are counted. Characters that are not found at all stand for the rest of the markup.
    pub fn aligned(&mut self, run: &str, raw: &str, origin: usize) {
        // Mostly there is nothing around it; to look for a long run takes long to prepare.
        let found = if raw.starts_with(run) { Some(0) } else { raw.find(run) };
        if let Some(at) = found {
            return self.verbatim(run, origin + at);
        }
        let mut left = raw;
        for (at, c) in run.char_indices() {
            let fits = |other: char| other == c || (matches!(c, ' ' | '\n') && matches!(other, '\n' | '\r'));
            let place = origin + raw.len() - left.len();
            match left.char_indices().find(|&(_, other)| fits(other)) {
                Some((skipped, found)) => {
                    if found == c {
                        self.verbatim(&run[at..at + c.len_utf8()], place + skipped);
                    } else {
                        self.insert(c);
                    }
                    left = &left[skipped + found.len_utf8()..];
                }
                None => return self.unit(&run[at..], place, left.len()),
            }
        }
    }

    /// Adds running text that stands at `origin` in the decoded source: white space in it, however much, is one space.
    pub fn flow(&mut self, text: &str, origin: usize) {
        for (start, len) in runs(text) {
            self.gap(gap_before(text, start));
            self.verbatim(&text[start..start + len], origin + start);
        }
        if text.ends_with(is_space) {
            self.gap(Gap::Space);
        }
    }

    /// Adds a character that stands for nothing in the source.
    pub fn insert(&mut self, c: char) {
        self.write_gap();
        self.text.push(c);
    }

    /// Starts a heading; what is added until its end is its text.
    pub fn begin_heading(&mut self, level: u8) {
        self.end_heading();
        self.gap(Gap::Block);
        self.heading = Some(Heading { level, start: None });
    }

    /// Whether a heading has begun and has text.
    pub fn is_in_heading_text(&self) -> bool {
        self.heading.is_some_and(|heading| heading.start.is_some())
    }

    /// Ends the heading that has begun, if one has; with any text it starts a section.
    pub fn end_heading(&mut self) {
        let Some(heading) = self.heading.take() else { return };
        self.gap(Gap::Block);
        self.after_heading = true;
        let Some(start) = heading.start else { return };
        let Some(title) = super::tidy_title(&self.text[start..]) else { return };
        if heading.level == 1 && self.first_of_level_one.is_none() {
            self.first_of_level_one = Some(title.clone());
        }
        self.first_heading.get_or_insert_with(|| title.clone());
        self.start_section(start, heading.level, title);
    }

    /// Ends the sections of this level and below; what follows stands under the headings above it alone.
    pub fn end_sections(&mut self, level: u8) {
        self.end_heading();
        self.end_section(self.text.len());
        self.headings.retain(|(other, _)| *other < level);
        self.section_begins = true;
        self.gap(Gap::Block);
    }

    fn start_section(&mut self, start: usize, level: u8, title: String) {
        let above = self.headings.iter().take_while(|(other, _)| *other < level);
        let cost = SECTION_COST + title.len() + above.clone().map(|(_, text)| text.len()).sum::<usize>();
        let Some(left) = self.headings_left.checked_sub(cost) else { return };
        self.headings_left = left;
        let depth = above.count();
        self.end_section(start);
        self.headings.truncate(depth);
        self.headings.push((level, title));
    }

    fn end_section(&mut self, end: usize) {
        let section = &self.text[self.section_start..end];
        let span = Span::new(self.section_start, self.section_start + section.trim_end().len());
        if !span.is_empty() {
            let headings = self.headings.iter().map(|(_, text)| text.clone()).collect();
            self.sections.push(Section { headings, span, units: self.units });
        }
        self.section_start = end;
    }

    fn write_gap(&mut self) {
        let gap = std::mem::take(&mut self.gap);
        let line_end = self.line_end.take();
        self.after_heading = false;
        if !self.text.is_empty() {
            if let (Gap::Line, Some(origin)) = (gap, line_end)
                && !self.text.ends_with('\n')
            {
                self.map.push(self.text.len(), origin, 1);
            }
            self.text.push_str(match gap {
                Gap::None => "",
                Gap::Space if self.text.ends_with(char::is_whitespace) => "",
                Gap::Space => " ",
                Gap::Cell => " | ",
                Gap::Line if self.text.ends_with('\n') => "",
                Gap::Line => "\n",
                Gap::Block if self.text.ends_with("\n\n") => "",
                Gap::Block if self.text.ends_with('\n') => "\n",
                Gap::Block => "\n\n",
            });
        }
        let start = self.text.len();
        if std::mem::take(&mut self.section_begins) {
            self.section_start = start;
        }
        if let Some(location) = self.next_place.take() {
            self.places.push(start, location);
        }
        self.cues.extend(self.next_cue.take().map(|(from, to)| Cue { start, from, to }));
        if let Some(heading) = &mut self.heading {
            heading.start.get_or_insert(self.text.len());
        }
    }

    /// The text, complete.
    pub fn finish(mut self) -> Composed {
        self.end_heading();
        self.end_section(self.text.len());
        let title = self.first_of_level_one.or(self.first_heading);
        let Self { text, map, sections, places, cues, .. } = self;
        Composed { text, map, sections, places, cues, title }
    }
}

/// The runs of a text that can be written as they stand, as their starts and lengths: those between white space that
/// is not one space between two words.
pub(super) fn runs(text: &str) -> impl Iterator<Item = (usize, usize)> + '_ {
    let bytes = text.as_bytes();
    let is_space_at = |at: usize| bytes.get(at).is_none_or(|&byte| is_space(char::from(byte)));
    let mut at = 0;
    std::iter::from_fn(move || {
        at += bytes[at..].iter().take_while(|&&byte| is_space(char::from(byte))).count();
        let start = at;
        while at < bytes.len() && !(is_space_at(at) && (bytes[at] != b' ' || is_space_at(at + 1))) {
            at += 1;
        }
        (start < at).then_some((start, at - start))
    })
}

/// What the white space before a run of running text comes to: one space, or nothing where it ends a line between two
/// characters of Chinese or Japanese, which no spaces part.
pub(super) fn gap_before(text: &str, start: usize) -> Gap {
    let (before, run) = text.split_at(start);
    let words = before.trim_end_matches(is_space);
    let space = &before[words.len()..];
    let is_inside_word = || words.ends_with(is_han_or_kana) && run.starts_with(is_han_or_kana);
    if space.is_empty() || (space.contains(['\n', '\r']) && is_inside_word()) {
        Gap::None
    } else {
        Gap::Space
    }
}

/// Whether a character is one of Han or Kana, or of the punctuation that goes with them.
fn is_han_or_kana(c: char) -> bool {
    matches!(c,
        '\u{2e80}'..='\u{2fdf}' | '\u{3001}'..='\u{312f}' | '\u{31f0}'..='\u{31ff}' | '\u{3400}'..='\u{9fff}'
        | '\u{f900}'..='\u{faff}' | '\u{ff01}'..='\u{ff9f}' | '\u{20000}'..='\u{3ffff}')
}

/// Whether a character is white space that counts as one space in running text.
pub(super) fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r' | '\u{c}')
}

#[cfg(test)]
mod tests {
    use super::super::laws::assert_sections;
    use super::*;

    #[test]
    fn the_widest_gap_is_written_once_and_never_at_the_ends() {
        let mut out = Composition::default();
        out.gap(Gap::Block);
        out.verbatim("a", 3);
        out.gap(Gap::Space);
        out.gap(Gap::Block);
        out.gap(Gap::Line);
        out.verbatim("b\n", 9);
        out.gap(Gap::Block);
        out.verbatim("c", 20);
        out.gap(Gap::Block);
        let composed = out.finish();
        assert_eq!(composed.text, "a\n\nb\n\nc");
        assert_eq!(composed.map.origin_of(3, 4), (9, 10));
    }

    #[test]
    fn headings_stack_by_level_and_start_sections() {
        let mut out = Composition::default();
        out.verbatim("before", 0);
        for (level, text) in [(2, "A"), (3, "B"), (2, "C"), (1, "D")] {
            out.begin_heading(level);
            out.verbatim(text, 10);
            out.end_heading();
            out.verbatim("text", 20);
        }
        out.begin_heading(2);
        out.end_heading();
        let composed = out.finish();
        let expected = [
            ("", "before"),
            ("A", "A\n\ntext"),
            ("A/B", "B\n\ntext"),
            ("C", "C\n\ntext"),
            ("D", "D\n\ntext"),
        ];
        assert_sections(&composed.text, &composed.sections, &expected);
        assert_eq!(composed.title.as_deref(), Some("D"));
    }

    #[test]
    fn sections_end_without_a_heading_where_that_is_asked_for() {
        let mut out = Composition::default();
        for (level, text) in [(1, "A"), (2, "B")] {
            out.begin_heading(level);
            out.placed(text);
            out.end_heading();
        }
        out.end_sections(2);
        out.placed("under A");
        out.end_sections(1);
        out.placed("under nothing");
        let composed = out.finish();
        let expected = [("A", "A"), ("A/B", "B"), ("A", "under A"), ("", "under nothing")];
        assert_sections(&composed.text, &composed.sections, &expected);
    }

    #[test]
    fn runs_are_found_in_the_markup_that_they_come_from() {
        let mut out = Composition::default();
        out.aligned("a b|c", "`a\nb\\|c`", 100);
        let composed = out.finish();
        assert_eq!(composed.text, "a b|c");
        assert_eq!(composed.map.origin_of(0, 1), (101, 102));
        assert_eq!(composed.map.origin_of(2, 5), (103, 107));
    }

    #[test]
    fn runs_of_a_text_that_comes_from_the_source_lead_back_to_it() {
        // The source is `"a\u00e9b"`, the text in between `aéb`.
        let mut base = OffsetMap::default();
        base.push(0, 1, 1);
        base.push_units(1, 2, 1, 2, 6);
        base.push(3, 8, 1);
        let mut out = Composition::default();
        out.rebase(Some(base));
        out.verbatim("aéb", 0);
        out.unit("-", 1, 3);
        out.rebase(None);
        out.verbatim("c", 20);
        let composed = out.finish();
        let origin = |start, end| composed.map.origin_of(start, end);
        assert_eq!((origin(0, 1), origin(1, 3), origin(3, 4)), ((1, 2), (2, 8), (8, 9)));
        assert_eq!((origin(4, 5), origin(5, 6)), ((2, 9), (20, 21)));
    }

    #[test]
    fn headings_do_not_multiply_without_bound() {
        let mut out = Composition::default();
        let long = "long ".repeat(200);
        for level in 1..=5 {
            out.begin_heading(level);
            out.verbatim(&long, 0);
        }
        for _ in 0..50_000 {
            out.begin_heading(6);
            out.verbatim("x", 0);
        }
        let composed = out.finish();
        let bytes: usize =
            composed.sections.iter().flat_map(|section| &section.headings).map(String::len).sum();
        assert!(bytes <= HEADINGS_BUDGET, "{bytes}");
        let last = composed.sections.last().expect("sections");
        assert_eq!(last.span.end, composed.text.len(), "the rest is one long section");
    }
}
