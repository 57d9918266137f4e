//! What the names of LaTeX's commands and environments mean to a reader of text.

/// What a command does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Command {
    /// Its argument is a heading of this level.
    Heading(u8),
    /// It stands for these characters.
    Symbol(&'static str),
    /// It puts this combining mark on the letter behind it.
    Accent(char),
    /// So many arguments of it are no text.
    Dropped(usize),
    /// Its argument is a note inside a line.
    Note,
    /// Its argument is a block of its own.
    Block,
    /// Its argument stands as it is.
    Address,
    /// What follows stands as it is between two of the same character.
    Verbatim,
    /// It begins an item.
    Item,
    /// It begins an entry of a bibliography.
    Reference,
    Begin,
    End,
    /// It defines a command.
    Define,
    Space,
    LineEnd,
    Paragraph,
    /// Nothing is known of it; its arguments are text.
    Unknown,
}

impl Command {
    /// What the command of this name does.
    pub fn of(name: &str) -> Self {
        match name {
            "begin" => Self::Begin,
            "end" => Self::End,
            "item" => Self::Item,
            "bibitem" => Self::Reference,
            "part" => Self::Heading(1),
            "chapter" => Self::Heading(2),
            "section" => Self::Heading(3),
            "subsection" | "frametitle" => Self::Heading(4),
            "subsubsection" => Self::Heading(5),
            "paragraph" => Self::Heading(6),
            "subparagraph" => Self::Heading(7),
            "footnote" | "footnotetext" | "marginpar" | "sidenote" => Self::Note,
            "caption" | "chead" | "lhead" | "rhead" => Self::Block,
            "url" | "path" | "nolinkurl" => Self::Address,
            "verb" | "lstinline" | "mintinline" => Self::Verbatim,
            "def" | "gdef" | "edef" => Self::Define,
            "quad" | "qquad" | "space" | "and" | "hfill" | "enspace" | "thinspace" | "nobreakspace" => {
                Self::Space
            }
            "newline" | "linebreak" | "tabularnewline" | "hline" | "toprule" | "midrule" | "bottomrule" => {
                Self::LineEnd
            }
            "par" | "newpage" | "clearpage" | "bigskip" | "medskip" | "smallskip" => Self::Paragraph,
            "c" => Self::Accent('\u{327}'),
            "k" => Self::Accent('\u{328}'),
            "v" => Self::Accent('\u{30c}'),
            "u" => Self::Accent('\u{306}'),
            "H" => Self::Accent('\u{30b}'),
            "r" => Self::Accent('\u{30a}'),
            "d" => Self::Accent('\u{323}'),
            _ => symbol(name).map(Self::Symbol).unwrap_or_else(|| dropped(name)),
        }
    }

    /// What the command of a character that is no letter does.
    pub fn of_mark(mark: char) -> Self {
        match mark {
            '\'' => Self::Accent('\u{301}'),
            '`' => Self::Accent('\u{300}'),
            '^' => Self::Accent('\u{302}'),
            '"' => Self::Accent('\u{308}'),
            '~' => Self::Accent('\u{303}'),
            '=' => Self::Accent('\u{304}'),
            '.' => Self::Accent('\u{307}'),
            ' ' | ',' | ';' | ':' | '\t' | '\n' | '\r' => Self::Space,
            '\\' => Self::LineEnd,
            '%' => Self::Symbol("%"),
            '&' => Self::Symbol("&"),
            '$' => Self::Symbol("$"),
            '#' => Self::Symbol("#"),
            '_' => Self::Symbol("_"),
            '{' => Self::Symbol("{"),
            '}' => Self::Symbol("}"),
            _ => Self::Unknown,
        }
    }
}

