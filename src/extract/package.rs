//! Packages: zip files whose parts are XML that refer to one another, as Office, OpenDocument and EPUB have them.
//!
//! Parts are found by their names inside the package, which are never paths of a file system. A part is read as a
//! stream, and no more than [`MAX_PART`] bytes of it, however small it is packed.

use std::collections::HashMap;
use std::io::{self, Cursor, Read};

use zip::ZipArchive;
use zip::result::ZipError;

use super::ExtractError;
use super::faults::broken;
use super::metadata::{Fields, MAX_FIELD};
use super::xml_stream::{Node, XmlStream};
use crate::date::Date;
use crate::document::Facts;

/// The most bytes that are read out of one part.
pub(super) const MAX_PART: u64 = 512 << 20;

/// How files begin that Office encrypts, and those of its programs before 2007.
const COMPOUND_FILE: &[u8] = b"\xd0\xcf\x11\xe0";

/// A package that is open.
pub(super) struct Package<'a> {
    /// What errors call the source.
    kind: &'static str,
    archive: ZipArchive<Cursor<&'a [u8]>>,
    /// The places of the parts in the archive, by name in lower case.
    names: HashMap<String, usize>,
}

/// A reference from one part to another.
#[derive(Debug)]
pub(super) struct Relationship {
    /// Its name in the part that refers.
    pub id: String,
    /// What it is for: the last word of the address that stands for that.
    pub kind: String,
    /// The name of the part that is referred to.
    pub target: String,
}

impl<'a> Package<'a> {
    /// Opens the package that `bytes` are; errors call it `kind`.
    pub fn open(bytes: &'a [u8], kind: &'static str) -> Result<Self, ExtractError> {
        if bytes.starts_with(COMPOUND_FILE) {
            return Err(ExtractError::Encrypted);
        }
        let archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| match error {
            ZipError::InvalidArchive(cause) if cause.contains("EOCD") => {
                broken(kind, "it is no zip file, or its end is missing")
            }
            other => broken(kind, &cause_of(&other)),
        })?;
        let mut names = HashMap::new();
        for (at, name) in archive.file_names_raw().enumerate() {
            names.entry(key_of(&String::from_utf8_lossy(name))).or_insert(at);
        }
        Ok(Self { kind, archive, names })
    }

    /// Whether it has a part of this name.
    pub fn has(&self, name: &str) -> bool {
        self.names.contains_key(&key_of(name))
    }

    /// The name of the first part that ends so, in lower case.
    pub fn first_ending(&self, end: &str) -> Option<String> {
        let names = self.names.iter().filter(|(name, _)| name.ends_with(end));
        names.min_by_key(|(_, at)| **at).map(|(name, _)| name.clone())
    }

    /// The bytes of a part as a stream; `None` where there is no such part.
    fn reader(&mut self, name: &str) -> Result<Option<impl Read + use<'_, 'a>>, ExtractError> {
        let Some(&at) = self.names.get(&key_of(name)) else { return Ok(None) };
        match self.archive.by_index(at) {
            Ok(part) => Ok(Some(Bounded { part, left: MAX_PART })),
            Err(error) => Err(broken(self.kind, &format!("{name}: {}", cause_of(&error)))),
        }
    }

    /// The XML of a part; `None` where there is no such part.
    pub fn xml(&mut self, name: &str) -> Result<Option<XmlStream<'_>>, ExtractError> {
        let source = format!("{}: {name}", self.kind);
        Ok(self.reader(name)?.map(|part| XmlStream::new(part, source)))
    }

    /// The XML of a part that must be there.
    pub fn required_xml(&mut self, name: &str) -> Result<XmlStream<'_>, ExtractError> {
        let missing = broken(self.kind, &format!("it has no {name}"));
        self.xml(name)?.ok_or(missing)
    }

    /// The content of a part; `None` where there is no such part.
    pub fn bytes(&mut self, name: &str) -> Result<Option<Vec<u8>>, ExtractError> {
        let kind = self.kind;
        let Some(mut part) = self.reader(name)? else { return Ok(None) };
        let mut bytes = Vec::new();
        match part.read_to_end(&mut bytes) {
            Ok(_) => Ok(Some(bytes)),
            Err(error) => Err(broken(kind, &format!("{name}: {error}"))),
        }
    }

    /// The references of a part (of the package itself, for the empty name) to others. None where they cannot be read:
    /// parts have names by habit, too.
    pub fn relationships(&mut self, part: &str) -> Vec<Relationship> {
        let (folder, file) = part.rsplit_once('/').unwrap_or(("", part));
        let name = join(folder, &format!("_rels/{file}.rels"));
        let mut found = Vec::new();
        let Ok(Some(mut xml)) = self.xml(&name) else { return found };
        while let Ok(Some(node)) = xml.next() {
            let Node::Open(tag) = node else { continue };
            let is_inside = tag.attribute("TargetMode").is_none_or(|mode| mode != "External");
            if tag.name() == "Relationship" && is_inside {
                let of = |name| tag.attribute(name).unwrap_or_default();
                let kind = of("Type").rsplit('/').next().unwrap_or_default().to_owned();
                found.push(Relationship { id: of("Id"), kind, target: join(folder, &of("Target")) });
            }
        }
        found
    }

    /// The name of the part that an Office package is about.
    pub fn main_part(&mut self, usual: &str) -> String {
        let references = self.relationships("");
        let main = references.into_iter().find(|reference| reference.kind == "officeDocument");
        main.map(|reference| reference.target)
            .filter(|name| self.has(name))
            .unwrap_or_else(|| usual.to_owned())
    }

    /// What an Office package says of itself.
    pub fn core_facts(&mut self) -> Facts {
        let references = self.relationships("");
        let core = references.into_iter().find(|reference| reference.kind == "core-properties");
        let name = core.map_or_else(|| "docProps/core.xml".to_owned(), |reference| reference.target);
        let mut fields = Fields::default();
        if let Ok(Some(mut xml)) = self.xml(&name) {
            while let Ok(Some(node)) = xml.next() {
                let Node::Open(tag) = node else { continue };
                let field = tag.name().to_owned();
                if field != "coreProperties" {
                    take_field(&mut fields, &field, &xml.text(MAX_FIELD).unwrap_or_default());
                }
            }
        }
        fields.into_facts()
    }
}

