//! Lines put together to paragraphs: which gaps end one, and which hyphens only a line's end has made.

use std::collections::HashSet;
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};

use super::lines::{Line, is_dense};
use crate::document::Location;
use crate::extract::compose::{Composition, Gap};

/// The words that a document writes, as their hashes: those with hyphens as they are, the others in lower case.
#[derive(Debug, Default)]
pub(super) struct Words(HashSet<u64>);

impl Words {
    /// Takes notice of a line's words.
    pub fn add(&mut self, line: &str) {
        for word in line.split(|c: char| !c.is_alphanumeric() && !is_hyphen(c)) {
            let word = word.trim_matches(is_hyphen);
            if word.contains(is_hyphen) {
                self.0.insert(hash(word));
            }
        }
    }

    /// Whether the document writes this word, with its hyphen, inside of a line.
    fn has(&self, word: &str) -> bool {
        self.0.contains(&hash(word))
    }
}

fn hash(word: &str) -> u64 {
    let word: String = word.chars().map(|c| if is_hyphen(c) { '-' } else { c }).collect();
    BuildHasherDefault::<DefaultHasher>::default().hash_one(word.to_lowercase())
}

fn is_hyphen(c: char) -> bool {
    matches!(c, '-' | '\u{ad}' | '\u{2010}' | '\u{2011}')
}

/// How far the lines of a page stand apart, as most of them do.
pub(super) fn leading(lines: &[Line]) -> f64 {
    let pairs = lines.iter().zip(lines.iter().skip(1));
    let apart = pairs.map(|(line, next)| (line, next.baseline - line.baseline));
    let mut steps: Vec<f64> = apart
        .filter(|(line, step)| *step > line.size * 0.5 && *step < line.size * 4.0)
        .map(|(_, step)| step)
        .collect();
    steps.sort_by(f64::total_cmp);
    steps.get(steps.len() / 2).copied().unwrap_or(f64::MAX)
}

/// How a page is laid out.
#[derive(Clone, Copy, Debug)]
pub(super) struct Layout {
    /// How far its lines stand apart, as most of them do.
    pub leading: f64,
    /// Whether its Korean lines break inside of words.
    pub breaks_korean_words: bool,
}

impl Layout {
    /// What stands between a line and the next on the same page.
    pub fn gap(self, line: &Line, next: &Line) -> Gap {
        let step = next.baseline - line.baseline;
        let size = line.size.max(next.size);
        if line.direction != next.direction || size > line.size.min(next.size) * 1.2 {
            return Gap::Block;
        }
        // The next column, or another part of the same line, goes on with what stands before it.
        if step < size * 0.5 {
            return self.gap_inside(line, next);
        }
        let is_indented = next.start - line.start > size * 0.8 && next.start - line.start < size * 4.0;
        let is_apart = step > self.leading * 1.25 && step > size * 1.05;
        let ends = is_apart || (is_indented && ends_sentence(&line.text));
        if ends { Gap::Block } else { self.gap_inside(line, next) }
    }

    /// What stands between the last line of a page and the first of the next: a sentence runs on, a paragraph ends.
    pub fn gap_between_pages(self, line: &Line, next: &Line) -> Gap {
        let is_alike = line.size.max(next.size) <= line.size.min(next.size) * 1.2;
        if is_alike && !ends_sentence(&line.text) { self.gap_inside(line, next) } else { Gap::Block }
    }

    /// What stands between two lines of a paragraph: nothing where the script writes no spaces, or where a word is
    /// broken.
    fn gap_inside(self, line: &Line, next: &Line) -> Gap {
        if line.has_cells || next.has_cells {
            return Gap::Line;
        }
        let is_unspaced = |c: char| is_dense(c) && !is_korean(c);
        let runs_on = line.text.ends_with(is_unspaced) && next.text.starts_with(is_unspaced);
        let is_full = line.end > next.end - line.size * 0.5 && line.end - line.start > line.size * 15.0;
        let breaks_word = self.breaks_korean_words && is_full && is_between_korean(line, next);
        if runs_on || (breaks_word && !line.ends_in_space) { Gap::None } else { Gap::Line }
    }
}

