//! The encodings that carry the bytes of a part through the mail, with the way back from each byte.
//!
//! Nothing here fails: what is no base64 in base64 is passed over, what is no escape in quoted-printable stands for
//! itself, and bytes in any other encoding are taken as they are.

use crate::span::OffsetMap;

/// How the bytes of a part are carried.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Transfer {
    /// As they are.
    #[default]
    Plain,
    /// In base64.
    Base64,
    /// In quoted-printable.
    QuotedPrintable,
}

impl Transfer {
    /// The encoding that a `Content-Transfer-Encoding` field names.
    pub fn named(name: &str) -> Self {
        match name.trim() {
            name if name.eq_ignore_ascii_case("base64") => Self::Base64,
            name if name.eq_ignore_ascii_case("quoted-printable") => Self::QuotedPrintable,
            _ => Self::Plain,
        }
    }

    /// The bytes that `source`, which stands at `origin`, carries, and the way back from them.
    pub fn decode(self, source: &[u8], origin: usize) -> Carried {
        let mut carried = Carried::default();
        match self {
            Self::Plain => carried.verbatim(source, origin),
            Self::Base64 => base64(source, origin, &mut carried),
            Self::QuotedPrintable => quoted_printable(source, origin, &mut carried),
        }
        carried
    }
}

/// Bytes as they were before they were encoded.
#[derive(Debug, Default)]
pub(super) struct Carried {
    /// The bytes.
    pub bytes: Vec<u8>,
    /// The way from them to the source.
    pub map: OffsetMap,
}

impl Carried {
    fn verbatim(&mut self, bytes: &[u8], origin: usize) {
        self.map.push(self.bytes.len(), origin, bytes.len());
        self.bytes.extend_from_slice(bytes);
    }

    fn unit(&mut self, bytes: &[u8], origin: usize, len: usize) {
        self.map.push_units(self.bytes.len(), origin, 1, bytes.len(), len);
        self.bytes.extend_from_slice(bytes);
    }
}

/// Reads groups of four characters, wherever the lines between them end.
fn base64(source: &[u8], origin: usize, carried: &mut Carried) {
    let (mut group, mut count, mut start) = (0, 0, 0);
    for (at, &byte) in source.iter().enumerate() {
        let Some(digit) = base64_digit(byte) else {
            // A group that is filled up is at its end; more may follow where encoded parts were put together.
            if byte == b'=' {
                end_group(group, count, origin + start, at - start, carried);
                (group, count) = (0, 0);
            }
            continue;
        };
        if count == 0 {
            start = at;
        }
        group = group << 6 | u32::from(digit);
        count += 1;
        if count == 4 {
            carried.unit(&group.to_be_bytes()[1..], origin + start, at + 1 - start);
            (group, count) = (0, 0);
        }
    }
    end_group(group, count, origin + start, source.len().saturating_sub(start), carried);
}

/// Adds the bytes of a group that has fewer than four characters.
fn end_group(group: u32, count: usize, origin: usize, len: usize, carried: &mut Carried) {
    let bytes = (group << (6 * (4 - count.min(3)))).to_be_bytes();
    if let Some(whole) = count.checked_sub(1).filter(|&whole| whole > 0) {
        carried.unit(&bytes[1..=whole], origin, len);
    }
}

/// The number that a character of base64 stands for.
fn base64_digit(byte: u8) -> Option<u8> {
    match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'+' | b'-' => Some(62),
        b'/' | b'_' => Some(63),
        _ => None,
    }
}

/// Reads text in which `=` starts the number of a byte, or stands at the end of a line that goes on.
fn quoted_printable(source: &[u8], origin: usize, carried: &mut Carried) {
    let mut at = 0;
    while at < source.len() {
        let run = source[at..].iter().position(|&byte| byte == b'=').unwrap_or(source.len() - at);
        carried.verbatim(&source[at..at + run], origin + at);
        at += run;
        match source.get(at + 1..) {
            None => {}
            Some(rest) => match (byte_number(rest), line_end(rest)) {
                (Some(byte), _) => {
                    carried.unit(&[byte], origin + at, 3);
                    at += 3;
                }
                (None, Some(len)) => at += 1 + len,
                (None, None) => {
                    carried.verbatim(b"=", origin + at);
                    at += 1;
                }
            },
        }
    }
}

/// The byte whose two hexadecimal digits the text starts with.
pub(super) fn byte_number(text: &[u8]) -> Option<u8> {
    let digit = |byte: &u8| char::from(*byte).to_digit(16);
    let (high, low) = (digit(text.first()?)?, digit(text.get(1)?)?);
    u8::try_from(high * 16 + low).ok()
}

/// The length of the white space up to the line's end that the text starts with; the text's end is one too.
fn line_end(text: &[u8]) -> Option<usize> {
    let blanks = text.iter().take(998).take_while(|byte| matches!(byte, b' ' | b'\t' | b'\r')).count();
    match text.get(blanks) {
        Some(b'\n') => Some(blanks + 1),
        None => Some(blanks),
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn text(transfer: Transfer, source: &str) -> String {
        String::from_utf8(transfer.decode(source.as_bytes(), 0).bytes).expect("UTF-8")
    }

    #[test]
    fn base64_is_read_over_its_lines_and_what_it_is_filled_up_with() {
        for (source, expected) in [
            ("66+47IKs7J28", "미사일"),
            ("66+4\r\n7IKs\r\n 7J28\r\n", "미사일"),
            ("YQ==", "a"),
            ("YWI=\nYw==", "abc"),
            ("YWI", "ab"),
            ("YWJj!Y", "abc"),
            ("", ""),
            ("=", ""),
        ] {
            assert_eq!(text(Transfer::Base64, source), expected, "{source}");
        }
        let carried = Transfer::Base64.decode(b"66+4\r\n7IKs\r\n7J28", 100);
        assert_eq!(carried.map.origin_of(0, 3), (100, 104));
        assert_eq!(carried.map.origin_of(3, 6), (106, 110));
    }

    #[test]
    fn quoted_printable_joins_lines_and_keeps_what_is_no_escape() {
        for (source, expected) in [
            ("d=C3=A9clar=c3=a9", "déclaré"),
            ("one=\r\n two =  \nthree", "one two three"),
            ("1 = 2, a=b, =", "1 = 2, a=b, "),
            ("=3D=", "="),
        ] {
            assert_eq!(text(Transfer::QuotedPrintable, source), expected, "{source}");
        }
        let carried = Transfer::QuotedPrintable.decode(b"d=C3=A9c=\nlar", 10);
        assert_eq!(carried.map.origin_of(1, 3), (11, 17));
        assert_eq!(carried.map.origin_of(4, 7), (20, 23));
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_and_every_byte_has_its_place(
            source in proptest::collection::vec(prop_oneof![any::<u8>(), Just(b'='), Just(b'\n'), b'A'..b'G'], 0..200)
        ) {
            for transfer in [Transfer::Plain, Transfer::Base64, Transfer::QuotedPrintable] {
                let carried = transfer.decode(&source, 7);
                let mut before = 7;
                for at in 0..carried.bytes.len() {
                    let (start, end) = carried.map.origin_of(at, at + 1);
                    prop_assert!(before <= start && start < end && end <= 7 + source.len());
                    before = start;
                }
            }
        }
    }
}