fn symbol(name: &str) -> Option<&'static str> {
    Some(match name {
        "ldots" | "dots" | "textellipsis" => "…",
        "textendash" => "–",
        "textemdash" => "—",
        "textquoteleft" | "lq" => "‘",
        "textquoteright" | "rq" => "’",
        "textquotedblleft" => "“",
        "textquotedblright" => "”",
        "textquotesingle" => "'",
        "textasciigrave" => "`",
        "guillemotleft" | "guillemetleft" | "og" => "«",
        "guillemotright" | "guillemetright" | "fg" => "»",
        "glqq" => "„",
        "grqq" => "“",
        "ss" => "ß",
        "o" => "ø",
        "O" => "Ø",
        "l" => "ł",
        "L" => "Ł",
        "ae" => "æ",
        "AE" => "Æ",
        "oe" => "œ",
        "OE" => "Œ",
        "aa" => "å",
        "AA" => "Å",
        "th" => "þ",
        "TH" => "Þ",
        "dh" => "ð",
        "DH" => "Ð",
        "dj" => "đ",
        "DJ" => "Đ",
        "i" => "ı",
        "j" => "ȷ",
        "S" => "§",
        "P" => "¶",
        "dag" | "textdagger" => "†",
        "ddag" | "textdaggerdbl" => "‡",
        "copyright" | "textcopyright" => "©",
        "textregistered" => "®",
        "texttrademark" => "™",
        "pounds" | "textsterling" => "£",
        "euro" | "texteuro" => "€",
        "textdegree" => "°",
        "textbullet" => "•",
        "textbackslash" => "\\",
        "textasciitilde" => "~",
        "textasciicircum" => "^",
        "textbar" => "|",
        "textless" => "<",
        "textgreater" => ">",
        "textunderscore" => "_",
        "TeX" => "TeX",
        "LaTeX" => "LaTeX",
        "LaTeXe" => "LaTeX2e",
        "XeTeX" => "XeTeX",
        "BibTeX" => "BibTeX",
        _ => return None,
    })
}

/// How many arguments of a command are no text.
fn dropped(name: &str) -> Command {
    let count = match name {
        "label" | "ref" | "pageref" | "eqref" | "autoref" | "nameref" | "vref" | "cref" | "Cref"
        | "includegraphics" | "input" | "include" | "includeonly" | "bibliography" | "addbibresource"
        | "bibliographystyle" | "usepackage" | "RequirePackage" | "documentclass" | "vspace" | "hspace"
        | "pagestyle" | "thispagestyle" | "color" | "textcolor" | "colorbox" | "pagecolor"
        | "selectlanguage" | "hypersetup" | "geometry" | "index" | "glossary" | "hyphenation" | "title"
        | "subtitle" | "author" | "date" | "thanks" | "markright" | "phantom" | "hphantom" | "vphantom"
        | "scalebox" | "raisebox" | "cline" | "cmidrule" | "graphicspath" | "lstset" | "tikzset"
        | "newcounter" | "nocite" | "hypertarget" | "hyperlink" | "href" | "usetheme" | "usetikzlibrary"
        | "setstretch" | "pagenumbering" | "newlength" | "definecolorset" | "stepcounter"
        | "refstepcounter" | "arabic" | "roman" | "value" | "lstinputlisting" | "setmainfont"
        | "setsansfont" | "setmonofont" | "foreignlanguage" | "parbox" | "captionsetup" => 1,
        "setlength"
        | "addtolength"
        | "setcounter"
        | "addtocounter"
        | "newcommand"
        | "renewcommand"
        | "providecommand"
        | "newtheorem"
        | "DeclareMathOperator"
        | "fontsize"
        | "markboth"
        | "rule"
        | "resizebox"
        | "multicolumn"
        | "multirow"
        | "pdfbookmark"
        | "fcolorbox"
        | "DeclareRobustCommand"
        | "newcolumntype" => 2,
        "newenvironment" | "renewenvironment" | "definecolor" | "addcontentsline" => 3,
        _ if name.contains("cite") && !name.starts_with("add") => 1,
        _ => return Command::Unknown,
    };
    Command::Dropped(count)
}

/// What an environment holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Environment {
    /// Text that stands as it is.
    Verbatim,
    /// Formulas, which stand as they are written.
    Formula,
    /// Nothing to read.
    Dropped,
    /// Rows of cells, behind so many arguments that are no text.
    Table(usize),
    /// Text, behind so many arguments that are none.
    Text(usize),
    /// Text whose first argument is its heading.
    Frame,
}

impl Environment {
    /// What the environment of this name holds.
    pub fn of(name: &str) -> Self {
        match name.strip_suffix('*').unwrap_or(name) {
            "verbatim" | "Verbatim" | "lstlisting" | "minted" | "alltt" | "BVerbatim" => Self::Verbatim,
            "comment" | "filecontents" | "tikzpicture" | "picture" | "pspicture" => Self::Dropped,
            "equation" | "align" | "gather" | "multline" | "displaymath" | "eqnarray" | "math"
            | "flalign" | "alignat" => Self::Formula,
            "tabular" | "longtable" | "array" | "supertabular" if !name.ends_with('*') => Self::Table(1),
            "tabular" | "tabularx" | "tabulary" | "tabularray" => Self::Table(2),
            "minipage" | "multicols" | "adjustbox" | "thebibliography" | "column" | "otherlanguage"
            | "spacing" | "list" => Self::Text(1),
            "wrapfigure" | "wraptable" => Self::Text(2),
            "frame" => Self::Frame,
            _ => Self::Text(0),
        }
    }
}
