//! Running text of manual pages: roff's escapes, which begin with a backslash.
//!
//! An escape stands for characters, for nothing (fonts, sizes, movements), or ends what is read of its line. No escape
//! reaches beyond its line, or further than a fixed number of bytes, so that reading takes time in proportion.

use std::borrow::Cow;

use crate::extract::accents::accented;
use crate::extract::compose::Composition;

/// How far the end of an escape's argument is looked for, in bytes.
const MAX_ARGUMENT: usize = 256;

/// How a line of text ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    /// The next line is another.
    Line,
    /// The next line goes on in it.
    Continued,
}

/// What an escape means.
enum Meaning<'a> {
    Text(Cow<'a, str>),
    Nothing,
    /// The rest of the line is no text.
    Comment,
    Continued,
}

/// Writes a line, or a part of one, that stands at `origin` in the decoded source.
pub(super) fn write(text: &str, origin: usize, out: &mut Composition) -> Ending {
    let mut at = 0;
    let mut ending = Ending::Line;
    while at < text.len() {
        let run = text[at..].find('\\').unwrap_or(text.len() - at);
        out.verbatim(&text[at..at + run], origin + at);
        at += run;
        if at == text.len() {
            break;
        }
        let (meaning, len) = escape(&text[at + 1..]);
        match meaning {
            Meaning::Text(value) => out.unit(&value, origin + at, len + 1),
            Meaning::Nothing => {}
            Meaning::Comment => break,
            Meaning::Continued => ending = Ending::Continued,
        }
        at += 1 + len;
    }
    ending
}

/// A text with its escapes resolved.
pub(super) fn plain(text: &str) -> String {
    let mut out = Composition::default();
    write(text, 0, &mut out);
    out.finish().text
}

/// How much of a line stands before its comment.
pub(super) fn without_comment(line: &str) -> &str {
    let mut at = 0;
    while let Some(found) = line[at..].find('\\') {
        at += found;
        match line.as_bytes().get(at + 1) {
            Some(b'"' | b'#') => return &line[..at],
            Some(_) => at += 1 + line[at + 1..].chars().next().map_or(0, char::len_utf8),
            None => break,
        }
    }
    line
}

/// What the escape means that stands before `rest`, behind its backslash, and how much of `rest` belongs to it.
fn escape(rest: &str) -> (Meaning<'_>, usize) {
    let Some(c) = rest.chars().next() else { return (Meaning::Continued, 0) };
    let text = |value: &'static str| (Meaning::Text(Cow::Borrowed(value)), c.len_utf8());
    let after = &rest[c.len_utf8()..];
    match c {
        '-' => text("-"),
        'e' | 'E' | '\\' => text("\\"),
        ' ' | '~' | '0' | 't' => text(" "),
        '&' | ')' | '/' | ',' | '|' | '^' | '%' | ':' | 'd' | 'u' | 'r' | 'p' | 'a' | '{' | '}' | '!'
        | 'z' => (Meaning::Nothing, 1),
        'c' => (Meaning::Continued, 1),
        '"' | '#' => (Meaning::Comment, 1),
        '(' | '[' => {
            let (name, len) = name(rest);
            (glyph(name), len)
        }
        '*' => {
            let (name, len) = name(after);
            (string(name), 1 + len)
        }
        'f' | 'F' | 'm' | 'M' | 'g' | 'k' | 'n' | 'V' | 'Y' | 'O' | '$' => {
            (Meaning::Nothing, 1 + name(after.strip_prefix(['+', '-']).unwrap_or(after)).1 + sign(after))
        }
        's' => (Meaning::Nothing, 1 + size(after)),
        'C' => {
            let (name, len) = quoted(after);
            (glyph(name), 1 + len)
        }
        'h' | 'v' | 'w' | 'l' | 'L' | 'x' | 'X' | 'D' | 'H' | 'S' | 'Z' | 'R' | 'A' | 'B' | 'b' | 'o'
        | 'N' => (Meaning::Nothing, 1 + quoted(after).1),
        other => (Meaning::Text(Cow::Borrowed(&rest[..other.len_utf8()])), other.len_utf8()),
    }
}

/// The name that an escape's argument is, of one character, of two behind `(`, or in brackets, and its length.
fn name(rest: &str) -> (&str, usize) {
    let mut chars = rest.char_indices();
    match chars.next() {
        None => ("", 0),
        Some((_, '(')) => {
            let end = chars.nth(1).map_or(rest.len(), |(at, c)| at + c.len_utf8());
            (&rest[1..end], end)
        }
        Some((_, '[')) => match head(rest).find(']') {
            Some(end) => (&rest[1..end], end + 1),
            None => ("", 1),
        },
        Some((_, c)) => (&rest[..c.len_utf8()], c.len_utf8()),
    }
}

/// The argument between two of the same character, and its length with them.
fn quoted(rest: &str) -> (&str, usize) {
    let Some(mark) = rest.chars().next() else { return ("", 0) };
    let start = mark.len_utf8();
    match head(&rest[start..]).find(mark) {
        Some(len) => (&rest[start..start + len], 2 * start + len),
        None => ("", 0),
    }
}

fn head(rest: &str) -> &str {
    &rest[..rest.floor_char_boundary(MAX_ARGUMENT)]
}

fn sign(rest: &str) -> usize {
    usize::from(rest.starts_with(['+', '-']))
}

