use super::*;
use crate::source::fixture::Folder;
use crate::source::rules::{Hidden, IgnoreFiles};

fn globs(globs: &[&str]) -> WalkOptions {
    WalkOptions { globs: globs.iter().map(|glob| (*glob).to_owned()).collect(), ..WalkOptions::default() }
}

#[test]
fn files_are_told_by_paths_relative_to_the_working_directory_in_order() {
    let folder = Folder::with(&["b.md", "seeds/z.md", "seeds/a b.md", "seeds-2.md", "seeds/deep/c.md"]);
    let all = ["b.md", "seeds-2.md", "seeds/a b.md", "seeds/deep/c.md", "seeds/z.md"];
    let options = WalkOptions::default();
    assert_eq!(folder.tells(&["."], &options), all);
    assert_eq!(folder.tells(&["./seeds//"], &options), all[2..]);
    assert_eq!(folder.tells(&[folder.path("seeds").to_str().unwrap()], &options), all[2..]);
}

#[test]
fn a_path_outside_the_working_directory_stays_as_it_was_given() {
    let folder = Folder::with(&["out/a.md", "work/b.md"]);
    let rules = Rules::new(Base::new(&folder.path("work")), &WalkOptions::default()).unwrap();
    let absolute = folder.path("out");
    let paths = |roots: &[&Path]| {
        let roots: Vec<PathBuf> = roots.iter().map(|root| root.to_path_buf()).collect();
        let scan = scan_by(rules.clone(), &roots, &|_| {});
        assert!(scan.found.iter().all(|found| scan.covers(found.path())));
        scan.found.iter().map(|found| found.path().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(paths(&[Path::new("../out")]), ["../out/a.md"]);
    assert_eq!(paths(&[Path::new("..")]), ["../out/a.md", "b.md"]);
    assert_eq!(paths(&[&absolute]), [absolute.join("a.md").to_str().unwrap()]);
}

#[test]
fn a_document_reached_twice_is_found_once() {
    let folder = Folder::with(&["seeds/a.md", "seeds/deep/b.md"]);
    let absolute = folder.path("seeds");
    let roots = ["seeds", "./seeds", "seeds/a.md", "seeds/deep", ".", absolute.to_str().unwrap(), "seeds"];
    assert_eq!(folder.tells(&roots, &WalkOptions::default()), ["seeds/a.md", "seeds/deep/b.md"]);
}

#[test]
fn size_and_time_are_told() {
    let folder = Folder::with(&["a.md"]);
    let file = fs::File::options().write(true).open(folder.path("a.md")).unwrap();
    file.set_modified(UNIX_EPOCH + std::time::Duration::new(3, 5)).unwrap();
    let told = || match folder.scan(&["a.md"], &WalkOptions::default()).found.remove(0) {
        Found::File(found) => (found.size, found.modified),
        other => panic!("{other:?}"),
    };
    assert_eq!(told(), (4, 3_000_000_005));
    file.set_modified(UNIX_EPOCH - std::time::Duration::new(1, 0)).unwrap();
    assert_eq!(told(), (4, -1_000_000_000));
}

#[test]
fn hidden_and_ignored_files_are_left_out_unless_asked_for() {
    let folder = Folder::with(&["a.md", ".b.md", ".c/d.md", "e.md", "f.md", "g.md", "deep/e.md"]);
    folder.write(".ignore", "e.md\n");
    folder.write("deep/.ignore", "!e.md\n");
    folder.write(".tidingsignore", "f.md\n");
    folder.write(".gitignore", "g.md\n");
    let mut options = WalkOptions::default();
    assert_eq!(folder.tells(&["."], &options), ["a.md", "deep/e.md", "g.md"], "this is no git repository");
    fs::create_dir(folder.path(".git")).unwrap();
    assert_eq!(folder.tells(&["."], &options), ["a.md", "deep/e.md"]);
    options.ignore_files = IgnoreFiles::Disregard;
    assert_eq!(folder.tells(&["."], &options), ["a.md", "deep/e.md", "e.md", "f.md", "g.md"]);
    options.hidden = Hidden::Take;
    let all = folder.tells(&["."], &options);
    assert!([".b.md", ".c/d.md", ".ignore", "f.md"].iter().all(|path| all.contains(&(*path).to_owned())));
}

#[test]
fn ignore_files_of_the_folders_above_count() {
    let folder = Folder::with(&["seeds/a.md", "seeds/b.md"]);
    folder.write(".ignore", "/seeds/b.md\n");
    assert_eq!(folder.tells(&["seeds"], &WalkOptions::default()), ["seeds/a.md"]);
}

#[test]
fn what_is_named_is_taken_whatever_the_rules_say() {
    let folder = Folder::with(&[".hidden.md", "ignored.md", ".dot/a.md"]);
    folder.write(".ignore", "ignored.md\n");
    let roots = [".hidden.md", "ignored.md", ".dot"];
    assert_eq!(
        folder.tells(&roots, &globs(&["*.txt", ".dot/**"])),
        [".dot/a.md", ".hidden.md", "ignored.md"]
    );
}

#[test]
fn globs_select_and_leave_out_as_ripgreps_do() {
    let folder = Folder::with(&["a.md", "b.txt", ".c.md", "old/d.md", "new/e.md"]);
    folder.write(".ignore", "new\n");
    assert_eq!(folder.tells(&["."], &globs(&["*.md"])), [".c.md", "a.md", "old/d.md"]);
    assert_eq!(folder.tells(&["."], &globs(&["!old", "!*.txt"])), ["a.md"]);
    assert_eq!(folder.tells(&["."], &globs(&["old/*.md"])), ["old/d.md"]);
    assert_eq!(folder.tells(&["old"], &globs(&["old/*.md"])), ["old/d.md"], "they count from here");
}

#[test]
fn files_beyond_the_limit_are_skipped_but_json_lines_have_none() {
    let folder = Folder::with(&["12345.md", "123456.md", "wire.jsonl", "wire.jsonl.gz"]);
    let options = WalkOptions { max_file_size: 8, ..WalkOptions::default() };
    let reason = "larger than 8 bytes (9 bytes); raise --max-file-size";
    let told =
        ["123456.md: ", "12345.md"].map(|path| format!("{path}{}", if path.len() > 8 { reason } else { "" }));
    let all = folder.tells(&["."], &options);
    assert_eq!(all, [told[1].as_str(), &told[0], "wire.jsonl", "wire.jsonl.gz"]);
    assert_eq!(folder.tells(&["123456.md"], &options), [told[0].as_str()]);
}

#[test]
fn what_does_not_exist_fails_and_covers_nothing() {
    let folder = Folder::with(&["a.md"]);
    let scan = folder.scan(&["gone", "a.md"], &WalkOptions::default());
    let failed = Found::Failed { path: "gone".into(), reason: "not found".into() };
    assert_eq!(scan.found[1], failed);
    assert!(scan.covers("a.md"));
    assert!(!scan.covers("gone") && !scan.covers("gone/b.md"));
}

#[test]
fn an_index_is_no_source() {
    let folder =
        Folder::with(&["a.md", "index/x.md", "other/meta.json", "other/.managed.json", "other/y.md"]);
    folder.write("book/meta.json", "{}");
    let options = WalkOptions { exclude: Some("index".into()), ..WalkOptions::default() };
    assert_eq!(folder.tells(&["."], &options), ["a.md", "book/meta.json"]);
    let reason = "part of an index, not a source";
    let named = ["index", "index/x.md", "other"];
    assert_eq!(folder.tells(&named, &options), named.map(|path| format!("{path}: {reason}")));
}

#[test]
fn a_line_of_an_ignore_file_that_is_no_glob_is_told_of() {
    let folder = Folder::with(&["a.md", "seeds/b.md", "seeds/c.md"]);
    folder.write(".ignore", "[z-a]\n");
    folder.write("seeds/.ignore", "c.md\n{a\n");
    let scan = folder.scan(&["seeds"], &WalkOptions::default());
    assert_eq!(scan.found.len(), 1);
    assert_eq!(scan.warnings.len(), 2, "{:?}", scan.warnings);
    assert!(scan.warnings[0].starts_with(".ignore: line 1: glob \"[z-a]\": invalid range"));
    assert!(scan.warnings[1].starts_with("seeds/.ignore: line 2: glob \"{a\": unclosed alternate group"));
}

#[test]
fn a_folder_that_could_not_be_read_fails_and_what_is_in_it_is_not_covered() {
    let folder = Folder::with(&["locked/a.md", ".hidden/b.md", "c.md"]);
    let rules = folder.rules(&WalkOptions::default());
    let names = Names::new(&rules.base, &[PathBuf::from(".")]);
    let mut gathered = Gathered::new(&rules, &names);
    gathered.take_root(rules.base.folder());
    for name in ["locked", "gone", ".hidden"] {
        let path = folder.path(name);
        let cause = Cause::Io(match name {
            "gone" => io::ErrorKind::NotFound.into(),
            _ => io::ErrorKind::PermissionDenied.into(),
        });
        gathered.take_event(Event::Problem(Problem { path, cause }));
    }
    let failed = What::Failed("permission denied".into());
    let seen: Vec<_> = gathered.in_order().into_iter().map(|named| (named.path, named.what)).collect();
    assert_eq!(seen, [("locked".into(), failed)], "what vanished or is left out is no failure");
    let roots = gathered.folders.iter().cloned().collect();
    let coverage = Coverage { roots, unseen: gathered.unseen.clone(), rules: rules.clone() };
    assert!(coverage.covers("c.md") && coverage.covers("gone/x.md"));
    assert!(!coverage.covers("locked/a.md") && !coverage.covers("locked/deep/x.md"));
}

#[test]
fn a_root_that_vanishes_during_the_walk_fails_and_covers_nothing() {
    let folder = Folder::with(&["seeds/a.md"]);
    let rules = folder.rules(&WalkOptions::default());
    let names = Names::new(&rules.base, &[]);
    let mut gathered = Gathered::new(&rules, &names);
    gathered.take_root(&folder.path("seeds"));
    fs::remove_dir_all(folder.path("seeds")).unwrap();
    gathered.walk(&|_| {});
    assert_eq!(gathered.seen.len(), 1);
    assert_eq!(gathered.seen[0].what, What::Failed("not found".into()));
    assert!(gathered.unseen.contains(&folder.path("seeds")));
}

#[test]
fn progress_counts_the_files() {
    let folder = Folder::with(&["a.md", "b.md", "seeds/c.md"]);
    let most = AtomicUsize::new(0);
    let roots = [PathBuf::from("seeds"), PathBuf::from("a.md"), PathBuf::from("b.md")];
    scan_by(folder.rules(&WalkOptions::default()), &roots, &|count| {
        most.fetch_max(count, Ordering::Relaxed);
    });
    assert_eq!(most.into_inner(), 3);
}

#[cfg(unix)]
#[test]
fn pipes_sockets_and_devices_are_skipped_unopened() {
    let folder = Folder::with(&["a.md"]);
    let made = std::process::Command::new("mkfifo").arg(folder.path("pipe")).status().unwrap();
    assert!(made.success());
    let _socket = std::os::unix::net::UnixListener::bind(folder.path("socket")).unwrap();
    let told = ["a.md", "pipe: a named pipe, not a file", "socket: a socket, not a file"];
    let options = WalkOptions::default();
    assert_eq!(folder.tells(&["."], &options), told);
    assert_eq!(folder.tells(&["pipe"], &options), told[1..2]);
    assert_eq!(folder.tells(&["/dev/null"], &options), ["/dev/null: a device, not a file"]);
    let error = crate::source::read::read(&folder.path("pipe"), 0, 9).unwrap_err();
    assert_eq!(error.to_string(), "a named pipe, not a file");
}

#[cfg(target_os = "linux")]
#[test]
fn names_that_are_not_utf8_are_found_and_covered() {
    use std::os::unix::ffi::OsStrExt;

    let folder = Folder::with(&["caf\\xE9.md"]);
    fs::write(folder.path("").join(std::ffi::OsStr::from_bytes(b"caf\xe9.md")), "x").unwrap();
    let options = globs(&["*.md"]);
    assert_eq!(folder.tells(&["."], &options), ["caf\\x5CxE9.md", "caf\\xE9.md"]);
    assert!(folder.scan(&["."], &options).covers("caf\\xE9.md"));
}
