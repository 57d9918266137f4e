//! Languages, as far as they change what the stem of a word is.
//!
//! The script of a word decides first: a Russian name in an English text is stemmed as Russian. Where several
//! languages share a script, the language of the document decides: of Latin words among nearly thirty languages, of
//! Cyrillic, Arabic, Hebrew and Devanagari words among few. Where a language has no stemmer, or nobody knows the
//! language, Latin words are stemmed as English ones, as they are in the Korean and Japanese texts that quote them.
//!
//! Nobody says which language he types, so a word of a query stands for its stems in all the [`Languages`] that an
//! index holds.

use std::borrow::Cow;

use frostem::Algorithm;

use super::dictionary::Dictionaries;
use super::stem::{self, Algorithms, Stems};

/// How the words of a document are stemmed, by the document's language.
///
/// By default that of English documents, which is also that of documents whose language has no stemmer, or is not
/// known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Language {
    algorithms: Algorithms,
    han: Han,
}

/// The language that words in Han characters are of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) enum Han {
    Chinese,
    /// Unless the document is in Chinese.
    #[default]
    Japanese,
}

impl Language {
    /// The language with this ISO 639 code.
    pub fn of_code(code: &str) -> Self {
        let all = Algorithms::default();
        let with = |algorithms| Self { algorithms, han: Han::default() };
        let latin = |latin| with(Algorithms { latin, ..all });
        match code {
            "ca" => latin(Algorithm::Catalan),
            "cs" => latin(Algorithm::Czech),
            "da" => latin(Algorithm::Danish),
            "de" => latin(Algorithm::German),
            "eo" => latin(Algorithm::Esperanto),
            "es" => latin(Algorithm::Spanish),
            "et" => latin(Algorithm::Estonian),
            "eu" => latin(Algorithm::Basque),
            "fi" => latin(Algorithm::Finnish),
            "fr" => latin(Algorithm::French),
            "ga" => latin(Algorithm::Irish),
            "hu" => latin(Algorithm::Hungarian),
            "id" | "ms" => latin(Algorithm::Indonesian),
            "it" => latin(Algorithm::Italian),
            "lt" => latin(Algorithm::Lithuanian),
            "nb" | "nn" | "no" => latin(Algorithm::Norwegian),
            "nl" => latin(Algorithm::Dutch),
            "pl" => latin(Algorithm::Polish),
            "pt" => latin(Algorithm::Portuguese),
            "ro" => latin(Algorithm::Romanian),
            "st" => latin(Algorithm::Sesotho),
            "sv" => latin(Algorithm::Swedish),
            "tr" => latin(Algorithm::Turkish),
            "bs" | "hr" | "sh" | "sr" => {
                with(Algorithms { latin: Algorithm::Serbian, cyrillic: Some(Algorithm::Serbian), ..all })
            }
            "be" | "bg" | "kk" | "ky" | "mk" | "mn" | "tg" | "tt" | "uk" => {
                with(Algorithms { cyrillic: None, ..all })
            }
            "fa" => with(Algorithms { arabic: Some(Algorithm::Persian), ..all }),
            "ckb" | "ps" | "sd" | "ug" | "ur" => with(Algorithms { arabic: None, ..all }),
            "ne" => with(Algorithms { devanagari: Some(Algorithm::Nepali), ..all }),
            "mr" | "sa" => with(Algorithms { devanagari: None, ..all }),
            "yi" => with(Algorithms { hebrew: Some(Algorithm::Yiddish), ..all }),
            "zh" => Self { han: Han::Chinese, ..Self::default() },
            _ => with(all),
        }
    }

    /// The language with this code, if there is one.
    pub fn of(code: Option<&str>) -> Self {
        code.map(Self::of_code).unwrap_or_default()
    }

