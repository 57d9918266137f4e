//! What query texts mean, form by form.

mod errors;

use super::*;
use crate::query::Order;

const ALL: Options = Options { reading: Reading::Query, operator: Operator::All };
const WORDS: Options = Options { reading: Reading::Words, operator: Operator::Any };
const PHRASE: Options = Options { reading: Reading::Phrase, operator: Operator::Any };

fn shown(text: &str, options: Options) -> String {
    match parse(text, options) {
        Ok(parsed) => parsed.query.to_string(),
        Err(error) => format!("{text}: {error}"),
    }
}

fn assert_shown(cases: &[(&str, &str)], options: Options) {
    for &(text, expected) in cases {
        assert_eq!(shown(text, options), expected, "{text}");
    }
}

/// The matchers of a query's text clauses, in order.
fn matchers(text: &str) -> Vec<Matcher> {
    fn collect(query: &Query, matchers: &mut Vec<Matcher>) {
        match query {
            Query::All | Query::Filter(_) => {}
            Query::Text(clause) => matchers.push(clause.matcher.clone()),
            Query::Not(query) | Query::Weighted { query, .. } => collect(query, matchers),
            Query::And(queries) | Query::Or(queries) => {
                queries.iter().for_each(|query| collect(query, matchers))
            }
            Query::Sequence(parts) => parts.iter().for_each(|part| collect(&part.query, matchers)),
        }
    }
    let mut matchers = Vec::new();
    collect(&parse(text, Options::default()).expect("a query").query, &mut matchers);
    matchers
}

fn words(texts: &[&str]) -> Vec<Matcher> {
    texts.iter().map(|&text| Matcher::Word(text.into())).collect()
}

fn error(text: &str) -> ParseError {
    error_of(text, Options::default())
}

fn error_of(text: &str, options: Options) -> ParseError {
    parse(text, options).expect_err(text)
}

#[test]
fn operators_bind_as_documented() {
    assert_shown(
        &[
            ("a", "a"),
            ("a b", "a b"),
            ("a OR b c", "(a OR b) c"),
            ("a AND b OR c AND d", "(a AND b) OR (c AND d)"),
            ("a OR b AND c", "a OR (b AND c)"),
            ("(a OR b) AND c", "(a OR b) AND c"),
            ("NOT a AND b", "(NOT a) AND b"),
            ("a AND -b AND +c", "a AND (NOT b) AND c"),
            ("a OR NOT b", "a OR (NOT b)"),
            ("+a b -c", "+a b -c"),
            ("+a AND b c", "(a AND b) c"),
            ("-(a b) c", "-(a b) c"),
            ("a^2 b", "a^2 b"),
            ("NOT a^2 b", "-a^2 b"),
            ("\"a b\"^2.5 (c OR d)^0.5", "\"a b\"^2.5 (c OR d)^0.5"),
            ("(a^2)^3", "(a^2)^3"),
            ("a and b or not c", "a and b or not c"),
            ("\"a\"AND(b)OR\"c\"", "(\"a\" AND b) OR \"c\""),
        ],
        Options::default(),
    );
}

#[test]
fn one_meaning_has_one_tree() {
    assert_shown(
        &[
            ("((a))", "a"),
            ("+a", "a"),
            ("-a", "NOT a"),
            ("NOT a", "NOT a"),
            ("a NOT b", "a -b"),
            ("a (NOT b)", "a (NOT b)"),
            ("a +(NOT b)", "a -b"),
            ("a (b (c d)) e", "a b c d e"),
            ("+(+a +b) c", "+a +b c"),
            ("+(a b) c", "+(a b) c"),
            ("(a OR b) OR (c OR d)", "a OR b OR c OR d"),
            ("a AND (b AND c)", "a AND b AND c"),
            ("a^1", "a"),
            ("=a*", "a*"),
            ("=\"a b\"", "\"a b\""),
            ("a (...) b ( - )", "a b"),
            ("* a", "a"),
            ("* -a", "NOT a"),
            ("* *", "*"),
            ("* OR a", "* OR a"),
            ("+* a", "+* a"),
        ],
        Options::default(),
    );
}

