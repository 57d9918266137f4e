use super::super::decode::encode;
use super::super::laws::{assert_sections, extracted, located};
use super::*;

fn text(source: &str) -> String {
    extracted(Format::Rtf, source.as_bytes()).text
}

#[test]
fn paragraphs_lines_and_characters_are_text() {
    assert_eq!(
        text(
            "{\\rtf1\\ansi One\\par\r\n{\\b two} \\{3\\} \\ldblquote a\\emdash b\\rdblquote\\line c\\tab d\\~e\\-f\\\ng}"
        ),
        "One\n\ntwo {3} “a—b”\nc d\u{a0}ef\n\ng"
    );
}

#[test]
fn destinations_that_are_no_text_are_left_out() {
    let source = "{\\rtf1{\\fonttbl{\\f0 Arial;}}{\\colortbl;\\red0;}{\\*\\generator X;}{\\header Page}\
        {\\pict\\bin4 }}}}00}Text{\\field{\\*\\fldinst HYPERLINK \"http://a\"}{\\fldrslt link}}\
        {\\listtext 1.\\tab}{\\v hidden}{\\deleted gone}{\\*\\unknown{deep}} end{\\shp{\\*\\shpinst{\\sp{\\sn a}{\\sv b}}\
        {\\shptxt box}}}}";
    assert_eq!(text(source), "Textlink endbox");
}

#[test]
fn outline_levels_and_styles_make_headings() {
    let source = "{\\rtf1{\\stylesheet{\\s0 Normal;}{\\s1\\outlinelevel0 Big;}{\\s2 heading 2;}{\\*\\cs9 heading 3;}}\
        \\pard\\s1 First\\par\\pard Text\\par\\pard\\s2 {Second} part\\par\\pard\\s0 More\\par\
        {\\pard\\outlinelevel0 Third\\par}{\\pard\\outlinelevel9 End\\par}}";
    let document = extracted(Format::Rtf, source.as_bytes());
    let expected =
        [("First", "First\n\nText"), ("First/Second part", "Second part\n\nMore"), ("Third", "Third\n\nEnd")];
    assert_sections(&document.text, &document.sections, &expected);
    assert_eq!(document.facts.title.as_deref(), Some("First"));
}

#[test]
fn facts_are_read() {
    let source = "{\\rtf1{\\info{\\title The \\'e9t\\'e9}{\\author Kim}{\\author Lee}{\\creatim\\yr2023\\mo11\\dy12\\hr8}}Text}";
    let document = extracted(Format::Rtf, source.as_bytes());
    assert_eq!(document.facts.title.as_deref(), Some("The été"));
    assert_eq!(document.facts.date, Date::new(2023, 11, 12));
    assert_eq!((document.facts.other["author"].as_str(), document.text.as_str()), (Some("Kim"), "Text"));
}

#[test]
fn characters_beyond_ascii_are_read_in_every_notation() {
    let fonts =
        "{\\fonttbl{\\f0\\fcharset0 A;}{\\f1\\fcharset129 B;}{\\f2\\fcharset128 C;}{\\f3\\fcharset204 D;}}";
    for (body, expected) in [
        ("\\u48120?\\uc2\\u-21321\\'b0\\'a1\\u26085{}x", "미겷日x"),
        ("a\\u233\\par\\u233 b", "aé\n\né"),
        ("\\u-10179?\\u-8704?!\\u-10179?a", "😀!a"),
        ("\\'e9\\'93", "é“"),
        ("\\f1 \\'b9\\'cc\\'bb\\'e7\\f0 \\'e9", "미사é"),
        ("{\\f2 \\'83n\\'83\\\\\\'b1}a", "ハソｱa"),
        ("\\f3\\'ec\\'e8\\'f0", "мир"),
        ("\\ansicpg949\\'b9\\'cc\\'bb", "미"),
        ("\\ansicpg932\\'81\\'ff", "\u{fffd}"),
        ("미사일", "미사일"),
    ] {
        assert_eq!(text(&format!("{{\\rtf1{fonts}{body}}}")), expected, "{body}");
    }
    let mut bytes = b"{\\rtf1\\ansicpg949 ".to_vec();
    bytes.extend(encode("euc-kr", "미사일 a"));
    bytes.extend(b"}");
    let document = extracted(Format::Rtf, &bytes);
    assert_eq!(document.text, "미사일 a");
    assert_eq!(located(&document, &bytes, "사일"), (encode("euc-kr", "사일").as_slice(), 1));
}

#[test]
fn notes_follow_their_paragraph() {
    let source = "{\\rtf1 It came{\\super\\chftn}{\\footnote\\pard\\plain{\\super\\chftn} The clock\\par is fast.} in.\\par Next.\\par}";
    assert_eq!(text(source), "It came in.\n\nThe clock\n\nis fast.\n\nNext.");
    assert_eq!(text("{\\rtf1 End{\\*\\footnote note}}"), "End\n\nnote");
}

#[test]
fn tables_are_rows_of_cells() {
    let source = "{\\rtf1 Before\\par\\trowd\\pard\\intbl Name\\cell Day\\par two\\cell\\row\\pard\\intbl\\outlinelevel0 A\\cell \
        B\\cell\\row\\pard After\\par}";
    assert_eq!(text(source), "Before\n\nName | Day\ntwo\nA | B\n\nAfter");
}

#[test]
fn places_lead_back_to_the_source() {
    let source = "{\\rtf1\r\nThe {\\i missile}\\par\r\nwarn\\'e9\\u54620?d}".as_bytes();
    let document = extracted(Format::Rtf, source);
    assert_eq!(document.text, "The missile\n\nwarné한d");
    assert_eq!(located(&document, source, "missile"), (b"missile".as_slice(), 2));
    assert_eq!(located(&document, source, "warné"), (b"warn\\'e9".as_slice(), 3));
    assert_eq!(located(&document, source, "한"), (b"\\u54620".as_slice(), 3));
}

#[test]
fn what_is_broken_is_read_as_far_as_it_goes() {
    assert_eq!(text("}}}text{{{"), "text");
    assert_eq!(text("{\\rtf1 text\\"), "text");
    let deep = format!("{}{{\\v hidden}}text{}after", "{".repeat(20_000), "}".repeat(20_000));
    assert!(text(&deep).ends_with("after"));
}
