//! Words of Japanese, Korean and Chinese by dictionaries that a user has.
//!
//! Pairs of characters find what is written alike. A dictionary knows more: that `食べた` is a form of `食べる`, and `걸었다`
//! one of `걷다`. Beside its pairs, a text then has the base forms of its words in a view of their own, `word`; nothing
//! is taken away, so that what is found without a dictionary is found with it.
//!
//! A dictionary is a folder that was built for lindera. Reading it is left to [`lexicon`], and to nobody in a program
//! that is built without the feature `dictionary`; what its parts of speech mean stands in `grammar`; which characters
//! make a run that is looked up, in [`run`]. Here is what the rest of the analysis sees of it: which dictionaries there
//! are, and the [`BaseForm`]s of a text.

#[cfg(feature = "dictionary")]
mod grammar;
mod identity;
#[cfg(not(feature = "dictionary"))]
#[path = "absent.rs"]
mod lexicon;
#[cfg(feature = "dictionary")]
mod lexicon;
mod run;
#[cfg(all(test, feature = "dictionary"))]
mod tests;
#[cfg(all(test, feature = "dictionary"))]
pub(crate) mod tiny;

use std::collections::HashSet;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::language::Han;
use super::{Language, Token, Tokens, VERSION};
pub use identity::Identity;
use lexicon::{Lexicon, Workspace};
use run::Run;

/// The most words that a word of a query is taken to consist of.
const MOST_FORMS: usize = 64;

/// What a dictionary knows words of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tongue {
    /// Words in Han characters, of documents in Chinese.
    Chinese,
    /// Words in Han characters and Kana.
    Japanese,
    /// Words in Hangul.
    Korean,
}

impl Tongue {
    /// The ISO 639 code of the language.
    pub fn code(self) -> &'static str {
        match self {
            Self::Chinese => "zh",
            Self::Japanese => "ja",
            Self::Korean => "ko",
        }
    }
}

/// Why a dictionary is of no use.
#[derive(Debug, thiserror::Error)]
pub enum DictionaryError {
    /// The program cannot read any.
    #[error(
        "{path}: this program is built without dictionaries; build it with `cargo build --release --features dictionary`",
        path = .0.display()
    )]
    NotBuiltIn(PathBuf),
    /// There is no such folder.
    #[error("{path}: no such folder; name a dictionary with --dictionary, or none with --no-dictionary", path = .0.display())]
    Missing(PathBuf),
    /// The folder holds something else.
    #[error(
        "{path}: not a dictionary that was built for lindera ({reason}); GUIDE.md says how to build one",
        path = .path.display()
    )]
    NotOne {
        /// The folder.
        path: PathBuf,
        /// What it lacks.
        reason: String,
    },
    /// It was built by another version of lindera.
    #[error(
        "{path}: dictionary format {found}, this program reads {expected}; build the dictionary with lindera 6",
        path = .path.display()
    )]
    Version {
        /// The folder.
        path: PathBuf,
        /// The version found there.
        found: u32,
        /// The version that can be read.
        expected: u32,
    },
    /// Nothing in it tells what the words are.
    #[error(
        "{path}: tells no base forms of words; of use are ipadic and UniDic, ko-dic, and CC-CEDICT or jieba",
        path = .0.display()
    )]
    Unsuitable(PathBuf),
    /// Its files do not fit each other, or cannot be read.
    #[error("{path}: damaged dictionary ({reason}); build it again", path = .path.display())]
    Damaged {
        /// The folder.
        path: PathBuf,
        /// What does not fit.
        reason: String,
    },
    /// It is another than the one that an index was made with.
    #[error("{path}: the dictionary has changed; run `tidings index` to analyse the documents by it", path = .0.display())]
    Changed(PathBuf),
    /// There are two for one language.
    #[error("{path}: a second dictionary for {language}; name one for each language", path = .path.display())]
    Second {
        /// The folder.
        path: PathBuf,
        /// The language's code.
        language: &'static str,
    },
}

