//! XML inside a package as a stream of nodes, never as a tree.
//!
//! Names come without their prefixes, empty elements as an opening and a closing, entities only as far as XML itself
//! defines them: nothing that a document declares is ever expanded. Nothing recurses, and how deep elements may nest
//! is bounded. What the elements mean is for the formats to know.

use std::borrow::Cow;
use std::io::{BufRead, BufReader, Read};

use quick_xml::Reader;
use quick_xml::XmlVersion;
use quick_xml::encoding::DecodingReader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesRef, BytesStart, Event};

use super::ExtractError;
use super::faults::broken;

/// How deep elements may nest.
const MAX_DEPTH: usize = 1 << 20;

/// What a stream of XML consists of.
#[derive(Debug)]
pub(super) enum Node<'a> {
    /// An element begins.
    Open(Tag<'a>),
    /// The element of this name ends.
    Close(Cow<'a, str>),
    /// Text stands in an element; it may be empty.
    Text(Cow<'a, str>),
}

/// The start of an element.
#[derive(Debug)]
pub(super) struct Tag<'a>(BytesStart<'a>);

impl Tag<'_> {
    /// The element's name without its prefix.
    pub fn name(&self) -> &str {
        let name = self.qualified_name();
        name.rsplit_once(':').map_or(name, |(_, local)| local)
    }

    /// The element's name with its prefix.
    pub fn qualified_name(&self) -> &str {
        let end = self.0.find(|c: char| c.is_ascii_whitespace()).unwrap_or(self.0.len());
        &self.0[..end]
    }

    /// The value of the attribute of this name, whatever its prefix.
    pub fn attribute(&self, name: &str) -> Option<String> {
        self.find(|key| key.rsplit_once(':').map_or(key, |(_, local)| local) == name)
    }

    /// The value of the attribute of this name that has a prefix, whichever: `id` finds `r:id` and not `id`.
    pub fn prefixed_attribute(&self, name: &str) -> Option<String> {
        self.find(|key| key.rsplit_once(':').is_some_and(|(_, local)| local == name))
    }

    /// The number that is the attribute's value.
    pub fn number(&self, name: &str) -> Option<u32> {
        self.attribute(name)?.trim().parse().ok()
    }

    fn find(&self, fits: impl Fn(&str) -> bool) -> Option<String> {
        let mut attributes = self.0.attributes();
        let found = attributes.with_checks(false).flatten().find(|attribute| fits(attribute.key.as_ref()))?;
        let value = found.normalized_value(XmlVersion::Implicit1_0);
        Some(value.map_or_else(|_| found.value.clone().into_owned(), Cow::into_owned))
    }
}

/// A stream of nodes.
pub(super) struct XmlStream<'a> {
    reader: Reader<DecodingReader<Box<dyn BufRead + 'a>>>,
    buffer: Vec<u8>,
    depth: usize,
    /// What to call the source in errors.
    source: String,
}

impl<'a> XmlStream<'a> {
    /// The nodes of what `content` reads, which errors call `source`.
    pub fn new(content: impl Read + 'a, source: String) -> Self {
        let content: Box<dyn BufRead + 'a> = Box::new(BufReader::with_capacity(32 << 10, content));
        let mut reader = Reader::from_reader(DecodingReader::new(content));
        let config = reader.config_mut();
        config.expand_empty_elements = true;
        config.allow_dangling_amp = true;
        Self { reader, buffer: Vec::new(), depth: 0, source }
    }

