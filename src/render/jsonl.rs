//! The wire format that scripts read: JSON Lines, described here and, for machines, by [`schema`].
//!
//! Each line is one JSON object with two fields: `type` says what the line is, `data` holds it. An answered
//! query is these lines, in this order:
//!
//! | `type` | how many | `data` |
//! |---|---|---|
//! | `begin` | one | how the query was understood, and which state of the index answered |
//! | `hit` | any number | one hit, in the order of ranks |
//! | `facets` | one, if asked for | how many of the documents that match have which facts |
//! | `error` | any number | a source or a member that failed; hits may be missing |
//! | `summary` | one | how many hits there are, whether the answer is complete, how long it took |
//!
//! `begin` and `summary` are written even where nothing was found, so a reader who has no `summary` yet knows
//! that more is to come or that the writer died. Answers to several queries follow each other; `begin` and
//! `summary` of each carry its `qid`, if it has one.
//!
//! What a reader may rely on, as long as `version` in `begin` is the same:
//!
//! - Fields are only ever added, and so are values of `type` and of `kind` in `location`: a reader skips what
//!   it does not know. A field that is not required in the schema is left out where it has nothing to say.
//! - `text` is the passage, whole. `start` and `end` of its `highlights` count bytes of `text` as UTF-8 and
//!   stand on character boundaries: `text[start..end]` is the highlight's own `text`. Highlights are in order
//!   and do not overlap: of a phrase the whole, of words near each other those words and not what stands
//!   between. Their `clause` numbers the clauses of the query from 0, from left to right.
//! - `location` points into the source: bytes from 0, the end not included; lines and columns from 1, lines
//!   with both ends included, columns in bytes of the line as UTF-8.
//! - `score` compares hits of one answer only.
//!
//! Control characters, and those that reorder bidirectional text, are written as `\u` escapes even where JSON
//! would allow them bare, so that output that ends up on a terminal cannot steer it; what a parser reads is
//! the same.

use std::io::{self, Write};

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::Serialize;
use serde_json::ser::Formatter;

use super::marked::is_hidden;
use super::{Answer, Problem};
use crate::hit::{Facets, Hit};

/// The version of the wire format: a number that changes when a field is taken away or changes its meaning.
pub const WIRE_VERSION: u32 = 1;

