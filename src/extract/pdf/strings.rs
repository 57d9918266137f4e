//! The text strings of PDF: UTF-16 or UTF-8 behind a byte order mark, else the format's own encoding.

/// The text that a string's bytes stand for.
pub(super) fn text_of(bytes: &[u8]) -> String {
    match bytes {
        [0xfe, 0xff, rest @ ..] => utf_16(rest, u16::from_be_bytes),
        [0xff, 0xfe, rest @ ..] => utf_16(rest, u16::from_le_bytes),
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        _ => bytes.iter().filter_map(|&byte| char_of(byte)).collect(),
    }
}

/// Text in UTF-16, without the marks of languages that may stand in it.
fn utf_16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> String {
    let units = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
    let chars = char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER));
    let mut in_mark = false;
    chars
        .filter(|&c| {
            let was_in_mark = in_mark;
            in_mark ^= c == '\u{1b}';
            !was_in_mark && !in_mark
        })
        .collect()
}

/// The character of a byte in PDFDocEncoding; `None` for what stands for none.
fn char_of(byte: u8) -> Option<char> {
    /// From 0x18 on.
    const MARKS: [char; 8] = ['˘', 'ˇ', 'ˆ', '˙', '˝', '˛', '˚', '˜'];
    /// From 0x80 on.
    const SIGNS: [char; 33] = [
        '•', '†', '‡', '…', '—', '–', 'ƒ', '⁄', '‹', '›', '−', '‰', '„', '“', '”', '‘', '’', '‚', '™', 'ﬁ',
        'ﬂ', 'Ł', 'Œ', 'Š', 'Ÿ', 'Ž', 'ı', 'ł', 'œ', 'š', 'ž', '\u{fffd}', '€',
    ];
    match byte {
        b'\t' | b'\n' | b'\r' => Some(' '),
        0x18..=0x1f => Some(MARKS[usize::from(byte - 0x18)]),
        0..=0x17 | 0x7f | 0x9f | 0xad => None,
        0x80..=0xa0 => Some(SIGNS[usize::from(byte - 0x80)]),
        _ => Some(char::from(byte)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_read_in_each_of_their_encodings() {
        assert_eq!(text_of(b"\xfe\xff\xac\xbd\xbc\xf4"), "경보");
        assert_eq!(text_of(b"\xff\xfea\0b\0c"), "ab");
        assert_eq!(text_of(b"\xfe\xff\0\x1b\0e\0n\0\x1b\0A"), "A", "a mark of language is no text");
        assert_eq!(text_of("\u{feff}미사일".as_bytes()), "미사일");
        assert_eq!(text_of(b"caf\xe9 \x84 \xa0\x7f\x1a"), "café — €ˆ");
    }
}
