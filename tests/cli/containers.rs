//! Files that hold documents: archives, mailboxes, messages with attachments; and the choosing of files by type.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use crate::harness::Corpus;

/// A tar archive of these members, as the format prescribes it.
fn tar(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (name, content) in members {
        let mut header = [0u8; 512];
        header[..name.len()].copy_from_slice(name.as_bytes());
        header[100..108].copy_from_slice(b"0000644\0");
        header[124..136].copy_from_slice(format!("{:011o}\0", content.len()).as_bytes());
        header[136..148].copy_from_slice(b"14524770000\0");
        header[148..156].copy_from_slice(b"        ");
        header[156] = b'0';
        header[257..265].copy_from_slice(b"ustar\x0000");
        let sum: u32 = header.iter().map(|&byte| u32::from(byte)).sum();
        header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        bytes.extend_from_slice(&header);
        bytes.extend_from_slice(content);
        bytes.resize(bytes.len().next_multiple_of(512), 0);
    }
    bytes.resize(bytes.len() + 1024, 0);
    bytes
}

fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)).unwrap()
}

#[test]
fn a_member_that_changes_is_read_again_and_the_others_are_not() {
    let pdf = fixture("memo.groff.pdf");
    let corpus = Corpus::with(&[]);
    corpus
        .write("docs/a.tar", tar(&[("one.txt", b"first word"), ("two.md", b"# Quartz"), ("memo.pdf", &pdf)]));
    assert!(corpus.run("index docs").err().contains("added 3, changed 0, removed 0, unchanged 0"));
    corpus
        .write("docs/a.tar", tar(&[("one.txt", b"unlike word"), ("memo.pdf", &pdf), ("new.txt", b"third")]));
    let run = corpus.run("index docs");
    assert!(run.err().contains("added 1, changed 1, removed 1, unchanged 1, skipped 0, failed 0"), "{run}");
    assert_eq!(corpus.found("unlike"), ["docs/a.tar!/one.txt#0"]);
    assert_eq!(corpus.found("quartz"), Vec::<String>::new(), "it is no member any more");
    corpus.remove("docs/a.tar");
    let run = corpus.run("index docs");
    assert!(run.err().contains("added 0, changed 0, removed 3"), "{run}");
    assert_eq!(corpus.found("unlike OR third"), Vec::<String>::new());
}

#[test]
fn members_of_one_name_are_told_apart_and_hidden_ones_left_out() {
    let corpus = Corpus::with(&[]);
    let members: [(&str, &[u8]); 4] =
        [("a.txt", b"first"), ("a.txt", b"second"), (".git/config", b"third"), ("__MACOSX/a.txt", b"fourth")];
    corpus.write("docs/a.tar", tar(&members));
    assert_eq!(corpus.run("index docs").code, 0);
    assert_eq!(corpus.found("first OR second"), ["docs/a.tar!/a.txt#0", "docs/a.tar!/a.txt (2)#0"]);
    assert_eq!(corpus.found("third OR fourth"), Vec::<String>::new());
    corpus.touch("docs/a.tar");
    corpus.run("index docs --hidden");
    assert_eq!(corpus.found("third"), ["docs/a.tar!/.git/config#0"]);
}

#[test]
fn archives_are_opened_as_deep_as_is_asked() {
    let inner = tar(&[("deep.txt", b"depth")]);
    let middle = tar(&[("inner.tar", &inner), ("shallow.txt", b"surface")]);
    let corpus = Corpus::with(&[]);
    corpus.write("docs/outer.tar", tar(&[("middle.tar", &middle)]));
    let run = corpus.run("index docs --archive-depth 2 --verbose");
    let reason =
        "docs/outer.tar!/middle.tar!/inner.tar: stands in 2 archives; raise --archive-depth; skipped";
    assert!(run.code == 0 && run.err().contains(reason), "{run}");
    assert_eq!(corpus.found("surface depth"), ["docs/outer.tar!/middle.tar!/shallow.txt#0"]);
    corpus.touch("docs/outer.tar");
    corpus.run("index docs");
    assert_eq!(corpus.found("depth"), ["docs/outer.tar!/middle.tar!/inner.tar!/deep.txt#0"]);
    let shown = corpus.run("show 'docs/outer.tar!/middle.tar!/inner.tar!/deep.txt'");
    assert!(shown.out().contains("\ndepth\n"), "{shown}");
    corpus.touch("docs/outer.tar");
    let run = corpus.run("index docs --archive-depth 0");
    assert!(run.err().contains("removed 2") && run.err().contains("skipped 1"), "{run}");
}

