//! A closer look at passages of one segment: how often the words of a query stand in them and in their documents, and how
//! near each other.
//!
//! Postings only move forward, so a look goes from the first passage to the last. A document's passages stand side by
//! side behind its record, whose columns say how many they are and how long.

use tantivy::fieldnorm::FieldNormReader;
use tantivy::postings::{Postings, SegmentPostings};
use tantivy::query::Scorer;
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocId, DocSet, SegmentReader, Term};

use super::super::EngineError;
use super::super::expand::io_error;
use super::super::plan::Value;
use super::super::sweep::plain_value;
use super::{RankedWord, RatedLeaf, Rescored, Rescorer, Saturation};
use crate::analysis::{Language, STEM_MARK};
use crate::index::{Places, Stretch};

/// What is read of words that are looked for near each other.
const POSITIONS: IndexRecordOption = IndexRecordOption::WithFreqsAndPositions;

/// How many positions apart two words may stand and be near each other.
const WINDOW: u32 = 8;

/// The share of a word's weight that is the typed form's, not the stem's.
const FORM_SHARE: f64 = 0.2;

/// The share of a passage's score that its document gives.
const DOCUMENT_SHARE: f64 = 0.7;

/// What words in the order of the query, one behind the other, are worth beside a word.
const ADJACENT: f64 = 0.2;

/// What words near each other are worth beside a word.
const NEARBY: f64 = 0.1;

/// How often the title counts in the `stem` field.
const TITLE_COUNTS: f64 = crate::index::TITLE_COUNTS as f64;

/// The passages of a document in a segment.
struct Document {
    first: DocId,
    last: DocId,
    /// How long it is, compared with the average.
    length: f64,
}

impl Document {
    /// The document of a passage.
    fn of(doc: DocId, places: &Places, average: f64) -> Self {
        let Stretch { first, last, tokens } = places.document(doc);
        Self { first, last, length: tokens as f64 / average }
    }
}

/// The second look at the passages of one segment, from the first to the last.
pub(super) struct Look<'r, 'a> {
    rescorer: &'r Rescorer<'a>,
    places: &'r Places,
    number: u32,
    segment: &'r SegmentReader,
    lengths: FieldNormReader,
    leaves: Vec<LeafCursor<'r>>,
    /// Each is opened when a passage is met that has two neighbours of the query.
    families: Vec<Option<FamilyCursor>>,
    spoken: Option<Spoken>,
}

/// The postings of a leaf in a segment.
enum LeafCursor<'r> {
    Plain(Box<dyn Scorer>),
    Word(WordCursor<'r>),
}

/// The postings of a word that ranks, each with how much one occurrence counts.
struct WordCursor<'r> {
    word: &'r RankedWord,
    rarity: f64,
    stems: Vec<(SegmentPostings, f64)>,
    form: Vec<(SegmentPostings, f64)>,
    /// How often the stems stand in the document that is looked at, and the form.
    of_stems: Counts,
    of_form: Counts,
}

/// Where the passages of a segment stand that are in a language whose words have other stems than in English.
struct Spoken(Vec<(Language, SegmentPostings)>);

/// The postings of a family in a segment.
struct FamilyCursor {
    /// Of the typed form.
    typed: Vec<SegmentPostings>,
    /// Of its other inflections in each language in which a passage was met that has some: by the language of a passage
    /// its words got their stems.
    inflections: Vec<(Language, Vec<SegmentPostings>)>,
    in_title: Vec<SegmentPostings>,
    /// Where its words stand in the text of a passage and in its title.
    positions: [Vec<u32>; 2],
    /// The passage that these are of.
    at: Option<DocId>,
}

/// How often something stands in a document's passages that are looked at, and in all of it.
#[derive(Default)]
struct Counts {
    passages: Vec<f64>,
    document: f64,
}

