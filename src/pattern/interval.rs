//! Words near each other: the minimal intervals of a text that hold what is asked for.
//!
//! After Clarke, Cormack and Burkowski, *An Algebra for Structured Text Search* (1995): an expression is answered by
//! intervals of word positions, and of those only the minimal ones count, that hold no other answer. In
//! `a x a b`, `a` near `b` is answered by the last two words and not by the whole.
//!
//! # The definition
//!
//! An interval runs from one position to another, both included. Each [`Shape`] has a set of them:
//!
//! | shape | intervals |
//! |---|---|
//! | phrase | the places where words of these families stand one behind the other |
//! | fuzzy word of characters | the runs of characters that its [`Spelling`] accepts |
//! | any of | the intervals of all alternatives |
//! | near, in order, within k | from the start of an interval of the first operand to the end of one of the second that begins behind it, with at most k words between the two; of these the minimal ones |
//! | near, in any order, within k | those in order and those in the other order; of these the minimal ones |
//! | phrase in order, with k more | from the start of the first operand's interval to the end of the last one's, each behind the one before, with at most k words in all that belong to none; of these the minimal ones |
//! | phrase in any order, with k more | from the first start to the last end of one interval of each operand, as many where an operand comes several times, with at most k positions more than the operands have words; of these the minimal ones |
//!
//! So the operands of near never share a word: `a` near `a` takes two of them. Of the operands of a phrase in any
//! order only equal ones are kept apart; `"warn* warning"~2` may take one word for both.
//!
//! Where Lucene's intervals can say the same, they answer the same: near in order is `maxgaps(k, ordered(a, b))`,
//! near in any order `maxgaps(k, unorderedNoOverlaps(a, b))`, the phrases are `maxgaps` around `ordered` and
//! `unordered`. Alternatives are not minimized among themselves but each tried, as if near had been written out
//! for each: `("a b" OR a) NEAR/0 c` finds `a b c`.
//!
//! # The work
//!
//! Texts are passages, a few hundred words long, and a score needs to know how many intervals there are. So all of
//! a shape's are found at once, in lists that are used again for the next text, in time linear in the
//! positions, but for sorting alternatives. The engine finds passages with this and the highlighter marks
//! them with it: neither has a second opinion.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use super::Spelling;
use crate::query::Order;

/// What is looked for, over families of words that are known by number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Words of these families, one behind the other; at least one.
    Phrase(Vec<usize>),
    /// Characters that are spelt nearly like a word.
    Spelt(Arc<Spelling>),
    /// One of these; at least one.
    AnyOf(Vec<Shape>),
    /// Two things near each other.
    Near {
        /// The one, which in a given order comes first.
        first: Box<Shape>,
        /// The other.
        second: Box<Shape>,
        /// How many words may stand between them.
        between: u32,
        /// Whether the order matters.
        order: Order,
    },
    /// Phrases of these families with other words among them; at least one.
    Within {
        /// The phrases, each of at least one word.
        phrases: Vec<Vec<usize>>,
        /// How many other words there may be.
        extra: u32,
        /// Whether the order matters.
        order: Order,
    },
}

/// A run of words, by their positions, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Interval {
    /// The position of the first word.
    pub start: u32,
    /// The position of the last word.
    pub end: u32,
}

/// An interval and the two that it was made of, by their places in the lists of the operands.
#[derive(Clone, Copy, Debug)]
struct Found {
    interval: Interval,
    made_of: [u32; 2],
}

impl Found {
    fn new(start: u32, end: u32, made_of: [usize; 2]) -> Self {
        // A text has fewer positions than bytes, and those are counted in 32 bits.
        let made_of = made_of.map(|at| u32::try_from(at).unwrap_or(u32::MAX));
        Self { interval: Interval { start, end }, made_of }
    }

    fn start(&self) -> u32 {
        self.interval.start
    }

    fn end(&self) -> u32 {
        self.interval.end
    }
}

/// Finds the intervals of a shape in one text after the other.
#[derive(Clone, Debug)]
pub struct Finder {
    kind: Kind,
    operands: Vec<Finder>,
    found: Vec<Found>,
    work: Work,
}

#[derive(Clone, Debug)]
enum Kind {
    Phrase(Vec<usize>),
    Spelt {
        spelling: Arc<Spelling>,
        /// Those of its characters that any text has.
        present: Vec<usize>,
    },
    AnyOf,
    Near {
        between: u32,
        order: Order,
    },
    /// The operands in their order, each by its number: equal ones have the same.
    InOrder {
        sequence: Vec<usize>,
        longest: u64,
    },
    /// How many intervals of each operand are needed.
    AnyOrder {
        needed: Vec<usize>,
        longest: u64,
    },
}

/// Lists that are used again for each text.
#[derive(Clone, Debug, Default)]
struct Work {
    /// Numbers of intervals by their ends.
    by_end: Vec<usize>,
    window: VecDeque<usize>,
    chain: Vec<Found>,
    /// Ends with the operands that they belong to.
    ends: Vec<(u32, usize)>,
    seen: Vec<usize>,
    /// The characters of a text, by their numbers.
    text: Vec<u32>,
}