/// The length of a size: a digit or two, a name, or something quoted, with or without a sign.
fn size(rest: &str) -> usize {
    let signed = sign(rest);
    let digits = &rest.as_bytes()[signed..];
    match digits.first() {
        Some(b'(' | b'[') => signed + name(&rest[signed..]).1,
        Some(b'\'') => signed + quoted(&rest[signed..]).1,
        Some(b'1'..=b'3') if signed == 0 && digits.get(1).is_some_and(u8::is_ascii_digit) => 2,
        Some(digit) if digit.is_ascii_digit() => signed + 1,
        _ => signed,
    }
}

/// What a predefined string stands for; what others stand for is not known.
fn string(name: &str) -> Meaning<'static> {
    Meaning::Text(Cow::Borrowed(match name {
        "lq" | "``" => "“",
        "rq" | "''" => "”",
        "R" => "®",
        "Tm" => "™",
        "Aq" | "aq" => "'",
        "q" => "\"",
        "Lt" => "<",
        "Gt" => ">",
        "Le" => "≤",
        "Ge" => "≥",
        "Ba" => "|",
        "Am" => "&",
        "C+" => "C++",
        "PI" => "π",
        "--" => "-",
        _ => return Meaning::Nothing,
    }))
}

/// The character of a name.
fn glyph(name: &str) -> Meaning<'_> {
    const NAMED: [(&str, &str); 74] = [
        ("em", "—"),
        ("en", "–"),
        ("hy", "-"),
        ("lq", "“"),
        ("rq", "”"),
        ("oq", "‘"),
        ("cq", "’"),
        ("aq", "'"),
        ("dq", "\""),
        ("ga", "`"),
        ("ha", "^"),
        ("ti", "~"),
        ("rs", "\\"),
        ("sl", "/"),
        ("ba", "|"),
        ("or", "|"),
        ("bv", "│"),
        ("br", "│"),
        ("ul", "_"),
        ("at", "@"),
        ("sh", "#"),
        ("Do", "$"),
        ("lB", "["),
        ("rB", "]"),
        ("lC", "{"),
        ("rC", "}"),
        ("la", "⟨"),
        ("ra", "⟩"),
        ("Fo", "«"),
        ("Fc", "»"),
        ("bu", "•"),
        ("ci", "○"),
        ("sq", "□"),
        ("co", "©"),
        ("rg", "®"),
        ("tm", "™"),
        ("ps", "¶"),
        ("sc", "§"),
        ("dg", "†"),
        ("dd", "‡"),
        ("OK", "✓"),
        ("de", "°"),
        ("%0", "‰"),
        ("fm", "′"),
        ("mi", "−"),
        ("pl", "+"),
        ("eq", "="),
        ("+-", "±"),
        ("mu", "×"),
        ("di", "÷"),
        ("<=", "≤"),
        (">=", "≥"),
        ("!=", "≠"),
        ("==", "≡"),
        ("~~", "≈"),
        ("->", "→"),
        ("<-", "←"),
        ("<>", "↔"),
        ("ua", "↑"),
        ("da", "↓"),
        ("if", "∞"),
        ("Po", "£"),
        ("Eu", "€"),
        ("Ye", "¥"),
        ("ct", "¢"),
        ("14", "¼"),
        ("12", "½"),
        ("34", "¾"),
        ("ss", "ß"),
        ("ae", "æ"),
        ("AE", "Æ"),
        ("oe", "œ"),
        ("OE", "Œ"),
        ("/o", "ø"),
    ];
    if let Some((_, value)) = NAMED.iter().find(|(other, _)| *other == name) {
        return Meaning::Text(Cow::Borrowed(value));
    }
    match character(name) {
        Some(value) => Meaning::Text(Cow::Owned(value)),
        None if name.chars().count() == 1 => Meaning::Text(Cow::Borrowed(name)),
        None => Meaning::Nothing,
    }
}

/// The character that a name spells: `u00E9`, or an accent and a letter.
fn character(name: &str) -> Option<String> {
    if let Some(code) = name.strip_prefix('u').filter(|code| code.len() >= 4) {
        let codes = code.split('_').map(|code| char::from_u32(u32::from_str_radix(code, 16).ok()?));
        return codes.collect();
    }
    let mut chars = name.chars();
    let (accent, letter) = (chars.next()?, chars.next()?);
    let mark = match accent {
        '\'' => '\u{301}',
        '`' => '\u{300}',
        '^' => '\u{302}',
        '~' => '\u{303}',
        ':' => '\u{308}',
        ',' => '\u{327}',
        'v' => '\u{30c}',
        'o' => '\u{30a}',
        _ => return None,
    };
    (letter.is_alphabetic() && chars.next().is_none()).then(|| accented(letter, mark))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_stand_for_characters_or_nothing() {
        for (source, text) in [
            (r"\fBbold\fR \f(CWcode\fP \f[I]it\f[]", "bold code it"),
            (r"a\-b \(em c\(bu\[u00e9]\[:a]\('e\(oa", "a-b — c•éäéå"),
            (r"\s-1small\s0 \s10x\s+2y\s'5'z\s[8]q", "small xyzq"),
            (r"\&.x \e \\ \~\0\ . \*(lqq\*(rq \*[foo]", r".x \ \    . “q” "),
            (r"\h'2n'a\v'-.4m'b\w'x'c \n(.sd\nxe", "abc de"),
            (r#"text\" comment"#, "text"),
            (r"\%word\:s \zx \o'ab'", "words x "),
            (r"\[bogus]\(zz\[", ""),
        ] {
            assert_eq!(plain(source), text, "{source}");
        }
    }

    #[test]
    fn a_line_may_go_on_in_the_next() {
        let ending = |text| write(text, 0, &mut Composition::default());
        assert_eq!(ending(r"a\c"), Ending::Continued);
        assert_eq!(ending("a\\"), Ending::Continued);
        assert_eq!(ending("a"), Ending::Line);
    }
}