impl<'r, 'a> Look<'r, 'a> {
    /// A look at a segment, from its first passage on.
    pub(super) fn new(rescorer: &'r Rescorer<'a>, number: u32) -> Result<Self, EngineError> {
        let places = rescorer.snapshot.places(number);
        let segment = rescorer.snapshot.searcher().segment_reader(number);
        let leaves = rescorer.leaves.iter().map(|leaf| rescorer.cursor(leaf, segment));
        Ok(Self {
            rescorer,
            places,
            number,
            segment,
            lengths: segment.get_fieldnorms_reader(rescorer.snapshot.fields().stem)?,
            leaves: leaves.collect::<Result<_, EngineError>>()?,
            families: rescorer.families.iter().map(|_| None).collect(),
            spoken: None,
        })
    }

    /// Looks at passages, which are given in increasing order and stand behind those of the time before.
    pub(super) fn passages(&mut self, docs: &[DocId]) -> Result<Vec<Rescored>, EngineError> {
        let mut rescored = Vec::with_capacity(docs.len());
        let mut rest = docs;
        while let Some(&first) = rest.first() {
            let document = Document::of(first, self.places, self.rescorer.averages.document);
            let (here, later) = rest.split_at(rest.partition_point(|&doc| doc <= document.last));
            rescored.extend(self.document(&document, here)?);
            rest = later;
        }
        self.places.checked()?;
        Ok(rescored)
    }

    /// Looks at some passages of a document.
    fn document(&mut self, document: &Document, docs: &[DocId]) -> Result<Vec<Rescored>, EngineError> {
        let mut rescored = vec![Rescored::default(); docs.len()];
        let average = self.rescorer.averages.passage;
        let lengths: Vec<f64> =
            docs.iter().map(|&doc| f64::from(self.lengths.fieldnorm(doc)) / average).collect();
        let count = self.leaves.len();
        rescored.iter_mut().for_each(|passage| passage.values.reserve_exact(count));
        for leaf in &mut self.leaves {
            leaf.look(document, docs, &lengths, &mut rescored);
        }
        for (at, ((passage, &doc), &length)) in rescored.iter_mut().zip(docs).zip(&lengths).enumerate() {
            let Some(shares) = self.rescorer.plan.shares(&passage.values) else { continue };
            passage.pairs = self.pairs(&passage.values, &shares, (at, doc), length)?;
            let of_leaves: f64 = shares.iter().map(|(_, share)| share).sum();
            passage.score = Some(of_leaves + passage.pairs.iter().sum::<f64>());
        }
        Ok(rescored)
    }

    /// What each pair of neighbours adds to the score of a passage, which is this one of those that were counted.
    fn pairs(
        &mut self,
        values: &[Value],
        shares: &[(usize, f64)],
        (at, doc): (usize, DocId),
        length: f64,
    ) -> Result<Vec<f64>, EngineError> {
        let mut added = Vec::with_capacity(self.rescorer.pairs.len());
        for pair in &self.rescorer.pairs {
            // A word of a branch that does not match is nobody's neighbour.
            let counts =
                |&leaf: &usize| values[leaf].matches && shares.iter().any(|&(other, _)| other == leaf);
            if !pair.leaves.iter().all(counts) {
                added.push(0.0);
                continue;
            }
            for family in pair.families {
                self.go_to(family, (at, doc))?;
            }
            let [Some(first), Some(second)] = pair.families.map(|family| self.families[family].as_ref())
            else {
                added.push(0.0);
                continue;
            };
            let (mut adjacent, mut nearby) = (0, 0);
            for (first, second) in first.positions.iter().zip(&second.positions) {
                adjacent += count_adjacent(first, second);
                nearby += count_nearby(first, second);
            }
            let worth = |count: u32| Saturation::WORDS.of(f64::from(count), length);
            added.push(pair.weight * (ADJACENT * worth(adjacent) + NEARBY * worth(nearby)));
        }
        Ok(added)
    }

