//! Query texts that are taken literally: `--words` and `--phrase`.
//!
//! Scripts hand over texts that no one looked at, so nothing in them has a meaning and nothing in them is an
//! error, but that there is nothing to search for. Where words end is decided here only roughly, at white space
//! and punctuation; the rest is the analyzer's.

use super::parse::{no_words, text_clause};
use super::{Matcher, Occur, ParseError, Part, Query, TextField, normal, word};

/// Each word of the text as a part of a sequence; words that come twice count twice.
pub(super) fn words(text: &str, occur: Occur) -> Result<Query, ParseError> {
    let words = pieces(text).into_iter().filter(|word| word::is_searchable(word));
    let part = |word: &str| Part { occur, query: text_clause(TextField::Any, Matcher::Word(word.into())) };
    let parts: Vec<_> = words.map(part).collect();
    if parts.is_empty() { Err(no_words(text)) } else { Ok(normal::sequence(parts)) }
}

/// The whole text as one phrase.
pub(super) fn phrase(text: &str) -> Result<Query, ParseError> {
    if !word::is_searchable(text) {
        return Err(no_words(text));
    }
    Ok(text_clause(TextField::Any, Matcher::Phrase(text.into())))
}

/// The texts between the characters that separate words.
///
/// Four stay inside of words: dots between single letters (`U.S.`), commas before three digits (`1,000`) and the marks of
/// Hebrew abbreviations, which the analyzer takes for one word, and apostrophes (`Korea's`, `don't`), whose parts say nothing apart.
fn pieces(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut start = 0;
    for (at, separator) in text.match_indices(separates_words) {
        let end = at + separator.len();
        if !joins(&text[start..at], separator, &text[end..]) {
            pieces.push(&text[start..at]);
            start = end;
        }
    }
    pieces.push(&text[start..]);
    pieces
}

/// Whether a separator stands inside a word, whose text up to it is `before`.
fn joins(before: &str, separator: &str, after: &str) -> bool {
    let count =
        |text: &str, is_one: fn(char) -> bool| text.chars().take(4).take_while(|&c| is_one(c)).count();
    match separator {
        "." => {
            let last = before.rsplit('.').next().unwrap_or(before);
            let is_letter = last.chars().all(char::is_alphabetic) && last.chars().nth(1).is_none();
            let next = count(after, char::is_alphanumeric);
            is_letter && !last.is_empty() && next == 1 && after.starts_with(char::is_alphabetic)
        }
        "'" | "’" => before.ends_with(char::is_alphanumeric) && after.starts_with(char::is_alphanumeric),
        "\"" | "”" => word::is_hebrew_mark(before, after),
        "," => before.ends_with(char::is_numeric) && count(after, char::is_numeric) == 3,
        _ => false,
    }
}

/// Whether a character separates words: white space and punctuation, Western, Chinese, Japanese, Korean and
/// full-width.
///
/// Letters and digits among the punctuation (`々`, `〆`, `〇`) do not, nor do the two joiners, which shape
/// letters inside words of Persian and Indic scripts.
fn separates_words(c: char) -> bool {
    let is_block = matches!(c, '\u{2000}'..='\u{206f}' | '\u{3000}'..='\u{303f}' | '\u{ff00}'..='\u{ffef}');
    let is_joiner = matches!(c, '\u{200c}' | '\u{200d}');
    word::is_space(c) || c.is_ascii_punctuation() || (is_block && !is_joiner && !c.is_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_end_at_punctuation_of_every_script_and_nowhere_else() {
        let pieces = |text: &'static str| -> Vec<&str> {
            pieces(text).into_iter().filter(|piece| word::is_searchable(piece)).collect()
        };
        assert_eq!(pieces("don't led-by a_b “x” a…b"), ["don't", "led", "by", "a", "b", "x", "a", "b"]);
        assert_eq!(pieces("the U.S.-led J.R.R. e.g. Mr.X"), ["the", "U.S", "led", "J.R.R", "e.g", "Mr", "X"]);
        assert_eq!(pieces("1,000,000 1,2 3, 400"), ["1,000,000", "1", "2", "3", "400"]);
        assert_eq!(pieces("「日本」、人々〆（二〇二三）。ｱﾞｲ･ー"), ["日本", "人々〆", "二〇二三", "ｱﾞｲ", "ー"]);
        assert_eq!(pieces("می\u{200c}خواهم é5 ５％"), ["می\u{200c}خواهم", "é5", "５"]);
        assert_eq!(pieces("\"צה\"ל\" ב\"הארץ\""), ["צה\"ל", "ב", "הארץ"]);
        assert_eq!(pieces("... — ＊ 、"), [""; 0]);
    }
}
