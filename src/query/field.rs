//! The fields of the query language and how the values of those that filter are read.
//!
//! A field either says where text clauses look (`title:`) or is a condition on the document (`lang:`). What
//! fits neither, for want of a place to show it, is left to [`parse`](mod@super::parse): here a refusal is only
//! words.

use super::{FactFilter, Filter, TextField, fact, size};
use crate::date::{Date, Period};
use crate::span::{InQuery, Span};

/// A field that can be typed before a colon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Field {
    Text(TextField),
    Filter(FilterField),
}

/// A field whose values are conditions on the document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FilterField {
    Path,
    Language,
    Format,
    Extension,
    Date,
    Size,
    /// A fact of the name that stands here in the query text.
    Meta(Span<InQuery>),
}

/// Every field with its name, in the order in which they are listed to users.
const FIELDS: [(&str, Field); 8] = [
    ("title", Field::Text(TextField::Title)),
    ("heading", Field::Text(TextField::Heading)),
    ("path", Field::Filter(FilterField::Path)),
    ("lang", Field::Filter(FilterField::Language)),
    ("format", Field::Filter(FilterField::Format)),
    ("ext", Field::Filter(FilterField::Extension)),
    ("date", Field::Filter(FilterField::Date)),
    ("size", Field::Filter(FilterField::Size)),
];

/// The names of the formats that documents have, each with the other names that people give it. Messages of a mailbox
/// are e-mail, and what an archive holds has formats of its own.
const FORMATS: [(&str, &[&str]); 25] = [
    ("text", &["txt", "plain"]),
    ("markdown", &["md"]),
    ("html", &["htm", "xhtml"]),
    ("jsonl", &["ndjson"]),
    ("pdf", &[]),
    ("docx", &["word"]),
    ("pptx", &["powerpoint"]),
    ("xlsx", &["excel"]),
    ("xls", &[]),
    ("odt", &[]),
    ("odp", &[]),
    ("ods", &[]),
    ("epub", &[]),
    ("email", &["eml", "mail"]),
    ("rtf", &[]),
    ("csv", &[]),
    ("tsv", &[]),
    ("xml", &[]),
    ("feed", &["rss", "atom"]),
    ("subtitles", &["srt", "vtt"]),
    ("notebook", &["ipynb"]),
    ("latex", &["tex"]),
    ("rst", &[]),
    ("asciidoc", &["adoc"]),
    ("man", &[]),
];

impl Field {
    /// The field of this name.
    pub(super) fn named(name: &str) -> Option<Self> {
        FIELDS.iter().find(|(known, _)| *known == name).map(|&(_, field)| field)
    }

    /// The names of all fields, as a message lists them.
    pub(super) fn names() -> String {
        FIELDS.map(|(name, _)| format!("{name}:")).join(" ") + " meta.KEY:"
    }
}

/// Why a value does not fit its field, and what would.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) message: String,
    pub(super) hint: String,
}

impl FilterField {
    /// Reads a value, taken out of its quotes, as the condition that it stands for in the query text.
    pub(super) fn read(self, value: &str, query_text: &str) -> Result<Filter, Refusal> {
        match self {
            Self::Path => read_path(value),
            Self::Language => read_language(value),
            Self::Format => read_format(value),
            Self::Extension => read_extension(value),
            Self::Date => read_period(value).map(Filter::Date),
            Self::Size => size::read(value).map(Filter::Size),
            Self::Meta(key) => {
                let key = query_text[key.range()].to_owned();
                fact::read(value).map(|test| Filter::Fact(FactFilter { key, test }))
            }
        }
    }
}

pub(super) fn refuse<T>(message: impl Into<String>, hint: impl Into<String>) -> Result<T, Refusal> {
    Err(Refusal { message: message.into(), hint: hint.into() })
}

fn read_path(value: &str) -> Result<Filter, Refusal> {
    if value.trim().is_empty() {
        return refuse("`path:` has no path", "write a folder or a glob, as in path:reports/**");
    }
    Ok(Filter::Path(value.into()))
}

fn read_language(value: &str) -> Result<Filter, Refusal> {
    let is_code = matches!(value.len(), 2 | 3) && value.bytes().all(|byte| byte.is_ascii_alphabetic());
    if !is_code {
        return refuse(
            "`lang:` takes the code of a language",
            "write two or three letters, as in lang:en, lang:ko, lang:ja",
        );
    }
    Ok(Filter::Language(value.to_ascii_lowercase()))
}

fn read_format(value: &str) -> Result<Filter, Refusal> {
    let name = value.to_lowercase();
    let known = FORMATS.iter().find(|(known, aliases)| *known == name || aliases.contains(&name.as_str()));
    match known {
        Some((known, _)) => Ok(Filter::Format((*known).into())),
        None => {
            let names = FORMATS.map(|(name, _)| name).join(", ");
            refuse("`format:` takes the name of a format", format!("write one of {names}"))
        }
    }
}

fn read_extension(value: &str) -> Result<Filter, Refusal> {
    let extension = value.trim_start_matches('.');
    if extension.trim().is_empty() {
        return refuse("`ext:` has no extension", "write the end of a file's name, as in ext:md");
    }
    Ok(Filter::Extension(extension.into()))
}

