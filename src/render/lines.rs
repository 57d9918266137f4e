//! The formats for other programs whose lines are plain: paths, vimgrep, CSV and TREC runs.
//!
//! - *paths*: the path of each document once, best rank first. One a line, hidden characters escaped, so that
//!   a line is always a path; ended by zero bytes they are the exact paths, for scripts that must be safe.
//! - *vimgrep*: `path:line:column:text`, a line for each highlight of the text, and one for a hit without
//!   any (its title matched); `text` is the highlight's own line of the passage, or the part around the
//!   highlight where that is long. Read by people too, so it holds no hidden character.
//! - *CSV*: the columns of [`COLUMNS`]; new ones are only ever added at the end. Cells hold exactly what
//!   was found: a cell that starts with `=` is not altered, since scripts trust the text; who opens the file
//!   in a spreadsheet imports the columns as text.
//! - *TREC*: `qid Q0 docid rank score tag`. The docid is the document's id where hits were grouped by document,
//!   else the passage's id. Evaluators sort by score, break ties by docid and ignore the rank, so
//!   each score is written below the one before it, by the least step where it was not so.

use std::collections::HashSet;
use std::io::{self, Write};
use std::ops::Range;

use super::hyperlink::{Place, encode_white_space};
use super::marked::{Marked, shown_path};
use super::window::best_window;
use super::{Answer, Separator, Turn};
use crate::hit::{Highlight, Hit};
use crate::span::Span;

/// The columns of CSV output, in order.
pub(super) const COLUMNS: [&str; 14] = [
    "qid",
    "rank",
    "score",
    "document",
    "passage",
    "path",
    "location",
    "title",
    "date",
    "language",
    "format",
    "headings",
    "highlights",
    "text",
];

/// How many characters of a line vimgrep output shows.
const LINE_CHARACTERS: usize = 300;

/// Writes the path of each document once.
pub(super) fn write_paths(answer: &Answer<'_>, separator: Separator, out: &mut dyn Write) -> io::Result<()> {
    let mut seen = HashSet::new();
    for hit in &answer.response.hits {
        let path = hit.document.path.as_str();
        if !seen.insert(path) {
            continue;
        }
        match separator {
            Separator::Newline => writeln!(out, "{}", shown_path(path))?,
            Separator::Nul => write!(out, "{path}\0")?,
        }
    }
    Ok(())
}

/// Writes a line for each highlight.
pub(super) fn write_vimgrep(answer: &Answer<'_>, out: &mut dyn Write) -> io::Result<()> {
    for hit in &answer.response.hits {
        let path = shown_path(&hit.document.path);
        if hit.highlights.is_empty() {
            let Place { line, column, .. } = first_place(hit);
            writeln!(out, "{path}:{line}:{column}:{}", first_line(&hit.text))?;
        }
        for highlight in &hit.highlights {
            let Place { line, column, .. } = place(hit, Some(highlight));
            writeln!(out, "{path}:{line}:{column}:{}", line_around(&hit.text, highlight))?;
        }
    }
    Ok(())
}

/// The place of a hit's first highlight, else of its passage.
pub(super) fn first_place(hit: &Hit) -> Place {
    place(hit, hit.highlights.first())
}

fn place(hit: &Hit, highlight: Option<&Highlight>) -> Place {
    let location = &hit.passage.location;
    let line = highlight.and_then(|highlight| highlight.line).unwrap_or_else(|| location.number());
    let column = highlight.and_then(|highlight| highlight.column).unwrap_or(1);
    Place { line, column, page: location.page() }
}

fn first_line(text: &str) -> String {
    let text = text.trim_start();
    let end = text.char_indices().take(2 * LINE_CHARACTERS).find(|&(_, character)| character == '\n');
    let end = end.map_or_else(|| offset_after(text, 2 * LINE_CHARACTERS), |(at, _)| at);
    shown_line(&Marked::plain(&text[..end]))
}

/// The line of `text` that `highlight` starts in, cut around the highlight.
fn line_around(text: &str, highlight: &Highlight) -> String {
    let Some(range) = range_around(text, highlight.span.start) else {
        debug_assert!(false, "highlights stand on character boundaries of the text");
        return String::new();
    };
    let inside = |at: usize| at.clamp(range.start, range.end) - range.start;
    let span = Span::new(inside(highlight.span.start), inside(highlight.span.end));
    let highlight = Highlight { span, ..highlight.clone() };
    shown_line(&Marked::new(&text[range.clone()], [&highlight]))
}

/// The line around `place`, or as much of it as could be shown before and after the place.
fn range_around(text: &str, place: usize) -> Option<Range<usize>> {
    let (before, after) = (text.get(..place)?, text.get(place..)?);
    let back = before.chars().rev().take(LINE_CHARACTERS).take_while(|&character| character != '\n');
    let ahead = after.chars().take(2 * LINE_CHARACTERS).take_while(|&character| character != '\n');
    let bytes = |character: char| character.len_utf8();
    Some(place - back.map(bytes).sum::<usize>()..place + ahead.map(bytes).sum::<usize>())
}

