//! Markdown (CommonMark with tables, footnotes, strike-through and task lists): text without markup, headings as sections.
//!
//! The text is what a reader of the rendered page sees: link and image texts stay, addresses go, raw HTML gives its
//! text as a page does. Punctuation is left as it was typed. This module is the only home of `pulldown-cmark`,
//! whose events know where they stand in the source, down to which the map leads.

use std::ops::Range;

use pulldown_cmark::{CowStr, Event, Options, Parser, Tag, TagEnd};

use super::compose::{Composed, Composition, Gap};
use super::decode::decode;
use super::{Raw, document, front_matter, html};
use crate::document::{Document, Format};
use crate::span::OffsetMap;

/// Makes a document of Markdown.
pub(super) fn extract(raw: &Raw<'_>) -> Document {
    let decoded = decode(raw.bytes, None);
    let (mut facts, start) = front_matter::split(&decoded.text);
    let mut composed = compose(&decoded.text, start);
    facts.title = facts.title.or(composed.title.take());
    document(raw, Format::Markdown, decoded, facts, composed)
}

/// The deepest nesting of quotes and lists that is read as such.
const MAX_NESTING: usize = 100;

/// The text of the Markdown that begins at `start` in the decoded source.
fn compose(source: &str, start: usize) -> Composed {
    let mut out = Composition::default();
    write(source, start, &mut out);
    out.finish()
}

/// Adds the text of a piece of Markdown to a text.
pub(super) fn append(fragment: &str, out: &mut Composition) {
    write(fragment, 0, out);
    out.end_heading();
    out.gap(Gap::Block);
}

/// Writes the text of the Markdown that begins at `start` in `source`.
///
/// The parser looks at every open quote and list for every line that goes on without their marks. What nests deeper
/// than [`MAX_NESTING`], which nobody writes, is therefore taken as plain text.
fn write(source: &str, start: usize, out: &mut Composition) {
    if source[start..].split(['\n', '\r']).any(|line| nesting(line) > MAX_NESTING) {
        return out.verbatim(&source[start..], start);
    }
    let options = Options::ENABLE_GFM
        | Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS;
    let mut reader = Reader { source, out, lists: 0, item_begins: false, raw_html: None };
    for (event, range) in Parser::new_ext(&source[start..], options).into_offset_iter() {
        reader.read(event, range.start + start..range.end + start);
    }
}

/// Writes the text of events.
struct Reader<'a> {
    source: &'a str,
    out: &'a mut Composition,
    /// How many lists the place stands in.
    lists: usize,
    /// Whether a list's item has begun and has no text yet.
    item_begins: bool,
    /// The block of raw HTML that is being read, with its way back to the source.
    raw_html: Option<(String, OffsetMap)>,
}

