//! XML as a flat run of tokens, each of which knows where it stands in the source.
//!
//! This module is the only home of `quick-xml`, whose positions are exact, with its checks turned off: XML that is not
//! well formed is read on. Where the parser gives up, because a comment or a tag never ends, the rest of the source is
//! read as text between tags. No entity but those of XML and HTML is known, so that none can grow.

use std::collections::HashMap;

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Error, Reader};

use crate::extract::html;

/// The longest name of an entity that is looked up, in bytes.
const MAX_ENTITY: usize = 32;

/// A piece of an XML source.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::extract) enum Token<'a> {
    /// A start tag, or the tag of an empty element.
    Open(Tag<'a>),
    /// The end of the element of this name.
    Close {
        /// Its name, with its prefix.
        name: &'a str,
        /// Where its tag starts.
        start: usize,
    },
    /// Text that stands in the source as it is, `start..end`.
    Text {
        /// Where it starts.
        start: usize,
        /// Where it ends.
        end: usize,
    },
    /// A reference to a character, or to several.
    Reference {
        /// What it stands for.
        value: String,
        /// Where it starts.
        start: usize,
        /// Where it ends.
        end: usize,
    },
}

/// A start tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::extract) struct Tag<'a> {
    /// The element's name, with its prefix.
    pub name: &'a str,
    /// The tag's content, name included.
    content: &'a str,
    /// Where the tag ends.
    pub end: usize,
    /// Where the tag starts.
    pub start: usize,
    /// Whether the element ends with its tag.
    pub is_empty: bool,
}

impl<'a> Tag<'a> {
    /// The attributes, by their names with prefixes, each with its value as the source writes it.
    pub fn attributes(&self) -> impl Iterator<Item = (&'a str, &'a str)> + use<'a> {
        let (content, offset) = (self.content, self.content.as_ptr() as usize);
        let tag = BytesStart::from_content(content, self.name.len());
        let mut found = Vec::new();
        for attribute in tag.attributes().with_checks(false).map_while(Result::ok) {
            let key = attribute.key.as_ref();
            let at = |text: &str| (text.as_ptr() as usize).wrapping_sub(offset);
            let slice = |text: &str| content.get(at(text)..at(text).saturating_add(text.len()));
            found.extend(slice(key).zip(slice(&attribute.value)));
        }
        found.into_iter()
    }

    /// The value of an attribute, its references resolved.
    pub fn attribute(&self, name: &str) -> Option<String> {
        let (_, value) = self.attributes().find(|(other, _)| *other == name)?;
        Some(resolved(value))
    }
}

/// A name without its prefix.
pub(in crate::extract) fn local(name: &str) -> &str {
    name.rsplit(':').next().unwrap_or(name)
}

/// A text with its references resolved.
pub(in crate::extract) fn resolved(text: &str) -> String {
    let mut out = String::new();
    for token in tokens(text) {
        match token {
            Token::Text { start, end } => out.push_str(&text[start..end]),
            Token::Reference { value, .. } => out.push_str(&value),
            Token::Open(_) | Token::Close { .. } => {}
        }
    }
    out
}

/// The tokens of `source`.
pub(in crate::extract) fn tokens(source: &str) -> Tokens<'_> {
    let marks = source.len() - source.trim_start_matches('\u{feff}').len();
    let mut reader = Reader::from_str(&source[marks..]);
    let config = reader.config_mut();
    config.allow_dangling_amp = true;
    config.allow_unmatched_ends = true;
    config.check_end_names = false;
    Tokens { source, reader, marks, rest: None }
}

/// Reads tokens.
pub(in crate::extract) struct Tokens<'a> {
    source: &'a str,
    reader: Reader<&'a [u8]>,
    /// How many bytes of byte order marks the reader does not see.
    marks: usize,
    /// Where the rest begins that the parser cannot read.
    rest: Option<usize>,
}

impl<'a> Tokens<'a> {
    fn offset(&self) -> usize {
        self.marks + usize::try_from(self.reader.buffer_position()).expect("inside of the source")
    }