fn offset_after(text: &str, characters: usize) -> usize {
    text.char_indices().nth(characters).map_or(text.len(), |(at, _)| at)
}

fn shown_line(line: &Marked) -> String {
    line.excerpt(best_window(line, LINE_CHARACTERS)).text
}

/// Writes rows of comma-separated values, a header before the first answer's.
pub(super) fn write_csv(answer: &Answer<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut rows = csv::Writer::from_writer(out);
    if answer.turn != Turn::Later {
        rows.write_record(COLUMNS).map_err(io_error)?;
    }
    for hit in &answer.response.hits {
        rows.write_record(cells(answer.query_id.unwrap_or_default(), hit)).map_err(io_error)?;
    }
    rows.flush()
}

fn cells(query_id: &str, hit: &Hit) -> [String; COLUMNS.len()] {
    let document = &hit.document;
    let highlights: Vec<_> = hit.highlights.iter().map(|highlight| highlight.text.as_str()).collect();
    [
        query_id.to_owned(),
        hit.rank.to_string(),
        hit.score.to_string(),
        document.id.to_string(),
        hit.passage.id.clone(),
        document.path.clone(),
        hit.passage.location.short(),
        document.title.clone().unwrap_or_default(),
        document.date.map(|date| date.to_string()).unwrap_or_default(),
        document.language.clone().unwrap_or_default(),
        document.format.to_string(),
        hit.passage.headings.join(" > "),
        highlights.join("; "),
        hit.text.clone(),
    ]
}

/// The error as one of the writer, its kind kept, so that a closed pipe can be told from others.
fn io_error(error: csv::Error) -> io::Error {
    let kind = match error.kind() {
        csv::ErrorKind::Io(error) => error.kind(),
        _ => io::ErrorKind::Other,
    };
    io::Error::new(kind, error)
}

