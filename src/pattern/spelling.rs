//! Runs of characters that are spelt nearly like a word: fuzzy words of Hangul, Han and Kana.
//!
//! A character of these scripts is a token by itself, and words stand next to each other without spaces. So what a
//! fuzzy word finds is a run of characters, one behind the other, whose letters (see [`analysis::letters`]) are
//! within the edits of the word's letters: `미싸일~1` finds the first three characters of `미사일을`. That may be
//! more or fewer characters than the word has. In Han and Kana a character is a letter by itself. Where runs share
//! characters, the one with the fewest edits counts.
//!
//! Which Hangul characters can stand in such a run is told beforehand, by walking all of them along with the
//! automaton; the rest are looked for in no index. Any other character could stand for one of Han or Kana, so those
//! are not listed: inside the run of a word that has some, whatever stands between counts as one letter each. At the
//! ends of a run they would change nothing: leaving the letter out takes as many edits as changing it.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::LazyLock;

use super::Automaton;
use crate::analysis;

/// The most characters of a fuzzy word.
pub(super) const MAX_CHARACTERS: usize = 20;

/// Stands for whatever is between the characters of a run: a letter that no word has.
const OTHER: &str = "~";

/// Stands at a position that has none of the characters.
const NOTHING: u32 = u32::MAX;

/// The runs of characters whose letters are within so many edits of those of a word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spelling {
    /// The state before a run.
    begin: u32,
    /// What can stand in a run.
    characters: Vec<Character>,
    /// For each state in which something else may stand between characters, in order, the state behind that.
    gaps: Vec<(u32, u32)>,
    /// For each character of the word, the families of those that can stand in its place.
    places: Vec<Vec<usize>>,
    /// How many of the places, from the first on, have a character in every run.
    filled: usize,
}

/// A character that can stand in a run.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Character {
    /// The number of the family that is this character alone.
    family: usize,
    /// What it does in each state in which it may stand, in the order of these.
    steps: Vec<Step>,
}

/// The way of a character from state to state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Step {
    from: u32,
    to: u32,
    /// How many edits there are in a run that ends here; `None` where none can.
    edits: Option<u8>,
}

impl Character {
    fn step(&self, state: u32) -> Option<Step> {
        let at = self.steps.binary_search_by_key(&state, |step| step.from).ok()?;
        Some(self.steps[at])
    }
}

impl Spelling {
    /// The runs within `edits` edits, one or two, of a folded word, over families that `number` gives to characters.
    pub(super) fn new(word: &str, edits: u8, number: &mut dyn FnMut(char) -> usize) -> Self {
        let letters: Vec<String> = word.chars().map(letters_of).collect();
        let automaton = Automaton::of_edits(&letters.concat(), edits);
        let others: BTreeSet<char> = word.chars().filter(|&c| !is_hangul(c)).collect();
        let reach = Reach::of(&automaton, &others, word.chars().any(is_hangul));
        let ends = letters.iter().scan(0, |end, letters| {
            *end += letters.chars().count();
            Some(*end)
        });
        let mut starts: Vec<usize> = std::iter::once(0).chain(ends).collect();
        let all = starts.pop().unwrap_or_default();
        let least = all.saturating_sub(usize::from(edits));
        let is_filled = |start: &&usize| **start == 0 || (**start < least && others.is_empty());
        Self {
            begin: automaton.begin(),
            places: starts.iter().map(|&start| reach.at(start).map(&mut *number).collect()).collect(),
            filled: starts.iter().take_while(is_filled).count(),
            characters: reach.characters(&automaton, number),
            gaps: reach.gaps.into_iter().collect(),
        }
    }

    /// For each character of the word, the families of those that can stand in its place.
    pub fn places(&self) -> &[Vec<usize>] {
        &self.places
    }

    /// The places that have a character in every run; at least one.
    pub fn filled_places(&self) -> &[Vec<usize>] {
        &self.places[..self.filled]
    }

    /// How many characters can stand in a run.
    pub(super) fn len(&self) -> usize {
        self.characters.len()
    }

    /// The number of the family that is a character alone.
    pub(super) fn family(&self, character: usize) -> usize {
        self.characters[character].family
    }

