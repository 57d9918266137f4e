//! The best window of a line: the part of it that is shown where the whole is too long.
//!
//! The window holds as many distinct clauses of the query as fit into it, then as many marks, and of equals
//! it is the earliest. Around them it starts at a sentence's start if one is near, and else, as at its end,
//! at a word's edge; text without spaces (Chinese, Japanese) is cut behind its punctuation or between
//! characters, and only a word too long for any window is cut inside. A mark is inside or outside as
//! a whole unless it alone is longer than the window. Lengths count characters (Unicode scalar values).
//!
//! The time is linear in the line and its marks.

use std::cell::OnceCell;
use std::collections::HashMap;
use std::ops::{Range, RangeInclusive};

use super::grapheme::boundaries;
use super::marked::Marked;

/// The best part of `line` of at most `limit` characters, as byte offsets on character boundaries.
pub(super) fn best_window(line: &Marked, limit: usize) -> Range<usize> {
    if limit == 0 {
        return 0..0;
    }
    if line.text.chars().nth(limit).is_none() {
        return 0..line.text.len();
    }
    let ruler = Ruler::new(&line.text);
    let window = ruler.window_around(&Core::of(&ruler.marks(line), limit), limit);
    ruler.offset(window.start)..ruler.offset(window.end)
}

/// A mark, in characters.
struct Extent {
    start: usize,
    end: usize,
    clause: usize,
}

/// What a window must hold, in characters, and how far it may reach.
struct Core {
    /// Where the first mark starts.
    start: usize,
    /// Where the last mark ends.
    end: usize,
    /// Where the mark before these ends.
    earliest: usize,
    /// Where the mark behind these starts.
    latest: usize,
}

impl Core {
    /// The run of marks that is best to see, of those that fit into `limit` characters.
    fn of(marks: &[Extent], limit: usize) -> Self {
        let Some(run) = best_run(marks, limit) else {
            return Self { start: 0, end: 1, earliest: 0, latest: usize::MAX };
        };
        let (start, end) = (marks[run.start].start, marks[run.end - 1].end);
        let fits = end - start <= limit;
        Self {
            start,
            end: if fits { end } else { start + 1 },
            earliest: run.start.checked_sub(1).map_or(0, |before| marks[before].end),
            latest: marks.get(run.end).filter(|_| fits).map_or(usize::MAX, |after| after.start),
        }
    }
}

/// The run of marks, no longer than `limit` characters, with the most clauses, then the most marks, then the
/// earliest; the first mark where none fits; `None` where there are none.
fn best_run(marks: &[Extent], limit: usize) -> Option<Range<usize>> {
    let mut clauses: HashMap<usize, usize> = HashMap::new();
    let mut best = (0, 0);
    let mut best_run = (!marks.is_empty()).then_some(0..1);
    let mut end = 0;
    for first in 0..marks.len() {
        while let Some(mark) = marks.get(end).filter(|mark| mark.end - marks[first].start <= limit) {
            *clauses.entry(mark.clause).or_default() += 1;
            end += 1;
        }
        let worth = (clauses.len(), end.saturating_sub(first));
        if worth > best {
            (best, best_run) = (worth, Some(first..end));
        }
        if end <= first {
            end = first + 1;
        } else if let Some(count) = clauses.get_mut(&marks[first].clause) {
            *count -= 1;
            if *count == 0 {
                clauses.remove(&marks[first].clause);
            }
        }
    }
    best_run
}

/// A line's characters, addressed by number. Place `i` is the place before character `i`.
struct Ruler<'a> {
    text: &'a str,
    characters: Vec<(usize, char)>,
    /// Whether a character as a reader sees it starts with each of them; found out where that is asked for.
    starts: OnceCell<Vec<bool>>,
}

impl<'a> Ruler<'a> {
    fn new(text: &'a str) -> Self {
        let mut characters = Vec::with_capacity(text.len());
        characters.extend(text.char_indices());
        Self { text, characters, starts: OnceCell::new() }
    }

    fn starts(&self) -> &[bool] {
        self.starts.get_or_init(|| {
            let mut boundaries = boundaries(self.text).peekable();
            let starts = self.characters.iter().map(|(at, _)| boundaries.next_if_eq(at).is_some());
            starts.collect()
        })
    }

