//! Searches inside one process: natural questions, and phrases of two frequent words.

use anyhow::{Result, ensure};
use tidings::engine::LocalEngine;
use tidings::hit::{Count, Request, Response};
use tidings::query::{self, Options};
use tidings::search::{Marking, search};

use super::ensure_agree;
use crate::measure::{Samples, clocked};
use crate::peers::lucene;
use crate::peers::tantivy::Peer;
use crate::queries::{Counted, Queries};
use crate::table::{Goal, Row, significant};
use crate::work::Work;

/// How often each query is asked of either side; the median counts.
const ROUNDS: usize = 7;

/// Both sides, open, in one process.
pub struct Sides {
    ours: LocalEngine,
    peer: Peer,
    tells_each: bool,
    is_english: bool,
}

impl Sides {
    /// Opens both indexes.
    pub fn open(work: &Work) -> Result<Self> {
        let ours = LocalEngine::new(work.snapshot()?);
        Ok(Self {
            ours,
            peer: Peer::open(&work.tantivy())?,
            tells_each: work.tells_each,
            is_english: work.is_generated(),
        })
    }

    /// The ten best passages of ours.
    fn ask(&self, text: &str, marking: Marking, count: Count) -> Result<Response> {
        let query =
            query::parse(text, Options::default()).map_err(|error| anyhow::anyhow!("{text}: {error}"))?.query;
        Ok(search(&self.ours, &Request { query, count, ..Request::default() }, marking)?)
    }

    /// The median times of a query in turns with tantivy, in seconds.
    pub fn times(&self, text: &str) -> Result<(f64, f64)> {
        self.beside(text, "tantivy", || {
            let (seconds, hits) = clocked(|| self.peer.top(text));
            Ok((seconds, hits?.len()))
        })
    }

    /// The median times of a query in turns with a peer, who tells its time and how many hits it has.
    fn beside(
        &self,
        text: &str,
        name: &str,
        mut peer: impl FnMut() -> Result<(f64, usize)>,
    ) -> Result<(f64, f64)> {
        let (mut ours, mut theirs) = (Samples::default(), Samples::default());
        for _ in 0..ROUNDS {
            let (seconds, response) = clocked(|| self.ask(text, Marking::Nothing, Count::Lazy));
            ensure!(!response?.hits.is_empty(), "{text}: nothing found");
            ours.add(seconds);
            let (seconds, hits) = peer()?;
            ensure!(hits > 0, "{text}: {name} finds nothing");
            theirs.add(seconds);
        }
        let (ours, theirs) = (ours.median(), theirs.median());
        if self.tells_each {
            let [own, peer] = [ours, theirs].map(|seconds| significant(seconds * 1e3));
            eprintln!("{text:<50} {own:>8} ms, {name} {peer:>8} ms {:>8}", significant(ours / theirs));
        }
        Ok((ours, theirs))
    }

    /// Fails unless rare words are found as often as they stand in the texts, by tantivy at least so often.
    ///
    /// With their inflections both sides find the same, where no language but English gives words other stems.
    pub fn ensure_rare_words(&self, queries: &Queries) -> Result<()> {
        let (mut exact, mut expected, mut ours, mut theirs) = (0, 0, 0, 0);
        for Counted { query, passages } in &queries.rare {
            exact += self.ask(&format!("={query}"), Marking::Nothing, Count::Exact)?.total;
            expected += passages;
            ours += self.ask(query, Marking::Nothing, Count::Exact)?.total;
            theirs += self.peer.count(query)?;
        }
        ensure_agree("rare words", exact, expected)?;
        ensure!(theirs >= expected, "rare words: tantivy finds {theirs} of {expected}");
        if self.is_english { ensure_agree("rare words with inflections", ours, theirs) } else { Ok(()) }
    }

    /// Fails unless phrases are found as often as they stand in the texts.
    fn ensure_phrases(&self, phrases: &[Counted]) -> Result<()> {
        let found = phrases.iter().map(|phrase| self.ensure_phrase(phrase)).sum::<Result<usize>>()?;
        ensure_agree("phrases", found, phrases.iter().map(|phrase| phrase.passages).sum())
    }

