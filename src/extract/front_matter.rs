//! Front matter: the facts that a text file tells of itself between `---` lines (YAML) or `+++` lines (TOML).
//!
//! Only a block that stands at the very start, closes within [`LIMIT`] bytes and holds a mapping is front matter.
//! Anything else, malformed YAML included, is text: a file that opens with a rule must not lose its first
//! paragraphs. This module is the only home of `serde-saphyr` and `toml`.

use serde_json::{Map, Value};

use crate::date::Date;
use crate::document::Facts;

/// How far into the text a block of front matter may reach, in bytes.
const LIMIT: usize = 64 << 10;

/// The facts that the text's front matter tells, and the offset at which the text goes on behind it.
pub(super) fn split(text: &str) -> (Facts, usize) {
    let Some(block) = Block::find(text) else { return (Facts::default(), 0) };
    match block.fields() {
        Some(fields) if !fields.is_empty() => (facts(fields), block.end),
        _ => (Facts::default(), 0),
    }
}

/// A block that may be front matter.
struct Block<'a> {
    syntax: Syntax,
    content: &'a str,
    end: usize,
}

enum Syntax {
    Yaml,
    Toml,
}

impl<'a> Block<'a> {
    fn find(text: &'a str) -> Option<Self> {
        let mut lines = text.split_inclusive('\n');
        let first = lines.next()?;
        let (syntax, rule) = match first.trim_end() {
            "---" => (Syntax::Yaml, "---"),
            "+++" => (Syntax::Toml, "+++"),
            _ => return None,
        };
        let mut end = first.len();
        for line in lines {
            let start = end;
            end += line.len();
            if end > LIMIT {
                break;
            }
            if line.trim_end() == rule {
                return Some(Self { syntax, content: &text[first.len()..start], end });
            }
        }
        None
    }

    fn fields(&self) -> Option<Map<String, Value>> {
        match self.syntax {
            Syntax::Yaml => {
                let options = serde_saphyr::options! {
                    duplicate_keys: serde_saphyr::DuplicateKeyPolicy::LastWins,
                    with_snippet: false,
                    // `no` is Norwegian.
                    strict_booleans: true,
                };
                serde_saphyr::from_str_with_options(self.content, options).ok()
            }
            Syntax::Toml => {
                let table: toml::Table = toml::from_str(self.content).ok()?;
                Some(table.into_iter().map(|(name, value)| (name, json(value))).collect())
            }
        }
    }
}

/// A TOML value as JSON, dates as they are written.
fn json(value: toml::Value) -> Value {
    match value {
        toml::Value::String(text) => Value::String(text),
        toml::Value::Integer(number) => Value::from(number),
        toml::Value::Float(number) => Value::from(number),
        toml::Value::Boolean(truth) => Value::Bool(truth),
        toml::Value::Datetime(date) => Value::String(date.to_string()),
        toml::Value::Array(values) => values.into_iter().map(json).collect(),
        toml::Value::Table(table) => table.into_iter().map(|(name, value)| (name, json(value))).collect(),
    }
}

/// Sorts fields into facts; what cannot be read as the fact that its name says is kept among the others.
fn facts(mut fields: Map<String, Value>) -> Facts {
    let mut facts = Facts {
        title: take(&mut fields, &["title"], |text| Some(text.to_owned())),
        date: take(&mut fields, &["date"], Date::parse),
        language: take(&mut fields, &["lang", "language"], super::language_code),
        url: take(&mut fields, &["url", "link", "canonical"], |text| Some(text.to_owned())),
        ..Facts::default()
    };
    facts.other = fields.into_iter().filter(|(_, value)| !value.is_null()).collect();
    facts
}

