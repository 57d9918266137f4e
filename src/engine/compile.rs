//! From the query tree to tantivy queries: one that finds the passages, and one for each leaf that scores them.

mod queries;

use tantivy::Term;
use tantivy::query::{
    BooleanQuery, BoostQuery, ConstScoreQuery, DisjunctionMaxQuery, EmptyQuery, Occur as TantivyOccur,
    Query as TantivyQuery,
};
use tantivy::schema::Field;

use super::phrase::PhraseOrTitle;
use super::plan::Plan;
use super::rescore::Saturation;
use super::{EngineError, fact_filter, scope};
use crate::analysis::{PairKind, Reading, Stems};
use crate::hit::Request;
use crate::index::{Fields, Snapshot};
use crate::pattern::{Pairs, Pattern};
use crate::query::{Filter, FilterClause, Matcher, Occur, Part, Query, TextClause, TextField};
use queries::{date_query, raw_query, size_query, term_query};

/// What a base form weighs beside a pair of characters of its word. Chosen on questions in Japanese: 0.3 and 0.5 do as well.
const FORM_WEIGHT: f32 = 0.4;

/// How many pairs of neighbours are looked for: a question has few, and a long text that was pasted has too many.
const MAX_NEIGHBOURS: usize = 32;

/// A query made ready for one snapshot.
pub(super) struct Compiled {
    /// Finds the passages that match, and those that match but for what the query excludes: the plan decides. Its
    /// scores are those of the plan, but for rounding.
    pub(super) matching: Box<dyn TantivyQuery>,
    /// How the leaves' scores make a passage's.
    pub(super) plan: Plan,
    /// The leaves, in the order of the query.
    pub(super) leaves: Vec<Leaf>,
    /// The words that stand next to each other in the query.
    pub(super) neighbours: Vec<Neighbours>,
}

/// A leaf of the plan.
pub(super) struct Leaf {
    /// Finds the passages that the leaf matches, and scores them plainly.
    pub(super) query: Box<dyn TantivyQuery>,
    /// The clause of the query that the leaf is of, if it is of one.
    pub(super) clause: Option<usize>,
    /// The word that the leaf looks for, where it is one that ranks.
    pub(super) word: Option<RankedWord>,
}

/// A word that is scored by how often it stands in passages and documents.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct RankedWord {
    /// In which view of passages it is looked for.
    pub(super) view: View,
    /// Its stems, any of which will do.
    pub(super) stems: Stems,
    /// The form that was typed, of a word that has inflections.
    pub(super) form: Option<String>,
    /// How more of it is worth less.
    pub(super) saturation: Saturation,
}

/// A view of passages by whose terms words are ranked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum View {
    /// Stems, and pairs of characters.
    Stems,
    /// Base forms by dictionaries.
    Forms,
}

impl View {
    /// The field that holds it.
    pub(super) fn field(self, fields: &Fields) -> Field {
        match self {
            Self::Stems => fields.stem,
            Self::Forms => fields.word,
        }
    }
}

/// Two words that stand next to each other in the query.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Neighbours {
    /// Their leaves, in the order of the query.
    pub(super) leaves: [usize; 2],
    /// The smaller one of the factors that their scores are multiplied with.
    pub(super) weight: f32,
}

/// Compiles `query` for `snapshot`.
pub(super) fn compile(query: &Query, snapshot: &Snapshot) -> Result<Compiled, EngineError> {
    let mut compiler = Compiler::new(snapshot);
    let plan = compiler.plan(query, Asked::Ranked)?;
    Ok(compiler.finish(plan))
}

/// Compiles what a request looks for, with what restricts it, for `snapshot`.
pub(super) fn compile_request(request: &Request, snapshot: &Snapshot) -> Result<Compiled, EngineError> {
    let mut compiler = Compiler::new(snapshot);
    let mut plans = vec![compiler.plan(&request.query, Asked::Ranked)?];
    // What restricts the query is of no clause of it.
    compiler.clause = None;
    if let Some(filter) = &request.filter {
        plans.push(compiler.condition(filter)?);
    }
    if let Some(document) = &request.without {
        let of_document = raw_query(compiler.fields.id, document.as_str());
        let of_document = compiler.leaf(Box::new(ConstScoreQuery::new(of_document, 0.0)));
        plans.push(Plan::Condition(Box::new(Plan::Not(Box::new(of_document)))));
    }
    if let Some(condition) = &request.document {
        let scope = scope::documents(snapshot, &compile(condition, snapshot)?)?;
        let inside = compiler.leaf(Box::new(scope));
        plans.push(Plan::Condition(Box::new(inside)));
    }
    let plan = if plans.len() == 1 { plans.remove(0) } else { Plan::And(plans) };
    Ok(compiler.finish(plan))
}

