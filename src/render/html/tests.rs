//! What stands on a page, and what never does.

use proptest::prelude::*;

use super::super::samples::{answer, facets, headed, highlighted, hit, rendered, response, titled};
use super::super::{Options, OutputFormat, Problem, begin_page, end_page};
use super::*;
use crate::hit::Response;

fn options() -> Options {
    Options { format: OutputFormat::Html, ..Options::default() }
}

/// A page without its style sheet.
fn page(answer: &Answer<'_>) -> String {
    let mut out = Vec::new();
    begin_page(answer.query_text, &options(), &mut out).expect("memory takes it all");
    out.extend(rendered(answer, &options()).into_bytes());
    end_page(&options(), &mut out).expect("memory takes it all");
    String::from_utf8(out).expect("a page is text").replace(STYLE, "")
}

#[test]
fn a_number_that_is_not_exact_is_told_as_such() {
    let mut response = response(vec![hit(1, "a.md", "missile", &["missile"])]);
    assert!(page(&answer(&response)).contains(">1 found</p>"));
    response.total_exact = false;
    assert!(page(&answer(&response)).contains(">more than 1 found, 1 shown</p>"));
}

#[test]
fn what_was_meant_and_what_was_corrected_is_told() {
    let response = Response { total_exact: true, ..Response::default() };
    let suggested = page(&Answer { suggestion: Some("a <b> missile"), ..answer(&response) });
    assert!(
        suggested.contains("<p class=\"faint\">did you mean: <bdi>a &lt;b&gt; missile</bdi></p>"),
        "{suggested}"
    );
    let corrected = page(&Answer { corrected_from: Some("misile <w>"), ..answer(&response) });
    let told = "searched for <bdi>missile warning</bdi> instead of <bdi>misile &lt;w&gt;</bdi></p>";
    assert!(corrected.contains(told), "{corrected}");
}

