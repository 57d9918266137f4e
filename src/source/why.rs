//! Why a path is not in the index: the rule that leaves it out.
//!
//! The walk itself passes over what the rules leave out without a word, for it can be most of a disk. So when
//! somebody asks about one path, the rules are asked again, folder by folder, down to it.

use std::fs;
use std::path::{Path, PathBuf};

use ignore::gitignore::Gitignore;
use ignore::{IncrementalIgnore, Match};

use super::paths::{Base, Names};
use super::rules::{
    Hidden, Links, NOT_FOLLOWED, OF_AN_INDEX, OWN_IGNORE_FILE, RuleError, Rules, WalkOptions, is_hidden,
};

/// Tells by which rule a scan of `roots` leaves out a path that exists, if one does.
///
/// `None` where the scan would take it, and where it does not exist.
///
/// # Errors
///
/// Fails where a glob of the options is none.
pub fn why_left_out(
    path: &Path,
    roots: &[PathBuf],
    options: &WalkOptions,
) -> Result<Option<String>, RuleError> {
    Ok(why(&Rules::new(Base::current(), options)?, path, roots))
}

fn why(rules: &Rules, path: &Path, roots: &[PathBuf]) -> Option<String> {
    let path = rules.base.resolve(path);
    let its_own = fs::symlink_metadata(&path).ok()?;
    let paths: Vec<PathBuf> = roots.iter().map(|root| rules.base.resolve(root)).collect();
    let Some(root) = path.ancestors().find(|above| paths.iter().any(|root| root == above)) else {
        return Some("outside every folder that was scanned".to_owned());
    };
    let names = Names::new(&rules.base, roots);
    let asked = Asked { rules, names: &names, root, path: &path };
    if let Some(reason) = asked.rule_on_the_way() {
        return Some(reason);
    }
    let metadata = if its_own.is_symlink() { fs::metadata(&path).ok()? } else { its_own };
    if metadata.is_dir() { None } else { rules.objection(&path, &metadata) }
}

/// A path and the root that leads to it.
struct Asked<'a> {
    rules: &'a Rules,
    names: &'a Names<'a>,
    root: &'a Path,
    path: &'a Path,
}

impl Asked<'_> {
    /// The first rule that stops a walk from the root to the path.
    fn rule_on_the_way(&self) -> Option<String> {
        if self.rules.belongs_to_index(self.path) {
            return Some(OF_AN_INDEX.to_owned());
        }
        let mut unhidden = self.rules.clone();
        unhidden.options.hidden = Hidden::Take;
        let mut matcher = unhidden.matcher(&self.root.to_owned());
        let inside = self.path.strip_prefix(self.root).ok()?;
        let mut at = self.root.to_path_buf();
        inside.components().find_map(|part| {
            at.push(part);
            self.rule_at(&at, &mut matcher)
        })
    }

    /// The rule that stops a walk at this path.
    fn rule_at(&self, at: &Path, matcher: &mut IncrementalIgnore) -> Option<String> {
        let follow = self.rules.options.links == Links::Follow;
        let is_folder = at.is_dir() && (follow || !at.is_symlink());
        let inside = at.strip_prefix(self.root).ok()?;
        let glob = self.rules.globs.matched(at, is_folder);
        let judged = matcher.matched(inside, is_folder);
        if glob.is_ignore() {
            return Some("left out by --glob".to_owned());
        }
        if judged.is_ignore() {
            return Some(self.ignored_by(at, is_folder));
        }
        if judged.is_none() && self.rules.options.hidden == Hidden::Skip && is_hidden(at) {
            return Some("hidden; use --hidden".to_owned());
        }
        if at.is_symlink() && !follow {
            return Some(NOT_FOLLOWED.to_owned());
        }
        (is_folder && self.rules.is_index(at)).then(|| OF_AN_INDEX.to_owned())
    }

    /// Names the ignore file that leaves a path out, and its line.
    fn ignored_by(&self, at: &Path, is_folder: bool) -> String {
        for name in [OWN_IGNORE_FILE, ".ignore", ".gitignore"] {
            for folder in at.ancestors().skip(1) {
                let file = folder.join(name);
                if let (true, (matcher, _)) = (file.is_file(), Gitignore::new(&file))
                    && let Match::Ignore(line) = matcher.matched(at, is_folder)
                {
                    return format!("ignored by {} ({})", self.names.show(&file), line.original());
                }
            }
        }
        "ignored by git's own settings".to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::Folder;
    use super::*;

    fn why_in(folder: &Folder, path: &str, options: &WalkOptions) -> Option<String> {
        why(&folder.rules(options), Path::new(path), &[PathBuf::from("seeds")])
    }

    #[test]
    fn the_rule_that_leaves_a_path_out_is_named() {
        let folder = Folder::with(&[
            "out.md",
            "seeds/a.md",
            "seeds/.b/c.md",
            "seeds/d.tmp",
            "seeds/e/f.md",
            "seeds/g.log",
            "seeds/drafts/h.md",
            "seeds/index/i.md",
        ]);
        folder.write(".ignore", "*.tmp\n");
        folder.write("seeds/.tidingsignore", "# not these\n/e\n");
        folder.write("seeds/drafts/.ignore", "h.*\n");
        let options = WalkOptions {
            globs: vec!["!*.log".into()],
            exclude: Some("seeds/index".into()),
            max_file_size: 10,
            ..WalkOptions::default()
        };
        for (path, rule) in [
            ("out.md", Some("outside every folder that was scanned")),
            ("seeds/gone.md", None),
            ("seeds/a.md", None),
            ("seeds", None),
            ("seeds/.b/c.md", Some("hidden; use --hidden")),
            ("seeds/d.tmp", Some("ignored by .ignore (*.tmp)")),
            ("seeds/e/f.md", Some("ignored by seeds/.tidingsignore (/e)")),
            ("seeds/drafts/h.md", Some("ignored by seeds/drafts/.ignore (h.*)")),
            ("seeds/g.log", Some("left out by --glob")),
            ("seeds/index/i.md", Some("part of an index, not a source")),
        ] {
            assert_eq!(why_in(&folder, path, &options).as_deref(), rule, "{path}");
        }
        folder.write("seeds/a.md", "more than ten bytes");
        let rule = why_in(&folder, "seeds/a.md", &options).unwrap();
        assert_eq!(rule, "larger than 10 bytes (19 bytes); raise --max-file-size");
    }

    #[cfg(unix)]
    #[test]
    fn links_and_special_files_are_named() {
        let folder = Folder::with(&["out/a.md"]);
        folder.link("seeds/link", "../out");
        let _socket = std::os::unix::net::UnixListener::bind(folder.path("seeds/socket")).unwrap();
        let mut options = WalkOptions::default();
        let follow = Some("symbolic link; use --follow");
        assert_eq!(why_in(&folder, "seeds/link/a.md", &options).as_deref(), follow);
        assert_eq!(why_in(&folder, "seeds/link", &options).as_deref(), follow);
        assert_eq!(why_in(&folder, "seeds/socket", &options).as_deref(), Some("a socket, not a file"));
        options.links = Links::Follow;
        assert_eq!(why_in(&folder, "seeds/link/a.md", &options), None);
    }
}
