//! `search`: what is found, in which order and how much of it.

use insta::assert_snapshot;
use serde_json::Value;

use crate::harness::Corpus;

#[test]
fn passages_are_found_and_shown() {
    assert_snapshot!(Corpus::desk().run("search missile warning"), @r"
    exit 0
    stdout:
    1. Summit  docs/wire.jsonl:1  2023-08-18
       The summit agreed on a warning of missile launches.

    2. note.txt  docs/note.txt:1  2023-11-14
       Minutes of the desk, 13 November. We write missile-warning with a hyphen. The link was launched late; nobody's café was open.

    3. Warning link to start in December  docs/news.md:6  2023-11-12
       The three ministers agreed to share missile warning data in real time.

    4. Warning link to start in December  docs/news.md:10  2023-11-12
       What is next
       Exercises begin in January. The warning data flows through a new link, and launches are told of at once.

    5. Weather  docs/wire.jsonl:2  2023-11-14
       A storm warning for the coast.

    6. Fact sheet: sharing data  docs/page.html:3  2023-11-20
       Sharing data
       Radars send warning data to a & b.
    ");
}

#[test]
fn nothing_found_is_said_and_exits_with_1() {
    assert_snapshot!(Corpus::desk().run("search zebra"), @r"
    exit 1
    stderr:
    tidings: nothing found
    ");
}

#[test]
fn a_phrase_is_these_words_in_this_order() {
    let corpus = Corpus::desk();
    assert_eq!(corpus.found("'\"missile warning data\"'"), ["docs/news.md#0"]);
    assert_eq!(corpus.found("--phrase warning of missile"), ["docs/wire.jsonl#w-1#0"]);
    assert_eq!(corpus.found("'\"data warning\"'"), [""; 0]);
}

#[test]
fn a_phrase_of_a_passage_is_marked_in_its_title_whichever_passage_it_is() {
    let corpus = Corpus::indexed(&[(
        "docs/radar.md",
        "# Real-time radar\n\nA plan.\n\n## Boats\n\nData in real time.\n\n## Pilots\n\nNo time for the real radar.\n",
    )]);
    let marks = |hit: &Value| {
        let marked = hit["title_highlights"].as_array().map(|marks| marks[0]["text"].clone());
        (hit["passage"]["ordinal"].as_u64().unwrap(), marked)
    };
    let all: Vec<_> = corpus.hits("--sort path real-time").iter().map(marks).collect();
    assert_eq!(all, [(0, Some("Real-time".into())), (1, Some("Real-time".into()))]);
}

#[test]
fn words_and_phrases_take_operators_as_text() {
    let corpus = Corpus::desk();
    assert_eq!(corpus.found("--words --all '\"missile-warning a -hyphen'"), ["docs/note.txt#0"]);
    assert_eq!(corpus.found("--phrase 'NOT \"missile'"), [""; 0]);
}

#[test]
fn each_part_of_the_query_language_finds_what_it_says() {
    let corpus = Corpus::desk();
    let queries = [
        "=launches",
        "launch",
        "warn* -storm",
        "+warning +radars",
        "missile AND (summit OR hyphen)",
        "warning NOT missile",
        "title:weather",
        "heading:next",
        "warning path:docs/*.md",
        "lang:ko",
        "format:html",
        "ext:jsonl",
        "date:2023-08",
        "date:>=2023-11-14 warning",
        "\"missile warn*\"",
        "cafe",
        "misile~1",
        "mislie~1",
        "mislie~2 -summit",
        "/MISS.LES?/",
        "title:/weath.*/",
        "/lau.*/ path:docs/*.md",
        "warning NEAR/2 launches",
        "warning BEFORE/2 launches",
        "launch BEFORE/9 warning",
        "(share OR link) NEAR/3 \"warning data\"",
        "(+share) AND misile~1 NEAR/0 warn*",
        "title:(link BEFORE/3 december)",
        "heading:(nothing NEAR/2 next)",
        "\"data warning\"~0",
        "\"warning launches\"~>2",
        "\"data warning\"~>0",
        "미사일 NEAR/3 경보",
        "경보",
        "nobody's",
        "U.S.-South",
        "https://example.org/?q=warning",
        "*",
    ];
    let mut found = String::new();
    for query in queries {
        let ids = corpus.found(&format!("--sort path -- '{}'", query.replace('\'', "\u{2019}")));
        found += &format!("{query}: {}\n", ids.join(", "));
    }
    assert_snapshot!(found, @r#"
    =launches: docs/news.md#1, docs/wire.jsonl#w-1#0
    launch: docs/news.md#1, docs/note.txt#0, docs/wire.jsonl#w-1#0
    warn* -storm: docs/news.md#0, docs/news.md#1, docs/note.txt#0, docs/page.html#0, docs/wire.jsonl#w-1#0
    +warning +radars: docs/page.html#0
    missile AND (summit OR hyphen): docs/note.txt#0, docs/wire.jsonl#w-1#0
    warning NOT missile: docs/news.md#1, docs/page.html#0, docs/wire.jsonl#w 2#0
    title:weather: docs/wire.jsonl#w 2#0
    heading:next: docs/news.md#1
    warning path:docs/*.md: docs/news.md#0, docs/news.md#1
    lang:ko: docs/ko/note.txt#0
    format:html: docs/page.html#0
    ext:jsonl: docs/wire.jsonl#w 2#0, docs/wire.jsonl#w-1#0
    date:2023-08: docs/wire.jsonl#w-1#0
    date:>=2023-11-14 warning: docs/note.txt#0, docs/page.html#0, docs/wire.jsonl#w 2#0
    "missile warn*": docs/news.md#0, docs/note.txt#0
    cafe: docs/note.txt#0
    misile~1: docs/news.md#0, docs/note.txt#0, docs/wire.jsonl#w-1#0
    mislie~1: 
    mislie~2 -summit: docs/news.md#0, docs/note.txt#0
    /MISS.LES?/: docs/news.md#0, docs/note.txt#0, docs/wire.jsonl#w-1#0
    title:/weath.*/: docs/wire.jsonl#w 2#0
    /lau.*/ path:docs/*.md: docs/news.md#1
    warning NEAR/2 launches: docs/wire.jsonl#w-1#0
    warning BEFORE/2 launches: docs/wire.jsonl#w-1#0
    launch BEFORE/9 warning: 
    (share OR link) NEAR/3 "warning data": docs/news.md#0, docs/page.html#0
    (+share) AND misile~1 NEAR/0 warn*: docs/news.md#0
    title:(link BEFORE/3 december): docs/news.md#0, docs/news.md#1
    heading:(nothing NEAR/2 next): 
    "data warning"~0: docs/news.md#0, docs/news.md#1, docs/page.html#0
    "warning launches"~>2: docs/wire.jsonl#w-1#0
    "data warning"~>0: 
    미사일 NEAR/3 경보: docs/ko/note.txt#0
    경보: docs/ko/note.txt#0
    nobody's: docs/note.txt#0
    U.S.-South: 
    https://example.org/?q=warning: 
    *: docs/ko/note.txt#0, docs/news.md#0, docs/news.md#1, docs/note.txt#0, docs/page.html#0, docs/wire.jsonl#w 2#0, docs/wire.jsonl#w-1#0
    "#);
}

#[test]
fn malformed_queries_are_shown_with_a_caret_and_a_hint() {
    let corpus = Corpus::desk();
    assert_snapshot!(corpus.run("search 'missile \"warning'"), @r#"
    exit 2
    stderr:
    tidings: the quote opens a phrase that is never closed
      missile "warning
              ^
      hint: add a closing quote, or write \" for a plain one
    "#);
    assert_snapshot!(corpus.run("search '(missile OR'"), @r"
    exit 2
    stderr:
    tidings: `OR` has no operand behind it
      (missile OR
               ^~
      hint: add one, or write \OR to search for the word
    ");
    assert_snapshot!(corpus.run("search date:never"), @r"
    exit 2
    stderr:
    tidings: `date:` takes a date or a range of dates
      date:never
           ^~~~~
      hint: write 2023, 2023-11 or 2023-11-12, a range as 2023-11..2024 or 2023.., >=2023, >2023, <=2023, <2023, or today, yesterday, 7d, 2w, 3m, 1y
    ");
    assert_snapshot!(corpus.run("search path:[a"), @r"
    exit 2
    stderr:
    tidings: `path:[a`: unclosed character class; missing ']'; see `tidings search --help` for globs
    ");
    assert_snapshot!(corpus.run("search 'missile /mis(s/'"), @r"
    exit 2
    stderr:
    tidings: the regular expression cannot be read: unclosed group
      missile /mis(s/
                  ^
      hint: mend it, or write \/ for a plain slash
    ");
    assert_snapshot!(corpus.run("search 'missile NEAR/3 (warning AND data)'"), @r"
    exit 2
    stderr:
    tidings: `(warning AND data)` cannot stand beside NEAR or BEFORE
      missile NEAR/3 (warning AND data)
                     ^~~~~~~~~~~~~~~~~~
      hint: a word, a phrase, (a OR b), or in parentheses another NEAR or BEFORE can
    ");
    assert_snapshot!(corpus.run("search '\"missile data\"~99999'"), @r#"
    exit 2
    stderr:
    tidings: `~99999` is no distance
      "missile data"~99999
                    ^~~~~~
      hint: write a number of words up to 10000
    "#);
    assert_snapshot!(corpus.run("search 'missile warnin~3'"), @r"
    exit 2
    stderr:
    tidings: `~3` is no number of edits
      missile warnin~3
                    ^~
      hint: write ~1 or ~2, as in word~1; a plain ~ is written \~
    ");
    assert_snapshot!(corpus.run("search 'missile /(a{999}){999}/'"), @r"
    exit 2
    stderr:
    tidings: the regular expression is too large
      missile /(a{999}){999}/
               ^~~~~~~~~~~~~
      hint: repeat less in it: what is repeated counts each time
    ");
    assert_snapshot!(corpus.run("search '/(a|b)*a(a|b){25}/'"), @r"
    exit 2
    stderr:
    tidings: `/(a|b)*a(a|b){25}/`: the regular expression takes too much memory; repeat less in it, or ask for fewer choices
    ");
    assert_snapshot!(corpus.run("search multi-agnt~1"), @r"
    exit 2
    stderr:
    tidings: `multi-agnt~1`: only a single word can be fuzzy; leave out the `~` and its number
    ");
    assert_snapshot!(corpus.run(&format!("search '{}~1'", "한".repeat(21))), @r"
    exit 2
    stderr:
    tidings: `한한한한한한한한한한한한한한한한한한한한한~1`: a word of more than 20 characters cannot be fuzzy; leave out some of it
    ");
    assert_snapshot!(corpus.run(&format!("search '{}'", "a~1 ".repeat(64) + "b~1")), @r"
    exit 2
    stderr:
    tidings: the query has more than 64 fuzzy words
      …a~1 a~1 a~1 a~1 a~1 a~1 a~1 a~1 a~1 a~1 b~1
                                               ^~~
      hint: leave out the ~ of some of them
    ");
    assert_snapshot!(corpus.run("search '경보 \"open'"), @r#"
    exit 2
    stderr:
    tidings: the quote opens a phrase that is never closed
      경보 "open
           ^
      hint: add a closing quote, or write \" for a plain one
    "#);
    assert_snapshot!(corpus.run("search --json 'missile \"warning'"), @r#"
    exit 2
    stderr:
    tidings: the quote opens a phrase that is never closed
      missile "warning
              ^
      hint: add a closing quote, or write \" for a plain one
    "#);
}

#[test]
fn unknown_and_contradicting_flags_are_usage_errors() {
    let corpus = Corpus::desk();
    assert_snapshot!(corpus.run("search --frobnicate a"), @r"
    exit 2
    stderr:
    error: unexpected argument '--frobnicate' found

      tip: a similar argument exists: '--format'

    Usage: tidings search --format <FORMAT> [QUERY]...

    For more information, try '--help'.
    ");
    assert_snapshot!(corpus.run("search"), @r"
    exit 2
    stderr:
    error: the following required arguments were not provided:
      <QUERY>...

    Usage: tidings search <QUERY>...

    For more information, try '--help'.
    ");
    for flags in ["--words --phrase", "--all --any", "--json --format csv", "--limit many", "--sort size"] {
        assert_eq!(corpus.run(&format!("search {flags} a")).code, 2, "{flags}");
    }
}

#[test]
fn a_query_without_words_finds_nothing_and_says_why() {
    assert_snapshot!(Corpus::desk().run("search '...'"), @r#"
    exit 2
    stderr:
    tidings: the query has no words
      ...
      ^~~
      hint: type a word or a "phrase", or * for everything
    "#);
}

#[test]
fn fuzzy_hangul_is_by_its_letters() {
    let corpus = Corpus::with(&[
        ("docs/a.txt", "북한이 미사일을 쏘았다."),
        ("docs/b.txt", "美国과 미시간의 일."),
        ("docs/c.txt", "防衛省は発表した。"),
    ]);
    assert_eq!(corpus.run("index docs").code, 0);
    for (query, found) in [
        ("미싸일~1", vec!["docs/a.txt#0"]),
        ("미사이ㄹ~1", vec!["docs/a.txt#0"]),
        ("미사발~1", vec![]),
        ("미시갼~1", vec!["docs/b.txt#0"]),
        ("防衝省~1", vec!["docs/c.txt#0"]),
        ("+lang:ko +(미싸일~1 NEAR/3 쏘았다)", vec!["docs/a.txt#0"]),
    ] {
        assert_eq!(corpus.found(&format!("'{query}'")), found, "{query}");
    }
}

#[test]
fn limit_and_offset_slice_the_same_list() {
    let corpus = Corpus::desk();
    let all = corpus.found("--limit 1000 warning");
    assert!(all.len() >= 5);
    for (limit, offset) in [(1, 0), (2, 1), (3, 4), (10, 2), (0, 0), (5, 100)] {
        let end = all.len().min(offset + limit);
        let slice = corpus.found(&format!("--limit {limit} --offset {offset} warning"));
        assert_eq!(slice, all.get(offset..end).unwrap_or_default(), "{limit} {offset}");
    }
}

#[test]
fn ranks_count_the_hits_that_were_left_out() {
    let ranks = Corpus::desk().hits("--offset 2 --limit 2 warning");
    assert_eq!(ranks.iter().map(|hit| hit["rank"].as_u64().unwrap()).collect::<Vec<_>>(), [3, 4]);
}

#[test]
fn counts_are_exact() {
    let corpus = Corpus::desk();
    assert_snapshot!(corpus.run("search --count warning"), @r"
    exit 0
    stdout:
    6
    ");
    assert_snapshot!(corpus.run("search --count --group document warning"), @r"
    exit 0
    stdout:
    5
    ");
    assert_snapshot!(corpus.run("search --count zebra"), @r"
    exit 1
    stdout:
    0
    ");
    assert_snapshot!(corpus.run("search --count --json warning"), @r#"
    exit 0
    stdout:
    {"type":"begin","data":{"version":1,"query_text":"warning","query":"warning","tree":{"text":{"clause":0,"field":"any","matcher":{"word":"warning"}}},"generation":[generation]}}
    {"type":"summary","data":{"hits":6,"hits_exact":true,"returned":0,"complete":true,"elapsed_ms":[ms]}}
    "#);
}

#[test]
fn groups_give_the_best_passage_of_each_document() {
    let corpus = Corpus::desk();
    let hits = corpus.hits("--group document warning");
    let shown = hits.iter().map(|hit| format!("{} {}", hit["document"]["id"], hit["matching_passages"]));
    assert_snapshot!(shown.collect::<Vec<_>>().join("\n"), @r#"
    "docs/news.md" 2
    "docs/wire.jsonl#w 2" 1
    "docs/wire.jsonl#w-1" 1
    "docs/note.txt" 1
    "docs/page.html" 1
    "#);
}

#[test]
fn hits_are_sorted_by_date_and_by_path() {
    let corpus = Corpus::desk();
    let dates = |sort: &str| {
        let hits = corpus.hits(&format!("--sort {sort} warning"));
        hits.iter()
            .map(|hit| format!("{} {}", hit["document"]["date"], hit["passage"]["id"]))
            .collect::<Vec<_>>()
    };
    assert_snapshot!(dates("date").join("\n"), @r#"
    "2023-08-18" "docs/wire.jsonl#w-1#0"
    "2023-11-12" "docs/news.md#0"
    "2023-11-12" "docs/news.md#1"
    "2023-11-14" "docs/note.txt#0"
    "2023-11-14" "docs/wire.jsonl#w 2#0"
    "2023-11-20" "docs/page.html#0"
    "#);
    assert_snapshot!(dates("-date").join("\n"), @r#"
    "2023-11-20" "docs/page.html#0"
    "2023-11-14" "docs/note.txt#0"
    "2023-11-14" "docs/wire.jsonl#w 2#0"
    "2023-11-12" "docs/news.md#0"
    "2023-11-12" "docs/news.md#1"
    "2023-08-18" "docs/wire.jsonl#w-1#0"
    "#);
    assert_snapshot!(dates("path").join("\n"), @r#"
    "2023-11-12" "docs/news.md#0"
    "2023-11-12" "docs/news.md#1"
    "2023-11-14" "docs/note.txt#0"
    "2023-11-20" "docs/page.html#0"
    "2023-11-14" "docs/wire.jsonl#w 2#0"
    "2023-08-18" "docs/wire.jsonl#w-1#0"
    "#);
}

#[test]
fn refresh_reads_what_changed_first() {
    let corpus = Corpus::with(&[("docs/a.txt", "The first word.")]);
    assert_snapshot!(corpus.run("search --refresh=docs --format paths word"), @r"
    exit 0
    stdout:
    docs/a.txt
    ");
    corpus.write("docs/b.txt", "The last word.");
    assert_snapshot!(corpus.run("search --refresh --format paths word"), @"
    exit 0
    stdout:
    docs/a.txt
    docs/b.txt
    ");
}

#[test]
fn refresh_with_a_failing_source_gives_the_rest_and_exits_with_3() {
    let corpus = Corpus::with(&[("docs/a.jsonl", "{\"id\":\"a\",\"text\":\"a word\"}\n{broken\n")]);
    assert_snapshot!(corpus.run("search --refresh=docs --format paths word"), @r"
    exit 3
    stdout:
    docs/a.jsonl
    stderr:
    tidings: docs/a.jsonl:2: malformed JSON at column 2: key must be a string
    ");
    assert_snapshot!(corpus.run("search --refresh=docs --json zebra"), @r#"
    exit 3
    stdout:
    {"type":"begin","data":{"version":1,"query_text":"zebra","query":"zebra","tree":{"text":{"clause":0,"field":"any","matcher":{"word":"zebra"}}},"generation":[generation]}}
    {"type":"error","data":{"path":"docs/a.jsonl:2","reason":"malformed JSON at column 2: key must be a string"}}
    {"type":"summary","data":{"hits":0,"hits_exact":true,"returned":0,"complete":false,"elapsed_ms":[ms]}}
    stderr:
    tidings: docs/a.jsonl:2: malformed JSON at column 2: key must be a string
    "#);
}

#[test]
fn a_first_refresh_without_a_source_says_what_to_do() {
    assert_snapshot!(Corpus::with(&[]).run("search --refresh word"), @"
    exit 2
    stderr:
    tidings: seeds: not found; name the files or folders to read
    ");
}

/// A corpus in which `missile` and `warning` are common and `sumit` is a rare spelling of `summit`.
fn misspelt() -> Corpus {
    let corpus = Corpus::with(&[]);
    for number in 0..40 {
        let rare = if number == 7 { "The sumit." } else { "The summit." };
        corpus.write(&format!("docs/{number}.txt"), format!("{rare} A missile warning."));
    }
    assert_eq!(corpus.run("index docs").code, 0);
    corpus
}

#[test]
fn what_was_probably_meant_is_told_and_changes_no_hit() {
    let corpus = misspelt();
    assert_snapshot!(corpus.run("search '\"Misile warning\" OR zzz'"), @r#"
    exit 1
    stderr:
    tidings: nothing found
    tidings: did you mean: "Missile warning" OR zzz
    "#);
    assert_snapshot!(corpus.run("search --format paths misile"), @"exit 1");
    assert_snapshot!(corpus.run("search --snippet 0 sumit"), @r"
    exit 0
    stdout:
    1. 7.txt  docs/7.txt:1  2023-11-14
    stderr:
    tidings: did you mean: summit
    ");
    assert_snapshot!(corpus.run("search --json --limit 0 '+misile warning'"), @r#"
    exit 1
    stdout:
    {"type":"begin","data":{"version":1,"query_text":"+misile warning","query":"+misile warning","tree":{"sequence":[{"occur":"must","query":{"text":{"clause":0,"field":"any","matcher":{"word":"misile"}}}},{"occur":"should","query":{"text":{"clause":1,"field":"any","matcher":{"word":"warning"}}}}]},"generation":[generation]}}
    {"type":"summary","data":{"hits":0,"hits_exact":true,"returned":0,"complete":true,"elapsed_ms":[ms],"suggestion":"+missile warning"}}
    "#);
    assert_snapshot!(corpus.run_with("search --queries - --limit 1 --snippet 0", "q1\tmisile\nq2\tsummit\n"), @r"
    exit 0
    stdout:
    q1: misile


    q2: summit

    1. 0.txt  docs/0.txt:1  2023-11-14
    stderr:
    tidings: q1: did you mean: missile
    ");
}

#[test]
fn what_was_probably_meant_is_searched_where_that_is_asked_for() {
    let corpus = misspelt();
    assert_snapshot!(corpus.run("search --auto-correct --format paths --limit 1 misile"), @r"
    exit 0
    stdout:
    docs/0.txt
    stderr:
    tidings: searched for `missile` instead of `misile`
    ");
    assert_snapshot!(corpus.run("search --auto-correct --json --limit 0 misile"), @r#"
    exit 0
    stdout:
    {"type":"begin","data":{"version":1,"query_text":"misile","query":"missile","corrected_from":"misile","tree":{"text":{"clause":0,"field":"any","matcher":{"word":"missile"}}},"generation":[generation]}}
    {"type":"summary","data":{"hits":40,"hits_exact":true,"returned":0,"complete":true,"elapsed_ms":[ms]}}
    stderr:
    tidings: searched for `missile` instead of `misile`
    "#);
    assert_snapshot!(corpus.run_with("search --auto-correct --queries - --count", "q1\tmisile\nq2\tsummit\n"), @r"
    exit 0
    stdout:
    q1\t40
    q2\t39
    stderr:
    tidings: q1: searched for `missile` instead of `misile`
    ");
    assert_snapshot!(corpus.run("search --auto-correct --count summit"), @r"
    exit 0
    stdout:
    39
    ");
}
