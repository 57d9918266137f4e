//! Paths as identities: one file has one path, however it was typed.
//!
//! A document's id is its path as given, relative to the working directory. [`Base`] turns what was typed into
//! one absolute path to open, and that into the text that is shown: inside the working directory a relative
//! path, outside it an absolute one or one that starts with `..`, whichever was typed. Separators are always
//! `/`. A name need not be UTF-8, and two names must not become one text, so that bytes that are none are
//! written `\xNN`; where a name holds such letters itself, their backslash is written `\x5C`.

use std::collections::HashMap;
use std::ffi::OsString;
use std::path::{Component, Path, PathBuf};

/// The path by which a document is known, of a path as it was typed.
///
/// `./seeds//a.md` gives `seeds/a.md`, as does the absolute path of that file where the working directory
/// holds `seeds`. The file need not exist. `..` goes where the system goes: behind a symbolic link to the
/// folder above the link's target.
pub fn document_path(path: &Path) -> String {
    let base = Base::current();
    base.show(&base.resolve(path), Style::of(path))
}

/// The file that has this path as a document: what [`document_path`] was made of.
///
/// Where file names need not be Unicode but are no bytes either (Windows), one that is none leads nowhere.
pub fn file_at(path: &str) -> PathBuf {
    Base::current().path_of(path)
}

/// How paths outside the working directory are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    Absolute,
    Relative,
}

impl Style {
    pub(super) fn of(path: &Path) -> Self {
        if path.is_absolute() { Self::Absolute } else { Self::Relative }
    }
}

/// The folder that relative paths start from.
#[derive(Clone, Debug)]
pub(super) struct Base(PathBuf);

impl Base {
    /// The working directory. Where it cannot be told (it was deleted) relative paths stay as they are.
    pub(super) fn current() -> Self {
        Self(std::env::current_dir().unwrap_or_default())
    }

    #[cfg(test)]
    pub(super) fn new(folder: &Path) -> Self {
        Self(folder.canonicalize().expect("tests start from folders that exist"))
    }

    pub(super) fn folder(&self) -> &Path {
        &self.0
    }

    /// The absolute path to open; without `.` and `..`.
    pub(super) fn resolve(&self, path: &Path) -> PathBuf {
        let mut resolved = if path.is_absolute() { PathBuf::new() } else { self.0.clone() };
        for component in path.components() {
            match component {
                Component::CurDir => {}
                Component::ParentDir => climb(&mut resolved),
                other => resolved.push(other),
            }
        }
        resolved
    }

    /// The text that shows an absolute path.
    ///
    /// A file named `-` in the working directory is shown as `./-`, for `-` is standard input.
    pub(super) fn show(&self, path: &Path, style: Style) -> String {
        if let Ok(inside) = path.strip_prefix(&self.0) {
            let text = show_components(inside.components());
            return if text == "-" { "./-".to_owned() } else { text };
        }
        match style {
            Style::Absolute => show_components(path.components()),
            Style::Relative => show_components(self.way_to(path).components()),
        }
    }

    /// The absolute path that a shown text stands for.
    pub(super) fn path_of(&self, shown: &str) -> PathBuf {
        self.resolve(&decode(shown))
    }

    fn way_to(&self, path: &Path) -> PathBuf {
        let common = self.0.components().zip(path.components()).take_while(|(a, b)| a == b).count();
        let up = self.0.components().skip(common).map(|_| Component::ParentDir);
        up.chain(path.components().skip(common)).collect()
    }
}

/// Goes to the folder above, as the system would.
fn climb(path: &mut PathBuf) {
    if path.is_symlink()
        && let Ok(real) = path.canonicalize()
    {
        *path = real;
    }
    if path.as_os_str().is_empty() || path.ends_with("..") {
        path.push("..");
    } else {
        path.pop();
    }
}

/// Shows the paths of one scan: each in the style of the nearest root at or above it.
pub(super) struct Names<'a> {
    base: &'a Base,
    /// By their absolute paths, of which each is written in one way.
    roots: HashMap<OsString, Style>,
}

impl<'a> Names<'a> {
    pub(super) fn new(base: &'a Base, roots: &[PathBuf]) -> Self {
        let roots = roots.iter().map(|root| (base.resolve(root).into(), Style::of(root))).collect();
        Self { base, roots }
    }

    pub(super) fn show(&self, path: &Path) -> String {
        self.base.show(path, self.style_in(path))
    }

