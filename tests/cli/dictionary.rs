//! Dictionaries: words of Japanese and Korean in all their forms, and what becomes of an index whose dictionary is
//! gone, or which a program reads that knows none.

#[cfg(not(feature = "dictionary"))]
mod without {
    use std::fs;

    use insta::assert_snapshot;

    use crate::harness::Corpus;

    /// An index that says that it was made with a dictionary.
    fn made_with() -> Corpus {
        let corpus = Corpus::indexed(&[("docs/a.txt", "りんごを食べた。")]);
        let meta = fs::read_to_string(corpus.path("index/meta.json")).unwrap();
        let setting = r#"{\"path\":\"/dict\",\"language\":\"ja\",\"content\":\"c\",\"stamp\":\"s\"}"#;
        let passages = r#"\"passage_words\":200"#;
        let other = meta.replace(passages, &format!(r#"{passages},\"dictionaries\":[{setting}]"#));
        assert_ne!(meta, other);
        fs::write(corpus.path("index/meta.json"), other).unwrap();
        corpus
    }

    #[test]
    fn a_program_without_dictionaries_says_how_to_build_one_with() {
        let corpus = Corpus::with(&[("docs/a.txt", "text")]);
        assert_snapshot!(corpus.run("index --dictionary dict docs"), @"
        exit 2
        stderr:
        tidings: dict: this program is built without dictionaries; build it with `cargo build --release --features dictionary`
        ");
        assert!(!corpus.path("index").exists(), "nothing was made");
        assert_eq!(corpus.run("index docs").code, 0);
    }

    #[test]
    fn an_index_with_a_dictionary_is_searched_without_it_and_not_changed() {
        let corpus = made_with();
        let run = corpus.run("search --format paths 食べる");
        assert_snapshot!(run, @"
        exit 0
        stdout:
        docs/a.txt
        stderr:
        tidings: /dict: this program is built without dictionaries; build it with `cargo build --release --features dictionary`; the search goes on without it
        ");
        assert_snapshot!(corpus.run("index docs"), @"
        exit 2
        stderr:
        tidings: /dict: this program is built without dictionaries; build it with `cargo build --release --features dictionary`
        ");
        assert!(corpus.run("status").out().contains("dictionary ja /dict"));
        assert_eq!(corpus.run("index --no-dictionary docs").code, 0);
        assert_eq!(corpus.run("search 食べる").err(), "");
        assert!(!corpus.run("status").out().contains("dictionary"));
    }
}

#[cfg(feature = "dictionary")]
mod with {
    use std::fs;

    use insta::assert_snapshot;
    use serde_json::Value;

    use super::tiny::{CHINESE, JAPANESE, KOREAN, build};
    use crate::harness::{Corpus, Run};

    const TEXTS: [(&str, &str); 8] = [
        ("docs/ate.txt", "昨日、りんごを食べた。"),
        ("docs/eats.txt", "りんごを食べる。"),
        ("docs/went.txt", "東京にいった。"),
        ("docs/ran.md", "---\ntitle: 走った\n---\n\n東京の話。\n\n## 食べなかった\n\nりんごの話。\n"),
        ("docs/missile.txt", "ミサイルの警報が発射した。"),
        ("docs/walked.txt", "그는 걸었다. 미사일경보를 들었다."),
        ("docs/walk.txt", "그는 걷다."),
        ("docs/en.txt", "The missile warning was launched late."),
    ];

    /// Documents in Japanese, Korean and English, and a dictionary of each of the first two.
    fn documents() -> Corpus {
        let corpus = Corpus::with(&TEXTS);
        build(&JAPANESE, &corpus.path("ja"));
        build(&KOREAN, &corpus.path("ko"));
        corpus
    }

    fn indexed() -> Corpus {
        let corpus = documents();
        let run = corpus.run("index --dictionary ja --dictionary ko docs");
        assert_eq!(run.code, 0, "{run}");
        corpus
    }

    /// The documents that a query finds with what is marked in each, in the order of the documents.
    fn marked(corpus: &Corpus, arguments: &str) -> Vec<String> {
        let shown = |hit: &Value| {
            let places = ["highlights", "title_highlights", "heading_highlights"];
            let marks = places.iter().filter_map(|place| hit[place].as_array()).flatten();
            let marks: Vec<_> = marks.map(|mark| mark["text"].as_str().unwrap()).collect();
            let id = hit["passage"]["id"].as_str().unwrap();
            format!("{}: {}", id.trim_start_matches("docs/"), marks.join("|"))
        };
        let mut all: Vec<_> = corpus.hits(arguments).iter().map(shown).collect();
        all.sort();
        all
    }

    #[test]
    fn a_verb_is_found_in_all_its_forms_and_marked_with_its_endings() {
        let corpus = indexed();
        assert_eq!(
            marked(&corpus, "食べる"),
            ["ate.txt#0: 食べた", "eats.txt#0: 食べる", "ran.md#1: 食べなかった|食べなかった"],
            "also in headings"
        );
        assert_eq!(marked(&corpus, "行く"), ["went.txt#0: いった"], "though no character of it is the same");
        assert_eq!(marked(&corpus, "走る"), ["ran.md#0: 走った", "ran.md#1: 走った"], "also in titles");
        assert_eq!(marked(&corpus, "걷다"), ["walk.txt#0: 걷다", "walked.txt#0: 걸었다"]);
        assert_eq!(marked(&corpus, "경보를"), ["walked.txt#0: 경보를"]);
        assert_eq!(marked(&corpus, "ﾘﾝｺﾞ").len(), 3, "kana fold");
    }

    #[test]
    fn what_is_required_may_stand_in_any_form_and_what_is_excluded_means_what_was_typed() {
        let corpus = indexed();
        assert_eq!(marked(&corpus, "'+行く 警報'"), ["went.txt#0: いった"]);
        assert_eq!(marked(&corpus, "'+行く +東京'"), ["went.txt#0: 東京|いった"]);
        assert_eq!(
            marked(&corpus, "'+りんご -食べる'").len(),
            2,
            "only what has the word as typed is kept out"
        );
        assert_eq!(marked(&corpus, "'+東京 -行く'").len(), 2);
        assert_eq!(marked(&corpus, "'+東京都 警報'"), [""; 0], "the suffix is asked for too");
        assert_eq!(marked(&corpus, "'\"行く\"'"), [""; 0], "a phrase is as it stands");
        assert_eq!(marked(&corpus, "=行く"), [""; 0]);
        assert_eq!(marked(&corpus, "title:走る"), marked(&corpus, "title:走る --filter lang:ja"));
    }

    #[test]
    fn a_chinese_dictionary_serves_documents_in_chinese_in_either_writing() {
        let corpus = Corpus::with(&[
            ("docs/hant.jsonl", "{\"id\":\"1\",\"text\":\"飛彈\",\"lang\":\"zh\"}\n"),
            ("docs/ja.jsonl", "{\"id\":\"1\",\"text\":\"飛彈\",\"lang\":\"ja\"}\n"),
        ]);
        build(&CHINESE, &corpus.path("zh"));
        assert_eq!(corpus.run("index --dictionary zh docs").code, 0);
        assert_eq!(marked(&corpus, "飞弹"), ["hant.jsonl#1#0: 飛彈"]);
        assert_eq!(marked(&corpus, "飛彈").len(), 2, "by its characters");
    }

    /// The ids of all hits of a query.
    fn found(corpus: &Corpus, query: &str) -> Vec<String> {
        let mut found = corpus.found(&format!("--limit 100 -- {query}"));
        found.sort();
        found
    }

    #[test]
    fn nothing_that_is_found_without_a_dictionary_is_lost() {
        let with = indexed();
        let without = Corpus::indexed(&TEXTS);
        for query in [
            "食べる",
            "食べた",
            "+食べる",
            "走った",
            "ミサイルの警報",
            "+ミサイル +警報",
            "東京都",
            "-食べる",
            "걷다",
            "미사일",
            "+미사일경보",
            "'\"ミサイルの警報\"'",
            "りん*",
            "食べ~1",
            "'ミサイル NEAR/3 警報'",
            "missile",
            "+missile -警報",
            "title:走る",
            "heading:食べる",
            "'食べる OR 走る'",
            "'食べる AND りんご'",
        ] {
            let (more, all) = (found(&with, query), found(&without, query));
            assert!(all.iter().all(|id| more.contains(id)), "{query}: {all:?} are not all in {more:?}");
        }
        for query in ["-食べる", "missile", "'\"食べた\"'", "+missile -警報", "食べ~1"] {
            assert_eq!(found(&with, query), found(&without, query), "{query}");
        }
        let scores = |corpus: &Corpus, query: &str| -> Vec<Value> {
            corpus.hits(query).iter().map(|hit| hit["score"].clone()).collect()
        };
        assert_eq!(scores(&with, "missile warning"), scores(&without, "missile warning"));
        assert_eq!(scores(&with, "title:走る"), scores(&without, "title:走る"));
    }

    #[test]
    fn shares_add_up_to_the_score_and_why_not_agrees() {
        let corpus = indexed();
        for query in
            ["食べる", "行く 東京", "걷다^3", "+食べる りんご", "--expand りんご", "--sort path 食べる"]
        {
            let run = corpus.run(&format!("search --json --explain {query}"));
            corpus.assert_fits_schema(&run);
            assert!(!run.hits().is_empty(), "{query}: {run}");
            for hit in run.hits() {
                let shares = hit["explanation"]["shares"].as_array().unwrap();
                let sum: f64 = shares.iter().map(|share| share["score"].as_f64().unwrap()).sum();
                let score = hit["score"].as_f64().unwrap();
                assert!((sum - score).abs() < 1e-5 * score.max(1.0), "{query}: {sum} is not {score}: {run}");
            }
        }
        let run = corpus.run("search --json --explain 行く");
        assert_eq!(
            run.hits()[0]["explanation"]["shares"][0]["texts"],
            serde_json::json!(["いった"]),
            "{run}"
        );
        assert_eq!(corpus.run("why-not docs/went.txt '+行く 警報'").code, 0);
        assert_snapshot!(corpus.run("why-not docs/eats.txt +行く"), @"
        exit 1
        stdout:
        docs/eats.txt: not found
          `行く` matches no passage
        ");
    }

    fn summary(run: &Run) -> &str {
        run.err().lines().last().unwrap_or_default()
    }

    #[test]
    fn the_index_remembers_its_dictionaries_until_they_are_dropped() {
        let corpus = indexed();
        let status = corpus.run("status");
        let ja = format!("dictionary ja {}", fs::canonicalize(corpus.path("ja")).unwrap().display());
        assert!(status.out().contains(&ja) && status.out().contains("           ko "), "{status}");
        corpus.write("docs/new.txt", "りんごにいった。");
        let run = corpus.run("index");
        assert_eq!(summary(&run), "tidings: added 1, changed 0, removed 0, unchanged 8, skipped 0, failed 0");
        assert_eq!(marked(&corpus, "行く").len(), 2);
        assert_eq!(corpus.run("index --dictionary ja").code, 0);
        assert!(!corpus.run("status").out().contains("/ko"), "those of before are dropped");
        assert_eq!(marked(&corpus, "行く").len(), 2);
        assert_eq!(marked(&corpus, "걷다"), ["walk.txt#0: 걷다"]);
        let run = corpus.run("index --no-dictionary");
        assert_eq!(summary(&run), "tidings: added 0, changed 0, removed 0, unchanged 9, skipped 0, failed 0");
        assert_eq!(marked(&corpus, "行く"), [""; 0]);
        assert!(!corpus.run("status").out().contains("dictionary"));
        assert_eq!(corpus.run("index --dictionary ja --no-dictionary").code, 2);
    }

    #[test]
    fn every_document_is_analysed_again_by_another_dictionary() {
        let corpus = documents();
        corpus.write("more/a.jsonl", "{\"id\":\"1\",\"text\":\"東京にいった。\",\"lang\":\"ja\"}\n");
        assert_eq!(corpus.run("index docs more").code, 0);
        assert_eq!(marked(&corpus, "行く"), [""; 0]);
        let run = corpus.run("index --dictionary ja docs");
        assert_eq!(summary(&run), "tidings: added 0, changed 0, removed 0, unchanged 9, skipped 0, failed 0");
        assert_eq!(marked(&corpus, "行く").len(), 2, "also what was not named");
        corpus.remove("ja");
        build(&KOREAN, &corpus.path("ja"));
        let run = corpus.run("search --format paths 行く");
        assert_eq!(run.code, 1);
        assert!(run.err().contains("the dictionary has changed; run `tidings index`"), "{run}");
        assert_eq!(corpus.run("index").code, 0);
        assert_eq!(marked(&corpus, "行く"), [""; 0]);
        assert_eq!(marked(&corpus, "걷다").len(), 2);
    }

    #[test]
    fn a_dictionary_that_is_gone_stops_a_pass_and_no_search() {
        let corpus = indexed();
        fs::rename(corpus.path("ja"), corpus.path("away")).unwrap();
        let run = corpus.run("index");
        assert_eq!(run.code, 2, "{run}");
        assert!(run.err().contains("/ja: no such folder; name a dictionary with --dictionary"), "{run}");
        let run = corpus.run("search --format paths 食べる");
        assert_eq!(run.code, 0, "{run}");
        assert!(
            run.err().contains("/ja: no such folder") && run.err().contains("goes on without it"),
            "{run}"
        );
        assert_eq!(marked(&corpus, "걷다").len(), 2, "the other one is there");
        assert_eq!(corpus.run("index --dictionary away --dictionary ko").code, 0);
        assert_eq!(marked(&corpus, "行く").len(), 1);
    }

    #[test]
    fn what_is_no_dictionary_is_told_before_anything_is_made() {
        let corpus = documents();
        for (name, reason) in [
            ("none", "no such folder"),
            ("docs", "it has no metadata.json"),
            ("ja --dictionary ja", "a second dictionary for ja"),
        ] {
            let run = corpus.run(&format!("index --dictionary {name} docs"));
            assert_eq!(run.code, 2, "{run}");
            assert!(run.err().contains(reason), "{run}");
            assert!(!corpus.path("index").exists());
        }
        fs::write(corpus.path("ja/dict.trie"), "nothing").unwrap();
        let run = corpus.run("index --dictionary ja docs");
        assert!(run.code == 2 && run.err().contains("damaged dictionary"), "{run}");
    }

    #[test]
    fn a_ranking_is_measured_with_a_dictionary() {
        let corpus = documents();
        corpus.write(
            "small/corpus.jsonl",
            "{\"_id\":\"a\",\"text\":\"東京にいった。\"}\n{\"_id\":\"b\",\"text\":\"りんご\"}\n",
        );
        corpus.write("small/queries.jsonl", "{\"_id\":\"1\",\"text\":\"行く\"}\n");
        corpus.write("small/qrels.tsv", "1 0 a 1\n");
        let measured = |arguments: &str| {
            corpus.run(&format!("eval --json small {arguments}")).json_lines()[0]["ndcg_10"].as_f64().unwrap()
        };
        assert!(measured("") < 0.1);
        assert!(measured("--dictionary ja") > 0.9);
    }
}

#[cfg(feature = "dictionary")]
#[path = "../../src/analysis/dictionary/tiny.rs"]
mod tiny;
