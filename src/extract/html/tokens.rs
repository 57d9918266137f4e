//! HTML as a flat run of tokens, each of which knows where it stands in the source.
//!
//! The tokenizer is the standard's, `html5gum`; this module is its only home. Text comes as spans of the source, not
//! as copies, with character references as tokens of their own, so that the way back to the source is exact.
//! Elements whose content is no markup (scripts, titles, …) are known here, because the tokenizer has to be
//! told; everything else about elements, their nesting above all, is left to those who read the tokens.

use std::collections::VecDeque;

use html5gum::{Emitter, State, Tokenizer};

use super::elements::Element;

/// The longest attribute value that is kept, in bytes.
const MAX_VALUE: usize = 4 << 10;

/// The longest name of a tag or an attribute that is kept, in bytes; no name that matters is longer.
const MAX_NAME: usize = 32;

/// The attributes that are kept.
const ATTRIBUTES: [&str; 13] = [
    "aria-hidden",
    "content",
    "datetime",
    "hidden",
    "href",
    "http-equiv",
    "itemprop",
    "lang",
    "name",
    "property",
    "pubdate",
    "rel",
    "type",
];

/// A piece of an HTML source.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// Text that stands in the source as it is, `start..end`.
    Text {
        /// Where it starts.
        start: usize,
        /// Where it ends.
        end: usize,
    },
    /// A character reference, or a character that means another.
    Reference {
        /// What it stands for.
        value: String,
        /// Where it starts.
        start: usize,
        /// Where it ends.
        end: usize,
    },
    /// A start tag of an element that is known.
    Open(Tag),
    /// An end tag of an element that is known.
    Close(Element),
}

/// A start tag.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Tag {
    /// Whose start it is.
    pub element: Element,
    attributes: Vec<(&'static str, String)>,
}

impl Tag {
    /// The value of an attribute, trimmed; empty where it has none.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(other, _)| *other == name).map(|(_, value)| value.trim())
    }
}

/// The tokens of `source`.
pub(super) fn tokens(source: &str) -> impl Iterator<Item = Token> + '_ {
    Tokenizer::new_with_emitter(source, Collector::new(source)).filter_map(Result::ok)
}

/// What is being read of a tag or besides text.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reading {
    StartTag,
    EndTag,
    Other,
}

/// Gathers what the tokenizer reads into tokens.
struct Collector<'a> {
    source: &'a str,
    queue: VecDeque<Token>,
    /// Up to where the tokenizer has read.
    position: usize,
    /// Up to where the source is covered by tokens.
    settled: usize,
    /// The text at the end of what is covered, as far as it is in one piece.
    text: Option<(usize, usize)>,
    reading: Reading,
    name: Vec<u8>,
    last_start_tag: Vec<u8>,
    self_closing: bool,
    attribute: Vec<u8>,
    value: Vec<u8>,
    attributes: Vec<(&'static str, String)>,
    is_xml: bool,
    ends: Ends,
}

impl<'a> Collector<'a> {
    fn new(source: &'a str) -> Self {
        Self {
            source,
            queue: VecDeque::new(),
            position: 0,
            settled: 0,
            text: None,
            reading: Reading::Other,
            name: Vec::new(),
            last_start_tag: Vec::new(),
            self_closing: false,
            attribute: Vec::new(),
            value: Vec::new(),
            attributes: Vec::new(),
            is_xml: source.trim_start().starts_with("<?xml"),
            ends: Ends::default(),
        }
    }

    fn flush_text(&mut self) {
        if let Some((start, end)) = self.text.take() {
            self.queue.push_back(Token::Text { start, end });
        }
    }

    /// Adds text that stands at `start..end` in the source, or goes on there after a line end's second byte.
    fn add_text(&mut self, start: usize, end: usize) {
        match &mut self.text {
            Some((_, last)) if matches!(self.source.as_bytes().get(*last..start), Some(b"" | b"\n")) => {
                *last = end;
            }
            _ => {
                self.flush_text();
                self.text = Some((start, end));
            }
        }
    }

    /// Where text that was read up to the present position starts, if it is the source's own: right behind what
    /// is covered, or, where line ends or empty markup were passed over, right before the position.
    fn own_start(&self, text: &[u8]) -> Option<usize> {
        let source = self.source.as_bytes();
        let is_reference =
            source.get(self.settled) == Some(&b'&') && self.settled + text.len() != self.position;
        if is_reference {
            return None;
        }
        if source.get(self.settled..).is_some_and(|rest| rest.starts_with(text)) {
            return Some(self.settled);
        }
        let start = self.position.checked_sub(text.len()).filter(|&start| start >= self.settled)?;
        let own = source.get(start..self.position)?;
        (own == text || (own == b"\r" && text == b"\n")).then_some(start)
    }

