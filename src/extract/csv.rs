//! Tables of separated values (CSV, TSV): each row a paragraph of its values with their columns' names.
//!
//! The values are the source's own characters, so every one leads back to its bytes; a column's name, repeated before
//! each of its values, leads to the value. That is why the rows are read here and not by a library: the known ones
//! give a field's content, or its record's position, but not where in the source each character of it stands.
//!
//! Which character separates is told by trying. Quotes are respected where they enclose a whole value, and are
//! characters like others where they do not, so that a stray one takes nothing with it.

use std::collections::HashSet;

use super::compose::{Composed, Composition, Gap};
use super::decode::decode;
use super::{Raw, document, tidy_title};
use crate::document::{Document, Facts, Format, Units};
use crate::span::MAX_MAPPED;

/// What may separate values, besides what a file declares.
const SEPARATORS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// How many rows, and how many bytes of them, are looked at for the separator.
const SAMPLE_ROWS: usize = 20;
const SAMPLE_BYTES: usize = 64 << 10;

/// The longest name that a column may have, in characters; with a longer one the first row is no header.
const MAX_NAME: usize = 60;

/// Makes a document of a table.
pub(super) fn extract(raw: &Raw<'_>, format: Format) -> Document {
    let decoded = decode(raw.bytes, None);
    let composed = Table::new(&decoded.text, format).compose();
    document(raw, format, decoded, Facts::default(), composed)
}

/// A table, and what is known of it before its rows are written.
struct Table<'a> {
    source: &'a str,
    start: usize,
    separator: u8,
}

impl<'a> Table<'a> {
    fn new(source: &'a str, format: Format) -> Self {
        let (declared, start) = declared_separator(source);
        let sample = &source[start..source.floor_char_boundary(start + SAMPLE_BYTES)];
        let separator = match declared {
            Some(separator) => separator,
            None if format == Format::Tsv => b'\t',
            None => likely_separator(sample),
        };
        Self { source, start, separator }
    }

    fn cells(&self) -> Cells<'a> {
        Cells { source: self.source, at: self.start, separator: self.separator, is_done: false }
    }

    fn compose(&self) -> Composed {
        let header = self.header();
        let mut writer = Writer::new(self.source);
        let (mut row, mut column) = (0, 0);
        let mut names: &[String] = &[];
        for cell in self.cells() {
            writer.cell(cell, column, names);
            column += 1;
            if cell.ends_row {
                (row, column) = (row + 1, 0);
                writer.out.gap(Gap::Block);
                names = header.as_ref().filter(|header| row > header.row).map_or(&[], |header| &header.names);
            }
        }
        writer.out.finish()
    }

    /// The row that names the columns, if there is one: the first that is as wide as most are, when it looks so and
    /// more rows follow.
    fn header(&self) -> Option<Header> {
        let widths = widths(self.cells());
        let (width, _) = usual(&widths)?;
        let row = widths.iter().position(|&other| other == width)?;
        if row + 1 == widths.len() {
            return None;
        }
        let before: usize = widths[..row].iter().sum();
        let cells = self.cells().skip(before).take(width);
        let names: Vec<String> = cells.map(|cell| self.name(cell)).collect::<Option<_>>()?;
        let named = names.iter().filter(|name| !name.is_empty()).count();
        let distinct: HashSet<_> = names.iter().filter(|name| !name.is_empty()).collect();
        (distinct.len() == named && named * 4 >= width * 3).then_some(Header { row, names })
    }

    /// The name that a cell of the header is; `None` for what is no name.
    fn name(&self, cell: Cell) -> Option<String> {
        let content = &self.source[cell.start..cell.end];
        if content.len() > MAX_NAME * 8 {
            return None;
        }
        let name = if cell.is_quoted { content.replace("\"\"", "\"") } else { content.to_owned() };
        let name = tidy_title(&name).unwrap_or_default();
        (name.chars().count() <= MAX_NAME && !is_value(&name)).then_some(name)
    }
}

