//! The finder against the definition, told by trying everything.

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;

/// The positions of families of words: a family is a text, whose letters are its words.
fn positions(text: &str, families: &[&str]) -> Vec<Vec<u32>> {
    let of = |family: &str| {
        let words = (0..).zip(text.chars());
        words.filter(|&(_, word)| family.contains(word)).map(|(position, _)| position).collect()
    };
    families.iter().map(|family| of(family)).collect()
}

fn found(shape: &Shape, positions: &[Vec<u32>]) -> Vec<Interval> {
    let mut finder = Finder::new(shape);
    finder.find(positions);
    finder.intervals().collect()
}

fn minimal(mut all: Vec<Interval>) -> Vec<Interval> {
    all.sort();
    all.dedup();
    let holds = |outer: &Interval, inner: &Interval| {
        outer != inner && outer.start <= inner.start && inner.end <= outer.end
    };
    all.iter().filter(|outer| !all.iter().any(|inner| holds(outer, inner))).copied().collect()
}

/// The intervals by the definition.
fn by_definition(shape: &Shape, positions: &[Vec<u32>]) -> Vec<Interval> {
    let of = |shape: &Shape| by_definition(shape, positions);
    match shape {
        Shape::Phrase(families) => {
            let stands = |&start: &u32| {
                let mut places = (start..).zip(families);
                places.all(|(position, &family)| positions[family].contains(&position))
            };
            let starts = positions[families[0]].iter().copied().filter(stands);
            starts.map(|start| Interval { start, end: start + families.len() as u32 - 1 }).collect()
        }
        Shape::Spelt(_) => panic!("it has laws of its own"),
        Shape::AnyOf(shapes) => {
            let mut all: Vec<_> = shapes.iter().flat_map(of).collect();
            all.sort();
            all.dedup();
            all
        }
        Shape::Near { first, second, between, order } => {
            let (first, second) = (of(first), of(second));
            let mut all = Vec::new();
            for &a in &first {
                for &b in &second {
                    let mut pair = |a: Interval, b: Interval| {
                        if a.end < b.start && b.start - a.end - 1 <= *between {
                            all.push(Interval { start: a.start, end: b.end });
                        }
                    };
                    pair(a, b);
                    if *order == Order::Any {
                        pair(b, a);
                    }
                }
            }
            minimal(all)
        }
        Shape::Within { phrases, extra, order } => {
            let of_phrases: Vec<_> =
                phrases.iter().map(|phrase| of(&Shape::Phrase(phrase.clone()))).collect();
            let mut chosen = vec![Vec::new()];
            for found in &of_phrases {
                let more = |chosen: &Vec<Interval>| {
                    found.iter().map(|&next| [&chosen[..], &[next]].concat()).collect::<Vec<_>>()
                };
                chosen = chosen.iter().flat_map(more).collect();
            }
            let fits = |chosen: &Vec<Interval>| match order {
                Order::Given => chosen.windows(2).all(|two| two[0].end < two[1].start),
                Order::Any => (0..chosen.len()).all(|at| {
                    (0..at).all(|other| phrases[at] != phrases[other] || chosen[at] != chosen[other])
                }),
            };
            let words: usize = phrases.iter().map(Vec::len).sum();
            let whole = |chosen: &Vec<Interval>| Interval {
                start: chosen.iter().map(|part| part.start).min().expect("a phrase"),
                end: chosen.iter().map(|part| part.end).max().expect("a phrase"),
            };
            let is_near =
                |all: &Interval| i64::from(all.end - all.start) + 1 - words as i64 <= i64::from(*extra);
            minimal(chosen.iter().filter(|chosen| fits(chosen)).map(whole).filter(is_near).collect())
        }
    }
}

const FAMILIES: [&str; 5] = ["a", "b", "c", "ab", "bcd"];

fn order() -> impl Strategy<Value = Order> {
    prop_oneof![Just(Order::Any), Just(Order::Given)]
}

fn phrase_of() -> impl Strategy<Value = Vec<usize>> {
    prop_oneof![3 => vec(0..FAMILIES.len(), 1), 1 => vec(0..FAMILIES.len(), 2..4)]
}

fn shape() -> impl Strategy<Value = Shape> {
    let leaf = prop_oneof![
        3 => phrase_of().prop_map(Shape::Phrase),
        1 => (vec(phrase_of(), 1..4), 0u32..4, order())
            .prop_map(|(phrases, extra, order)| Shape::Within { phrases, extra, order }),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            vec(inner.clone(), 1..4).prop_map(Shape::AnyOf),
            (inner.clone(), inner, 0u32..4, order()).prop_map(|(first, second, between, order)| {
                Shape::Near { first: Box::new(first), second: Box::new(second), between, order }
            }),
        ]
    })
}

fn word(family: usize) -> Box<Shape> {
    Box::new(Shape::Phrase(vec![family]))
}

fn near(first: usize, second: usize, between: u32, order: Order) -> Shape {
    Shape::Near { first: word(first), second: word(second), between, order }
}

fn spans(shape: &Shape, text: &str) -> Vec<(u32, u32)> {
    found(shape, &positions(text, &FAMILIES)).iter().map(|found| (found.start, found.end)).collect()
}

#[test]
fn only_minimal_intervals_count() {
    assert_eq!(spans(&near(0, 1, 9, Order::Any), "axab"), [(2, 3)]);
    assert_eq!(spans(&near(0, 1, 9, Order::Any), "aba"), [(0, 1), (1, 2)]);
    assert_eq!(spans(&near(0, 1, 9, Order::Given), "baxb"), [(1, 3)]);
}

