use super::*;
use crate::document::Location;
use crate::extract::laws::{assert_sound, located};
use proptest::prelude::*;
use serde_json::json;
use std::io::{Cursor, Read};

fn records(source: &[u8]) -> Vec<Record> {
    Records::new(Cursor::new(source), "wire-2023-11-12.jsonl", None, 1_000).collect()
}

fn only(source: &str) -> Document {
    let mut records = records(source.as_bytes());
    assert_eq!(records.len(), 1);
    records.remove(0).outcome.expect("a document")
}

fn error(source: &str) -> String {
    records(source.as_bytes()).remove(0).outcome.expect_err("no document").to_string()
}

#[test]
fn fields_become_facts() {
    let document = only(
        "{\"id\":7,\"title\":\"A  title\",\"text\":\"Body\",\"date\":\"2023-11-13\",\"lang\":\"en-GB\",\
         \"url\":\"https://example.org\",\"agency\":\"X\",\"nothing\":null,\"n\":{\"a\":[1]}}",
    );
    assert_eq!(document.id.as_str(), "wire-2023-11-12.jsonl#7");
    assert_eq!(document.path, "wire-2023-11-12.jsonl");
    assert_eq!(document.facts.title.as_deref(), Some("A title"));
    assert_eq!(document.facts.date, Date::new(2023, 11, 13));
    assert_eq!(document.facts.language.as_deref(), Some("en"));
    assert_eq!(document.facts.url.as_deref(), Some("https://example.org"));
    let other: Vec<_> =
        document.facts.other.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
    assert_eq!(other, [("agency", json!("X")), ("n", json!({"a": [1]}))]);
    assert_eq!(document.sections.len(), 1);
}

#[test]
fn fields_have_second_choices() {
    let id = |source: &str| only(source).id.0;
    assert_eq!(id("{\"_id\":\"a b\",\"body\":\"x\"}"), "wire-2023-11-12.jsonl#a b");
    assert_eq!(id("{\"id\":null,\"content\":\"x\"}"), "wire-2023-11-12.jsonl#1");
    assert_eq!(only("{\"text\":\" \",\"body\":\"b\",\"content\":\"c\"}").text, "b");
    assert_eq!(only("{\"text\":[\"a\",\"b\\nc\"]}").text, "a\n\nb\nc");
    assert_eq!(only("{\"text\":\"a\",\"text\":\"b\"}").text, "b");
    let titled = only("{\"title\":\"Only this\"}");
    assert_eq!((titled.text.as_str(), titled.facts.title.as_deref()), ("Only this", Some("Only this")));
    let empty = only("{\"title\":\"\",\"text\":\"\",\"desk\":1}");
    assert_eq!((empty.text.as_str(), empty.facts.title, empty.facts.other.len()), ("", None, 1));
    let unread = only("{\"text\":\"a\",\"date\":\"soon\",\"language\":\"kor\",\"lang\":{}}");
    assert_eq!(unread.facts.other["date"], json!("soon"));
    assert_eq!(unread.facts.date, Date::new(2023, 11, 12), "the file's name tells it");
    assert_eq!(unread.facts.language.as_deref(), Some("ko"));
}

#[test]
fn what_is_wrong_in_a_line_is_said_and_the_rest_goes_on() {
    let source = b"{\"text\":\"a\"}\r\n\n{\"text\": oops}\n[1]\n{\"text\":\"\xff\"}\n{\"id\":\"x\"}\n {\"text\":\"b\"}";
    let records = records(source);
    let shown: Vec<_> = records
        .iter()
        .map(|record| match &record.outcome {
            Ok(document) => {
                (record.line, record.id.0.rsplit('#').next().unwrap_or(""), document.text.clone())
            }
            Err(error) => (record.line, record.id.0.rsplit('#').next().unwrap_or(""), error.to_string()),
        })
        .collect();
    let expected = [
        (1, "1", "a"),
        (3, "3", "malformed JSON at column 10: expected value"),
        (4, "4", "malformed JSON at column 1: expected an object"),
        (5, "5", "not valid UTF-8 at byte 10"),
        (6, "x", "no `text`, `body`, `content` or `title`"),
        (7, "7", "b"),
    ];
    assert_eq!(shown, expected.map(|(line, id, text)| (line, id, text.to_owned())));
    assert_eq!(records[0].bytes, b"{\"text\":\"a\"}");
    assert_eq!(error("{\"text\":\"\\ud800\"}"), "malformed JSON at column 16: unexpected end of hex escape");
    assert!(error("{\"text\":\"a\"").starts_with("malformed JSON at column 11: EOF"));
    let deep = format!("{{\"text\":\"a\",\"deep\":{}{}}}", "[".repeat(400), "]".repeat(400));
    assert!(error(&deep).contains("recursion limit exceeded"));
}

