//! PDF: the text of each page in reading order.
//!
//! `hayro`, which is at home here, runs the pages' programs; [`glyphs`] watches what they draw, [`lines`] puts it
//! together to lines, [`furniture`] takes away what all pages repeat, [`prose`] makes paragraphs of the rest, and
//! [`outline`] finds the lines that the bookmarks name as headings.

mod furniture;
mod glyphs;
mod lines;
mod outline;
mod prose;
mod strings;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use hayro_interpret::InterpreterCache;
use hayro_interpret::hayro_syntax::object::{Dict, Stream, String as PdfString};
use hayro_interpret::hayro_syntax::{DecryptionError, LoadPdfError, Pdf};

use super::compose::{Composed, Composition, Gap};
use super::faults::{MAX_TEXT, broken, too_long};
use super::metadata::{Fields, MAX_FIELD};
use super::xml_stream::{Node, XmlStream};
use super::{ExtractError, Extracted, extracted};
use crate::date::Date;
use crate::document::{Facts, Location};
use lines::Line;
use outline::Entry;
use prose::{Layout, Prose, Words};
use strings::text_of;

/// What errors call these sources.
const KIND: &str = "PDF";

/// Extracts what a PDF holds.
pub(super) fn extract(bytes: &[u8]) -> Result<Extracted, ExtractError> {
    let pdf = Pdf::new(bytes.to_vec()).map_err(of_loading)?;
    let catalog = pdf.xref().get::<Dict<'_>>(pdf.xref().root_id()).unwrap_or_else(Dict::empty);
    let mut pages = read_pages(&pdf)?;
    let mut facts = facts(&pdf, &catalog);
    facts.title = facts.title.or_else(|| title_on(pages.first()?));
    furniture::remove(&mut pages);
    let entries = outline::entries(&pdf, &catalog);
    let mut composed = compose(&pages, &entries);
    composed.title = None;
    Ok(extracted(facts, composed))
}

fn of_loading(error: LoadPdfError) -> ExtractError {
    match error {
        LoadPdfError::Decryption(DecryptionError::PasswordProtected) => ExtractError::Encrypted,
        LoadPdfError::Decryption(DecryptionError::UnsupportedAlgorithm) => {
            broken(KIND, "it is encrypted in a way that is not known here")
        }
        LoadPdfError::Decryption(_) => broken(KIND, "its encryption is damaged"),
        LoadPdfError::Invalid => broken(KIND, "it has no pages that could be found"),
    }
}

/// The lines of each page.
fn read_pages(pdf: &Pdf) -> Result<Vec<Vec<Line>>, ExtractError> {
    let mut read = Read::of(pdf, Layer::Content)?;
    if read.is_empty() {
        read = Read::of(pdf, Layer::Artifacts)?;
    }
    match pdf.pages().len() {
        _ if !read.is_empty() => Ok(read.pages),
        0 => Err(broken(KIND, "it has no pages")),
        _ if read.unknown > 0 => {
            Err(ExtractError::NoTextInside("its fonts do not tell which characters they draw".into()))
        }
        1 => Err(ExtractError::NoTextInside("its page may be a scanned image".into())),
        count => Err(ExtractError::NoTextInside(format!("its {count} pages may be scanned images"))),
    }
}

/// Which part of what pages draw is read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Layer {
    /// What belongs to the document.
    Content,
    /// What is said not to, such as page numbers.
    Artifacts,
}

/// What has been read of a document.
struct Read {
    pages: Vec<Vec<Line>>,
    /// How many glyphs there were whose text is not known.
    unknown: usize,
}

impl Read {
    fn of(pdf: &Pdf, layer: Layer) -> Result<Self, ExtractError> {
        let cache = InterpreterCache::new();
        let mut read = Self { pages: Vec::new(), unknown: 0 };
        let mut size = 0;
        for page in pdf.pages().iter() {
            let drawing = glyphs::read(page, &cache);
            let glyphs = match layer {
                Layer::Content => drawing.content,
                Layer::Artifacts => drawing.artifacts,
            };
            // Where most of a page cannot be read, what is left of it is scraps.
            let is_noise = drawing.unknown * 10 > glyphs.len() * 7;
            let lines = if is_noise { Vec::new() } else { lines::lines(glyphs) };
            size += lines.iter().map(|line| line.text.len() + size_of::<Line>()).sum::<usize>();
            if size > MAX_TEXT {
                return Err(too_long(KIND));
            }
            read.unknown += drawing.unknown;
            read.pages.push(lines);
        }
        Ok(read)
    }

    fn is_empty(&self) -> bool {
        self.pages.iter().all(Vec::is_empty)
    }
}

