use super::super::decode::encode;
use super::super::laws::{assert_sections, extracted, located};
use super::*;
use crate::date::Date;
use crate::document::DateSource;
use serde_json::json;

fn page(source: &str) -> Document {
    extracted(Format::Html, source.as_bytes())
}

fn text(source: &str) -> String {
    page(source).text
}

#[test]
fn text_comes_in_reading_order_with_blocks_apart() {
    let source = "<!doctype html><html><body>\n<main><h1>Talks  in\n Seoul</h1>\n<p>The <b>real</b>-time\n   \
        sharing&nbsp;begins<br>in&#32;December.</p><ul><li>one<li>two <ol><li>inner</ol></ul>\
        <table><tr><th>Day<th>Place</tr><tr><td>Sunday</td> <td>Seoul</td></tr></table><p>End</main>";
    assert_eq!(
        text(source),
        "Talks in Seoul\n\nThe real-time sharing begins\nin December.\n\none\ntwo\ninner\n\n\
         Day | Place\nSunday | Seoul\n\nEnd"
    );
}

#[test]
fn lines_of_chinese_and_japanese_go_on_without_a_space() {
    let source = "<p>それは北朝\n  鮮の、\nミサイル <b>東京 大阪</b> NATO\nの 한국\n정부</p>";
    assert_eq!(text(source), "それは北朝鮮の、ミサイル 東京 大阪 NATO の 한국 정부");
    assert_eq!(located(&page(source), source.as_bytes(), "朝鮮の").0, "朝\n  鮮の".as_bytes());
}

#[test]
fn tables_keep_rows_and_cells_together_whatever_is_in_them() {
    let source = "<p>Before<table><tr><td><p>Sunday</p></td><td><div>Seoul</div><div>online</div></td></tr>\n\
        <tr><td></td><td><p>Tokyo</p></td><td></td></tr></table><p>After";
    assert_eq!(text(source), "Before\n\nSunday | Seoul\n\nonline\nTokyo\n\nAfter");
    let layout = "<table><tr><td><h1>Title</h1><td>Text</table>";
    assert_eq!(text(layout), "Title\n\nText");
}

#[test]
fn furniture_scripts_and_hidden_parts_are_left_out() {
    let source = "<body><header>Site</header><nav><ul><li>Menu</ul></nav><script>var a = '<p>code</p>';</script>\
        <style>p { }</style><noscript>No script</noscript><main><header><h1>Headline</h1></header>\
        <p>Text <span hidden>secret</span><i aria-hidden=true>icon</i>goes on.<svg><title>graphic</title></svg></p>\
        <form><input value=x><button>Send</button><select><option>a</select>Form text</form>\
        <aside>Note</aside><footer>By Kim</footer></main><aside>Related</aside><footer>Imprint</footer></body>";
    assert_eq!(text(source), "Headline\n\nText goes on.\n\nForm text\n\nNote\n\nBy Kim");
}

#[test]
fn a_page_header_that_holds_the_only_headline_is_read() {
    assert_eq!(text("<header><h1>Headline</h1></header><p>Text</p>"), "Headline\n\nText");
    assert_eq!(text("<header><h1>Site</h1></header><main><p>Text</p></main>"), "Text");
}

#[test]
fn what_nobody_closed_takes_no_more_than_its_own() {
    assert_eq!(text("<div><nav><a>Menu</a></div><div>Text</div>"), "Text");
    assert_eq!(text("<nav><ul><li>Menu</ul><main>Text</main>"), "Text");
    assert_eq!(text("<nav>Menu<h1>Title</h1>Text"), "Title\n\nText");
    assert_eq!(text("<aside>Note<p>Text</p><p>More</p>"), "Text\n\nMore");
    assert_eq!(text("<nav><h1>Menu</h1></nav><p>Text"), "Text", "what is closed is left out whole");
    assert_eq!(text("<title>Title<p>Text</p>"), "Text");
    assert_eq!(text("<ul><li hidden>no<li>yes</ul>"), "yes");
    assert_eq!(text("<p>a</nav></div></p>b"), "a\n\nb");
    assert_eq!(text("<h1>Title<p>Text"), "Title\n\nText");
    assert_eq!(text("<textarea>a <p>Text"), "Text");
    assert_eq!(text("<p>Text<!-- never closed"), "Text");
}

#[test]
fn a_page_of_nothing_but_furniture_is_read_whole() {
    assert_eq!(text("<nav>Menu</nav><script>code</script><footer>Imprint</footer>"), "Menu\n\nImprint");
    assert_eq!(text("<noscript><p>Needs <b>scripts</b></noscript>"), "Needs scripts");
    assert_eq!(text("<title>Only a title</title>"), "Only a title");
    assert_eq!(text("<script>code"), "");
}

