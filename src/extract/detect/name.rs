//! What a source's name says of its content.

use crate::document::Format;

/// Endings of compressed files, which are passed over: what is looked at is the decompressed content.
const COMPRESSED: [&str; 6] = [".gz", ".zst", ".zstd", ".xz", ".bz2", ".lzma"];

/// Endings that name a tar archive and its compression in one.
const COMPRESSED_TAR: [&str; 6] = ["tgz", "txz", "tbz", "tbz2", "tzst", "tlz"];

/// The formats that names speak of, by extension.
const EXTENSIONS: [(Format, &[&str]); 24] = [
    (Format::Markdown, &["md", "markdown", "mdown", "mkd"]),
    (Format::Html, &["html", "htm", "xhtml", "shtml"]),
    (Format::Jsonl, &["jsonl", "ndjson", "jsonlines"]),
    (Format::Pdf, &["pdf"]),
    (Format::Docx, &["docx", "docm", "dotx", "dotm"]),
    (Format::Pptx, &["pptx", "pptm", "ppsx", "ppsm", "potx", "potm"]),
    (Format::Xlsx, &["xlsx", "xlsm", "xltx", "xltm", "xlsb"]),
    (Format::Xls, &["xls", "xlt"]),
    (Format::Odt, &["odt", "ott", "odm"]),
    (Format::Odp, &["odp", "otp"]),
    (Format::Ods, &["ods", "ots"]),
    (Format::Epub, &["epub"]),
    (Format::Email, &["eml"]),
    (Format::Mbox, &["mbox", "mbx"]),
    (Format::Csv, &["csv"]),
    (Format::Tsv, &["tsv", "tab"]),
    (
        Format::Xml,
        &[
            "xml", "xsd", "xsl", "xslt", "rss", "atom", "rdf", "svg", "kml", "gpx", "opml", "dbk", "docbook",
            "tei", "dita", "xlf", "xliff", "tmx", "wsdl", "fodt", "fods", "fodp",
        ],
    ),
    (Format::Subtitles, &["srt", "vtt"]),
    (Format::Notebook, &["ipynb"]),
    (Format::Latex, &["tex", "ltx", "latex"]),
    (Format::Rst, &["rst", "rest"]),
    (Format::Asciidoc, &["adoc", "asciidoc", "asc"]),
    (Format::Zip, &["zip", "jar", "kmz"]),
    (Format::Tar, &["tar"]),
];

/// What the last part of a path says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Name {
    /// The format.
    Format(Format),
    /// JSON of one kind or another.
    Json,
    /// Something that is no format of its own, such as a programming language.
    Other,
    /// Nothing: it has no extension.
    Bare,
}

impl Name {
    /// Reads the name at the end of a path; compression counts for nothing.
    pub fn of(path: &str) -> Self {
        let name = path.rsplit(['/', '\\']).next().unwrap_or(path).to_ascii_lowercase();
        let name = COMPRESSED.iter().find_map(|end| name.strip_suffix(end)).unwrap_or(&name);
        let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
        let known = EXTENSIONS.iter().find(|(_, extensions)| extensions.contains(&extension));
        match (extension, known) {
            (_, Some((format, _))) => Self::Format(*format),
            ("", None) => Self::Bare,
            ("json", None) => Self::Json,
            _ if COMPRESSED_TAR.contains(&extension) => Self::Format(Format::Tar),
            _ if is_manual_section(extension) => Self::Format(Format::Man),
            _ => Self::Other,
        }
    }

    /// The format that the name says.
    pub fn format(self) -> Option<Format> {
        match self {
            Self::Format(format) => Some(format),
            Self::Json | Self::Other | Self::Bare => None,
        }
    }
}

/// Whether an extension is a section of the manual: a digit, and letters where the section has parts (`3pm`).
fn is_manual_section(extension: &str) -> bool {
    let mut bytes = extension.bytes();
    matches!(bytes.next(), Some(b'1'..=b'9')) && bytes.all(|byte| byte.is_ascii_lowercase())
}