    fn keep_attribute(&mut self) {
        if self.reading == Reading::StartTag
            && let Some(known) = known_attribute(&self.attribute)
            && self.attributes.iter().all(|(other, _)| *other != known)
        {
            self.attributes.push((known, String::from_utf8_lossy(&self.value).into_owned()));
        }
        self.attribute.clear();
        self.value.clear();
    }

    /// How the content of the element that has just been opened is to be read.
    fn content_state(&mut self, element: Element) -> Option<State> {
        if self.is_xml && self.self_closing {
            return None;
        }
        let mut closed = |name| self.ends.is_behind(self.source, self.position, name);
        match element {
            Element::Script => Some(State::ScriptData),
            Element::Style => Some(State::RawText),
            Element::Title if closed("title") => Some(State::RcData),
            Element::Textarea if closed("textarea") => Some(State::RcData),
            Element::Iframe if closed("iframe") => Some(State::RawText),
            Element::Xmp if closed("xmp") => Some(State::RawText),
            _ => None,
        }
    }
}

fn known_attribute(name: &[u8]) -> Option<&'static str> {
    ATTRIBUTES.into_iter().find(|known| known.as_bytes() == name)
}

/// Where end tags stand of elements whose content would, left open, take in the rest of the document.
#[derive(Default)]
struct Ends(Vec<(&'static str, Option<usize>)>);

impl Ends {
    /// Whether the end tag of an element stands at or behind a place of the source. What is found answers for all places
    /// before it, and what is not found for all behind, so that the source is searched once as places come in order.
    fn is_behind(&mut self, source: &str, place: usize, name: &'static str) -> bool {
        let is_end = |at: usize| {
            let found = source.as_bytes().get(at + 2..at + 2 + name.len());
            found.is_some_and(|found| found.eq_ignore_ascii_case(name.as_bytes()))
        };
        let find = || {
            let mut places = source.get(place..)?.match_indices("</").map(|(at, _)| place + at);
            places.find(|&at| is_end(at))
        };
        match self.0.iter_mut().find(|(known, _)| *known == name) {
            Some((_, end)) => {
                if end.is_some_and(|end| end < place) {
                    *end = find();
                }
                end.is_some()
            }
            None => {
                let end = find();
                self.0.push((name, end));
                end.is_some()
            }
        }
    }
}

/// Appends, up to a limit.
fn extend(buffer: &mut Vec<u8>, more: &[u8], limit: usize) {
    let room = limit.saturating_sub(buffer.len());
    buffer.extend(&more[..more.len().min(room)]);
}

impl Emitter for Collector<'_> {
    type Token = Token;

    fn set_last_start_tag(&mut self, name: Option<&[u8]>) {
        self.last_start_tag = name.unwrap_or_default().to_vec();
    }

    fn emit_eof(&mut self) {
        self.flush_text();
    }

    fn emit_error(&mut self, _: html5gum::Error) {}

    fn should_emit_errors(&mut self) -> bool {
        false
    }

    fn pop_token(&mut self) -> Option<Token> {
        self.queue.pop_front()
    }

    fn move_position(&mut self, offset: isize) {
        self.position = self.position.saturating_add_signed(offset);
    }

    fn init_string(&mut self) {
        self.settled = self.settled.max(self.position);
    }

    fn emit_string(&mut self, text: &[u8]) {
        match self.own_start(text) {
            Some(start) => {
                self.add_text(start, start + text.len());
                self.settled = start + text.len();
            }
            None => {
                self.flush_text();
                let value = String::from_utf8_lossy(text).into_owned();
                let start = self.settled.min(self.position);
                self.queue.push_back(Token::Reference { value, start, end: self.position });
                self.settled = self.position;
            }
        }
    }

    fn init_start_tag(&mut self) {
        self.reading = Reading::StartTag;
        self.name.clear();
        self.attributes.clear();
        self.self_closing = false;
    }

    fn init_end_tag(&mut self) {
        self.reading = Reading::EndTag;
        self.name.clear();
    }

    fn init_comment(&mut self) {
        self.reading = Reading::Other;
    }

    fn emit_current_tag(&mut self) -> Option<State> {
        self.flush_text();
        self.keep_attribute();
        self.settled = self.position;
        let element = Element::named(&self.name);
        if self.reading == Reading::EndTag {
            self.last_start_tag.clear();
            self.queue.extend(element.map(Token::Close));
            return None;
        }
        std::mem::swap(&mut self.last_start_tag, &mut self.name);
        let element = element?;
        let attributes = std::mem::take(&mut self.attributes);
        self.queue.push_back(Token::Open(Tag { element, attributes }));
        if self.is_xml && self.self_closing {
            self.queue.push_back(Token::Close(element));
        }
        self.content_state(element)
    }

    fn emit_current_comment(&mut self) {
        self.settled = self.position;
    }

    fn emit_current_doctype(&mut self) {
        self.settled = self.position;
    }

    fn set_self_closing(&mut self) {
        self.self_closing = true;
    }

    fn set_force_quirks(&mut self) {}

    fn push_tag_name(&mut self, name: &[u8]) {
        extend(&mut self.name, name, MAX_NAME);
    }

    fn push_comment(&mut self, _: &[u8]) {}

    fn push_doctype_name(&mut self, _: &[u8]) {}

    fn init_doctype(&mut self) {
        self.reading = Reading::Other;
    }

    fn init_attribute(&mut self) {
        self.keep_attribute();
    }

    fn push_attribute_name(&mut self, name: &[u8]) {
        extend(&mut self.attribute, name, MAX_NAME);
    }

    fn push_attribute_value(&mut self, value: &[u8]) {
        if known_attribute(&self.attribute).is_some() {
            extend(&mut self.value, value, MAX_VALUE);
        }
    }

    fn set_doctype_public_identifier(&mut self, _: &[u8]) {}

    fn set_doctype_system_identifier(&mut self, _: &[u8]) {}

    fn push_doctype_public_identifier(&mut self, _: &[u8]) {}

    fn push_doctype_system_identifier(&mut self, _: &[u8]) {}

    fn current_is_appropriate_end_tag_token(&mut self) -> bool {
        self.reading == Reading::EndTag && !self.last_start_tag.is_empty() && self.last_start_tag == self.name
    }

    fn adjusted_current_node_present_but_not_in_html_namespace(&mut self) -> bool {
        self.is_xml
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shown(source: &str) -> Vec<String> {
        tokens(source)
            .map(|token| match token {
                Token::Text { start, end } => format!("{start}:{}", &source[start..end]),
                Token::Reference { value, start, end } => format!("{}={value}", &source[start..end]),
                Token::Open(tag) => format!("<{:?}>", tag.element),
                Token::Close(element) => format!("</{element:?}>"),
            })
            .collect()
    }

    #[test]
    fn text_and_references_know_where_they_stand() {
        assert_eq!(
            shown("<p>A &amp; é&#x41;&copy;B"),
            ["<P>", "3:A ", "&amp;=&", "10: é", "&#x41;=A", "&copy;=©", "25:B"]
        );
        assert_eq!(shown("a & b &nosuch; <é &#59;"), ["0:a & b &nosuch; <é ", "&#59;=;"]);
        assert_eq!(shown("a<!-- x -->b</>c</?d>e"), ["0:a", "11:b", "15:c", "21:e"]);
        assert_eq!(shown("a\r\nb\rc"), ["0:a\r\nb\rc"]);
    }

    #[test]
    fn raw_content_ends_at_its_own_end_tag_only() {
        assert_eq!(shown("<script>a</b></script>c"), ["<Script>", "8:a</b>", "</Script>", "22:c"]);
        assert_eq!(
            shown("<title>a <b> &lt;</title>c"),
            ["<Title>", "7:a <b> ", "&lt;=<", "</Title>", "25:c"]
        );
        assert_eq!(shown("<title>never <b>closed"), ["<Title>", "7:never ", "<B>", "16:closed"]);
        assert_eq!(
            shown("<title>a</TITLE><title>b</title ><title>c<b>"),
            ["<Title>", "7:a", "</Title>", "<Title>", "23:b", "</Title>", "<Title>", "40:c", "<B>"]
        );
        assert_eq!(shown("<?xml version='1.0'?><script src='a'/>b"), ["<Script>", "</Script>", "38:b"]);
    }

    #[test]
    fn attributes_that_matter_are_kept_once() {
        let Some(Token::Open(tag)) =
            tokens("<META Name=a name=b content=' c&amp;d ' onclick=x hidden>").next()
        else {
            panic!("a start tag");
        };
        assert_eq!(tag.attribute("name"), Some("a"));
        assert_eq!(tag.attribute("content"), Some("c&d"));
        assert_eq!(tag.attribute("hidden"), Some(""));
        assert_eq!(tag.attributes.len(), 3);
    }

    proptest! {
        #[test]
        fn tokens_lie_in_order_inside_the_source(
            parts in proptest::collection::vec(
                prop_oneof![
                    "[a-zé한&;#<>/!?\r\n\\- ]{0,6}".boxed(),
                    proptest::sample::select(vec![
                        "<p>", "</p>", "<title>", "</title>", "<script>", "</script>", "<!--", "-->", "&amp;", "&#65",
                        "<![CDATA[", "]]>", "<?xml?>", "<a href='", "\0", "&notit;", "<textarea>", "</textarea >",
                    ]).prop_map(str::to_owned),
                ],
                0..20,
            )
        ) {
            let source = parts.concat();
            let mut end_before = 0;
            for token in tokens(&source) {
                if let Token::Text { start, end } | Token::Reference { start, end, .. } = token {
                    prop_assert!(end_before <= start && start <= end);
                    prop_assert!(source.get(start..end).is_some(), "{start}..{end} of {source:?}");
                    end_before = end;
                }
            }
        }
    }
}
