//! Reading a dictionary that was built for lindera, and finding the words of a run by it.
//!
//! The large files are mapped, not read: opening one takes a millisecond. A dictionary is the user's own and still
//! checked: what does not fit is told when it is opened, and what fails later ends the finding of words, not the program.

use std::collections::HashMap;
use std::fmt;
use std::fs;
use std::io;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use lindera_dictionary::dictionary::Dictionary;
use lindera_dictionary::dictionary::metadata::{DICTIONARY_FORMAT_VERSION, Metadata};
use lindera_dictionary::mode::Mode;
use lindera_dictionary::viterbi::{Lattice, LatticeOptions, WordId};

use super::grammar::{Grammar, Piece, Role};
use super::{DictionaryError, Tongue, Word, Words};
use crate::analysis::tokens;
use crate::analysis::walk::truncate;

/// The longest unknown word, in characters, as MeCab has it.
const LONGEST_UNKNOWN: usize = 24;

/// How many bytes an entry of `dict.vals` has, and where the numbers of its contexts stand in it.
const ENTRY: usize = 10;
const LEFT: usize = 6;
const RIGHT: usize = 8;

/// A dictionary that is open.
pub(super) struct Lexicon {
    dictionary: Dictionary,
    grammar: Grammar,
}

impl fmt::Debug for Lexicon {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lexicon").field("name", &self.dictionary.metadata.name).finish_non_exhaustive()
    }
}

/// How many words are remembered, each with what it is: most of any text.
const MOST_KNOWN: usize = 1 << 15;

/// What finding words needs, kept from one run to the next for its memory.
#[derive(Default)]
pub(super) struct Workspace {
    lattice: Lattice,
    offsets: Vec<(usize, WordId)>,
    /// What words of the dictionaries are, with their forms folded, by their numbers.
    known: HashMap<(Tongue, u32), Vec<Piece>>,
    /// Whether a dictionary made lindera fail.
    has_failed: bool,
}

impl fmt::Debug for Workspace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Workspace").finish_non_exhaustive()
    }
}

impl Lexicon {
    /// Opens the dictionary in a folder.
    pub(super) fn open(path: &Path) -> Result<(Self, Tongue), DictionaryError> {
        let metadata = metadata(path)?;
        if metadata.format_version != DICTIONARY_FORMAT_VERSION {
            let (found, expected) = (metadata.format_version, DICTIONARY_FORMAT_VERSION);
            return Err(DictionaryError::Version { path: path.to_owned(), found, expected });
        }
        let grammar = Grammar::of(&metadata.dictionary_schema.fields)
            .ok_or_else(|| DictionaryError::Unsuitable(path.to_owned()))?;
        let opened = catch_unwind(|| Dictionary::load_from_path_with_options(path, true));
        let dictionary = match opened {
            Ok(Ok(dictionary)) => dictionary,
            Ok(Err(error)) => return Err(damaged(path, brief(&error.to_string()))),
            Err(_) => return Err(damaged(path, "its files make no sense".to_owned())),
        };
        Ok((Self { dictionary, grammar }, grammar.tongue))
    }

    /// Looks whether the words of the dictionary fit its costs.
    pub(super) fn examine(&self, path: &Path) -> Result<(), DictionaryError> {
        let matrix = &self.dictionary.connection_cost_matrix;
        let fits = |entry: &[u8; ENTRY]| {
            let number = |at: usize| u32::from(u16::from_le_bytes([entry[at], entry[at + 1]]));
            number(LEFT) < matrix.backward_size && number(RIGHT) < matrix.forward_size
        };
        let (entries, rest) = self.dictionary.prefix_dictionary.vals_data.as_chunks::<ENTRY>();
        if !rest.is_empty() || !entries.iter().all(fits) {
            return Err(damaged(path, "its words do not fit its costs".to_owned()));
        }
        let mut workspace = Workspace::default();
        self.words("ア漢字かな한글", &mut workspace);
        match workspace.has_failed {
            true => Err(damaged(path, "its files do not fit each other".to_owned())),
            false => Ok(()),
        }
    }

    /// The words of a run.
    pub(super) fn words(&self, run: &str, workspace: &mut Workspace) -> Words {
        if workspace.has_failed {
            return Words::default();
        }
        let found = catch_unwind(AssertUnwindSafe(|| self.segment(run, workspace)));
        found.unwrap_or_else(|_| {
            *workspace = Workspace { has_failed: true, ..Workspace::default() };
            Words::default()
        })
    }

