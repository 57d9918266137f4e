//! Numbers in one form, in whatever script and with whatever decoration they are written.
//!
//! - The digits of every script are the ASCII ones (full-width ones among them).
//! - `1,000` is `1000`: commas between groups of three digits only help to read.
//! - `01` is `1`, so that `2023-12-01` and `1 December 2023` have the same numbers. Of longer numbers (`007`) and of
//!   fractions (`0.05`) the zeros stay: there they count.
//! - Raised digits behind a number are another one: `10²` is `10` and `2`, while `m²` is `m2`. Fractions of one character
//!   are words of their own.

use super::script::{self, Class};
use super::walk::is_joint;

/// How many digits stand between two commas.
const GROUP: usize = 3;

/// How many letters a designation has at most before its number.
const MOST_LETTERS: usize = 4;

/// The zeros of all scripts whose digits have no decomposition; the other nine digits follow each of them.
const ZEROS: [char; 34] = [
    '٠', '۰', '߀', '०', '০', '੦', '૦', '୦', '௦', '౦', '೦', '൦', '෦', '๐', '໐', '༠', '၀', '႐', '០', '᠐', '᥆',
    '᧐', '᪀', '᪐', '᭐', '᮰', '᱀', '᱐', '꘠', '꣐', '꤀', '꧐', '꧰', '꩐',
];

/// The digit as ASCII has it, of any script of the basic plane.
pub(super) fn ascii_digit(c: char) -> Option<char> {
    let of_script = |zero: char| u32::from(c).checked_sub(u32::from(zero)).filter(|digit| *digit < 10);
    let digit = match c {
        '0'..='9' => of_script('0'),
        '０'..='９' => of_script('０'),
        '꯰'..='꯹' => of_script('꯰'),
        '٠'..='꩙' => ZEROS.into_iter().find_map(of_script),
        _ => None,
    };
    digit.and_then(|digit| char::from_digit(digit, 10))
}

/// Whether a digit stands above or below the line: behind another one it is no part of the number (`10²`).
pub(super) fn is_raised_digit(c: char) -> bool {
    matches!(c, '²' | '³' | '¹' | '⁰' | '⁴'..='⁹' | '₀'..='₉')
}

/// Whether a character is a fraction, which stays as it is: `½` is no `12`.
pub(super) fn is_fraction(c: char) -> bool {
    matches!(c, '¼'..='¾' | '⅐'..='⅟' | '↉')
}

