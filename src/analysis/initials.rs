//! Abbreviations of single letters with dots between them, `U.S.`, `J.R.R.`, `e.g.`, and Hebrew ones with a quotation
//! mark before the last letter, `צה"ל`.
//!
//! They are one word without the dots, so that `U.S.`, `U.S` and `US` find each other, as words and in phrases. The dot
//! behind the last letter is no part of the word: it may as well end the sentence.

use super::script::{Class, class};

/// How many letters there are at most.
const MOST: usize = 12;

/// The length of an abbreviation that `text` starts with; `before` is what stands before it.
pub(super) fn len(before: &str, text: &str) -> Option<usize> {
    let mut end = letter(text)?;
    if !text[end..].starts_with(is_dot) || goes_on_from_word(before) {
        return None;
    }
    let mut letters = 1;
    while let Some(dot) = text[end..].chars().next().filter(|&c| is_dot(c)) {
        let start = end + dot.len_utf8();
        let Some(len) = letter(&text[start..]) else { break };
        end = start + len;
        letters += 1;
        if letters > MOST {
            return None;
        }
    }
    (letters > 1).then_some(end)
}

/// The length of a letter, with its marks, that `text` starts with and that is a word by itself.
fn letter(text: &str) -> Option<usize> {
    let mut characters = text.char_indices();
    characters.next().filter(|(_, c)| c.is_alphabetic() && class(*c) == Class::Word)?;
    let next = characters.find(|(_, c)| class(*c) != Class::Extender);
    match next {
        Some((_, c)) if class(c) == Class::Word => None,
        Some((end, _)) => Some(end),
        None => Some(text.len()),
    }
}

fn is_dot(c: char) -> bool {
    matches!(c, '.' | '．')
}

/// The length of the mark of a Hebrew abbreviation that `text` starts with; `before` is the word up to it.
///
/// The mark stands before the last letter, or an ending behind that. One letter before a quotation mark, and several
/// behind it, are a preposition and the quotation that it is written to.
pub(super) fn hebrew_mark_len(before: &str, text: &str) -> Option<usize> {
    let is_hebrew = |c: &char| matches!(c, 'א'..='ת');
    let letters = before.chars().rev().filter(|&c| class(c) != Class::Extender).take(2).take_while(is_hebrew);
    let mark = text.chars().next().filter(|c| matches!(c, '"' | '״' | '”' | '“'))?;
    let behind = text[mark.len_utf8()..].chars().take(2).take_while(is_hebrew).count();
    match (letters.count(), behind) {
        (_, 0) | (0, _) | (1, 2) => None,
        _ => Some(mark.len_utf8()),
    }
}

/// Whether a text ends in a word with a dot behind it: a name of a file or a host.
fn goes_on_from_word(text: &str) -> bool {
    let mut characters = text.chars().rev();
    characters.next().is_some_and(is_dot) && characters.next().is_some_and(|c| class(c) == Class::Word)
}

#[cfg(test)]
mod tests {
    use super::super::tokens;

    fn terms(text: &str) -> Vec<String> {
        tokens(text).into_iter().map(|token| token.term).collect()
    }

    #[test]
    fn letters_with_dots_between_them_are_one_word() {
        assert_eq!(terms("U.S. U.S u.n. J.R.R. e.g. É.U.．"), ["us", "us", "un", "jrr", "eg", "eu"]);
        assert_eq!(terms("the U.S.-South Korea"), ["the", "us", "south", "korea"]);
        assert_eq!(terms("J.R.R.Tolkien С.С.С.Р."), ["jrr", "tolkien", "ссср"]);
        let token = &tokens("the U.S. army")[1];
        assert_eq!(token.span, 4..7, "the last dot may end the sentence");
    }

    #[test]
    fn hebrew_abbreviations_are_one_word() {
        assert_eq!(terms("צה\"ל צה״ל, בארה”ב ד\"ר דו\"חות"), ["צהל", "צהל", "בארהב", "דר", "דוחות"]);
        assert_eq!(terms("\"צה\"ל\" ב\"הארץ\" a\"b א\" ב"), ["צהל", "ב", "הארץ", "a", "b", "א", "ב"]);
        assert_eq!(tokens("צה\"ל")[0].span, 0..7);
    }

    #[test]
    fn what_is_no_abbreviation_stays_apart() {
        assert_eq!(terms("A. B. C"), ["a", "b", "c"]);
        assert_eq!(terms("plan B.Then"), ["plan", "b", "then"]);
        assert_eq!(terms("www.x.y.org"), ["www", "x", "y", "org"]);
        assert_eq!(terms("F.3 3.F"), ["f", "3", "3", "f"]);
        assert_eq!(terms("a.b.c.d.e.f.g.h.i.j.k.l.m.n").len(), 14);
    }
}
