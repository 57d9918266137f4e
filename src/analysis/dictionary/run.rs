//! A run of characters that is looked up in a dictionary as one text.
//!
//! Dictionaries know words as they are written, not folded: Hiragana apart from Katakana, in full width. So a run is
//! the written characters, but for those that a dictionary would not know, with the way back from its bytes to the
//! text's. A run ends where its script changes between Hangul and the others, and where it is too long: looking up takes
//! memory for each character.

use std::ops::Range;

use super::super::script::{CharacterScript, character_script};
use super::super::{Kind, Token};

/// How many tokens a run has at most. Sentences have fewer characters between two punctuation marks.
const MOST_TOKENS: usize = 256;

/// What a run is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Script {
    Hangul,
    /// Han and Kana.
    Other,
}

/// The run at hand.
#[derive(Debug, Default)]
pub(super) struct Run {
    spoken: String,
    /// For each token where its characters begin in `spoken`, and where it stands in the text.
    places: Vec<(usize, Range<usize>)>,
    script: Option<Script>,
}

impl Run {
    /// The run as a dictionary may know it.
    pub(super) fn spoken(&self) -> &str {
        &self.spoken
    }

    /// What it is written in; nothing where there is no run.
    pub(super) fn script(&self) -> Option<Script> {
        self.script
    }

    /// Whether a token is more of the run.
    pub(super) fn goes_on(&self, text: &str, token: &Token) -> bool {
        token.kind == Kind::NextCharacter
            && self.places.len() < MOST_TOKENS
            && self.script == Some(script_of(text, token))
    }

    /// Adds a token, unless it is none of characters.
    pub(super) fn push(&mut self, text: &str, token: &Token) {
        if token.kind == Kind::Word {
            return;
        }
        self.script = Some(script_of(text, token));
        self.places.push((self.spoken.len(), token.span.clone()));
        let written = &text[token.span.clone()];
        match written.chars().all(is_known) {
            true => self.spoken.push_str(written),
            false => self.spoken.push_str(&token.ranked()),
        }
    }

    /// Where the tokens stand in the text that have these bytes of the run.
    pub(super) fn span(&self, bytes: Range<usize>) -> Range<usize> {
        let first = self.places.partition_point(|(start, _)| *start <= bytes.start).saturating_sub(1);
        let last = self.places.partition_point(|(start, _)| *start < bytes.end).saturating_sub(1).max(first);
        self.places[first].1.start..self.places[last].1.end
    }

    /// Makes room for another one.
    pub(super) fn clear(&mut self) {
        self.spoken.clear();
        self.places.clear();
        self.script = None;
    }
}

fn script_of(text: &str, token: &Token) -> Script {
    match text[token.span.clone()].chars().next().map(character_script) {
        Some(CharacterScript::Hangul) => Script::Hangul,
        _ => Script::Other,
    }
}

/// Whether dictionaries write words with a character: it is a syllable, an ideograph or a kana of full width.
fn is_known(c: char) -> bool {
    matches!(c, '\u{ac00}'..='\u{d7a3}' | '\u{3400}'..='\u{9fff}' | 'ぁ'..='ゖ' | 'ァ'..='ヺ' | 'ー' | '々')
}
