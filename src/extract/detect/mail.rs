//! Messages and mailboxes, by the header lines that they start with.
//!
//! Bodies may be in any encoding, or in none, so bytes are looked at and not text.

use super::super::mbox::is_separator;

/// Fields that messages have and other files hardly do.
const TELLING: [&str; 11] = [
    "From",
    "To",
    "Received",
    "Return-Path",
    "Delivered-To",
    "Message-ID",
    "MIME-Version",
    "Newsgroups",
    "DKIM-Signature",
    "X-Mailer",
    "X-Mozilla-Status",
];

/// Fields that messages have and other files may have too.
const USUAL: [&str; 18] = [
    "Subject",
    "Date",
    "Cc",
    "Bcc",
    "Sender",
    "Reply-To",
    "In-Reply-To",
    "References",
    "Content-Type",
    "Content-Transfer-Encoding",
    "Authentication-Results",
    "Received-SPF",
    "Envelope-To",
    "List-Id",
    "List-Unsubscribe",
    "User-Agent",
    "Importance",
    "Thread-Topic",
];

/// Whether the content starts as a mailbox does: a line that sets messages apart, and a message's header.
pub(super) fn starts_mailbox(head: &[u8]) -> bool {
    let (first, rest) = first_line(head);
    is_separator(first) && header_fields(rest).is_some_and(|fields| fields.total > 0)
}

/// Whether the content starts with the header of a message: nothing but fields up to a blank line, two of them known,
/// of which one is telling.
pub(super) fn starts_message(head: &[u8]) -> bool {
    header_fields(head).is_some_and(|fields| fields.known > 1 && fields.telling > 0)
}

/// How many fields a header has.
#[derive(Default)]
struct Fields {
    total: usize,
    known: usize,
    telling: usize,
}

/// The fields of the header that the content starts with; `None` where a line before the first blank one is none of a
/// header. The last line may be cut.
fn header_fields(head: &[u8]) -> Option<Fields> {
    let mut fields = Fields::default();
    let mut rest = head;
    while !rest.is_empty() {
        let (line, after) = first_line(rest);
        let is_last = after.is_empty();
        rest = after;
        match line.first() {
            None => break,
            Some(b' ' | b'\t') if fields.total > 0 => continue,
            Some(_) => {}
        }
        let Some(name) = field_name(line) else {
            if is_last && fields.total > 0 && line.iter().all(u8::is_ascii_graphic) {
                break;
            }
            return None;
        };
        // A message's fields start with a capital letter, as the keys of configuration files do not.
        let is_among = |names: &[&str]| {
            name[0].is_ascii_uppercase()
                && names.iter().any(|known| known.as_bytes().eq_ignore_ascii_case(name))
        };
        let is_telling = is_among(&TELLING);
        fields.total += 1;
        fields.telling += usize::from(is_telling);
        fields.known += usize::from(is_telling || is_among(&USUAL));
    }
    Some(fields)
}

/// The name of the field that a line is.
fn field_name(line: &[u8]) -> Option<&[u8]> {
    let colon = line.iter().position(|&byte| byte == b':')?;
    let name = line[..colon].trim_ascii_end();
    let is_name = !name.is_empty() && name.iter().all(u8::is_ascii_graphic);
    is_name.then_some(name)
}

/// The first line without its end, and what follows it.
fn first_line(bytes: &[u8]) -> (&[u8], &[u8]) {
    let end = bytes.iter().position(|&byte| byte == b'\n');
    let line = &bytes[..end.unwrap_or(bytes.len())];
    let rest = end.map_or(&[][..], |end| &bytes[end + 1..]);
    (line.strip_suffix(b"\r").unwrap_or(line), rest)
}
