//! The query language: from query text to the query tree.
//!
//! Two kinds of people write query texts: those who type or paste words and want them found, and those (and
//! scripts) who mean every sign. The language serves both by one rule: a character has a meaning only where
//! one would put it on purpose, and is punctuation, left to the analyzer, everywhere else. So prose, paths,
//! URLs and `C++` parse as they are; what cannot be read is an error that shows its place and a remedy, never a
//! guess. [`Reading::Words`] and [`Reading::Phrase`] take texts that no one looked at.
//!
//! # Grammar
//!
//! ```text
//! query    = part { part }                  any of them (--any) or each (--all)
//! part     = and { "OR" and }
//! and      = unary { "AND" unary }
//! unary    = ( "NOT" | "+" | "-" ) unary
//!          | near [ "^" number ]
//! near     = operand { ( "NEAR/" | "BEFORE/" ) digits operand }
//! operand  = "*" | text
//!          | "(" query ")"
//!          | field ":" ( text | value | "(" query ")" )
//! text     = word | "=" word | word "*"
//!          | quote { character } [ "*" ] quote [ ( "~" | "~>" ) digits ]
//!          | word "~" ( "1" | "2" ) | "/" expression "/"
//! ```
//!
//! | typed | means |
//! |---|---|
//! | `missile warning` | either word, or with `--all` each of them |
//! | `"missile warning"` | these words, one behind the other |
//! | `"missile sharing"~3`, `"missile sharing"~>3` | these words with at most 3 others among them, in any order, in this order |
//! | `a NEAR/5 b`, `a BEFORE/5 b` | with at most 5 words between them, in any order, in this order |
//! | `=launches` | exactly this word |
//! | `warn*`, `"missile warn*"` | a word that starts so, also as a phrase's last |
//! | `pyongyng~1`, `word~2` | a word within one or two edits of this |
//! | `/miss.le/` | a word that this regular expression matches from end to end |
//! | `+a`, `-a`, `a NOT b` | `a` is required, is excluded; `a NOT b` is `a -b` |
//! | `a AND b`, `a OR b`, `NOT a`, `( )` | AND binds tighter than OR, OR tighter than a space |
//! | `title:a`, `heading:"a b"`, `title:(a OR b)` | in the title, in a heading above the passage |
//! | `path:reports/**`, `lang:ko`, `format:html`, `ext:md` | documents of this kind only |
//! | `date:2023-11`, `date:2023-11-12..2024`, `date:>=2023` | documents of these days only |
//! | `size:>1MB`, `size:1KB..2MB`, `size:<500` | documents whose sources are of this size only |
//! | `meta.desk:Asia`, `meta.desk:As*`, `meta.desk:*` | documents that state this fact only, or one that starts so, or any |
//! | `meta.year:>=2020`, `meta.year:2020..2023` | documents with such a number, or such a date, as a fact only |
//! | `lang:(ko OR ja)` | one of several values |
//! | `a^2.5`, `"a b"^2`, `(a OR b)^0.5` | the score counts so many times, above 0, up to 1000 |
//! | `*` | everything |
//!
//! # Where a character has its meaning
//!
//! - **Operators** are `AND`, `OR`, `NOT`, and `NEAR` and `BEFORE` with a slash and a number, in capitals as whole
//!   words.
//! - **`NEAR/5` and `BEFORE/5`** bind tighter than all others, and to the left: `a NEAR/5 b BEFORE/2 c` has `a NEAR/5 b`
//!   before `c`. What they join is looked for in one text, so beside them stand only words of every kind, phrases,
//!   `(a OR b)`, and in parentheses others of them; a field or a weight goes around the whole, as in
//!   `title:(a NEAR/5 b)^2`. The number counts the words between the two; both sides never share a word. The
//!   headings above a passage are one text to them, with one word between each.
//! - **`~3` and `~>3`** directly behind a phrase count the words that may stand among its own.
//! - **Signs**: `+` and `-` behind white space or a parenthesis, with a letter, a digit, a quote, a parenthesis,
//!   `=` or an escape directly behind them. `--flag`, `- item`, `-$5` and `multi-agent` are text. A sign belongs
//!   to the operand behind it: as an operand of `AND` or `OR`, `-a` is `NOT a` and `+a` is `a`.
//! - **`=`** likewise, before a letter or digit (before a phrase, which is exact anyway, it changes nothing).
//! - **Fields** that stand bare in a sequence restrict it: `title:summit missile` is `+title:summit missile`.
//!   In parentheses, `(title:summit)^3 missile`, they only add to the score. A colon with white space, another
//!   colon or nothing behind it is prose (`Title: summit`, `std::path`); for a field's name a notice says so. An
//!   unknown `name:value` is searched as words, with a notice, unless it is a URL.
//! - **Values** of `path:` and the other filters run to white space, a quote or a parenthesis, and have no
//!   escapes; in quotes they may hold white space. Filters have no score, so a weight on one is ignored, with a
//!   notice.
//! - **`meta.KEY:`** takes letters, digits and `_ - . / @` as a key; any other ASCII character of a key is typed as `_`, and
//!   dots lead into facts that hold others. Its values with a star at the end, with `..` or with a sign of comparison
//!   are told by that alone, in quotes too; `=` before a value takes all of it as it stands.
//! - **Quotes** are `"`, the curly `“ ” „ ‟` and the full-width one; any of them closes what any opened. In
//!   phrases `\"`, `\\` and `\*` stand for the character. Apostrophes, `« »` and `「 」` are punctuation, and so are the
//!   mark of a Hebrew abbreviation (`צה"ל`) and one behind a digit that no other follows (`5"`).
//! - **`*`** makes a prefix at the end of a word, directly behind a letter or digit. `**bold**` and `a*b` are
//!   text. Alone among other parts of a sequence it is punctuation (a pasted bullet).
//! - **`^`** is a weight with a number and the end of the word behind it; `x^y` is text. Weights inside each other are
//!   multiplied, to 0.000001 at least and 1,000,000 at most.
//! - **`~`** with a digit behind it counts edits at the end of a word, directly behind a letter. `1~2` and `~x` are
//!   text. An edit puts a letter in, leaves one out, changes one, or exchanges it with the next; any letter, the
//!   first too. Such a word is exact but for its edits: it is not stemmed, and `=` before it changes nothing.
//! - **Slashes** around a text without white space, at the start of a word and at its end, make a regular
//!   expression; `/usr/bin/env` is text. Inside, `\/` stands for a slash, and nothing else is an escape of ours. Its
//!   case does not matter, nor do accents.
//! - **Parentheses** always group, also `(see p. 4)`; full-width ones are punctuation.
//! - **Backslash** outside phrases escapes one of `" ( ) + - = * : ^ ~ / \` or a curly quote, and at a word's
//!   start a whole operator, as in `\AND`. Before anything else it is text: `C:\temp\x`.
//! - Words without a letter or digit (`-`, `&`, `...`) are dropped like white space, and groups of such words too.

