//! The walk over a text that finds its tokens.
//!
//! Most tokens are what their characters say ([`super::script`]). A few take more than one look: initials with dots
//! between them are one word, and so are the groups of digits of a large number.

use std::borrow::Cow;
use std::ops::Range;

use super::script::{self, CharacterScript, Class};
use super::unspaced::{self, Segments};
use super::{MAX_TERM_BYTES, fold, initials, kana, number};

/// Shows where a line may end; it may stand inside of words.
const ZERO_WIDTH_SPACE: &str = "\u{200b}";

/// How many characters a line has at least whose last word may go on in the next one.
const SHORTEST_LINE: usize = 4;

/// One token of the `body` view.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Token {
    /// The folded form.
    pub term: String,
    /// Where in the text the token stands, in bytes.
    pub span: Range<usize>,
    /// The ordinal of the token in its text.
    pub position: usize,
    /// How the token is written.
    pub kind: Kind,
    /// Whether it is a Hiragana, of which the folded form is the Katakana.
    pub is_hiragana: bool,
}

impl Token {
    /// A character as the `stem` view has it in pairs, where Hiragana and Katakana are not one: `イル` of `ミサイル` is no
    /// `いる`.
    pub fn ranked(&self) -> Cow<'_, str> {
        match self.is_hiragana {
            true => Cow::Owned(kana::hiragana(&self.term)),
            false => Cow::Borrowed(&self.term),
        }
    }
}

/// How a token is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    /// A word of an alphabetic script, or a number.
    #[default]
    Word,
    /// The first Han, Kana or Hangul character of a run of them.
    Character,
    /// One that follows another such character directly, or but for the end of a line inside of a word.
    NextCharacter,
}

/// Walks the tokens of a text.
///
/// Like a cursor: [`Tokens::advance`] moves to the next token, [`Tokens::token`] shows it. The token's buffer is
/// used again, so that walking a text allocates next to nothing.
pub struct Tokens<'t> {
    text: &'t str,
    at: usize,
    token: Token,
    seen: usize,
    /// Where the words end that no spaces part.
    segments: Segments,
    /// How many Katakana in a row end with the token.
    katakana: usize,
    /// How many numbers, with nothing but a dot or a comma between each two, end with the token.
    numbers: usize,
}

impl<'t> Tokens<'t> {
    /// A walk that stands before the first token of `text`.
    pub fn new(text: &'t str) -> Self {
        Self {
            text,
            at: 0,
            token: Token::default(),
            seen: 0,
            segments: Segments::default(),
            katakana: 0,
            numbers: 0,
        }
    }

    /// Moves to the next token; false where there is none.
    pub fn advance(&mut self) -> bool {
        self.advance_to_plain_word() || self.advance_to_any()
    }

    /// Moves to the next token where that is a word of ASCII letters which nothing around it makes anything else: most
    /// of most texts. Else moves before it.
    fn advance_to_plain_word(&mut self) -> bool {
        let rest = &self.text.as_bytes()[self.at..];
        let is_separator = |byte: &u8| byte.is_ascii() && !byte.is_ascii_alphanumeric();
        let rest = &rest[rest.iter().position(|byte| !is_separator(byte)).unwrap_or(rest.len())..];
        self.at = self.text.len() - rest.len();
        let len = rest.iter().position(|byte| !byte.is_ascii_alphabetic()).unwrap_or(rest.len());
        let ends_there = match rest.get(len) {
            // One letter and a dot may be initials.
            Some(b'.') => len > 1,
            Some(byte) => is_separator(byte),
            None => true,
        };
        if !ends_there || !(1..=MAX_TERM_BYTES).contains(&len) {
            return false;
        }
        let span = self.at..self.at + len;
        self.token.term.clear();
        self.token.term.push_str(&self.text[span.clone()]);
        self.token.term.make_ascii_lowercase();
        (self.token.kind, self.token.is_hiragana) = (Kind::Word, false);
        (self.katakana, self.numbers) = (0, 0);
        self.at = span.end;
        (self.token.span, self.token.position) = (span, self.seen);
        self.seen += 1;
        true
    }

