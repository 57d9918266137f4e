//! What must hold of the engine whatever the index: tests against whole lists and across segmentations.

use std::path::Path;
use std::time::Duration;

use proptest::prelude::*;
use proptest::test_runner::{RngAlgorithm, TestRng};

use super::{Engine, LocalEngine, MAX_EXPANSION};
use crate::analysis::Dictionaries;
use crate::document::{
    DocId, DocumentRecord, Facts, Fingerprint, Format, LineSpan, Location, Passage, State,
};
use crate::hit::{Count, Group, Hit, Request};
use crate::index::{Kind, Snapshot, Writer};
use crate::query::{Options, parse};
use crate::span::Span;

pub(super) fn record(id: &str, title: Option<&str>) -> DocumentRecord {
    DocumentRecord {
        id: DocId(id.into()),
        path: id.into(),
        state: State::Indexed,
        format: Some(Format::Text),
        facts: Facts { title: title.map(str::to_owned), ..Facts::default() },
        fingerprint: Fingerprint::default(),
        size: 0,
        modified: 0,
        passages: 0,
        tokens: 0,
        parts: None,
    }
}

pub(super) fn passage(ordinal: u32, text: &str) -> Passage {
    let lines = LineSpan { start: 1, end: 1 };
    Passage {
        ordinal,
        headings: Vec::new(),
        span: Span::new(0, text.len()),
        location: Location::Lines { bytes: Span::new(0, text.len()), lines },
        text: text.to_owned(),
        anchors: Vec::new(),
    }
}

/// A document by its title and the texts of its passages.
pub(super) type Titled = (Option<String>, Vec<String>);

/// Indexes documents, each group of them in one commit.
pub(super) fn snapshot(folder: &Path, groups: &[Vec<Titled>]) -> Snapshot {
    let mut writer = Writer::open(folder, Duration::ZERO).expect("a new index");
    let mut composer = writer.composer(&Dictionaries::default());
    for (number, group) in groups.iter().enumerate() {
        for (place, (title, texts)) in group.iter().enumerate() {
            let record = record(&format!("{number}-{place}.txt"), title.as_deref());
            let passages: Vec<_> = (0..).zip(texts).map(|(ordinal, text)| passage(ordinal, text)).collect();
            composer.put(record, &passages, Kind::Document, None).expect("it is put");
        }
        writer.commit().expect("it is committed");
    }
    writer.close().expect("it is closed");
    Snapshot::open(folder).expect("it opens")
}

/// Documents as lists of the texts of their passages.
pub(super) type Documents = Vec<Vec<String>>;

/// Indexes documents, with a commit behind each group of `group` of them, and with each deleted and put again
/// whose number `again` divides.
pub(super) fn index(folder: &Path, documents: &Documents, group: usize, again: usize) -> LocalEngine {
    let mut writer = Writer::open(folder, Duration::ZERO).expect("a new index");
    let mut composer = writer.composer(&Dictionaries::default());
    for (number, texts) in documents.iter().enumerate() {
        let id = format!("{number:05}.txt");
        let passages: Vec<_> = (0..).zip(texts).map(|(ordinal, text)| passage(ordinal, text)).collect();
        if number.is_multiple_of(again) {
            let before = vec![passage(0, "something else altogether alpha beta gamma")];
            composer.put(record(&id, None), &before, Kind::Document, None).expect("it is put");
            writer.commit().expect("it is committed");
            let snapshot = Snapshot::open(folder).expect("it opens");
            let manifest = snapshot.manifest().expect("it reads");
            let entry = manifest.get(&id).expect("it was put");
            composer.put(record(&id, None), &passages, Kind::Document, Some(entry)).expect("it is put");
        } else {
            composer.put(record(&id, None), &passages, Kind::Document, None).expect("it is put");
        }
        if (number + 1).is_multiple_of(group) {
            writer.commit().expect("it is committed");
        }
    }
    writer.commit().expect("it is committed");
    writer.close().expect("it is closed");
    LocalEngine::new(Snapshot::open(folder).expect("it opens"))
}

pub(super) fn request(query: &str, limit: usize, group: Group) -> Request {
    let query = parse(query, Options::default()).expect("a good query").query;
    Request { query, limit, group, ..Request::default() }
}

pub(super) fn found(
    engine: &LocalEngine,
    query: &str,
    limit: usize,
    group: Group,
) -> Vec<(String, f32, Option<usize>)> {
    let hits = engine.search(&request(query, limit, group)).expect("an answer").hits;
    hits.into_iter()
        .map(|Hit { passage, score, matching_passages, .. }| (passage.id, score, matching_passages))
        .collect()
}

/// Texts with words as frequent as in real ones: the n-th word 1/n times as often as the first.
fn zipf_documents(count: usize) -> Documents {
    let mut rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]);
    let words = ["alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa"];
    let mut word = || {
        let at = (f64::from(rng.next_u32()) / f64::from(u32::MAX) * 3.5).exp() as usize;
        words.get(at.saturating_sub(1)).copied().unwrap_or("filler")
    };
    (0..count)
        .map(|number| {
            let passages = 1 + number % 3;
            (0..passages)
                .map(|at| (0..5 + (number * 7 + at * 13) % 60).map(|_| word()).collect::<Vec<_>>().join(" "))
                .collect()
        })
        .collect()
}