    /// What the next event is; `Err` at the source's end, `Ok(None)` for what is no text.
    fn read(&mut self) -> Result<Option<Token<'a>>, ()> {
        let start = self.offset();
        let event = self.reader.read_event();
        let end = self.offset();
        Ok(match event {
            Ok(Event::Text(_)) => Some(Token::Text { start, end }),
            Ok(Event::CData(content)) => {
                let start = start + "<![CDATA[".len();
                Some(Token::Text { start, end: start + content.len() })
            }
            Ok(Event::GeneralRef(_)) => self.reference(start, end),
            Ok(Event::Start(_)) => Some(self.tag(start, end, 1, false)),
            Ok(Event::Empty(_)) => Some(self.tag(start, end, 2, true)),
            Ok(Event::End(_)) => self.close(start, end),
            Ok(Event::Eof) => return Err(()),
            Err(Error::IllFormed(_)) if end > start => None,
            Err(_) => {
                self.rest = Some(start);
                None
            }
            Ok(_) => None,
        })
    }

    /// A start tag, whose content ends `mark` bytes before its end; what has no name is text.
    fn tag(&self, start: usize, end: usize, mark: usize, is_empty: bool) -> Token<'a> {
        let content = &self.source[start + 1..end - mark];
        let name = name_at_start(content);
        if name.starts_with(|c: char| c.is_alphabetic() || c == '_' || c == ':') {
            Token::Open(Tag { name, content, start, end, is_empty })
        } else {
            Token::Text { start, end }
        }
    }

    fn close(&self, start: usize, end: usize) -> Option<Token<'a>> {
        let name = name_at_start(&self.source[start + 2..end - 1]);
        (!name.is_empty()).then_some(Token::Close { name, start })
    }

    /// What the reference `start..end` stands for: itself where it is none, nothing where nothing is known of it.
    fn reference(&self, start: usize, end: usize) -> Option<Token<'a>> {
        let name = &self.source[start + 1..end - 1];
        let is_name = |c: char| c.is_alphanumeric() || matches!(c, '#' | '_' | '-' | '.' | ':');
        if name.is_empty() || !name.chars().all(is_name) {
            return Some(Token::Text { start, end });
        }
        let value = match name {
            "lt" => "<".to_owned(),
            "gt" => ">".to_owned(),
            "amp" => "&".to_owned(),
            "quot" => "\"".to_owned(),
            "apos" => "'".to_owned(),
            _ if name.len() > MAX_ENTITY => return None,
            _ => html::referenced(&self.source[start..end])?,
        };
        Some(Token::Reference { value, start, end })
    }

    /// The next text of the rest that the parser cannot read.
    fn unread(&mut self, at: usize) -> Option<Token<'a>> {
        let rest = &self.source[at..];
        let tag = if rest.starts_with('<') { rest.find('>').map_or(0, |end| end + 1) } else { 0 };
        let start = at + tag;
        // What opens like a tag and never ends is text.
        let skip = usize::from(tag == 0 && rest.starts_with('<'));
        let end = match self.source[start + skip..].find('<') {
            Some(len) if skip == 0 => start + len,
            _ => self.source.len(),
        };
        self.rest = Some(end);
        (at < self.source.len()).then_some(Token::Text { start, end })
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        loop {
            if let Some(at) = self.rest {
                return self.unread(at);
            }
            if let Some(token) = self.read().ok()? {
                return Some(token);
            }
        }
    }
}

/// What a tag's content starts with, up to white space.
fn name_at_start(content: &str) -> &str {
    content.split([' ', '\t', '\r', '\n', '/']).next().unwrap_or_default()
}

/// The elements that are open at a place, each with what its reader keeps of it.
///
/// An end tag closes the innermost element of its name and all that are open in it; one without such an element
/// closes nothing. All of it takes time in proportion to the tags.
#[derive(Debug)]
pub(in crate::extract) struct Nesting<'a, T> {
    open: Vec<(&'a str, T)>,
    /// How many elements of each name are open.
    counts: HashMap<&'a str, usize>,
}

impl<'a, T> Nesting<'a, T> {
    /// No elements.
    pub fn new() -> Self {
        Self { open: Vec::new(), counts: HashMap::new() }
    }

