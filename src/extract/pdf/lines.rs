//! Glyphs put together to lines, and lines to a page's text.
//!
//! Programs draw a page's text in the order in which it is read, column by column, so that order is kept. What they
//! do not draw is spaces and line ends: a gap is a space where it is wide enough, and a jump to another baseline
//! ends a line. Glyphs that are drawn later into the gaps of a line, as those of a second font are, belong to it. Only a
//! page whose lines jump up and down without end is put in order from its top to its bottom.

use std::collections::HashMap;

use icu_normalizer::ComposingNormalizerBorrowed;

use super::glyphs::Glyph;

/// A gap that is a space, in sizes of the font, where a script writes spaces.
const SPACE: f64 = 0.17;

/// A gap that is a space between characters of scripts that write none, and set their characters apart.
const DENSE_SPACE: f64 = 0.4;

/// A gap that sets apart the cells of a table, in sizes of the font.
const CELL_GAP: f64 = 1.5;

/// How far a baseline may be from its line's, in sizes of the font: what is raised or lowered stays in its line.
const SHIFT: f64 = 0.45;

/// The direction of lines that run downwards.
const DOWN: i8 = 6;

/// How many lines near a place are looked at for one that a glyph belongs to.
const MAX_NEAR: usize = 32;

/// A line of text on a page.
#[derive(Clone, Debug)]
pub(super) struct Line {
    /// Its text, without white space around it.
    pub text: String,
    /// Where it starts along the line.
    pub start: f64,
    /// Where it ends.
    pub end: f64,
    /// Whether a space is drawn at its end.
    pub ends_in_space: bool,
    /// Whether gaps in it are as wide as those between the cells of a table.
    pub has_cells: bool,
    /// Where its baseline stands across the lines.
    pub baseline: f64,
    /// The size of most of its text.
    pub size: f64,
    /// The direction in which it runs.
    pub direction: i8,
}

/// A line that is being put together.
struct Draft {
    glyphs: Vec<Glyph>,
    start: f64,
    end: f64,
    baseline: f64,
    size: f64,
    direction: i8,
    /// How much of the line its glyphs cover.
    covered: f64,
    /// Whether glyphs came that belong between others.
    is_mixed: bool,
}

impl Draft {
    fn of(glyph: Glyph) -> Self {
        let Glyph { start, end, baseline, size, direction, .. } = glyph;
        let covered = (end - start).max(0.0);
        Self { glyphs: vec![glyph], start, end, baseline, size, direction, covered, is_mixed: false }
    }

    /// Whether a glyph that is drawn next goes on with the line.
    fn goes_on_with(&self, glyph: &Glyph) -> bool {
        let size = self.size.max(glyph.size);
        let is_raised = glyph.start - self.end < size * 0.5;
        let shift = if is_raised { SHIFT } else { 0.15 };
        self.direction == glyph.direction
            && (glyph.baseline - self.baseline).abs() < size * shift
            && glyph.start > self.end - size
            && glyph.start >= self.start - size * 0.5
    }

    /// Whether another draft stands on this line: in its gaps, just at its ends, or over it.
    fn meets(&self, other: &Self) -> bool {
        let size = self.size.max(other.size);
        self.direction == other.direction
            && (other.baseline - self.baseline).abs() < size * 0.25
            && other.start < self.end + size * 0.3
            && other.end > self.start - size * 0.3
    }

    /// Whether another draft that stands on this line has room in it. Where it has none, it covers what is there, as
    /// the next step of a slide does.
    fn has_room_for(&self, other: &Self) -> bool {
        let span = self.end.max(other.end) - self.start.min(other.start);
        self.covered + other.covered < span * 1.15
    }

    /// Whether another draft is what this one is, drawn once more.
    fn is_drawn_by(&self, other: &Self) -> bool {
        let texts = self.glyphs.iter().zip(&other.glyphs);
        self.glyphs.len() == other.glyphs.len() && texts.into_iter().all(|(a, b)| is_drawn_again(a, b))
    }

    fn push(&mut self, glyph: Glyph) {
        self.covered += (glyph.end - glyph.start).max(0.0);
        if glyph.size > self.size {
            (self.size, self.baseline) = (glyph.size, glyph.baseline);
        }
        self.start = self.start.min(glyph.start);
        self.end = self.end.max(glyph.end);
        self.glyphs.push(glyph);
    }

