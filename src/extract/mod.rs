//! Bytes to documents: one function for each format, each in its own file.
//!
//! [`detect()`] tells the format, and [`Reading::of`] how sources of it become documents:
//!
//! - sources that are text, by [`extract()`]; whatever the bytes are, it does not panic, takes time and memory in
//!   proportion to the source, and every place of the text leads back into the source, byte for byte;
//! - sources that are not, by [`extract_binary()`], whose parsers are other people's and take untrusted data; it is
//!   meant to be called where a crash or a hang does no harm, and [`document_of`] makes a document of what it gave;
//! - sources that hold many documents: [`jsonl::Records`], [`mbox::Messages`], [`feed::entries`], [`email::extract`].
//!
//! A document's sections lie in order inside its text. Reading files, decompressing them, opening archives, telling the
//! language of a text that does not declare it, and splitting into passages happen elsewhere.

mod accents;
pub mod archive;
mod asciidoc;
mod compose;
mod csv;
pub mod decode;
mod detect;
mod docx;
pub mod email;
mod epub;
mod faults;
pub mod feed;
mod flow;
mod front_matter;
mod html;
mod json_text;
pub mod jsonl;
mod latex;
#[cfg(test)]
mod laws;
mod lines;
mod man;
mod markdown;
pub mod mbox;
mod metadata;
mod notebook;
mod odf;
mod package;
#[cfg(test)]
mod package_laws;
mod pdf;
mod pptx;
mod rst;
mod rtf;
mod slide;
mod spreadsheet;
mod subtitles;
mod table;
mod text;
mod xml;
mod xml_stream;

use std::io;
use std::time::SystemTime;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use thiserror::Error;

pub use detect::{Detected, HEAD, detect};

use crate::date::Date;
use crate::document::{
    Base, DateSource, DocId, Document, Facts, Format, Origin, Places, Section, TextOrigin,
};
use crate::span::LineIndex;
use compose::Composed;
use decode::Decoded;

/// The longest title that is kept, in characters; what goes beyond is cut off.
const MAX_TITLE: usize = 1_000;

/// What is to be extracted: a source's bytes, decompressed, with what is known of it from outside.
#[derive(Clone, Debug)]
pub struct Raw<'a> {
    /// The identity that the document is to have.
    pub id: DocId,
    /// The path of the file that it stands in.
    pub path: &'a str,
    /// Its content.
    pub bytes: &'a [u8],
    /// When the file was last modified, if that is known.
    pub modified: Option<SystemTime>,
}

/// How sources of a format become documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// [`extract()`] makes one document of each.
    Text,
    /// [`extract_binary()`] makes one document of each, better in a process of its own.
    Binary,
    /// They hold documents, and may be one themselves.
    Container,
}

impl Reading {
    /// How sources of this format are read.
    pub fn of(format: Format) -> Self {
        use Format::{
            Asciidoc, Csv, Docx, Email, Epub, Feed, Html, Jsonl, Latex, Man, Markdown, Mbox, Notebook, Odp,
            Ods, Odt, Pdf, Pptx, Rst, Rtf, Subtitles, Tar, Text, Tsv, Xls, Xlsx, Xml, Zip,
        };
        match format {
            Text | Markdown | Html | Rtf | Csv | Tsv | Xml | Subtitles | Notebook | Latex | Rst
            | Asciidoc | Man => Self::Text,
            Pdf | Docx | Pptx | Xlsx | Xls | Odt | Odp | Ods | Epub => Self::Binary,
            Jsonl | Email | Mbox | Feed | Zip | Tar => Self::Container,
        }
    }
}

/// What the extraction of a source that is no text gives: plain data, so that it can pass from one process to another.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Extracted {
    /// What the source says of itself.
    pub facts: Facts,
    /// The extracted text, in reading order.
    pub text: String,
    /// The runs of `text` under one heading each; in order, without overlap.
    pub sections: Vec<Section>,
    /// Where in the source the text's runs stand.
    pub places: Places,
}

