//! Spreadsheets: each sheet a section, each row a paragraph that names its columns.
//!
//! What xlsx and xls hold comes from `calamine`, which is at home here, and what ods holds from [`super::odf`]. Cells of xlsx
//! and ods are read as they stand in the file, one after the other, so that a cell far out costs no more than
//! one nearby; those of xls come in a grid, which the format bounds. Formulas count by the value that was last
//! computed. Hidden sheets are read too.

mod comments;

use std::io::Cursor;

use calamine::{DataType, ExcelDateTime, Reader, Xls, XlsError, Xlsx, XlsxError};

use super::compose::Composition;
use super::faults::{MAX_TEXT, broken, too_long};
use super::metadata::Fields;
use super::package::Package;
use super::table::{Cell, Sheet};
use super::{ExtractError, Extracted, extracted, odf};
use crate::date::Date;
use crate::document::{Facts, Format, NumberSpan, Units};

/// Extracts what a workbook holds.
pub(super) fn extract(bytes: &[u8], format: Format) -> Result<Extracted, ExtractError> {
    let mut out = Composition::of(Units::Paragraphs);
    let facts = match format {
        Format::Xls => read_xls(bytes, &mut out)?,
        Format::Ods => odf::sheets(bytes, &mut out)?,
        _ => read_xlsx(bytes, &mut out)?,
    };
    let mut composed = out.finish();
    composed.title = None;
    Ok(extracted(facts, composed))
}

const XLSX: &str = "Excel workbook";

fn read_xlsx(bytes: &[u8], out: &mut Composition) -> Result<Facts, ExtractError> {
    let mut package = Package::open(bytes, XLSX)?;
    let facts = package.core_facts();
    let comments = comments::read(&mut package);
    let mut workbook = Xlsx::new(Cursor::new(bytes)).map_err(of_xlsx)?;
    for name in workbook.sheet_names() {
        let mut cells = match workbook.worksheet_cells_reader(&name) {
            Ok(cells) => cells,
            // A sheet that is a chart has no cells, and one whose part is missing none that could be read.
            Err(XlsxError::NotAWorksheet(_) | XlsxError::WorksheetNotFound(_)) => continue,
            Err(error) => return Err(of_xlsx(error)),
        };
        let mut rows = Rows::new(Sheet::new(&name, out));
        loop {
            let cell = match cells.next_cell() {
                Ok(Some(cell)) => cell,
                Ok(None) => break,
                // Some programs write `NA` where a number should be: that is one cell, not the end of all.
                Err(XlsxError::ParseFloat(_)) => continue,
                Err(error) => return Err(of_xlsx(error)),
            };
            let (row, column) = cell.get_position();
            let comment = comments.get(&name).and_then(|comments| comments.get(&(row, column)));
            let shown = shown(column, cell.get_value());
            rows.add(
                row,
                comment.map_or(shown.clone(), |comment| Cell::with_comment(column, shown, comment)),
            )?;
        }
        rows.end();
    }
    Ok(facts)
}

fn read_xls(bytes: &[u8], out: &mut Composition) -> Result<Facts, ExtractError> {
    let mut workbook = Xls::new(Cursor::new(bytes)).map_err(of_xls)?;
    for name in workbook.sheet_names() {
        let Ok(range) = workbook.worksheet_range(&name) else { continue };
        let (first_row, first_column) = range.start().unwrap_or_default();
        let mut rows = Rows::new(Sheet::new(&name, out));
        for (row, column, value) in range.used_cells() {
            let row = first_row.saturating_add(u32::try_from(row).unwrap_or(u32::MAX));
            let column = first_column.saturating_add(u32::try_from(column).unwrap_or(u32::MAX));
            rows.add(row, shown(column, value))?;
        }
        rows.end();
    }
    Ok(workbook.workbook_properties().map(facts_of).unwrap_or_default())
}

fn facts_of(properties: calamine::WorkbookProperties) -> Facts {
    let mut fields = Fields::default();
    let given = |value: Option<String>| value.unwrap_or_default();
    fields.title(&given(properties.title));
    fields.author(&given(properties.creator));
    fields.keywords(&given(properties.keywords));
    fields.description(&given(properties.description));
    fields.created(Date::parse(&given(properties.created)));
    fields.modified(Date::parse(&given(properties.modified)));
    fields.into_facts()
}

fn of_xlsx(error: XlsxError) -> ExtractError {
    match error {
        XlsxError::Password => ExtractError::Encrypted,
        other => broken(XLSX, &other.to_string()),
    }
}

fn of_xls(error: XlsError) -> ExtractError {
    match error {
        XlsError::Password => ExtractError::Encrypted,
        other => broken(XLSX, &other.to_string()),
    }
}

/// The rows that cells make which come one after the other.
struct Rows<'a> {
    sheet: Sheet<'a>,
    row: u32,
    cells: Vec<Cell>,
    /// How many bytes the row's cells have.
    size: usize,
}

impl<'a> Rows<'a> {
    fn new(sheet: Sheet<'a>) -> Self {
        Self { sheet, row: 0, cells: Vec::new(), size: 0 }
    }

    /// Adds a cell of the row `row`, counted from 0.
    fn add(&mut self, row: u32, cell: Option<Cell>) -> Result<(), ExtractError> {
        let Some(cell) = cell else { return Ok(()) };
        if row != self.row {
            self.flush();
            self.row = row;
        }
        self.size += cell.value.len();
        self.cells.push(cell);
        if self.sheet.len() + self.size > MAX_TEXT {
            return Err(too_long(XLSX));
        }
        Ok(())
    }

    fn flush(&mut self) {
        self.size = 0;
        let number = self.row.saturating_add(1);
        self.sheet.row(NumberSpan { start: number, end: number }, std::mem::take(&mut self.cells));
    }

    fn end(mut self) {
        self.flush();
        self.sheet.end();
    }
}

/// What a cell shows; `None` if nothing.
fn shown(column: u32, value: &impl DataType) -> Option<Cell> {
    if let Some(text) = value.get_string() {
        return Cell::new(column, text, true);
    }
    let number = || value.get_int().map(|number| number.to_string());
    let fraction = || value.get_float().map(|number| number.to_string());
    let truth = || value.get_bool().map(|truth| if truth { "TRUE" } else { "FALSE" }.to_owned());
    let date = || value.get_datetime().map(|date| show_date(&date));
    let iso = || value.get_datetime_iso().or_else(|| value.get_duration_iso()).map(str::to_owned);
    let error = || value.get_error().map(ToString::to_string);
    let text = number().or_else(fraction).or_else(truth).or_else(date).or_else(iso).or_else(error);
    Cell::new(column, &text?, false)
}

/// A date, with its time if it has one; a time alone; or a length of time in hours, minutes and seconds.
fn show_date(date: &ExcelDateTime) -> String {
    let (year, month, day, hour, minute, second, _) = date.to_ymd_hms_milli();
    let days = date.as_f64();
    if date.is_duration() {
        let seconds = (days * 86_400.0).round() as i64;
        return format!("{}:{:02}:{:02}", seconds / 3_600, seconds / 60 % 60, seconds % 60);
    }
    let time = format!("{hour:02}:{minute:02}:{second:02}");
    match (days.floor() == 0.0, time == "00:00:00") {
        (true, _) => time,
        (false, true) => format!("{year:04}-{month:02}-{day:02}"),
        (false, false) => format!("{year:04}-{month:02}-{day:02} {time}"),
    }
}

#[cfg(test)]
mod tests;
