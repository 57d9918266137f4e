use proptest::prelude::*;

use super::*;
use crate::query::{Options, parse};

fn marked(query: &str, text: &str) -> String {
    let query = parse(query, Options::default()).expect("a good query").query;
    let texts = Texts { text, title: None, headings: &[], ordinal: 0, language: None };
    let mut shown = String::new();
    let mut at = 0;
    for mark in Highlighter::new(&query, &Languages::default()).marks(&texts).text {
        shown.push_str(&text[at..mark.span.start]);
        shown.push_str(&format!("[{}|{}]", &text[mark.span.range()], mark.clause));
        at = mark.span.end;
    }
    shown + &text[at..]
}

#[test]
fn words_are_marked_with_their_inflections() {
    assert_eq!(marked("launch", "It launches. A launch-pad."), "It [launches|0]. A [launch|0]-pad.");
    assert_eq!(marked("=launch", "It launches. A launch."), "It launches. A [launch|0].");
    assert_eq!(marked("laun*", "It launches, lunar."), "It [launches|0], lunar.");
}

#[test]
fn of_fuzzy_words_and_regular_expressions_the_words_that_fit_are_marked() {
    assert_eq!(
        marked("pyongyng~1", "Pyongyang, Pyong Yang, pyongyng"),
        "[Pyongyang|0], Pyong Yang, [pyongyng|0]"
    );
    assert_eq!(marked("/MISS.les?/", "Missiles, a missile, amiss"), "[Missiles|0], a [missile|0], amiss");
    assert_eq!(marked("a /[b-d]/^2", "a b-e c"), "[a|0] [b|1]-e [c|1]");
}

#[test]
fn of_fuzzy_characters_the_run_that_is_spelt_most_nearly_is_marked() {
    assert_eq!(marked("미싸일~1", "대미사일을 미 사일, 미상일"), "대[미사일|0]을 [미 사일|0], 미상일");
    assert_eq!(marked("미싸일~2", "대미사일을 미상일"), "대[미사일|0]을 [미상일|0]");
    assert_eq!(marked("防衝省~1", "防衛省は防省に"), "[防衛省|0]は[防省|0]に");
    assert_eq!(marked("미싸일~1 BEFORE/1 발싸~1", "미사일을 발사"), "[미사일|0]을 [발사|0]");
}

#[test]
fn of_words_near_each_other_those_words_are_marked_and_not_what_stands_between() {
    assert_eq!(marked("a NEAR/2 b", "a x b y b. a b"), "[a|0] x [b|0] y [b|0]. [a|0] [b|0]");
    assert_eq!(marked("a BEFORE/2 b", "b x a y b"), "b x [a|0] y [b|0]");
    assert_eq!(
        marked("\"missile sharing\"~2", "Sharing of Missile data, sharing"),
        "[Sharing|0] of [Missile|0] data, [sharing|0]"
    );
    assert_eq!(marked("\"a b\"~>1 b", "a x b. a x y b"), "[a|0] x [b|0]. a x y [b|1]");
    assert_eq!(
        marked("\"a b\" NEAR/1 (launch OR m*)", "a b, launched; a missile, b"),
        "[a b|0], [launched|0]; a missile, b"
    );
    assert_eq!(marked("\"u.s. 미사일\"~1", "미사일 x U.S. 미사 U.S."), "[미사일|0] x [U.S|0]. 미사 U.S.");
    assert_eq!(marked("a NEAR/1 a", "a"), "a");
}

#[test]
fn a_phrase_is_one_span_and_no_stray_word_is_marked() {
    assert_eq!(
        marked("\"missile warning\"", "A missile. A Missile\nwarning, warning."),
        "A missile. A [Missile\nwarning|0], warning."
    );
    assert_eq!(marked("\"missile warn*\"", "missile warnings"), "[missile warnings|0]");
    assert_eq!(marked("real-time", "real time, real x time"), "[real time|0], real x time");
}

#[test]
fn the_longest_of_overlapping_marks_stays() {
    assert_eq!(
        marked("missile \"missile warning\" warning", "missile warning missile"),
        "[missile warning|1] [missile|0]"
    );
}

#[test]
fn only_what_the_tree_matched_is_marked() {
    assert_eq!(marked("(a AND b) OR c", "a c"), "a [c|2]");
    assert_eq!(marked("(a AND b) OR c", "a b"), "[a|0] [b|1]");
    assert_eq!(marked("a -b", "a c"), "[a|0] c");
}

