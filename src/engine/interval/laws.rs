//! The engine against a matcher that tries everything, on random texts and queries; and its hits against their marks.

use std::time::Duration;

use proptest::collection::vec;
use proptest::prelude::*;

use crate::analysis::Dictionaries;
use crate::analysis::Languages;
use crate::document::Passage;
use crate::engine::laws::{Documents, found, index, passage, record, request};
use crate::engine::{Engine, LocalEngine};
use crate::highlight::{Highlighter, Texts};
use crate::hit::Group;
use crate::index::{Kind, Snapshot, Writer};
use crate::query::{Matcher, Options, Order, Query, parse};

/// The first and the last word of a place, by their numbers.
type Place = (usize, usize);

/// Where a matcher's words stand in a text, told as the language defines it, by trying every choice of them.
fn places(matcher: &Matcher, words: &[&str]) -> Vec<Place> {
    let each = |fits: &dyn Fn(&str) -> bool| -> Vec<Place> {
        (0..words.len()).filter(|&at| fits(words[at])).map(|at| (at, at)).collect()
    };
    match matcher {
        Matcher::Word(word) => {
            let languages = Languages::default();
            let stems = languages.stems(word, word);
            each(&|other| languages.share(other, &stems))
        }
        Matcher::Exact(word) => each(&|other| other == word),
        Matcher::Prefix(word) => each(&|other| other.starts_with(word.as_str())),
        Matcher::Phrase(text) => runs(&text.split(' ').collect::<Vec<_>>(), words),
        Matcher::Regex(text) => {
            let known = regex::Regex::new(&format!("^(?:{text})$")).expect("an expression");
            each(&|other| known.is_match(other))
        }
        Matcher::Fuzzy { word, .. } => each(&|other| is_one_letter_apart(word, other)),
        Matcher::AnyOf(matchers) => matchers.iter().flat_map(|matcher| places(matcher, words)).collect(),
        Matcher::Near { first, second, between, order } => {
            let (first, second) = (places(first, words), places(second, words));
            let pairs = |left: &[Place], right: &[Place]| -> Vec<Place> {
                let near = |a: &Place, b: &Place| a.1 < b.0 && b.0 - a.1 - 1 <= *between as usize;
                let of = |a: Place| right.iter().filter(move |b| near(&a, b)).map(move |b| (a.0, b.1));
                left.iter().flat_map(|&a| of(a)).collect()
            };
            let mut all = pairs(&first, &second);
            if *order == Order::Any {
                all.extend(pairs(&second, &first));
            }
            minimal(all)
        }
        Matcher::Within { phrase, extra, order } => {
            let Matcher::Phrase(text) = &**phrase else { panic!("{phrase}") };
            minimal(choices(&text.split(' ').collect::<Vec<_>>(), words, *extra as usize, *order))
        }
        Matcher::PhrasePrefix(_) => panic!("{matcher}"),
    }
}

fn runs(phrase: &[&str], words: &[&str]) -> Vec<Place> {
    let starts = (0..words.len()).filter(|&start| words[start..].starts_with(phrase));
    starts.map(|start| (start, start + phrase.len() - 1)).collect()
}

/// Every choice of as many words of a text as a phrase has, that are those of the phrase.
fn choices(phrase: &[&str], words: &[&str], extra: usize, order: Order) -> Vec<Place> {
    let mut chosen: Vec<Vec<usize>> = vec![Vec::new()];
    for word in phrase {
        let more = |chosen: &Vec<usize>| {
            let free = (0..words.len()).filter(|at| words[*at] == *word && !chosen.contains(at));
            free.map(|at| [&chosen[..], &[at]].concat()).collect::<Vec<_>>()
        };
        chosen = chosen.iter().flat_map(more).collect();
    }
    chosen.retain(|chosen| order == Order::Any || chosen.is_sorted());
    let ends = chosen.iter().map(|chosen| (chosen.iter().min(), chosen.iter().max()));
    let ends = ends.filter_map(|(first, last)| Some((*first?, *last?)));
    ends.filter(|(first, last)| last - first < phrase.len() + extra).collect()
}

fn minimal(mut all: Vec<Place>) -> Vec<Place> {
    all.sort_unstable();
    all.dedup();
    let holds = |outer: &Place, inner: &Place| outer != inner && outer.0 <= inner.0 && inner.1 <= outer.1;
    all.iter().filter(|outer| !all.iter().any(|inner| holds(outer, inner))).copied().collect()
}

/// Whether one letter put in, left out or changed, or two exchanged, make one word of the other.
fn is_one_letter_apart(word: &str, other: &str) -> bool {
    let (short, long) = if word.len() < other.len() { (word, other) } else { (other, word) };
    let same = short.bytes().zip(long.bytes()).take_while(|(a, b)| a == b).count();
    let (short, long) = (&short.as_bytes()[same..], &long.as_bytes()[same..]);
    match (short, long) {
        ([], rest) => rest.len() <= 1,
        ([a, b, left @ ..], [c, d, right @ ..]) if a == d && b == c && left == right => true,
        ([_, left @ ..], [_, right @ ..]) if left == right => true,
        (left, [_, right @ ..]) => left == right,
        _ => false,
    }
}