    fn merge(&mut self, other: Self) {
        self.is_mixed = true;
        self.covered += other.covered;
        self.start = self.start.min(other.start);
        self.end = self.end.max(other.end);
        self.glyphs.extend(other.glyphs);
    }

    fn finish(mut self) -> Line {
        if self.is_mixed {
            self.glyphs.sort_by(|a, b| a.start.total_cmp(&b.start));
        }
        let size = usual_size(&self.glyphs);
        let text = text_of(&self.glyphs);
        let ends_in_space = self.glyphs.last().is_some_and(|last| last.text.ends_with(' '));
        let pairs = self.glyphs.iter().zip(self.glyphs.iter().skip(1));
        let has_cells = pairs.into_iter().any(|(glyph, next)| next.start - glyph.end > CELL_GAP * size);
        let Self { start, end, baseline, direction, .. } = self;
        Line { text, start, end, ends_in_space, has_cells, baseline, size, direction }
    }
}

/// The lines that glyphs make, in reading order.
pub(super) fn lines(glyphs: Vec<Glyph>) -> Vec<Line> {
    let lines = merge(drafts(glyphs)).into_iter().map(Draft::finish);
    let mut lines: Vec<Line> = lines.filter(|line| !line.text.is_empty()).collect();
    if is_scrambled(&lines) {
        lines.sort_by(|a, b| {
            let order = a.direction.cmp(&b.direction).then(a.baseline.total_cmp(&b.baseline));
            order.then(a.start.total_cmp(&b.start))
        });
    }
    lines
}

/// The lines as they are drawn one after the other.
fn drafts(mut glyphs: Vec<Glyph>) -> Vec<Draft> {
    turn_columns(&mut glyphs);
    let mut drafts: Vec<Draft> = Vec::new();
    for glyph in glyphs {
        match drafts.last_mut() {
            Some(draft) if draft.goes_on_with(&glyph) => draft.push(glyph),
            _ => drafts.push(Draft::of(glyph)),
        }
    }
    drafts
}

/// Turns the glyphs of lines that run downwards into such, where each glyph was set on its own.
fn turn_columns(glyphs: &mut [Glyph]) {
    /// The shortest run of glyphs below each other that is a line.
    const LEAST: usize = 3;
    let is_below = |above: &Glyph, glyph: &Glyph| {
        let step = (glyph.baseline - above.baseline) / above.size;
        above.direction == 0
            && glyph.direction == 0
            && (glyph.start - above.start).abs() < above.size * 0.2
            && (0.6..1.3).contains(&step)
            && glyph.text.chars().all(is_dense)
    };
    let mut from = 0;
    while from < glyphs.len() {
        let pairs = glyphs[from..].windows(2);
        let run = 1 + pairs.take_while(|pair| is_below(&pair[0], &pair[1])).count();
        if run >= LEAST && glyphs[from].text.chars().all(is_dense) {
            for glyph in &mut glyphs[from..from + run] {
                let (start, baseline) = (glyph.baseline, -glyph.start);
                *glyph = Glyph { start, end: start + glyph.size, baseline, direction: DOWN, ..glyph.clone() };
            }
        }
        from += run;
    }
}

/// Puts the drafts into the lines that they belong to, which were drawn before them.
fn merge(drafts: Vec<Draft>) -> Vec<Draft> {
    let mut lines: Vec<Draft> = Vec::new();
    // The lines by the height at which they stand, so that the near ones are found at once.
    let mut by_height: HashMap<(i8, i64), Vec<usize>> = HashMap::new();
    for draft in drafts {
        let height = (draft.baseline / 4.0).floor() as i64;
        let near = (height - 1..=height + 1).filter_map(|height| by_height.get(&(draft.direction, height)));
        let near = near.flat_map(|places| places.iter().rev().take(MAX_NEAR));
        let takes = |line: &Draft| line.has_room_for(&draft) || line.is_drawn_by(&draft);
        let place = near.copied().find(|&at| lines[at].meets(&draft) && takes(&lines[at]));
        match place {
            Some(at) if lines[at].is_drawn_by(&draft) => {}
            Some(at) => lines[at].merge(draft),
            None => {
                by_height.entry((draft.direction, height)).or_default().push(lines.len());
                lines.push(draft);
            }
        }
    }
    lines
}