#[test]
fn the_distance_counts_the_words_between() {
    assert_eq!(spans(&near(0, 1, 0, Order::Given), "ab"), [(0, 1)]);
    assert_eq!(spans(&near(0, 1, 1, Order::Given), "axxb"), []);
    assert_eq!(spans(&near(0, 1, 2, Order::Given), "axxb"), [(0, 3)]);
}

#[test]
fn a_word_near_itself_takes_two() {
    assert_eq!(spans(&near(0, 0, 3, Order::Any), "xax"), []);
    assert_eq!(spans(&near(0, 0, 3, Order::Any), "axa"), [(0, 2)]);
    let within = |order| Shape::Within { phrases: vec![vec![0], vec![0]], extra: 1, order };
    assert_eq!(spans(&within(Order::Any), "axaxxa"), [(0, 2)]);
    assert_eq!(spans(&within(Order::Given), "axaxxa"), [(0, 2)]);
}

#[test]
fn each_alternative_is_tried() {
    let either = Shape::AnyOf(vec![Shape::Phrase(vec![0, 1]), Shape::Phrase(vec![0])]);
    let near = Shape::Near { first: Box::new(either), second: word(2), between: 0, order: Order::Any };
    assert_eq!(spans(&near, "abc"), [(0, 2)]);
    assert_eq!(spans(&near, "ac"), [(0, 1)]);
}

#[test]
fn the_parts_are_the_words_that_were_asked_for_and_not_those_between() {
    let phrases = vec![vec![2], vec![0, 1], vec![0]];
    let mut finder = Finder::new(&Shape::Within { phrases, extra: 2, order: Order::Any });
    assert_eq!(finder.find(&positions("xabxacx", &FAMILIES)), 1);
    let mut parts = Vec::new();
    finder.parts(0, &mut parts);
    parts.sort();
    assert_eq!(parts.iter().map(|part| (part.start, part.end)).collect::<Vec<_>>(), [(1, 2), (4, 4), (5, 5)]);
}

#[test]
fn distances_beyond_all_texts_are_no_danger() {
    assert_eq!(spans(&near(0, 1, u32::MAX, Order::Any), "axxb"), [(0, 3)]);
    let within = Shape::Within { phrases: vec![vec![0], vec![1]], extra: u32::MAX, order: Order::Any };
    assert_eq!(spans(&within, "axxb"), [(0, 3)]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]

    #[test]
    fn what_is_found_is_what_the_definition_says(shape in shape(), text in "[abcdx]{0,14}") {
        let positions = positions(&text, &FAMILIES);
        prop_assert_eq!(found(&shape, &positions), by_definition(&shape, &positions));
    }

    #[test]
    fn a_finder_keeps_nothing_of_the_text_before(shape in shape(), texts in vec("[abcdx]{0,10}", 2)) {
        let mut finder = Finder::new(&shape);
        finder.find(&positions(&texts[0], &FAMILIES));
        let second = positions(&texts[1], &FAMILIES);
        finder.find(&second);
        prop_assert_eq!(finder.intervals().collect::<Vec<_>>(), found(&shape, &second));
    }

    #[test]
    fn parts_lie_in_their_interval_and_reach_both_its_ends(shape in shape(), text in "[abcdx]{0,14}") {
        let mut finder = Finder::new(&shape);
        finder.find(&positions(&text, &FAMILIES));
        let intervals: Vec<_> = finder.intervals().collect();
        for (at, whole) in intervals.into_iter().enumerate() {
            let mut parts = Vec::new();
            finder.parts(at, &mut parts);
            prop_assert!(parts.iter().all(|part| whole.start <= part.start && part.end <= whole.end));
            prop_assert_eq!(parts.iter().map(|part| part.start).min(), Some(whole.start));
            prop_assert_eq!(parts.iter().map(|part| part.end).max(), Some(whole.end));
        }
    }

    #[test]
    fn growing_the_distance_loses_no_text(shape in shape(), text in "[abcdx]{0,14}") {
        let more = match shape.clone() {
            Shape::Near { first, second, between, order } => Shape::Near { first, second, between: between + 1, order },
            Shape::Within { phrases, extra, order } => Shape::Within { phrases, extra: extra + 1, order },
            other => other,
        };
        let positions = positions(&text, &FAMILIES);
        prop_assert!(found(&shape, &positions).is_empty() || !found(&more, &positions).is_empty());
    }

    #[test]
    fn a_stricter_shape_finds_fewer_texts(phrase in vec(0..FAMILIES.len(), 2..4), extra in 0u32..4, text in "[abcdx]{0,14}") {
        let phrases: Vec<_> = phrase.iter().map(|&family| vec![family]).collect();
        let within = |extra, order| Shape::Within { phrases: phrases.clone(), extra, order };
        let (first, second) = (phrase[0], phrase[1]);
        let chains = [
            vec![Shape::Phrase(phrase.clone()), within(0, Order::Given), within(extra, Order::Given), within(extra, Order::Any)],
            vec![Shape::Phrase(vec![first, second]), near(first, second, extra, Order::Given), near(first, second, extra, Order::Any)],
        ];
        let positions = positions(&text, &FAMILIES);
        for chain in chains {
            for two in chain.windows(2) {
                prop_assert!(found(&two[0], &positions).is_empty() || !found(&two[1], &positions).is_empty());
            }
        }
    }

    #[test]
    fn near_an_alternative_is_near_one_of_them(shapes in vec(shape(), 2), other in shape(), between in 0u32..4, text in "[abcdx]{0,14}") {
        let near = |first: Shape| Shape::Near { first: Box::new(first), second: Box::new(other.clone()), between, order: Order::Any };
        let positions = positions(&text, &FAMILIES);
        let together = !found(&near(Shape::AnyOf(shapes.clone())), &positions).is_empty();
        let apart = shapes.iter().any(|shape| !found(&near(shape.clone()), &positions).is_empty());
        prop_assert_eq!(together, apart);
    }
}
