//! The fields of a header: their names, and their values in the notations that were invented to carry more than
//! ASCII through the mail: encoded words (RFC 2047) and parameters in pieces (RFC 2231).

use std::ops::Range;

use super::super::decode::{Decoded, decode, decode_labelled};
use super::transfer::{Transfer, byte_number};

/// The longest name of a charset, in bytes.
const MAX_CHARSET: usize = 64;

/// How many parameters of a field are read.
const MAX_PARAMETERS: usize = 100;

/// The header of a message or of one of its parts.
#[derive(Debug)]
pub(super) struct Header {
    /// Its text, with the way back to its bytes.
    pub decoded: Decoded,
    fields: Vec<Field>,
}

/// Where in the header's text a field stands.
#[derive(Clone, Debug)]
struct Field {
    name: Range<usize>,
    value: Range<usize>,
}

impl Header {
    /// Reads a header, up to its blank line. Bytes beyond ASCII, which should not be there, are read as the message's
    /// text is.
    pub fn read(bytes: &[u8]) -> Self {
        let header = Self::of(decode(bytes, None));
        let declared = header.content_type().and_then(|kind| kind.parameter("charset"));
        match declared {
            Some(charset) if str::from_utf8(bytes).is_err() => Self::of(decode(bytes, Some(&charset))),
            _ => header,
        }
    }

    fn of(decoded: Decoded) -> Self {
        let mut fields: Vec<Field> = Vec::new();
        let mut end = 0;
        for line in decoded.text.split_inclusive('\n') {
            let start = end;
            end += line.len();
            if line.starts_with([' ', '\t']) {
                if let Some(field) = fields.last_mut() {
                    field.value.end = end;
                }
            } else if let Some(colon) = line.find(':') {
                fields.push(Field { name: start..start + colon, value: start + colon + 1..end });
            }
        }
        Self { decoded, fields }
    }

    fn field(&self, name: &str) -> Option<&Field> {
        let is_named =
            |field: &&Field| self.decoded.text[field.name.clone()].trim().eq_ignore_ascii_case(name);
        self.fields.iter().find(is_named)
    }

    /// The value of the first field of this name as it was written, its lines joined; `None` where it is empty.
    pub fn raw(&self, name: &str) -> Option<String> {
        let value = &self.decoded.text[self.field(name)?.value.clone()];
        let value: String = value.chars().filter(|c| !matches!(c, '\r' | '\n')).collect();
        Some(value.trim().to_owned()).filter(|value| !value.is_empty())
    }

    /// The value of the first field of this name, its encoded words read.
    pub fn value(&self, name: &str) -> Option<String> {
        self.raw(name).map(|value| decode_words(&value))
    }

    /// Where in the header's text the first field of this name stands.
    pub fn place(&self, name: &str) -> Option<Range<usize>> {
        self.field(name).map(|field| field.name.start..field.value.end)
    }

    /// What the header says that the content is.
    pub fn content_type(&self) -> Option<Parameterized> {
        self.raw("Content-Type").map(|value| Parameterized::read(&value))
    }

    /// What the header says that is to be done with the content.
    pub fn disposition(&self) -> Option<Parameterized> {
        self.raw("Content-Disposition").map(|value| Parameterized::read(&value))
    }

    /// How the content is carried.
    pub fn transfer(&self) -> Transfer {
        self.raw("Content-Transfer-Encoding").map(|name| Transfer::named(&name)).unwrap_or_default()
    }
}

/// A value with parameters, such as `text/plain; charset=utf-8`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Parameterized {
    /// What stands before the parameters, in lower case.
    pub value: String,
    parameters: Vec<Parameter>,
}

/// A parameter, or a piece of one.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Parameter {
    name: String,
    /// Its number, where it is a piece.
    piece: u32,
    /// Whether its bytes may be written as `%XX`.
    is_escaped: bool,
    value: String,
}

impl Parameterized {
    /// Reads `value; name=parameter; name="parameter"`.
    pub fn read(text: &str) -> Self {
        let mut pieces = split_unquoted(text);
        let value = pieces.next().unwrap_or_default().trim().to_ascii_lowercase();
        let mut parameters: Vec<_> = pieces.take(MAX_PARAMETERS).filter_map(Parameter::read).collect();
        parameters.sort_by_key(|parameter| parameter.piece);
        Self { value, parameters }
    }

