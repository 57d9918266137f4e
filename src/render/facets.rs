//! Counts of documents as text for a person.

use std::io::{self, Write};

use super::marked::Marked;
use super::window::best_window;
use crate::hit::{FacetCounts, Facets};

/// How many characters of a value are shown.
const VALUE_CHARACTERS: usize = 100;

/// What is shown for documents without a value.
const NONE: &str = "(none)";

/// Writes the counts of documents as text: a line for each value, behind how many documents have it.
///
/// # Errors
///
/// Only those of `out`.
pub fn write_facets(facets: &Facets, out: &mut dyn Write) -> io::Result<()> {
    for (at, counts) in facets.facets.iter().enumerate() {
        if at > 0 {
            writeln!(out)?;
        }
        write_counts(counts, facets.documents, out)?;
    }
    Ok(())
}

fn write_counts(counts: &FacetCounts, documents: usize, out: &mut dyn Write) -> io::Result<()> {
    let plural = if documents == 1 { "" } else { "s" };
    writeln!(out, "{} of {documents} document{plural}", Marked::plain(&counts.facet).text)?;
    let largest = counts.values.iter().map(|value| value.documents).chain([counts.without]).max();
    let width = largest.unwrap_or_default().to_string().len();
    for value in &counts.values {
        writeln!(out, "  {:>width$}  {}", value.documents, shown_value(&value.value))?;
    }
    if counts.more > 0 {
        writeln!(out, "  {:>width$}  … and {} more", "", counts.more)?;
    }
    if counts.without > 0 {
        writeln!(out, "  {:>width$}  {NONE}", counts.without)?;
    }
    Ok(())
}

/// A value as it stands on one line.
pub(super) fn shown_value(value: &str) -> String {
    let line = Marked::plain(value);
    let shown = line.excerpt(best_window(&line, VALUE_CHARACTERS)).text;
    if shown.is_empty() { "\"\"".to_owned() } else { shown }
}

#[cfg(test)]
mod tests {
    use super::super::samples::facets;
    use super::*;

    #[test]
    fn counts_stand_before_their_values_and_what_is_left_out_is_told() {
        let mut out = Vec::new();
        write_facets(&facets(), &mut out).expect("memory takes it all");
        insta::assert_snapshot!(String::from_utf8(out).expect("text"), @r#"
        lang of 131 documents
          120  en
            7  ko
            4  (none)

        meta.desk of 131 documents
          2  <b>As�ia</b>
          1  ""
             … and 12 more
        "#);
    }
}