const WORDS: &[&str] = &["launch", "launches", "launched", "missile", "missiles", "mist", "of"];

fn text() -> impl Strategy<Value = String> {
    vec(proptest::sample::select(WORDS), 1..9).prop_map(|words| words.join(" "))
}

fn side() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        3 => proptest::sample::select(WORDS).prop_map(String::from),
        2 => proptest::sample::select(&["=launch", "mis*", "launche~1", "mits~1", "/mis.*s/", "/of|launch/"][..])
            .prop_map(String::from),
        1 => vec(proptest::sample::select(WORDS), 2).prop_map(|words| format!("\"{}\"", words.join(" "))),
        2 => (vec(proptest::sample::select(WORDS), 1..4), proptest::sample::select(&["~", "~>"][..]), 0..4)
            .prop_map(|(words, sign, extra)| format!("\"{}\"{sign}{extra}", words.join(" "))),
    ];
    leaf.prop_recursive(2, 6, 3, |inner| {
        prop_oneof![
            2 => near(inner.clone()).prop_map(|near| format!("({near})")),
            1 => vec(inner, 2..4).prop_map(|sides| format!("({})", sides.join(" OR "))),
        ]
    })
}

fn near(side: impl Strategy<Value = String> + Clone) -> impl Strategy<Value = String> {
    let operator = proptest::sample::select(&["NEAR", "BEFORE"][..]);
    (side.clone(), operator, 0..4, side)
        .prop_map(|(first, operator, between, second)| format!("{first} {operator}/{between} {second}"))
}

fn ids(engine: &LocalEngine, query: &str) -> Vec<String> {
    let mut ids: Vec<_> =
        found(engine, query, 1_000, Group::Passage).into_iter().map(|(id, ..)| id).collect();
    ids.sort();
    ids
}

fn parsed(query: &str) -> Query {
    parse(query, Options::default()).expect("a good query").query
}

fn matcher(query: &str) -> Matcher {
    match parsed(query) {
        Query::Text(clause) => clause.matcher,
        other => panic!("{other}"),
    }
}

fn expected(query: &str, documents: &Documents) -> Vec<String> {
    let matcher = matcher(query);
    let words = |text: &str| places(&matcher, &text.split(' ').collect::<Vec<_>>());
    let numbered = documents.iter().enumerate();
    let hits = numbered.filter(|(_, texts)| !words(&texts[0]).is_empty());
    hits.map(|(number, _)| format!("{number:05}.txt#0")).collect()
}

