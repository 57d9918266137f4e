//! What must hold of filters and counts: tests against documents counted one by one.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::super::laws::{passage, record, request};
use super::super::{Engine, LocalEngine};
use super::{OfEach, Terms};
use crate::analysis::Dictionaries;
use crate::date::Date;
use crate::document::DocumentRecord;
use crate::hit::{FacetRequest, Facets, Group, Request};
use crate::index::{Composer, Kind, Snapshot, Writer, terms_of_key};
use crate::query::{Options, parse};

/// A document: its folder, the texts of its passages, its desks, its day and its size.
#[derive(Clone, Debug)]
struct Doc {
    folder: &'static str,
    texts: Vec<&'static str>,
    desks: Vec<Value>,
    day: Option<i8>,
    size: u64,
}

impl Doc {
    fn id(&self, number: usize) -> String {
        format!("{}{number}.txt", self.folder)
    }

    fn record(&self, number: usize) -> DocumentRecord {
        let mut record = record(&self.id(number), None);
        record.facts.date = self.day.and_then(|day| Date::new(2023, 11, day));
        record.size = self.size;
        if !self.desks.is_empty() {
            record.facts.other.insert("desk".into(), Value::Array(self.desks.clone()));
        }
        record
    }

    fn matches(&self) -> bool {
        self.texts.iter().any(|text| text.contains("alpha"))
    }
}

fn doc() -> impl Strategy<Value = Doc> {
    let desk = prop_oneof![
        Just(json!("Asia")),
        Just(json!("asia")),
        Just(json!("7")),
        Just(json!(7)),
        Just(json!("")),
        Just(json!(null)),
    ];
    (
        proptest::sample::select(&["", "a/", "a/b/", "b/"][..]),
        prop::collection::vec(proptest::sample::select(&["alpha beta", "beta", "alpha"][..]), 1..4),
        prop::collection::vec(desk, 0..4),
        prop::option::of(11i8..14),
        0u64..4,
    )
        .prop_map(|(folder, texts, desks, day, size)| Doc { folder, texts, desks, day, size })
}

/// Indexes documents, a commit behind each group of them, the first of each group deleted and put again.
fn index(folder: &Path, docs: &[Doc], group: usize) -> LocalEngine {
    let mut writer = Writer::open(folder, Duration::ZERO).expect("a new index");
    let mut composer = writer.composer(&Dictionaries::default());
    let put = |composer: &mut Composer, number: usize, doc: &Doc, before: Option<&_>| {
        let passages: Vec<_> = (0..).zip(&doc.texts).map(|(at, text)| passage(at, text)).collect();
        composer.put(doc.record(number), &passages, Kind::Document, before).expect("it is put");
    };
    for (number, doc) in docs.iter().enumerate() {
        let old = Doc { texts: vec!["alpha"], desks: vec![json!("old")], ..doc.clone() };
        put(&mut composer, number, &old, None);
        if number % group == 0 {
            writer.commit().expect("it is committed");
        }
        let before = Snapshot::open(folder).expect("it opens").manifest().expect("it reads");
        let just_put = crate::index::Entry::just_put();
        put(&mut composer, number, doc, Some(before.get(&doc.id(number)).unwrap_or(&just_put)));
    }
    writer.commit().expect("it is committed");
    writer.close().expect("it is closed");
    LocalEngine::new(Snapshot::open(folder).expect("it opens"))
}

/// The counts of one facet, as text.
fn counted(facets: &Facets, number: usize) -> String {
    let counts = &facets.facets[number];
    let values = counts.values.iter().map(|value| format!("{}={}", value.value, value.documents));
    format!("{} +{} -{}", values.collect::<Vec<_>>().join(" "), counts.more, counts.without)
}

