//! Full-text search for folders of documents: the library under the `tidings` program.
//!
//! The program is described in `README.md`, its tasks in `GUIDE.md`, and why things are as they are in
//! `docs/DESIGN.md`. Here is the way around the code. Data flows one way, twice:
//!
//! ```text
//! source -> extract -> document -> passage -> analysis -> index             (ingest owns it)
//! query text -> query -> engine -> hits -> highlight -> response -> render  (search owns it)
//! ```
//!
//! | module | role |
//! |---|---|
//! | [`span`], [`date`], [`config`] | byte spans typed by their text; days; the settings of an index |
//! | [`document`], [`query`], [`hit`] | plain data: what is indexed, asked and answered; the grammar of queries |
//! | [`analysis`], [`pattern`] | what a word is; what a clause of a query looks for |
//! | [`source`], [`extract`], [`passage`] | files, their text and facts, the passages of it |
//! | [`index`], [`ingest`] | the index on disk; one pass that makes it agree with its sources |
//! | [`engine`], [`highlight`], [`search`] | the best passages; what of them matched; both together |
//! | [`evaluation`] | how good a ranking is, where the answers are known |
//! | [`render`], [`cli`] | hits as bytes; arguments, messages and exit codes |
//!
//! A module uses only modules that stand above it, and `docs/DESIGN.md` says which. To index a folder and
//! search it:
//!
//! ```no_run
//! use std::path::{Path, PathBuf};
//! use std::time::Duration;
//!
//! use tidings::engine::LocalEngine;
//! use tidings::hit::{Count, FacetRequest, Group, Request, Sort};
//! use tidings::index::{Snapshot, Writer};
//! use tidings::{ingest, query, search};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let index = Path::new("index");
//! let mut writer = Writer::open(index, Duration::ZERO)?;
//! let options = ingest::Options { roots: vec![PathBuf::from("seeds")], ..Default::default() };
//! ingest::ingest(&mut writer, index, &options, &|_event| {})?;
//! writer.close()?;
//!
//! let query = query::parse("\"missile warning\"", query::Options::default())?.query;
//! let request = Request {
//!     query,
//!     filter: None,
//!     limit: 10,
//!     offset: 0,
//!     group: Group::Passage,
//!     sort: Sort::Score,
//!     count: Count::Lazy,
//!     facets: FacetRequest::default(),
//! };
//! let engine = LocalEngine::new(Snapshot::open(index)?);
//! let response = search::search(&engine, &request, search::Marking::Highlights)?;
//! for hit in response.hits {
//!     println!("{} {}", hit.passage.id, hit.highlights.len());
//! }
//! # Ok(())
//! # }
//! ```

pub mod analysis;
pub mod cli;
pub mod config;
pub mod date;
pub mod document;
pub mod engine;
pub mod evaluation;
pub mod extract;
pub mod highlight;
pub mod hit;
pub mod index;
pub mod ingest;
pub mod isolate;
pub mod passage;
pub mod pattern;
pub mod query;
pub mod render;
pub mod search;
pub mod source;
pub mod span;
