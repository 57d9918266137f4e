//! Files of every format, made by real programs: what is found in them and where, and what becomes of hostile ones.
//!
//! `tests/fixtures/README.md` says what each file holds.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use proptest::prelude::*;

use crate::harness::{Corpus, Run, finish};

const ENGLISH: &str = "Seventeen amber lanterns marked the hour of the rehearsal";
const KOREAN: &str = "등불 열일곱 개가 예행연습의 시각을 알렸다";
const JAPANESE: &str = "十七の灯籠が予行演習の時刻を告げた";

/// Hostile files that ask for more time or memory than a slow machine gives them.
const LIMITED: [&str; 5] =
    ["cmap-range.pdf", "long-content.pdf", "long-text.docx", "shared-string.xlsx", "zeros-content.pdf"];

/// The files of a folder of fixtures, by name.
fn fixtures(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(folder);
    let own = ["README.md", "make.sh", "make_hostile.py", ".gitattributes"];
    let mut files: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_file() && !own.iter().any(|own| path.ends_with(own)))
        .collect();
    files.sort();
    assert!(files.len() > 30, "the fixtures were not found");
    files
}

fn name(path: &Path) -> &str {
    path.file_name().unwrap().to_str().unwrap()
}

/// A folder that holds copies of the fixtures in `docs`.
fn copied(folder: &str) -> Corpus {
    let corpus = Corpus::with(&[]);
    for file in fixtures(folder) {
        corpus.write(&format!("docs/{}", name(&file)), fs::read(&file).unwrap());
    }
    corpus
}

/// Runs the program with a bound on what it and its children may map, so that an allocation without bound is a failure.
fn bounded(corpus: &Corpus, arguments: &str) -> Run {
    let program = env!("CARGO_BIN_EXE_tidings");
    let mut command = Command::new("sh");
    command.args(["-c", &format!("ulimit -v 4000000; exec '{program}' {arguments}")]);
    command.current_dir(corpus.path(""));
    finish(command, "")
}

/// The lines in an order that does not depend on which thread was faster.
fn sorted(lines: &str) -> String {
    let mut lines: Vec<_> = lines.lines().collect();
    lines.sort_unstable();
    lines.join("\n")
}

/// Where a phrase is found, a line for each passage: its document, its place in words, what was matched.
fn places(corpus: &Corpus, phrase: &str) -> String {
    let mut lines: Vec<_> = corpus
        .hits(&format!("--limit 500 --phrase '{phrase}'"))
        .iter()
        .map(|hit| {
            let id = hit["document"]["id"].as_str().unwrap();
            let location = &hit["passage"]["location"];
            let place: Vec<_> =
                ["part", "page", "slide", "sheet", "rows", "chapter", "file", "time", "paragraphs", "lines"]
                    .into_iter()
                    .filter(|name| !location[*name].is_null())
                    .map(|name| format!("{name} {}", location[name]).replace(['"', '{', '}'], ""))
                    .collect();
            let words = hit["highlights"].as_array().unwrap();
            let exact = words.iter().all(|highlight| {
                let found: String = highlight["text"].as_str().unwrap().split_whitespace().collect();
                found.to_lowercase() == phrase.split_whitespace().collect::<String>().to_lowercase()
            });
            assert!(exact && !words.is_empty(), "{id}: {words:?}");
            format!("{id} [{}]", place.join(", "))
        })
        .collect();
    lines.sort();
    lines.join("\n")
}

#[test]
fn a_sentence_is_found_in_files_of_every_format_with_its_place() {
    let corpus = copied("");
    let run = corpus.run("index docs");
    assert_eq!(run.code, 3, "{run}");
    insta::assert_snapshot!("failures", sorted(run.err()));
    insta::assert_snapshot!("english", places(&corpus, ENGLISH));
    insta::assert_snapshot!("korean", places(&corpus, KOREAN));
    insta::assert_snapshot!("japanese", places(&corpus, JAPANESE));
    let again = corpus.run("index docs");
    assert!(again.err().contains("added 0, changed 0, removed 0"), "{again}");
    let deleted = corpus.found("--phrase 'deleted after review'");
    assert_eq!(deleted, ["docs/report.libreoffice.pdf#6"], "what was deleted is only where it is struck out");
}

#[test]
fn places_that_are_no_lines_are_told_to_people() {
    let names =
        ["report.libreoffice.pdf", "slides.libreoffice.pptx", "workbook.libreoffice.ods", "talk.ffmpeg.srt"];
    let corpus = Corpus::with(&[]);
    for file in fixtures("").iter().filter(|file| names.contains(&name(file))) {
        corpus.write(&format!("docs/{}", name(file)), fs::read(file).unwrap());
    }
    corpus.run("index docs");
    let run = corpus.run(&format!("search --phrase '{KOREAN}'"));
    for place in [
        "report.libreoffice.pdf:4 ",
        "slides.libreoffice.pptx:3 ",
        "workbook.libreoffice.ods:지연 시간:2 ",
        "talk.ffmpeg.srt:00:00:01.000 ",
    ] {
        assert!(run.out().contains(&format!("docs/{place}")), "{place}: {run}");
    }
    for (file, place) in [
        ("report.libreoffice.pdf", "[page 4]"),
        ("slides.libreoffice.pptx", "[slide 3]"),
        ("workbook.libreoffice.ods", "[sheet 지연 시간, rows 2 to 5]"),
        ("talk.ffmpeg.srt", "[00:00:01.000 to "),
    ] {
        let run = corpus.run(&format!("show docs/{file}"));
        assert!(run.out().contains(&format!("\n{place}")), "{place}: {run}");
    }
    let url = corpus.path("docs/report.libreoffice.pdf");
    let run = corpus.run(&format!("search --color always --hyperlink-format default --phrase '{KOREAN}'"));
    assert!(run.out().contains(&format!("{}#page=4", url.display())), "{run}");
}

