//! Symbolic links, where they are followed.
//!
//! Links make a tree a graph: a folder can be reached in many ways, and with loops in endless ways. So every
//! folder is read once, under the first path that reaches it, paths without links before those with links; any
//! other path to it is told of in one line and not entered. The work is linear in what is on disk, whatever the
//! links are.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::fs::{self, DirEntry};
use std::io;
use std::path::{Path, PathBuf};

use super::paths::Base;
use super::walk::{Gathered, Kind, Named, What, look};

/// Follows the links to folders that a walk has set aside, and those behind them.
pub(super) fn follow(gathered: &mut Gathered<'_>) {
    let read = std::mem::take(&mut gathered.read);
    let mut known: Vec<_> =
        read.into_iter().filter_map(|folder| Some((folder.canonicalize().ok()?, folder))).collect();
    known.sort_unstable_by(|a, b| (a.1 != a.0, &a.1).cmp(&(b.1 != b.0, &b.1)));
    let mut follower = Follower { gathered, read: HashMap::new(), links: VecDeque::new() };
    for (real, folder) in known {
        follower.read.entry(real).or_insert(folder);
    }
    let mut links = std::mem::take(&mut follower.gathered.links);
    links.sort_unstable();
    links.dedup();
    follower.links.extend(links);
    while let Some(link) = follower.links.pop_front() {
        follower.enter(link);
    }
}

struct Follower<'a, 'b> {
    gathered: &'a mut Gathered<'b>,
    /// The folders that were read: their real path, and the path under which they were.
    read: HashMap<PathBuf, PathBuf>,
    /// The links still to follow.
    links: VecDeque<PathBuf>,
}

impl Follower<'_, '_> {
    /// Reads the folder that a link leads to, and those below it.
    fn enter(&mut self, link: PathBuf) {
        if !self.gathered.admits(&link, Kind::Folder) {
            return;
        }
        let mut folders = vec![link];
        while let Some(folder) = folders.pop() {
            match self.read_folder(&folder) {
                Ok(below) => folders.extend(below.into_iter().rev()),
                Err(error) => self.gathered.take_failure(&folder, &error),
            }
        }
    }

    /// Reads one folder, unless it was read before, and gives the folders in it.
    fn read_folder(&mut self, folder: &Path) -> io::Result<Vec<PathBuf>> {
        let real = folder.canonicalize()?;
        if self.gathered.rules.belongs_to_index(&real) {
            return Ok(Vec::new());
        }
        if let Some(reason) = self.objection(folder, &real) {
            self.gathered.skip(folder, reason);
            return Ok(Vec::new());
        }
        self.read.insert(real, folder.to_owned());
        let mut entries = fs::read_dir(folder)?.collect::<io::Result<Vec<_>>>()?;
        entries.sort_unstable_by_key(DirEntry::file_name);
        let mut below = Vec::new();
        for entry in entries {
            let path = entry.path();
            let linked = entry.file_type()?.is_symlink();
            match fs::metadata(&path) {
                Ok(metadata) if metadata.is_dir() && linked => self.links.push_back(path),
                Ok(metadata) if metadata.is_dir() => {
                    if self.gathered.admits(&path, Kind::Folder) {
                        below.push(path);
                    }
                }
                Err(error) => self.gathered.take_failure(&path, &error),
                Ok(metadata) => {
                    if self.gathered.admits(&path, Kind::File) {
                        let seen = look(self.gathered.rules, path, Ok(metadata));
                        seen.into_iter().for_each(|seen| self.gathered.take(seen));
                    }
                }
            }
        }
        Ok(below)
    }

    /// Why a folder is not to be read, if it is not.
    fn objection(&self, folder: &Path, real: &Path) -> Option<String> {
        let first = self.read.get(real)?;
        let parent = folder.parent().and_then(|parent| parent.canonicalize().ok());
        if parent.is_some_and(|parent| parent.starts_with(real)) {
            return Some("symbolic link loop".to_owned());
        }
        Some(format!("same folder as {}", self.gathered.names.show(first)))
    }
}

