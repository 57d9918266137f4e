use super::*;
use proptest::prelude::*;

fn format(path: &str, head: impl AsRef<[u8]>) -> Option<Format> {
    match detect(path, head.as_ref()) {
        Detected::Format(format) => Some(format),
        Detected::Binary => None,
    }
}

#[test]
fn names_decide_what_content_does_not() {
    for (path, expected) in [
        ("a.md", Format::Markdown),
        ("dir.html/a.MARKDOWN.gz", Format::Markdown),
        ("a.txt", Format::Text),
        ("a.rs", Format::Text),
        ("-", Format::Text),
        ("a.html", Format::Text),
        ("a.jsonl.zst", Format::Jsonl),
        ("a.ndjson.zstd", Format::Jsonl),
    ] {
        assert_eq!(format(path, "Some text, 1 < 2\n"), Some(expected), "{path}");
    }
    assert_eq!(format("a.htm", "Some <b>text</b>"), Some(Format::Html));
    assert_eq!(format("a.txt", "---\ntitle: a\n---\n# Text"), Some(Format::Text));
    assert_eq!(format("a.html", ""), Some(Format::Text));
}

#[test]
fn content_that_is_plainly_a_page_is_one_under_any_name() {
    for head in [
        "<!doctype html><p>",
        "\u{feff}\n<!DOCTYPE HTML PUBLIC \"-//W3C//DTD\">",
        "<!-- a > b --> <?xml version='1.0'?>\n<html lang=en>",
        "<html",
    ] {
        assert_eq!(format("a.txt", head), Some(Format::Html), "{head}");
    }
    for head in ["<htmlx>", "<p>text", "<!-- <html>", "text <html>"] {
        assert_eq!(format("a.txt", head), Some(Format::Text), "{head}");
    }
}

#[test]
fn json_lines_are_known_without_a_name() {
    let lines = "{\"id\":1}\n\n{\"id\":2}\n";
    for path in ["-", "wire", "a.json", "a.jsonl"] {
        assert_eq!(format(path, lines), Some(Format::Jsonl), "{path}");
    }
    assert_eq!(format("a.log", lines), Some(Format::Text));
    assert_eq!(format("-", "{\"text\":\"a\"}"), Some(Format::Jsonl));
    assert_eq!(format("-", "{\"a\":1}"), Some(Format::Text));
    assert_eq!(format("a.json", "{\"text\":\"a\"}"), Some(Format::Text));
    assert_eq!(format("a.json", "{\n  \"text\": \"a\"\n}\n"), Some(Format::Text));
    assert_eq!(format("a.json", "[1]\n[2]\n"), Some(Format::Text));
    let cut = format!("{{\"a\":1}}\n{{\"a\":2}}\n{{\"a\":\"{}", "x".repeat(HEAD));
    assert_eq!(format("-", cut), Some(Format::Jsonl), "the line that is cut off does not count");
}

#[test]
fn what_is_no_text_is_binary() {
    for head in [
        b"\x89PNG\r\n".as_slice(),
        b"\x1f\x8b\x08",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest",
        b"text\0text",
        b"a\x01\x02",
        b"\x01\0\x02\0\x03\0",
    ] {
        assert_eq!(format("a.md", head), None, "{head:?}");
    }
    let utf_16: Vec<u8> = "<!doctype html>한".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(format("a.txt", &utf_16), Some(Format::Html));
    assert_eq!(format("a.txt", [b"\xfe\xff".as_slice(), b"\0a\0b"].concat()), Some(Format::Text));
    assert_eq!(format("a.txt", "ID3 tags, GIF89a and BZh are words"), Some(Format::Text));
    assert_eq!(format("a.txt", "\x1b[1mterminal\x1b[0m"), Some(Format::Text));
}

#[test]
fn pdf_and_rtf_are_known_by_their_headers() {
    assert_eq!(format("a.md", "%PDF-1.7 text"), Some(Format::Pdf));
    assert_eq!(format("a", b"\x1b%-12345X@PJL\r\n%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"), Some(Format::Pdf));
    assert_eq!(format("a.pdf", "HTTP/1.1 200 OK\r\n\r\n%PDF-1.4\n"), Some(Format::Pdf));
    assert_eq!(format("a.txt", "A file starts with %PDF-1.4 if it is one."), Some(Format::Text));
    assert_eq!(format("a.pdf", "Just text"), Some(Format::Text));
    assert_eq!(format("a.doc", r"{\rtf1\ansi text}"), Some(Format::Rtf));
}