use super::error::{Notice, ParseError, quoted};
use super::field::Field;
use super::lex::{self, Lexed, Token, Tokens};
use super::{FilterClause, Matcher, Occur, Part, Query, TextClause, TextField, literal, normal, word};
use crate::span::{InQuery, Span};

/// The longest query text, in bytes: 64 KiB.
pub const MAX_QUERY_LENGTH: usize = 64 << 10;

/// How high a query tree can be.
const MAX_HEIGHT: usize = 64;

/// How many parentheses and `NOT`s can stand inside each other: enough to show any tree of that height.
const MAX_NESTING: usize = 2 * MAX_HEIGHT;

/// What weights inside each other can be when multiplied, so that every score is a number.
const LEAST_PRODUCT: f64 = 1e-6;
const GREATEST_PRODUCT: f64 = 1e6;

/// By which share a product may miss these, since a weight as it was typed is not always a number of a computer.
const ROUNDING: f64 = 1e-5;

/// How a query text is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Reading {
    /// As the query language.
    #[default]
    Query,
    /// As words, between white space and punctuation; nothing in it is an operator.
    Words,
    /// As one phrase, whatever stands in it.
    Phrase,
}

/// What parts of a sequence that have no sign ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Operator {
    /// Any of them.
    #[default]
    Any,
    /// All of them.
    All,
}

/// How [`parse`] reads a query text; by default as the query language, for any of the words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Options {
    /// What the text is.
    pub reading: Reading,
    /// What parts without a sign ask for.
    pub operator: Operator,
}

