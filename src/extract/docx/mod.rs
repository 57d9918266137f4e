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

use super::compose::Composition;
use super::flow::{Block, Blocks};
use super::package::Package;
use super::{ExtractError, Extracted, extracted};
use crate::document::{Location, NumberSpan};
use body::Piece;
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
    body::read(package.required_xml(&main)?, &styles, |piece| writer.take(piece))?;
    Ok(extracted(facts, writer.out.finish()))
}

/// The texts of notes by their kind and name.
type Notes = HashMap<(&'static str, String), String>;

/// The notes of a part. One that cannot be read costs no more than itself.
fn notes(package: &mut Package<'_>, part: &str, kind: &'static str, styles: &Styles) -> Notes {
    let mut notes = Notes::new();
    let mut current = None;
    let Ok(Some(xml)) = package.xml(part) else { return notes };
    let take = |piece| match piece {
        Piece::Note(name) => current = Some(name),
        Piece::Block(block) => {
            let Some(name) = &current else { return };
            let text = notes.entry((kind, name.clone())).or_default();
            if !text.is_empty() {
                text.push('\n');
            }
            text.push_str(block.text.trim());
        }
        Piece::TableEdge => {}
    };
    body::read(xml, styles, take).ok();
    notes
}

/// Writes a document's text.
#[derive(Default)]
struct Writer {
    out: Composition,
    blocks: Blocks,
    notes: Notes,
    /// How many paragraphs and rows have been written.
    written: u32,
}

impl Writer {
    fn take(&mut self, piece: Piece) {
        match piece {
            Piece::Block(block) => self.write(block),
            Piece::TableEdge => self.blocks.break_off(),
            Piece::Note(_) => {}
        }
    }

    fn write(&mut self, mut block: Block) {
        let asides = std::mem::take(&mut block.asides);
        let notes = std::mem::take(&mut block.notes);
        self.write_one(&block);
        let notes = notes.into_iter().filter_map(|name| self.notes.remove(&name));
        for text in asides.into_iter().chain(notes.collect::<Vec<_>>()) {
            self.blocks.break_off();
            self.write_one(&Block { text, ..Block::default() });
        }
    }

    fn write_one(&mut self, block: &Block) {
        let written = &mut self.written;
        self.blocks.write(block, &mut self.out, |out| {
            *written = written.saturating_add(1);
            out.place(Location::Paragraphs { paragraphs: NumberSpan { start: *written, end: *written } });
        });
    }
}
