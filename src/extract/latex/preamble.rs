//! What stands around a document's body: where that begins and ends, and what the source says of itself.

use super::groups::Groups;
use super::{Reader, indentation, option_len};
use crate::date::Date;
use crate::document::Facts;
use crate::extract::{add_fact, tidy_title};

/// The longest title, date or list of authors that is taken, in bytes.
const MAX_FACT: usize = 4_000;

/// How many authors are taken at most.
const MAX_AUTHORS: usize = 100;

/// Where the document's body stands; a source without one is all body.
pub(super) fn body(source: &str) -> (usize, usize) {
    let begin = uncommented(source, "\\begin{document}").next();
    let start = begin.map_or(0, |at| at + "\\begin{document}".len());
    let end = source[start..].rfind("\\end{document}").map_or(source.len(), |at| start + at);
    (start, end)
}

/// Where a text stands in the source that no comment holds.
fn uncommented<'a>(source: &'a str, text: &'a str) -> impl Iterator<Item = usize> + 'a {
    let mut line_start = 0;
    let mut is_comment = false;
    let mut read = 0;
    source.match_indices(text).map(|(at, _)| at).filter(move |&at| {
        if let Some(line) = source[read..at].rfind('\n') {
            (line_start, is_comment) = (read + line + 1, false);
        }
        is_comment |= source[line_start.max(read)..at].contains('%');
        read = at;
        !is_comment
    })
}

/// What the source says of itself.
pub(super) fn facts(source: &str, groups: &Groups) -> Facts {
    let arguments = |name: &'static str| {
        uncommented(source, name).filter_map(move |at| {
            let rest = &source[at + name.len()..];
            let option = option_len(rest).unwrap_or(0);
            let open = at + name.len() + option + indentation(&rest[option..]);
            let close = groups.close(open).filter(|close| close - open <= MAX_FACT)?;
            Some((open + 1, close))
        })
    };
    let plain = |(start, end): (usize, usize)| {
        let mut reader = Reader::new(source, groups, start, end);
        reader.read();
        reader.out.finish().text
    };
    let mut facts = Facts { title: arguments("\\title").next().map(plain), ..Facts::default() };
    facts.date = arguments("\\date").take(MAX_AUTHORS).find_map(|argument| Date::parse(&plain(argument)));
    for (start, end) in arguments("\\author").take(MAX_AUTHORS) {
        let mut at = start;
        for author in source[start..end].split("\\and").take(MAX_AUTHORS) {
            let text = plain((at, at + author.len()));
            at += author.len() + "\\and".len();
            if let Some(name) = text.lines().next().and_then(tidy_title) {
                add_fact(&mut facts, "author", name);
            }
        }
    }
    facts
}