    /// The stem of a word, which is given as it is written and folded.
    pub fn stem<'w>(self, written: &str, folded: &'w str) -> Cow<'w, str> {
        stem::stem(written, folded, self.algorithms)
    }

    /// The language that words in Han characters are of.
    pub(super) fn han(self) -> Han {
        self.han
    }

    /// This language with another one for words in Han characters.
    pub(super) fn with(self, han: Han) -> Self {
        Self { han, ..self }
    }

    /// What every folded word that has one of these stems in this language starts with: one of the texts given, none of
    /// which another goes on from.
    pub fn starts_of_inflections(self, stems: &Stems) -> Vec<String> {
        without_longer(stems.iter().flat_map(|stem| stem::starts_of_inflections(stem, self.algorithms)))
    }

    /// Whether every word has the same stem in another language.
    pub fn has_stems_of(self, other: Self) -> bool {
        self.algorithms == other.algorithms
    }

    /// Whether the folded form of a Latin word is all that its stem depends on.
    pub(super) fn needs_no_accents(self) -> bool {
        self.algorithms.latin == Algorithm::English
    }
}

/// The languages of an index, as far as they change what the stem of a word is, and its dictionaries; English is always
/// among them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Languages {
    distinct: Vec<Language>,
    dictionaries: Dictionaries,
}

impl Default for Languages {
    fn default() -> Self {
        Self { distinct: vec![Language::default()], dictionaries: Dictionaries::default() }
    }
}

impl Languages {
    /// The languages with these codes.
    pub fn of<'c>(codes: impl IntoIterator<Item = &'c str>) -> Self {
        let mut languages = Self::default();
        for language in codes.into_iter().map(Language::of_code) {
            if !languages.distinct.iter().any(|known| known.has_stems_of(language)) {
                languages.distinct.push(language);
            }
        }
        languages
    }

    /// The dictionaries by which words are found beside their characters.
    pub fn dictionaries(&self) -> &Dictionaries {
        &self.dictionaries
    }

    /// Puts other dictionaries in the place of those.
    pub fn set_dictionaries(&mut self, dictionaries: Dictionaries) {
        self.dictionaries = dictionaries;
    }

    /// Every stem that a word has in these languages, by its spelling as typed and by that without accents, which is
    /// how many people type.
    pub fn stems(&self, written: &str, folded: &str) -> Stems {
        let mut stems = Stems::of(Language::default().stem(written, folded).into_owned());
        for language in &self.distinct {
            stems.add(&language.stem(written, folded));
            stems.add(&language.stem(folded, folded));
        }
        stems
    }

    /// Whether a folded word has one of these stems in one of these languages.
    pub fn share(&self, word: &str, stems: &Stems) -> bool {
        self.distinct.iter().any(|language| stems.contains(&language.stem(word, word)))
    }

    /// What every folded word that has one of these stems in one of these languages starts with: one of the texts
    /// given, none of which another goes on from.
    pub fn starts_of_inflections(&self, stems: &Stems) -> Vec<String> {
        without_longer(self.distinct.iter().flat_map(|language| language.starts_of_inflections(stems)))
    }
}