    /// The runs, in order, as the first and the last position of each, in a text that is given as the positions of each
    /// family's words. Only `characters` are looked at; `text` is a list that may be used again.
    ///
    /// Of runs that share a character only the one with the fewest edits counts, of those the longest, of those the
    /// first: the rest of a text is no worse a match for what a better one has already taken.
    pub(super) fn find(
        &self,
        characters: &[usize],
        positions: &[Vec<u32>],
        text: &mut Vec<u32>,
    ) -> BTreeMap<u32, u32> {
        text.clear();
        for (number, &character) in (0..).zip(characters) {
            let positions = &positions[self.family(character)];
            let end = positions.last().map_or(0, |&last| last as usize + 1);
            text.resize(end.max(text.len()), NOTHING);
            positions.iter().for_each(|&position| text[position as usize] = number);
        }
        let character = |met: u32| Some(&self.characters[*characters.get(met as usize)?]);
        let mut runs = Vec::new();
        for (first, at) in (0..).zip(0..text.len()) {
            self.find_from(first, &text[at..], &character, &mut runs);
        }
        runs.sort_unstable_by_key(|run| (run.edits, Reverse(run.last - run.first), run.first));
        let mut best: BTreeMap<u32, u32> = BTreeMap::new();
        for Run { first, last, .. } in runs {
            let before = best.range(..=last).next_back();
            if before.is_none_or(|(_, &end)| end < first) {
                best.insert(first, last);
            }
        }
        best
    }

    /// Puts the runs that start at the position `first`, where `text` goes on, into `runs`.
    fn find_from<'a>(
        &'a self,
        first: u32,
        text: &[u32],
        character: &impl Fn(u32) -> Option<&'a Character>,
        runs: &mut Vec<Run>,
    ) {
        let mut state = self.begin;
        for (last, &met) in (first..).zip(text) {
            match character(met) {
                Some(character) => {
                    let Some(step) = character.step(state) else { return };
                    runs.extend(step.edits.map(|edits| Run { first, last, edits }));
                    state = step.to;
                }
                None if last == first => return,
                None => match self.gaps.binary_search_by_key(&state, |gap| gap.0) {
                    Ok(gap) => state = self.gaps[gap].1,
                    Err(_) => return,
                },
            }
        }
    }
}

/// A run of characters, by its first and its last position.
struct Run {
    first: u32,
    last: u32,
    edits: u8,
}

fn is_hangul(c: char) -> bool {
    !analysis::letters(c.encode_utf8(&mut [0; 4])).starts_with(c)
}

/// The letters of a character; those of Hangul as ASCII characters, which make the automaton small.
fn letters_of(c: char) -> String {
    let coded = |letter: char| match letter {
        'ㄱ'..='ㅣ' => char::from_u32('!' as u32 + letter as u32 - 'ㄱ' as u32).unwrap_or(letter),
        other => other,
    };
    analysis::letters(c.encode_utf8(&mut [0; 4])).chars().map(coded).collect()
}

/// What can stand in a run, and where.
#[derive(Default)]
struct Reach {
    characters: BTreeMap<char, Ways>,
    gaps: BTreeMap<u32, u32>,
}

/// The ways of a character.
#[derive(Default)]
struct Ways {
    /// How many letters of a run stand before it and behind its last one.
    spans: BTreeSet<(usize, usize)>,
    steps: BTreeMap<u32, u32>,
}

impl Reach {
    fn of(automaton: &Automaton, others: &BTreeSet<char>, has_hangul: bool) -> Self {
        let mut reach = Self::default();
        let mut seen = HashSet::new();
        let mut waiting = vec![(automaton.begin(), 0)];
        while let Some((state, letters)) = waiting.pop() {
            if !seen.insert((state, letters)) {
                continue;
            }
            let mut step = |c: char, length: usize, next: u32| {
                let ways = reach.characters.entry(c).or_default();
                ways.spans.insert((letters, letters + length));
                ways.steps.insert(state, next);
                waiting.push((next, letters + length));
            };
            if has_hangul {
                hangul_from(automaton, state, &mut step);
            }
            for &other in others {
                if let Some(next) = automaton.feed(state, other.encode_utf8(&mut [0; 4])) {
                    step(other, 1, next);
                }
            }
            if !others.is_empty()
                && let Some(next) = automaton.feed(state, OTHER)
            {
                reach.gaps.insert(state, next);
                waiting.push((next, letters + 1));
            }
        }
        reach
    }

