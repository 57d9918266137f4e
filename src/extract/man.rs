//! Manual pages: roff with the macros of man or mdoc, their `.SH` and `.Sh` as headings.
//!
//! Pages are read line by line, each request for itself, as a formatter for readers of text would: fonts and layout go,
//! definitions and conditions that are not met are passed over, tables become rows of cells. What a page defines for
//! itself is not run; the arguments of macros that are not known are text. The name and its description, which every
//! page begins with, are the title.

mod arguments;
mod escapes;
mod mdoc;

use super::compose::{Composed, Composition, Gap};
use super::decode::decode;
use super::{Raw, document};
use crate::date::Date;
use crate::document::{Document, Facts, Format};
use arguments::{Argument, arguments};
use escapes::Ending;

/// The longest line of a page's name and description that is taken for its title, in bytes.
const MAX_DESCRIPTION: usize = 400;

/// Makes a document of a manual page.
pub(super) fn extract(raw: &Raw<'_>) -> Document {
    let decoded = decode(raw.bytes, None);
    let mut page = Page::default();
    let mut start = 0;
    for line in decoded.text.split_inclusive('\n') {
        page.line(line.trim_end_matches(['\n', '\r']), start, start + line.len() - 1);
        start += line.len();
    }
    let composed = page.out.finish();
    let mut facts = page.facts;
    facts.title = description(&composed).or(facts.title);
    document(raw, Format::Man, decoded, facts, composed)
}

/// What a page says of itself in its first section: its name, a dash, and what it is.
fn description(composed: &Composed) -> Option<String> {
    let section = composed.sections.iter().find(|section| !section.headings.is_empty())?;
    let (_, text) = composed.text[section.span.range()].split_once("\n\n")?;
    let line = text.split("\n\n").next().filter(|line| line.len() <= MAX_DESCRIPTION)?;
    ["- ", "– ", "— "].iter().any(|dash| line.contains(dash)).then(|| line.to_owned())
}

/// How the lines that come are read.
#[derive(Debug, Default, PartialEq, Eq)]
enum Mode {
    #[default]
    Text,
    /// As a definition, up to the line that begins so.
    Definition(String),
    /// As what a condition left out, up to the end of as many blocks.
    LeftOut(usize),
    /// As a table's first lines, which say how it looks.
    Layout,
    /// As a table's rows.
    Rows,
    /// As a cell of several lines.
    Cell,
}

/// A page that is being read.
#[derive(Default)]
struct Page {
    out: Composition,
    facts: Facts,
    mode: Mode,
    /// What separates a table's cells.
    separator: char,
    /// Whether a heading has begun, whose text is the next line that has any.
    is_heading: bool,
    is_continued: bool,
    /// Whether lines stay as they are, instead of flowing.
    is_literal: bool,
    /// Whether the next line is an item's mark, which has a line of its own.
    is_mark: bool,
    /// Whether the line before ended for no other reason than that it was full.
    is_flowing: bool,
    /// Whether the line before was a request's.
    is_request: bool,
    /// Whether the last condition that has an alternative was met.
    was_met: bool,
    /// The address that the text before refers to.
    link: Option<String>,
    mdoc: mdoc::Writer,
}

impl Page {
    /// Reads a line that stands at `start` and whose end stands at `end`.
    fn line(&mut self, line: &str, start: usize, end: usize) {
        match &mut self.mode {
            Mode::Definition(mark) => {
                if line.strip_prefix('.').is_some_and(|line| line.trim() == mark) {
                    self.mode = Mode::Text;
                }
                return;
            }
            Mode::LeftOut(depth) => {
                *depth = (*depth + line.matches("\\{").count()).saturating_sub(line.matches("\\}").count());
                if *depth == 0 {
                    self.mode = Mode::Text;
                }
                return;
            }
            _ => {}
        }
        let is_request = line.starts_with(['.', '\'']);
        match self.mode {
            _ if is_request => self.request(line, start, end),
            Mode::Layout => self.layout(line),
            Mode::Rows => self.row(line, start, end),
            Mode::Cell if line.starts_with("T}") => {
                self.mode = Mode::Rows;
                self.row(&line[2..], start + 2, end);
            }
            Mode::Cell => {
                escapes::write(line.trim(), start + indentation(line), &mut self.out);
                self.out.gap(Gap::Space);
            }
            _ => self.text(line, start, end),
        }
    }

    fn text(&mut self, line: &str, start: usize, end: usize) {
        let text = line.trim_end();
        if text.is_empty() {
            return self.out.gap(Gap::Block);
        }
        let indentation = if self.is_continued { 0 } else { indentation(text) };
        if std::mem::take(&mut self.is_request) && indentation == 0 {
            self.join();
        }
        let ending = escapes::write(&text[indentation..], start + indentation, &mut self.out);
        self.end_line(ending, end);
    }

    fn end_line(&mut self, ending: Ending, end: usize) {
        self.is_continued = ending == Ending::Continued;
        if std::mem::take(&mut self.is_heading) {
            self.out.end_heading();
        } else if !self.is_continued {
            self.is_flowing = !(std::mem::take(&mut self.is_mark) || self.is_literal);
            self.out.line_end(end);
        }
    }

