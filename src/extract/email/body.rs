//! Which parts of a message are its text, in which form, and how they are written; and which are attached to it.

use super::mime::Part;
use super::{Held, Sources};
use crate::extract::compose::Composition;
use crate::extract::decode::{Decoded, decode};
use crate::extract::html;
use crate::span::OffsetMap;

/// How many times longer the HTML form of a text must be for the plain one to be a mere stub.
const STUB: usize = 4;

/// What stands for a part that cannot be read.
const OPENPGP: &str = "encrypted with OpenPGP";
const SMIME: &str = "encrypted or signed with S/MIME";

/// What a message holds, by the places of its parts.
#[derive(Debug, Default)]
pub(super) struct Content {
    pub bodies: Vec<Body>,
    pub attachments: Vec<usize>,
}

/// A part that is text of the message.
#[derive(Debug)]
pub(super) struct Body {
    pub part: usize,
    form: Form,
}

/// The form of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// Plain text.
    Plain,
    /// Plain text in which a space stands before lines that could be taken for something else.
    Flowed,
    /// HTML.
    Html,
    /// It cannot be read, for this reason.
    Closed(&'static str),
}

/// What is taken of a part.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Take {
    /// Its texts and its attachments.
    All,
    /// Its attachments.
    Attachments,
}

/// Tells texts and attachments apart.
pub(super) fn content(message: &[u8], parts: &[Part]) -> Content {
    let mut gatherer = Gatherer { message, parts, content: Content::default() };
    gatherer.gather(0, Take::All);
    gatherer.content
}

struct Gatherer<'a> {
    message: &'a [u8],
    parts: &'a [Part],
    content: Content,
}

impl Gatherer<'_> {
    /// Gathers what a part holds; parts nest only so deep.
    fn gather(&mut self, at: usize, take: Take) {
        let part = &self.parts[at];
        match part {
            _ if part.is("multipart/encrypted") => self.body(at, Form::Closed(OPENPGP), take),
            _ if part.parts.is_empty() => self.leaf(at, take),
            _ if part.is("multipart/alternative") => self.alternative(at, take),
            _ if part.is("multipart/related") => {
                // The first is the text, the rest what it shows.
                for (number, &child) in part.parts.iter().enumerate() {
                    self.gather(child, if number == 0 { take } else { Take::Attachments });
                }
            }
            _ => part.parts.iter().for_each(|&child| self.gather(child, take)),
        }
    }

    fn body(&mut self, part: usize, form: Form, take: Take) {
        if take == Take::All {
            self.content.bodies.push(Body { part, form });
        }
    }

    fn leaf(&mut self, at: usize, take: Take) {
        let part = &self.parts[at];
        let is_attached = part.disposition.as_ref().is_some_and(|how| how.value == "attachment");
        match part {
            _ if is_signature(part) => {}
            _ if is_sealed(part) => self.body(at, Form::Closed(SMIME), take),
            _ if is_attached || take == Take::Attachments => self.attach(at),
            _ if part.is("text/html") && part.file_name().is_none() => self.body(at, Form::Html, take),
            _ if is_read_inline(part) => self.body(at, self.plain_form(at), take),
            _ => self.attach(at),
        }
    }

    /// Attaches a part, unless there is nothing in it.
    fn attach(&mut self, at: usize) {
        if !self.parts[at].body.is_empty() {
            self.content.attachments.push(at);
        }
    }

    /// The form of a part that is plain text.
    fn plain_form(&self, at: usize) -> Form {
        let body = &self.message[self.parts[at].body.clone()];
        match self.parts[at].kind.parameter("format") {
            _ if body.trim_ascii_start().starts_with(b"-----BEGIN PGP MESSAGE-----") => Form::Closed(OPENPGP),
            Some(format) if format.eq_ignore_ascii_case("flowed") => Form::Flowed,
            _ => Form::Plain,
        }
    }

    /// Takes one of several forms of the same text: the plain one, unless it is a stub beside HTML.
    fn alternative(&mut self, at: usize, take: Take) {
        let forms = &self.parts[at].parts;
        let plain = forms.iter().copied().find(|&form| self.is_plain(form));
        let html = forms.iter().rev().copied().find(|&form| self.html_in(form).is_some());
        let chosen = match (plain, html) {
            (Some(plain), Some(html)) if self.is_stub(plain, html) => Some(html),
            (plain, html) => plain.or(html).or(forms.last().copied()),
        };
        for &form in forms {
            let is_text = self.is_plain(form)
                || self.html_in(form) == Some(form)
                || self.parts[form].is("text/x-amp-html");
            if Some(form) == chosen {
                self.gather(form, take);
            } else if !is_text {
                self.gather(form, Take::Attachments);
            }
        }
    }

    fn is_plain(&self, at: usize) -> bool {
        self.parts[at].is("text/plain") && self.parts[at].parts.is_empty()
    }

    /// The HTML that a form of a text is, or starts with.
    fn html_in(&self, at: usize) -> Option<usize> {
        let part = &self.parts[at];
        match part.parts.first() {
            Some(&first) if part.is("multipart/related") || part.is("multipart/mixed") => self.html_in(first),
            None if part.is("text/html") => Some(at),
            _ => None,
        }
    }

    /// Whether a plain text says little of what the HTML says.
    fn is_stub(&self, plain: usize, html: usize) -> bool {
        let length = |at: usize, form: Form| {
            let (mut sources, mut out) = (Sources::default(), Composition::default());
            let part = &self.parts[at];
            Body { part: at, form }.write(self.message, part, Held::Alone, &mut sources, &mut out);
            out.len()
        };
        let html = self.html_in(html).unwrap_or(html);
        length(plain, Form::Plain).saturating_mul(STUB) < length(html, Form::Html)
    }
}

