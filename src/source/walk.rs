//! The walk: what stands at and under the given paths.
//!
//! [`scan`] tells of every path that the rules let through whether it is a file to read, is skipped or fails,
//! each path once and in order. Folders are read by several threads, with one look at each file; nothing is
//! opened. Following symbolic links has its own module, for there folders can be reached in many ways.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::fs::{self, Metadata};
use std::io;
use std::mem;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, Sender};
use std::thread;
use std::time::UNIX_EPOCH;

use ignore::{DirEntry, IncrementalIgnore, WalkState};

use super::follow;
use super::paths::{Base, FileNames, Names};
use super::problem::{self, Cause, Problem};
use super::reason;
use super::rules::{Coverage, Links, NOT_FOLLOWED, OF_AN_INDEX, RuleError, Rules, WalkOptions};

/// How many steps of a walk a thread tells of at once: to wake who takes them costs more than a step.
const BATCH: usize = 256;

/// A file to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundFile {
    /// Its path as the document's id gives it: relative to the working directory, with `/` between names. [`file_at`]
    /// gives the one to open.
    ///
    /// [`file_at`]: super::file_at
    pub path: Box<str>,
    /// Its size in bytes.
    pub size: u64,
    /// Its modification time in nanoseconds since 1970, UTC; 0 where the system tells none.
    pub modified: i64,
}

/// What stands at one path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// A file to read.
    File(FoundFile),
    /// Something that a rule leaves out and that is worth telling of; no failure.
    Skipped {
        /// Its path, as in [`FoundFile::path`].
        path: Box<str>,
        /// Which rule.
        reason: Box<str>,
    },
    /// Something that could not be looked at.
    Failed {
        /// Its path, as in [`FoundFile::path`].
        path: Box<str>,
        /// Why not.
        reason: Box<str>,
    },
}

impl Found {
    /// The path, as in [`FoundFile::path`].
    pub fn path(&self) -> &str {
        match self {
            Self::File(FoundFile { path, .. }) | Self::Skipped { path, .. } | Self::Failed { path, .. } => {
                path
            }
        }
    }
}

/// What a scan found.
#[derive(Clone, Debug)]
pub struct Scan {
    /// What stands at each path; sorted by path, each path once.
    pub found: Vec<Found>,
    /// The paths that the scan can speak for.
    pub coverage: Coverage,
    /// What is wrong with ignore files, as messages; their other lines count.
    pub warnings: Vec<String>,
}

impl Scan {
    /// Whether the scan would have found the document of this path, were it there.
    pub fn covers(&self, path: &str) -> bool {
        self.coverage.covers(path)
    }
}

/// Looks for documents at and under `roots`.
///
/// A file that is named is taken whatever the rules for hidden and ignored files say, a folder that is named
/// is walked by the rules of `options`; a symbolic link that is named is followed. Relative paths start from
/// the working directory. `progress` is told at each file, from several threads, how many there were so far.
/// Standard input (`-`) is the caller's: here `-` is a file.
///
/// # Errors
///
/// Fails where a glob of the options is none. Whatever is wrong with files is in the scan.
pub fn scan(
    roots: &[PathBuf],
    options: &WalkOptions,
    progress: &(dyn Fn(usize) + Sync),
) -> Result<Scan, RuleError> {
    Ok(scan_by(Rules::new(Base::current(), options)?, roots, progress))
}

/// A path that was looked at, and what is there.
#[derive(Debug)]
pub(super) struct Seen {
    pub(super) file: PathBuf,
    pub(super) what: What,
}

/// What stands at a path; a file goes before the others.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum What {
    File { size: u64, modified: i64, identity: (u64, u64) },
    Skipped(Box<str>),
    Failed(Box<str>),
}

/// The same by the path that is shown: of millions of files nothing else is kept.
pub(super) struct Named {
    pub(super) path: Box<str>,
    pub(super) what: What,
}

