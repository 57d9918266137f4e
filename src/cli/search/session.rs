//! What answers the queries of one run: query text to bytes, as the arguments ask for.
//!
//! Nothing is told and nothing is flushed here: an answer comes with what is to be told before and behind it, so
//! that answers of a batch can be made at once and still be given one behind the other.

use std::io::{self, IsTerminal, Write};
use std::time::{Duration, Instant};

use super::super::diagnostics::Failure;
use super::super::index::counted;
use super::flags::{ChoiceArguments, GroupBy, ReadingArguments, SortBy, WideningArguments};
use super::unknown_keys_told;
use crate::engine::{Engine, LocalEngine};
use crate::hit::{Count, FacetRequest, Group, Request, Response, Sort};
use crate::pattern::emphasised;
use crate::query::{self, Parsed, Query};
use crate::render::{self, Answer, OutputFormat, Problem, Turn};
use crate::search::{Correction, Marking, correction, search};

/// An opened index with the arguments of a run.
pub(in crate::cli) struct Session {
    pub(in crate::cli) engine: &'static LocalEngine,
    pub(in crate::cli) reading: ReadingArguments,
    pub(in crate::cli) widening: WideningArguments,
    pub(in crate::cli) choice: ChoiceArguments,
    pub(in crate::cli) facets: FacetRequest,
    pub(in crate::cli) explain: bool,
    /// What hits must match beside the query.
    pub(in crate::cli) filter: Option<Query>,
    pub(in crate::cli) options: render::Options,
    /// What failed while sources were read before the search.
    pub(in crate::cli) problems: Vec<Problem>,
}

/// A query text with its id, and its place among those of the run.
#[derive(Clone, Copy)]
pub(in crate::cli) struct Asked<'a> {
    pub(in crate::cli) text: &'a str,
    pub(in crate::cli) id: Option<&'a str>,
    pub(in crate::cli) turn: Turn,
}

/// A query that was read.
pub(in crate::cli) struct Read {
    query: Query,
    /// What is to be told before the answer.
    pub(in crate::cli) notices: Vec<String>,
}

/// What an answer says of a correction.
#[derive(Clone, Copy, Default)]
pub(in crate::cli) struct Told<'a> {
    /// What was probably meant.
    pub(in crate::cli) suggestion: Option<&'a str>,
    /// Whether that was searched instead.
    pub(in crate::cli) is_corrected: bool,
}

/// What became of a query that was answered.
pub(in crate::cli) struct Given {
    /// Whether anything was found.
    pub(in crate::cli) found: bool,
    /// What is to be told behind the answer.
    pub(in crate::cli) remarks: Vec<String>,
}

impl Session {
    /// Reads a query text.
    pub(in crate::cli) fn read(&self, text: &str) -> Result<Read, Failure> {
        let Parsed { query, notices } = query::parse(text, self.reading.options())?;
        let mut notices: Vec<String> = notices.into_iter().map(|notice| notice.message).collect();
        notices.extend(unknown_keys_told(self.engine.snapshot(), &query)?);
        Ok(Read { query, notices })
    }

    /// Writes the answer to a query that was read.
    pub(in crate::cli) fn answer(
        &self,
        asked: Asked<'_>,
        read: Read,
        out: &mut dyn Write,
    ) -> Result<Given, Failure> {
        let mut query = read.query;
        let meant = self.correction(&query, asked.text)?;
        let is_corrected = meant.is_some() && self.widening.auto_correct;
        let suggestion = meant.as_ref().map(|meant| meant.text.clone());
        if let Some(meant) = meant.filter(|_| is_corrected) {
            query = meant.query;
        }
        let request = self.request(query.clone());
        let mut given = self.respond(
            asked,
            &query,
            &request,
            Told { suggestion: suggestion.as_deref(), is_corrected },
            out,
        )?;
        if let Some(text) = suggestion {
            given.remarks.extend(self.remark(asked, &text));
        }
        Ok(given)
    }

