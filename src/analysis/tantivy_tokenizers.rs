//! The views as tantivy tokenizers: a thin skin over [`Tokens`].
//!
//! The views that have stems read the language of a text from a tag before it ([`Language::tagged`]); offsets count
//! from behind the tag.

use std::borrow::Cow;

use tantivy::tokenizer::{TextAnalyzer, Token as TantivyToken, TokenStream, Tokenizer, TokenizerManager};

use super::{Kind, Language, STEM_MARK, Tokens};

/// A form in which a text is indexed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum View {
    /// Folded words, each with its position.
    Body,
    /// Stems, and pairs of characters; for ranking.
    Stem,
    /// Folded words with their positions, and at the same positions their marked stems.
    Both,
}

impl View {
    /// Every view.
    pub const ALL: [Self; 3] = [Self::Body, Self::Stem, Self::Both];

    /// The name under which the schema asks for the view.
    pub fn name(self) -> &'static str {
        match self {
            Self::Body => "body",
            Self::Stem => "stem",
            Self::Both => "both",
        }
    }
}

/// Makes the views known to an index.
pub fn register(manager: &TokenizerManager) {
    for view in View::ALL {
        manager.register(view.name(), TextAnalyzer::from(ViewTokenizer(view)));
    }
}

#[derive(Clone)]
struct ViewTokenizer(View);

impl Tokenizer for ViewTokenizer {
    type TokenStream<'a> = ViewStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> ViewStream<'a> {
        let (language, start) = match self.0 {
            View::Body => (Language::default(), 0),
            View::Stem | View::Both => Language::of_tag(text),
        };
        ViewStream {
            view: self.0,
            text: &text[start..],
            language,
            walk: Tokens::new(&text[start..]),
            ahead: Ahead::Unread,
            pending_stem: false,
            before: String::new(),
            token: TantivyToken::default(),
        }
    }
}

/// Whether the walk already stands on a token that has not been given out.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ahead {
    Unread,
    Read,
    End,
}

struct ViewStream<'a> {
    view: View,
    text: &'a str,
    language: Language,
    walk: Tokens<'a>,
    ahead: Ahead,
    /// Whether the marked stem of the token given out last is still to come.
    pending_stem: bool,
    /// The last character of a run, for the pair that it makes with the next.
    before: String,
    token: TantivyToken,
}

impl ViewStream<'_> {
    fn read(&mut self) -> bool {
        match self.ahead {
            Ahead::Read => self.ahead = Ahead::Unread,
            Ahead::End => return false,
            Ahead::Unread if self.walk.advance() => {}
            Ahead::Unread => {
                self.ahead = Ahead::End;
                return false;
            }
        }
        true
    }

    fn advance_body(&mut self) -> bool {
        if !self.read() {
            return false;
        }
        let token = self.walk.token();
        self.token.text.clone_from(&token.term);
        self.place();
        true
    }

    fn advance_both(&mut self) -> bool {
        if self.pending_stem {
            self.pending_stem = false;
            self.token.text.clear();
            self.token.text.push(STEM_MARK);
            self.push_stem();
            return true;
        }
        self.pending_stem = self.advance_body();
        self.pending_stem
    }

    fn advance_stem(&mut self) -> bool {
        if !self.read() {
            return false;
        }
        let token = self.walk.token();
        self.token.text.clear();
        match token.kind {
            Kind::Word => self.push_stem(),
            Kind::NextCharacter => self.push_pair(),
            Kind::Character => {
                self.before = token.ranked().into_owned();
                let alone = token.span.clone();
                self.token.text.push_str(&self.before);
                (self.token.offset_from, self.token.offset_to) = (alone.start, alone.end);
                self.token.position = self.token.position.wrapping_add(1);
                self.ahead = if self.walk.advance() { Ahead::Read } else { Ahead::End };
                if self.ahead == Ahead::Read && self.walk.token().kind == Kind::NextCharacter {
                    self.ahead = Ahead::Unread;
                    self.token.text.clear();
                    self.push_pair();
                    (self.token.offset_from, self.token.offset_to) =
                        (alone.start, self.walk.token().span.end);
                }
                return true;
            }
        }
        let token = self.walk.token();
        (self.token.offset_from, self.token.offset_to) = (token.span.start, token.span.end);
        self.token.position = self.token.position.wrapping_add(1);
        true
    }

    fn push_stem(&mut self) {
        let token = self.walk.token();
        let stem = match token.kind {
            Kind::Word => self.language.stem(&self.text[token.span.clone()], &token.term),
            // Titles and headings are looked in by single characters, whose form is the folded one.
            Kind::Character | Kind::NextCharacter => Cow::Borrowed(token.term.as_str()),
        };
        self.token.text.push_str(&stem);
    }

    fn push_pair(&mut self) {
        let term = self.walk.token().ranked();
        self.token.text.push_str(&self.before);
        self.token.text.push_str(&term);
        self.before.clear();
        self.before.push_str(&term);
    }

    fn place(&mut self) {
        let token = self.walk.token();
        (self.token.offset_from, self.token.offset_to) = (token.span.start, token.span.end);
        self.token.position = token.position;
    }
}

impl TokenStream for ViewStream<'_> {
    fn advance(&mut self) -> bool {
        match self.view {
            View::Body => self.advance_body(),
            View::Stem => self.advance_stem(),
            View::Both => self.advance_both(),
        }
    }

    fn token(&self) -> &TantivyToken {
        &self.token
    }

    fn token_mut(&mut self) -> &mut TantivyToken {
        &mut self.token
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::{stem_terms, tokens};
    use super::*;

    fn terms(view: View, text: &str) -> Vec<(usize, String)> {
        let mut tokenizer = ViewTokenizer(view);
        let mut stream = tokenizer.token_stream(text);
        let mut terms = Vec::new();
        while let Some(token) = stream.next() {
            terms.push((token.position, token.text.clone()));
        }
        terms
    }

    #[test]
    fn titles_have_words_and_stems_at_the_same_places() {
        let expected = [(0, "missile"), (0, "\u{1}missil"), (1, "warnings"), (1, "\u{1}warn")];
        assert_eq!(terms(View::Both, "Missile warnings"), expected.map(|(at, term)| (at, term.into())));
    }

    proptest! {
        #[test]
        fn the_streams_give_the_views(
            text in "([a-zé ]{0,3}|[가-힣ぁ-ん漢字]{0,3}|generaux|\\PC){0,12}",
            code in prop::sample::select(&[None, Some("ko"), Some("fr"), Some("de")][..]),
        ) {
            let body: Vec<_> = tokens(&text).into_iter().map(|token| (token.position, token.term)).collect();
            prop_assert_eq!(terms(View::Body, &text), body);
            let tagged = Language::tagged(code, &text);
            let stems: Vec<_> = terms(View::Stem, &tagged).into_iter().map(|(_, term)| term).collect();
            prop_assert_eq!(stems, stem_terms(&text, Language::of(code)));
            let both = terms(View::Both, &tagged).into_iter().filter(|(_, term)| !term.starts_with(STEM_MARK));
            prop_assert_eq!(both.collect::<Vec<_>>(), terms(View::Body, &text));
        }
    }
}