    /// Finds where in a run the likeliest words begin, and which they are.
    fn look_up(&self, run: &str, workspace: &mut Workspace) {
        let Dictionary {
            prefix_dictionary: words,
            character_definition,
            unknown_dictionary,
            connection_cost_matrix,
            ..
        } = &self.dictionary;
        let mode = Mode::Normal;
        let mut options = LatticeOptions::new(&mode);
        options.max_grouping_len = Some(LONGEST_UNKNOWN);
        workspace.lattice.set_text_with_options(
            words,
            &None,
            character_definition,
            unknown_dictionary,
            connection_cost_matrix,
            run,
            &options,
        );
        workspace.lattice.tokens_offset_into(&mut workspace.offsets);
    }

    fn segment(&self, run: &str, workspace: &mut Workspace) -> Words {
        self.look_up(run, workspace);
        let mut found = Sentence { is_whole: !workspace.offsets.is_empty(), ..Sentence::default() };
        let ends = workspace.offsets.iter().skip(1).map(|(start, _)| *start).chain([run.len()]);
        if workspace.known.len() > MOST_KNOWN {
            workspace.known.clear();
        }
        for (&(start, id), end) in workspace.offsets.iter().zip(ends) {
            let Some(surface) = run.get(start..end) else { continue };
            let unknown;
            let pieces = if id.is_unknown() {
                unknown = self.pieces(surface, id);
                &unknown
            } else {
                let key = (self.grammar.tongue, id.id());
                workspace.known.entry(key).or_insert_with(|| self.pieces(surface, id))
            };
            let mut at = start;
            for piece in pieces {
                let range = piece.part.map_or(start..end, |len| at..at + len);
                at = range.end;
                found.push(piece, range);
            }
        }
        Words { found: found.words, is_whole: found.is_whole }
    }

    /// What a word is, and what it consists of.
    fn pieces(&self, surface: &str, id: WordId) -> Vec<Piece> {
        let mut pieces = Vec::new();
        self.grammar.read(surface, &self.details(id), &mut |piece| {
            pieces.push(Piece { base: folded(&piece.base), ..piece });
        });
        pieces
    }

    fn details(&self, id: WordId) -> Vec<&str> {
        let number = id.id() as usize;
        match id.is_unknown() {
            true => self.dictionary.unknown_word_details_iter(number).collect(),
            false => self.dictionary.word_details_iter(number).collect(),
        }
    }
}

/// The words of a run so far.
#[derive(Default)]
struct Sentence {
    words: Vec<Word>,
    is_whole: bool,
    /// Whether an ending would belong to the last word.
    is_open: bool,
}

impl Sentence {
    fn push(&mut self, piece: &Piece, range: Range<usize>) {
        match piece.role {
            Role::Word | Role::Inflected if piece.base.is_empty() => {}
            Role::Word | Role::Inflected => self.words.push(Word { form: piece.base.clone(), range }),
            Role::Ending => {
                if let Some(word) = self.words.last_mut().filter(|_| self.is_open) {
                    word.range.end = word.range.end.max(range.end);
                }
            }
            Role::Grammar => {}
            Role::Other => self.is_whole = false,
        }
        self.is_open = match piece.role {
            Role::Inflected => true,
            Role::Ending => self.is_open,
            Role::Word | Role::Grammar | Role::Other => false,
        };
    }
}

/// A base form as the words of texts are folded.
fn folded(base: &str) -> String {
    let mut form: String = tokens(base).iter().map(|token| token.term.as_str()).collect();
    truncate(&mut form);
    form
}

fn metadata(path: &Path) -> Result<Metadata, DictionaryError> {
    if !path.is_dir() {
        return Err(DictionaryError::Missing(path.to_owned()));
    }
    let not_one = |reason: &str| DictionaryError::NotOne { path: path.to_owned(), reason: reason.to_owned() };
    let bytes = fs::read(path.join("metadata.json")).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => not_one("it has no metadata.json"),
        _ => damaged(path, format!("metadata.json: {error}")),
    })?;
    Metadata::load(&bytes).map_err(|_| not_one("its metadata.json makes no sense"))
}

fn damaged(path: &Path, reason: String) -> DictionaryError {
    DictionaryError::Damaged { path: path.to_owned(), reason }
}

/// The first line of a library's message.
fn brief(message: &str) -> String {
    message.lines().next().unwrap_or_default().chars().take(200).collect()
}