    /// The characters that can be the letter of a run that has `start` letters before it.
    fn at(&self, start: usize) -> impl Iterator<Item = char> {
        let is_there =
            move |ways: &Ways| ways.spans.iter().any(|&(first, end)| first <= start && start < end);
        self.characters.iter().filter(move |(_, ways)| is_there(ways)).map(|(&c, _)| c)
    }

    fn characters(&self, automaton: &Automaton, number: &mut dyn FnMut(char) -> usize) -> Vec<Character> {
        let step = |(&from, &to): (&u32, &u32)| Step { from, to, edits: automaton.edits_at(to) };
        let character = |(&c, ways): (&char, &Ways)| Character {
            family: number(c),
            steps: ways.steps.iter().map(step).collect(),
        };
        self.characters.iter().map(character).collect()
    }
}

/// A Hangul character.
struct Hangul {
    character: char,
    letters: Vec<char>,
    /// How many letters it has in common with the one before it in the list.
    shared: usize,
}

/// All Hangul characters, in the order of their letters.
static HANGUL: LazyLock<Vec<Hangul>> = LazyLock::new(|| {
    let letters = |c: char| letters_of(c).chars().collect::<Vec<_>>();
    let mut all: Vec<Hangul> =
        analysis::hangul().map(|c| Hangul { character: c, letters: letters(c), shared: 0 }).collect();
    all.sort_by(|a, b| a.letters.cmp(&b.letters).then(a.character.cmp(&b.character)));
    for at in 1..all.len() {
        let pairs = all[at - 1].letters.iter().zip(&all[at].letters);
        all[at].shared = pairs.take_while(|(a, b)| a == b).count();
    }
    all
});