/// Reads `A`, `A..B`, `A..`, `..B`, `>=A`, `>A`, `<=A` or `<A`, where `A` and `B` are days, months or years, or are told
/// from today on.
fn read_period(value: &str) -> Result<Period, Refusal> {
    let from = |first| Period { first, last: Date::MAX };
    let until = |last| Period { first: Date::MIN, last };
    if let Some((first, last)) = value.split_once("..") {
        return match (first, last) {
            ("", last) => Ok(until(read_date(last)?.last)),
            (first, "") => Ok(from(read_date(first)?.first)),
            (first, last) => between(read_date(first)?, read_date(last)?),
        };
    }
    if let Some(date) = value.strip_prefix(">=") {
        Ok(from(read_date(date)?.first))
    } else if let Some(date) = value.strip_prefix("<=") {
        Ok(until(read_date(date)?.last))
    } else if let Some(date) = value.strip_prefix('>') {
        after(read_date(date)?).map(from)
    } else if let Some(date) = value.strip_prefix('<') {
        before(read_date(date)?).map(until)
    } else {
        read_date(value.strip_prefix('=').unwrap_or(value))
    }
}

fn read_date(text: &str) -> Result<Period, Refusal> {
    let forms = "write 2023, 2023-11 or 2023-11-12, a range as 2023-11..2024 or 2023.., \
                 >=2023, >2023, <=2023, <2023, or today, yesterday, 7d, 2w, 3m, 1y";
    Period::parse_on(text, Date::today())
        .map_or_else(|| refuse("`date:` takes a date or a range of dates", forms), Ok)
}

fn between(first: Period, last: Period) -> Result<Period, Refusal> {
    if first.first > last.last {
        return refuse("the range of dates ends before it starts", "write the earlier date first");
    }
    Ok(Period { first: first.first, last: last.last })
}

fn after(period: Period) -> Result<Date, Refusal> {
    let day = period.last.tomorrow();
    if day == period.last { refuse_empty() } else { Ok(day) }
}

fn before(period: Period) -> Result<Date, Refusal> {
    let is_first = Period::parse("0000").is_some_and(|first| period.first <= first.first);
    if is_first { refuse_empty() } else { Ok(period.first.yesterday()) }
}

fn refuse_empty<T>() -> Result<T, Refusal> {
    refuse("no day lies in this range of dates", "write a date between 0000-01-01 and 9999-12-31")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn period(value: &str) -> String {
        match read_period(value) {
            Ok(period) => Filter::Date(period).to_string(),
            Err(refusal) => refusal.message,
        }
    }

    #[test]
    fn dates_are_read_in_every_form() {
        for (value, shown) in [
            ("2023", "date:2023"),
            ("=2023-11", "date:2023-11"),
            ("2023-11-12", "date:2023-11-12"),
            ("2023-11..2023-12", "date:2023-11-01..2023-12-31"),
            ("2023-11..2023", "date:2023-11-01..2023-12-31"),
            ("2023..", "date:2023-01-01.."),
            ("..2023-02", "date:..2023-02-28"),
            (">=2023-11", "date:2023-11-01.."),
            (">2023-11", "date:2023-12-01.."),
            ("<=2023-11", "date:..2023-11-30"),
            ("<2023-11", "date:..2023-10-31"),
            ("..9999", "date:..9999-12-31"),
            ("9999..", "date:9999"),
        ] {
            assert_eq!(period(value), shown, "{value}");
        }
    }

    #[test]
    fn what_is_no_date_is_refused() {
        assert_eq!(period("yesterday"), format!("date:{}", Date::today().yesterday()));
        for value in
            ["", "..", "soon", "2023-13", "2023-02-30", ">", "2023...2024", "12/11/2023", ">=a", "=>1"]
        {
            assert_eq!(period(value), "`date:` takes a date or a range of dates", "{value}");
        }
        assert_eq!(period("2024..2023"), "the range of dates ends before it starts");
        assert_eq!(period("<0000"), "no day lies in this range of dates");
        assert_eq!(period(">9999-12-31"), "no day lies in this range of dates");
    }

    #[test]
    fn formats_have_aliases_and_the_refusal_lists_the_names() {
        assert_eq!(FilterField::Format.read("MD", ""), Ok(Filter::Format("markdown".into())));
        assert_eq!(FilterField::Format.read("htm", ""), Ok(Filter::Format("html".into())));
        assert_eq!(FilterField::Format.read("eml", ""), Ok(Filter::Format("email".into())));
        let refusal = FilterField::Format.read("wav", "").expect_err("no such format");
        assert!(refusal.hint.starts_with("write one of text, markdown, html, jsonl, pdf, "));
    }

    #[test]
    fn languages_and_extensions_are_put_in_one_form() {
        assert_eq!(FilterField::Language.read("KO", ""), Ok(Filter::Language("ko".into())));
        assert!(FilterField::Language.read("korean", "").is_err());
        assert_eq!(FilterField::Extension.read(".tar.gz", ""), Ok(Filter::Extension("tar.gz".into())));
        assert!(FilterField::Extension.read(".", "").is_err());
    }
}
