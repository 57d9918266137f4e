//! What formats that are text look like at their start.

use std::collections::BTreeMap;

use serde::de::IgnoredAny;

use super::name::Name;

/// Whether the text starts as an HTML page does, behind white space, comments and processing instructions.
pub(super) fn starts_page(text: &str) -> bool {
    let rest = behind_prolog(text);
    starts_with_name(rest, "<!doctype html") || starts_with_name(rest, "<html")
}

/// Whether the text is XML that says so.
pub(super) fn starts_xml(text: &str) -> bool {
    starts_with_name(text.trim_start(), "<?xml")
}

/// Whether the text's first element is that of RSS, in any of its versions, or of Atom.
pub(super) fn starts_feed(text: &str) -> bool {
    let root = behind_prolog(behind_doctype(behind_prolog(text)));
    let names = |space: &str| root.split('>').next().is_some_and(|tag| tag.contains(space));
    starts_with_name(root, "<rss")
        || (starts_with_name(root, "<rdf:RDF") && names("http://purl.org/rss/"))
        || (starts_with_name(root, "<feed") && (names("www.w3.org/2005/Atom") || names("purl.org/atom/ns")))
}

/// The text behind white space, comments and processing instructions; nothing where one of these has no end.
fn behind_prolog(text: &str) -> &str {
    let mut rest = text.trim_start();
    loop {
        let skipped = match rest {
            _ if rest.starts_with("<!--") => rest.split_once("-->"),
            _ if rest.starts_with("<?") => rest.split_once("?>"),
            _ => return rest,
        };
        rest = skipped.map_or("", |(_, after)| after.trim_start());
    }
}

/// The text behind a document type declaration, if it starts with one.
fn behind_doctype(text: &str) -> &str {
    if !starts_with_name(text, "<!doctype") {
        return text;
    }
    let end = match (text.find('['), text.find('>')) {
        (Some(subset), Some(end)) if subset < end => text.find("]>").map(|at| at + 2),
        (_, end) => end.map(|at| at + 1),
    };
    end.map_or("", |end| &text[end..])
}

/// Whether the text starts with this name, in any case, and the name ends there.
fn starts_with_name(text: &str, name: &str) -> bool {
    let end = text.as_bytes().get(name.len());
    text.get(..name.len()).is_some_and(|head| head.eq_ignore_ascii_case(name))
        && end.is_none_or(|&byte| byte == b'>' || byte.is_ascii_whitespace())
}

/// Whether the text has anything that looks like a tag or a comment.
pub(super) fn has_tag(text: &str) -> bool {
    let starts_tag = |byte: u8| byte.is_ascii_alphabetic() || matches!(byte, b'/' | b'!' | b'?');
    text.as_bytes().windows(2).any(|pair| pair[0] == b'<' && starts_tag(pair[1]))
}

/// Whether the text starts as subtitles do: with WebVTT's mark, or with a cue's number and time.
pub(super) fn starts_subtitles(text: &str) -> bool {
    if let Some(rest) = text.strip_prefix("WEBVTT") {
        return rest.is_empty() || rest.starts_with(char::is_whitespace);
    }
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let Some(first) = lines.next() else { return false };
    let is_number = first.bytes().all(|byte| byte.is_ascii_digit());
    if is_number { lines.next().is_some_and(is_cue_time) } else { is_cue_time(first) }
}

/// Whether a line is `00:00:00,000 --> 00:00:00,000`, as SubRip writes a cue's time.
fn is_cue_time(line: &str) -> bool {
    let is_time = |time: &str| {
        let mut parts = time.split([':', ',', '.']);
        parts.by_ref().take(4).all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
            && parts.next().is_none()
            && time.matches(':').count() == 2
    };
    line.split_once(" --> ")
        .is_some_and(|(from, to)| is_time(from.trim()) && to.split_whitespace().next().is_some_and(is_time))
}

/// Whether the text is LaTeX from its first line on that is no comment.
pub(super) fn starts_latex(text: &str) -> bool {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('%'));
    let starts = ["\\documentclass", "\\documentstyle", "\\begin{document}"];
    lines
        .take_while(|line| line.starts_with('\\'))
        .any(|line| starts.iter().any(|start| line.starts_with(start)))
}

/// Whether the text's first line that is no comment is the title of a manual page.
pub(super) fn starts_manual(text: &str) -> bool {
    if text.starts_with("'\\\" t") {
        return true;
    }
    let is_comment = |line: &&str| line.is_empty() || line.starts_with(".\\\"") || line.starts_with("'\\\"");
    let first = text.lines().map(str::trim_end).find(|line| !is_comment(line));
    first.is_some_and(|line| line.starts_with(".TH ") || line.starts_with(".Dd "))
}

/// Whether the text starts with a request to roff.
pub(super) fn starts_request(text: &str) -> bool {
    text.trim_start().starts_with(['.', '\''])
}

/// Whether the text is JSON that has what notebooks have.
pub(super) fn starts_notebook(text: &str) -> bool {
    let has = |field: &str| text.contains(field);
    starts_object(text)
        && ((has("\"cells\"") && has("\"cell_type\""))
            || (has("\"nbformat\"") && (has("\"cells\"") || has("\"worksheets\""))))
}

/// Whether the text starts with a JSON object.
pub(super) fn starts_object(text: &str) -> bool {
    text.trim_start().starts_with('{')
}

/// Whether the text is a key, a signature or a message in the armour of OpenPGP or OpenSSH.
pub(super) fn starts_armour(text: &str) -> bool {
    text.trim_start().starts_with("-----BEGIN ")
}

/// Whether every line that is complete is a JSON object, and there is more than one, or a single one that is
/// a document by its fields where the name leaves that open.
pub(super) fn holds_records(text: &str, is_whole: bool, name: Name) -> bool {
    let complete = if is_whole { text } else { &text[..text.rfind('\n').map_or(0, |last| last + 1)] };
    let mut lines = complete.lines().map(str::trim).filter(|line| !line.is_empty()).peekable();
    let Some(&first) = lines.peek() else { return false };
    let is_object = |line: &str| line.starts_with('{') && serde_json::from_str::<IgnoredAny>(line).is_ok();
    let count = lines.clone().count();
    lines.all(is_object) && (count > 1 || (name == Name::Bare && has_text_field(first)))
}

/// Whether a JSON object has a field that records have their text in.
fn has_text_field(line: &str) -> bool {
    let fields = serde_json::from_str::<BTreeMap<String, IgnoredAny>>(line);
    fields.is_ok_and(|fields| {
        ["text", "body", "content", "title"].iter().any(|name| fields.contains_key(*name))
    })
}
