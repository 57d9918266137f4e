//! The terms of a segment of ours are, byte for byte, what tantivy's own writer makes of the same entries.

use std::time::Duration;

use proptest::prelude::*;
use tantivy::index::SegmentComponent;
use tantivy::schema::TantivyDocument;
use tantivy::tokenizer::{TextAnalyzer, Token, TokenStream, Tokenizer};
use tantivy::{Directory, Index, IndexWriter};

use super::super::schema::{self, Fields, Kind, TITLE_COUNTS};
use super::super::writer::index_settings;
use super::super::{Writer, facts};
use crate::analysis::{self, Dictionaries, Language, STEM_MARK};
use crate::date::Date;
use crate::document::{
    DocId, DocumentRecord, Facts, Fingerprint, Format, LineSpan, Location, Passage, State,
};
use crate::span::Span;

/// The files that hold terms, and how long fields are.
const COMPONENTS: [SegmentComponent; 4] = [
    SegmentComponent::FieldNorms,
    SegmentComponent::Terms,
    SegmentComponent::Postings,
    SegmentComponent::Positions,
];

/// Parts terms at line ends; an empty one is a gap, and a stem with a mark stands where its word stands.
#[derive(Clone)]
struct Lines;

struct LineStream<'a> {
    rest: std::str::Split<'a, char>,
    token: Token,
}

impl Tokenizer for Lines {
    type TokenStream<'a> = LineStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> LineStream<'a> {
        let mut rest = text.split('\n');
        if text.is_empty() {
            rest.next();
        }
        LineStream { rest, token: Token::default() }
    }
}

impl TokenStream for LineStream<'_> {
    fn advance(&mut self) -> bool {
        for term in self.rest.by_ref() {
            if !term.starts_with(STEM_MARK) {
                self.token.position = self.token.position.wrapping_add(1);
            }
            if !term.is_empty() {
                term.clone_into(&mut self.token.text);
                return true;
            }
        }
        false
    }

    fn token(&self) -> &Token {
        &self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }
}

#[derive(Clone, Debug)]
struct Doc {
    title: String,
    language: Option<&'static str>,
    day: Option<i8>,
    desk: Option<&'static str>,
    passages: Vec<(Vec<String>, String)>,
}

fn any_doc() -> impl Strategy<Value = Doc> {
    let text = || "(alpha |Alphas |beta\\. |missile launches |généraux |F-35A |1,000 |미사일을 |警報の |ミサイル){0,9}";
    let heading = "(Alpha|beta gamma|경보|x){1,2}";
    let passage = (prop::collection::vec(heading, 0..3), text());
    (
        text(),
        prop::sample::select(&[None, Some("fr"), Some("ko")][..]),
        prop::option::of(1_i8..4),
        prop::sample::select(&[None, Some("Asia"), Some("Sports")][..]),
        prop::collection::vec(passage, 0..4),
    )
        .prop_map(|(title, language, day, desk, passages)| Doc { title, language, day, desk, passages })
}

impl Doc {
    fn record(&self, number: usize) -> DocumentRecord {
        let mut facts = Facts {
            title: Some(self.title.clone()),
            language: self.language.map(str::to_owned),
            date: self.day.and_then(|day| Date::new(2023, 11, day)),
            ..Facts::default()
        };
        facts.other.extend(self.desk.map(|desk| ("desk".to_owned(), desk.into())));
        DocumentRecord {
            id: DocId(format!("box.mbox#{number}")),
            path: "box.mbox".into(),
            state: State::Indexed,
            format: Some(Format::Text),
            facts,
            fingerprint: Fingerprint::default(),
            size: 7,
            modified: 0,
            passages: 0,
            tokens: 0,
            parts: None,
        }
    }

    fn passages(&self) -> Vec<Passage> {
        let lines = LineSpan { start: 1, end: 1 };
        let passage = |(ordinal, (headings, text)): (u32, &(Vec<String>, String))| Passage {
            ordinal,
            headings: headings.clone(),
            span: Span::new(0, text.len()),
            location: Location::Lines { bytes: Span::new(0, text.len()), lines },
            text: text.clone(),
            anchors: Vec::new(),
        };
        (0..).zip(&self.passages).map(passage).collect()
    }
}

fn words(text: &str) -> Vec<String> {
    analysis::tokens(text).into_iter().map(|token| token.term).collect()
}

