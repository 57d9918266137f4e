//! Paragraphs, cells and rows that stand in one another, put together to blocks that follow one another.
//!
//! Word processors let paragraphs stand in cells, cells in rows, and notes and text boxes in paragraphs, in which there
//! may be all of that again. A [`Flow`] takes what begins and ends, and gives the outermost blocks: a row is one, with
//! all that its cells hold, and what stands in a paragraph without being part of its sentences comes behind it. What is
//! open stands on a stack of bounded depth; what nests deeper counts as part of what it stands in.

use super::compose::{Composition, Gap};

/// How many blocks may be open, one in the other.
const MAX_OPEN: usize = 60;

/// What a block is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Shape {
    /// A paragraph of plain text.
    #[default]
    Plain,
    /// A heading of this level, from 1.
    Heading(u8),
    /// An item of a list.
    Item,
    /// A cell of a row.
    Cell,
    /// A row of a table.
    Row,
    /// A paragraph that is no text of its own, such as a line of a table of contents.
    LeftOut,
}

/// A paragraph, or a table's row.
#[derive(Debug, Default)]
pub(super) struct Block {
    /// What it says.
    pub text: String,
    /// What it is.
    pub shape: Shape,
    /// What stands in it beside its text, each to be read behind it.
    pub asides: Vec<String>,
    /// The notes that it refers to: their kind, and their names.
    pub notes: Vec<(&'static str, String)>,
}

/// The blocks that are open.
#[derive(Debug, Default)]
pub(super) struct Flow {
    open: Vec<Block>,
    /// How many blocks are open beyond those on the stack.
    beyond: usize,
}

impl Flow {
    /// Begins a block.
    pub fn begin(&mut self, shape: Shape) {
        if self.open.len() < MAX_OPEN {
            self.open.push(Block { shape, ..Block::default() });
        } else {
            self.beyond += 1;
        }
    }

    /// Ends the innermost block; gives it if it stands in no other.
    pub fn end(&mut self) -> Option<Block> {
        if self.beyond > 0 {
            self.beyond -= 1;
            self.push("\n");
            return None;
        }
        let block = self.open.pop()?;
        match self.open.last_mut() {
            None => return Some(block),
            Some(around) if around.shape == Shape::Row && block.shape == Shape::Cell => {
                around.append(block, " | ");
            }
            Some(around) if matches!(around.shape, Shape::Row | Shape::Cell) => around.append(block, "\n"),
            Some(around) => {
                around.asides.push(block.text);
                around.asides.extend(block.asides);
                around.notes.extend(block.notes);
            }
        }
        None
    }

    /// Whether nothing is open.
    pub fn is_empty(&self) -> bool {
        self.open.is_empty()
    }

    /// The shape of the innermost block.
    pub fn shape(&mut self) -> Option<&mut Shape> {
        self.innermost().map(|block| &mut block.shape)
    }

    /// Adds text to the innermost block; text outside of all is lost.
    pub fn push(&mut self, text: &str) {
        if let Some(block) = self.innermost() {
            block.text.push_str(text);
        }
    }

    /// Adds text whose white space counts as one space, and as none where a block begins. What stands between the
    /// paragraphs of a cell, or the cells of a row, is no text.
    pub fn push_flowing(&mut self, text: &str) {
        let block = self.innermost().filter(|block| !matches!(block.shape, Shape::Row | Shape::Cell));
        let Some(block) = block else { return };
        for c in text.chars() {
            match c.is_ascii_whitespace() {
                false => block.text.push(c),
                true if block.text.is_empty() || block.text.ends_with([' ', '\n']) => {}
                true => block.text.push(' '),
            }
        }
    }

    /// Adds to the innermost block that it refers to a note.
    pub fn refer(&mut self, kind: &'static str, name: String) {
        if let Some(block) = self.innermost() {
            block.notes.push((kind, name));
        }
    }

    fn innermost(&mut self) -> Option<&mut Block> {
        self.open.last_mut()
    }
}

impl Block {
    /// Appends a block that stands in this one, behind `mark`.
    fn append(&mut self, inner: Self, mark: &str) {
        let asides = inner.asides.into_iter().map(|text| ("\n", text));
        for (mark, text) in std::iter::once((mark, inner.text)).chain(asides) {
            let text = text.trim();
            if !self.text.is_empty() && !text.is_empty() {
                self.text.push_str(mark);
            }
            self.text.push_str(text);
        }
        self.notes.extend(inner.notes);
    }

    /// The gap that sets it apart from another like it.
    pub fn gap(&self) -> Gap {
        match self.shape {
            Shape::Item | Shape::Row => Gap::Line,
            _ => Gap::Block,
        }
    }
}

/// Writes blocks one after the other, a list or a table apart from what stands around it.
#[derive(Debug, Default)]
pub(super) struct Blocks {
    last: Option<Shape>,
}

impl Blocks {
    /// Writes a block's own text; `place` is called before each piece of it that is not empty.
    pub fn write(&mut self, block: &Block, out: &mut Composition, mut place: impl FnMut(&mut Composition)) {
        let text = block.text.trim();
        if text.is_empty() || block.shape == Shape::LeftOut {
            return;
        }
        let goes_on = self.last.replace(block.shape) == Some(block.shape);
        out.gap(if goes_on { block.gap() } else { Gap::Block });
        if let Shape::Heading(level) = block.shape {
            out.begin_heading(level);
        }
        place(out);
        out.placed(text);
        out.end_heading();
    }

    /// Says that what comes next does not go on with what came last: another table begins, say.
    pub fn break_off(&mut self) {
        self.last = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_one_block_with_all_that_its_cells_hold() {
        let mut flow = Flow::default();
        let mut blocks = Vec::new();
        flow.begin(Shape::Row);
        for text in ["a", "", "b"] {
            flow.begin(Shape::Cell);
            for text in [text, " c"] {
                flow.begin(Shape::Plain);
                flow.push(text);
                blocks.extend(flow.end());
            }
            blocks.extend(flow.end());
        }
        blocks.extend(flow.end());
        assert_eq!(blocks.len(), 1);
        assert_eq!(blocks[0].text, "a\nc | c | b\nc");
    }

    #[test]
    fn what_stands_in_a_paragraph_comes_behind_it() {
        let mut flow = Flow::default();
        flow.begin(Shape::Plain);
        flow.push_flowing("  One\n ");
        flow.begin(Shape::Plain);
        flow.push("note");
        assert!(flow.end().is_none());
        flow.push_flowing("  two");
        let block = flow.end().expect("the outermost");
        assert_eq!((block.text.as_str(), block.asides), ("One two", vec!["note".to_owned()]));
        assert!(flow.is_empty() && flow.end().is_none());
    }

    #[test]
    fn lists_and_tables_are_set_apart() {
        let mut out = Composition::default();
        let mut blocks = Blocks::default();
        let shapes = [Shape::Plain, Shape::Item, Shape::Item, Shape::Row, Shape::Row, Shape::LeftOut];
        for (shape, text) in shapes.into_iter().zip(["a", "b", "c", "d", "e", "f"]) {
            blocks.write(&Block { text: text.into(), shape, ..Block::default() }, &mut out, |_| {});
        }
        blocks.break_off();
        blocks.write(&Block { text: "g".into(), shape: Shape::Row, ..Block::default() }, &mut out, |_| {});
        assert_eq!(out.finish().text, "a\n\nb\nc\n\nd\ne\n\ng");
    }
}