/// Whether a document breaks Korean lines inside of words as well as between them. It tells by the spaces that it draws
/// at the ends of some lines and not of others; where it draws none at all, nobody knows.
pub(super) fn breaks_korean_words(pages: &[Vec<Line>]) -> bool {
    let pairs = pages.iter().flat_map(|page| page.iter().zip(page.iter().skip(1)));
    let korean = pairs.filter(|(line, next)| is_between_korean(line, next));
    let (mut spaced, mut all) = (0_usize, 0_usize);
    for (line, _) in korean {
        spaced += usize::from(line.ends_in_space);
        all += 1;
    }
    spaced * 5 >= all && spaced > 0
}

fn is_between_korean(line: &Line, next: &Line) -> bool {
    line.text.ends_with(is_korean) && next.text.starts_with(is_korean)
}

fn is_korean(c: char) -> bool {
    matches!(c, '\u{ac00}'..='\u{d7ff}')
}

fn ends_sentence(text: &str) -> bool {
    let text = text.trim_end_matches(['"', '”', '’', '\'', ')', '」', '』']);
    text.ends_with(['.', '!', '?', ':', '。', '？', '！', '…'])
}

/// Writes lines one after the other. A hyphen that a line ends with for no other reason than its end is taken away, and
/// the word's other half comes up to the first.
pub(super) struct Prose<'a> {
    words: &'a Words,
    /// A line's text that is not written yet, since what comes next may go on with its last word.
    pending: String,
    /// Where the next line stands, if that is told and it is not written yet.
    place: Option<Location>,
}

impl<'a> Prose<'a> {
    /// Nothing written yet.
    pub fn new(words: &'a Words) -> Self {
        Self { words, pending: String::new(), place: None }
    }

    /// Says where the next lines stand.
    pub fn place(&mut self, location: Location) {
        self.place = Some(location);
    }

    /// Adds a line behind a gap.
    pub fn add(&mut self, text: &str, gap: Gap, out: &mut Composition) {
        if gap <= Gap::Line
            && let Some(stem) = self.broken_word(text)
        {
            self.pending.truncate(stem);
            let end = text.find(char::is_whitespace).unwrap_or(text.len());
            self.pending.push_str(&text[..end]);
            let rest = text[end..].trim_start();
            if !rest.is_empty() {
                self.flush(out);
                out.gap(Gap::Line);
                self.pending.push_str(rest);
            }
            return;
        }
        self.flush(out);
        out.gap(gap);
        self.pending.push_str(text);
    }

    /// Writes what is not written yet; what is written next stands at the place that was told last.
    pub fn flush(&mut self, out: &mut Composition) {
        out.placed(&self.pending);
        self.pending.clear();
        if let Some(location) = self.place.take() {
            out.place(location);
        }
    }