#[test]
fn a_source_that_was_named_and_left_out_is_told_with_the_reason() {
    let corpus = Corpus::with(&[]);
    let scan = fixtures("").into_iter().find(|file| file.ends_with("scan.img2pdf.pdf")).unwrap();
    corpus.write("docs/scan.pdf", fs::read(scan).unwrap());
    let run = corpus.run("index docs/scan.pdf");
    let reason = "tidings: docs/scan.pdf: no text in it; its page may be a scanned image; skipped\n";
    assert!(run.code == 0 && run.err().starts_with(reason), "{run}");
    assert!(!corpus.run("index docs").err().contains("scan.pdf"), "in a folder only when that is asked for");
}

#[test]
fn what_a_file_tells_of_itself_is_on_record() {
    let corpus = copied("");
    corpus.run("index docs");
    let mut told = String::new();
    for file in fixtures("") {
        let id = format!("docs/{}", name(&file));
        let run = corpus.run(&format!("status --json '{id}'"));
        let record = &run.json_lines()[0]["record"];
        let fact = |name: &str| record[name].as_str().unwrap_or("-").to_owned();
        let (title, date, source) = (fact("title"), fact("date"), fact("date_source"));
        let date = if source == "metadata" { date } else { "-".to_owned() };
        let (state, format, author) = (fact("state"), fact("format"), record["other"]["author"].as_str());
        let author = author.unwrap_or("-");
        writeln!(told, "{id}: {state} {format} | {title} | {author} | {date}").unwrap();
    }
    insta::assert_snapshot!("facts", told);
}

#[test]
fn hostile_files_cost_themselves_and_nothing_else() {
    let corpus = copied("hostile");
    corpus.write("docs/good.txt", "Nothing is wrong here.");
    let run = bounded(&corpus, "index docs --extract-time 10");
    assert_eq!(run.code, 3, "{run}");
    assert_eq!(corpus.found("wrong"), ["docs/good.txt#0"]);
    let mut told = String::new();
    for file in fixtures("hostile") {
        let id = format!("docs/{}", name(&file));
        let run = corpus.run(&format!("status '{id}'"));
        assert!(!run.out().contains("unknown"), "{run}");
        // Whether these meet a limit, and which first, depends on how fast the machine is.
        match LIMITED.contains(&name(&file)) {
            true => writeln!(told, "{id}: answered").unwrap(),
            false => told.push_str(run.out()),
        }
    }
    insta::assert_snapshot!("hostile", told);
    for outside in ["root:x:0:0", "/etc/passwd:"] {
        let run = corpus.run(&format!("search --format paths --phrase '{outside}'"));
        assert!(!run.out().contains("passwd"), "{run}");
    }
}

#[test]
fn limits_cost_one_document_and_are_named() {
    let corpus = Corpus::with(&[("docs/a.txt", "Plain text needs no child.")]);
    let document = fixtures("hostile").into_iter().find(|path| path.ends_with("far-cells.xlsx")).unwrap();
    corpus.write("docs/b.xlsx", fs::read(document).unwrap());
    for (arguments, reason) in [
        // The program without the document takes more, however it was built.
        ("--extract-memory 8M", "needs more memory than 8 MiB; raise --extract-memory"),
        ("--extract-time 0.000001", "takes longer than 0.000001 s; raise --extract-time"),
        ("--extract-output 100", "gives more than 100 bytes; raise --extract-output"),
    ] {
        let run = corpus.run(&format!("index docs {arguments}"));
        assert_eq!(run.code, 3, "{run}");
        assert!(run.err().contains(&format!("tidings: docs/b.xlsx: {reason}")), "{run}");
        let again = corpus.run(&format!("index docs {arguments}"));
        assert!(again.err().contains(reason), "on record, with the same limit: {again}");
        assert_eq!(corpus.found("child"), ["docs/a.txt#0"]);
    }
    let run = corpus.run("index docs");
    assert_eq!(run.code, 0, "with other limits it is tried again: {run}");
}

/// What is done to a file's bytes: some are flipped, and perhaps only so much of them is kept.
fn damage() -> impl Strategy<Value = (Vec<(usize, u8)>, Option<usize>)> {
    let flips = proptest::collection::vec((any::<usize>(), 1..=255u8), 1..12);
    (flips, proptest::option::weighted(0.2, any::<usize>()))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3, max_shrink_iters: 0, ..ProptestConfig::default() })]

    #[test]
    fn flipped_bytes_in_every_file_end_in_an_answer(damages in proptest::collection::vec(damage(), 200)) {
        let corpus = Corpus::with(&[]);
        let fixtures = fixtures("");
        for (file, (flips, kept)) in fixtures.iter().zip(damages) {
            let mut bytes = fs::read(file).unwrap();
            for (at, mask) in flips {
                let at = at % bytes.len();
                bytes[at] ^= mask;
            }
            bytes.truncate(kept.map_or(bytes.len(), |kept| kept % bytes.len()));
            corpus.write(&format!("docs/{}", name(file)), bytes);
        }
        let run = bounded(&corpus, "index docs --extract-time 20");
        prop_assert!(matches!(run.code, 0 | 3), "{}", run);
        prop_assert!(!run.err().contains("mistake of this program"), "{}", run);
        let status = corpus.run("status docs");
        let counts = status.out().split(|character: char| !character.is_ascii_digit());
        let answers: usize = counts.filter_map(|count| count.parse::<usize>().ok()).sum();
        prop_assert!(answers >= fixtures.len(), "{}", status);
    }
}