/// The start of a zip archive with these members, stored as they are.
fn zip(members: &[(&str, &str)]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (name, content) in members {
        bytes.extend(b"PK\x03\x04\x14\0\0\0\0\0\0\0\0\0\0\0\0\0");
        bytes.extend((content.len() as u32).to_le_bytes());
        bytes.extend((content.len() as u32).to_le_bytes());
        bytes.extend((name.len() as u16).to_le_bytes());
        bytes.extend([0, 0]);
        bytes.extend(name.as_bytes());
        bytes.extend(content.as_bytes());
    }
    bytes
}

#[test]
fn archives_are_what_their_members_say() {
    for (kind, expected) in [
        ("application/epub+zip", Format::Epub),
        ("application/vnd.oasis.opendocument.text", Format::Odt),
        ("application/vnd.oasis.opendocument.text-template", Format::Odt),
        ("application/vnd.oasis.opendocument.presentation", Format::Odp),
        ("application/vnd.oasis.opendocument.spreadsheet", Format::Ods),
        ("application/vnd.oasis.opendocument.graphics", Format::Zip),
    ] {
        assert_eq!(format("a.zip", zip(&[("mimetype", kind), ("b", "c")])), Some(expected), "{kind}");
    }
    for (member, expected) in [
        ("word/document.xml", Format::Docx),
        ("ppt/presentation.xml", Format::Pptx),
        ("xl/workbook.xml", Format::Xlsx),
        ("visio/document.xml", Format::Zip),
    ] {
        let office = zip(&[("[Content_Types].xml", "<Types>"), (member, "<a>")]);
        assert_eq!(format("a", office), Some(expected), "{member}");
        assert_eq!(format("a.zip", zip(&[(member, "a folder of mine")])), Some(Format::Zip));
    }
    assert_eq!(format("a.DOCM", zip(&[("customXml/item1.xml", "<a>")])), Some(Format::Docx));
    assert_eq!(format("a.md", zip(&[("META-INF/MANIFEST.MF", "")])), Some(Format::Zip));
    assert_eq!(format("a.zip", "PK\x05\x06"), Some(Format::Zip));
    assert_eq!(format("a.docx", "PK\x03\x04"), Some(Format::Docx));
}

#[test]
fn a_compound_file_is_what_its_name_says() {
    let head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0";
    let of = |path| format(path, head);
    assert_eq!((of("a.xls"), of("a.docx"), of("a.doc")), (Some(Format::Xls), Some(Format::Docx), None));
}

#[test]
fn tar_archives_are_known_by_their_mark_or_their_checksum() {
    let mut header = vec![0; 1_024];
    header[..5].copy_from_slice(b"notes");
    header[257..262].copy_from_slice(b"ustar");
    assert_eq!(format("a", &header), Some(Format::Tar));
    header[257..262].fill(0);
    assert_eq!(format("a.tar", &header), None);
    let sum = header.iter().map(|&byte| u32::from(byte)).sum::<u32>() + 8 * 32;
    header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    assert_eq!(format("a.tgz", &header), Some(Format::Tar));
    assert_eq!((format("a.tar.xz", [0; 1_024]), format("a", [0; 1_024])), (Some(Format::Tar), None));
}

#[test]
fn messages_are_known_by_their_headers() {
    for head in [
        "From: a@b.org\nTo: c@d.org\n\nText",
        "Return-Path: <a@b.org>\r\nReceived: from x\r\n\tby y\r\nSubject: a\r\n\r\n\0",
        "Message-ID: <1@b.org>\nX-Any-Thing: a\nDate: Sun, 12 Nov 2023 10:00:00 +0900\n",
    ] {
        assert_eq!(format("a.txt", head), Some(Format::Email), "{head}");
    }
    let cut = format!("From: a@b.org\nTo: c@d.org\n{}", "Received: from there\n".repeat(HEAD));
    assert_eq!(format("a", cut), Some(Format::Email));
    for head in [
        "Title: a\nDate: 2023-11-12\nSubject: b\n\nText",
        "from: a\nto: b\n",
        "From: a\nTo: b\nand then a line of text\n",
        "From: a\n\nTo: b\n",
    ] {
        assert_eq!(format("a.md", head), Some(Format::Markdown), "{head}");
    }
    assert_eq!(format("a.eml", "no header"), Some(Format::Email));
}

#[test]
fn mailboxes_are_known_by_their_first_line() {
    let first = "From a@b.org Sun Nov 12 08:00:00 2023\n";
    assert_eq!(format("Inbox", format!("{first}Subject: a\n\nText")), Some(Format::Mbox));
    assert_eq!(format("a.txt", format!("{first}is a line of this text\n")), Some(Format::Text));
    assert_eq!(format("a.mbox.gz", "text"), Some(Format::Mbox));
}