    /// How the nearest root at or above a path was typed.
    fn style_in(&self, path: &Path) -> Style {
        let style = path.ancestors().find_map(|above| self.roots.get(above.as_os_str()));
        style.copied().unwrap_or(Style::Absolute)
    }

    /// Shows files as [`Names::show`] does, each folder that they stand in once.
    pub(super) fn of_files(&'a self) -> FileNames<'a> {
        FileNames { names: self, folders: HashMap::new() }
    }

    /// What the paths of files in a folder start with.
    fn folder(&self, folder: &Path) -> String {
        let mut text = self.base.show(&folder.join("-"), self.style_in(folder));
        text.pop();
        text
    }
}

/// Shows files, with what the paths of those in each folder start with.
pub(super) struct FileNames<'a> {
    names: &'a Names<'a>,
    folders: HashMap<OsString, String>,
}

impl FileNames<'_> {
    pub(super) fn show(&mut self, file: &Path) -> String {
        let names = self.names;
        let (Some(folder), Some(name)) = (file.parent(), file.file_name()) else {
            return names.show(file);
        };
        // What stands in the working directory itself is shown by its name alone.
        if folder == names.base.0 || names.roots.contains_key(file.as_os_str()) {
            return names.show(file);
        }
        if !self.folders.contains_key(folder.as_os_str()) {
            self.folders.insert(folder.into(), names.folder(folder));
        }
        let start = &self.folders[folder.as_os_str()];
        let mut text = String::with_capacity(start.len() + name.len());
        text.push_str(start);
        encode(name.as_encoded_bytes(), &mut text);
        text
    }
}

fn show_components<'a>(components: impl Iterator<Item = Component<'a>>) -> String {
    let mut text = String::new();
    for component in components {
        match component {
            Component::RootDir => text.push('/'),
            other => {
                if !text.is_empty() && !text.ends_with('/') {
                    text.push('/');
                }
                encode(other.as_os_str().as_encoded_bytes(), &mut text);
            }
        }
    }
    if text.is_empty() { ".".to_owned() } else { text }
}

/// Writes a name as text from which [`decode`] tells it again.
fn encode(name: &[u8], text: &mut String) {
    use std::fmt::Write;

    if let Ok(name) = std::str::from_utf8(name)
        && !name.contains('\\')
    {
        return text.push_str(name);
    }
    for chunk in name.utf8_chunks() {
        let mut rest = chunk.valid();
        while let Some(at) = rest.find("\\x") {
            let looks_encoded = escaped_byte(&rest.as_bytes()[at..]).is_some();
            text.push_str(&rest[..at]);
            text.push_str(if looks_encoded { "\\x5C" } else { "\\" });
            rest = &rest[at + 1..];
        }
        text.push_str(rest);
        for byte in chunk.invalid() {
            write!(text, "\\x{byte:02X}").expect("writing to a string cannot fail");
        }
    }
}

/// The byte that `\xNN` at the start of `text` stands for.
fn escaped_byte(text: &[u8]) -> Option<u8> {
    let [b'\\', b'x', high, low, ..] = text else { return None };
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    Some(digit(*high)? << 4 | digit(*low)?)
}

/// The path that [`encode`] wrote.
#[cfg(unix)]
fn decode(text: &str) -> PathBuf {
    use std::os::unix::ffi::OsStringExt;

    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some(&first) = rest.first() {
        let (byte, width) = escaped_byte(rest).map_or((first, 1), |byte| (byte, 4));
        bytes.push(byte);
        rest = &rest[width..];
    }
    std::ffi::OsString::from_vec(bytes).into()
}

/// The path that a text shows; a name that is not Unicode is not found again.
#[cfg(not(unix))]
fn decode(text: &str) -> PathBuf {
    PathBuf::from(text)
}

#[cfg(all(test, unix))]
mod tests {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::symlink;

    use proptest::prelude::*;

    use super::*;

    fn normal(base: &Base, path: &str) -> String {
        base.show(&base.resolve(Path::new(path)), Style::of(Path::new(path)))
    }

