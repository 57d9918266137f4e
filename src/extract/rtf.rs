//! Rich Text Format: the text of a document's body, with headings and notes.
//!
//! RTF is text itself, so every character leads back into the file: plain runs byte for byte, escapes as a whole. A group
//! starts with the state of the one around it and gives it back at its end; some groups are destinations, whose text is
//! no text of the body: tables of fonts and styles, which are read, pictures, page headers and instructions, which are
//! not, and whatever is marked as to be passed over by those who do not know it.
//!
//! Headings are paragraphs with an outline level, their own or their style's. Notes follow the paragraph that they
//! belong to, so that they tear no sentence. Hidden and deleted text is left out. [`tokens`] reads the pieces,
//! [`charsets`] the bytes, [`words`] knows what words stand for, and [`body`] writes the text.

mod body;
mod charsets;
mod tokens;
mod words;

use std::collections::HashMap;
use std::ops::Range;

use super::compose::{Composed, Gap};
use super::decode::{Decoded, decode};
use super::{Raw, document};
use crate::date::Date;
use crate::document::{Document, Facts, Format};
use crate::span::OffsetMap;
use body::{Body, Kind, Paragraph};
use tokens::{Token, Tokens};
use words::{Destination, character_named, gap_named, outline_of_name};

/// How deep groups are told apart; those that nest deeper share one state.
const MAX_DEPTH: usize = 10_000;

/// Makes a document of RTF.
pub(super) fn extract(raw: &Raw<'_>) -> Document {
    let is_utf_8 = str::from_utf8(raw.bytes).is_ok();
    let decoded = if is_utf_8 { decode(raw.bytes, None) } else { bytes_as_characters(raw.bytes) };
    let mut reader = Reader::new(!is_utf_8);
    for (token, place) in Tokens::new(&decoded.text) {
        reader.read(token, place);
    }
    let (facts, composed) = reader.finish();
    document(raw, Format::Rtf, decoded, facts, composed)
}

/// The source with each byte as the character of its number: which character it is depends on the font that it stands in.
fn bytes_as_characters(bytes: &[u8]) -> Decoded {
    let (mut text, mut map) = (String::with_capacity(bytes.len()), OffsetMap::default());
    for (at, &byte) in bytes.iter().enumerate() {
        let c = char::from(byte);
        map.push_units(text.len(), at, 1, c.len_utf8(), 1);
        text.push(c);
    }
    Decoded { text, map, encoding: charsets::USUAL }
}

/// What holds at a place and, unless it is changed, to the end of its group.
#[derive(Clone, Copy, Debug)]
struct State {
    destination: Destination,
    /// How many characters stand behind each `\u` for those who cannot read it.
    fallback: usize,
    font: Option<i32>,
    is_hidden: bool,
    is_deleted: bool,
    paragraph: Paragraph,
}

impl State {
    fn is_shown(&self) -> bool {
        !self.is_hidden && !self.is_deleted
    }
}

/// The style, or the font, whose entry in its table is being read.
#[derive(Default)]
struct Entry {
    number: Option<i32>,
    outline: Option<u8>,
    name: String,
}

struct Reader {
    body: Body,
    facts: Facts,
    state: State,
    groups: Vec<State>,
    /// How many groups are open beyond those that are told apart.
    deeper: usize,
    /// Whether the group's destination is to be passed over unless it is known.
    is_optional: bool,
    /// Whether characters beyond ASCII are bytes.
    has_bytes: bool,
    charset: &'static str,
    fonts: HashMap<i32, &'static str>,
    /// The outline levels of styles.
    outlines: HashMap<i32, u8>,
    entry: Entry,
    created: [Option<i32>; 3],
    /// The first byte of two, and where it stands.
    lead: Option<(u8, usize)>,
    /// The first half of a character of UTF-16, and where it stands.
    high: Option<(u16, usize)>,
    /// How many characters still stand for a character that was read already.
    to_skip: usize,
}

impl Reader {
    fn new(has_bytes: bool) -> Self {
        let state = State {
            destination: Destination::Body,
            fallback: 1,
            font: None,
            is_hidden: false,
            is_deleted: false,
            paragraph: Paragraph::default(),
        };
        Self {
            body: Body::default(),
            facts: Facts::default(),
            state,
            groups: Vec::new(),
            deeper: 0,
            is_optional: false,
            has_bytes,
            charset: charsets::USUAL,
            fonts: HashMap::new(),
            outlines: HashMap::new(),
            entry: Entry::default(),
            created: [None; 3],
            lead: None,
            high: None,
            to_skip: 0,
        }
    }