    /// The parameter of this name, put together and decoded.
    pub fn parameter(&self, name: &str) -> Option<String> {
        let named = || self.parameters.iter().filter(|parameter| parameter.name == name);
        let first = named().next()?;
        if !named().any(|parameter| parameter.is_escaped) {
            let value: String = named().map(|parameter| parameter.value.as_str()).collect();
            return Some(decode_words(&value).trim().to_owned());
        }
        let (charset, start) = match first.value.splitn(3, '\'').collect::<Vec<_>>()[..] {
            [charset, _, start] if first.is_escaped => (charset, start),
            _ => ("", first.value.as_str()),
        };
        let mut bytes = Vec::new();
        first.push_bytes(start, &mut bytes);
        for parameter in named().skip(1) {
            parameter.push_bytes(&parameter.value, &mut bytes);
        }
        Some(text_of(&bytes, charset).trim().to_owned())
    }
}

impl Parameter {
    /// Reads `name=value`, `name*=charset'language'value`, `name*0=value` or `name*0*=…`.
    fn read(text: &str) -> Option<Self> {
        let (name, value) = text.split_once('=')?;
        let name = name.trim().to_ascii_lowercase();
        let (name, is_escaped) = name.strip_suffix('*').map_or((name.as_str(), false), |name| (name, true));
        let (name, piece) = match name.split_once('*') {
            Some((name, piece)) => (name, piece.parse().ok()?),
            None => (name, 0),
        };
        Some(Self { name: name.to_owned(), piece, is_escaped, value: unquote(value.trim()) })
    }

    /// Adds the bytes that a text of this parameter stands for.
    fn push_bytes(&self, text: &str, bytes: &mut Vec<u8>) {
        let text = text.as_bytes();
        let mut at = 0;
        while at < text.len() {
            let escaped =
                (self.is_escaped && text[at] == b'%').then(|| byte_number(&text[at + 1..])).flatten();
            bytes.push(escaped.unwrap_or(text[at]));
            at += if escaped.is_some() { 3 } else { 1 };
        }
    }
}

/// The pieces of a text between semicolons that are not inside quotes.
fn split_unquoted(text: &str) -> impl Iterator<Item = &str> {
    let (mut is_quoted, mut is_escaped) = (false, false);
    text.split(move |c: char| {
        let was_escaped = is_escaped;
        is_escaped = is_quoted && c == '\\' && !was_escaped;
        is_quoted ^= c == '"' && !was_escaped;
        c == ';' && !is_quoted
    })
}

/// A value without its quotes and what they needed. Many programs write paths without thinking of their backslashes.
fn unquote(value: &str) -> String {
    let Some(inner) = value.strip_prefix('"') else { return value.to_owned() };
    let mut unquoted = String::new();
    let mut characters = inner.chars().peekable();
    while let Some(c) = characters.next() {
        match c {
            '"' => break,
            '\\' if matches!(characters.peek(), Some('"' | '\\')) => unquoted.extend(characters.next()),
            c => unquoted.push(c),
        }
    }
    unquoted
}

/// A text whose encoded words, `=?charset?B?…?=`, are read. Words of one charset with nothing but spaces between are
/// decoded together, since many programs cut characters in two.
pub(super) fn decode_words(text: &str) -> String {
    let mut decoded = String::with_capacity(text.len());
    let mut pending: Option<Word<'_>> = None;
    let mut rest = text;
    while let Some(at) = rest.find("=?") {
        let (before, word) = rest.split_at(at);
        let Some((next, after)) = Word::read(word) else {
            flush(pending.take(), &mut decoded);
            decoded.push_str(&rest[..at + 2]);
            rest = &rest[at + 2..];
            continue;
        };
        let adjoins = before.trim().is_empty();
        match &mut pending {
            Some(word) if adjoins && word.goes_on_in(&next) => word.bytes.extend(next.bytes),
            _ => {
                let follows = flush(pending.take(), &mut decoded);
                if !(follows && adjoins) {
                    decoded.push_str(before);
                }
                pending = Some(next);
            }
        }
        rest = after;
    }
    flush(pending, &mut decoded);
    decoded.push_str(rest);
    decoded
}

/// Adds the text of a word, if there is one; tells whether there was.
fn flush(word: Option<Word<'_>>, decoded: &mut String) -> bool {
    let text = word.map(|word| text_of(&word.bytes, word.charset));
    decoded.push_str(text.as_deref().unwrap_or_default());
    text.is_some()
}

/// An encoded word.
struct Word<'a> {
    charset: &'a str,
    bytes: Vec<u8>,
}

impl<'a> Word<'a> {
    /// Whether a character may be cut between this word and the next. Charsets that switch by escapes start each word
    /// anew.
    fn goes_on_in(&self, next: &Self) -> bool {
        let is_stateful = self.charset.get(..8).is_some_and(|start| start.eq_ignore_ascii_case("iso-2022"));
        self.charset.eq_ignore_ascii_case(next.charset) && !is_stateful
    }

