//! What dictionaries make of texts and words.

use std::fs;
use std::path::Path;

use proptest::prelude::*;
use tempfile::TempDir;

use super::super::tokens;
use super::tiny::{self, CHINESE, JAPANESE, KOREAN, Source, build};
use super::*;

fn built(source: &Source) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    build(source, folder.path());
    folder
}

fn dictionaries(sources: &[&Source]) -> Dictionaries {
    let mut dictionaries = Dictionaries::default();
    for source in sources {
        // What is mapped stays when the folder is gone.
        let folder = built(source);
        dictionaries
            .add(Dictionary::open(folder.path(), None).expect("opens"))
            .expect("one of each language");
    }
    dictionaries
}

/// The base forms of a text, each with what is marked for it.
fn forms(dictionaries: &Dictionaries, text: &str, code: &str) -> Vec<String> {
    let forms = dictionaries.base_forms(text, Language::of_code(code)).into_iter();
    forms.map(|BaseForm { form, span }| format!("{form} {}", &text[span])).collect()
}

#[test]
fn inflected_words_have_their_base_form_and_are_whole_with_their_endings() {
    let japanese = dictionaries(&[&JAPANESE]);
    for (text, expected) in [
        ("りんごを食べた", &["リンゴ りんご", "食ベル 食べた"][..]),
        ("食べなかった。走っています", &["食ベル 食べなかった", "走ル 走っています"]),
        ("発射した", &["発射 発射"]),
        ("東京都の警報", &["東京 東京", "警報 警報"]),
        ("ﾐｻｲﾙ", &["ミサイル ﾐｻｲﾙ"]),
        ("謎語", &["謎語 謎語"]),
        ("の、を", &[]),
    ] {
        assert_eq!(forms(&japanese, text, "ja"), expected, "{text}");
    }
}

#[test]
fn korean_words_are_taken_apart() {
    let korean = dictionaries(&[&KOREAN]);
    for (text, expected) in [
        ("걸었다", &["걷다 걸었다"][..]),
        ("미사일경보를 먹었다", &["미사일 미사일", "경보 경보", "먹다 먹었다"]),
        ("모르는", &["모르는 모르는"]),
        ("ミサイル", &[]),
    ] {
        assert_eq!(forms(&korean, text, "ko"), expected, "{text}");
    }
}

#[test]
fn each_language_has_its_own_dictionary() {
    let all = dictionaries(&[&KOREAN, &JAPANESE, &CHINESE]);
    let codes: Vec<_> = all.iter().map(|one| one.tongue().code()).collect();
    assert_eq!(codes, ["zh", "ja", "ko"]);
    assert_eq!(forms(&all, "发射飛彈", "zh"), ["发射 发射", "飞弹 飛彈"]);
    assert_eq!(forms(&all, "発射미사일", "ko"), ["発射 発射", "미사일 미사일"], "scripts end runs");
    let readings = |word: &str| all.readings(word, &tokens(word));
    let of_missile = readings("飛彈");
    assert!(of_missile.iter().any(|reading| reading.forms == ["飞弹"]), "{of_missile:?}");
}

#[test]
fn a_typed_word_is_read_as_a_text_is() {
    let japanese = dictionaries(&[&JAPANESE]);
    let reading = |word: &str| japanese.readings(word, &tokens(word));
    let of = |forms: &[&str], is_whole| {
        vec![Reading { forms: forms.iter().map(ToString::to_string).collect(), is_whole }]
    };
    assert_eq!(reading("食べた"), of(&["食ベル"], true));
    assert_eq!(reading("ミサイルの警報"), of(&["ミサイル", "警報"], true));
    assert_eq!(reading("東京都"), of(&["東京"], false), "the suffix is a part of what is asked for");
    assert_eq!(reading("警報미사일"), of(&["警報"], false), "nobody knows Hangul");
    assert_eq!(reading("の"), Vec::new());
    let telling = |word: &str| reading(word)[0].telling().cloned().collect::<Vec<_>>();
    assert_eq!(telling("木の警報"), ["警報"], "one character says too little beside others");
}

#[test]
fn very_long_runs_are_cut() {
    let japanese = dictionaries(&[&JAPANESE]);
    let found = japanese.base_forms(&"食べた".repeat(10_000), Language::default());
    assert!(found.len() >= 10_000 && found.iter().filter(|form| form.form == "食ベル").count() > 9_500);
    let readings = japanese.readings(&"木葉".repeat(100), &tokens(&"木葉".repeat(100)));
    assert_eq!(readings[0].forms, ["木", "葉"]);
}

