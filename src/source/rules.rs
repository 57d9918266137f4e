//! The rules of a scan: which files it takes, and which paths it can speak for.
//!
//! The rules are those of ripgrep, through the `ignore` crate: hidden files are left out, `.gitignore` (inside
//! a git repository), `.ignore` and `.tidingsignore` files are respected, those of the folders above too, and
//! globs override both. What is named explicitly is taken whatever the rules say. An index directory is never
//! a source.

use std::collections::HashSet;
use std::fs::Metadata;
use std::path::{Path, PathBuf};

use ignore::overrides::{Override, OverrideBuilder};
use ignore::types::Types;
use ignore::{IncrementalIgnore, Match, WalkBuilder};
use thiserror::Error;

use super::paths::Base;
use super::types;
use super::{size_text, special};
use crate::config::DEFAULT_MAX_FILE_SIZE;

/// The name of our own ignore files, which override the others.
pub(super) const OWN_IGNORE_FILE: &str = ".tidingsignore";

/// Why a symbolic link was skipped.
pub(super) const NOT_FOLLOWED: &str = "symbolic link; use --follow";

/// Why an index directory, or a file in it, that was named explicitly was skipped.
pub(super) const OF_AN_INDEX: &str = "part of an index, not a source";

/// Whether files and folders whose name starts with a dot are taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Hidden {
    /// They are left out.
    #[default]
    Skip,
    /// They are taken like others.
    Take,
}

/// Whether ignore files count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum IgnoreFiles {
    /// What they name is left out.
    #[default]
    Respect,
    /// They are not read.
    Disregard,
}

/// What becomes of symbolic links inside folders. One that is named explicitly is always followed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Links {
    /// They are reported and skipped.
    #[default]
    Skip,
    /// They are followed.
    Follow,
}

/// What a scan takes.
#[derive(Clone, Debug)]
pub struct WalkOptions {
    /// What to do with hidden files. By default they are left out.
    pub hidden: Hidden,
    /// What to do with ignore files. By default they are respected.
    pub ignore_files: IgnoreFiles,
    /// What to do with symbolic links. By default they are skipped.
    pub links: Links,
    /// Globs with the meaning of ripgrep's `-g`: a file must match one, unless all start with `!`; a file or
    /// folder that matches one with `!` is left out; the last one that matches decides. They count from
    /// the working directory and override ignore files and hiddenness.
    pub globs: Vec<String>,
    /// The types of files that are taken, as [`file_types`](super::file_types) lists them. By default all.
    pub types: Vec<String>,
    /// The types of files that are left out.
    pub types_not: Vec<String>,
    /// The size in bytes beyond which a file is skipped. By default 64 MiB. Files that are streamed
    /// ([`is_streamed`]) have no limit.
    pub max_file_size: u64,
    /// The index directory, which is left out.
    pub exclude: Option<PathBuf>,
}

impl Default for WalkOptions {
    fn default() -> Self {
        Self {
            hidden: Hidden::default(),
            ignore_files: IgnoreFiles::default(),
            links: Links::default(),
            globs: Vec::new(),
            types: Vec::new(),
            types_not: Vec::new(),
            max_file_size: DEFAULT_MAX_FILE_SIZE,
            exclude: None,
        }
    }
}

/// Why the options of a scan make no rules.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum RuleError {
    /// A glob is none.
    #[error("glob {glob:?}: {reason}")]
    Glob {
        /// The glob as given.
        glob: String,
        /// What is wrong with it.
        reason: String,
    },
    /// There is no such type of files.
    #[error("type {name:?}: not known; --list-types lists what is")]
    Type {
        /// The type as given.
        name: String,
    },
}

