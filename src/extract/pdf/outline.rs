//! The outline of a PDF: its bookmarks, with the pages that they lead to, and the lines there that are these headings.

use std::collections::{HashMap, HashSet};

use hayro_interpret::hayro_syntax::Pdf;
use hayro_interpret::hayro_syntax::object::{Array, Dict, Object, ObjectIdentifier, String as PdfString};

use super::lines::Line;
use super::strings::text_of;

/// How many entries of the outline, and how many names of places, are read.
const MAX_ENTRIES: usize = 20_000;

/// How many lines a heading may take.
const MAX_LINES: usize = 3;

/// A heading that the outline names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    /// Its level, from 1.
    pub level: u8,
    /// What it says.
    pub title: String,
}

/// The lines of a page that are a heading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Heading {
    /// The first of them.
    pub line: usize,
    /// How many there are.
    pub count: usize,
    /// The heading's level, from 1.
    pub level: u8,
}

/// The entries of the outline by the page that they lead to, counted from 0.
pub(super) fn entries(pdf: &Pdf, catalog: &Dict<'_>) -> HashMap<usize, Vec<Entry>> {
    let mut found: HashMap<usize, Vec<Entry>> = HashMap::new();
    let Some(outline) = catalog.get::<Dict<'_>>(b"Outlines") else { return found };
    let targets = Targets::of(pdf, catalog);
    let mut seen: HashSet<ObjectIdentifier> = HashSet::new();
    let mut open: Vec<(Dict<'_>, u8)> =
        outline.get::<Dict<'_>>(b"First").map(|first| (first, 1)).into_iter().collect();
    while let Some((item, level)) = open.pop() {
        let is_new = item.obj_id().is_some_and(|id| seen.insert(id));
        if !is_new || seen.len() > MAX_ENTRIES {
            continue;
        }
        let title = item.get::<PdfString<'_>>(b"Title").map(|title| text_of(title.as_bytes()));
        if let (Some(title), Some(page)) = (title, targets.page(&item)) {
            found.entry(page).or_default().push(Entry { level, title });
        }
        // The next is read behind what stands below this one.
        open.extend(item.get::<Dict<'_>>(b"Next").map(|next| (next, level)));
        open.extend(item.get::<Dict<'_>>(b"First").map(|first| (first, level.saturating_add(1).min(9))));
    }
    found
}

/// What places in the document are found by.
struct Targets {
    /// The pages by their objects.
    pages: HashMap<ObjectIdentifier, usize>,
    /// The pages of the places that have names.
    named: HashMap<Vec<u8>, usize>,
}

impl Targets {
    fn of(pdf: &Pdf, catalog: &Dict<'_>) -> Self {
        let pages = pdf.pages().iter().enumerate();
        let pages = pages.filter_map(|(at, page)| Some((page.raw().obj_id()?, at))).collect();
        let mut targets = Self { pages, named: HashMap::new() };
        if let Some(names) = catalog.get::<Dict<'_>>(b"Dests") {
            for (name, _) in names.entries().take(MAX_ENTRIES) {
                let place = names.get::<Object<'_>>(&*name).and_then(|place| targets.page_of(&place));
                targets.named.extend(place.map(|page| (name.to_vec(), page)));
            }
        }
        let tree = catalog.get::<Dict<'_>>(b"Names").and_then(|names| names.get::<Dict<'_>>(b"Dests"));
        if let Some(tree) = tree {
            targets.read_tree(tree);
        }
        targets
    }

    /// Reads the names in a tree of them.
    fn read_tree(&mut self, root: Dict<'_>) {
        let mut seen = HashSet::new();
        let mut open = vec![root];
        while let Some(node) = open.pop() {
            if seen.len() > MAX_ENTRIES || self.named.len() > MAX_ENTRIES {
                return;
            }
            if let Some(names) = node.get::<Array<'_>>(b"Names") {
                let mut objects = names.iter::<Object<'_>>();
                while let (Some(name), Some(place)) = (objects.next(), objects.next()) {
                    if let (Object::String(name), Some(page)) = (name, self.page_of(&place)) {
                        self.named.insert(name.as_bytes().to_vec(), page);
                    }
                }
            }
            let kids = node.get::<Array<'_>>(b"Kids").into_iter().flat_map(|kids| kids.iter::<Dict<'_>>());
            open.extend(kids.take(MAX_ENTRIES).filter(|kid| kid.obj_id().is_some_and(|id| seen.insert(id))));
        }
    }

    /// The page that an entry of the outline leads to.
    fn page(&self, item: &Dict<'_>) -> Option<usize> {
        let action = || item.get::<Dict<'_>>(b"A").and_then(|action| action.get::<Object<'_>>(b"D"));
        match item.get::<Object<'_>>(b"Dest").or_else(action)? {
            Object::Name(name) => self.named.get::<[u8]>(&name).copied(),
            Object::String(name) => self.named.get(name.as_bytes()).copied(),
            place => self.page_of(&place),
        }
    }

    /// The page of a place.
    fn page_of(&self, place: &Object<'_>) -> Option<usize> {
        let array = match place {
            Object::Array(array) => array.clone(),
            Object::Dict(dict) => dict.get::<Array<'_>>(b"D")?,
            _ => return None,
        };
        match array.iter::<Object<'_>>().next()? {
            Object::Dict(page) => self.pages.get(&page.obj_id()?).copied(),
            _ => None,
        }
    }
}

