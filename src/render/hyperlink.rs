//! Links from paths on a terminal to the files themselves, and the percent-encoding of what goes into them.
//!
//! A terminal that knows OSC 8 makes the text between two escape sequences a link. Where it leads is said by
//! a [`HyperlinkFormat`]: the name of a known program's scheme, or a URL with variables, with the names and
//! variables that users of ripgrep know:
//!
//! | variable | stands for |
//! |---|---|
//! | `{path}` | the file's absolute path, percent-encoded; required |
//! | `{line}` | the line of the first highlight, else of the passage |
//! | `{column}` | the column there; needs `{line}` |
//! | `{page}` | `#page=` and the number, where the source has pages, else nothing |
//! | `{host}` | the machine's name |
//! | `{wslprefix}` | `wsl$/` and the distribution, under the Windows Subsystem for Linux |
//!
//! Reading the environment is left to the caller, who fills [`Hyperlinks`].

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode, percent_encode_byte};

/// What stays as it is in a path: the characters that no URL takes for anything else.
const PATH: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The names that stand for a format.
const NAMES: [(&str, &str); 11] = [
    ("none", ""),
    ("default", "file://{host}{path}{page}"),
    ("file", "file://{host}{path}{page}"),
    ("cursor", "cursor://file{path}:{line}:{column}"),
    ("grep+", "grep+://{path}:{line}"),
    ("kitty", "file://{host}{path}#{line}"),
    ("macvim", "mvim://open?url=file://{path}&line={line}&column={column}"),
    ("textmate", "txmt://open?url=file://{path}&line={line}&column={column}"),
    ("vscode", "vscode://file{path}:{line}:{column}"),
    ("vscode-insiders", "vscode-insiders://file{path}:{line}:{column}"),
    ("vscodium", "vscodium://file{path}:{line}:{column}"),
];

/// How paths link to files.
#[derive(Clone, Debug)]
pub struct Hyperlinks {
    /// Where the links lead.
    pub format: HyperlinkFormat,
    /// The folder that relative paths start from, absolute.
    pub folder: PathBuf,
    /// What `{host}` stands for; may be empty.
    pub host: String,
    /// What `{wslprefix}` stands for; may be empty.
    pub wsl_prefix: String,
}

/// A place in a file, from 1.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    pub line: usize,
    pub column: usize,
    /// The page, where the source has pages.
    pub page: Option<u32>,
}

impl Hyperlinks {
    /// The URL of a place in the file at `path`; `None` where the format is `none` or no absolute path can
    /// be told (standard input). What stands in an archive links to the archive.
    pub(super) fn url(&self, path: &str, place: Place) -> Option<String> {
        let path = self.folder.join(path.split_once("!/").map_or(path, |(archive, _)| archive));
        if self.format.pieces.is_empty() || !path.is_absolute() || path.ends_with("-") {
            return None;
        }
        Some(self.format.pieces.iter().map(|piece| self.expand(piece, &path, place)).collect())
    }

    fn expand(&self, piece: &Piece, path: &Path, place: Place) -> String {
        match piece {
            Piece::Text(text) => text.clone(),
            Piece::Variable(Variable::Path) => encode(path.as_os_str().as_encoded_bytes()),
            Piece::Variable(Variable::Line) => place.line.to_string(),
            Piece::Variable(Variable::Column) => place.column.to_string(),
            Piece::Variable(Variable::Page) => {
                place.page.map_or_else(String::new, |page| format!("#page={page}"))
            }
            Piece::Variable(Variable::Host) => encode(self.host.as_bytes()),
            Piece::Variable(Variable::WslPrefix) => self.wsl_prefix.clone(),
        }
    }
}

fn encode(bytes: &[u8]) -> String {
    percent_encode(bytes, PATH).to_string()
}

/// An id as one word of a line: white space and control characters percent-encoded.
///
/// All else stays, the percent sign too, so that ids without white space are the very ids that a judge of the
/// hits knows.
pub(super) fn encode_white_space(id: &str) -> String {
    let mut word = String::with_capacity(id.len());
    for character in id.chars() {
        if character.is_whitespace() || character.is_control() {
            let mut bytes = [0; 4];
            word.extend(character.encode_utf8(&mut bytes).bytes().map(percent_encode_byte));
        } else {
            word.push(character);
        }
    }
    word
}