#[test]
fn long_lines_are_passed_over() {
    let source = format!("{{\"text\":\"{}\"}}\n{{\"text\":\"a\"}}\n", "x".repeat(2_000));
    let records = records(source.as_bytes());
    let error = records[0].outcome.as_ref().expect_err("too long").to_string();
    assert_eq!(error, "line longer than 1000 bytes");
    assert_eq!((records[1].line, records[1].offset), (2, 2_012));
    assert!(records[1].outcome.is_ok());
}

#[test]
fn a_source_that_breaks_off_ends_with_an_error() {
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("corrupt gzip stream"))
        }
    }
    let reader = io::BufReader::new(Cursor::new(b"{\"text\":\"a\"}\n{\"te".as_slice()).chain(Broken));
    let records: Vec<_> = Records::new(reader, "a.jsonl.gz", None, 100).collect();
    assert_eq!(records.len(), 2);
    assert!(records[0].outcome.is_ok());
    let error = records[1].outcome.as_ref().expect_err("broken off");
    assert!(matches!(error, ExtractError::Read(_)));
    assert_eq!(error.to_string(), "reading failed: corrupt gzip stream");
}

#[test]
fn places_lead_to_the_escaped_text_in_the_file() {
    let source = "\u{feff}{\"text\":\"skipped\"}\n{\"t\":1, \"text\" : \"one \\\"warn\\u00e9\\\" \\ud83d\\ude00 경보\"}\n";
    let records = records(source.as_bytes());
    let document = records[1].outcome.as_ref().expect("a document");
    assert_eq!(document.text, "one \"warné\" 😀 경보");
    assert_eq!(located(document, source.as_bytes(), "warné"), (b"warn\\u00e9".as_slice(), 2));
    assert_eq!(located(document, source.as_bytes(), "😀"), (b"\\ud83d\\ude00".as_slice(), 2));
    assert_eq!(located(document, source.as_bytes(), "경보"), ("경보".as_bytes(), 2));
    let first = records[0].outcome.as_ref().expect("a document");
    let Location::Lines { bytes, .. } = first.origin.locate(first.sections[0].span) else { panic!("lines") };
    assert_eq!(&source.as_bytes()[bytes.range()], b"skipped");
}

proptest! {
    #[test]
    fn strings_unescape_as_json_does(text in any::<String>(), ascii in any::<bool>()) {
        let quoted = serde_json::to_string(&text).expect("a string");
        let quoted = if ascii { quoted.chars().map(escaped).collect() } else { quoted };
        let mut out = Composition::default();
        unescape(&quoted, 0, &mut out);
        prop_assert_eq!(out.finish().text, text);
    }

    #[test]
    fn any_lines_are_records_or_errors(
        lines in proptest::collection::vec(
            prop_oneof![
                proptest::collection::vec(any::<u8>(), 0..40),
                any::<String>().prop_map(|text| json!({"id": 1, "text": text, "date": "x"}).to_string().into_bytes()),
                proptest::collection::vec(any::<String>(), 0..4)
                    .prop_map(|texts| json!({"title": "t", "text": texts}).to_string().into_bytes()),
            ],
            0..6,
        )
    ) {
        let source = lines.join(&b'\n');
        for record in records(&source) {
            prop_assert!(source[record.offset..].starts_with(&record.bytes));
            if let Ok(document) = &record.outcome {
                assert_sound(document, &source);
            }
        }
    }
}

/// A character as JSON writes it in ASCII.
fn escaped(c: char) -> String {
    if c.is_ascii() {
        return c.to_string();
    }
    c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")).collect()
}