impl Named {
    fn tell(self) -> Found {
        let path = self.path;
        match self.what {
            What::File { size, modified, .. } => Found::File(FoundFile { path, size, modified }),
            What::Skipped(reason) => Found::Skipped { path, reason },
            What::Failed(reason) => Found::Failed { path, reason },
        }
    }
}

/// What has been gathered so far.
pub(super) struct Gathered<'a> {
    pub(super) rules: &'a Rules,
    pub(super) names: &'a Names<'a>,
    of_files: FileNames<'a>,
    /// The roots that are folders.
    folders: BTreeSet<PathBuf>,
    /// The roots that are files.
    files: BTreeSet<PathBuf>,
    seen: Vec<Named>,
    /// The folders that were read.
    pub(super) read: Vec<PathBuf>,
    /// The links to folders that are to be followed.
    pub(super) links: Vec<PathBuf>,
    /// The folders that could not be read, and the links that were not followed.
    unseen: HashSet<PathBuf>,
    warnings: BTreeSet<String>,
    /// The rules of each root that is a folder, to be asked of single paths.
    matchers: HashMap<PathBuf, IncrementalIgnore>,
}

/// Does what [`scan`] does, by rules made ready.
pub(super) fn scan_by(rules: Rules, roots: &[PathBuf], progress: &(dyn Fn(usize) + Sync)) -> Scan {
    let names = Names::new(&rules.base, roots);
    let paths: BTreeSet<PathBuf> = roots.iter().map(|root| rules.base.resolve(root)).collect();
    let mut gathered = Gathered::new(&rules, &names);
    for path in &paths {
        gathered.take_root(path);
    }
    gathered.walk(progress);
    let follows = rules.options.links == Links::Follow;
    if follows {
        follow::follow(&mut gathered);
    }
    let mut in_order = gathered.in_order();
    if follows || paths.iter().any(|path| path.canonicalize().is_ok_and(|real| real != *path)) {
        follow::merge(&mut in_order, &rules.base);
    }
    let found = in_order.into_iter().map(Named::tell).collect();
    let Gathered { folders, files, unseen, warnings, .. } = gathered;
    let roots = folders.into_iter().chain(files).collect();
    let warnings = warnings.into_iter().collect();
    Scan { found, warnings, coverage: Coverage { rules: rules.clone(), roots, unseen } }
}

impl<'a> Gathered<'a> {
    fn new(rules: &'a Rules, names: &'a Names<'a>) -> Self {
        Self {
            rules,
            names,
            of_files: names.of_files(),
            folders: BTreeSet::new(),
            files: BTreeSet::new(),
            seen: Vec::new(),
            read: Vec::new(),
            links: Vec::new(),
            unseen: HashSet::new(),
            warnings: BTreeSet::new(),
            matchers: HashMap::new(),
        }
    }

    fn take_root(&mut self, path: &Path) {
        let metadata = match fs::metadata(path) {
            Ok(metadata) => metadata,
            Err(error) => return self.fail(path, trouble(path, &error)),
        };
        if self.rules.belongs_to_index(path) {
            self.skip(path, OF_AN_INDEX.to_owned());
        } else if metadata.is_dir() {
            self.folders.insert(path.to_owned());
        } else {
            self.files.insert(path.to_owned());
            let seen = look(self.rules, path.to_owned(), Ok(metadata));
            seen.into_iter().for_each(|seen| self.add(&seen.file, seen.what));
        }
    }

    /// Walks the folders among the roots.
    fn walk(&mut self, progress: &(dyn Fn(usize) + Sync)) {
        let (sender, events) = mpsc::channel();
        let mut walk = self.rules.walk(&self.folders);
        let (rules, links) = (self.rules.clone(), sender.clone());
        walk.filter_entry(move |entry| is_wanted(&rules, entry, &links));
        let (rules, count) = (self.rules, &AtomicUsize::new(self.files.len()));
        thread::scope(|scope| {
            scope.spawn(move || {
                walk.build_parallel().run(|| {
                    let mut batch = Batch { events: Vec::new(), sender: sender.clone() };
                    Box::new(move |entry| {
                        visit(rules, entry, |event| {
                            if matches!(event, Event::Seen(_)) {
                                progress(count.fetch_add(1, Ordering::Relaxed) + 1);
                            }
                            batch.push(event);
                        });
                        WalkState::Continue
                    })
                });
            });
            events.into_iter().flatten().for_each(|event| self.take_event(event));
        });
    }

