//! From query text to tokens: what is a sign, what is a field, and what is only punctuation.
//!
//! The rules are told in [`parse`](mod@super::parse). The one that shapes this file: a character has a
//! meaning only where a person would have put it on purpose, so that pasted prose comes out as its words.
//! Whether the tokens make sense together is left to the parser.

use super::error::{Notice, ParseError, quoted};
use super::expression;
use super::field::{Field, FilterField};
use super::word::{self, ends_word, is_letter, is_quote, is_searchable, is_space};
use super::{Matcher, Order};
use crate::span::{InQuery, Span};

/// The largest weight.
const MAX_WEIGHT: f32 = 1000.0;

/// The most fuzzy words of a query: what finds them takes some megabytes each.
const MAX_FUZZY: usize = 64;

/// The most letters, each as many times as its word has edits, of the fuzzy words of Hangul, Han and Kana of a query:
/// all syllables of Hangul are looked at behind each of their letters.
const MAX_FUZZY_LETTERS: usize = 200;

/// The largest number of words between words.
const MAX_DISTANCE: u32 = 10_000;

/// A token and where it was typed.
#[derive(Clone, Debug)]
pub(super) struct Lexed {
    pub(super) token: Token,
    pub(super) span: Span<InQuery>,
}

/// The smallest piece of query text that has a meaning.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    Open,
    Close,
    And,
    Or,
    Not,
    /// `NEAR/5`, `BEFORE/5`: what stands on both sides, with at most so many words between.
    Near {
        between: u32,
        order: Order,
    },
    Plus,
    Minus,
    /// A field's name and colon; its value stands directly behind.
    Field(Field),
    /// A star on its own.
    All,
    Text(Matcher),
    /// The value of a field that filters.
    Value(String),
    Weight(f32),
}

/// What a query text is made of.
#[derive(Debug)]
pub(super) struct Tokens {
    pub(super) tokens: Vec<Lexed>,
    pub(super) notices: Vec<Notice>,
}

/// Cuts a query text into tokens.
pub(super) fn lex(text: &str) -> Result<Tokens, ParseError> {
    let mut lexer = Lexer {
        text,
        at: 0,
        tokens: Vec::new(),
        notices: Vec::new(),
        fields: Vec::new(),
        expressions: 0,
        fuzzy: 0,
        fuzzy_letters: 0,
    };
    while let Some(next) = lexer.rest().chars().next() {
        lexer.step(next)?;
    }
    Ok(Tokens { tokens: lexer.tokens, notices: lexer.notices })
}

/// What a text looks for, where it is one clause, with or without a field, and there is nothing to tell about it.
pub(super) fn lex_clause(text: &str) -> Option<Matcher> {
    let mut read = lex(text).ok().filter(|read| read.notices.is_empty())?;
    let is_clause = match &read.tokens[..] {
        [first, _] => matches!(first.token, Token::Field(_)),
        tokens => tokens.len() == 1,
    };
    match read.tokens.pop()?.token {
        Token::Text(matcher) => is_clause.then_some(matcher),
        _ => None,
    }
}

/// Whether the value of a filter reads back as itself without quotes.
pub(super) fn is_bare_value(value: &str) -> bool {
    lex(&format!("path:{value}")).is_ok_and(|read| match &read.tokens[..] {
        [_, Lexed { token: Token::Value(read), .. }] => read == value,
        _ => false,
    })
}

/// Whether a `+` or `-` directly before `text` is a sign: something searchable follows it.
pub(super) fn takes_sign(text: &str) -> bool {
    let behind = |len: usize| text[len..].chars().next();
    match behind(0) {
        None => false,
        Some('(') => true,
        Some('*') => behind(1).is_none_or(ends_word),
        Some('=') => behind(1).is_some_and(|c| is_letter(c) || is_quote(c)),
        Some('/') => word::regex_at(text).is_some(),
        Some('\\') => {
            let word = word::word_at(text);
            (word::escaped(word).is_some() || word::unescape(word) != word) && is_searchable(word)
        }
        Some(c) => is_letter(c) || is_quote(c),
    }
}

struct Lexer<'a> {
    text: &'a str,
    at: usize,
    tokens: Vec<Lexed>,
    notices: Vec<Notice>,
    /// The field in force inside each open parenthesis.
    fields: Vec<Option<Field>>,
    /// The size of the regular expressions so far.
    expressions: usize,
    /// The number of fuzzy words so far.
    fuzzy: usize,
    /// The letters of those of Hangul, Han and Kana so far, each as many times as there are edits.
    fuzzy_letters: usize,
}

/// What stands directly before the place that is read.
#[derive(Clone, Copy, PartialEq)]
enum Before {
    /// White space, an opening parenthesis, or nothing: signs are signs here.
    Space,
    /// A phrase, a closing parenthesis or punctuation: signs are text here.
    Text,
    /// A sign; no operator can follow.
    Sign,
    /// A field's colon; a value follows.
    Field(Field),
}

