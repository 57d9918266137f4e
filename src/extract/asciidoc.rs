//! AsciiDoc: text without markup, its section titles as headings.
//!
//! The source is read block by block: titles by the signs before them; blocks between delimiters, which are text but for
//! listings, which stand as they are, and comments; lists, tables and paragraphs, whose marks [`inline`] reads. What the
//! header says of author, date and the rest are facts.

mod inline;

use super::compose::{Composition, Gap};
use super::decode::decode;
use super::lines::{Line, end_line, lines};
use super::{Raw, add_fact, document, language_code};
use crate::date::Date;
use crate::document::{Document, Facts, Format};

/// Makes a document of AsciiDoc.
pub(super) fn extract(raw: &Raw<'_>) -> Document {
    let decoded = decode(raw.bytes, None);
    let mut reader = Reader::new(&decoded.text);
    reader.header();
    while let Some(line) = reader.line(reader.next) {
        reader.block(line);
    }
    let mut composed = reader.out.finish();
    let mut facts = reader.facts;
    facts.title = facts.title.or(composed.title.take());
    document(raw, Format::Asciidoc, decoded, facts, composed)
}

/// Reads a source block by block.
struct Reader<'a> {
    source: &'a str,
    lines: Vec<Line<'a>>,
    /// The number of the next line.
    next: usize,
    out: Composition,
    facts: Facts,
    /// Delimiters that open and that nothing closes.
    open: Vec<&'a str>,
}

/// What stands between two delimiters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Delimited {
    /// Blocks like others.
    Blocks,
    /// Lines that stay as they are.
    Literal,
    /// Rows of cells.
    Table,
    /// Nothing to read.
    Comment,
}

impl Delimited {
    /// What the delimiter opens that a line is.
    fn of(line: Line<'_>) -> Option<Self> {
        let text = line.text;
        let mark = text.bytes().next()?;
        let is_run = text.len() >= 4 && text.bytes().all(|byte| byte == mark);
        match mark {
            _ if line.indentation > 0 => None,
            b'`' if text.starts_with("```") && !text[3..].contains('`') => Some(Self::Literal),
            b'|' | b'!' | b',' | b':' if text.len() >= 4 && text[1..].bytes().all(|byte| byte == b'=') => {
                Some(Self::Table)
            }
            b'-' if text == "--" => Some(Self::Blocks),
            b'-' | b'.' | b'+' if is_run => Some(Self::Literal),
            b'=' | b'*' | b'_' if is_run => Some(Self::Blocks),
            b'/' if is_run => Some(Self::Comment),
            _ => None,
        }
    }
}

impl<'a> Reader<'a> {
    fn new(source: &'a str) -> Self {
        let (out, facts) = (Composition::default(), Facts::default());
        Self { source, lines: lines(source), next: 0, out, facts, open: Vec::new() }
    }