const QUERIES: [&str; 10] = [
    "kappa",
    "alpha",
    "alpha kappa",
    "alpha beta gamma iota",
    "theta^3 iota alpha",
    "+beta theta -kappa",
    "\"beta gamma\" iota",
    "\"alpha beta\"",
    "\"alpha gamma alpha\"",
    "(alpha AND iota) OR kappa",
];

#[test]
fn pruning_loses_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let engine = index(folder.path(), &zipf_documents(3_000), 1_000, 10_000);
    for query in QUERIES {
        for group in [Group::Passage, Group::Document] {
            let whole = found(&engine, query, 100_000, group);
            assert!(whole.len() > 100, "{query} finds {}", whole.len());
            for limit in [1, 10, 100] {
                assert_eq!(found(&engine, query, limit, group), whole[..limit], "{query}, first {limit}");
            }
        }
    }
}

#[test]
fn counts_are_those_of_the_whole_list() {
    let folder = tempfile::tempdir().expect("a folder");
    let engine = index(folder.path(), &zipf_documents(600), 150, 50);
    for query in QUERIES {
        for group in [Group::Passage, Group::Document] {
            let whole = found(&engine, query, 100_000, group).len();
            let counted = engine.search(&Request { count: Count::Exact, ..request(query, 0, group) });
            let counted = counted.expect("an answer");
            assert_eq!((counted.total, counted.total_exact), (whole, true), "{query}");
        }
    }
}

#[test]
fn documents_tell_how_many_of_their_passages_match() {
    let folder = tempfile::tempdir().expect("a folder");
    let documents = vec![
        vec!["alpha".into(), "beta".into(), "alpha beta".into()],
        vec!["beta beta".into(), "gamma".into()],
        vec!["alpha".into()],
    ];
    let engine = index(folder.path(), &documents, 10, 10);
    let counts: Vec<_> = found(&engine, "alpha beta", 10, Group::Document)
        .into_iter()
        .map(|(id, _, count)| (id, count))
        .collect();
    assert_eq!(
        counts,
        [("00000.txt#2".into(), Some(3)), ("00001.txt#0".into(), Some(1)), ("00002.txt#0".into(), Some(1))]
    );
}

#[test]
fn what_stands_for_too_many_words_is_refused_and_never_cut() {
    let folder = tempfile::tempdir().expect("a folder");
    let text = (0..=MAX_EXPANSION).map(|number| format!("w{number}x")).collect::<Vec<_>>().join(" ");
    let engine = index(folder.path(), &vec![vec![text, "w5x".into()]], 10, 10);
    for query in ["w*", "/w.*/", "\"a w*\""] {
        let error = engine.search(&request(query, 1, Group::Passage)).expect_err(query);
        assert!(error.to_string().contains("stands for more than 10000 words"), "{error}");
        assert!(error.is_of_query());
    }
    assert_eq!(found(&engine, "/w[0-9]{1,3}x/ /w5x/ -w1*", 10, Group::Passage).len(), 1);
}

#[test]
fn fuzzy_words_find_no_stems_of_titles() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut writer = Writer::open(folder.path(), Duration::ZERO).expect("a new index");
    let passages = [passage(0, "nothing")];
    let mut composer = writer.composer(&Dictionaries::default());
    composer.put(record("a.txt", Some("Missiles")), &passages, Kind::Document, None).expect("it is put");
    writer.commit().expect("it is committed");
    writer.close().expect("it is closed");
    let engine = LocalEngine::new(Snapshot::open(folder.path()).expect("it opens"));
    for (query, hits) in [("title:missil~1", 0), ("title:missil~2", 1), ("missils~1", 1), ("/.?missil/", 0)] {
        assert_eq!(found(&engine, query, 10, Group::Passage).len(), hits, "{query}");
    }
}

#[test]
fn ties_where_the_second_look_ends_do_not_depend_on_how_the_index_came_about() {
    for count in [340, 700] {
        // All are as good by the plain ranking, and the shorter documents better by the second look.
        let document = |number: usize| vec!["alpha gamma".to_owned(), "other ".repeat(1 + number * 7 % 13)];
        let documents: Documents = (0..count).map(document).collect();
        let folders = [(); 2].map(|()| tempfile::tempdir().expect("a folder"));
        let at_once = index(folders[0].path(), &documents, 1_000, 10_000);
        let in_parts = index(folders[1].path(), &documents, 90, 101);
        let first = found(&at_once, "alpha", 60, Group::Passage);
        assert_eq!(found(&in_parts, "alpha", 60, Group::Passage), first);
        assert_eq!(found(&in_parts, "alpha", 600, Group::Passage)[..60], first);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(5))]

    #[test]
    fn answers_do_not_depend_on_how_the_index_came_about(
        documents in prop::collection::vec(prop::collection::vec("((alpha|beta|gamma|delta) ){1,6}", 1..4), 1..8),
        group in 1usize..5,
        again in 1usize..4,
        limit in 1usize..6,
    ) {
        let folders = [tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder")];
        let at_once = index(folders[0].path(), &documents, 1_000, 1_000);
        let in_parts = index(folders[1].path(), &documents, group, again);
        for query in ["alpha", "alpha beta gamma", "\"alpha beta\" gamma", "+alpha -\"beta beta\"", "alph*"] {
            for by in [Group::Passage, Group::Document] {
                prop_assert_eq!(found(&at_once, query, limit, by), found(&in_parts, query, limit, by));
            }
        }
    }
}
