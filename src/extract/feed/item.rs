//! One entry of a feed: what its elements say, and the text that they make.

use super::super::compose::{Composed, Composition, Gap};
use super::super::xml::{Tag, Token, local, resolved, tokens};
use super::super::{add_fact, html};
use crate::date::Date;
use crate::document::Facts;
use crate::span::OffsetMap;

/// How many letters of a summary a content has to have in it to make the summary superfluous.
const SAME_LETTERS: usize = 80;

/// The elements that tell an entry's date, the best first.
const DATES: [&str; 8] =
    ["pubDate", "published", "date", "issued", "created", "updated", "modified", "pubdate"];

/// An entry that is being read.
pub(super) struct Item<'a> {
    /// Its start tag.
    pub tag: Tag<'a>,
    /// How many elements are open around it.
    pub depth: usize,
    /// The elements that stand directly in it.
    pub children: Vec<Child<'a>>,
}

/// An element of an entry.
#[derive(Clone, Copy)]
pub(super) struct Child<'a> {
    tag: Tag<'a>,
    /// Where its content ends, once that is known.
    end: Option<usize>,
    /// Whether it holds elements.
    pub has_elements: bool,
}

impl<'a> Child<'a> {
    /// The element that begins with `tag`.
    pub fn new(tag: Tag<'a>) -> Self {
        Self { tag, end: tag.is_empty.then_some(tag.end), has_elements: false }
    }

    fn content(self, source: &'a str) -> &'a str {
        &source[self.tag.end..self.end.unwrap_or(source.len())]
    }
}

/// How an element's content is to be read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Plain,
    Html,
    /// HTML whose tags are the feed's own.
    Xhtml,
    /// Neither.
    Other,
}

impl<'a> Item<'a> {
    /// Ends the element that has begun last, if nothing ended it before.
    pub fn end_child(&mut self, end: usize) {
        if let Some(child) = self.children.last_mut() {
            child.end.get_or_insert(end);
        }
    }

    /// What the entry says that it is known by.
    pub fn key(&self, source: &str) -> Option<String> {
        self.value(source, "guid").or_else(|| self.value(source, "id"))
    }

    /// What the entry says of itself, and its text.
    pub fn read(&self, source: &str) -> (Facts, Composed) {
        let mut out = Composition::default();
        if let Some(title) = self.own("title").next() {
            out.begin_heading(1);
            self.write(source, title, &mut out);
            out.end_heading();
        }
        let summary = self.own("description").chain(self.own("summary")).collect::<Vec<_>>();
        let contents = self.named("encoded").chain(self.own("content")).collect::<Vec<_>>();
        let text_of = |children: &[Child<'a>]| {
            let mut out = Composition::default();
            children.iter().for_each(|child| self.write(source, *child, &mut out));
            out.finish().text
        };
        if contents.is_empty() || !begins_alike(&text_of(&summary), &text_of(&contents)) {
            summary.iter().for_each(|child| self.write(source, *child, &mut out));
        }
        contents.iter().for_each(|child| self.write(source, *child, &mut out));
        (self.facts(source), out.finish())
    }

    fn facts(&self, source: &str) -> Facts {
        let mut facts = Facts {
            date: DATES.iter().find_map(|name| Date::parse(&self.value(source, name)?)),
            language: self.tag.attribute("xml:lang").or_else(|| self.value(source, "language")),
            url: self.url(source),
            ..Facts::default()
        };
        for child in &self.children {
            let fact = match local(child.tag.name) {
                "author" | "creator" => "author",
                "category" | "subject" => "category",
                _ => continue,
            };
            let named = child.tag.attribute("label").or_else(|| child.tag.attribute("term"));
            let value = named.unwrap_or_else(|| name_of(child.content(source)));
            if let Some(value) = super::tidy_title(&value) {
                add_fact(&mut facts, fact, value);
            }
        }
        facts
    }

    fn url(&self, source: &str) -> Option<String> {
        let is_page = |child: &Child<'_>| child.tag.attribute("rel").is_none_or(|rel| rel == "alternate");
        let linked = self.own("link").filter(is_page).find_map(|child| {
            let written = || Some(resolved(child.content(source)));
            child.tag.attribute("href").or_else(written).map(|url| url.trim().to_owned())
        });
        let guid = || self.value(source, "guid").filter(|guid| guid.starts_with("http"));
        linked.filter(|url| !url.is_empty()).or_else(guid)
    }