    /// The number of passages with a phrase; fails unless each hit shows it.
    fn ensure_phrase(&self, phrase: &Counted) -> Result<usize> {
        let response = self.ask(&phrase.query, Marking::Highlights, Count::Exact)?;
        let their_count = self.peer.count(&phrase.query)?;
        // Stems: what is found is more, never less.
        ensure!(their_count * 100 >= phrase.passages * 99, "{}: tantivy finds {their_count}", phrase.query);
        let words: Vec<&str> = phrase.query.trim_matches('"').split(' ').collect();
        for hit in &response.hits {
            let shown = hit.highlights.first().map(|mark| mark.text.to_lowercase()).unwrap_or_default();
            let is_shown = shown.starts_with(words[0]) && shown.ends_with(words[1]);
            ensure!(is_shown, "{}: a hit shows `{shown}`", phrase.query);
        }
        Ok(response.total)
    }

    /// Fails unless there are ten hits for a question, each with a word of it.
    fn ensure_question(&self, question: &str) -> Result<()> {
        let hits = self.ask(question, Marking::Highlights, Count::Lazy)?.hits;
        ensure!(hits.len() == 10, "{question}: {} hits", hits.len());
        for hit in &hits {
            let marks = hit.highlights.len() + hit.title_highlights.len() + hit.heading_highlights.len();
            ensure!(marks > 0, "{question}: a hit without a highlight");
        }
        Ok(())
    }
}

/// The times of questions and of phrases.
pub fn rows(work: &Work, queries: &Queries) -> Result<Vec<Row>> {
    let sides = Sides::open(work)?;
    sides.ensure_rare_words(queries)?;
    queries.questions.iter().try_for_each(|question| sides.ensure_question(question))?;
    sides.ensure_phrases(&queries.phrases)?;
    let phrases: Vec<&str> = queries.phrases.iter().map(|phrase| phrase.query.as_str()).collect();
    let questions: Vec<&str> = queries.questions.iter().map(String::as_str).collect();
    let groups = [
        ("questions of 5 to 8 words, in process", &questions[..], 0.4),
        ("phrases of two frequent words, in process", &phrases[..], 0.6),
    ];
    let tantivy = |(what, queries, bound)| row(what, "tantivy", queries, bound, |query| sides.times(query));
    let mut rows = groups.into_iter().map(tantivy).collect::<Result<Vec<_>>>()?;
    rows.extend(beside_lucene(work, &sides, &groups.map(|(what, queries, _)| (what, queries)))?);
    Ok(rows)
}

/// The same queries beside Lucene, if it can be run.
fn beside_lucene(work: &Work, sides: &Sides, groups: &[(&str, &[&str])]) -> Result<Vec<Row>> {
    let Some(jars) = lucene::jars() else {
        let why = format!("Lucene: name its jars in {}, with `java` on the PATH", lucene::JARS);
        return Ok(vec![Row::unmeasured("questions and phrases, in process", why)]);
    };
    if !work.lucene().exists() {
        eprintln!("Lucene's index");
        lucene::index(&jars, &work.lines(), &work.lucene())?;
    }
    let all: Vec<&str> = groups.iter().flat_map(|(_, queries)| queries.iter().copied()).collect();
    let mut peer = lucene::Peer::open(&jars, &work.lucene(), &all)?;
    ensure!(peer.passages == work.text.passages, "Lucene has {} passages", peer.passages);
    let mut rows = Vec::new();
    for (what, queries) in groups {
        let times = |query: &str| sides.beside(query, "Lucene", || peer.time(query));
        rows.push(row(what, "Lucene", queries, 1.0, times)?);
    }
    Ok(rows)
}

/// The times of some queries beside a peer's.
fn row(
    what: &str,
    name: &str,
    queries: &[&str],
    bound: f64,
    times: impl FnMut(&str) -> Result<(f64, f64)>,
) -> Result<Row> {
    let times = queries.iter().copied().map(times).collect::<Result<Vec<_>>>()?;
    let ours: Samples = times.iter().map(|(ours, _)| *ours).collect();
    let theirs: Samples = times.iter().map(|(_, theirs)| *theirs).collect();
    let shown = |samples: &Samples| {
        let [mean, middle] = [samples.mean(), samples.median()].map(|seconds| significant(seconds * 1e3));
        format!("mean {mean} ms (p50 {middle})")
    };
    Ok(Row::new(what, shown(&ours), format!("{name} {}", shown(&theirs)))
        .ratio_with_goal(ours.mean() / theirs.mean(), Goal::AtMost(bound)))
}
