//! What packages and pages say of themselves in their metadata, and which of it nobody meant.
//!
//! Programs fill in titles that no author chose: the name of the file, of the template, of the program. Such a
//! title is worse than none, since a document's first heading then is a better one.

use serde_json::Value;

use crate::date::Date;
use crate::document::Facts;

/// The longest value of one field, in bytes.
pub(super) const MAX_FIELD: usize = 64 << 10;

/// The title, if an author may have chosen it.
pub(super) fn plausible_title(title: &str) -> Option<String> {
    /// How programs begin the titles that they make of files' names.
    const BEGINNINGS: [&str; 3] = ["Microsoft Word - ", "Microsoft PowerPoint - ", "Microsoft Excel - "];
    /// Titles that stand for none.
    const EMPTY: [&str; 12] = [
        "untitled",
        "no title",
        "title",
        "document",
        "microsoft word document",
        "powerpoint presentation",
        "powerpoint 프레젠테이션",
        "powerpoint プレゼンテーション",
        "presentation",
        "slide 1",
        "제목 없음",
        "無題",
    ];
    let title = title.trim_matches(|c: char| c.is_whitespace() || c == '\0' || c == '\u{feff}');
    let beginning = BEGINNINGS.iter().find_map(|beginning| title.strip_prefix(beginning));
    let title = super::tidy_title(beginning.unwrap_or(title))?;
    let lower = title.to_lowercase();
    let is_numbered = lower.strip_prefix("untitled").is_some_and(|rest| rest.trim().parse::<u32>().is_ok());
    let is_empty = EMPTY.contains(&lower.as_str()) || is_numbered;
    let means_something = title.chars().any(char::is_alphanumeric);
    (means_something && !is_empty && !is_file_name(&lower)).then_some(title)
}

/// Whether a title, in lower case, is the name of a file that it was made from.
fn is_file_name(title: &str) -> bool {
    const EXTENSIONS: [&str; 24] = [
        "doc", "docx", "dot", "rtf", "odt", "wpd", "hwp", "hwpx", "ppt", "pptx", "odp", "xls", "xlsx", "ods",
        "pdf", "ps", "eps", "dvi", "tex", "indd", "qxd", "pmd", "fm", "txt",
    ];
    let extension = title.rsplit_once('.').map(|(_, extension)| extension);
    extension.is_some_and(|extension| EXTENSIONS.contains(&extension)) || title.starts_with("file://")
}

/// Gathers facts from fields that are met in no certain order.
#[derive(Debug, Default)]
pub(super) struct Fields {
    facts: Facts,
    created: Option<Date>,
    modified: Option<Date>,
    authors: Vec<String>,
    keywords: Vec<String>,
}

impl Fields {
    /// Takes a title; the first that means something counts.
    pub fn title(&mut self, title: &str) {
        self.facts.title = self.facts.title.take().or_else(|| plausible_title(title));
    }

    /// Takes a language's tag.
    pub fn language(&mut self, tag: &str) {
        self.facts.language = self.facts.language.take().or_else(|| super::language_code(tag));
    }

    /// Takes the day that it was made or published.
    pub fn created(&mut self, date: Option<Date>) {
        self.created = self.created.or(date);
    }

    /// Takes the day that it was last changed.
    pub fn modified(&mut self, date: Option<Date>) {
        self.modified = self.modified.or(date);
    }

    /// Takes one author, of maybe several.
    pub fn author(&mut self, name: &str) {
        push_word(&mut self.authors, name);
    }

    /// Takes the one who last changed it, who counts as its author if no other is known.
    pub fn author_if_none(&mut self, name: &str) {
        if self.authors.is_empty() {
            self.author(name);
        }
    }

    /// Takes keywords, one or several.
    pub fn keywords(&mut self, words: &str) {
        push_word(&mut self.keywords, words);
    }

    /// Takes what it says it is about.
    pub fn description(&mut self, text: &str) {
        if let Some(text) = super::tidy_title(text) {
            self.facts.other.entry("description".into()).or_insert(Value::String(text));
        }
    }

    /// The facts. The date is that of the making, else that of the last change.
    pub fn into_facts(self) -> Facts {
        let mut facts = self.facts;
        facts.date = self.created.or(self.modified);
        for (name, words) in [("author", self.authors), ("keywords", self.keywords)] {
            if !words.is_empty() {
                facts.other.insert(name.into(), Value::String(words.join(", ")));
            }
        }
        facts
    }
}

/// Adds what has not been added, within reason.
fn push_word(words: &mut Vec<String>, word: &str) {
    if let Some(word) = super::tidy_title(word).filter(|word| words.len() < 100 && !words.contains(word)) {
        words.push(word);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_that_nobody_chose_are_none() {
        for title in [
            "",
            " \0",
            "untitled",
            "Untitled 3",
            "report.doc",
            "Microsoft Word - q3_final.docx",
            "제목 없음",
            "---",
        ] {
            assert_eq!(plausible_title(title), None, "{title}");
        }
        assert_eq!(plausible_title("Microsoft Word - Q3 Report ").as_deref(), Some("Q3 Report"));
        assert_eq!(plausible_title("The report, vol. 2").as_deref(), Some("The report, vol. 2"));
    }

    #[test]
    fn the_first_fields_count_and_the_making_before_the_change() {
        let mut fields = Fields::default();
        for title in ["untitled", "One", "Two"] {
            fields.title(title);
        }
        fields.modified(Date::parse("2024-02-02"));
        fields.author("A");
        fields.author(" A ");
        fields.author("B");
        let facts = fields.into_facts();
        assert_eq!((facts.title.as_deref(), facts.date), (Some("One"), Date::new(2024, 2, 2)));
        assert_eq!(facts.other["author"], "A, B");
    }
}
