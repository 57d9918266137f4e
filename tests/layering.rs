//! The module table of the design: which module may use which, and where each library is at home.
//!
//! Read from the sources themselves, so that an arrow against the table fails here and not in a review.

#![expect(clippy::unwrap_used, reason = "in a test a panic is the way to fail")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Each module with the modules that it may use. `cli` may use anything, and nothing uses `cli`.
const MAY_USE: [(&str, &[&str]); 19] = [
    ("span", &[]),
    ("date", &[]),
    ("config", &[]),
    ("document", &["span", "date"]),
    ("query", &["span", "date"]),
    ("analysis", &["span"]),
    ("pattern", &["analysis", "query"]),
    ("hit", &["document", "query", "span", "date"]),
    ("source", &["document", "config", "span", "date"]),
    ("extract", &["source", "document", "span", "date"]),
    ("isolate", &["extract", "source", "document"]),
    ("passage", &["document", "span", "config"]),
    ("index", &["analysis", "document", "span", "config"]),
    (
        "ingest",
        &["source", "extract", "isolate", "passage", "index", "document", "analysis", "span", "config"],
    ),
    ("engine", &["index", "analysis", "pattern", "query", "hit", "document", "span", "date"]),
    ("highlight", &["analysis", "pattern", "query", "span"]),
    ("search", &["engine", "highlight", "pattern", "analysis", "query", "hit", "document"]),
    ("evaluation", &[]),
    ("render", &["hit", "document", "span", "date"]),
];

/// Each library with the modules where it is at home.
const HOMES: [(&str, &[&str]); 47] = [
    ("clap", &["cli"]),
    ("clap_complete", &["cli"]),
    ("clap_mangen", &["cli"]),
    ("indicatif", &["cli"]),
    ("anstream", &["cli"]),
    ("terminal_size", &["cli"]),
    // In ingest and engine only in files that are tests.
    ("tempfile", &["cli", "index", "ingest", "engine"]),
    ("tantivy", &["index", "engine"]),
    ("tantivy_common", &["index"]),
    ("tantivy_fst", &["pattern"]),
    ("levenshtein_automata", &["pattern"]),
    ("regex_automata", &["pattern"]),
    ("regex_syntax", &["query", "pattern"]),
    ("ignore", &["source"]),
    ("flate2", &["source"]),
    ("zstd", &["source", "index"]),
    ("lzma_rust2", &["source"]),
    ("bzip2", &["source"]),
    ("zip", &["extract"]),
    ("tar", &["extract"]),
    ("rustix", &["isolate", "source", "index"]),
    ("blake3", &["source", "analysis", "index"]),
    ("encoding_rs", &["extract"]),
    ("chardetng", &["extract"]),
    ("pulldown_cmark", &["extract"]),
    ("html5gum", &["extract"]),
    ("quick_xml", &["extract"]),
    ("serde_saphyr", &["extract"]),
    ("toml", &["extract"]),
    ("calamine", &["extract"]),
    ("hayro_interpret", &["extract"]),
    ("icu_segmenter", &["passage", "analysis", "render"]),
    ("icu_casemap", &["analysis"]),
    ("icu_normalizer", &["analysis", "extract"]),
    ("icu_properties", &["analysis"]),
    ("frostem", &["analysis"]),
    ("lindera_dictionary", &["analysis"]),
    ("whatlang", &["analysis"]),
    ("hashbrown", &["analysis"]),
    ("foldhash", &["analysis"]),
    ("jiff", &["date"]),
    ("memmap2", &["index"]),
    ("globset", &["engine"]),
    ("csv", &["render"]),
    ("percent_encoding", &["render", "extract"]),
    ("anstyle", &["render"]),
    ("unicode_width", &["render", "query"]),
];

/// A source file as what the compiler sees of the program: no comments, no strings, no tests.
struct Source {
    /// The modules from the crate's root to this file.
    module: Vec<String>,
    file: PathBuf,
    code: String,
}

