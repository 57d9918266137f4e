//! The text of the body as it is written: paragraphs, headings, tables, and the notes that wait for their paragraph's end.

use crate::extract::compose::{Composed, Composition, Gap};

/// A run or a break of a note that waits for its paragraph's end.
enum Noted {
    Run { text: String, origin: usize, kind: Kind },
    Gap(Gap),
}

/// How a run came out of the source.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    /// It stands there.
    Verbatim,
    /// So many bytes stand for it.
    Unit(usize),
}

/// What a paragraph is by its properties.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Paragraph {
    /// Its level, from 0, if it is a heading.
    pub outline: Option<u8>,
    /// Whether it stands in a table.
    pub in_table: bool,
}

/// A body that grows.
#[derive(Default)]
pub(super) struct Body {
    out: Composition,
    notes: Vec<Noted>,
    /// Whether a table's row has just ended.
    after_row: bool,
}

impl Body {
    /// Adds a run to the text.
    pub fn run(&mut self, run: &str, origin: usize, kind: Kind, paragraph: Paragraph) {
        if std::mem::take(&mut self.after_row) && !paragraph.in_table {
            self.out.gap(Gap::Block);
        }
        let begins_heading = !paragraph.in_table && !self.out.is_in_heading_text() && !run.trim().is_empty();
        if let Some(level) = paragraph.outline.filter(|_| begins_heading) {
            self.out.begin_heading(level + 1);
        }
        self.write(run, origin, kind);
    }

    /// Adds a run to the notes.
    pub fn note(&mut self, run: &str, origin: usize, kind: Kind) {
        self.notes.push(Noted::Run { text: run.to_owned(), origin, kind });
    }

    /// Asks for a gap in the text.
    pub fn gap(&mut self, gap: Gap) {
        self.out.gap(gap);
    }

    /// Asks for a gap in the notes.
    pub fn note_gap(&mut self, gap: Gap) {
        self.notes.push(Noted::Gap(gap));
    }

    /// Ends a paragraph.
    pub fn end_paragraph(&mut self, paragraph: Paragraph) {
        if paragraph.in_table {
            return self.out.gap(Gap::Line);
        }
        self.out.end_heading();
        self.out.gap(Gap::Block);
        self.write_notes();
    }

    /// Ends a cell of a table, whose last paragraph ends with it.
    pub fn end_cell(&mut self) {
        self.out.replace_gap(Gap::Cell);
    }

    /// Ends a row of a table, whose last cell ends with it.
    pub fn end_row(&mut self) {
        self.out.replace_gap(Gap::Line);
        self.after_row = true;
    }

    /// The text, complete.
    pub fn finish(mut self) -> Composed {
        self.end_paragraph(Paragraph::default());
        self.out.finish()
    }

    /// Writes the notes that belong to what was written.
    fn write_notes(&mut self) {
        if self.notes.is_empty() {
            return;
        }
        for noted in std::mem::take(&mut self.notes) {
            match noted {
                Noted::Run { text, origin, kind } => self.write(&text, origin, kind),
                Noted::Gap(gap) => self.out.gap(gap),
            }
        }
        self.out.gap(Gap::Block);
    }

    /// Writes a run, without the space that a paragraph, or the text behind a note's mark, starts with.
    fn write(&mut self, run: &str, origin: usize, kind: Kind) {
        match kind {
            Kind::Verbatim if self.out.pending_gap() == Gap::Block => {
                let rest = run.trim_start();
                self.out.verbatim(rest, origin + run.len() - rest.len());
            }
            Kind::Verbatim => self.out.verbatim(run, origin),
            Kind::Unit(len) => self.out.unit(run, origin, len),
        }
    }
}
