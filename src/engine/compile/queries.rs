//! What looks for a single pattern, or by a single filter, in the fields of an index.

use std::collections::BTreeSet;
use std::ops::Bound;

use tantivy::Term;
use tantivy::query::{
    BooleanQuery, ConstScoreQuery, DisjunctionMaxQuery, EmptyQuery, PhrasePrefixQuery, PhraseQuery,
    Query as TantivyQuery, RangeQuery, TermQuery, TermSetQuery,
};
use tantivy::schema::{Field, IndexRecordOption};

use super::super::interval::IntervalQuery;
use super::super::paths::{PathMatcher, paths_of};
use super::super::{EngineError, expand};
use super::Compiler;
use crate::analysis::STEM_MARK;
use crate::date::{Date, Period};
use crate::index::{Fields, Kind};
use crate::pattern::{Pattern, Proximity, Words};
use crate::query::Sizes;

impl Compiler<'_> {
    /// Characters one behind the other, wherever a word of the passage is looked for.
    pub(super) fn standing(&self, characters: &[String]) -> Box<dyn TantivyQuery> {
        let Fields { body, title, heading, .. } = *self.fields;
        let queries = [body, title, heading].map(|field| run_query(field, characters));
        Box::new(ConstScoreQuery::new(Box::new(BooleanQuery::union(queries.into())), 0.0))
    }

    /// A title stands once in a document, before its first passage: what is literally looked for is found there, not
    /// in every passage of the document.
    pub(super) fn at_first_passage(&self, in_title: Box<dyn TantivyQuery>) -> Box<dyn TantivyQuery> {
        let first_passage =
            TermQuery::new(Term::from_field_u64(self.fields.ordinal, 0), IndexRecordOption::Basic);
        let first_passage = Box::new(ConstScoreQuery::new(Box::new(first_passage), 0.0));
        Box::new(BooleanQuery::intersection(vec![first_passage, in_title]))
    }

    /// A pattern in a field that has words with positions (and, for titles and headings, stems beside them).
    pub(super) fn in_field(
        &self,
        field: Field,
        pattern: &Pattern,
    ) -> Result<Box<dyn TantivyQuery>, EngineError> {
        let of = |text: &str| Term::from_field_text(field, text);
        let terms = |words: &[String]| words.iter().map(|word| of(word)).collect::<Vec<_>>();
        Ok(match pattern {
            // Base forms of titles and headings are with those of the text.
            Pattern::Nothing | Pattern::Forms(_) => Box::new(EmptyQuery),
            Pattern::Stem { stems, .. } => {
                let marked = stems.iter().map(|stem| term_query(field, &format!("{STEM_MARK}{stem}")));
                let mut queries: Vec<_> = marked.collect();
                if queries.len() == 1 {
                    queries.remove(0)
                } else {
                    Box::new(DisjunctionMaxQuery::new(queries))
                }
            }
            Pattern::Word(word) => term_query(field, word),
            Pattern::Phrase(words) => Box::new(PhraseQuery::new(terms(words))),
            Pattern::Mixed { required, .. } => self.in_field(field, required)?,
            Pattern::AnyOf(patterns) => {
                let queries = patterns.iter().map(|pattern| self.in_field(field, pattern));
                Box::new(DisjunctionMaxQuery::new(queries.collect::<Result<_, _>>()?))
            }
            Pattern::Pairs(pairs) => {
                let parts = pairs.parts.iter().map(|part| run_query(field, part));
                let mut parts: Vec<_> = parts.collect();
                if parts.len() == 1 { parts.remove(0) } else { Box::new(BooleanQuery::intersection(parts)) }
            }
            Pattern::Prefix(prefix) => {
                let words = expand::starting(self.snapshot.searcher(), field, prefix)?;
                Box::new(TermSetQuery::new(words.iter().map(|word| of(word))))
            }
            Pattern::Like(automaton) => {
                let words = expand::accepted(self.snapshot.searcher(), field, automaton)?;
                Box::new(TermSetQuery::new(words.iter().map(|word| of(word))))
            }
            Pattern::Near(proximity) => Box::new(self.near(field, proximity)?),
            Pattern::PhrasePrefix(words) => {
                let last = words.last().expect("a phrase has words");
                let expansion = expand::starting(self.snapshot.searcher(), field, last)?.len();
                let mut query = PhrasePrefixQuery::new(terms(words));
                // A segment holds at most as many of the words as all of them do, so that none is left out.
                query.set_max_expansions(u32::try_from(expansion).unwrap_or(u32::MAX).max(1));
                Box::new(query)
            }
        })
    }

    /// Words near each other in a field, each family as the words of it that the field has.
    fn near(&self, field: Field, proximity: &Proximity) -> Result<IntervalQuery, EngineError> {
        let mut families = Vec::with_capacity(proximity.families.len());
        for family in &proximity.families {
            let words = self.words_of(field, family)?;
            families.push(words.iter().map(|word| Term::from_field_text(field, word)).collect());
        }
        Ok(IntervalQuery::new(field, proximity.shape.clone(), families))
    }

    fn words_of(&self, field: Field, family: &Words) -> Result<BTreeSet<String>, EngineError> {
        let searcher = self.snapshot.searcher();
        match family {
            Words::Word(word) => Ok(BTreeSet::from([word.clone()])),
            Words::Stem(stems) => expand::inflected(searcher, field, stems, self.snapshot.languages()),
            Words::Prefix(prefix) => expand::starting(searcher, field, prefix),
            Words::Like(automaton) => expand::accepted(searcher, field, automaton),
        }
    }

    pub(super) fn paths(&self, glob: &str) -> Result<Box<dyn TantivyQuery>, EngineError> {
        let matcher = PathMatcher::new(glob)?;
        let paths = paths_of(self.snapshot.searcher(), self.fields.path, &matcher)?;
        let of_paths = paths.iter().map(|path| Term::from_field_text(self.fields.path, path));
        Ok(self.of_passages(Box::new(TermSetQuery::new(of_paths))))
    }

    /// What a query of a field finds that records of sources have too.
    pub(super) fn of_passages(&self, query: Box<dyn TantivyQuery>) -> Box<dyn TantivyQuery> {
        Box::new(BooleanQuery::intersection(vec![query, self.all_passages()]))
    }

    pub(super) fn all_passages(&self) -> Box<dyn TantivyQuery> {
        let passages = raw_query(self.fields.kind, Kind::Passage.term());
        Box::new(ConstScoreQuery::new(passages, 0.0))
    }
}

/// Characters one behind the other, or a single one.
fn run_query(field: Field, characters: &[String]) -> Box<dyn TantivyQuery> {
    match characters {
        [only] => term_query(field, only),
        all => {
            let terms = all.iter().map(|character| Term::from_field_text(field, character));
            Box::new(PhraseQuery::new(terms.collect()))
        }
    }
}

pub(super) fn term_query(field: Field, text: &str) -> Box<dyn TantivyQuery> {
    Box::new(TermQuery::new(Term::from_field_text(field, text), IndexRecordOption::WithFreqs))
}

pub(super) fn raw_query(field: Field, text: &str) -> Box<dyn TantivyQuery> {
    Box::new(TermQuery::new(Term::from_field_text(field, text), IndexRecordOption::Basic))
}

pub(super) fn date_query(field: Field, period: Period) -> RangeQuery {
    let day = |date: Date| Bound::Included(Term::from_field_i64(field, date.days()));
    RangeQuery::new(day(period.first), day(period.last))
}

pub(super) fn size_query(field: Field, sizes: Sizes) -> RangeQuery {
    let bytes = |size: u64| Bound::Included(Term::from_field_u64(field, size));
    RangeQuery::new(bytes(sizes.first), bytes(sizes.last))
}