    fn line(&self, number: usize) -> Option<Line<'a>> {
        self.lines.get(number).copied()
    }

    /// Reads the title and the lines behind it, up to a blank one.
    fn header(&mut self) {
        while self.line(self.next).is_some_and(|line| line.is_blank() || is_comment(line.text)) {
            self.next += 1;
        }
        while let Some((name, value)) = self.line(self.next).and_then(|line| attribute(line.text)) {
            self.fact(name, value);
            self.next += 1;
        }
        let Some(line) =
            self.line(self.next).filter(|line| line.text.starts_with("= ") || line.text.starts_with("# "))
        else {
            return;
        };
        self.heading(line, 1, line.text[1..].trim_start());
        self.next += 1;
        let mut plain = 0;
        while let Some(line) = self.line(self.next).filter(|line| !line.is_blank()) {
            match attribute(line.text) {
                Some((name, value)) => self.fact(name, value),
                None if is_comment(line.text) => {}
                None if plain == 0 && is_authors(line.text) => self.authors(line.text),
                None if plain == 1 && revision(line.text).is_some() => self.facts.date = revision(line.text),
                None => return,
            }
            plain += usize::from(attribute(line.text).is_none() && !is_comment(line.text));
            self.next += 1;
        }
    }

    fn fact(&mut self, name: &str, value: &str) {
        match name {
            "author" | "authors" => self.authors(value),
            "revdate" | "date" => self.facts.date = self.facts.date.or_else(|| Date::parse(value)),
            "lang" if self.facts.language.is_none() => self.facts.language = language_code(value),
            "keywords" | "description" | "revnumber" | "organization" => {
                add_fact(&mut self.facts, name, value.to_owned());
            }
            _ => {}
        }
    }

    /// Takes the names of authors, without their addresses.
    fn authors(&mut self, names: &str) {
        for name in names.split(';') {
            let name = name.split(['<', '(']).next().unwrap_or_default();
            if let Some(name) = super::tidy_title(&name.replace('_', " ")) {
                add_fact(&mut self.facts, "author", name);
            }
        }
    }

    /// Reads the block that begins with the next line.
    fn block(&mut self, line: Line<'a>) {
        let text = line.text;
        if line.is_blank() || is_attributes(text) || matches!(text, "'''" | "---" | "***" | "<<<") {
            self.next += 1;
            self.out.gap(Gap::Block);
        } else if is_comment(text) || attribute(text).is_some() || is_block_macro(text) || text == "+" {
            self.next += 1;
            self.out.gap(Gap::Line);
        } else if let Some(delimited) = Delimited::of(line) {
            self.delimited(line, delimited);
        } else if let Some((level, title)) = title(line) {
            self.heading(line, level, title);
            self.next += 1;
        } else if let Some(level) = self.underlined(line) {
            self.heading(line, level, text);
            self.next += 2;
        } else if line.indentation > 0 && mark_len(text) == 0 && self.is_after_blank() {
            self.literal_paragraph(line);
        } else {
            self.paragraph(line);
        }
    }

    fn is_after_blank(&self) -> bool {
        self.next.checked_sub(1).and_then(|before| self.line(before)).is_none_or(|line| line.is_blank())
    }

    fn heading(&mut self, line: Line<'a>, level: u8, title: &'a str) {
        self.out.begin_heading(level);
        inline::write(title, line.start + offset(line.text, title), &mut self.out);
        self.out.end_heading();
    }

    /// The level of the title that a line is by the line under it.
    fn underlined(&self, line: Line<'a>) -> Option<u8> {
        let under =
            self.line(self.next + 1).filter(|under| under.indentation == 0 && under.text.len() >= 3)?;
        let mark = under.text.bytes().next()?;
        let level = b"=-~^+".iter().position(|&other| other == mark)?;
        let width = line.text.chars().count();
        let is_run = under.text.bytes().all(|byte| byte == mark) && under.text.len().abs_diff(width) <= 1;
        let is_title =
            line.indentation == 0 && line.text.starts_with(char::is_alphanumeric) && self.is_after_blank();
        (is_run && is_title).then_some(u8::try_from(level + 1).unwrap_or(u8::MAX))
    }

    /// Reads what stands between two delimiters; one that nothing closes, and that is no block's end, is passed over.
    fn delimited(&mut self, line: Line<'a>, delimited: Delimited) {
        self.next += 1;
        self.out.gap(Gap::Block);
        if delimited == Delimited::Blocks || self.open.contains(&line.text) {
            return;
        }
        let close = if line.text.starts_with("```") { "```" } else { line.text };
        let behind = &self.lines[self.next..];
        let Some(len) = behind.iter().position(|line| line.text == close && line.indentation == 0) else {
            return self.open.push(line.text);
        };
        let end = self.next + len;
        match delimited {
            Delimited::Literal => {
                for line in &self.lines[self.next..end] {
                    line.write_literal(self.source, 0, &mut self.out);
                }
            }
            Delimited::Table => self.table(end),
            Delimited::Blocks | Delimited::Comment => {}
        }
        self.next = end + 1;
        self.out.gap(Gap::Block);
    }

    /// Reads rows up to the line of number `end`: a line of several cells is one, others end with blank lines.
    fn table(&mut self, end: usize) {
        for number in self.next..end {
            let Some(line) = self.line(number) else { return };
            if line.is_blank() {
                self.out.replace_gap(Gap::Line);
                continue;
            }
            let cells = cells(line.text);
            if cells.len() > 1 && number > self.next {
                self.out.replace_gap(Gap::Line);
            }
            for (at, cell) in cells.iter().enumerate() {
                if at > 0 || line.text.starts_with('|') {
                    self.out.gap(Gap::Cell);
                }
                inline::write(cell, line.start + offset(line.text, cell), &mut self.out);
            }
            if cells.len() > 1 {
                self.out.replace_gap(Gap::Line);
            } else {
                self.out.gap(Gap::Space);
            }
        }
    }

    /// Writes lines that stand further in, as they are.
    fn literal_paragraph(&mut self, line: Line<'a>) {
        while let Some(next) = self.line(self.next).filter(|next| !next.is_blank()) {
            next.write_literal(self.source, line.indentation, &mut self.out);
            self.next += 1;
        }
    }

    /// Reads a paragraph or an item of a list.
    fn paragraph(&mut self, line: Line<'a>) {
        self.out.gap(Gap::Line);
        let mut last = line;
        self.next += 1;
        while let Some(next) = self.line(self.next) {
            let ends =
                next.is_blank() || mark_len(next.text) > 0 || term(next.text).is_some() || next.text == "+";
            if ends || is_comment(next.text) || is_attributes(next.text) || Delimited::of(next).is_some() {
                break;
            }
            last = next;
            self.next += 1;
        }
        let mut start = line.start + mark_len(line.text);
        if let Some((term, marks)) = term(&line.text[mark_len(line.text)..]) {
            inline::write(term, start, &mut self.out);
            self.out.gap(Gap::Line);
            start += term.len() + marks;
            start += self.source[start..last.end().max(start)].len()
                - self.source[start..last.end().max(start)].trim_start().len();
        }
        let text = self.source.get(start..last.end()).unwrap_or_default();
        inline::write(text.strip_suffix(" +").unwrap_or(text), start, &mut self.out);
        end_line(self.source, last.end(), &mut self.out);
    }
}

