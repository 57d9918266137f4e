//! Raw tantivy: one field with tantivy's own English analysis, positions and the stored text, in default settings.

use std::path::Path;

use anyhow::Result;
use tantivy::collector::{Count, TopDocs};
use tantivy::query::{Query, QueryParser};
use tantivy::schema::{Field, IndexRecordOption, STORED, Schema, TextFieldIndexing, TextOptions, Value};
use tantivy::snippet::SnippetGenerator;
use tantivy::{DocAddress, Index, IndexWriter, ReloadPolicy, Searcher, TantivyDocument, doc};

use super::for_each_text;

/// What all threads of its writer may hold together: the program's own goal for the whole of indexing.
pub const MEMORY: usize = 350_000_000;

/// Makes an index of a file of JSON Lines; with as many threads as tantivy thinks best, or so many.
pub fn index(lines: &Path, folder: &Path, threads: Option<usize>) -> Result<()> {
    std::fs::create_dir_all(folder)?;
    let mut schema = Schema::builder();
    let indexing = TextFieldIndexing::default()
        .set_tokenizer("en_stem")
        .set_index_option(IndexRecordOption::WithFreqsAndPositions);
    let text = schema.add_text_field("text", TextOptions::default().set_indexing_options(indexing) | STORED);
    let index = Index::create_in_dir(folder, schema.build())?;
    let mut writer: IndexWriter = match threads {
        Some(threads) => index.writer_with_num_threads(threads, MEMORY)?,
        None => index.writer(MEMORY)?,
    };
    for_each_text(lines, |passage| {
        writer.add_document(doc!(text => passage))?;
        Ok(())
    })?;
    writer.commit()?;
    writer.wait_merging_threads()?;
    Ok(())
}

/// An open index.
pub struct Peer {
    index: Index,
    searcher: Searcher,
    text: Field,
}

impl Peer {
    /// Opens the index in a folder.
    pub fn open(folder: &Path) -> Result<Self> {
        let index = Index::open_in_dir(folder)?;
        let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
        let text = index.schema().get_field("text")?;
        Ok(Self { searcher: reader.searcher(), index, text })
    }

    /// How many segments it has.
    pub fn segments(&self) -> usize {
        self.searcher.segment_readers().len()
    }

    /// A query text as tantivy reads it: any of the words, or in quotes a phrase.
    pub fn parse(&self, query: &str) -> Result<Box<dyn Query>> {
        Ok(QueryParser::for_index(&self.index, vec![self.text]).parse_query(query)?)
    }

    /// The ten best passages, as they are stored.
    pub fn top(&self, query: &str) -> Result<Vec<String>> {
        self.best(&*self.parse(query)?)?.into_iter().map(|address| self.stored(address)).collect()
    }

    fn best(&self, query: &dyn Query) -> Result<Vec<DocAddress>> {
        let best = self.searcher.search(query, &TopDocs::with_limit(10).order_by_score())?;
        Ok(best.into_iter().map(|(_, address)| address).collect())
    }

    fn stored(&self, address: DocAddress) -> Result<String> {
        let stored: TantivyDocument = self.searcher.doc(address)?;
        let text = stored.get_first(self.text).and_then(|value| value.as_str());
        Ok(text.unwrap_or_default().to_owned())
    }

    /// How many passages a query finds.
    pub fn count(&self, query: &str) -> Result<usize> {
        Ok(self.searcher.search(&self.parse(query)?, &Count)?)
    }

    /// The snippets of the ten best passages, with what matched marked.
    pub fn snippets(&self, query: &str) -> Result<Vec<String>> {
        let query = self.parse(query)?;
        let generator = SnippetGenerator::create(&self.searcher, &query, self.text)?;
        let snippet = |address| {
            let text = self.stored(address)?;
            Ok(generator.snippet(&text).to_html().replace('\n', " "))
        };
        self.best(&*query)?.into_iter().map(snippet).collect()
    }
}