    fn len(&self) -> usize {
        self.characters.len()
    }

    fn offset(&self, place: usize) -> usize {
        self.characters.get(place).map_or(self.text.len(), |&(offset, _)| offset)
    }

    fn place(&self, offset: usize) -> usize {
        self.characters.partition_point(|&(at, _)| at < offset)
    }

    fn marks(&self, line: &Marked) -> Vec<Extent> {
        let extents = line.marks.iter().map(|mark| Extent {
            start: self.place(mark.start),
            end: self.place(mark.end),
            clause: mark.clause,
        });
        extents.collect()
    }

    fn window_around(&self, core: &Core, limit: usize) -> Range<usize> {
        let start = self.start(core, limit);
        start..self.end(start, core, limit)
    }

    /// Where to start: a third of the room that the marks leave goes before them, more where the line has
    /// less behind them.
    fn start(&self, core: &Core, limit: usize) -> usize {
        let earliest = core.earliest.max(core.end.saturating_sub(limit));
        let lead = (limit - (core.end - core.start)) / 3;
        let filling = self.len().saturating_sub(limit);
        let ideal = core.start.saturating_sub(lead).min(filling).max(earliest);
        let near = limit / 4;
        let sentences = ideal.saturating_sub(near).max(earliest)..=core.start;
        let close = ideal..=core.start.min(ideal + near);
        let sentence = sentences.filter(|&at| self.starts_sentence(at)).min_by_key(|at| at.abs_diff(ideal));
        sentence
            .or_else(|| close.clone().find(|&at| self.starts_word(at)))
            .or_else(|| close.clone().find(|&at| self.parts_unspaced(at)))
            .or_else(|| (ideal..=core.start).find(|&at| self.starts_word(at)))
            .or_else(|| close.clone().find(|&at| self.parts_characters(at)))
            .unwrap_or(core.start)
    }

    /// Where to end: as far behind `start` as the limit and the next mark allow.
    fn end(&self, start: usize, core: &Core, limit: usize) -> usize {
        let farthest = (start + limit).min(core.latest);
        if farthest >= self.len() {
            return self.len();
        }
        let first = core.end.max(start + 1).min(farthest);
        let near: RangeInclusive<usize> = first.max(farthest.saturating_sub(limit / 4))..=farthest;
        let backward = |places: RangeInclusive<usize>| places.rev();
        backward(near.clone())
            .find(|&at| self.ends_word(at))
            .or_else(|| backward(near.clone()).find(|&at| self.parts_unspaced(at)))
            .or_else(|| backward(first..=farthest).find(|&at| self.ends_word(at)))
            .or_else(|| backward(first..=farthest).find(|&at| self.parts_characters(at)))
            .unwrap_or(farthest)
    }

    /// The characters before and behind a place inside the line.
    fn around(&self, place: usize) -> Option<(char, char)> {
        let (_, before) = *self.characters.get(place.checked_sub(1)?)?;
        let (_, after) = *self.characters.get(place)?;
        Some((before, after))
    }

    fn starts_sentence(&self, place: usize) -> bool {
        let Some((before, after)) = self.around(place) else { return place == 0 };
        let spaced = before == ' ';
        if after == ' ' || closes(after) || after.is_lowercase() {
            return false;
        }
        let upto = place - usize::from(spaced);
        let last = self.characters[..upto].iter().rev().take(3).find(|(_, character)| !is_closer(*character));
        last.is_some_and(|&(_, character)| {
            is_wide_stop(character) || (spaced && matches!(character, '.' | '!' | '?' | '…'))
        })
    }

    fn starts_word(&self, place: usize) -> bool {
        let Some((before, after)) = self.around(place) else { return place == 0 };
        after != ' ' && (before == ' ' || (is_wide_punctuation(before) && !closes(after)))
    }

    fn ends_word(&self, place: usize) -> bool {
        let Some((before, after)) = self.around(place) else { return place == self.len() };
        before != ' ' && (after == ' ' || (is_wide_punctuation(before) && !closes(after)))
    }

