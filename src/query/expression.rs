//! Regular expressions in query texts: whether one can be read, and whether it is of a size that can be matched.
//!
//! Looked at while the query text is read, so that an error can show its place. A few letters can ask for
//! anything: `(a{999}){999}` is a million letters. So the size is reckoned from the parsed expression, before
//! anything is built of it. What the words are that it matches is told by [`pattern`](crate::pattern).

use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Class, Hir, HirKind};

use crate::span::{InQuery, Span};

/// How deep groups may be nested in each other.
const MAX_NESTING: u32 = 50;

/// The largest size of all expressions of a query together: about the number of characters, ranges of them and choices when all that is
/// repeated is written out.
const MAX_SIZE: usize = 20_000;

/// Why an expression is not taken.
pub(super) struct Refusal {
    /// Where in the expression.
    pub(super) span: Span<InQuery>,
    pub(super) message: String,
    pub(super) hint: &'static str,
}

/// Reads an expression, in any case of its letters.
pub fn parse(expression: &str) -> Result<Hir, Box<regex_syntax::Error>> {
    let mut builder = ParserBuilder::new();
    let builder = builder.nest_limit(MAX_NESTING).case_insensitive(true);
    builder.build().parse(expression).map_err(Box::new)
}

/// Checks that an expression can be read, and that it is not too large beside others of a size of `others`; gives the
/// size of them all.
pub(super) fn check(expression: &str, others: usize) -> Result<usize, Refusal> {
    let parsed = parse(expression).map_err(|error| unreadable(&error, expression))?;
    if asks_for_characters(&parsed) {
        return Err(Refusal {
            span: Span::new(0, expression.len()),
            message:
                "a regular expression is held against words, and each Han, Kana or Hangul character is one"
                    .into(),
            hint: "put it in quotes to find it as it stands, or write ~1 behind it to find what is spelt alike",
        });
    }
    let all = size(&parsed).saturating_add(others);
    if all <= MAX_SIZE {
        return Ok(all);
    }
    Err(Refusal {
        span: Span::new(0, expression.len()),
        message: match others {
            0 => "the regular expression is too large".into(),
            _ => "the regular expressions are too large together".into(),
        },
        hint: "repeat less in it: what is repeated counts each time",
    })
}

fn unreadable(error: &regex_syntax::Error, expression: &str) -> Refusal {
    let (reason, place) = match error {
        regex_syntax::Error::Parse(error) => (error.kind().to_string(), Some(*error.span())),
        regex_syntax::Error::Translate(error) => (error.kind().to_string(), Some(*error.span())),
        _ => (String::from("it makes no sense"), None),
    };
    let (start, end) = place.map_or((0, expression.len()), |span| (span.start.offset, span.end.offset));
    Refusal {
        span: Span::new(start, end.max(start)),
        message: format!("the regular expression cannot be read: {reason}"),
        hint: "mend it, or write \\/ for a plain slash",
    }
}

/// Whether an expression, or a choice in it, asks for such a character and something beside it.
fn asks_for_characters(expression: &Hir) -> bool {
    let is_more = |len: usize| expression.properties().minimum_len().is_some_and(|least| least > len);
    let first = |literal: &[u8]| {
        let character = std::str::from_utf8(literal).ok()?.chars().find(|&c| is_character(c))?;
        Some(character.len_utf8())
    };
    match expression.kind() {
        HirKind::Literal(literal) => first(&literal.0).is_some_and(is_more),
        HirKind::Concat(parts) => parts.iter().any(|part| {
            let own = match part.kind() {
                HirKind::Literal(literal) => first(&literal.0).is_some_and(is_more),
                _ => false,
            };
            own || asks_for_characters(part)
        }),
        HirKind::Alternation(parts) => parts.iter().any(asks_for_characters),
        HirKind::Capture(capture) => asks_for_characters(&capture.sub),
        HirKind::Repetition(repetition) => asks_for_characters(&repetition.sub),
        HirKind::Empty | HirKind::Look(_) | HirKind::Class(_) => false,
    }
}

/// Whether this is a character that texts have as a word by itself.
fn is_character(c: char) -> bool {
    matches!(c, 'ぁ'..='ヿ' | '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}' | '\u{20000}'..='\u{3ffff}')
}

/// How large an expression is when all that is repeated is written out.
fn size(expression: &Hir) -> usize {
    let sum = |parts: &[Hir]| parts.iter().map(size).fold(0, usize::saturating_add);
    match expression.kind() {
        HirKind::Empty | HirKind::Look(_) => 1,
        HirKind::Literal(literal) => literal.0.len(),
        HirKind::Class(Class::Unicode(class)) => class.ranges().len().max(1),
        HirKind::Class(Class::Bytes(class)) => class.ranges().len().max(1),
        HirKind::Repetition(repetition) => {
            let times = repetition.max.unwrap_or(repetition.min.saturating_add(1)).max(1);
            size(&repetition.sub).saturating_mul(usize::try_from(times).unwrap_or(usize::MAX))
        }
        HirKind::Capture(capture) => size(&capture.sub),
        HirKind::Concat(parts) => sum(parts),
        HirKind::Alternation(parts) => sum(parts).saturating_add(parts.len()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(expression: &str) -> (Span<InQuery>, String) {
        let refusal = check(expression, 0).expect_err(expression);
        (refusal.span, refusal.message)
    }

    #[test]
    fn what_cannot_be_read_shows_its_place() {
        let message = |reason: &str| format!("the regular expression cannot be read: {reason}");
        assert_eq!(refused("a(b"), (Span::new(1, 2), message("unclosed group")));
        assert_eq!(
            refused("a[z-b]"),
            (Span::new(2, 5), message("invalid character class range, the start must be <= the end"))
        );
        assert_eq!(refused("*a").0, Span::new(0, 0));
        assert_eq!(refused(r"\p{Nope}").0, Span::new(0, 8));
    }

    #[test]
    fn what_is_repeated_counts_each_time() {
        for expression in ["(a{999}){999}", "a{99999}", r"((\w{9}){9}){9}", "((((a{50}){50}){50}){50}){50}"] {
            assert_eq!(refused(expression).1, "the regular expression is too large", "{expression}");
        }
        for expression in ["miss.le", ".*", "a{1,99}", r"\w{2,12}", "(mis|con)(s|t)ile?"] {
            assert!(check(expression, 0).is_ok(), "{expression}");
        }
        assert_eq!(check("123", 10).ok(), Some(13));
        let refusal = check("123", MAX_SIZE - 2).expect_err("too large");
        assert_eq!(refusal.message, "the regular expressions are too large together");
    }

    #[test]
    fn words_of_characters_are_refused() {
        for expression in ["미사일", "미사.", "(미사일|missile)", "警報?報", "북한|남한"] {
            assert!(refused(expression).1.contains("Hangul"), "{expression}");
        }
        for expression in ["미", "미|사", "[미사]", "missile", "警?"] {
            assert!(check(expression, 0).is_ok(), "{expression}");
        }
    }

    #[test]
    fn deep_nesting_is_refused() {
        assert!(refused(&("(".repeat(9_000) + "a" + &")".repeat(9_000))).1.contains("nest"));
    }
}