impl Reader<'_> {
    fn read(&mut self, event: Event<'_>, range: Range<usize>) {
        let item_begins = std::mem::take(&mut self.item_begins);
        match event {
            Event::Start(Tag::Paragraph) if item_begins => {}
            Event::Start(tag) => self.start(&tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) => self.text(&text, range),
            Event::Code(text) | Event::InlineMath(text) | Event::DisplayMath(text) => {
                self.out.aligned(&text, &self.source[range.clone()], range.start);
            }
            Event::Html(text) => self.html(&text, range.start),
            Event::InlineHtml(tag) if is_line_break(&tag) => self.out.gap(Gap::Line),
            Event::SoftBreak | Event::HardBreak => self.line_end(range),
            Event::Rule => self.out.gap(Gap::Block),
            Event::TaskListMarker(_) => self.item_begins = item_begins,
            Event::InlineHtml(_) | Event::FootnoteReference(_) => {}
        }
    }

    fn start(&mut self, tag: &Tag<'_>) {
        match tag {
            Tag::Heading { level, .. } => self.out.begin_heading(*level as u8),
            Tag::List(_) => {
                self.out.gap(self.gap_around_list());
                self.lists += 1;
            }
            Tag::Item => {
                self.out.gap(Gap::Line);
                self.item_begins = true;
            }
            Tag::TableHead | Tag::TableRow => self.out.gap(Gap::Line),
            Tag::TableCell => self.out.gap(Gap::Cell),
            Tag::HtmlBlock => {
                self.out.gap(Gap::Block);
                self.raw_html = Some(Default::default());
            }
            Tag::Emphasis
            | Tag::Strong
            | Tag::Strikethrough
            | Tag::Superscript
            | Tag::Subscript
            | Tag::Link { .. }
            | Tag::Image { .. } => {}
            _ => self.out.gap(Gap::Block),
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Heading(_) => self.out.end_heading(),
            TagEnd::List(_) => {
                self.lists = self.lists.saturating_sub(1);
                self.out.gap(self.gap_around_list());
            }
            TagEnd::HtmlBlock => {
                if let Some((fragment, map)) = self.raw_html.take() {
                    html::append(&fragment, &map, self.out);
                }
            }
            TagEnd::Paragraph
            | TagEnd::BlockQuote(_)
            | TagEnd::CodeBlock
            | TagEnd::Table
            | TagEnd::FootnoteDefinition => self.out.gap(Gap::Block),
            _ => {}
        }
    }

    fn gap_around_list(&self) -> Gap {
        if self.lists == 0 { Gap::Block } else { Gap::Line }
    }

    fn text(&mut self, text: &CowStr<'_>, range: Range<usize>) {
        let raw = &self.source[range.clone()];
        if raw != &**text && raw.starts_with('&') && raw.ends_with(';') {
            self.out.unit(text, range.start, raw.len());
        } else {
            self.out.aligned(text, raw, range.start);
        }
    }

    /// Takes a line of raw HTML.
    fn html(&mut self, text: &CowStr<'_>, start: usize) {
        if let Some((fragment, map)) = &mut self.raw_html {
            map.push(fragment.len(), start, text.len());
            fragment.push_str(text);
        }
    }

    fn line_end(&mut self, range: Range<usize>) {
        match self.source[range.clone()].find('\n') {
            Some(at) => self.out.verbatim("\n", range.start + at),
            None => self.out.insert('\n'),
        }
    }
}

/// How many quotes and lists the start of a line can be nested in: its marks, and those that its indentation before
/// the last of them can stand for.
fn nesting(line: &str) -> usize {
    let (mut indentation, mut marks, mut depth) = (0, 0, 0);
    let mut rest = line.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let is_mark = match byte {
            b' ' | b'\t' => false,
            b'>' => true,
            b'-' | b'+' | b'*' => after.first().is_none_or(u8::is_ascii_whitespace),
            b'0'..=b'9' => digits < 10 && matches!(rest.get(digits), Some(b'.' | b')')),
            _ => break,
        };
        indentation += if byte == b'\t' { 4 } else { usize::from(byte == b' ') };
        if is_mark {
            marks += 1;
            depth = marks + indentation / 2;
        } else if !matches!(byte, b' ' | b'\t') {
            break;
        }
        rest = &rest[if byte.is_ascii_digit() { digits + 1 } else { 1 }..];
    }
    depth
}

/// Whether an inline HTML tag breaks the line.
fn is_line_break(tag: &str) -> bool {
    let name = tag.trim_start_matches('<').trim_end_matches('>').trim_end_matches('/').trim();
    name.eq_ignore_ascii_case("br")
}

#[cfg(test)]
mod tests {
    use super::super::laws::{assert_sections, extracted, located};
    use super::*;
    use crate::date::Date;

    fn text(source: &str) -> String {
        extracted(Format::Markdown, source.as_bytes()).text
    }

    #[test]
    fn markup_goes_and_words_stay() {
        let source = "A *real*-time **link** [text](http://example.org/a \"t\") ![alt *text*](b.png)\n`code  x` \\*not\\* \
            &amp; &#233; ~~old~~ \"quoted\" -- <https://example.org> a<br>b <b>c</b>[^1]\n\n[^1]: A note.\n";
        assert_eq!(
            text(source),
            "A real-time link text alt text\ncode  x *not* & é old \"quoted\" -- https://example.org a\nb c\n\nA note."
        );
    }

