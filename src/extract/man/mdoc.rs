//! The macros of mdoc that stand in lines: their names among the words of a line are calls, whose marks (`-` before a
//! flag, brackets around what is optional) are part of the text.

use super::arguments::Argument;
use super::escapes;
use crate::extract::compose::{Composition, Gap};

/// What a macro does with the words behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Call {
    /// They are text.
    Text,
    /// They are text; without any, this is.
    Default(&'static str),
    /// Each has a dash before it.
    Flag,
    /// They are the page's name, which is remembered; without any, it is what was remembered.
    Name,
    /// They are the page's description, behind a dash.
    Description,
    /// A page's name and its section in parentheses.
    Reference,
    /// A function's name and its arguments.
    Function,
    /// They stand between marks up to the line's end.
    Enclosed(&'static str, &'static str),
    /// The mark that begins something.
    Open(&'static str),
    /// The mark that ends something.
    Close(&'static str),
    /// The next word follows without a space.
    NoSpace,
    /// The word after the next follows without a space.
    Prefix,
    /// An apostrophe in a word.
    Apostrophe,
    /// The next cell of a row.
    Cell,
    /// A system's name before them.
    System(&'static str),
}

impl Call {
    fn of(name: &str) -> Option<Self> {
        Some(match name {
            "Fl" => Self::Flag,
            "Ar" => Self::Default("file ..."),
            "Pa" => Self::Default("~"),
            "Nm" => Self::Name,
            "Nd" => Self::Description,
            "Xr" => Self::Reference,
            "Fn" => Self::Function,
            "Op" => Self::Enclosed("[", "]"),
            "Bq" => Self::Enclosed("[", "]"),
            "Pq" => Self::Enclosed("(", ")"),
            "Brq" => Self::Enclosed("{", "}"),
            "Aq" => Self::Enclosed("<", ">"),
            "In" => Self::Enclosed("<", ">"),
            "Dq" => Self::Enclosed("“", "”"),
            "Sq" | "Ql" => Self::Enclosed("‘", "’"),
            "Qq" => Self::Enclosed("\"", "\""),
            "Oo" | "Bo" => Self::Open("["),
            "Oc" | "Bc" => Self::Close("]"),
            "Po" => Self::Open("("),
            "Pc" => Self::Close(")"),
            "Bro" => Self::Open("{"),
            "Brc" => Self::Close("}"),
            "Ao" => Self::Open("<"),
            "Ac" => Self::Close(">"),
            "Do" => Self::Open("“"),
            "Dc" => Self::Close("”"),
            "So" => Self::Open("‘"),
            "Sc" => Self::Close("’"),
            "Qo" => Self::Open("\""),
            "Qc" => Self::Close("\""),
            "Ns" => Self::NoSpace,
            "Pf" => Self::Prefix,
            "Ap" => Self::Apostrophe,
            "Ta" => Self::Cell,
            "Ux" => Self::System("UNIX"),
            "Bx" => Self::System("BSD"),
            "Fx" => Self::System("FreeBSD"),
            "Nx" => Self::System("NetBSD"),
            "Ox" => Self::System("OpenBSD"),
            "Dx" => Self::System("DragonFly"),
            "At" => Self::System("AT&T UNIX"),
            "Ad" | "An" | "Cd" | "Cm" | "Dv" | "Em" | "Er" | "Es" | "Ev" | "Fa" | "Fc" | "Fd" | "Fo"
            | "Fr" | "Ft" | "Ic" | "Lb" | "Li" | "Lk" | "Ms" | "Mt" | "No" | "Sx" | "Sy" | "St" | "Tn"
            | "Va" | "Vt" | "Xo" | "Xc" | "%A" | "%B" | "%C" | "%D" | "%I" | "%J" | "%N" | "%O" | "%P"
            | "%Q" | "%R" | "%T" | "%U" | "%V" => Self::Text,
            _ => return None,
        })
    }
}

/// Whether a macro of this name stands in lines.
pub(super) fn is_call(name: &str) -> bool {
    Call::of(name).is_some()
}

/// Writes lines of mdoc.
#[derive(Debug, Default)]
pub(super) struct Writer {
    /// The page's name.
    pub name: Option<String>,
}

/// A line that is being written.
struct Line<'a, 'b> {
    out: &'a mut Composition,
    name: &'a mut Option<String>,
    call: Call,
    /// The macro that is in force.
    at: Argument<'b>,
    /// How many words it has had.
    words: usize,
    /// The marks that end the line, the innermost last.
    closing: Vec<&'static str>,
    has_space: bool,
    /// Where the last word ends.
    end: usize,
}

impl Writer {
    /// Writes a line whose words are these, a macro's name perhaps the first of them.
    pub fn write(&mut self, words: &[Argument<'_>], out: &mut Composition) {
        let Some(&first) = words.first() else { return };
        let mut line = Line {
            out,
            name: &mut self.name,
            call: Call::Text,
            at: first,
            words: 0,
            closing: Vec::new(),
            has_space: true,
            end: first.start,
        };
        // What closes a sentence at the end stands behind the marks that the line ends with.
        let behind = words.iter().rev().take_while(|word| is_closing(word.text) && !word.is_quoted).count();
        let (inside, behind) = words.split_at(words.len() - behind);
        for &word in inside {
            line.word(word);
            line.end = word.start + word.text.len();
        }
        line.finish();
        for &word in behind {
            line.word(word);
        }
    }
}

impl<'b> Line<'_, 'b> {
    fn word(&mut self, word: Argument<'b>) {
        let call = if word.is_quoted { None } else { Call::of(word.text) };
        match call {
            Some(call) => {
                self.end_call(true);
                (self.call, self.at, self.words) = (call, word, 0);
                self.begin_call();
            }
            None if is_closing(word.text) && !word.is_quoted => {
                self.end_call(false);
                self.has_space = false;
                self.write(word);
                self.words += 1;
            }
            None => {
                self.text(word);
                self.words += 1;
            }
        }
    }

    /// Writes what a macro stands for by itself.
    fn begin_call(&mut self) {
        match self.call {
            Call::Open(mark) => {
                self.mark(mark);
                self.has_space = false;
                self.call = Call::Text;
            }
            Call::Enclosed(open, close) => {
                self.mark(open);
                self.has_space = false;
                self.closing.push(close);
                self.call = Call::Text;
            }
            Call::Close(mark) => {
                self.has_space = false;
                self.mark(mark);
                self.call = Call::Text;
            }
            Call::NoSpace => {
                self.has_space = false;
                self.call = Call::Text;
            }
            Call::Apostrophe => {
                self.has_space = false;
                self.mark("'");
                self.has_space = false;
                self.call = Call::Text;
            }
            Call::Cell => self.out.gap(Gap::Cell),
            Call::System(name) => self.mark(name),
            Call::Description => self.mark("–"),
            _ => {}
        }
    }

    /// Writes what a macro stands for behind its words, or without any: before another macro a flag's dash has no space.
    fn end_call(&mut self, before_macro: bool) {
        match (self.call, self.words) {
            (Call::Function, 1..) => {
                self.has_space = false;
                self.mark_at(if self.words == 1 { "()" } else { ")" }, self.end, 0);
                self.call = Call::Text;
            }
            (Call::Flag, 0) => {
                self.mark("-");
                self.has_space = !before_macro;
            }
            (Call::Default(text), 0) => self.mark(text),
            (Call::Name, 0) => {
                if let Some(name) = self.name.clone() {
                    self.mark(&name);
                }
            }
            _ => {}
        }
        self.words = self.words.max(1);
    }

    fn text(&mut self, word: Argument<'b>) {
        match (self.call, self.words) {
            (Call::Flag, _) => {
                self.mark_at("-", word.start, 0);
                self.has_space = false;
            }
            (Call::Name, 0) if self.name.is_none() => *self.name = Some(escapes::plain(word.text)),
            (Call::Reference, 1) => {
                self.has_space = false;
                self.mark_at("(", word.start, 0);
                self.has_space = false;
                self.write(word);
                self.has_space = false;
                return self.mark_at(")", word.start + word.text.len(), 0);
            }
            (Call::Function, 1) => {
                self.has_space = false;
                self.mark_at("(", word.start, 0);
                self.has_space = false;
            }
            (Call::Function, 2..) => {
                self.has_space = false;
                self.mark_at(",", word.start, 0);
            }
            _ => {}
        }
        self.write(word);
        self.has_space = !(self.call == Call::Prefix && self.words == 0);
    }

    fn write(&mut self, word: Argument<'_>) {
        self.space();
        word.write(self.out);
        self.has_space = word.is_quoted || !is_opening(word.text);
    }

    /// Writes a mark that the macro in force stands for.
    fn mark(&mut self, mark: &str) {
        self.mark_at(mark, self.at.start, self.at.text.len());
    }

    fn mark_at(&mut self, mark: &str, origin: usize, len: usize) {
        self.space();
        self.out.unit(mark, origin, len);
        self.has_space = true;
    }

    fn space(&mut self) {
        if self.has_space {
            self.out.gap(Gap::Space);
        } else {
            self.out.replace_gap(Gap::None);
        }
    }

    fn finish(&mut self) {
        self.end_call(false);
        while let Some(mark) = self.closing.pop() {
            self.has_space = false;
            self.mark_at(mark, self.end, 0);
        }
    }
}

/// Whether a word stands without a space behind the one before.
fn is_closing(word: &str) -> bool {
    matches!(word, "." | "," | ";" | ":" | ")" | "]" | "?" | "!")
}

/// Whether a word stands without a space before the next.
fn is_opening(word: &str) -> bool {
    matches!(word, "(" | "[")
}
