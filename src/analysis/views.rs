//! The terms of a text in every view, from one walk over it.
//!
//! What is indexed is analysed before it is handed to tantivy: the terms of a view come as one text, a [`TermList`],
//! which the tokenizer of the index only has to part again. So a passage is walked once and not once for each view, its
//! tokens are counted on the way, and that happens on whichever thread has the text.

use super::dictionary::{BaseForm, Dictionaries, Segmenter};
use super::stem_table::StemTable;
use super::{Kind, Language, STEM_MARK, Token, Tokens};

/// Terms in order, as one text.
///
/// Before each term stands a character whose number is the term's length in bytes. One of zero, with no term, is a gap:
/// it parts texts that no phrase goes across.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TermList {
    bytes: Vec<u8>,
    len: u64,
}

/// The first term of a list's text, and the text of the rest; the term is empty where there is a gap.
pub fn split_term(list: &str) -> Option<(&str, &str)> {
    let mut characters = list.chars();
    let len = characters.next()? as usize;
    characters.as_str().split_at_checked(len)
}

impl TermList {
    /// The terms as one text.
    pub fn as_str(&self) -> &str {
        str::from_utf8(&self.bytes).expect("terms are text")
    }

    /// How many terms there are.
    pub fn len(&self) -> u64 {
        self.len
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Removes all terms.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.len = 0;
    }

    /// Parts what was added from what will be: no phrase goes on from one to the other.
    pub fn push_gap(&mut self) {
        self.bytes.push(0);
    }

    /// Adds the terms of another list.
    pub fn append(&mut self, other: &Self) {
        self.bytes.extend_from_slice(&other.bytes);
        self.len += other.len;
    }

    fn push(&mut self, term: &str) {
        self.push_with(|bytes| bytes.extend_from_slice(term.as_bytes()));
    }

    /// Adds the term whose bytes `add` adds.
    fn push_with(&mut self, add: impl FnOnce(&mut Vec<u8>)) {
        let start = self.bytes.len();
        self.bytes.push(0);
        add(&mut self.bytes);
        let len = self.bytes.len() - start - 1;
        match u8::try_from(len) {
            Ok(len) if len.is_ascii() => self.bytes[start] = len,
            _ => {
                let len = u32::try_from(len).ok().and_then(char::from_u32).expect("terms are short");
                let _ = self.bytes.splice(start..=start, len.encode_utf8(&mut [0; 4]).bytes());
            }
        }
        self.len += 1;
    }
}

/// Where the terms of a text's views go.
#[derive(Debug)]
pub struct Views<'l> {
    /// Words and single characters.
    pub body: &'l mut TermList,
    /// Stems and pairs of characters.
    pub stem: &'l mut TermList,
    /// Base forms by dictionaries.
    pub word: &'l mut TermList,
}

/// Makes the terms of texts. Each thread has its own: it remembers stems.
#[derive(Debug)]
pub struct Analyzer {
    stems: StemTable,
    /// The last character of a run, for the pair that it makes with the next.
    before: String,
    /// What finds base forms, where there are dictionaries.
    segmenter: Option<Segmenter>,
}

impl Default for Analyzer {
    fn default() -> Self {
        Self::new(&Dictionaries::default())
    }
}

impl Analyzer {
    /// An analyzer that finds base forms by these dictionaries.
    pub fn new(dictionaries: &Dictionaries) -> Self {
        let segmenter = (!dictionaries.is_empty()).then(|| Segmenter::new(dictionaries.clone()));
        Self { stems: StemTable::new(), before: String::new(), segmenter }
    }