/// Leaves one path to each file that several were found of by way of links: the one that holds no link, else
/// the first.
///
/// Hard links are files of their own.
pub(super) fn merge(in_order: &mut [Named], base: &Base) {
    let mut by_identity: BTreeMap<(u64, u64), Vec<usize>> = BTreeMap::new();
    for (at, named) in in_order.iter().enumerate() {
        if let What::File { identity, .. } = named.what {
            by_identity.entry(identity).or_default().push(at);
        }
    }
    for group in by_identity.into_values().filter(|group| group.len() > 1) {
        let mut by_real_path: BTreeMap<PathBuf, Vec<usize>> = BTreeMap::new();
        for at in group {
            if let Ok(real) = base.path_of(&in_order[at].path).canonicalize() {
                by_real_path.entry(real).or_default().push(at);
            }
        }
        for (real, paths) in by_real_path {
            let kept = paths
                .iter()
                .copied()
                .find(|&at| base.path_of(&in_order[at].path) == real)
                .unwrap_or(paths[0]);
            let reason = format!("same file as {}", in_order[kept].path);
            for at in paths.into_iter().filter(|&at| at != kept) {
                in_order[at].what = What::Skipped(reason.as_str().into());
            }
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::super::fixture::Folder;
    use super::super::rules::{Links, WalkOptions};

    fn following() -> WalkOptions {
        WalkOptions { links: Links::Follow, ..WalkOptions::default() }
    }

    #[test]
    fn links_inside_folders_are_skipped_with_the_remedy_and_named_ones_followed() {
        let folder = Folder::with(&["out/a.md", "seeds/b.md"]);
        folder.link("seeds/link", "../out");
        folder.link("seeds/link.md", "../out/a.md");
        let options = WalkOptions::default();
        let reason = "symbolic link; use --follow";
        let told = ["seeds/b.md", &format!("seeds/link.md: {reason}"), &format!("seeds/link: {reason}")]
            .map(str::to_owned);
        let mut sorted = folder.tells(&["seeds"], &options);
        sorted.sort_unstable();
        assert_eq!(sorted, told);
        assert_eq!(folder.tells(&["seeds/link"], &options), ["seeds/link/a.md"]);
        assert_eq!(folder.tells(&["seeds/link.md"], &options), ["seeds/link.md"]);
        let both = folder.scan(&["seeds", "seeds/link"], &options);
        assert_eq!(both.found.len(), 3, "{:?}", both.found);
        assert!(both.covers("seeds/link/gone.md"));
        assert!(!folder.scan(&["seeds"], &options).covers("seeds/link/gone.md"));
    }

    #[test]
    fn followed_links_lead_to_files_and_folders() {
        let folder = Folder::with(&["out/a.md", "out/deep/b.md", "one.md", "seeds/c.md"]);
        folder.link("seeds/link", "../out");
        folder.link("seeds/one.md", "../one.md");
        let told = ["seeds/c.md", "seeds/link/a.md", "seeds/link/deep/b.md", "seeds/one.md"];
        assert_eq!(folder.tells(&["seeds"], &following()), told);
        assert!(folder.scan(&["seeds"], &following()).covers("seeds/link/gone.md"));
    }

    #[test]
    fn a_file_reached_by_several_paths_is_one_document() {
        let folder = Folder::with(&["z/a.md", "z/b/c.md"]);
        folder.link("a.md", "z/a.md");
        folder.link("folder", "z/b");
        std::fs::hard_link(folder.path("z/a.md"), folder.path("hard.md")).unwrap();
        let told =
            ["a.md: same file as z/a.md", "folder: same folder as z/b", "hard.md", "z/a.md", "z/b/c.md"];
        assert_eq!(folder.tells(&["."], &following()), told);
        let named = folder.tells(&["a.md", "z/a.md", "hard.md"], &WalkOptions::default());
        assert_eq!(named, ["a.md: same file as z/a.md", "hard.md", "z/a.md"]);
    }

    #[test]
    fn of_several_links_to_one_folder_the_first_counts() {
        let folder = Folder::with(&["out/a.md"]);
        folder.link("seeds/two", "../out");
        folder.link("seeds/one", "../out");
        folder.link("seeds/three/link", "../../out");
        let told = [
            "seeds/one/a.md",
            "seeds/three/link: same folder as seeds/one",
            "seeds/two: same folder as seeds/one",
        ];
        assert_eq!(folder.tells(&["seeds"], &following()), told);
    }

    #[test]
    fn a_folder_is_named_by_its_path_without_links() {
        let folder = Folder::with(&["out/a.md"]);
        folder.link("link", "out");
        folder.link("seeds/link", "../out");
        let told = ["link/a.md: same file as out/a.md", "out/a.md", "seeds/link: same folder as out"];
        assert_eq!(folder.tells(&["link", "out", "seeds"], &following()), told);
    }

    #[test]
    fn loops_and_links_to_nothing_are_told_of() {
        let folder = Folder::with(&["seeds/a.md", "seeds/deep/b.md", "out/c.md"]);
        folder.link("seeds/deep/loop", "..");
        folder.link("seeds/out", "../out");
        folder.link("out/back", "../seeds");
        folder.link("out/again", "../out");
        folder.link("seeds/self", "self");
        folder.link("seeds/lost", "nowhere");
        folder.link("seeds/.hidden", "nowhere");
        let told = [
            "seeds/a.md",
            "seeds/deep/b.md",
            "seeds/deep/loop: symbolic link loop",
            "seeds/lost! symbolic link to nothing",
            "seeds/out/again: symbolic link loop",
            "seeds/out/back: same folder as seeds",
            "seeds/out/c.md",
            "seeds/self! too many levels of symbolic links",
        ];
        assert_eq!(folder.tells(&["seeds"], &following()), told);
    }

    #[test]
    fn the_rules_hold_behind_links() {
        let folder =
            Folder::with(&["out/a.md", "out/b.txt", "out/.c.md", "out/d.md", "out/deep/e.md", "out/f/g.md"]);
        folder.link("seeds/link", "../out");
        folder.link("seeds/ignored", "../out");
        folder.write("seeds/.ignore", "d.md\n/ignored/\n");
        folder.write("out/.ignore", "deep\n");
        let mut options = following();
        assert_eq!(
            folder.tells(&["seeds"], &options),
            ["seeds/link/a.md", "seeds/link/b.txt", "seeds/link/f/g.md"]
        );
        options.globs = vec!["*.md".into(), "!f".into()];
        let told = ["seeds/link/.c.md", "seeds/link/a.md", "seeds/link/d.md"];
        assert_eq!(folder.tells(&["seeds"], &options), told);
    }

    #[test]
    fn many_links_between_many_folders_are_read_in_linear_time() {
        let folder = Folder::with(&[]);
        for number in 0..12 {
            folder.write(&format!("{number}/a.md"), "");
            (0..12).for_each(|other| folder.link(&format!("{number}/to-{other}"), &format!("../{other}")));
        }
        let found = folder.tells(&["."], &following());
        assert_eq!(found.iter().filter(|path| path.ends_with("a.md")).count(), 12);
        assert_eq!(found.len(), 12 + 144);
    }
}