    /// Goes on in the line before, if that flows: requests divide lines that are one to a reader.
    fn join(&mut self) {
        if self.is_flowing && self.out.pending_gap() == Gap::Line {
            self.out.replace_gap(Gap::Space);
        }
    }

    /// Reads a line that begins with a request, which may be one behind conditions.
    fn request(&mut self, line: &str, start: usize, end: usize) {
        let whole = escapes::without_comment(line);
        let mut line = whole;
        while line.starts_with(['.', '\'']) {
            let name_start = line.len() - line[1..].trim_start().len();
            let (name, rest) = line[name_start..].split_at(name_len(&line[name_start..]));
            let (condition, action) = match name {
                "if" | "ie" => split_condition(rest.trim_start()),
                "el" => ("", rest),
                "while" => return self.leave_out(rest),
                _ => {
                    let offset = start + whole.len() - line.len() + name_start;
                    return self.run(Request { name, start: offset, rest }, end);
                }
            };
            let is_met = if name == "el" { !self.was_met } else { is_met(condition) };
            if name == "ie" {
                self.was_met = is_met;
            }
            if !is_met {
                return self.leave_out(action);
            }
            let action = action.trim_start();
            line = action.strip_prefix("\\{").unwrap_or(action).trim_start();
            line = if line == "\\" { "" } else { line };
        }
        if !line.is_empty() {
            self.text(line, start + whole.len() - line.len(), end);
        }
    }

    /// Leaves out what stands behind a condition, to the end of its block if it begins one.
    fn leave_out(&mut self, action: &str) {
        let depth = action.matches("\\{").count().saturating_sub(action.matches("\\}").count());
        if depth > 0 {
            self.mode = Mode::LeftOut(depth);
        }
    }

    fn run(&mut self, request: Request<'_>, end: usize) {
        let words = arguments(request.rest, request.start + request.name.len());
        match request.name {
            "SH" | "Sh" => self.heading(1, &words, end),
            "SS" | "Ss" => self.heading(2, &words, end),
            "EX" | "Vb" | "Bd" => self.block(true),
            "EE" | "Ve" | "Ed" => self.block(false),
            "PP" | "P" | "LP" | "Pp" | "Lp" | "HP" | "sp" | "Sp" | "Bl" | "El" | "Rs" | "Re" => {
                self.out.gap(Gap::Block);
            }
            "TP" => {
                self.out.gap(Gap::Block);
                self.is_mark = true;
            }
            "nf" | "fi" => {
                self.is_literal = request.name == "nf";
                self.break_line();
            }
            "br" | "RS" | "RE" | "TQ" | "SY" | "YS" | "ce" | "ti" | "in" => self.break_line(),
            "IP" => self.item(&words),
            "It" => {
                self.break_line();
                self.is_mark = true;
                self.inline(&words, end);
            }
            "BR" | "BI" | "IR" | "IB" | "RB" | "RI" => self.words(&words, Gap::None, end),
            "UR" | "MT" => self.link = words.first().map(|link| escapes::plain(link.text)),
            "UE" | "ME" => self.end_link(&words, request.start, end),
            "TH" | "Dt" => self.title(&words),
            "Dd" => self.facts.date = self.facts.date.or_else(|| Date::parse(&escapes::plain(request.rest))),
            "de" | "de1" | "dei" | "am" | "ami" | "ig" => self.define(request.name, &words),
            "TS" => (self.mode, self.separator) = (Mode::Layout, '\t'),
            "T&" if self.mode == Mode::Rows => self.mode = Mode::Layout,
            "TE" => {
                self.mode = Mode::Text;
                self.out.gap(Gap::Block);
            }
            "IX" | "PD" | "DT" | "AT" | "UC" | "Os" | "Bk" | "Ek" | "Ex" | "Rv" | "Sm" | "Bf" | "Ef"
            | "EQ" | "EN" => {}
            name if mdoc::is_call(name) => {
                let call = Argument { text: name, start: request.start, is_quoted: false };
                self.inline(&[vec![call], words].concat(), end);
            }
            // Requests of roff itself, which have small letters, are layout; macros have arguments that are text.
            name if name.starts_with(|c: char| c.is_ascii_lowercase()) => {}
            _ => self.words(&words, Gap::Space, end),
        }
    }

    /// Begins or ends a block whose lines may be literal.
    fn block(&mut self, is_literal: bool) {
        self.is_literal = is_literal;
        self.out.gap(Gap::Block);
    }

    fn break_line(&mut self) {
        self.is_flowing = false;
        self.out.gap(Gap::Line);
    }

