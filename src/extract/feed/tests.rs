use super::super::laws::{assert_anchored, assert_sound, assert_verbatim, located};
use super::*;
use crate::date::Date;
use proptest::prelude::*;
use serde_json::json;

fn read(source: &[u8]) -> Vec<Entry> {
    let raw = Raw { id: DocId("feed.xml".into()), path: "feed.xml", bytes: source, modified: None };
    let entries = entries(&raw);
    entries.iter().for_each(|entry| assert_sound(&entry.document, source));
    entries
}

#[test]
fn rss_items_are_documents() {
    let source = "<?xml version='1.0'?>\n<rss version='2.0' xmlns:dc='d' xmlns:content='c'><channel><title>Feed</title>\n\
        <language>ko-KR</language>\n<item><title>One &amp;amp; two</title><link>https://example.org/1</link>\n\
        <description>&lt;p&gt;A &lt;b&gt;missile&lt;/b&gt; &amp;eacute;t&#233;&lt;/p&gt;</description>\n\
        <pubDate>Sun, 12 Nov 2023 08:00:00 GMT</pubDate><guid>urn:1</guid><dc:creator>Kim</dc:creator>\n\
        <category>a</category><category>b</category></item>\n\
        <item><title>Two</title><description>Short [...]</description><media:title>no</media:title>\n\
        <content:encoded><![CDATA[<p>Short</p><p>and long</p>]]></content:encoded></item></channel></rss>";
    let entries = read(source.as_bytes());
    assert_eq!(entries.iter().map(|entry| entry.key.as_str()).collect::<Vec<_>>(), ["urn:1", "2"]);
    let first = &entries[0].document;
    assert_eq!((first.id.as_str(), first.path.as_str()), ("feed.xml#urn:1", "feed.xml"));
    assert_eq!(first.text, "One & two\n\nA missile été");
    assert_eq!(first.facts.title.as_deref(), Some("One & two"));
    assert_eq!(first.facts.date, Date::new(2023, 11, 12));
    assert_eq!(first.facts.language.as_deref(), Some("ko"));
    assert_eq!(first.facts.url.as_deref(), Some("https://example.org/1"));
    assert_eq!(first.facts.other["author"], json!("Kim"));
    assert_eq!(first.facts.other["category"], json!(["a", "b"]));
    assert_eq!(located(first, source.as_bytes(), "missile"), (b"missile".as_slice(), 5));
    assert_eq!(located(first, source.as_bytes(), "ét"), (b"&amp;eacute;t".as_slice(), 5));
    assert_eq!(entries[1].document.text, "Two\n\nShort\n\nand long");
    assert_eq!(located(&entries[1].document, source.as_bytes(), "long"), (b"long".as_slice(), 9));
}

#[test]
fn atom_entries_are_documents() {
    let source = "<feed xmlns='http://www.w3.org/2005/Atom' xml:lang='en'><title>Feed</title><author><name>All</name></author>\n\
        <entry><id>tag:1</id><title type='html'>A &lt;i&gt;b&lt;/i&gt;</title><updated>2023-11-13T00:00:00Z</updated>\n\
        <published>2023-11-12T00:00:00Z</published><link rel='edit' href='e'/><link href='https://example.org/?a&amp;b'/>\n\
        <author><name>Kim</name><email>k@example.org</email></author><category term='x'/>\n\
        <summary>5 &lt; 6 is\n  true</summary><content type='xhtml'><div><p>One</p><p>two</p></div></content>\n\
        <source><title>Other</title></source></entry><entry><id>tag:1</id><title>C</title></entry></feed>";
    let entries = read(source.as_bytes());
    let first = &entries[0].document;
    assert_eq!(first.text, "A b\n\n5 < 6 is true\n\nOne\n\ntwo");
    assert_eq!(first.facts.date, Date::new(2023, 11, 12));
    assert_eq!(first.facts.language.as_deref(), Some("en"));
    assert_eq!(first.facts.url.as_deref(), Some("https://example.org/?a&b"));
    assert_eq!(first.facts.other["author"], json!("Kim"));
    assert_eq!(first.facts.other["category"], json!("x"));
    assert_eq!(located(first, source.as_bytes(), "two"), (b"two".as_slice(), 6));
    assert_eq!((entries[1].key.as_str(), entries[1].document.text.as_str()), ("2", "C"));
}

