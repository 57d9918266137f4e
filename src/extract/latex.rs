//! LaTeX: the text of the document's body, its sectioning commands as headings.
//!
//! The source is read from front to back without running anything: what commands mean is known by name ([`commands`]),
//! and of one that is not known the arguments are text. Which brace closes which is found out first, in one pass, so
//! that arguments can be passed over or waited for without search and without recursion. Formulas stand as they are
//! written, for the words in them.

mod commands;

use super::accents::accented;
use super::compose::{Composition, Gap};
use super::decode::decode;
use super::{Raw, add_fact, document};
use crate::date::Date;
use crate::document::{Document, Facts, Format};
use commands::{Command, Environment};

/// The longest formula in a line, and the longest argument in brackets, in bytes.
const MAX_FORMULA: usize = 2_000;
const MAX_OPTION: usize = 500;

/// The longest title, date or list of authors that is taken, in bytes.
const MAX_FACT: usize = 4_000;

/// How many authors are taken at most.
const MAX_AUTHORS: usize = 100;

/// Makes a document of LaTeX.
pub(super) fn extract(raw: &Raw<'_>) -> Document {
    let decoded = decode(raw.bytes, None);
    let source = &decoded.text;
    let groups = Groups::of(source);
    let mut facts = facts(source, &groups);
    let (start, end) = body(source);
    let mut reader = Reader::new(source, &groups, start, end);
    reader.read();
    let mut composed = reader.out.finish();
    facts.title = facts.title.or(composed.title.take());
    document(raw, Format::Latex, decoded, facts, composed)
}

/// Where the document's body stands; a source without one is all body.
fn body(source: &str) -> (usize, usize) {
    let begin = uncommented(source, "\\begin{document}").next();
    let start = begin.map_or(0, |at| at + "\\begin{document}".len());
    let end = source[start..].rfind("\\end{document}").map_or(source.len(), |at| start + at);
    (start, end)
}

/// Where a text stands in the source that no comment holds.
fn uncommented<'a>(source: &'a str, text: &'a str) -> impl Iterator<Item = usize> + 'a {
    let mut line_start = 0;
    let mut is_comment = false;
    let mut read = 0;
    source.match_indices(text).map(|(at, _)| at).filter(move |&at| {
        if let Some(line) = source[read..at].rfind('\n') {
            (line_start, is_comment) = (read + line + 1, false);
        }
        is_comment |= source[line_start.max(read)..at].contains('%');
        read = at;
        !is_comment
    })
}

/// What the source says of itself.
fn facts(source: &str, groups: &Groups) -> Facts {
    let arguments = |name: &'static str| {
        uncommented(source, name).filter_map(move |at| {
            let rest = &source[at + name.len()..];
            let option = option_len(rest).unwrap_or(0);
            let open = at + name.len() + option + indentation(&rest[option..]);
            let close = groups.close(open).filter(|close| close - open <= MAX_FACT)?;
            Some((open + 1, close))
        })
    };
    let plain = |(start, end): (usize, usize)| {
        let mut reader = Reader::new(source, groups, start, end);
        reader.read();
        reader.out.finish().text
    };
    let mut facts = Facts { title: arguments("\\title").next().map(plain), ..Facts::default() };
    facts.date = arguments("\\date").take(MAX_AUTHORS).find_map(|argument| Date::parse(&plain(argument)));
    for (start, end) in arguments("\\author").take(MAX_AUTHORS) {
        let mut at = start;
        for author in source[start..end].split("\\and").take(MAX_AUTHORS) {
            let text = plain((at, at + author.len()));
            at += author.len() + "\\and".len();
            if let Some(name) = text.lines().next().and_then(super::tidy_title) {
                add_fact(&mut facts, "author", name);
            }
        }
    }
    facts
}

/// Which brace closes which.
struct Groups {
    /// Where groups begin and end, in the order of their beginnings.
    pairs: Vec<(usize, Option<usize>)>,
}

impl Groups {
    fn of(source: &str) -> Self {
        let mut pairs = Vec::new();
        let mut open: Vec<usize> = Vec::new();
        let bytes = source.as_bytes();
        let mut at = 0;
        while at < bytes.len() {
            match bytes[at] {
                b'\\' => at += 1,
                b'%' => at += bytes[at..].iter().position(|&byte| byte == b'\n').unwrap_or(bytes.len() - at),
                b'{' => {
                    open.push(pairs.len());
                    pairs.push((at, None));
                    at += address_len(source, at);
                }
                b'}' => {
                    if let Some(number) = open.pop() {
                        pairs[number].1 = Some(at);
                    }
                }
                _ => {}
            }
            at += 1;
        }
        Self { pairs }
    }

