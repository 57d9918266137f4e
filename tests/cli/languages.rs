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
fn what_is_written_in_other_characters_is_found_as_it_is_read() {
    let corpus = texts(&[
        ("a.txt", "葛\u{e0100}飾区の⽇本⼈が集まった。"),
        ("b.txt", "신형 북\u{200b}한 미사일은 사거리 1000㎞, 25℃에서"),
        ("c.txt", "The F-35s of Koreaʼs air force flew ½ of 10² sorties."),
        ("d.md", "习近平访\n问俄罗斯"),
        ("e.txt", "דובר צה\"ל אמר"),
        ("f.txt", "کتاب در تهران"),
    ]);
    for (query, expected) in [
        ("葛飾区", "a.txt: 葛\u{e0100}飾区"),
        ("日本人", "a.txt: ⽇本⼈"),
        ("'\"日本人が\"'", "a.txt: ⽇本⼈が"),
        ("북한", "b.txt: 북\u{200b}한"),
        ("1000km", "b.txt: 1000㎞"),
        ("25°C", "b.txt: 25℃"),
        ("+F-35 +Korea", "c.txt: F-35s|Korea"),
        ("½", "c.txt: ½"),
        ("访问", "d.md: 访\n问"),
        ("צהל", "e.txt: צה\"ל"),
        ("'צה\"ל'", "e.txt: צה\"ל"),
        ("كتاب", "f.txt: کتاب"),
    ] {
        assert_eq!(marked(&corpus, query), [expected], "{query}");
    }
    for absent in ["102", "12", "㎞"] {
        assert_eq!(marked(&corpus, absent), [""; 0], "{absent}");
    }
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

#[test]
fn numbers_and_abbreviations_have_one_form() {
    let corpus = texts(&[
        ("a.txt", "On 12 November 2023 the U.S. sold 1,000 F-35A; ICBMs followed, said Kim Jong-un."),
        ("b.txt", "2023. 11. 12. 미국은 F35A 1000대를 팔았다."),
        ("c.txt", "２０２３年１１月１２日、US Army and Kim Jong Un."),
    ]);
    assert_eq!(marked(&corpus, "U.S."), ["a.txt: U.S", "c.txt: US"]);
    assert_eq!(marked(&corpus, "'\"US army\"'"), ["c.txt: US Army"]);
    assert_eq!(marked(&corpus, "'\"the us sold\"'"), ["a.txt: the U.S. sold"]);
    assert_eq!(marked(&corpus, "1000"), ["a.txt: 1,000", "b.txt: 1000"]);
    assert_eq!(
        marked(&corpus, "'+2023 +11 +12 -november'"),
        ["b.txt: 2023|11|12", "c.txt: ２０２３|１１|１２"]
    );
    assert_eq!(marked(&corpus, "2023-11-12"), ["b.txt: 2023. 11. 12"]);
    for typed in ["F-35A", "F35A", "f-35a", "+F35A"] {
        assert_eq!(marked(&corpus, typed), ["a.txt: F-35A", "b.txt: F35A"], "{typed}");
    }
    assert_eq!(marked(&corpus, "=F35A"), ["b.txt: F35A"], "an exact word is as it was typed");
    assert_eq!(marked(&corpus, "icbm"), ["a.txt: ICBMs"]);
    assert_eq!(marked(&corpus, "'\"Kim Jong Un\"'"), ["a.txt: Kim Jong-un", "c.txt: Kim Jong Un"]);
    assert_eq!(marked(&corpus, "'F-35A NEAR/5 icbm'"), ["a.txt: F-35A|ICBMs"]);
}

#[test]
fn a_possessive_is_its_word_and_quoted_only_itself() {
    let corpus = texts(&[("a.txt", "Korea's missiles."), ("b.txt", "The missiles of Korea.")]);
    assert_eq!(marked(&corpus, "Korea’s"), ["a.txt: Korea", "b.txt: Korea"]);
    assert_eq!(marked(&corpus, "'\"Korea’s\"'"), ["a.txt: Korea's"]);
}

#[test]
fn korean_endings_hide_no_noun() {
    let corpus = texts(&[
        ("a.txt", "북한이 미사일을 발사했다."),
        ("b.txt", "한국의 미사일경보 체계는 회의에서 논의되었다."),
        ("c.txt", "미사일 경보는 NATO가 공유한다."),
    ]);
    assert_eq!(marked(&corpus, "--all 북한의 미사일 발사"), ["a.txt: 북한|미사일|발사"]);
    assert_eq!(marked(&corpus, "+미사일을 +북한은"), ["a.txt: 북한|미사일을"]);
    assert_eq!(marked(&corpus, "'미사일경보 AND 공유'"), ["c.txt: 미사일|경보|공유"]);
    assert_eq!(marked(&corpus, "'미사일경보 AND 체계'"), ["b.txt: 미사일경보|체계"]);
    assert_eq!(marked(&corpus, "'미사일 AND 경보'"), ["b.txt: 미사일|경보", "c.txt: 미사일|경보"]);
    assert_eq!(marked(&corpus, "+회의의 +체계"), ["b.txt: 체계|회의"]);
    assert_eq!(marked(&corpus, "+NATO의 +경보"), ["c.txt: 경보|NATO"]);
    assert_eq!(marked(&corpus, "'\"북한의\"'"), [""; 0], "a phrase is as it stands");
    assert_eq!(marked(&corpus, "'미사일 -북한의'").len(), 2, "what is excluded is the noun");
    assert_eq!(marked(&corpus, "'북한은 NEAR/9 미사일의'"), ["a.txt: 북한|미사일"]);
    assert_eq!(marked(&corpus, "'(경보의 AND 북한) OR 체계'"), ["b.txt: 체계"]);
}

#[test]
fn korean_words_that_are_required_have_any_ending() {
    let corpus = texts(&[
        ("a.txt", "정부는 결과를 발표했습니다."),
        ("b.txt", "미국으로부터 장관이 왔다."),
        ("c.txt", "물이 차다."),
        ("d.txt", "10월에 3명이 왔다."),
        ("e.txt", "3인이 10만 명이 되었다."),
    ]);
    for word in ["발표하다", "발표합니다", "발표한", "발표했던", "발표하기"] {
        let hits = marked(&corpus, &format!("'+{word} +정부'"));
        assert!(hits.len() == 1 && hits[0].starts_with("a.txt: 정부|발표"), "{word}: {hits:?}");
    }
    assert_eq!(marked(&corpus, "'+미국에서도 +장관'"), ["b.txt: 미국|장관"]);
    assert_eq!(marked(&corpus, "--all 물은 차다"), ["c.txt: 물|차다"]);
    assert_eq!(marked(&corpus, "'+10만 +명이'"), ["e.txt: 10만|명이"]);
    assert_eq!(marked(&corpus, "'명이 -10만'"), ["d.txt: 명이"]);
    assert_eq!(marked(&corpus, "'+3인 +왔다'"), [""; 0]);
}

#[test]
fn what_is_excluded_keeps_out_no_part_of_it() {
    let corpus = texts(&[
        ("a.txt", "미국 경제가 회복했다."),
        ("b.txt", "미국인 관광객이 미국에 돌아갔다."),
        ("c.txt", "消しゴムを使う。"),
        ("d.txt", "ゴムを消して使う。"),
        ("e.txt", "미국 전문 분야."),
    ]);
    assert_eq!(marked(&corpus, "'미국 -미국인'"), ["a.txt: 미국", "e.txt: 미국"]);
    assert_eq!(marked(&corpus, "'미국 AND NOT (미국인 OR 전문가)'"), ["a.txt: 미국", "e.txt: 미국"]);
    assert_eq!(marked(&corpus, "'미국 -전문의 -경제는'"), ["b.txt: 미국|미국", "e.txt: 미국"]);
    assert_eq!(marked(&corpus, "'ゴム -消しゴム'"), ["d.txt: ゴム"]);
    assert_eq!(
        marked(&corpus, "'미국 NOT (NOT 경제를)'"),
        ["a.txt: 미국"],
        "what is not excluded is required"
    );
    assert_eq!(marked(&corpus, "'+미국인 +회복'"), [""; 0]);
}

#[test]
fn lone_characters_with_marks_between_them_are_found_as_they_stand() {
    let corpus = texts(&[
        ("a.txt", "한·미·일 공조를 강화한다."),
        ("b.txt", "日・米・韓の首脳が会談した。"),
        ("c.txt", "남북한이 따로 만났다."),
    ]);
    for query in ["한·미·일", "한-미-일", "한·미·일의", "'+한·미·일 +공조'"] {
        let hits = marked(&corpus, query);
        assert!(hits.len() == 1 && hits[0].starts_with("a.txt: 한·미·일"), "{query}: {hits:?}");
    }
    assert_eq!(marked(&corpus, "日・米・韓"), ["b.txt: 日・米・韓"]);
    assert_eq!(marked(&corpus, "'공조 -한·미·일'"), [""; 0]);
}

#[test]
fn a_number_with_what_it_counts_comes_before_the_number_alone() {
    let corpus = texts(&[
        ("a.txt", "3명이 3일 동안 3차 시험을 했다."),
        ("b.txt", "시험은 3월에 한다."),
        ("c.txt", "A B A A"),
        ("d.txt", "한 회사는 A사라고 한다."),
    ]);
    assert_eq!(corpus.found("3월"), ["docs/b.txt#0", "docs/a.txt#0"]);
    assert_eq!(corpus.found("3월의"), ["docs/b.txt#0", "docs/a.txt#0"]);
    assert_eq!(corpus.found("A사"), ["docs/d.txt#0", "docs/c.txt#0"]);
    assert_eq!(marked(&corpus, "3월의"), ["a.txt: 3|3|3", "b.txt: 3월"]);
}

#[test]
fn japanese_words_that_are_required_mean_their_runs_of_one_script() {
    let corpus = texts(&[
        ("a.txt", "ミサイルの警報を共有する。"),
        ("b.txt", "ミサイル警報の訓練。"),
        ("c.txt", "ミサイルの訓練。"),
    ]);
    assert_eq!(marked(&corpus, "+ミサイル警報 +共有"), ["a.txt: ミサイル|警報|共有"]);
    assert_eq!(marked(&corpus, "+ミサイルへの警報 +訓練"), ["b.txt: ミサイル警報|訓練"]);
    assert_eq!(marked(&corpus, "'\"ミサイル警報\"'"), ["b.txt: ミサイル警報"]);
}

#[test]
fn japanese_spellings_of_one_word_find_each_other() {
    let corpus =
        texts(&[("a.txt", "サーバーの人々はリンゴを食べる。"), ("b.txt", "ｻｰﾊﾞの人人はりんごを食べる。")]);
    assert_eq!(marked(&corpus, "'\"サーバー\"'"), ["a.txt: サーバー", "b.txt: ｻｰﾊﾞ"]);
    assert_eq!(marked(&corpus, "サーバ"), ["a.txt: サーバー", "b.txt: ｻｰﾊﾞ"]);
    assert_eq!(marked(&corpus, "'\"人々\"'"), ["a.txt: 人々", "b.txt: 人人"]);
    assert_eq!(marked(&corpus, "'\"りんごを食べる\"'"), ["a.txt: リンゴを食べる", "b.txt: りんごを食べる"]);
    assert_eq!(marked(&corpus, "'\"サバ\"'"), [""; 0]);
    assert_eq!(marked(&corpus, "リンゴ"), ["a.txt: リンゴ", "b.txt: りんご"]);
    assert_eq!(marked(&corpus, "りんご"), ["a.txt: リンゴ", "b.txt: りんご"]);
    assert_eq!(marked(&corpus, "+りんご +サーバー"), ["a.txt: サーバー|リンゴ", "b.txt: ｻｰﾊﾞ|りんご"]);
    assert_eq!(marked(&corpus, "タベル"), [""; 0], "of mixed words a part in other Kana is none");
}

#[test]
fn japanese_verbs_of_one_han_character_are_found_in_their_forms() {
    let corpus = texts(&[
        ("a.txt", "本を読んだ。"),
        ("b.txt", "本を読みます。パンを飲んだ。"),
        ("c.txt", "道を走った。"),
    ]);
    assert_eq!(marked(&corpus, "読む"), ["a.txt: 読ん", "b.txt: 読み"]);
    assert_eq!(marked(&corpus, "走る"), ["c.txt: 走っ"]);
    assert_eq!(marked(&corpus, "+飲む +パン"), ["b.txt: パン|飲ん"]);
    assert_eq!(marked(&corpus, "'本 -読んだ'"), [""; 0]);
}

#[test]
fn two_hiragana_are_not_found_in_katakana() {
    let corpus = texts(&[("a.txt", "ミサイルの話。"), ("b.txt", "彼は家にいる。")]);
    assert_eq!(marked(&corpus, "いる"), ["b.txt: いる"]);
    assert_eq!(marked(&corpus, "'ミサイル -いる'"), ["a.txt: ミサイル"]);
    assert_eq!(marked(&corpus, "'+いる +ミサイル'"), [""; 0]);
}

#[test]
fn an_elided_article_is_no_part_of_its_word() {
    let corpus = texts(&[("a.txt", "Un avion survole Paris."), ("b.txt", "Voilà l’avion d’Italie.")]);
    assert_eq!(marked(&corpus, "l’avion"), ["a.txt: avion", "b.txt: l’avion"]);
    assert_eq!(marked(&corpus, "'+l’avion +Paris'"), ["a.txt: avion|Paris"]);
    assert_eq!(marked(&corpus, "Italie"), ["b.txt: Italie"]);
}

#[test]
fn words_of_thai_are_found_though_no_spaces_part_them() {
    let corpus = texts(&[("a.txt", "การประชุมทุกสองสัปดาห์ของรัฐบาล"), ("b.txt", "สองวันต่อสัปดาห์")]);
    assert_eq!(marked(&corpus, "'\"สองสัปดาห์\"'"), ["a.txt: สองสัปดาห์"]);
    assert_eq!(marked(&corpus, "สัปดาห์"), ["a.txt: สัปดาห์", "b.txt: สัปดาห์"]);
    assert_eq!(marked(&corpus, "สองสัปดาห์"), ["a.txt: สองสัปดาห์", "b.txt: สอง|สัปดาห์"]);
}
