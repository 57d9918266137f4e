//! Plain text: the text as it stands, in one section, but for its front matter.
//!
//! A text file names no title and no sections; guessing them from its look is left to nobody.

use super::compose::{Composed, Composition};
use super::decode::decode;
use super::{Raw, document, front_matter};
use crate::document::{Document, Format};

/// Makes a document of plain text.
pub(super) fn extract(raw: &Raw<'_>) -> Document {
    let decoded = decode(raw.bytes, None);
    let (facts, start) = front_matter::split(&decoded.text);
    let composed = whole(&decoded.text[start..], start);
    document(raw, Format::Text, decoded, facts, composed)
}

/// A text that stands at `origin` in the decoded source, as one section.
pub(super) fn whole(text: &str, origin: usize) -> Composed {
    let mut out = Composition::default();
    out.verbatim(text, origin);
    out.finish()
}

#[cfg(test)]
mod tests {
    use super::super::laws::{extracted, located};
    use super::*;

    #[test]
    fn text_is_taken_as_it_stands() {
        let source = b"First line\r\nsecond\n\n\nthird\n";
        let document = extracted(Format::Text, source);
        assert_eq!(document.text.as_bytes(), source);
        assert_eq!(document.sections.len(), 1);
        assert_eq!(document.facts.title, None);
        assert_eq!(located(&document, source, "third"), (b"third".as_slice(), 5));
    }

    #[test]
    fn front_matter_is_not_text_but_counts_in_lines() {
        let source = b"---\ntitle: A\n---\nBody\n";
        let document = extracted(Format::Text, source);
        assert_eq!(document.text, "Body\n");
        assert_eq!(document.facts.title.as_deref(), Some("A"));
        assert_eq!(located(&document, source, "Body"), (b"Body".as_slice(), 4));
    }

    #[test]
    fn an_empty_source_is_an_empty_document() {
        let document = extracted(Format::Text, b"");
        assert_eq!((document.text.as_str(), document.sections.len()), ("", 0));
    }
}
