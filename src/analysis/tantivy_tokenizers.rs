//! The tokenizer of the index: it parts a list of terms ([`super::TermList`]) again.

use tantivy::tokenizer::{TextAnalyzer, Token as TantivyToken, TokenStream, Tokenizer, TokenizerManager};

use super::STEM_MARK;
use super::views::split_term;

/// The name under which the schema asks for the tokenizer.
pub const TERMS: &str = "terms";

/// Makes the tokenizer known to an index.
pub fn register(manager: &TokenizerManager) {
    manager.register(TERMS, TextAnalyzer::from(Terms));
}

#[derive(Clone)]
struct Terms;

impl Tokenizer for Terms {
    type TokenStream<'a> = TermStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> TermStream<'a> {
        TermStream { rest: text, token: TantivyToken::default() }
    }
}

/// Gives out terms; a stem with a mark stands at the position of the word before it.
struct TermStream<'a> {
    rest: &'a str,
    token: TantivyToken,
}

impl TokenStream for TermStream<'_> {
    fn advance(&mut self) -> bool {
        while let Some((term, rest)) = split_term(self.rest) {
            self.rest = rest;
            if !term.starts_with(STEM_MARK) {
                self.token.position = self.token.position.wrapping_add(1);
            }
            // A gap takes up a position, and is no term.
            if !term.is_empty() {
                self.token.text.clear();
                self.token.text.push_str(term);
                return true;
            }
        }
        false
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
    use super::*;

    #[test]
    fn a_marked_stem_stands_where_its_word_stands_and_a_gap_parts() {
        let mut tokenizer = Terms;
        let mut stream = tokenizer.token_stream("\u{7}missile\u{7}\u{1}missil\0\u{8}warnings\u{5}\u{1}warn");
        let mut terms = Vec::new();
        while let Some(token) = stream.next() {
            terms.push((token.position, token.text.clone()));
        }
        let expected = [(0, "missile"), (0, "\u{1}missil"), (2, "warnings"), (2, "\u{1}warn")];
        assert_eq!(terms, expected.map(|(at, term)| (at, term.to_owned())));
    }
}
