//! XML of any vocabulary: the text of its elements, in the order of the source.
//!
//! The source is read twice. The first reading, [`Shapes`], learns which elements hold text beside elements: what
//! stands in those stands in line, and every other element has lines of its own. Names that are known
//! ([`elements`]) say more: which titles are headings, which white space counts. Attributes are no text, but where a
//! document has no other. Nothing recurses, and no entity is expanded but XML's and HTML's own.

mod elements;
mod tokens;

use super::compose::{Composed, Composition, Gap};
use super::decode::decode;
use super::{Raw, document};
use crate::date::Date;
use crate::document::{Document, Facts, Format};
use elements::{Fact, Kind, is_about, is_titled_otherwise};
pub(super) use tokens::{Nesting, Tag, Token, local, resolved, tokens};

/// How far up from a title the element is looked for whose title it is.
const MAX_ABOUT: usize = 8;

/// The longest fact that is kept, in bytes.
const MAX_FACT: usize = 1 << 10;

/// Makes a document of XML.
pub(super) fn extract(raw: &Raw<'_>) -> Document {
    let decoded = decode(raw.bytes, None);
    let (mut facts, mut composed) = read(&decoded.text, Keep::Text);
    if composed.text.trim().is_empty() {
        (_, composed) = read(&decoded.text, Keep::Attributes);
    }
    facts.title = composed.title.take();
    document(raw, Format::Xml, decoded, facts, composed)
}

/// What is taken for text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Keep {
    Text,
    Attributes,
}

fn read(source: &str, keep: Keep) -> (Facts, Composed) {
    let mut reader = Reader::new(source, keep);
    for token in tokens(source) {
        reader.read(&token);
    }
    (reader.facts, reader.out.finish())
}

/// Which elements, in the order of their start tags, hold text.
struct Shapes {
    have_text: Vec<bool>,
    have_elements: Vec<bool>,
}

impl Shapes {
    fn of(source: &str) -> Self {
        let mut shapes = Self { have_text: Vec::new(), have_elements: Vec::new() };
        let mut nesting: Nesting<'_, usize> = Nesting::new();
        for token in tokens(source) {
            let parent = nesting.elements().last().map(|&(_, number)| number);
            match token {
                Token::Open(tag) => {
                    if let Some(parent) = parent {
                        shapes.have_elements[parent] = true;
                    }
                    if !tag.is_empty {
                        nesting.open(tag.name, shapes.have_text.len());
                    }
                    shapes.have_text.push(false);
                    shapes.have_elements.push(false);
                }
                Token::Close { name, .. } if nesting.has(name) => {
                    while nesting.pop().is_some_and(|(other, _)| other != name) {}
                }
                Token::Close { .. } => {}
                Token::Text { start, end } if source[start..end].trim().is_empty() => {}
                Token::Text { .. } | Token::Reference { .. } => {
                    if let Some(parent) = parent {
                        shapes.have_text[parent] = true;
                    }
                }
            }
        }
        shapes
    }
}

/// What is known of an element that is open.
#[derive(Clone, Copy, Debug)]
struct Open {
    kind: Kind,
    /// Whether the elements in it stand in line.
    holds_line: bool,
    /// What stands around it.
    gap: Gap,
    /// Whether it stands in a cell of a table, which is one line.
    in_cell: bool,
    is_preformatted: bool,
    /// Whether it is a heading that has begun.
    is_heading: bool,
    /// How many of the elements around it, itself included, have a heading; and whether it has one.
    level: u8,
    has_heading: bool,
    /// Whether it stands among what there is to say about the document.
    is_about: bool,
}

/// Writes the text of elements.
struct Reader<'a> {
    source: &'a str,
    keep: Keep,
    shapes: Shapes,
    nesting: Nesting<'a, Open>,
    /// How many elements have begun.
    begun: usize,
    out: Composition,
    facts: Facts,
    /// The fact that is being read, how many elements are open around it, and its text.
    fact: Option<(Fact, usize, String)>,
}