    fn take_event(&mut self, event: Event) {
        match event {
            Event::Seen(seen) => self.take(seen),
            Event::Folder(path) => self.read.push(path),
            Event::Link(path) => self.links.push(path),
            Event::Problem(problem) => match problem.cause {
                Cause::Io(error) if self.root_of(&problem.path).is_some() => {
                    self.take_failure(&problem.path, &error);
                }
                Cause::Io(error) => self.warn(&problem.path, &reason(&error)),
                Cause::Loop => self.links.push(problem.path),
                Cause::IgnoreFile(text) => self.warn(&problem.path, &text),
            },
        }
    }

    /// Adds what stands at a path.
    pub(super) fn take(&mut self, seen: Seen) {
        if matches!(&seen.what, What::Skipped(reason) if **reason == *NOT_FOLLOWED) {
            if self.folders.contains(&seen.file) {
                return;
            }
            self.unseen.insert(seen.file.clone());
        }
        self.add(&seen.file, seen.what);
    }

    fn add(&mut self, file: &Path, what: What) {
        let path = match &what {
            What::File { .. } => self.of_files.show(file),
            What::Skipped(_) | What::Failed(_) => self.names.show(file),
        };
        self.seen.push(Named { path: path.into(), what });
    }

    /// Adds a path that could not be looked at, unless it has vanished or the rules leave it out.
    ///
    /// A root that has vanished is a failure, so that the scan does not speak for what was in it.
    pub(super) fn take_failure(&mut self, path: &Path, error: &io::Error) {
        let link = path.is_symlink();
        let vanished = error.kind() == io::ErrorKind::NotFound && !link && !self.folders.contains(path);
        if !vanished && self.admits(path, if link { Kind::File } else { Kind::Folder }) {
            self.unseen.insert(path.to_owned());
            self.fail(path, trouble(path, error));
        }
    }

    fn fail(&mut self, path: &Path, reason: String) {
        self.add(path, What::Failed(reason.into()));
    }

    /// Adds a path that a rule leaves out.
    pub(super) fn skip(&mut self, path: &Path, reason: String) {
        self.add(path, What::Skipped(reason.into()));
    }

    fn warn(&mut self, path: &Path, text: &str) {
        self.warnings.insert(format!("{}: {text}", self.names.show(path)));
    }

    /// The nearest root that is a folder at or above the path.
    fn root_of(&self, path: &Path) -> Option<PathBuf> {
        path.ancestors().find(|above| self.folders.contains(*above)).map(Path::to_owned)
    }

    /// Whether the rules let through what stands below a root.
    pub(super) fn admits(&mut self, path: &Path, kind: Kind) -> bool {
        let Some(root) = self.root_of(path) else { return true };
        let Ok(inside) = path.strip_prefix(&root) else { return true };
        let matcher = self.matchers.entry(root.clone()).or_insert_with(|| self.rules.matcher(&root));
        !matcher.matched(inside, kind == Kind::Folder).is_ignore()
    }

    /// Everything seen, each path once.
    ///
    /// A path can have been seen as a root and as what stands inside another root; as a root it may be a file
    /// where it is else a link that is skipped, and the file counts.
    fn in_order(&mut self) -> Vec<Named> {
        let mut in_order = mem::take(&mut self.seen);
        in_order.sort_unstable_by(|a, b| a.path.cmp(&b.path).then(a.what.cmp(&b.what)));
        in_order.dedup_by(|a, b| a.path == b.path);
        in_order
    }
}

