//! What is said of query texts that mean nothing, or something else than they seem to, and where their bounds are.

use super::*;

fn notices(text: &str) -> Vec<String> {
    let parsed = parse(text, Options::default()).expect("a query");
    parsed.notices.into_iter().map(|notice| notice.message).collect()
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
