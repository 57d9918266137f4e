//! EPUB: the chapters of a book in reading order.
//!
//! The container names the book's package document, that lists its files and says in which order they are read, and each
//! is a page of XHTML, which [`super::html`] reads. Tables of contents are left out. A chapter without a heading of its own
//! counts as part of the section before it, since long chapters are often cut into several files.

use std::collections::{HashMap, HashSet};

use percent_encoding::percent_decode_str;

use super::compose::{Composition, Gap};
use super::faults::{MAX_TEXT, too_long};
use super::metadata::{Fields, MAX_FIELD};
use super::package::{Package, join};
use super::xml_stream::{Node, Tag, XmlStream};
use super::{ExtractError, Extracted, extracted, html};
use crate::date::Date;
use crate::document::Location;

/// What errors call these sources.
const KIND: &str = "EPUB";

/// Extracts what a book holds.
pub(super) fn extract(bytes: &[u8]) -> Result<Extracted, ExtractError> {
    let mut package = Package::open(bytes, KIND)?;
    let name = package_document(&mut package);
    let book = Book::read(package.required_xml(&name)?)?;
    let folder = name.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
    let encrypted = encrypted_parts(&mut package);
    let chapters = book.chapters();
    let names: Vec<String> = chapters.iter().map(|file| part_of(&folder, file)).collect();
    if !names.is_empty() && names.iter().all(|name| encrypted.contains(name)) {
        return Err(ExtractError::Encrypted);
    }
    let contents: HashSet<String> = book.contents.iter().map(|file| part_of(&folder, file)).collect();
    let mut out = Composition::default();
    for (name, chapter) in names.into_iter().zip(1..) {
        if contents.contains(&name) || encrypted.contains(&name) {
            continue;
        }
        // A chapter that is missing or damaged costs no more than itself.
        if let Ok(Some(page)) = package.bytes(&name) {
            out.gap(Gap::Block);
            out.place(Location::Chapter { chapter, file: name });
            html::append_page(&page, &mut out);
        }
        if out.len() > MAX_TEXT {
            return Err(too_long(KIND));
        }
    }
    Ok(extracted(book.fields.into_facts(), out.finish()))
}

/// The name of the part that describes the book.
fn package_document(package: &mut Package<'_>) -> String {
    let named = named_document(package);
    let found = named.filter(|name| package.has(name)).or_else(|| package.first_ending(".opf"));
    found.unwrap_or_else(|| "META-INF/container.xml".to_owned())
}

/// The name of that part as the container tells it.
fn named_document(package: &mut Package<'_>) -> Option<String> {
    let mut xml = package.xml("META-INF/container.xml").ok()??;
    while let Ok(Some(node)) = xml.next() {
        if let Node::Open(tag) = node
            && tag.name() == "rootfile"
        {
            return tag.attribute("full-path").map(|path| part_of("", &path));
        }
    }
    None
}

/// The name of the part that an address in the book means.
fn part_of(folder: &str, address: &str) -> String {
    let path = address.split(['#', '?']).next().unwrap_or_default();
    join(folder, &percent_decode_str(path).decode_utf8_lossy())
}

/// The parts that cannot be read without a key.
fn encrypted_parts(package: &mut Package<'_>) -> HashSet<String> {
    let mut parts = HashSet::new();
    if let Ok(Some(mut xml)) = package.xml("META-INF/encryption.xml") {
        while let Ok(Some(node)) = xml.next() {
            if let Node::Open(tag) = node
                && tag.name() == "CipherReference"
            {
                parts.extend(tag.attribute("URI").map(|address| part_of("", &address)));
            }
        }
    }
    parts
}

/// What the package document says.
#[derive(Default)]
struct Book {
    fields: Fields,
    /// The files that are pages, by their names in the package document.
    pages: HashMap<String, String>,
    /// These names in the order in which they are listed.
    listed: Vec<String>,
    /// These names in the order in which they are read.
    spine: Vec<String>,
    /// The files that are tables of contents.
    contents: Vec<String>,
}

impl Book {
    fn read(mut xml: XmlStream<'_>) -> Result<Self, ExtractError> {
        let mut book = Self::default();
        while let Some(node) = xml.next()? {
            let Node::Open(tag) = node else { continue };
            match tag.qualified_name() {
                "item" | "opf:item" => book.add_file(&tag),
                "itemref" | "opf:itemref" => book.spine.extend(tag.attribute("idref")),
                "reference" | "opf:reference" if tag.attribute("type").as_deref() == Some("toc") => {
                    book.contents.extend(tag.attribute("href"));
                }
                "meta" | "opf:meta" if tag.attribute("property").as_deref() == Some("dcterms:modified") => {
                    book.fields.modified(Date::parse(&xml.text(MAX_FIELD)?));
                }
                name => {
                    if let Some(name) = name.strip_prefix("dc:").map(str::to_owned) {
                        let is_change = tag.attribute("event").is_some_and(|event| event == "modification");
                        book.add_fact(&name, &xml.text(MAX_FIELD)?, is_change);
                    }
                }
            }
        }
        Ok(book)
    }

