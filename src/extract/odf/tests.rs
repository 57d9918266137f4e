use super::super::laws::placed;
use super::super::package::tests::packed;
use super::super::spreadsheet;
use super::*;

const META: (&str, &str) = (
    "meta.xml",
    "<office:document-meta><office:meta><dc:title>The title</dc:title><meta:initial-creator>A</meta:initial-creator>\
     <dc:creator>B</dc:creator><meta:creation-date>2023-11-12T08:00:00</meta:creation-date><dc:date>2024-01-01T00:00:00</dc:date>\
     <dc:language>ko-KR</dc:language><meta:keyword>one</meta:keyword><meta:keyword>two</meta:keyword></office:meta></office:document-meta>",
);

/// A file with this content.
fn file(kind: &str, content: &str) -> Vec<u8> {
    let styles =
        "<office:master-styles><style:header><text:p>Header</text:p></style:header></office:master-styles>";
    let content = format!(
        "<office:document-content>{styles}<office:body><office:{kind}>{content}</office:{kind}></office:body></office:document-content>"
    );
    packed(&[("content.xml", &content), META])
}

fn text(content: &str) -> Extracted {
    extract(&file("text", content), Format::Odt).expect("a text")
}

#[test]
fn paragraphs_headings_lists_and_tables_keep_their_shape_and_their_numbers() {
    let extracted = text(
        "<text:p>Lead\n   goes<text:s text:c='3'/>on<text:tab/>and<text:line-break/>on</text:p><text:h text:outline-level='1'>One</text:h>\
         <text:list><text:list-item><text:p>a</text:p></text:list-item><text:list-item><text:p>b</text:p>\
         <text:list><text:list-item><text:p>c</text:p></text:list-item></text:list></text:list-item></text:list>\
         <text:h text:outline-level='2'>Two</text:h>\
         <table:table><table:table-row><table:table-cell><text:p>x</text:p></table:table-cell><table:table-cell><text:p>y</text:p></table:table-cell></table:table-row>\
         <table:table-row><table:table-cell><text:p>z</text:p></table:table-cell></table:table-row></table:table><text:p/><text:p>End</text:p>",
    );
    assert_eq!(extracted.text, "Lead goes on and\non\n\nOne\n\na\nb\nc\n\nTwo\n\nx | y\nz\n\nEnd");
    assert_eq!(placed(&extracted, "x | y\nz"), "paragraphs 7 to 8");
    let headings: Vec<_> = extracted.sections.iter().map(|section| section.headings.join("/")).collect();
    assert_eq!(headings, ["", "One", "One/Two"]);
}

#[test]
fn notes_follow_their_paragraph_and_what_was_deleted_is_gone() {
    let extracted = text(
        "<text:tracked-changes><text:changed-region><text:deletion><text:p>deleted</text:p></text:deletion></text:changed-region></text:tracked-changes>\
         <text:table-of-content><text:index-body><text:p>One 1</text:p></text:index-body></text:table-of-content>\
         <text:p>One<text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>Note</text:p></text:note-body></text:note> goes\
         <office:annotation><dc:creator>Kim</dc:creator><dc:date>2023</dc:date><text:p>Comment</text:p></office:annotation> on\
         <text:ruby><text:ruby-base>警報</text:ruby-base><text:ruby-text>けいほう</text:ruby-text></text:ruby></text:p><text:p>Two</text:p>",
    );
    assert_eq!(extracted.text, "One goes on警報\n\nNote\n\nComment\n\nTwo");
}

#[test]
fn facts_come_from_the_metadata() {
    let facts = text("<text:h>Heading</text:h>").facts;
    assert_eq!((facts.title.as_deref(), facts.language.as_deref()), (Some("The title"), Some("ko")));
    assert_eq!(facts.date, Date::new(2023, 11, 12));
    assert_eq!((&facts.other["author"], &facts.other["keywords"]), (&"A".into(), &"one, two".into()));
}