/// The row that names the columns.
struct Header {
    row: usize,
    names: Vec<String>,
}

/// Whether a text is a value rather than a column's name: it has digits and no letters.
fn is_value(text: &str) -> bool {
    text.contains(|c: char| c.is_ascii_digit()) && !text.contains(char::is_alphabetic)
}

/// The separator that a first line `sep=;` declares, and where the table starts behind it.
fn declared_separator(source: &str) -> (Option<u8>, usize) {
    let line = source.lines().next().unwrap_or_default();
    let declared = line.get(..4).filter(|word| word.eq_ignore_ascii_case("sep="));
    match declared.map(|_| &line.as_bytes()[4..]) {
        Some(&[separator]) if separator.is_ascii() && !matches!(separator, b'"' | b'\r' | b' ') => {
            let end = source.find('\n').map_or(source.len(), |at| at + 1);
            (Some(separator), end)
        }
        _ => (None, 0),
    }
}

/// The separator that divides most rows of a sample in the same number of values; of several, the one that quotes
/// enclose most values by, and then the one that divides most.
fn likely_separator(sample: &str) -> u8 {
    let cells = |separator| Cells { source: sample, at: 0, separator, is_done: false };
    let score = |separator: u8| {
        let mut widths = widths(cells(separator));
        let is_cut_off = sample.len() + 4 > SAMPLE_BYTES;
        if is_cut_off && (2..SAMPLE_ROWS).contains(&widths.len()) {
            widths.pop();
        }
        let (width, rows) = usual(&widths)?;
        let quoted = cells(separator).filter(|cell| cell.is_quoted).count();
        Some((rows * 1_000 / widths.len(), quoted, width))
    };
    let scored = SEPARATORS.into_iter().rev().filter_map(|separator| Some((score(separator)?, separator)));
    scored.max_by_key(|&(score, _)| score).map_or(b',', |(_, separator)| separator)
}

/// How many values each of the first rows has.
fn widths(cells: Cells<'_>) -> Vec<usize> {
    let mut widths = Vec::new();
    let mut width = 0;
    for cell in cells {
        width += 1;
        if cell.ends_row {
            widths.push(std::mem::take(&mut width));
        }
        if widths.len() == SAMPLE_ROWS {
            break;
        }
    }
    widths
}

/// The width that most rows have, the first of several, and how many rows have it. A table has at least two columns.
fn usual(widths: &[usize]) -> Option<(usize, usize)> {
    let count = |width: usize| widths.iter().filter(|&&other| other == width).count();
    let counted = widths.iter().rev().filter(|&&width| width > 1).map(|&width| (width, count(width)));
    counted.max_by_key(|&(_, rows)| rows)
}

/// One value of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Cell {
    /// Where its content starts, behind a quote.
    start: usize,
    end: usize,
    /// Whether quotes enclose it, so that doubled ones in it stand for one.
    is_quoted: bool,
    ends_row: bool,
}

/// The values of a table, row by row; an empty line is a row of one empty value.
struct Cells<'a> {
    source: &'a str,
    at: usize,
    separator: u8,
    is_done: bool,
}

impl Cells<'_> {
    /// The content of the quotes that enclose the value from `at` on, and the offset behind it.
    ///
    /// What is read in vain is read again only once: in it quotes come in pairs, which end where they begin.
    fn quoted(&self) -> Option<(usize, usize, usize)> {
        let bytes = self.source.as_bytes();
        let after_spaces = |at: usize| at + bytes[at..].iter().take_while(|&&byte| byte == b' ').count();
        let start = after_spaces(self.at) + 1;
        if bytes.get(start - 1) != Some(&b'"') {
            return None;
        }
        let mut end = start;
        loop {
            end += bytes[end..].iter().position(|&byte| byte == b'"')?;
            if bytes.get(end + 1) != Some(&b'"') {
                break;
            }
            end += 2;
        }
        let behind = after_spaces(end + 1);
        bytes.get(behind).is_none_or(|&byte| self.ends_value(byte)).then_some((start, end, behind))
    }

    fn ends_value(&self, byte: u8) -> bool {
        byte == self.separator || matches!(byte, b'\n' | b'\r')
    }
}

