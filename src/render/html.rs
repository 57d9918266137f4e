//! A page for a browser: hits with their whole passages, what matched marked.
//!
//! The page is one file that needs nothing else: no script, no picture, no font, and a policy that lets the browser
//! load none, whatever slips through. It is light or dark as the reader's system is.
//!
//! Invariant: no character of a document, path, query or fact gets here but through [`Escaped`], and no address
//! becomes a link but one of the web.

use std::fmt;
use std::io::{self, Write};

use super::Answer;
use super::facets::shown_value;
use super::marked::{is_hidden, shown_path};
use crate::hit::{Facets, Highlight, Hit, HitDocument};

const STYLE: &str = "\
:root { color-scheme: light dark; --text: #1b1b1b; --faint: #666; --page: #fff; --mark: #ffe58a; --link: #0a58ca; }
@media (prefers-color-scheme: dark) {
  :root { --text: #ddd; --faint: #999; --page: #16181c; --mark: #6b5200; --link: #7db4ff; }
}
body { margin: 0 auto; max-width: 48rem; padding: 1rem; color: var(--text); background: var(--page); }
body { font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.4rem; margin: 2rem 0 0.5rem; }
h2 { font-size: 1.1rem; margin: 1.5rem 0 0; }
p { margin: 0.2rem 0; }
a { color: var(--link); }
mark { color: inherit; background: var(--mark); border-radius: 0.15em; }
.faint { color: var(--faint); font-size: 0.9rem; }
.text { white-space: pre-wrap; margin-top: 0.4rem; }
table { display: inline-table; vertical-align: top; margin: 1rem 2rem 0 0; border-spacing: 0.5rem 0; }
caption { font-weight: bold; text-align: start; }
td:first-child { text-align: end; font-variant-numeric: tabular-nums; }
";

/// Writes what stands before the answers of a page about `title`.
pub(super) fn write_start(title: &str, out: &mut dyn Write) -> io::Result<()> {
    let title = Escaped(title);
    write!(
        out,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"referrer\" content=\"no-referrer\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n"
    )
}

/// Writes what stands behind the answers of a page.
pub(super) fn write_end(out: &mut dyn Write) -> io::Result<()> {
    out.write_all(b"</body>\n</html>\n")
}

/// Writes an answer as a part of a page.
pub(super) fn write(answer: &Answer<'_>, out: &mut dyn Write) -> io::Result<()> {
    let id = answer.query_id.map(|id| format!("{id}: ")).unwrap_or_default();
    writeln!(out, "<section>\n<h1 dir=\"auto\">{}{}</h1>", Escaped(&id), Escaped(answer.query_text))?;
    write_summary(answer, out)?;
    for hit in &answer.response.hits {
        write_hit(hit, out)?;
    }
    if let Some(facets) = &answer.response.facets {
        write_facets(facets, out)?;
    }
    out.write_all(b"</section>\n")
}

fn write_summary(answer: &Answer<'_>, out: &mut dyn Write) -> io::Result<()> {
    if let Some(typed) = answer.corrected_from {
        let (meant, typed) = (Escaped(&answer.query), Escaped(typed));
        writeln!(
            out,
            "<p class=\"faint\">searched for <bdi>{meant}</bdi> instead of <bdi>{typed}</bdi></p>"
        )?;
    }
    if let Some(meant) = answer.suggestion {
        writeln!(out, "<p class=\"faint\">did you mean: <bdi>{}</bdi></p>", Escaped(meant))?;
    }
    if let Some(filter) = &answer.filter {
        writeln!(out, "<p class=\"faint\">filter: {}</p>", Escaped(filter))?;
    }
    let response = answer.response;
    let more = if response.total_exact { "" } else { "more than " };
    match (response.total, response.hits.len()) {
        (0, _) => out.write_all(b"<p class=\"faint\">nothing found</p>\n")?,
        (total, shown) if total == shown && response.total_exact => {
            writeln!(out, "<p class=\"faint\">{total} found</p>")?
        }
        (total, shown) => writeln!(out, "<p class=\"faint\">{more}{total} found, {shown} shown</p>")?,
    }
    for problem in answer.problems {
        let (path, reason) = (shown_path(&problem.path), Escaped(&problem.reason));
        writeln!(out, "<p class=\"faint\">not read: {}: {reason}</p>", Escaped(&path))?;
    }
    Ok(())
}

fn write_hit(hit: &Hit, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "<article{} dir=\"auto\">", Language(&hit.document))?;
    write!(out, "<h2>{}. ", hit.rank)?;
    match hit.document.url.as_deref().filter(|url| is_web_address(url)) {
        Some(url) => {
            write!(out, "<a href=\"{}\" rel=\"noopener noreferrer\">{}</a>", Escaped(url), Title(hit))?;
        }
        None => write!(out, "{}", Title(hit))?,
    }
    out.write_all(b"</h2>\n")?;
    write_place(hit, out)?;
    write_trail(hit, out)?;
    let text = MarkedText { text: &hit.text, highlights: hit.highlights.iter().collect() };
    writeln!(out, "<p class=\"text\">{text}</p>\n</article>")
}