    #[test]
    fn blocks_lists_tables_and_code_keep_their_shape() {
        let source = "One\ntwo\n***\n> [!NOTE]\n> Quote\n> goes on\n\n- a\n- [x] b\n  1. inner\n     more\n- c\n\nAfter\n\n\
            | Day | Place |\n|---|---|\n| Sun\\|day | *Seoul* |\n\n```rust\nfn main() {\n\n}\n```\n    indented\n";
        assert_eq!(
            text(source),
            "One\ntwo\n\nQuote\ngoes on\n\na\nb\ninner\nmore\nc\n\nAfter\n\nDay | Place\nSun|day | Seoul\n\n\
             fn main() {\n\n}\n\nindented\n"
        );
        assert_eq!(text("- a\n\n  b\n\n- c\n"), "a\n\nb\n\nc");
        assert_eq!(text("one  \ntwo\\\nthree\r\nfour"), "one\ntwo\nthree\nfour");
    }

    #[test]
    fn raw_html_gives_its_text() {
        let source = "<div align=\"center\">\n  <h1>Title</h1>\n</div>\n\n<!-- a\n\ncomment -->\n\nText\n\n\
            > <p>quoted\n> text</p>\n\n<script>\nlet a;\n\n</script>\n";
        let document = extracted(Format::Markdown, source.as_bytes());
        assert_eq!(document.text, "Title\n\nText\n\nquoted text");
        assert_eq!(document.facts.title.as_deref(), Some("Title"));
        assert_eq!(located(&document, source.as_bytes(), "text"), (b"text".as_slice(), 12));
    }

    #[test]
    fn headings_make_sections_and_the_title() {
        let source = "Lead\n\n## Early\n\nx\n\n# *The* Title #\n\na\n\nSub\n---\n\nb\n\n# Next\nc";
        let document = extracted(Format::Markdown, source.as_bytes());
        let expected = [
            ("", "Lead"),
            ("Early", "Early\n\nx"),
            ("The Title", "The Title\n\na"),
            ("The Title/Sub", "Sub\n\nb"),
            ("Next", "Next\n\nc"),
        ];
        assert_sections(&document.text, &document.sections, &expected);
        assert_eq!(document.facts.title.as_deref(), Some("The Title"));
        assert_eq!(extracted(Format::Markdown, b"### Only\n").facts.title.as_deref(), Some("Only"));
    }

    #[test]
    fn front_matter_comes_first_and_is_no_text() {
        let source = "---\ntitle: From above\ndate: 2023-11-12\n---\n# Heading\n\nText\n";
        let document = extracted(Format::Markdown, source.as_bytes());
        assert_eq!(document.text, "Heading\n\nText");
        assert_eq!(document.facts.title.as_deref(), Some("From above"));
        assert_eq!(document.facts.date, Date::new(2023, 11, 12));
        assert_eq!(located(&document, source.as_bytes(), "Text"), (b"Text".as_slice(), 7));
    }

    #[test]
    fn what_nests_too_deep_is_plain_text() {
        let marks = "> 1. ".repeat(20);
        assert_eq!(nesting(&format!("{marks}text > - ")), 59);
        assert_eq!(nesting("\t\t- a"), 5);
        assert_eq!((nesting("----"), nesting("2023"), nesting("1234567890. a")), (0, 0, 0));
        let source = format!("{}text\n", ">".repeat(MAX_NESTING));
        assert_eq!(text(&source), "text");
        let source = format!("{}text\n", ">".repeat(MAX_NESTING + 1));
        assert_eq!(text(&source), source);
    }

    #[test]
    fn places_lead_back_to_the_source() {
        let source =
            "# One\n\n> The *missile*\n> `warn ing` &eacute;t\\*\n\n| a | b\\|c |\n|-|-|\n".as_bytes();
        let document = extracted(Format::Markdown, source);
        assert_eq!(located(&document, source, "missile"), (b"missile".as_slice(), 3));
        assert_eq!(located(&document, source, "warn ing"), (b"warn ing".as_slice(), 4));
        assert_eq!(located(&document, source, "ét*"), (b"&eacute;t\\*".as_slice(), 4));
        assert_eq!(located(&document, source, "b|c"), (b"b\\|c".as_slice(), 6));
    }
}
