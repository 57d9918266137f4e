//! DOCX: the paragraphs and tables of a Word document in order, headings as sections.
//!
//! The document is read as a stream by [`body`]; [`styles`] tells which paragraphs are headings, items of lists or
//! lines of a table of contents. Notes and comments follow the paragraph that they belong to, text boxes the one that
//! they are anchored in. Deleted text is left out, and so are tables of contents, which say the headings again, and
//! the pages' headers and footers, which say the same on each page.

mod body;
mod styles;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use super::compose::{Composition, Gap};
use super::package::Package;
use super::{ExtractError, Extracted, extracted};
use crate::document::{Location, NumberSpan};
use body::{Block, Sink};
use styles::Styles;

/// Extracts what a Word document holds.
pub(super) fn extract(bytes: &[u8]) -> Result<Extracted, ExtractError> {
    let mut package = Package::open(bytes, "Word document")?;
    let facts = package.core_facts();
    let main = package.main_part("word/document.xml");
    let references = package.relationships(&main);
    let part = |kind: &str| references.iter().find(|part| part.kind == kind).map(|part| part.target.as_str());
    let styles = Styles::read(&mut package, part("styles").unwrap_or("word/styles.xml"));
    let mut writer = Writer::default();
    for kind in ["footnotes", "endnotes", "comments"] {
        if let Some(name) = part(kind) {
            writer.notes.extend(notes(&mut package, name, kind, &styles));
        }
    }
    body::read(package.required_xml(&main)?, &styles, &mut writer)?;
    Ok(extracted(facts, writer.out.finish()))
}

/// The notes of a part by their kind and name. Those that cannot be read cost no more than themselves.
fn notes(
    package: &mut Package<'_>,
    part: &str,
    kind: &'static str,
    styles: &Styles,
) -> HashMap<NoteKey, String> {
    let mut notes = Notes { kind, texts: HashMap::new(), current: None };
    if let Ok(Some(xml)) = package.xml(part) {
        let _ = body::read(xml, styles, &mut notes);
    }
    notes.texts
}

/// What a note is found by: the part that it stands in, and its name there.
type NoteKey = (&'static str, String);

/// Gathers the texts of notes.
struct Notes {
    kind: &'static str,
    texts: HashMap<NoteKey, String>,
    current: Option<String>,
}

impl Sink for Notes {
    fn note(&mut self, id: String) {
        self.current = Some(id);
    }

    fn block(&mut self, block: Block) {
        let Some(id) = &self.current else { return };
        let text = self.texts.entry((self.kind, id.clone())).or_default();
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(block.text.trim());
    }

    fn table_edge(&mut self) {}
}

/// Writes a document's text.
#[derive(Default)]
struct Writer {
    out: Composition,
    notes: HashMap<NoteKey, String>,
    /// How many paragraphs and rows have been written.
    written: u32,
    in_list: bool,
}

impl Writer {
    /// Says that another paragraph or row begins.
    fn place_next(&mut self) {
        self.written = self.written.saturating_add(1);
        let paragraphs = NumberSpan { start: self.written, end: self.written };
        self.out.place(Location::Paragraphs { paragraphs });
    }

    fn paragraph(&mut self, text: &str, gap: Gap) {
        let text = text.trim();
        if !text.is_empty() {
            self.out.gap(gap);
            self.place_next();
            self.out.placed(text);
            self.out.gap(gap);
        }
    }
}

impl Sink for Writer {
    fn note(&mut self, _id: String) {}

    fn block(&mut self, block: Block) {
        let is_item = block.shape == body::Shape::Item;
        if std::mem::replace(&mut self.in_list, is_item) != is_item {
            self.out.gap(Gap::Block);
        }
        match block.shape {
            body::Shape::Heading(level) if !block.text.trim().is_empty() => {
                self.out.begin_heading(level);
                self.place_next();
                self.out.placed(block.text.trim());
                self.out.end_heading();
            }
            body::Shape::Contents => {}
            body::Shape::Item | body::Shape::Row => self.paragraph(&block.text, Gap::Line),
            _ => self.paragraph(&block.text, Gap::Block),
        }
        for text in &block.boxes {
            self.paragraph(text, Gap::Block);
        }
        for key in &block.notes {
            if let Some(text) = self.notes.remove(key) {
                self.paragraph(&text, Gap::Block);
            }
        }
    }

    fn table_edge(&mut self) {
        self.out.gap(Gap::Block);
    }
}
