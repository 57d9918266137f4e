use super::super::laws::placed;
use super::super::package::tests::packed;
use super::*;

/// A Word document with this body, and these parts besides.
fn document(body: &str, parts: &[(&str, &str)]) -> Vec<u8> {
    let main = format!("<w:document><w:body>{body}</w:body></w:document>");
    let references = "<Relationships>\
        <Relationship Id='1' Type='x/styles' Target='styles.xml'/>\
        <Relationship Id='2' Type='x/footnotes' Target='footnotes.xml'/>\
        <Relationship Id='3' Type='x/comments' Target='comments.xml'/></Relationships>";
    let own = [("word/document.xml", main.as_str()), ("word/_rels/document.xml.rels", references)];
    packed(&[&own, parts].concat())
}

fn read(body: &str) -> Extracted {
    extract(&document(body, &[])).expect("a document")
}

fn text(body: &str) -> String {
    read(body).text
}

/// A paragraph of this text.
fn p(text: &str) -> String {
    format!("<w:p><w:r><w:t xml:space='preserve'>{text}</w:t></w:r></w:p>")
}

/// A paragraph of this style and text.
fn styled(style: &str, text: &str) -> String {
    format!("<w:p><w:pPr><w:pStyle w:val='{style}'/></w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>")
}

#[test]
fn paragraphs_headings_and_lists_keep_their_shape_and_their_numbers() {
    let item = |text| {
        format!(
            "<w:p><w:pPr><w:numPr><w:numId w:val='1'/></w:numPr></w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"
        )
    };
    let body = [
        p("Lead"),
        styled("Heading1", "One"),
        p(" "),
        item("a"),
        item("b"),
        p("After"),
        styled("Heading2", "Two"),
    ];
    let extracted = read(&body.concat());
    assert_eq!(extracted.text, "Lead\n\nOne\n\na\nb\n\nAfter\n\nTwo");
    let headings: Vec<_> = extracted.sections.iter().map(|section| section.headings.join("/")).collect();
    assert_eq!(headings, ["", "One", "One/Two"]);
    assert_eq!(extracted.facts.title.as_deref(), Some("One"));
    assert_eq!(placed(&extracted, "Lead"), "paragraph 1");
    assert_eq!(placed(&extracted, "b\n\nAfter"), "paragraphs 4 to 5");
}

#[test]
fn rows_are_lines_of_cells_and_tables_in_cells_are_part_of_them() {
    let cell = |content: &str| format!("<w:tc>{content}</w:tc>");
    let inner = format!("<w:tbl><w:tr>{}{}</w:tr></w:tbl>", cell(&p("x")), cell(&p("y")));
    let rows = [[p("Day"), p("Place")], [p("Sun") + &p("day"), inner], [p(""), p("alone")]];
    let rows: String = rows.iter().map(|[a, b]| format!("<w:tr>{}{}</w:tr>", cell(a), cell(b))).collect();
    let extracted = read(&format!("{}<w:tbl>{rows}</w:tbl>{}", p("Before"), p("Behind")));
    assert_eq!(extracted.text, "Before\n\nDay | Place\nSun\nday | x | y\nalone\n\nBehind");
    assert_eq!(placed(&extracted, "alone"), "paragraph 4");
}

#[test]
fn deletions_field_codes_fallbacks_and_readings_are_no_text() {
    let body = "<w:p><w:del><w:r><w:delText>old</w:delText><w:t>old</w:t></w:r></w:del><w:ins><w:r><w:t>new</w:t></w:r></w:ins>\
        <w:r><w:tab/><w:t>A</w:t><w:br/><w:t>B</w:t><w:noBreakHyphen/><w:t>C</w:t></w:r>\
        <w:r><w:fldChar w:fldCharType='begin'/></w:r><w:r><w:instrText>HYPERLINK x</w:instrText><w:t>code</w:t></w:r>\
        <w:r><w:fldChar w:fldCharType='separate'/></w:r><w:r><w:t>shown</w:t></w:r><w:r><w:fldChar w:fldCharType='end'/></w:r>\
        <w:hyperlink r:id='x'><w:r><w:t> link</w:t></w:r></w:hyperlink>\
        <w:ruby><w:rt><w:r><w:t>けいほう</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>警報</w:t></w:r></w:rubyBase></w:ruby>\
        <mc:AlternateContent><mc:Choice><w:t>1</w:t></mc:Choice><mc:Fallback><w:t>2</w:t></mc:Fallback></mc:AlternateContent></w:p>";
    assert_eq!(text(body), "new A\nB-Cshown link警報1");
}

#[test]
fn text_boxes_notes_and_comments_follow_their_paragraph() {
    let body = format!(
        "<w:p><w:r><w:t>One</w:t><w:footnoteReference w:id='2'/><w:commentReference w:id='2'/></w:r>\
         <w:r><w:txbxContent>{}</w:txbxContent></w:r><w:r><w:t> goes on</w:t></w:r></w:p>{}",
        p("Boxed"),
        p("Two")
    );
    let parts = [
        (
            "word/footnotes.xml",
            format!(
                "<w:footnotes><w:footnote w:id='2'>{}{}</w:footnote></w:footnotes>",
                p("Note"),
                p("more")
            ),
        ),
        (
            "word/comments.xml",
            format!("<w:comments><w:comment w:id='2'>{}</w:comment></w:comments>", p("Comment")),
        ),
    ];
    let bytes = document(&body, &parts.each_ref().map(|(name, content)| (*name, content.as_str())));
    let extracted = extract(&bytes).expect("a document");
    assert_eq!(extracted.text, "One goes on\n\nBoxed\n\nNote\nmore\n\nComment\n\nTwo");
}

#[test]
fn a_table_of_contents_is_left_out() {
    let styles = "<w:styles><w:style w:styleId='V1'><w:name w:val='toc 1'/></w:style></w:styles>";
    let bytes = document(&(styled("V1", "One 3") + &p("Text")), &[("word/styles.xml", styles)]);
    assert_eq!(extract(&bytes).expect("a document").text, "Text");
}

#[test]
fn deep_nesting_costs_no_more_than_its_size() {
    let nested = |n: usize| {
        let (open, close) =
            ("<w:tbl><w:tr><w:tc><w:p><w:r><w:t>a</w:t></w:r></w:p>", "</w:tc></w:tr></w:tbl>");
        format!("{}{}", open.repeat(n), close.repeat(n))
    };
    let read = text(&nested(30_000));
    assert_eq!(read.matches('a').count(), 30_000);
    assert!(read.len() < 300_000, "{}", read.len());
}

#[test]
fn what_is_no_word_document_is_malformed() {
    let error = |bytes: &[u8]| extract(bytes).expect_err("no document").to_string();
    assert_eq!(error(&packed(&[("a", "b")])), "not a readable Word document: it has no word/document.xml");
    let broken = error(&packed(&[("word/document.xml", "<w:document><w:p>")]));
    assert_eq!(broken, "not a readable Word document: word/document.xml: it breaks off");
    assert!(matches!(extract(b"\xd0\xcf\x11\xe0"), Err(ExtractError::Encrypted)));
}