fn take_field(fields: &mut Fields, name: &str, text: &str) {
    match name {
        "title" => fields.title(text),
        "creator" => fields.author(text),
        "keywords" => fields.keywords(text),
        "description" => fields.description(text),
        "language" => fields.language(text),
        "created" => fields.created(Date::parse(text)),
        "modified" => fields.modified(Date::parse(text)),
        _ => {}
    }
}

/// The name of the part that `target` means in a part that stands in `folder`: `.` and `..` resolved, and kept inside
/// the package.
pub(super) fn join(folder: &str, target: &str) -> String {
    let target = target.replace('\\', "/");
    let start = if target.starts_with('/') { "" } else { folder };
    let mut steps: Vec<&str> = Vec::new();
    for step in start.split('/').chain(target.split('/')) {
        match step {
            "" | "." => {}
            ".." => {
                steps.pop();
            }
            _ => steps.push(step),
        }
    }
    steps.join("/")
}

/// What a part is found by: names differ in case and slashes from program to program.
fn key_of(name: &str) -> String {
    join("", name).to_lowercase()
}

fn cause_of(error: &ZipError) -> String {
    match error {
        ZipError::InvalidArchive(cause) => cause.to_string(),
        ZipError::UnsupportedArchive(cause) => (*cause).to_owned(),
        other => other.to_string(),
    }
}

/// A part that gives no more than so many bytes.
struct Bounded<R> {
    part: R,
    left: u64,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.part.read(buffer)?;
        self.left = self.left.checked_sub(read as u64).ok_or_else(|| {
            io::Error::other(format!("it unpacks to more than {}", super::show_size(MAX_PART)))
        })?;
        Ok(read)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use std::io::Write;
    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    /// A package of these parts.
    pub fn packed(parts: &[(&str, &str)]) -> Vec<u8> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, content) in parts {
            writer.start_file(*name, SimpleFileOptions::default()).expect("a new part");
            writer.write_all(content.as_bytes()).expect("into memory");
        }
        writer.finish().expect("into memory").into_inner()
    }

    #[test]
    fn names_are_resolved_inside_the_package() {
        assert_eq!(join("word", "styles.xml"), "word/styles.xml");
        assert_eq!(join("ppt/slides", "../media/a.png"), "ppt/media/a.png");
        assert_eq!(join("word", "/docProps/core.xml"), "docProps/core.xml");
        assert_eq!(join("a", "../../../etc/passwd"), "etc/passwd");
        assert_eq!(join("", "word\\document.xml"), "word/document.xml");
    }

    #[test]
    fn parts_are_found_by_reference_and_whatever_their_case() {
        let bytes = packed(&[
            (
                "_rels/.rels",
                "<Relationships><Relationship Id='r1' Type='http://x/officeDocument' Target='/Word/Doc.xml'/>\
                 <Relationship Id='r2' Type='http://x/core-properties' Target='props.xml'/>\
                 <Relationship Id='r3' Type='http://x/officeDocument' Target='http://evil' TargetMode='External'/></Relationships>",
            ),
            ("word/doc.xml", "<a/>"),
            (
                "props.xml",
                "<coreProperties><dc:title>A</dc:title><dcterms:modified>2023-11-12T00:00:00Z</dcterms:modified></coreProperties>",
            ),
        ]);
        let mut package = Package::open(&bytes, "test").expect("a package");
        assert_eq!(package.main_part("usual.xml"), "Word/Doc.xml");
        assert!(package.required_xml("word/DOC.xml").is_ok());
        let facts = package.core_facts();
        assert_eq!((facts.title.as_deref(), facts.date), (Some("A"), Date::new(2023, 11, 12)));
        let error = package.required_xml("none.xml").map(|_| ()).expect_err("missing");
        assert_eq!(error.to_string(), "not a readable test: it has no none.xml");
    }

    #[test]
    fn what_is_no_package_is_told_apart_from_an_encrypted_one() {
        let error = |bytes: &[u8]| Package::open(bytes, "test").map(|_| ()).expect_err("no package");
        assert!(matches!(error(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 and on"), ExtractError::Encrypted));
        for none in [&b"no zip"[..], b""] {
            assert_eq!(
                error(none).to_string(),
                "not a readable test: it is no zip file, or its end is missing"
            );
        }
    }

    #[test]
    fn a_part_gives_no_more_than_its_bound() {
        let mut part = Bounded { part: io::repeat(b'a'), left: 100_000 };
        let error = io::copy(&mut part, &mut io::sink()).expect_err("endless");
        assert_eq!(error.to_string(), "it unpacks to more than 512 MiB");
    }
}