#[test]
fn a_page_of_any_length_is_read_alike() {
    let source = |paragraphs: usize| {
        let item = "<li><a href=\"#x\">Seoul</a> &amp; <script>no</script><i hidden>no</i><b>Tokyo</b>\n";
        format!("<title>T</title><nav>no</nav><main><h1>Head</h1><ul>{}</ul></main>", item.repeat(paragraphs))
    };
    let expected = |paragraphs| format!("Head\n\n{}", ["Seoul & Tokyo"].repeat(paragraphs).join("\n"));
    for paragraphs in [10, 10_000] {
        let text = text(&source(paragraphs));
        assert!(text == expected(paragraphs), "{paragraphs}: {}", &text[..text.len().min(200)]);
    }
}

#[test]
fn preformatted_text_keeps_its_lines() {
    assert_eq!(
        text("<p>a</p><pre>\n  one\r\n    two &lt;b&gt;\n</pre><p>b"),
        "a\n\n  one\r\n    two <b>\n\nb"
    );
}

#[test]
fn headings_make_sections() {
    let document = page("<p>Lead</p><h1>A</h1><p>a</p><h2>B &amp; C</h2>b<h1></h1><h2>D</h2>d");
    let expected = [("", "Lead"), ("A", "A\n\na"), ("A/B & C", "B & C\n\nb"), ("A/D", "D\n\nd")];
    assert_sections(&document.text, &document.sections, &expected);
}

#[test]
fn places_lead_back_to_the_source() {
    let source = "<p>Missile\n&eacute;t&eacute; <b>warn</b>ing</p>\n<p>deux&#x20;mots</p>".as_bytes();
    let document = extracted(Format::Html, source);
    assert_eq!(document.text, "Missile été warning\n\ndeux mots");
    assert_eq!(located(&document, source, "Missile"), (b"Missile".as_slice(), 1));
    assert_eq!(located(&document, source, "été"), (b"&eacute;t&eacute;".as_slice(), 2));
    assert_eq!(located(&document, source, "warning"), (b"warn</b>ing".as_slice(), 2));
    assert_eq!(located(&document, source, "mots"), (b"mots".as_slice(), 3));
}

#[test]
fn declared_charsets_are_obeyed() {
    for declaration in [
        "<meta charset=\"euc-kr\">",
        "<META http-equiv=Content-Type content='text/html; charset=EUC-KR'>",
        "<?xml version=\"1.0\" encoding='euc-kr'?>",
    ] {
        let source = [declaration.as_bytes(), &encode("euc-kr", "<p>미사일 경보</p>")].concat();
        let document = extracted(Format::Html, &source);
        assert_eq!(document.text, "미사일 경보");
        assert_eq!(located(&document, &source, "경보"), (encode("euc-kr", "경보").as_slice(), 1));
    }
}

#[test]
fn facts_come_from_the_usual_places() {
    let facts = page(
        "<html lang=ko-KR><title> The\n title </title><meta property=og:title content=Other>\
         <meta name=author content=Kim><meta name=Description content='What it is'>\
         <meta name=last-modified content=2024-01-01><meta property=article:published_time \
         content=2023-11-12T10:00:00+09:00><link rel=canonical href=https://example.org/a><h1>H</h1>",
    )
    .facts;
    assert_eq!(facts.title.as_deref(), Some("The title"));
    assert_eq!((facts.date, facts.date_source), (Date::new(2023, 11, 12), Some(DateSource::Metadata)));
    assert_eq!(facts.language.as_deref(), Some("ko"));
    assert_eq!(facts.url.as_deref(), Some("https://example.org/a"));
    assert_eq!(facts.other["author"], json!("Kim"));
    assert_eq!(facts.other["description"], json!("What it is"));
}

#[test]
fn facts_have_second_choices() {
    let facts = |source: &str| page(source).facts;
    assert_eq!(facts("<meta property=og:title content=Other><h1>H</h1>").title.as_deref(), Some("Other"));
    assert_eq!(facts("<h2>First</h2><h1>H</h1>").title.as_deref(), Some("H"));
    assert_eq!(facts("<svg><title>graphic</title></svg><title>page</title>").title.as_deref(), Some("page"));
    assert_eq!(facts("<meta property=og:locale content=ja_JP>").language.as_deref(), Some("ja"));
    let dated = [
        "<script type=application/ld+json>{\"@graph\":[{},{\"datePublished\":\"2023-11-12\"}]}</script>",
        "<time datetime=2020-01-01></time><time pubdate datetime=2023-11-12></time>",
        "<meta itemprop=datePublished content='12 Nov 2023'>",
        "<meta name=DC.date.issued content=2023-11-12>",
        "<meta name=date content=soon><meta http-equiv=last-modified content='Sun, 12 Nov 2023 10:00:00 GMT'>",
    ];
    for source in dated {
        assert_eq!(facts(source).date, Date::new(2023, 11, 12), "{source}");
    }
}
