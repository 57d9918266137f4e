//! The words of an index that start alike, with how often they occur.
//!
//! Dictionaries of segments still know words of what was deleted, and count it; so the postings are read. The segments
//! are walked side by side, and only as many words are held as are asked for, however many there are.

use std::cmp::Reverse;

use serde::Serialize;
use tantivy::schema::IndexRecordOption;
use tantivy::termdict::TermStreamer;
use tantivy::{DocSet, InvertedIndexReader, SegmentReader, TERMINATED};

use super::{EngineError, expand};
use crate::analysis::{Kind, tokens};
use crate::index::Snapshot;

/// What is asked of the words of an index.
#[derive(Clone, Debug)]
pub struct TermsRequest {
    /// What the words start with, as typed; nothing for all of them.
    pub prefix: String,
    /// Which form of words.
    pub form: TermForm,
    /// How many words to give at most, the most frequent; 0 for all.
    pub limit: usize,
}

/// The forms that words have in an index.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TermForm {
    /// Words of texts, folded.
    Words,
    /// Stems of words of texts, titles and headings.
    Stems,
    /// Pairs of adjoining Han, Kana or Hangul characters of texts, titles and headings.
    Pairs,
}

/// Words of an index that start alike.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Terms {
    /// Which form they have: pairs where characters were asked for that are no words.
    pub form: TermForm,
    /// The words, those of the most documents first, then those of the most passages, then by the words themselves.
    pub terms: Vec<TermCount>,
    /// How many further words start so.
    pub more: usize,
}

/// A word and how often it occurs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TermCount {
    /// The word.
    pub term: String,
    /// In how many documents.
    pub documents: usize,
    /// In how many passages.
    pub passages: usize,
}

/// The words of an index that start alike, counted exactly.
///
/// # Errors
///
/// When what is typed is not the beginning of one word, or the index cannot be read.
pub fn terms(snapshot: &Snapshot, request: &TermsRequest) -> Result<Terms, EngineError> {
    let (form, prefix) = beginning(request)?;
    let fields = snapshot.fields();
    let field = if form == TermForm::Words { fields.body } else { fields.stem };
    let segments = snapshot.searcher().segment_readers();
    let indexes = segments.iter().map(|segment| segment.inverted_index(field));
    let indexes = indexes.collect::<tantivy::Result<Vec<_>>>()?;
    let walks = segments.iter().zip(&indexes).map(|(segment, index)| Walk::new(segment, index, &prefix));
    let mut walks = walks.collect::<Result<Vec<_>, _>>()?;
    let mut most = Most::new(request.limit);
    while let Some(term) = walks.iter().filter_map(Walk::term).min().map(<[u8]>::to_vec) {
        let mut count =
            TermCount { term: String::from_utf8_lossy(&term).into_owned(), documents: 0, passages: 0 };
        for walk in walks.iter_mut().filter(|walk| walk.term() == Some(&term)) {
            walk.count(&mut count)?;
            walk.advance();
        }
        most.offer(count);
    }
    Ok(most.finish(form))
}

/// The form that words starting so have, and what they start with in that form.
fn beginning(request: &TermsRequest) -> Result<(TermForm, String), EngineError> {
    let not_one = || EngineError::NotABeginning(request.prefix.clone());
    match &tokens(&request.prefix)[..] {
        [] if request.prefix.trim().is_empty() => Ok((request.form, String::new())),
        [only] if only.kind == Kind::Word => Ok((request.form, only.term.clone())),
        [first] => Ok((TermForm::Pairs, first.ranked().into_owned())),
        [first, next] if first.kind != Kind::Word && next.kind == Kind::NextCharacter => {
            Ok((TermForm::Pairs, format!("{}{}", first.ranked(), next.ranked())))
        }
        _ => Err(not_one()),
    }
}

/// The words of one segment, in order.
struct Walk<'a> {
    segment: &'a SegmentReader,
    index: &'a InvertedIndexReader,
    stream: TermStreamer<'a>,
    prefix: &'a str,
    stands: bool,
    ids: Option<tantivy::columnar::StrColumn>,
}

impl<'a> Walk<'a> {
    fn new(
        segment: &'a SegmentReader,
        index: &'a InvertedIndexReader,
        prefix: &'a str,
    ) -> Result<Self, EngineError> {
        let stream = index.terms().range().ge(prefix.as_bytes()).into_stream().map_err(expand::io_error)?;
        let ids = segment.fast_fields().str("id")?;
        let mut walk = Self { segment, index, stream, prefix, stands: true, ids };
        walk.advance();
        Ok(walk)
    }

    fn advance(&mut self) {
        self.stands = self.stream.advance() && self.stream.key().starts_with(self.prefix.as_bytes());
    }

    /// The word that the walk stands on.
    fn term(&self) -> Option<&[u8]> {
        self.stands.then(|| self.stream.key())
    }

