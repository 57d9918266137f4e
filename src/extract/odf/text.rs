//! Texts: paragraphs, headings, lists and tables in order.

use super::{begin, is_about_comment, is_block, is_left_out};
use crate::document::{Location, NumberSpan};
use crate::extract::ExtractError;
use crate::extract::compose::Composition;
use crate::extract::flow::{Block, Blocks, Flow};
use crate::extract::xml_stream::{Node, XmlStream};

/// Writes the text of a stream to `out`.
pub(super) fn read(mut xml: XmlStream<'_>, out: &mut Composition) -> Result<(), ExtractError> {
    let mut flow = Flow::default();
    let mut writer = Writer { out, blocks: Blocks::default(), written: 0 };
    let mut lists = 0_usize;
    while let Some(node) = xml.next()? {
        match node {
            Node::Open(tag) if is_left_out(&tag) || is_about_comment(&tag) => xml.skip()?,
            Node::Open(tag) => {
                match tag.name() {
                    "list" => lists += 1,
                    "table" if flow.is_empty() => writer.blocks.break_off(),
                    _ => {}
                }
                begin(&tag, &mut flow, lists > 0);
            }
            Node::Close(name) if name == "list" => lists = lists.saturating_sub(1),
            Node::Close(name) if is_block(&name) => {
                if let Some(block) = flow.end() {
                    writer.write(block);
                }
            }
            Node::Close(_) => {}
            Node::Text(text) => flow.push_flowing(&text),
        }
    }
    Ok(())
}

struct Writer<'a> {
    out: &'a mut Composition,
    blocks: Blocks,
    /// How many paragraphs and rows have been written.
    written: u32,
}

impl Writer<'_> {
    fn write(&mut self, mut block: Block) {
        let asides = std::mem::take(&mut block.asides);
        self.write_one(&block);
        for text in asides {
            self.blocks.break_off();
            self.write_one(&Block { text, ..Block::default() });
        }
    }

    fn write_one(&mut self, block: &Block) {
        let written = &mut self.written;
        self.blocks.write(block, self.out, |out| {
            *written = written.saturating_add(1);
            out.place(Location::Paragraphs { paragraphs: NumberSpan { start: *written, end: *written } });
        });
    }
}
