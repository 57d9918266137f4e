//! From text to terms: the one place that decides what a word is and when two words are the same.
//!
//! Indexing, querying and highlighting all go through [`Tokens`], so that what is found and what is marked
//! can never disagree. Three views are made of it:
//!
//! | view | tokens | used for |
//! |---|---|---|
//! | `body` | folded words; each Han, Kana or Hangul character by itself | phrases, exact words, prefixes |
//! | `stem` | stems of the folded words; overlapping pairs of adjoining Han, Kana and Hangul characters, the two scripts of Kana apart | ranked words |
//! | `word` | base forms of Japanese, Korean and Chinese words, where a user has a dictionary for them | ranked words in all their forms |
//!
//! A word is a run of letters and digits with the marks that combine with them; everything else only
//! separates. In scripts that write no spaces between words (Thai and others) a dictionary tells where they end.
//! Titles and headings are indexed in both forms at once: stems stand at the positions of their words, marked by
//! [`STEM_MARK`].

mod characters;
mod detect;
mod dictionary;
mod fold;
mod function_words;
mod initials;
mod japanese;
mod kana;
pub mod korean;
mod language;
mod letters;
mod number;
mod script;
mod stem;
mod unspaced;
mod views;
mod vocabulary;
mod walk;

pub use characters::{Characters, PairKind, ending_len};
pub use detect::{KNOWN_LANGUAGES, detect_language};
pub use dictionary::{BaseForm, Dictionaries, Dictionary, DictionaryError, Identity, Reading, Tongue};
pub use fold::{fold, fold_case};
pub use function_words::{is_fragment, is_request_word, is_stop_word};
pub use language::{Language, Languages};
pub use letters::{hangul, letters};
pub use stem::Stems;
pub use views::{Analyzer, Words};
pub use vocabulary::{Vocabulary, WordId};
pub use walk::{Kind, Token, Tokens};

/// The version of the analysis, part of every document's fingerprint: raised whenever a text may
/// give other terms than before. At most 255: see [`Dictionaries::analyzer`].
pub const VERSION: u32 = 3;

/// What a stem begins with where it is indexed beside the words themselves.
pub const STEM_MARK: char = '\u{1}';

/// The longest term, in bytes; longer words are cut to it, when indexed and when searched alike.
pub const MAX_TERM_BYTES: usize = 200;

/// The tokens of a text, in order.
pub fn tokens(text: &str) -> Vec<Token> {
    let mut walk = Tokens::new(text);
    let mut tokens = Vec::new();
    while walk.advance() {
        tokens.push(walk.token().clone());
    }
    tokens
}

/// The terms that the `stem` view has for a text in a language, in order: stems, and pairs of characters.
pub fn stem_terms(text: &str, language: Language) -> Vec<String> {
    let tokens = tokens(text);
    let mut terms = Vec::with_capacity(tokens.len());
    for (at, token) in tokens.iter().enumerate() {
        let next_goes_on = tokens.get(at + 1).is_some_and(|next| next.kind == Kind::NextCharacter);
        match token.kind {
            Kind::Word => terms.push(language.stem(&text[token.span.clone()], &token.term).into_owned()),
            Kind::Character if next_goes_on => {}
            Kind::Character => terms.push(token.ranked().into_owned()),
            Kind::NextCharacter => terms.push(format!("{}{}", tokens[at - 1].ranked(), token.ranked())),
        }
    }
    terms
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn terms(text: &str) -> Vec<String> {
        tokens(text).into_iter().map(|token| token.term).collect()
    }

    #[test]
    fn words_are_runs_of_letters_and_digits() {
        assert_eq!(
            terms("U.S.-South Korea's multi-agent F-35A, a@b.org"),
            ["us", "south", "korea", "s", "multi", "agent", "f", "35a", "a", "b", "org"]
        );
        assert_eq!(terms("Koreaʼs сімʼя"), terms("Korea's сім'я"));
        assert_eq!(terms("co\u{ad}operation"), ["cooperation"], "a soft hyphen is no part of a word");
        assert_eq!(terms("— … \"\" 👍"), Vec::<String>::new());
    }

    #[test]
    fn han_kana_and_hangul_are_taken_by_character() {
        assert_eq!(terms("북한 미사일"), ["북", "한", "미", "사", "일"]);
        let kinds: Vec<Kind> = tokens("북한 미").into_iter().map(|token| token.kind).collect();
        assert_eq!(kinds, [Kind::Character, Kind::NextCharacter, Kind::Character]);
        assert_eq!(terms("ミサイルF35警報"), ["ミ", "サ", "イ", "ル", "f35", "警", "報"]);
    }

    #[test]
    fn half_width_kana_and_decomposed_hangul_become_whole_characters() {
        assert_eq!(terms("ﾐｻｲﾙｶﾞｰﾄﾞ"), ["ミ", "サ", "イ", "ル", "ガ", "ー", "ド"]);
        assert_eq!(terms("\u{1112}\u{1161}\u{11ab}국"), ["한", "국"]);
        assert_eq!(terms("か\u{3099}"), ["ガ"], "kana fold to one of their scripts");
    }

    #[test]
    fn symbols_that_stand_for_characters_or_letters_are_these() {
        assert_eq!(terms("⽇本⼈の⾏動"), terms("日本人の行動"));
        assert_eq!(terms("㈜한화 ㈱東芝 ㋐"), ["주", "한", "화", "株", "東", "芝", "ア"]);
        assert_eq!(terms("1000㎞ 5㏊ 3㎡ ㎏ ㍿"), ["1000km", "5ha", "3m2", "kg", "株式会社"]);
        assert_eq!(terms("25℃ 25 ℃ №5"), terms("25°C 25 °C No. 5"));
    }

    #[test]
    fn the_stem_view_has_stems_and_pairs() {
        assert_eq!(
            stem_terms("Launches 미사일을 한 launched", Language::default()),
            ["launch", "미사", "사일", "일을", "한", "launch"]
        );
    }

    #[test]
    fn overlong_words_are_cut_to_one_form() {
        let long = "é".repeat(500);
        assert_eq!(terms(&long)[0].len(), MAX_TERM_BYTES);
    }

    proptest! {
        #[test]
        fn tokens_lie_in_order_inside_the_text(
            text in "(\\PC|[ぁ-んァ-ヶーｦ-ﾟ々ゝゞヽヾ人]{1,6}|[ก-๛]{1,9}|[0-9.,U]{1,6}|က်|ក្ម){0,20}"
        ) {
            let mut end = 0;
            for (at, token) in tokens(&text).into_iter().enumerate() {
                prop_assert!(token.span.start >= end && token.span.start < token.span.end);
                prop_assert!(text.get(token.span.clone()).is_some());
                prop_assert_eq!(token.position, at);
                prop_assert!(!token.term.is_empty() && token.term.len() <= MAX_TERM_BYTES);
                end = token.span.end;
            }
        }

        #[test]
        fn a_terms_own_text_gives_the_term_again(text in "\\PC{0,20}") {
            // A lone vowel sign can decompose to a mark and a letter; a mark starts no token. The zero of a fraction
            // counts only where it stands.
            let is_fraction = |token: &Token| token.term.len() == 2 && token.term.starts_with('0');
            let starts_well = |token: &Token| {
                token.term.starts_with(|c| script::class(c) != script::Class::Extender) && !is_fraction(token)
            };
            for token in tokens(&text).into_iter().filter(starts_well) {
                let again = tokens(&token.term);
                let joined: String = again.iter().map(|token| token.term.as_str()).collect();
                prop_assert_eq!(joined, token.term);
            }
        }
    }
}
