//! The charsets that RTF names by number, and how its bytes become characters in them.

use crate::extract::decode::decode_labelled;

/// The charset of a document that names none.
pub(super) const USUAL: &str = "windows-1252";

/// The label of a code page.
pub(super) fn of_code_page(number: i32) -> &'static str {
    match number {
        874 => "windows-874",
        932 => "shift_jis",
        936 => "gbk",
        949 | 1361 => "euc-kr",
        950 => "big5",
        1250 => "windows-1250",
        1251 => "windows-1251",
        1253 => "windows-1253",
        1254 => "windows-1254",
        1255 => "windows-1255",
        1256 => "windows-1256",
        1257 => "windows-1257",
        1258 => "windows-1258",
        10_000 => "macintosh",
        _ => USUAL,
    }
}

/// The label of the charset that a font says it has; `None` for that of the document.
pub(super) fn of_font(number: i32) -> Option<&'static str> {
    Some(match number {
        77 => "macintosh",
        128 => "shift_jis",
        129 | 130 => "euc-kr",
        134 => "gbk",
        136 => "big5",
        161 => "windows-1253",
        162 => "windows-1254",
        163 => "windows-1258",
        177 => "windows-1255",
        178 => "windows-1256",
        186 => "windows-1257",
        204 => "windows-1251",
        222 => "windows-874",
        238 => "windows-1250",
        _ => return None,
    })
}

/// Whether a byte is the first of two that make a character.
pub(super) fn is_lead(label: &str, byte: u8) -> bool {
    match label {
        "shift_jis" => matches!(byte, 0x81..=0x9f | 0xe0..=0xfc),
        "euc-kr" | "gbk" | "big5" => matches!(byte, 0x81..=0xfe),
        _ => false,
    }
}

/// The character that one or two bytes stand for.
pub(super) fn character(label: &str, bytes: &[u8]) -> String {
    decode_labelled(bytes, label).unwrap_or_else(|| char::REPLACEMENT_CHARACTER.to_string())
}