    fn add_file(&mut self, tag: &Tag<'_>) {
        let (Some(id), Some(file)) = (tag.attribute("id"), tag.attribute("href")) else { return };
        let properties = tag.attribute("properties").unwrap_or_default();
        let kind = tag.attribute("media-type").unwrap_or_default();
        if properties.split_whitespace().any(|property| property == "nav") {
            self.contents.push(file.clone());
        }
        if kind.contains("html") || kind.contains("oeb1-document") {
            self.listed.push(id.clone());
            self.pages.insert(id, file);
        }
    }

    fn add_fact(&mut self, name: &str, text: &str, is_change: bool) {
        match name {
            "title" => self.fields.title(text),
            "creator" => self.fields.author(text),
            "language" => self.fields.language(text),
            "description" => self.fields.description(text),
            "subject" => self.fields.keywords(text),
            "date" if is_change => self.fields.modified(Date::parse(text)),
            "date" => self.fields.created(Date::parse(text)),
            _ => {}
        }
    }

    /// The files of the chapters in reading order: by the spine, or as they are listed where there is none.
    fn chapters(&self) -> Vec<&str> {
        let order = if self.spine.is_empty() { &self.listed } else { &self.spine };
        let mut seen = HashSet::new();
        let files = order.iter().filter_map(|id| self.pages.get(id)).map(String::as_str);
        files.filter(|file| seen.insert(*file)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::laws::placed;
    use super::super::package::tests::packed;
    use super::*;

    const CONTAINER: (&str, &str) = (
        "META-INF/container.xml",
        "<container><rootfiles><rootfile full-path='OPS/book%20a.opf'/></rootfiles></container>",
    );

    const PACKAGE: (&str, &str) = (
        "OPS/book a.opf",
        "<package><metadata><dc:title>The Book</dc:title><dc:creator>A</dc:creator><dc:creator>B</dc:creator>\
         <dc:date opf:event='modification'>2024-01-01</dc:date><dc:date>2023-11-12</dc:date><dc:language>ko</dc:language></metadata>\
         <manifest><item id='nav' href='nav.xhtml' media-type='application/xhtml+xml' properties='nav'/>\
         <item id='a' href='text/one%20.xhtml' media-type='application/xhtml+xml'/>\
         <item id='b' href='../other/two.xhtml' media-type='application/xhtml+xml'/>\
         <item id='gone' href='gone.xhtml' media-type='application/xhtml+xml'/>\
         <item id='css' href='a.css' media-type='text/css'/></manifest>\
         <spine><itemref idref='nav'/><itemref idref='b'/><itemref idref='gone'/><itemref idref='a'/><itemref idref='css'/></spine></package>",
    );

    const ONE: (&str, &str) = (
        "OPS/text/one .xhtml",
        "<html><head><title/></head><body><section><h1>One</h1><p>미사일<a id='x'/> 경보</p><aside>Note</aside></section></body></html>",
    );

    const TWO: (&str, &str) = (
        "other/two.xhtml",
        "<html><head><script src='a'/></head><body><header><h1>Two</h1></header><p>Text</p></body></html>",
    );

    #[test]
    fn chapters_come_in_the_order_of_the_spine_without_the_contents() {
        let nav = ("OPS/nav.xhtml", "<html><body><ol><li>One</li></ol></body></html>");
        let extracted = extract(&packed(&[CONTAINER, PACKAGE, nav, ONE, TWO])).expect("a book");
        assert_eq!(extracted.text, "Two\n\nText\n\nOne\n\n미사일 경보\n\nNote");
        assert_eq!(placed(&extracted, "Text"), "chapter 2, other/two.xhtml");
        assert_eq!(placed(&extracted, "경보"), "chapter 4, OPS/text/one .xhtml");
        let facts = extracted.facts;
        assert_eq!((facts.title.as_deref(), facts.language.as_deref()), (Some("The Book"), Some("ko")));
        assert_eq!((facts.date, &facts.other["author"]), (Date::new(2023, 11, 12), &"A, B".into()));
    }

    #[test]
    fn a_book_without_a_container_is_found_all_the_same() {
        let extracted = extract(&packed(&[PACKAGE, TWO])).expect("a book");
        assert_eq!(extracted.text, "Two\n\nText");
    }

    #[test]
    fn a_book_that_needs_a_key_is_encrypted() {
        let reference = |part: &str| format!("<CipherReference URI='{part}'/>");
        let parts =
            ["OPS/nav.xhtml", "other/two.xhtml", "OPS/gone.xhtml", "OPS/text/one%20.xhtml"].map(reference);
        let encryption = format!("<encryption>{}</encryption>", parts.concat());
        let bytes = packed(&[CONTAINER, PACKAGE, ONE, TWO, ("META-INF/encryption.xml", &encryption)]);
        assert!(matches!(extract(&bytes), Err(ExtractError::Encrypted)));
        let font = format!("<encryption>{}</encryption>", reference("OPS/font.otf"));
        let bytes = packed(&[CONTAINER, PACKAGE, ONE, ("META-INF/encryption.xml", &font)]);
        assert_eq!(extract(&bytes).expect("a book").text, "One\n\n미사일 경보\n\nNote");
    }

    #[test]
    fn what_is_no_book_is_malformed() {
        let error = extract(&packed(&[("a", "b")])).expect_err("no book").to_string();
        assert_eq!(error, "not a readable EPUB: it has no META-INF/container.xml");
    }
}
