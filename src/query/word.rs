//! The parts of a single word of query text: its end, its escapes, its weight, its star.
//!
//! Everything here looks at one run of characters and knows nothing of what stands before it; what a word
//! means in its place is the lexer's.

use super::{Matcher, Order};

/// Whether a character separates words: white space, and what is pasted along with it unseen.
pub(super) fn is_space(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{200b}' | '\u{feff}')
}

/// Whether a character opens and closes phrases.
pub(super) fn is_quote(c: char) -> bool {
    matches!(c, '"' | '“' | '”' | '„' | '‟' | '\u{ff02}')
}

/// Whether a character can be escaped outside phrases.
pub(super) fn is_special(c: char) -> bool {
    is_quote(c) || "()+-=*:^~/\\".contains(c)
}

/// Whether a character ends every word.
pub(super) fn ends_word(c: char) -> bool {
    is_space(c) || is_quote(c) || matches!(c, '(' | ')')
}

/// Whether a star directly behind a character can make a prefix: it is a letter, a digit, or a mark on one.
pub(super) fn takes_star(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '\u{300}'..='\u{36f}' | '\u{3099}' | '\u{309a}')
}

/// Whether there is anything in a text that can be searched for.
pub(super) fn is_searchable(text: &str) -> bool {
    text.contains(is_letter)
}

/// Whether a character is a letter or a digit, or a symbol that the analyzer takes for letters: a radical, a character
/// in a circle, a unit (`㎞`).
///
/// Two letters are apostrophes, and no letters to the analyzer.
pub(super) fn is_letter(c: char) -> bool {
    let is_apostrophe = matches!(c, '\u{2bb}' | '\u{2bc}');
    (c.is_alphanumeric() && !is_apostrophe)
        || matches!(c, '\u{2e80}'..='\u{2fd5}' | '\u{3200}'..='\u{33ff}' | '℃' | '℉' | '№')
}

/// Whether a text is an operator when it stands alone.
pub(super) fn is_keyword(text: &str) -> bool {
    matches!(text, "AND" | "OR" | "NOT") || near_operator(text).is_some()
}

/// Whether the quote between two texts is a part of a word: the mark of a Hebrew abbreviation (`צה"ל`), with one letter
/// behind it or several before it.
pub(super) fn is_hebrew_mark(before: &str, after: &str) -> bool {
    let is_hebrew = |c: &char| matches!(c, '\u{591}'..='\u{5ea}');
    let letters = before.chars().rev().take(2).take_while(is_hebrew).count();
    let behind = after.chars().take(2).take_while(is_hebrew).count();
    letters > 0 && behind > 0 && (letters > 1 || behind == 1)
}

/// The word that `text` starts with, its escapes still in it.
pub(super) fn word_at(text: &str) -> &str {
    let mut end = 0;
    while let Some(next) = text[end..].chars().next() {
        end += match escaped(&text[end..]) {
            Some(special) => 1 + special.len_utf8(),
            None if ends_word(next) => {
                let len = next.len_utf8();
                if !is_quote(next) || !is_hebrew_mark(&text[..end], &text[end + len..]) {
                    break;
                }
                len
            }
            None => next.len_utf8(),
        };
    }
    &text[..end]
}

/// The value of a filter that `text` starts with; nothing in it is an escape.
pub(super) fn value_at(text: &str) -> &str {
    &text[..text.find(ends_word).unwrap_or(text.len())]
}

/// The special character that a backslash at the start of `text` makes plain.
pub(super) fn escaped(text: &str) -> Option<char> {
    text.strip_prefix('\\')?.chars().next().filter(|&c| is_special(c))
}

/// The text that a word stands for, its escapes resolved.
pub(super) fn unescape(word: &str) -> String {
    if let Some(keyword) = word.strip_prefix('\\').filter(|word| is_keyword(word)) {
        return keyword.into();
    }
    let mut text = String::with_capacity(word.len());
    let mut rest = word;
    while let Some(next) = rest.chars().next() {
        if let Some(special) = escaped(rest) {
            rest = &rest[1..];
            text.push(special);
        } else {
            text.push(next);
        }
        rest = &rest[rest.chars().next().map_or(0, char::len_utf8)..];
    }
    text
}

