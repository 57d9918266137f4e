//! The stream of a Word document's content, put together to paragraphs and rows.

use super::styles::{Styles, is_list, outline_level};
use crate::extract::ExtractError;
use crate::extract::flow::{Block, Flow, Shape};
use crate::extract::xml_stream::{Node, Tag, XmlStream};

/// How many fields may stand in one another.
const MAX_FIELDS: usize = 60;

/// What a part consists of.
pub(super) enum Piece {
    /// A note of this name begins, in a part that holds notes.
    Note(String),
    /// A paragraph, or a table's row.
    Block(Block),
    /// A table begins or ends.
    TableEdge,
}

/// Gives the pieces of a part in order to `take`.
pub(super) fn read(
    mut xml: XmlStream<'_>,
    styles: &Styles,
    take: impl FnMut(Piece),
) -> Result<(), ExtractError> {
    let mut body = Body { styles, take, flow: Flow::default(), fields: Vec::new(), in_text: false };
    while let Some(node) = xml.next()? {
        match node {
            Node::Open(tag) if is_left_out(&tag) => xml.skip()?,
            Node::Open(tag) => body.begin(&tag),
            Node::Close(name) => body.end(&name),
            Node::Text(text) => body.text(&text),
        }
    }
    Ok(())
}

/// Whether an element is no part of the text: deleted, moved away, what a paragraph was like before, a second form of
/// what stands there already, how ruby is to be read.
fn is_left_out(tag: &Tag<'_>) -> bool {
    let name = tag.name();
    matches!(name, "del" | "moveFrom" | "Fallback" | "rt" | "tabs" | "sdtPr") || name.ends_with("PrChange")
}

/// Which part of a field of Word's comes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Field {
    /// What it is computed by.
    Code,
    /// What it shows.
    Result,
}

struct Body<'a, T> {
    styles: &'a Styles,
    take: T,
    flow: Flow,
    /// The fields that are open, outermost first.
    fields: Vec<Field>,
    in_text: bool,
}

impl<T: FnMut(Piece)> Body<'_, T> {
    fn begin(&mut self, tag: &Tag<'_>) {
        match tag.name() {
            "p" => self.flow.begin(Shape::Plain),
            "tc" => self.flow.begin(Shape::Cell),
            "tr" => self.flow.begin(Shape::Row),
            "tbl" if self.flow.is_empty() => (self.take)(Piece::TableEdge),
            "t" => self.in_text = true,
            "tab" | "ptab" => self.push(" "),
            "br" | "cr" => self.push("\n"),
            "noBreakHyphen" => self.push("-"),
            "fldChar" => self.field(tag.attribute("fldCharType").as_deref()),
            "footnote" | "endnote" | "comment" => (self.take)(Piece::Note(id_of(tag))),
            "footnoteReference" => self.flow.refer("footnotes", id_of(tag)),
            "endnoteReference" => self.flow.refer("endnotes", id_of(tag)),
            "commentReference" => self.flow.refer("comments", id_of(tag)),
            _ => self.property(tag),
        }
    }

    /// Takes what says something about the paragraph that it stands in.
    fn property(&mut self, tag: &Tag<'_>) {
        let Some(shape) = self.flow.shape() else { return };
        *shape = match (tag.name(), *shape) {
            (_, Shape::Cell | Shape::Row) => return,
            ("pStyle", _) => self.styles.shape(&tag.attribute("val").unwrap_or_default()),
            ("numId", Shape::Plain) if is_list(tag) => Shape::Item,
            ("numId", Shape::Item) if !is_list(tag) => Shape::Plain,
            ("outlineLvl", Shape::Plain | Shape::Item | Shape::Heading(_)) => {
                outline_level(tag).map_or(Shape::Plain, Shape::Heading)
            }
            (_, shape) => shape,
        };
    }

    fn end(&mut self, name: &str) {
        match name {
            "t" => self.in_text = false,
            "tbl" if self.flow.is_empty() => (self.take)(Piece::TableEdge),
            "p" | "tc" | "tr" => {
                if let Some(block) = self.flow.end() {
                    (self.take)(Piece::Block(block));
                }
            }
            _ => {}
        }
    }

    fn field(&mut self, kind: Option<&str>) {
        match kind {
            Some("begin") if self.fields.len() < MAX_FIELDS => self.fields.push(Field::Code),
            Some("separate") => {
                if let Some(field) = self.fields.last_mut() {
                    *field = Field::Result;
                }
            }
            Some("end") => {
                self.fields.pop();
            }
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        if self.in_text {
            self.push(text);
        }
    }

    /// Adds text, unless it is what a field is computed by.
    fn push(&mut self, text: &str) {
        if !self.fields.contains(&Field::Code) {
            self.flow.push(text);
        }
    }
}

fn id_of(tag: &Tag<'_>) -> String {
    tag.attribute("id").unwrap_or_default()
}