/// Where the links of paths lead, read from a name or from a URL with variables.
///
/// ```
/// use tidings::render::HyperlinkFormat;
///
/// assert!("vscode".parse::<HyperlinkFormat>().is_ok());
/// assert!("editor://open{path}#{line}".parse::<HyperlinkFormat>().is_ok());
/// let error = "vscod".parse::<HyperlinkFormat>().unwrap_err();
/// assert!(error.to_string().starts_with("hyperlink format `vscod`: no such name"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HyperlinkFormat {
    pieces: Vec<Piece>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Text(String),
    Variable(Variable),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Variable {
    Path,
    Line,
    Column,
    Page,
    Host,
    WslPrefix,
}

impl Variable {
    const ALL: [(&str, Self); 6] = [
        ("path", Self::Path),
        ("line", Self::Line),
        ("column", Self::Column),
        ("page", Self::Page),
        ("host", Self::Host),
        ("wslprefix", Self::WslPrefix),
    ];
}

/// Why a text is no hyperlink format.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HyperlinkFormatError {
    format: String,
    reason: Reason,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Reason {
    UnknownName,
    UnknownVariable(String),
    Unclosed,
    Unopened,
    NoScheme,
    NoPath,
    ColumnWithoutLine,
}

impl std::error::Error for HyperlinkFormatError {}

impl fmt::Display for HyperlinkFormatError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "hyperlink format `{}`: {}", self.format, self.reason)
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownName => {
                let names: Vec<_> = NAMES.iter().map(|(name, _)| *name).collect();
                write!(f, "no such name; give a URL with {{path}}, or one of {}", names.join(", "))
            }
            Self::UnknownVariable(name) => {
                let known: Vec<_> = Variable::ALL.iter().map(|(name, _)| format!("{{{name}}}")).collect();
                write!(f, "no such variable {{{name}}}; use {}", known.join(", "))
            }
            Self::Unclosed => f.write_str("a `{` is not closed; end the variable's name with `}`"),
            Self::Unopened => f.write_str("a `}` closes nothing; start the variable's name with `{`"),
            Self::NoScheme => f.write_str("not a URL; start it with a scheme, such as `file://`"),
            Self::NoPath => f.write_str("leads to no file; add {path}"),
            Self::ColumnWithoutLine => f.write_str("a column means nothing without its line; add {line}"),
        }
    }
}

impl FromStr for HyperlinkFormat {
    type Err = HyperlinkFormatError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Some((_, format)) = NAMES.iter().find(|(name, _)| *name == text) {
            return Ok(Self { pieces: split(format).expect("the formats of names are well-formed") });
        }
        let error = |reason| HyperlinkFormatError { format: text.to_owned(), reason };
        if !text.contains([':', '{', '}']) {
            return Err(error(Reason::UnknownName));
        }
        let format = Self { pieces: split(text).map_err(error)? };
        format.check(text).map_err(error)?;
        Ok(format)
    }
}

impl HyperlinkFormat {
    fn check(&self, text: &str) -> Result<(), Reason> {
        let has = |variable| self.pieces.contains(&Piece::Variable(variable));
        if !starts_with_scheme(text) {
            return Err(Reason::NoScheme);
        }
        if !has(Variable::Path) {
            return Err(Reason::NoPath);
        }
        if has(Variable::Column) && !has(Variable::Line) {
            return Err(Reason::ColumnWithoutLine);
        }
        Ok(())
    }
}

fn starts_with_scheme(text: &str) -> bool {
    text.split_once(':').is_some_and(|(scheme, _)| {
        scheme.starts_with(|first: char| first.is_ascii_alphabetic())
            && scheme.chars().all(|character| character.is_ascii_alphanumeric() || "+-.".contains(character))
    })
}

/// The texts and variables of a format, in order.
fn split(format: &str) -> Result<Vec<Piece>, Reason> {
    let mut pieces = Vec::new();
    let mut rest = format;
    while let Some(brace) = rest.find(['{', '}']) {
        let (text, behind) = rest.split_at(brace);
        let behind = behind.strip_prefix('{').ok_or(Reason::Unopened)?;
        let (name, behind) = behind.split_once('}').ok_or(Reason::Unclosed)?;
        let known = Variable::ALL.iter().find(|(known, _)| *known == name);
        let (_, variable) = known.ok_or_else(|| Reason::UnknownVariable(name.to_owned()))?;
        pieces.extend((!text.is_empty()).then(|| Piece::Text(text_piece(text))));
        pieces.push(Piece::Variable(*variable));
        rest = behind;
    }
    pieces.extend((!rest.is_empty()).then(|| Piece::Text(text_piece(rest))));
    Ok(pieces)
}