#[test]
fn the_identity_is_that_of_the_content() {
    let (one, other) = (built(&JAPANESE), built(&JAPANESE));
    let open = |folder: &TempDir| Dictionary::open(folder.path(), None).expect("opens");
    let known = open(&one).identity().clone();
    assert_eq!(known.content, open(&other).identity().content);
    assert!(Dictionary::open_again(other.path(), &known).is_ok());
    fs::remove_dir_all(other.path()).expect("removed");
    build(&KOREAN, other.path());
    let changed = Dictionary::open_again(other.path(), &known);
    assert!(matches!(changed, Err(DictionaryError::Changed(_))), "{changed:?}");
    let analyzers: HashSet<u32> = [&[][..], &[&JAPANESE], &[&KOREAN], &[&JAPANESE, &KOREAN]]
        .map(|sources| dictionaries(sources).analyzer())
        .into_iter()
        .collect();
    assert_eq!(analyzers.len(), 4);
    assert!(analyzers.contains(&VERSION));
}

#[test]
fn what_is_wrong_with_a_dictionary_is_told() {
    let fault = |folder: &Path| Dictionary::open(folder, None).expect_err("a fault").to_string();
    let folder = built(&JAPANESE);
    let path = folder.path();
    assert!(fault(&path.join("none")).contains("no such folder"));
    assert!(fault(&path.join("source")).contains("metadata.json"));
    let metadata = fs::read_to_string(path.join("metadata.json")).expect("readable");
    let with = |from: &str, to: &str| fs::write(path.join("metadata.json"), metadata.replace(from, to));
    with("\"format_version\": 2", "\"format_version\": 1").expect("written");
    assert!(fault(path).contains("dictionary format 1, this program reads 2"), "{}", fault(path));
    with("base_form", "nothing").expect("written");
    assert!(fault(path).contains("base forms"));
    with("{", "").expect("written");
    assert!(fault(path).contains("makes no sense"));
    with("", "").expect("written");
    for name in ["dict.trie", "matrix.mtx", "unk.bin", "char_def.bin"] {
        let whole = fs::read(path.join(name)).expect("readable");
        fs::write(path.join(name), &whole[..whole.len() / 2]).expect("written");
        assert!(fault(path).contains("damaged dictionary"), "{name}: {}", fault(path));
        fs::remove_file(path.join(name)).expect("removed");
        assert!(fault(path).contains("damaged dictionary"), "{name}: {}", fault(path));
        fs::write(path.join(name), whole).expect("written");
    }
    let mut entries = fs::read(path.join("dict.vals")).expect("readable");
    entries.fill(0xff);
    fs::write(path.join("dict.vals"), entries).expect("written");
    assert!(fault(path).contains("its words do not fit its costs"), "{}", fault(path));
}

#[test]
fn a_language_has_one_dictionary() {
    let folder = built(&JAPANESE);
    let mut both = dictionaries(&[&JAPANESE]);
    let second = both.add(Dictionary::open(folder.path(), None).expect("opens"));
    assert!(second.expect_err("a second one").to_string().contains("a second dictionary for ja"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn words_stand_in_order_on_the_boundaries_of_characters(
        text in "([食べた走っ行くいりんごミサイル警報の木葉걷걸었먹다를미사일々ヽーﾐｻﾞ、 a]{0,12}|\\PC{0,6}){0,4}",
    ) {
        let all = all();
        let mut start = 0;
        for BaseForm { form, span } in all.base_forms(&text, Language::default()) {
            prop_assert!(!form.is_empty() && form.len() <= super::super::MAX_TERM_BYTES);
            prop_assert!(span.start >= start && span.start < span.end && text.get(span.clone()).is_some());
            start = span.start;
        }
        prop_assert!(all.readings(&text, &tokens(&text)).iter().all(|reading| !reading.forms.is_empty()));
    }
}

/// Every tiny dictionary, built once.
fn all() -> Dictionaries {
    static ALL: std::sync::OnceLock<Dictionaries> = std::sync::OnceLock::new();
    ALL.get_or_init(|| dictionaries(&[&tiny::JAPANESE, &tiny::KOREAN, &tiny::CHINESE])).clone()
}
