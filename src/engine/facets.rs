//! Counts of the documents that a query finds, by the values of their facts.
//!
//! Of each document that matches, the first passage that does stands for it. The terms of a field are then walked with
//! their postings, and those of each value counted that fall on such a passage: no stored text is read, and what it
//! costs grows with the field, not with the number of values of each document. The walk ends where no document is left
//! that may have another value. Counts are exact.

use std::collections::BTreeMap;

use tantivy::postings::Postings;
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocId, SegmentReader, TERMINATED};

use super::{EngineError, expand};
use crate::date::Date;
use crate::hit::{DateStep, Facet, FacetCounts, FacetRequest, FacetValue, Facets};
use crate::index::{Fields, Snapshot, fact_of_term, folded_key, terms_of_key};

/// What stands for the term that tells of which documents a key is; no value of a fact has this character.
const KEY_ALONE: &str = "\0";

/// Counts documents, segment by segment.
pub(super) struct Counter<'a> {
    snapshot: &'a Snapshot,
    request: &'a FacetRequest,
    documents: usize,
    counts: Vec<Counts>,
}

/// The counts of one facet so far.
#[derive(Default)]
struct Counts {
    values: BTreeMap<String, usize>,
    /// How many documents have a value.
    with: usize,
}

impl<'a> Counter<'a> {
    /// A counter that has seen nothing.
    pub(super) fn new(snapshot: &'a Snapshot, request: &'a FacetRequest) -> Self {
        let counts = request.facets.iter().map(|_| Counts::default()).collect();
        Self { snapshot, request, documents: 0, counts }
    }

    /// Counts the documents of a segment that these passages, ascending, are of.
    pub(super) fn add(
        &mut self,
        segment: &SegmentReader,
        passages: impl Iterator<Item = DocId>,
    ) -> Result<(), EngineError> {
        let firsts = first_passages(segment, passages)?;
        self.documents += firsts.len();
        for (facet, counts) in self.request.facets.iter().zip(&mut self.counts) {
            counts.add(facet, segment, self.snapshot.fields(), &firsts)?;
        }
        Ok(())
    }

    /// The counts of everything that was seen.
    pub(super) fn finish(self) -> Facets {
        let (documents, limit) = (self.documents, self.request.limit);
        let facets = self.request.facets.iter().zip(self.counts);
        let facets = facets.map(|(facet, counts)| counts.finish(facet, documents, limit)).collect();
        Facets { documents, facets }
    }
}

/// The first of each run of passages of one document: entries of a document stand together.
fn first_passages(
    segment: &SegmentReader,
    passages: impl Iterator<Item = DocId>,
) -> Result<Vec<DocId>, EngineError> {
    let ids = segment.fast_fields().str("id")?;
    let mut last = None;
    let is_first = |doc: &DocId| {
        let id = ids.as_ref().and_then(|ids| ids.ords().first(*doc));
        last.replace(id) != Some(id)
    };
    Ok(passages.filter(is_first).collect())
}

impl Counts {
    fn add(
        &mut self,
        facet: &Facet,
        segment: &SegmentReader,
        fields: &Fields,
        firsts: &[DocId],
    ) -> Result<(), EngineError> {
        let whole = |term: &str| Some(term.to_owned());
        match facet {
            Facet::Language => self.add_terms(segment, fields.language, firsts, whole),
            Facet::Format => self.add_terms(segment, fields.format, firsts, whole),
            Facet::Extension => self.add_terms(segment, fields.extension, firsts, whole),
            Facet::Path(folders) => {
                self.add_terms(segment, fields.path, firsts, |path| Some(first_folders(path, *folders)))
            }
            Facet::Date(step) => self.add_dates(segment, *step, firsts),
            Facet::Meta(key) => self.add_facts(segment, fields.fact, &terms_of_key(&folded_key(key)), firsts),
        }
    }

    /// Counts by a field of which each document has one term at most.
    fn add_terms(
        &mut self,
        segment: &SegmentReader,
        field: Field,
        firsts: &[DocId],
        shown: impl Fn(&str) -> Option<String>,
    ) -> Result<(), EngineError> {
        let terms = Terms { segment, field, start: "", of_each: OfEach::OneAtMost };
        terms.for_each_value(firsts, shown, |value, docs| {
            self.with += docs.len();
            self.count(value, docs.len());
        })
    }

    /// Counts by a fact, of which a document may have several.
    fn add_facts(
        &mut self,
        segment: &SegmentReader,
        field: Field,
        key: &str,
        firsts: &[DocId],
    ) -> Result<(), EngineError> {
        let shown = |term: &str| match fact_of_term(term) {
            Some(fact) if fact.is_cut() => Some(format!("{}…", fact.value)),
            Some(fact) => Some(fact.value.to_owned()),
            None => Some(KEY_ALONE.to_owned()),
        };
        let terms = Terms { segment, field, start: key, of_each: OfEach::Several };
        terms.for_each_value(firsts, shown, |value, docs| match value.as_str() {
            KEY_ALONE => self.with += docs.len(),
            _ => self.count(value, docs.len()),
        })
    }

