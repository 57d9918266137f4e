//! Files that real programs have written, in the formats that are no text: what is found in them, and where.
//!
//! `tests/fixtures/README.md` tells what each file holds, `tests/fixtures/hostile/README.md` what each hostile one
//! does. Those of them that use up memory or time by design are left to the tests of the isolation around parsers.

#![expect(clippy::unwrap_used, reason = "in a test a panic is the way to fail")]

use std::fs;
use std::panic::{self, AssertUnwindSafe};
use std::path::PathBuf;

use proptest::prelude::*;
use tidings::config::Settings;
use tidings::document::{DateSource, DocId, Document, Format, Passage};
use tidings::extract::{ExtractError, Extracted, Raw, document_of, extract_binary};
use tidings::passage::split;

const ENGLISH: &str = "Seventeen amber lanterns marked the hour of the rehearsal.";
const KOREAN: &str = "등불 열일곱 개가 예행연습의 시각을 알렸다.";
const JAPANESE: &str = "十七の灯籠が予行演習の時刻を告げた。";

fn bytes(name: &str) -> Vec<u8> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    fs::read(folder.join(name)).unwrap()
}

fn format(name: &str) -> Format {
    let extension = name.rsplit('.').next().unwrap();
    Format::ALL.into_iter().find(|format| format.to_string() == extension).unwrap()
}

fn extract(name: &str) -> Result<Extracted, ExtractError> {
    extract_binary(&bytes(name), format(name))
}

fn document(name: &str) -> Document {
    let raw = Raw { id: DocId(name.into()), path: name, bytes: &[], modified: None };
    document_of(&raw, format(name), extract(name).unwrap())
}

/// The passage of a document in which this stands, whatever its line ends.
fn passage(document: &Document, text: &str) -> Passage {
    let passages = split(document, &Settings::default());
    let found = passages.into_iter().find(|passage| passage.text.replace('\n', " ").contains(text));
    found.unwrap_or_else(|| panic!("{text:?} in {:?}", document.text))
}

/// Where these sentences stand in a file, and under which headings.
fn places(name: &str, sentences: &[&str]) -> Vec<String> {
    let document = document(name);
    let place = |sentence: &&str| {
        let passage = passage(&document, sentence);
        format!("{} [{}]", passage.location, passage.headings.join(" / "))
    };
    sentences.iter().map(place).collect()
}

#[test]
fn pages_of_pdf_are_told_with_the_headings_of_their_outline() {
    let found = places("report.libreoffice.pdf", &[ENGLISH, KOREAN, JAPANESE]);
    let expected = [
        "page 2 [Sharing warning data / How they rehearse]",
        "page 4 [경보 자료의 공유 / 예행연습]",
        "page 5 [警報データの共有 / 予行演習]",
    ];
    assert_eq!(found, expected);
    assert_eq!(
        places("page.chromium.pdf", &[ENGLISH, KOREAN, JAPANESE]),
        ["page 1 []", "page 2 []", "page 3 []"]
    );
    for name in ["groff", "ghostscript", "linearized", "owner-password", "owner-password-rc4"] {
        assert_eq!(places(&format!("memo.{name}.pdf"), &[ENGLISH]), ["page 1 []"], "{name}");
    }
}

#[test]
fn columns_ligatures_hyphens_and_accents_of_a_paper_are_read_right() {
    let document = document("article.pdflatex.pdf");
    let text = document.text.replace('\n', " ");
    for run in [
        "This article describes how their officers rehearse, how efficiently the offices confirm a difficult finding",
        "before the flow of data is sufficient. Afterwards",
        "telecommunications infrastructure are documented",
        ENGLISH,
        "Naïve café owners in Århus",
        "and Gdańsk offered coffee. Their résumés were “ratified” — the dash is long — on pages 3–5.",
    ] {
        assert!(text.contains(run), "{run:?} in {text:?}");
    }
    assert_eq!(places("article.pdflatex.pdf", &[ENGLISH]), ["page 1 [2 How they rehearse]"]);
    let measured = passage(&document, "Granite Cape 1.8");
    assert_eq!(
        (measured.location.to_string().as_str(), &*measured.headings[0]),
        ("page 2", "3 What was measured")
    );
}

#[test]
fn what_a_page_repeats_or_draws_in_another_order_is_put_right() {
    let text = document("report.libreoffice.pdf").text;
    assert!(text.contains("三つの協力国はミサイル警報データをリアルタイムで互いに送り合う。"), "{text}");
    assert!(!text.contains("Heron Bulletin") && !text.contains("lichen paper"), "{text}");
    let text = document("page.chromium.pdf").text;
    assert!(text.contains("縦書きの注意書き。"), "{text}");
}

