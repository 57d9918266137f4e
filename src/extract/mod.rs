//! Bytes to documents: one function for each format, each in its own file.
//!
//! [`detect()`] tells the format, [`extract()`] makes a [`Document`] of a whole source, and [`jsonl::Records`] makes one
//! of each line of a JSON Lines file. Whatever the bytes are, extraction does not panic, takes time and memory
//! in proportion to the source, and leaves behind a text whose sections lie in order inside it and whose every
//! place leads back into the source. Reading files, decompressing them, telling the language of a text that
//! does not declare it, and splitting into passages happen elsewhere.

mod compose;
pub mod decode;
mod detect;
mod front_matter;
mod html;
pub mod jsonl;
#[cfg(test)]
mod laws;
mod markdown;
mod text;

use std::io;
use std::time::SystemTime;

use thiserror::Error;

pub use detect::{Detected, HEAD, detect};

use crate::date::Date;
use crate::document::{Base, DateSource, DocId, Document, Facts, Format, Origin};
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

/// Why a source or a record could not be made a document.
#[derive(Debug, Error)]
pub enum ExtractError {
    /// A JSON Lines file was asked for as one document.
    #[error("JSON Lines hold many documents; read them record by record")]
    ManyDocuments,
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

/// Makes a document of a source that is read as `format`.
///
/// # Errors
///
/// [`ExtractError::ManyDocuments`] for [`Format::Jsonl`], which goes through [`jsonl::Records`]. Text of whatever
/// kind always makes a document.
pub fn extract(raw: &Raw<'_>, format: Format) -> Result<Document, ExtractError> {
    match format {
        Format::Text => Ok(text::extract(raw)),
        Format::Markdown => Ok(markdown::extract(raw)),
        Format::Html => Ok(html::extract(raw)),
        Format::Jsonl => Err(ExtractError::ManyDocuments),
    }
}

/// The version of what reads a format. It grows whenever the same bytes give another document, so that an index
/// knows what it must read again.
pub fn version(format: Format) -> u32 {
    match format {
        Format::Text | Format::Markdown | Format::Html | Format::Jsonl => 1,
    }
}

/// The version of [`detect`]: it grows whenever what was binary may be read now.
const DETECTION: u32 = 1;

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

/// Puts a document together from what its format's function found.
fn document(raw: &Raw<'_>, format: Format, decoded: Decoded, facts: Facts, composed: Composed) -> Document {
    let lines = LineIndex::new(&decoded.text);
    let origin = Origin { decoded: composed.map, bytes: decoded.map, lines, base: Base::default() };
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
        assert!(matches!(error, ExtractError::ManyDocuments));
    }
}
