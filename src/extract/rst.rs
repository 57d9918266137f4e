//! reStructuredText: text without markup, its titles as headings.
//!
//! The source is read block by block: titles by the lines under (and over) them, whose levels are in the order in which
//! they first appear; directives, whose bodies are text but where they are known to be none; literal blocks; tables; and
//! paragraphs, whose marks [`inline`] reads. The fields that a document begins with are its facts.

mod inline;

use super::compose::{Composition, Gap};
use super::decode::decode;
use super::lines::{Line, end_line, lines};
use super::{Raw, add_fact, document, language_code};
use crate::date::Date;
use crate::document::{Document, Facts, Format};

/// Directives that have neither words to read as arguments nor bodies.
const WITHOUT_TEXT: [&str; 33] = [
    "image",
    "include",
    "raw",
    "toctree",
    "contents",
    "index",
    "highlight",
    "highlightlang",
    "default-role",
    "currentmodule",
    "currentlibrary",
    "module",
    "meta",
    "sectnum",
    "section-numbering",
    "role",
    "unicode",
    "replace",
    "date",
    "bibliography",
    "literalinclude",
    "graphviz",
    "plantuml",
    "digraph",
    "graph",
    "testsetup",
    "testcleanup",
    "automodule",
    "autoclass",
    "autofunction",
    "autosummary",
    "tabularcolumns",
    "csv-filter",
];

/// Directives whose arguments are no text and whose bodies stand as they are.
const LITERAL: [&str; 13] = [
    "code",
    "code-block",
    "sourcecode",
    "parsed-literal",
    "literal",
    "doctest",
    "testcode",
    "testoutput",
    "console",
    "prompt",
    "productionlist",
    "math",
    "ipython",
];

/// Directives whose arguments are no text and whose bodies are.
const WITHOUT_ARGUMENTS: [&str; 7] =
    ["figure", "only", "ifconfig", "container", "class", "list-table", "table-of"];

/// Makes a document of reStructuredText.
pub(super) fn extract(raw: &Raw<'_>) -> Document {
    let decoded = decode(raw.bytes, None);
    let mut reader = Reader::new(&decoded.text);
    reader.read();
    let mut composed = reader.out.finish();
    let mut facts = reader.facts;
    facts.title = facts.title.or(composed.title.take());
    document(raw, Format::Rst, decoded, facts, composed)
}

impl<'a> Line<'a> {
    /// The punctuation mark that the line is made of, if it can stand under or over a title.
    fn adornment(self) -> Option<char> {
        let mark = self.text.chars().next().filter(char::is_ascii_punctuation)?;
        (self.text.len() > 1 && self.text.bytes().all(|byte| byte == mark as u8)).then_some(mark)
    }

    /// Whether the line is the border of a table whose columns spaces separate.
    fn is_border(self) -> bool {
        self.text.starts_with("==")
            && self.text.contains(' ')
            && self.text.bytes().all(|byte| matches!(byte, b'=' | b' '))
    }

    /// The name of the field that the line begins, and its value with the offset in the line.
    fn field(self) -> Option<(&'a str, usize)> {
        let rest = self.text.strip_prefix(':')?;
        let end = rest.find(": ").or_else(|| rest.ends_with(':').then(|| rest.len() - 1))?;
        let name = &rest[..end];
        let is_name = !name.is_empty() && !name.contains('`') && !name.starts_with([' ', ':']);
        let value = (end + 2..).find(|&at| !self.text[at.min(self.text.len())..].starts_with(' '))?;
        is_name.then_some((name, value.min(self.text.len())))
    }
}

/// Reads a source block by block.
struct Reader<'a> {
    source: &'a str,
    lines: Vec<Line<'a>>,
    /// The number of the next line.
    next: usize,
    out: Composition,
    facts: Facts,
    /// The ways of adorning titles, in the order of their levels: the mark, and whether it stands above too.
    titles: Vec<(char, bool)>,
    /// Whether nothing but a title was read, so that fields are facts of the document.
    is_head: bool,
}

impl<'a> Reader<'a> {
    fn new(source: &'a str) -> Self {
        Self {
            source,
            lines: lines(source),
            next: 0,
            out: Composition::default(),
            facts: Facts::default(),
            titles: Vec::new(),
            is_head: true,
        }
    }

