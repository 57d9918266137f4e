//! What query texts mean, form by form, and what is said of those that mean nothing.

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

fn notices(text: &str) -> Vec<String> {
    let parsed = parse(text, Options::default()).expect("a query");
    parsed.notices.into_iter().map(|notice| notice.message).collect()
}

fn error(text: &str) -> ParseError {
    parse(text, Options::default()).expect_err(text)
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

fn error_of(text: &str, options: Options) -> ParseError {
    parse(text, options).expect_err(text)
}

#[test]
fn notices_tell_what_was_not_taken_as_typed() {
    let fields = "(the fields are title: heading: path: lang: format: ext: date: size: meta.KEY:)";
    assert_eq!(notices("author:smith"), [format!("`author:` is not a field; searched as words {fields}")]);
    assert_eq!(notices("a -author:\"x y\"").len(), 1);
    assert_eq!(notices("title: summit"), ["`title:` has no value directly behind it; searched as a word"]);
    assert_eq!(notices("lang:ko^2 a"), ["`^2` is ignored: what it weighs has no score"]);
    for text in ["https://x.org", "10:30", "note: a", "Re:x", r"c:\temp", "std::path", "a: b", r"author\:x"] {
        assert_eq!(notices(text), [""; 0], "{text}");
    }
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

#[test]
fn errors_show_the_place_and_a_remedy() {
    for (text, expected) in [
        (
            "missile \"warning",
            "the quote opens a phrase that is never closed\n  missile \"warning\n          ^\n  \
             hint: add a closing quote, or write \\\" for a plain one",
        ),
        (
            "a (b OR c",
            "the parenthesis is never closed\n  a (b OR c\n    ^\n  \
             hint: add the closing one, or write \\( for a plain one",
        ),
        (
            "북한) b",
            "the parenthesis closes nothing\n  북한) b\n      ^\n  \
             hint: remove it, or write \\) for a plain one",
        ),
        (
            "a ( ) b",
            "nothing stands between the parentheses\n  a ( ) b\n    ^~~\n  \
             hint: put a word between the parentheses, or remove them",
        ),
        (
            "AND b",
            "`AND` has no operand before it\n  AND b\n  ^~~\n  \
             hint: add one, or write \\AND to search for the word",
        ),
        (
            "a\tOR",
            "`OR` has no operand behind it\n  a OR\n    ^~\n  \
             hint: add one, or write \\OR to search for the word",
        ),
        (
            "a NOT",
            "`NOT` has no operand behind it\n  a NOT\n    ^~~\n  \
             hint: add one, or write \\NOT to search for the word",
        ),
        ("", "the query has no words\n  \n  ^\n  hint: type a word or a \"phrase\", or * for everything"),
        (
            "a \"!!\"",
            "nothing to search for in the phrase\n  a \"!!\"\n    ^~~~\n  \
             hint: put a word between the quotes, or remove them",
        ),
        (
            "date:2023-13",
            "`date:` takes a date or a range of dates\n  date:2023-13\n       ^~~~~~~\n  \
             hint: write 2023, 2023-11 or 2023-11-12, a range as 2023-11..2024 or 2023.., \
             >=2023, >2023, <=2023, <2023, or today, yesterday, 7d, 2w, 3m, 1y",
        ),
        (
            "a format:doc",
            "`format:` takes the name of a format\n  a format:doc\n           ^~~\n  \
             hint: write one of text, markdown, html, jsonl, pdf, docx, pptx, xlsx, xls, odt, odp, ods, epub, email, rtf, csv, tsv, xml, feed, subtitles, notebook, latex, rst, asciidoc, man",
        ),
        (
            "title:(a path:b)",
            "`path:`: a field cannot stand in the value of another\n  title:(a path:b)\n           ^~~~~\n  \
             hint: write the fields side by side, or put the text in quotes",
        ),
        (
            "a^0",
            "`^0` is no weight\n  a^0\n   ^~\n  \
             hint: write a number above 0, up to 1000, as in word^2.5; a plain ^ is written \\^",
        ),
        (
            "a pyongyng~3",
            "`~3` is no number of edits\n  a pyongyng~3\n            ^~\n  \
             hint: write ~1 or ~2, as in word~1; a plain ~ is written \\~",
        ),
        (
            "북한 /mis[s-a]le/",
            "the regular expression cannot be read: invalid character class range, the start must be <= the end\n  \
             북한 /mis[s-a]le/\n            ^~~\n  hint: mend it, or write \\/ for a plain slash",
        ),
        (
            "/(a{999}){999}/",
            "the regular expression is too large\n  /(a{999}){999}/\n   ^~~~~~~~~~~~~\n  \
             hint: repeat less in it: what is repeated counts each time",
        ),
        (
            "a NEAR/5 (b AND c)",
            "`(b AND c)` cannot stand beside NEAR or BEFORE\n  a NEAR/5 (b AND c)\n           ^~~~~~~~~\n  \
             hint: a word, a phrase, (a OR b), or in parentheses another NEAR or BEFORE can",
        ),
        (
            "a NEAR/99999 b",
            "`NEAR/99999` is no distance\n  a NEAR/99999 b\n    ^~~~~~~~~~\n  \
             hint: write a number of words up to 10000",
        ),
        (
            "\"a b\"~>99999999999",
            "`~>99999999999` is no distance\n  \"a b\"~>99999999999\n       ^~~~~~~~~~~~~\n  \
             hint: write a number of words up to 10000",
        ),
        (
            "title:(!)",
            "`title:` has nothing to search for\n  title:(!)\n  ^~~~~~\n  \
             hint: write a word directly behind the colon",
        ),
    ] {
        assert_eq!(error(text).render_with_caret(), expected, "{text}");
    }
}

#[test]
fn other_errors_have_their_messages() {
    for (text, message) in [
        ("a OR AND b", "`OR` has no operand behind it"),
        ("NOT (...)", "`NOT` has no operand behind it"),
        ("(a OR)", "`OR` has no operand behind it"),
        ("(AND a)", "`AND` has no operand before it"),
        ("NEAR/5 a", "`NEAR/5` has no operand before it"),
        ("(...) NEAR/5 a", "`NEAR/5` has no operand before it"),
        ("a OR NEAR/5 b", "`OR` has no operand behind it"),
        ("a BEFORE/2", "`BEFORE/2` has no operand behind it"),
        ("a NEAR/5 ...", "`NEAR/5` has no operand behind it"),
        ("a NEAR/5 NEAR/5 b", "`NEAR/5` has no operand behind it"),
        ("(a NEAR/5) b", "`NEAR/5` has no operand behind it"),
        ("\"\"", "nothing to search for in the phrase"),
        ("... -", "the query has no words"),
        ("(...)", "the query has no words"),
        ("()", "nothing stands between the parentheses"),
        ("title:()", "nothing stands between the parentheses"),
        ("title:path:x", "`path:`: a field cannot stand in the value of another"),
        ("lang:(title:x)", "`title:`: a field cannot stand in the value of another"),
        ("title:*", "`title:` has nothing to search for"),
        ("lang:korean", "`lang:` takes the code of a language"),
        ("lang:\"\"", "`lang:` takes the code of a language"),
        ("path:\" \"", "`path:` has no path"),
        ("ext:.", "`ext:` has no extension"),
        ("date:2024..2023", "the range of dates ends before it starts"),
        ("a^1001", "`^1001` is no weight"),
        ("(a)^99999999999999999999999999999999999999999", "`^9999999999999999999999999999999…` is no weight"),
    ] {
        assert_eq!(error(text).message, message, "{text}");
    }
}

#[test]
fn weights_inside_each_other_are_bounded_when_multiplied() {
    let nested =
        |weight: &str, times: usize| "(".repeat(times) + "a" + &format!(" b)^{weight}").repeat(times);
    for (text, message) in [
        (nested("1000", 14), "`^1000` makes more than 1000000 of the weights inside each other"),
        (nested("0.001", 3), "`^0.001` makes less than 0.000001 of the weights inside each other"),
        ("a^0.0000001".into(), "`^0.0000001` makes less than 0.000001 of the weights inside each other"),
        (
            "((a^0.01 b^100)^100 c)^101".into(),
            "`^101` makes more than 1000000 of the weights inside each other",
        ),
        (
            "title:(+a -(b^1000 c)^1000)^2".into(),
            "`^2` makes more than 1000000 of the weights inside each other",
        ),
    ] {
        let error = error(&text);
        assert_eq!(error.message, message, "{text}");
        assert_eq!(error.hint, "multiplied, they may be 0.000001 to 1000000; leave out one of them");
        assert!(text[error.span.range()].starts_with('^'), "{text}");
    }
    assert_eq!(error(&nested("1000", 14)).span.start, "((((((((((((((a b)^1000 b)^1000 b)".len());
    for (weight, times) in [("1000", 2), ("0.001", 2), ("0.01", 3), ("0.1", 6), ("100", 3)] {
        let parsed = parse(&nested(weight, times), Options::default()).expect("as much as allowed");
        assert_eq!(parse(&parsed.query.to_string(), Options::default()), Ok(parsed));
    }
}

#[test]
fn nesting_is_bounded_in_texts_and_in_trees() {
    let message = "the query is nested more than 64 levels deep";
    for text in [
        "(".repeat(200) + "a" + &")".repeat(200),
        "NOT ".repeat(9_000) + "a",
        "(".repeat(60_000),
        "(b OR (c AND ".repeat(32) + "a" + &"))".repeat(32),
        "NOT ".repeat(64) + "a",
        "a NEAR/1 ".repeat(7_000) + "a",
        "(a NEAR/1 ".repeat(66) + "a" + &")".repeat(66),
    ] {
        assert_eq!(error(&text).message, message, "{text}");
    }
    let text = "(".repeat(128) + "a" + &")".repeat(128);
    assert_eq!(shown(&text, Options::default()), "a");
    let text = "NOT ".repeat(63) + "a";
    let parsed = parse(&text, Options::default()).expect("as deep as allowed");
    assert_eq!(parse(&parsed.query.to_string(), Options::default()), Ok(parsed));
    let text = "a NEAR/1 ".repeat(63) + "a";
    let parsed = parse(&text, Options::default()).expect("as deep as allowed");
    assert_eq!(parse(&parsed.query.to_string(), Options::default()), Ok(parsed));
}

#[test]
fn fuzzy_words_of_characters_have_so_many_letters_in_all() {
    let message = "the fuzzy words of the query have more than 200 letters times edits";
    for (word, most) in [("미싸일~1 ", 22), ("미싸일~2 ", 11), ("防衛省~2 ", 33), ("미~2 title:ミ~1 ", 28)]
    {
        assert!(parse(&word.repeat(most), Options::default()).is_ok(), "{word}");
        let text = word.repeat(most + 1);
        let error = error(&text);
        assert_eq!(error.message, message, "{word}");
        assert!(word.contains(&text[error.span.range()]), "{word}");
    }
    let latin = format!("{}~2 ", "a".repeat(20)).repeat(64);
    assert!(parse(&latin, Options::default()).is_ok());
    assert_eq!(error(&(latin + "a~1")).message, "the query has more than 64 fuzzy words");
}

#[test]
fn long_texts_are_refused_in_every_reading() {
    let text = "a ".repeat(MAX_QUERY_LENGTH / 2);
    for options in [Options::default(), ALL, WORDS, PHRASE] {
        assert!(parse(&text, options).is_ok());
        let error = parse(&format!("{text}é"), options).expect_err("too long");
        assert_eq!(error.message, "the query text is longer than 64 KiB");
        assert_eq!(error.span.start, MAX_QUERY_LENGTH);
    }
    let error = parse(&"a".repeat(3).replace('a', &"é".repeat(20_000)), WORDS).expect_err("too long");
    assert!(error.span.start <= MAX_QUERY_LENGTH);
}