#[test]
fn paragraphs_of_texts_are_told_with_their_headings() {
    for name in
        ["report.libreoffice.docx", "report.pandoc.docx", "report.libreoffice.odt", "report.pandoc.odt"]
    {
        let document = document(name);
        for (sentence, headings) in [
            (ENGLISH, ["Sharing warning data", "How they rehearse"]),
            (KOREAN, ["경보 자료의 공유", "예행연습"]),
            (JAPANESE, ["警報データの共有", "予行演習"]),
        ] {
            let passage = passage(&document, sentence);
            assert_eq!(passage.headings, headings, "{name}");
            assert!(passage.location.to_string().starts_with("paragraph"), "{name}: {}", passage.location);
        }
        let text = &document.text;
        for there in ["The basalt clock", "화강곶 | 박하늘 | 1.8", "The third round is announced to nobody."]
        {
            assert!(text.contains(there), "{there} in {name}: {text}");
        }
        for gone in ["deleted after review", "Heron Bulletin", "https://"] {
            assert!(!text.contains(gone), "{gone} in {name}: {text}");
        }
        let has_changes = name != "report.pandoc.odt";
        assert_eq!(text.contains("inserted after review"), has_changes, "{name}");
        assert_eq!(text.contains("Ask the quarry about this figure."), has_changes, "{name}");
    }
}

#[test]
fn slides_are_told_with_their_titles_and_notes() {
    let korean_note = "여기서 구리 징을 한 번 친다.";
    let expected = ["slide 3 [예행연습]", "slide 3 [예행연습]", "slide 4 [予行演習]"];
    for name in ["slides.libreoffice.pptx", "slides.libreoffice.odp", "slides.pandoc.pptx"] {
        assert_eq!(places(name, &[KOREAN, korean_note, JAPANESE]), expected, "{name}");
        let table = "Station | Officer | Delay\nGranite Cape | Maria Fielding | 1.8";
        assert!(document(name).text.contains(table), "{name}");
    }
    for name in ["slides.libreoffice.pptx", "slides.libreoffice.odp"] {
        let found = places(name, &["Pause here for the copper gong.", ENGLISH]);
        assert_eq!(
            found,
            ["slide 1 [Sharing warning data in real time]", "slide 2 [How the partners share]"]
        );
    }
    let found = places("slides.pandoc.pptx", &["Pause here for the copper gong.", ENGLISH]);
    assert_eq!(found, ["slide 2 [How the partners share]", "slide 5 [What was measured]"]);
}

#[test]
fn rows_of_sheets_are_told_with_the_names_of_their_columns() {
    for name in ["workbook.libreoffice.xlsx", "workbook.libreoffice.xls", "workbook.libreoffice.ods"] {
        let document = document(name);
        let cape = passage(
            &document,
            "Station: Granite Cape | Officer: Maria Fielding | Date: 2023-12-01 | Delay: 1.8",
        );
        assert_eq!(cape.headings, ["Delays"], "{name}");
        assert!(
            passage(&document, ENGLISH).location.to_string().starts_with("sheet Delays, rows 2 to "),
            "{name}"
        );
        assert!(passage(&document, JAPANESE).text.contains("관측소: 杉の丘 | 담당관: 鈴木湊"), "{name}");
        assert_eq!(passage(&document, KOREAN).headings, ["지연 시간"], "{name}");
        let has_comment = document.text.contains("Officer: Aoi Tanabe [Ask the quarry about this figure.]");
        assert_eq!(has_comment, !name.ends_with("xls"), "{name}");
    }
}

#[test]
fn chapters_of_books_come_in_the_order_of_the_spine() {
    for name in ["report.pandoc.epub", "report.pandoc.epub2.epub"] {
        let expected = [
            "chapter 2, EPUB/text/ch001.xhtml [Sharing warning data / How they rehearse]",
            "chapter 3, EPUB/text/ch002.xhtml [경보 자료의 공유 / 예행연습]",
            "chapter 4, EPUB/text/ch003.xhtml [警報データの共有 / 予行演習]",
        ];
        assert_eq!(places(name, &[ENGLISH, KOREAN, JAPANESE]), expected, "{name}");
    }
    let expected = "chapter 2, EPUB/text/ch003.xhtml [Sharing warning data / How they rehearse]";
    assert_eq!(places("report.reordered.epub", &[ENGLISH]), [expected]);
}

