//! What the fuzz targets do with their bytes: everything that a pass does with a source of one format, but the index.
//!
//! A target fails when something panics, hangs or asks for memory without bound, and when a document is not as the
//! library promises. Run one with `cargo +nightly fuzz run csv`, on a corpus that `tests/fixtures` starts well.

use tidings::config::Settings;
use tidings::document::{Base, DocId, Document, Format};
use tidings::extract::email::Held;
use tidings::extract::jsonl::Records;
use tidings::extract::mbox::Messages;
use tidings::extract::{self, Raw, email, feed};
use tidings::passage;
use tidings::span::Span;

/// The longest line or message that is read.
const MAX: u64 = 1 << 20;

fn raw(bytes: &[u8]) -> Raw<'_> {
    Raw { id: DocId("source".into()), path: "source", bytes, modified: None }
}

/// Asserts what holds for every document, and splits it.
fn check(document: &Document) {
    let mut end = 0;
    for section in &document.sections {
        assert!(end <= section.span.start && section.span.start < section.span.end);
        assert!(document.text.get(section.span.range()).is_some());
        end = section.span.end;
    }
    for passage in passage::split(document, &Settings::default()) {
        assert_eq!(document.text[passage.span.range()], passage.text);
    }
    let _ = document.origin.locate(Span::new(0, document.text.len()));
}

/// Reads bytes as a text of this format.
pub fn text(format: Format, bytes: &[u8]) {
    check(&extract::extract(&raw(bytes), format).expect("text makes a document"));
}

/// Reads bytes as JSON Lines.
pub fn json_lines(bytes: &[u8]) {
    for record in Records::new(bytes, "source", None, MAX) {
        if let Ok(document) = &record.outcome {
            check(document);
        }
    }
}

/// Reads bytes as a feed.
pub fn feed_entries(bytes: &[u8]) {
    feed::entries(&raw(bytes)).iter().for_each(|entry| check(&entry.document));
}

/// Reads bytes as a message, and what is attached to it as messages too.
pub fn message(bytes: &[u8]) {
    let message = email::extract(&raw(bytes), Held::Alone);
    check(&message.document);
    for attachment in message.attachments {
        check(&email::extract(&raw(&attachment.bytes), Held::Alone).document);
    }
}

/// Reads bytes as a mailbox.
pub fn mailbox(bytes: &[u8]) {
    for stored in Messages::new(bytes, MAX).map_while(Result::ok) {
        let base = Base { bytes: stored.offset, lines: stored.lines };
        let bytes = stored.bytes.unwrap_or_default();
        check(&email::extract(&raw(&bytes), Held::InMailbox(base)).document);
    }
}

/// Tells what bytes are, under names that say nothing and names that say much.
pub fn detect(bytes: &[u8]) {
    for path in ["source", "a.md", "a.csv", "a.tar.gz", "a.docx", "a.1"] {
        let _ = extract::detect(path, bytes);
    }
}