    /// Where the group ends that begins at `open`.
    fn close(&self, open: usize) -> Option<usize> {
        let number = self.pairs.binary_search_by_key(&open, |&(start, _)| start).ok()?;
        self.pairs[number].1
    }
}

/// How much of the argument that begins at `open` is an address, in which a percent sign begins no comment.
fn address_len(source: &str, open: usize) -> usize {
    let is_address =
        ["\\url", "\\href", "\\path", "\\nolinkurl"].iter().any(|name| source[..open].ends_with(name));
    if !is_address {
        return 0;
    }
    let argument = &source.as_bytes()[open + 1..];
    let len = argument.iter().take(MAX_FORMULA).position(|byte| matches!(byte, b'{' | b'}' | b'\n'));
    len.unwrap_or(0)
}

/// What is to be done where an argument ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Heading,
    Gap(Gap),
}

/// Reads a part of the source.
struct Reader<'a> {
    source: &'a str,
    groups: &'a Groups,
    at: usize,
    end: usize,
    out: Composition,
    /// The arguments that are being read, by where their closing marks stand, the innermost last.
    ends: Vec<(usize, End)>,
    /// How many tables the place stands in.
    tables: usize,
    /// Ends of environments that do not occur any more.
    missing: Vec<&'a str>,
}

impl<'a> Reader<'a> {
    fn new(source: &'a str, groups: &'a Groups, at: usize, end: usize) -> Self {
        let out = Composition::default();
        Self { source, groups, at, end, out, ends: Vec::new(), tables: 0, missing: Vec::new() }
    }