    /// Writes the answer to a request for what was understood as `query`.
    pub(in crate::cli) fn respond(
        &self,
        asked: Asked<'_>,
        query: &Query,
        request: &Request,
        told: Told<'_>,
        out: &mut dyn Write,
    ) -> Result<Given, Failure> {
        let start = Instant::now();
        let response = search(self.engine, request, self.marking())?;
        if asked.turn != Turn::Later && self.is_page() {
            let title = if asked.turn == Turn::Only { asked.text } else { "tidings" };
            render::begin_page(title, &self.options, out)?;
        }
        let answer = Answer {
            query_text: asked.text,
            query: query.to_string(),
            run: (response.query != *query).then(|| response.query.to_string()),
            outline: self.explain.then(|| outline(request, &response.query)),
            tree: (self.options.format == OutputFormat::Json).then(|| tree(query)).flatten(),
            filter: self.filter.as_ref().map(ToString::to_string),
            query_id: asked.id,
            turn: asked.turn,
            suggestion: told.suggestion.filter(|_| !told.is_corrected),
            corrected_from: told.is_corrected.then_some(asked.text),
            generation: self.engine.generation(),
            response: &response,
            // What failed is told once, with the first answer.
            problems: if asked.turn == Turn::Later { &[] } else { &self.problems },
            elapsed: start.elapsed(),
        };
        self.write(&answer, out)?;
        let remarks = Vec::from_iter(self.summary(&response, answer.elapsed));
        Ok(Given { found: response.total > 0, remarks })
    }

    /// What was probably meant, where somebody wants to know.
    fn correction(&self, query: &Query, typed: &str) -> Result<Option<Correction>, Failure> {
        let is_shown = match self.options.format {
            OutputFormat::Json => true,
            OutputFormat::Html => !self.choice.count,
            _ => self.is_for_people(),
        };
        if !is_shown && !self.widening.auto_correct {
            return Ok(None);
        }
        Ok(correction(self.engine, query, typed, self.reading.options())?)
    }

    /// What is told of a correction.
    fn remark(&self, asked: Asked<'_>, meant: &str) -> Option<String> {
        let id = match (asked.turn, asked.id) {
            (Turn::First | Turn::Later, Some(id)) => format!("{id}: "),
            _ => String::new(),
        };
        if self.widening.auto_correct {
            return Some(format!("{id}searched for `{meant}` instead of `{}`", asked.text));
        }
        self.is_for_people().then(|| format!("{id}did you mean: {meant}"))
    }

    /// Whether hits are shown to people, and not only counted.
    pub(in crate::cli) fn is_for_people(&self) -> bool {
        self.options.format == OutputFormat::Text && !self.choice.count
    }

    /// Writes what stands behind all answers, where there are any.
    pub(in crate::cli) fn end(&self, out: &mut dyn Write) -> Result<(), Failure> {
        if self.is_page() {
            render::end_page(&self.options, out)?;
        }
        Ok(())
    }

    /// Whether the output is more than numbers, so that something may stand around all answers.
    fn is_page(&self) -> bool {
        !self.choice.count
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
        if !self.choice.count || self.options.format == OutputFormat::Json {
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
        let what = match self.choice.group {
            GroupBy::Passage => "passage",
            GroupBy::Document => "document",
        };
        let total = counted(response.total as u64, what);
        Some(format!("{more}{total} in {:.1} ms", elapsed.as_secs_f64() * 1e3))
    }

    /// What is asked of the engine for a query.
    pub(in crate::cli) fn request(&self, query: Query) -> Request {
        let choice = &self.choice;
        let (query, document) = match self.widening.within {
            GroupBy::Passage => (query, None),
            GroupBy::Document => (query.any_of_it(), Some(query)),
        };
        Request {
            query,
            document,
            filter: self.filter.clone(),
            facets: self.facets.clone(),
            without: None,
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
            expand: self.widening.expand,
            explain: self.explain,
        }
    }
}

/// How a request was understood, over several lines.
fn outline(request: &Request, run: &Query) -> String {
    let Some(document) = &request.document else { return run.outline() };
    let indented = |query: &Query| -> String {
        query.outline().lines().map(|line| format!("\n  {line}")).collect::<String>()
    };
    format!("the whole document{}\nits passages ranked by{}", indented(&emphasised(document)), indented(run))
}

/// The tree of a query as JSON, its weights as they were typed.
fn tree(query: &Query) -> Option<serde_json::Value> {
    // By way of text, since a number of single precision is made longer where it becomes one of double.
    serde_json::from_str(&serde_json::to_string(query).ok()?).ok()
}
