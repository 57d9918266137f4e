//! What an HTML page tells of itself beside its text: meta tags, links, its title, JSON-LD.
//!
//! Pages say the same in many ways; for each fact there is an order in which the ways are believed, given
//! by the tables here. Later tags of the same kind do not override earlier ones.

use serde_json::Value;

use super::elements::Element;
use super::tokens::{Tag, Token};
use crate::date::Date;
use crate::document::Facts;

/// The names under which pages give their date, the most trusted first.
const DATE_NAMES: [&str; 16] = [
    "article:published_time",
    "datepublished",
    JSON_LD,
    TIME,
    "date",
    "dc.date",
    "dc.date.issued",
    "dcterms.issued",
    "dcterms.created",
    "dcterms.date",
    "pubdate",
    "publish-date",
    "publish_date",
    "publishdate",
    "article:modified_time",
    "last-modified",
];

/// Stands for the `datePublished` of JSON-LD among the names of dates.
const JSON_LD: &str = "json-ld";

/// Stands for a `time` element that is marked as the publication's among the names of dates.
const TIME: &str = "time";

/// The names under which pages give other facts that are kept.
const OTHER_NAMES: [&str; 3] = ["author", "description", "keywords"];

/// The longest title and JSON-LD that are read, in bytes.
const MAX_TEXT: usize = 256 << 10;

/// Gathers the facts of a page from its tokens.
#[derive(Debug, Default)]
pub(super) struct Meta {
    title: Captured,
    open_graph_title: Option<String>,
    language: Option<String>,
    content_language: Option<String>,
    canonical: Option<String>,
    open_graph_url: Option<String>,
    /// The date with the place of its name in [`DATE_NAMES`].
    date: Option<(usize, Date)>,
    other: Vec<(&'static str, String)>,
    json_ld: Captured,
}

/// Text of an element that is being gathered.
#[derive(Debug, Default)]
struct Captured {
    is_open: bool,
    text: String,
}

impl Captured {
    fn push(&mut self, text: &str) {
        if self.is_open && self.text.len() + text.len() <= MAX_TEXT {
            self.text.push_str(text);
        }
    }
}

impl Meta {
    /// Takes notice of one token; `in_graphic` when it stands in a drawing, whose titles are not the page's.
    pub fn read(&mut self, source: &str, token: &Token, in_graphic: bool) {
        match token {
            Token::Text { start, end } => self.read_text(source.get(*start..*end).unwrap_or_default()),
            Token::Reference { value, .. } => self.read_text(value),
            Token::Open(tag) => {
                self.end_captures();
                self.read_tag(tag, in_graphic);
            }
            Token::Close(_) => self.end_captures(),
        }
    }

    fn read_text(&mut self, text: &str) {
        self.title.push(text);
        self.json_ld.push(text);
    }

    fn end_captures(&mut self) {
        self.title.is_open = false;
        if std::mem::take(&mut self.json_ld.is_open) {
            let text = std::mem::take(&mut self.json_ld.text);
            let data = serde_json::from_str(&text).unwrap_or(Value::Null);
            if let Some(date) = date_published(&data) {
                self.add_date(JSON_LD, date);
            }
        }
    }

    fn read_tag(&mut self, tag: &Tag, in_graphic: bool) {
        match tag.element {
            Element::Title => self.title.is_open = !in_graphic && self.title.text.trim().is_empty(),
            Element::Html => set(&mut self.language, tag.attribute("lang")),
            Element::Meta => self.read_meta(tag),
            Element::Link if has_word(tag.attribute("rel"), "canonical") => {
                set(&mut self.canonical, tag.attribute("href"));
            }
            Element::Time => {
                let marked = tag.attribute("pubdate").is_some()
                    || tag
                        .attribute("itemprop")
                        .is_some_and(|name| name.eq_ignore_ascii_case("datePublished"));
                if marked && let Some(date) = tag.attribute("datetime") {
                    self.add_date(TIME, date);
                }
            }
            Element::Script => {
                self.json_ld.is_open = tag
                    .attribute("type")
                    .is_some_and(|kind| kind.eq_ignore_ascii_case("application/ld+json"));
            }
            _ => {}
        }
    }

    fn read_meta(&mut self, tag: &Tag) {
        let content = tag.attribute("content").filter(|content| !content.is_empty());
        let Some(content) = content else { return };
        for key in ["property", "name", "itemprop", "http-equiv"] {
            let Some(name) = tag.attribute(key).map(str::to_ascii_lowercase) else { continue };
            match name.as_str() {
                "og:title" => set(&mut self.open_graph_title, Some(content)),
                "og:url" => set(&mut self.open_graph_url, Some(content)),
                "og:locale" | "content-language" => set(&mut self.content_language, Some(content)),
                _ => self.add_date(&name, content),
            }
            let known = OTHER_NAMES.into_iter().find(|known| *known == name);
            if let Some(known) = known.filter(|known| self.other.iter().all(|(other, _)| other != known)) {
                self.other.push((known, content.to_owned()));
            }
        }
    }

    fn add_date(&mut self, name: &str, text: &str) {
        let Some(rank) = DATE_NAMES.iter().position(|known| *known == name) else { return };
        if self.date.is_none_or(|(best, _)| rank < best)
            && let Some(date) = Date::parse(text)
        {
            self.date = Some((rank, date));
        }
    }

    /// The facts, `heading` being the page's own first heading.
    pub fn into_facts(self, heading: Option<String>) -> Facts {
        let title = super::super::tidy_title(&self.title.text).or(self.open_graph_title).or(heading);
        let declared = [self.language, self.content_language];
        let other = self.other.into_iter();
        Facts {
            title,
            date: self.date.map(|(_, date)| date),
            date_source: None,
            language: declared.into_iter().flatten().find_map(|tag| super::super::language_code(&tag)),
            url: self.canonical.or(self.open_graph_url),
            other: other.map(|(name, text)| (name.to_owned(), Value::String(text))).collect(),
        }
    }
}

/// Sets what has not been set.
fn set(slot: &mut Option<String>, value: Option<&str>) {
    if slot.is_none() {
        *slot = value.filter(|value| !value.is_empty()).map(str::to_owned);
    }
}

/// Whether a list of words has this one.
fn has_word(list: Option<&str>, word: &str) -> bool {
    list.is_some_and(|list| list.split_ascii_whitespace().any(|other| other.eq_ignore_ascii_case(word)))
}

/// The publication date in JSON-LD: of the thing itself, or of one in its list or graph.
fn date_published(data: &Value) -> Option<&str> {
    let own = data.get("datePublished").and_then(Value::as_str);
    let listed = data.as_array().or_else(|| data.get("@graph").and_then(Value::as_array));
    own.or_else(|| listed?.iter().find_map(|thing| thing.get("datePublished").and_then(Value::as_str)))
}