/// Where in a line a part of it stands.
fn offset(line: &str, part: &str) -> usize {
    part.as_ptr() as usize - line.as_ptr() as usize
}

fn is_comment(text: &str) -> bool {
    text.starts_with("//") && !text.starts_with("///")
}

/// Whether a line holds the attributes of the block behind it.
fn is_attributes(text: &str) -> bool {
    text.starts_with('[')
        && text.ends_with(']')
        && !text.starts_with("[ ]")
        && !text[1..text.len() - 1].contains("] ")
}

/// The attribute that a line sets, and its value.
fn attribute(text: &str) -> Option<(&str, &str)> {
    let (name, value) = text.strip_prefix(':')?.split_once(':')?;
    let is_name =
        !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '!'));
    (is_name && (value.is_empty() || value.starts_with(' '))).then(|| (name, value.trim()))
}

/// Whether a line is a macro that stands for a block: an image, a file that is included, a condition.
fn is_block_macro(text: &str) -> bool {
    let Some((name, rest)) = text.split_once("::") else { return false };
    let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase());
    is_name && rest.ends_with(']') && !rest.starts_with(' ') && rest.contains('[')
}

/// The level and the title that a line is by the signs before it.
fn title(line: Line<'_>) -> Option<(u8, &str)> {
    let mark = line.text.chars().next().filter(|c| matches!(c, '=' | '#'))?;
    let title = line.text.trim_start_matches(mark);
    let level = line.text.len() - title.len();
    let is_title = level <= 6 && line.indentation == 0 && title.starts_with(' ');
    let title = title.trim();
    let title = title.strip_suffix(&line.text[..level]).map_or(title, str::trim_end);
    is_title.then_some((u8::try_from(level).unwrap_or(u8::MAX), title))
}

/// Whether the line under a title names authors.
fn is_authors(text: &str) -> bool {
    text.starts_with(char::is_alphabetic) && !text.contains(['[', '*', '`']) && text.split(' ').count() <= 12
}

/// The date of the line that tells the revision, as `v1.0, 2023-11-12: remark`.
fn revision(text: &str) -> Option<Date> {
    let parts = text.split([',', ':']).map(str::trim);
    Date::parse(text).or_else(|| parts.into_iter().find_map(Date::parse))
}

/// The term that a line defines, and how long the mark behind it is.
fn term(text: &str) -> Option<(&str, usize)> {
    let at = text.find("::")?;
    let marks = text[at..].bytes().take_while(|&byte| byte == b':').count();
    let behind = &text[at + marks..];
    let is_term =
        at > 0 && marks <= 4 && (behind.is_empty() || behind.starts_with(' ')) && !is_block_macro(text);
    is_term.then_some((&text[..at], marks))
}

/// How long the mark is that a line begins with: of a list's item, of a callout, of a block's title.
fn mark_len(text: &str) -> usize {
    let Some(mark) = text.chars().next() else { return 0 };
    let rest = match mark {
        '*' | '.' => text.trim_start_matches(mark),
        '-' | '•' => &text[mark.len_utf8()..],
        '<' => match text.split_once('>') {
            Some((number, rest)) if number[1..].bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') => {
                rest
            }
            _ => return 0,
        },
        '0'..='9' => match text.trim_start_matches(|c: char| c.is_ascii_digit()).strip_prefix('.') {
            Some(rest) if text.len() - rest.len() <= 4 => rest,
            _ => return 0,
        },
        _ => return 0,
    };
    let marks = text.len() - rest.len();
    match rest.trim_start() {
        item if rest.starts_with(' ') && marks <= 6 => {
            let item =
                ["[ ] ", "[x] ", "[*] "].iter().find_map(|check| item.strip_prefix(check)).unwrap_or(item);
            text.len() - item.len()
        }
        // A block's title.
        title if mark == '.' && marks == 1 && title.starts_with(char::is_alphanumeric) => 1,
        _ => 0,
    }
}

/// The cells of a table's line, without what says how they look; what stands before the first sign goes on in the cell
/// before.
fn cells(line: &str) -> Vec<&str> {
    let mut parts = line.split('|');
    let first = parts.next().map(without_look).filter(|first| !first.trim().is_empty());
    let last = line.split('|').count() - 1;
    let rest = parts.enumerate().map(|(at, cell)| if at + 1 < last { without_look(cell) } else { cell });
    first.into_iter().chain(rest).map(str::trim).collect()
}

/// A cell without the signs at its end that say how the next one looks.
fn without_look(cell: &str) -> &str {
    let look = cell.rsplit(char::is_whitespace).next().unwrap_or_default();
    let signs = look.trim_end_matches(['a', 'e', 'h', 'l', 'm', 'd', 's', 'v']);
    let is_look = look.len() - signs.len() <= 1
        && signs
            .bytes()
            .all(|byte| byte.is_ascii_digit() || matches!(byte, b'+' | b'*' | b'.' | b'<' | b'^' | b'>'))
        && (signs.is_empty() || signs.contains(['+', '*', '<', '^', '>']));
    if is_look { &cell[..cell.len() - look.len()] } else { cell }
}

#[cfg(test)]
mod tests;