/// A dictionary, opened.
#[derive(Debug)]
pub struct Dictionary {
    path: PathBuf,
    tongue: Tongue,
    identity: Identity,
    lexicon: Lexicon,
}

impl Dictionary {
    /// Opens the dictionary in the folder `path`.
    ///
    /// Its content is read only where its files are not as they were when it was `known`.
    ///
    /// # Errors
    ///
    /// Any [`DictionaryError`] but `Changed` and `Second`.
    pub fn open(path: &Path, known: Option<&Identity>) -> Result<Self, DictionaryError> {
        let (lexicon, tongue) = Lexicon::open(path)?;
        let identity = Identity::of(path, known)?;
        if known != Some(&identity) {
            lexicon.examine(path)?;
        }
        Ok(Self { path: path.to_owned(), tongue, identity, lexicon })
    }

    /// Opens the dictionary in the folder `path`, which must have the content of the one that is `known`.
    ///
    /// # Errors
    ///
    /// Any [`DictionaryError`] but `Second`.
    pub fn open_again(path: &Path, known: &Identity) -> Result<Self, DictionaryError> {
        let dictionary = Self::open(path, Some(known))?;
        match dictionary.identity.content == known.content {
            true => Ok(dictionary),
            false => Err(DictionaryError::Changed(path.to_owned())),
        }
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What it knows words of.
    pub fn tongue(&self) -> Tongue {
        self.tongue
    }

    /// What tells it from others.
    pub fn identity(&self) -> &Identity {
        &self.identity
    }
}

/// The dictionaries of an index, at most one for each language.
///
/// By default none. Copies share what was opened.
#[derive(Clone, Debug, Default)]
pub struct Dictionaries {
    opened: Vec<Arc<Dictionary>>,
}

impl PartialEq for Dictionaries {
    fn eq(&self, other: &Self) -> bool {
        self.opened
            .iter()
            .map(|one| &one.identity.content)
            .eq(other.opened.iter().map(|one| &one.identity.content))
    }
}

impl Eq for Dictionaries {}

impl Dictionaries {
    /// Adds a dictionary.
    ///
    /// # Errors
    ///
    /// [`DictionaryError::Second`] where there is one for its language.
    pub fn add(&mut self, dictionary: Dictionary) -> Result<(), DictionaryError> {
        let Dictionary { tongue, path, .. } = &dictionary;
        if self.of(*tongue).is_some() {
            return Err(DictionaryError::Second { path: path.clone(), language: tongue.code() });
        }
        self.opened.push(Arc::new(dictionary));
        self.opened.sort_by_key(|one| one.tongue);
        Ok(())
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.opened.is_empty()
    }

    /// Each of them, in the order of [`Tongue`].
    pub fn iter(&self) -> impl Iterator<Item = &Dictionary> {
        self.opened.iter().map(Arc::as_ref)
    }

    /// The number of the analysis that these dictionaries are part of: another one for others.
    pub fn analyzer(&self) -> u32 {
        VERSION | self.tag() << 8
    }

    fn tag(&self) -> u32 {
        if self.opened.is_empty() {
            return 0;
        }
        let mut hasher = blake3::Hasher::new();
        for one in &self.opened {
            hasher.update(one.identity.content.as_bytes());
        }
        let [first, second, third, ..] = *hasher.finalize().as_bytes();
        u32::from_be_bytes([0, first, second, third]).max(1)
    }

    fn of(&self, tongue: Tongue) -> Option<&Dictionary> {
        self.iter().find(|one| one.tongue == tongue)
    }

    /// The base forms of the words of a text in a language, in order.
    pub fn base_forms(&self, text: &str, language: Language) -> Vec<BaseForm> {
        let mut forms = Vec::new();
        if self.is_empty() {
            return forms;
        }
        let mut segmenter = Segmenter::new(self.clone());
        let mut walk = Tokens::new(text);
        let mut take = |form: BaseForm| forms.push(form);
        while walk.advance() {
            segmenter.push(text, walk.token(), language, &mut take);
        }
        segmenter.finish(&mut take);
        forms
    }