impl<'a> Reader<'a> {
    fn new(source: &'a str, keep: Keep) -> Self {
        Self {
            source,
            keep,
            shapes: Shapes::of(source),
            nesting: Nesting::new(),
            begun: 0,
            out: Composition::default(),
            facts: Facts::default(),
            fact: None,
        }
    }

    fn read(&mut self, token: &Token<'a>) {
        match token {
            Token::Open(tag) => self.open(tag),
            Token::Close { name, .. } if self.nesting.has(name) => while self.close() != Some(name) {},
            Token::Close { .. } => {}
            Token::Text { start, end } if self.keep == Keep::Text => self.text(*start, *end),
            Token::Reference { value, start, end } if self.keep == Keep::Text => {
                self.reference(value, *start, *end);
            }
            Token::Text { .. } | Token::Reference { .. } => {}
        }
    }

    fn open(&mut self, tag: &Tag<'a>) {
        let open = self.describe(tag);
        self.begun += 1;
        if open.is_heading {
            self.out.begin_heading(open.level);
        } else {
            self.out.gap(open.gap);
        }
        self.begin_fact(tag, open);
        self.nesting.open(tag.name, open);
        if self.keep == Keep::Attributes {
            self.attributes(tag);
        }
        if tag.is_empty {
            self.close();
        }
    }

    fn describe(&mut self, tag: &Tag<'a>) -> Open {
        let kind = Kind::of(tag.name);
        let parent = self.nesting.elements().last().map(|&(_, parent)| parent);
        let in_line = parent.is_some_and(|parent| parent.holds_line);
        let has_text = self.shapes.have_text.get(self.begun).copied().unwrap_or_default();
        let has_elements = self.shapes.have_elements.get(self.begun).copied().unwrap_or_default();
        let space = tag.attributes().find(|(name, _)| *name == "xml:space");
        let is_preformatted = space.map_or_else(
            || kind == Kind::Preformatted || parent.is_some_and(|parent| parent.is_preformatted),
            |(_, value)| value == "preserve",
        );
        if parent.is_none() && self.facts.language.is_none() {
            self.facts.language = tag.attribute("xml:lang").or_else(|| tag.attribute("lang"));
        }
        let may_be_heading = kind == Kind::Heading && !in_line && (has_text || has_elements);
        let heading = if may_be_heading { self.title_level() } else { None };
        let level = heading.or(parent.map(|parent| parent.level)).unwrap_or_default();
        let in_cell = parent.is_some_and(|parent| parent.in_cell || parent.kind == Kind::Cell);
        let gap = gap_around(kind, in_line, has_elements);
        Open {
            kind,
            holds_line: kind.holds_line() || has_text,
            gap: if in_cell { gap.min(Gap::Space) } else { gap },
            in_cell,
            is_preformatted,
            is_heading: heading.is_some(),
            level,
            has_heading: false,
            is_about: is_about(tag.name) || parent.is_some_and(|parent| parent.is_about),
        }
    }

    /// The level of a title's heading that stands at the present place, by how many elements around it have one;
    /// `None` where titles are no headings.
    fn title_level(&mut self) -> Option<u8> {
        let elements = self.nesting.elements_mut();
        let about = elements.iter().rev().take_while(|(name, _)| is_about(name)).take(MAX_ABOUT).count();
        let at = elements.len() - about.min(elements.len().saturating_sub(1));
        let Some((name, owner)) = elements[..at].last_mut() else { return Some(1) };
        if is_titled_otherwise(name) {
            return None;
        }
        if !owner.has_heading {
            owner.has_heading = true;
            owner.level = owner.level.saturating_add(1);
        }
        Some(owner.level)
    }

