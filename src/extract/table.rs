//! The rows of a sheet as paragraphs that can each be read alone: every cell with the name of its column before it.
//!
//! The names are those of the first row that has several cells, if it looks like names: text in every cell, short, and
//! no two the same. Rows of one cell above it are captions, and stay as they are.

use std::collections::HashMap;

use super::compose::{Composition, Gap};
use crate::document::{Location, NumberSpan};

/// The longest name of a column, in characters.
const MAX_NAME: usize = 60;

/// A cell that holds something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Cell {
    /// Which column it stands in, from 0.
    pub column: u32,
    /// What it shows.
    pub value: String,
    /// Whether that is text, and no number, date or truth value.
    pub is_text: bool,
    /// What somebody has noted on it.
    pub comment: String,
}

impl Cell {
    /// A cell that shows `value`, on one line; `None` for one that shows nothing.
    pub fn new(column: u32, value: &str, is_text: bool) -> Option<Self> {
        let words: Vec<&str> = value.split_whitespace().collect();
        (!words.is_empty()).then(|| Self { column, value: words.join(" "), is_text, comment: String::new() })
    }

    /// The cell, which may be empty, with a comment on it.
    pub fn with_comment(column: u32, cell: Option<Self>, comment: &str) -> Option<Self> {
        let Some(comment) = Self::new(column, comment, true) else { return cell };
        let cell = cell.unwrap_or(Self { value: String::new(), ..comment.clone() });
        Some(Self { comment: comment.value, ..cell })
    }

    /// Adds what it shows, with its comment in brackets behind it.
    fn write(&self, text: &mut String) {
        text.push_str(&self.value);
        if !self.comment.is_empty() {
            text.push_str(if self.value.is_empty() { "[" } else { " [" });
            text.push_str(&self.comment);
            text.push(']');
        }
    }
}

/// What is known of the names of the columns.
enum Names {
    /// No row with several cells has come yet.
    Open,
    /// There are none.
    None,
    /// The row that names the columns, and whether it needs not be written any more.
    Known { header: (NumberSpan, Vec<Cell>), by_column: HashMap<u32, String>, are_used: bool },
}

/// A sheet whose rows are being written.
pub(super) struct Sheet<'a> {
    name: &'a str,
    out: &'a mut Composition,
    names: Names,
    is_empty: bool,
}

impl<'a> Sheet<'a> {
    /// Begins a sheet. Its name becomes a heading with its first row.
    pub fn new(name: &'a str, out: &'a mut Composition) -> Self {
        Self { name, out, names: Names::Open, is_empty: true }
    }

    /// Adds a row, or one that is repeated in all of `rows`, which are counted from 1.
    pub fn row(&mut self, rows: NumberSpan, cells: Vec<Cell>) {
        match &mut self.names {
            _ if cells.is_empty() => {}
            Names::Open if cells.len() > 1 && is_header(&cells) => {
                let has_comments = cells.iter().any(|cell| !cell.comment.is_empty());
                let by_column = cells.iter().map(|cell| (cell.column, cell.value.clone())).collect();
                if has_comments {
                    self.write(rows, &plain(&cells));
                }
                self.names = Names::Known { header: (rows, cells), by_column, are_used: has_comments };
            }
            Names::Open => {
                if cells.len() > 1 {
                    self.names = Names::None;
                }
                self.write(rows, &plain(&cells));
            }
            Names::None => self.write(rows, &plain(&cells)),
            Names::Known { by_column, are_used, .. } => {
                *are_used = true;
                let text = named(&cells, by_column);
                self.write(rows, &text);
            }
        }
    }

    /// How many bytes the text has so far that the sheet is written to.
    pub fn len(&self) -> usize {
        self.out.len()
    }

    /// Ends the sheet.
    pub fn end(mut self) {
        if let Names::Known { header: (rows, cells), are_used: false, .. } =
            std::mem::replace(&mut self.names, Names::None)
        {
            self.write(rows, &plain(&cells));
        }
    }

    fn write(&mut self, rows: NumberSpan, text: &str) {
        self.out.place(Location::Rows { sheet: self.name.to_owned(), rows });
        if std::mem::take(&mut self.is_empty) && !self.name.trim().is_empty() {
            self.out.begin_heading(1);
            self.out.placed(self.name);
            self.out.end_heading();
        }
        self.out.gap(Gap::Block);
        self.out.placed(text);
    }
}

fn is_header(cells: &[Cell]) -> bool {
    let mut names: Vec<&str> = cells.iter().map(|cell| cell.value.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    names.len() == cells.len()
        && cells.iter().all(|cell| cell.is_text && cell.value.chars().count() <= MAX_NAME)
}

fn plain(cells: &[Cell]) -> String {
    named(cells, &HashMap::new())
}

fn named(cells: &[Cell], names: &HashMap<u32, String>) -> String {
    let mut text = String::new();
    for cell in cells {
        if !text.is_empty() {
            text.push_str(" | ");
        }
        if let Some(name) = names.get(&cell.column) {
            text.push_str(name.trim_end_matches(':'));
            text.push_str(": ");
        }
        cell.write(&mut text);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Units;

    /// The text of a sheet of these rows; cells of digits are numbers.
    fn sheet(rows: &[&[&str]]) -> String {
        let mut out = Composition::of(Units::Paragraphs);
        let mut sheet = Sheet::new("S", &mut out);
        for (cells, number) in rows.iter().zip(1..) {
            let cells = cells
                .iter()
                .zip(0..)
                .filter_map(|(value, column)| Cell::new(column, value, value.parse::<f64>().is_err()));
            sheet.row(NumberSpan { start: number, end: number }, cells.collect());
        }
        sheet.end();
        out.finish().text
    }

    #[test]
    fn cells_are_named_by_the_first_row_that_looks_like_names() {
        let rows: &[&[&str]] =
            &[&["Officers 2023"], &[], &["Name", "Post:", ""], &["Kim\n\nA", "", "7"], &["Lee", "Cape"]];
        assert_eq!(sheet(rows), "S\n\nOfficers 2023\n\nName: Kim A | 7\n\nName: Lee | Post: Cape");
    }

    #[test]
    fn comments_stand_behind_their_cells_and_are_no_names() {
        let mut out = Composition::of(Units::Paragraphs);
        let mut sheet = Sheet::new("S", &mut out);
        let cell = |column, value: &str, comment: &str| {
            Cell::with_comment(column, Cell::new(column, value, true), comment).expect("something in it")
        };
        for (number, cells) in [
            (1, [cell(0, "Name", "Who"), cell(1, "Post", " ")]),
            (2, [cell(0, "Kim", "!"), cell(1, "", "?")]),
        ] {
            sheet.row(NumberSpan { start: number, end: number }, cells.to_vec());
        }
        sheet.end();
        assert_eq!(out.finish().text, "S\n\nName [Who] | Post\n\nName: Kim [!] | Post: [?]");
    }

    #[test]
    fn rows_without_names_stay_as_they_are() {
        assert_eq!(sheet(&[&["a", "1"], &["b", "2"]]), "S\n\na | 1\n\nb | 2");
        assert_eq!(sheet(&[&["a", "a"], &["b", "c"]]), "S\n\na | a\n\nb | c");
        assert_eq!(sheet(&[&["Name", "Post"]]), "S\n\nName | Post", "names of nothing");
        assert_eq!(sheet(&[&[], &[""]]), "");
    }
}
