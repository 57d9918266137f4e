//! What answers the queries of one run: query text to bytes, as the arguments ask for.
//!
//! Nothing is told and nothing is flushed here: an answer comes with what is to be told before and behind it, so
//! that answers of a batch can be made at once and still be given one behind the other.

use std::io::{self, IsTerminal, Write};
use std::time::{Duration, Instant};

use super::super::diagnostics::Failure;
use super::super::index::counted;
use super::{Arguments, GroupBy, SortBy, unknown_keys_told};
use crate::engine::{Engine, LocalEngine};
use crate::hit::{Count, Group, Request, Response, Sort};
use crate::query::{self, Parsed, Query};
use crate::render::{self, Answer, OutputFormat, Problem, Turn};
use crate::search::{Correction, Marking, correction, search};

/// An opened index with the arguments of a run.
pub(super) struct Session {
    pub(super) engine: LocalEngine,
    pub(super) arguments: Arguments,
    /// What hits must match beside the query.
    pub(super) filter: Option<Query>,
    pub(super) options: render::Options,
    /// What failed while sources were read before the search.
    pub(super) problems: Vec<Problem>,
}

/// A query text with its id, and its place among those of the run.
#[derive(Clone, Copy)]
pub(super) struct Asked<'a> {
    pub(super) text: &'a str,
    pub(super) id: Option<&'a str>,
    pub(super) turn: Turn,
}

/// A query that was read.
pub(super) struct Read {
    query: Query,
    /// What is to be told before the answer.
    pub(super) notices: Vec<String>,
}

/// What became of a query that was answered.
pub(super) struct Given {
    /// Whether anything was found.
    pub(super) found: bool,
    /// What is to be told behind the answer.
    pub(super) remarks: Vec<String>,
}

impl Session {
    /// Reads a query text.
    pub(super) fn read(&self, text: &str) -> Result<Read, Failure> {
        let Parsed { query, notices } = query::parse(text, self.arguments.reading.options())?;
        let mut notices: Vec<String> = notices.into_iter().map(|notice| notice.message).collect();
        notices.extend(unknown_keys_told(self.engine.snapshot(), &query)?);
        Ok(Read { query, notices })
    }

    /// Writes the answer to a query that was read.
    pub(super) fn answer(&self, asked: Asked<'_>, read: Read, out: &mut dyn Write) -> Result<Given, Failure> {
        let start = Instant::now();
        let mut query = read.query;
        let meant = self.correction(&query, asked.text)?;
        let is_corrected = meant.is_some() && self.arguments.reading.auto_correct;
        let suggestion = meant.as_ref().map(|meant| meant.text.clone());
        if let Some(meant) = meant.filter(|_| is_corrected) {
            query = meant.query;
        }
        let response = search(&self.engine, &self.request(query.clone()), self.marking())?;
        if asked.turn != Turn::Later && self.is_page() {
            let title = if asked.turn == Turn::Only { asked.text } else { "tidings" };
            render::begin_page(title, &self.options, out)?;
        }
        let answer = Answer {
            query_text: asked.text,
            query: query.to_string(),
            run: (response.query != query).then(|| response.query.to_string()),
            outline: self.arguments.output.explain.then(|| response.query.outline()),
            tree: serde_json::to_value(&query).ok(),
            filter: self.filter.as_ref().map(ToString::to_string),
            query_id: asked.id,
            turn: asked.turn,
            suggestion: suggestion.as_deref().filter(|_| !is_corrected),
            corrected_from: is_corrected.then_some(asked.text),
            generation: self.engine.generation(),
            response: &response,
            // What failed is told once, with the first answer.
            problems: if asked.turn == Turn::Later { &[] } else { &self.problems },
            elapsed: start.elapsed(),
        };
        self.write(&answer, out)?;
        let mut remarks = Vec::from_iter(self.summary(&response, answer.elapsed));
        if let Some(text) = suggestion {
            remarks.extend(self.remark(asked, &text));
        }
        Ok(Given { found: response.total > 0, remarks })
    }

