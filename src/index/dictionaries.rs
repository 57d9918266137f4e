//! The dictionaries that an index was made with: opened again for its queries, and examined for its documents.

use std::path::{Path, PathBuf};

use super::Snapshot;
use crate::analysis::{Dictionaries, Dictionary, DictionaryError, Identity};
use crate::config::DictionarySetting;

impl Snapshot {
    /// Opens the dictionaries of the index for queries; gives what is wrong with those that cannot be used.
    ///
    /// A word of a query is looked for by its characters in any case. By default no dictionary is opened.
    pub fn open_dictionaries(&mut self) -> Vec<DictionaryError> {
        let mut dictionaries = Dictionaries::default();
        let mut faults = Vec::new();
        for setting in &self.meta.settings.dictionaries {
            let opened = Dictionary::open_again(Path::new(&setting.path), &identity_of(setting));
            if let Err(fault) = opened.and_then(|dictionary| dictionaries.add(dictionary)) {
                faults.push(fault);
            }
        }
        self.languages.set_dictionaries(dictionaries);
        faults
    }
}

/// Dictionaries that documents are analysed by.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChosenDictionaries {
    /// The dictionaries, open.
    pub opened: Dictionaries,
    /// What the index remembers of them.
    pub settings: Vec<DictionarySetting>,
}

/// Opens the dictionaries in these folders, for documents to be analysed by.
///
/// `known` are those that the index has, whose files are not read again where they are as they were.
///
/// # Errors
///
/// When one of them cannot be used: documents that are analysed without it would silently lack words.
pub fn examined(
    paths: &[PathBuf],
    known: &[DictionarySetting],
) -> Result<ChosenDictionaries, DictionaryError> {
    let mut opened = Dictionaries::default();
    for path in paths {
        let path = path.canonicalize().unwrap_or_else(|_| path.clone());
        let known = known.iter().find(|setting| Path::new(&setting.path) == path).map(identity_of);
        opened.add(Dictionary::open(&path, known.as_ref())?)?;
    }
    let settings = opened.iter().map(setting_of).collect::<Result<_, _>>()?;
    Ok(ChosenDictionaries { opened, settings })
}

fn setting_of(dictionary: &Dictionary) -> Result<DictionarySetting, DictionaryError> {
    let Identity { content, stamp } = dictionary.identity().clone();
    let path = dictionary.path();
    let no_text =
        || DictionaryError::NotOne { path: path.to_owned(), reason: "its path is no Unicode".to_owned() };
    let named = path.to_str().ok_or_else(no_text)?;
    let language = dictionary.tongue().code().to_owned();
    Ok(DictionarySetting { path: named.to_owned(), language, content, stamp })
}

fn identity_of(setting: &DictionarySetting) -> Identity {
    Identity { content: setting.content.clone(), stamp: setting.stamp.clone() }
}