/// Takes the first field of these names, in any case, that can be read.
fn take<T>(fields: &mut Map<String, Value>, names: &[&str], read: fn(&str) -> Option<T>) -> Option<T> {
    let (name, fact) = names.iter().find_map(|known| {
        let mut same = fields.iter().filter(|(name, _)| name.eq_ignore_ascii_case(known));
        same.find_map(|(name, value)| Some((name.clone(), read(&scalar(value)?)?)))
    })?;
    fields.remove(&name);
    Some(fact)
}

/// A string or a number as text.
fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.trim().is_empty() => Some(text.trim().to_owned()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn yaml_tells_facts_and_is_left_out() {
        let text = "---\r\ntitle: \"Warning: data\"\nDate: 2023-11-12\nlang: en-US\nlink: https://example.org/a\n\
            author: Kim\ntags: [a, b]\nempty:\n---  \nText\n";
        let (facts, start) = split(text);
        assert_eq!(&text[start..], "Text\n");
        assert_eq!(facts.title.as_deref(), Some("Warning: data"));
        assert_eq!(facts.date, Date::new(2023, 11, 12));
        assert_eq!(facts.language.as_deref(), Some("en"));
        assert_eq!(facts.url.as_deref(), Some("https://example.org/a"));
        let other: Vec<_> = facts.other.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
        assert_eq!(other, [("author", json!("Kim")), ("tags", json!(["a", "b"]))]);
    }

    #[test]
    fn toml_tells_facts_too() {
        let text =
            "+++\ntitle = \"A\"\ndate = 2023-11-12T08:00:00Z\nlanguage = \"kor\"\n[extra]\nn = 1\n+++\nText";
        let (facts, start) = split(text);
        assert_eq!(&text[start..], "Text");
        assert_eq!(facts.date, Date::new(2023, 11, 12));
        assert_eq!(facts.language.as_deref(), Some("ko"));
        assert_eq!(facts.other["extra"], json!({"n": 1}));
    }

    #[test]
    fn what_cannot_be_read_is_kept_as_it_stands() {
        let (facts, _) = split("---\ndate: soon\ntitle: 2023\nlang: [en, ko]\nurl: a\nlink: b\n---\n");
        assert_eq!(facts.title.as_deref(), Some("2023"));
        assert_eq!((facts.date, facts.language), (None, None));
        assert_eq!(facts.other["date"], json!("soon"));
        assert_eq!(facts.other["lang"], json!(["en", "ko"]));
        assert_eq!(facts.other["link"], json!("b"));
    }

    #[test]
    fn words_that_some_take_for_truth_values_are_words() {
        let (facts, _) = split("---\ntitle: Yes\nlang: no\ndraft: true\nshown: off\n---\n");
        assert_eq!((facts.title.as_deref(), facts.language.as_deref()), (Some("Yes"), Some("no")));
        assert_eq!((&facts.other["draft"], &facts.other["shown"]), (&json!(true), &json!("off")));
    }

    #[test]
    fn rules_and_malformed_blocks_are_text() {
        let deep = format!("---\na: {}\n---\n", "[".repeat(2_000));
        let late = format!("---\na: {}\n---\n", "b".repeat(LIMIT));
        for text in [
            "",
            "---",
            "---\n---\n",
            "---\nJust a sentence.\n---\nMore.",
            "---\ntitle: never closed\n",
            "---\n\ttitle: [unclosed\n---\n",
            "\n---\ntitle: late\n---\n",
            "+++\ntitle: no TOML\n+++\n",
            "----\ntitle: a\n----\n",
            &deep,
            &late,
        ] {
            assert_eq!(split(text).1, 0, "{}", &text[..text.len().min(40)]);
        }
    }

    #[test]
    fn entities_that_grow_are_refused() {
        let mut text = "---\na: &a [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
        for (name, before) in ('b'..='j').zip('a'..) {
            let aliases = vec![format!("*{before}"); 10].join(", ");
            text.push_str(&format!("{name}: &{name} [{aliases}]\n"));
        }
        text.push_str("---\n");
        assert_eq!(split(&text).1, 0);
    }
}
