//! The lines that pages repeat: running heads, footers, page numbers.
//!
//! They are told by standing at the same height on many pages, above or below all other lines, with the same text but
//! for its numbers. From documents of a few pages, where that may as well be text, nothing is taken but the page's own
//! number.

use std::collections::HashMap;

use super::lines::Line;

/// The fewest pages on which a line is repeated that is left out.
const LEAST_PAGES: usize = 4;

/// How many lines at the top and at the bottom of a page may be such.
const DEPTH: usize = 2;

/// What such a line is known by: its height, in steps of a few points, and its text with its numbers taken out.
type Key = (i64, String);

/// Takes the lines out of the pages that they repeat.
pub(super) fn remove(pages: &mut [Vec<Line>]) {
    let mut counts: HashMap<Key, usize> = HashMap::new();
    for page in pages.iter() {
        for at in outermost(page) {
            for key in keys(&page[at]) {
                *counts.entry(key).or_default() += 1;
            }
        }
    }
    // A head of the left pages alone stands on half of them, a chapter's own title on fewer than a quarter.
    let least = LEAST_PAGES.max(pages.len() / 4);
    for (page, number) in pages.iter_mut().zip(1..) {
        let outermost = outermost(page);
        let is_furniture = |line: &Line| {
            let repeated = keys(line).iter().any(|key| counts.get(key).is_some_and(|&count| count >= least));
            repeated || is_number(&line.text, number)
        };
        let taken: Vec<usize> = outermost.into_iter().filter(|&at| is_furniture(&page[at])).collect();
        let mut at = 0;
        page.retain(|_| {
            at += 1;
            !taken.contains(&(at - 1))
        });
    }
}

/// The places of the lines that stand outermost on a page.
fn outermost(page: &[Line]) -> Vec<usize> {
    let mut upright: Vec<usize> = (0..page.len()).filter(|&at| page[at].direction == 0).collect();
    upright.sort_by(|&a, &b| page[a].baseline.total_cmp(&page[b].baseline));
    let bottom = upright.len().saturating_sub(DEPTH).max(DEPTH.min(upright.len()));
    let top = upright.iter().take(DEPTH);
    top.chain(&upright[bottom..]).copied().collect()
}

/// What a line is known by, at the height where it stands, rounded up and down.
fn keys(line: &Line) -> [Key; 2] {
    /// The longest text that is a head, in characters.
    const MAX_CHARS: usize = 120;
    let mut text = String::new();
    for c in line.text.chars().take(MAX_CHARS) {
        match c.is_ascii_digit() {
            true if text.ends_with('#') => {}
            true => text.push('#'),
            false => text.push(c),
        }
    }
    if is_roman(&line.text) {
        text = "#".into();
    }
    let height = (line.baseline / 4.0).round() as i64;
    [(height, text.clone()), (height + 1, text)]
}

/// Whether a text is nothing but this number, with dashes around it or without.
fn is_number(text: &str, number: usize) -> bool {
    let digits = text.trim_matches(|c: char| matches!(c, '-' | '–' | '—' | ' '));
    digits.parse() == Ok(number)
}

/// Whether a text is a number as the pages before the first have them.
fn is_roman(text: &str) -> bool {
    !text.is_empty() && text.len() <= 7 && text.chars().all(|c| "ivxlc".contains(c))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A line of a page that holds this text.
    pub(in super::super) fn line(text: &str, baseline: f64) -> Line {
        Line {
            text: text.into(),
            start: 50.0,
            end: 90.0,
            ends_in_space: false,
            has_cells: false,
            baseline,
            size: 10.0,
            direction: 0,
        }
    }

    /// The texts of pages of a head, three lines and a number, without what they repeat.
    fn texts(count: usize) -> Vec<Vec<String>> {
        let page = |number: usize| {
            let text = |at: usize| {
                line(&format!("{}{at}", "abcdefghijkl".split_at(number).1), 100.0 + 12.0 * at as f64)
            };
            let mut page =
                vec![line(&number.to_string(), 800.0), line(&format!("The Report {number}"), 30.5)];
            page.extend((0..3).map(text));
            page
        };
        let mut pages: Vec<_> = (1..=count).map(page).collect();
        remove(&mut pages);
        pages.into_iter().map(|page| page.into_iter().map(|line| line.text).collect()).collect()
    }

    #[test]
    fn what_many_pages_repeat_is_left_out() {
        assert_eq!(texts(5)[1], ["cdefghijkl0", "cdefghijkl1", "cdefghijkl2"]);
        assert_eq!(texts(3)[1].len(), 4, "on a few pages it may be text, but for the page's number");
        assert!(is_number("- 12 -", 12) && !is_number("12 a", 12) && !is_number("", 12));
    }

    #[test]
    fn pages_of_a_line_or_none_are_left_as_they_are() {
        let mut pages = vec![vec![], vec![line("only", 100.0)], vec![line("another", 100.0)]];
        remove(&mut pages);
        assert_eq!(pages.iter().map(Vec::len).collect::<Vec<_>>(), [0, 1, 1]);
    }
}