/// A query text that could be read.
#[derive(Clone, Debug, PartialEq)]
pub struct Parsed {
    /// What it means.
    pub query: Query,
    /// What to tell whoever typed it, in the order of the text.
    pub notices: Vec<Notice>,
}

/// Reads a query text.
///
/// The query is in normal form, with its clauses numbered; showing it gives a query text that reads back as the
/// same tree with default options. Fails on texts longer than [`MAX_QUERY_LENGTH`], on texts without a word, and
/// for [`Reading::Query`] on texts that the grammar does not allow.
///
/// ```
/// use tidings::query::{Options, parse};
/// let parsed = parse("title:summit “missile warn*” -drill", Options::default()).unwrap();
/// assert_eq!(parsed.query.to_string(), r#"+title:summit "missile warn*" -drill"#);
/// ```
pub fn parse(text: &str, options: Options) -> Result<Parsed, ParseError> {
    check_length(text)?;
    let (mut query, notices) = match options.reading {
        Reading::Query => Parser::new(text, options.operator)?.parse()?,
        Reading::Words => (literal::words(text, Stance::Plain.occur(options.operator))?, Vec::new()),
        Reading::Phrase => (literal::phrase(text)?, Vec::new()),
    };
    normal::number(&mut query);
    Ok(Parsed { query, notices })
}

fn check_length(text: &str) -> Result<(), ParseError> {
    if text.len() <= MAX_QUERY_LENGTH {
        return Ok(());
    }
    let first_beyond = (0..=MAX_QUERY_LENGTH).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0);
    Err(ParseError::new(
        text,
        Span::new(first_beyond, text.len()),
        format!("the query text is longer than {} KiB", MAX_QUERY_LENGTH >> 10),
        "search for fewer words",
    ))
}

/// The error about a text without anything to search for.
pub(super) fn no_words(text: &str) -> ParseError {
    let hint = "type a word or a \"phrase\", or * for everything";
    ParseError::new(text, Span::new(0, text.len()), "the query has no words", hint)
}

/// A clause that is not numbered yet.
pub(super) fn text_clause(field: TextField, matcher: Matcher) -> Query {
    Query::Text(TextClause { clause: 0, field, matcher })
}

/// An operand and what it would ask for as a part of a sequence.
struct Operand {
    query: Query,
    stance: Stance,
}

/// What an operand asks for by the way in which it was typed.
#[derive(Clone, Copy, PartialEq)]
enum Stance {
    /// What the default operator says.
    Plain,
    /// `+a`, and a field that stands bare.
    Required,
    /// `-a`, `NOT a`.
    Excluded,
}

impl Stance {
    fn occur(self, operator: Operator) -> Occur {
        match (self, operator) {
            (Self::Plain, Operator::Any) => Occur::Should,
            (Self::Plain, Operator::All) | (Self::Required, _) => Occur::Must,
            (Self::Excluded, _) => Occur::MustNot,
        }
    }
}

impl Operand {
    /// The operand where it is not a part of a sequence.
    fn into_query(self) -> Query {
        match self.stance {
            Stance::Excluded => Query::Not(Box::new(self.query)),
            Stance::Plain | Stance::Required => self.query,
        }
    }
}

/// A parser by recursive descent; what it reads is an `Option`, `None` where everything in it was dropped.
struct Parser<'a> {
    text: &'a str,
    tokens: std::iter::Peekable<std::vec::IntoIter<Lexed>>,
    notices: Vec<Notice>,
    operator: Operator,
    /// The field in whose parentheses the parser is.
    field: Option<Field>,
    nesting: usize,
    /// The greatest nesting so far, and where.
    deepest: (usize, Span<InQuery>),
}

impl<'a> Parser<'a> {
    fn new(text: &'a str, operator: Operator) -> Result<Self, ParseError> {
        let Tokens { tokens, notices } = lex::lex(text)?;
        let tokens = tokens.into_iter().peekable();
        let deepest = (0, Span::new(0, text.len()));
        Ok(Self { text, tokens, notices, operator, field: None, nesting: 0, deepest })
    }

    fn parse(mut self) -> Result<(Query, Vec<Notice>), ParseError> {
        let query = self.sequence()?;
        if let Some(close) = self.tokens.next() {
            return Err(self.error(
                close.span,
                "the parenthesis closes nothing",
                "remove it, or write \\) for a plain one",
            ));
        }
        let query = query.ok_or_else(|| no_words(self.text))?;
        if normal::height(&query) > MAX_HEIGHT {
            return Err(self.too_deep(self.deepest.1));
        }
        self.notices.sort_by_key(|notice| notice.span);
        Ok((query, self.notices))
    }

