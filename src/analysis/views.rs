//! The words of a text in every view, from one walk over it.
//!
//! What is indexed is analysed before anything is written: a text becomes lists of words by their numbers in a
//! [`Vocabulary`]. So it is walked once and not once for each view, its tokens are counted on the way, and that happens
//! on whichever thread has the text.

use super::dictionary::{BaseForm, Dictionaries, Segmenter};
use super::vocabulary::{Plain, Vocabulary, WordId};
use super::{Kind, Language, Token, Tokens};

/// Where the words of a text's views go. Lists are added to, so that several texts can make one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words {
    /// Words and single characters, one for each position of `body`; words stand in `stem` too.
    pub body: Vec<WordId>,
    /// How many of them are words.
    pub stems: usize,
    /// Pairs of characters, and characters that stand alone: the rest of `stem`.
    pub pairs: Vec<WordId>,
    /// Base forms by dictionaries: `word`.
    pub forms: Vec<WordId>,
}

impl Words {
    /// Removes all words.
    pub fn clear(&mut self) {
        let Self { body, stems, pairs, forms } = self;
        *stems = 0;
        [body, pairs, forms].into_iter().for_each(Vec::clear);
    }

    /// How many tokens the text has in `stem`.
    pub fn ranked(&self) -> usize {
        self.stems + self.pairs.len()
    }
}

/// Makes the words of texts. Each thread has its own: it remembers words.
#[derive(Debug)]
pub struct Analyzer {
    vocabulary: Vocabulary,
    /// Plain words whose numbers are not looked up yet, and their places.
    plain: Vec<(usize, Plain)>,
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
        Self { vocabulary: Vocabulary::default(), plain: Vec::new(), before: String::new(), segmenter }
    }

    /// The words that were met since the last [`forget`](Self::forget).
    pub fn vocabulary(&self) -> &Vocabulary {
        &self.vocabulary
    }

    /// Gives up all words; their numbers mean nothing any more.
    pub fn forget(&mut self) {
        self.vocabulary = Vocabulary::default();
    }

    /// Adds the words of a text to the lists of its views.
    pub fn push_words(&mut self, text: &str, language: Language, words: &mut Words) {
        let of = self.vocabulary.of(language);
        let mut walk = Tokens::new(text);
        // Whether the last character of a run waits for a second one to make a pair with.
        let mut is_alone = false;
        while walk.advance() {
            let token = walk.token();
            if is_alone && token.kind != Kind::NextCharacter {
                words.pairs.push(self.vocabulary.pair(&self.before));
            }
            is_alone = token.kind == Kind::Character;
            match token.kind {
                Kind::Word => {
                    words.stems += 1;
                    match self.vocabulary.plain(of, &token.term) {
                        Some(plain) => {
                            self.plain.push((words.body.len(), plain));
                            words.body.push(WordId::GAP);
                        }
                        None => {
                            let written = &text[token.span.clone()];
                            words.body.push(self.vocabulary.word(of, written, &token.term));
                        }
                    }
                }
                Kind::Character | Kind::NextCharacter => {
                    words.body.push(self.vocabulary.character(&token.term));
                    self.push_to_run(text, token, language, &mut words.forms);
                    let ranked = token.ranked();
                    if token.kind == Kind::NextCharacter {
                        self.before.push_str(&ranked);
                        words.pairs.push(self.vocabulary.pair(&self.before));
                    }
                    self.before.clear();
                    self.before.push_str(&ranked);
                }
            }
        }
        self.vocabulary.put_plain(of, &mut self.plain, &mut words.body);
        if is_alone {
            words.pairs.push(self.vocabulary.pair(&self.before));
        }
        if let Some(segmenter) = &mut self.segmenter {
            let vocabulary = &mut self.vocabulary;
            segmenter.finish(&mut |BaseForm { form, .. }| words.forms.push(vocabulary.base_form(&form)));
        }
    }

    fn push_to_run(&mut self, text: &str, token: &Token, language: Language, forms: &mut Vec<WordId>) {
        if let Some(segmenter) = &mut self.segmenter {
            let vocabulary = &mut self.vocabulary;
            let mut take = |BaseForm { form, .. }: BaseForm| forms.push(vocabulary.base_form(&form));
            segmenter.push(text, token, language, &mut take);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::{stem_terms, tokens};
    use super::*;

    proptest! {
        #[test]
        fn one_walk_gives_the_views(
            text in "([a-zé ]{0,3}|[가-힣ぁ-ん漢字]{0,3}|generaux|\\PC|\0|\u{1}|\u{2}){0,12}",
            code in prop::sample::select(&[None, Some("ko"), Some("fr"), Some("de")][..]),
        ) {
            let language = Language::of(code);
            let (mut analyzer, mut words) = (Analyzer::default(), Words::default());
            analyzer.push_words(&text, language, &mut words);
            prop_assert!(words.forms.is_empty(), "there is no dictionary");
            let vocabulary = analyzer.vocabulary();
            let shown = |form: &[u8]| str::from_utf8(form).expect("text").to_owned();
            let body: Vec<_> = words.body.iter().map(|&id| shown(vocabulary.term(id))).collect();
            let expected: Vec<_> = tokens(&text).into_iter().map(|token| token.term).collect();
            prop_assert_eq!(body, expected);
            let ranked = words.body.iter().chain(&words.pairs).map(|&id| shown(vocabulary.stem(id)));
            let mut ranked: Vec<_> = ranked.filter(|stem| !stem.is_empty()).collect();
            prop_assert_eq!(ranked.len(), words.ranked());
            let mut expected = stem_terms(&text, language);
            ranked.sort();
            expected.sort();
            prop_assert_eq!(ranked, expected);
        }
    }
}