/// Calls `step` with each Hangul character that the automaton takes in `state`, its number of letters and the state
/// behind it.
fn hangul_from(automaton: &Automaton, state: u32, step: &mut impl FnMut(char, usize, u32)) {
    // The states behind the letters of the last character, as far as it was taken.
    let mut states = vec![state];
    for hangul in HANGUL.iter() {
        if hangul.shared >= states.len() {
            // What it shares with the one before was not taken.
            continue;
        }
        states.truncate(hangul.shared + 1);
        for letter in &hangul.letters[hangul.shared..] {
            match automaton.feed(states[states.len() - 1], letter.encode_utf8(&mut [0; 4])) {
                Some(next) => states.push(next),
                None => break,
            }
        }
        if states.len() == hangul.letters.len() + 1 {
            step(hangul.character, hangul.letters.len(), states[hangul.letters.len()]);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::{Finder, Interval, Pattern, Words};
    use super::*;
    use crate::analysis::Languages;
    use crate::query::Matcher;

    fn found(word: &str, edits: u8, terms: &[&str]) -> Vec<Interval> {
        let matcher = Matcher::Fuzzy { word: word.into(), edits };
        let languages = Languages::default();
        let Ok(Pattern::Near(proximity)) = Pattern::of(&matcher, &languages) else { panic!("{word}") };
        let positions = |family: &Words| {
            (0..).zip(terms).filter(|(_, term)| family.contains(term, &languages)).map(|(at, _)| at).collect()
        };
        let positions: Vec<Vec<u32>> = proximity.families.iter().map(positions).collect();
        let mut finder = Finder::new(&proximity.shape);
        finder.find(&positions);
        finder.intervals().collect()
    }

    fn runs(word: &str, edits: u8, text: &str) -> Vec<String> {
        let tokens = analysis::tokens(text);
        let terms: Vec<&str> = tokens.iter().map(|token| token.term.as_str()).collect();
        let of = |interval: Interval| terms[interval.start as usize..=interval.end as usize].concat();
        found(word, edits, &terms).into_iter().map(of).collect()
    }

    #[test]
    fn a_letter_may_be_changed_put_in_left_out_or_moved_to_the_next_syllable() {
        for (word, text, run) in [
            ("미싸일", "북한이 미사일을 쏘았다", "미사일"),
            ("미사이ㄹ", "미사일을", "미사일"),
            ("미사일", "미사이ㄹ", "미사이\u{1105}"),
            ("마사일", "미사일", "미사일"),
            ("미상일", "미사일", "미사일"),
            ("미사", "밋아", "밋아"),
            ("읽어", "일거", "일거"),
            ("경버", "경보를", "경보"),
            ("발샤", "발사", "발사"),
            ("전황", "전화", "전화"),
        ] {
            assert_eq!(runs(word, 1, text), [run], "{word}");
        }
        assert_eq!(runs("미싸잉", 1, "미사일"), [""; 0]);
        assert_eq!(runs("미싸잉", 2, "미사일"), ["미사일"]);
        assert_eq!(runs("미사아일", 2, "미사일"), ["미사일"]);
        assert_eq!(runs("미싸일", 1, "미 사일, 미사 일"), ["미사일", "미사일"], "as phrases do");
    }

    #[test]
    fn in_han_and_kana_an_edit_is_a_character() {
        assert_eq!(runs("防衝省", 1, "防衛省の"), ["防衛省"]);
        assert_eq!(runs("ミサエル", 1, "ミサイル"), ["ミサイル"]);
        assert_eq!(runs("ミサル", 1, "ミサイル"), ["ミサイル"]);
        assert_eq!(runs("ミイサル", 1, "ミサイル"), ["ミサイル"]);
        assert_eq!(runs("防衝省", 1, "防衛隊"), [""; 0]);
        assert_eq!(runs("防衛省", 1, "防F35省"), ["防f35省"], "whatever stands there is one letter");
    }

    /// The edits between two words: letters put in, left out, changed, or exchanged with the next.
    fn distance(a: &[char], b: &[char]) -> usize {
        let mut rows = vec![(0..=b.len()).collect::<Vec<_>>()];
        for i in 1..=a.len() {
            let mut row = vec![i];
            for j in 1..=b.len() {
                let changed = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
                let mut least = changed.min(rows[i - 1][j] + 1).min(row[j - 1] + 1);
                if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                    least = least.min(rows[i - 2][j - 2] + 1);
                }
                row.push(least);
            }
            rows.push(row);
        }
        rows[a.len()][b.len()]
    }

    /// The runs by the definition.
    fn by_definition(word: &str, edits: u8, terms: &[&str]) -> Vec<Interval> {
        let wanted: Vec<char> = analysis::letters(word).chars().collect();
        let is_hangul = |term: &str| analysis::letters(term) != *term;
        let is_listed = |term: &&str| match word.chars().any(|c| is_hangul(&c.to_string())) {
            true => is_hangul(term),
            false => word.contains(*term),
        };
        let mut all = Vec::new();
        for start in 0..terms.len() {
            for end in start..terms.len() {
                let run = &terms[start..=end];
                let gaps = run.iter().filter(|term| !is_listed(term)).count();
                let may_have_gaps = !word.chars().any(|c| is_hangul(&c.to_string()));
                let is_run =
                    is_listed(&run[0]) && is_listed(&run[run.len() - 1]) && (gaps == 0 || may_have_gaps);
                let letters =
                    run.iter().map(|term| if is_listed(term) { analysis::letters(term) } else { "?".into() });
                let letters: Vec<char> = letters.collect::<String>().chars().collect();
                let distance = distance(&wanted, &letters);
                if is_run && distance <= usize::from(edits) {
                    all.push((
                        distance,
                        start.abs_diff(end),
                        Interval { start: start as u32, end: end as u32 },
                    ));
                }
            }
        }
        let mut best: Vec<Interval> = Vec::new();
        all.sort_by_key(|(distance, length, interval)| (*distance, Reverse(*length), interval.start));
        for (_, _, run) in all {
            if best.iter().all(|other| other.end < run.start || run.end < other.start) {
                best.push(run);
            }
        }
        best.sort();
        best
    }

    proptest! {
        #[test]
        fn the_runs_are_those_of_the_definition(
            word in "[미사일싸인아앗이\u{1105}읽]{1,4}|[防衛省ミサー]{1,4}",
            edits in 1_u8..=2,
            terms in prop::collection::vec("[미사일싸인아앗이\u{1105}\u{1161}읽밁한]|[防衛省ミサー隊]|a", 0..12),
        ) {
            // The analyzer leaves out a long mark at the end of a word.
            prop_assume!(!word.ends_with('ー'));
            let terms: Vec<&str> = terms.iter().map(String::as_str).collect();
            prop_assert_eq!(found(&word, edits, &terms), by_definition(&word, edits, &terms));
        }
    }
}
