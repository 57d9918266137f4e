//! What holds for every package, whatever its XML: it is answered, and what it gives is sound.

use proptest::prelude::*;

use super::package::tests::packed;
use super::*;

/// Asserts that sections lie in order on character boundaries, and cover all of the text but white space.
fn assert_sound(extracted: &Extracted) {
    let text = &extracted.text;
    let mut end = 0;
    for section in &extracted.sections {
        let span = section.span;
        assert!(end <= span.start && span.start < span.end, "{span:?} after {end}");
        assert_eq!(text[end..span.start].trim(), "", "between sections");
        assert!(text.get(span.range()).is_some(), "{span:?} cuts a character");
        end = span.end;
    }
    assert_eq!(text[end..].trim(), "", "behind the last section");
}

/// XML of these elements in any order and nesting, mostly closed.
fn soup(elements: &'static [&'static str]) -> impl Strategy<Value = String> {
    let piece = (proptest::sample::select(elements), 0..8_u8).prop_map(|(element, kind)| {
        let name = element.split(' ').next().expect("a name");
        match kind {
            0 => format!("<{element}/>"),
            1..4 => format!("<{element}>"),
            4 | 5 => format!("</{name}>"),
            6 => " 경보 word\n".to_owned(),
            _ => "&amp;&#xac00;&none;".to_owned(),
        }
    });
    let pieces = proptest::collection::vec(piece, 0..60);
    pieces.prop_map(|pieces| balanced(&pieces))
}

/// The pieces without end tags that close nothing, and with end tags for what is left open.
fn balanced(pieces: &[String]) -> String {
    let mut out = String::new();
    let mut open: Vec<String> = Vec::new();
    for piece in pieces {
        let name = piece.trim_matches(['<', '>', '/']).split(' ').next().unwrap_or_default();
        match piece {
            _ if piece.starts_with("</") => {
                let Some(at) = open.iter().rposition(|other| other == name) else { continue };
                for closed in open.drain(at..).rev() {
                    out.push_str(&format!("</{closed}>"));
                }
            }
            _ => {
                out.push_str(piece);
                if piece.starts_with('<') && !piece.ends_with("/>") {
                    open.push(name.to_owned());
                }
            }
        }
    }
    for name in open.iter().rev() {
        out.push_str(&format!("</{name}>"));
    }
    out
}

const WORD: &[&str] = &[
    "w:p",
    "w:p",
    "w:r",
    "w:t",
    "w:t",
    "w:tbl",
    "w:tr",
    "w:tc",
    "w:pPr",
    "w:pStyle w:val='Heading1'",
    "w:numId w:val='1'",
    "w:outlineLvl w:val='1'",
    "w:del",
    "w:ins",
    "w:txbxContent",
    "w:fldChar w:fldCharType='begin'",
    "w:fldChar w:fldCharType='separate'",
    "w:fldChar w:fldCharType='end'",
    "w:br",
    "w:tab",
    "w:ruby",
    "w:rt",
    "w:footnoteReference w:id='1'",
    "mc:Fallback",
    "w:sdtPr",
];

const SLIDE: &[&str] = &[
    "p:sp",
    "p:ph type='title'",
    "p:ph type='sldNum'",
    "a:p",
    "a:p",
    "a:r",
    "a:t",
    "a:t",
    "a:tbl",
    "a:tr",
    "a:tc",
    "a:br",
    "mc:Fallback",
    "p:graphicFrame",
];

const OPEN_DOCUMENT: &[&str] = &[
    "text:p",
    "text:p",
    "text:h text:outline-level='2'",
    "text:list",
    "text:list-item",
    "text:s text:c='9'",
    "text:note",
    "text:note-citation",
    "text:note-body",
    "office:annotation",
    "dc:creator",
    "table:table table:name='T'",
    "table:table-row",
    "table:table-row table:number-rows-repeated='4000000000'",
    "table:table-cell",
    "table:table-cell office:value-type='float' office:value='1' table:number-columns-repeated='4000000000'",
    "draw:page",
    "draw:frame presentation:class='title'",
    "draw:frame",
    "presentation:notes",
    "text:tracked-changes",
    "text:ruby-text",
    "office:master-styles",
];

