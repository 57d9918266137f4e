//! The words of all passages of a segment, as they come.

use std::io;
use std::ops::Range;
use std::path::PathBuf;

use tantivy::DocId;
use tantivy::fieldnorm::FieldNormReader;

use super::lists::{Lists, Reader};
use crate::analysis::{WordId, Words};
use crate::index::schema::TITLE_COUNTS;

/// The words of a passage.
#[derive(Debug, Default)]
pub(in crate::index) struct PassageWords {
    /// Those of its headings, with a gap behind each.
    pub(in crate::index) headings: Words,
    /// How many gaps there are.
    pub(in crate::index) gaps: usize,
    /// Those of its text.
    pub(in crate::index) text: Words,
}

impl PassageWords {
    /// Removes all words.
    pub(in crate::index) fn clear(&mut self) {
        self.headings.clear();
        self.gaps = 0;
        self.text.clear();
    }

    /// Parts the heading that was added from what will be: no phrase goes on from one to the other.
    pub(in crate::index) fn push_gap(&mut self) {
        self.headings.body.push(WordId::GAP);
        self.gaps += 1;
    }
}

/// The words of all passages.
pub(super) struct Texts {
    /// Where lists that are many go.
    folder: PathBuf,
    /// The passages of each document that has some.
    pub(super) documents: Vec<Range<DocId>>,
    /// Of these documents' titles.
    pub(super) titles: Lists,
    title_pairs: Lists,
    title_forms: Lists,
    /// Of each entry; empty where it is no passage.
    pub(super) bodies: Lists,
    pub(super) headings: Lists,
    pairs: Lists,
    forms: Lists,
    /// How long the fields `stem`, `body`, `title`, `heading` and `word` of each entry are, as tantivy notes it.
    pub(super) norms: [Vec<u8>; 5],
    /// How many tokens these have in all entries.
    pub(super) tokens: [u64; 5],
}

impl Texts {
    /// No texts. A folder is named for the lists of those that are many.
    pub(super) fn new(folder: PathBuf) -> Self {
        Self {
            folder,
            documents: Vec::new(),
            titles: Lists::default(),
            title_pairs: Lists::default(),
            title_forms: Lists::default(),
            bodies: Lists::default(),
            headings: Lists::default(),
            pairs: Lists::default(),
            forms: Lists::default(),
            norms: Default::default(),
            tokens: [0; 5],
        }
    }

    /// Adds an entry without words.
    pub(super) fn push_record(&mut self) -> io::Result<()> {
        for lists in [&mut self.bodies, &mut self.headings, &mut self.pairs, &mut self.forms] {
            lists.push([], &self.folder)?;
        }
        self.norms.iter_mut().for_each(|norms| norms.push(0));
        Ok(())
    }

    /// Adds a passage; gives how many tokens it has in each field.
    pub(super) fn push_passage(&mut self, title: &Words, passage: &PassageWords) -> io::Result<[u64; 5]> {
        let PassageWords { headings, gaps, text } = passage;
        self.bodies.push([&text.body], &self.folder)?;
        self.headings.push([&headings.body], &self.folder)?;
        self.pairs.push([&headings.pairs, &text.pairs], &self.folder)?;
        self.forms.push([&headings.forms, &text.forms], &self.folder)?;
        let tokens = [
            TITLE_COUNTS * title.ranked() + headings.ranked() + text.ranked(),
            text.body.len(),
            2 * title.body.len(),
            2 * (headings.body.len() - gaps),
            TITLE_COUNTS * title.forms.len() + headings.forms.len() + text.forms.len(),
        ];
        for ((norms, sum), tokens) in self.norms.iter_mut().zip(&mut self.tokens).zip(tokens) {
            norms.push(FieldNormReader::fieldnorm_to_id(u32::try_from(tokens).unwrap_or(u32::MAX)));
            *sum += tokens as u64;
        }
        Ok(tokens.map(|tokens| tokens as u64))
    }

    /// Adds the title of the passages that were added last.
    pub(super) fn push_title(&mut self, title: &Words, passages: Range<DocId>) -> io::Result<()> {
        self.documents.push(passages);
        self.titles.push([&title.body], &self.folder)?;
        self.title_pairs.push([&title.pairs], &self.folder)?;
        self.title_forms.push([&title.forms], &self.folder)
    }

    /// How much memory the texts take, in bytes.
    pub(super) fn memory(&self) -> usize {
        let lists =
            self.lists().iter().map(|lists| lists.memory()).sum::<usize>() + self.bodies.memory_of_places();
        lists + self.documents.len() * size_of::<Range<DocId>>() + self.bodies.len() * self.norms.len()
    }

    /// How many words there are in the fields that have most.
    pub(super) fn words(&self) -> usize {
        self.bodies.words() + self.pairs.words() + self.headings.words()
    }

    fn lists(&self) -> [&Lists; 7] {
        let Self { titles, title_pairs, title_forms, bodies, headings, pairs, forms, .. } = self;
        [titles, title_pairs, title_forms, bodies, headings, pairs, forms]
    }
}

/// Where the words of a field occur.
#[derive(Clone, Copy)]
pub(super) enum Occurrences<'t> {
    /// In some lists; what stands with a word is its ordinal among all.
    Placed(&'t Lists),
    /// In `stem`; what stands with a word is its entry.
    Ranked(&'t Texts),
    /// In `word`, likewise.
    BaseForms(&'t Texts),
}

impl Occurrences<'_> {
    /// Calls `take` with each word, in the order of what stands with it.
    pub(super) fn for_each(self, mut take: impl FnMut(WordId, u32)) -> io::Result<()> {
        match self {
            Self::Placed(lists) => {
                let mut reader = lists.reader()?;
                let mut ordinal = 0;
                for _ in 0..lists.len() {
                    for word in reader.next_list()? {
                        take(word, ordinal);
                        ordinal += 1;
                    }
                }
                Ok(())
            }
            Self::Ranked(texts) => {
                let titles = [&texts.titles, &texts.title_pairs];
                by_entry(texts, titles, [&texts.headings, &texts.pairs, &texts.bodies], take)
            }
            Self::BaseForms(texts) => by_entry(texts, [&texts.title_forms], [&texts.forms], take),
        }
    }
}

/// Calls `take` with each word of some lists of titles and of entries, entry by entry.
fn by_entry<const T: usize, const E: usize>(
    texts: &Texts,
    titles: [&Lists; T],
    entries: [&Lists; E],
    mut take: impl FnMut(WordId, DocId),
) -> io::Result<()> {
    let (mut titles, mut entries) = (readers(titles)?, readers(entries)?);
    let mut next = 0;
    let mut title = Vec::new();
    for passages in &texts.documents {
        title.clear();
        for reader in &mut titles {
            title.extend(reader.next_list()?);
        }
        // Before the passages of a document come records, without words.
        for _ in next..passages.start {
            for reader in &mut entries {
                reader.next_list()?;
            }
        }
        for entry in passages.clone() {
            (0..TITLE_COUNTS).for_each(|_| title.iter().for_each(|&word| take(word, entry)));
            for reader in &mut entries {
                reader.next_list()?.for_each(|word| take(word, entry));
            }
        }
        next = passages.end;
    }
    Ok(())
}

fn readers<const N: usize>(lists: [&Lists; N]) -> io::Result<Vec<Reader<'_>>> {
    lists.into_iter().map(Lists::reader).collect()
}