impl Finder {
    /// A finder for `shape`.
    pub fn new(shape: &Shape) -> Self {
        let (kind, operands) = match shape {
            Shape::Phrase(families) => (Kind::Phrase(families.clone()), Vec::new()),
            Shape::Spelt(spelling) => {
                let present = (0..spelling.len()).collect();
                (Kind::Spelt { spelling: Arc::clone(spelling), present }, Vec::new())
            }
            Shape::AnyOf(shapes) => (Kind::AnyOf, shapes.iter().map(Self::new).collect()),
            Shape::Near { first, second, between, order } => {
                (Kind::Near { between: *between, order: *order }, vec![Self::new(first), Self::new(second)])
            }
            Shape::Within { phrases, extra, order } => within(phrases, *extra, *order),
        };
        Self { kind, operands, found: Vec::new(), work: Work::default() }
    }

    /// Looks from now on only for words of families that are `present`: no text has others.
    pub fn keep_present(&mut self, present: &[bool]) {
        self.operands.iter_mut().for_each(|operand| operand.keep_present(present));
        if let Kind::Spelt { spelling, present: characters } = &mut self.kind {
            characters.retain(|&character| present[spelling.family(character)]);
        }
    }

    /// Finds the intervals in a text that is given as the positions, in order, of each family's words.
    pub fn find(&mut self, positions: &[Vec<u32>]) -> usize {
        self.found.clear();
        for operand in &mut self.operands {
            let none = operand.find(positions) == 0;
            if none && !matches!(self.kind, Kind::AnyOf) {
                return 0;
            }
        }
        let Self { kind, operands, found, work } = self;
        match kind {
            Kind::Phrase(families) => phrase(families, positions, found, work),
            Kind::Spelt { spelling, present } => {
                let runs = spelling.find(present, positions, &mut work.text).into_iter();
                found.extend(runs.map(|(start, end)| Found::new(start, end, [0, 0])));
            }
            Kind::AnyOf => any_of(operands, found),
            Kind::Near { between, order } => {
                pairs(&operands[0].found, &operands[1].found, *between, found, work);
                if *order == Order::Any {
                    let forward = found.len();
                    pairs(&operands[1].found, &operands[0].found, *between, found, work);
                    found[forward..].iter_mut().for_each(|found| found.made_of.reverse());
                }
                keep_minimal(found);
            }
            Kind::InOrder { sequence, longest } => in_order(operands, sequence, *longest, found, work),
            Kind::AnyOrder { needed, longest } => any_order(operands, needed, *longest, found, work),
        }
        found.len()
    }

    /// The intervals that were found last, in order.
    pub fn intervals(&self) -> impl Iterator<Item = Interval> {
        self.found.iter().map(|found| found.interval)
    }

    /// The words that make up the interval number `at` of those found last: runs of them, a phrase being one.
    pub fn parts(&self, at: usize, parts: &mut Vec<Interval>) {
        let Found { interval, made_of } = self.found[at];
        let [first, second] = made_of.map(|at| at as usize);
        match &self.kind {
            Kind::Phrase(_) | Kind::Spelt { .. } => parts.push(interval),
            Kind::AnyOf => self.operands[first].parts(second, parts),
            Kind::Near { .. } => {
                self.operands[0].parts(first, parts);
                self.operands[1].parts(second, parts);
            }
            Kind::InOrder { sequence, .. } => {
                let mut end = interval.end + 1;
                for &operand in sequence.iter().rev() {
                    let found = &self.operands[operand].found;
                    let part = found[found.partition_point(|found| found.end() < end) - 1].interval;
                    parts.push(part);
                    end = part.start;
                }
            }
            Kind::AnyOrder { needed, .. } => {
                for (operand, &needed) in self.operands.iter().zip(needed) {
                    let last = operand.found.partition_point(|found| found.end() <= interval.end);
                    parts.extend(operand.found[last - needed..last].iter().map(|found| found.interval));
                }
            }
        }
    }
}

/// Makes of equal phrases one operand.
fn within(phrases: &[Vec<usize>], extra: u32, order: Order) -> (Kind, Vec<Finder>) {
    let mut operands: Vec<Finder> = Vec::new();
    let mut needed: Vec<usize> = Vec::new();
    let mut numbers: HashMap<&[usize], usize> = HashMap::new();
    let mut sequence = Vec::with_capacity(phrases.len());
    for phrase in phrases {
        let number = *numbers.entry(phrase).or_insert_with(|| {
            operands.push(Finder::new(&Shape::Phrase(phrase.clone())));
            needed.push(0);
            operands.len() - 1
        });
        needed[number] += 1;
        sequence.push(number);
    }
    let words: usize = phrases.iter().map(Vec::len).sum();
    let longest = words as u64 + u64::from(extra);
    let kind = match order {
        Order::Given => Kind::InOrder { sequence, longest },
        Order::Any => Kind::AnyOrder { needed, longest },
    };
    (kind, operands)
}