    fn read(&mut self, token: Token<'_>, place: Range<usize>) {
        let is_optional = std::mem::take(&mut self.is_optional);
        match token {
            Token::Open => self.open(),
            Token::Close => self.close(),
            Token::Text(text) => self.text(text, place.start),
            Token::Word(word, number) => {
                // Programs that write nothing for those who cannot read a character mean this word.
                self.to_skip = 0;
                self.word(word, number, place, is_optional);
            }
            _ if self.to_skip > 0 => self.to_skip -= 1,
            Token::Byte(byte) => self.byte(byte, place),
            Token::Symbol('*') => self.is_optional = true,
            Token::Symbol(symbol) => self.symbol(symbol, place),
        }
    }

    fn open(&mut self) {
        self.end_characters();
        if self.groups.len() < MAX_DEPTH {
            self.groups.push(self.state);
        } else {
            self.deeper += 1;
        }
    }

    fn close(&mut self) {
        self.end_characters();
        if matches!(self.state.destination, Destination::Styles | Destination::Fonts) {
            self.end_entry();
        }
        match self.deeper.checked_sub(1) {
            Some(deeper) => self.deeper = deeper,
            None => self.state = self.groups.pop().unwrap_or(self.state),
        }
    }

    /// Forgets halves of characters, whose other halves did not come, and what was to be passed over.
    fn end_characters(&mut self) {
        (self.lead, self.high, self.to_skip) = (None, None, 0);
    }

    fn word(&mut self, word: &str, number: Option<i32>, place: Range<usize>, is_optional: bool) {
        if let Some(destination) = self.state.destination.named(word) {
            self.begin_destination(destination);
        } else if is_optional && !matches!(word, "shpinst") {
            self.state.destination = Destination::Nowhere;
        } else if word == "u" {
            self.unicode(number.unwrap_or(0), place);
        } else if let Some(character) = character_named(word) {
            self.write(character, place.start, Kind::Unit(place.len()));
        } else if let Some(gap) = gap_named(word) {
            match self.state.destination {
                Destination::Body => self.body.gap(gap),
                Destination::Note => self.body.note_gap(gap),
                _ => {}
            }
        } else if !self.structure(word) {
            self.property(word, number);
        }
    }

    fn begin_destination(&mut self, destination: Destination) {
        let is_known = match destination {
            Destination::Title => self.facts.title.is_some(),
            Destination::Author => self.facts.other.contains_key("author"),
            _ => false,
        };
        if destination == Destination::Note {
            self.body.note_gap(Gap::Block);
        }
        self.state.destination = if is_known { Destination::Nowhere } else { destination };
    }

    /// Obeys a word that ends a paragraph or a part of a table; tells whether it is one.
    fn structure(&mut self, word: &str) -> bool {
        let is_end_of_paragraph = matches!(word, "par" | "sect" | "page");
        match (self.state.destination, word) {
            (Destination::Body, "cell" | "nestcell") => self.body.end_cell(),
            (Destination::Body, "row" | "nestrow") => self.body.end_row(),
            (Destination::Body, _) if is_end_of_paragraph => self.body.end_paragraph(self.state.paragraph),
            (Destination::Note, _) if is_end_of_paragraph => self.body.note_gap(Gap::Block),
            _ => return false,
        }
        true
    }

    /// Obeys a word that changes what holds.
    fn property(&mut self, word: &str, number: Option<i32>) {
        let is_on = number != Some(0);
        match word {
            "ansicpg" => self.charset = charsets::of_code_page(number.unwrap_or(0)),
            "mac" => self.charset = charsets::of_code_page(10_000),
            "uc" => self.state.fallback = number.and_then(|count| count.try_into().ok()).unwrap_or(1).min(16),
            "f" if self.state.destination == Destination::Fonts => self.entry.number = number,
            "f" => self.state.font = number,
            "fcharset" => self.font_charset(number.unwrap_or(0)),
            "s" if self.state.destination == Destination::Styles => self.entry.number = number,
            "s" => self.state.paragraph.outline = number.and_then(|style| self.outlines.get(&style).copied()),
            "outlinelevel" => self.outline_level(number.unwrap_or(9)),
            "pard" => self.state.paragraph = Paragraph::default(),
            "plain" => (self.state.font, self.state.is_hidden, self.state.is_deleted) = (None, false, false),
            "intbl" => self.state.paragraph.in_table = true,
            "v" => self.state.is_hidden = is_on,
            "deleted" => self.state.is_deleted = is_on,
            "yr" | "mo" | "dy" if self.state.destination == Destination::Created => {
                let at = ["yr", "mo", "dy"].iter().position(|name| *name == word).unwrap_or(0);
                self.created[at] = number;
            }
            _ => {}
        }
    }

    fn font_charset(&mut self, number: i32) {
        if let (Destination::Fonts, Some(font), Some(charset)) =
            (self.state.destination, self.entry.number, charsets::of_font(number))
        {
            self.fonts.insert(font, charset);
        }
    }