/// The name and the value of `name:value`, where the name is of small letters.
pub(super) fn split_field(word: &str) -> Option<(&str, &str)> {
    let (name, value) = word.split_once(':')?;
    let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase());
    is_name.then_some((name, value))
}

/// The key of `meta.KEY:value`.
pub(super) fn meta_key(word: &str) -> Option<&str> {
    let (key, _) = word.strip_prefix("meta.")?.split_once(':')?;
    let is_key = key.chars().all(|c| !c.is_ascii() || c.is_ascii_alphanumeric() || "_-./@".contains(c));
    (is_key && key.contains(char::is_alphanumeric)).then_some(key)
}

/// The word before a weight and the number of the weight, as in `word^2.5`.
pub(super) fn split_weight(word: &str) -> Option<(&str, &str)> {
    let (before, number) = word.rsplit_once('^')?;
    let backslashes = before.len() - before.trim_end_matches('\\').len();
    let is_weight = number_at(number) == number && is_number(number);
    (is_weight && backslashes % 2 == 0 && is_searchable(before)).then_some((before, number))
}

/// The digits and dots that `text` starts with.
pub(super) fn number_at(text: &str) -> &str {
    &text[..text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len())]
}

/// Whether digits and dots make a number.
pub(super) fn is_number(digits: &str) -> bool {
    digits.parse::<f32>().is_ok()
}

/// What a word without its weight looks for; `None` where nothing in it can be searched for.
pub(super) fn matcher(word: &str, may_be_exact: bool) -> Option<Matcher> {
    let exact = word.strip_prefix('=').filter(|word| may_be_exact && word.starts_with(is_letter));
    let body = exact.unwrap_or(word);
    if let Some((word, edits)) = split_edits(body).filter(|_| may_be_exact) {
        return Some(Matcher::Fuzzy { word: unescape(word), edits });
    }
    let prefix = body.strip_suffix('*').filter(|prefix| prefix.ends_with(takes_star));
    let text = unescape(prefix.unwrap_or(body));
    is_searchable(&text).then_some(match (prefix, exact) {
        (Some(_), _) => Matcher::Prefix(text),
        (None, Some(_)) => Matcher::Exact(text),
        (None, None) => Matcher::Word(text),
    })
}

/// The word and the number of `word~1`, which stands behind a letter.
pub(super) fn split_edits(word: &str) -> Option<(&str, u8)> {
    let before = word.strip_suffix(|c: char| c.is_ascii_digit())?;
    let edits = word[before.len()..].parse().ok()?;
    let before = before.strip_suffix('~')?;
    before.ends_with(|c| takes_star(c) && !c.is_numeric()).then_some((before, edits))
}

/// The number of `NEAR/5` or `BEFORE/5`, and whether the order matters.
pub(super) fn near_operator(word: &str) -> Option<(&str, Order)> {
    let (name, digits) = word.split_once('/')?;
    let order = match name {
        "NEAR" => Order::Any,
        "BEFORE" => Order::Given,
        _ => return None,
    };
    let is_count = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_count.then_some((digits, order))
}

/// The length of a regular expression between slashes that `text` starts with: nothing but the end of the word
/// stands behind it, and neither white space nor another slash in it.
pub(super) fn regex_at(text: &str) -> Option<usize> {
    let body = text.strip_prefix('/')?;
    let mut is_escaped = false;
    let end = body.char_indices().find(|&(_, c)| {
        let ends = is_space(c) || (c == '/' && !is_escaped);
        is_escaped = c == '\\' && !is_escaped;
        ends
    });
    let (end, _) = end.filter(|&(end, c)| c == '/' && end > 0)?;
    let is_whole = body[end + 1..].chars().next().is_none_or(|c| ends_word(c) || c == '^');
    is_whole.then_some(end + 2)
}

