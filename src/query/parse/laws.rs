//! Laws of the query language, tried on random texts and trees.

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;
use crate::date::Period;
use crate::query::{FactFilter, Filter, Order, Sizes, fact};

/// Pieces of query text that have a meaning somewhere.
const PIECES: &[&str] = &[
    "a",
    "warn",
    "북한",
    "é",
    "e\u{301}",
    "5",
    "AND",
    "OR",
    "NOT",
    "NEAR/5",
    "BEFORE/0",
    "\"a b\"~3",
    "~>2",
    "+",
    "-",
    "=",
    "*",
    "^",
    "^2",
    "^0.5",
    "(",
    ")",
    "\"",
    "“",
    "”",
    "\\",
    ":",
    "title:",
    "heading:",
    "path:",
    "lang:",
    "lang:ko",
    "format:md",
    "ext:",
    "date:2023",
    "date:",
    ">=2023-11",
    "2022..2023",
    "author:",
    "size:",
    "meta.k:",
    "meta.a.b:>=",
    "1..2",
    "2KB",
    "//",
    "/",
    "~",
    "~1",
    "~2",
    "/a.c/",
    "[a-",
    ".",
    ",",
    "$5",
    "x/**",
    "'",
    "（",
    "。",
    " ",
    " ",
    " ",
    " ",
    "\u{3000}",
    "\n",
    "\u{0}",
    "\u{200b}",
    "😀",
];

fn soup() -> impl Strategy<Value = String> {
    vec(proptest::sample::select(PIECES), 0..16).prop_map(|pieces| pieces.concat())
}

/// Texts of which most parse: operands with operators between them.
fn sensible() -> impl Strategy<Value = String> {
    let operand = prop_oneof![
        1 => proptest::sample::select(PIECES).prop_map(String::from),
        6 => "[+-]?[a-c]{1,2}[*]?",
        3 => "[+-]?\"[a-c]{1,2} [a-c*]{1,3}\"(~>?[0-9])?",
        3 => "[+-]?(title:|heading:|path:)[a-c][a-c*=]{0,3}",
        3 => "[+-]?(title:|heading:|path:)?\\([a-c] [-+]?[a-c]\\)(\\^2)?",
        2 => "(title:)?\\([a-c] (NEAR|BEFORE)/[0-9] \\(\"a b\" OR [a-c]([*]|~1)?\\)\\)(\\^2)?",
        3 => "\\((title:a|lang:ko|NOT b|\\*|a OR b|a AND b)\\)(\\^3)?",
        2 => "\\(\\(a\\^(1000|0.001) b\\)\\^(100|1000|0.001|0.01) c\\)(\\^(1000|0.1|2))?",
    ];
    let operator =
        proptest::sample::select(&[" ", " ", " ", " AND ", " OR ", " NOT ", " NEAR/3 ", " BEFORE/0 "][..]);
    let rest = vec((operator, operand.clone()), 0..7);
    (operand, rest).prop_map(|(first, rest)| {
        let rest = rest.into_iter().flat_map(|(operator, operand)| [operator.into(), operand]);
        std::iter::once(first).chain(rest).collect()
    })
}

fn options() -> impl Strategy<Value = Options> {
    let reading =
        proptest::sample::select(&[Reading::Query, Reading::Query, Reading::Words, Reading::Phrase][..]);
    let operator = proptest::sample::select(&[Operator::Any, Operator::All][..]);
    (reading, operator).prop_map(|(reading, operator)| Options { reading, operator })
}

fn texts() -> impl Strategy<Value = String> {
    prop_oneof![soup(), sensible(), any::<String>()]
}

fn matcher_text() -> impl Strategy<Value = String> {
    let special = "[a-c\"“()+=*:^~/\\\\.$é\\-]{0,5}";
    prop_oneof![
        (special, "[a-z5北]", special).prop_map(|(before, letter, behind)| before + &letter + &behind),
        proptest::sample::select(
            &["AND", "OR", "NOT", "NEAR/5", "title:x", "size:5", "/re/", "a~1", r"\AND"][..]
        )
        .prop_map(String::from),
    ]
}

fn matcher() -> impl Strategy<Value = Matcher> {
    prop_oneof![
        matcher_text().prop_map(Matcher::Word),
        matcher_text().prop_map(|text| Matcher::Exact(format!("x{text}"))),
        matcher_text().prop_map(|text| Matcher::Prefix(format!("{text}x"))),
        (matcher_text(), any::<String>()).prop_map(|(text, more)| Matcher::Phrase(text + &more)),
        (matcher_text(), 1u8..3).prop_map(|(text, edits)| Matcher::Fuzzy { word: text + "x", edits }),
        proptest::sample::select(&["re", "a.*b", r"[^a]{2}", r"(a|b)\/", "^북$"][..])
            .prop_map(|text| Matcher::Regex(text.into())),
        (any::<String>(), matcher_text())
            .prop_map(|(more, text)| Matcher::PhrasePrefix(format!("{more}{text}x"))),
    ]
}

fn order() -> impl Strategy<Value = Order> {
    proptest::sample::select(&[Order::Any, Order::Given][..])
}

