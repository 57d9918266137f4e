//! The tokens of RTF: groups, control words and symbols, bytes, and runs of text.

use std::ops::Range;

/// The longest name of a control word, in bytes.
const MAX_NAME: usize = 32;

/// A piece of RTF.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// A group begins.
    Open,
    /// A group ends.
    Close,
    /// A control word with its number.
    Word(&'a str, Option<i32>),
    /// A control symbol: a character that is no letter behind a backslash.
    Symbol(char),
    /// A byte that is written as two digits.
    Byte(u8),
    /// Text that stands for itself.
    Text(&'a str),
}

/// Reads tokens with the places where they stand.
pub(super) struct Tokens<'a> {
    source: &'a str,
    at: usize,
}

impl<'a> Tokens<'a> {
    pub fn new(source: &'a str) -> Self {
        Self { source, at: 0 }
    }

    /// Reads what follows a backslash, on which the place stands.
    fn control(&mut self) -> Option<Token<'a>> {
        let rest = &self.source[self.at + 1..];
        let first = rest.chars().next()?;
        self.at += 1;
        match first {
            'a'..='z' | 'A'..='Z' => Some(self.word(rest)),
            '\'' => {
                let byte = byte_number(&rest.as_bytes()[1..]);
                self.at += if byte.is_some() { 3 } else { 1 };
                Some(byte.map_or(Token::Symbol(first), Token::Byte))
            }
            _ => {
                self.at += first.len_utf8();
                let is_line_end = matches!(first, '\r' | '\n');
                Some(if is_line_end { Token::Word("par", None) } else { Token::Symbol(first) })
            }
        }
    }

    /// Reads a control word with its number and the space that ends it; binary data too is part of it.
    fn word(&mut self, rest: &'a str) -> Token<'a> {
        let bytes = rest.as_bytes();
        let name = bytes.iter().take(MAX_NAME).take_while(|byte| byte.is_ascii_alphabetic()).count();
        let sign = usize::from(bytes.get(name) == Some(&b'-'));
        let digits = bytes[name + sign..].iter().take(10).take_while(|byte| byte.is_ascii_digit()).count();
        let end = if digits > 0 { name + sign + digits } else { name };
        let number = (digits > 0).then(|| rest[name..end].parse().unwrap_or(0));
        self.at += end + usize::from(bytes.get(end) == Some(&b' '));
        if let ("bin", Some(length)) = (&rest[..name], number) {
            self.skip(usize::try_from(length).unwrap_or(0));
        }
        Token::Word(&rest[..name], number)
    }

    /// Passes over bytes, and the rest of a character that these cut.
    fn skip(&mut self, length: usize) {
        self.at = self.at.saturating_add(length).min(self.source.len());
        while !self.source.is_char_boundary(self.at) {
            self.at += 1;
        }
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = (Token<'a>, Range<usize>);

    fn next(&mut self) -> Option<Self::Item> {
        let rest = self.source[self.at..].trim_start_matches(['\r', '\n']);
        let start = self.source.len() - rest.len();
        self.at = start;
        let token = match rest.bytes().next()? {
            b'{' | b'}' => {
                self.at += 1;
                if rest.starts_with('{') { Token::Open } else { Token::Close }
            }
            b'\\' => self.control()?,
            _ => {
                let len = rest.find(['\\', '{', '}', '\r', '\n']).unwrap_or(rest.len());
                self.at += len;
                Token::Text(&rest[..len])
            }
        };
        Some((token, start..self.at))
    }
}

/// The byte that the two hexadecimal digits stand for which the text starts with.
fn byte_number(text: &[u8]) -> Option<u8> {
    let digit = |byte: &u8| char::from(*byte).to_digit(16);
    u8::try_from(digit(text.first()?)? * 16 + digit(text.get(1)?)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_words_symbols_bytes_and_text_are_told_apart() {
        let source = "{\\rtf1\\b-12 a b\r\nc\\'e9\\~\\'x\\\n\\bin3 }}}\\par}é\\";
        let tokens: Vec<_> = Tokens::new(source).map(|(token, _)| token).collect();
        let expected = [
            Token::Open,
            Token::Word("rtf", Some(1)),
            Token::Word("b", Some(-12)),
            Token::Text("a b"),
            Token::Text("c"),
            Token::Byte(0xe9),
            Token::Symbol('~'),
            Token::Symbol('\''),
            Token::Text("x"),
            Token::Word("par", None),
            Token::Word("bin", Some(3)),
            Token::Word("par", None),
            Token::Close,
            Token::Text("é"),
        ];
        assert_eq!(tokens, expected);
    }

    #[test]
    fn numbers_that_are_too_large_are_none_and_binary_data_may_end_too_late() {
        let of = |source| Tokens::new(source).map(|(token, _)| token).collect::<Vec<_>>();
        assert_eq!(of("\\a9999999999"), [Token::Word("a", Some(0))]);
        assert_eq!(of("\\bin99999 text"), [Token::Word("bin", Some(99_999))]);
        assert_eq!(of("\\bin2 a가b"), [Token::Word("bin", Some(2)), Token::Text("b")]);
        assert_eq!(of("\\u-"), [Token::Word("u", None), Token::Text("-")]);
    }
}