/// Writes the lines of a TREC run.
pub(super) fn write_trec(answer: &Answer<'_>, run_tag: &str, out: &mut dyn Write) -> io::Result<()> {
    let query = encode_white_space(answer.query_id.unwrap_or("1"));
    let tag = encode_white_space(run_tag);
    let mut before = f32::INFINITY;
    for hit in &answer.response.hits {
        let score = if hit.score < before { hit.score } else { before.next_down() };
        let id = if hit.matching_passages.is_some() { hit.document.id.as_str() } else { &hit.passage.id };
        writeln!(out, "{query} Q0 {} {} {score:?} {tag}", encode_white_space(id), hit.rank)?;
        before = score;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::samples::{answer, highlighted, hit, rendered, response, titled};
    use super::super::{Options, OutputFormat};
    use super::*;
    use crate::document::DocId;

    fn options(format: OutputFormat) -> Options {
        Options { format, ..Options::default() }
    }

    fn hits() -> Vec<Hit> {
        vec![
            hit(1, "a b.md", "a missile\n\twarning, \"real-time\"", &["missile", "real-time"]),
            titled(hit(2, "c.md", "\n  = sum\nof it", &[]), "The warning", &["warning"]),
            hit(3, "a b.md", "one warning", &["warning"]),
        ]
    }

    #[test]
    fn each_path_is_given_once_in_order_of_rank() {
        let response = response(hits());
        assert_eq!(rendered(&answer(&response), &options(OutputFormat::Paths)), "a b.md\nc.md\n");
    }

    #[test]
    fn a_path_is_one_line_and_exact_only_before_a_zero_byte() {
        let response = response(vec![hit(1, "a\n\u{1b}.md", "text", &[])]);
        let newline = options(OutputFormat::Paths);
        let nul = Options { separator: Separator::Nul, ..newline.clone() };
        assert_eq!(rendered(&answer(&response), &newline), "a\\n\\u{1b}.md\n");
        assert_eq!(rendered(&answer(&response), &nul), "a\n\u{1b}.md\0");
    }

    #[test]
    fn vimgrep_has_a_line_for_each_highlight_and_one_for_a_hit_without() {
        let response = response(hits());
        insta::assert_snapshot!(rendered(&answer(&response), &options(OutputFormat::Vimgrep)), @r#"
        a b.md:7:3:a missile
        a b.md:8:12:warning, "real-time"
        c.md:7:1:= sum
        a b.md:7:5:one warning
        "#);
    }

    #[test]
    fn vimgrep_cuts_a_long_line_around_its_highlight() {
        let text = format!("{}missile {}\nnext", "before ".repeat(500), "after ".repeat(500));
        let response = response(vec![hit(1, "a.md", &text, &["missile"])]);
        let line = rendered(&answer(&response), &options(OutputFormat::Vimgrep));
        assert!(line.starts_with("a.md:7:3501:…before "), "{line}");
        assert!(line.contains(" missile after ") && line.ends_with(" after…\n"), "{line}");
        assert!((250..=330).contains(&line.chars().count()), "{line}");
    }

    #[test]
    fn csv_quotes_cells_and_has_one_header_for_all_answers() {
        let response = response(hits());
        let first = Answer { turn: Turn::First, query_id: Some("q1"), ..answer(&response) };
        let second = Answer { turn: Turn::Later, query_id: Some("q2"), ..answer(&response) };
        let csv = options(OutputFormat::Csv);
        insta::assert_snapshot!(rendered(&first, &csv) + &rendered(&second, &csv), @r#"
        qid,rank,score,document,passage,path,location,title,date,language,format,headings,highlights,text
        q1,1,12.3,a b.md,a b.md#3,a b.md,7,,2023-11-12,en,markdown,,missile; real-time,"a missile
        	warning, ""real-time"""
        q1,2,6.15,c.md,c.md#3,c.md,7,The warning,2023-11-12,en,markdown,,,"
          = sum
        of it"
        q1,3,4.1,a b.md,a b.md#3,a b.md,7,,2023-11-12,en,markdown,,warning,one warning
        q2,1,12.3,a b.md,a b.md#3,a b.md,7,,2023-11-12,en,markdown,,missile; real-time,"a missile
        	warning, ""real-time"""
        q2,2,6.15,c.md,c.md#3,c.md,7,The warning,2023-11-12,en,markdown,,,"
          = sum
        of it"
        q2,3,4.1,a b.md,a b.md#3,a b.md,7,,2023-11-12,en,markdown,,warning,one warning
        "#);
        assert!(rendered(&answer(&response), &csv).starts_with("qid,rank,score,"));
    }

    #[test]
    fn trec_names_passages_or_documents_and_keeps_ids_one_word() {
        let mut hits = hits();
        hits[1].matching_passages = Some(2);
        hits[1].document.id = DocId("w.jsonl#5% é\u{3000}".to_owned());
        let response = response(hits);
        let answer = Answer { query_id: Some("q 7"), ..answer(&response) };
        let options = Options { run_tag: "my run".to_owned(), ..options(OutputFormat::Trec) };
        insta::assert_snapshot!(rendered(&answer, &options), @r"
        q%207 Q0 a%20b.md#3 1 12.3 my%20run
        q%207 Q0 w.jsonl#5%%20é%E3%80%80 2 6.15 my%20run
        q%207 Q0 a%20b.md#3 3 4.1 my%20run
        ");
    }

    #[test]
    fn trec_output_of_no_hits_is_empty() {
        let response = response(Vec::new());
        assert_eq!(rendered(&answer(&response), &options(OutputFormat::Trec)), "");
    }

    proptest! {
        #[test]
        fn trec_scores_fall_from_rank_to_rank(
            scores in prop::collection::vec(prop_oneof![Just(0.0), Just(2.5), 0f32..9.0], 1..20),
        ) {
            let hits = scores.iter().map(|&score| Hit { score, ..hit(1, "a", "", &[]) }).collect();
            let response = response(hits);
            let run = rendered(&answer(&response), &options(OutputFormat::Trec));
            let written = run.lines().map(|line| line.split(' ').nth(4).unwrap().parse().unwrap());
            let written: Vec<f32> = written.collect();
            prop_assert!(written.is_sorted_by(|before, after| before > after), "{:?}", written);
            if scores.is_sorted_by(|before, after| before > after) {
                prop_assert_eq!(written, scores);
            }
        }

        #[test]
        fn vimgrep_lines_hold_no_hidden_character(
            (text, highlights) in highlighted(),
            path in "[a\u{1b}\n/]{1,9}",
        ) {
            let count = highlights.len().max(1);
            let response = response(vec![Hit { highlights, ..hit(1, &path, &text, &[]) }]);
            let out = rendered(&answer(&response), &options(OutputFormat::Vimgrep));
            prop_assert_eq!(out.lines().count(), count);
            prop_assert!(!out.replace('\n', "").contains(super::super::marked::is_hidden), "{:?}", out);
        }

        #[test]
        fn csv_gives_back_every_text((text, highlights) in highlighted()) {
            let response = response(vec![Hit { highlights, ..hit(1, "a.md", &text, &[]) }]);
            let out = rendered(&answer(&response), &options(OutputFormat::Csv));
            let mut rows = csv::Reader::from_reader(out.as_bytes());
            let row = rows.records().next().unwrap().unwrap();
            prop_assert_eq!(&row[COLUMNS.len() - 1], &text);
        }
    }
}