impl<'a> Lexer<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    /// Reads what stands at `at`, whose first character is `next`.
    fn step(&mut self, next: char) -> Result<(), ParseError> {
        match next {
            _ if is_space(next) => self.at += next.len_utf8(),
            '(' => {
                let field = self.field();
                self.fields.push(field);
                self.push(Token::Open, 1);
            }
            ')' => {
                self.fields.pop();
                self.push(Token::Close, 1);
            }
            _ if is_quote(next) => self.phrase(next)?,
            '^' if self.weight_len() > 0 => self.weight(self.weight_len())?,
            '+' | '-' if self.before() == Before::Space && takes_sign(&self.rest()[1..]) => {
                self.push(if next == '+' { Token::Plus } else { Token::Minus }, 1);
            }
            _ if matches!(self.field(), Some(Field::Filter(_))) => self.value()?,
            _ => self.word()?,
        }
        Ok(())
    }

    fn before(&self) -> Before {
        match self.tokens.last().filter(|last| last.span.end == self.at).map(|last| &last.token) {
            Some(Token::Plus | Token::Minus) => Before::Sign,
            Some(Token::Field(field)) => Before::Field(*field),
            Some(Token::Open) => Before::Space,
            _ if self.text[..self.at].chars().next_back().is_none_or(is_space) => Before::Space,
            _ => Before::Text,
        }
    }

    /// The field in whose value the place that is read stands.
    fn field(&self) -> Option<Field> {
        match self.before() {
            Before::Field(field) => Some(field),
            _ => self.fields.last().copied().flatten(),
        }
    }

    fn here(&self, len: usize) -> Span<InQuery> {
        Span::new(self.at, self.at + len)
    }

    fn push(&mut self, token: Token, len: usize) {
        let span = self.here(len);
        self.tokens.push(Lexed { token, span });
        self.at += len;
    }

    fn error(&self, len: usize, message: impl Into<String>, hint: impl Into<String>) -> ParseError {
        ParseError::new(self.text, self.here(len), message, hint)
    }

    fn notice(&mut self, len: usize, message: String) {
        let span = self.here(len);
        self.notices.push(Notice { span, message });
    }

    /// Reads a phrase, from its quote to the next one, or the quoted value of a filter.
    fn phrase(&mut self, open: char) -> Result<(), ParseError> {
        let is_value = matches!(self.field(), Some(Field::Filter(_)));
        let body = &self.rest()[open.len_utf8()..];
        let Some(Phrase { text, kind, len: body_len }) = phrase_at(body, is_value) else {
            // Inches: `5"`.
            if self.text[..self.at].ends_with(|c: char| c.is_ascii_digit()) {
                self.at += open.len_utf8();
                return Ok(());
            }
            return Err(self.error(
                open.len_utf8(),
                "the quote opens a phrase that is never closed",
                "add a closing quote, or write \\\" for a plain one",
            ));
        };
        let len = open.len_utf8() + body_len;
        if is_value {
            self.push(Token::Value(text), len);
            return Ok(());
        }
        if !is_searchable(&text) {
            let hint = "put a word between the quotes, or remove them";
            return Err(self.error(len, "nothing to search for in the phrase", hint));
        }
        let distance = word::distance_at(&self.rest()[len..]);
        self.push(Token::Text(kind(text)), len);
        distance.map_or(Ok(()), |(digits, order)| self.distance(digits, order))
    }

    /// Reads the distance directly behind a phrase, whose number is `digits`.
    fn distance(&mut self, digits: &str, order: Order) -> Result<(), ParseError> {
        let len = digits.len() + if order == Order::Given { 2 } else { 1 };
        let extra = self.words_between(digits, len)?;
        if let Some(Lexed { token: Token::Text(matcher), span }) = self.tokens.last_mut() {
            let phrase = Box::new(std::mem::replace(matcher, Matcher::AnyOf(Vec::new())));
            *matcher = Matcher::Within { phrase, extra, order };
            *span = Span::new(span.start, self.at + len);
        }
        self.at += len;
        Ok(())
    }

    /// The number of a distance that is `len` bytes long.
    fn words_between(&self, digits: &str, len: usize) -> Result<u32, ParseError> {
        digits.parse().ok().filter(|&words| words <= MAX_DISTANCE).ok_or_else(|| {
            let typed = quoted(&self.rest()[..len]);
            let hint = format!("write a number of words up to {MAX_DISTANCE}");
            self.error(len, format!("{typed} is no distance"), hint)
        })
    }

    /// The length of a weight at `at`, directly behind a phrase, a value or a closing parenthesis.
    fn weight_len(&self) -> usize {
        let number = word::number_at(&self.rest()[1..]);
        let behind = self.tokens.last().filter(|last| last.span.end == self.at).map(|last| &last.token);
        let is_behind = matches!(behind, Some(Token::Close | Token::Text(_) | Token::Value(_)));
        let is_whole = self.rest()[1 + number.len()..].chars().next().is_none_or(ends_word);
        if is_behind && is_whole && word::is_number(number) { 1 + number.len() } else { 0 }
    }

    /// Reads `^` and a number, `len` bytes in all.
    fn weight(&mut self, len: usize) -> Result<(), ParseError> {
        let typed = &self.rest()[..len];
        let weight = typed[1..].parse().unwrap_or(0.0);
        if weight <= 0.0 || weight > MAX_WEIGHT {
            return Err(self.error(
                len,
                format!("{} is no weight", quoted(typed)),
                "write a number above 0, up to 1000, as in word^2.5; a plain ^ is written \\^",
            ));
        }
        self.push(Token::Weight(weight), len);
        Ok(())
    }

    /// Reads a filter's value that is not in quotes; in parentheses, it may be an operator.
    fn value(&mut self) -> Result<(), ParseError> {
        let typed = word::value_at(self.rest());
        if self.before() == Before::Space
            && let Some(operator) = keyword(typed)
        {
            self.push(operator, typed.len());
            return Ok(());
        }
        self.refuse_field(typed)?;
        let (value, weight) = split_weight(typed);
        self.push(Token::Value(value.into()), value.len());
        if weight > 0 { self.weight(weight) } else { Ok(()) }
    }

    /// Reads a word, or a field's name.
    fn word(&mut self) -> Result<(), ParseError> {
        let typed = word::word_at(self.rest());
        let before = self.before();
        let is_bound = matches!(before, Before::Sign | Before::Field(_));
        if !is_bound && let Some(operator) = keyword(typed) {
            self.push(operator, typed.len());
            return Ok(());
        }
        if !is_bound && let Some((digits, order)) = word::near_operator(typed) {
            let between = self.words_between(digits, typed.len())?;
            self.push(Token::Near { between, order }, typed.len());
            return Ok(());
        }
        if matches!(before, Before::Field(_)) {
            self.refuse_field(typed)?;
        } else if self.field_name(typed) {
            return Ok(());
        }
        match word::regex_at(self.rest()).filter(|_| before != Before::Text) {
            Some(len) => self.regex(len),
            None => self.text(typed),
        }
    }

    /// Reads a regular expression, `len` bytes with its slashes.
    fn regex(&mut self, len: usize) -> Result<(), ParseError> {
        let expression = &self.rest()[1..len - 1];
        self.expressions = expression::check(expression, self.expressions).map_err(|refusal| {
            let span = refusal.span.range();
            let place = Span::new(self.at + 1 + span.start, self.at + 1 + span.end);
            ParseError::new(self.text, place, refusal.message, refusal.hint)
        })?;
        self.push(Token::Text(Matcher::Regex(expression.into())), len);
        Ok(())
    }

    /// Reads a word that is to be searched for; drops it where nothing in it can be.
    fn text(&mut self, typed: &str) -> Result<(), ParseError> {
        if typed == "*" {
            self.push(Token::All, 1);
            return Ok(());
        }
        let (body, weight) = split_weight(typed);
        let Some(matcher) = word::matcher(body, self.before() != Before::Text) else {
            self.at += typed.len();
            return Ok(());
        };
        if let Matcher::Fuzzy { word, edits } = &matcher {
            self.check_fuzzy(word, *edits, body.len())?;
        }
        self.push(Token::Text(matcher), body.len());
        if weight > 0 { self.weight(weight) } else { Ok(()) }
    }

    /// Refuses a fuzzy word, `len` bytes as typed, with a wrong number of edits, and one that is too many.
    fn check_fuzzy(&mut self, word: &str, edits: u8, len: usize) -> Result<(), ParseError> {
        if !(1..=2).contains(&edits) {
            self.at += len - 2;
            return Err(self.error(
                2,
                format!("{} is no number of edits", quoted(&self.rest()[..2])),
                "write ~1 or ~2, as in word~1; a plain ~ is written \\~",
            ));
        }
        self.fuzzy += 1;
        if self.fuzzy > MAX_FUZZY {
            let message = format!("the query has more than {MAX_FUZZY} fuzzy words");
            return Err(self.error(len, message, "leave out the ~ of some of them"));
        }
        self.fuzzy_letters += word.chars().map(letters_of_character).sum::<usize>() * usize::from(edits);
        if self.fuzzy_letters > MAX_FUZZY_LETTERS {
            let message = format!(
                "the fuzzy words of the query have more than {MAX_FUZZY_LETTERS} letters times edits"
            );
            let hint = "leave out the ~ of some, or write ~1 for ~2; a syllable of Hangul has three letters";
            return Err(self.error(len, message, hint));
        }
        Ok(())
    }

    /// Refuses a field in the value of a field.
    fn refuse_field(&self, typed: &str) -> Result<(), ParseError> {
        match self.named_field(typed) {
            Some((name, Some(_))) => Err(nested_field(self.text, self.here(name.len() + 1))),
            _ => Ok(()),
        }
    }

    /// The name before the colon of a word at `at`, and the field that has it.
    fn named_field<'w>(&self, typed: &'w str) -> Option<(&'w str, Option<Field>)> {
        const BEFORE_KEY: usize = "meta.".len();
        if let Some(key) = word::meta_key(typed) {
            let name = &typed[..BEFORE_KEY + key.len()];
            let place = Span::new(self.at + BEFORE_KEY, self.at + name.len());
            return Some((name, Some(Field::Filter(FilterField::Meta(place)))));
        }
        word::split_field(typed).map(|(name, _)| (name, Field::named(name)))
    }

    /// Reads the field's name and colon at the start of a word, and says whether there is one.
    fn field_name(&mut self, typed: &str) -> bool {
        let Some((name, field)) = self.named_field(typed) else { return false };
        let (len, value) = (name.len() + 1, &self.rest()[name.len() + 1..]);
        match field {
            Some(field) if has_value(field, value) => {
                self.push(Token::Field(field), len);
                return true;
            }
            Some(_) if value.starts_with(':') => {}
            Some(_) => {
                let typed = quoted(&self.rest()[..len]);
                self.notice(len, format!("{typed} has no value directly behind it; searched as a word"));
            }
            None if takes_sign(value) => {
                let (typed, names) = (quoted(&self.rest()[..len]), Field::names());
                self.notice(
                    len,
                    format!("{typed} is not a field; searched as words (the fields are {names})"),
                );
            }
            None => {}
        }
        false
    }
}

