//! OpenDocument: texts, presentations and spreadsheets, each packed or as one flat XML file.
//!
//! All three are one vocabulary in one stream. [`text`] reads texts, paragraph by paragraph; [`slides`] presentations;
//! [`cells`] spreadsheets. Deleted text that is still kept as a change is left out, and so are tables of contents and
//! the pages' headers and footers. Notes and comments follow the paragraph that they belong to.

mod cells;
mod slides;
#[cfg(test)]
mod tests;
mod text;

use super::compose::Composition;
use super::flow::{Flow, Shape};
use super::metadata::{Fields, MAX_FIELD};
use super::package::Package;
use super::xml_stream::{Node, Tag, XmlStream};
use super::{ExtractError, Extracted, extracted};
use crate::date::Date;
use crate::document::{Facts, Format};

/// What errors call these sources.
const KIND: &str = "OpenDocument file";

/// Extracts what a text or a presentation holds.
pub(super) fn extract(bytes: &[u8], format: Format) -> Result<Extracted, ExtractError> {
    let mut source = Source::open(bytes)?;
    let facts = source.facts();
    let mut out = Composition::default();
    match format {
        Format::Odp => slides::read(source.content()?, &mut out)?,
        _ => text::read(source.content()?, &mut out)?,
    }
    Ok(extracted(facts, out.finish()))
}

/// Writes the sheets of a spreadsheet to `out`; gives its facts.
pub(super) fn sheets(bytes: &[u8], out: &mut Composition) -> Result<Facts, ExtractError> {
    let mut source = Source::open(bytes)?;
    cells::read(source.content()?, out)?;
    Ok(source.facts())
}

/// Where the XML comes from.
enum Source<'a> {
    Package(Package<'a>),
    /// One file that is all of it.
    Flat(&'a [u8]),
}

impl<'a> Source<'a> {
    fn open(bytes: &'a [u8]) -> Result<Self, ExtractError> {
        let is_packed = bytes.starts_with(b"PK");
        let starts_as_xml = || bytes.iter().take(64).any(|&byte| byte == b'<');
        if !is_packed && starts_as_xml() {
            return Ok(Self::Flat(bytes));
        }
        let mut package = Package::open(bytes, KIND)?;
        if is_encrypted(&mut package) {
            return Err(ExtractError::Encrypted);
        }
        Ok(Self::Package(package))
    }

    fn content(&mut self) -> Result<XmlStream<'_>, ExtractError> {
        match self {
            Self::Package(package) => package.required_xml("content.xml"),
            Self::Flat(bytes) => Ok(XmlStream::new(*bytes, KIND.to_owned())),
        }
    }

    /// What it says of itself.
    fn facts(&mut self) -> Facts {
        let xml = match self {
            Self::Package(package) => package.xml("meta.xml").ok().flatten(),
            Self::Flat(bytes) => Some(XmlStream::new(*bytes, KIND.to_owned())),
        };
        xml.map(facts).unwrap_or_default()
    }
}

fn is_encrypted(package: &mut Package<'_>) -> bool {
    let Ok(Some(mut xml)) = package.xml("META-INF/manifest.xml") else { return false };
    while let Ok(Some(node)) = xml.next() {
        if matches!(node, Node::Open(tag) if tag.name() == "encryption-data") {
            return true;
        }
    }
    false
}

/// The facts in the metadata that come first in a stream.
fn facts(mut xml: XmlStream<'_>) -> Facts {
    let mut fields = Fields::default();
    let mut last_author = String::new();
    while let Ok(Some(node)) = xml.next() {
        let name = match node {
            Node::Open(tag) => tag.qualified_name().to_owned(),
            Node::Close(name) if name == "meta" => break,
            Node::Close(_) | Node::Text(_) => continue,
        };
        if matches!(name.as_str(), "office:document-meta" | "office:document" | "office:meta") {
            continue;
        }
        let text = xml.text(MAX_FIELD).unwrap_or_default();
        match name.as_str() {
            "dc:title" => fields.title(&text),
            "dc:description" => fields.description(&text),
            "dc:language" => fields.language(&text),
            "dc:creator" => last_author = text,
            "dc:date" => fields.modified(Date::parse(&text)),
            "meta:initial-creator" => fields.author(&text),
            "meta:creation-date" => fields.created(Date::parse(&text)),
            "meta:keyword" => fields.keywords(&text),
            _ => {}
        }
    }
    fields.author_if_none(&last_author);
    fields.into_facts()
}

/// Whether an element is no part of the text: the styles, with the pages' headers and footers in them, what has been
/// deleted, tables of contents, forms, how ruby is to be read, what describes a picture's coordinates and look.
fn is_left_out(tag: &Tag<'_>) -> bool {
    matches!(
        tag.qualified_name(),
        "office:styles"
            | "office:automatic-styles"
            | "office:master-styles"
            | "office:font-face-decls"
            | "office:scripts"
            | "office:settings"
            | "office:meta"
            | "office:forms"
            | "office:binary-data"
            | "office:event-listeners"
            | "text:tracked-changes"
            | "table:tracked-changes"
            | "text:table-of-content"
            | "text:ruby-text"
            | "text:note-citation"
            | "svg:title"
            | "svg:desc"
            | "draw:glue-point"
    )
}

/// Whether an element tells of a comment and is no part of it.
fn is_about_comment(tag: &Tag<'_>) -> bool {
    matches!(
        tag.qualified_name(),
        "dc:creator" | "dc:date" | "meta:date-string" | "meta:creator-initials" | "loext:sender-initials"
    )
}

/// Begins in `flow` what an element begins, or adds what it stands for; `in_list` tells whether paragraphs are items.
fn begin(tag: &Tag<'_>, flow: &mut Flow, in_list: bool) {
    match tag.qualified_name() {
        "text:h" => {
            let level = tag.number("outline-level").unwrap_or(1).clamp(1, 10);
            flow.begin(Shape::Heading(u8::try_from(level).expect("at most 10")));
        }
        "text:p" => flow.begin(if in_list { Shape::Item } else { Shape::Plain }),
        "table:table-row" => flow.begin(Shape::Row),
        "table:table-cell" | "table:covered-table-cell" => flow.begin(Shape::Cell),
        "text:s" | "text:tab" => flow.push(" "),
        "text:line-break" => flow.push("\n"),
        _ => {}
    }
}

/// Whether the element of this name, without its prefix, is one of those that begin a block.
fn is_block(name: &str) -> bool {
    matches!(name, "h" | "p" | "table-row" | "table-cell" | "covered-table-cell")
}