/// The lines of a page that are the headings that lead to it, in order.
pub(super) fn headings(lines: &[Line], entries: &[Entry]) -> Vec<Heading> {
    /// How many entries of one page are looked for.
    const MAX_ON_PAGE: usize = 200;
    let letters: Vec<String> = lines.iter().map(|line| letters(&line.text)).collect();
    let mut found = Vec::new();
    let mut from = 0;
    for entry in entries.iter().take(MAX_ON_PAGE) {
        let title = self::letters(&entry.title);
        let place = (from..lines.len()).find_map(|line| Some((line, lines_of(&letters[line..], &title)?)));
        if let Some((line, count)) = place {
            found.push(Heading { line, count, level: entry.level });
            from = line + count;
        }
    }
    found
}

/// How many lines from the first on are a heading of this title, which may have a number before it.
fn lines_of(lines: &[String], title: &str) -> Option<usize> {
    let mut text = String::new();
    for (line, count) in lines.iter().zip(1..=MAX_LINES) {
        text.push_str(line);
        let is_title = match (text.strip_suffix(title), title.strip_suffix(text.as_str())) {
            (Some(number), _) | (None, Some(number)) => is_number(number),
            (None, None) => false,
        };
        if is_title && !text.is_empty() && !title.is_empty() {
            return Some(count);
        }
        if text.len() > title.len() + 12 {
            return None;
        }
    }
    None
}

/// Whether letters are the number of a heading, without its dots, or nothing.
fn is_number(letters: &str) -> bool {
    letters.is_empty()
        || (letters.len() <= 8 && letters.chars().skip(1).all(|c| c.is_ascii_digit() || "ivx".contains(c)))
}

/// The letters and digits of a text, in lower case.
fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::super::furniture;
    use super::*;

    fn line(text: &str) -> Line {
        furniture::tests::line(text, 0.0)
    }

    #[test]
    fn headings_are_found_with_their_numbers_and_over_several_lines() {
        let lines =
            ["Text", "1 How the part-", "ners share", "Introduction to it", "A.2 Intro", "more", "Intro"]
                .map(line);
        let entry = |level, title: &str| Entry { level, title: title.into() };
        let entries = [entry(1, "How the Partners Share"), entry(2, "Intro"), entry(1, "Not here")];
        let expected = [Heading { line: 1, count: 2, level: 1 }, Heading { line: 4, count: 1, level: 2 }];
        assert_eq!(headings(&lines, &entries), expected);
        assert_eq!(headings(&lines, &[entry(1, "3. Intro")])[0].line, 6);
        assert_eq!(headings(&lines, &[entry(1, " ")]), []);
    }
}