/// Whether a part only vouches for another.
fn is_signature(part: &Part) -> bool {
    ["application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature"]
        .iter()
        .any(|kind| part.is(kind))
}

/// Whether a part is a text in an envelope of S/MIME.
fn is_sealed(part: &Part) -> bool {
    part.is("application/pkcs7-mime") || part.is("application/x-pkcs7-mime")
}

/// Whether a part that is not marked as attached is text of the message.
fn is_read_inline(part: &Part) -> bool {
    let is_report = part.is("message/") && !part.is("message/rfc822") && !part.is("message/global");
    let is_broken = part.kind.value.starts_with("multipart/");
    let is_text = ["text/plain", "text/enriched", "text/richtext", "text/rfc822-headers"];
    is_report || is_broken || is_text.iter().any(|kind| part.is(kind))
}

impl Body {
    /// Writes the text of a part.
    pub fn write(
        &self,
        message: &[u8],
        part: &Part,
        held: Held,
        sources: &mut Sources,
        out: &mut Composition,
    ) {
        if let Form::Closed(why) = self.form {
            let (decoded, whole) = standing_for(why, part);
            let (text, start) = sources.add(decoded, whole, &part.number);
            return out.verbatim(&text, start);
        }
        let carried = part.transfer.decode(&message[part.body.clone()], part.body.start);
        let declared = part.kind.parameter("charset");
        let declared = declared.or_else(|| match self.form {
            Form::Html => html::declared_charset(&carried.bytes),
            _ => None,
        });
        let decoded = decode(&carried.bytes, declared.as_deref());
        let (text, start) = sources.add(decoded, carried.map, &part.number);
        if self.form == Form::Html {
            let mut base = OffsetMap::default();
            base.push(0, start, text.len());
            html::append(&text, &base, out);
        } else {
            let is_flowed = self.form == Form::Flowed;
            let mark = |line: &str| {
                usize::from((held != Held::Alone && is_marked(line)) || (is_flowed && line.starts_with(' ')))
            };
            write_plain(&text, start, mark, out);
        }
    }
}

/// A text that stands for all of a part's bytes.
fn standing_for(text: &str, part: &Part) -> (Decoded, OffsetMap) {
    let mut whole = OffsetMap::default();
    whole.push_units(0, part.body.start, 1, text.len(), part.body.len());
    let decoded = Decoded { text: text.to_owned(), map: OffsetMap::identity(text.len()), encoding: "UTF-8" };
    (decoded, whole)
}

/// Writes plain text, without the armour of signatures, white space at its ends, and as many bytes at the start of each
/// line as `mark` says.
fn write_plain(text: &str, start: usize, mark: impl Fn(&str) -> usize, out: &mut Composition) {
    let shown = text.trim_end().len();
    let (mut armour, mut has_begun, mut end) = (Armour::Outside, false, 0);
    for line in text[..shown].split_inclusive('\n') {
        let at = end;
        end += line.len();
        has_begun |= !line.trim().is_empty();
        if armour.shows(line.trim_end()) && has_begun {
            let mark = mark(line);
            out.verbatim(&line[mark..], start + at + mark);
        }
    }
}

/// Whether a mailbox marked a line so that it does not look like a message's start.
fn is_marked(line: &str) -> bool {
    line.starts_with('>') && line.trim_start_matches('>').starts_with("From ")
}

/// Where in the armour of OpenPGP's signatures a line stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Armour {
    Outside,
    Head,
    Signature,
}

impl Armour {
    /// Whether the next line is shown.
    fn shows(&mut self, line: &str) -> bool {
        let (next, is_shown) = match (*self, line) {
            (_, "-----BEGIN PGP SIGNED MESSAGE-----") => (Self::Head, false),
            (_, "-----BEGIN PGP SIGNATURE-----") => (Self::Signature, false),
            (Self::Signature, "-----END PGP SIGNATURE-----") | (Self::Head, "") => (Self::Outside, false),
            (Self::Head, line) if !line.contains(": ") => (Self::Outside, true),
            (same, _) => (same, same == Self::Outside),
        };
        *self = next;
        is_shown
    }
}