    /// Reads the word that the text starts with, and gives what follows it.
    fn read(text: &'a str) -> Option<(Self, &'a str)> {
        let window = &text.as_bytes()[2..text.len().min(2 + MAX_CHARSET)];
        let charset_end = 2 + window.iter().position(|&byte| byte == b'?')?;
        let charset = text[2..charset_end].split('*').next().unwrap_or_default();
        let encoding = *text.as_bytes().get(charset_end + 1)?;
        let data = text.get(charset_end + 2..)?.strip_prefix('?')?;
        let (data, after) = data.split_once('?')?;
        let after = after.strip_prefix('=')?;
        let bytes = match encoding {
            b'B' | b'b' => Transfer::Base64.decode(data.as_bytes(), 0).bytes,
            b'Q' | b'q' => Transfer::QuotedPrintable.decode(data.replace('_', " ").as_bytes(), 0).bytes,
            _ => return None,
        };
        (!charset.is_empty()).then_some((Self { charset, bytes }, after))
    }
}

/// The text of few bytes that a program says are in this charset.
fn text_of(bytes: &[u8], charset: &str) -> String {
    decode_labelled(bytes, charset).unwrap_or_else(|| decode(bytes, Some(charset)).text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn encoded_words_are_read_and_put_together() {
        for (text, expected) in [
            ("plain", "plain"),
            ("=?utf-8?Q?d=C3=A9clar=C3=A9_hier?= (suite)", "déclaré hier (suite)"),
            ("=?UTF-8?B?66+4?= =?utf-8?b?7IKs7J28?=", "미사일"),
            ("=?UTF-8?B?66+47A==?=  =?UTF-8?B?gqzsnbw=?=", "미사일"),
            ("=?euc-kr?B?uczBy8DP?= a", "미죄일 a"),
            ("=?iso-2022-jp?B?GyRCN1kyfBsoQg==?=", "警戒"),
            ("a =?utf-8?Q?b?= =?us-ascii?Q?c?= d", "a bc d"),
            ("=?utf-8*en?Q?a?=", "a"),
            ("=?no-such-charset?Q?a=E9?=", "aé"),
            ("=? =?x =?utf-8?Z?a?= =?utf-8?Q?open", "=? =?x =?utf-8?Z?a?= =?utf-8?Q?open"),
            ("=?utf-8?Q?=?= =?=", " =?="),
            ("=?iso-2022-jp?B?GyRCN1lKcxsoQg==?= =?iso-2022-jp?B?GyRCNiZNLRsoQg==?=", "警報共有"),
        ] {
            assert_eq!(decode_words(text), expected, "{text}");
        }
    }

    #[test]
    fn parameters_are_read_in_all_their_notations() {
        let kind = Parameterized::read(
            "Text/Plain; charset=\"utf-8\" ; name=\"a;b \\\"c\\\".txt\"; format=flowed; broken",
        );
        assert_eq!(kind.value, "text/plain");
        assert_eq!(kind.parameter("charset").as_deref(), Some("utf-8"));
        assert_eq!(kind.parameter("name").as_deref(), Some("a;b \"c\".txt"));
        assert_eq!(kind.parameter("boundary"), None);
        for (text, expected) in [
            ("attachment; filename*=utf-8''%EB%B3%B4%EA%B3%A0.pdf", "보고.pdf"),
            (
                "attachment; filename*1*=%EA%B3%A0; filename*0*=utf-8'ko'%EB%B3%B4; filename*2=.pdf",
                "보고.pdf",
            ),
            ("attachment; filename=\"=?utf-8?B?67O06rOg?=.pdf\"", "보고.pdf"),
            ("attachment; filename*0=\"long \"; filename*1=\"name.txt\"", "long name.txt"),
            ("attachment; filename*=100%", "100%"),
        ] {
            let name = Parameterized::read(text).parameter("filename");
            assert_eq!(name.as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn fields_go_on_over_lines_and_names_have_no_case() {
        let header = Header::read(b"Subject: one\r\n two\r\nno field\nSUBJECT: three\nX:\n\n");
        assert_eq!(header.value("subject").as_deref(), Some("one two"));
        assert_eq!(header.value("x"), None);
        assert_eq!(header.place("Subject"), Some(0..20));
        let korean = b"Content-Type: text/plain; charset=euc-kr\nSubject: \xb9\xcc\xbb\xe7\xc0\xcf\n";
        assert_eq!(Header::read(korean).value("Subject").as_deref(), Some("미사일"));
    }

    proptest! {
        #[test]
        fn any_value_is_read(text in "([=?*';\"\\\\ ]|utf-8|[BQ]|.){0,60}") {
            decode_words(&text);
            let value = Parameterized::read(&text);
            for parameter in &value.parameters {
                value.parameter(&parameter.name);
            }
            Header::read(text.as_bytes());
        }
    }
}
