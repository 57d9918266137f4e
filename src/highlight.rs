//! Which spans of a hit's texts the query matched: those, and nothing else.
//!
//! A clause is held against a text's tokens by the very rules that found the passage (see [`Pattern`]), and the
//! tree of the query decides which clauses count: in `(a AND b) OR c`, an `a` without a `b` is no match. A phrase is
//! one span from its first word to its last. Where spans of several clauses overlap, the longest stays: in
//! `missile "missile warning"` the phrase.

#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use crate::analysis::{BaseForm, Kind, Language, Languages, Reading, Stems, Token, Tokens};
use crate::pattern::{Finder, Pairs, Pattern, Proximity, Words};
use crate::query::{Occur, Part, Query, TextClause, TextField};
use crate::span::{InPassage, Span};

/// The texts of a hit.
#[derive(Clone, Copy, Debug)]
pub struct Texts<'a> {
    /// The passage's text.
    pub text: &'a str,
    /// The document's title.
    pub title: Option<&'a str>,
    /// The headings above the passage.
    pub headings: &'a [String],
    /// The passage's number in its document: the first one is found for a phrase that only the title holds.
    pub ordinal: u32,
    /// The code of the document's language, if it is known.
    pub language: Option<&'a str>,
}

/// A span that a clause matched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Where it stands.
    pub span: Span<InPassage>,
    /// The number of the clause.
    pub clause: usize,
}

/// What a query matched in the texts of a hit; each list in order, without overlap.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Marks {
    /// Spans of the passage's text.
    pub text: Vec<Mark>,
    /// Spans of the title.
    pub title: Vec<Mark>,
    /// Spans of each heading.
    pub headings: Vec<Vec<Mark>>,
}

impl Marks {
    /// Whether the passage itself holds one of them, and not its document's title alone.
    fn is_in_passage(&self) -> bool {
        !self.text.is_empty() || self.headings.iter().any(|heading| !heading.is_empty())
    }
}

/// Tells what a query matched in the texts of its hits.
pub struct Highlighter<'q> {
    query: &'q Query,
    /// The languages of the index.
    languages: &'q Languages,
    /// What each text clause looks for, by the clause's number; made once, for all hits.
    patterns: BTreeMap<usize, Pattern>,
    /// Whether any of them looks for base forms.
    wants_forms: bool,
}

impl<'q> Highlighter<'q> {
    /// A highlighter for the hits of `query` in an index that holds `languages`. A clause that no engine can search for
    /// matches nothing.
    pub fn new(query: &'q Query, languages: &'q Languages) -> Self {
        let pattern =
            |clause: &TextClause| Pattern::of(&clause.matcher, languages).unwrap_or(Pattern::Nothing);
        let clauses = query.text_clauses().into_iter();
        let patterns: BTreeMap<_, _> = clauses.map(|clause| (clause.clause, pattern(clause))).collect();
        let wants_forms = patterns.values().any(wants_forms);
        Self { query, languages, patterns, wants_forms }
    }

    /// What each clause of the query matched in the texts of a hit, also where a longer match covers it.
    pub fn all_marks(&self, texts: &Texts<'_>) -> Marks {
        let analysed = Analysed::new(texts, self);
        analysed.eval(self.query, Occur::Should).unwrap_or_else(|| analysed.no_marks())
    }

    /// What the query matched in the texts of a hit.
    pub fn marks(&self, texts: &Texts<'_>) -> Marks {
        let mut marks = self.all_marks(texts);
        settle(&mut marks.text);
        settle(&mut marks.title);
        marks.headings.iter_mut().for_each(settle);
        marks
    }
}

/// The texts of a hit with their tokens.
struct Analysed<'h> {
    patterns: &'h BTreeMap<usize, Pattern>,
    languages: &'h Languages,
    /// The language of the document.
    language: Language,
    text: Side<'h>,
    title: Side<'h>,
    headings: Vec<Side<'h>>,
    ordinal: u32,
}

/// One of the texts.
struct Side<'h> {
    words: Vec<Word<'h>>,
    /// The base forms of its words, where any is looked for.
    forms: Vec<BaseForm>,
}

/// A token as it is written.
struct Word<'h> {
    /// Without a term where that is what is written: most words would be copied for nothing.
    token: Token,
    written: &'h str,
}

impl Word<'_> {
    fn term(&self) -> &str {
        if self.token.term.is_empty() { self.written } else { &self.token.term }
    }

    /// As [`Token::ranked`].
    fn ranked(&self) -> Cow<'_, str> {
        if self.token.is_hiragana { self.token.ranked() } else { Cow::Borrowed(self.term()) }
    }
}

