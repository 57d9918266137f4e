//! `index`: what a pass takes, and what it says of it.

use std::io::Write;
use std::process::Stdio;
use std::time::{Duration, Instant};

use insta::assert_snapshot;

use crate::harness::Corpus;
use crate::json_lines::WIRE;

fn three() -> Corpus {
    Corpus::with(&[
        ("docs/a.txt", "The harbour opens at dawn."),
        ("docs/b.md", "# Tides\n\nHigh water comes twice a day."),
        ("docs/c.txt", "Nets are mended in winter."),
    ])
}

#[test]
fn the_first_pass_adds_everything() {
    assert_snapshot!(three().run("index docs"), @r"
    exit 0
    stderr:
    tidings: added 3, changed 0, removed 0, unchanged 0, skipped 0, failed 0
    ");
}

#[test]
fn a_pass_without_changes_says_so() {
    let corpus = three();
    corpus.run("index docs");
    assert_snapshot!(corpus.run("index docs"), @r"
    exit 0
    stderr:
    tidings: added 0, changed 0, removed 0, unchanged 3, skipped 0, failed 0
    ");
    assert_snapshot!(corpus.run("index"), @r"
    exit 0
    stderr:
    tidings: added 0, changed 0, removed 0, unchanged 3, skipped 0, failed 0
    ");
}

#[test]
fn a_changed_file_is_replaced() {
    let corpus = three();
    corpus.run("index docs");
    corpus.write("docs/a.txt", "The harbour opens at noon.");
    assert_snapshot!(corpus.run("index docs"), @r"
    exit 0
    stderr:
    tidings: added 0, changed 1, removed 0, unchanged 2, skipped 0, failed 0
    ");
    assert_eq!(corpus.found("noon"), ["docs/a.txt#0"]);
    assert_eq!(corpus.found("dawn"), [""; 0]);
}

#[test]
fn a_removed_file_is_removed() {
    let corpus = three();
    corpus.run("index docs");
    corpus.remove("docs/c.txt");
    assert_snapshot!(corpus.run("index docs"), @r"
    exit 0
    stderr:
    tidings: added 0, changed 0, removed 1, unchanged 2, skipped 0, failed 0
    ");
    assert_eq!(corpus.found("nets"), [""; 0]);
}

#[test]
fn a_removed_folder_is_removed_with_what_was_in_it() {
    let corpus = three();
    corpus.write("docs/deep/d.txt", "Below.");
    corpus.run("index docs");
    corpus.remove("docs/deep");
    assert_snapshot!(corpus.run("index docs"), @r"
    exit 0
    stderr:
    tidings: added 0, changed 0, removed 1, unchanged 3, skipped 0, failed 0
    ");
}

#[test]
fn a_root_that_is_gone_is_a_failure_and_keeps_its_documents() {
    let corpus = three();
    corpus.write("other/d.txt", "Elsewhere.");
    corpus.run("index docs other");
    corpus.remove("other");
    assert_snapshot!(corpus.run("index docs other"), @r"
    exit 3
    stderr:
    tidings: other: not found
    tidings: added 0, changed 0, removed 0, unchanged 3, skipped 0, failed 1
    ");
    assert_eq!(corpus.found("elsewhere"), ["other/d.txt#0"]);
    assert_snapshot!(corpus.run("index ."), @r"
    exit 0
    stderr:
    tidings: added 0, changed 0, removed 1, unchanged 3, skipped 0, failed 0
    ");
    assert_eq!(corpus.found("elsewhere"), [""; 0]);
}

#[test]
fn a_path_that_never_was_is_not_remembered() {
    let corpus = three();
    assert_eq!(corpus.run("index docs docz").code, 3);
    assert_snapshot!(corpus.run("index docs"), @r"
    exit 0
    stderr:
    tidings: added 0, changed 0, removed 0, unchanged 3, skipped 0, failed 0
    ");
    assert_snapshot!(corpus.run("index"), @r"
    exit 0
    stderr:
    tidings: added 0, changed 0, removed 0, unchanged 3, skipped 0, failed 0
    ");
}

#[test]
fn a_renamed_file_is_added_and_removed() {
    let corpus = three();
    corpus.run("index docs");
    std::fs::rename(corpus.path("docs/a.txt"), corpus.path("docs/z.txt")).unwrap();
    assert_snapshot!(corpus.run("index docs"), @r"
    exit 0
    stderr:
    tidings: added 1, changed 0, removed 1, unchanged 2, skipped 0, failed 0
    ");
    assert_eq!(corpus.found("harbour"), ["docs/z.txt#0"]);
}

#[test]
fn a_touched_file_with_the_same_content_is_unchanged() {
    let corpus = three();
    corpus.run("index docs");
    corpus.touch("docs/a.txt");
    assert_snapshot!(corpus.run("index docs"), @r"
    exit 0
    stderr:
    tidings: added 0, changed 0, removed 0, unchanged 3, skipped 0, failed 0
    ");
    assert_eq!(corpus.found("harbour"), ["docs/a.txt#0"]);
}

#[test]
fn a_text_that_becomes_binary_leaves_the_index() {
    let corpus = three();
    corpus.run("index docs");
    corpus.write("docs/a.txt", b"\x89PNG\r\n\x1a\n\0\0harbour");
    assert_snapshot!(corpus.run("index docs -v"), @r"
    exit 0
    stderr:
    tidings: docs/a.txt: binary; skipped
    tidings: added 0, changed 0, removed 0, unchanged 2, skipped 1, failed 0
    ");
    assert_snapshot!(corpus.run("index docs"), @r"
    exit 0
    stderr:
    tidings: added 0, changed 0, removed 0, unchanged 2, skipped 1, failed 0
    ");
    assert_eq!(corpus.found("harbour"), [""; 0]);
    corpus.write("docs/a.txt", "The harbour is back.");
    assert_snapshot!(corpus.run("index docs"), @r"
    exit 0
    stderr:
    tidings: added 1, changed 0, removed 0, unchanged 2, skipped 0, failed 0
    ");
    assert_eq!(corpus.found("harbour"), ["docs/a.txt#0"]);
}

#[test]
fn a_folder_outside_the_scanned_paths_keeps_its_documents() {
    let corpus = three();
    corpus.write("other/d.txt", "Elsewhere.");
    corpus.run("index docs other");
    corpus.remove("other/d.txt");
    corpus.remove("docs/c.txt");
    assert_snapshot!(corpus.run("index docs"), @r"
    exit 0
    stderr:
    tidings: added 0, changed 0, removed 1, unchanged 2, skipped 0, failed 0
    ");
    assert_eq!(corpus.found("elsewhere"), ["other/d.txt#0"]);
}

#[test]
fn roots_that_overlap_give_each_document_once() {
    let corpus = three();
    assert_snapshot!(corpus.run("index docs ./docs docs/a.txt docs/../docs ."), @r"
    exit 0
    stderr:
    tidings: added 3, changed 0, removed 0, unchanged 0, skipped 0, failed 0
    ");
    assert_eq!(corpus.found("harbour"), ["docs/a.txt#0"]);
}

#[test]
fn a_named_file_that_does_not_exist_fails_and_the_rest_goes_on() {
    assert_snapshot!(three().run("index docs nowhere.txt"), @r"
    exit 3
    stderr:
    tidings: nowhere.txt: not found
    tidings: added 3, changed 0, removed 0, unchanged 0, skipped 0, failed 1
    ");
}

#[test]
fn without_sources_the_default_folder_is_missed() {
    assert_snapshot!(three().run("index"), @r"
    exit 2
    stderr:
    tidings: seeds: not found; name the files or folders to read
    ");
}

#[test]
fn without_sources_the_default_folder_is_taken() {
    let corpus = Corpus::with(&[("seeds/a.txt", "A seed.")]);
    assert_snapshot!(corpus.run("index"), @r"
    exit 0
    stderr:
    tidings: added 1, changed 0, removed 0, unchanged 0, skipped 0, failed 0
    ");
}

#[test]
fn quiet_passes_tell_of_failures_alone() {
    let corpus = Corpus::with(&[("docs/a.jsonl", "{\"id\":\"1\",\"text\":\"good\"}\nbad\n")]);
    assert_snapshot!(corpus.run("index docs -q"), @r"
    exit 3
    stderr:
    tidings: docs/a.jsonl:2: malformed JSON at column 1: expected an object
    ");
}

#[test]
fn compressed_files_are_read() {
    let corpus = Corpus::with(&[]);
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gzip.write_all(b"# Packed\n\nSqueezed by gzip.\n").unwrap();
    corpus.write("docs/a.md.gz", gzip.finish().unwrap());
    corpus
        .write("docs/b.txt.zst", zstd::encode_all(&b"First line.\nSqueezed by zstandard.\n"[..], 3).unwrap());
    corpus.write("docs/c.jsonl.zst", zstd::encode_all(WIRE.as_bytes(), 3).unwrap());
    corpus.write("docs/d.txt.gz", b"\x1f\x8b\x08\x00broken");
    assert_snapshot!(corpus.run("index docs"), @r"
    exit 3
    stderr:
    tidings: docs/d.txt.gz: gzip data is cut off
    tidings: added 5, changed 0, removed 0, unchanged 0, skipped 0, failed 1
    ");
    assert_snapshot!(corpus.run("search --format vimgrep squeezed"), @r"
    exit 0
    stdout:
    docs/b.txt.zst:2:1:Squeezed by zstandard.
    docs/a.md.gz:3:1:Squeezed by gzip.
    ");
    assert_eq!(corpus.hits("gzip")[0]["document"]["format"], "markdown");
    assert_eq!(corpus.found("third"), ["docs/c.jsonl.zst#three#0"]);
}

#[test]
fn standard_input_is_a_document() {
    let corpus = three();
    assert_snapshot!(corpus.run_with("index docs -", "Typed by hand about eels."), @r"
    exit 0
    stderr:
    tidings: added 4, changed 0, removed 0, unchanged 0, skipped 0, failed 0
    ");
    assert_snapshot!(corpus.run_with("index -", "Typed by hand about eels."), @r"
    exit 0
    stderr:
    tidings: added 0, changed 0, removed 0, unchanged 1, skipped 0, failed 0
    ");
    assert_snapshot!(corpus.run_with("index -", "Typed by hand about crabs."), @r"
    exit 0
    stderr:
    tidings: added 0, changed 1, removed 0, unchanged 0, skipped 0, failed 0
    ");
    assert_eq!(corpus.found("crabs"), ["-#0"]);
    assert_eq!(corpus.found("eels"), [""; 0]);
    assert_snapshot!(corpus.run("index"), @r"
    exit 0
    stderr:
    tidings: added 0, changed 0, removed 0, unchanged 3, skipped 0, failed 0
    ");
    assert_eq!(corpus.found("crabs"), ["-#0"]);
}

#[test]
fn hidden_and_ignored_files_are_left_out_unless_they_are_wanted() {
    let corpus = Corpus::with(&[
        ("docs/.gitignore", "*.log\nbuild/\n"),
        ("docs/.hidden.txt", "Hidden."),
        ("docs/.secret/deep.txt", "Hidden too."),
        ("docs/a.log", "Logged."),
        ("docs/build/b.txt", "Built."),
        ("docs/c.txt", "Taken."),
    ]);
    std::fs::create_dir(corpus.path(".git")).unwrap();
    assert_snapshot!(corpus.run("index docs --verbose"), @r"
    exit 0
    stderr:
    tidings: added 1, changed 0, removed 0, unchanged 0, skipped 0, failed 0
    ");
    assert_snapshot!(corpus.run("index docs --hidden --glob !.gitignore"), @r"
    exit 0
    stderr:
    tidings: added 2, changed 0, removed 0, unchanged 1, skipped 0, failed 0
    ");
    assert_snapshot!(corpus.run("index docs --no-ignore"), @r"
    exit 0
    stderr:
    tidings: added 2, changed 0, removed 0, unchanged 1, skipped 0, failed 0
    ");
    assert_snapshot!(corpus.run("index docs"), @r"
    exit 0
    stderr:
    tidings: added 0, changed 0, removed 2, unchanged 1, skipped 0, failed 0
    ");
}

#[test]
fn globs_choose_files() {
    let corpus = three();
    assert_snapshot!(corpus.run("index docs --glob *.txt --glob !c*"), @r"
    exit 0
    stderr:
    tidings: added 1, changed 0, removed 0, unchanged 0, skipped 0, failed 0
    ");
    assert_snapshot!(corpus.run("index docs -g *.md"), @r"
    exit 0
    stderr:
    tidings: added 1, changed 0, removed 0, unchanged 0, skipped 0, failed 0
    ");
    assert_snapshot!(corpus.run("index docs -g [a"), @r#"
    exit 2
    stderr:
    tidings: glob "[a": unclosed character class; missing ']'
    "#);
}

#[test]
fn large_files_are_skipped() {
    let corpus = three();
    corpus.write("docs/large.txt", "word ".repeat(1000));
    assert_snapshot!(corpus.run("index docs --max-file-size 4K --verbose"), @r"
    exit 0
    stderr:
    tidings: docs/large.txt: larger than 4 KiB (4.9 KiB); raise --max-file-size; skipped
    tidings: added 3, changed 0, removed 0, unchanged 0, skipped 1, failed 0
    ");
    assert_snapshot!(corpus.run("index docs"), @r"
    exit 0
    stderr:
    tidings: added 1, changed 0, removed 0, unchanged 3, skipped 0, failed 0
    ");
    assert_snapshot!(corpus.run("index docs --max-file-size 4X"), @r"
    exit 2
    stderr:
    error: invalid value '4X' for '--max-file-size <SIZE>': no unit `X`; write K, M or G

    For more information, try '--help'.
    ");
}

#[test]
fn an_empty_file_is_a_document_without_passages() {
    let corpus = Corpus::with(&[("docs/empty.txt", ""), ("docs/blank.md", " \n\n")]);
    assert_snapshot!(corpus.run("index docs"), @r"
    exit 0
    stderr:
    tidings: added 2, changed 0, removed 0, unchanged 0, skipped 0, failed 0
    ");
    assert_snapshot!(corpus.run("status docs/empty.txt"), @r"
    exit 0
    stdout:
    docs/empty.txt: indexed, 0 passages
    ");
    assert_snapshot!(corpus.run("index docs"), @r"
    exit 0
    stderr:
    tidings: added 0, changed 0, removed 0, unchanged 2, skipped 0, failed 0
    ");
}

#[test]
fn a_file_with_a_zero_byte_is_binary() {
    let corpus = Corpus::with(&[("docs/a.txt", "text\0text")]);
    assert_snapshot!(corpus.run("index docs -v"), @r"
    exit 0
    stderr:
    tidings: docs/a.txt: binary; skipped
    tidings: added 0, changed 0, removed 0, unchanged 0, skipped 1, failed 0
    ");
    assert_snapshot!(corpus.run("status docs/a.txt"), @r"
    exit 1
    stdout:
    docs/a.txt: skipped: binary
    ");
}

#[test]
fn each_encoding_is_found_by_a_word_on_its_line() {
    let corpus = Corpus::with(&[]);
    let korean =
        "첫 번째 줄에는 인사말이 있습니다.\n두 번째 줄에는 미사일 경보가 있습니다.\n마지막 줄입니다.\n";
    let japanese = "これは最初の行です。\nこの行にはミサイル警報があります。\n最後の行です。\n";
    let french = "La première ligne est très courte.\nLe café près du théâtre était fermé.\nÀ bientôt.\n";
    let encode = |encoding: &'static encoding_rs::Encoding, text| encoding.encode(text).0.into_owned();
    corpus.write("docs/euc-kr.txt", encode(encoding_rs::EUC_KR, korean));
    corpus.write("docs/shift-jis.txt", encode(encoding_rs::SHIFT_JIS, japanese));
    corpus.write("docs/windows-1252.txt", encode(encoding_rs::WINDOWS_1252, french));
    let utf_16 = |order: fn(u16) -> [u8; 2]| -> Vec<u8> {
        "\u{feff}One line.\nThe other line is wide.\n".encode_utf16().flat_map(order).collect()
    };
    corpus.write("docs/utf-16be.txt", utf_16(u16::to_be_bytes));
    corpus.write("docs/utf-16le.txt", utf_16(u16::to_le_bytes));
    assert_snapshot!(corpus.run("index docs"), @r"
    exit 0
    stderr:
    tidings: added 5, changed 0, removed 0, unchanged 0, skipped 0, failed 0
    ");
    assert_snapshot!(corpus.run("search --format vimgrep 경보"), @r"
    exit 0
    stdout:
    docs/euc-kr.txt:2:32:두 번째 줄에는 미사일 경보가 있습니다.
    ");
    assert_snapshot!(corpus.run("search --format vimgrep 警報"), @r"
    exit 0
    stdout:
    docs/shift-jis.txt:2:28:この行にはミサイル警報があります。
    ");
    assert_snapshot!(corpus.run("search --format vimgrep theatre"), @r"
    exit 0
    stdout:
    docs/windows-1252.txt:2:19:Le café près du théâtre était fermé.
    ");
    assert_snapshot!(corpus.run("search --format vimgrep wide"), @r"
    exit 0
    stdout:
    docs/utf-16be.txt:2:19:The other line is wide.
    docs/utf-16le.txt:2:19:The other line is wide.
    ");
}

#[cfg(unix)]
#[test]
fn links_that_lead_in_circles_and_special_files_stop_nothing() {
    let corpus = three();
    std::os::unix::fs::symlink("..", corpus.path("docs/loop")).unwrap();
    std::os::unix::fs::symlink("nowhere", corpus.path("docs/dangling")).unwrap();
    let made = std::process::Command::new("mkfifo").arg(corpus.path("docs/pipe")).status().unwrap();
    assert!(made.success());
    let socket = std::os::unix::net::UnixListener::bind(corpus.path("docs/socket")).unwrap();
    assert_snapshot!(corpus.run("index docs --verbose").sorted(), @r"
    exit 0
    stderr:
    tidings: added 3, changed 0, removed 0, unchanged 0, skipped 4, failed 0
    tidings: docs/dangling: symbolic link; use --follow; skipped
    tidings: docs/loop: symbolic link; use --follow; skipped
    tidings: docs/pipe: a named pipe, not a file; skipped
    tidings: docs/socket: a socket, not a file; skipped
    ");
    assert_snapshot!(corpus.run("index docs --follow --verbose").sorted(), @r"
    exit 3
    stderr:
    tidings: added 0, changed 0, removed 0, unchanged 3, skipped 3, failed 1
    tidings: docs/dangling: symbolic link to nothing
    tidings: docs/loop/docs: same folder as docs; skipped
    tidings: docs/pipe: a named pipe, not a file; skipped
    tidings: docs/socket: a socket, not a file; skipped
    ");
    drop(socket);
    assert_snapshot!(corpus.run("index docs/pipe"), @r"
    exit 0
    stderr:
    tidings: docs/pipe: a named pipe, not a file; skipped
    tidings: added 0, changed 0, removed 0, unchanged 0, skipped 1, failed 0
    ");
    assert_snapshot!(corpus.run("index /dev/null"), @r"
    exit 0
    stderr:
    tidings: /dev/null: a device, not a file; skipped
    tidings: added 0, changed 0, removed 0, unchanged 0, skipped 1, failed 0
    ");
}

#[test]
fn the_index_itself_is_never_read() {
    let corpus = three();
    corpus.run("index .");
    assert_snapshot!(corpus.run("index . --hidden --no-ignore"), @r"
    exit 0
    stderr:
    tidings: added 0, changed 0, removed 0, unchanged 3, skipped 0, failed 0
    ");
}

#[test]
fn a_folder_that_is_no_index_is_left_alone() {
    let corpus = three();
    assert_snapshot!(corpus.run("index docs --index docs"), @"
    exit 2
    stderr:
    tidings: docs/: neither an index nor an empty folder; name another with --index
    ");
}

#[test]
fn numbers_that_make_no_sense_are_usage_errors() {
    let corpus = three();
    assert_snapshot!(corpus.run("index docs --commit-every -1"), @r"
    exit 2
    stderr:
    error: unexpected argument '-1' found

      tip: to pass '-1' as a value, use '-- -1'

    Usage: tidings index [OPTIONS] [PATH]...

    For more information, try '--help'.
    ");
    assert_snapshot!(corpus.run("index docs --commit-every nan"), @r"
    exit 2
    stderr:
    tidings: --commit-every NaN: cannot convert float seconds to Duration: value is either too big or NaN
    ");
    assert_snapshot!(corpus.run("index docs --wait soon"), @r"
    exit 2
    stderr:
    error: invalid value 'soon' for '--wait <SECONDS>': invalid digit found in string

    For more information, try '--help'.
    ");
}

#[cfg(all(target_os = "linux", target_env = "gnu"))]
#[test]
fn a_pass_is_told_to_give_back_the_memory_that_it_frees() {
    let corpus = Corpus::with(&[]);
    let mut command = corpus.command("index -");
    let limits = ["MALLOC_MMAP_THRESHOLD_", "MALLOC_TRIM_THRESHOLD_", "MALLOC_ARENA_MAX"];
    for variable in limits.into_iter().chain(["GLIBC_TUNABLES", "LD_PRELOAD"]) {
        command.env_remove(variable);
    }
    let mut pass = command.stdin(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let environment = format!("/proc/{}/environ", pass.id());
    let is_told = || {
        // While the program takes its place once more there may be nothing to read.
        let variables = std::fs::read(&environment).unwrap_or_default();
        variables.split(|&byte| byte == 0).any(|variable| variable == b"MALLOC_MMAP_THRESHOLD_=1048576")
    };
    let start = Instant::now();
    while !is_told() {
        assert!(start.elapsed() < Duration::from_secs(60), "it goes on as it was started");
        std::thread::sleep(Duration::from_millis(2));
    }
    pass.stdin.take().unwrap().write_all(b"A harbour.").unwrap();
    assert_eq!(pass.wait().unwrap().code(), Some(0));
    assert_eq!(corpus.hits("harbour").len(), 1);
}
