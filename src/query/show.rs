//! Query text for a query: the way back from the tree, used to tell people how their query was understood.
//!
//! The law is that parsing what is shown (as the query language, juxtaposition meaning any) gives the same tree
//! again, for every tree that `parse` returned and whose shown text is no longer than `parse` takes. Texts
//! are shown as they were typed wherever they read back as themselves, so that paths, URLs and `C++` stay
//! legible, and with escapes elsewhere; what reads back as what is asked of the lexer, not known here twice.

use std::fmt;

use super::lex;
use super::word::{is_keyword, is_quote, is_special};
use super::{Filter, Matcher, Occur, Order, Part, Query, TextClause, TextField};
use crate::date::{Date, Period};

impl fmt::Display for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => f.write_str("*"),
            Self::Sequence(parts) => fmt_joined(f, parts.iter().map(show_part), " "),
            Self::And(queries) => fmt_joined(f, queries.iter().map(show_operand), " AND "),
            Self::Or(queries) => fmt_joined(f, queries.iter().map(show_operand), " OR "),
            Self::Not(query) => write!(f, "NOT {}", show_operand(query)),
            Self::Weighted { query, weight } => match **query {
                Self::Text(_) => write!(f, "{}^{weight}", show_operand(query)),
                _ => write!(f, "({query})^{weight}"),
            },
            Self::Text(clause) => write!(f, "{clause}"),
            Self::Filter(clause) => write!(f, "{}", clause.filter),
        }
    }
}

/// How many clauses stand on lines of their own in an outline, where nothing else is among them.
const MOST_LINES: usize = 8;

impl Query {
    /// The tree over several lines, what is inside of something indented below it. Many clauses share a line.
    pub fn outline(&self) -> String {
        let mut lines = Vec::new();
        self.outline_into("", 0, &mut lines);
        lines.join("\n")
    }

    /// Whether this is one clause, with or without a weight.
    fn is_leaf(&self) -> bool {
        match self {
            Self::All | Self::Text(_) | Self::Filter(_) => true,
            Self::Weighted { query, .. } => matches!(**query, Self::Text(_)),
            Self::And(_) | Self::Or(_) | Self::Not(_) | Self::Sequence(_) => false,
        }
    }

    fn outline_into(&self, before: &str, depth: usize, lines: &mut Vec<String>) {
        let mut line = |text: &str| lines.push(format!("{}{before}{text}", "  ".repeat(depth)));
        match self {
            Self::All | Self::Text(_) | Self::Filter(_) => line(&self.to_string()),
            Self::Weighted { query, weight } => match **query {
                Self::Text(_) => line(&self.to_string()),
                _ => query.outline_into(&format!("{before}{weight} times "), depth, lines),
            },
            Self::Not(query) => query.outline_into(&format!("{before}not "), depth, lines),
            Self::And(queries) | Self::Or(queries) => {
                line(if matches!(self, Self::And(_)) { "all of" } else { "any of" });
                if queries.len() > MOST_LINES && queries.iter().all(Self::is_leaf) {
                    let queries: Vec<_> = queries.iter().map(ToString::to_string).collect();
                    return lines.push(format!("{}{}", "  ".repeat(depth + 1), queries.join(", ")));
                }
                queries.iter().for_each(|query| query.outline_into("", depth + 1, lines));
            }
            Self::Sequence(parts) if is_one_word(parts) => parts[0].query.outline_into(before, depth, lines),
            Self::Sequence(parts) => {
                line(heading_of_sequence(parts));
                for part in parts {
                    let sign = match part.occur {
                        Occur::Should => "",
                        Occur::Must => "required: ",
                        Occur::MustNot => "excluded: ",
                    };
                    part.query.outline_into(sign, depth + 1, lines);
                }
            }
        }
    }
}

/// Whether a sequence is what is left of one, and says no more than its part.
fn is_one_word(parts: &[Part]) -> bool {
    matches!(parts, [Part { occur: Occur::Should, .. }])
}