    /// The elements of this name, with whatever prefix.
    fn named(&self, name: &'static str) -> impl Iterator<Item = Child<'a>> {
        self.children.iter().copied().filter(move |child| local(child.tag.name) == name)
    }

    /// The elements of this name that are of the entry's own vocabulary.
    fn own(&self, name: &'static str) -> impl Iterator<Item = Child<'a>> {
        let prefix = |name: &'a str| name.rsplit_once(':').map_or("", |(prefix, _)| prefix);
        let own = prefix(self.tag.name);
        self.named(name).filter(move |child| prefix(child.tag.name) == own)
    }

    /// What the first element of this name has in it, if there is anything.
    fn value(&self, source: &str, name: &'static str) -> Option<String> {
        let values = self.named(name).map(|child| resolved(child.content(source)).trim().to_owned());
        values.into_iter().find(|value| !value.is_empty())
    }

    /// How an element's content is to be read. RSS does not tell, and means HTML.
    fn kind(&self, child: Child<'_>) -> Kind {
        let declared = child.tag.attribute("type");
        match declared.as_deref().filter(|_| local(self.tag.name) == "entry") {
            _ if child.has_elements => Kind::Xhtml,
            Some("html" | "text/html" | "application/xhtml+xml") => Kind::Html,
            Some("text" | "text/plain") => Kind::Plain,
            Some(kind) if kind.contains('/') && !kind.starts_with("text/") => Kind::Other,
            None if local(self.tag.name) == "item" => Kind::Html,
            _ => Kind::Plain,
        }
    }

    /// Writes the text of an element.
    fn write(&self, source: &str, child: Child<'a>, out: &mut Composition) {
        let (content, start) = (child.content(source), child.tag.end);
        match self.kind(child) {
            Kind::Plain => {
                write_plain(content, start, out);
                out.gap(Gap::Block);
            }
            Kind::Html => {
                let (fragment, map) = unescaped(content, start);
                html::append(&fragment, &map, out);
            }
            Kind::Xhtml => {
                let mut map = OffsetMap::default();
                map.push(0, start, content.len());
                html::append(content, &map, out);
            }
            Kind::Other => {}
        }
    }
}

/// Writes the text of `content`, which stands at `start`.
fn write_plain(content: &str, start: usize, out: &mut Composition) {
    for token in tokens(content) {
        match token {
            Token::Text { start: at, end } => out.flow(&content[at..end], start + at),
            Token::Reference { value, .. } if value.trim().is_empty() => out.gap(Gap::Space),
            Token::Reference { value, start: at, end } => out.unit(&value, start + at, end - at),
            Token::Open(_) | Token::Close { .. } => {}
        }
    }
}

/// The text of `content`, which stands at `start`, with the way back to the source: HTML that was escaped.
fn unescaped(content: &str, start: usize) -> (String, OffsetMap) {
    let (mut fragment, mut map) = (String::new(), OffsetMap::default());
    for token in tokens(content) {
        match token {
            Token::Text { start: at, end } => {
                map.push(fragment.len(), start + at, end - at);
                fragment.push_str(&content[at..end]);
            }
            Token::Reference { value, start: at, end } => {
                map.push_units(fragment.len(), start + at, 1, value.len(), end - at);
                fragment.push_str(&value);
            }
            Token::Open(_) | Token::Close { .. } => {}
        }
    }
    (fragment, map)
}

/// The name of a person: what stands in a `name`, else all of it.
fn name_of(content: &str) -> String {
    let mut in_name = false;
    let mut name = String::new();
    for token in tokens(content) {
        match token {
            Token::Open(tag) => in_name = local(tag.name) == "name",
            Token::Close { .. } => in_name = false,
            Token::Text { start, end } if in_name => name.push_str(&content[start..end]),
            Token::Reference { value, .. } if in_name => name.push_str(&value),
            Token::Text { .. } | Token::Reference { .. } => {}
        }
    }
    if name.trim().is_empty() { resolved(content) } else { name }
}

/// Whether a summary says no more than the beginning of a content does, as far as its first letters tell.
fn begins_alike(summary: &str, content: &str) -> bool {
    let letters = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>();
    let (summary, content) = (letters(summary), letters(content));
    let end = summary.char_indices().nth(SAME_LETTERS).map_or(summary.len(), |(at, _)| at);
    summary.len() <= content.len() && content.contains(&summary[..end])
}