    fn parts_unspaced(&self, place: usize) -> bool {
        let parts = |(before, after)| parts_unspaced(before, after);
        self.around(place).is_some_and(parts) && self.parts_characters(place)
    }

    /// Whether a reader sees one character end and another one start at a place.
    fn parts_characters(&self, place: usize) -> bool {
        let is_inside_word = |(before, after)| before != ' ' && after != ' ';
        self.around(place).is_some_and(is_inside_word) && self.starts().get(place) == Some(&true)
    }
}

/// Whether a line may be cut between these neighbours, which a reader sees as two characters, because their script
/// writes no spaces.
pub(super) fn parts_unspaced(before: char, after: char) -> bool {
    if before.is_ascii() && after.is_ascii() {
        return false;
    }
    let unspaced = is_unspaced(before) || is_unspaced(after) || is_wide_punctuation(before);
    let spaces = before == ' ' || after == ' ';
    unspaced && !spaces && !closes(after) && !opens(before)
}

/// Whether a character is of a script that is written without spaces.
fn is_unspaced(character: char) -> bool {
    matches!(character, '\u{3005}'..='\u{3007}' | '\u{3040}'..='\u{30ff}' | '\u{31f0}'..='\u{31ff}'
        | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}'
        | '\u{ff66}'..='\u{ff9f}' | '\u{20000}'..='\u{3ffff}')
}

fn is_wide_stop(character: char) -> bool {
    matches!(character, '。' | '！' | '？' | '．' | '｡')
}

fn is_wide_punctuation(character: char) -> bool {
    is_wide_stop(character) || matches!(character, '、' | '，' | '；' | '：' | '､')
}

fn is_closer(character: char) -> bool {
    matches!(character, ')' | ']' | '"' | '\'' | '”' | '’' | '»' | '」' | '』' | '）' | '】' | '》' | '〉')
}

fn opens(character: char) -> bool {
    matches!(character, '(' | '[' | '“' | '‘' | '«' | '「' | '『' | '（' | '【' | '《' | '〈')
}

