//! The formats that sources are read as.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The format that a source's content was read as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// Plain text, source code and configuration among it.
    Text,
    /// Markdown (CommonMark with tables).
    Markdown,
    /// HTML and XHTML pages.
    Html,
    /// JSON Lines: each line a document.
    Jsonl,
    /// Portable Document Format.
    Pdf,
    /// Word documents (Office Open XML).
    Docx,
    /// Presentations (Office Open XML).
    Pptx,
    /// Spreadsheets (Office Open XML).
    Xlsx,
    /// Spreadsheets of Excel before 2007.
    Xls,
    /// Text documents (OpenDocument).
    Odt,
    /// Presentations (OpenDocument).
    Odp,
    /// Spreadsheets (OpenDocument).
    Ods,
    /// Books (EPUB 2 and 3).
    Epub,
    /// E-mail messages.
    Email,
    /// Mailboxes: each message a document.
    Mbox,
    /// Rich Text Format.
    Rtf,
    /// Rows of values that commas or semicolons separate.
    Csv,
    /// Rows of values that tabs separate.
    Tsv,
    /// XML other than what has a format of its own.
    Xml,
    /// RSS and Atom: each entry a document.
    Feed,
    /// Subtitles (SubRip and WebVTT).
    Subtitles,
    /// Jupyter notebooks.
    Notebook,
    /// LaTeX.
    Latex,
    /// reStructuredText.
    Rst,
    /// AsciiDoc.
    Asciidoc,
    /// Manual pages (roff with the man or mdoc macros).
    Man,
    /// Zip archives: each member a document, or more of them.
    Zip,
    /// Tar archives: each member a document, or more of them.
    Tar,
}

impl Format {
    /// Every format. A format's place in this list is on record in indexes, so new ones come at its end.
    pub const ALL: [Self; 28] = [
        Self::Text,
        Self::Markdown,
        Self::Html,
        Self::Jsonl,
        Self::Pdf,
        Self::Docx,
        Self::Pptx,
        Self::Xlsx,
        Self::Xls,
        Self::Odt,
        Self::Odp,
        Self::Ods,
        Self::Epub,
        Self::Email,
        Self::Mbox,
        Self::Rtf,
        Self::Csv,
        Self::Tsv,
        Self::Xml,
        Self::Feed,
        Self::Subtitles,
        Self::Notebook,
        Self::Latex,
        Self::Rst,
        Self::Asciidoc,
        Self::Man,
        Self::Zip,
        Self::Tar,
    ];

    /// The name that `format:` queries and the JSON output use.
    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Markdown => "markdown",
            Self::Html => "html",
            Self::Jsonl => "jsonl",
            Self::Pdf => "pdf",
            Self::Docx => "docx",
            Self::Pptx => "pptx",
            Self::Xlsx => "xlsx",
            Self::Xls => "xls",
            Self::Odt => "odt",
            Self::Odp => "odp",
            Self::Ods => "ods",
            Self::Epub => "epub",
            Self::Email => "email",
            Self::Mbox => "mbox",
            Self::Rtf => "rtf",
            Self::Csv => "csv",
            Self::Tsv => "tsv",
            Self::Xml => "xml",
            Self::Feed => "feed",
            Self::Subtitles => "subtitles",
            Self::Notebook => "notebook",
            Self::Latex => "latex",
            Self::Rst => "rst",
            Self::Asciidoc => "asciidoc",
            Self::Man => "man",
            Self::Zip => "zip",
            Self::Tar => "tar",
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