/// Whether a file of this name is read as a stream of documents, so that its size has no limit: JSON Lines, mailboxes
/// and tar archives, compressed or not, and zip archives.
pub fn is_streamed(path: &str) -> bool {
    const COMPRESSED: [&str; 5] = [".gz", ".zst", ".zstd", ".xz", ".bz2"];
    const STREAMS: [&str; 11] = [
        ".jsonl",
        ".ndjson",
        ".jsonlines",
        ".mbox",
        ".tar",
        ".tgz",
        ".txz",
        ".tbz",
        ".tbz2",
        ".tzst",
        ".zip",
    ];
    let path = path.to_ascii_lowercase();
    let stem = COMPRESSED.iter().find_map(|end| path.strip_suffix(end)).unwrap_or(&path);
    STREAMS.iter().any(|end| stem.ends_with(end))
}

/// The options of a scan, made ready to be asked.
#[derive(Clone, Debug)]
pub(super) struct Rules {
    pub(super) base: Base,
    pub(super) options: WalkOptions,
    pub(super) globs: Override,
    pub(super) types: Types,
    excluded: Vec<PathBuf>,
}

impl Rules {
    pub(super) fn new(base: Base, options: &WalkOptions) -> Result<Self, RuleError> {
        let globs = compile(&base, &options.globs)?;
        let types = types::matcher(&options.types, &options.types_not)?;
        let named = options.exclude.iter().map(|path| base.resolve(path));
        let excluded = named.flat_map(|path| [path.canonicalize().ok(), Some(path)]).flatten().collect();
        Ok(Self { base, options: options.clone(), globs, types, excluded })
    }

    /// A walk of these folders by these rules.
    pub(super) fn walk<'a>(&self, folders: impl IntoIterator<Item = &'a PathBuf>) -> WalkBuilder {
        let mut walk = WalkBuilder::from_iter(folders);
        let respected = self.options.ignore_files == IgnoreFiles::Respect;
        walk.current_dir(self.base.folder())
            .standard_filters(respected)
            .hidden(self.options.hidden == Hidden::Skip)
            .follow_links(self.options.links == Links::Follow)
            .overrides(self.globs.clone())
            .types(self.types.clone());
        if respected {
            walk.add_custom_ignore_filename(OWN_IGNORE_FILE);
        }
        walk
    }

    /// The rules of one folder, to be asked of single paths below it.
    pub(super) fn matcher(&self, folder: &PathBuf) -> IncrementalIgnore {
        self.walk([folder]).build_matchers().pop().expect("one matcher for each folder")
    }

    /// Whether a folder is an index: the one in use, or another that tantivy keeps.
    pub(super) fn is_index(&self, folder: &Path) -> bool {
        self.excluded.iter().any(|excluded| excluded == folder)
            || (folder.join(".managed.json").is_file() && folder.join("meta.json").is_file())
    }

    /// Whether a path that was named explicitly is an index or inside the one in use.
    pub(super) fn belongs_to_index(&self, path: &Path) -> bool {
        path.ancestors().any(|above| self.excluded.iter().any(|excluded| excluded == above))
            || self.is_index(path)
    }

    /// Why a file is skipped that the other rules let through, if it is: for its kind or its size.
    pub(super) fn objection(&self, path: &Path, metadata: &Metadata) -> Option<String> {
        if metadata.is_symlink() {
            return Some(NOT_FOLLOWED.to_owned());
        }
        if let Some(kind) = special(metadata.file_type()) {
            return Some(format!("{kind}, not a file"));
        }
        let limit = self.options.max_file_size;
        let too_large = metadata.len() > limit && !is_streamed(&path.to_string_lossy());
        too_large.then(|| {
            let (limit, size) = (size_text(limit), size_text(metadata.len()));
            format!("larger than {limit} ({size}); raise --max-file-size")
        })
    }

    /// Whether the options, ignore files apart, let a path below the folder `root` through.
    fn admit(&self, root: &Path, path: &Path) -> bool {
        let Ok(inside) = path.strip_prefix(root) else { return false };
        let mut at = root.to_path_buf();
        inside.components().all(|part| {
            at.push(part);
            match self.globs.matched(&at, at.as_path() != path) {
                Match::Ignore(_) => false,
                Match::Whitelist(_) => true,
                Match::None => {
                    let is_folder = at.as_path() != path;
                    (self.options.hidden == Hidden::Take || !is_hidden(&at))
                        && !self.types.matched(&at, is_folder).is_ignore()
                }
            }
        })
    }
}

