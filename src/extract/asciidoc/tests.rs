use super::super::laws::{extracted, located};
use super::*;

fn text(source: &str) -> String {
    extracted(Format::Asciidoc, source.as_bytes()).text
}

#[test]
fn the_header_tells_facts_and_titles_are_headings() {
    let source = "// comment\n= The *Title*\nMina Kim <m@example.org>; Lee\nv1.0, 2023-11-12: first\n:lang: ko\n:toc:\n\n\
        Lead\n\n== One\ntext\n\n=== Deep ===\n\na\n\nTwo\n---\n\nb\n";
    let document = extracted(Format::Asciidoc, source.as_bytes());
    assert_eq!(document.text, "The Title\n\nLead\n\nOne\n\ntext\n\nDeep\n\na\n\nTwo\n\nb");
    let headings: Vec<_> = document.sections.iter().map(|section| section.headings.join("/")).collect();
    assert_eq!(headings, ["The Title", "The Title/One", "The Title/One/Deep", "The Title/Two"]);
    assert_eq!(document.facts.title.as_deref(), Some("The Title"));
    assert_eq!(document.facts.date, Date::new(2023, 11, 12));
    assert_eq!(document.facts.language.as_deref(), Some("ko"));
    assert_eq!(document.facts.other["author"], serde_json::json!(["Mina Kim", "Lee"]));
    assert_eq!(located(&document, source.as_bytes(), "Lead"), (b"Lead".as_slice(), 8));
}

#[test]
fn marks_go_and_words_stay() {
    for (source, expected) in [
        ("*a* _b c_ `d` **e**f __g__ #h# x^2^ H~2~O", "a b c d ef g h x2 H2O"),
        ("*_a_ b* 2 * 3 * 4 snake_case_name *not", "a b 2 * 3 * 4 snake_case_name *not"),
        (
            "link:a.html[Text] https://a.b/c[Site] https://d.e <<x,there>> <<id>>",
            "Text Site https://d.e there id",
        ),
        (
            "xref:a.adoc[Other _doc_] image:a.png[Alt] footnote:[A note.] [[id]]end",
            "Other doc Alt A note. end",
        ),
        ("\\*not* \"`quoted`\" [.red]#red# mailto:a@b.c[] word: x", "*not* \"quoted\" red a@b.c word: x"),
        ("one +\ntwo\n  three", "one\ntwo\nthree"),
    ] {
        assert_eq!(text(source), expected, "{source}");
    }
}

#[test]
fn blocks_keep_their_shape() {
    let source = ".A block\n[source,rust]\n----\nfn a() {\n\n    *b*\n}\n----\n\n****\nSide *bar*\n****\n\n////\nno\n////\n\
        image::a.png[no]\n\n* one\n  more\n** two\n. three\n* [x] four\n+\nfive\n\nterm:: meaning\nnext::\n  last\n\n\
        NOTE: Mind.\n\n  literal *x*\n\n<1> callout\n";
    assert_eq!(
        text(source),
        "A block\n\nfn a() {\n\n    *b*\n}\n\nSide bar\n\none\nmore\ntwo\nthree\nfour\nfive\n\nterm\nmeaning\nnext\nlast\n\n\
         NOTE: Mind.\n\nliteral *x*\n\ncallout"
    );
}

#[test]
fn tables_have_rows_of_cells() {
    let source = ".T\n[cols=\"1,2\"]\n|===\n|A |B\n\n|1\n|*2*\n\n2+|3\na|4 | 5\n|===\nend\n";
    assert_eq!(text(source), "T\n\nA | B\n1 | 2\n3\n4 | 5\n\nend");
}

#[test]
fn what_is_not_closed_is_read_on() {
    assert_eq!(text("a\n\n----\ncode\n\n|===\n|b\n\n////\nc\n"), "a\n\ncode\n\n|b\n\nc");
    assert_eq!(text("<<never *closed `x link:a[b"), "<<never *closed `x link:a[b");
}

#[test]
fn places_lead_back_to_the_source() {
    let source = "= T\n\n* an _item_\n  of link:x[words]\n".as_bytes();
    let document = extracted(Format::Asciidoc, source);
    assert_eq!(located(&document, source, "item"), (b"item".as_slice(), 3));
    assert_eq!(located(&document, source, "words"), (b"words".as_slice(), 4));
}