fn words(text: &str) -> Vec<Word<'_>> {
    // As many as most texts of so many letters have.
    let mut words = Vec::with_capacity(text.len() / 6);
    let mut walk = Tokens::new(text);
    while walk.advance() {
        let Token { ref term, ref span, position, kind, is_hiragana } = *walk.token();
        let written = &text[span.clone()];
        let term = if term == written { String::new() } else { term.clone() };
        let token = Token { term, span: span.clone(), position, kind, is_hiragana };
        words.push(Word { token, written });
    }
    words
}

impl<'h> Analysed<'h> {
    fn new(texts: &Texts<'h>, highlighter: &'h Highlighter<'_>) -> Self {
        let language = Language::of(texts.language);
        let dictionaries = Some(highlighter.languages.dictionaries()).filter(|_| highlighter.wants_forms);
        let side = |text: &'h str| Side {
            words: words(text),
            forms: dictionaries.map(|known| known.base_forms(text, language)).unwrap_or_default(),
        };
        Self {
            patterns: &highlighter.patterns,
            languages: highlighter.languages,
            language,
            text: side(texts.text),
            title: side(texts.title.unwrap_or_default()),
            headings: texts.headings.iter().map(|heading| side(heading)).collect(),
            ordinal: texts.ordinal,
        }
    }

    fn no_marks(&self) -> Marks {
        Marks { headings: vec![Vec::new(); self.headings.len()], ..Marks::default() }
    }

    /// What a query marks, or `None` where it does not match. A condition on the document is taken to hold, since
    /// the passage was found.
    fn eval(&self, query: &Query, occur: Occur) -> Option<Marks> {
        match query {
            Query::All | Query::Filter(_) => Some(self.no_marks()),
            Query::Text(clause) => self.clause(clause, occur),
            Query::Weighted { query, .. } => self.eval(query, occur),
            Query::Not(query) => self.eval(query, inverted(occur)).is_none().then(|| self.no_marks()),
            Query::And(queries) => queries.iter().try_fold(self.no_marks(), |marks, query| {
                Some(joined(marks, self.eval(query, strictly(occur))?))
            }),
            Query::Or(queries) => {
                let all = queries.iter().filter_map(|query| self.eval(query, occur));
                all.reduce(joined)
            }
            Query::Sequence(parts) => self.sequence(parts, occur),
        }
    }

    fn sequence(&self, parts: &[Part], occur: Occur) -> Option<Marks> {
        let mut marks = self.no_marks();
        let (mut has_must, mut needs_one, mut has_one) = (false, false, false);
        for part in parts {
            let asked = match part.occur {
                Occur::Should => occur,
                Occur::Must => strictly(occur),
                Occur::MustNot => inverted(occur),
            };
            match (part.occur, self.eval(&part.query, asked)) {
                (Occur::MustNot, found) if is_plain_filter(&part.query) => drop(found),
                (Occur::MustNot, Some(_)) | (Occur::Must, None) => return None,
                (Occur::MustNot, None) => {}
                (Occur::Must, Some(found)) => {
                    has_must |= !part.query.is_condition();
                    marks = joined(marks, found);
                }
                (Occur::Should, found) => {
                    needs_one = true;
                    has_one |= found.is_some();
                    marks = found.into_iter().fold(marks, joined);
                }
            }
        }
        (has_must || has_one || !needs_one).then_some(marks)
    }

    /// What a clause marks, or `None` where it does not match. What is a match by itself brings with it what the title
    /// has of the clause, also where that alone would be none.
    fn clause(&self, clause: &TextClause, occur: Occur) -> Option<Marks> {
        let asked = self.asked(self.patterns.get(&clause.clause)?, occur).into_iter();
        let found: Vec<_> = asked
            .map(|pattern| {
                let marks = self.pattern(clause, &pattern);
                (pattern, marks)
            })
            .collect();
        let is_match = |(pattern, marks): &(Cow<'_, Pattern>, Marks)| match (clause.field, &**pattern) {
            // Its parts were seen to stand.
            (TextField::Any, Pattern::Pairs(pairs)) if occur != Occur::Should && !pairs.is_two_hiragana() => {
                true
            }
            (TextField::Any, pattern) if !is_word(pattern) && self.ordinal > 0 => marks.is_in_passage(),
            _ => marks.is_in_passage() || !marks.title.is_empty(),
        };
        let is_matched = found.iter().any(is_match);
        let marks = found.into_iter().map(|(_, marks)| marks);
        is_matched.then(|| marks.fold(self.no_marks(), joined))
    }

    /// The patterns any of which makes a match of one that is asked for in this way.
    fn asked<'p>(&self, pattern: &'p Pattern, occur: Occur) -> Vec<Cow<'p, Pattern>> {
        match pattern {
            Pattern::AnyOf(patterns) => {
                patterns.iter().flat_map(|pattern| self.asked(pattern, occur)).collect()
            }
            Pattern::Mixed { required, .. } if occur != Occur::Should => self.asked(required, occur),
            Pattern::Pairs(pairs) if pairs.is_two_hiragana() => vec![Cow::Borrowed(pattern)],
            Pattern::Pairs(pairs) if occur != Occur::Should && !self.stands(pairs, occur) => Vec::new(),
            Pattern::Pairs(Pairs { parts, .. }) if occur == Occur::Must => {
                let single = parts.iter().filter(|part| part.len() == 1);
                let single = single.map(|part| Cow::Owned(Pattern::of_terms(part.clone())));
                [Cow::Borrowed(pattern)].into_iter().chain(single).collect()
            }
            Pattern::Forms(Reading { forms, is_whole }) if occur != Occur::Should => {
                let has_all = occur == Occur::Must && *is_whole && forms.iter().all(|form| self.has(form));
                let each = |form: &String| Reading { forms: vec![form.clone()], is_whole: true };
                let each = forms.iter().map(|form| Cow::Owned(Pattern::Forms(each(form))));
                if has_all { each.collect() } else { Vec::new() }
            }
            pattern => vec![Cow::Borrowed(pattern)],
        }
    }

    /// Whether a word with this base form stands in the texts.
    fn has(&self, form: &str) -> bool {
        self.sides().any(|side| side.forms.iter().any(|known| known.form == form))
    }

    fn sides(&self) -> impl Iterator<Item = &Side<'h>> {
        [&self.text, &self.title].into_iter().chain(&self.headings)
    }

    fn pattern(&self, clause: &TextClause, pattern: &Pattern) -> Marks {
        // Base forms are those of all texts together.
        if matches!(pattern, Pattern::Forms(_)) && clause.field != TextField::Any {
            return self.no_marks();
        }
        let in_side = |side: &Side<'_>| self.spans(pattern, side, clause.clause);
        let (text, title, headings) = match clause.field {
            TextField::Any => (true, true, is_word(pattern)),
            TextField::Title => (false, true, false),
            TextField::Heading => (false, false, true),
        };
        Marks {
            text: if text { in_side(&self.text) } else { Vec::new() },
            title: if title { in_side(&self.title) } else { Vec::new() },
            headings: match pattern {
                Pattern::Near(proximity) if headings => self.near_in_headings(proximity, clause.clause),
                _ if headings => self.headings.iter().map(in_side).collect(),
                _ => self.no_marks().headings,
            },
        }
    }

    /// Whether what a word asks for stands in the texts.
    fn stands(&self, word: &Pairs, occur: Occur) -> bool {
        let stands = |part: &Vec<String>| self.sides().any(|side| !run(&side.words, part).is_empty());
        if occur == Occur::MustNot { stands(&word.whole) } else { word.parts.iter().all(stands) }
    }

    fn near_in_headings(&self, proximity: &Proximity, clause: usize) -> Vec<Vec<Mark>> {
        let headings: Vec<&[Word<'_>]> = self.headings.iter().map(|heading| &heading.words[..]).collect();
        let mark = |range: Range<usize>| Mark { span: Span::new(range.start, range.end), clause };
        let of_heading = |ranges: Vec<Range<usize>>| ranges.into_iter().map(mark).collect();
        near(proximity, &headings, self.languages).into_iter().map(of_heading).collect()
    }

    /// Where a pattern matches in a text.
    fn spans(&self, pattern: &Pattern, side: &Side<'_>, clause: usize) -> Vec<Mark> {
        let ranges = self.ranges(pattern, side).into_iter();
        ranges.map(|range| Mark { span: Span::new(range.start, range.end), clause }).collect()
    }

    /// The words with one of these stems. Making the stem of every word of a text takes longer than all else here.
    fn inflections(&self, stems: &Stems, words: &[Word<'_>]) -> Vec<Range<usize>> {
        let starts = self.language.starts_of_inflections(stems);
        each(words, |word| {
            word.token.kind == Kind::Word
                && starts.iter().any(|start| word.term().starts_with(start))
                && stems.contains(&self.language.stem(word.written, word.term()))
        })
    }

    fn ranges(&self, pattern: &Pattern, side: &Side<'_>) -> Vec<Range<usize>> {
        let words = &side.words[..];
        match pattern {
            Pattern::Nothing => Vec::new(),
            Pattern::Forms(reading) => {
                let is_meant = |known: &&BaseForm| reading.telling().any(|form| *form == known.form);
                side.forms.iter().filter(is_meant).map(|known| known.span.clone()).collect()
            }
            Pattern::Stem { stems, .. } => self.inflections(stems, words),
            Pattern::Word(term) => each(words, |word| word.term() == *term),
            Pattern::Like(automaton) => each(words, |word| automaton.accepts(word.term())),
            Pattern::Near(proximity) => near(proximity, &[words], self.languages).remove(0),
            Pattern::Prefix(prefix) => each(words, |word| word.term().starts_with(prefix)),
            Pattern::Phrase(terms) => run(words, terms),
            Pattern::PhrasePrefix(terms) => {
                runs(words, terms.len(), |at, word| match at + 1 == terms.len() {
                    true => word.term().starts_with(&terms[at]),
                    false => word.term() == terms[at],
                })
            }
            Pattern::AnyOf(patterns) => {
                patterns.iter().flat_map(|pattern| self.ranges(pattern, side)).collect()
            }
            Pattern::Mixed { phrase, pieces, required } => {
                let whole = || Some(run(words, phrase)).filter(|ranges| !ranges.is_empty());
                let required = || Some(self.ranges(required, side)).filter(|ranges| !ranges.is_empty());
                let pieces = || pieces.iter().flat_map(|piece| self.ranges(piece, side)).collect();
                whole().or_else(required).unwrap_or_else(pieces)
            }
            Pattern::Pairs(word) => pairs(word, words),
        }
    }
}

/// The places of a word in Han, Kana or Hangul: its pairs, those that adjoin made one, and its parts where they stand
/// without all of their pairs. What is no match by itself is marked where it goes on from one that is.
fn pairs(word: &Pairs, words: &[Word<'_>]) -> Vec<Range<usize>> {
    let mut found: Vec<(Range<usize>, bool)> = Vec::new();
    let mut covered = vec![false; words.len()];
    for (at, two) in words.windows(2).enumerate() {
        let is_same = |pair: &[String; 2]| pair[0] == two[0].ranked() && pair[1] == two[1].ranked();
        let [first, second] = [&two[0].token, &two[1].token];
        let Some(number) = word.pairs.iter().position(is_same).filter(|_| second.kind == Kind::NextCharacter)
        else {
            continue;
        };
        covered[at..at + 2].fill(true);
        let tells = word.tells(word.kinds[number]);
        match found.last_mut().filter(|(last, _)| first.span.start <= last.end) {
            Some((last, told)) => (last.end, *told) = (second.span.end, *told || tells),
            None => found.push((first.span.start..second.span.end, tells)),
        }
    }
    let mut places: Vec<_> = found.into_iter().filter(|(_, tells)| *tells).map(|(place, _)| place).collect();
    for part in word.parts.iter().filter(|part| part.len() > 1 && !word.is_two_hiragana()) {
        let fits = |at: usize| words[at..at + part.len()].iter().zip(part).all(|(word, c)| word.term() == *c);
        let starts = (0..(words.len() + 1).saturating_sub(part.len())).filter(|&at| fits(at));
        let bare = starts.filter(|&at| covered[at..at + part.len()].contains(&false));
        places.extend(bare.map(|at| words[at].token.span.start..words[at + part.len() - 1].token.span.end));
    }
    places.sort_by_key(|place| place.start);
    merged(places.into_iter())
}

/// How the words of what must all be there are asked for in what is asked for so.
fn strictly(occur: Occur) -> Occur {
    if occur == Occur::MustNot { occur } else { Occur::Must }
}

/// How the words of what must not be there are asked for in what is asked for so.
fn inverted(occur: Occur) -> Occur {
    if occur == Occur::MustNot { Occur::Must } else { Occur::MustNot }
}

/// Whether a pattern looks for base forms.
fn wants_forms(pattern: &Pattern) -> bool {
    match pattern {
        Pattern::Forms(_) => true,
        Pattern::AnyOf(patterns) | Pattern::Mixed { pieces: patterns, .. } => {
            patterns.iter().any(wants_forms)
        }
        _ => false,
    }
}

/// Whether a pattern is looked for in the title and the headings of every passage, not in its text alone.
fn is_word(pattern: &Pattern) -> bool {
    match pattern {
        Pattern::Stem { .. } | Pattern::Pairs(_) | Pattern::Forms(_) => true,
        Pattern::Mixed { pieces, .. } => !pieces.is_empty(),
        _ => false,
    }
}

/// Whether a query is a condition on the document alone, whose outcome the texts do not tell.
fn is_plain_filter(query: &Query) -> bool {
    match query {
        Query::Filter(_) | Query::All => true,
        Query::Text(_) => false,
        Query::Weighted { query, .. } | Query::Not(query) => is_plain_filter(query),
        Query::And(queries) | Query::Or(queries) => queries.iter().any(is_plain_filter),
        Query::Sequence(parts) => parts.iter().any(|part| is_plain_filter(&part.query)),
    }
}

fn joined(mut marks: Marks, other: Marks) -> Marks {
    marks.text.extend(other.text);
    marks.title.extend(other.title);
    for (heading, more) in marks.headings.iter_mut().zip(other.headings) {
        heading.extend(more);
    }
    marks
}

/// The words that make up the places where words stand near each other, in each of the texts; not those between.
///
/// Texts of one field are numbered on from one to the next, as they are in the index: a position without a word stands
/// between them.
fn near(proximity: &Proximity, texts: &[&[Word<'_>]], languages: &Languages) -> Vec<Vec<Range<usize>>> {
    let mut places: Vec<Option<(usize, &Word<'_>)>> = Vec::new();
    for (number, words) in texts.iter().enumerate() {
        places.extend(words.iter().map(|word| Some((number, word))));
        places.push(None);
    }
    let positions = positions(&proximity.families, &places, languages);
    let mut finder = Finder::new(&proximity.shape);
    let mut parts = Vec::new();
    for interval in 0..finder.find(&positions) {
        finder.parts(interval, &mut parts);
    }
    let mut ranges = vec![Vec::new(); texts.len()];
    for part in parts {
        if let (Some((number, first)), Some((_, last))) =
            (places[part.start as usize], places[part.end as usize])
        {
            ranges[number].push(first.token.span.start..last.token.span.end);
        }
    }
    ranges
}

/// The positions of the words of each family.
fn positions(
    families: &[Words],
    places: &[Option<(usize, &Word<'_>)>],
    languages: &Languages,
) -> Vec<Vec<u32>> {
    // Of families that are one word there may be very many.
    let (mut single, mut others) = (HashMap::new(), Vec::new());
    for (number, family) in families.iter().enumerate() {
        match family {
            Words::Word(word) => drop(single.insert(word.as_str(), number)),
            _ => others.push((number, family)),
        }
    }
    let mut positions = vec![Vec::new(); families.len()];
    for (position, place) in (0..).zip(places) {
        let Some((_, word)) = place else { continue };
        if let Some(&number) = single.get(word.term()) {
            positions[number].push(position);
        }
        let of_others = others.iter().filter(|(_, family)| family.contains(word.term(), languages));
        of_others.for_each(|&(number, _)| positions[number].push(position));
    }
    positions
}

fn each(words: &[Word<'_>], is_match: impl Fn(&Word<'_>) -> bool) -> Vec<Range<usize>> {
    words.iter().filter(|word| is_match(word)).map(|word| word.token.span.clone()).collect()
}

/// The places where these words stand one behind the other.
fn run(words: &[Word<'_>], terms: &[String]) -> Vec<Range<usize>> {
    runs(words, terms.len(), |at, word| word.term() == terms[at])
}

/// The runs of `len` words each of which fits its place.
fn runs(words: &[Word<'_>], len: usize, fits: impl Fn(usize, &Word<'_>) -> bool) -> Vec<Range<usize>> {
    let is_run = |run: &&[Word<'_>]| run.iter().enumerate().all(|(at, word)| fits(at, word));
    let found = words.windows(len).filter(is_run);
    found.map(|run| run[0].token.span.start..run[len - 1].token.span.end).collect()
}

/// Ranges in order, those that adjoin or overlap made one.
fn merged(ranges: impl Iterator<Item = Range<usize>>) -> Vec<Range<usize>> {
    let mut merged: Vec<Range<usize>> = Vec::new();
    for range in ranges {
        match merged.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => merged.push(range),
        }
    }
    merged
}

/// Puts marks in order and takes out those that overlap: the longest of them stays, of equals the first clause's.
fn settle(marks: &mut Vec<Mark>) {
    marks.sort_by_key(|mark| (mark.span.start, std::cmp::Reverse(mark.span.end), mark.clause));
    let mut settled: Vec<Mark> = Vec::with_capacity(marks.len());
    for mark in marks.drain(..) {
        match settled.last_mut() {
            Some(last) if mark.span.start < last.span.end => {
                if mark.span.len() > last.span.len() {
                    *last = mark;
                }
            }
            _ => settled.push(mark),
        }
    }
    *marks = settled;
}
