//! What XHTML writes otherwise than HTML: elements that end where they begin.
//!
//! A page of a book is XML, in which `<title/>` is an empty title. HTML knows no such thing: there the title would go
//! on to the page's end. Such elements get an end tag of their own here.

use std::borrow::Cow;

/// The elements that never have content, so that the slash at their end changes nothing.
const VOID: [&str; 14] = [
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track",
    "wbr",
];

/// The page with an end tag for each element that is written as an empty one.
pub(super) fn with_end_tags(page: &str) -> Cow<'_, str> {
    let mut out = String::new();
    let mut copied = 0;
    let mut at = 0;
    while let Some(found) = page[at..].find('<') {
        let start = at + found;
        at = start + skipped(&page[start..]);
        let Some(name) = page[start..at].strip_suffix("/>").and_then(name_of) else { continue };
        if !VOID.iter().any(|void| name.eq_ignore_ascii_case(void)) {
            out.push_str(&page[copied..at - 2]);
            out.push_str("></");
            out.push_str(name);
            out.push('>');
            copied = at;
        }
    }
    if copied == 0 {
        return Cow::Borrowed(page);
    }
    out.push_str(&page[copied..]);
    Cow::Owned(out)
}

/// How long the piece of markup is that `rest` starts with.
fn skipped(rest: &str) -> usize {
    let behind = |mark: &str| rest.find(mark).map_or(rest.len(), |at| at + mark.len());
    match rest {
        _ if rest.starts_with("<!--") => behind("-->"),
        _ if rest.starts_with("<![CDATA[") => behind("]]>"),
        _ if rest.starts_with("<?") => behind("?>"),
        _ => end_of_tag(rest),
    }
}

/// How long the tag is that `rest` starts with; marks in the quotes of its attributes do not end it.
fn end_of_tag(rest: &str) -> usize {
    let mut quote = None;
    for (at, byte) in rest.bytes().enumerate().skip(1) {
        match (quote, byte) {
            (None, b'>') => return at + 1,
            // A tag that does not end before the next begins is none.
            (None, b'<') => return at,
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(mark), _) if mark == byte => quote = None,
            _ => {}
        }
    }
    rest.len()
}

/// The name of the element that a tag, without its end, opens.
fn name_of(tag: &str) -> Option<&str> {
    let name = tag.strip_prefix('<')?;
    let end = name
        .find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '-' | ':' | '_'))
        .unwrap_or(name.len());
    (end > 0 && name.starts_with(|c: char| c.is_ascii_alphabetic())).then(|| &name[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_elements_get_an_end_and_nothing_else_changes() {
        let page = "<title/><p class=\"a/>b\"/>x<br/><a id='1' />y<!-- <b/> --><![CDATA[<i/>]]><?pi <u/>?></p> 1 < 2 /> 3";
        let expected = "<title></title><p class=\"a/>b\"></p>x<br/><a id='1' ></a>y<!-- <b/> --><![CDATA[<i/>]]><?pi <u/>?></p> 1 < 2 /> 3";
        assert_eq!(with_end_tags(page), expected);
        assert!(matches!(with_end_tags("<p>한국어<br/></p><"), Cow::Borrowed(_)));
    }
}
