//! Why hits stand where they do and others are missing: `--explain`, `why-not`, and what looks wider than the words of
//! the query: `--expand`, `--within document`, `like`.

mod like;
mod why_not;

use insta::assert_snapshot;
use serde_json::Value;

use crate::harness::{Corpus, Run};

const HARBOUR: &str = "\
# Harbour notice

A storm warning was given to all boats in the harbour.

## Radar

The harbour has a radar since May.
";

const COAST: &str = "\
# Coast guard

The coast guard sends a gale warning to boats.

## Pilots

Pilots look at the radar before boats leave. A storm in May sank two of them.
";

/// Two documents of two passages each, one of a single passage, and one about something else.
fn harbour() -> Corpus {
    Corpus::indexed(&[
        ("docs/harbour.md", HARBOUR),
        ("docs/coast.md", COAST),
        ("docs/pilots.txt", "Pilots must look out for gale and storm.\n"),
        ("docs/museum.txt", "The museum shows paintings of ships, and what is in it belongs to the city.\n"),
    ])
}

/// The first line of a run with `--json`: how the query was understood.
fn begin(run: &Run) -> Value {
    run.json_lines()[0]["data"].clone()
}

mod shares {
    use super::*;

    #[test]
    fn the_tree_stands_over_the_hits_and_the_shares_below_each() {
        let corpus = harbour();
        assert_snapshot!(corpus.run("search --explain --limit 2 'storm warning (radar OR zebra)^2 -museum lang:en'"), @r"
        exit 0
        stdout:
        what is required, and any of the rest
          storm
          warning
          2 times any of
            radar
            zebra
          excluded: museum
          required: lang:en

        1. Harbour notice  docs/harbour.md:5  2023-11-14
           Radar
           The harbour has a radar since May.
             4.141 score
             0.425   storm: elsewhere in the document
             0.631   warning: elsewhere in the document
             3.085   radar: Radar, radar
             0.000   lang:en
                     not found: zebra, museum

        2. Harbour notice  docs/harbour.md:1  2023-11-14
           A storm warning was given to all boats in the harbour.
             3.942 score
             0.621   storm: storm
             0.922   warning: warning
             2.108   radar: elsewhere in the document
             0.000   lang:en
             0.291   storm warning: near each other
                     not found: zebra, museum
        ");
    }

    #[test]
    fn a_word_that_is_elsewhere_in_the_document_gives_something() {
        let corpus = harbour();
        assert_snapshot!(corpus.run("search --explain --limit 1 --snippet 0 'sank sends'"), @r"
        exit 0
        stdout:
        any of
          sank
          sends

        1. Coast guard  docs/coast.md:1  2023-11-14
             2.207 score
             0.878   sank: elsewhere in the document
             1.329   sends: sends
        ");
        let run = corpus.run("search --explain --limit 1 --json 'sank sends'");
        let shares = &run.hits()[0]["explanation"]["shares"];
        assert_eq!(shares[0]["matches"], false);
        assert!(shares[0]["score"].as_f64().unwrap() > 0.0, "{run}");
        assert_eq!(shares[0].get("texts"), None);
    }

    #[test]
    fn shares_add_up_to_the_score_and_satisfy_the_schema() {
        let corpus = harbour();
        for arguments in [
            "storm warning boats",
            "--expand storm",
            "--within document storm AND radar",
            "--group document storm^3 \"gale warning\" boat*",
            "--sort date storm warning",
            "--sort path -- -museum title:harbour heading:radar +may~1",
            "*",
            "lang:en",
        ] {
            let run = corpus.run(&format!("search --json --explain {arguments}"));
            corpus.assert_fits_schema(&run);
            assert!(!run.hits().is_empty(), "{arguments}: {run}");
            for hit in run.hits() {
                let shares = hit["explanation"]["shares"].as_array().unwrap();
                let sum: f64 = shares.iter().map(|share| share["score"].as_f64().unwrap()).sum();
                let score = hit["score"].as_f64().unwrap();
                assert!(
                    (sum - score).abs() < 1e-5 * score.max(1.0),
                    "{arguments}: {sum} is not {score}: {run}"
                );
            }
        }
    }

    #[test]
    fn hits_have_an_explanation_only_where_one_was_asked_for() {
        let corpus = harbour();
        let run = corpus.run("search --json storm");
        assert!(run.hits().iter().all(|hit| hit.get("explanation").is_none()), "{run}");
        let run = corpus.run("search --json --explain storm");
        assert!(run.hits().iter().all(|hit| hit.get("explanation").is_some()), "{run}");
    }

    #[test]
    fn an_explanation_changes_neither_hits_nor_scores() {
        let corpus = harbour();
        for query in ["storm warning radar", "--expand storm", "--within document storm AND radar"] {
            let mut explained = corpus.hits(&format!("--explain {query}"));
            for hit in &mut explained {
                hit.as_object_mut().unwrap().remove("explanation");
            }
            assert_eq!(explained, corpus.hits(query), "{query}");
        }
    }

    #[test]
    fn each_query_of_a_batch_has_its_tree() {
        let corpus = harbour();
        assert_snapshot!(corpus.run_with("search --queries - --explain --limit 1 --snippet 0", "gale\nzebra -radar\n"), @r"
        exit 0
        stdout:
        1: gale

        gale

        1. pilots.txt  docs/pilots.txt:1  2023-11-14
             1.310 score
             1.310   gale: gale

        2: zebra -radar

        any of
          zebra
          excluded: radar
        ");
    }

    #[test]
    fn formats_without_a_place_for_it_refuse_an_explanation() {
        let corpus = harbour();
        assert_snapshot!(corpus.run("search --explain --format csv storm"), @r"
        exit 2
        stderr:
        tidings: --explain: goes with text and JSON output; choose one of these, or leave it out
        ");
        for format in ["paths", "vimgrep", "trec", "html"] {
            assert_eq!(corpus.run(&format!("search --explain --format {format} storm")).code, 2, "{format}");
            assert_eq!(
                corpus.run(&format!("like docs/coast.md --explain --format {format}")).code,
                2,
                "{format}"
            );
        }
    }

    #[test]
    fn weights_are_told_as_they_were_typed() {
        let corpus = harbour();
        let run = corpus.run("search --json storm^0.1");
        assert_eq!(begin(&run)["tree"]["weighted"]["weight"].to_string(), "0.1");
        assert_eq!(begin(&run)["query"], "storm^0.1");
    }
}

mod expand {
    use super::*;

    /// Notes about storms that share words with notes that never say `storm`.
    fn notes() -> Corpus {
        let mut notes = vec![
            ("docs/1.txt".to_owned(), "A storm with gusts and hail hit the pier.".to_owned()),
            ("docs/2.txt".to_owned(), "The storm brought gusts, hail and thunder.".to_owned()),
            ("docs/3.txt".to_owned(), "Gusts and hail all night, thunder at dawn.".to_owned()),
        ];
        notes.extend(
            (4..40).map(|n| (format!("docs/{n}.txt"), format!("Minutes of meeting {n} of the choir."))),
        );
        let notes: Vec<_> = notes.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
        Corpus::indexed(&notes)
    }

    #[test]
    fn what_says_the_same_in_other_words_is_found_behind_the_words_themselves() {
        let corpus = notes();
        assert_eq!(corpus.found("storm").len(), 2);
        let found = corpus.found("--expand storm");
        assert_eq!(found.len(), 3, "{found:?}");
        assert_eq!(found[2], "docs/3.txt#0");
    }

    #[test]
    fn the_words_added_and_their_weights_are_told() {
        let corpus = notes();
        let run = corpus.run("search --json --expand --limit 0 storm");
        assert_eq!(begin(&run)["query"], "storm");
        assert_snapshot!(begin(&run)["run"].as_str().unwrap(), @"storm (storm^0.202 OR gusts^0.177 OR hail^0.177 OR thunder^0.11)");
        assert_eq!(begin(&corpus.run("search --json --limit 0 storm")).get("run"), None);
        assert_snapshot!(corpus.run("search --expand --explain --snippet 60 storm"), @"
        exit 0
        stdout:
        any of
          storm
          any of
            storm^0.202
            gusts^0.177
            hail^0.177
            thunder^0.11

        1. 2.txt  docs/2.txt:1  2023-11-14
           The storm brought gusts, hail and thunder.
             4.516 score
             3.345   storm: storm
             0.433   gusts: gusts
             0.433   hail: hail
             0.306   thunder: thunder

        2. 1.txt  docs/1.txt:1  2023-11-14
           A storm with gusts and hail hit the pier.
             3.852 score
             3.060   storm: storm
             0.396   gusts: gusts
             0.396   hail: hail
                     not found: thunder

        3. 3.txt  docs/3.txt:1  2023-11-14
           Gusts and hail all night, thunder at dawn.
             1.120 score
             0.414   gusts: Gusts
             0.414   hail: hail
             0.292   thunder: thunder
                     not found: storm
        ");
    }

    #[test]
    fn where_nothing_is_found_nothing_is_added() {
        let corpus = notes();
        let run = corpus.run("search --json --expand zebra");
        assert_eq!((run.code, begin(&run).get("run")), (1, None), "{run}");
    }

    #[test]
    fn what_is_required_and_excluded_stays_so() {
        let corpus = notes();
        assert_eq!(corpus.found("--expand +storm +gusts").len(), 2);
        assert_eq!(corpus.found("--expand storm AND gusts").len(), 2);
        assert_eq!(corpus.found("--expand -- storm -dawn").len(), 2);
        assert_eq!(corpus.found("--expand --filter path:docs/3.txt storm"), Vec::<String>::new());
        assert_eq!(corpus.found("--expand path:docs/1.txt storm"), ["docs/1.txt#0"]);
    }
}

mod within_document {
    use super::*;

    #[test]
    fn conditions_hold_over_all_passages_of_a_document() {
        let corpus = harbour();
        assert_eq!(corpus.found("harbour AND gale"), Vec::<String>::new());
        assert_eq!(corpus.found("storm AND warning"), ["docs/harbour.md#0"]);
        let found = corpus.found("--within document --sort path storm AND warning");
        assert_eq!(found, ["docs/coast.md#0", "docs/coast.md#1", "docs/harbour.md#0"]);
        assert_eq!(corpus.found("--within document --all --sort path storm warning"), found);
        assert_eq!(corpus.found("--within document --sort path +storm +warning"), found);
        assert_eq!(corpus.found("--within document harbour AND gale"), Vec::<String>::new());
    }

    #[test]
    fn what_is_excluded_may_stand_in_no_passage() {
        let corpus = harbour();
        assert_eq!(corpus.found("--sort path -- radar -gale"), ["docs/coast.md#1", "docs/harbour.md#1"]);
        assert_eq!(corpus.found("--within document -- radar -gale"), ["docs/harbour.md#1"]);
        assert_eq!(corpus.found("--within document radar AND NOT gale"), ["docs/harbour.md#1"]);
        let found = corpus.found("--within document --sort path -- -radar");
        assert_eq!(found, ["docs/museum.txt#0", "docs/pilots.txt#0"]);
    }

    #[test]
    fn filters_documents_and_counts_go_with_it() {
        let corpus = harbour();
        let query = "--within document storm AND warning";
        let found = corpus.found(&format!("{query} --filter pilots"));
        assert_eq!(found, ["docs/coast.md#1"], "a filter holds for the passage");
        assert_eq!(corpus.found(&format!("{query} path:docs/harbour.md")), ["docs/harbour.md#0"]);
        assert_eq!(corpus.run(&format!("search --count {query}")).out(), "3\n");
        assert_eq!(corpus.run(&format!("search --count --group document {query}")).out(), "2\n");
        let hits = corpus.hits(&format!("{query} --group document --sort path"));
        let counts: Vec<_> =
            hits.iter().map(|hit| (&hit["document"]["id"], &hit["matching_passages"])).collect();
        assert_eq!(counts, [(&"docs/coast.md".into(), &2.into()), (&"docs/harbour.md".into(), &1.into())]);
        assert_eq!(corpus.run("search --within document harbour AND gale").code, 1);
    }

    #[test]
    fn what_the_passage_has_is_marked_and_the_query_is_told_as_typed() {
        let corpus = harbour();
        let run = corpus.run("search --json --within document --sort path 'storm AND warning'");
        assert_eq!(begin(&run)["query"], "storm AND warning");
        assert_eq!(begin(&run)["query_text"], "storm AND warning");
        let marked = |hit: &Value| -> Vec<String> {
            let highlights = hit["highlights"].as_array().unwrap().iter();
            highlights.map(|highlight| highlight["text"].as_str().unwrap().to_owned()).collect()
        };
        let marked: Vec<_> = run.hits().iter().map(marked).collect();
        assert_eq!(marked, [vec!["warning"], vec!["storm"], vec!["storm", "warning"]]);
    }

    #[test]
    fn an_explanation_shows_the_condition_and_what_ranks() {
        let corpus = harbour();
        assert_snapshot!(corpus.run("search --explain --limit 1 --snippet 0 --within document '+storm +warning -museum lang:en'"), @r"
        exit 0
        stdout:
        the whole document
          all of
            required: storm
            required: warning
            excluded: museum
            required: lang:en
        its passages ranked by
          any of
            storm
            warning

        1. Harbour notice  docs/harbour.md:1  2023-11-14
             1.834 score
             0.621   storm: storm
             0.922   warning: warning
             0.291   storm warning: near each other
        ");
    }
}

mod words_of_grammar {
    use super::*;

    fn marked(corpus: &Corpus, arguments: &str) -> Vec<String> {
        let hits = corpus.hits(arguments);
        let highlights = hits.iter().flat_map(|hit| hit["highlights"].as_array().unwrap());
        highlights.map(|highlight| highlight["text"].as_str().unwrap().to_owned()).collect()
    }

    #[test]
    fn they_neither_find_nor_mark_anything_beside_other_words() {
        let corpus = harbour();
        assert_eq!(corpus.found("what is in the museum"), ["docs/museum.txt#0"]);
        assert_eq!(marked(&corpus, "what is in the museum"), ["museum"]);
        assert_eq!(corpus.run("search --count what is in the museum").out(), "1\n");
        assert_eq!(corpus.run("search --words --count what is in the museum").out(), "1\n");
        let run = corpus.run("search --json what is in the museum");
        assert_eq!(begin(&run)["query"], "what is in the museum");
        assert_eq!(begin(&run)["run"], "museum");
        assert_snapshot!(corpus.run("search --explain --snippet 0 what is in the museum"), @r"
        exit 0
        stdout:
        museum

        1. museum.txt  docs/museum.txt:1  2023-11-14
             1.743 score
             1.743   museum: museum
        ");
    }

    #[test]
    fn alone_or_asked_for_explicitly_they_are_words_like_others() {
        let corpus = harbour();
        assert_eq!(marked(&corpus, "what is"), ["what", "is"]);
        assert_eq!(marked(&corpus, "'\"to the\" museum'"), ["museum", "to the"]);
        assert_eq!(marked(&corpus, "--phrase 'is in'"), ["is in"]);
        assert_eq!(marked(&corpus, "+is museum"), ["museum", "is"]);
        assert_eq!(marked(&corpus, "=is museum"), ["museum", "is"]);
        assert_eq!(corpus.found("--all is museum"), ["docs/museum.txt#0"]);
        assert_eq!(corpus.found("--all has museum"), Vec::<String>::new());
        assert_eq!(corpus.found("museum AND has"), Vec::<String>::new());
        assert_eq!(corpus.found("-- museum -is"), Vec::<String>::new());
    }

    #[test]
    fn one_in_capitals_among_others_is_a_name() {
        let corpus = Corpus::indexed(&[
            ("docs/a.txt", "The US agreed with them."),
            ("docs/b.txt", "They gave us the ships."),
            ("docs/c.txt", "The ships sank."),
        ]);
        let run = |text: &str| {
            let run = corpus.run(&format!("search --json --limit 0 {text}"));
            let begin = begin(&run);
            begin.get("run").unwrap_or(&begin["query"]).as_str().unwrap().to_owned()
        };
        assert_eq!(run("the US ships"), "US ships");
        assert_eq!(run("the us ships"), "ships");
        assert_eq!(run("THE US SHIPS"), "SHIPS");
        assert!(corpus.found("the US ships").contains(&"docs/a.txt#0".to_owned()));
        assert!(!corpus.found("the us ships").contains(&"docs/a.txt#0".to_owned()));
    }
}