fn write_place(hit: &Hit, out: &mut dyn Write) -> io::Result<()> {
    let place = format!("{}:{}", shown_path(&hit.document.path), hit.passage.location.short());
    write!(out, "<p class=\"faint\"><code dir=\"ltr\">{}</code>", Escaped(&place))?;
    if let Some(date) = hit.document.date {
        write!(out, " <time>{date}</time>")?;
    }
    if let Some(count) = hit.matching_passages.filter(|&count| count > 1) {
        write!(out, " {count} passages match")?;
    }
    out.write_all(b"</p>\n")
}

/// Writes the headings above the passage, without those that are shown anyway: the title, and the one that starts the
/// passage's text.
fn write_trail(hit: &Hit, out: &mut dyn Write) -> io::Result<()> {
    let headings = &hit.passage.headings;
    let of_title = usize::from(headings.first() == hit.document.title.as_ref());
    let below = headings.last().and_then(|heading| hit.text.strip_prefix(heading.as_str()));
    let in_text = usize::from(below.is_some_and(|below| below.starts_with('\n')));
    let trail: Vec<_> = headings
        .iter()
        .enumerate()
        .take(headings.len() - in_text)
        .skip(of_title)
        .map(|(number, text)| {
            let marks = hit.heading_highlights.iter().filter(|of| of.heading == number);
            let highlights = marks.map(|of| &of.highlight).collect();
            MarkedText { text, highlights }.to_string()
        })
        .collect();
    if trail.is_empty() {
        return Ok(());
    }
    writeln!(out, "<p class=\"faint\">{}</p>", trail.join(" &gt; "))
}

fn write_facets(facets: &Facets, out: &mut dyn Write) -> io::Result<()> {
    for counts in &facets.facets {
        writeln!(out, "<table>\n<caption>{}</caption>", Escaped(&counts.facet))?;
        for value in &counts.values {
            let shown = shown_value(&value.value);
            writeln!(out, "<tr><td>{}</td><td dir=\"auto\">{}</td></tr>", value.documents, Escaped(&shown))?;
        }
        if counts.more > 0 {
            writeln!(out, "<tr><td></td><td class=\"faint\">… and {} more</td></tr>", counts.more)?;
        }
        if counts.without > 0 {
            writeln!(out, "<tr><td>{}</td><td class=\"faint\">(none)</td></tr>", counts.without)?;
        }
        out.write_all(b"</table>\n")?;
    }
    Ok(())
}

/// Whether an address is one of the web, with nothing in it that addresses do not have.
fn is_web_address(url: &str) -> bool {
    let is_web = ["http://", "https://"].iter().any(|scheme| {
        url.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme))
            && url.len() > scheme.len()
    });
    is_web && !url.contains(|c: char| c.is_whitespace() || is_hidden(c))
}

/// A text that stands for itself wherever it is in a page; characters that are unseen and act on others are replaced.
struct Escaped<'a>(&'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use fmt::Write as _;
        for character in self.0.chars() {
            match character {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&#39;")?,
                '\n' | '\t' => f.write_char(character)?,
                '\r' => f.write_char(' ')?,
                hidden if is_hidden(hidden) => f.write_char(char::REPLACEMENT_CHARACTER)?,
                plain => f.write_char(plain)?,
            }
        }
        Ok(())
    }
}

/// A text with what the query matched in it marked.
struct MarkedText<'a> {
    text: &'a str,
    highlights: Vec<&'a Highlight>,
}

impl fmt::Display for MarkedText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut done = 0;
        for highlight in &self.highlights {
            let span = highlight.span;
            let (Some(before), Some(matched)) =
                (self.text.get(done..span.start), self.text.get(span.range()))
            else {
                continue;
            };
            write!(f, "{}<mark>{}</mark>", Escaped(before), Escaped(matched))?;
            done = span.end;
        }
        write!(f, "{}", Escaped(self.text.get(done..).unwrap_or_default()))
    }
}

/// A document's title, marked; where it has none, the name of its file.
struct Title<'a>(&'a Hit);

impl fmt::Display for Title<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let document = &self.0.document;
        match document.title.as_deref().filter(|title| !title.trim().is_empty()) {
            Some(text) => {
                let highlights = self.0.title_highlights.iter().collect();
                write!(f, "{}", MarkedText { text, highlights })
            }
            None => {
                let name = document.id.as_str().rsplit('/').next().unwrap_or_default();
                write!(f, "{}", Escaped(&shown_path(name)))
            }
        }
    }
}

/// The attribute that says which language a document is in, for fonts and voices; nothing where that is unknown.
struct Language<'a>(&'a HitDocument);

impl fmt::Display for Language<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.language.as_deref() {
            Some(code) if code.bytes().all(|byte| byte.is_ascii_alphabetic()) => {
                write!(f, " lang=\"{code}\"")
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests;