#[test]
fn all_requires_every_part_without_a_sign() {
    assert_shown(
        &[
            ("a b -c", "+a +b -c"),
            ("a OR b c", "+(a OR b) +c"),
            ("(a b) c", "+a +b +c"),
            ("a $5", "+a +($5)"),
            ("a (NOT b)", "+a -b"),
            ("* a", "a"),
        ],
        ALL,
    );
}

#[test]
fn bare_fields_in_a_sequence_are_required_and_others_are_not() {
    assert_shown(
        &[
            ("title:summit", "title:summit"),
            ("title:summit missile", "+title:summit missile"),
            ("missile lang:ko -format:html", "missile +lang:ko -format:html"),
            ("title:a OR b c", "(title:a OR b) c"),
            ("(title:a) b", "(title:a) b"),
            ("(title:a)^3 b", "(title:a^3) b"),
            ("title:a^3 b", "+title:a^3 b"),
            ("title:(a b) c", "+((title:a) (title:b)) c"),
            ("title:(a OR b)", "title:a OR title:b"),
            ("heading:(+a -\"b c*\")^2", "(+heading:a -heading:\"b c*\")^2"),
            (
                "title:\"camp david\" title:=Exact title:warn*",
                "+title:\"camp david\" +title:=Exact +title:warn*",
            ),
            ("title:AND title:-x", "+title:AND +title:-x"),
            ("NOT path:a", "NOT path:a"),
        ],
        Options::default(),
    );
}