fn phrase(families: &[usize], positions: &[Vec<u32>], found: &mut Vec<Found>, work: &mut Work) {
    let Work { seen, .. } = work;
    seen.clear();
    seen.resize(families.len(), 0);
    'starts: for &start in &positions[families[0]] {
        let mut end = start;
        for (seen, &family) in seen.iter_mut().zip(families).skip(1) {
            end += 1;
            let rest = &positions[family][*seen..];
            *seen += rest.iter().take_while(|&&position| position < end).count();
            match positions[family].get(*seen) {
                None => return,
                Some(&position) if position > end => continue 'starts,
                Some(_) => {}
            }
        }
        found.push(Found::new(start, end, [0, 0]));
    }
}

fn any_of(operands: &[Finder], found: &mut Vec<Found>) {
    for (number, operand) in operands.iter().enumerate() {
        let of_it = operand.found.iter().enumerate();
        found.extend(of_it.map(|(at, inner)| Found::new(inner.start(), inner.end(), [number, at])));
    }
    found.sort_by_key(|found| found.interval);
    found.dedup_by_key(|found| found.interval);
}

/// Adds, for each interval on the right, the shortest one that ends with it and begins with one on the left. Those on
/// the right must be in the order of their starts.
fn pairs(left: &[Found], right: &[Found], between: u32, found: &mut Vec<Found>, work: &mut Work) {
    let Work { by_end, window, .. } = work;
    by_end.clear();
    by_end.extend(0..left.len());
    by_end.sort_by_key(|&at| left[at].end());
    let mut waiting = by_end.iter().copied().peekable();
    // Those near enough, in the order of their ends, the latest start in front: an earlier start whose end comes
    // no later than a later one's never makes the shorter pair.
    window.clear();
    for (at, right) in right.iter().enumerate() {
        while let Some(next) = waiting.next_if(|&next| left[next].end() < right.start()) {
            while window.pop_back_if(|last| left[*last].start() <= left[next].start()).is_some() {}
            window.push_back(next);
        }
        let is_far = |last: &mut usize| right.start() - left[*last].end() - 1 > between;
        while window.pop_front_if(is_far).is_some() {}
        if let Some(&first) = window.front() {
            found.push(Found::new(left[first].start(), right.end(), [first, at]));
        }
    }
}

/// Leaves the intervals that hold no other, in order.
fn keep_minimal(found: &mut Vec<Found>) {
    found.sort_by_key(|found| (found.end(), std::cmp::Reverse(found.start())));
    let mut latest = None;
    found.retain(|found| {
        let is_minimal = latest.is_none_or(|latest| found.start() > latest);
        latest = latest.max(Some(found.start()));
        is_minimal
    });
}

fn keep_short(found: &mut Vec<Found>, longest: u64) {
    found.retain(|found| u64::from(found.end() - found.start()) < longest);
}

fn in_order(operands: &[Finder], sequence: &[usize], longest: u64, found: &mut Vec<Found>, work: &mut Work) {
    found.extend_from_slice(&operands[sequence[0]].found);
    for &next in &sequence[1..] {
        let mut chain = std::mem::take(&mut work.chain);
        std::mem::swap(found, &mut chain);
        found.clear();
        pairs(&chain, &operands[next].found, u32::MAX, found, work);
        keep_minimal(found);
        work.chain = chain;
    }
    keep_short(found, longest);
}

fn any_order(operands: &[Finder], needed: &[usize], longest: u64, found: &mut Vec<Found>, work: &mut Work) {
    let Work { ends, seen, .. } = work;
    ends.clear();
    for (number, operand) in operands.iter().enumerate() {
        ends.extend(operand.found.iter().map(|found| (found.end(), number)));
    }
    ends.sort_unstable();
    seen.clear();
    seen.resize(operands.len(), 0);
    let mut missing = operands.len();
    // The operand whose last needed interval starts first, which is where the whole starts.
    let mut hindmost = None;
    for (at, &(end, operand)) in ends.iter().enumerate() {
        seen[operand] += 1;
        missing -= usize::from(seen[operand] == needed[operand]);
        if missing > 0 || ends.get(at + 1).is_some_and(|&(next, _)| next == end) {
            hindmost = hindmost.filter(|&hindmost| hindmost != operand);
            continue;
        }
        let start = |operand: usize| operands[operand].found[seen[operand] - needed[operand]].start();
        let known = hindmost.filter(|&hindmost| hindmost != operand);
        let first = known.or_else(|| (0..operands.len()).min_by_key(|&operand| start(operand)));
        found.extend(first.map(|first| Found::new(start(first), end, [0, 0])));
        hindmost = first;
    }
    keep_minimal(found);
    keep_short(found, longest);
}

#[cfg(test)]
mod tests;