/// Whether a character belongs to what stands before it, so that no line starts with it.
fn closes(character: char) -> bool {
    is_wide_punctuation(character)
        || matches!(
            character,
            ')' | ']' | '”' | '’' | '»' | '」' | '』' | '）' | '】' | '》' | '〉' | 'ー' | '々'
        )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::marked::Mark;
    use super::super::samples::{highlighted, highlights_of};
    use super::*;

    fn window(text: &str, words: &[&str], limit: usize) -> String {
        let line = Marked::new(text, &highlights_of(text, words));
        line.excerpt(best_window(&line, limit)).text
    }

    #[test]
    fn a_short_line_is_its_own_window() {
        assert_eq!(window("all of it", &["of"], 9), "all of it");
    }

    #[test]
    fn without_marks_the_window_is_the_beginning() {
        assert_eq!(window("The first words stand for the rest", &[], 20), "The first words…");
    }

    #[test]
    fn more_clauses_beat_more_marks_and_the_earliest_wins() {
        let filler = "some words in between that nobody asked for, ".repeat(3);
        let text = format!("aa aa aa {filler}aa bb {filler}bb aa");
        let line = Marked {
            marks: text
                .match_indices("aa")
                .map(|(start, _)| (start, 0))
                .chain(text.match_indices("bb").map(|(start, _)| (start, 1)))
                .collect::<std::collections::BTreeMap<_, _>>()
                .into_iter()
                .map(|(start, clause)| Mark { start, end: start + 2, clause })
                .collect(),
            text,
        };
        assert_eq!(&line.text[best_window(&line, 20)], "for, aa bb some");
    }

    #[test]
    fn a_window_starts_at_a_sentence_if_one_is_near() {
        let text = "Nothing of this is of use. He said (at last) that the missile was seen. Then all went home \
            and slept.";
        assert_eq!(
            window(text, &["missile"], 60),
            "…He said (at last) that the missile was seen. Then all went…"
        );
    }

    #[test]
    fn a_match_at_the_end_has_its_context_before_it() {
        let text = "One two three four five six seven eight nine ten eleven";
        assert_eq!(window(text, &["eleven"], 24), "…eight nine ten eleven");
    }

    #[test]
    fn text_without_spaces_is_cut_behind_punctuation_or_between_characters() {
        let text = "防衛相は会談した。ミサイルの警報を共有する仕組みを、来月から動かすことで一致した。";
        assert_eq!(window(text, &["警報"], 20), "…ミサイルの警報を共有する仕組みを、…");
        assert_eq!(window(text, &["警報"], 8), "…ルの警報を共有す…");
    }

    #[test]
    fn a_mark_longer_than_the_window_is_shown_from_its_start() {
        let text = "see one two three four five six seven";
        assert_eq!(window(text, &["two three four five six"], 12), "…two three…");
    }

    #[test]
    fn an_endless_word_is_cut_between_characters_as_seen() {
        assert_eq!(window(&"e\u{301}".repeat(20), &[], 5), "e\u{301}e\u{301}…");
        assert_eq!(window(&"🇰🇷".repeat(20), &[], 5), "🇰🇷🇰🇷…");
        assert_eq!(window(&"👩\u{200d}🚀".repeat(20), &[], 8), "👩\u{200d}🚀👩\u{200d}🚀…");
        assert_eq!(window(&"\u{1112}\u{1161}\u{11ab}".repeat(20), &[], 4), "\u{1112}\u{1161}\u{11ab}…");
        assert_eq!(window("ที่นี่ที่นี่ที่นี่", &["นี่"], 8), "ที่นี่…");
    }

    #[test]
    fn a_window_of_nothing_is_empty() {
        assert_eq!(best_window(&Marked::plain("text"), 0), 0..0);
    }

    fn worth(marks: &[&Mark]) -> (usize, usize) {
        let clauses: std::collections::HashSet<_> = marks.iter().map(|mark| mark.clause).collect();
        (clauses.len(), marks.len())
    }

    fn marks_inside(line: &Marked, start: usize, end: usize) -> Vec<&Mark> {
        line.marks.iter().filter(|mark| start <= mark.start && mark.end <= end).collect()
    }

    proptest! {
        #[test]
        fn a_window_fits_and_is_trimmed((text, highlights) in highlighted(), limit in 1usize..60) {
            let line = Marked::new(&text, &highlights);
            let window = &line.text[best_window(&line, limit)];
            prop_assert!(window.chars().count() <= limit);
            prop_assert_eq!(window.is_empty(), line.text.is_empty());
            prop_assert_eq!(window.trim(), window);
        }

        #[test]
        fn no_window_of_that_length_holds_more((text, highlights) in highlighted(), limit in 1usize..60) {
            let line = Marked::new(&text, &highlights);
            let window = best_window(&line, limit);
            let found = worth(&marks_inside(&line, window.start, window.end));
            for (start, _) in line.text.char_indices() {
                let after = line.text[start..].char_indices().nth(limit);
                let end = after.map_or(line.text.len(), |(at, _)| start + at);
                prop_assert!(worth(&marks_inside(&line, start, end)) <= found);
            }
        }

        #[test]
        fn a_mark_that_fits_is_never_cut((text, highlights) in highlighted(), limit in 1usize..60) {
            let line = Marked::new(&text, &highlights);
            let window = best_window(&line, limit);
            for mark in &line.marks {
                let outside = mark.end <= window.start || window.end <= mark.start;
                let inside = window.start <= mark.start && mark.end <= window.end;
                let too_long = line.text[mark.start..mark.end].chars().count() > limit;
                prop_assert!(outside || inside || too_long, "{:?} in {:?}", mark, window);
            }
        }

        #[test]
        fn words_are_whole(
            words in prop::collection::vec("[a-z]{1,9}[,.]?", 1..60),
            marked in any::<prop::sample::Index>(),
            limit in 10usize..80,
        ) {
            let text = words.join(" ");
            let word = marked.index(words.len());
            let start = words[..word].iter().map(|word| word.len() + 1).sum();
            let line = Marked { marks: vec![Mark { start, end: start + words[word].len(), clause: 0 }], text };
            let window = best_window(&line, limit);
            prop_assert!(window.start == 0 || line.text[..window.start].ends_with(' '));
            prop_assert!(window.end == line.text.len() || line.text[window.end..].starts_with(' '));
        }
    }
}