#[test]
fn filters_take_their_values() {
    assert_shown(
        &[
            ("lang:KO", "lang:ko"),
            ("lang:(ko OR ja)", "lang:ko OR lang:ja"),
            ("lang:(ko ja) a", "+((lang:ko) (lang:ja)) a"),
            ("format:md", "format:markdown"),
            ("ext:.md", "ext:md"),
            ("path:reports/**", "path:reports/**"),
            ("path:\"with space/**\"", "path:\"with space/**\""),
            (r#"path:"a\"b\\c\*""#, r#"path:"a\"b\\c\\*""#),
            ("path:/etc/ path:C:\\x\\", "+path:/etc/ +path:C:\\x\\"),
            ("path:\"OR\" path:(a \"OR\")", "+path:OR +((path:a) (path:OR))"),
            ("date:2023-11-01..2023-11-30", "date:2023-11"),
            ("date:(2022 OR >=2023-11)", "date:2022 OR date:2023-11-01.."),
            ("path:\"a^2\"", "path:\"a^2\""),
        ],
        Options::default(),
    );
}

#[test]
fn what_people_paste_is_its_words() {
    for (text, expected) in [
        ("who's don’t", words(&["who's", "don’t"])),
        ("U.S.-South Korea", words(&["U.S.-South", "Korea"])),
        ("a/b C++ A&B a+b a-b x=y x^y", words(&["a/b", "C++", "A&B", "a+b", "a-b", "x=y", "x^y"])),
        ("https://x.org/a?b=c#d-e~f", words(&["https://x.org/a?b=c#d-e~f"])),
        ("a@b.org, @name #tag $5 50%", words(&["a@b.org,", "@name", "#tag", "$5", "50%"])),
        ("(see p. 4) 10:30", words(&["see", "p.", "4", "10:30"])),
        ("- item — & ... C", words(&["item", "C"])),
        ("* item", words(&["item"])),
        ("--flag -$5 ++x ==y", words(&["--flag", "-$5", "++x", "==y"])),
        ("**bold** a*b *", words(&["**bold**", "a*b"])),
        (r"C:\temp\x \\server\share", words(&[r"C:\temp\x", r"\server\share"])),
        ("/usr/bin/env /etc/passwd", words(&["/usr/bin/env", "/etc/passwd"])),
        ("Note: text Re:x std::path title::x", words(&["Note:", "text", "Re:x", "std::path", "title::x"])),
        (
            "1~2 월~일 NEAR BEFORE/x NEAR/ near/5",
            words(&["1~2", "월~일", "NEAR", "BEFORE/x", "NEAR/", "near/5"]),
        ),
        ("「日本」、（韓国）。«a» '5' `b`", words(&["「日本」、（韓国）。«a»", "'5'", "`b`"])),
        ("한미일　국방장관,\u{200b}서울", words(&["한미일", "국방장관,", "서울"])),
        ("title: summit date:", words(&["title:", "summit", "date:"])),
        ("member(s) f(x)", words(&["member", "s", "f", "x"])),
    ] {
        assert_eq!(matchers(text), expected, "{text}");
    }
}

#[test]
fn quotes_of_every_kind_make_phrases() {
    for text in ["\"camp david\"", "“camp david”", "„camp david‟", "\u{ff02}camp david\"", "“camp david“"]
    {
        assert_eq!(matchers(text), [Matcher::Phrase("camp david".into())], "{text}");
    }
    assert_eq!(matchers(r#""a \"b\" \\ \* \x""#), [Matcher::Phrase(r#"a "b" \ * \x"#.into())]);
    assert_eq!(matchers(r#""missile warn*""#), [Matcher::PhrasePrefix("missile warn".into())]);
    for (text, phrase) in [(r#""warn\*""#, "warn*"), (r#""warn**""#, "warn**"), (r#""a * b""#, "a * b")] {
        assert_eq!(matchers(text), [Matcher::Phrase(phrase.into())], "{text}");
    }
}

#[test]
fn quotes_that_are_no_signs_are_text() {
    for (text, expected) in [
        ("צה\"ל +ארה״ב", words(&["צה\"ל", "ארה״ב"])),
        ("title:דו\"חות", words(&["דו\"חות"])),
        ("\"צה\"ל בעזה\"", vec![Matcher::Phrase("צה\"ל בעזה".into())]),
        ("ב\"הארץ\"", vec![words(&["ב"])[0].clone(), Matcher::Phrase("הארץ".into())]),
        ("5\" gun", words(&["5", "gun"])),
    ] {
        assert_eq!(matchers(text), expected, "{text}");
    }
}

#[test]
fn escapes_take_the_meaning_away() {
    for (text, expected) in [
        (r"\AND \OR \NOT", words(&["AND", "OR", "NOT"])),
        (r"\-a \+b \=c", words(&["-a", "+b", "=c"])),
        (r"title\:a a\^2 warn\*", words(&["title:a", "a^2", "warn*"])),
        (r"\(a\) \“b\”", words(&["(a)", "“b”"])),
        (r"a\~1 \/re/", words(&["a~1", "/re/"])),
        (r"-\-a", words(&["-a"])),
    ] {
        assert_eq!(matchers(text), expected, "{text}");
    }
    assert_eq!(shown(r"b -\-a", Options::default()), r"b -\-a");
}

#[test]
fn a_tilde_with_a_number_behind_a_word_makes_it_fuzzy_and_slashes_make_a_regular_expression() {
    let fuzzy = |word: &str, edits| Matcher::Fuzzy { word: word.into(), edits };
    let regex = |text: &str| Matcher::Regex(text.into());
    for (text, expected) in [
        ("pyongyng~1 b", vec![fuzzy("pyongyng", 1), Matcher::Word("b".into())]),
        ("북한~2 =a~1", vec![fuzzy("북한", 2), fuzzy("a", 1)]),
        (r"\-a\~b~1", vec![fuzzy("-a~b", 1)]),
        ("/miss.le/", vec![regex("miss.le")]),
        ("(/mis(s|le)/)", vec![regex("mis(s|le)")]),
        (r"/a\/b/", vec![regex(r"a\/b")]),
        ("a/b/ x/c/", words(&["a/b/", "x/c/"])),
        (r"\/re/ word\~1", words(&["/re/", "word~1"])),
    ] {
        assert_eq!(matchers(text), expected, "{text}");
    }
    assert_shown(
        &[
            ("pyongyng~2^3", "pyongyng~2^3"),
            ("=word~1", "word~1"),
            (r"\AND~1 \-a~1", r"AND~1 \-a~1"),
            ("/re/^2 -/x y/ -/x/", "/re/^2 -/x y/ -/x/"),
            ("title:word~1 title:/.*/", "+title:word~1 +title:/.*/"),
            ("title:(/a/ OR b~2)", "title:/a/ OR title:b~2"),
        ],
        Options::default(),
    );
}

#[test]
fn a_distance_behind_a_phrase_lets_words_in() {
    let within = |phrase: Matcher, extra, order| Matcher::Within { phrase: Box::new(phrase), extra, order };
    let phrase = || Matcher::Phrase("a b".into());
    for (text, expected) in [
        ("\"a b\"~3 c", vec![within(phrase(), 3, Order::Any), Matcher::Word("c".into())]),
        ("“a b”~>0", vec![within(phrase(), 0, Order::Given)]),
        ("\"a b*\"~10000", vec![within(Matcher::PhrasePrefix("a b".into()), 10_000, Order::Any)]),
        ("\"a b\"~x \"a b\"~", vec![phrase(), Matcher::Word("~x".into()), phrase()]),
        ("\"a b\"~3x", vec![phrase(), Matcher::Word("~3x".into())]),
    ] {
        assert_eq!(matchers(text), expected, "{text}");
    }
    assert_shown(
        &[
            ("\"a b\"~3^2 -\"c\"~>1", "\"a b\"~3^2 -\"c\"~>1"),
            ("title:\"a b*\"~3 (heading:\"c d\"~>4)^3", "+title:\"a b*\"~3 (heading:\"c d\"~>4^3)"),
        ],
        Options::default(),
    );
}

#[test]
fn near_binds_tighter_than_and_and_to_the_left() {
    assert_shown(
        &[
            ("a NEAR/5 b", "a NEAR/5 b"),
            ("a NEAR/5 b c", "(a NEAR/5 b) c"),
            ("+a BEFORE/0 b -c NEAR/1 d", "+(a BEFORE/0 b) -(c NEAR/1 d)"),
            ("NOT a NEAR/5 b AND c", "(NOT (a NEAR/5 b)) AND c"),
            ("a OR b NEAR/5 c", "a OR (b NEAR/5 c)"),
            ("a NEAR/5 b BEFORE/2 c", "(a NEAR/5 b) BEFORE/2 c"),
            ("a NEAR/5 (b BEFORE/2 c)", "a NEAR/5 (b BEFORE/2 c)"),
            ("(a OR (b OR c)) NEAR/5 ((d))", "(a OR b OR c) NEAR/5 d"),
            ("=a NEAR/05 \"b c*\"~3", "=a NEAR/5 \"b c*\"~3"),
            ("a~1 NEAR/5 /b/ NEAR/1 c*", "(a~1 NEAR/5 /b/) NEAR/1 c*"),
            ("(a NEAR/5 b)^2", "(a NEAR/5 b)^2"),
            ("title:(a NEAR/5 b)^2 c", "+title:(a NEAR/5 b)^2 c"),
            ("title:(a OR b NEAR/5 c)", "title:a OR title:(b NEAR/5 c)"),
            ("(title:(a NEAR/5 b)) c", "(title:(a NEAR/5 b)) c"),
            (r"\NEAR/5 a", r"\NEAR/5 a"),
            ("\"a\"NEAR/5 b", "\"a\" NEAR/5 b"),
        ],
        Options::default(),
    );
    let parsed = parse("a NEAR/5 (b OR c)", ALL).expect("a query");
    let json = serde_json::to_string(&parsed.query).expect("a tree");
    assert_eq!(
        json,
        r#"{"text":{"clause":0,"field":"any","matcher":{"near":{"first":{"word":"a"},"second":{"any_of":[{"word":"b"},{"word":"c"}]},"between":5,"order":"any"}}}}"#
    );
}

#[test]
fn what_is_more_than_words_cannot_stand_beside_near() {
    for (text, place, hint) in [
        ("x (a AND b) NEAR/5 c", "(a AND b)", "a word, a phrase"),
        ("a NEAR/5 -b", "-", "a word, a phrase"),
        ("a NEAR/5 NOT b", "NOT", "a word, a phrase"),
        ("a BEFORE/5 (b c) d", "(b c)", "a word, a phrase"),
        ("* NEAR/5 b", "*", "a word, a phrase"),
        ("a NEAR/5 b^2", "b^2", "put the weight behind all of it"),
        ("(a OR b^2) NEAR/5 c", "(a OR b^2)", "put the weight behind all of it"),
        ("title:a NEAR/5 b", "title:a", "put the field before all of it"),
        ("a NEAR/5 lang:ko", "lang:ko", "put the field before all of it"),
    ] {
        let error = error(text);
        assert_eq!(&text[error.span.range()], place, "{text}");
        assert_eq!(error.message, format!("`{place}` cannot stand beside NEAR or BEFORE"));
        assert!(error.hint.starts_with(hint), "{text}: {}", error.hint);
    }
}

#[test]
fn clauses_are_numbered_from_left_to_right() {
    fn numbers(query: &Query, found: &mut Vec<usize>) {
        match query {
            Query::All => {}
            Query::Text(clause) => found.push(clause.clause),
            Query::Filter(clause) => found.push(clause.clause),
            Query::Not(query) | Query::Weighted { query, .. } => numbers(query, found),
            Query::And(queries) | Query::Or(queries) => {
                queries.iter().for_each(|query| numbers(query, found))
            }
            Query::Sequence(parts) => parts.iter().for_each(|part| numbers(&part.query, found)),
        }
    }
    let parsed = parse("a (b OR -lang:ko) * AND c^2 ... NOT (d e)", Options::default()).expect("a query");
    let mut found = Vec::new();
    numbers(&parsed.query, &mut found);
    assert_eq!(found, [0, 1, 2, 3, 4, 5]);
}

#[test]
fn words_are_literal() {
    assert_shown(
        &[
            ("a OR \"b c\" -d", "a \\OR b c d"),
            ("title:x /etc/ don't AND", "title x etc don't \\AND"),
            ("「日本」、（人々）・〆切 ｱｲ", "日本 人々 ・〆切 ｱｲ"),
            ("a a", "a a"),
            ("* one *", "one"),
        ],
        WORDS,
    );
    assert_eq!(shown("a-b c", Options { operator: Operator::All, ..WORDS }), "+a +b +c");
    assert_eq!(
        error_of("... ***", WORDS).render_with_caret(),
        "the query has no words\n  ... ***\n  ^~~~~~~\n  hint: type a word or a \"phrase\", or * for everything"
    );
}

#[test]
fn a_phrase_is_literal() {
    assert_shown(&[("a \"b\" \\ OR c*", r#""a \"b\" \\ OR c\*""#), ("a", "\"a\"")], PHRASE);
    assert_eq!(error_of("!!", PHRASE).message, "the query has no words");
}

#[test]
fn sizes_and_facts_are_conditions() {
    let shown = |text: &str| parse(text, Options::default()).map(|parsed| parsed.query.to_string());
    for (text, expected) in [
        ("size:>1MB a", "+size:>=1000001 a"),
        ("size:(1KB OR 2KB..)", "size:1000 OR size:>=2000"),
        ("meta.desk:Asia", "meta.desk:Asia"),
        ("meta.desk:\"south asia*\" a", "+meta.desk:\"south asia*\" a"),
        ("meta.by.name:=>a", "meta.by.name:=>a"),
        ("-meta.부서:(국제 OR 국내*)", "NOT (meta.부서:국제 OR meta.부서:국내*)"),
        ("meta.year:2020..2023^2", "meta.year:2020..2023"),
        ("meta.हिन्दी:a", "meta.हिन्दी:a"),
        ("meta.k:\"\"", "meta.k:\"\""),
        (r"meta\.k:a meta.:b c\:d", r"meta\.k:a meta.:b c\:d"),
    ] {
        assert_eq!(shown(text), Ok(expected.into()), "{text}");
    }
    assert_eq!(error("size:>much").render_with_caret().lines().nth(2), Some("       ^~~~~"));
    assert_eq!(error("a meta.k:>much").render_with_caret().lines().nth(2), Some("           ^~~~~"));
    assert!(error("title:size:5").message.contains("a field cannot stand in the value of another"));
    assert!(error("path:meta.k:5").message.contains("a field cannot stand in the value of another"));
}