/// Why a source or a record could not be made a document.
#[derive(Debug, Error)]
pub enum ExtractError {
    /// A source was asked for as what its format is not read as.
    #[error("{0} is not read in this way")]
    OtherReading(Format),
    /// A password is needed to read it.
    #[error("encrypted")]
    Encrypted,
    /// It is not what its format prescribes, so far that nothing can be read from it.
    #[error("{0}")]
    Malformed(String),
    /// What reads it gave up in a way that it should not.
    #[error("its parser failed")]
    ParserFailed,
    /// It is sound, but has no text: pages that were scanned, say. That is no failure.
    #[error("no text in it; {0}")]
    NoTextInside(String),
    /// A line is longer than may be held in memory.
    #[error("line longer than {}", show_size(*.limit))]
    LineTooLong {
        /// The longest line that is read, in bytes.
        limit: u64,
    },
    /// A line is not UTF-8.
    #[error("not valid UTF-8 at byte {byte}")]
    NotUtf8 {
        /// The first byte of its line that is wrong, from 1.
        byte: usize,
    },
    /// A line is not JSON, or not an object.
    #[error("malformed JSON at column {column}: {cause}")]
    MalformedJson {
        /// Where in the line, from 1 and in bytes.
        column: usize,
        /// What is wrong there.
        cause: String,
    },
    /// A record has nothing that could be searched.
    #[error("no `text`, `body`, `content` or `title`")]
    NoText,
    /// The source broke off; nothing follows.
    #[error("reading failed: {0}")]
    Read(#[source] io::Error),
}

/// Makes a document of a source that is text and is read as `format`.
///
/// # Errors
///
/// [`ExtractError::OtherReading`] for a format whose [`Reading`] is another. Text of whatever kind always makes a
/// document.
pub fn extract(raw: &Raw<'_>, format: Format) -> Result<Document, ExtractError> {
    Ok(match format {
        Format::Text => text::extract(raw),
        Format::Markdown => markdown::extract(raw),
        Format::Html => html::extract(raw),
        Format::Rtf => rtf::extract(raw),
        Format::Csv | Format::Tsv => self::csv::extract(raw, format),
        Format::Xml => xml::extract(raw),
        Format::Subtitles => subtitles::extract(raw),
        Format::Notebook => notebook::extract(raw),
        Format::Latex => latex::extract(raw),
        Format::Rst => rst::extract(raw),
        Format::Asciidoc => asciidoc::extract(raw),
        Format::Man => man::extract(raw),
        other => return Err(ExtractError::OtherReading(other)),
    })
}

/// Extracts what a source that is no text holds, read as `format`.
///
/// Parsers may panic, hang or use up the memory, whatever they promise: call this where that does no harm.
///
/// # Errors
///
/// When the source is encrypted, malformed or without text, and [`ExtractError::OtherReading`] for a format whose
/// [`Reading`] is another.
pub fn extract_binary(bytes: &[u8], format: Format) -> Result<Extracted, ExtractError> {
    match format {
        Format::Pdf => pdf::extract(bytes),
        Format::Docx => docx::extract(bytes),
        Format::Pptx => pptx::extract(bytes),
        Format::Xlsx | Format::Xls | Format::Ods => spreadsheet::extract(bytes, format),
        Format::Odt | Format::Odp => odf::extract(bytes, format),
        Format::Epub => epub::extract(bytes),
        other => Err(ExtractError::OtherReading(other)),
    }
}

/// The document that a source makes of which [`extract_binary`] gave this.
pub fn document_of(raw: &Raw<'_>, format: Format, extracted: Extracted) -> Document {
    let Extracted { facts, text, sections, places } = extracted;
    Document {
        id: raw.id.clone(),
        path: raw.path.to_owned(),
        format,
        facts: complete(facts, raw.path, raw.modified),
        text,
        sections,
        origin: Origin::Places(places),
    }
}

/// The version of what reads a format. It grows whenever the same bytes give another document, so that an index
/// knows what it must read again.
///
/// What holds sources of other formats is opened again when one of these is read otherwise; the sources in it that are
/// not are then as they were.
pub fn version(format: Format) -> u32 {
    match format {
        Format::Zip | Format::Tar | Format::Email | Format::Mbox => {
            DETECTION + Format::ALL.into_iter().map(own_version).sum::<u32>()
        }
        format => own_version(format),
    }
}

/// The version of what reads a format, whatever stands in it.
fn own_version(format: Format) -> u32 {
    match format {
        // What was plain text at first has formats of its own now.
        Format::Text => 2,
        _ => 1,
    }
}

/// The version of [`detect`]: it grows whenever what was binary may be read now.
const DETECTION: u32 = 2;

/// What read a source as `format`, or told that it is binary, as one number: different for each format and each
/// of its versions.
pub fn extractor(format: Option<Format>) -> u32 {
    // Formats are told apart by their place in the list, from 1, so that a number names one format and one version.
    let place = format.and_then(|format| Format::ALL.iter().position(|&known| known == format));
    let kind = place.map_or(0, |place| place + 1);
    version_of(format) * 256 + u32::try_from(kind).expect("there are few formats")
}

/// Whether a source that was read by `extractor` would be read by the same today.
pub fn is_current(extractor_then: u32) -> bool {
    let formats = Format::ALL.into_iter().map(Some).chain([None]);
    formats.map(extractor).any(|known| known == extractor_then)
}

fn version_of(format: Option<Format>) -> u32 {
    format.map_or(DETECTION, version)
}

/// Puts together what a source that is no text holds.
fn extracted(mut facts: Facts, composed: Composed) -> Extracted {
    facts.title = facts.title.or(composed.title);
    Extracted { facts, text: composed.text, sections: composed.sections, places: composed.places }
}

/// Puts a document together from what its format's function found.
fn document(raw: &Raw<'_>, format: Format, decoded: Decoded, facts: Facts, composed: Composed) -> Document {
    let lines = LineIndex::new(&decoded.text);
    let origin = Origin::Text(TextOrigin {
        decoded: composed.map,
        bytes: decoded.map,
        lines,
        base: Base::default(),
        cues: composed.cues,
    });
    Document {
        id: raw.id.clone(),
        path: raw.path.to_owned(),
        format,
        facts: complete(facts, raw.path, raw.modified),
        text: composed.text,
        sections: composed.sections,
        origin,
    }
}

/// Completes the facts that a document tells of itself: tidies title and language, and finds the date.
///
/// The date is the document's own, else the one in its file's name, else the day of its modification.
fn complete(mut facts: Facts, path: &str, modified: Option<SystemTime>) -> Facts {
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
    let own = facts.date.map(|date| (date, DateSource::Metadata));
    let named = || Date::in_file_name(name).map(|date| (date, DateSource::FileName));
    let of_file = || modified.and_then(Date::of_time).map(|date| (date, DateSource::Modified));
    let found = own.or_else(named).or_else(of_file);
    facts.date = found.map(|(date, _)| date);
    facts.date_source = found.map(|(_, source)| source);
    facts.title = facts.title.as_deref().and_then(tidy_title);
    facts.language = facts.language.as_deref().and_then(language_code);
    facts
}

/// Adds what a document says of itself under a name: a text, or a list of texts where it says several.
fn add_fact(facts: &mut Facts, name: &str, text: String) {
    match facts.other.get_mut(name) {
        None => {
            facts.other.insert(name.to_owned(), Value::String(text));
        }
        Some(Value::Array(texts)) => texts.push(Value::String(text)),
        Some(first) => *first = Value::Array(vec![first.take(), Value::String(text)]),
    }
}

/// The title with its white space collapsed, cut to [`MAX_TITLE`] characters; `None` where nothing is left.
fn tidy_title(title: &str) -> Option<String> {
    let mut tidy = String::new();
    for word in title.split_whitespace() {
        if !tidy.is_empty() {
            tidy.push(' ');
        }
        tidy.push_str(word);
    }
    if let Some((end, _)) = tidy.char_indices().nth(MAX_TITLE) {
        tidy.truncate(end);
        tidy.truncate(tidy.trim_end().len());
    }
    (!tidy.is_empty()).then_some(tidy)
}

/// The ISO 639 code of a language tag's primary subtag, in lower case and with two letters where it has such a
/// form; `None` for what names no language.
fn language_code(tag: &str) -> Option<String> {
    /// Three-letter codes, of both kinds where there are two, of the languages that are met most.
    const SHORT: [(&str, &str); 47] = [
        ("ara", "ar"),
        ("ben", "bn"),
        ("bul", "bg"),
        ("ces", "cs"),
        ("chi", "zh"),
        ("cze", "cs"),
        ("dan", "da"),
        ("deu", "de"),
        ("dut", "nl"),
        ("ell", "el"),
        ("eng", "en"),
        ("est", "et"),
        ("fas", "fa"),
        ("fin", "fi"),
        ("fra", "fr"),
        ("fre", "fr"),
        ("ger", "de"),
        ("gre", "el"),
        ("heb", "he"),
        ("hin", "hi"),
        ("hrv", "hr"),
        ("hun", "hu"),
        ("ind", "id"),
        ("ita", "it"),
        ("jpn", "ja"),
        ("kor", "ko"),
        ("lav", "lv"),
        ("lit", "lt"),
        ("msa", "ms"),
        ("nld", "nl"),
        ("nor", "no"),
        ("per", "fa"),
        ("pol", "pl"),
        ("por", "pt"),
        ("ron", "ro"),
        ("rum", "ro"),
        ("rus", "ru"),
        ("slk", "sk"),
        ("slv", "sl"),
        ("spa", "es"),
        ("srp", "sr"),
        ("swe", "sv"),
        ("tha", "th"),
        ("tur", "tr"),
        ("ukr", "uk"),
        ("vie", "vi"),
        ("zho", "zh"),
    ];
    let primary = tag.trim().split(['-', '_', '.']).next()?.to_ascii_lowercase();
    let is_code = matches!(primary.len(), 2 | 3) && primary.bytes().all(|byte| byte.is_ascii_lowercase());
    if !is_code || matches!(primary.as_str(), "und" | "mul" | "zxx" | "mis") {
        return None;
    }
    let short = SHORT.iter().find(|(long, _)| *long == primary).map(|(_, short)| (*short).to_owned());
    Some(short.unwrap_or(primary))
}

/// A size in the largest binary unit that it fills.
fn show_size(bytes: u64) -> String {
    match bytes {
        _ if bytes >= 1 << 20 && bytes.is_multiple_of(1 << 20) => format!("{} MiB", bytes >> 20),
        _ if bytes >= 1 << 10 && bytes.is_multiple_of(1 << 10) => format!("{} KiB", bytes >> 10),
        _ => format!("{bytes} bytes"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn day(facts: &Facts) -> Option<String> {
        facts.date.map(|date| date.to_string())
    }

    #[test]
    fn a_date_is_the_documents_own_else_the_file_names_else_the_modification_day() {
        let modified = Some(SystemTime::UNIX_EPOCH + Duration::from_secs(86_400));
        let own = Facts { date: Date::new(2023, 11, 12), ..Facts::default() };
        let facts = complete(own, "2020-01-01.md", modified);
        assert_eq!(
            (day(&facts).as_deref(), facts.date_source),
            (Some("2023-11-12"), Some(DateSource::Metadata))
        );
        let facts = complete(Facts::default(), "2019/press-2020-01-01.md", modified);
        assert_eq!(
            (day(&facts).as_deref(), facts.date_source),
            (Some("2020-01-01"), Some(DateSource::FileName))
        );
        let facts = complete(Facts::default(), "2020-01-01/press.md", modified);
        assert_eq!(
            (day(&facts).as_deref(), facts.date_source),
            (Some("1970-01-02"), Some(DateSource::Modified))
        );
        let facts = complete(Facts::default(), "press.md", None);
        assert_eq!((facts.date, facts.date_source), (None, None));
    }

    #[test]
    fn titles_are_tidied_and_bounded() {
        assert_eq!(tidy_title("  Missile \n warning\t").as_deref(), Some("Missile warning"));
        assert_eq!(tidy_title(" \n"), None);
        assert_eq!(tidy_title(&"경보 ".repeat(900)).map(|title| title.chars().count()), Some(1_000));
    }

    #[test]
    fn languages_come_as_short_codes() {
        let codes = ["en-US", "KOR", "jpn", "zh_TW", "haw", "english", "und", "", "e1"].map(language_code);
        let expected = [Some("en"), Some("ko"), Some("ja"), Some("zh"), Some("haw"), None, None, None, None];
        assert_eq!(codes.each_ref().map(Option::as_deref), expected);
    }

    #[test]
    fn errors_say_what_is_wrong_in_a_line() {
        assert_eq!(ExtractError::LineTooLong { limit: 64 << 20 }.to_string(), "line longer than 64 MiB");
        assert_eq!(ExtractError::LineTooLong { limit: 100 }.to_string(), "line longer than 100 bytes");
        assert_eq!(ExtractError::NotUtf8 { byte: 3 }.to_string(), "not valid UTF-8 at byte 3");
        let raw = Raw { id: DocId("a".into()), path: "a", bytes: b"{}", modified: None };
        let error = extract(&raw, Format::Jsonl).expect_err("goes through records");
        assert_eq!(error.to_string(), "jsonl is not read in this way");
    }
}