    /// Begins a heading, whose text is the next line's where the request has none.
    fn heading(&mut self, level: u8, words: &[Argument<'_>], end: usize) {
        self.out.begin_heading(level);
        self.is_heading = true;
        if !words.is_empty() {
            self.words(words, Gap::Space, end);
        }
    }

    /// Writes words with `between` between them, as a line.
    fn words(&mut self, words: &[Argument<'_>], between: Gap, end: usize) {
        self.join();
        let mut ending = None;
        for (at, word) in words.iter().enumerate() {
            if at > 0 {
                self.out.gap(between);
            }
            ending = Some(word.write(&mut self.out));
        }
        if let Some(ending) = ending {
            self.end_line(ending, end);
            self.is_request = true;
        }
    }

    /// Writes a line of mdoc.
    fn inline(&mut self, words: &[Argument<'_>], end: usize) {
        self.join();
        self.mdoc.write(words, &mut self.out);
        self.end_line(Ending::Line, end);
        self.is_request = true;
    }

    /// Begins an item, whose mark stands on a line of its own unless it is but a character or two.
    fn item(&mut self, words: &[Argument<'_>]) {
        self.out.gap(Gap::Block);
        if let Some(mark) = words.first() {
            mark.write(&mut self.out);
            let is_short = escapes::plain(mark.text).chars().count() <= 2;
            self.out.gap(if is_short { Gap::Space } else { Gap::Line });
        }
    }

    /// Writes the address that the text before refers to, for which the request at `start` stands.
    fn end_link(&mut self, words: &[Argument<'_>], start: usize, end: usize) {
        if let Some(link) = self.link.take() {
            self.out.replace_gap(Gap::Space);
            self.out.unit(&link, start, 0);
        }
        self.words(words, Gap::Space, end);
        self.out.gap(Gap::Line);
    }

    /// Takes a page's name, section and date.
    fn title(&mut self, words: &[Argument<'_>]) {
        let word =
            |at: usize| words.get(at).map(|word| escapes::plain(word.text)).filter(|word| !word.is_empty());
        self.facts.date = self.facts.date.or_else(|| Date::parse(&word(2)?));
        let section = word(1);
        self.facts.title = word(0).map(|name| match &section {
            Some(section) => format!("{name}({section})"),
            None => name,
        });
        if let Some(section) = section {
            self.facts.other.insert("section".to_owned(), section.into());
        }
    }

    /// Passes over the lines of a definition.
    fn define(&mut self, name: &str, words: &[Argument<'_>]) {
        let mark = words.get(usize::from(name != "ig")).map_or(".", |word| word.text);
        self.mode = Mode::Definition(mark.to_owned());
    }

    /// Reads a line that says how a table looks.
    fn layout(&mut self, line: &str) {
        let line = line.trim();
        if line.ends_with(';') {
            let separator = line.split_once("tab").and_then(|(_, rest)| rest.trim_start().strip_prefix('('));
            self.separator = separator.and_then(|rest| rest.chars().next()).unwrap_or('\t');
        } else if line.ends_with('.') {
            self.mode = Mode::Rows;
        }
    }

    /// Reads a table's row, or what follows a cell of several lines.
    fn row(&mut self, line: &str, start: usize, end: usize) {
        if matches!(line.trim(), "_" | "=") {
            return;
        }
        let mut at = 0;
        for (number, cell) in line.split(self.separator).enumerate() {
            if number > 0 {
                self.out.gap(Gap::Cell);
                at += self.separator.len_utf8();
            }
            if cell.trim() == "T{" {
                self.mode = Mode::Cell;
            } else if !matches!(cell, "\\^" | "\\_" | "_" | "=") {
                escapes::write(cell.trim(), start + at + indentation(cell), &mut self.out);
            }
            at += cell.len();
        }
        if self.mode == Mode::Rows {
            self.out.line_end(end);
        }
    }
}

/// A request: a line's first word, and what stands behind it.
#[derive(Clone, Copy)]
struct Request<'a> {
    name: &'a str,
    /// Where the name stands in the decoded source.
    start: usize,
    rest: &'a str,
}

fn name_len(line: &str) -> usize {
    line.find([' ', '\t', '\\']).unwrap_or(line.len())
}

/// How many bytes of white space a line begins with.
fn indentation(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

/// A condition and what stands behind it.
fn split_condition(rest: &str) -> (&str, &str) {
    let negation = rest.len() - rest.trim_start_matches('!').len();
    let len = match rest[negation..].chars().next() {
        Some('n' | 't' | 'o' | 'e' | 'v') => 1,
        // A comparison of two texts, which may hold spaces.
        Some(mark @ ('\'' | '"')) => {
            rest[negation..].char_indices().filter(|&(_, c)| c == mark).nth(2).map_or(0, |(at, _)| at + 1)
        }
        _ => name_len(&rest[negation..]),
    };
    rest.split_at(negation + len)
}

/// Whether a condition is met where a page is formatted as text. Of what a page computes, only the version of roff is
/// known: it is none of the old ones.
fn is_met(condition: &str) -> bool {
    match condition.strip_prefix('!') {
        Some(condition) => !is_met_plainly(condition),
        None => is_met_plainly(condition),
    }
}

fn is_met_plainly(condition: &str) -> bool {
    matches!(condition, "n" | "\\n(.g" | "\\n[.g]" | "1")
}

#[cfg(test)]
mod tests;