/// What a passage must have of some parts, for people.
fn heading_of_sequence(parts: &[Part]) -> &'static str {
    let of = |occur: Occur| parts.iter().filter(move |part| part.occur == occur);
    let requires_words = of(Occur::Must).any(|part| !part.query.is_condition());
    match (of(Occur::Must).count(), of(Occur::Should).count()) {
        (_, 0) => "all of",
        (0, _) => "any of",
        _ if requires_words => "what is required, and the more of the rest the better",
        _ => "what is required, and any of the rest",
    }
}

fn fmt_joined(
    f: &mut fmt::Formatter<'_>,
    operands: impl Iterator<Item = String>,
    operator: &str,
) -> fmt::Result {
    for (at, operand) in operands.enumerate() {
        if at > 0 {
            f.write_str(operator)?;
        }
        f.write_str(&operand)?;
    }
    Ok(())
}

/// A query as one operand: in parentheses, unless it is a leaf.
fn show_operand(query: &Query) -> String {
    match query {
        Query::Text(TextClause { field: TextField::Any, matcher: Matcher::Near { .. }, .. }) => {
            format!("({query})")
        }
        Query::All | Query::Text(_) | Query::Filter(_) | Query::Weighted { .. } => query.to_string(),
        _ => format!("({query})"),
    }
}

/// A part of a sequence with its sign.
///
/// A field without a sign is required where it stands bare, so one that is not goes in parentheses, and so
/// does a word before which a sign would be text.
fn show_part(part: &Part) -> String {
    let operand = show_operand(&part.query);
    let sign = match part.occur {
        Occur::Should if is_field_clause(&part.query) => return format!("({operand})"),
        Occur::Should => return operand,
        Occur::Must => '+',
        Occur::MustNot => '-',
    };
    if lex::takes_sign(&operand) { format!("{sign}{operand}") } else { format!("{sign}({operand})") }
}

/// Whether the query is shown with a field before it.
fn is_field_clause(query: &Query) -> bool {
    match query {
        Query::Filter(_) => true,
        Query::Text(clause) => clause.field != TextField::Any,
        Query::Weighted { query, .. } => matches!(**query, Query::Text(_)) && is_field_clause(query),
        _ => false,
    }
}

impl fmt::Display for TextClause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let field = match self.field {
            TextField::Any => "",
            TextField::Title => "title:",
            TextField::Heading => "heading:",
        };
        f.write_str(&show_clause(field, &self.matcher))
    }
}

impl fmt::Display for Matcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&show_clause("", self))
    }
}

/// A matcher behind its field: as it was typed where that reads back, else with escapes.
fn show_clause(field: &str, matcher: &Matcher) -> String {
    let (before, text, behind) = match matcher {
        Matcher::Word(text) => ("", text, ""),
        Matcher::Exact(text) => ("=", text, ""),
        Matcher::Prefix(text) => ("", text, "*"),
        Matcher::Fuzzy { word, edits: 1 } => ("", word, "~1"),
        Matcher::Fuzzy { word, .. } => ("", word, "~2"),
        Matcher::Regex(expression) => return format!("{field}/{expression}/"),
        Matcher::Phrase(text) => return format!("{field}\"{}\"", escape_phrase(text)),
        Matcher::PhrasePrefix(text) => return format!("{field}\"{}*\"", escape_phrase(text)),
        Matcher::Within { phrase, extra, order } => {
            let sign = if *order == Order::Given { ">" } else { "" };
            return format!("{}~{sign}{extra}", show_clause(field, phrase));
        }
        Matcher::Near { .. } | Matcher::AnyOf(_) if !field.is_empty() => {
            return format!("{field}({matcher})");
        }
        Matcher::Near { first, second, between, order } => {
            let name = if *order == Order::Given { "BEFORE" } else { "NEAR" };
            return format!("{} {name}/{between} {}", show_side(first), show_side(second));
        }
        Matcher::AnyOf(matchers) => {
            return matchers.iter().map(show_side).collect::<Vec<_>>().join(" OR ");
        }
    };
    let typed = format!("{field}{before}{text}{behind}");
    // A backslash at the end is plain there, but would escape what may come to stand behind it.
    if !typed.ends_with('\\') && lex::lex_clause(&typed).as_ref() == Some(matcher) {
        return typed;
    }
    format!("{field}{before}{}{behind}", escape_word(text))
}

