//! Types of files, by their names: what `--type` chooses.
//!
//! The types that users of ripgrep know, and those of the formats that are read here; where both have one of the same
//! name, its globs are those of both. A type says what a file is called, never what it holds.

use std::collections::BTreeSet;

use ignore::types::{Types, TypesBuilder};

use super::rules::RuleError;

/// The types that ripgrep does not have, or has with fewer globs.
const OWN: [(&str, &[&str]); 29] = [
    ("archive", &["*.zip", "*.tar", "*.tar.{gz,xz,bz2,zst,zstd}", "*.{tgz,txz,tbz2}"]),
    ("asciidoc", &["*.adoc", "*.asciidoc"]),
    ("csv", &["*.csv"]),
    ("docx", &["*.docx", "*.docm", "*.dotx"]),
    ("email", &["*.eml"]),
    ("epub", &["*.epub"]),
    ("feed", &["*.rss", "*.atom"]),
    ("jsonl", &["*.jsonl", "*.ndjson", "*.jsonlines", "*.{jsonl,ndjson}.{gz,xz,bz2,zst,zstd}"]),
    ("latex", &["*.tex", "*.ltx", "*.latex"]),
    ("mail", &["*.eml", "*.mbox"]),
    ("mbox", &["*.mbox", "*.mbox.{gz,xz,bz2,zst,zstd}"]),
    ("notebook", &["*.ipynb"]),
    ("odp", &["*.odp", "*.otp"]),
    ("ods", &["*.ods", "*.ots"]),
    ("odt", &["*.odt", "*.ott"]),
    (
        "office",
        &[
            "*.{docx,docm,dotx,pptx,pptm,ppsx,potx,xlsx,xlsm,xltx,xlsb,xls}",
            "*.{odt,ott,odp,otp,ods,ots,rtf}",
        ],
    ),
    ("pdf", &["*.pdf"]),
    ("pptx", &["*.pptx", "*.pptm", "*.ppsx", "*.potx"]),
    ("rst", &["*.rst", "*.rest"]),
    ("rtf", &["*.rtf"]),
    ("srt", &["*.srt"]),
    ("subtitles", &["*.srt", "*.vtt"]),
    ("tar", &["*.tar", "*.tar.{gz,xz,bz2,zst,zstd}", "*.{tgz,txz,tbz2}"]),
    ("text", &["*.txt", "*.text"]),
    ("tsv", &["*.tsv", "*.tab"]),
    ("vtt", &["*.vtt"]),
    ("xls", &["*.xls", "*.xlsb"]),
    ("xlsx", &["*.xlsx", "*.xlsm", "*.xltx"]),
    ("zip", &["*.zip"]),
];

/// Every type with its globs, by name.
pub fn file_types() -> Vec<(String, Vec<String>)> {
    let definitions = builder().definitions();
    let listed = definitions.iter().map(|known| {
        let globs: BTreeSet<_> = known.globs().iter().cloned().collect();
        (known.name().to_owned(), globs.into_iter().collect())
    });
    listed.collect()
}

/// What chooses files by their types: those of `taken`, all if there are none, without those of `left_out`.
pub(super) fn matcher(taken: &[String], left_out: &[String]) -> Result<Types, RuleError> {
    let mut builder = builder();
    let definitions = builder.definitions();
    let unknown = |name: &&String| *name != "all" && !definitions.iter().any(|known| known.name() == **name);
    if let Some(name) = taken.iter().chain(left_out).find(unknown) {
        return Err(RuleError::Type { name: name.clone() });
    }
    for name in taken {
        builder.select(name);
    }
    for name in left_out {
        builder.negate(name);
    }
    builder.build().map_err(|error| RuleError::Glob { glob: "--type".to_owned(), reason: error.to_string() })
}

fn builder() -> TypesBuilder {
    let mut builder = TypesBuilder::new();
    builder.add_defaults();
    for (name, globs) in OWN {
        for glob in globs {
            builder.add(name, glob).expect("names are words, and globs are checked by a test");
        }
    }
    builder
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(taken: &[&str], left_out: &[&str], names: &[&str]) -> Vec<bool> {
        let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let types = matcher(&owned(taken), &owned(left_out)).expect("types that there are");
        names.iter().map(|name| !types.matched(name, false).is_ignore()).collect()
    }

    #[test]
    fn types_choose_and_leave_out() {
        let names = ["a.pdf", "b.md", "c.tar.gz", "d.txt"];
        assert_eq!(taken(&["pdf", "md"], &[], &names), [true, true, false, false]);
        assert_eq!(taken(&[], &["pdf", "archive"], &names), [false, true, false, true]);
        assert_eq!(
            taken(&["office", "mail"], &[], &["a.docx", "b.XLS", "c.eml", "d.rs"]),
            [true, false, true, false]
        );
    }

    #[test]
    fn a_type_that_is_none_is_named() {
        let error = matcher(&["pfd".to_owned()], &[]).expect_err("no such type");
        assert_eq!(error.to_string(), "type \"pfd\": not known; --list-types lists what is");
    }

    #[test]
    fn every_type_is_listed_with_globs_that_are_some() {
        let types = file_types();
        for (name, globs) in OWN {
            let known = types.iter().find(|(known, _)| known == name).expect("listed");
            assert!(globs.iter().all(|glob| known.1.iter().any(|listed| listed == glob)), "{name}");
        }
        assert!(matcher(&["all".to_owned()], &[]).is_ok());
    }
}