    fn rest(&self) -> &'a str {
        &self.source[self.at..self.end]
    }

    fn read(&mut self) {
        while self.at < self.end {
            while self.ends.last().is_some_and(|&(close, _)| close <= self.at) {
                self.end_argument();
            }
            self.step();
        }
    }

    fn end_argument(&mut self) {
        let Some((close, end)) = self.ends.pop() else { return };
        self.at = self.at.max(close + 1);
        match end {
            End::Heading => self.out.end_heading(),
            End::Gap(gap) => self.out.gap(gap),
        }
    }

    /// Reads what stands at the present place, at least a byte of it.
    fn step(&mut self) {
        let rest = self.rest();
        let Some(&byte) = rest.as_bytes().first() else { return };
        match byte {
            b'\\' => self.command(),
            b'%' => {
                let line = rest.find('\n').map_or(rest.len(), |at| at + 1);
                self.at +=
                    line + rest[line..].bytes().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
            }
            b'{' | b'}' => self.at += 1,
            b'~' => self.skip(1, Gap::Space),
            b'&' if self.tables > 0 => self.skip(1, Gap::Cell),
            b'$' => self.formula_in_line(),
            b'\n' | b'\r' => self.line_end(),
            b' ' | b'\t' => self.skip(1, Gap::Space),
            b'-' if rest.starts_with("---") => self.unit("—", 3),
            b'-' if rest.starts_with("--") => self.unit("–", 2),
            b'`' if rest.starts_with("``") => self.unit("“", 2),
            b'`' => self.unit("‘", 1),
            b'\'' if rest.starts_with("''") => self.unit("”", 2),
            _ => self.run(),
        }
    }

    fn skip(&mut self, len: usize, gap: Gap) {
        self.out.gap(gap);
        self.at += len;
    }

    fn unit(&mut self, text: &str, len: usize) {
        self.out.unit(text, self.at, len);
        self.at += len;
    }

    /// Writes what has no marks in it; spaces stay where they stand between words.
    fn run(&mut self) {
        let rest = self.rest();
        let first = rest.chars().next().map_or(0, char::len_utf8);
        let special = |c: char| "\\%{}~&$\n\r\t-`'".contains(c);
        let len = rest[first..].find(special).map_or(rest.len(), |len| first + len);
        let limit = self.ends.last().map_or(len, |&(close, _)| close.saturating_sub(self.at)).max(first);
        let text = rest[..len.min(limit)].trim_end_matches(' ');
        self.out.verbatim(text, self.at);
        self.at += text.len();
    }

    /// Reads a line's end; a blank line behind it ends the paragraph.
    fn line_end(&mut self) {
        let rest = self.rest();
        let blank = rest.len() - rest.trim_start().len();
        if rest[..blank].bytes().filter(|&byte| byte == b'\n').count() > 1 {
            self.out.gap(Gap::Block);
        } else if rest.starts_with('\n') || rest.starts_with("\r\n") {
            self.out.line_end(self.at + usize::from(rest.starts_with('\r')));
        } else {
            self.out.gap(Gap::Line);
        }
        self.at += blank.max(1);
    }

    fn formula_in_line(&mut self) {
        let marks = if self.rest().starts_with("$$") { "$$" } else { "$" };
        if !self.formula(marks.len(), marks) {
            self.out.verbatim(marks, self.at);
            self.at += marks.len();
        }
    }

    /// Writes a formula behind `open` bytes up to the mark that closes it, if that stands in the paragraph.
    fn formula(&mut self, open: usize, close: &str) -> bool {
        let rest = &self.rest()[open..];
        let head = &rest[..rest.floor_char_boundary(MAX_FORMULA)];
        let head = head.split("\n\n").next().unwrap_or(head);
        let Some(len) = head.find(close) else { return false };
        let formula = head[..len].trim();
        let start = self.at + open + indentation(&head[..len]);
        self.out.verbatim(formula, start);
        self.at += open + len + close.len();
        true
    }

    fn command(&mut self) {
        let rest = &self.rest()[1..];
        let letters = rest.bytes().take_while(u8::is_ascii_alphabetic).count();
        if letters == 0 {
            return self.mark(rest);
        }
        let (name, start) = (&rest[..letters], self.at);
        self.at += 1 + letters;
        if self.rest().starts_with('*') {
            self.at += 1;
        }
        let command = Command::of(name);
        if !matches!(command, Command::Verbatim | Command::Unknown) {
            self.at += self.rest().bytes().take_while(|&byte| byte == b' ').count();
        }
        self.run_command(command, start);
    }

    /// Reads a command whose name is one character.
    fn mark(&mut self, rest: &str) {
        let Some(mark) = rest.chars().next() else {
            self.at += 1;
            return;
        };
        let is_formula = match mark {
            '(' => self.formula(2, "\\)"),
            '[' => self.formula(2, "\\]"),
            _ => false,
        };
        if !is_formula {
            let start = self.at;
            self.at += 1 + mark.len_utf8();
            self.run_command(Command::of_mark(mark), start);
        }
    }

    /// Does what a command says that stands at `start`, the place being behind its name.
    fn run_command(&mut self, command: Command, start: usize) {
        match command {
            Command::Heading(level) => {
                self.options();
                if self.begin_argument(End::Heading) {
                    self.out.begin_heading(level);
                }
            }
            Command::Symbol(text) => self.out.unit(text, start, self.at - start),
            Command::Accent(mark) => self.accent(mark, start),
            Command::Dropped(count) => self.drop_arguments(count),
            Command::Note => self.argument_between(Gap::Space),
            Command::Block => self.argument_between(Gap::Block),
            Command::Address => self.address(),
            Command::Verbatim => self.verbatim(),
            Command::Item => self.item(),
            Command::Reference => {
                self.out.gap(Gap::Line);
                self.drop_arguments(1);
            }
            Command::Begin => self.begin(),
            Command::End => self.end_environment(),
            Command::Define => {
                self.at += self.rest().find(['{', '\n']).unwrap_or(0);
                self.drop_arguments(1);
            }
            Command::Space => self.out.gap(Gap::Space),
            Command::LineEnd => {
                self.options();
                self.out.gap(Gap::Line);
            }
            Command::Paragraph => self.out.gap(Gap::Block),
            Command::Unknown => self.options(),
        }
    }

    /// Passes over arguments in brackets.
    fn options(&mut self) {
        while let Some(len) = option_len(self.rest()) {
            self.at += len;
        }
    }

    /// Where the argument in braces begins and ends that stands at the place, behind white space.
    fn argument(&self) -> Option<(usize, usize)> {
        let open = self.at + indentation(self.rest());
        let close = self.groups.close(open).filter(|&close| close < self.end)?;
        Some((open + 1, close))
    }

    /// Goes into the argument at the place, if there is one, whose end is then taken notice of.
    fn begin_argument(&mut self, end: End) -> bool {
        let argument = self.argument();
        if let Some((start, close)) = argument {
            self.at = start;
            self.ends.push((close, end));
        }
        argument.is_some()
    }

    fn argument_between(&mut self, gap: Gap) {
        self.options();
        self.out.gap(gap);
        self.begin_argument(End::Gap(gap));
    }

    fn drop_arguments(&mut self, count: usize) {
        for _ in 0..count {
            self.options();
            match self.argument() {
                Some((_, close)) => self.at = close + 1,
                None => return,
            }
        }
    }

    /// Writes the letter at the place with a mark on it.
    fn accent(&mut self, mark: char, start: usize) {
        let rest = self.rest();
        let open = rest.len() - rest.trim_start_matches(['{', ' ']).len();
        let (letter, len) = match rest[open..].chars().next() {
            Some('\\') if rest[open + 1..].starts_with(['i', 'j']) => {
                (if rest[open + 1..].starts_with('i') { 'ı' } else { 'ȷ' }, 2)
            }
            Some(letter) if letter.is_alphabetic() => (letter, letter.len_utf8()),
            _ => return,
        };
        self.at += open + len;
        self.out.unit(&accented(letter, mark), start, self.at - start);
    }

    fn address(&mut self) {
        if let Some((start, close)) = self.argument() {
            self.out.verbatim(&self.source[start..close], start);
            self.at = close + 1;
        }
    }

    fn verbatim(&mut self) {
        self.options();
        let rest = self.rest();
        let Some(mark) = rest.chars().next().filter(|c| !c.is_whitespace()) else { return };
        let close = if mark == '{' { '}' } else { mark };
        let inner = &rest[mark.len_utf8()..];
        let line = &inner[..inner.floor_char_boundary(MAX_OPTION)];
        let line = line.split('\n').next().unwrap_or_default();
        if let Some(len) = line.find(close) {
            self.out.verbatim(&line[..len], self.at + mark.len_utf8());
            self.at += mark.len_utf8() + len + close.len_utf8();
        }
    }

    /// Begins an item, whose own mark is text.
    fn item(&mut self) {
        self.out.gap(Gap::Line);
        if let Some(len) = option_len(self.rest()) {
            let skipped = indentation(self.rest()) + 1;
            self.ends.push((self.at + len - 1, End::Gap(Gap::Space)));
            self.at += skipped;
        }
    }

    /// The name of the environment that the place names, which is then behind it.
    fn environment(&mut self) -> Option<&'a str> {
        let (start, close) = self.argument()?;
        self.at = close + 1;
        Some(&self.source[start..close])
    }

    fn begin(&mut self) {
        let Some(name) = self.environment() else { return };
        self.out.gap(Gap::Block);
        match Environment::of(name) {
            kind @ (Environment::Verbatim | Environment::Formula | Environment::Dropped) => {
                self.raw(name, kind)
            }
            Environment::Table(arguments) => {
                self.tables += 1;
                self.drop_arguments(arguments);
            }
            Environment::Text(arguments) => {
                self.options();
                self.drop_arguments(arguments);
            }
            Environment::Frame => {
                self.options();
                if self.rest().starts_with('{') && self.begin_argument(End::Heading) {
                    self.out.begin_heading(4);
                }
            }
        }
    }

    /// Reads an environment in which nothing is a command, to its end.
    fn raw(&mut self, name: &'a str, kind: Environment) {
        if self.missing.contains(&name) {
            return;
        }
        let end = format!("\\end{{{name}}}");
        let Some(len) = self.rest().find(&end) else { return self.missing.push(name) };
        let inner = &self.rest()[..len];
        let head = match kind {
            Environment::Verbatim => {
                inner.find('\n').filter(|&at| is_options(&inner[..at])).map_or(0, |at| at + 1)
            }
            _ => indentation(inner),
        };
        if kind != Environment::Dropped {
            self.out.verbatim(inner[head..].trim_end(), self.at + head);
        }
        self.at += len + end.len();
        self.out.gap(Gap::Block);
    }

    fn end_environment(&mut self) {
        let Some(name) = self.environment() else { return };
        if matches!(Environment::of(name), Environment::Table(_)) {
            self.tables = self.tables.saturating_sub(1);
        }
        self.out.gap(Gap::Block);
    }
}

/// Whether the rest of an environment's first line is arguments.
fn is_options(line: &str) -> bool {
    let line = line.trim();
    line.is_empty() || line.starts_with(['[', '{']) && line.ends_with([']', '}'])
}

/// How long the argument in brackets is that a text begins with, white space before it included.
fn option_len(rest: &str) -> Option<usize> {
    let open = rest.bytes().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    let inner = rest[open..].strip_prefix('[')?;
    let mut depth = 0;
    for (at, byte) in inner.bytes().enumerate().take(MAX_OPTION) {
        match byte {
            b'{' => depth += 1,
            b'}' if depth == 0 => return None,
            b'}' => depth -= 1,
            b']' if depth == 0 => return Some(open + 1 + at + 1),
            _ => {}
        }
    }
    None
}

/// How many bytes of white space a text begins with.
fn indentation(text: &str) -> usize {
    text.len() - text.trim_start().len()
}

#[cfg(test)]
mod tests;