/// The same by looking at each document.
fn expected(docs: &[Doc], limit: usize, values_of: impl Fn(usize, &Doc) -> BTreeSet<String>) -> String {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let mut without = 0;
    for (number, doc) in docs.iter().enumerate().filter(|(_, doc)| doc.matches()) {
        let values = values_of(number, doc);
        without += usize::from(values.is_empty());
        values.into_iter().for_each(|value| *counts.entry(value).or_default() += 1);
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by_key(|(_, documents)| std::cmp::Reverse(*documents));
    let more = counts.len().saturating_sub(limit);
    let values = counts.iter().take(limit).map(|(value, documents)| format!("{value}={documents}"));
    format!("{} +{more} -{without}", values.collect::<Vec<_>>().join(" "))
}

fn shown(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn documents_are_counted_exactly(
        docs in prop::collection::vec(doc(), 1..12),
        group in 1usize..5,
        limit in 1usize..4,
    ) {
        let folder = tempfile::tempdir().expect("a folder");
        let engine = index(folder.path(), &docs, group);
        let facets = ["lang", "format", "path:1", "date:day", "date:year", "meta.DESK"];
        let facets = facets.map(|name| name.parse().expect("a facet")).to_vec();
        let facets = FacetRequest { facets, limit };
        for by in [Group::Passage, Group::Document] {
            let response = engine.search(&Request { facets: facets.clone(), ..request("alpha", 1, by) });
            let facets = response.expect("an answer").facets.expect("counts");
            let of = |values: &dyn Fn(usize, &Doc) -> BTreeSet<String>| expected(&docs, limit, values);
            prop_assert_eq!(facets.documents, docs.iter().filter(|doc| doc.matches()).count());
            prop_assert_eq!(counted(&facets, 0), of(&|_, _| BTreeSet::new()));
            prop_assert_eq!(counted(&facets, 1).split(' ').next().map(str::len).unwrap_or(0) > 0, facets.documents > 0);
            prop_assert_eq!(counted(&facets, 2), of(&|number, doc| {
                let id = doc.id(number);
                BTreeSet::from([id.split_once('/').map_or("./".into(), |(first, _)| format!("{first}/"))])
            }));
            let day = |doc: &Doc| doc.day.map(|day| format!("2023-11-{day}"));
            prop_assert_eq!(counted(&facets, 3), of(&|_, doc| day(doc).into_iter().collect()));
            prop_assert_eq!(counted(&facets, 4), of(&|_, doc| day(doc).map(|day| day[..4].into()).into_iter().collect()));
            prop_assert_eq!(counted(&facets, 5), of(&|_, doc| doc.desks.iter().filter_map(shown).collect()));
        }
    }

    #[test]
    fn a_filter_leaves_scores_and_order_as_they_are(
        docs in prop::collection::vec(doc(), 1..12),
        filter in proptest::sample::select(&[
            "path:a", "size:1..2", "size:>1", "meta.desk:ASIA", "meta.desk:7", "meta.desk:*", "-meta.desk:As*", "beta",
            "alpha", "\"alpha beta\"^9", "date:2023-11-12 OR meta.desk:>=7", "NOT beta", "+beta -alpha", "*",
        ][..]),
        query in proptest::sample::select(&["alpha", "alpha beta", "+beta alpha", "alpha -\"alpha beta\"", "*"][..]),
    ) {
        let folder = tempfile::tempdir().expect("a folder");
        let engine = index(folder.path(), &docs, 3);
        let parsed = |text: &str| Some(parse(text, Options::default()).expect("a filter").query);
        for group in [Group::Passage, Group::Document] {
            let find = |query: &str, filter: Option<&str>, group, limit| {
                let request = Request { filter: filter.and_then(parsed), ..request(query, limit, group) };
                engine.search(&request).expect("an answer").hits
            };
            let ids = |hits: &[crate::hit::Hit]| -> BTreeSet<String> {
                hits.iter().map(|hit| hit.passage.id.clone()).collect()
            };
            let allowed = ids(&find(filter, None, Group::Passage, 1_000));
            let mut whole = find(query, None, Group::Passage, 1_000);
            whole.retain(|hit| allowed.contains(&hit.passage.id));
            if group == Group::Document {
                let mut seen = BTreeSet::new();
                whole.retain(|hit| seen.insert(hit.document.id.clone()));
            }
            for limit in [1, 2, 1_000] {
                let hits = find(query, Some(filter), group, limit);
                let shown = |hits: &[crate::hit::Hit]| -> Vec<(String, f32)> {
                    hits.iter().take(limit).map(|hit| (hit.passage.id.clone(), hit.score)).collect()
                };
                prop_assert_eq!(shown(&hits), shown(&whole), "{} --filter {}", query, filter);
            }
        }
    }
}

#[test]
fn no_more_terms_are_looked_at_than_documents_can_have() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut writer = Writer::open(folder.path(), Duration::ZERO).expect("a new index");
    let mut composer = writer.composer(&Dictionaries::default());
    for number in 0..40 {
        let mut record = record(&format!("{number}.txt"), None);
        record.facts.other.insert("desk".into(), json!(format!("desk {number}")));
        composer.put(record, &[passage(0, "alpha")], Kind::Document, None).expect("it is put");
    }
    writer.commit().expect("it is committed");
    writer.close().expect("it is closed");
    let snapshot = Snapshot::open(folder.path()).expect("it opens");
    let fields = snapshot.fields();
    let key = terms_of_key("desk");
    for segment in snapshot.searcher().segment_readers() {
        // How many terms are looked at for some documents, and how many values they have.
        let walked = |of_each, firsts: &[u32]| {
            let (field, start) = match of_each {
                OfEach::OneAtMost => (fields.path, ""),
                OfEach::Several => (fields.fact, key.as_str()),
            };
            let (looked_at, mut values) = (Cell::new(0), 0);
            let shown = |term: &str| {
                looked_at.set(looked_at.get() + 1);
                Some(term.to_owned())
            };
            let terms = Terms { segment, field, start, of_each };
            terms.for_each_value(firsts, shown, |_, docs| values += docs.len()).expect("it reads");
            (looked_at.get(), values)
        };
        // A document has two entries: what is known of it, and its passage.
        let all: Vec<u32> = (0..segment.max_doc()).step_by(2).collect();
        let documents = all.len();
        assert_eq!((walked(OfEach::OneAtMost, &[]), walked(OfEach::Several, &[])), ((0, 0), (0, 0)));
        assert_eq!(walked(OfEach::OneAtMost, &all), (documents, documents));
        let mut each: Vec<_> = all.iter().map(|&doc| walked(OfEach::OneAtMost, &[doc])).collect();
        each.sort_unstable();
        assert_eq!(each, (1..=documents).map(|place| (place, 1)).collect::<Vec<_>>(), "up to its own");
        let (looked_at, _) = walked(OfEach::Several, &[0]);
        assert_eq!(looked_at, documents + 1, "the key alone, and every value of it");
    }
}