    /// Levels count from 0; the tenth is that of plain text.
    fn outline_level(&mut self, level: i32) {
        let outline = u8::try_from(level).ok().filter(|level| *level < 9);
        match self.state.destination {
            Destination::Styles => self.entry.outline = outline,
            _ => self.state.paragraph.outline = outline,
        }
    }

    /// Ends a style's entry in its table, which is the name behind its properties.
    fn end_entry(&mut self) {
        let Entry { number, outline, name } = std::mem::take(&mut self.entry);
        let outline = outline.or_else(|| outline_of_name(&name));
        if let (Destination::Styles, Some(number), Some(outline)) = (self.state.destination, number, outline)
        {
            self.outlines.insert(number, outline);
        }
    }

    fn symbol(&mut self, symbol: char, place: Range<usize>) {
        let text = match symbol {
            '\\' | '{' | '}' => {
                let literal = symbol.encode_utf8(&mut [0; 4]).to_owned();
                return self.text_or_trail(&literal, place);
            }
            '~' => "\u{a0}",
            '_' => "\u{2011}",
            _ => return,
        };
        self.write(text, place.start, Kind::Unit(place.len()));
    }

    /// Takes a character that stands for itself behind a backslash, or for the second byte of two.
    fn text_or_trail(&mut self, literal: &str, place: Range<usize>) {
        match (self.lead, literal.as_bytes()) {
            (Some(_), [byte]) => self.byte(*byte, place),
            _ => self.write(literal, place.start, Kind::Unit(place.len())),
        }
    }

    fn text(&mut self, text: &str, origin: usize) {
        let skipped = text.char_indices().nth(self.to_skip).map_or(text.len(), |(at, _)| at);
        if self.to_skip > 0 {
            self.to_skip -= text[..skipped].chars().count();
        }
        let mut at = skipped;
        while at < text.len() {
            let rest = &text[at..];
            let is_byte = |c: char| self.has_bytes && !c.is_ascii();
            let first = rest.chars().next().filter(|&c| is_byte(c) || (self.lead.is_some() && c.is_ascii()));
            if let Some(c) = first {
                let byte = u8::try_from(u32::from(c)).unwrap_or(b'?');
                self.byte(byte, origin + at..origin + at + c.len_utf8());
                at += c.len_utf8();
            } else {
                let len = rest.find(is_byte).unwrap_or(rest.len());
                self.write(&rest[..len], origin + at, Kind::Verbatim);
                at += len;
            }
        }
    }

    /// Takes a byte of the charset that the font, or else the document, has.
    fn byte(&mut self, byte: u8, place: Range<usize>) {
        let font = self.state.font.and_then(|font| self.fonts.get(&font));
        let charset = font.copied().unwrap_or(self.charset);
        match self.lead.take() {
            Some((lead, start)) => {
                let character = charsets::character(charset, &[lead, byte]);
                self.write(&character, start, Kind::Unit(place.end - start));
            }
            None if charsets::is_lead(charset, byte) => self.lead = Some((byte, place.start)),
            None => {
                let character = charsets::character(charset, &[byte]);
                self.write(&character, place.start, Kind::Unit(place.len()));
            }
        }
    }

    /// Takes a unit of UTF-16.
    fn unicode(&mut self, number: i32, place: Range<usize>) {
        let unit = (number & 0xffff) as u16;
        let high = self.high.take();
        if matches!(unit, 0xd800..=0xdbff) {
            self.high = Some((unit, place.start));
        } else {
            let start = high.map_or(place.start, |(_, start)| start);
            let units = high.map(|(high, _)| high).into_iter().chain([unit]);
            let text: String =
                char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
            self.write(&text, start, Kind::Unit(place.end - start));
        }
        self.to_skip = self.state.fallback;
    }

    /// Writes a run to where it belongs.
    fn write(&mut self, run: &str, origin: usize, kind: Kind) {
        match self.state.destination {
            Destination::Body if self.state.is_shown() => {
                self.body.run(run, origin, kind, self.state.paragraph);
            }
            Destination::Note if self.state.is_shown() => self.body.note(run, origin, kind),
            Destination::Title => self.facts.title.get_or_insert_default().push_str(run),
            Destination::Author => {
                let author = self.facts.other.entry("author".to_owned()).or_insert_with(|| "".into());
                if let serde_json::Value::String(author) = author {
                    author.push_str(run);
                }
            }
            Destination::Styles => self.entry.name.push_str(run),
            _ => {}
        }
    }

    fn finish(mut self) -> (Facts, Composed) {
        let mut composed = self.body.finish();
        if let [Some(year), Some(month), Some(day)] = self.created {
            self.facts.date = Date::parse(&format!("{year:04}-{month:02}-{day:02}"));
        }
        self.facts.title = self.facts.title.or(composed.title.take());
        (self.facts, composed)
    }
}

#[cfg(test)]
mod tests;
