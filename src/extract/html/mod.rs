//! HTML: a page's text in reading order, its headings as sections, and the facts that it tells of itself.
//!
//! Pages are read as browsers read them, by the standard's tokenizer, but without building a tree: [`tokens`]
//! names the pieces, [`elements`] knows how they nest, [`meta`] reads the facts, and [`page`] writes the text.
//! What a reader did not come for is left out (scripts, navigation, the page's own header and footer, controls,
//! hidden parts), and where that would leave nothing, nothing but scripts and styles is.

mod elements;
mod meta;
mod page;
mod tokens;
mod xhtml;

use super::compose::{Composed, Composition};
use super::decode::decode;
use super::{Raw, document};
use crate::document::{Document, Format};
use crate::span::OffsetMap;
use page::{Keep, Outline};

/// How far into a page its charset is looked for, in bytes.
const CHARSET_WINDOW: usize = 4 << 10;

/// Makes a document of an HTML page.
pub(super) fn extract(raw: &Raw<'_>) -> Document {
    let decoded = decode(raw.bytes, declared_charset(raw.bytes).as_deref());
    let base = OffsetMap::identity(decoded.text.len());
    let outline = Outline::of(&decoded.text);
    let read = |keep| -> Composed {
        let mut out = Composition::default();
        page::write(&decoded.text, &base, &outline, keep, &mut out);
        out.finish()
    };
    let mut composed = read(Keep::Content);
    if composed.text.trim().is_empty() {
        composed = read(Keep::Everything);
    }
    let facts = outline.meta.into_facts(composed.title.take());
    document(raw, Format::Html, decoded, facts, composed)
}

/// Adds the text of a piece of HTML, which `base` leads back into the decoded source, to a text.
pub(super) fn append(fragment: &str, base: &OffsetMap, out: &mut Composition) {
    page::write(fragment, base, &Outline::of(fragment), Keep::Content, out);
}

/// What a character reference such as `&eacute;` stands for in HTML.
pub(super) fn referenced(reference: &str) -> Option<String> {
    match tokens::tokens(reference).next()? {
        tokens::Token::Reference { value, end, .. } if end == reference.len() => Some(value),
        _ => None,
    }
}

/// Adds the text of a page of a book, all that is shown of it, to a text that leads back to places.
pub(super) fn append_page(bytes: &[u8], out: &mut Composition) {
    let decoded = decode(bytes, declared_charset(bytes).as_deref());
    let page = xhtml::with_end_tags(&decoded.text);
    page::write(&page, &OffsetMap::identity(page.len()), &Outline::of(&page), Keep::Shown, out);
}

/// The charset that a page's first bytes declare, in an XML declaration or a meta tag.
pub(super) fn declared_charset(bytes: &[u8]) -> Option<String> {
    let head = &bytes[..bytes.len().min(CHARSET_WINDOW)];
    let head: String = head.iter().map(|&byte| char::from(byte).to_ascii_lowercase()).collect();
    let in_xml = || {
        let declaration = head.trim_start().strip_prefix("<?xml")?;
        label_after(declaration.split_once("?>")?.0, "encoding")
    };
    let in_meta = || {
        let tags = head.split("<meta").skip(1);
        tags.map(|tag| tag.split_once('>').map_or(tag, |(tag, _)| tag))
            .find_map(|tag| label_after(tag, "charset"))
    };
    in_xml().or_else(in_meta)
}

/// The value that follows `name` and an equals sign, quoted or not.
fn label_after(text: &str, name: &str) -> Option<String> {
    let mut rest = text;
    while let Some((_, after)) = rest.split_once(name) {
        rest = after;
        if let Some(value) = after.trim_start().strip_prefix('=') {
            let value = value.trim_start().trim_start_matches(['"', '\'']);
            let label = value.split(|c: char| c.is_whitespace() || "\"';,/>".contains(c)).next()?;
            return (!label.is_empty()).then(|| label.to_owned());
        }
    }
    None
}

#[cfg(test)]
mod tests;