    fn advance_to_any(&mut self) -> bool {
        while let Some((start, class)) = first_in_token(&self.text[self.at..]) {
            let start = self.at + start;
            let (end, spelling) = self.extent(start, class);
            self.spell(start..end, spelling);
            // A mark that is no part of the term still belongs to the token.
            let end = end + kana::silent_mark_len(self.katakana, &self.text[end..]);
            self.at = end;
            if self.token.term.is_empty() {
                continue;
            }
            truncate(&mut self.token.term);
            let follows = self.follows(start);
            self.token.span = start..end;
            self.token.position = self.seen;
            self.token.kind = match class {
                Class::Word => Kind::Word,
                _ if follows => Kind::NextCharacter,
                _ => Kind::Character,
            };
            self.seen += 1;
            return true;
        }
        self.at = self.text.len();
        false
    }

    /// Whether a character at `start` goes on with the one that the walk stands on.
    ///
    /// Chinese and Japanese words go on in the next line without a hyphen. Behind a very short line another entry of a
    /// list begins; Korean lines mostly end between words.
    fn follows(&self, start: usize) -> bool {
        let end = self.token.span.end;
        if self.seen == 0 || self.token.kind == Kind::Word {
            return false;
        }
        if end == start {
            return true;
        }
        let between = &self.text[end..start];
        let starts_with_script = |at: usize| {
            let script = self.text[at..].chars().next().map(script::character_script);
            matches!(
                script,
                Some(CharacterScript::Han | CharacterScript::Hiragana | CharacterScript::Katakana)
            )
        };
        let is_line_end = || matches!(between.trim_matches([' ', '\t']), "\n" | "\r\n");
        let line = self.text[..end].chars().rev().take(SHORTEST_LINE).take_while(|&c| c != '\n');
        between == ZERO_WIDTH_SPACE
            || (is_line_end()
                && line.count() == SHORTEST_LINE
                && [self.token.span.start, start].into_iter().all(starts_with_script))
    }

    /// Where the token that starts at `start` ends, and what of it counts.
    fn extent(&mut self, start: usize, class: Class) -> (usize, Spelling) {
        let (before, rest) = self.text.split_at(start);
        if class == Class::Word && rest.starts_with(unspaced::is_unspaced) {
            return (self.segments.end(self.text, start), Spelling::Plain);
        }
        if class == Class::Word {
            if let Some(len) = initials::len(before, rest) {
                return (start + len, Spelling::WithoutJoints);
            }
            if let Some(len) = number::grouped_len(before, rest) {
                let last = len - rest[..len].chars().next_back().map_or(0, char::len_utf8);
                return (start + last + class.token_len(&rest[last..]), Spelling::WithoutJoints);
            }
        }
        let spelling = if class == Class::Word { Spelling::Plain } else { Spelling::Character };
        let len = class.token_len(rest);
        // The mark is no letter, so that it folds away.
        let mark = initials::hebrew_mark_len(&rest[..len], &rest[len..]);
        (start + len + mark.map_or(0, |mark| class.token_len(&rest[len + mark..]) + mark), spelling)
    }

    /// Makes the term of a Han, Kana or Hangul character.
    fn spell_character(&mut self, span: &Range<usize>) {
        let (before, after) = (&self.text[..span.start], &self.text[span.end..]);
        let written = &self.text[span.clone()];
        let first = written.chars().next().unwrap_or_default();
        if !kana::unfold(before, first, after, &mut self.token.term) {
            fold::fold_into(written, &mut self.token.term);
        }
        let before = if self.follows(span.start) { self.katakana } else { 0 };
        let script = script::character_script(first);
        self.token.is_hiragana = script == CharacterScript::Hiragana;
        let is_katakana = script == CharacterScript::Katakana;
        self.katakana = if is_katakana { before + 1 } else { 0 };
    }