    /// Has a family tell where its words stand in a passage, which is this one of those that were counted.
    fn go_to(&mut self, number: usize, (at, doc): (usize, DocId)) -> Result<(), EngineError> {
        let (leaf, word) = self.rescorer.families[number];
        let language = match self.leaves[leaf].has_other_forms(at) {
            true => Some(self.language_of(doc)?),
            false => None,
        };
        let family = match &mut self.families[number] {
            Some(family) => family,
            none => none.insert(self.rescorer.family_cursor(word, self.segment)?),
        };
        if family.at.replace(doc) == Some(doc) {
            return Ok(());
        }
        let mut others = None;
        if let Some(language) = language {
            others = Some(match family.inflections.iter().position(|(other, _)| *other == language) {
                Some(known) => known,
                None => {
                    let opened = self.rescorer.open_inflections(number, language, self.number)?;
                    family.inflections.push((language, opened));
                    family.inflections.len() - 1
                }
            });
        }
        family.find(doc, others);
        Ok(())
    }

    fn language_of(&mut self, doc: DocId) -> Result<Language, EngineError> {
        let spoken = match &mut self.spoken {
            Some(spoken) => spoken,
            none => none.insert(Spoken::open(self.segment, self.rescorer.snapshot.fields().language)?),
        };
        Ok(spoken.language_of(doc))
    }
}

impl Rescorer<'_> {
    fn cursor<'r>(
        &'r self,
        leaf: &'r RatedLeaf<'_>,
        segment: &SegmentReader,
    ) -> Result<LeafCursor<'r>, EngineError> {
        let fields = self.snapshot.fields();
        let open = |field: Field, text: &str, counts: f64| {
            let postings = open(segment, &Term::from_field_text(field, text), IndexRecordOption::WithFreqs);
            postings.map(|postings| postings.map(|postings| (postings, counts)))
        };
        Ok(match leaf {
            RatedLeaf::Plain(weight) => LeafCursor::Plain(weight.scorer(segment, 1.0)?),
            RatedLeaf::Word { word, rarity } => {
                let mut stems = Vec::new();
                for stem in word.stems.iter() {
                    stems.extend(open(word.view.field(fields), stem, 1.0)?);
                }
                let mut form = Vec::new();
                if let Some(typed) = &word.form {
                    form.extend(open(fields.body, typed, 1.0)?);
                    form.extend(open(fields.title, typed, TITLE_COUNTS)?);
                    form.extend(open(fields.heading, typed, 1.0)?);
                }
                let [of_stems, of_form] = [Counts::default(), Counts::default()];
                LeafCursor::Word(WordCursor { word, rarity: *rarity, stems, form, of_stems, of_form })
            }
        })
    }

    fn family_cursor(&self, word: &RankedWord, segment: &SegmentReader) -> Result<FamilyCursor, EngineError> {
        let fields = self.snapshot.fields();
        let (mut typed, mut in_title) = (Vec::new(), Vec::new());
        if let Some(form) = &word.form {
            typed.extend(open(segment, &Term::from_field_text(fields.body, form), POSITIONS)?);
        }
        for stem in word.stems.iter() {
            let marked = Term::from_field_text(fields.title, &format!("{STEM_MARK}{stem}"));
            in_title.extend(open(segment, &marked, POSITIONS)?);
        }
        let inflections = Vec::new();
        Ok(FamilyCursor { typed, inflections, in_title, positions: Default::default(), at: None })
    }

    /// The postings of the other inflections that a family has in a language.
    fn open_inflections(
        &self,
        family: usize,
        language: Language,
        number: u32,
    ) -> Result<Vec<SegmentPostings>, EngineError> {
        let segment = self.snapshot.searcher().segment_reader(number);
        let index = segment.inverted_index(self.snapshot.fields().body)?;
        let words = self.inflections(family, language)?;
        let here = words.iter().filter(|&&(other, _)| other == number as usize);
        // They are large: none is to be moved while others are added.
        let mut opened = Vec::with_capacity(words.len());
        for (_, word) in here {
            opened.push(index.read_postings_from_terminfo(word, POSITIONS).map_err(io_error)?);
        }
        Ok(opened)
    }
}

