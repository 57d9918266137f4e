//! `verify` and `compact`, and what is generated from the program itself.

use insta::assert_snapshot;

use crate::harness::{Corpus, files_of};

#[test]
fn an_index_that_is_whole_is_verified() {
    let run = Corpus::desk().run("verify");
    assert_eq!(run.code, 0, "{run}");
    assert!(run.out().starts_with("ok: 6 documents, 7 passages, "), "{run}");
}

#[test]
fn compact_merges_segments_and_changes_no_answer() {
    let corpus = Corpus::desk();
    for number in 0..5 {
        corpus.write("docs/note.txt", format!("Warning number {number}."));
        corpus.write(&format!("docs/{number}.txt"), format!("Storm {number} warning."));
        assert_eq!(corpus.run("index docs").code, 0);
    }
    let before = corpus.hits("--limit 100 storm warning");
    let run = corpus.run("compact");
    assert_eq!(run.code, 0, "{run}");
    assert!(run.out().ends_with(" before, 1 now\n"), "{run}");
    let stores: Vec<_> =
        files_of(&corpus.path("index")).into_iter().filter(|name| name.ends_with(".store")).collect();
    assert_eq!(stores.len(), 1, "what was merged still takes up room: {stores:?}");
    assert_eq!(corpus.hits("--limit 100 storm warning"), before);
    assert_snapshot!(corpus.run("compact"), @r"
    exit 0
    stdout:
    segments: 1 before, 1 now
    ");
    assert_eq!(corpus.run("verify").code, 0);
    assert_eq!(corpus.run("status --json").json_lines()[0]["deleted"], 0);
}

/// How many entries each segment has that a search opens.
fn segments(corpus: &Corpus) -> Vec<u64> {
    let meta = std::fs::read(corpus.path("index/meta.json")).unwrap();
    let meta: serde_json::Value = serde_json::from_slice(&meta).unwrap();
    meta["segments"].as_array().unwrap().iter().map(|segment| segment["max_doc"].as_u64().unwrap()).collect()
}

#[test]
fn a_large_pass_merges_the_small_segments_that_are_left() {
    let corpus = Corpus::with(&[]);
    for number in 0..3 {
        corpus.write(&format!("docs/{number}.txt"), "A note on a storm.");
        assert_eq!(corpus.run("index docs").code, 0);
    }
    assert_eq!(segments(&corpus), [2, 2, 2], "a pass over one file merges nothing");
    for number in 3..100 {
        corpus.write(&format!("docs/{number}.txt"), "A note on another storm.");
    }
    assert_eq!(corpus.run("index docs").code, 0);
    let after = segments(&corpus);
    assert!(!after.contains(&2) && after.iter().sum::<u64>() == 200, "{after:?}");
    assert_eq!(corpus.run("search storm --count").out(), "100\n");
}

#[test]
fn every_flipped_byte_is_noticed_by_verify() {
    let corpus = Corpus::desk();
    corpus.run("compact");
    for file in files_of(&corpus.path("index")) {
        if file.starts_with('.') || file == "meta.json" {
            continue;
        }
        let path = corpus.path(&format!("index/{file}"));
        let whole = std::fs::read(&path).unwrap();
        for at in [0, whole.len() / 2] {
            let mut flipped = whole.clone();
            flipped[at] ^= 0x20;
            std::fs::write(&path, flipped).unwrap();
            let run = corpus.run("verify");
            assert_eq!(run.code, 4, "{file} {at}: {run}");
            assert!(run.err().contains(&file), "{file} {at}: {run}");
        }
        std::fs::write(&path, whole).unwrap();
    }
    assert_eq!(corpus.run("verify").code, 0);
}

#[test]
fn a_file_of_the_index_that_is_cut_off_is_told_of_by_every_reader() {
    let corpus = Corpus::desk();
    corpus.run("compact");
    for file in files_of(&corpus.path("index")) {
        let path = corpus.path(&format!("index/{file}"));
        let whole = std::fs::read(&path).unwrap();
        if whole.is_empty() {
            continue;
        }
        let truncated = whole[..whole.len() / 2].to_vec();
        for damaged in [truncated, Vec::new()] {
            std::fs::write(&path, damaged).unwrap();
            for command in
                ["search warning", "search '\"missile warning\"'", "status", "show docs/news.md", "verify"]
            {
                let run = corpus.run(command);
                assert!([0, 1, 4].contains(&run.code), "{file}: {command}: {run}");
                assert!(!run.err().contains("panicked"), "{file}: {command}: {run}");
            }
        }
        std::fs::write(&path, whole).unwrap();
    }
}

#[test]
fn the_schema_is_a_json_schema() {
    let run = Corpus::with(&[]).run("schema");
    let schema = serde_json::from_str(run.out()).unwrap();
    assert_eq!(run.code, 0);
    assert!(jsonschema::meta::is_valid(&schema));
}

#[test]
fn there_are_completions_for_each_shell() {
    let corpus = Corpus::with(&[]);
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let run = corpus.run(&format!("completions {shell}"));
        assert_eq!(run.code, 0, "{shell}");
        for name in
            ["why-not", "like", "terms", "refresh", "expand", "explain", "within", "auto-correct", "facets"]
        {
            assert!(run.out().contains(name), "{shell}: {name}");
        }
    }
    assert_snapshot!(corpus.run("completions csh"), @r"
    exit 2
    stderr:
    error: invalid value 'csh' for '<SHELL>'
      [possible values: bash, elvish, fish, powershell, zsh]

      tip: a similar value exists: 'zsh'

    For more information, try '--help'.
    ");
}

#[test]
fn there_is_a_manual_page_for_each_command() {
    let corpus = Corpus::with(&[]);
    for command in [
        "",
        "index",
        "search",
        "like",
        "why-not",
        "terms",
        "show",
        "status",
        "verify",
        "compact",
        "eval",
        "schema",
        "completions",
        "man",
    ] {
        let run = corpus.run(&format!("man {command}"));
        assert_eq!(run.code, 0, "{command}");
        assert!(run.out().contains(".TH"), "{command}");
    }
    for flag in ["expand", "explain", "within", "auto\\-correct", "filter", "facets"] {
        assert!(corpus.run("man search").out().contains(&format!("\\-\\-{flag}")), "{flag}");
    }
    assert_snapshot!(corpus.run("man frobnicate"), @r"
    exit 2
    stderr:
    tidings: no command frobnicate; there are index, search, like, why-not, terms, show, status, verify, compact, eval, schema, completions, man, help
    ");
}

#[test]
fn help_tells_of_the_commands_and_the_exit_codes() {
    let corpus = Corpus::with(&[]);
    assert_snapshot!(corpus.run("--help"), @r"
    exit 0
    stdout:
    Full-text search for folders of documents.

    `index` reads documents into an index, `search` gives the passages that fit a query best, with what
    it matched marked. Run both at once on a new folder with `tidings search --refresh=FOLDER QUERY`.

    Usage: tidings [OPTIONS] <COMMAND>

    Commands:
      index        Read documents into the index
      search       Find the passages that fit a query best
      like         Find passages like one, or like a document: those with the words that set it apart
      why-not      Tell why a query does not find a document
      terms        List the words of the index that start alike, and how common they are
      show         Show a document as the index has it, or one of its passages
      status       Tell what is indexed, skipped and failed, and why
      verify       Check the index: every checksum, and that its figures add up
      compact      Merge the segments of the index and drop what was deleted
      eval         Measure the ranking on collections whose answers are known
      schema       Print the JSON Schema of one line of `search --json`
      completions  Print the completions for a shell
      man          Print the manual page of the program, or of one of its commands
      help         Print this message or the help of the given subcommand(s)

    Options:
          --index <DIR>
              The index directory
              
              [env: TIDINGS_INDEX=]
              [default: index]

          --color <WHEN>
              When to use colours; NO_COLOR and CLICOLOR_FORCE are respected
              
              [default: auto]
              [possible values: auto, always, never]

      -h, --help
              Print help (see a summary with '-h')

      -V, --version
              Print version

    Exit codes:
      0   found, or done
      1   nothing found, and the search was complete
      2   usage or query error
      3   partial: some source could not be read; what worked was given out
      4   index missing, of another format version, or corrupt
      5   no permission
      75  another writer holds the index
    ");
    assert_snapshot!(corpus.run(""), @r"
    exit 2
    stderr:
    Full-text search for folders of documents

    Usage: tidings [OPTIONS] <COMMAND>

    Commands:
      index        Read documents into the index
      search       Find the passages that fit a query best
      like         Find passages like one, or like a document: those with the words that set it apart
      why-not      Tell why a query does not find a document
      terms        List the words of the index that start alike, and how common they are
      show         Show a document as the index has it, or one of its passages
      status       Tell what is indexed, skipped and failed, and why
      verify       Check the index: every checksum, and that its figures add up
      compact      Merge the segments of the index and drop what was deleted
      eval         Measure the ranking on collections whose answers are known
      schema       Print the JSON Schema of one line of `search --json`
      completions  Print the completions for a shell
      man          Print the manual page of the program, or of one of its commands
      help         Print this message or the help of the given subcommand(s)

    Options:
          --index <DIR>   The index directory [env: TIDINGS_INDEX=] [default: index]
          --color <WHEN>  When to use colours; NO_COLOR and CLICOLOR_FORCE are respected [default: auto]
                          [possible values: auto, always, never]
      -h, --help          Print help (see more with '--help')
      -V, --version       Print version

    Exit codes:
      0   found, or done
      1   nothing found, and the search was complete
      2   usage or query error
      3   partial: some source could not be read; what worked was given out
      4   index missing, of another format version, or corrupt
      5   no permission
      75  another writer holds the index
    ");
    assert_snapshot!(corpus.run("frobnicate"), @r"
    exit 2
    stderr:
    error: unrecognized subcommand 'frobnicate'

    Usage: tidings [OPTIONS] <COMMAND>

    For more information, try '--help'.
    ");
    let version = concat!("tidings ", env!("CARGO_PKG_VERSION"), "\n");
    assert_eq!(corpus.run("--version").out(), version);
}

#[test]
fn what_a_killed_writer_left_behind_is_no_damage() {
    let corpus = Corpus::desk();
    corpus.run("compact");
    let store = files_of(&corpus.path("index")).into_iter().find(|name| name.ends_with(".store")).unwrap();
    let segment = store.trim_end_matches(".store");
    for leftover in [format!("{segment}.999.del"), format!("{segment}.store.temp"), ".tmp-1-meta.json".into()]
    {
        std::fs::write(corpus.path(&format!("index/{leftover}")), b"half of").unwrap();
    }
    let run = corpus.run("verify");
    assert_eq!(run.code, 0, "{run}");
}