/// The error about a field in the value of a field.
pub(super) fn nested_field(text: &str, span: Span<InQuery>) -> ParseError {
    let message = format!("{}: a field cannot stand in the value of another", quoted(&text[span.range()]));
    ParseError::new(text, span, message, "write the fields side by side, or put the text in quotes")
}

/// Whether what stands directly behind a field's colon can be its value.
///
/// A colon that ends a word, or is one of two, is prose.
fn has_value(field: Field, behind: &str) -> bool {
    let is_prose = behind.chars().next().is_none_or(|c| is_space(c) || c == ')' || c == ':');
    let is_searchable = || takes_sign(behind) || is_searchable(word::word_at(behind));
    !is_prose && (matches!(field, Field::Filter(_)) || is_searchable())
}

/// How many letters a character of Hangul, Han or Kana counts in a fuzzy word; others none, since what finds words of
/// other scripts is small.
fn letters_of_character(c: char) -> usize {
    match c {
        // Syllables, and those in circles and parentheses.
        '가'..='힣' | '\u{3200}'..='\u{32ff}' => 3,
        '\u{1100}'..='\u{11ff}' | '\u{2e80}'.. => 1,
        _ => 0,
    }
}

fn keyword(text: &str) -> Option<Token> {
    match text {
        "AND" => Some(Token::And),
        "OR" => Some(Token::Or),
        "NOT" => Some(Token::Not),
        _ => None,
    }
}