const BOOK: &[&str] = &[
    "h1",
    "h2",
    "p",
    "p",
    "div",
    "section",
    "nav",
    "aside",
    "header",
    "title",
    "script",
    "table",
    "tr",
    "td",
    "ul",
    "li",
    "br",
    "a id='a'",
    "ruby",
    "rt",
    "html",
    "body",
    "p hidden='hidden'",
];

proptest! {
    #[test]
    fn any_word_document_gives_sound_text(body in soup(WORD), note in soup(WORD)) {
        let main = format!("<w:document><w:body>{body}</w:body></w:document>");
        let notes = format!("<w:footnotes><w:footnote w:id='1'>{note}</w:footnote></w:footnotes>");
        let references = "<Relationships><Relationship Id='1' Type='x/footnotes' Target='footnotes.xml'/></Relationships>";
        let parts = [("word/document.xml", main.as_str()), ("word/footnotes.xml", &notes), ("word/_rels/document.xml.rels", references)];
        assert_sound(&extract_binary(&packed(&parts), Format::Docx).expect("well-formed"));
    }

    #[test]
    fn any_slide_gives_sound_text(shapes in soup(SLIDE), notes in soup(SLIDE)) {
        let main = "<p:presentation><p:sldId r:id='r1'/></p:presentation>";
        let references = "<Relationships><Relationship Id='r1' Type='x/slide' Target='a.xml'/></Relationships>";
        let of_slide = "<Relationships><Relationship Id='r1' Type='x/notesSlide' Target='n.xml'/></Relationships>";
        let slide = format!("<p:sld>{shapes}</p:sld>");
        let notes = format!("<p:notes>{notes}</p:notes>");
        let parts = [
            ("ppt/presentation.xml", main),
            ("ppt/_rels/presentation.xml.rels", references),
            ("ppt/a.xml", &slide),
            ("ppt/_rels/a.xml.rels", of_slide),
            ("ppt/n.xml", &notes),
        ];
        assert_sound(&extract_binary(&packed(&parts), Format::Pptx).expect("well-formed"));
    }

    #[test]
    fn any_open_document_gives_sound_text(content in soup(OPEN_DOCUMENT)) {
        let bytes = packed(&[("content.xml", &format!("<office:document-content>{content}</office:document-content>"))]);
        for format in [Format::Odt, Format::Odp, Format::Ods] {
            let extracted = extract_binary(&bytes, format).expect("well-formed");
            assert_sound(&extracted);
            prop_assert!(extracted.text.len() < 1 << 20);
        }
    }

    #[test]
    fn any_page_of_a_book_gives_sound_text(page in soup(BOOK)) {
        let package = "<package><manifest><item id='a' href='a.xhtml' media-type='application/xhtml+xml'/></manifest>\
            <spine><itemref idref='a'/></spine></package>";
        let bytes = packed(&[("book.opf", package), ("a.xhtml", &page)]);
        assert_sound(&extract_binary(&bytes, Format::Epub).expect("a book"));
    }

    #[test]
    fn any_bytes_are_answered(bytes in proptest::collection::vec(any::<u8>(), 0..300), start in 0..4_usize) {
        let start: &[u8] = [&b"PK\x03\x04"[..], b"%PDF-1.7\n", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"<?xml"][start];
        let bytes = [start, &bytes].concat();
        for format in [Format::Pdf, Format::Docx, Format::Pptx, Format::Xlsx, Format::Odt, Format::Odp, Format::Ods, Format::Epub] {
            if let Ok(extracted) = extract_binary(&bytes, format) {
                assert_sound(&extracted);
            }
        }
    }
}