/// As what the rules judge a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    File,
    Folder,
}

/// What a thread of the walk met.
enum Event {
    Seen(Seen),
    Folder(PathBuf),
    Link(PathBuf),
    Problem(Problem),
}

/// What a thread of the walk met and has not told yet.
struct Batch {
    events: Vec<Event>,
    sender: Sender<Vec<Event>>,
}

impl Batch {
    fn push(&mut self, event: Event) {
        self.events.push(event);
        if self.events.len() >= BATCH {
            self.tell();
        }
    }

    fn tell(&mut self) {
        self.sender.send(mem::take(&mut self.events)).expect("the receiver outlives the walk");
    }
}

impl Drop for Batch {
    fn drop(&mut self) {
        self.tell();
    }
}

/// Whether the walk goes on with an entry that the rules let through. Links to folders are set aside.
fn is_wanted(rules: &Rules, entry: &DirEntry, links: &Sender<Vec<Event>>) -> bool {
    if !entry.file_type().is_some_and(|kind| kind.is_dir()) {
        return true;
    }
    if rules.is_index(entry.path()) {
        return false;
    }
    if entry.path_is_symlink() {
        links.send(vec![Event::Link(entry.path().to_owned())]).expect("the receiver outlives the walk");
    }
    !entry.path_is_symlink()
}

/// Tells of one step of the walk: of the entry, and of the ignore files in it.
fn visit(rules: &Rules, entry: Result<DirEntry, ignore::Error>, mut tell: impl FnMut(Event)) {
    let entry = match entry {
        Ok(entry) => entry,
        Err(error) => {
            return problem::unfold(error, &mut |problem| tell(Event::Problem(problem)));
        }
    };
    if let Some(error) = entry.error().cloned() {
        let tell = &mut |problem: Problem| tell(Event::Problem(problem.of_ignore_file()));
        problem::unfold(error, tell);
    }
    if entry.file_type().is_some_and(|kind| kind.is_dir()) {
        return tell(Event::Folder(entry.into_path()));
    }
    let metadata = entry.metadata().map_err(|error| {
        error.into_io_error().unwrap_or_else(|| io::Error::other("the system tells nothing of it"))
    });
    if let Some(seen) = look(rules, entry.into_path(), metadata) {
        tell(Event::Seen(seen));
    }
}

/// What stands at a path that the rules let through; nothing where it has vanished.
pub(super) fn look(rules: &Rules, file: PathBuf, metadata: io::Result<Metadata>) -> Option<Seen> {
    let what = match metadata {
        Ok(metadata) => match rules.objection(&file, &metadata) {
            Some(reason) => What::Skipped(reason.into()),
            None => What::File {
                size: metadata.len(),
                modified: nanoseconds(&metadata),
                identity: identity(&metadata),
            },
        },
        Err(error) if error.kind() == io::ErrorKind::NotFound && !file.is_symlink() => return None,
        Err(error) => What::Failed(trouble(&file, &error).into()),
    };
    Some(Seen { file, what })
}

/// Why a path could not be looked at.
fn trouble(path: &Path, error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound if path.is_symlink() => "symbolic link to nothing".to_owned(),
        _ => reason(error),
    }
}

/// The modification time in nanoseconds since 1970.
fn nanoseconds(metadata: &Metadata) -> i64 {
    let Ok(time) = metadata.modified() else { return 0 };
    match time.duration_since(UNIX_EPOCH) {
        Ok(after) => i64::try_from(after.as_nanos()).unwrap_or(i64::MAX),
        Err(before) => i64::try_from(before.duration().as_nanos()).map_or(i64::MIN, |count| -count),
    }
}

/// What two paths of one file have in common; other files may have it too.
fn identity(metadata: &Metadata) -> (u64, u64) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        (metadata.dev(), metadata.ino())
    }
    #[cfg(not(unix))]
    {
        (0, metadata.len())
    }
}

#[cfg(test)]
mod tests;