#[test]
fn a_flat_file_is_read_without_a_package() {
    let flat = format!(
        "<?xml version='1.0'?><office:document>{}<office:body><office:text><text:p>Text</text:p></office:text></office:body></office:document>",
        META.1
            .replace("office:document-meta", "office:wrapper")
            .replace("<office:wrapper>", "")
            .replace("</office:wrapper>", "")
    );
    let extracted = extract(flat.as_bytes(), Format::Odt).expect("a text");
    assert_eq!((extracted.text.as_str(), extracted.facts.title.as_deref()), ("Text", Some("The title")));
}

#[test]
fn slides_have_a_title_and_notes_and_no_footers() {
    let frame = |class: &str, text: &str| {
        format!(
            "<draw:frame presentation:class='{class}'><draw:text-box><text:p>{text}</text:p></draw:text-box></draw:frame>"
        )
    };
    let first = format!(
        "<draw:page>{}{}{}<presentation:notes>{}{}</presentation:notes></draw:page>",
        frame("outline", "Body"),
        frame("title", "Head"),
        frame("footer", "Footer"),
        frame("page-number", "1"),
        frame("notes", "Say this")
    );
    let bytes =
        file("presentation", &format!("{first}<draw:page>{}</draw:page>", frame("outline", "Second")));
    let extracted = extract(&bytes, Format::Odp).expect("a presentation");
    assert_eq!(extracted.text, "Head\n\nBody\n\nSay this\n\nSecond");
    assert_eq!(placed(&extracted, "Say this"), "slide 1");
    assert_eq!(placed(&extracted, "Second"), "slide 2");
}

#[test]
fn rows_and_cells_that_repeat_are_counted_and_not_written_out() {
    let cell = |text: &str| {
        format!("<table:table-cell office:value-type='string'><text:p>{text}</text:p></table:table-cell>")
    };
    let rows = format!(
        "<table:table table:name='S'><table:table-row>{}{}</table:table-row>\
         <table:table-row table:number-rows-repeated='1000000'><table:table-cell table:number-columns-repeated='16384'/></table:table-row>\
         <table:table-row table:number-rows-repeated='3'>{}<table:table-cell office:value-type='date' office:date-value='2023-11-12T00:00:00' table:number-columns-repeated='2'>\
         <office:annotation><dc:creator>Kim</dc:creator><text:p>sure?</text:p></office:annotation><text:p>12.11.</text:p></table:table-cell></table:table-row>\
         <table:table-row><table:table-cell office:value-type='float' office:value='1204' table:number-columns-repeated='4294967295'><text:p>1,204.00</text:p></table:table-cell></table:table-row></table:table>",
        cell("Name"),
        cell("Day"),
        cell("Kim")
    );
    let extracted = spreadsheet::extract(&file("spreadsheet", &rows), Format::Ods).expect("a workbook");
    let start =
        "S\n\nName: Kim | Day: 2023-11-12 [sure?] | 2023-11-12 [sure?]\n\nName: 1204 | Day: 1204 | 1204";
    assert!(extracted.text.starts_with(start), "{}", extracted.text);
    assert!(extracted.text.len() < 2_000);
    assert_eq!(placed(&extracted, "Kim"), "sheet S, rows 1000002 to 1000004");
    assert_eq!(placed(&extracted, "1204"), "sheet S, row 1000005");
}

#[test]
fn encrypted_and_broken_files_are_told_apart() {
    let manifest = "<manifest:manifest><manifest:file-entry><manifest:encryption-data/></manifest:file-entry></manifest:manifest>";
    let encrypted = packed(&[("META-INF/manifest.xml", manifest), ("content.xml", "noise")]);
    assert!(matches!(extract(&encrypted, Format::Odt), Err(ExtractError::Encrypted)));
    let error = extract(&packed(&[("a", "b")]), Format::Odt).expect_err("no text").to_string();
    assert_eq!(error, "not a readable OpenDocument file: it has no content.xml");
}
