//! Which entries of a segment are deleted, and how many that are not hold a term.
//!
//! Frequencies are those of live entries, so that scores do not depend on the history of an index. Few entries of a
//! segment are deleted as a rule: looking these up in the postings of a term takes less than reading the postings.

use std::sync::OnceLock;

use tantivy::postings::SegmentPostings;
use tantivy::schema::IndexRecordOption;
use tantivy::{DocId, DocSet, Searcher, SegmentReader, Term};
use tantivy_common::BitSet;

/// About how many postings are read in the time of looking up one.
const LOOK_UP: u64 = 32;

/// How many entries a group of a bit set has.
const GROUP: u32 = 64;

/// The deleted entries of all segments, each looked for when it is first asked about.
pub(super) struct DeletedOfSegments(Vec<OnceLock<Vec<DocId>>>);

impl DeletedOfSegments {
    pub(super) fn new(searcher: &Searcher) -> Self {
        Self(searcher.segment_readers().iter().map(|_| OnceLock::new()).collect())
    }

    /// In how many live entries a term stands.
    pub(super) fn doc_freq(&self, searcher: &Searcher, term: &Term) -> tantivy::Result<u64> {
        let mut count = 0;
        for (segment, deleted) in searcher.segment_readers().iter().zip(&self.0) {
            let index = segment.inverted_index(term.field())?;
            count += match segment.alive_bitset() {
                None => u64::from(index.doc_freq(term)?),
                Some(alive) => {
                    let Some(postings) = index.read_postings(term, IndexRecordOption::Basic)? else {
                        continue;
                    };
                    match u64::from(segment.num_deleted_docs()) * LOOK_UP < u64::from(postings.doc_freq()) {
                        true => live_among(postings, deleted.get_or_init(|| deleted_in(segment))),
                        false => u64::from(postings.doc_freq_given_deletes(alive)),
                    }
                }
            };
        }
        Ok(count)
    }
}

/// The deleted entries of a segment, in order.
fn deleted_in(segment: &SegmentReader) -> Vec<DocId> {
    let Some(alive) = segment.alive_bitset() else { return Vec::new() };
    // Of a set in this form whole groups are seen at once.
    let mut groups = BitSet::with_max_value_and_full(segment.max_doc());
    groups.intersect_update(alive.bitset());
    let firsts = (0..segment.max_doc()).step_by(GROUP as usize);
    let some = (0..).zip(firsts).filter(|&(number, _)| groups.tinyset(number).len() < GROUP);
    let all_of = |(_, first)| first..segment.max_doc().min(first + GROUP);
    some.flat_map(all_of).filter(|&doc| segment.is_deleted(doc)).collect()
}

/// How many postings there are but for those of `deleted`, which are given in order.
fn live_among(mut postings: SegmentPostings, deleted: &[DocId]) -> u64 {
    let mut count = u64::from(postings.doc_freq());
    for &doc in deleted {
        if postings.doc() < doc {
            postings.seek(doc);
        }
        count -= u64::from(postings.doc() == doc);
    }
    count
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;
    use tantivy::schema::{STRING, Schema};
    use tantivy::{Index, IndexWriter, doc};

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn entries_that_are_not_deleted_are_counted(
            deleted in prop::collection::btree_set(0..400_u32, 0..12),
            with_it in prop::collection::btree_set(0..400_u32, 0..400),
        ) {
            let mut schema = Schema::builder();
            let (id, word) = (schema.add_text_field("id", STRING), schema.add_text_field("word", STRING));
            let index = Index::create_in_ram(schema.build());
            let mut writer: IndexWriter = index.writer_with_num_threads(1, 15_000_000).expect("a writer");
            for number in 0..400 {
                let word_of = if with_it.contains(&number) { "asked" } else { "other" };
                writer.add_document(doc!(id => number.to_string(), word => word_of)).expect("it is added");
            }
            writer.commit().expect("it is committed");
            deleted.iter().for_each(|number| {
                writer.delete_term(Term::from_field_text(id, &number.to_string()));
            });
            writer.commit().expect("it is committed");
            let searcher = index.reader().expect("a reader").searcher();
            let count = DeletedOfSegments::new(&searcher).doc_freq(&searcher, &Term::from_field_text(word, "asked"));
            let live: BTreeSet<_> = with_it.difference(&deleted).collect();
            prop_assert_eq!(count.expect("it reads"), live.len() as u64);
            let found: Vec<_> = searcher.segment_readers().iter().flat_map(deleted_in).collect();
            prop_assert_eq!(found, deleted.into_iter().collect::<Vec<_>>());
        }
    }
}