    fn error(&self, span: Span<InQuery>, message: impl Into<String>, hint: impl Into<String>) -> ParseError {
        ParseError::new(self.text, span, message, hint)
    }

    fn too_deep(&self, span: Span<InQuery>) -> ParseError {
        let message = format!("the query is nested more than {MAX_HEIGHT} levels deep");
        self.error(span, message, "use fewer parentheses and NOTs inside each other")
    }

    /// Reads parts up to a closing parenthesis or the end.
    fn sequence(&mut self) -> Result<Option<Query>, ParseError> {
        let mut operands = Vec::new();
        while let Some(&Lexed { ref token, span }) = self.tokens.peek() {
            match token {
                Token::Close => break,
                Token::And | Token::Or | Token::Near { .. } => {
                    return Err(self.without_operand(span, "before"));
                }
                _ => operands.extend(self.either()?),
            }
        }
        Ok(self.join_sequence(operands))
    }

    fn without_operand(&self, operator: Span<InQuery>, side: &str) -> ParseError {
        let name = &self.text[operator.range()];
        self.error(
            operator,
            format!("`{name}` has no operand {side} it"),
            format!("add one, or write \\{name} to search for the word"),
        )
    }

    fn join_sequence(&self, mut operands: Vec<Operand>) -> Option<Query> {
        let is_star = |operand: &Operand| operand.query == Query::All && operand.stance == Stance::Plain;
        if operands.iter().all(is_star) {
            operands.truncate(1);
        } else {
            operands.retain(|operand| !is_star(operand));
        }
        let part = |Operand { query, stance }| Part { occur: stance.occur(self.operator), query };
        let parts: Vec<_> = operands.into_iter().map(part).collect();
        (!parts.is_empty()).then(|| normal::sequence(parts))
    }

    fn either(&mut self) -> Result<Option<Operand>, ParseError> {
        self.joined(&Token::Or, Self::every, normal::either)
    }

    fn every(&mut self) -> Result<Option<Operand>, ParseError> {
        self.joined(&Token::And, Self::unary, normal::every)
    }

    /// Reads operands with `operator` between them.
    fn joined(
        &mut self,
        operator: &Token,
        operand: fn(&mut Self) -> Result<Option<Operand>, ParseError>,
        join: fn(Vec<Query>) -> Query,
    ) -> Result<Option<Operand>, ParseError> {
        let Some(first) = operand(self)? else { return Ok(None) };
        let operator_at = |parser: &mut Self| parser.tokens.next_if(|next| next.token == *operator);
        let Some(mut at) = operator_at(self) else { return Ok(Some(first)) };
        let mut queries = vec![first.into_query()];
        loop {
            match operand(self)? {
                Some(next) => queries.push(next.into_query()),
                None => return Err(self.without_operand(at.span, "behind")),
            }
            match operator_at(self) {
                Some(next) => at = next,
                None => return Ok(Some(Operand { query: join(queries), stance: Stance::Plain })),
            }
        }
    }

    /// Reads one operand with its sign and weight; none before an operator or a closing parenthesis.
    fn unary(&mut self) -> Result<Option<Operand>, ParseError> {
        let Some(Lexed { token, span }) = self.tokens.next_if(is_operand) else { return Ok(None) };
        match token {
            Token::Not => match self.signed(span, Stance::Excluded)? {
                Some(operand) => Ok(Some(operand)),
                None => Err(self.without_operand(span, "behind")),
            },
            Token::Minus => self.signed(span, Stance::Excluded),
            Token::Plus => self.signed(span, Stance::Required),
            token => {
                let operand = self.operand(token, span)?;
                let operand = self.weighted(operand)?;
                self.near(operand, span)
            }
        }
    }

