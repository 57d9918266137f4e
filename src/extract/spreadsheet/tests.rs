use super::super::laws::placed;
use super::super::package::tests::packed;
use super::*;

const RELATIONSHIPS: &str = "<Relationships xmlns='http://schemas.openxmlformats.org/package/2006/relationships'>\
    <Relationship Id='r1' Type='http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet' Target='worksheets/sheet1.xml'/>\
    <Relationship Id='r2' Type='http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet' Target='worksheets/sheet2.xml'/>\
    <Relationship Id='r3' Type='http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings' Target='sharedStrings.xml'/>\
    <Relationship Id='r4' Type='http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles' Target='styles.xml'/></Relationships>";

/// A workbook of two sheets, the second hidden, of these rows; text is shared, style 1 is a date.
fn workbook(first: &str, second: &str, shared: &[&str]) -> Vec<u8> {
    let root = "<Relationships xmlns='http://schemas.openxmlformats.org/package/2006/relationships'>\
        <Relationship Id='r1' Type='http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument' Target='xl/workbook.xml'/></Relationships>";
    let main = "<workbook xmlns='http://schemas.openxmlformats.org/spreadsheetml/2006/main' xmlns:r='http://schemas.openxmlformats.org/officeDocument/2006/relationships'>\
        <sheets><sheet name='예산' sheetId='1' r:id='r1'/><sheet name='Old' sheetId='2' state='hidden' r:id='r2'/></sheets></workbook>";
    let sheet = |rows: &str| format!("<worksheet><sheetData>{rows}</sheetData></worksheet>");
    let strings: String = shared.iter().map(|text| format!("<si><t>{text}</t></si>")).collect();
    let styles =
        "<styleSheet><cellXfs count='2'><xf numFmtId='0'/><xf numFmtId='14'/></cellXfs></styleSheet>";
    let comments = "<comments><authors><author>Kim</author></authors><commentList>\
        <comment ref='B2' authorId='0'><text><r><t>ask </t></r><r><t>again</t></r></text></comment></commentList></comments>";
    let of_sheet =
        "<Relationships><Relationship Id='c' Type='x/comments' Target='../comments1.xml'/></Relationships>";
    packed(&[
        ("_rels/.rels", root),
        ("xl/workbook.xml", main),
        ("xl/_rels/workbook.xml.rels", RELATIONSHIPS),
        ("xl/worksheets/sheet1.xml", &sheet(first)),
        ("xl/worksheets/sheet2.xml", &sheet(second)),
        ("xl/worksheets/_rels/sheet1.xml.rels", of_sheet),
        ("xl/comments1.xml", comments),
        ("xl/sharedStrings.xml", &format!("<sst>{strings}</sst>")),
        ("xl/styles.xml", styles),
    ])
}

fn read(first: &str, second: &str) -> Extracted {
    let bytes = workbook(first, second, &["Name", "Day", "경보"]);
    extract(&bytes, Format::Xlsx).expect("a workbook")
}

#[test]
fn rows_are_named_dated_and_placed() {
    let extracted = read(
        "<row r='1'><c r='A1' t='s'><v>0</v></c><c r='B1' t='s'><v>1</v></c></row>\
         <row r='2'><c r='A2' t='s'><v>2</v></c><c r='B2' s='1'><v>45242</v></c><c r='C2' t='b'><v>1</v></c></row>\
         <row r='9'><c r='A9' t='inlineStr'><is><t>in line</t></is></c><c r='B9'><f>1+1</f><v>2.5</v></c></row>",
        "<row r='3'><c r='C3'><v>7</v></c></row>",
    );
    assert_eq!(
        extracted.text,
        "예산\n\nName: 경보 | Day: 2023-11-12 [ask again] | TRUE\n\nName: in line | Day: 2.5\n\nOld\n\n7"
    );
    assert_eq!(placed(&extracted, "경보"), "sheet 예산, row 2");
    assert_eq!(placed(&extracted, "2.5"), "sheet 예산, row 9");
    assert_eq!(placed(&extracted, "7"), "sheet Old, row 3");
    assert_eq!(extracted.sections[1].headings, ["Old"]);
    assert_eq!(extracted.sections[0].units, Units::Paragraphs);
    assert_eq!(extracted.facts.title, None, "a sheet's name is no title");
}

#[test]
fn a_cell_far_out_costs_no_more_than_one_nearby() {
    let extracted = read(
        "<row r='1'><c r='A1'><v>1</v></c></row><row r='1048576'><c r='XFD1048576'><v>2</v></c></row>",
        "",
    );
    assert_eq!(extracted.text, "예산\n\n1\n\n2");
    assert_eq!(placed(&extracted, "2"), "sheet 예산, row 1048576");
}

#[test]
fn a_number_that_is_none_costs_its_cell_alone() {
    let rows = "<row r='1'><c r='A1' t='n'><v>NA</v></c><c r='B1' t='str'><v>radar</v></c></row>\
        <row r='2'><c r='A2' t='str'><v>relay</v></c></row>";
    let text = read(rows, "").text;
    assert!(text.contains("radar") && text.contains("relay"), "{text}");
}

#[test]
fn dates_times_and_lengths_of_time_are_told_apart() {
    use calamine::ExcelDateTimeType::{DateTime, TimeDelta};
    let show = |value, kind| show_date(&ExcelDateTime::new(value, kind, false));
    assert_eq!(show(45242.0, DateTime), "2023-11-12");
    assert_eq!(show(45242.5, DateTime), "2023-11-12 12:00:00");
    assert_eq!(show(0.25, DateTime), "06:00:00");
    assert_eq!(show(1.5, TimeDelta), "36:00:00");
    for value in [f64::NAN, f64::INFINITY, -1e300, 1e300] {
        show(value, DateTime);
        show(value, TimeDelta);
    }
}

#[test]
fn what_is_no_workbook_is_malformed_or_encrypted() {
    let error = |bytes: &[u8], format| extract(bytes, format).expect_err("no workbook");
    assert!(matches!(error(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Format::Xlsx), ExtractError::Encrypted));
    for format in [Format::Xlsx, Format::Xls, Format::Ods] {
        let message = error(b"none", format).to_string();
        assert!(message.starts_with("not a readable "), "{message}");
    }
}