    #[test]
    fn paths_are_relative_to_the_working_directory() {
        let folder = tempfile::tempdir().unwrap();
        let base = Base::new(folder.path());
        let absolute = base.folder().join("seeds/a.md");
        let above = base.folder().file_name().unwrap().to_str().unwrap();
        for (typed, shown) in [
            ("./seeds//a.md", "seeds/a.md"),
            ("seeds/./a.md/", "seeds/a.md"),
            ("seeds/../a.md", "a.md"),
            (absolute.to_str().unwrap(), "seeds/a.md"),
            (&format!("../{above}/a.md"), "a.md"),
            (".", "."),
            ("", "."),
            ("..", ".."),
            ("../x", "../x"),
            ("/x/./y", "/x/y"),
            ("/..", "/"),
            ("-", "./-"),
            ("./-", "./-"),
            ("-/-", "-/-"),
        ] {
            assert_eq!(normal(&base, typed), shown, "{typed}");
        }
    }

    #[test]
    fn going_up_behind_a_symbolic_link_leads_to_its_target() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("deep/down")).unwrap();
        symlink("deep/down", folder.path().join("link")).unwrap();
        let base = Base::new(folder.path());
        assert_eq!(normal(&base, "link/../a.md"), "deep/a.md");
        assert_eq!(normal(&base, "link/a.md"), "link/a.md");
    }

    #[test]
    fn without_a_working_directory_relative_paths_stay_as_they_are() {
        let base = Base(PathBuf::new());
        assert_eq!(normal(&base, "./a//b"), "a/b");
        assert_eq!(normal(&base, "../../a"), "../../a");
    }

    #[test]
    fn names_that_are_not_utf8_are_told_apart() {
        let texts =
            [&b"caf\xe9"[..], b"caf\\xE9", b"caf\xe8", b"caf\\xe9", b"caf\\x", "caf\u{e9}".as_bytes()].map(
                |name| {
                    let mut text = String::new();
                    encode(name, &mut text);
                    text
                },
            );
        assert_eq!(texts, ["caf\\xE9", "caf\\x5CxE9", "caf\\xE8", "caf\\x5Cxe9", "caf\\x", "caf\u{e9}"]);
    }

    proptest! {
        #[test]
        fn every_name_is_told_from_its_text(
            name in prop_oneof![
                proptest::collection::vec(any::<u8>(), 0..20),
                "[\\\\x5CcEe9/ ]{0,20}".prop_map(String::into_bytes),
                proptest::collection::vec(prop_oneof![Just(b'\\'), Just(b'x'), Just(b'5'), Just(0xe9)], 0..12),
            ]
        ) {
            let mut text = String::new();
            encode(&name, &mut text);
            prop_assert_eq!(decode(&text), Path::new(OsStr::from_bytes(&name)));
        }

        #[test]
        fn files_are_shown_as_any_path_is(
            files in proptest::collection::vec("(a|b|-|é|\\\\x41)(/(a|b|-|\\\\)){0,3}", 1..12),
            roots in proptest::collection::vec("(/|)(\\.\\.|a|b|-)(/(a|b|-)){0,3}", 0..4),
            inside in "(a|b)?",
        ) {
            let top = tempfile::tempdir().unwrap();
            std::fs::create_dir_all(top.path().join(&inside)).unwrap();
            let base = Base::new(&top.path().join(&inside));
            // Absolute ones stand in the same folder.
            let absolute = |root: &str| top.path().join(root.trim_start_matches('/'));
            let root = |root: &String| if root.starts_with('/') { absolute(root) } else { root.into() };
            let roots: Vec<_> = roots.iter().map(root).collect();
            let names = Names::new(&base, &roots);
            let mut of_files = names.of_files();
            let files = files.iter().map(|file| top.path().canonicalize().unwrap().join(file));
            // What the working directory stands in is no file.
            for file in files.filter(|file| !base.folder().starts_with(file)) {
                prop_assert_eq!(of_files.show(&file), names.show(&file));
                prop_assert_eq!(base.path_of(&names.show(&file)), file);
            }
        }

        #[test]
        fn a_path_once_normal_stays_as_it_is(
            parts in proptest::collection::vec("\\.|\\.\\.|link|deep|down||a b|[a-zé가]{1,3}", 0..8),
            start in "|/|\\./",
        ) {
            let folder = tempfile::tempdir().unwrap();
            std::fs::create_dir_all(folder.path().join("deep/down")).unwrap();
            symlink("deep/down", folder.path().join("link")).unwrap();
            let base = Base::new(folder.path());
            let once = normal(&base, &format!("{start}{}", parts.join("/")));
            prop_assert_eq!(&normal(&base, &once), &once);
            prop_assert_eq!(base.show(&base.path_of(&once), Style::of(Path::new(&once))), once);
        }
    }
}
