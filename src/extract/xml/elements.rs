//! What names of elements tell, in the vocabularies that documents are mostly written in: DocBook, TEI, JATS, and such as
//! resemble them. Elements of other names are understood by what they hold.

use super::tokens::local;

/// What an element's name tells of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// The heading of what it stands in.
    Heading,
    /// A paragraph: text in which elements stand in line.
    Paragraph,
    /// A paragraph whose white space counts.
    Preformatted,
    /// A block, whatever it stands in.
    Block,
    /// A row of a table.
    Row,
    /// A cell of a table's row: text in which elements stand in line.
    Cell,
    /// The end of a line.
    LineEnd,
    /// Nothing.
    Unknown,
}

impl Kind {
    /// What the name of an element tells of it.
    pub fn of(name: &str) -> Self {
        match local(name) {
            "title" | "head" | "heading" | "article-title" => Self::Heading,
            "p" | "para" | "simpara" | "term" | "subtitle" | "bibliomixed" | "mixed-citation" => {
                Self::Paragraph
            }
            "programlisting" | "screen" | "literallayout" | "pre" | "synopsis" | "eg" | "preformat" => {
                Self::Preformatted
            }
            "blockquote" | "itemizedlist" | "orderedlist" | "variablelist" | "simplelist" | "list"
            | "listitem" | "item" | "note" | "footnote" | "fn" | "table" | "informaltable" | "figure"
            | "fig" | "mediaobject" => Self::Block,
            "row" | "tr" | "tgroup" | "thead" | "tbody" | "tfoot" => Self::Row,
            "entry" | "td" | "th" | "cell" => Self::Cell,
            "br" | "lb" | "break" => Self::LineEnd,
            _ => Self::Unknown,
        }
    }

    /// Whether the elements that stand directly in such a one stand in line, even without text between them.
    pub fn holds_line(self) -> bool {
        matches!(self, Self::Heading | Self::Paragraph | Self::Preformatted | Self::Cell)
    }
}

/// Whether an element holds what there is to say about the one that it stands in, its title among that.
pub(super) fn is_about(name: &str) -> bool {
    let name = local(name);
    name.ends_with("info")
        || name.ends_with("Header")
        || name.ends_with("meta")
        || ["title-group", "titleStmt", "fileDesc", "publicationStmt", "front", "header", "metadata"]
            .contains(&name)
}

/// Whether an element has a title that is no heading of a section.
pub(super) fn is_titled_otherwise(name: &str) -> bool {
    let name = local(name);
    let parts = ["list", "figure", "table", "example", "equation", "citation", "biblio", "bibl"];
    let names = [
        "fig",
        "table-wrap",
        "note",
        "tip",
        "warning",
        "important",
        "caution",
        "ref",
        "cite",
        "procedure",
        "source",
        "sidebar",
        "blockquote",
        "boxed-text",
        "monogr",
        "analytic",
        "series",
    ];
    names.contains(&name) || parts.iter().any(|part| name.contains(part))
}

/// Facts that elements tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fact {
    /// Who wrote it.
    Author,
    /// The day that it is of.
    Date,
    /// Its language.
    Language,
}

impl Fact {
    /// What an element tells that stands among what there is to say about a document.
    pub fn of(name: &str) -> Option<Self> {
        match local(name) {
            "author" | "creator" | "string-name" => Some(Self::Author),
            "date" | "pubdate" | "issued" | "created" => Some(Self::Date),
            "language" => Some(Self::Language),
            _ => None,
        }
    }
}
