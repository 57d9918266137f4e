//! The words of all passages of a segment, as they come.

use std::ops::Range;

use tantivy::DocId;
use tantivy::fieldnorm::FieldNormReader;

use super::lists::Lists;
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
#[derive(Default)]
pub(super) struct Texts {
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
    /// How many tokens each entry has in `stem`, `body`, `title`, `heading` and `word`.
    pub(super) norms: [Vec<u8>; 5],
    pub(super) tokens: [u64; 5],
}

impl Texts {
    /// Adds an entry without words.
    pub(super) fn push_record(&mut self) {
        for lists in [&mut self.bodies, &mut self.headings, &mut self.pairs, &mut self.forms] {
            lists.push([]);
        }
        self.norms.iter_mut().for_each(|norms| norms.push(0));
    }

    /// Adds a passage; gives how many tokens it has in each field.
    pub(super) fn push_passage(&mut self, title: &Words, passage: &PassageWords) -> [u64; 5] {
        let PassageWords { headings, gaps, text } = passage;
        self.bodies.push([&text.body]);
        self.headings.push([&headings.body]);
        self.pairs.push([&headings.pairs, &text.pairs]);
        self.forms.push([&headings.forms, &text.forms]);
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
        tokens.map(|tokens| tokens as u64)
    }

    pub(super) fn push_title(&mut self, title: &Words, passages: Range<DocId>) {
        self.documents.push(passages);
        self.titles.push([&title.body]);
        self.title_pairs.push([&title.pairs]);
        self.title_forms.push([&title.forms]);
    }

    pub(super) fn lists(&self) -> [&Lists; 7] {
        let Self { titles, title_pairs, title_forms, bodies, headings, pairs, forms, .. } = self;
        [titles, title_pairs, title_forms, bodies, headings, pairs, forms]
    }

    /// The words of `stem`, each with its entry.
    pub(super) fn ranked(&self) -> impl Iterator<Item = (WordId, DocId)> {
        self.passages().flat_map(move |(document, entry)| {
            let title = move || self.titles.list(document).chain(self.title_pairs.list(document));
            let titles = (0..TITLE_COUNTS).flat_map(move |_| title());
            let at = entry as usize;
            let text = self.headings.list(at).chain(self.pairs.list(at)).chain(self.bodies.list(at));
            titles.chain(text).map(move |word| (word, entry))
        })
    }

    /// The words of `word`, each with its entry.
    pub(super) fn base_forms(&self) -> impl Iterator<Item = (WordId, DocId)> {
        self.passages().flat_map(move |(document, entry)| {
            let titles = (0..TITLE_COUNTS).flat_map(move |_| self.title_forms.list(document));
            titles.chain(self.forms.list(entry as usize)).map(move |word| (word, entry))
        })
    }

    /// All passages, each with the number of its document.
    fn passages(&self) -> impl Iterator<Item = (usize, DocId)> {
        let documents = self.documents.iter().enumerate();
        documents.flat_map(|(document, passages)| passages.clone().map(move |entry| (document, entry)))
    }
}