#[test]
fn sizes_and_facts_find_the_documents_that_have_them() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut writer = Writer::open(folder.path(), Duration::ZERO).expect("a new index");
    let mut composer = writer.composer(&Dictionaries::default());
    for (id, size, facts) in [
        ("a", 999, json!({"desk": "Asia", "n": 10, "by": {"name": "Kim", "on": true}})),
        ("b", 1_000, json!({"desk": ["Sports", "South Asia"], "n": 10.5})),
        ("c", 2_000_000, json!({"published": "2023-11-12T08:00:00Z", "n": "ten", "long": "x".repeat(1_000)})),
    ] {
        let Value::Object(facts) = facts else { panic!("facts are an object") };
        let mut record = record(id, None);
        record.size = size;
        record.facts.other = facts.into_iter().collect();
        let passages = [passage(0, "alpha"), passage(1, "beta")];
        composer.put(record, &passages, Kind::Document, None).expect("it is put");
    }
    writer.commit().expect("it is committed");
    writer.close().expect("it is closed");
    let engine = LocalEngine::new(Snapshot::open(folder.path()).expect("it opens"));
    for (query, expected) in [
        ("size:999", "a"),
        ("size:1KB", "b"),
        ("size:<1KB", "a"),
        ("size:>=1KB", "b c"),
        ("size:999..1000", "a b"),
        ("size:>2MB", ""),
        ("meta.desk:asia", "a"),
        ("meta.DESK:\"south*\"", "b"),
        ("meta.desk:*", "a b"),
        ("meta.n:10.0", "a"),
        ("meta.n:>10", "b"),
        ("meta.n:10..11", "a b"),
        ("meta.n:TEN", "c"),
        ("meta.by.name:kim", "a"),
        ("meta.by:*", "a"),
        ("meta.by.on:true", "a"),
        ("meta.published:2023-11..2023-12", "c"),
        ("meta.published:<2023-11-12", ""),
        ("meta.long:xxx*", "c"),
        ("meta.nothing:*", ""),
        ("-meta.desk:*", "c"),
    ] {
        let hits = engine.search(&request(query, 10, Group::Document)).expect("an answer").hits;
        let mut ids: Vec<_> = hits.iter().map(|hit| hit.document.id.as_str()).collect();
        ids.sort_unstable();
        assert_eq!(ids.join(" "), expected, "{query}");
    }
}