    /// Closes the innermost element, and gives its name.
    fn close(&mut self) -> Option<&'a str> {
        let (name, open) = self.nesting.pop()?;
        if open.is_heading {
            self.out.end_heading();
        } else if open.kind != Kind::LineEnd {
            self.out.gap(open.gap);
        }
        self.end_fact();
        Some(name)
    }

    fn text(&mut self, start: usize, end: usize) {
        let text = &self.source[start..end];
        if let Some((.., fact)) = self.fact.as_mut().filter(|(.., fact)| fact.len() < MAX_FACT) {
            fact.push_str(&text[..text.floor_char_boundary(MAX_FACT)]);
        }
        let is_preformatted = self.nesting.elements().last().is_some_and(|(_, open)| open.is_preformatted);
        if is_preformatted && !text.trim().is_empty() {
            self.out.verbatim(text, start);
        } else {
            self.out.flow(text, start);
        }
    }

    fn reference(&mut self, value: &str, start: usize, end: usize) {
        if let Some((.., fact)) = self.fact.as_mut().filter(|(.., fact)| fact.len() < MAX_FACT) {
            fact.push_str(value);
        }
        if value.chars().all(char::is_whitespace) {
            self.out.gap(Gap::Space);
        } else {
            self.out.unit(value, start, end - start);
        }
    }

    /// Writes what a tag's attributes say, each on a line of its own; names of namespaces and schemas are no text.
    fn attributes(&mut self, tag: &Tag<'a>) {
        self.out.gap(Gap::Block);
        for (_, value) in
            tag.attributes().filter(|(name, _)| !name.starts_with("xmlns") && !name.starts_with("xsi:"))
        {
            self.out.gap(Gap::Line);
            let offset = value.as_ptr() as usize - self.source.as_ptr() as usize;
            for token in tokens(value) {
                match token {
                    Token::Text { start, end } => self.text(offset + start, offset + end),
                    Token::Reference { value, start, end } => {
                        self.reference(&value, offset + start, offset + end)
                    }
                    Token::Open(tag) => self.text(offset + tag.start, offset + tag.end),
                    Token::Close { .. } => {}
                }
            }
        }
    }

    /// Takes notice of an element that tells a fact, or that stands in one.
    fn begin_fact(&mut self, tag: &Tag<'a>, open: Open) {
        if let Some(day) = tag.attribute("iso-8601-date").filter(|_| open.is_about) {
            self.facts.date = self.facts.date.or_else(|| Date::parse(&day));
        }
        match (&mut self.fact, Fact::of(tag.name)) {
            (Some((.., text)), _) => text.push(' '),
            (None, Some(fact)) if open.is_about => {
                self.fact = Some((fact, self.nesting.elements().len(), String::new()));
            }
            (None, _) => {}
        }
    }

    /// Keeps the fact that has been read, if its element has ended: the first of its kind, and every author.
    fn end_fact(&mut self) {
        let depth = self.nesting.elements().len();
        let Some((fact, _, text)) = self.fact.take_if(|(_, around, _)| depth <= *around) else { return };
        let Some(text) = super::tidy_title(&text) else { return };
        match fact {
            Fact::Author => super::add_fact(&mut self.facts, "author", text),
            Fact::Date => self.facts.date = self.facts.date.or_else(|| Date::parse(&text)),
            Fact::Language if self.facts.language.is_none() => self.facts.language = Some(text),
            Fact::Language => {}
        }
    }
}

/// What stands around an element, by its kind and by whether it stands in line and holds elements.
fn gap_around(kind: Kind, in_line: bool, has_elements: bool) -> Gap {
    match kind {
        Kind::Paragraph | Kind::Preformatted | Kind::Block => Gap::Block,
        Kind::Row | Kind::LineEnd => Gap::Line,
        Kind::Cell => Gap::Cell,
        Kind::Heading | Kind::Unknown if in_line => Gap::None,
        Kind::Heading => Gap::Block,
        Kind::Unknown if has_elements => Gap::Block,
        Kind::Unknown => Gap::Line,
    }
}

#[cfg(test)]
mod tests {
    use super::super::laws::{extracted, located};
    use super::*;

    fn text(source: &str) -> String {
        extracted(Format::Xml, source.as_bytes()).text
    }

    fn sections(document: &Document) -> Vec<(String, &str)> {
        let section = |span| &document.text[crate::span::Span::<crate::span::InText>::range(span)];
        document.sections.iter().map(|found| (found.headings.join("/"), section(&found.span))).collect()
    }