#[test]
fn title_author_and_date_come_from_the_metadata() {
    for name in [
        "report.libreoffice.pdf",
        "report.libreoffice.docx",
        "report.pandoc.docx",
        "report.libreoffice.odt",
        "report.pandoc.odt",
        "report.pandoc.epub",
        "report.pandoc.epub2.epub",
        "slides.libreoffice.pptx",
        "slides.libreoffice.odp",
    ] {
        let facts = document(name).facts;
        assert_eq!(facts.title.as_deref(), Some("Sharing warning data in real time"), "{name}");
        assert_eq!(facts.other["author"], "Haneul Park", "{name}");
        let date = facts.date.map(|date| date.to_string());
        assert_eq!(
            (date.as_deref(), facts.date_source),
            (Some("2023-12-19"), Some(DateSource::Metadata)),
            "{name}"
        );
    }
}

#[test]
fn what_cannot_be_read_says_why() {
    let names =
        ["memo.user-password.pdf", "report.password.docx", "report.password.odt", "workbook.password.xlsx"];
    for name in names {
        assert!(matches!(extract(name), Err(ExtractError::Encrypted)), "{name}");
    }
    let message = |name: &str| extract(name).unwrap_err().to_string();
    assert_eq!(message("scan.img2pdf.pdf"), "no text in it; its page may be a scanned image");
    for (name, message_start) in [
        ("hostile/empty.pdf", "not a readable PDF: "),
        ("hostile/text-as-pdf.pdf", "not a readable PDF: "),
        ("hostile/empty.docx", "not a readable Word document: it is no zip file"),
        ("hostile/half.docx", "not a readable Word document: it is no zip file"),
        ("hostile/page-as-docx.docx", "not a readable Word document: it is no zip file"),
        ("hostile/half.xlsx", "not a readable Excel workbook: it is no zip file"),
        ("hostile/half.odt", "not a readable OpenDocument file: it is no zip file"),
        ("hostile/half.epub", "not a readable EPUB: it is no zip file"),
    ] {
        assert!(message(name).starts_with(message_start), "{name}: {}", message(name));
    }
    assert!(extract("hostile/half.pdf").unwrap().text.contains(ENGLISH), "what is left of it is read");
}

#[test]
fn hostile_files_are_answered_and_tell_nothing_from_outside_of_them() {
    for name in [
        "cyclic-form.pdf",
        "cyclic-outline.pdf",
        "cyclic-pages.pdf",
        "cyclic-prev.pdf",
        "cyclic-references.pdf",
        "deep-arrays.pdf",
        "deep-content.pdf",
        "deep-pages.pdf",
        "lying-numbers.pdf",
        "billion-laughs.docx",
        "deep.docx",
        "deep.odt",
        "long-text.docx",
        "outside.docx",
        "outside.pptx",
        "far-cell.xlsx",
        "far-cells.xlsx",
        "rows-2-31.xlsx",
        "repeated-cells.ods",
        "spaces.odt",
        "missing-opf.epub",
        "outside.epub",
        "outside-chapter.epub",
        "repeated-spine.epub",
    ] {
        let text = extract(&format!("hostile/{name}")).map_or_else(|error| error.to_string(), |it| it.text);
        assert!(!text.contains("root:") && text.len() < 10 << 20, "{name} gives {} bytes", text.len());
        assert!(!text.contains("lollol"), "{name}");
    }
    let far = extract("hostile/far-cell.xlsx").unwrap();
    assert!(far.text.contains(&format!("{ENGLISH}\n\nfar\n\n")), "{}", far.text);
}

/// Files whose parsers are to answer whatever becomes of their bytes.
const FLIPPED: [&str; 12] = [
    "article.pdflatex.pdf",
    "memo.groff.pdf",
    "memo.linearized.pdf",
    "page.chromium.pdf",
    "report.pandoc.docx",
    "report.pandoc.odt",
    "slides.pandoc.pptx",
    "slides.libreoffice.odp",
    "workbook.libreoffice.xlsx",
    "workbook.libreoffice.ods",
    "report.pandoc.epub",
    "scan.img2pdf.pdf",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]

    /// Parsers that are not ours may panic, which costs a document no more than that; they may not go on for ever.
    #[test]
    fn flipped_and_cut_files_are_answered(
        name in proptest::sample::select(&FLIPPED[..]),
        flips in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..10),
        kept in proptest::option::weighted(0.2, any::<prop::sample::Index>()),
    ) {
        let mut bytes = bytes(name);
        for (at, byte) in flips {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if let Some(kept) = kept {
            bytes.truncate(kept.index(bytes.len()));
        }
        let read = panic::catch_unwind(AssertUnwindSafe(|| extract_binary(&bytes, format(name))));
        if let Ok(Ok(extracted)) = read {
            let mut end = 0;
            for section in &extracted.sections {
                prop_assert!(section.span.start >= end && section.span.end <= extracted.text.len());
                prop_assert!(extracted.text.get(section.span.range()).is_some());
                end = section.span.end;
            }
        }
    }
}