#[test]
fn modules_use_only_what_the_table_allows() {
    let allowed: BTreeMap<_, _> = MAY_USE.into_iter().collect();
    let mut wrong = BTreeSet::new();
    for source in sources() {
        let Some(from) = source.module.first() else { continue };
        for used in source.uses() {
            let is_allowed = used == *from
                || (from == "cli" && allowed.contains_key(used.as_str()))
                || allowed.get(from.as_str()).is_some_and(|allowed| allowed.contains(&used.as_str()));
            if !is_allowed {
                wrong.insert(format!("{}: {from} may not use {used}", source.file.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", Vec::from_iter(wrong).join("\n"));
}

#[test]
fn libraries_stay_at_home() {
    let mut wrong = BTreeSet::new();
    for source in sources() {
        let module = source.module.first().map_or("lib", String::as_str);
        for (library, homes) in HOMES {
            if source.mentions(library) && !homes.contains(&module) {
                wrong.insert(format!("{}: {library} is at home in {homes:?}", source.file.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", Vec::from_iter(wrong).join("\n"));
}

#[test]
fn every_module_stands_in_the_table() {
    let modules: BTreeSet<_> =
        sources().into_iter().filter_map(|source| source.module.into_iter().next()).collect();
    let table: BTreeSet<_> =
        MAY_USE.iter().map(|(module, _)| (*module).to_owned()).chain(["cli".to_owned()]).collect();
    assert_eq!(modules, table);
}

#[test]
fn the_table_has_no_circles() {
    let mut done: BTreeSet<&str> = BTreeSet::new();
    for _ in MAY_USE {
        let ready = |uses: &[&str]| uses.iter().all(|used| done.contains(used));
        let next: Vec<_> =
            MAY_USE.iter().filter(|(_, uses)| ready(uses)).map(|(module, _)| *module).collect();
        done.extend(next);
    }
    assert_eq!(done.len(), MAY_USE.len());
}

#[test]
fn the_reader_of_sources_sees_code_and_nothing_else() {
    let code = r##"
        use crate::{span::Span, date};
        use other::Thing;
        // crate::comment
        let text = "crate::string"; let raw = r#"crate::raw "quoted" "#; let quote = '"';
        use super::super::index::{Snapshot};
        fn borrow<'a>(_: &'a str) -> crate::query::Query { super::local() }
        #[cfg(test)]
        mod tests { use crate::cli; }
        #[cfg(test)]
        use crate::render;
        fn last() { crate::hit::Hit }
    "##;
    let source =
        Source { module: vec!["engine".into(), "local".into()], file: PathBuf::new(), code: program(code) };
    let uses = source.uses();
    assert_eq!(Vec::from_iter(uses).join(" "), "date engine hit index query span");
    assert!(source.mentions("other") && !source.mentions("othe") && !source.mentions("comment"));
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    collect(&root, &mut files);
    assert!(files.len() > 50, "the sources were not found");
    files.into_iter().filter_map(|file| Source::read(&root, &file)).collect()
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

impl Source {
    /// Reads a file; `None` for the files of tests and for the program's `main`.
    fn read(root: &Path, file: &Path) -> Option<Self> {
        let relative = file.strip_prefix(root).unwrap().with_extension("");
        let mut module: Vec<String> =
            relative.iter().map(|part| part.to_string_lossy().into_owned()).collect();
        let is_test = ["tests", "laws", "samples", "fixture"].contains(&module.last()?.as_str());
        if is_test || module == ["main"] {
            return None;
        }
        if ["mod", "lib"].contains(&module.last()?.as_str()) {
            module.pop();
        }
        let code = program(&fs::read_to_string(file).unwrap());
        Some(Self { module, file: file.to_owned(), code })
    }

    /// The top modules that the file's paths lead to: those of `crate::`, and of as many `super::` as leave
    /// the file's own top module.
    fn uses(&self) -> BTreeSet<String> {
        let mut uses = BTreeSet::new();
        for (at, _) in self.code.match_indices("crate::") {
            if is_start_of_path(&self.code, at) {
                uses.extend(heads(&self.code[at + "crate::".len()..]));
            }
        }
        for (at, _) in self.code.match_indices("super::") {
            if !is_start_of_path(&self.code, at) {
                continue;
            }
            let mut rest = &self.code[at..];
            let mut depth = self.module.len();
            while let Some(further) = rest.strip_prefix("super::") {
                rest = further;
                depth = depth.saturating_sub(1);
            }
            match depth {
                0 => uses.extend(heads(rest)),
                _ => uses.extend(self.module.first().cloned()),
            }
        }
        uses
    }

    fn mentions(&self, library: &str) -> bool {
        self.code.match_indices(library).any(|(at, _)| {
            let rest = &self.code[at + library.len()..];
            let is_path =
                rest.starts_with("::") || rest.starts_with(';') && self.code[..at].ends_with("use ");
            is_path && is_start_of_path(&self.code, at)
        })
    }
}

/// Whether no path goes on before `at`, which is the start of one then.
fn is_start_of_path(code: &str, at: usize) -> bool {
    !code[..at].ends_with(|before: char| before.is_alphanumeric() || before == '_' || before == ':')
}

/// The first names of what follows a path's `::`: one name, or those of a list in braces.
fn heads(rest: &str) -> Vec<String> {
    let name = |text: &str| -> String {
        text.trim_start()
            .chars()
            .take_while(|&character| character.is_alphanumeric() || character == '_')
            .collect()
    };
    let Some(list) = rest.strip_prefix('{') else { return vec![name(rest)] };
    let mut names = vec![name(list)];
    let mut depth = 1;
    for (at, character) in list.char_indices() {
        match character {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 1 => names.push(name(&list[at + 1..])),
            _ => {}
        }
        if depth == 0 {
            break;
        }
    }
    names.retain(|name| !name.is_empty());
    names
}

/// The code of a source text without comments, strings, characters and what is compiled for tests alone.
fn program(source: &str) -> String {
    let mut code = without_text(source);
    while let Some(start) = ["#[cfg(test)]", "#[cfg(all(test,"].iter().find_map(|test| code.find(test)) {
        let rest = &code[start..];
        let body = rest.find(['{', ';']).expect("an attribute stands before an item");
        let end = match rest.as_bytes()[body] {
            b';' => body + 1,
            _ => end_of_block(rest, body),
        };
        code.replace_range(start..start + end, "");
    }
    code
}

fn end_of_block(code: &str, start: usize) -> usize {
    let mut depth = 0;
    for (at, character) in code[start..].char_indices() {
        match character {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            // A list of a `use` ends with a semicolon.
            let end = start + at + 1;
            return if code[end..].starts_with(';') { end + 1 } else { end };
        }
    }
    code.len()
}

/// The source without comments, and with strings and characters emptied.
fn without_text(source: &str) -> String {
    let mut code = String::with_capacity(source.len());
    let mut rest = source;
    while let Some(first) = rest.chars().next() {
        let is_name = code.ends_with(|before: char| before.is_alphanumeric() || before == '_');
        let skipped = match first {
            '/' if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
            '/' if rest.starts_with("/*") => rest.find("*/").map_or(rest.len(), |end| end + 2),
            '"' => end_of_string(rest),
            'r' if !is_name && rest[1..].trim_start_matches('#').starts_with('"') => end_of_raw_string(rest),
            '\'' => end_of_character(rest),
            _ => 0,
        };
        if skipped == 0 {
            code.push(first);
            rest = &rest[first.len_utf8()..];
        } else {
            rest = &rest[skipped..];
        }
    }
    code
}

fn end_of_string(text: &str) -> usize {
    let mut escaped = false;
    for (at, character) in text.char_indices().skip(1) {
        match character {
            '"' if !escaped => return at + 1,
            character => escaped = character == '\\' && !escaped,
        }
    }
    text.len()
}

fn end_of_raw_string(text: &str) -> usize {
    let hashes = text[1..].bytes().take_while(|&byte| byte == b'#').count();
    let end = format!("\"{}", "#".repeat(hashes));
    let start = hashes + 2;
    text[start..].find(&end).map_or(text.len(), |at| start + at + end.len())
}

/// The end of a character literal; 0 for the quote of a lifetime.
fn end_of_character(text: &str) -> usize {
    let mut characters = text.char_indices().skip(1);
    match characters.next() {
        Some((_, '\\')) => text[3..].find('\'').map_or(0, |end| end + 4),
        Some((at, character)) if text[at + character.len_utf8()..].starts_with('\'') => {
            at + character.len_utf8() + 1
        }
        _ => 0,
    }
}