    fn add_dates(
        &mut self,
        segment: &SegmentReader,
        step: DateStep,
        firsts: &[DocId],
    ) -> Result<(), EngineError> {
        let dates = segment.fast_fields().i64("date")?;
        let days = firsts.iter().filter_map(|&doc| dates.first(doc)).filter_map(Date::of_days);
        let mut by_day = BTreeMap::new();
        days.for_each(|day| *by_day.entry(day).or_insert(0) += 1);
        for (day, documents) in by_day {
            self.with += documents;
            self.count(shown_date(day, step), documents);
        }
        Ok(())
    }

    fn count(&mut self, value: String, documents: usize) {
        if documents > 0 {
            *self.values.entry(value).or_default() += documents;
        }
    }

    fn finish(self, facet: &Facet, documents: usize, limit: usize) -> FacetCounts {
        let values = self.values.into_iter();
        let mut values: Vec<_> = values.map(|(value, documents)| FacetValue { value, documents }).collect();
        // Stable: those of equally many documents stay in the order of their values.
        values.sort_by_key(|value| std::cmp::Reverse(value.documents));
        let given = if limit == 0 { values.len() } else { limit.min(values.len()) };
        let more = values.len() - given;
        values.truncate(given);
        FacetCounts { facet: facet.to_string(), values, more, without: documents.saturating_sub(self.with) }
    }
}

/// How many of some terms a document has.
#[derive(Clone, Copy, PartialEq)]
enum OfEach {
    OneAtMost,
    Several,
}

/// The terms of a field that start with `start`.
struct Terms<'a> {
    segment: &'a SegmentReader,
    field: Field,
    start: &'a str,
    of_each: OfEach,
}

impl Terms<'_> {
    /// Calls `visit` for each value that the terms show, with those of some documents that have it.
    ///
    /// Terms that follow each other and show the same value are one value. Terms are looked at only as long as there
    /// are documents that may have them.
    fn for_each_value(
        &self,
        firsts: &[DocId],
        shown: impl Fn(&str) -> Option<String>,
        mut visit: impl FnMut(String, &[DocId]),
    ) -> Result<(), EngineError> {
        let start = self.start.as_bytes();
        let index = self.segment.inverted_index(self.field)?;
        let mut terms = index.terms().range().ge(start).into_stream().map_err(expand::io_error)?;
        let mut open: Option<(String, Vec<DocId>)> = None;
        let mut left = firsts.len();
        while left > 0 && terms.advance() && terms.key().starts_with(start) {
            let Some(value) = std::str::from_utf8(terms.key()).ok().and_then(&shown) else { continue };
            let postings = index.read_postings_from_terminfo(terms.value(), IndexRecordOption::Basic);
            let docs = common(firsts, postings.map_err(expand::io_error)?);
            if self.of_each == OfEach::OneAtMost {
                left -= docs.len();
            }
            match &mut open {
                Some((known, of_value)) if *known == value => of_value.extend(docs),
                _ => {
                    if let Some((value, docs)) = open.replace((value, docs)) {
                        visit(value, &distinct(docs));
                    }
                }
            }
        }
        if let Some((value, docs)) = open {
            visit(value, &distinct(docs));
        }
        Ok(())
    }
}

fn distinct(mut docs: Vec<DocId>) -> Vec<DocId> {
    docs.sort_unstable();
    docs.dedup();
    docs
}

/// The documents of a sorted list that postings have too.
fn common(wanted: &[DocId], mut postings: impl Postings) -> Vec<DocId> {
    let mut common = Vec::new();
    let mut rest = wanted;
    while let Some(&next) = rest.first() {
        let doc = if postings.doc() < next { postings.seek(next) } else { postings.doc() };
        if doc == TERMINATED {
            break;
        }
        if doc == next {
            common.push(doc);
            rest = &rest[1..];
        } else {
            rest = &rest[rest.partition_point(|&wanted| wanted < doc)..];
        }
    }
    common
}

/// The first folders of a path, as many as there are; `./` where it has none.
fn first_folders(path: &str, folders: usize) -> String {
    let slashes = path.char_indices().filter(|&(at, c)| c == '/' && at > 0);
    match slashes.take(folders).last() {
        Some((at, _)) => path[..=at].to_owned(),
        None => "./".to_owned(),
    }
}

fn shown_date(day: Date, step: DateStep) -> String {
    let mut shown = day.to_string();
    let behind = match step {
        DateStep::Year => "-00-00".len(),
        DateStep::Month => "-00".len(),
        DateStep::Day => 0,
    };
    shown.truncate(shown.len() - behind);
    shown
}

#[cfg(test)]
mod laws;