/// Texts in order, but for those that go on from another.
fn without_longer(starts: impl Iterator<Item = String>) -> Vec<String> {
    let mut starts: Vec<String> = starts.collect();
    starts.sort_unstable();
    starts.dedup_by(|next, before| next.starts_with(before.as_str()));
    starts
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::{fold, tokens};
    use super::*;

    /// Every code that changes what the stem of a word is, and one that does not.
    const CODES: [&str; 31] = [
        "ca", "cs", "da", "de", "eo", "es", "et", "eu", "fi", "fr", "ga", "hu", "id", "it", "lt", "nb", "nl",
        "pl", "pt", "ro", "st", "sv", "tr", "sr", "uk", "fa", "ur", "ne", "mr", "yi", "en",
    ];

    fn stem(code: &str, word: &str) -> String {
        Language::of_code(code).stem(word, &fold(word)).into_owned()
    }

    #[test]
    fn inflections_share_a_stem_in_each_language() {
        for (code, words) in [
            ("en", ["launches", "launching"]),
            ("fr", ["général", "généraux"]),
            ("fr", ["generaux", "Généraux"]),
            ("de", ["Raketen", "Rakete"]),
            ("de", ["Häuser", "Hauses"]),
            ("es", ["misiles", "misil"]),
            ("pt", ["lançamentos", "lançamento"]),
            ("it", ["missili", "missile"]),
            ("nl", ["raketten", "raket"]),
            ("sv", ["raketer", "raketen"]),
            ("pl", ["rakieta", "rakiety"]),
            ("tr", ["füzeler", "füzelerin"]),
            ("fi", ["ohjukset", "ohjuksen"]),
            ("hr", ["raketa", "rakete"]),
            ("en", ["ракеты", "Ракета"]),
            ("sr", ["ракете", "ракета"]),
            ("en", ["πύραυλος", "ΠΥΡΑΥΛΟΥ"]),
            ("ar", ["الصواريخ", "صواريخ"]),
            ("ar", ["كتابي", "کتابی"]),
            ("fa", ["کتاب‌های", "كتابهاي"]),
            ("ur", ["کتابی", "كتابي"]),
            ("hi", ["लड़कियाँ", "लड़की"]),
            ("ne", ["नेपालको", "नेपाल"]),
        ] {
            let [first, second] = words.map(|word| stem(code, word));
            assert_eq!(first, second, "{code} {words:?}");
        }
    }

    #[test]
    fn the_document_decides_where_languages_share_a_script() {
        assert_eq!(stem("uk", "ракети"), "ракети", "Ukrainian has no stemmer");
        assert_eq!(stem("ko", "launches"), "launch");
        assert_eq!(stem("vi", "launches"), "launch");
        assert_ne!(stem("fa", "کتابهای"), stem("ar", "کتابهای"));
        assert_eq!(stem("en", "ракета"), stem("fr", "ракета"));
    }

    #[test]
    fn a_typed_word_stands_for_its_stems_in_all_languages() {
        let stems = |languages: &Languages, word: &str| {
            let stems = languages.stems(word, &fold(word));
            stems.iter().map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(stems(&Languages::of(["ko", "en", "ja"]), "généraux"), ["generaux"]);
        assert_eq!(stems(&Languages::of(["fr", "fr"]), "généraux"), ["generaux", "general"]);
        assert_eq!(stems(&Languages::of(["fr", "de"]), "test"), ["test"]);
        assert_eq!(stems(&Languages::of(["fr", "de", "es"]), "북한"), ["북한"]);
    }

    proptest! {
        #[test]
        fn any_word_has_a_stem_in_any_language(word in "\\PC{0,12}", code in prop::sample::select(&CODES[..])) {
            for token in tokens(&word) {
                let language = Language::of_code(code);
                let stem = language.stem(&word[token.span.clone()], &token.term);
                prop_assert!(!stem.is_empty() && stem.len() <= super::super::MAX_TERM_BYTES);
                // Again, of the folded word, as it stands in an index.
                prop_assert!(!language.stem(&token.term, &token.term).is_empty());
            }
        }

        #[test]
        fn words_start_as_their_stems_say(
            word in "[a-zäçéğíñöôşüžćβκλνοςαийклмнортуя]{1,9}|[a-z]{1,3}|[अ-हा-ौ]{1,5}",
            ending in prop::sample::select(ENDINGS),
            codes in prop::collection::vec(prop::sample::select(&CODES[..]), 0..3),
        ) {
            let languages = Languages::of(codes.iter().copied());
            let written = word + ending;
            let word = fold(&written);
            let stems = languages.stems(&written, &word);
            prop_assert!(languages.share(&word, &stems));
            let starts = languages.starts_of_inflections(&stems);
            prop_assert!(starts.iter().any(|start| word.starts_with(start.as_str())), "{starts:?} {word}");
        }
    }

    const ENDINGS: &[&str] = &[
        "",
        "s",
        "es",
        "aux",
        "euses",
        "ement",
        "ung",
        "lich",
        "heit",
        "ität",
        "ern",
        "mente",
        "idad",
        "ción",
        "ões",
        "ità",
        "zione",
        "ssa",
        "lle",
        "ksi",
        "ów",
        "ami",
        "ość",
        "lar",
        "ları",
        "ler",
        "ой",
        "ами",
        "ость",
        "ться",
        "ους",
        "ων",
        "ες",
        "ियाँ",
        "को",
        "ių",
        "uje",
        "ija",
        "tatea",
        "ului",
        "elor",
    ];
}