#[test]
fn rdf_items_stand_beside_their_channel() {
    let source = b"<rdf:RDF><channel><title>F</title><items><rdf:Seq/></items></channel>\
        <item rdf:about='a'><title>T</title><dc:date>2023-11-12</dc:date><description>D</description></item></rdf:RDF>";
    let entries = read(source);
    assert_eq!(entries.len(), 1);
    assert_eq!(entries[0].document.text, "T\n\nD");
    assert_eq!(entries[0].document.facts.date, Date::new(2023, 11, 12));
}

#[test]
fn broken_feeds_give_what_they_have() {
    let source = b"<rss><channel><item><title>One<item><title>Two</title><description>open &lt;p";
    let texts: Vec<_> = read(source).into_iter().map(|entry| entry.document.text).collect();
    assert_eq!(texts, ["One", "Two\n\nopen"]);
    assert!(read(b"<rss><channel/></rss>").is_empty());
    assert!(read(b"").is_empty());
}

#[test]
fn keys_that_are_taken_become_numbers() {
    let item = |guid: &str| format!("<item><guid>{guid}</guid></item>");
    let items = ["2", "a", "a", "4", ""].map(item).concat();
    let source = format!("<rss><channel>{items}</channel></rss>");
    let keys: Vec<_> = read(source.as_bytes()).into_iter().map(|entry| entry.key).collect();
    assert_eq!(keys, ["2", "a", "3", "4", "5"]);
    let source = format!("<rss><channel>{}{}</channel></rss>", item("2"), item("2"));
    let keys: Vec<_> = read(source.as_bytes()).into_iter().map(|entry| entry.key).collect();
    assert_eq!(keys, ["2", "2.1"]);
}

#[test]
fn many_entries_on_one_line_are_read_to_the_last() {
    let source =
        format!("<rss><channel>{}</channel></rss>", "<item><title>word</title></item>".repeat(20_000));
    let bytes = source.as_bytes();
    let raw = Raw { id: DocId("feed.xml".into()), path: "feed.xml", bytes, modified: None };
    let entries = entries(&raw);
    assert_eq!(entries.len(), 20_000);
    assert_anchored(&entries[19_999].document, &source);
    for piece in ["<item>", "<item><a>", "<entry><title>&lt;", "<![CDATA[", "<channel>", "</item>"] {
        read(format!("<rss><channel>{}", piece.repeat(1 << 13)).as_bytes());
    }
}

proptest! {
    #[test]
    fn any_markup_makes_entries_whose_characters_are_in_their_places(
        pieces in proptest::collection::vec(proptest::sample::select(vec![
            "<rss>", "<channel>", "<item>", "</item>", "<entry>", "</entry>", "<feed>", "<title>", "</title>",
            "<description>", "</description>", "<content type='html'>", "<content type='xhtml'>", "</content>", "<p>", "</p>",
            "&lt;p&gt;", "&lt;b", "&amp;eacute;", "&#233;", "&#x1F600;", "<![CDATA[", "]]>", "<guid>", "</guid>", "word", "한국어",
            " ", "\n", "<link/>", "<h1>", "&amp;", "<", ">", "&lt;script&gt;",
        ]), 0..60)
    ) {
        let source = format!("<rss><channel><item>{}", pieces.concat());
        for entry in read(source.as_bytes()) {
            assert_verbatim(&entry.document, &source);
            assert_anchored(&entry.document, &source);
        }
    }
}
