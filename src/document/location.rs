//! Where in its source a passage stands, in the terms in which the source's readers count.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::span::{InSource, Span};

/// Lines of a source, both ends included, counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(inline)]
pub struct LineSpan {
    /// The first line.
    pub start: usize,
    /// The last line.
    pub end: usize,
}

/// Numbered things of a source, both ends included, counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(inline)]
pub struct NumberSpan {
    /// The first.
    pub start: u32,
    /// The last.
    pub end: u32,
}

/// A stretch of time, each end as `HH:MM:SS.mmm` from the beginning.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(inline)]
pub struct TimeSpan {
    /// When it begins.
    pub start: String,
    /// When it ends.
    pub end: String,
}

/// Where in its source a passage stands.
///
/// Sources that are text tell bytes and lines, whatever else they tell: of the decompressed content where they were
/// compressed, of the member where they stand in an archive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Location {
    /// Bytes and lines of a source that is text.
    Lines {
        /// The source's bytes, counted from 0, the end not included.
        bytes: Span<InSource>,
        /// The source's lines, counted from 1, both included.
        lines: LineSpan,
    },
    /// A time in a film, by its subtitles.
    Time {
        /// When it is spoken.
        time: TimeSpan,
        /// The source's bytes, counted from 0, the end not included.
        bytes: Span<InSource>,
        /// The source's lines, counted from 1, both included.
        lines: LineSpan,
    },
    /// A place in a part of an e-mail message, as its sender encoded it.
    Part {
        /// The part's number in the message, as `1` or `1.2`; `0` for nothing but the message's header.
        part: String,
        /// The source's bytes, counted from 0, the end not included.
        bytes: Span<InSource>,
        /// The source's lines, counted from 1, both included.
        lines: LineSpan,
    },
    /// Pages.
    Page {
        /// The page that the passage begins on, counted from 1 as a viewer does.
        page: u32,
        /// The page that it ends on, where that is another.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schemars(extend("type" = "integer"))]
        last_page: Option<u32>,
    },
    /// A slide of a presentation.
    Slide {
        /// The slide's number, from 1.
        slide: u32,
    },
    /// Rows of a spreadsheet.
    Rows {
        /// The sheet's name.
        sheet: String,
        /// Its rows.
        rows: NumberSpan,
    },
    /// A chapter of a book.
    Chapter {
        /// The chapter's number in reading order, from 1.
        chapter: u32,
        /// The file in the book that holds it.
        file: String,
    },
    /// Paragraphs of a document whose pages only a layout would tell.
    Paragraphs {
        /// The paragraphs, table rows among them.
        paragraphs: NumberSpan,
    },
}

impl Location {
    /// The place as people write it behind a path and a colon: the first line, the page.
    pub fn short(&self) -> String {
        match self {
            Self::Lines { lines, .. } | Self::Part { lines, .. } => lines.start.to_string(),
            Self::Time { time, .. } => time.start.clone(),
            Self::Page { page, .. } => page.to_string(),
            Self::Slide { slide } => slide.to_string(),
            Self::Rows { sheet, rows } => format!("{sheet}:{}", rows.start),
            Self::Chapter { chapter, .. } => chapter.to_string(),
            Self::Paragraphs { paragraphs } => paragraphs.start.to_string(),
        }
    }

    /// The first number that programs take for a place in a file: the line where the source is text, else the page,
    /// slide, row, chapter or paragraph.
    pub fn number(&self) -> usize {
        match self {
            Self::Lines { lines, .. } | Self::Part { lines, .. } | Self::Time { lines, .. } => lines.start,
            Self::Page { page: number, .. }
            | Self::Slide { slide: number }
            | Self::Chapter { chapter: number, .. }
            | Self::Rows { rows: NumberSpan { start: number, .. }, .. }
            | Self::Paragraphs { paragraphs: NumberSpan { start: number, .. } } => *number as usize,
        }
    }

    /// The page, where the source has pages.
    pub fn page(&self) -> Option<u32> {
        match self {
            Self::Page { page, .. } => Some(*page),
            _ => None,
        }
    }

    /// The place from here to `last`, which does not lie before it and is of the same kind.
    pub(super) fn through(&self, last: &Self) -> Self {
        match (self.clone(), last) {
            (Self::Page { page, .. }, Self::Page { page: end, last_page }) => {
                let end = last_page.unwrap_or(*end);
                Self::Page { page, last_page: (end > page).then_some(end) }
            }
            (Self::Rows { sheet, rows }, Self::Rows { sheet: other, rows: end }) if sheet == *other => {
                Self::Rows { sheet, rows: NumberSpan { end: end.end.max(rows.end), ..rows } }
            }
            (Self::Part { bytes, lines, .. }, Self::Part { part, bytes: more, lines: end })
                if self.flows_into(last) =>
            {
                let bytes = Span::new(bytes.start, more.end.max(bytes.end));
                let lines = LineSpan { end: end.end.max(lines.end), ..lines };
                Self::Part { part: part.clone(), bytes, lines }
            }
            (Self::Paragraphs { paragraphs }, Self::Paragraphs { paragraphs: end }) => {
                Self::Paragraphs { paragraphs: NumberSpan { end: end.end.max(paragraphs.end), ..paragraphs } }
            }
            (first, _) => first,
        }
    }

