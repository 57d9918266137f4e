//! What holds for every format, whatever the bytes: the laws, and what tests of the formats share.

use proptest::prelude::*;

use super::decode::encode;
use super::*;
use crate::document::{Anchor, LineSpan, Location};
use crate::span::{InSource, InText, OffsetMap, Span};

/// The document that a source of this format gives.
pub(super) fn extracted(format: Format, bytes: &[u8]) -> Document {
    let raw = Raw { id: DocId("source".into()), path: "source", bytes, modified: None };
    let document = extract(&raw, format).expect("text makes a document");
    assert_sound(&document, bytes);
    document
}

/// Holds the sections of a text against these: the headings of each, and what stands in it.
#[track_caller]
pub(super) fn assert_sections(text: &str, sections: &[Section], expected: &[(&str, &str)]) {
    let told = |section: &Section| (section.headings.join("/"), &text[section.span.range()]);
    let expected: Vec<_> = expected.iter().map(|&(headings, text)| (headings.to_owned(), text)).collect();
    assert_eq!(sections.iter().map(told).collect::<Vec<_>>(), expected);
}

/// The bytes of the source, and the line, that the text's first `word` leads back to.
pub(super) fn located<'a>(document: &Document, source: &'a [u8], word: &str) -> (&'a [u8], usize) {
    let at = document.text.find(word).expect("in the text");
    let (bytes, lines) = place(document, Span::new(at, at + word.len()));
    (&source[bytes.range()], lines.start)
}

/// Where in its source, which is text, a span of a document's text stands.
pub(super) fn place(document: &Document, span: Span<InText>) -> (Span<InSource>, LineSpan) {
    match document.origin.locate(span) {
        Location::Lines { bytes, lines } | Location::Time { bytes, lines, .. } => (bytes, lines),
        other => panic!("not a text: {other:?}"),
    }
}

/// Where the first `run` of a text that was extracted from a source that is no text stands, in words.
pub(super) fn placed(extracted: &Extracted, run: &str) -> String {
    let at = extracted.text.find(run).expect("in the text");
    Origin::Places(extracted.places.clone()).locate(Span::new(at, at + run.len())).to_string()
}

/// The way from a document's text to its decoded source.
fn way(document: &Document) -> &OffsetMap {
    match &document.origin {
        Origin::Text(origin) => &origin.decoded,
        Origin::Places(_) => panic!("not a text"),
    }
}

/// Asserts what holds for every document: its sections lie in order on character boundaries and cover all of the
/// text but white space, and every place of it leads into the source.
pub(super) fn assert_sound(document: &Document, source: &[u8]) {
    let text = &document.text;
    let mut end = 0;
    for section in &document.sections {
        let Span { start, .. } = section.span;
        assert!(end <= start && start < section.span.end, "{:?} after {end}", section.span);
        assert_eq!(text[end..start].trim(), "", "between sections");
        assert!(text.get(section.span.range()).is_some(), "{:?} cuts a character", section.span);
        end = section.span.end;
    }
    assert_eq!(text[end..].trim(), "", "behind the last section");
    for span in words(text) {
        let (bytes, lines) = place(document, span);
        assert!(bytes.end <= source.len(), "{bytes:?} of {}", source.len());
        assert!(1 <= lines.start && lines.start <= lines.end, "{lines:?}");
    }
}

/// The spans of the text's words.
fn words(text: &str) -> impl Iterator<Item = Span<InText>> + '_ {
    text.split_whitespace().map(|word| {
        let start = word.as_ptr() as usize - text.as_ptr() as usize;
        Span::new(start, start + word.len())
    })
}

/// Asserts that every character that was taken as it stands is in its place in a UTF-8 source.
pub(super) fn assert_verbatim(document: &Document, source: &str) {
    for (at, c) in document.text.char_indices() {
        let (start, end) = way(document).origin_of(at, at + c.len_utf8());
        let stands_for_other = way(document)
            .breaks(at, at + c.len_utf8())
            .any(|place| (place.width, place.origin_width) != (1, 1));
        if end - start == c.len_utf8() && !c.is_whitespace() && !stands_for_other {
            assert_eq!(&document.text[at..at + c.len_utf8()], &source[start..end], "at {at} of {source:?}");
        }
    }
}

/// Asserts that a document's anchors give each word (but the marks between cells, which are in no source) the line
/// and column of the place that it leads back to.
pub(super) fn assert_anchored(document: &Document, source: &str) {
    let lines = LineIndex::new(source);
    let anchors = document.origin.anchors(Span::new(0, document.text.len()));
    for span in words(&document.text).filter(|span| !document.text[span.range()].starts_with('|')) {
        let origin = way(document).origin_of_start(span.start);
        let place = Anchor::place(&anchors, &document.text, span.start);
        assert_eq!(place, Some((lines.line(origin), lines.column(origin))), "{span:?} of {source:?}");
    }
}