/// The words at both ends of a part of a query, by their leaves, and what their scores are multiplied with.
#[derive(Clone, Copy)]
struct Edges {
    first: usize,
    last: usize,
    factor: f32,
}

/// What a word is asked for, which decides whether a part of it will do.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Asked {
    /// The more of it there is, the better.
    Ranked,
    /// All of it must be there, in whatever form.
    Required,
    /// It must not be there; what only may be a form of it is not meant.
    Excluded,
}

impl Asked {
    /// What a word is asked for where all of several must be there.
    fn strictly(self) -> Self {
        if self == Self::Excluded { self } else { Self::Required }
    }

    /// What a word is asked for where none of this must be there.
    fn inverted(self) -> Self {
        if self == Self::Excluded { Self::Required } else { Self::Excluded }
    }
}

struct Compiler<'a> {
    snapshot: &'a Snapshot,
    fields: &'a Fields,
    leaves: Vec<Leaf>,
    neighbours: Vec<Neighbours>,
    /// What the scores of the clause at hand are multiplied with.
    factor: f32,
    /// The number of the clause at hand, if it is one of the query.
    clause: Option<usize>,
}

impl<'a> Compiler<'a> {
    fn new(snapshot: &'a Snapshot) -> Self {
        let (leaves, neighbours) = (Vec::new(), Vec::new());
        Self { snapshot, fields: snapshot.fields(), leaves, neighbours, factor: 1.0, clause: None }
    }

    fn finish(self, plan: Plan) -> Compiled {
        let matching = self.matching(&plan);
        Compiled { matching, plan, leaves: self.leaves, neighbours: self.neighbours }
    }

    fn plan(&mut self, query: &Query, asked: Asked) -> Result<Plan, EngineError> {
        Ok(match query {
            Query::All => Plan::All,
            Query::Text(clause) => self.text(clause, asked)?,
            Query::Filter(clause) => self.filter(clause)?,
            Query::Weighted { query, weight } => {
                let around = self.factor;
                self.factor *= weight;
                let plan = self.plan(query, asked)?;
                self.factor = around;
                Plan::Weighted(Box::new(plan), *weight)
            }
            Query::Not(query) => Plan::Not(Box::new(self.apart(query, asked.inverted())?)),
            Query::And(queries) => {
                let plans = self.plans(queries, asked.strictly())?;
                self.add_neighbours(plans.iter());
                Plan::And(plans)
            }
            Query::Or(queries) => Plan::Or(self.plans(queries, asked)?),
            Query::Sequence(parts) => {
                let parts = parts.iter().map(|part| self.part(part, asked));
                let parts: Vec<_> = parts.collect::<Result<_, _>>()?;
                let wanted = parts.iter().filter(|(occur, _)| *occur != Occur::MustNot);
                self.add_neighbours(wanted.map(|(_, plan)| plan));
                Plan::Sequence(parts)
            }
        })
    }

    /// What must match and gives no score.
    fn condition(&mut self, query: &Query) -> Result<Plan, EngineError> {
        let plan = self.apart(query, Asked::Required)?;
        for leaf in plan.leaves() {
            self.leaves[leaf].clause = None;
        }
        self.clause = None;
        Ok(Plan::Condition(Box::new(plan)))
    }

    /// What ranks nothing: words in it are nobody's neighbours.
    fn apart(&mut self, query: &Query, asked: Asked) -> Result<Plan, EngineError> {
        let known = self.neighbours.len();
        let plan = self.plan(query, asked)?;
        self.neighbours.truncate(known);
        Ok(plan)
    }