/// Whether the last name of the path starts with a dot.
pub(super) fn is_hidden(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."))
}

fn compile(base: &Base, globs: &[String]) -> Result<Override, RuleError> {
    let failed = |glob: &str, error: ignore::Error| RuleError::Glob {
        glob: glob.to_owned(),
        reason: match error {
            ignore::Error::Glob { err, .. } => err,
            other => other.to_string(),
        },
    };
    let mut builder = OverrideBuilder::new(base.folder());
    for glob in globs {
        builder.add(glob).map_err(|error| failed(glob, error))?;
    }
    builder.build().map_err(|error| failed(&globs.join(" "), error))
}

/// The paths that a scan can speak for: what it did not find there is not there.
///
/// A folder that was scanned covers what is under it, with two exceptions. What the options would have left
/// out is not covered: hidden files, what the globs do not select, what is behind a symbolic link that was
/// not followed; so a narrower scan removes nothing that a wider one added. What a folder that could not be
/// read holds is not covered either. Ignore files make no exception: they say what a folder is to
/// contribute, and what they newly name is to go. A file that was named covers itself. A root that does not
/// exist covers nothing: a slip in a name or a disk that is not mounted must not empty an index. Nothing
/// covers `-`, standard input.
#[derive(Clone, Debug)]
pub struct Coverage {
    pub(super) rules: Rules,
    pub(super) roots: HashSet<PathBuf>,
    pub(super) unseen: HashSet<PathBuf>,
}