/// Sources made of the pieces that the formats' markup is made of.
fn markup() -> impl Strategy<Value = String> {
    let pieces = [
        "<p>",
        "</p>",
        "<div>",
        "</div>",
        "<nav>",
        "</nav>",
        "<main>",
        "</main>",
        "<h1>",
        "</h1>",
        "<h2>",
        "<pre>",
        "</pre>",
        "<table>",
        "<tr>",
        "<td>",
        "</td>",
        "</table>",
        "<ul>",
        "<li>",
        "</li>",
        "</ul>",
        "<br>",
        "<b>",
        "</b>",
        "<script>",
        "</script>",
        "<title>",
        "</title>",
        "<p hidden>",
        "<!--",
        "-->",
        "<header>",
        "</header>",
        "<svg>",
        "&amp;",
        "&eacute;",
        "&#x1F600;",
        "&",
        "# ",
        "## ",
        "> ",
        "- ",
        "1. ",
        "* ",
        "*",
        "**",
        "_",
        "`",
        "```\n",
        "    ",
        "[a](b)",
        "[",
        "](",
        "![",
        "|",
        "|---|---|\n",
        "\\*",
        "\\",
        "[^1]",
        "[^1]: ",
        "---\n",
        "+++\n",
        "title: a\n",
        "\n",
        "\n\n",
        "\r\n",
        " ",
        "\t",
        "word",
        "한국어",
        "é",
        "\u{a0}",
        "\u{feff}",
        "~~",
        "- [ ] ",
        "===\n",
        "\0",
        "<?xml?>",
        "<![CDATA[",
        "]]>",
        "<a b='c'/>",
        "<section>",
        "</section>",
        "<para>",
        "&lt;",
        ",",
        ";",
        "\"",
        "\"\"",
        "\",\"",
        "sep=;\n",
        "{",
        "}",
        "$",
        "%",
        "\\\\",
        "\\section{",
        "\\begin{",
        "\\end{",
        "document}",
        "verbatim}",
        "tabular}",
        "\\item",
        "\\'e",
        "\\o ",
        "---",
        "``",
        "''",
        "\\verb|",
        "\n.. ",
        "note:: ",
        "code-block:: a\n",
        "   :a: b\n",
        "::\n\n",
        ":a: ",
        ":ref:`",
        "`_",
        "+--+--+\n",
        "=== ===\n",
        "\n----\n",
        "\n....\n",
        "\n====\n",
        "\n|===\n",
        "\n== ",
        "link:",
        "<<",
        ">>",
        "//",
        "\n.SH ",
        "\n.B ",
        "\n.TP\n",
        "\n.Fl ",
        "\n.Op ",
        "\n.Nm\n",
        "\n.TS\n",
        "\n.TE\n",
        "\n.de a\n",
        "\n..\n",
        "\n.if n ",
        "\\{",
        "\\}",
        "\\fB",
        "\\(em",
        "\\[u00e9]",
        "\\-",
        "\\&",
        "\\c\n",
        "{\\rtf1 ",
        "{\\*\\x ",
        "{",
        "}",
        "\\par ",
        "\\'e9",
        "\\'b9",
        "\\u233?",
        "\\u-10179?",
        "\\pard\\outlinelevel0 ",
        "\\intbl\\cell ",
        "\\row ",
        "{\\footnote ",
        "{\\fonttbl{\\f1\\fcharset129 A;}}",
        "{\\stylesheet{\\s1 heading 1;}}",
        "\\f1\\s1 ",
        "\\v ",
        "\\plain ",
        "\\bin3 ",
        "WEBVTT\n",
        "1\n",
        "00:00:01,000 --> 00:00:02,000\n",
        "\n00:09.000 --> 00:10.000 line:0\n",
        "NOTE ",
        "<v Kim>",
        "{\\an8}",
        "\"",
        "\\u00e9",
        "{\"cells\":[",
        "{\"source\":",
        "]}",
    ];
    let piece =
        prop_oneof![4 => proptest::sample::select(pieces.to_vec()).prop_map(str::to_owned), 1 => ".{0,4}"];
    proptest::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

const WHOLE: [Format; 13] = [
    Format::Text,
    Format::Markdown,
    Format::Html,
    Format::Csv,
    Format::Tsv,
    Format::Xml,
    Format::Latex,
    Format::Rst,
    Format::Asciidoc,
    Format::Man,
    Format::Rtf,
    Format::Subtitles,
    Format::Notebook,
];

/// A notebook of cells, and of outputs, that hold this text: as it stands or in nothing but ASCII.
fn notebook(text: &str, ascii: bool) -> String {
    let json = serde_json::json!({"cells": [
        {"cell_type": "markdown", "source": [text, text]},
        {"cell_type": "code", "source": text, "outputs": [
            {"output_type": "stream", "text": text},
            {"data": {"text/html": text, "text/plain": "<object>"}},
        ]},
    ]});
    let escape = |c: char| match c.is_ascii() || !ascii {
        true => c.to_string(),
        false => c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")).collect(),
    };
    format!("{json:#}").chars().map(escape).collect()
}

proptest! {
    #[test]
    fn any_bytes_make_a_sound_document(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        for format in WHOLE {
            extracted(format, &bytes);
        }
    }

    #[test]
    fn any_markup_makes_a_sound_document_whose_characters_are_in_their_places(source in markup()) {
        for format in WHOLE {
            let document = extracted(format, source.as_bytes());
            if !source.contains('\0') && !source.starts_with('\u{feff}') {
                assert_verbatim(&document, &source);
                assert_anchored(&document, &source);
            }
        }
    }

    #[test]
    fn any_markup_in_a_notebook_is_in_its_place(source in markup(), ascii in any::<bool>()) {
        let source = notebook(&source, ascii);
        let document = extracted(Format::Notebook, source.as_bytes());
        if !source.contains("\\u0000") {
            assert_verbatim(&document, &source);
            assert_anchored(&document, &source);
        }
    }

    #[test]
    fn plain_text_loses_nothing(source in "[^-+\u{feff}\0\u{1b}]{0,200}") {
        prop_assert_eq!(extracted(Format::Text, source.as_bytes()).text, source);
    }
}

#[test]
fn hostile_repetition_is_read_to_its_end() {
    for piece in
        ["<", "[", "*", "&", "{", "\\", "|", "\"", ".", "=", "$", "`", "-", ",", "'", ":", "_", "\\'", "-->"]
    {
        read_through(&piece.repeat((1 << 18) / piece.len()));
    }
    let pieces = [
        "`",
        "_a",
        "![",
        "> ",
        "- ",
        "- a\n",
        "|",
        "|a|\n|-|\n",
        "\\",
        "[a](",
        "[a]: b\n",
        "<div>",
        "</div>",
        "<p",
        "<b>a",
        "<nav>",
        "<li>",
        "<td>",
        "<title>",
        "<a x",
        "<a href='",
        "<!--",
        "<![CDATA[",
        "&#",
        "&lt",
        "\r",
        "a\n> ",
        "\"a,",
        "\"\"a,\"",
        "a,\n",
        "<a>",
        "<a b='",
        "<?a",
        "<!DOCTYPE a [",
        "]]>",
        "&a;",
        "\\begin{",
        "\\begin{a}",
        "\\begin{verbatim}",
        "\\verb|",
        "\\section{",
        "\\a[",
        "\\a{",
        "\\'",
        "$a",
        "%",
        "% a\n",
        ".. a::\n",
        "..\n ",
        "  a\n",
        "a\n=\n",
        "a\n==\n=\n",
        "`a <",
        "``a",
        ":a:`",
        "|a",
        "----\n",
        "|===\n",
        "link:a[",
        "<<a",
        "[[a",
        "= a\n",
        ".SH a\n",
        ".Op Fl a ",
        ".Op ",
        ".TP\n",
        ".TS\n",
        ".TE\n",
        ".de a\n",
        ".if n \\{\n",
        ".ie t a\n",
        "\\fB",
        "\\[",
        "\\h'",
        "\\*(aa",
        "\\c\n",
        "\\\n",
        "*a ",
        "\\[a",
        "\\author{a \\and ",
        "a_ ",
        "a::\n\n",
        "footnote:[",
        "<title><b>",
        "{\\*",
        "{\\footnote a",
        "\\par\\outlinelevel0 a",
        "\\u55357?",
        "\\bin9 ",
        "\\row",
        "00:01 --> 00:02\n",
        "<v a> <",
        "{\\a",
        "{\"cells\":[",
        "\\u00e9",
    ];
    for piece in pieces {
        let source = piece.repeat(1 << 13);
        read_through(&source);
        extracted(Format::Notebook, notebook(&piece.repeat(1 << 11), true).as_bytes());
    }
    let lazy = format!("{}a\n{}", "> ".repeat(1 << 14), "a\n".repeat(1 << 16));
    read_through(&lazy);
}

fn read_through(source: &str) {
    for format in WHOLE.into_iter().filter(|format| !matches!(format, Format::Text | Format::Tsv)) {
        extracted(format, source.as_bytes());
    }
}

#[test]
fn words_lead_back_to_the_bytes_of_other_encodings() {
    for (label, sentence, word) in [
        ("euc-kr", "한미일 국방장관은 미사일 경보 정보를 실시간으로 공유한다.\n", "경보"),
        ("shift_jis", "日米韓の防衛相はミサイル警戒データの即時共有で合意した。\n", "警戒"),
        ("windows-1252", "Le ministre a déclaré que l’accord était « prêt ».\n", "déclaré"),
    ] {
        let text = format!("# A\n\n{sentence}{sentence}");
        let source = encode(label, &text);
        // RTF has charsets of its own.
        for format in WHOLE.into_iter().filter(|&format| format != Format::Rtf) {
            let document = extracted(format, &source);
            let line = 3;
            assert_eq!(
                located(&document, &source, word),
                (encode(label, word).as_slice(), line),
                "{label} {format}"
            );
        }
    }
}