#[test]
fn a_message_is_a_document_and_its_attachments_are_too() {
    let corpus = Corpus::with(&[]);
    corpus.write("docs/post.eml", fixture("attachments.mutt.eml"));
    let run = corpus.run("index docs");
    assert_eq!(run.code, 0, "{run}");
    let documents = corpus.run("search --format paths --limit 50 '*'");
    insta::assert_snapshot!(documents, @"
    exit 0
    stdout:
    docs/post.eml
    docs/post.eml!/memo.pdf
    docs/post.eml!/plain.mutt.eml
    docs/post.eml!/예행연습 기록.txt
    ");
    let again = corpus.run("index docs");
    assert!(again.err().contains("added 0, changed 0, removed 0"), "{again}");
    corpus.write("docs/post.eml", fixture("plain.mutt.eml"));
    let run = corpus.run("index docs");
    assert!(run.err().contains("changed 1"), "{run}");
    let run = corpus.run("search --format paths --limit 50 '*'");
    assert_eq!(run.out(), "docs/post.eml\n", "attachments go with what they were attached to");
}

#[test]
fn a_message_more_in_a_mailbox_is_one_document_more() {
    let message = |number: u32, words: &str| {
        format!(
            "From ann@example.org Tue Dec 19 09:0{number}:00 2023\nFrom: ann@example.org\nSubject: Note {number}\n\n{words}\n\n"
        )
    };
    let corpus = Corpus::with(&[]);
    corpus.write("docs/list.mbox", [message(1, "lanterns"), message(2, "gongs")].concat());
    assert!(corpus.run("index docs").err().contains("added 2"));
    corpus
        .write("docs/list.mbox", [message(1, "lanterns"), message(2, "gongs"), message(3, "bells")].concat());
    let run = corpus.run("index docs");
    assert!(run.err().contains("added 1, changed 0, removed 0, unchanged 2"), "{run}");
    let hits = corpus.hits("bells");
    assert_eq!(hits[0]["document"]["id"], "docs/list.mbox#3");
    assert_eq!(hits[0]["document"]["title"], "Note 3");
    let lines = &hits[0]["passage"]["location"]["lines"];
    assert!(lines["start"].as_u64() >= Some(13), "places count in the mailbox: {lines}");
}

#[test]
fn only_files_of_the_types_that_are_asked_for_are_read() {
    let corpus = Corpus::with(&[("docs/a.md", "word"), ("docs/b.txt", "word"), ("docs/c.rs", "word")]);
    corpus.run("index docs --type md,rust");
    assert_eq!(corpus.found("word"), ["docs/a.md#0", "docs/c.rs#0"]);
    corpus.run("index docs --type-not text");
    assert_eq!(corpus.found("word").len(), 2, "a narrower pass removes nothing");
    corpus.run("index docs");
    assert_eq!(corpus.found("word").len(), 3);
    let run = corpus.run("index docs --type pfd");
    insta::assert_snapshot!(run, @r#"
    exit 2
    stderr:
    tidings: type "pfd": not known; --list-types lists what is
    "#);
    let list = corpus.run("index --list-types");
    for line in ["\npdf: *.pdf\n", "\nsubtitles: *.srt, *.vtt\n", "\nrust: *.rs\n"] {
        assert!(list.out().contains(line), "{list}");
    }
}

#[test]
fn a_line_of_two_hundred_megabytes_is_left_out_with_a_reason() {
    let corpus = Corpus::with(&[("docs/a.txt", "word")]);
    for (name, start) in [("b.txt", "word "), ("c.jsonl", "{\"text\":\"")] {
        let mut file = BufWriter::new(File::create(corpus.path(&format!("docs/{name}"))).unwrap());
        file.write_all(start.as_bytes()).unwrap();
        let block = "word ".repeat(1 << 13);
        for _ in 0..5_000 {
            file.write_all(block.as_bytes()).unwrap();
        }
    }
    let run = corpus.run("index docs --verbose");
    assert_eq!(run.code, 3, "{run}");
    assert!(
        run.err().contains("docs/b.txt: larger than 64 MiB (195.4 MiB); raise --max-file-size; skipped"),
        "{run}"
    );
    assert!(run.err().contains("docs/c.jsonl:1: line longer than 64 MiB"), "{run}");
    assert_eq!(corpus.found("word"), ["docs/a.txt#0"]);
}

#[test]
fn every_format_that_the_schema_names_can_be_asked_for() {
    let corpus = Corpus::indexed(&[("docs/a.txt", "word")]);
    let schema = corpus.run("schema");
    let schema: serde_json::Value = serde_json::from_str(schema.out()).unwrap();
    let formats: Vec<_> = schema["$defs"]["Format"]["oneOf"].as_array().unwrap().iter().collect();
    assert!(formats.len() > 20, "{formats:?}");
    for format in formats {
        let name = format["const"].as_str().unwrap();
        let is_container = matches!(name, "mbox" | "zip" | "tar");
        let run = corpus.run(&format!("search format:{name}"));
        assert_eq!(run.code == 2, is_container, "{name}: {run}");
    }
}

/// What a cut or broken copy of an archive leaves in the index: the ids that a query finds.
fn found_after(corpus: &Corpus, path: &str, content: impl AsRef<[u8]>) -> Vec<String> {
    corpus.write(path, content);
    let run = corpus.run("index docs");
    assert_eq!(run.code, 3, "{run}");
    assert_eq!(corpus.run("verify").code, 0);
    let mut found = corpus.found("lantern --limit 50");
    found.sort();
    found
}

#[test]
fn an_archive_that_is_cut_off_keeps_what_was_not_reached() {
    let content = "lantern ".repeat(200);
    let members = ["0", "1", "2", "3"].map(|name| (name, content.as_bytes()));
    let whole = tar(&members);
    let all = ["docs/a.tar!/0#0", "docs/a.tar!/1#0", "docs/a.tar!/2#0", "docs/a.tar!/3#0"];
    let corpus = Corpus::with(&[]);
    corpus.write("docs/a.tar", &whole);
    assert_eq!(corpus.run("index docs").code, 0);
    assert_eq!(found_after(&corpus, "docs/a.tar", &whole[..2 * 2560 + 900]), all, "cut inside of a member");
    let nested = tar(&[("a.tar", &whole)]);
    corpus.write("docs/b.tar", &nested);
    corpus.remove("docs/a.tar");
    corpus.run("index docs");
    let found = found_after(&corpus, "docs/b.tar", tar(&[("a.tar", &whole[..2 * 2560 + 900])]));
    assert_eq!(found, all.map(|id| id.replace("docs/a.tar", "docs/b.tar!/a.tar")), "cut inside of another");
    corpus.write("docs/b.tar", tar(&members[..1]));
    corpus.run("index docs");
    assert_eq!(corpus.found("lantern"), ["docs/b.tar!/0#0"], "what was read whole says what is gone");
}

#[test]
fn archives_whose_names_begin_alike_keep_their_own_parts() {
    let corpus = Corpus::with(&[]);
    corpus.write("docs/a.tar#old.tar", tar(&[("one.txt", b"lantern")]));
    corpus.write("docs/a.tar", tar(&[("two.txt", b"lantern")]));
    corpus.run("index docs");
    corpus.write("docs/a.tar", tar(&[("three.txt", b"lantern")]));
    let run = corpus.run("index docs");
    assert!(run.err().contains("added 1, changed 0, removed 1, unchanged 1"), "{run}");
    let mut found = corpus.found("lantern");
    found.sort();
    assert_eq!(found, ["docs/a.tar!/three.txt#0", "docs/a.tar#old.tar!/one.txt#0"]);
}

#[test]
fn other_rules_read_again_what_they_would_read_otherwise() {
    let inner = tar(&[("deep.txt", b"depth")]);
    let large = "lantern ".repeat(300);
    let members: [(&str, &[u8]); 3] =
        [("inner.tar", &inner), (".hidden", b"gong"), ("large.txt", large.as_bytes())];
    let corpus = Corpus::with(&[]);
    corpus.write("docs/a.tar", tar(&members));
    corpus.write("docs/b.txt", "plain");
    corpus.run("index docs --archive-depth 1 --max-file-size 1K");
    assert_eq!(corpus.found("depth OR gong OR lantern"), Vec::<String>::new());
    let run = corpus.run("index docs --hidden");
    assert!(run.err().contains("added 3, changed 0, removed 0, unchanged 1"), "{run}");
    let run = corpus.run("index docs --hidden");
    assert!(run.err().contains("added 0, changed 0, removed 0, unchanged 4"), "{run}");
}

#[test]
fn names_and_ids_without_end_are_cut_and_can_be_taken_out_again() {
    let corpus = Corpus::with(&[]);
    let name = "x".repeat(70_000);
    let long = tar(&[("././@LongLink", name.as_bytes()), ("short", b"lantern")]);
    // The entry before a member that tells its long name has a type of its own.
    let mut long = long;
    long[156] = b'L';
    let sum: u32 = long[..512]
        .iter()
        .enumerate()
        .map(|(at, &byte)| if (148..156).contains(&at) { 32 } else { u32::from(byte) })
        .sum();
    long[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    corpus.write("docs/a.tar", &long);
    corpus.write("docs/b.jsonl", format!("{{\"id\":\"{name}\",\"text\":\"lantern\"}}\n"));
    assert_eq!(corpus.run("index docs").code, 0);
    assert_eq!(corpus.run("search --count lantern").out(), "2\n");
    corpus.remove("docs");
    corpus.write("docs/c.txt", "gong");
    let run = corpus.run("index docs");
    assert!(run.err().contains("removed 2"), "{run}");
    assert_eq!(corpus.run("search --count lantern").out(), "0\n");
    assert_eq!(corpus.run("verify").code, 0);
}

#[test]
fn a_mailbox_in_a_mailbox_without_end_is_read_to_a_depth() {
    let mut mailbox =
        "From a@b.org Tue Dec 19 09:00:00 2023\nFrom: a@b.org\nSubject: inmost\n\nlantern\n".to_owned();
    for _ in 0..400 {
        let body = mailbox.replace('=', "=3D").replacen("From ", "=46rom ", 1);
        mailbox = format!(
            "From a@b.org Tue Dec 19 09:00:00 2023\nFrom: a@b.org\nSubject: outer\nMIME-Version: 1.0\n\
             Content-Type: application/mbox\nContent-Disposition: attachment; filename=a.mbox\n\
             Content-Transfer-Encoding: quoted-printable\n\n{body}"
        );
    }
    let corpus = Corpus::with(&[("docs/a.mbox", &mailbox), ("docs/b.txt", "gong")]);
    let run = corpus.run("index docs");
    assert!(matches!(run.code, 0 | 3), "{run}");
    assert_eq!(corpus.found("gong"), ["docs/b.txt#0"]);
}

#[cfg(unix)]
#[test]
fn an_archive_is_opened_whatever_its_name_is_made_of() {
    use std::os::unix::ffi::OsStrExt;
    let corpus = Corpus::with(&[]);
    corpus.write("docs/a.tar", tar(&[("one.txt", b"lantern")]));
    let name = std::ffi::OsStr::from_bytes(b"\xb9\xcc.tar");
    std::fs::rename(corpus.path("docs/a.tar"), corpus.path("docs").join(name)).unwrap();
    assert_eq!(corpus.run("index docs").code, 0);
    assert_eq!(corpus.found("lantern").len(), 1);
}

#[test]
fn a_pass_that_is_killed_within_an_archive_leaves_nothing_that_nobody_holds() {
    let names: Vec<_> = (0..2_000).map(|number| format!("{number}.txt")).collect();
    let members: Vec<_> = names.iter().map(|name| (name.as_str(), &b"lantern"[..])).collect();
    let corpus = Corpus::with(&[("docs/b.txt", "gong")]);
    corpus.run("index docs");
    corpus.write("docs/a.tar", tar(&members));
    let mut pass = corpus.start("index docs --commit-every 0");
    while corpus.run("search --count lantern").out() == "0\n" {
        assert!(pass.try_wait().unwrap().is_none(), "it ended before it could be killed");
    }
    pass.kill().unwrap();
    pass.wait().unwrap();
    corpus.remove("docs/a.tar");
    let run = corpus.run("index docs --wait 5");
    assert_eq!(run.code, 0, "{run}");
    assert_eq!(corpus.run("search --count lantern").out(), "0\n");
    assert_eq!(corpus.run("verify").code, 0);
}