    /// Opens an element.
    pub fn open(&mut self, name: &'a str, kept: T) {
        *self.counts.entry(name).or_default() += 1;
        self.open.push((name, kept));
    }

    /// Whether an element of this name is open.
    pub fn has(&self, name: &str) -> bool {
        self.counts.get(name).is_some_and(|&count| count > 0)
    }

    /// Closes the innermost element.
    pub fn pop(&mut self) -> Option<(&'a str, T)> {
        let (name, kept) = self.open.pop()?;
        if let Some(count) = self.counts.get_mut(name) {
            *count -= 1;
        }
        Some((name, kept))
    }

    /// The elements that are open, outermost first.
    pub fn elements(&self) -> &[(&'a str, T)] {
        &self.open
    }

    /// The elements that are open, outermost first.
    pub fn elements_mut(&mut self) -> &mut [(&'a str, T)] {
        &mut self.open
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
                Token::Open(tag) if tag.is_empty => format!("<{}/>", tag.name),
                Token::Open(tag) => format!("<{}>", tag.name),
                Token::Close { name, start } => format!("{start}</{name}>"),
            })
            .collect()
    }

    #[test]
    fn tokens_know_where_they_stand() {
        assert_eq!(
            shown("<?xml version='1.0'?><a:b c='d>'>x &amp; &#233;<e/><![CDATA[<y>]]></a:b ><!-- z -->"),
            ["<a:b>", "33:x ", "&amp;=&", "40: ", "&#233;=é", "<e/>", "60:<y>", "66</a:b>"]
        );
        assert_eq!(shown("\u{feff}\u{feff}<a>b"), ["<a>", "9:b"]);
    }

    #[test]
    fn what_is_not_well_formed_is_read_on() {
        assert_eq!(shown("a < b & c > d &e f; g"), ["0:a ", "2:< b & c >", "11: d ", "14:&e f;", "19: g"]);
        assert_eq!(shown("<a></b></>c</a>"), ["<a>", "3</b>", "10:c", "11</a>"]);
        assert_eq!(shown("a<!-- b <c>d</c>e"), ["0:a", "11:d", "16:e"]);
        assert_eq!(shown("a<b c='>d</b> <e"), ["0:a", "8:d", "13: ", "14:<e"]);
        assert_eq!(shown("&unknown;&eacute;&#xFFFFFFFFF;"), ["&eacute;=é", "&#xFFFFFFFFF;=\u{fffd}"]);
        assert_eq!(shown("<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"), ["<a>", "36</a>"]);
    }

    #[test]
    fn attributes_are_slices_of_the_source() {
        let Some(Token::Open(tag)) = tokens("<a b='c &lt; d' e=\"f\" g>").next() else { panic!("a tag") };
        assert_eq!(tag.attributes().collect::<Vec<_>>(), [("b", "c &lt; d"), ("e", "f")]);
        assert_eq!(tag.attribute("b").as_deref(), Some("c < d"));
        assert_eq!(tag.attribute("g"), None);
    }

    proptest! {
        #[test]
        fn tokens_lie_in_order_inside_the_source(
            parts in proptest::collection::vec(
                prop_oneof![
                    "[a-zé한&;#<>/!?\\[\\]\"'=\r\n\\- ]{0,6}".boxed(),
                    proptest::sample::select(vec![
                        "<a>", "</a>", "<b/>", "<!--", "-->", "<!-->", "<!--->", "&amp;", "&#65", "<![CDATA[", "]]>",
                        "<?xml?>", "<?", "?>", "<a b='", "<!DOCTYPE", "<!DOCTYPE>", "<!ENTITY", "<!>", "\u{feff}",
                    ]).prop_map(str::to_owned),
                ],
                0..20,
            )
        ) {
            let source = parts.concat();
            let mut end_before = 0;
            for token in tokens(&source) {
                let (start, end) = match token {
                    Token::Text { start, end } | Token::Reference { start, end, .. } => (start, end),
                    Token::Open(tag) => (tag.start, tag.end),
                    Token::Close { start, .. } => (start, start),
                };
                prop_assert!(end_before <= start && start <= end);
                prop_assert!(source.get(start..end).is_some(), "{start}..{end} of {source:?}");
                end_before = end;
            }
        }
    }
}
