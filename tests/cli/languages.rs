//! Languages: what is found in texts of many of them, in one index, by words that nobody names the language of.

use serde_json::Value;

use crate::harness::Corpus;

/// The texts that a query's hits have marked, by the paths of their documents, in the order of the paths.
fn marked(corpus: &Corpus, arguments: &str) -> Vec<String> {
    let shown = |hit: &Value| {
        let highlights = hit["highlights"].as_array().unwrap().iter();
        let texts: Vec<_> = highlights.map(|highlight| highlight["text"].as_str().unwrap()).collect();
        let path = hit["document"]["path"].as_str().unwrap();
        format!("{}: {}", path.trim_start_matches("docs/"), texts.join("|"))
    };
    let mut all: Vec<_> = corpus.hits(arguments).iter().map(shown).collect();
    all.sort();
    all
}

/// An index of one text for each language.
fn texts(texts: &[(&str, &str)]) -> Corpus {
    let files: Vec<_> = texts.iter().map(|(name, text)| (format!("docs/{name}"), *text)).collect();
    Corpus::indexed(&files.iter().map(|(name, text)| (name.as_str(), *text)).collect::<Vec<_>>())
}

fn european() -> Corpus {
    texts(&[
        (
            "de.txt",
            "Die Raketen wurden am Sonntag von der Küste aus gestartet, und das Ministerium hat es bestätigt.",
        ),
        (
            "en.txt",
            "The general said that the missiles were launched from the coast, and that it was a test.",
        ),
        (
            "fr.txt",
            "Les généraux ont annoncé que les missiles sont partis de la côte dans la nuit de dimanche.",
        ),
        ("ru.txt", "Министры обороны трёх стран договорились обмениваться данными о пусках ракет."),
    ])
}

#[test]
fn a_word_finds_its_inflections_in_the_language_of_each_document() {
    let corpus = european();
    assert_eq!(marked(&corpus, "général"), ["en.txt: general", "fr.txt: généraux"]);
    assert_eq!(marked(&corpus, "generaux"), ["en.txt: general", "fr.txt: généraux"]);
    assert_eq!(marked(&corpus, "rakete"), ["de.txt: Raketen"]);
    assert_eq!(marked(&corpus, "ракеты"), ["ru.txt: ракет"]);
    assert_eq!(marked(&corpus, "launch"), ["en.txt: launched"]);
    assert_eq!(marked(&corpus, "missile"), ["en.txt: missiles", "fr.txt: missiles"]);
    assert_eq!(
        marked(&corpus, "'général NEAR/9 missile'"),
        ["en.txt: general|missiles", "fr.txt: généraux|missiles"]
    );
    assert_eq!(marked(&corpus, "=rakete"), [""; 0], "an exact word has no inflections");
    assert_eq!(marked(&corpus, "'\"die rakete\"'"), [""; 0]);
    assert_eq!(marked(&corpus, "'\"die raketen\"'"), ["de.txt: Die Raketen"], "small words hide no phrase");
}

#[test]
fn a_language_that_is_gone_gives_words_no_stems_any_more() {
    let corpus = european();
    let explained = |corpus: &Corpus| marked(corpus, "generaux").len();
    assert_eq!(explained(&corpus), 2);
    corpus.remove("docs/fr.txt");
    corpus.run("index docs");
    assert_eq!(explained(&corpus), 0);
}

#[test]
fn the_language_of_a_pass_can_be_forced() {
    let corpus = texts(&[
        ("a.txt", "Raketenstarts, Häuser"),
        ("b.jsonl", "{\"text\": \"Häuser\", \"lang\": \"en\"}\n"),
    ]);
    assert_eq!(marked(&corpus, "haus"), [""; 0]);
    let run = corpus.run("index --language DE docs");
    assert_eq!(run.code, 0, "{run}");
    assert_eq!(marked(&corpus, "haus"), ["a.txt: Häuser", "b.jsonl: Häuser"]);
    assert_eq!(marked(&corpus, "lang:de").len(), 2);
    let same = "tidings: added 0, changed 0, removed 0, unchanged 2, skipped 0, failed 0\n";
    assert_eq!(corpus.run("index --language de docs").err(), same);
    assert_eq!(corpus.run("index docs").err(), same, "what was given stays");
    assert_eq!(marked(&corpus, "haus").len(), 2);
    corpus.write("docs/a.txt", "Raketenstarts und Häuser");
    corpus.run("index docs");
    assert_eq!(marked(&corpus, "haus"), ["b.jsonl: Häuser"], "what has changed says itself what it is");
}

#[test]
fn a_language_that_nobody_knows_is_an_error_that_lists_those_known() {
    let run = Corpus::with(&[]).run("index --language klingon");
    assert_eq!(run.code, 2);
    assert!(run.err().contains("no such language; known are af, ak") && run.err().contains("zu"), "{run}");
}
