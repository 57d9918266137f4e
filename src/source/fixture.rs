//! A working directory for the tests of this module, and what a scan of it tells, as text.

use std::fs;
use std::path::PathBuf;

use tempfile::TempDir;

use super::paths::Base;
use super::rules::{Rules, WalkOptions};
use super::walk::{Found, Scan, scan_by};

/// A temporary folder that scans take for the working directory.
pub(super) struct Folder(TempDir);

impl Folder {
    /// A folder that holds these files; each has its path for its text.
    pub(super) fn with(paths: &[&str]) -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        paths.iter().for_each(|path| folder.write(path, path));
        folder
    }

    pub(super) fn path(&self, path: &str) -> PathBuf {
        self.0.path().canonicalize().unwrap().join(path)
    }

    pub(super) fn write(&self, path: &str, text: &str) {
        let file = self.path(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }

    #[cfg(unix)]
    pub(super) fn link(&self, path: &str, target: &str) {
        let link = self.path(path);
        fs::create_dir_all(link.parent().unwrap()).unwrap();
        std::os::unix::fs::symlink(target, link).unwrap();
    }

    pub(super) fn rules(&self, options: &WalkOptions) -> Rules {
        Rules::new(Base::new(self.0.path()), options).unwrap()
    }

    pub(super) fn scan(&self, roots: &[&str], options: &WalkOptions) -> Scan {
        let roots: Vec<PathBuf> = roots.iter().map(PathBuf::from).collect();
        scan_by(self.rules(options), &roots, &|_| {})
    }

    /// What a scan tells: the path of a file, a path and a reason where one is skipped, and with an exclamation
    /// mark where it failed.
    pub(super) fn tells(&self, roots: &[&str], options: &WalkOptions) -> Vec<String> {
        let base = Base::new(self.0.path());
        let found = self.scan(roots, options).found.into_iter();
        found
            .map(|found| match found {
                Found::File(file) => {
                    assert!(base.path_of(&file.path).is_file(), "{file:?}");
                    file.path.into()
                }
                Found::Skipped { path, reason } => format!("{path}: {reason}"),
                Found::Failed { path, reason } => format!("{path}! {reason}"),
            })
            .collect()
    }
}