/// What can be a clause: words, and words near each other.
fn any_matcher() -> impl Strategy<Value = Matcher> {
    let within =
        (matcher_text(), any::<String>(), 0u32..20, order()).prop_map(|(text, more, extra, order)| {
            Matcher::Within { phrase: Box::new(Matcher::Phrase(text + &more)), extra, order }
        });
    let prefix_within = (matcher_text(), 0u32..20, order()).prop_map(|(text, extra, order)| {
        Matcher::Within { phrase: Box::new(Matcher::PhrasePrefix(text + "x")), extra, order }
    });
    let side = prop_oneof![6 => matcher(), 1 => within, 1 => prefix_within];
    side.prop_recursive(3, 8, 3, |inner| {
        let side = prop_oneof![
            3 => inner.clone(),
            1 => vec(inner.prop_filter("alternatives are flat", is_flat), 2..4).prop_map(Matcher::AnyOf)
        ];
        (side.clone(), side, 0u32..20, order()).prop_map(|(first, second, between, order)| Matcher::Near {
            first: Box::new(first),
            second: Box::new(second),
            between,
            order,
        })
    })
}

fn is_flat(matcher: &Matcher) -> bool {
    !matches!(matcher, Matcher::AnyOf(_))
}

fn filter() -> impl Strategy<Value = Filter> {
    let period = |text: &str| Filter::Date(Period::parse(text).expect("a date"));
    prop_oneof![
        (any::<String>(), matcher_text()).prop_map(|(more, text)| Filter::Path(more + &text)),
        "[a-z]{2,3}".prop_map(Filter::Language),
        Just(Filter::Format("html".into())),
        matcher_text().prop_map(|text| Filter::Extension(text.trim_start_matches('.').into())),
        (any::<u64>(), any::<u64>())
            .prop_map(|(one, other)| Filter::Size(Sizes { first: one.min(other), last: one.max(other) })),
        (
            "[a-z북][a-z0-9_./@-]{0,4}",
            prop_oneof![any::<String>(), "[<>=]{0,2}[0-9a-f.*-]{0,6}", matcher_text()]
        )
            .prop_filter_map("the value is read", |(key, value)| {
                let test = fact::read(&value).ok()?;
                Some(Filter::Fact(FactFilter { key, test }))
            }),
        Just(period("2023")),
        Just(period("2024-02")),
        Just(period("2023-11-12")),
    ]
}

/// Random trees in normal form.
fn tree() -> impl Strategy<Value = Query> {
    let field =
        proptest::sample::select(&[TextField::Any, TextField::Any, TextField::Title, TextField::Heading][..]);
    let leaf = prop_oneof![
        1 => Just(Query::All),
        6 => (field, any_matcher()).prop_map(|(field, matcher)| text_clause(field, matcher)),
        2 => filter().prop_map(|filter| Query::Filter(FilterClause { clause: 0, filter })),
    ];
    let inner = |inner: BoxedStrategy<Query>| {
        let occur =
            proptest::sample::select(&[Occur::Should, Occur::Should, Occur::Must, Occur::MustNot][..]);
        let part = (occur, inner.clone())
            .prop_map(|(occur, query)| Part { occur, query })
            .prop_filter("a star is punctuation", |part| {
                part.occur != Occur::Should || part.query != Query::All
            });
        prop_oneof![
            vec(part, 1..5).prop_map(normal::sequence),
            vec(inner.clone(), 1..4).prop_map(normal::every),
            vec(inner.clone(), 1..4).prop_map(normal::either),
            inner.clone().prop_map(|query| Query::Not(Box::new(query))),
            (inner, 0.001_f32..1000.0)
                .prop_map(|(query, weight)| normal::weighted(query, weight))
                .prop_filter("the weights multiply to what they may", |query| {
                    let weights = normal::weights(query);
                    *weights.start() >= LEAST_PRODUCT && *weights.end() <= GREATEST_PRODUCT
                }),
        ]
    };
    leaf.prop_recursive(4, 24, 4, move |query| inner(query.boxed())).prop_map(|mut query| {
        normal::number(&mut query);
        query
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]

    #[test]
    fn parsing_what_is_shown_gives_the_same_tree(text in texts(), options in options()) {
        if let Ok(Parsed { query, .. }) = parse(&text, options) {
            let shown = query.to_string();
            let again = parse(&shown, Options::default()).map(|parsed| parsed.query);
            prop_assert_eq!(again, Ok(query), "{}", shown);
        }
    }

    #[test]
    fn every_tree_in_normal_form_can_be_shown_and_parsed(query in tree()) {
        let shown = query.to_string();
        let again = parse(&shown, Options::default()).map(|parsed| parsed.query);
        prop_assert_eq!(again, Ok(query), "{}", shown);
    }

    #[test]
    fn errors_and_notices_lie_in_the_text_on_character_boundaries(text in texts(), options in options()) {
        match parse(&text, options) {
            Ok(parsed) => for notice in parsed.notices {
                prop_assert!(text.get(notice.span.range()).is_some_and(|about| !about.is_empty()));
            },
            Err(error) => {
                prop_assert!(text.get(error.span.range()).is_some());
                prop_assert_eq!(error.to_string().lines().count(), 1);
                let rendered = error.render_with_caret();
                prop_assert_eq!(rendered.lines().count(), 4);
                prop_assert!(rendered.chars().all(|c| c == '\n' || !c.is_control()));
            }
        }
    }

    #[test]
    fn words_and_phrases_with_something_to_search_for_always_parse(text in any::<String>(), letter in "[a-z]") {
        for reading in [Reading::Words, Reading::Phrase] {
            let options = Options { reading, ..Options::default() };
            prop_assert!(parse(&(text.clone() + &letter), options).is_ok());
        }
    }

    #[test]
    fn prose_without_quotes_and_parentheses_parses(words in vec("[A-Za-z][a-z0-9'’.,;!?%$@#&+/-]{0,8}", 1..9)) {
        prop_assume!(!words.iter().any(|word| word::is_keyword(word)));
        prop_assert!(parse(&words.join(" "), Options::default()).is_ok());
    }
}