fn open(
    segment: &SegmentReader,
    term: &Term,
    option: IndexRecordOption,
) -> Result<Option<SegmentPostings>, EngineError> {
    segment.inverted_index(term.field())?.read_postings(term, option).map_err(io_error)
}

impl LeafCursor<'_> {
    /// Adds what the leaf has to say of some passages of a document.
    fn look(&mut self, document: &Document, docs: &[DocId], lengths: &[f64], passages: &mut [Rescored]) {
        match self {
            Self::Plain(scorer) => {
                for (passage, &doc) in passages.iter_mut().zip(docs) {
                    passage.values.push(plain_value(scorer.as_mut(), doc));
                }
            }
            Self::Word(word) => {
                word.count(document, docs);
                let supported = word.worth(document.length, |counts| counts.document);
                for (at, (passage, &length)) in passages.iter_mut().zip(lengths).enumerate() {
                    passage.values.push(word.value(at, length, supported));
                }
            }
        }
    }
}

impl LeafCursor<'_> {
    /// Whether one of the passages that were counted may have another form of the word than the one that was typed.
    fn has_other_forms(&self, at: usize) -> bool {
        match self {
            Self::Plain(_) => false,
            Self::Word(word) => word.of_stems.passages[at] > word.of_form.passages[at],
        }
    }
}

impl WordCursor<'_> {
    fn count(&mut self, document: &Document, docs: &[DocId]) {
        self.of_stems.take(&mut self.stems, document, docs);
        if self.word.form.is_some() {
            self.of_form.take(&mut self.form, document, docs);
        }
    }

    /// What the word gives to a passage that was counted, which is so long, in a document that supports it so much.
    fn value(&self, at: usize, length: f64, supported: f64) -> Value {
        let own = self.worth(length, |counts| counts.passages[at]);
        let mixed = (1.0 - DOCUMENT_SHARE) * own + DOCUMENT_SHARE * supported;
        Value { matches: self.of_stems.passages[at] > 0.0, score: self.rarity * mixed }
    }

    fn worth(&self, length: f64, count: impl Fn(&Counts) -> f64) -> f64 {
        let of = |counts: &Counts| self.word.saturation.of(count(counts), length);
        match self.word.form {
            Some(_) => (1.0 - FORM_SHARE) * of(&self.of_stems) + FORM_SHARE * of(&self.of_form),
            None => of(&self.of_stems),
        }
    }
}

impl Counts {
    fn take(&mut self, postings: &mut [(SegmentPostings, f64)], document: &Document, docs: &[DocId]) {
        self.document = 0.0;
        self.passages.clear();
        self.passages.resize(docs.len(), 0.0);
        for (postings, each) in postings {
            if postings.doc() < document.first {
                postings.seek(document.first);
            }
            while postings.doc() <= document.last {
                let count = f64::from(postings.term_freq()) * *each;
                self.document += count;
                if let Ok(at) = docs.binary_search(&postings.doc()) {
                    self.passages[at] += count;
                }
                postings.advance();
            }
        }
    }
}

impl Spoken {
    fn open(segment: &SegmentReader, field: Field) -> Result<Self, EngineError> {
        let index = segment.inverted_index(field)?;
        let mut terms = index.terms().stream().map_err(io_error)?;
        let mut others = Vec::new();
        while terms.advance() {
            let language = Language::of_code(&String::from_utf8_lossy(terms.key()));
            if !language.has_stems_of(Language::default()) {
                let postings = index.read_postings_from_terminfo(terms.value(), IndexRecordOption::Basic);
                others.push((language, postings.map_err(io_error)?));
            }
        }
        Ok(Self(others))
    }

    /// The language of a passage; passages are asked for in order.
    fn language_of(&mut self, doc: DocId) -> Language {
        for (language, postings) in &mut self.0 {
            if postings.doc() < doc {
                postings.seek(doc);
            }
            if postings.doc() == doc {
                return *language;
            }
        }
        Language::default()
    }
}