/// Words, each with its stem behind it.
fn words_and_stems(text: &str, language: Language) -> Vec<String> {
    let tokens = analysis::tokens(text).into_iter();
    let both = tokens.flat_map(|token| {
        let stem = match token.kind {
            analysis::Kind::Word => language.stem(&text[token.span.clone()], &token.term).into_owned(),
            _ => token.term.clone(),
        };
        [token.term, format!("{STEM_MARK}{stem}")]
    });
    both.collect()
}

/// The entry of a passage as tantivy's own writer takes it, with nothing but its terms.
fn entry_of_passage(
    fields: &Fields,
    doc: &Doc,
    record: &DocumentRecord,
    passage: &Passage,
) -> TantivyDocument {
    let language = Language::of(doc.language);
    let mut stems: Vec<String> = Vec::new();
    for _ in 0..TITLE_COUNTS {
        stems.extend(analysis::stem_terms(&doc.title, language));
    }
    let mut headings = Vec::new();
    for heading in &passage.headings {
        stems.extend(analysis::stem_terms(heading, language));
        headings.extend(words_and_stems(heading, language));
        headings.push(String::new());
    }
    stems.extend(analysis::stem_terms(&passage.text, language));
    let mut entry = TantivyDocument::default();
    entry.add_text(fields.kind, "passage");
    entry.add_text(fields.id, record.id.as_str());
    entry.add_text(fields.path, &record.path);
    entry.add_u64(fields.ordinal, u64::from(passage.ordinal));
    entry.add_text(fields.stem, stems.join("\n"));
    entry.add_text(fields.body, words(&passage.text).join("\n"));
    entry.add_text(fields.title, words_and_stems(&doc.title, language).join("\n"));
    entry.add_text(fields.heading, headings.join("\n"));
    if let Some(language) = doc.language {
        entry.add_text(fields.language, language);
    }
    entry.add_text(fields.format, "text");
    entry.add_text(fields.extension, "mbox");
    if let Some(date) = record.facts.date {
        entry.add_i64(fields.date, date.days());
    }
    for fact in facts::terms(&record.facts.other) {
        entry.add_text(fields.fact, &fact);
    }
    entry
}

/// The entry of a record, likewise.
fn entry_of_record(fields: &Fields, record: &DocumentRecord) -> TantivyDocument {
    let mut entry = TantivyDocument::default();
    entry.add_text(fields.kind, "record");
    entry.add_text(fields.id, record.id.as_str());
    entry.add_text(fields.path, &record.path);
    entry
}

/// The files of the only segment of an index.
fn files(index: &Index) -> Vec<Vec<u8>> {
    let metas = index.searchable_segment_metas().expect("it reads");
    let [meta] = metas.as_slice() else { panic!("{} segments", metas.len()) };
    let read = |component: &SegmentComponent| {
        let file = index.directory().open_read(&meta.relative_path(component.clone())).expect("it opens");
        file.read_bytes().expect("it reads").to_vec()
    };
    COMPONENTS.iter().map(read).collect()
}

/// What tantivy's own writer makes of documents.
fn reference(docs: &[Doc]) -> Vec<Vec<u8>> {
    let (schema, fields) = schema::schema();
    let index = Index::builder().schema(schema).settings(index_settings());
    let index = index.create_in_ram().expect("an index");
    index.tokenizers().register("terms", TextAnalyzer::from(Lines));
    let mut writer: IndexWriter = index.writer_with_num_threads(1, 15_000_000).expect("a writer");
    for (number, doc) in docs.iter().enumerate() {
        let record = doc.record(number);
        let passages = doc.passages();
        writer.add_document(entry_of_record(&fields, &record)).expect("it is added");
        for passage in &passages {
            writer.add_document(entry_of_passage(&fields, doc, &record, passage)).expect("it is added");
        }
    }
    writer.commit().expect("it is committed");
    files(&index)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn terms_are_written_as_tantivy_writes_them(docs in prop::collection::vec(any_doc(), 1..12)) {
        let folder = tempfile::tempdir().expect("a folder");
        let mut writer = Writer::open(folder.path(), Duration::ZERO).expect("a new index");
        let mut composer = writer.composer(&Dictionaries::default());
        for (number, doc) in docs.iter().enumerate() {
            let put = composer.put(doc.record(number), &doc.passages(), Kind::Record, None);
            put.expect("it is put");
        }
        writer.commit().expect("it is committed");
        writer.close().expect("it is closed");
        let index = Index::open_in_dir(folder.path()).expect("it opens");
        prop_assert!(files(&index) == reference(&docs), "{docs:?}");
    }
}