    /// Reads the `NEAR` behind an operand that starts at `start`, and what stands behind that, as often as there is
    /// one.
    fn near(
        &mut self,
        operand: Option<Operand>,
        start: Span<InQuery>,
    ) -> Result<Option<Operand>, ParseError> {
        let mut joined = operand;
        while let Some(&Lexed { token: Token::Near { between, order }, span }) = self.tokens.peek() {
            let Some(first) = joined else { break };
            let left = self.side(first, start)?;
            self.tokens.next();
            let right = self.right_side(span)?;
            let matcher = Matcher::Near { first: Box::new(left), second: Box::new(right), between, order };
            if normal::height_of_matcher(&matcher) > MAX_HEIGHT {
                return Err(self.too_deep(span));
            }
            joined = Some(Operand { query: self.text_clause(matcher), stance: Stance::Plain });
        }
        Ok(joined)
    }

    /// Reads what stands behind the `NEAR` at `operator`.
    fn right_side(&mut self, operator: Span<InQuery>) -> Result<Matcher, ParseError> {
        let missing = |parser: &Self| parser.without_operand(operator, "behind");
        let Lexed { token, span } = self.tokens.next_if(is_operand).ok_or_else(|| missing(self))?;
        if matches!(token, Token::Not | Token::Plus | Token::Minus) {
            return Err(self.no_side(span, SIDES));
        }
        let operand = self.operand(token, span)?;
        let operand = self.weighted(operand)?;
        self.side(operand.ok_or_else(|| missing(self))?, span)
    }

    /// What an operand that starts at `start` and was just read looks for, as one side of `NEAR`.
    fn side(&mut self, operand: Operand, start: Span<InQuery>) -> Result<Matcher, ParseError> {
        let end = self.tokens.peek().map_or(self.text.len(), |next| next.span.start);
        let typed = self.text[start.start..end].trim_end_matches(word::is_space);
        let span = Span::new(start.start, start.start + typed.len());
        matcher_of(operand.query, self.text_field()).map_err(|hint| self.no_side(span, hint))
    }

    fn no_side(&self, span: Span<InQuery>, hint: &str) -> ParseError {
        let typed = quoted(&self.text[span.range()]);
        self.error(span, format!("{typed} cannot stand beside NEAR or BEFORE"), hint)
    }

    fn signed(&mut self, sign: Span<InQuery>, stance: Stance) -> Result<Option<Operand>, ParseError> {
        let operand = self.nested(sign, Self::unary)?;
        Ok(operand.map(|operand| Operand { query: operand.into_query(), stance }))
    }

    /// Reads something that can hold itself, one level deeper.
    fn nested<T>(
        &mut self,
        place: Span<InQuery>,
        read: impl FnOnce(&mut Self) -> Result<T, ParseError>,
    ) -> Result<T, ParseError> {
        self.nesting += 1;
        if self.nesting > MAX_NESTING {
            return Err(self.too_deep(place));
        }
        if self.nesting > self.deepest.0 {
            self.deepest = (self.nesting, place);
        }
        let result = read(self);
        self.nesting -= 1;
        result
    }

    /// Reads what the token at `span` starts.
    fn operand(&mut self, token: Token, span: Span<InQuery>) -> Result<Option<Operand>, ParseError> {
        let stance = if matches!(token, Token::Field(_)) { Stance::Required } else { Stance::Plain };
        let query = match token {
            Token::Open => self.nested(span, |parser| parser.group(span))?,
            Token::Field(field) => Some(self.field_clause(field, span)?),
            Token::Text(matcher) => Some(self.text_clause(matcher)),
            Token::Value(value) => self.filter_clause(&value, span)?,
            Token::All if self.field.is_none() => Some(Query::All),
            // A star in a field, and a weight behind a group that was dropped, are punctuation.
            _ => None,
        };
        Ok(query.map(|query| Operand { query, stance }))
    }

    fn text_clause(&self, matcher: Matcher) -> Query {
        text_clause(self.text_field(), matcher)
    }

    /// The field in which words are looked for.
    fn text_field(&self) -> TextField {
        match self.field {
            Some(Field::Text(field)) => field,
            _ => TextField::Any,
        }
    }

    fn filter_clause(&self, value: &str, span: Span<InQuery>) -> Result<Option<Query>, ParseError> {
        let Some(Field::Filter(field)) = self.field else { return Ok(None) };
        match field.read(value, self.text) {
            Ok(filter) => Ok(Some(Query::Filter(FilterClause { clause: 0, filter }))),
            Err(refusal) => Err(self.error(span, refusal.message, refusal.hint)),
        }
    }