impl Iterator for Cells<'_> {
    type Item = Cell;

    fn next(&mut self) -> Option<Cell> {
        if self.is_done {
            return None;
        }
        let bytes = self.source.as_bytes();
        let quoted = self.quoted();
        let (start, end, behind) = quoted.unwrap_or_else(|| {
            let len = bytes[self.at..].iter().position(|&byte| self.ends_value(byte));
            let end = len.map_or(bytes.len(), |len| self.at + len);
            (self.at, end, end)
        });
        let ends_row = bytes.get(behind) != Some(&self.separator);
        let mark = if bytes[behind..].starts_with(b"\r\n") { 2 } else { 1 };
        self.at = (behind + mark).min(bytes.len());
        self.is_done = ends_row && self.at == bytes.len();
        Some(Cell { start, end, is_quoted: quoted.is_some(), ends_row })
    }
}

/// Writes rows.
struct Writer<'a> {
    source: &'a str,
    out: Composition,
    /// How many bytes the names before values may still take: they are not the source's, and must not outgrow it.
    names_left: usize,
}

impl<'a> Writer<'a> {
    fn new(source: &'a str) -> Self {
        let room = (MAX_MAPPED as usize).saturating_sub(source.len().saturating_mul(4));
        let names_left = (source.len() * 4 + SAMPLE_BYTES).min(room);
        Self { source, out: Composition::of(Units::Paragraphs), names_left }
    }

    fn cell(&mut self, cell: Cell, column: usize, names: &[String]) {
        let content = &self.source[cell.start..cell.end];
        let value = content.trim();
        if value.is_empty() {
            return;
        }
        let start = cell.start + (content.len() - content.trim_start().len());
        self.out.gap(Gap::Cell);
        if let Some(name) = names.get(column).filter(|name| !name.is_empty())
            && let Some(left) = self.names_left.checked_sub(name.len() + 2)
        {
            self.names_left = left;
            self.out.unit(&format!("{name}: "), start, 0);
        }
        self.value(value, start, cell.is_quoted);
    }