/// One line of `search --json`.
#[derive(Serialize, JsonSchema)]
#[serde(tag = "type", content = "data", rename_all = "snake_case")]
#[schemars(title = "One line of the JSON Lines that a search writes")]
enum Line<'a> {
    /// The answer to a query begins.
    Begin(Begin<'a>),
    /// A hit, in the order of ranks.
    Hit(&'a Hit),
    /// A source or a member that failed; hits may be missing.
    Error(&'a Problem),
    /// How many of the documents that match have which facts.
    Facets(Counted<'a>),
    /// The answer ends.
    Summary(Summary<'a>),
}

/// How a query was understood, and what answers it.
#[derive(Serialize, JsonSchema)]
struct Begin<'a> {
    /// The version of this format.
    version: u32,
    /// The id that the query was asked under.
    #[serde(skip_serializing_if = "Option::is_none")]
    qid: Option<&'a str>,
    /// The query as typed.
    query_text: &'a str,
    /// The query as understood, as query text; with `corrected_from`, as it was corrected.
    query: &'a str,
    /// The query as it was run, where that is another one: without words that say nothing, with words added.
    #[serde(skip_serializing_if = "Option::is_none")]
    run: Option<&'a str>,
    /// The query text before words that the index hardly has were replaced by those that were probably meant.
    #[serde(skip_serializing_if = "Option::is_none")]
    corrected_from: Option<&'a str>,
    /// The query as a tree.
    #[serde(skip_serializing_if = "Option::is_none")]
    tree: Option<&'a serde_json::Value>,
    /// What restricts the hits beside the query, as query text.
    #[serde(skip_serializing_if = "Option::is_none")]
    filter: Option<&'a str>,
    /// The generation of the index that answers; it grows with every commit.
    generation: u64,
}

/// How many of the documents that match have which facts.
#[derive(Serialize, JsonSchema)]
struct Counted<'a> {
    /// The id that the query was asked under.
    #[serde(skip_serializing_if = "Option::is_none")]
    qid: Option<&'a str>,
    /// The counts.
    #[serde(flatten)]
    facets: &'a Facets,
}

/// What an answer amounts to.
#[derive(Serialize, JsonSchema)]
struct Summary<'a> {
    /// The id that the query was asked under.
    #[serde(skip_serializing_if = "Option::is_none")]
    qid: Option<&'a str>,
    /// How many hits there are in all; at least so many where `hits_exact` is false.
    hits: usize,
    /// Whether `hits` counts every hit.
    hits_exact: bool,
    /// How many hits this answer holds.
    returned: usize,
    /// Whether nothing failed that could have given further hits.
    complete: bool,
    /// How long the answer took, in milliseconds.
    elapsed_ms: f64,
    /// What was probably meant, as query text, where the index hardly has a word of the query. No hit depends on it.
    #[serde(skip_serializing_if = "Option::is_none")]
    suggestion: Option<&'a str>,
}

/// The JSON Schema (2020-12) of one line of `search --json`, made from the types that write it.
///
/// It forbids no further fields, since fields may be added.
pub fn schema() -> serde_json::Value {
    let generator = SchemaSettings::draft2020_12().for_serialize().into_generator();
    generator.into_root_schema_for::<Line<'static>>().to_value()
}

/// Writes an answer as JSON Lines.
pub(super) fn write(answer: &Answer<'_>, out: &mut dyn Write) -> io::Result<()> {
    write_json_line(&Line::Begin(Begin::of(answer)), out)?;
    for hit in &answer.response.hits {
        write_json_line(&Line::Hit(hit), out)?;
    }
    for problem in answer.problems {
        write_json_line(&Line::Error(problem), out)?;
    }
    if let Some(facets) = &answer.response.facets {
        write_json_line(&Line::Facets(Counted { qid: answer.query_id, facets }), out)?;
    }
    write_json_line(&Line::Summary(Summary::of(answer)), out)
}

/// Writes a value as one line of JSON that does no harm on a terminal.
///
/// # Errors
///
/// Those of the writer.
pub fn write_json_line(value: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    value.serialize(&mut serde_json::Serializer::with_formatter(&mut *out, HarmlessFormatter))?;
    out.write_all(b"\n")
}

impl<'a> Begin<'a> {
    fn of(answer: &'a Answer<'_>) -> Self {
        Self {
            version: WIRE_VERSION,
            qid: answer.query_id,
            query_text: answer.query_text,
            query: &answer.query,
            run: answer.run.as_deref(),
            corrected_from: answer.corrected_from,
            tree: answer.tree.as_ref(),
            filter: answer.filter.as_deref(),
            generation: answer.generation,
        }
    }
}

impl<'a> Summary<'a> {
    fn of(answer: &'a Answer<'_>) -> Self {
        Self {
            qid: answer.query_id,
            hits: answer.response.total,
            hits_exact: answer.response.total_exact,
            returned: answer.response.hits.len(),
            complete: answer.problems.is_empty(),
            elapsed_ms: answer.elapsed.as_micros() as f64 / 1000.0,
            suggestion: answer.suggestion,
        }
    }
}

/// Writes JSON on one line with every hidden character of strings escaped.
struct HarmlessFormatter;

impl Formatter for HarmlessFormatter {
    fn write_string_fragment<W: ?Sized + Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        let mut done = 0;
        for (at, hidden) in fragment.match_indices(is_hidden) {
            writer.write_all(&fragment.as_bytes()[done..at])?;
            for unit in hidden.encode_utf16() {
                write!(writer, "\\u{unit:04x}")?;
            }
            done = at + hidden.len();
        }
        writer.write_all(&fragment.as_bytes()[done..])
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::super::samples::{answer, facets, headed, highlighted, hit, rendered, response, titled};
    use super::super::{Options, OutputFormat};
    use super::*;

    fn json_lines(answer: &Answer<'_>) -> String {
        rendered(answer, &Options { format: OutputFormat::Json, ..Options::default() })
    }

    fn faults(line: &Value) -> Vec<String> {
        let validator = jsonschema::validator_for(&schema()).expect("the schema is one");
        validator.iter_errors(line).map(|error| error.to_string()).collect()
    }

    fn full_hit() -> Hit {
        let text = "a missile\nwarning";
        let hit = titled(hit(1, "seeds/a.md", text, &["missile\nwarning"]), "The missile", &["missile"]);
        let mut hit = headed(hit, &["The missile", "Warning"], &["Warning"]);
        hit.document.url = Some("https://example.org/a".to_owned());
        hit.document.facts.insert("desk".to_owned(), json!(["Asia"]));
        hit.matching_passages = Some(2);
        hit
    }

    #[test]
    fn an_answer_is_begin_hits_errors_and_summary() {
        let response = response(vec![full_hit(), hit(2, "b.md", "plain", &[])]);
        let problems = [Problem { path: "c.pdf".to_owned(), reason: "encrypted".to_owned() }];
        let answer = Answer {
            query_id: Some("q1"),
            tree: Some(json!({"text": {"clause": 0}})),
            problems: &problems,
            ..answer(&response)
        };
        insta::assert_snapshot!(json_lines(&answer), @r#"
        {"type":"begin","data":{"version":1,"qid":"q1","query_text":"missile warning","query":"missile warning","tree":{"text":{"clause":0}},"generation":4}}
        {"type":"hit","data":{"rank":1,"score":12.3,"document":{"id":"seeds/a.md","path":"seeds/a.md","title":"The missile","date":"2023-11-12","date_source":"metadata","language":"en","format":"markdown","url":"https://example.org/a","facts":{"desk":["Asia"]}},"passage":{"id":"seeds/a.md#3","ordinal":3,"headings":["The missile","Warning"],"location":{"kind":"lines","bytes":{"start":120,"end":137},"lines":{"start":7,"end":8}}},"text":"a missile\nwarning","highlights":[{"start":2,"end":17,"text":"missile\nwarning","clause":0,"line":7,"column":3}],"title_highlights":[{"start":4,"end":11,"text":"missile","clause":0}],"heading_highlights":[{"heading":1,"start":0,"end":7,"text":"Warning","clause":0}],"matching_passages":2}}
        {"type":"hit","data":{"rank":2,"score":6.15,"document":{"id":"b.md","path":"b.md","title":null,"date":"2023-11-12","date_source":"metadata","language":"en","format":"markdown"},"passage":{"id":"b.md#3","ordinal":3,"headings":[],"location":{"kind":"lines","bytes":{"start":120,"end":125},"lines":{"start":7,"end":7}}},"text":"plain","highlights":[]}}
        {"type":"error","data":{"path":"c.pdf","reason":"encrypted"}}
        {"type":"summary","data":{"qid":"q1","hits":2,"hits_exact":true,"returned":2,"complete":false,"elapsed_ms":1.25}}
        "#);
    }

    #[test]
    fn an_answer_without_hits_still_begins_and_ends() {
        let response = response(Vec::new());
        insta::assert_snapshot!(json_lines(&answer(&response)), @r#"
        {"type":"begin","data":{"version":1,"query_text":"missile warning","query":"missile warning","generation":4}}
        {"type":"summary","data":{"hits":0,"hits_exact":true,"returned":0,"complete":true,"elapsed_ms":1.25}}
        "#);
    }

    #[test]
    fn counts_of_documents_stand_before_the_summary() {
        let response = crate::hit::Response { facets: Some(facets()), ..response(Vec::new()) };
        let lines = json_lines(&Answer { query_id: Some("q1"), ..answer(&response) });
        insta::assert_snapshot!(lines.lines().nth(1).unwrap_or_default(), @r#"{"type":"facets","data":{"qid":"q1","documents":131,"facets":[{"facet":"lang","values":[{"value":"en","documents":120},{"value":"ko","documents":7}],"more":0,"without":4},{"facet":"meta.desk","values":[{"value":"<b>As\u001bia</b>","documents":2},{"value":"","documents":1}],"more":12,"without":0}]}}"#);
        assert!(lines.lines().nth(2).is_some_and(|line| line.starts_with(r#"{"type":"summary""#)));
    }

    #[test]
    fn hidden_characters_are_escaped_and_read_back() {
        let text = "a\u{1b}b\u{9b}c\u{7f}d\u{202e}e\"\\\n";
        let response = response(vec![hit(1, "a.md", text, &[])]);
        let out = json_lines(&answer(&response));
        assert!(out.contains(r#""text":"a\u001bb\u009bc\u007fd\u202ee\"\\\n""#), "{out}");
        let hit: Value = serde_json::from_str(out.lines().nth(1).unwrap()).unwrap();
        assert_eq!(hit["data"]["text"], text);
    }

    #[test]
    fn every_kind_of_line_satisfies_the_schema() {
        let mut response = response(vec![full_hit(), hit(2, "b.md", "plain", &[])]);
        response.facets = Some(facets());
        let problems = [Problem { path: "c.pdf".to_owned(), reason: "encrypted".to_owned() }];
        let bare = answer(&response);
        let full = Answer {
            query_id: Some("q1"),
            tree: Some(json!({})),
            filter: Some("lang:en".to_owned()),
            problems: &problems,
            ..bare.clone()
        };
        for line in (json_lines(&bare) + &json_lines(&full)).lines() {
            assert_eq!(faults(&serde_json::from_str(line).unwrap()), [""; 0], "{line}");
        }
    }

    #[test]
    fn the_schema_allows_further_fields_and_refuses_missing_ones() {
        let error = json!({"type": "error", "data": {"path": "a", "reason": "b", "later": 1}, "more": 2});
        assert_eq!(faults(&error), [""; 0]);
        assert_ne!(faults(&json!({"type": "error", "data": {"path": "a"}})), [""; 0]);
        assert!(!schema().to_string().contains("additionalProperties\":false"));
        assert!(!schema().to_string().contains("unevaluatedProperties"));
    }

    /// The fields of each object of the schema, those that may be absent with a question mark.
    fn fields(schema: &Value) -> String {
        let definitions = schema["$defs"].as_object().unwrap().iter();
        let objects = definitions.filter(|(_, object)| object["properties"].is_object());
        let lines = objects.map(|(name, object)| {
            let required = object["required"].as_array().unwrap();
            let is_required = |field: &String| required.iter().any(|name| name == field);
            let fields = object["properties"].as_object().unwrap().keys();
            let fields = fields.map(|field| format!("{field}{}", if is_required(field) { "" } else { "?" }));
            format!("{name}: {}", fields.collect::<Vec<_>>().join(" "))
        });
        lines.collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn the_schema_has_the_fields_that_scripts_know() {
        let schema = schema();
        assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
        insta::assert_snapshot!(fields(&schema), @r"
        Begin: corrected_from? filter? generation qid? query query_text run? tree? version
        Counted: documents facets qid?
        Explanation: shares
        FacetCounts: facet more values without
        FacetValue: documents value
        HeadingHighlight: clause column? end heading line? start text
        Highlight: clause column? end line? start text
        Hit: document explanation? heading_highlights? highlights matching_passages? passage rank score text title_highlights?
        HitDocument: date date_source facts? format id language path title url?
        HitPassage: headings id location ordinal
        Problem: path reason
        Share: clauses matches score texts? what
        Summary: complete elapsed_ms hits hits_exact qid? returned suggestion?
        ");
    }

    proptest! {
        #[test]
        fn every_line_is_json_that_satisfies_the_schema(
            (text, highlights) in highlighted(),
            score in 0f32..1e9,
        ) {
            let response = response(vec![Hit { score, highlights, ..hit(1, &text, &text, &[]) }]);
            let out = json_lines(&Answer { query_text: &text, query_id: Some(&text), ..answer(&response) });
            prop_assert!(!out.replace('\n', "").contains(is_hidden));
            prop_assert_eq!(out.lines().count(), 3);
            for line in out.split_terminator('\n') {
                let line: Value = serde_json::from_str(line).unwrap();
                prop_assert_eq!(faults(&line), [""; 0]);
            }
            let hit: Value = serde_json::from_str(out.split('\n').nth(1).unwrap()).unwrap();
            prop_assert_eq!(&hit["data"]["text"], &text);
        }
    }
}