    /// What a word of a query consists of, whose tokens are `tokens`: by each dictionary that may know it, once.
    pub fn readings(&self, text: &str, tokens: &[Token]) -> Vec<Reading> {
        let mut readings: Vec<Reading> = Vec::new();
        if self.is_empty() {
            return readings;
        }
        for han in [Han::Japanese, Han::Chinese] {
            let reading = Segmenter::new(self.clone()).reading(text, tokens, Language::default().with(han));
            if !reading.forms.is_empty() && !readings.contains(&reading) {
                readings.push(reading);
            }
        }
        readings
    }
}

/// The words of a run.
#[derive(Debug, Default)]
struct Words {
    found: Vec<Word>,
    /// Whether everything in the run is a word, an ending or grammar.
    is_whole: bool,
}

/// A word of a run.
#[derive(Debug)]
struct Word {
    /// The base form, folded.
    form: String,
    /// Where in the run it stands with its endings, in bytes.
    range: Range<usize>,
}

/// The base form of a word of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaseForm {
    /// The form, folded.
    pub form: String,
    /// Where the word stands with its endings, in bytes.
    pub span: Range<usize>,
}

/// What a word of a query consists of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// The base forms of its words, each once, in order.
    pub forms: Vec<String>,
    /// Whether nothing else in it bears a meaning: no prefix, suffix or number, and nothing that no dictionary knows.
    pub is_whole: bool,
}

impl Reading {
    /// The forms that are a match by themselves: beside others, one of a single character says too little.
    pub fn telling(&self) -> impl Iterator<Item = &String> {
        let are_alone = self.forms.len() == 1;
        self.forms.iter().filter(move |form| are_alone || form.chars().nth(1).is_some())
    }
}

/// Finds the words of runs of characters. Each thread has its own: it keeps memory from one run to the next.
#[derive(Debug)]
pub struct Segmenter {
    dictionaries: Dictionaries,
    workspace: Workspace,
    run: Run,
    han: Han,
    /// Whether all that came since the last reading began is part of a word or of its endings.
    is_whole: bool,
}

impl Segmenter {
    /// Finds words by these dictionaries.
    pub fn new(dictionaries: Dictionaries) -> Self {
        let (workspace, run) = Default::default();
        Self { dictionaries, workspace, run, han: Han::Japanese, is_whole: true }
    }

    /// Takes the next token of a text; gives the words of the run before it, if it is no more of that.
    pub fn push(&mut self, text: &str, token: &Token, language: Language, take: &mut dyn FnMut(BaseForm)) {
        if !self.run.goes_on(text, token) {
            self.finish(take);
        }
        self.han = language.han();
        self.run.push(text, token);
    }

    /// Gives the words of the last run.
    pub fn finish(&mut self, take: &mut dyn FnMut(BaseForm)) {
        let Some(script) = self.run.script() else { return };
        let wanted = match (script, self.han) {
            (run::Script::Hangul, _) => Tongue::Korean,
            (run::Script::Other, Han::Japanese) => Tongue::Japanese,
            (run::Script::Other, Han::Chinese) => Tongue::Chinese,
        };
        match self.dictionaries.of(wanted) {
            Some(dictionary) => {
                let words = dictionary.lexicon.words(self.run.spoken(), &mut self.workspace);
                self.is_whole &= words.is_whole;
                for word in words.found {
                    take(BaseForm { form: word.form, span: self.run.span(word.range) });
                }
            }
            None => self.is_whole = false,
        }
        self.run.clear();
    }

    fn reading(&mut self, text: &str, tokens: &[Token], language: Language) -> Reading {
        let mut seen = HashSet::new();
        let mut forms = Vec::new();
        let mut take = |BaseForm { form, .. }: BaseForm| {
            if seen.insert(form.clone()) {
                forms.push(form);
            }
        };
        for token in tokens {
            self.push(text, token, language, &mut take);
        }
        self.finish(&mut take);
        let is_whole = self.is_whole && forms.len() <= MOST_FORMS;
        forms.truncate(MOST_FORMS);
        Reading { forms, is_whole }
    }
}