/// Whether what is marked in a text are words of the places that the definition gives, some of each.
fn check_marks(query: &str, text: &str) {
    let parsed = parsed(query);
    let words: Vec<&str> = text.split(' ').collect();
    let start = |at: usize| words[..at].iter().map(|word| word.len() + 1).sum::<usize>();
    let places = places(&matcher(query), &words);
    let spans: Vec<_> =
        places.iter().map(|&(first, last)| start(first)..start(last) + words[last].len()).collect();
    let texts = Texts { text, title: None, headings: &[], ordinal: 0, language: None };
    let marks = Highlighter::new(&parsed, &Languages::default()).marks(&texts).text;
    for mark in &marks {
        let is_inside = spans.iter().any(|span| span.start <= mark.span.start && mark.span.end <= span.end);
        assert!(is_inside, "{query}: {mark:?} in {text}");
    }
    for span in &spans {
        // Marks do not overlap: of places that do, the first is marked whole, and of the others what is left.
        let is_alone =
            spans.iter().all(|other| other == span || other.end <= span.start || span.end <= other.start);
        let is_marked = |at: usize| marks.iter().any(|mark| mark.span.start <= at && at < mark.span.end);
        let is_shown = match is_alone {
            true => is_marked(span.start) && is_marked(span.end - 1),
            false => span.clone().any(is_marked),
        };
        assert!(is_shown, "{query}: {span:?} in {text}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(6))]

    #[test]
    fn the_engine_finds_what_the_definition_says(
        documents in vec(text().prop_map(|text| vec![text]), 1..24),
        queries in vec(prop_oneof![3 => near(side().boxed()), 1 => side().prop_filter("alternatives are no clause", |side| matches!(parsed(side), Query::Text(_)))], 24),
        group in 5usize..30,
    ) {
        let folder = tempfile::tempdir().expect("a folder");
        let engine = index(folder.path(), &documents, group, 7);
        for query in &queries {
            prop_assert_eq!(ids(&engine, query), expected(query, &documents), "{}", query);
            for text in &documents {
                check_marks(query, &text[0]);
            }
        }
    }

    #[test]
    fn fuzzy_characters_are_found_where_they_are_marked(
        texts in vec("[미사싸일을인이ᄅㄹ 한]{1,8}|[防衛省の 庁]{1,6}", 1..24),
        queries in vec("[미사싸일을인]{1,3}~[12]|[防衛省の]{2,3}~[12]|미싸일~1 NEAR/1 [한을인]", 8),
        group in 5usize..30,
    ) {
        let folder = tempfile::tempdir().expect("a folder");
        let documents: Documents = texts.iter().map(|text| vec![text.clone()]).collect();
        let engine = index(folder.path(), &documents, group, 7);
        for query in &queries {
            let parsed = parsed(query);
            let languages = Languages::default();
            let highlighter = Highlighter::new(&parsed, &languages);
            let is_marked = |text: &str| {
                let texts = Texts { text, title: None, headings: &[], ordinal: 0, language: None };
                !highlighter.marks(&texts).text.is_empty()
            };
            let marked = texts.iter().enumerate().filter(|(_, text)| is_marked(text));
            let marked: Vec<_> = marked.map(|(number, _)| format!("{number:05}.txt#0")).collect();
            prop_assert_eq!(ids(&engine, query), marked, "{}", query);
        }
    }

    #[test]
    fn scores_do_not_depend_on_how_the_index_came_about(
        documents in vec(text().prop_map(|text| vec![text]), 1..12),
        query in near(side().boxed()),
        group in 1usize..5,
        again in 2usize..4,
    ) {
        let folders = [tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder")];
        let at_once = index(folders[0].path(), &documents, 1_000, 1_000);
        let in_parts = index(folders[1].path(), &documents, group, again);
        prop_assert_eq!(
            found(&at_once, &query, 100, Group::Passage),
            found(&in_parts, &query, 100, Group::Passage)
        );
    }
}

#[test]
fn more_intervals_and_rarer_words_are_worth_more() {
    let folder = tempfile::tempdir().expect("a folder");
    let texts = [
        "of mist x x x x x x x",
        "of mist x mist of x x x x",
        "of launch x x x x x x x",
        "of mist x x x of x x x",
    ];
    let documents: Documents = texts.iter().map(|text| vec![(*text).to_owned()]).collect();
    let engine = index(folder.path(), &documents, 100, 100);
    let order = |query| {
        let hits = found(&engine, query, 10, Group::Passage);
        hits.into_iter().map(|(id, ..)| id[4..5].to_owned()).collect::<Vec<_>>().join("")
    };
    assert_eq!(order("of NEAR/0 mist"), "103");
    assert_eq!(order("(of NEAR/0 mist) (of NEAR/0 launch)"), "2103");
}

#[test]
fn titles_and_headings_are_looked_in_as_they_are_marked() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut writer = Writer::open(folder.path(), Duration::ZERO).expect("a new index");
    let headings = vec!["Missile launches".to_owned(), "A warning".to_owned()];
    let passages = [0, 1].map(|ordinal| Passage { headings: headings.clone(), ..passage(ordinal, "x") });
    let record = record("00000.txt", Some("Launched: two missiles"));
    let mut composer = writer.composer(&Dictionaries::default());
    composer.put(record, &passages, Kind::Document, None).expect("it is put");
    writer.commit().expect("it is committed");
    writer.close().expect("it is closed");
    let engine = LocalEngine::new(Snapshot::open(folder.path()).expect("it opens"));
    for (query, hits) in [
        ("heading:(launch NEAR/2 warning)", "01"),
        ("heading:(launch NEAR/1 warning)", ""),
        ("heading:\"warning launches\"~2", "01"),
        ("title:(launch NEAR/1 missile)", "01"),
        ("launch NEAR/1 missile", "0"),
        ("launch NEAR/2 warning", ""),
        ("=launch NEAR/1 missile", ""),
    ] {
        let ids = ids(&engine, query);
        assert_eq!(ids.iter().map(|id| &id[10..11]).collect::<String>(), hits, "{query}");
    }
}

#[test]
fn words_near_each_other_are_combined_with_everything_else() {
    let folder = tempfile::tempdir().expect("a folder");
    let texts = ["launch of missiles", "missile of x launches", "missile launch", "x launch"];
    let documents: Documents = texts.iter().map(|text| vec![(*text).to_owned()]).collect();
    let engine = index(folder.path(), &documents, 2, 100);
    for (query, hits) in [
        ("launch NEAR/1 missile", "02"),
        ("launch NEAR/2 missile", "012"),
        ("launch -(launch NEAR/1 missile)", "13"),
        ("+x +(launch BEFORE/9 missile OR missile BEFORE/9 launch)", "1"),
        ("NOT (launch NEAR/9 missile)", "3"),
        ("\"launch missiles\"~1 -=launches", "0"),
        ("(launch NEAR/1 missile)^2 AND of", "0"),
    ] {
        let ids = ids(&engine, query);
        assert_eq!(ids.iter().map(|id| &id[4..5]).collect::<String>(), hits, "{query}");
        let count = engine.search(&crate::hit::Request {
            count: crate::hit::Count::Exact,
            ..request(query, 0, Group::Passage)
        });
        assert_eq!(count.expect("an answer").total, hits.len(), "{query}");
    }
}