/// A matcher as one side of another: in parentheses, unless it is a word or a phrase.
fn show_side(matcher: &Matcher) -> String {
    match matcher {
        Matcher::Near { .. } | Matcher::AnyOf(_) => format!("({matcher})"),
        _ => matcher.to_string(),
    }
}

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Path(glob) => write!(f, "path:{}", show_value(glob)),
            Self::Language(code) => write!(f, "lang:{code}"),
            Self::Format(name) => write!(f, "format:{name}"),
            Self::Extension(extension) => write!(f, "ext:{}", show_value(extension)),
            Self::Date(period) => write!(f, "date:{}", show_period(period)),
            Self::Size(sizes) => write!(f, "size:{sizes}"),
            Self::Fact(fact) => write!(f, "meta.{}:{}", fact.key, show_value(&fact.test.to_string())),
        }
    }
}

/// A value of a filter, in quotes where it would not read back without.
fn show_value(value: &str) -> String {
    if lex::is_bare_value(value) { value.into() } else { format!("\"{}\"", escape_quotes(value)) }
}

fn show_period(period: &Period) -> String {
    let (first, last) = (period.first.to_string(), period.last.to_string());
    let names = [4, 7, 10].map(|len| first.get(..len).unwrap_or_default());
    if let Some(name) = names.into_iter().find(|name| Period::parse(name).as_ref() == Some(period)) {
        return name.into();
    }
    match (period.first, period.last) {
        (Date::MIN, _) => format!("..{last}"),
        (_, Date::MAX) => format!("{first}.."),
        _ => format!("{first}..{last}"),
    }
}

/// Escapes everything in a word that could have a meaning.
fn escape_word(text: &str) -> String {
    if is_keyword(text) {
        return format!("\\{text}");
    }
    escape(text, is_special)
}

/// Escapes what would end a phrase or make its last word a prefix.
fn escape_phrase(text: &str) -> String {
    match text.strip_suffix('*') {
        Some(rest) => escape_quotes(rest) + "\\*",
        None => escape_quotes(text),
    }
}

/// Escapes quotes and backslashes.
fn escape_quotes(text: &str) -> String {
    escape(text, |c| c == '\\' || is_quote(c))
}

fn escape(text: &str, needs_escape: impl Fn(char) -> bool) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if needs_escape(c) {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

#[cfg(test)]
mod tests {
    use crate::query::{Options, parse};

    fn outline(text: &str) -> String {
        parse(text, Options::default()).expect("a query").query.outline()
    }

    #[test]
    fn an_outline_indents_what_is_inside_of_something() {
        insta::assert_snapshot!(outline("a +b -c (d AND NOT (e OR f))^2 lang:en"), @r"
        what is required, and the more of the rest the better
          a
          required: b
          excluded: c
          2 times all of
            d
            not any of
              e
              f
          required: lang:en
        ");
        insta::assert_snapshot!(outline("a b lang:en"), @r"
        what is required, and any of the rest
          a
          b
          required: lang:en
        ");
        insta::assert_snapshot!(outline("+a -b"), @r"
        all of
          required: a
          excluded: b
        ");
        insta::assert_snapshot!(outline("\"a b\"^2"), @r#""a b"^2"#);
    }

    #[test]
    fn many_clauses_share_a_line_of_an_outline() {
        insta::assert_snapshot!(outline("a OR b OR c^2 OR d OR e OR f OR g OR h OR i"), @r"
        any of
          a, b, c^2, d, e, f, g, h, i
        ");
        insta::assert_snapshot!(outline("a OR b OR c OR d OR e OR f OR g OR h OR (i j)"), @r"
        any of
          a
          b
          c
          d
          e
          f
          g
          h
          any of
            i
            j
        ");
    }
}