    /// Whether a passage that begins here may go on there: where only a sentence that runs on leads from one page
    /// to the next, rows, paragraphs and the lines of a message's part follow each other. A message's header leads
    /// into its text.
    pub(super) fn flows_into(&self, next: &Self) -> bool {
        match (self, next) {
            (Self::Rows { sheet, .. }, Self::Rows { sheet: other, .. }) => sheet == other,
            (Self::Part { part, .. }, Self::Part { part: other, .. }) => part == other || part == "0",
            (Self::Paragraphs { .. }, Self::Paragraphs { .. }) => true,
            (first, next) => first == next,
        }
    }
}

/// The place in words, such as `pages 3 to 4`.
impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Lines { lines, .. } => write_span(f, "line", lines.start, lines.end),
            Self::Time { time, .. } => write!(f, "{} to {}", time.start, time.end),
            Self::Part { part, lines, .. } => {
                write!(f, "part {part}, ")?;
                write_span(f, "line", lines.start, lines.end)
            }
            Self::Page { page, last_page } => write_span(f, "page", *page, last_page.unwrap_or(*page)),
            Self::Slide { slide } => write!(f, "slide {slide}"),
            Self::Rows { sheet, rows } => {
                write!(f, "sheet {sheet}, ")?;
                write_span(f, "row", rows.start, rows.end)
            }
            Self::Chapter { chapter, file } => write!(f, "chapter {chapter}, {file}"),
            Self::Paragraphs { paragraphs } => write_span(f, "paragraph", paragraphs.start, paragraphs.end),
        }
    }
}

fn write_span<T: PartialEq + fmt::Display>(
    f: &mut fmt::Formatter<'_>,
    thing: &str,
    start: T,
    end: T,
) -> fmt::Result {
    match start == end {
        true => write!(f, "{thing} {start}"),
        false => write!(f, "{thing}s {start} to {end}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(page: u32) -> Location {
        Location::Page { page, last_page: None }
    }

    fn rows(sheet: &str, start: u32) -> Location {
        Location::Rows { sheet: sheet.into(), rows: NumberSpan { start, end: start } }
    }

    #[test]
    fn places_join_and_are_told_in_words() {
        let pages = page(3).through(&page(4));
        assert_eq!((pages.to_string().as_str(), pages.short().as_str()), ("pages 3 to 4", "3"));
        assert_eq!(page(3).through(&page(3)).to_string(), "page 3");
        let two = rows("예산", 2).through(&rows("예산", 9));
        assert_eq!((two.to_string().as_str(), two.short().as_str()), ("sheet 예산, rows 2 to 9", "예산:2"));
    }

    #[test]
    fn rows_flow_into_rows_of_their_sheet_and_pages_into_nothing() {
        assert!(rows("a", 1).flows_into(&rows("a", 2)) && !rows("a", 1).flows_into(&rows("b", 2)));
        assert!(page(1).flows_into(&page(1)) && !page(1).flows_into(&page(2)));
    }

    #[test]
    fn a_messages_header_leads_into_its_text_and_a_part_ends_where_the_next_begins() {
        let part = |part: &str, line: usize| Location::Part {
            part: part.into(),
            bytes: Span::new(line * 10, line * 10 + 5),
            lines: LineSpan { start: line, end: line },
        };
        assert_eq!(part("0", 1).through(&part("1", 4)).to_string(), "part 1, lines 1 to 4");
        assert!(part("0", 1).flows_into(&part("1", 4)) && part("1", 4).flows_into(&part("1", 5)));
        assert!(!part("1", 5).flows_into(&part("2", 9)));
        assert_eq!(part("1", 5).through(&part("2", 9)), part("1", 5));
    }

    #[test]
    fn the_json_form_names_the_kind() {
        let json = |location: &Location| serde_json::to_string(location).expect("plain data");
        assert_eq!(json(&page(4)), r#"{"kind":"page","page":4}"#);
        assert_eq!(json(&page(4).through(&page(5))), r#"{"kind":"page","page":4,"last_page":5}"#);
        let slide: Location = serde_json::from_str(r#"{"kind":"slide","slide":2}"#).expect("as written");
        assert_eq!(slide, Location::Slide { slide: 2 });
    }
}