#[test]
fn a_page_shows_hits_with_what_matched() {
    let first = hit(1, "seeds/a.md", "We share\nmissile & warning data.", &["missile", "warning"]);
    let mut first = titled(first, "The missile", &["missile"]);
    first.document.url = Some("https://example.org/?a=1&b=\"2\"".to_owned());
    let first = headed(first, &["The missile", "Warning <times>"], &["Warning"]);
    let mut second = hit(2, "seeds/ko.txt", "경보를 공유한다.", &["경보"]);
    second.document.language = Some("ko".to_owned());
    second.document.date = None;
    second.matching_passages = Some(3);
    let mut response = response(vec![first, second]);
    response.facets = Some(facets());
    response.total = 40;
    let problems = [Problem { path: "c<d>.pdf".to_owned(), reason: "encrypted".to_owned() }];
    let answer = Answer { problems: &problems, filter: Some("size:>=1".to_owned()), ..answer(&response) };
    insta::assert_snapshot!(page(&answer), @r#"
    <!doctype html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="referrer" content="no-referrer">
    <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
    <title>missile warning</title>
    <style>
    </style>
    </head>
    <body>
    <section>
    <h1 dir="auto">missile warning</h1>
    <p class="faint">filter: size:&gt;=1</p>
    <p class="faint">40 found, 2 shown</p>
    <p class="faint">not read: c&lt;d&gt;.pdf: encrypted</p>
    <article lang="en" dir="auto">
    <h2>1. <a href="https://example.org/?a=1&amp;b=&quot;2&quot;" rel="noopener noreferrer">The <mark>missile</mark></a></h2>
    <p class="faint"><code dir="ltr">seeds/a.md:7</code> <time>2023-11-12</time></p>
    <p class="faint"><mark>Warning</mark> &lt;times&gt;</p>
    <p class="text">We share
    <mark>missile</mark> &amp; <mark>warning</mark> data.</p>
    </article>
    <article lang="ko" dir="auto">
    <h2>2. ko.txt</h2>
    <p class="faint"><code dir="ltr">seeds/ko.txt:7</code> 3 passages match</p>
    <p class="text"><mark>경보</mark>를 공유한다.</p>
    </article>
    <table>
    <caption>lang</caption>
    <tr><td>120</td><td dir="auto">en</td></tr>
    <tr><td>7</td><td dir="auto">ko</td></tr>
    <tr><td>4</td><td class="faint">(none)</td></tr>
    </table>
    <table>
    <caption>meta.desk</caption>
    <tr><td>2</td><td dir="auto">&lt;b&gt;As�ia&lt;/b&gt;</td></tr>
    <tr><td>1</td><td dir="auto">&quot;&quot;</td></tr>
    <tr><td></td><td class="faint">… and 12 more</td></tr>
    </table>
    </section>
    </body>
    </html>
    "#);
}

#[test]
fn a_page_without_hits_says_so() {
    let response = response(Vec::new());
    assert!(page(&answer(&response)).contains("<p class=\"faint\">nothing found</p>"));
}

#[test]
fn only_addresses_of_the_web_become_links() {
    for url in ["https://example.org", "HTTP://example.org/a?b#c", "http://x"] {
        assert!(is_web_address(url), "{url}");
    }
    for url in [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        " https://example.org",
        "data:text/html,<script>",
        "file:///etc/passwd",
        "//example.org",
        "https://",
        "https:/example.org",
        "https://example.org/\u{202e}x",
        "https://example.org/a b",
        "",
    ] {
        assert!(!is_web_address(url), "{url}");
    }
}

/// A hit of which everything that a document decides is `text`.
fn hostile(text: &str) -> Response {
    let mut hit = headed(titled(hit(1, text, text, &[]), text, &[]), &[text, text], &[]);
    hit.document.url = Some(text.to_owned());
    hit.document.language = Some(text.to_owned());
    let mut facets = facets();
    facets.facets[0].facet = text.to_owned();
    facets.facets[0].values[0].value = text.to_owned();
    Response { facets: Some(facets), ..response(vec![hit]) }
}

/// What stands between `<` and `>`.
fn tags(page: &str) -> Vec<&str> {
    let tags = page.split('<').skip(1);
    tags.map(|piece| piece.split_once('>').expect("every tag is closed").0).collect()
}

#[test]
fn markup_in_documents_stays_text() {
    let calm = hostile("calm");
    let expected: Vec<_> = tags(&page(&answer(&calm))).into_iter().map(str::to_owned).collect();
    for text in [
        "<script>alert(1)</script>",
        "\"><img src=x onerror=alert(1)>",
        "' onmouseover='alert(1)",
        "</title></style></p></article><h1>",
        "<!-- ",
        "&lt;b&gt; &#60;script&#62;",
        "javascript:alert(1)",
    ] {
        let response = hostile(text);
        let page = page(&Answer { query_text: text, query_id: Some(text), ..answer(&response) });
        let found: Vec<_> = tags(&page).into_iter().map(|tag| tag.replace(" lang=\"calm\"", "")).collect();
        let expected: Vec<_> = expected.iter().map(|tag| tag.replace(" lang=\"calm\"", "")).collect();
        assert_eq!(found, expected, "{text}");
        assert!(!page.contains("href"), "{text}");
    }
}

proptest! {
    #[test]
    fn nothing_of_a_document_becomes_markup(
        (text, highlights) in highlighted(),
        other in "[<>&\"'a-z/=! \u{1b}\u{202e}-]{0,30}",
    ) {
        let mut response = hostile(&other);
        response.hits[0] = Hit { text: text.clone(), highlights: highlights.clone(), ..response.hits[0].clone() };
        let page = page(&Answer { query_text: &other, ..answer(&response) });
        let known = ["!doctype", "html", "head", "meta", "title", "style", "body", "section", "h1", "p", "article",
            "h2", "code", "time", "mark", "table", "caption", "tr", "td"];
        for tag in tags(&page) {
            let name = tag.trim_start_matches('/').split(' ').next().unwrap_or_default();
            prop_assert!(known.contains(&name), "{}", tag);
        }
        prop_assert!(!page.replace(['\n', '\t'], "").contains(is_hidden));
        prop_assert_eq!(page.matches("<mark>").count(), highlights.len());
        let body = page.split_once("class=\"text\">").and_then(|(_, rest)| rest.split_once("</p>")).map(|(body, _)| body);
        let plain = body.unwrap_or_default().replace("<mark>", "").replace("</mark>", "");
        let plain = plain.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#39;", "'");
        let shown = text.replace('\r', " ").replace(|c| is_hidden(c) && c != '\n' && c != '\t', "\u{fffd}");
        prop_assert_eq!(plain.replace("&amp;", "&"), shown);
    }
}