    /// Adds what of this segment the word occurs in.
    fn count(&self, count: &mut TermCount) -> Result<(), EngineError> {
        let postings = self.index.read_postings_from_terminfo(self.stream.value(), IndexRecordOption::Basic);
        let mut postings = postings.map_err(expand::io_error)?;
        let mut last = None;
        while postings.doc() != TERMINATED {
            let doc = postings.doc();
            if !self.segment.is_deleted(doc) {
                count.passages += 1;
                let id = self.ids.as_ref().and_then(|ids| ids.ords().first(doc));
                count.documents += usize::from(last.replace(id) != Some(id));
            }
            postings.advance();
        }
        Ok(())
    }
}

/// The most frequent words of those that were offered.
struct Most {
    limit: usize,
    kept: Vec<TermCount>,
    seen: usize,
}

impl Most {
    fn new(limit: usize) -> Self {
        let limit = if limit == 0 { usize::MAX } else { limit };
        Self { limit, kept: Vec::new(), seen: 0 }
    }

    /// Takes a word that occurs anywhere; those of what was deleted do not.
    fn offer(&mut self, count: TermCount) {
        if count.passages == 0 {
            return;
        }
        self.seen += 1;
        self.kept.push(count);
        // Sorted once for as many words as are kept, so that each costs little.
        if self.kept.len() >= self.limit.saturating_mul(2).max(1024) {
            self.cut();
        }
    }

    fn cut(&mut self) {
        self.kept.sort_unstable_by(|a, b| {
            let key = |count: &TermCount| (Reverse(count.documents), Reverse(count.passages));
            key(a).cmp(&key(b)).then_with(|| a.term.cmp(&b.term))
        });
        self.kept.truncate(self.limit);
    }

    fn finish(mut self, form: TermForm) -> Terms {
        self.cut();
        Terms { form, more: self.seen - self.kept.len(), terms: self.kept }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use proptest::prelude::*;

    use super::super::laws::index;
    use super::*;

    fn request(prefix: &str, form: TermForm, limit: usize) -> TermsRequest {
        TermsRequest { prefix: prefix.to_owned(), form, limit }
    }

    fn shown(terms: &Terms) -> String {
        let shown = terms.terms.iter().map(|count| {
            let TermCount { term, documents, passages } = count;
            format!("{term} {documents}/{passages}")
        });
        shown.collect::<Vec<_>>().join(", ")
    }

    #[test]
    fn words_stems_and_pairs_are_told_by_what_is_typed() {
        let folder = tempfile::tempdir().expect("a folder");
        let texts = vec![
            vec!["Missiles, missile and Mission".to_owned(), "missile launches".to_owned()],
            vec!["미사일 경보, 미국 missiles".to_owned()],
        ];
        let engine = index(folder.path(), &texts, 1, 10);
        let of = |prefix, form, limit| {
            terms(engine.snapshot(), &request(prefix, form, limit))
                .map(|terms| (shown(&terms), terms.form, terms.more))
        };
        use TermForm::{Pairs, Stems, Words};
        let found = |terms: &str, form, more| (terms.to_owned(), form, more);
        assert_eq!(of("MISS", Words, 2).ok(), Some(found("missiles 2/2, missile 1/2", Words, 1)));
        assert_eq!(of("miss", Stems, 0).ok(), Some(found("missil 2/3, mission 1/1", Stems, 0)));
        assert_eq!(of("미", Words, 0).ok(), Some(found("미국 1/1, 미사 1/1", Pairs, 0)));
        assert_eq!(of("미사", Stems, 0).ok(), Some(found("미사 1/1", Pairs, 0)));
        assert_eq!(of("zebra", Words, 0).ok(), Some(found("", Words, 0)));
        for prefix in ["미사일", "multi-agent", "...", "a b", "2023년"] {
            let error = of(prefix, Words, 0).expect_err(prefix);
            assert!(error.is_of_query() && error.to_string().contains("is not the beginning of one word"));
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(12))]

        #[test]
        fn counts_are_exact_whatever_was_deleted(
            documents in prop::collection::vec(prop::collection::vec("((alpha|alps|beta|al) ){1,4}", 1..4), 1..8),
            group in 1usize..4,
            again in 1usize..4,
            limit in 0usize..4,
        ) {
            let folder = tempfile::tempdir().expect("a folder");
            let engine = index(folder.path(), &documents, group, again);
            let mut counts: BTreeMap<&str, (BTreeSet<usize>, usize)> = BTreeMap::new();
            for (number, texts) in documents.iter().enumerate() {
                for text in texts {
                    for word in text.split_whitespace().filter(|word| word.starts_with("al")).collect::<BTreeSet<_>>() {
                        let (of, passages) = counts.entry(word).or_default();
                        of.insert(number);
                        *passages += 1;
                    }
                }
            }
            let mut expected: Vec<_> =
                counts.into_iter().map(|(word, (of, passages))| (Reverse(of.len()), Reverse(passages), word)).collect();
            expected.sort_unstable();
            let kept = if limit == 0 { expected.len() } else { limit.min(expected.len()) };
            let found = terms(engine.snapshot(), &request("al", TermForm::Words, limit)).expect("an answer");
            let expected_shown = expected[..kept].iter().map(|(of, passages, word)| format!("{word} {}/{}", of.0, passages.0));
            prop_assert_eq!(shown(&found), expected_shown.collect::<Vec<_>>().join(", "));
            prop_assert_eq!(found.more, expected.len() - kept);
        }
    }
}