    fn line(&self, number: usize) -> Option<Line<'a>> {
        self.lines.get(number).copied()
    }

    fn read(&mut self) {
        while let Some(line) = self.line(self.next) {
            if line.is_blank() {
                self.next += 1;
                self.out.gap(Gap::Block);
            } else {
                self.block(line);
            }
        }
    }

    /// Reads the block that begins with the next line.
    fn block(&mut self, line: Line<'a>) {
        if self.title(line) {
            return;
        }
        if line.text == ".." || line.text.starts_with(".. ") {
            return self.explicit(line);
        }
        if self.is_head && line.field().is_some() {
            return self.document_field(line);
        }
        self.is_head = false;
        if line.is_border() {
            self.simple_table();
        } else if line.text.starts_with("+-") && line.text.ends_with('+') {
            self.grid_table();
        } else if line.text.starts_with(">>> ") {
            self.literal(line.indentation, |next, first| next.is_blank() || next.indentation < first);
        } else if line.adornment().is_some() && line.text.len() > 3 {
            self.next += 1;
            self.out.gap(Gap::Block);
        } else {
            self.paragraph(line);
        }
    }

    /// Reads a title with the lines under and over it, if the next lines are one.
    fn title(&mut self, line: Line<'a>) -> bool {
        let Some((text, style, count)) = self.adorned(line) else { return false };
        let known = self.titles.iter().position(|&other| other == style);
        let level = known.unwrap_or_else(|| {
            self.titles.push(style);
            self.titles.len() - 1
        });
        self.out.begin_heading(u8::try_from(level + 1).unwrap_or(u8::MAX));
        inline::write(text.text, text.start, &mut self.out);
        self.out.end_heading();
        self.next += count;
        true
    }

    /// The title that the next lines are, how it is adorned, and how many lines that takes.
    fn adorned(&self, line: Line<'a>) -> Option<(Line<'a>, (char, bool), usize)> {
        let next = self.line(self.next + 1)?;
        let (text, under, count) = match line.adornment() {
            Some(_) => (next, self.line(self.next + 2)?, 3),
            None => (line, next, 2),
        };
        let mark = under.adornment()?;
        let is_even = count == 2 || line.text == under.text;
        let is_long = under.text.len() > 3 || under.text.len() >= text.text.chars().count();
        let is_title =
            !text.is_blank() && text.adornment().is_none() && (count == 3 || text.indentation == 0);
        (is_even && is_long && is_title && under.indentation == 0).then_some((
            text,
            (mark, count == 3),
            count,
        ))
    }

    /// Takes a fact of the document.
    fn document_field(&mut self, line: Line<'a>) {
        let first = self.next;
        self.next += 1;
        while self.line(self.next).is_some_and(|next| !next.is_blank() && next.indentation > line.indentation)
        {
            self.next += 1;
        }
        let Some((name, value)) = line.field() else { return };
        let last = self.line(self.next - 1).map_or(line.start, |last| last.start + last.text.len());
        let mut out = Composition::default();
        inline::write(&self.source[line.start + value..last], 0, &mut out);
        let Some(value) = super::tidy_title(&out.finish().text) else { return };
        match name.to_lowercase().as_str() {
            "date" if self.facts.date.is_none() && Date::parse(&value).is_some() => {
                self.facts.date = Date::parse(&value)
            }
            "lang" | "language" if language_code(&value).is_some() => self.facts.language = Some(value),
            "author" | "authors" => add_fact(&mut self.facts, "author", value),
            "abstract" | "dedication" => {
                self.next = first;
                self.is_head = false;
            }
            name => add_fact(&mut self.facts, name, value),
        }
    }

    /// Reads what two dots begin: a directive, a footnote, a target or a comment.
    fn explicit(&mut self, line: Line<'a>) {
        self.next += 1;
        self.out.gap(Gap::Block);
        let content = line.text[2..].trim_start();
        let start = line.start + line.text.len() - content.len();
        if let Some(rest) = content.strip_prefix('[')
            && let Some((_, text)) = rest.split_once("] ")
        {
            return inline::write(text, start + content.len() - text.len(), &mut self.out);
        }
        let name = content.split("::").next().unwrap_or_default();
        let is_name = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | ':' | '+');
        if name.len() == content.len() || name.is_empty() || !name.chars().all(is_name) {
            return self.pass_over(line.indentation);
        }
        let arguments = content[name.len() + 2..].trim_start();
        self.directive(line, name, arguments, start + content.len() - arguments.len());
    }

    fn directive(&mut self, line: Line<'a>, name: &str, arguments: &str, start: usize) {
        if WITHOUT_TEXT.contains(&name) {
            return self.pass_over(line.indentation);
        }
        let is_literal = LITERAL.contains(&name);
        if !is_literal && !WITHOUT_ARGUMENTS.contains(&name) {
            inline::write(arguments, start, &mut self.out);
            self.out.gap(Gap::Line);
        }
        while self
            .line(self.next)
            .is_some_and(|next| next.indentation > line.indentation && next.field().is_some())
        {
            self.next += 1;
        }
        if is_literal {
            if name == "math" {
                self.out.verbatim(arguments, start);
            }
            self.indented(line.indentation);
        }
    }

    /// Passes over the lines that stand further in than this.
    fn pass_over(&mut self, indentation: usize) {
        while let Some(line) = self.line(self.next) {
            if !line.is_blank() && line.indentation <= indentation {
                break;
            }
            self.next += 1;
        }
        self.out.gap(Gap::Block);
    }

    /// Writes the lines that stand further in than this as they are.
    fn indented(&mut self, indentation: usize) {
        while self.line(self.next).is_some_and(|line| line.is_blank()) {
            self.next += 1;
        }
        self.literal(indentation, |next, outer| !next.is_blank() && next.indentation <= outer);
    }

    /// Writes lines as they are, but for the indentation of the first, up to one that ends them.
    fn literal(&mut self, indentation: usize, ends: impl Fn(Line<'a>, usize) -> bool) {
        self.out.gap(Gap::Block);
        let common = self.line(self.next).map_or(0, |line| line.indentation);
        while let Some(line) = self.line(self.next).filter(|&line| !ends(line, indentation)) {
            line.write_literal(self.source, common, &mut self.out);
            self.next += 1;
        }
        self.out.gap(Gap::Block);
    }

    /// Reads a table whose columns spaces separate, to its last border or a blank line.
    fn simple_table(&mut self) {
        self.out.gap(Gap::Block);
        while let Some(line) = self.line(self.next).filter(|line| !line.is_blank()) {
            self.next += 1;
            if line.is_border() || line.text.bytes().all(|byte| matches!(byte, b'-' | b' ')) {
                continue;
            }
            let cells = line.text.split("  ").filter(|cell| !cell.trim().is_empty());
            for cell in cells {
                self.out.gap(Gap::Cell);
                self.cell(cell);
            }
            end_line(self.source, line.end(), &mut self.out);
        }
        self.out.gap(Gap::Block);
    }

    /// Reads a table that is drawn with borders, line by line.
    fn grid_table(&mut self) {
        self.out.gap(Gap::Block);
        while let Some(line) = self.line(self.next).filter(|line| line.text.starts_with(['+', '|'])) {
            self.next += 1;
            let Some(row) = line.text.strip_prefix('|') else { continue };
            for cell in row.strip_suffix('|').unwrap_or(row).split('|') {
                self.out.gap(Gap::Cell);
                self.cell(cell);
            }
            self.out.replace_gap(Gap::Line);
        }
        self.out.gap(Gap::Block);
    }

    fn cell(&mut self, cell: &'a str) {
        let start = cell.as_ptr() as usize - self.source.as_ptr() as usize;
        let text = cell.trim();
        inline::write(text, start + cell.len() - cell.trim_start().len(), &mut self.out);
    }

    /// Reads a paragraph, an item of a list or a field, and what stands literally behind it.
    fn paragraph(&mut self, line: Line<'a>) {
        self.out.gap(Gap::Line);
        let start = line.start + mark_len(line.text);
        let mut last = line;
        self.next += 1;
        while let Some(next) = self.line(self.next) {
            let ends = next.is_blank() || begins_item(next.text) || next.field().is_some();
            let is_title = self.line(self.next + 1).is_some_and(|under| {
                under.adornment().is_some()
                    && under.text.len() > 3
                    && under.indentation == 0
                    && next.indentation == 0
            });
            if ends || is_title || next.text.starts_with(".. ") {
                break;
            }
            last = next;
            self.next += 1;
        }
        let text = &self.source[start.min(last.end())..last.end()];
        let is_literal = text.ends_with("::");
        let kept = match text.strip_suffix("::") {
            Some(before) if before.is_empty() || before.ends_with(char::is_whitespace) => before.trim_end(),
            Some(before) => &text[..before.len() + 1],
            None => text,
        };
        inline::write(kept, start, &mut self.out);
        end_line(self.source, last.end(), &mut self.out);
        let mut behind = self.lines[self.next..].iter().skip_while(|line| line.is_blank());
        if is_literal && behind.next().is_some_and(|next| next.indentation > line.indentation) {
            self.indented(line.indentation);
        }
    }
}

/// Whether a line begins an item of a list, or a line that is to stay one.
fn begins_item(text: &str) -> bool {
    mark_len(text) > 0 && !text.starts_with(':')
}

/// How long the mark is that a line begins with: of a list's item, of a line that is to stay one, of a field.
fn mark_len(text: &str) -> usize {
    let rest = text.trim_start_matches(['-', '*', '+', '•', '|']);
    if text.len() > rest.len() && text.chars().count() == rest.chars().count() + 1 && rest.starts_with(' ') {
        return text.len() - rest.trim_start().len();
    }
    let number = text.trim_start_matches('(');
    let behind = number.strip_prefix('#').unwrap_or(number.trim_start_matches(|c: char| c.is_ascii_digit()));
    let is_number = behind.len() < number.len() && number.len() - behind.len() < 4;
    match behind.strip_prefix(['.', ')']) {
        Some(behind) if is_number && behind.starts_with(' ') => text.len() - behind.trim_start().len(),
        _ => usize::from(text.starts_with(':') && Line { text, start: 0, indentation: 0 }.field().is_some()),
    }
}

#[cfg(test)]
mod tests;