impl Coverage {
    /// Whether the scan would have found the document of this path, were it there.
    pub fn covers(&self, path: &str) -> bool {
        if path == "-" {
            return false;
        }
        let path = self.rules.base.path_of(path);
        for above in path.ancestors() {
            if self.unseen.contains(above) {
                return false;
            }
            if self.roots.contains(above) {
                return self.rules.admit(above, &path);
            }
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::Found;
    use super::super::fixture::Folder;
    use super::*;

    #[test]
    fn files_of_many_documents_are_streamed_however_they_are_compressed() {
        assert!(
            ["a.jsonl", "b/A.JSONL", "a.ndjson", "a.jsonl.gz", "a.ndjson.zst"].into_iter().all(is_streamed)
        );
        assert!(["a.mbox", "a.tar.xz", "a.tgz", "A.ZIP"].into_iter().all(is_streamed));
        assert!(!["a.json", "jsonl", "a.jsonl.txt", "a.gz"].into_iter().any(is_streamed));
    }

    #[test]
    fn a_glob_that_is_none_is_named_with_what_is_wrong() {
        let options = WalkOptions { globs: vec!["*.md".into(), "a[b".into()], ..WalkOptions::default() };
        let error = Rules::new(Base::current(), &options).unwrap_err();
        assert!(error.to_string().starts_with("glob \"a[b\": unclosed character class"), "{error}");
    }

    fn covered(folder: &Folder, root: &str, options: &WalkOptions, paths: &[&str]) -> Vec<bool> {
        let scan = folder.scan(&[root], options);
        paths.iter().map(|path| scan.covers(path)).collect()
    }

    #[test]
    fn a_scan_covers_what_it_would_have_found() {
        let folder = Folder::with(&["seeds/a.md", "seeds.md"]);
        folder.write("seeds/.ignore", "drafts");
        let plain = WalkOptions::default();
        let paths = ["seeds/gone.md", "seeds/deep/gone.md", "seeds/drafts/b.md", "seeds.md", "a.md", "-"];
        assert_eq!(covered(&folder, "seeds", &plain, &paths), [true, true, true, false, false, false]);
        assert_eq!(covered(&folder, ".", &plain, &paths), [true, true, true, true, true, false]);
        assert_eq!(covered(&folder, "seeds/a.md", &plain, &["seeds/a.md", "seeds/b.md"]), [true, false]);
        assert_eq!(covered(&folder, "seeds", &plain, &["seeds/.b.md", "seeds/.c/d.md"]), [false, false]);
        let hidden = WalkOptions { hidden: Hidden::Take, ..plain };
        assert_eq!(covered(&folder, "seeds", &hidden, &["seeds/.b.md", "seeds/.c/d.md"]), [true, true]);
    }

    #[test]
    fn a_scan_by_globs_covers_only_what_they_select() {
        let folder = Folder::with(&["seeds/a.md"]);
        let globs = |globs: &[&str]| WalkOptions {
            globs: globs.iter().map(|glob| (*glob).to_owned()).collect(),
            ..WalkOptions::default()
        };
        let paths = ["seeds/b.md", "seeds/b.txt", "seeds/old/b.md", "seeds/.b.md"];
        assert_eq!(covered(&folder, "seeds", &globs(&["*.md"]), &paths), [true, false, true, true]);
        assert_eq!(covered(&folder, "seeds", &globs(&["!old"]), &paths), [true, true, false, false]);
    }

    #[test]
    fn a_scan_by_types_takes_and_covers_only_what_they_select() {
        let folder = Folder::with(&["seeds/a.md", "seeds/b.pdf", "seeds/c.txt"]);
        let options = WalkOptions { types: vec!["pdf".into(), "md".into()], ..WalkOptions::default() };
        let scan = folder.scan(&["seeds"], &options);
        let found: Vec<_> = scan.found.iter().map(Found::path).collect();
        assert_eq!(found, ["seeds/a.md", "seeds/b.pdf"]);
        assert!(scan.covers("seeds/gone.pdf") && !scan.covers("seeds/c.txt"));
        let options = WalkOptions { types_not: vec!["pdf".into()], ..WalkOptions::default() };
        let paths = ["seeds/gone.pdf", "seeds/gone.txt"];
        assert_eq!(covered(&folder, "seeds", &options, &paths), [false, true]);
        let options = WalkOptions { types: vec!["pdf".into()], ..WalkOptions::default() };
        let scan = folder.scan(&["seeds/c.txt"], &options);
        assert_eq!(scan.found.len(), 1, "what is named is taken whatever its type");
    }

    #[test]
    fn a_path_is_covered_however_it_was_given() {
        let folder = Folder::with(&["a.md"]);
        let absolute = folder.path("gone.md");
        let name = folder.path("").file_name().unwrap().to_str().unwrap().to_owned();
        let paths = [absolute.to_str().unwrap(), &format!("../{name}/gone.md"), "../gone.md"];
        assert_eq!(covered(&folder, ".", &WalkOptions::default(), &paths), [true, true, false]);
    }

    #[test]
    fn what_became_a_file_covers_what_was_under_it() {
        let folder = Folder::with(&["seeds"]);
        let paths = ["seeds/a.md", "seeds"];
        assert_eq!(covered(&folder, "seeds", &WalkOptions::default(), &paths), [true, true]);
    }

    proptest! {
        #[test]
        fn whatever_a_scan_finds_it_covers(
            files in proptest::collection::vec("(\\.?[ab](/\\.?[ab]){0,2}/)?\\.?[ab]\\.(md|txt)", 1..8),
            glob in proptest::option::of("!?(\\*\\.md|a|a/\\*\\*|\\.a\\*|\\*\\*/b/\\*)"),
            hidden in prop_oneof![Just(Hidden::Skip), Just(Hidden::Take)],
            root in prop_oneof![Just("."), Just("a"), Just(".b")],
        ) {
            let folder = Folder::with(&files.iter().map(String::as_str).collect::<Vec<_>>());
            let options = WalkOptions { hidden, globs: glob.into_iter().collect(), ..WalkOptions::default() };
            let scan = folder.scan(&[root], &options);
            for file in &files {
                let found = scan.found.iter().any(|found| found.path() == file);
                prop_assert_eq!(scan.covers(file), found, "{}", file);
            }
        }
    }
}
