//! The output formats of `search`, each as its readers read it.

use std::io::{BufRead, BufReader, Write};

use insta::assert_snapshot;

use crate::harness::{Corpus, finish};

#[test]
fn paths_are_given_once_each() {
    let corpus = Corpus::desk();
    assert_snapshot!(corpus.run("search --format paths warning"), @"
    exit 0
    stdout:
    docs/news.md
    docs/wire.jsonl
    docs/note.txt
    docs/page.html
    ");
    assert_snapshot!(corpus.run("search --format paths -0 warning"), @r"
    exit 0
    stdout:
    docs/news.md\u{0}docs/wire.jsonl\u{0}docs/note.txt\u{0}docs/page.html\u{0}
    ");
}

#[test]
fn vimgrep_gives_a_line_for_each_highlight() {
    assert_snapshot!(Corpus::desk().run("search --format vimgrep warning data"), @r"
    exit 0
    stdout:
    docs/page.html:3:34:Sharing data
    docs/page.html:4:19:Radars send warning data to a & b.
    docs/page.html:4:31:Radars send warning data to a & b.
    docs/news.md:6:3:Warning link to start in December
    docs/news.md:8:45:The three ministers agreed to share missile warning data in real time.
    docs/news.md:8:53:The three ministers agreed to share missile warning data in real time.
    docs/news.md:12:33:Exercises begin in January. The warning data flows through a new link, and launches are told of at once.
    docs/news.md:12:41:Exercises begin in January. The warning data flows through a new link, and launches are told of at once.
    docs/wire.jsonl:2:47:A storm warning for the coast.
    docs/wire.jsonl:1:61:The summit agreed on a warning of missile launches.
    docs/note.txt:3:18:We write missile-warning with a hyphen.
    ");
}

#[test]
fn json_gives_everything() {
    assert_snapshot!(Corpus::desk().run("search --json --qid q7 title:sharing data"), @r#"
    exit 0
    stdout:
    {"type":"begin","data":{"version":1,"qid":"q7","query_text":"title:sharing data","query":"+title:sharing data","tree":{"sequence":[{"occur":"must","query":{"text":{"clause":0,"field":"title","matcher":{"word":"sharing"}}}},{"occur":"should","query":{"text":{"clause":1,"field":"any","matcher":{"word":"data"}}}}]},"generation":[generation]}}
    {"type":"hit","data":{"rank":1,"score":2.898312,"document":{"id":"docs/page.html","path":"docs/page.html","title":"Fact sheet: sharing data","date":"2023-11-20","date_source":"metadata","language":"en","format":"html"},"passage":{"id":"docs/page.html#0","ordinal":0,"headings":["Sharing data"],"location":{"kind":"lines","bytes":{"start":149,"end":215},"lines":{"start":3,"end":4}}},"text":"Sharing data\n\nRadars send warning data to a & b.","highlights":[{"start":8,"end":12,"text":"data","clause":1,"line":3,"column":34},{"start":34,"end":38,"text":"data","clause":1,"line":4,"column":31}],"title_highlights":[{"start":12,"end":19,"text":"sharing","clause":0},{"start":20,"end":24,"text":"data","clause":1}],"heading_highlights":[{"heading":0,"start":8,"end":12,"text":"data","clause":1}]}}
    {"type":"summary","data":{"qid":"q7","hits":1,"hits_exact":true,"returned":1,"complete":true,"elapsed_ms":[ms]}}
    "#);
    assert_snapshot!(Corpus::desk().run("search --json zebra"), @r#"
    exit 1
    stdout:
    {"type":"begin","data":{"version":1,"query_text":"zebra","query":"zebra","tree":{"text":{"clause":0,"field":"any","matcher":{"word":"zebra"}}},"generation":[generation]}}
    {"type":"summary","data":{"hits":0,"hits_exact":true,"returned":0,"complete":true,"elapsed_ms":[ms]}}
    "#);
}

#[test]
fn csv_reads_back_as_what_json_says() {
    let corpus = Corpus::desk();
    corpus.write("docs/odd, \"name\".txt", "A warning, with \"quotes\",\nand line breaks.");
    corpus.run("index docs");
    let run = corpus.run("search --format csv warning");
    let mut reader = csv::Reader::from_reader(&run.stdout[..]);
    let header = reader.headers().unwrap().clone();
    let rows: Vec<_> = reader.records().map(Result::unwrap).collect();
    let hits = corpus.hits("warning");
    assert_eq!(rows.len(), hits.len());
    for (row, hit) in rows.iter().zip(&hits) {
        let cell = |name: &str| &row[header.iter().position(|column| column == name).unwrap()];
        assert_eq!(cell("text"), hit["text"]);
        assert_eq!(cell("passage"), hit["passage"]["id"]);
        assert_eq!(cell("path"), hit["document"]["path"]);
        assert_eq!(cell("rank"), hit["rank"].to_string());
        assert_eq!(cell("score").parse::<f64>().unwrap(), hit["score"].as_f64().unwrap());
    }
}

#[test]
fn trec_runs_have_six_columns_and_falling_scores() {
    let corpus = Corpus::desk();
    corpus.write("docs/same one.txt", "A storm warning for the coast.");
    corpus.write("docs/same two.txt", "A storm warning for the coast.");
    corpus.run("index docs");
    let run = corpus.run("search --format trec --group document --run-tag 'my run' --qid 'q 1' storm coast");
    let rows: Vec<Vec<&str>> = run.out().lines().map(|line| line.split(' ').collect()).collect();
    let ids: Vec<_> = rows.iter().map(|row| row[2]).collect();
    assert_eq!(ids, ["docs/same%20one.txt", "docs/same%20two.txt", "docs/wire.jsonl#w%202"]);
    for row in &rows {
        assert_eq!((row.len(), row[0], row[1], row[5]), (6, "q%201", "Q0", "my%20run"));
    }
    let scores: Vec<f64> = rows.iter().map(|row| row[4].parse().unwrap()).collect();
    assert!(scores.is_sorted_by(|a, b| a > b), "{scores:?}");
}

#[test]
fn batches_are_answered_in_order() {
    let corpus = Corpus::desk();
    corpus.write("queries.tsv", "q1\tstorm\nq2\tzebra\n\nq3\tsummit\r\n");
    corpus.write("queries.txt", "storm\nzebra\nsummit\n");
    assert_snapshot!(corpus.run("search --queries queries.tsv --format trec --group document"), @"
    exit 0
    stdout:
    q1 Q0 docs/wire.jsonl#w%202 1 2.132167 tidings
    q3 Q0 docs/wire.jsonl#w-1 1 3.0627217 tidings
    ");
    assert_snapshot!(corpus.run("search --queries queries.txt --format trec --group document"), @"
    exit 0
    stdout:
    1 Q0 docs/wire.jsonl#w%202 1 2.132167 tidings
    3 Q0 docs/wire.jsonl#w-1 1 3.0627217 tidings
    ");
    assert_snapshot!(corpus.run("search --queries queries.tsv --count"), @r"
    exit 0
    stdout:
    q1\t1
    q2\t0
    q3\t1
    ");
    assert_snapshot!(corpus.run("search --queries queries.tsv --format text"), @r"
    exit 0
    stdout:
    q1: storm

    1. Weather  docs/wire.jsonl:2  2023-11-14
       A storm warning for the coast.

    q2: zebra


    q3: summit

    1. Summit  docs/wire.jsonl:1  2023-08-18
       The summit agreed on a warning of missile launches.
    ");
    assert_snapshot!(corpus.run_with("search --queries - --format paths", "storm\nzebra\n"), @r"
    exit 0
    stdout:
    docs/wire.jsonl
    ");
    assert_snapshot!(corpus.run_with("search --queries - --format paths", "zebra\n"), @"exit 1");
    assert_snapshot!(corpus.run("search --queries nowhere.tsv"), @r"
    exit 2
    stderr:
    tidings: nowhere.tsv: not found
    ");
    assert_snapshot!(corpus.run("search --queries queries.tsv storm"), @r"
    exit 2
    stderr:
    error: the argument '--queries <FILE>' cannot be used with '[QUERY]...'

    Usage: tidings search --queries <FILE> [QUERY]...

    For more information, try '--help'.
    ");
}

#[test]
fn a_bad_query_in_a_batch_is_told_and_the_rest_goes_on() {
    let corpus = Corpus::desk();
    let queries = "a\tstorm\nb\t\"open\nc\tsummit\n";
    assert_snapshot!(corpus.run_with("search --queries - --format trec --group document", queries), @r#"
    exit 2
    stdout:
    a Q0 docs/wire.jsonl#w%202 1 2.132167 tidings
    c Q0 docs/wire.jsonl#w-1 1 3.0627217 tidings
    stderr:
    tidings: -:2: the quote opens a phrase that is never closed
      "open
      ^
      hint: add a closing quote, or write \" for a plain one
    "#);
}

#[test]
fn a_batch_of_csv_has_its_header_also_when_the_first_query_is_bad() {
    let corpus = Corpus::desk();
    let run = corpus.run_with("search --queries - --format csv", "\"open\nstorm\nsummit\n");
    let headers = run.out().lines().filter(|line| line.starts_with("qid,rank,")).count();
    assert_eq!((headers, run.out().starts_with("qid,rank,")), (1, true), "{run}");
}

#[test]
fn a_batch_is_answered_query_by_query() {
    let corpus = Corpus::desk();
    let mut child = corpus.start("search --queries - --json");
    let mut queries = child.stdin.take().unwrap();
    let mut answers = BufReader::new(child.stdout.take().unwrap()).lines();
    for query in ["storm", "zebra", "summit"] {
        writeln!(queries, "{query}").unwrap();
        queries.flush().unwrap();
        let begin: serde_json::Value = serde_json::from_str(&answers.next().unwrap().unwrap()).unwrap();
        assert_eq!(begin["data"]["query_text"], query);
        assert!(answers.by_ref().any(|line| line.unwrap().starts_with("{\"type\":\"summary\"")));
    }
    drop(queries);
    assert!(answers.next().is_none());
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn a_batch_gives_what_its_queries_give_when_they_are_asked_alone() {
    let corpus = Corpus::desk();
    let queries = ["warn* OR /l.*/", "storm", "zebra", "*", "\"missile warning\"~5", "lang:en summit"];
    let batch: String = (0..60).map(|at| format!("{at}\t{}\n", queries[at % queries.len()])).collect();
    let alone = queries.map(|query| corpus.run(&format!("search '{query}' --format trec --qid ID")));
    let expected: Vec<String> =
        (0..60).map(|at| alone[at % queries.len()].out().replace("ID ", &format!("{at} "))).collect();
    assert_eq!(corpus.run_with("search --queries - --format trec", batch).out(), expected.concat());
}

#[test]
fn what_stands_around_a_line_that_is_no_text_is_answered() {
    let corpus = Corpus::desk();
    let queries = b"storm\n\nsummit AND\nzebra\nsummit\nq\t\xff\xfe\nstorm\n".to_vec();
    assert_snapshot!(corpus.run_with("search --queries - --count", queries), @r"
    exit 2
    stdout:
    1\t1
    3\t0
    4\t1
    6\t1
    stderr:
    tidings: -:3: `AND` has no operand behind it
      summit AND
             ^~~
      hint: add one, or write \AND to search for the word
    tidings: -:6: the line is not UTF-8 from its byte 3 on; write queries in UTF-8
    ");
    assert_snapshot!(corpus.run_with("search --queries - --count", b"\xff\nq2\tstorm".to_vec()), @r"
    exit 2
    stdout:
    q2\t1
    stderr:
    tidings: -:1: the line is not UTF-8 from its byte 1 on; write queries in UTF-8
    ");
}

#[test]
fn a_line_longer_than_a_query_can_be_is_told_and_the_rest_goes_on() {
    let corpus = Corpus::desk();
    let longest = format!("storm{}", " ".repeat((64 << 10) - 5));
    let queries = format!("q1\t{longest}\r\nq2\t{}\nq3\tsummit\n", "storm ".repeat(500_000));
    assert_snapshot!(corpus.run_with("search --queries - --count", queries), @r"
    exit 2
    stdout:
    q1\t1
    q3\t1
    stderr:
    tidings: -:2: the line is longer than 65 KiB; search for fewer words
    ");
}

#[test]
fn a_batch_ends_when_nobody_reads_it_though_its_writer_goes_on() {
    let corpus = Corpus::desk();
    let mut child = corpus.start("search --queries - --json");
    let mut queries = child.stdin.take().unwrap();
    let mut answers = BufReader::new(child.stdout.take().unwrap());
    writeln!(queries, "storm").unwrap();
    answers.read_line(&mut String::new()).unwrap();
    drop(answers);
    // The program may have ended before it has read this.
    let _ = writeln!(queries, "summit");
    assert_eq!(child.wait().unwrap().code(), Some(0));
    drop(queries);
}

#[test]
fn a_closed_pipe_ends_quietly() {
    let corpus = Corpus::with(&[]);
    for number in 0..200 {
        corpus.write(&format!("docs/{number}.txt"), "warning ".repeat(150));
    }
    corpus.run("index docs");
    for format in ["text", "json", "csv", "vimgrep", "trec", "paths"] {
        let queries = "warning\n".repeat(20);
        let mut child = corpus.start(&format!("search --queries - --format {format} --limit 1000"));
        let mut stdin = child.stdin.take().unwrap();
        // The program may end before it has read them all.
        let writer = std::thread::spawn(move || drop(stdin.write_all(queries.as_bytes())));
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        stdout.read_line(&mut String::new()).unwrap();
        drop(stdout);
        let output = child.wait_with_output().unwrap();
        writer.join().unwrap();
        assert_eq!((output.status.code(), output.stderr), (Some(0), Vec::new()), "{format}");
    }
}

#[test]
fn colours_come_when_they_are_asked_for() {
    let corpus = Corpus::desk();
    let is_coloured = |arguments: &str, variables: &[(&str, &str)]| {
        let mut command = corpus.command(&format!("search storm {arguments}"));
        command.env("TERM", "xterm-256color").envs(variables.iter().copied());
        finish(command, "").out().contains('\u{1b}')
    };
    assert!(!is_coloured("", &[]));
    assert!(is_coloured("--color always", &[]));
    assert!(is_coloured("--color always", &[("NO_COLOR", "1")]));
    assert!(is_coloured("", &[("CLICOLOR_FORCE", "1")]));
    assert!(!is_coloured("", &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]));
    assert!(!is_coloured("--color never", &[("CLICOLOR_FORCE", "1")]));
    assert!(!is_coloured("--color always --json", &[]));
    assert!(!is_coloured("--color always --format vimgrep", &[]));
}

#[test]
fn coloured_text_is_the_plain_text_with_colours() {
    assert_snapshot!(Corpus::desk().run("search --color always --limit 1 storm"), @r"
    exit 0
    stdout:
    \u{1b}[2m1. \u{1b}[0m\u{1b}[1mWeather\u{1b}[0m  \u{1b}[35mdocs/wire.jsonl:2\u{1b}[0m  \u{1b}[36m2023-11-14\u{1b}[0m
       A \u{1b}[1m\u{1b}[31mstorm\u{1b}[0m warning for the coast.
    ");
}

#[test]
fn paths_are_linked_when_that_is_asked_for() {
    let corpus = Corpus::desk();
    let linked = "search --color always --limit 1 storm --hyperlink-format 'x://{path}:{line}'";
    let run = corpus.run(linked);
    let folder = corpus.path("").canonicalize().unwrap().display().to_string();
    assert!(run.out().contains(&format!("\u{1b}]8;;x://{folder}/docs/wire.jsonl:2\u{1b}\\")), "{run}");
    assert!(!corpus.run("search storm --hyperlink-format default").out().contains('\u{1b}'));
    assert_snapshot!(corpus.run("search storm --hyperlink-format 'x://{nonsense}'"), @"
    exit 2
    stderr:
    error: invalid value 'x://{nonsense}' for '--hyperlink-format <FORMAT>': hyperlink format `x://{nonsense}`: no such variable {nonsense}; use {path}, {line}, {column}, {page}, {host}, {wslprefix}

    For more information, try '--help'.
    ");
}

#[test]
fn snippets_have_the_length_that_is_asked_for() {
    let corpus = Corpus::desk();
    assert_snapshot!(corpus.run("search --snippet 30 --limit 1 launches"), @r"
    exit 0
    stdout:
    1. Summit  docs/wire.jsonl:1  2023-08-18
       …a warning of missile launches.
    ");
    assert_snapshot!(corpus.run("search --snippet 0 --limit 1 launches"), @r"
    exit 0
    stdout:
    1. Summit  docs/wire.jsonl:1  2023-08-18
    ");
}

#[cfg(unix)]
#[test]
fn control_characters_never_reach_the_terminal() {
    let hostile = "A warning\u{1b}[31m in\u{7} red \u{9b}2J and \u{202e}backwards.\n";
    let corpus = Corpus::with(&[("docs/evil\u{1b}[2J\nname.txt", hostile)]);
    let lines = "{\"id\":\"\\u001b[1m\",\"title\":\"A \\u001b]0;warning\",\"slug\":\"\\u0007\",\"text\":\"warning\"}\n{\u{1b}[3m\n";
    corpus.write("docs/evil.jsonl", lines);
    corpus.write("docs/evil\u{1b}[5m.bin", b"\0\0");
    let runs = [
        corpus.run("index docs -v"),
        corpus.run("search warning"),
        corpus.run("search --format vimgrep warning"),
        corpus.run("search --format paths warning"),
        corpus.run("search --json warning"),
        corpus.run("search '\u{1b}[31m \"open'"),
        corpus.run("search '\u{1b}[31mzebra'"),
        corpus.run("show 'docs/evil\u{1b}[2J\nname.txt'"),
        corpus.run("show docs/evil.jsonl#\u{1b}[1m"),
        corpus.run("show 'no\u{1b}[1m'"),
        corpus.run("show --json 'docs/evil\u{1b}[2J\nname.txt'"),
        corpus.run("status"),
        corpus.run("status --json"),
        corpus.run("status 'docs/evil\u{1b}[5m.bin'"),
        corpus.run("status --json 'docs/evil\u{1b}[5m.bin'"),
        corpus.run("search zebra --index 'no\u{1b}[1m'"),
        corpus.run("search zebra --queries 'no\u{1b}[1m'"),
        corpus.run("index 'no\u{1b}[1m'"),
        corpus.run("index 'no\u{1b}[1m' --glob '\u{1b}[a'"),
        corpus.run("search --hyperlink-format '\u{1b}{x}' a"),
    ];
    for run in runs {
        for text in [run.out(), run.err()] {
            let hidden = text.chars().find(|&c| c != '\n' && (c.is_control() || c == '\u{202e}'));
            assert_eq!(hidden, None, "{run}");
        }
    }
}

#[test]
fn exact_paths_are_given_with_zero_bytes_alone() {
    let corpus = Corpus::indexed(&[("docs/two\nlines.txt", "A warning.")]);
    assert_eq!(corpus.run("search --format paths -0 warning").stdout, b"docs/two\nlines.txt\0");
    assert_snapshot!(corpus.run("search --format paths warning"), @r"
    exit 0
    stdout:
    docs/two\nlines.txt
    ");
}

#[test]
fn every_line_of_json_fits_the_schema() {
    let corpus = Corpus::desk();
    corpus.write("docs/broken.jsonl", "{\"id\":\"b\",\"text\":\"a storm\"}\nbroken\n");
    let runs = [
        corpus.run("search --json --limit 100 '*'"),
        corpus.run("search --json zebra"),
        corpus.run("search --json --refresh storm"),
        corpus.run("search --json --refresh=docs zebra"),
        corpus.run("search --json --group document --sort date --qid q1 title:summit warning heading:next"),
        corpus.run("search --json --count warning"),
        corpus.run("search --json '\"data warning\"~2 (link OR misile~1) BEFORE/9 (warning NEAR/1 /dat./)'"),
        corpus
            .run_with("search --json --queries -", "a\tstorm\n\"open\nb\tzebra\nwarn* \"missile warn*\"^2\n"),
    ];
    let mut kinds = std::collections::BTreeMap::<String, usize>::new();
    for run in runs {
        corpus.assert_fits_schema(&run);
        for line in run.json_lines() {
            *kinds.entry(line["type"].as_str().unwrap().to_owned()).or_default() += 1;
        }
    }
    assert_snapshot!(format!("{kinds:?}"), @r#"{"begin": 10, "error": 2, "hit": 20, "summary": 10}"#);
}

/// What a page shows: all behind its head.
fn body_of(page: &str) -> &str {
    page.split_once("</head>\n").unwrap().1
}

#[test]
fn html_is_one_page_that_needs_nothing_else() {
    let corpus = Corpus::desk();
    let run = corpus.run("search --format html --facets lang --limit 2 --qid q7 radars summit");
    assert_eq!(run.code, 0, "{run}");
    assert!(run.out().starts_with("<!doctype html>\n"), "{run}");
    assert_snapshot!(body_of(run.out()), @r#"
    <body>
    <section>
    <h1 dir="auto">q7: radars summit</h1>
    <p class="faint">2 found</p>
    <article lang="en" dir="auto">
    <h2>1. <mark>Summit</mark></h2>
    <p class="faint"><code dir="ltr">docs/wire.jsonl:1</code> <time>2023-08-18</time></p>
    <p class="text">The <mark>summit</mark> agreed on a warning of missile launches.</p>
    </article>
    <article lang="en" dir="auto">
    <h2>2. Fact sheet: sharing data</h2>
    <p class="faint"><code dir="ltr">docs/page.html:3</code> <time>2023-11-20</time></p>
    <p class="text">Sharing data

    <mark>Radars</mark> send warning data to a &amp; b.</p>
    </article>
    <table>
    <caption>lang</caption>
    <tr><td>2</td><td dir="auto">en</td></tr>
    </table>
    </section>
    </body>
    </html>
    "#);
    for outside in ["<script", "<img", "<link", "@import", "url("] {
        assert!(!run.out().contains(outside), "{outside}");
    }
}

#[test]
fn html_tells_what_was_probably_meant() {
    let corpus = Corpus::desk();
    let page = corpus.run("search --format html sumit");
    assert!(page.out().contains("<p class=\"faint\">did you mean: <bdi>summit</bdi></p>"), "{page}");
    let page = corpus.run("search --format html --auto-correct sumit");
    let told = "<p class=\"faint\">searched for <bdi>summit</bdi> instead of <bdi>sumit</bdi></p>";
    assert!(page.out().contains(told), "{page}");
    assert_eq!(corpus.run("search --format html --count sumit").out(), "0\n");
}

#[test]
fn html_of_a_batch_is_one_page() {
    let corpus = Corpus::desk();
    corpus.write("queries.tsv", "q1\tstorm\nbad\t\"open\nq2\tzebra\n");
    let run = corpus.run("search --queries queries.tsv --format html");
    let page = run.out();
    for (piece, times) in
        [("<!doctype", 1), ("</html>", 1), ("<h1 ", 2), ("<article", 1), ("nothing found", 1)]
    {
        assert_eq!(page.matches(piece).count(), times, "{piece}: {page}");
    }
    assert_eq!(corpus.run("search --format html '\"open'").out(), "", "no page about what is no query");
    assert_eq!(corpus.run("search --format html --count storm").out(), "1\n");
}

#[test]
fn html_takes_nothing_from_documents_but_text() {
    let corpus = Corpus::with(&[]);
    let evil = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>";
    let line = serde_json::json!({"id": evil, "title": evil, "text": format!("bait {evil}"),
        "url": "javascript:alert(1)", "desk": evil, "lang": "en\" onload=\"alert(1)"});
    corpus.write("docs/a<b>&\"c'.jsonl", format!("{line}\n"));
    corpus.write(
        "docs/evil.md",
        format!("---\nurl: ' jaVascript:alert(1)'\n---\n# bait `{evil}`\n\nbait <b>bold</b> {evil}\n"),
    );
    corpus.run("index docs");
    let run = corpus.run("search --format html --facets meta.desk,path:2 -- 'bait script'");
    let page = body_of(run.out());
    assert!(page.matches("<article").count() >= 2, "{page}");
    for markup in ["<script", "<img", "<b>", "href=", "onload=\"", "onerror=x"] {
        assert!(!page.contains(markup), "{markup}: {page}");
    }
}