    /// Makes the term of the token at `span`.
    fn spell(&mut self, span: Range<usize>, spelling: Spelling) {
        let written = &self.text[span.clone()];
        if !matches!(spelling, Spelling::Character) {
            self.katakana = 0;
            self.token.is_hiragana = false;
        }
        match spelling {
            Spelling::Plain => {
                let is_plural = number::is_plural_designation(&self.text[..span.start], written);
                let singular = &written[..written.len() - usize::from(is_plural)];
                fold::fold_into(singular, &mut self.token.term);
            }
            Spelling::Character => self.spell_character(&span),
            Spelling::WithoutJoints => {
                let joined: String = written.chars().filter(|&c| !is_joint(c)).collect();
                fold::fold_into(&joined, &mut self.token.term);
            }
        }
        let is_number = number::is_number(&self.token.term);
        let goes_on =
            is_number && self.numbers > 0 && is_one_joint(&self.text[self.token.span.end..span.start]);
        self.numbers = if goes_on { self.numbers + 1 } else { usize::from(is_number) };
        // The second of two numbers with a dot between them may be a fraction, in which a zero counts; of more, a part
        // of a date.
        if self.numbers != 2 || number::follows_joint(&self.text[span.end..]) {
            number::drop_zero(&mut self.token.term);
        }
    }

    /// The token that the walk stands on.
    pub fn token(&self) -> &Token {
        &self.token
    }
}

/// What of a token's text its term is made of.
#[derive(Clone, Copy)]
enum Spelling {
    /// All of it.
    Plain,
    /// All of it, a character by itself.
    Character,
    /// Its letters or digits, without what stands between them.
    WithoutJoints,
}

/// Whether a character stands between the letters of initials or the digits of numbers.
pub(super) fn is_joint(c: char) -> bool {
    matches!(c, '.' | ',' | '．' | '，' | '٫' | '٬')
}

/// Whether a text is one such character.
fn is_one_joint(text: &str) -> bool {
    let mut characters = text.chars();
    characters.next().is_some_and(is_joint) && characters.next().is_none()
}

/// Cuts a term to [`MAX_TERM_BYTES`], on a character boundary.
pub(super) fn truncate(term: &mut String) {
    if term.len() > MAX_TERM_BYTES {
        term.truncate(term.floor_char_boundary(MAX_TERM_BYTES));
    }
}

/// The offset and class of the first character of `text` that can start a token.
fn first_in_token(text: &str) -> Option<(usize, Class)> {
    text.char_indices().find_map(|(at, c)| match script::class(c) {
        class @ (Class::Word | Class::Character) => Some((at, class)),
        Class::Extender | Class::Separator => None,
    })
}

#[cfg(test)]
mod tests {
    use super::super::{Language, stem_terms};

    fn pairs(text: &str) -> String {
        stem_terms(text, Language::default()).join(" ")
    }

    #[test]
    fn words_of_chinese_and_japanese_go_on_in_the_next_line() {
        for (broken, whole) in [
            ("习近平访\n问俄罗斯", "习近平访问俄罗斯"),
            ("それは北朝 \r\n\t  鮮の", "それは北朝鮮の"),
            ("新しいコンピュ\nーターの", "新しいコンピューターの"),
            ("북\u{200b}한 東\u{200b}京", "북한 東京"),
        ] {
            assert_eq!(pairs(broken), pairs(whole), "{broken:?}");
        }
    }

    #[test]
    fn other_ends_of_lines_end_words() {
        for (text, apart) in [
            ("東京都\n大阪府", "東京都 大阪府"),
            ("新しい東京\n\n大阪の", "新しい東京 大阪の"),
            ("新しい東京。\n大阪の", "新しい東京。 大阪の"),
            ("신형미사일\n발사", "신형미사일 발사"),
            ("新しい東京 大阪", "新しい東京、大阪"),
        ] {
            assert_eq!(pairs(text), pairs(apart), "{text:?}");
        }
    }
}