    /// Writes a value that stands at `start`, its lines without blank ones, which would end the row's paragraph.
    fn value(&mut self, value: &str, start: usize, is_quoted: bool) {
        let mut at = 0;
        while at < value.len() {
            let ends = |c: char| matches!(c, '\n' | '\r') || is_quoted && c == '"';
            let len = value[at..].find(ends).unwrap_or(value.len() - at);
            self.out.verbatim(&value[at..at + len], start + at);
            at += len;
            if value[at..].starts_with('"') {
                self.out.unit("\"", start + at, 2);
                at += 2;
            } else if at < value.len() {
                self.out.gap(Gap::Line);
                at = value.len() - value[at..].trim_start().len();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::laws::{extracted, located};
    use super::*;

    fn text(source: &str) -> String {
        extracted(Format::Csv, source.as_bytes()).text
    }

    #[test]
    fn each_row_is_a_paragraph_of_named_values() {
        let source = "Name,City,Note\nKim,Seoul,\nLee,\"Busan, \"\"port\"\"\",\"two\n\n lines\"\n";
        assert_eq!(
            text(source),
            "Name | City | Note\n\nName: Kim | City: Seoul\n\nName: Lee | City: Busan, \"port\" | Note: two\nlines"
        );
        let document = extracted(Format::Csv, source.as_bytes());
        assert_eq!(document.sections[0].units, Units::Paragraphs);
        assert_eq!(located(&document, source.as_bytes(), "lines"), (b"lines".as_slice(), 5));
        assert_eq!(
            located(&document, source.as_bytes(), "Busan, \"port"),
            (b"Busan, \"\"port".as_slice(), 3)
        );
        assert_eq!(located(&document, source.as_bytes(), "Name: Lee"), (b"Lee".as_slice(), 3));
    }

    #[test]
    fn rows_without_a_header_are_values_alone() {
        assert_eq!(text("1,2\n3,4\n"), "1 | 2\n\n3 | 4");
        assert_eq!(text("Kim,Kim\nLee,Lee\n"), "Kim | Kim\n\nLee | Lee", "names are distinct");
        assert_eq!(text("Only,one\n"), "Only | one");
        assert_eq!(text("line\nline two\n"), "line\n\nline two");
        assert_eq!(text("a,b,c\n1\n1,2,3,4\n"), "a | b | c\n\na: 1\n\na: 1 | b: 2 | c: 3 | 4");
        assert_eq!(text("Table 1\n\n\nYear,n\n2020,7\n"), "Table 1\n\nYear | n\n\nYear: 2020 | n: 7");
        assert_eq!(text(",a,b,c\n0,x,y,z\n"), "a | b | c\n\n0 | a: x | b: y | c: z");
    }

    #[test]
    fn the_separator_is_told_by_trying_or_declared() {
        assert_eq!(
            text("Name;Sum\nKim;1,5\nLee;2,5\n"),
            "Name | Sum\n\nName: Kim | Sum: 1,5\n\nName: Lee | Sum: 2,5"
        );
        assert_eq!(text("a\tb\n1, 2\t3\n"), "a | b\n\na: 1, 2 | b: 3");
        assert_eq!(text("a|b\r\n1|2\r\n"), "a | b\n\na: 1 | b: 2");
        assert_eq!(text("sep=^\r\na^b,c\r\n1^2,3\r\n"), "a | b,c\n\na: 1 | b,c: 2,3");
        assert_eq!(text("\"a;b\",\"c;d\"\n\"1;2\",\"3;4\"\n"), "a;b | c;d\n\na;b: 1;2 | c;d: 3;4");
        assert_eq!(extracted(Format::Tsv, b"a,b\tc\n1,2\t3").text, "a,b | c\n\na,b: 1,2 | c: 3");
    }

    #[test]
    fn stray_quotes_are_characters() {
        assert_eq!(
            text("a,b\n5\" pipe,\"x\n\"y\" z,\"w\"\n"),
            "a | b\n\na: 5\" pipe | b: \"x\n\na: \"y\" z | b: w"
        );
        assert_eq!(text("a, \"b, c\" ,d\n1,2,3\n"), "a | b, c | d\n\na: 1 | b, c: 2 | d: 3");
        assert_eq!(text("a,b\n\"never,closed\n1,2\n"), "a | b\n\na: \"never | b: closed\n\na: 1 | b: 2");
    }

    #[test]
    fn names_do_not_outgrow_the_source() {
        let long = "n".repeat(MAX_NAME);
        let source = format!("{long},b\n{}", "1,\n".repeat(50_000));
        let text = text(&source);
        assert!(text.len() < source.len() * 7 + SAMPLE_BYTES, "{}", text.len());
        assert!(text.ends_with("1\n\n1"), "the rest has its values");
    }

    #[test]
    fn a_mark_and_other_encodings_are_no_hindrance() {
        let source = super::super::decode::encode(
            "euc-kr",
            "이름,도시\n김철수,서울특별시 종로구\n이영희,부산광역시 해운대구\n",
        );
        let document = extracted(Format::Csv, &source);
        assert!(document.text.ends_with("이름: 이영희 | 도시: 부산광역시 해운대구"), "{}", document.text);
        let marked = extracted(Format::Csv, b"\xef\xbb\xbfa,b\n1,2\n");
        assert_eq!(marked.text, "a | b\n\na: 1 | b: 2");
        assert_eq!(located(&marked, b"\xef\xbb\xbfa,b\n1,2\n", "2"), (b"2".as_slice(), 2));
    }
}