    /// Reads the value of a field, whose name stands at `span`.
    fn field_clause(&mut self, field: Field, span: Span<InQuery>) -> Result<Query, ParseError> {
        if self.field.is_some() {
            return Err(lex::nested_field(self.text, span));
        }
        self.field = Some(field);
        let value = match self.tokens.next() {
            Some(Lexed { token, span }) => self.operand(token, span)?,
            None => None,
        };
        self.field = None;
        value.map(|value| value.query).ok_or_else(|| {
            let name = quoted(&self.text[span.range()]);
            self.error(
                span,
                format!("{name} has nothing to search for"),
                "write a word directly behind the colon",
            )
        })
    }

    /// Reads a group up to its closing parenthesis, the opening one, at `open`, being read.
    fn group(&mut self, open: Span<InQuery>) -> Result<Option<Query>, ParseError> {
        let query = self.sequence()?;
        let Some(close) = self.tokens.next() else {
            let hint = "add the closing one, or write \\( for a plain one";
            return Err(self.error(open, "the parenthesis is never closed", hint));
        };
        let is_empty = self.text[open.end..close.span.start].chars().all(word::is_space);
        if is_empty {
            let span = Span::new(open.start, close.span.end);
            let hint = "put a word between the parentheses, or remove them";
            return Err(self.error(span, "nothing stands between the parentheses", hint));
        }
        Ok(query)
    }

    /// Reads the weight behind an operand, if there is one.
    fn weighted(&mut self, operand: Option<Operand>) -> Result<Option<Operand>, ParseError> {
        let is_weight = |next: &Lexed| matches!(next.token, Token::Weight(_));
        let Some(Lexed { token: Token::Weight(weight), span }) = self.tokens.next_if(is_weight) else {
            return Ok(operand);
        };
        let Some(Operand { query, stance }) = operand else { return Ok(None) };
        self.check_weight(&query, weight, span)?;
        if !query.is_scored() {
            let message =
                format!("{} is ignored: what it weighs has no score", quoted(&self.text[span.range()]));
            self.notices.push(Notice { span, message });
        }
        Ok(Some(Operand { query: normal::weighted(query, weight), stance }))
    }

    /// Refuses a weight that, multiplied with those inside of what it weighs, is too great or too small.
    fn check_weight(&self, query: &Query, weight: f32, span: Span<InQuery>) -> Result<(), ParseError> {
        let inside = normal::weights(query);
        let (least, greatest) = (f64::from(weight) * inside.start(), f64::from(weight) * inside.end());
        if least >= LEAST_PRODUCT * (1.0 - ROUNDING) && greatest <= GREATEST_PRODUCT * (1.0 + ROUNDING) {
            return Ok(());
        }
        let typed = quoted(&self.text[span.range()]);
        let (side, bound) =
            if greatest > GREATEST_PRODUCT { ("more", GREATEST_PRODUCT) } else { ("less", LEAST_PRODUCT) };
        Err(self.error(
            span,
            format!("{typed} makes {side} than {bound} of the weights inside each other"),
            format!("multiplied, they may be {LEAST_PRODUCT} to {GREATEST_PRODUCT}; leave out one of them"),
        ))
    }
}

/// Whether a token belongs to an operand: it is no operator that joins two, and closes nothing.
fn is_operand(next: &Lexed) -> bool {
    !matches!(next.token, Token::Close | Token::And | Token::Or | Token::Near { .. })
}

/// What can stand beside `NEAR`.
const SIDES: &str = "a word, a phrase, (a OR b), or in parentheses another NEAR or BEFORE can";

/// What a query looks for in `field`, or what to do about it where that is more than words.
fn matcher_of(query: Query, field: TextField) -> Result<Matcher, &'static str> {
    match query {
        Query::Text(clause) if clause.field == field => Ok(clause.matcher),
        Query::Or(queries) => {
            let matchers = queries.into_iter().map(|query| matcher_of(query, field));
            Ok(Matcher::AnyOf(matchers.collect::<Result<_, _>>()?))
        }
        Query::Text(_) | Query::Filter(_) => Err("put the field before all of it, as in title:(a NEAR/5 b)"),
        Query::Weighted { .. } => Err("put the weight behind all of it, as in (a NEAR/5 b)^2"),
        _ => Err(SIDES),
    }
}

#[cfg(test)]
mod laws;
#[cfg(test)]
mod tests;