/// Writes the pages' lines.
fn compose(pages: &[Vec<Line>], entries: &HashMap<usize, Vec<Entry>>) -> Composed {
    let mut words = Words::default();
    pages.iter().flatten().for_each(|line| words.add(&line.text));
    let breaks_korean_words = prose::breaks_korean_words(pages);
    let mut out = Composition::default();
    let mut prose = Prose::new(&words);
    let mut last: Option<&Line> = None;
    for (at, page) in pages.iter().enumerate() {
        let number = u32::try_from(at + 1).unwrap_or(u32::MAX);
        prose.place(Location::Page { page: number, last_page: None });
        let headings = entries.get(&at).map_or_else(Vec::new, |entries| outline::headings(page, entries));
        let layout = Layout { leading: prose::leading(page), breaks_korean_words };
        let mut next = 0;
        while let Some(line) = page.get(next) {
            if let Some(heading) = headings.iter().find(|heading| heading.line == next) {
                prose.flush(&mut out);
                write_heading(&page[next..next + heading.count], heading.level, &mut out);
                next += heading.count;
                last = None;
                continue;
            }
            let gap = match last {
                Some(last) if next == 0 => layout.gap_between_pages(last, line),
                Some(last) => layout.gap(last, line),
                None => Gap::Block,
            };
            prose.add(&line.text, gap, &mut out);
            last = Some(line);
            next += 1;
        }
    }
    prose.flush(&mut out);
    out.finish()
}

fn write_heading(lines: &[Line], level: u8, out: &mut Composition) {
    let words = Words::default();
    let mut prose = Prose::new(&words);
    out.begin_heading(level);
    for line in lines {
        prose.add(&line.text, Gap::Space, out);
    }
    prose.flush(out);
    out.end_heading();
}

/// What a first page shows as its title: the lines of its largest letters, if they are larger than those of its text.
fn title_on(page: &[Line]) -> Option<String> {
    /// The longest title, in characters.
    const MAX_CHARS: usize = 200;
    let mut sizes: Vec<f64> = page.iter().map(|line| line.size).collect();
    sizes.sort_by(f64::total_cmp);
    let (usual, largest) = (sizes.get(sizes.len() / 2)?, sizes.last()?);
    let is_largest = |line: &&Line| line.size > largest * 0.95;
    let title: Vec<&str> = page
        .iter()
        .skip_while(|line| !is_largest(line))
        .take_while(is_largest)
        .map(|line| &*line.text)
        .collect();
    let title = title.join(" ");
    let letters = title.chars().filter(|c| c.is_alphabetic()).count();
    let is_title = *largest > usual * 1.25 && letters > 3 && title.chars().count() <= MAX_CHARS;
    is_title.then(|| super::metadata::plausible_title(&title))?
}

/// What a document says of itself: in its information dictionary, and in XMP where that says nothing.
fn facts(pdf: &Pdf, catalog: &Dict<'_>) -> Facts {
    let info = pdf.metadata();
    let mut fields = Fields::default();
    let text = |value: &Option<Box<[u8]>>| value.as_deref().map(text_of).unwrap_or_default();
    fields.title(&text(&info.title));
    fields.author(&text(&info.author));
    fields.keywords(&text(&info.keywords));
    fields.description(&text(&info.subject));
    let day = |date: hayro_interpret::hayro_syntax::object::DateTime| {
        Date::new(
            i16::try_from(date.year).ok()?,
            i8::try_from(date.month).ok()?,
            i8::try_from(date.day).ok()?,
        )
    };
    fields.created(info.creation_date.and_then(day));
    fields.modified(info.modification_date.and_then(day));
    if let Some(language) = catalog.get::<PdfString<'_>>(b"Lang") {
        fields.language(&text_of(language.as_bytes()));
    }
    let packet = catalog.get::<Stream<'_>>(b"Metadata").and_then(|stream| stream.decoded_data().ok());
    if let Some(packet) = packet {
        read_xmp(XmlStream::new(&*packet, KIND.to_owned()), &mut fields);
    }
    fields.into_facts()
}

/// Takes the facts in a packet of XMP, as far as it can be read.
fn read_xmp(mut xml: XmlStream<'_>, fields: &mut Fields) {
    let mut field = String::new();
    while let Ok(Some(node)) = xml.next() {
        let Node::Open(tag) = node else { continue };
        let name = tag.qualified_name().to_owned();
        match name.as_str() {
            "rdf:Alt" | "rdf:Seq" | "rdf:Bag" => {}
            "rdf:li" => {
                let text = xml.text(MAX_FIELD).unwrap_or_default();
                match field.as_str() {
                    "dc:title" => fields.title(&text),
                    "dc:creator" => fields.author_if_none(&text),
                    _ => {}
                }
            }
            "xmp:CreateDate" => fields.created(Date::parse(&xml.text(MAX_FIELD).unwrap_or_default())),
            _ => field = name,
        }
    }
}