impl FamilyCursor {
    /// Finds where the words stand in a passage, with these of its inflections.
    fn find(&mut self, doc: DocId, inflections: Option<usize>) {
        let others = inflections.map(|known| &mut self.inflections[known].1[..]).unwrap_or_default();
        let [in_text, in_title] = &mut self.positions;
        for (positions, postings, others) in
            [(in_text, &mut self.typed, others), (in_title, &mut self.in_title, &mut [])]
        {
            positions.clear();
            for postings in postings.iter_mut().chain(others) {
                if postings.doc() < doc {
                    postings.seek(doc);
                }
                if postings.doc() == doc {
                    postings.append_positions_with_offset(0, positions);
                }
            }
            positions.sort_unstable();
        }
    }
}

/// How often a position of `second` follows one of `first` directly; both in order.
fn count_adjacent(first: &[u32], second: &[u32]) -> u32 {
    let follows = |position: &&u32| second.binary_search(&(**position + 1)).is_ok();
    u32::try_from(first.iter().filter(follows).count()).unwrap_or(u32::MAX)
}

/// How often a position of the one and one of the other lie within [`WINDOW`], none counted twice; both in order.
fn count_nearby(first: &[u32], second: &[u32]) -> u32 {
    let (mut first, mut second) = (first.iter().peekable(), second.iter().peekable());
    let mut count = 0;
    while let (Some(&&one), Some(&&other)) = (first.peek(), second.peek()) {
        if one.abs_diff(other) < WINDOW {
            count += 1;
            first.next();
            second.next();
        } else if one < other {
            first.next();
        } else {
            second.next();
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::super::laws::{Titled, snapshot};
    use super::*;

    #[test]
    fn neighbours_are_counted_once() {
        assert_eq!(count_adjacent(&[1, 5, 9], &[2, 4, 10]), 2);
        assert_eq!(count_nearby(&[1, 2, 30], &[8, 20, 31, 32]), 2);
        assert_eq!(count_nearby(&[1, 2], &[10, 11]), 0);
        assert_eq!(count_nearby(&[], &[9]), 0);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(16))]
        #[test]
        fn the_passages_of_a_document_are_known_by_where_records_stand(
            groups in prop::collection::vec(prop::collection::vec(0..9_usize, 1..30), 1..4),
        ) {
            let text = "radar warning".to_owned();
            let of_group = |counts: &Vec<usize>| -> Vec<Titled> {
                counts.iter().map(|&count| (None, vec![text.clone(); count])).collect()
            };
            let folder = tempfile::tempdir().expect("a folder");
            let snapshot = snapshot(folder.path(), &groups.iter().map(of_group).collect::<Vec<_>>());
            let entries: usize = groups.iter().flatten().map(|count| count + 1).sum();
            let readers = snapshot.searcher().segment_readers();
            prop_assert_eq!(entries, readers.iter().map(|segment| segment.max_doc() as usize).sum::<usize>());
            for (number, segment) in (0..).zip(readers) {
                let places = snapshot.places(number);
                let ordinals = segment.fast_fields().u64("ordinal").expect("a column");
                let known = |doc| ordinals.first(doc).map(|ordinal| (doc, DocId::try_from(ordinal).expect("few")));
                let passages: Vec<(DocId, DocId)> = (0..segment.max_doc()).filter_map(known).collect();
                for document in passages.chunk_by(|(_, before), (_, ordinal)| before < ordinal) {
                    let (first, last) = (document[0].0, document[document.len() - 1].0);
                    let stretch = Stretch { first, last, tokens: 2 * u64::from(last - first + 1) };
                    for &(doc, _) in document {
                        prop_assert_eq!(places.document(doc), stretch);
                    }
                }
                prop_assert!(places.checked().is_ok());
            }
        }
    }
}
