//! The stream of a Word document's content, put together to paragraphs and rows.
//!
//! Paragraphs stand in cells, cells in rows, and text boxes in paragraphs, in which there may be all of that again.
//! What is open stands on a stack of bounded depth; what nests deeper counts as part of what it stands in.

use super::NoteKey;
use super::styles::{Kind, Styles, is_list, outline_level};
use crate::extract::ExtractError;
use crate::extract::xml_stream::{Node, Tag, XmlStream};

/// How many paragraphs, cells and rows may be open, one in the other.
const MAX_OPEN: usize = 60;

/// Takes the blocks of a document.
pub(super) trait Sink {
    /// A note of this name begins, in a part that holds notes.
    fn note(&mut self, id: String);
    /// A block is complete.
    fn block(&mut self, block: Block);
    /// A table begins or ends.
    fn table_edge(&mut self);
}

/// A paragraph, or a table's row.
#[derive(Debug, Default)]
pub(super) struct Block {
    pub text: String,
    pub shape: Shape,
    /// The text boxes that are anchored in it.
    pub boxes: Vec<String>,
    /// The notes that it refers to.
    pub notes: Vec<NoteKey>,
}

/// What a block is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Shape {
    /// A paragraph of plain text.
    #[default]
    Plain,
    /// A heading of this level.
    Heading(u8),
    /// An item of a list.
    Item,
    /// A row of a table.
    Row,
    /// A line of a table of contents.
    Contents,
}

/// Reads a part's blocks.
pub(super) fn read(
    mut xml: XmlStream<'_>,
    styles: &Styles,
    sink: &mut impl Sink,
) -> Result<(), ExtractError> {
    let mut body = Body { styles, sink, open: Vec::new(), beyond: 0, fields: Vec::new(), in_text: false };
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

/// What is open.
enum Open {
    Paragraph(Paragraph),
    Cell(Block),
    Row(Block),
}

#[derive(Default)]
struct Paragraph {
    block: Block,
    kind: Kind,
}

/// Where a field of Word's stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Field {
    /// What it is computed by.
    Code,
    /// What it shows.
    Result,
}

struct Body<'a, S> {
    styles: &'a Styles,
    sink: &'a mut S,
    open: Vec<Open>,
    /// How many paragraphs, cells and rows are open beyond those on the stack.
    beyond: usize,
    fields: Vec<Field>,
    in_text: bool,
}

impl<S: Sink> Body<'_, S> {
    fn begin(&mut self, tag: &Tag<'_>) {
        match tag.name() {
            "p" => self.open(Open::Paragraph(Paragraph::default())),
            "tc" => self.open(Open::Cell(Block::default())),
            "tr" => self.open(Open::Row(Block { shape: Shape::Row, ..Block::default() })),
            "tbl" if self.open.is_empty() => self.sink.table_edge(),
            "t" => self.in_text = true,
            "tab" | "ptab" => self.push(" "),
            "br" | "cr" => self.push("\n"),
            "noBreakHyphen" => self.push("-"),
            "fldChar" => self.field(tag.attribute("fldCharType").as_deref()),
            "footnote" | "endnote" | "comment" => self.sink.note(tag.attribute("id").unwrap_or_default()),
            "footnoteReference" => self.refer("footnotes", tag),
            "endnoteReference" => self.refer("endnotes", tag),
            "commentReference" => self.refer("comments", tag),
            _ => self.property(tag),
        }
    }

    /// Takes what says something about the paragraph that it stands in.
    fn property(&mut self, tag: &Tag<'_>) {
        let styles = self.styles;
        let Some(Open::Paragraph(paragraph)) = self.open.last_mut() else { return };
        let kind = &mut paragraph.kind;
        match tag.name() {
            "pStyle" => *kind = styles.kind(&tag.attribute("val").unwrap_or_default()),
            "outlineLvl" => kind.heading = outline_level(tag).filter(|&level| level < 10),
            "numId" => kind.is_item = is_list(tag),
            _ => {}
        }
    }

    fn open(&mut self, part: Open) {
        if self.open.len() < MAX_OPEN {
            self.open.push(part);
        } else {
            self.beyond += 1;
        }
    }

    fn end(&mut self, name: &str) {
        match name {
            "t" => self.in_text = false,
            "tbl" if self.open.is_empty() => self.sink.table_edge(),
            "p" | "tc" | "tr" if self.beyond > 0 => {
                self.beyond -= 1;
                self.push("\n");
            }
            "p" | "tc" | "tr" => self.close(),
            _ => {}
        }
    }

    fn close(&mut self) {
        let Some(closed) = self.open.pop() else { return };
        let is_cell = matches!(closed, Open::Cell(_));
        let block = match closed {
            Open::Paragraph(paragraph) => paragraph.finish(),
            Open::Cell(block) | Open::Row(block) => block,
        };
        match self.open.last_mut() {
            None => self.sink.block(block),
            Some(Open::Paragraph(around)) => {
                around.block.boxes.push(block.text);
                around.block.boxes.extend(block.boxes);
                around.block.notes.extend(block.notes);
            }
            Some(Open::Cell(around)) => around.append(block, "\n"),
            Some(Open::Row(around)) => around.append(block, if is_cell { " | " } else { "\n" }),
        }
    }

    fn field(&mut self, kind: Option<&str>) {
        match kind {
            Some("begin") if self.fields.len() < MAX_OPEN => self.fields.push(Field::Code),
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

    fn refer(&mut self, kind: &'static str, tag: &Tag<'_>) {
        let id = tag.attribute("id").unwrap_or_default();
        match self.open.last_mut() {
            Some(Open::Paragraph(Paragraph { block, .. }) | Open::Cell(block) | Open::Row(block)) => {
                block.notes.push((kind, id));
            }
            None => {}
        }
    }

    fn text(&mut self, text: &str) {
        if self.in_text && !self.fields.contains(&Field::Code) {
            self.push(text);
        }
    }

    fn push(&mut self, text: &str) {
        match self.open.last_mut() {
            Some(Open::Paragraph(Paragraph { block, .. }) | Open::Cell(block) | Open::Row(block)) => {
                block.text.push_str(text);
            }
            None => {}
        }
    }
}

impl Paragraph {
    fn finish(self) -> Block {
        let Self { mut block, kind } = self;
        block.shape = match kind.heading {
            _ if kind.is_contents => Shape::Contents,
            Some(level) => Shape::Heading(level),
            None if kind.is_item => Shape::Item,
            None => Shape::Plain,
        };
        block
    }
}

impl Block {
    /// Appends a block that stands in this one, behind `mark`.
    fn append(&mut self, inner: Self, mark: &str) {
        if self.text.is_empty() {
            self.text = inner.text;
        } else if !inner.text.trim().is_empty() {
            self.text.push_str(mark);
            self.text.push_str(&inner.text);
        }
        for text in inner.boxes.iter().filter(|text| !text.trim().is_empty()) {
            self.text.push('\n');
            self.text.push_str(text);
        }
        self.notes.extend(inner.notes);
    }
}