    /// Notes which words stand next to each other in a row of parts; conditions do not come between.
    fn add_neighbours<'p>(&mut self, parts: impl Iterator<Item = &'p Plan>) {
        let mut before: Option<Edges> = None;
        for plan in parts.filter(|plan| !plan.is_condition()) {
            let edges = self.edges(plan, self.factor);
            if let (Some(before), Some(edges)) = (before, edges)
                && self.neighbours.len() < MAX_NEIGHBOURS
            {
                let weight = f32::min(before.factor, edges.factor);
                self.neighbours.push(Neighbours { leaves: [before.last, edges.first], weight });
            }
            before = edges;
        }
    }

    /// The first and the last word of a part that is a word with inflections, or a compound of such words.
    fn edges(&self, plan: &Plan, factor: f32) -> Option<Edges> {
        let of = |leaf: &Plan| match leaf {
            Plan::Leaf(leaf) => self.leaves[*leaf].word.as_ref()?.form.as_ref().map(|_| *leaf),
            _ => None,
        };
        match plan {
            Plan::Leaf(_) => of(plan).map(|leaf| Edges { first: leaf, last: leaf, factor }),
            Plan::Weighted(plan, weight) => self.edges(plan, factor * weight),
            Plan::And(plans) => match &plans[..] {
                [Plan::Condition(_), Plan::Weighted(words, _)] => match &**words {
                    Plan::Or(words) => {
                        Some(Edges { first: of(words.first()?)?, last: of(words.last()?)?, factor })
                    }
                    _ => None,
                },
                _ => None,
            },
            _ => None,
        }
    }

    fn plans(&mut self, queries: &[Query], asked: Asked) -> Result<Vec<Plan>, EngineError> {
        queries.iter().map(|query| self.plan(query, asked)).collect()
    }

    fn part(&mut self, part: &Part, asked: Asked) -> Result<(Occur, Plan), EngineError> {
        let plan = match part.occur {
            Occur::Should => self.plan(&part.query, asked)?,
            Occur::Must => self.plan(&part.query, asked.strictly())?,
            Occur::MustNot => self.apart(&part.query, asked.inverted())?,
        };
        Ok((part.occur, plan))
    }

    fn leaf(&mut self, query: Box<dyn TantivyQuery>) -> Plan {
        self.leaves.push(Leaf { query, clause: self.clause, word: None });
        Plan::Leaf(self.leaves.len() - 1)
    }

    /// The leaf of a word that ranks.
    fn word(&mut self, word: RankedWord) -> Plan {
        let field = word.view.field(self.fields);
        let terms = word.stems.iter().map(|stem| term_query(field, stem));
        let mut terms: Vec<_> = terms.collect();
        let query = match terms.len() {
            1 => terms.remove(0),
            _ => Box::new(BooleanQuery::union(terms)),
        };
        self.leaves.push(Leaf { query, clause: self.clause, word: Some(word) });
        Plan::Leaf(self.leaves.len() - 1)
    }

    fn text(&mut self, clause: &TextClause, asked: Asked) -> Result<Plan, EngineError> {
        self.clause = Some(clause.clause);
        let pattern = Pattern::of(&clause.matcher, self.snapshot.languages())?;
        let field = match clause.field {
            TextField::Any => return self.anywhere(&clause.matcher, pattern, asked),
            TextField::Title => self.fields.title,
            TextField::Heading => self.fields.heading,
        };
        let query = self.in_field(field, &pattern)?;
        Ok(if pattern == Pattern::Nothing { Plan::Nothing } else { self.leaf(query) })
    }

    /// A pattern in a passage's text, its headings and its document's title.
    fn anywhere(&mut self, matcher: &Matcher, pattern: Pattern, asked: Asked) -> Result<Plan, EngineError> {
        match pattern {
            Pattern::Nothing => Ok(Plan::Nothing),
            Pattern::Stem { stems, form } => Ok(self.word(RankedWord::new(stems, form))),
            Pattern::Pairs(pairs) => Ok(self.pairs(&pairs, asked)),
            Pattern::AnyOf(patterns) => self.any_of(matcher, patterns, asked),
            Pattern::Forms(reading) => Ok(self.forms(&reading, asked)),
            Pattern::Mixed { pieces, required, .. } => self.mixed(matcher, pieces, *required, asked),
            Pattern::Phrase(words) if matches!(matcher, Matcher::Word(_)) => {
                let phrase = self.literally(&Pattern::Phrase(words.clone()))?;
                Ok(self.compound(phrase, words))
            }
            pattern => self.literally(&pattern),
        }
    }

    fn any_of(
        &mut self,
        matcher: &Matcher,
        patterns: Vec<Pattern>,
        asked: Asked,
    ) -> Result<Plan, EngineError> {
        let plans = patterns.into_iter().map(|pattern| self.anywhere(matcher, pattern, asked));
        let mut plans = plans.collect::<Result<Vec<_>, _>>()?;
        plans.retain(|plan| *plan != Plan::Nothing);
        Ok(if plans.len() == 1 { plans.remove(0) } else { Plan::Or(plans) })
    }

    /// A text that mixes characters with words: all of it but its ending and, where it is only ranked, also its pieces.
    fn mixed(
        &mut self,
        matcher: &Matcher,
        pieces: Vec<Pattern>,
        required: Pattern,
        asked: Asked,
    ) -> Result<Plan, EngineError> {
        let mut alternatives = if asked == Asked::Ranked { pieces } else { Vec::new() };
        if !alternatives.contains(&required) {
            alternatives.insert(0, required);
        }
        let plans = alternatives.into_iter().map(|pattern| match pattern {
            phrase @ Pattern::Phrase(_) => self.literally(&phrase),
            pattern => self.anywhere(matcher, pattern, asked),
        });
        let mut plans = plans.collect::<Result<Vec<_>, _>>()?;
        Ok(if plans.len() == 1 { plans.remove(0) } else { Plan::Or(plans) })
    }

    /// What is looked for as it stands, in the text or in the title.
    fn literally(&mut self, pattern: &Pattern) -> Result<Plan, EngineError> {
        let in_title = self.at_first_passage(self.in_field(self.fields.title, pattern)?);
        let query: Box<dyn TantivyQuery> = match pattern {
            Pattern::Phrase(words) => {
                let words = words.iter().map(|word| Term::from_field_text(self.fields.body, word));
                Box::new(PhraseOrTitle::new(words.collect(), in_title, self.snapshot.position_files()))
            }
            // What stands in both is as good as the better of them, not as their sum.
            pattern => {
                Box::new(DisjunctionMaxQuery::new(vec![self.in_field(self.fields.body, pattern)?, in_title]))
            }
        };
        Ok(self.leaf(query))
    }

    /// A word that the analyzer takes apart: its parts must stand as a phrase, and are ranked as words. It weighs as one
    /// word, not as many.
    fn compound(&mut self, phrase: Plan, words: Vec<String>) -> Plan {
        #[expect(clippy::cast_precision_loss, reason = "a query has few words")]
        let share = 1.0 / words.len() as f32;
        let languages = self.snapshot.languages();
        let word = |word: String| RankedWord::new(languages.stems(&word, &word), word);
        let words = words.into_iter().map(|part| self.word(word(part))).collect();
        let ranked = Plan::Weighted(Box::new(Plan::Or(words)), share);
        Plan::And(vec![Plan::Condition(Box::new(phrase)), ranked])
    }

    /// Pairs of characters as leaves of their own, so that a ranking of them can be pruned; and beside them, where the
    /// word is required, the parts of it that must be there.
    fn pairs(&mut self, word: &Pairs, asked: Asked) -> Plan {
        if asked == Asked::Excluded && !word.is_two_hiragana() {
            let whole = self.standing(&word.whole);
            return self.leaf(whole);
        }
        let pairs = word.pairs.iter().zip(&word.kinds).filter(|&(_, &kind)| word.tells(kind));
        let weighed = |(pair, &kind): (&[String; 2], &PairKind)| match weight_of_pair(kind) {
            1.0 => self.word(RankedWord::of_pair(pair)),
            weight => Plan::Weighted(Box::new(self.word(RankedWord::of_pair(pair))), weight),
        };
        let mut leaves: Vec<Plan> = pairs.map(weighed).collect();
        for (kind, pairs) in &word.in_other_kana {
            let pairs = pairs.iter().map(|pair| self.word(RankedWord::of_pair(pair)));
            leaves.push(Plan::Weighted(Box::new(Plan::And(pairs.collect())), weight_of_pair(*kind)));
        }
        let ranked = Plan::Or(leaves);
        if asked == Asked::Ranked || word.is_two_hiragana() {
            return ranked;
        }
        let stands = |part: &Vec<String>| {
            let query = self.standing(part);
            (Occur::Must, self.leaf(query))
        };
        let parts: Vec<_> = word.parts.iter().map(stands).collect();
        Plan::Sequence(parts.into_iter().chain([(Occur::Should, ranked)]).collect())
    }

    /// The words that a dictionary takes a word for, in any form. What only may be a form of it is not excluded.
    fn forms(&mut self, reading: &Reading, asked: Asked) -> Plan {
        let mut leaf = |form: &String| self.word(RankedWord::of_form(form));
        let plan = match asked {
            Asked::Ranked if reading.telling().next().is_some() => {
                Plan::Or(reading.telling().map(&mut leaf).collect())
            }
            Asked::Required if reading.is_whole => Plan::And(reading.forms.iter().map(&mut leaf).collect()),
            Asked::Ranked | Asked::Required | Asked::Excluded => return Plan::Nothing,
        };
        Plan::Weighted(Box::new(plan), FORM_WEIGHT)
    }

    fn filter(&mut self, clause: &FilterClause) -> Result<Plan, EngineError> {
        self.clause = Some(clause.clause);
        let fields = self.fields;
        let query: Box<dyn TantivyQuery> = match &clause.filter {
            Filter::Path(glob) => self.paths(glob)?,
            Filter::Language(code) => raw_query(fields.language, code),
            Filter::Format(name) => raw_query(fields.format, name),
            Filter::Extension(extension) => raw_query(fields.extension, extension),
            Filter::Date(period) => Box::new(date_query(fields.date, *period)),
            Filter::Size(sizes) => self.of_passages(Box::new(size_query(fields.size, *sizes))),
            Filter::Fact(filter) => fact_filter::query(self.snapshot.searcher(), fields.fact, filter)?,
        };
        Ok(Plan::Condition(Box::new(self.leaf(Box::new(ConstScoreQuery::new(query, 0.0))))))
    }

    /// The query that finds what a plan matches.
    fn matching(&self, plan: &Plan) -> Box<dyn TantivyQuery> {
        match plan {
            Plan::All => self.all_passages(),
            Plan::Nothing => Box::new(EmptyQuery),
            Plan::Leaf(leaf) => self.leaves[*leaf].query.box_clone(),
            Plan::Condition(plan) => Box::new(ConstScoreQuery::new(self.matching(plan), 0.0)),
            Plan::Weighted(plan, weight) => Box::new(BoostQuery::new(self.matching(plan), *weight)),
            Plan::Not(_) => self.all_passages(),
            Plan::And(plans) => {
                let all = plans.iter().map(|plan| self.matching(plan)).collect();
                self.boolean(all, Vec::new())
            }
            Plan::Or(plans) => self.boolean(Vec::new(), self.flattened(plans.iter())),
            Plan::Sequence(parts) => {
                let of = |wanted: Occur| {
                    parts.iter().filter(move |(occur, _)| *occur == wanted).map(|(_, plan)| plan)
                };
                let must = of(Occur::Must).map(|plan| self.matching(plan)).collect();
                let should = self.flattened(of(Occur::Should));
                match should.is_empty() || of(Occur::Must).any(|plan| !plan.is_condition()) {
                    true => self.boolean(must, should),
                    false => {
                        let one_of_them = self.boolean(Vec::new(), should);
                        self.boolean(must.into_iter().chain([one_of_them]).collect(), Vec::new())
                    }
                }
            }
        }
    }

    /// The queries of alternatives, those of alternatives inside of them among them: tantivy prunes a flat union of
    /// terms, no nested one.
    fn flattened<'p>(&self, plans: impl Iterator<Item = &'p Plan>) -> Vec<Box<dyn TantivyQuery>> {
        let mut queries = Vec::new();
        for plan in plans {
            match plan {
                Plan::Or(inner) => queries.extend(self.flattened(inner.iter())),
                plan => queries.push(self.matching(plan)),
            }
        }
        queries
    }

    /// All of these queries, and of the others one or, where something is required, as many as there are.
    fn boolean(
        &self,
        must: Vec<Box<dyn TantivyQuery>>,
        should: Vec<Box<dyn TantivyQuery>>,
    ) -> Box<dyn TantivyQuery> {
        let must = must.into_iter().map(|query| (TantivyOccur::Must, query));
        let should = should.into_iter().map(|query| (TantivyOccur::Should, query));
        let mut clauses: Vec<_> = must.chain(should).collect();
        match clauses.len() {
            0 => self.all_passages(),
            // Tantivy does not look through a query of one clause to find a union that it can prune.
            1 => clauses.remove(0).1,
            _ => Box::new(BooleanQuery::new(clauses)),
        }
    }
}

impl RankedWord {
    fn new(stems: Stems, form: String) -> Self {
        Self { view: View::Stems, stems, form: Some(form), saturation: Saturation::WORDS }
    }

    fn of_pair(pair: &[String; 2]) -> Self {
        let stems = Stems::of(pair.concat());
        Self { view: View::Stems, stems, form: None, saturation: Saturation::PAIRS }
    }

    fn of_form(form: &str) -> Self {
        let stems = Stems::of(form.to_owned());
        Self { view: View::Forms, stems, form: None, saturation: Saturation::WORDS }
    }
}

/// What a pair of characters weighs beside one that bears the meaning of its word: endings and Hiragana stand in any
/// text. Chosen on questions in Korean and Japanese.
fn weight_of_pair(kind: PairKind) -> f32 {
    match kind {
        PairKind::Content => 1.0,
        PairKind::HalfHiragana => 0.5,
        PairKind::Ending => 0.3,
        PairKind::OtherForm => 0.25,
        PairKind::Hiragana => 0.2,
    }
}