    /// The next node; `None` behind the last.
    pub fn next(&mut self) -> Result<Option<Node<'_>>, ExtractError> {
        self.buffer.clear();
        let event = match self.reader.read_event_into(&mut self.buffer) {
            Ok(event) => event,
            Err(error) => return Err(broken(&self.source, &error.to_string())),
        };
        Ok(Some(match event {
            Event::Start(tag) | Event::Empty(tag) => {
                self.depth += 1;
                if self.depth > MAX_DEPTH {
                    return Err(broken(&self.source, "elements nest too deep"));
                }
                Node::Open(Tag(tag))
            }
            Event::End(tag) => {
                self.depth = self.depth.saturating_sub(1);
                Node::Close(Cow::Owned(tag.local_name().as_ref().to_owned()))
            }
            Event::Text(text) => Node::Text(Cow::Owned(text.xml10_content().into_owned())),
            Event::CData(text) => Node::Text(Cow::Owned(text.xml10_content().into_owned())),
            Event::GeneralRef(reference) => Node::Text(resolve(&reference)),
            Event::Eof if self.depth > 0 => return Err(broken(&self.source, "it breaks off")),
            Event::Eof => return Ok(None),
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => Node::Text("".into()),
        }))
    }

    /// Passes over what is left of the element that has just begun.
    pub fn skip(&mut self) -> Result<(), ExtractError> {
        let outside = self.depth.saturating_sub(1);
        while self.depth > outside && self.next()?.is_some() {}
        Ok(())
    }

    /// The text of the element that has just begun, up to `limit` bytes.
    pub fn text(&mut self, limit: usize) -> Result<String, ExtractError> {
        let outside = self.depth.saturating_sub(1);
        let mut text = String::new();
        while self.depth > outside {
            match self.next()? {
                Some(Node::Text(piece)) if text.len() + piece.len() <= limit => text.push_str(&piece),
                Some(_) => {}
                None => break,
            }
        }
        Ok(text)
    }
}

/// What a reference stands for by XML's own rules; nothing for the entities that a document declares.
fn resolve(reference: &BytesRef<'_>) -> Cow<'static, str> {
    match reference.resolve_char_ref() {
        Ok(Some(c)) => Cow::Owned(c.into()),
        Ok(None) => Cow::Borrowed(resolve_predefined_entity(reference).unwrap_or_default()),
        Err(_) => Cow::Borrowed(""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The stream's nodes in short.
    fn nodes(source: &str) -> Result<Vec<String>, ExtractError> {
        let mut stream = XmlStream::new(source.as_bytes(), "test".into());
        let mut nodes = Vec::new();
        while let Some(node) = stream.next()? {
            match node {
                Node::Open(tag) => nodes.push(format!("<{}", tag.name())),
                Node::Close(name) => nodes.push(format!(">{name}")),
                Node::Text(text) if text.is_empty() => {}
                Node::Text(text) => nodes.push(text.into_owned()),
            }
        }
        Ok(nodes)
    }

    #[test]
    fn names_lose_their_prefixes_and_declared_entities_stand_for_nothing() {
        let source = "<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY b \"boom\">]><w:a><b/>x &amp; &#xac00;&b;<!-- c --><![CDATA[<]]></w:a>";
        let expected = ["<a", "<b", ">b", "x ", "&", " ", "가", "<", ">a"];
        assert_eq!(nodes(source).expect("well-formed"), expected);
    }

    #[test]
    fn attributes_are_found_by_name_and_by_having_a_prefix() {
        let mut stream = XmlStream::new(&b"<a id=\"1\" r:id='b&amp;c'/>"[..], "test".into());
        let Some(Node::Open(tag)) = stream.next().expect("well-formed") else { panic!("a tag") };
        assert_eq!((tag.number("id"), tag.prefixed_attribute("id").as_deref()), (Some(1), Some("b&c")));
        assert_eq!(tag.attribute("name"), None);
    }

    #[test]
    fn what_breaks_off_or_closes_wrongly_is_an_error() {
        for source in ["<a>", "<a></b>", "<a", "<a><b></a>"] {
            let error = nodes(source).expect_err(source).to_string();
            assert!(error.starts_with("not a readable test: "), "{error}");
        }
    }

    #[test]
    fn deep_nesting_is_read_and_skipped_without_recursion() {
        let source = format!("<a>{}{}<b>x</b></a>", "<c>".repeat(100_000), "</c>".repeat(100_000));
        let mut stream = XmlStream::new(source.as_bytes(), "test".into());
        stream.next().expect("a");
        stream.next().expect("the first c");
        stream.skip().expect("well-formed");
        assert!(matches!(stream.next().expect("b"), Some(Node::Open(tag)) if tag.name() == "b"));
        assert_eq!(stream.text(10).expect("text"), "x");
        let source = "<c>".repeat(MAX_DEPTH + 1);
        assert!(nodes(&source).expect_err("too deep").to_string().ends_with("elements nest too deep"));
    }

    #[test]
    fn utf_16_is_read_as_such() {
        let source: Vec<u8> =
            "\u{feff}<a>경보</a>".encode_utf16().flat_map(|unit| unit.to_le_bytes()).collect();
        let mut stream = XmlStream::new(&source[..], "test".into());
        stream.next().expect("a");
        assert_eq!(stream.text(100).expect("text"), "경보");
    }
}