/// Whether a folded word is a number.
pub(super) fn is_number(term: &str) -> bool {
    !term.is_empty() && term.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether a word is a number of a designation with the `s` of the plural, `before` being the text before it: of `F-35s`,
/// and not of `mid-1990s`.
pub(super) fn is_plural_designation(before: &str, word: &str) -> bool {
    let is_number_with_s =
        word.strip_suffix('s').is_some_and(|digits| digits.len() <= GROUP && is_number(digits));
    let name =
        before.strip_suffix(['-', '‐', '‑']).filter(|_| is_number_with_s).unwrap_or_default().as_bytes();
    let letters =
        name.iter().rev().take(MOST_LETTERS + 1).take_while(|byte| byte.is_ascii_alphabetic()).count();
    (1..=MOST_LETTERS).contains(&letters) && name[name.len() - letters].is_ascii_uppercase()
}

/// Takes the zero off a number of two digits.
pub(super) fn drop_zero(term: &mut String) {
    if let [b'0', b'0'..=b'9'] = term.as_bytes() {
        term.remove(0);
    }
}

/// Whether a text goes on with another number behind a dot or a comma.
pub(super) fn follows_joint(text: &str) -> bool {
    let mut characters = text.chars();
    characters.next().is_some_and(is_joint) && characters.next().is_some_and(|c| ascii_digit(c).is_some())
}

/// The length of a number with commas between groups of three digits that `text` starts with; `before` is what stands
/// before it.
pub(super) fn grouped_len(before: &str, text: &str) -> Option<usize> {
    let (first, mut end) = digits(text);
    let begins_well = (1..=GROUP).contains(&first) && !text.starts_with(|c| ascii_digit(c) == Some('0'));
    if !begins_well || !text[end..].starts_with(is_comma) || goes_on_from_number(before) {
        return None;
    }
    while let Some(comma) = text[end..].chars().next().filter(|&c| is_comma(c)) {
        let start = end + comma.len_utf8();
        match digits(&text[start..]) {
            (GROUP, len) => end = start + len,
            // A list, or the end of a clause.
            (0, _) => break,
            _ => return None,
        }
    }
    // Nothing was grouped where the comma ends a clause; a fraction may follow.
    (end > digits(text).1).then_some(end)
}

/// How many digits `text` starts with, at most one more than in a group, and their length in bytes.
fn digits(text: &str) -> (usize, usize) {
    let lengths = text.chars().take(GROUP + 1).map_while(|c| ascii_digit(c).map(|_| c.len_utf8()));
    lengths.fold((0, 0), |(count, bytes), len| (count + 1, bytes + len))
}

fn is_comma(c: char) -> bool {
    matches!(c, ',' | '，' | '٬')
}

/// Whether a text ends in a digit with a dot or a comma behind it.
fn goes_on_from_number(text: &str) -> bool {
    let mut characters = text.chars().rev();
    characters.next().is_some_and(is_joint)
        && characters.next().is_some_and(|c| script::class(c) == Class::Word)
}

#[cfg(test)]
mod tests {
    use icu_properties::CodePointMapData;
    use icu_properties::props::GeneralCategory;

    use super::super::{fold, tokens};
    use super::*;

    fn terms(text: &str) -> Vec<String> {
        tokens(text).into_iter().map(|token| token.term).collect()
    }

    #[test]
    fn digits_of_every_script_are_one() {
        for c in ('\0'..='\u{ffff}')
            .filter(|&c| CodePointMapData::<GeneralCategory>::new().get(c) == GeneralCategory::DecimalNumber)
        {
            let folded = fold(&c.to_string());
            assert!(folded.len() == 1 && is_number(&folded), "{c} {folded}");
        }
        assert_eq!(terms("２０２３ ٢٠٢٣ २०२३ ๒๐๒๓"), ["2023", "2023", "2023", "2023"]);
    }

    #[test]
    fn dates_have_the_same_numbers_in_every_notation() {
        for date in
            ["2023-12-01", "2023. 12. 1.", "2023.12.01", "2023/12/01", "２０２３．１２．０１", "2023,12,01"]
        {
            assert_eq!(terms(date), ["2023", "12", "1"], "{date}");
        }
        for date in ["2023年12月1日", "2023年１２月０１日", "2023년 12월 1일"] {
            let numbers: Vec<_> = terms(date).into_iter().filter(|term| is_number(term)).collect();
            assert_eq!(numbers, ["2023", "12", "1"], "{date}");
        }
        assert_eq!(terms("1 December 2023, 01.12.2023"), ["1", "december", "2023", "1", "12", "2023"]);
    }

    #[test]
    fn exponents_and_fractions_make_no_other_number() {
        assert_eq!(
            terms("10² 6×10²³cm m² CO₂ 1,000²"),
            ["10", "2", "6", "10", "23cm", "m2", "co2", "1000", "2"]
        );
        assert_eq!(terms("½ 5½-inch 1½kg"), ["½", "5", "½", "inch", "1", "½", "kg"]);
    }

    #[test]
    fn the_plural_of_a_designation_is_the_designation() {
        assert_eq!(terms("F-35s MiG‑29s, Su-27s"), ["f", "35", "mig", "29", "su", "27"]);
        assert_eq!(tokens("F-35s")[1].span, 2..5);
        let others = ["mid", "90s", "35s", "F", "1990s", "Early", "80s", "F", "35as"];
        assert_eq!(terms("mid-90s 35s F-1990s Early-80s F-35as"), others.map(str::to_lowercase));
    }

    #[test]
    fn zeros_that_count_stay() {
        assert_eq!(terms("0.05 1,05 007 00 0"), ["0", "05", "1", "05", "007", "0", "0"]);
        assert_eq!(terms("09:05 1.02.03"), ["9", "5", "1", "2", "3"]);
    }

    #[test]
    fn commas_between_groups_of_digits_do_not_count() {
        assert_eq!(terms("1,000 12,345,678 １，０００ 1,000km"), ["1000", "12345678", "1000", "1000km"]);
        assert_eq!(terms("in 1,000, and 2,500.75"), ["in", "1000", "and", "2500", "75"]);
    }

    #[test]
    fn other_commas_between_digits_part_numbers() {
        for (text, numbers) in [
            ("1,2,3", ["1", "2", "3"]),
            ("1,234,56", ["1", "234", "56"]),
            ("1,23,456", ["1", "23", "456"]),
            ("0,123 4", ["0", "123", "4"]),
            ("1234,567,8", ["1234", "567", "8"]),
            ("1, 234 5", ["1", "234", "5"]),
            ("1.234,567", ["1", "234", "567"]),
        ] {
            assert_eq!(terms(text), numbers, "{text}");
        }
    }
}