    /// What was probably meant, where somebody wants to know.
    fn correction(&self, query: &Query, typed: &str) -> Result<Option<Correction>, Failure> {
        let is_shown = self.is_for_people() || self.options.format == OutputFormat::Json;
        if !is_shown && !self.arguments.reading.auto_correct {
            return Ok(None);
        }
        Ok(correction(&self.engine, query, typed, self.arguments.reading.options())?)
    }

    /// What is told of a correction.
    fn remark(&self, asked: Asked<'_>, meant: &str) -> Option<String> {
        let id = match (asked.turn, asked.id) {
            (Turn::First | Turn::Later, Some(id)) => format!("{id}: "),
            _ => String::new(),
        };
        if self.arguments.reading.auto_correct {
            return Some(format!("{id}searched for `{meant}` instead of `{}`", asked.text));
        }
        self.is_for_people().then(|| format!("{id}did you mean: {meant}"))
    }

    /// Whether hits are shown to people, and not only counted.
    pub(super) fn is_for_people(&self) -> bool {
        self.options.format == OutputFormat::Text && !self.arguments.choice.count
    }

    /// Writes what stands behind all answers, where there are any.
    pub(super) fn end(&self, out: &mut dyn Write) -> Result<(), Failure> {
        if self.is_page() {
            render::end_page(&self.options, out)?;
        }
        Ok(())
    }

    /// Whether the output is more than numbers, so that something may stand around all answers.
    fn is_page(&self) -> bool {
        !self.arguments.choice.count
    }

    /// Whether the output shows what the query matched.
    fn marking(&self) -> Marking {
        match self.options.format {
            OutputFormat::Paths | OutputFormat::Trec => Marking::Nothing,
            OutputFormat::Text
            | OutputFormat::Json
            | OutputFormat::Vimgrep
            | OutputFormat::Csv
            | OutputFormat::Html => Marking::Highlights,
        }
    }

    fn write(&self, answer: &Answer<'_>, out: &mut dyn Write) -> Result<(), Failure> {
        if !self.arguments.choice.count || self.options.format == OutputFormat::Json {
            return Ok(render::render(answer, &self.options, out)?);
        }
        match (answer.turn, answer.query_id) {
            (Turn::First | Turn::Later, Some(id)) => writeln!(out, "{id}\t{}", answer.response.total)?,
            _ => writeln!(out, "{}", answer.response.total)?,
        }
        if let Some(facets) = &answer.response.facets {
            writeln!(out)?;
            render::write_facets(facets, out)?;
        }
        Ok(())
    }

    /// How many hits there are, for a person at a terminal.
    fn summary(&self, response: &Response, elapsed: Duration) -> Option<String> {
        let is_seen = self.is_for_people() && io::stdout().is_terminal() && io::stderr().is_terminal();
        if !is_seen || response.total == 0 {
            return None;
        }
        let more = if response.total_exact { "" } else { "more than " };
        let what = match self.arguments.choice.group {
            GroupBy::Passage => "passage",
            GroupBy::Document => "document",
        };
        let total = counted(response.total as u64, what);
        Some(format!("{more}{total} in {:.1} ms", elapsed.as_secs_f64() * 1e3))
    }

    fn request(&self, query: Query) -> Request {
        let choice = &self.arguments.choice;
        let (query, document) = match choice.within {
            GroupBy::Passage => (query, None),
            GroupBy::Document => (query.any_of_it(), Some(query)),
        };
        Request {
            query,
            document,
            filter: self.filter.clone(),
            facets: self.arguments.narrow.facets(),
            limit: if choice.count { 0 } else { choice.limit },
            offset: choice.offset,
            group: match choice.group {
                GroupBy::Passage => Group::Passage,
                GroupBy::Document => Group::Document,
            },
            sort: match choice.sort {
                SortBy::Score => Sort::Score,
                SortBy::Date => Sort::Date,
                SortBy::MinusDate => Sort::DateDescending,
                SortBy::Path => Sort::Path,
            },
            count: if choice.count { Count::Exact } else { Count::Lazy },
            expand: choice.expand,
            explain: self.arguments.output.explain,
        }
    }
}