    #[test]
    fn elements_beside_text_stand_in_line_and_others_on_their_own() {
        let source = "<?xml version='1.0'?><!DOCTYPE a><people><!-- c --><person id='1'><name>Kim <b>M</b>ina</name>\n\
            <age>30</age></person><person><name>Lee</name><note>a<i>b</i> <u>c</u>\n  d</note></person></people>";
        assert_eq!(text(source), "Kim Mina\n\n30\n\nLee\n\nab c d");
        assert_eq!(text("<a><![CDATA[x < y]]> &amp; &#233;&mdash;&nbsp;z&unknown;</a>"), "x < y & é— z");
    }

    #[test]
    fn titles_are_headings_by_their_depth() {
        let source = "<book xml:lang='ko'><bookinfo><title>The <b>Book</b></title><author><firstname>Mina</firstname> \
            <surname>Kim</surname></author><author>Lee</author><pubdate>2023-11-12</pubdate></bookinfo>\
            <chapter><title>One</title><para>Text <emphasis>here</emphasis>.</para><section><title>Deep</title>\
            <para>a</para></section></chapter><chapter><title>Two</title><para><cite>b <title>c</title></cite></para>\
            <figure><title>A figure</title></figure></chapter></book>";
        let document = extracted(Format::Xml, source.as_bytes());
        let expected = [
            ("The Book", "The Book\n\nMina\nKim\n\nLee\n2023-11-12"),
            ("The Book/One", "One\n\nText here."),
            ("The Book/One/Deep", "Deep\n\na"),
            ("The Book/Two", "Two\n\nb c\n\nA figure"),
        ];
        assert_eq!(sections(&document), expected.map(|(headings, text)| (headings.to_owned(), text)));
        assert_eq!(document.facts.title.as_deref(), Some("The Book"));
        assert_eq!(document.facts.language.as_deref(), Some("ko"));
        assert_eq!(document.facts.date, Date::new(2023, 11, 12));
        assert_eq!(document.facts.other["author"], serde_json::json!(["Mina Kim", "Lee"]));
    }

    #[test]
    fn white_space_counts_where_it_is_said_to() {
        let source = "<doc><programlisting>fn a() {\n    <b>x</b>\n}</programlisting><p>a\n  b</p>\n\
            <v xml:space='preserve'>c\n  d</v></doc>";
        assert_eq!(text(source), "fn a() {\n    x\n}\n\na b\n\nc\n  d");
    }

    #[test]
    fn tables_have_rows_of_cells() {
        let source = "<table><title>T</title><thead><row><entry>a</entry><entry><para>b</para><para>c</para></entry></row></thead>\
            <row><entry/><entry>d</entry></row></table>";
        assert_eq!(text(source), "T\n\na | b c\nd");
    }

    #[test]
    fn attributes_are_text_where_there_is_no_other() {
        let source = "<rows xmlns='urn:x'><row id='1' body='&lt;p&gt;A &amp;amp; B'/>\n<row id='2'/></rows>";
        assert_eq!(text(source), "1\n<p>A &amp; B\n\n2");
    }

    #[test]
    fn malformed_xml_is_read_on() {
        assert_eq!(text("<a><b>one</c> two <d>three"), "one two three");
        assert_eq!(text("<a>one<!-- never <b>closed"), "one closed".replace(' ', ""));
        assert_eq!(text("no markup < at & all"), "no markup < at & all");
        let deep = format!("{}x", "<a>".repeat(100_000));
        assert_eq!(text(&deep), "x");
    }

    #[test]
    fn entities_do_not_grow() {
        let source = "<!DOCTYPE a [<!ENTITY l 'lol'><!ENTITY m '&l;&l;'>]><a>&m;&m; end</a>";
        assert_eq!(text(source), "end");
    }

    #[test]
    fn places_lead_back_to_the_source() {
        let source = "<a>\n<p>one &lt;two&gt;</p>\n<p>three</p></a>".as_bytes();
        let document = extracted(Format::Xml, source);
        assert_eq!(located(&document, source, "<two>"), (b"&lt;two&gt;".as_slice(), 2));
        assert_eq!(located(&document, source, "three"), (b"three".as_slice(), 3));
    }
}
