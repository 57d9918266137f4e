//! Feeds (RSS of every version, Atom): each entry a document.
//!
//! | of an entry | becomes |
//! |---|---|
//! | `guid`, `id`, else its address | the document's id in its file (else its number, as where an id occurs again) |
//! | `title` | the title, and the heading of the text |
//! | `description`, `summary`; `content`, `content:encoded` | the text, the first two unless the others begin so too |
//! | `pubDate`, `published`, `dc:date`, `updated` | the date |
//! | `link` | the address |
//! | `author`, `dc:creator`; `category`, `dc:subject` | facts: `author`, `category` |
//!
//! The text is HTML, escaped once more or not, unless Atom says otherwise. All entries share the lines of the file, into
//! which their maps lead, so that a feed of many entries takes no more than one of few.

mod item;

use std::collections::HashSet;

use super::decode::{Decoded, decode};
use super::xml::{Nesting, Tag, Token, local, resolved, tokens};
use super::{Raw, complete, tidy_title};
use crate::document::{Base, DocId, Document, Format, Origin, TextOrigin};
use crate::span::LineIndex;
use item::{Child, Item};

/// The longest key that is taken from an entry, in bytes.
const MAX_KEY: usize = 1_000;

/// An entry of a feed.
#[derive(Clone, Debug)]
pub struct Entry {
    /// What tells it from the feed's other entries, as the feed says; else its number, from 1.
    pub key: String,
    /// The entry; its id is the feed's, `#` and the key.
    pub document: Document,
}

/// The entries of a feed, in their order.
pub fn entries(raw: &Raw<'_>) -> Vec<Entry> {
    let decoded = decode(raw.bytes, None);
    let mut feed = Feed {
        raw,
        lines: LineIndex::new(&decoded.text),
        decoded: &decoded,
        language: None,
        keys: HashSet::new(),
        entries: Vec::new(),
    };
    feed.read();
    feed.entries
}

/// A feed that is being read.
struct Feed<'a> {
    raw: &'a Raw<'a>,
    decoded: &'a Decoded,
    lines: LineIndex,
    language: Option<String>,
    keys: HashSet<String>,
    entries: Vec<Entry>,
}

impl<'a> Feed<'a> {
    fn read(&mut self) {
        let source = &self.decoded.text;
        let mut nesting: Nesting<'a, ()> = Nesting::new();
        let mut item: Option<Item<'a>> = None;
        for token in tokens(source) {
            match token {
                Token::Open(tag) => {
                    // An entry that was never closed ends where the next begins.
                    if let Some(open) = item.take_if(|item| item.tag.name == tag.name) {
                        while nesting.elements().len() > open.depth && nesting.pop().is_some() {}
                        self.end(open, tag.start);
                    }
                    self.open(tag, &nesting, &mut item);
                    if !tag.is_empty {
                        nesting.open(tag.name, ());
                    }
                }
                Token::Close { name, start } if nesting.has(name) => {
                    while nesting.pop().is_some_and(|(other, ())| other != name) {}
                    let depth = nesting.elements().len();
                    if let Some(item) = item.as_mut().filter(|item| depth <= item.depth + 1) {
                        item.end_child(start);
                    }
                    if let Some(item) = item.take_if(|item| depth <= item.depth) {
                        self.end(item, start);
                    }
                }
                Token::Close { .. } | Token::Text { .. } | Token::Reference { .. } => {}
            }
        }
        if let Some(item) = item {
            self.end(item, source.len());
        }
    }

    fn open(&mut self, tag: Tag<'a>, nesting: &Nesting<'a, ()>, item: &mut Option<Item<'a>>) {
        let depth = nesting.elements().len();
        let parent = nesting.elements().last().map_or("", |(name, ())| local(name));
        match item {
            Some(item) if depth == item.depth + 1 => item.children.push(Child::new(tag)),
            Some(item) => {
                if let Some(child) = item.children.last_mut() {
                    child.has_elements = true;
                }
            }
            None if is_entry(tag.name) && matches!(parent, "channel" | "feed" | "RDF" | "rss") => {
                *item = (!tag.is_empty).then(|| Item { tag, depth, children: Vec::new() });
            }
            None => self.read_language(tag, parent),
        }
    }

    /// Takes the language that the feed names.
    fn read_language(&mut self, tag: Tag<'a>, parent: &str) {
        let own = tag.attribute("xml:lang");
        let named = || {
            let is_it = local(tag.name) == "language" && parent == "channel";
            let content = self.decoded.text.get(tag.end..)?.split('<').next()?;
            is_it.then(|| resolved(content.get(..content.len().min(16)).unwrap_or_default()))
        };
        if self.language.is_none() {
            self.language = own.or_else(named);
        }
    }

    /// Makes a document of an entry, which ends at `end`.
    fn end(&mut self, mut item: Item<'a>, end: usize) {
        item.end_child(end);
        let source = &self.decoded.text;
        let (mut facts, mut composed) = item.read(source);
        facts.title = composed.title.take();
        facts.language = facts.language.or_else(|| self.language.clone());
        let key = self.key(item.key(source).or_else(|| facts.url.clone()));
        let origin = Origin::Text(TextOrigin {
            bytes: self.decoded.map.part(item.tag.start, end),
            decoded: composed.map,
            lines: self.lines.clone(),
            base: Base::default(),
            cues: Vec::new(),
        });
        let document = Document {
            id: DocId::of_record(self.raw.path, &key),
            path: self.raw.path.to_owned(),
            format: Format::Feed,
            facts: complete(facts, self.raw.path, self.raw.modified),
            text: composed.text,
            sections: composed.sections,
            origin,
        };
        self.entries.push(Entry { key, document });
    }

    /// The key of the next entry: its own if no entry before has it, else its number.
    fn key(&mut self, own: Option<String>) -> String {
        let own = own.as_deref().and_then(tidy_title).filter(|key| key.len() <= MAX_KEY);
        let number = self.entries.len() + 1;
        let numbers =
            (0..).map(|more| if more == 0 { number.to_string() } else { format!("{number}.{more}") });
        let mut keys = own.into_iter().chain(numbers);
        let key = keys.find(|key| !self.keys.contains(key)).expect("there is always another number");
        self.keys.insert(key.clone());
        key
    }
}

/// Whether an element of this name is an entry.
fn is_entry(name: &str) -> bool {
    matches!(local(name), "item" | "entry")
}

#[cfg(test)]
mod tests;