    /// Where the first part of a word ends that the pending line breaks off and `next` goes on with: at its hyphen if
    /// that only marks the break, else behind it; `None` where no word is broken.
    fn broken_word(&self, next: &str) -> Option<usize> {
        let hyphen = self.pending.chars().next_back().filter(|&c| is_hyphen(c))?;
        let stem = self.pending.len() - hyphen.len_utf8();
        let before = &self.pending[..stem];
        let start = before
            .rfind(|c: char| !c.is_alphanumeric() && !is_hyphen(c))
            .map_or(0, |at| at + before[at..].chars().next().map_or(1, char::len_utf8));
        let first = &before[start..];
        let rest_end = next.find(|c: char| !c.is_alphanumeric() && !is_hyphen(c)).unwrap_or(next.len());
        let goes_on = next.starts_with(char::is_lowercase) && first.ends_with(char::is_lowercase);
        let is_soft = hyphen == '\u{ad}';
        if is_soft || (goes_on && !self.words.has(&format!("{first}-{}", &next[..rest_end]))) {
            return Some(stem);
        }
        goes_on.then_some(self.pending.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(text: &str, start: f64, baseline: f64) -> Line {
        Line {
            text: text.into(),
            start,
            end: start + 200.0,
            ends_in_space: false,
            has_cells: false,
            baseline,
            size: 10.0,
            direction: 0,
        }
    }

    fn joined(lines: &[&str]) -> String {
        let mut words = Words::default();
        lines.iter().for_each(|line| words.add(line));
        let mut out = Composition::default();
        let mut prose = Prose::new(&words);
        for line in lines {
            prose.add(line, Gap::Line, &mut out);
        }
        prose.flush(&mut out);
        out.finish().text
    }

    #[test]
    fn hyphens_of_line_ends_go_and_real_ones_stay() {
        assert_eq!(joined(&["the informa-", "tion is", "here"]), "the information\nis\nhere");
        assert_eq!(joined(&["a real-", "time and a real-time one"]), "a real-time\nand a real-time one");
        assert_eq!(
            joined(&["the Asia-", "Pacific", "COVID-", "19 and so-", "-called"]),
            "the Asia-\nPacific\nCOVID-\n19 and so-\n-called"
        );
        assert_eq!(joined(&["in\u{ad}", "com\u{ad}", "plete"]), "incomplete");
    }

    #[test]
    fn wide_gaps_larger_letters_and_indents_begin_paragraphs() {
        let lines = [
            line("a", 50.0, 100.0),
            line("b.", 50.0, 112.0),
            line("c", 62.0, 124.0),
            line("d", 50.0, 136.0),
            line("e", 50.0, 160.0),
        ];
        let layout = Layout { leading: leading(&lines), breaks_korean_words: false };
        let pairs = lines.iter().zip(&lines[1..]);
        let gaps: Vec<_> = pairs.map(|(line, next)| layout.gap(line, next)).collect();
        assert_eq!(gaps, [Gap::Line, Gap::Block, Gap::Line, Gap::Block]);
        let large = Line { size: 14.0, ..line("Head", 50.0, 112.0) };
        assert_eq!(layout.gap(&lines[0], &large), Gap::Block);
        assert_eq!(layout.gap_between_pages(&lines[1], &lines[0]), Gap::Block, "a sentence has ended");
        assert_eq!(layout.gap_between_pages(&lines[2], &lines[0]), Gap::Line);
        assert_eq!(layout.gap(&lines[4], &line("next column", 300.0, 100.0)), Gap::Line);
    }
    #[test]
    fn lines_that_end_inside_of_words_go_on_without_a_space() {
        let page = |spaces: bool| {
            let texts = [
                ("세 협력국은", true),
                ("서로에게 보낸", false),
                ("다. 각국은", true),
                ("만들 필", false),
                ("요가 없다.", false),
            ];
            let lines = texts.iter().zip(0..).map(|(&(text, ends_in_space), at)| Line {
                ends_in_space: spaces && ends_in_space,
                ..line(text, 50.0, 100.0 + 12.0 * f64::from(at))
            });
            lines.collect::<Vec<_>>()
        };
        for (spaces, expected) in
            [(true, [Gap::Line, Gap::None, Gap::Line, Gap::None]), (false, [Gap::Line; 4])]
        {
            let page = page(spaces);
            let breaks_korean_words = breaks_korean_words(std::slice::from_ref(&page));
            let layout = Layout { leading: 12.0, breaks_korean_words };
            let gaps: Vec<_> =
                page.iter().zip(&page[1..]).map(|(line, next)| layout.gap(line, next)).collect();
            assert_eq!(gaps, expected);
        }
        let layout = Layout { leading: 12.0, breaks_korean_words: false };
        let (line, next) = (line("正", 50.0, 100.0), line("午まで", 50.0, 112.0));
        assert_eq!(layout.gap(&line, &next), Gap::None);
        assert_eq!(layout.gap(&line, &Line { has_cells: true, ..next }), Gap::Line);
    }
}
