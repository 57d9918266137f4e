//! What cannot be opened, what may not be written, and who else is writing.

use std::fs::{self, File};

use insta::assert_snapshot;

use crate::harness::{Corpus, files_of};

const READERS: [&str; 6] =
    ["search warning", "show docs/news.md", "status", "terms warn", "verify", "compact"];

#[test]
fn a_missing_index_is_said_with_the_remedy() {
    let corpus = Corpus::with(&[]);
    assert_snapshot!(corpus.run("search warning"), @r"
    exit 4
    stderr:
    tidings: no index at index/; run `tidings index` first
    ");
    assert_snapshot!(corpus.run("search warning --index some/where"), @r"
    exit 4
    stderr:
    tidings: no index at some/where/; run `tidings index` first
    ");
    for command in READERS {
        assert_eq!(corpus.run(command).code, 4, "{command}");
    }
    assert!(!corpus.path("index").exists());
}

#[test]
fn the_index_stands_where_flag_or_environment_say() {
    let corpus = Corpus::desk();
    fs::rename(corpus.path("index"), corpus.path("elsewhere")).unwrap();
    assert_eq!(corpus.run("search storm --index elsewhere").code, 0);
    assert_eq!(corpus.run("--index elsewhere search storm").code, 0);
    let mut command = corpus.command("search storm");
    command.env("TIDINGS_INDEX", "elsewhere");
    assert_eq!(crate::harness::finish(command, "").code, 0);
    assert_eq!(corpus.run("search storm").code, 4);
}

#[test]
fn an_index_of_another_version_is_said_with_the_remedy() {
    let corpus = Corpus::desk();
    let meta = fs::read_to_string(corpus.path("index/meta.json")).unwrap();
    let other = meta.replace(r#"\"format_version\":6"#, r#"\"format_version\":77"#);
    assert_ne!(meta, other);
    fs::write(corpus.path("index/meta.json"), &other).unwrap();
    assert_snapshot!(corpus.run("search warning"), @r"
    exit 4
    stderr:
    tidings: index/: index format 77, this version reads 6; remove the folder and run `tidings index` again
    ");
    assert_snapshot!(corpus.run("index docs"), @r"
    exit 4
    stderr:
    tidings: index/: index format 77, this version reads 6; remove the folder and run `tidings index` again
    ");
    for command in READERS {
        assert_eq!(corpus.run(command).code, 4, "{command}");
    }
    assert_eq!(fs::read_to_string(corpus.path("index/meta.json")).unwrap(), other);
}

#[test]
fn a_corrupt_index_is_said_with_the_remedy() {
    let corpus = Corpus::desk();
    let meta = fs::read(corpus.path("index/meta.json")).unwrap();
    fs::write(corpus.path("index/meta.json"), &meta[..meta.len() / 2]).unwrap();
    for command in READERS.into_iter().chain(["index docs"]) {
        let run = corpus.run(command);
        assert_eq!(run.code, 4, "{command}: {run}");
        assert!(run.err().starts_with("tidings: index/: corrupt index ("), "{command}: {run}");
        assert!(!run.err().contains("Content:"), "{command} shows what the file holds: {run}");
    }
    fs::write(corpus.path("index/meta.json"), b"\xff\0garbage").unwrap();
    for command in READERS.into_iter().chain(["index docs"]) {
        let run = corpus.run(command);
        assert_eq!(run.code, 4, "{command}: {run}");
        assert!(run.err().contains("corrupt"), "{command}: {run}");
    }
}

#[test]
fn a_missing_segment_file_is_said_with_the_remedy() {
    let corpus = Corpus::desk();
    corpus.run("compact");
    let store = files_of(&corpus.path("index")).into_iter().find(|name| name.ends_with(".store")).unwrap();
    corpus.remove(&format!("index/{store}"));
    for command in READERS.into_iter().chain(["index docs"]) {
        let run = corpus.run(command);
        assert_eq!(run.code, 4, "{command}: {run}");
        let shown = run.to_string().replace(&store, "SEGMENT.store");
        assert!(
            shown.contains("index/: corrupt index (SEGMENT.store is missing); remove"),
            "{command}: {shown}"
        );
    }
}

/// Also the superuser may make no folder here.
#[cfg(target_os = "linux")]
#[test]
fn an_index_that_may_not_be_written_is_said_and_exits_with_5() {
    let corpus = Corpus::with(&[("docs/a.txt", "text")]);
    assert_snapshot!(corpus.run("index docs --index /sys/tidings"), @r"
    exit 5
    stderr:
    tidings: /sys/tidings/: permission denied; check who owns the folder, or name another with --index
    ");
}

/// Under `/proc` there are no new folders, whoever asks.
#[cfg(target_os = "linux")]
#[test]
fn a_place_where_no_index_can_be_made_is_not_called_a_corrupt_one() {
    let corpus = Corpus::with(&[("docs/a.txt", "text")]);
    let run = corpus.run("index docs --index /proc/tidings");
    assert_ne!(run.code, 0, "{run}");
    assert!(!run.err().contains("corrupt"), "{run}");
}

#[test]
fn an_index_path_that_is_a_file_is_left_alone() {
    let corpus = Corpus::with(&[("docs/a.txt", "text"), ("file", "kept")]);
    let run = corpus.run("index docs --index file");
    assert_eq!(run.code, 2, "{run}");
    assert!(!run.err().contains("last commit"), "{run}");
    assert_snapshot!(corpus.run("search text --index file"), @r"
    exit 4
    stderr:
    tidings: no index at file/; run `tidings index` first
    ");
    assert_eq!(fs::read(corpus.path("file")).unwrap(), b"kept");
}

/// Holds the lock that writers take.
fn lock(corpus: &Corpus) -> File {
    let file =
        File::options().create(true).append(true).open(corpus.path("index/.tantivy-writer.lock")).unwrap();
    file.try_lock().unwrap();
    file
}

#[test]
fn a_second_writer_is_told_that_the_index_is_busy() {
    let corpus = Corpus::desk();
    let lock = lock(&corpus);
    assert_snapshot!(corpus.run("index docs"), @r"
    exit 75
    stderr:
    tidings: index/: another process is writing to this index; try again later, or wait for it with --wait SECONDS
    ");
    assert_snapshot!(corpus.run("compact"), @r"
    exit 75
    stderr:
    tidings: index/: another process is writing to this index; try again later, or wait for it with --wait SECONDS
    ");
    assert_snapshot!(corpus.run("search --refresh=docs storm"), @r"
    exit 75
    stderr:
    tidings: index/: another process is writing to this index; try again later, or wait for it with --wait SECONDS
    ");
    drop(lock);
    assert_eq!(corpus.run("index docs").code, 0);
}

#[test]
fn readers_do_not_wait_for_a_writer() {
    let corpus = Corpus::desk();
    let _lock = lock(&corpus);
    for command in ["search warning", "show docs/news.md", "status", "verify"] {
        assert_eq!(corpus.run(command).code, 0, "{command}");
    }
}

#[test]
fn a_writer_may_wait_for_the_one_before() {
    let corpus = Corpus::desk();
    corpus.write("docs/new.txt", "Unheard of.");
    let lock = lock(&corpus);
    let mut waiting = corpus.start("index docs --wait 60");
    // Time enough to come to the lock; were it not, the writer would find it free, which is as good.
    std::thread::sleep(std::time::Duration::from_millis(300));
    assert!(waiting.try_wait().unwrap().is_none(), "it did not wait");
    drop(lock);
    assert_eq!(waiting.wait().unwrap().code(), Some(0));
    assert_eq!(corpus.found("unheard"), ["docs/new.txt#0"]);
}

#[test]
fn an_answer_that_cannot_be_written_is_no_success() {
    let corpus = Corpus::desk();
    let mut command = corpus.command("search warning");
    let Ok(full) = File::options().write(true).open("/dev/full") else { return };
    let output = command.stdout(full).output().unwrap();
    assert_eq!(output.status.code(), Some(3));
    assert_snapshot!(String::from_utf8_lossy(&output.stderr), @"tidings: standard output: no space left on device");
}