#[test]
fn xml_and_feeds_are_known_by_their_first_element() {
    for head in [
        "<?xml version='1.0'?>\n<!-- a --><rss version='2.0'>",
        "<!DOCTYPE rss [<!ENTITY a 'b>c'>]>\n<rss>",
        "<rdf:RDF xmlns='http://purl.org/rss/1.0/'>",
        "<feed xmlns='http://www.w3.org/2005/Atom'>",
    ] {
        assert_eq!(format("a.xml", head), Some(Format::Feed), "{head}");
    }
    for (path, head) in [
        ("a", "<?xml version='1.0'?><feed>"),
        ("a.txt", "\u{feff}<?xml version='1.0'?><rdf:RDF xmlns='http://example.org/'>"),
        ("a.svg", "<svg/>"),
        ("a.rss", "<channel>"),
    ] {
        assert_eq!(format(path, head), Some(Format::Xml), "{path}");
    }
    assert_eq!(format("a.xml", "no tags"), Some(Format::Text));
    assert_eq!(format("a.txt", "<svg/>"), Some(Format::Text));
}

#[test]
fn subtitles_are_known_by_their_mark_or_their_first_cue() {
    for head in [
        "WEBVTT",
        "WEBVTT - Title\n\n",
        "1\r\n00:00:01,000 --> 00:00:02,500\r\nText",
        "\n\n00:00:01,000 --> 00:00:02,500 X1:40\nText",
    ] {
        assert_eq!(format("a.txt", head), Some(Format::Subtitles), "{head}");
    }
    for head in ["WEBVTTS", "1\n00:00:01 text --> b\n", "1\n2\n3\n", "a --> b", "00:01 --> 00:02"] {
        assert_eq!(format("a.txt", head), Some(Format::Text), "{head}");
    }
    assert_eq!(format("a.srt", "x\n0:01 --> 0:02\n"), Some(Format::Subtitles));
}

#[test]
fn notebooks_are_json_with_cells() {
    let notebook = "{\n \"cells\": [\n  {\n   \"cell_type\": \"markdown\"";
    assert_eq!(format("a.json", notebook), Some(Format::Notebook));
    assert_eq!(format("a", r#"{"metadata":{},"nbformat":3,"worksheets":[]}"#), Some(Format::Notebook));
    assert_eq!(format("a.ipynb", "{}"), Some(Format::Notebook));
    assert_eq!(format("a.ipynb", "text"), Some(Format::Text));
    assert_eq!(format("a.json", "{\"cells\": 1}"), Some(Format::Text));
}

#[test]
fn markup_languages_are_known_by_name_and_some_by_their_start() {
    for (path, head, expected) in [
        ("a.tex", "Text", Format::Latex),
        ("a.txt", "% comment\n\\RequirePackage{a}\n\\documentclass{article}", Format::Latex),
        ("a.txt", "Write \\documentclass first", Format::Text),
        ("a.rst", "Text", Format::Rst),
        ("a.adoc", "= Title", Format::Asciidoc),
        ("a.asc", "-----BEGIN PGP PUBLIC KEY BLOCK-----", Format::Text),
        ("ls.1.gz", ".de Sp\n..\n.TH LS 1", Format::Man),
        ("a.3pm", "'\\\" t\n", Format::Man),
        ("notes.2", "Text", Format::Text),
        ("page", ".\\\" comment\n.\\\"\n.TH LS 1", Format::Man),
        ("page.mdoc", ".Dd November 12, 2023\n", Format::Man),
        ("a.csv", "a,b", Format::Csv),
        ("a.tab", "a\tb", Format::Tsv),
    ] {
        assert_eq!(format(path, head), Some(expected), "{path}: {head}");
    }
}

proptest! {
    #[test]
    fn any_bytes_are_something(
        start in proptest::sample::select(vec!["", "PK\x03\x04", "%PDF-", "From ", "To: a\n", "<", "{", "1\n", "\\", "."]),
        path in "[a-z./]{0,12}",
        rest in proptest::collection::vec(any::<u8>(), 0..600)
    ) {
        let head = [start.as_bytes(), &rest].concat();
        let detected = detect(&path, &head);
        let may_hold_zeros = !start.is_empty() || unmarked_utf_16(&head).is_some()
            || head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff");
        prop_assert!(!head.contains(&0) || may_hold_zeros || detected == Detected::Binary);
    }
}