    /// Adds the terms of a text to the lists of its views.
    pub fn push_views(&mut self, text: &str, language: Language, views: Views<'_>) {
        let Views { body, stem, word } = views;
        let mut walk = Tokens::new(text);
        // Whether the last character of a run waits for a second one to make a pair with.
        let mut is_alone = false;
        while walk.advance() {
            let token = walk.token();
            body.push(&token.term);
            if is_alone && token.kind != Kind::NextCharacter {
                stem.push(&self.before);
            }
            is_alone = token.kind == Kind::Character;
            match token.kind {
                Kind::Word => {
                    let written = &text[token.span.clone()];
                    stem.push_with(|bytes| self.stems.push_stem(language, written, &token.term, bytes));
                }
                Kind::Character | Kind::NextCharacter => {
                    self.push_to_run(text, token, language, word);
                    let ranked = token.ranked();
                    if token.kind == Kind::NextCharacter {
                        self.before.push_str(&ranked);
                        stem.push(&self.before);
                    }
                    self.before.clear();
                    self.before.push_str(&ranked);
                }
            }
        }
        if is_alone {
            stem.push(&self.before);
        }
        if let Some(segmenter) = &mut self.segmenter {
            segmenter.finish(&mut |BaseForm { form, .. }| word.push(&form));
        }
    }

    fn push_to_run(&mut self, text: &str, token: &Token, language: Language, word: &mut TermList) {
        if let Some(segmenter) = &mut self.segmenter {
            segmenter.push(text, token, language, &mut |BaseForm { form, .. }| word.push(&form));
        }
    }

    /// Adds the terms of a title or heading to a list: each word, and behind it its stem with [`STEM_MARK`] before it.
    ///
    /// Titles and headings are looked in by single characters, so these have no pairs here.
    pub fn push_words_and_stems(&mut self, text: &str, language: Language, list: &mut TermList) {
        let mut walk = Tokens::new(text);
        while walk.advance() {
            let token = walk.token();
            list.push(&token.term);
            list.push_with(|bytes| {
                bytes.push(STEM_MARK as u8);
                match token.kind {
                    Kind::Word => {
                        let written = &text[token.span.clone()];
                        self.stems.push_stem(language, written, &token.term, bytes);
                    }
                    Kind::Character | Kind::NextCharacter => bytes.extend_from_slice(token.term.as_bytes()),
                }
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::{stem_terms, tokens};
    use super::*;

    fn terms(list: &TermList) -> Vec<&str> {
        let first = split_term(list.as_str());
        let split = std::iter::successors(first, |(_, rest)| split_term(rest));
        let terms: Vec<_> = split.map(|(term, _)| term).collect();
        assert_eq!(terms.len() as u64, list.len());
        terms
    }

    #[test]
    fn titles_have_words_and_their_stems() {
        let mut list = TermList::default();
        Analyzer::default().push_words_and_stems("Missile warnings 경보", Language::default(), &mut list);
        let expected = ["missile", "\u{1}missil", "warnings", "\u{1}warn", "경", "\u{1}경", "보", "\u{1}보"];
        assert_eq!(terms(&list), expected);
    }

    #[test]
    fn long_terms_and_gaps_are_told() {
        let mut list = TermList::default();
        let long = "é".repeat(100);
        list.push(&long);
        list.push_gap();
        list.push("end");
        let (first, rest) = split_term(list.as_str()).expect("a term");
        assert_eq!((first, rest), (long.as_str(), "\0\u{3}end"));
        assert_eq!(split_term("\0\u{3}end"), Some(("", "\u{3}end")));
        assert_eq!((split_term(""), split_term("\u{3}en")), (None, None));
    }

    proptest! {
        #[test]
        fn one_walk_gives_the_views(
            text in "([a-zé ]{0,3}|[가-힣ぁ-ん漢字]{0,3}|generaux|\\PC|\0|\u{1}|\u{2}){0,12}",
            code in prop::sample::select(&[None, Some("ko"), Some("fr"), Some("de")][..]),
        ) {
            let language = Language::of(code);
            let (mut body, mut stem) = (TermList::default(), TermList::default());
            let mut word = TermList::default();
            let views = Views { body: &mut body, stem: &mut stem, word: &mut word };
            Analyzer::default().push_views(&text, language, views);
            prop_assert!(word.is_empty(), "there is no dictionary");
            let expected: Vec<_> = tokens(&text).into_iter().map(|token| token.term).collect();
            prop_assert_eq!(terms(&body), expected);
            prop_assert_eq!(terms(&stem), stem_terms(&text, language));
        }
    }
}
