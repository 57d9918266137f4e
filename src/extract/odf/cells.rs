//! Spreadsheets: the rows of each sheet, one after the other, however often the file says that they repeat.

use super::{KIND, is_about_comment, is_left_out};
use crate::document::NumberSpan;
use crate::extract::ExtractError;
use crate::extract::compose::Composition;
use crate::extract::faults::{MAX_TEXT, too_long};
use crate::extract::table::{Cell, Sheet};
use crate::extract::xml_stream::{Node, Tag, XmlStream};

/// How often a cell that repeats is written in its row.
const MAX_REPEATS: u32 = 100;

/// Writes the sheets of a stream to `out`.
pub(super) fn read(mut xml: XmlStream<'_>, out: &mut Composition) -> Result<(), ExtractError> {
    while let Some(node) = xml.next()? {
        match node {
            Node::Open(tag) if is_left_out(&tag) => xml.skip()?,
            Node::Open(tag) if tag.qualified_name() == "table:table" => {
                let name = tag.attribute("name").unwrap_or_default();
                read_sheet(&mut xml, Sheet::new(&name, out))?;
            }
            _ => {}
        }
    }
    Ok(())
}

fn read_sheet(xml: &mut XmlStream<'_>, mut sheet: Sheet<'_>) -> Result<(), ExtractError> {
    let mut row = Row::default();
    // A table can stand in a shape or a cell of a table: what is in it counts as part of the sheet.
    let mut inner = 0_usize;
    while let Some(node) = xml.next()? {
        match node {
            Node::Open(tag) if is_left_out(&tag) || is_about_comment(&tag) => xml.skip()?,
            Node::Open(tag) if tag.name() == "table" => inner += 1,
            Node::Open(tag) => row.open(&tag),
            Node::Close(name) if name == "table" && inner == 0 => break,
            Node::Close(name) if name == "table" => inner -= 1,
            Node::Close(name) if name == "table-row" && inner == 0 => row.end(&mut sheet),
            Node::Close(name) => row.close(&name),
            Node::Text(text) => row.text(&text),
        }
        if sheet.len() + row.size > MAX_TEXT {
            return Err(too_long(KIND));
        }
    }
    sheet.end();
    Ok(())
}

/// A row that is being read.
#[derive(Default)]
struct Row {
    /// How many rows come before it.
    before: u32,
    /// How often it repeats.
    repeats: u32,
    cells: Vec<Cell>,
    /// The next cell's column.
    column: u32,
    cell: Option<OpenCell>,
    in_paragraph: bool,
    in_comment: bool,
    /// How many bytes its cells have.
    size: usize,
}

/// A cell that is being read.
#[derive(Default)]
struct OpenCell {
    repeats: u32,
    is_text: bool,
    /// Its value where that is clearer than what is shown: a date, a number.
    value: Option<String>,
    shown: String,
    comment: String,
}

impl Row {
    fn open(&mut self, tag: &Tag<'_>) {
        match tag.qualified_name() {
            "table:table-row" => self.repeats = tag.number("number-rows-repeated").unwrap_or(1),
            "table:table-cell" | "table:covered-table-cell" => self.cell = Some(OpenCell::new(tag)),
            "office:annotation" => self.in_comment = true,
            "text:p" => {
                self.in_paragraph = true;
                self.text(" ");
            }
            "text:s" | "text:tab" | "text:line-break" => self.text(" "),
            _ => {}
        }
    }

    fn close(&mut self, name: &str) {
        match name {
            "p" => self.in_paragraph = false,
            "annotation" => self.in_comment = false,
            "table-cell" | "covered-table-cell" => {
                if let Some(cell) = self.cell.take() {
                    self.add(&cell);
                }
            }
            _ => {}
        }
    }

    fn add(&mut self, cell: &OpenCell) {
        let value = cell.value.as_deref().unwrap_or(&cell.shown);
        let shown = Cell::new(self.column, value, cell.is_text);
        if let Some(first) = Cell::with_comment(self.column, shown, &cell.comment) {
            let columns = self.column..self.column.saturating_add(cell.repeats.min(MAX_REPEATS));
            self.size += first.value.len() * columns.len();
            self.cells.extend(columns.map(|column| Cell { column, ..first.clone() }));
        }
        self.column = self.column.saturating_add(cell.repeats);
    }

    fn text(&mut self, text: &str) {
        if let (true, Some(cell)) = (self.in_paragraph, &mut self.cell) {
            self.size += text.len();
            let part = if self.in_comment { &mut cell.comment } else { &mut cell.shown };
            part.push_str(text);
        }
    }

    fn end(&mut self, sheet: &mut Sheet<'_>) {
        let repeats = self.repeats.max(1);
        let start = self.before.saturating_add(1);
        self.before = self.before.saturating_add(repeats);
        sheet.row(NumberSpan { start, end: self.before }, std::mem::take(&mut self.cells));
        self.column = 0;
        self.size = 0;
    }
}

impl OpenCell {
    fn new(tag: &Tag<'_>) -> Self {
        let kind = tag.attribute("value-type");
        let value = match kind.as_deref() {
            Some("date") => tag.attribute("date-value"),
            Some("float") => tag.attribute("value"),
            Some("boolean") => tag.attribute("boolean-value").map(|truth| truth.to_uppercase()),
            _ => None,
        };
        Self {
            repeats: tag.number("number-columns-repeated").unwrap_or(1).max(1),
            is_text: kind.is_none_or(|kind| kind == "string"),
            value: value.map(|date| date.trim_end_matches("T00:00:00").replace('T', " ")),
            shown: String::new(),
            comment: String::new(),
        }
    }
}