/// Whether so many lines stand above the one before that the order in which they are drawn means nothing.
fn is_scrambled(lines: &[Line]) -> bool {
    let pairs = || lines.iter().zip(lines.iter().skip(1));
    let backwards = pairs().filter(|(line, next)| {
        line.direction == next.direction && next.baseline < line.baseline - line.size.max(next.size)
    });
    lines.len() >= 8 && backwards.count() * 3 > lines.len()
}

fn usual_size(glyphs: &[Glyph]) -> f64 {
    let mut sizes: Vec<f64> = glyphs.iter().map(|glyph| glyph.size).collect();
    sizes.sort_by(f64::total_cmp);
    sizes.get(sizes.len() / 2).copied().unwrap_or_default()
}

/// The text of a line's glyphs.
fn text_of(glyphs: &[Glyph]) -> String {
    let mut text = String::new();
    let mut last: Option<&Glyph> = None;
    let mut accent: Option<char> = None;
    for (glyph, next) in glyphs.iter().zip(glyphs.iter().skip(1).map(Some).chain([None])) {
        if last.is_some_and(|last| is_drawn_again(last, glyph)) {
            continue;
        }
        if accent.is_none() && last.is_some_and(|last| has_space_between(last, glyph)) {
            text.push(' ');
        }
        match (accent.take(), combining(&glyph.text)) {
            (Some(mark), _) => push_accented(&mut text, &glyph.text, mark),
            (None, Some(mark)) if next.is_some_and(|next| stands_over(glyph, next)) => accent = Some(mark),
            _ => text.push_str(&glyph.text),
        }
        last = Some(glyph);
    }
    composed(&text.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// The text with each letter and its marks as one character, and each Korean syllable, however the font tells them.
fn composed(text: &str) -> String {
    ComposingNormalizerBorrowed::new_nfc().normalize(text).into_owned()
}

/// Whether a glyph is the last one once more, as programs draw it that want it bold.
fn is_drawn_again(last: &Glyph, glyph: &Glyph) -> bool {
    let reach = (glyph.size * 0.1).min((glyph.end - glyph.start).abs() * 0.3);
    !glyph.text.trim().is_empty()
        && glyph.text == last.text
        && (glyph.start - last.start).abs() < reach
        && (glyph.baseline - last.baseline).abs() < reach
}

fn has_space_between(last: &Glyph, glyph: &Glyph) -> bool {
    let (before, behind) = (last.text.chars().next_back(), glyph.text.chars().next());
    let is_dense = before.is_some_and(is_dense) && behind.is_some_and(is_dense);
    let least = if is_dense { DENSE_SPACE } else { SPACE };
    glyph.start - last.end > least * last.size.min(glyph.size)
}

/// Whether a character is of a script that sets its characters apart and writes no spaces, or few.
pub(super) fn is_dense(c: char) -> bool {
    matches!(c, '\u{2e80}'..='\u{9fff}' | '\u{ac00}'..='\u{d7ff}' | '\u{f900}'..='\u{faff}' | '\u{ff00}'..='\u{ffef}'
        | '\u{20000}'..='\u{3ffff}')
}

/// The mark above or below a letter that a glyph draws which stands alone in its font.
fn combining(text: &str) -> Option<char> {
    const MARKS: [(char, char); 15] = [
        ('`', '\u{300}'),
        ('´', '\u{301}'),
        ('^', '\u{302}'),
        ('ˆ', '\u{302}'),
        ('~', '\u{303}'),
        ('˜', '\u{303}'),
        ('¯', '\u{304}'),
        ('˘', '\u{306}'),
        ('˙', '\u{307}'),
        ('¨', '\u{308}'),
        ('˚', '\u{30a}'),
        ('˝', '\u{30b}'),
        ('ˇ', '\u{30c}'),
        ('¸', '\u{327}'),
        ('˛', '\u{328}'),
    ];
    let mut chars = text.chars();
    let (Some(c), None) = (chars.next(), chars.next()) else { return None };
    MARKS.iter().find(|(mark, _)| *mark == c).map(|&(_, combining)| combining)
}

/// Whether the glyph of a mark stands over the letter that is drawn next.
fn stands_over(mark: &Glyph, letter: &Glyph) -> bool {
    let middle = (mark.start + mark.end) / 2.0;
    letter.text.chars().next().is_some_and(char::is_alphabetic)
        && letter.start < middle
        && middle < letter.end
}

/// Adds a letter with a mark on it.
fn push_accented(text: &mut String, letter: &str, mark: char) {
    let mut chars = letter.chars();
    match chars.next() {
        Some('ı') => text.push('i'),
        Some('ȷ') => text.push('j'),
        first => text.extend(first),
    }
    text.push(mark);
    text.push_str(chars.as_str());
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Glyphs half a size wide that spell a text from a place on; a space moves on.
    fn spelled(text: &str, start: f64, baseline: f64) -> Vec<Glyph> {
        let glyphs = text.chars().enumerate().filter(|(_, c)| *c != ' ');
        glyphs.map(|(at, c)| glyph(&c.to_string(), start + at as f64 * 5.0, baseline)).collect()
    }

    fn glyph(text: &str, start: f64, baseline: f64) -> Glyph {
        Glyph { text: text.into(), start, end: start + 5.0, baseline, size: 10.0, direction: 0 }
    }

    fn texts(glyphs: Vec<Glyph>) -> Vec<String> {
        lines(glyphs).into_iter().map(|line| line.text).collect()
    }

    #[test]
    fn gaps_are_spaces_and_jumps_are_line_ends() {
        let glyphs = [spelled("one two", 50.0, 100.0), spelled("three", 50.0, 112.0)].concat();
        assert_eq!(texts(glyphs), ["one two", "three"]);
    }

    #[test]
    fn columns_come_one_after_the_other_as_they_are_drawn() {
        let left = [spelled("a b", 50.0, 100.0), spelled("c d", 50.0, 112.0)].concat();
        let right = [spelled("e f", 75.0, 100.0), spelled("g h", 75.0, 112.0)].concat();
        assert_eq!(texts([left, right].concat()), ["a b", "c d", "e f", "g h"]);
    }

    #[test]
    fn what_is_drawn_later_into_the_gaps_of_a_line_belongs_to_it() {
        let kana = [glyph("の", 50.0, 100.0), glyph("を", 60.0, 100.0), glyph("つ", 50.0, 112.0)];
        let kanji = [glyph("国", 55.0, 100.0), glyph("見", 65.0, 100.5)];
        assert_eq!(texts([&kana[..], &kanji].concat()), ["の国を見", "つ"]);
    }

    #[test]
    fn raised_text_stays_in_its_line_and_bold_is_read_once() {
        let mut glyphs = spelled("ab", 50.0, 100.0);
        glyphs.push(Glyph { size: 7.0, ..glyph("2", 60.5, 96.0) });
        glyphs.extend(spelled("c", 66.0, 100.0));
        glyphs.push(glyph("c", 66.3, 100.0));
        assert_eq!(texts(glyphs), ["ab2c"]);
    }

    #[test]
    fn what_covers_a_line_is_a_line_of_its_own_unless_it_is_the_same() {
        let line = spelled("first", 50.0, 100.0);
        let glyphs =
            [line.clone(), spelled("next", 52.0, 100.0), spelled("after", 50.0, 112.0), line].concat();
        assert_eq!(texts(glyphs), ["first", "next", "after"]);
    }

    #[test]
    fn lines_that_run_downwards_are_read_so() {
        let column = |text: &str, start: f64| -> Vec<Glyph> {
            let glyphs = text.chars().zip(0..);
            glyphs
                .map(|(c, at)| Glyph {
                    end: start + 10.0,
                    ..glyph(&c.to_string(), start, 100.0 + 10.0 * f64::from(at))
                })
                .collect()
        };
        let glyphs =
            [spelled("above", 50.0, 80.0), column("縦書きの注", 80.0), column("意書き", 60.0)].concat();
        assert_eq!(texts(glyphs), ["above", "縦書きの注", "意書き"]);
    }

    #[test]
    fn accents_are_set_on_their_letters() {
        let glyphs = vec![
            glyph("f", 50.0, 100.0),
            glyph("´", 55.2, 100.0),
            glyph("e", 55.0, 100.0),
            glyph("^", 65.0, 100.0),
        ];
        assert_eq!(texts(glyphs), ["fé ^"]);
    }

    #[test]
    fn a_page_drawn_in_no_order_is_read_from_its_top() {
        let order = [3, 0, 7, 1, 9, 2, 8, 4, 6, 5];
        let glyphs =
            order.iter().flat_map(|&at| spelled(&format!("l{at}"), 50.0, 100.0 + 12.0 * f64::from(at)));
        let expected: Vec<String> = (0..10).map(|at| format!("l{at}")).collect();
        assert_eq!(texts(glyphs.collect()), expected);
    }
}