/// The number of the distance behind a phrase, as in `"…"~3` and `"…"~>3`, that `text` starts with, and whether the
/// order of the phrase matters. Nothing but the end of the word or a weight stands behind it.
pub(super) fn distance_at(text: &str) -> Option<(&str, Order)> {
    let number = text.strip_prefix('~')?;
    let (number, order) = match number.strip_prefix('>') {
        Some(number) => (number, Order::Given),
        None => (number, Order::Any),
    };
    let end = number.find(|c: char| !c.is_ascii_digit()).unwrap_or(number.len());
    let is_whole = number[end..].chars().next().is_none_or(|c| ends_word(c) || c == '^');
    (end > 0 && is_whole).then_some((&number[..end], order))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_ends_at_space_quotes_and_parentheses_that_are_not_escaped() {
        for (text, word) in [
            ("a b", "a"),
            ("a\u{3000}b", "a"),
            ("f(x)", "f"),
            ("a“b”", "a"),
            (r"f\(x\) y", r"f\(x\)"),
            (r"C:\temp\x y", r"C:\temp\x"),
            ("（a）b", "（a）b"),
        ] {
            assert_eq!(word_at(text), word, "{text}");
        }
    }

    #[test]
    fn a_backslash_escapes_what_has_a_meaning_and_is_plain_elsewhere() {
        for (word, text) in [
            (r"\AND", "AND"),
            (r"\ANDES", r"\ANDES"),
            (r"\\AND", r"\AND"),
            (r"C:\temp\x", r"C:\temp\x"),
            (r"a\:b\*", "a:b*"),
            (r"\“x\”", "“x”"),
            (r"x\", r"x\"),
        ] {
            assert_eq!(unescape(word), text, "{word}");
        }
    }

    #[test]
    fn symbols_that_are_letters_are_searched_for() {
        for text in ["㎞", "№", "⼈", "㈜", "½"] {
            assert!(is_searchable(text), "{text}");
        }
        assert!(!is_searchable("→ ° ″ 、 ʼ"));
    }

    #[test]
    fn a_weight_is_a_number_behind_something_searchable() {
        assert_eq!(split_weight("a^2.5"), Some(("a", "2.5")));
        assert_eq!(split_weight(r"a\\^2"), Some((r"a\\", "2")));
        for text in ["a^b", "a^", "^2", "$^2", r"a\^2", "a^1.2.3", "a^-1", "a^2,"] {
            assert_eq!(split_weight(text), None, "{text}");
        }
    }

    #[test]
    fn only_a_star_directly_behind_a_letter_or_digit_makes_a_prefix() {
        assert_eq!(matcher("warn*", true), Some(Matcher::Prefix("warn".into())));
        assert_eq!(matcher("e\u{301}*", true), Some(Matcher::Prefix("e\u{301}".into())));
        for text in ["**bold**", "a*b", "*a", "C++*", "a,*"] {
            assert_eq!(matcher(text, true), Some(Matcher::Word(text.into())), "{text}");
        }
    }

    #[test]
    fn only_a_digit_behind_a_letter_and_a_tilde_counts_edits() {
        assert_eq!(split_edits("word~1"), Some(("word", 1)));
        assert_eq!(split_edits("e\u{301}~2"), Some(("e\u{301}", 2)));
        for text in ["1~2", "word~", "word~12", r"word\~1", "~1", "word~a", "C++~1"] {
            assert_eq!(split_edits(text), None, "{text}");
        }
    }

    #[test]
    fn paths_are_no_regular_expressions() {
        assert_eq!(regex_at("/miss.le/ x"), Some(9));
        assert_eq!(regex_at("/mis(s|le)/"), Some(11));
        assert_eq!(regex_at(r"/a\/b/"), Some(6));
        for text in ["/usr/bin/env", "/etc/passwd", "/", "//", "//a/", "/a b/", "/etc/*", "a/b/"] {
            assert_eq!(regex_at(text), None, "{text}");
        }
    }
}