#[test]
fn adjoining_pairs_of_characters_are_one_mark() {
    assert_eq!(marked("미사일", "대미사일을 사일로 미사"), "대[미사일|0]을 [사일|0]로 [미사|0]");
    assert_eq!(marked("12월미사일", "12월미사일, 미사일"), "[12월미사일|0], 미사일");
    assert_eq!(marked("12월미사일", "12 미사일"), "[12|0] [미사일|0]");
    assert_eq!(marked("\"미사일\"", "대미사일을 사일로"), "대[미사일|0]을 사일로");
}

/// What a query marks at a passage in the title "Camp David summit in real time".
fn marked_in_title(query: &str, ordinal: u32, text: &str) -> Vec<&'static str> {
    let query = parse(query, Options::default()).expect("a good query").query;
    let title = "Camp David summit in real time";
    let texts = Texts { text, title: Some(title), headings: &[], ordinal, language: None };
    let marks = Highlighter::new(&query, &Languages::default()).marks(&texts);
    marks.title.iter().map(|mark| &title[mark.span.range()]).collect()
}

#[test]
fn a_phrase_that_only_the_title_holds_is_found_at_the_first_passage() {
    assert_eq!(marked_in_title("\"camp david\" summit", 0, "x"), ["Camp David", "summit"]);
    assert_eq!(marked_in_title("\"camp david\" summit", 3, "x"), ["summit"]);
    assert!(marked_in_title("+\"camp david\" summit", 3, "x").is_empty());
    assert_eq!(marked_in_title("-\"camp david\" summit", 3, "x"), ["summit"]);
}

#[test]
fn what_a_passage_holds_of_a_phrase_is_marked_in_its_title_too() {
    assert_eq!(marked_in_title("\"camp david\" summit", 3, "At Camp David"), ["Camp David", "summit"]);
    assert_eq!(marked_in_title("real-time", 3, "Data in real time"), ["real time"]);
    assert!(marked_in_title("dav*", 3, "x").is_empty());
    assert_eq!(marked_in_title("dav*", 3, "davits"), ["David"]);
    assert_eq!(marked_in_title("\"camp david\" OR \"real time\"", 3, "real time"), ["real time"]);
    assert!(marked_in_title("(\"camp david\" AND x) OR \"real time\"", 3, "camp david").is_empty());
}

#[test]
fn a_phrase_is_not_marked_in_headings() {
    let query = parse("\"camp david\" summit", Options::default()).expect("a good query").query;
    let headings = ["The summit at Camp David".to_owned()];
    let texts = Texts { text: "Camp David", title: None, headings: &headings, ordinal: 0, language: None };
    let marks = Highlighter::new(&query, &Languages::default()).marks(&texts).headings;
    assert_eq!((marks[0].len(), marks[0][0].span.range()), (1, 4..10));
}

#[test]
fn words_of_several_headings_are_near_each_other_as_they_are_in_the_index() {
    let headings = ["Missile launches".to_owned(), "A warning".to_owned()];
    let marked = |query: &str| {
        let query = parse(query, Options::default()).expect("a good query").query;
        let texts = Texts { text: "x", title: None, headings: &headings, ordinal: 1, language: None };
        let marks = Highlighter::new(&query, &Languages::default()).marks(&texts).headings;
        marks.iter().flatten().map(|mark| mark.span.range()).collect::<Vec<_>>()
    };
    assert_eq!(marked("heading:(launch NEAR/2 warning)"), [8..16, 2..9]);
    assert!(marked("heading:(launch NEAR/1 warning)").is_empty());
    assert_eq!(marked("heading:\"missile warning\"~9 launch"), [0..7, 8..16, 2..9]);
    assert!(marked("launch NEAR/2 warning").is_empty());
}

proptest! {
    #[test]
    fn marks_lie_in_order_on_character_boundaries(
        query in "[a-c\"가나 *+-]{1,12}",
        text in "([a-cé]{1,2}|[가나]{1,3}|[ .,]{1,2}){0,20}",
    ) {
        let Ok(parsed) = parse(&query, Options::default()) else { return Ok(()) };
        let texts = Texts { text: &text, title: Some(&text), headings: &[], ordinal: 0, language: None };
        let marks = Highlighter::new(&parsed.query, &Languages::default()).marks(&texts);
        let mut end = 0;
        for mark in marks.text {
            prop_assert!(mark.span.start >= end && !mark.span.is_empty());
            prop_assert!(text.get(mark.span.range()).is_some());
            end = mark.span.end;
        }
    }
}
