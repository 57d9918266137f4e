//! `terms`: the words of an index that start alike.

use insta::assert_snapshot;

use crate::harness::Corpus;

#[test]
fn words_are_listed_with_how_often_they_occur() {
    let corpus = Corpus::desk();
    assert_snapshot!(corpus.run("terms --limit 3 L"), @r"
    exit 0
    stdout:
    documents  passages  word
            2         3  link
            2         2  launches
            1         1  late
                         … and 1 more
    ");
    assert_snapshot!(corpus.run("terms --stems launch"), @r"
    exit 0
    stdout:
    documents  passages  stem
            3         3  launch
    ");
    assert_snapshot!(corpus.run("terms 경"), @r"
    exit 0
    stdout:
    documents  passages  pair
            1         1  경보
    ");
    assert_snapshot!(corpus.run("terms --json --limit 1 war"), @r#"
    exit 0
    stdout:
    {"form":"words","more":0,"prefix":"war","terms":[{"documents":5,"passages":6,"term":"warning"}]}
    "#);
    assert_snapshot!(corpus.run("terms --limit 2"), @r"
    exit 0
    stdout:
    documents  passages  word
            5         6  warning
            5         5  a
                         … and 64 more
    ");
}

#[test]
fn what_is_gone_from_the_documents_is_gone_from_the_words() {
    let corpus = Corpus::desk();
    corpus.write("docs/note.txt", "Nothing of it is left but a warning.");
    corpus.run("index docs");
    assert_snapshot!(corpus.run("terms hyphen"), @r"
    exit 1
    stderr:
    tidings: nothing starts with `hyphen`
    ");
    assert_snapshot!(corpus.run("terms warning"), @r"
    exit 0
    stdout:
    documents  passages  word
            5         6  warning
    ");
}

#[test]
fn what_starts_no_word_is_a_usage_error() {
    let corpus = Corpus::desk();
    assert_snapshot!(corpus.run("terms multi-agent"), @r"
    exit 2
    stderr:
    tidings: `multi-agent` is not the beginning of one word; write letters or digits, or one or two Hangul, Han or Kana characters
    ");
}