/// A format's own text, with whatever could end the escape sequence percent-encoded.
fn text_piece(text: &str) -> String {
    let mut piece = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_ascii_graphic() {
            piece.push(character);
        } else {
            let mut bytes = [0; 4];
            piece.extend(character.encode_utf8(&mut bytes).bytes().map(percent_encode_byte));
        }
    }
    piece
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn url(format: &str, path: &str) -> Option<String> {
        let links = Hyperlinks {
            format: format.parse().unwrap(),
            folder: PathBuf::from("/home/ann notes"),
            host: "desk".to_owned(),
            wsl_prefix: "wsl$/Debian".to_owned(),
        };
        links.url(path, Place { line: 7, column: 3, page: path.ends_with(".pdf").then_some(4) })
    }

    fn error(format: &str) -> String {
        format.parse::<HyperlinkFormat>().unwrap_err().to_string()
    }

    #[test]
    fn every_name_stands_for_a_format_that_parses() {
        for (name, format) in NAMES {
            let named: HyperlinkFormat = name.parse().unwrap();
            assert!(name == "none" || format.parse() == Ok(named), "{name}");
        }
    }

    #[test]
    fn paths_are_absolute_and_percent_encoded() {
        assert_eq!(url("file", "a/50% b.md").unwrap(), "file://desk/home/ann%20notes/a/50%25%20b.md");
        assert_eq!(url("vscode", "/x/é:1.md").unwrap(), "vscode://file/x/%C3%A9%3A1.md:7:3");
        assert_eq!(url("default", "/a/b.pdf").unwrap(), "file://desk/a/b.pdf#page=4");
        assert_eq!(url("default", "/a.zip!/b/c.txt").unwrap(), "file://desk/a.zip");
        assert_eq!(url("kitty", "a").unwrap(), "file://desk/home/ann%20notes/a#7");
        assert_eq!(url("file://{wslprefix}{path}", "/x").unwrap(), "file://wsl$/Debian/x");
        assert_eq!(url("x:{path}?l={line}&c={column}!", "/a").unwrap(), "x:/a?l=7&c=3!");
    }

    #[test]
    fn nothing_links_without_a_format_or_a_file() {
        assert_eq!(url("none", "a"), None);
        assert_eq!(url("file", "-"), None, "standard input");
    }

    #[test]
    fn errors_say_what_is_wrong_and_what_to_do() {
        insta::assert_snapshot!(
            ["vscod", "", "file://{file}", "file://{path", "file://path}", "{path}", "file://{host}",
                "file://{path}:{column}"].map(error).join("\n"),
            @r"
        hyperlink format `vscod`: no such name; give a URL with {path}, or one of none, default, file, cursor, grep+, kitty, macvim, textmate, vscode, vscode-insiders, vscodium
        hyperlink format ``: no such name; give a URL with {path}, or one of none, default, file, cursor, grep+, kitty, macvim, textmate, vscode, vscode-insiders, vscodium
        hyperlink format `file://{file}`: no such variable {file}; use {path}, {line}, {column}, {page}, {host}, {wslprefix}
        hyperlink format `file://{path`: a `{` is not closed; end the variable's name with `}`
        hyperlink format `file://path}`: a `}` closes nothing; start the variable's name with `{`
        hyperlink format `{path}`: not a URL; start it with a scheme, such as `file://`
        hyperlink format `file://{host}`: leads to no file; add {path}
        hyperlink format `file://{path}:{column}`: a column means nothing without its line; add {line}
        "
        );
    }

    #[test]
    fn ids_keep_all_but_white_space_and_control_characters() {
        assert_eq!(encode_white_space("a b\u{a0}c\td%20é#1"), "a%20b%C2%A0c%09d%20é#1");
    }

    proptest! {
        #[test]
        fn urls_are_printable_ascii_whatever_the_path_and_format(
            path in any::<String>(),
            text in any::<String>(),
        ) {
            let text = text.replace(['{', '}'], "");
            if let Some(url) = url(&format!("x:{text}{{path}}"), &path) {
                prop_assert!(url.chars().all(|character| character.is_ascii_graphic()), "{}", url);
            }
        }

        #[test]
        fn encoded_ids_are_one_word(id in any::<String>()) {
            let word = encode_white_space(&id);
            prop_assert!(!word.contains(|character: char| character.is_whitespace() || character.is_control()));
        }
    }
}