/// A word without its weight, and the length of the weight.
fn split_weight(typed: &str) -> (&str, usize) {
    let body = word::split_weight(typed).map_or(typed, |(body, _)| body);
    (body, typed.len() - body.len())
}

/// What stands between quotes.
struct Phrase {
    text: String,
    /// Makes a matcher of the text.
    kind: fn(String) -> Matcher,
    /// How long it is as typed, with the quote behind it.
    len: usize,
}

/// The phrase that ends at the first quote of `text` that is not escaped.
///
/// Backslashes escape quotes and backslashes and, outside values, stars.
fn phrase_at(text: &str, is_value: bool) -> Option<Phrase> {
    let mut phrase = String::new();
    let mut is_escaped = false;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        if is_quote(c) && !word::is_hebrew_mark(&text[..at], &text[at + c.len_utf8()..]) {
            let prefix = phrase.strip_suffix('*').filter(|text| text.ends_with(word::takes_star));
            let len = at + c.len_utf8();
            return Some(match prefix.filter(|_| !is_value && !is_escaped) {
                Some(prefix) => Phrase { text: prefix.into(), kind: Matcher::PhrasePrefix, len },
                None => Phrase { text: phrase, kind: Matcher::Phrase, len },
            });
        }
        let can_escape = |next: char| is_quote(next) || next == '\\' || (next == '*' && !is_value);
        let special = chars.next_if(|&(_, next)| c == '\\' && can_escape(next));
        is_escaped = special.is_some();
        phrase.push(special.map_or(c, |(_, special)| special));
    }
    None
}
