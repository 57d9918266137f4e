use super::super::laws::{extracted, located};
use super::*;

fn text(source: &str) -> String {
    extracted(Format::Rst, source.as_bytes()).text
}

#[test]
fn titles_are_levelled_in_the_order_of_their_adornments() {
    let source =
        "=====\nTitle\n=====\n\nLead\n\nOne\n===\ntext\n\nDeep `a`\n--------\n\nTwo\n===\n\n----\n\nend\n";
    let document = extracted(Format::Rst, source.as_bytes());
    let headings: Vec<_> = document.sections.iter().map(|section| section.headings.join("/")).collect();
    assert_eq!(headings, ["Title", "Title/One", "Title/One/Deep a", "Title/Two"]);
    assert_eq!(document.text, "Title\n\nLead\n\nOne\n\ntext\n\nDeep a\n\nTwo\n\nend");
    assert_eq!(document.facts.title.as_deref(), Some("Title"));
}

#[test]
fn the_fields_at_the_beginning_are_facts() {
    let source = "Title\n=====\n\n:Author: Mina *Kim*\n:Date: 2023-11-12\n:Status: work\n  in progress\n:lang: ko\n\nText\n\n\
        :param x: a thing\n";
    let document = extracted(Format::Rst, source.as_bytes());
    assert_eq!(document.text, "Title\n\nText\n\nparam x: a thing");
    assert_eq!(document.facts.date, Date::new(2023, 11, 12));
    assert_eq!(document.facts.language.as_deref(), Some("ko"));
    assert_eq!(document.facts.other["author"], serde_json::json!("Mina Kim"));
    assert_eq!(document.facts.other["status"], serde_json::json!("work in progress"));
}

#[test]
fn marks_go_and_words_stay() {
    for (source, expected) in [
        ("*a* **b c** ``d *e*`` `f` 2 * 3 *not", "a b c d *e* f 2 * 3 *not"),
        (
            "`text\n<http://a.b>`_ Python_ `two words`__ a_b :ref:`see <x>` :py:func:`~a.b`",
            "text Python two words a_b see a.b",
        ),
        ("note [1]_ and [#n]_ and [CIT]_ \\*x\\* a\\ b |sub| _`here`", "note  and  and CIT *x* ab sub here"),
        ("snake_case __init__ a: b 10:30 :not role", "snake_case __init__ a: b 10:30 :not role"),
        ("``never closed and `neither", "``never closed and `neither"),
    ] {
        assert_eq!(text(source), expected, "{source}");
    }
}

#[test]
fn directives_comments_and_targets() {
    let source = "Lead\n\n.. note:: Mind\n   :class: x\n\n   the *gap*.\n\n.. code-block:: rust\n   :linenos:\n\n   fn a() {\n\n\
        \x20     *b*\n   }\n\n.. image:: a.png\n   :alt: no\n\n.. comment\n   no\n\n.. _target: http://no\n\n.. [1] A note.\n\n\
        .. |s| replace:: no\n\nend\n";
    assert_eq!(text(source), "Lead\n\nMind\n\nthe gap.\n\nfn a() {\n\n   *b*\n}\n\nA note.\n\nend");
}

#[test]
fn blocks_keep_their_shape() {
    let source = "Code::\n\n    a *b*\n      c\n\nback\n\n- one\n  more\n- two\n\n#. three\n(2) four\n\nterm\n    meaning\n\n\
        | line\n| other\n\n>>> 1 * 2 * 3\n6\n\n===== =====\nA     B C\n===== =====\n1     2\n===== =====\n\n\
        +---+---+\n| a | b |\n+===+===+\n| c |   |\n+---+---+\n";
    assert_eq!(
        text(source),
        "Code:\n\na *b*\n  c\n\nback\n\none\nmore\ntwo\n\nthree\nfour\n\nterm\nmeaning\n\nline\nother\n\n>>> 1 * 2 * 3\n6\n\n\
         A | B C\n1 | 2\n\na | b\nc"
    );
}

#[test]
fn places_lead_back_to_the_source() {
    let source = "Title\n=====\n\nfirst *line*\n  the `second <x>`_ one\n".as_bytes();
    let document = extracted(Format::Rst, source);
    assert_eq!(located(&document, source, "second"), (b"second".as_slice(), 5));
    assert_eq!(located(&document, source, "line"), (b"line".as_slice(), 4));
}
