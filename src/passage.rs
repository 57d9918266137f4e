//! Splits documents into passages: runs of whole sentences inside one section.
//!
//! A passage is what a search retrieves, so it should be as long as a person reads at a glance and complete
//! enough to make sense. Sentences are found by Unicode's rules (UAX #29), with two changes: a line break inside a
//! paragraph is no end of a sentence (text is often wrapped by hand), and neither is the dot of an
//! abbreviation or an initial, so that no name is torn apart. Only a sentence that is too long for a
//! passage is cut, at a line's or a word's end where there is one.

mod ascii_sentences;

use std::ops::Range;

use icu_segmenter::SentenceSegmenter;
use icu_segmenter::options::SentenceBreakInvariantOptions;

use crate::config::Settings;
use crate::document::{Document, Passage, Section, Units};
use crate::span::Span;

/// A passage never has more bytes than this per half word that it aims at: bounds what has no words at all.
const MAX_BYTES_PER_HALF_WORD: usize = 20;

/// Splits a document into passages that cover all of its text but white space, in order.
///
/// A document that has a title and no text has one empty passage, so that the title can be found.
pub fn split(document: &Document, settings: &Settings) -> Vec<Passage> {
    let words = settings.passage_words.max(1);
    let mut passages = Vec::new();
    for section in &document.sections {
        let start = section.span.start;
        let breaks = document.origin.breaks(section.span).into_iter().map(|at| at - start).collect();
        for range in split_section(&document.text[section.span.range()], section.units, breaks, words) {
            passages.push(passage(document, section, start + range.start..start + range.end, passages.len()));
        }
    }
    if passages.is_empty() && document.facts.title.is_some() {
        let nowhere = Section { headings: Vec::new(), span: Span::new(0, 0), units: Units::Sentences };
        passages.push(passage(document, &nowhere, 0..0, 0));
    }
    passages
}

fn passage(document: &Document, section: &Section, range: Range<usize>, ordinal: usize) -> Passage {
    let span = Span::new(range.start, range.end);
    Passage {
        ordinal: u32::try_from(ordinal).unwrap_or(u32::MAX),
        headings: section.headings.clone(),
        span,
        location: document.origin.locate(span),
        text: document.text[range].to_owned(),
        anchors: document.origin.anchors(span),
    }
}

/// A run of text with its length in half words.
struct Run {
    range: Range<usize>,
    half_words: usize,
    /// How many breaks stand before it.
    page: usize,
}

/// The ranges of the passages of one section's text. None goes on beyond one of the `breaks` but to end a sentence.
fn split_section(text: &str, units: Units, breaks: Vec<usize>, words: usize) -> Vec<Range<usize>> {
    let target = words * 2;
    let mut runs: Vec<Run> = Vec::new();
    let mut page = 0;
    for (unit, half_words) in pieces(text, units, target) {
        let page_before = std::mem::replace(&mut page, breaks.partition_point(|&at| at <= unit.start));
        match runs.last_mut() {
            Some(run)
                if page == page_before
                    && run.half_words + half_words <= target
                    && unit.end - run.range.start <= target * MAX_BYTES_PER_HALF_WORD =>
            {
                run.half_words += half_words;
                run.range.end = unit.end;
            }
            _ => runs.push(Run { range: unit, half_words, page }),
        }
    }
    merge_short_tail(&mut runs, target);
    runs.into_iter().map(|run| trim(text, run.range)).filter(|range| !range.is_empty()).collect()
}

/// Joins a last run of a few words to the one before: a scrap is no good passage.
fn merge_short_tail(runs: &mut Vec<Run>, target: usize) {
    if let [.., before, last] = &mut runs[..]
        && last.page == before.page
        && last.half_words * 4 < target
        && (before.half_words + last.half_words) * 4 <= target * 5
        && last.range.end - before.range.start <= target * MAX_BYTES_PER_HALF_WORD
    {
        before.range.end = last.range.end;
        before.half_words += last.half_words;
        runs.pop();
    }
}

fn trim(text: &str, range: Range<usize>) -> Range<usize> {
    let slice = &text[range.clone()];
    let start = range.start + (slice.len() - slice.trim_start().len());
    start..(range.start + slice.trim_end().len()).max(start)
}

/// The units of a text with their lengths in half words, those that are too long cut; in order, together all of it.
fn pieces(text: &str, units: Units, target: usize) -> Vec<(Range<usize>, usize)> {
    let mut pieces = Vec::new();
    let mut add = |unit: Range<usize>| {
        let half_words = half_words(&text[unit.clone()]);
        match half_words <= target && unit.len() <= target * MAX_BYTES_PER_HALF_WORD {
            true => pieces.push((unit, half_words)),
            false => cut(text, unit, target, &mut pieces),
        }
    };
    match units {
        Units::Sentences => sentences(text).for_each(&mut add),
        Units::Paragraphs => paragraphs(text).for_each(&mut add),
    }
    pieces
}

/// The paragraphs of a text, each with the blank line behind it.
fn paragraphs(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut end = 0;
    text.split_inclusive("\n\n").map(move |paragraph| {
        let start = end;
        end += paragraph.len();
        start..end
    })
}

/// The sentences of a text, in order; together they are all of it.
fn sentences(text: &str) -> impl Iterator<Item = Range<usize>> {
    let flowing = join_lines(text);
    let mut ends = sentence_ends(&flowing);
    ends.retain(|&end| end == text.len() || end == 0 || !ends_in_abbreviation(&text[..end]));
    let mut start = 0;
    ends.into_iter().filter_map(move |end| {
        let range = start..end;
        start = end;
        (!range.is_empty()).then_some(range)
    })
}

/// Where the sentences of a text end, by Unicode's rules; may start with 0.
fn sentence_ends(text: &str) -> Vec<usize> {
    match text.is_ascii() {
        true => ascii_sentences::ends(text.as_bytes()).collect(),
        false => SentenceSegmenter::new(SentenceBreakInvariantOptions::default()).segment_str(text).collect(),
    }
}

/// The text with the line breaks inside of paragraphs turned into spaces; offsets stay as they are.
fn join_lines(text: &str) -> String {
    let bytes = text.as_bytes();
    let is_break =
        |at: Option<usize>| at.and_then(|at| bytes.get(at)).is_some_and(|b| matches!(b, b'\n' | b'\r'));
    let mut flowing = String::with_capacity(text.len());
    let mut lines = text.split_inclusive('\n').peekable();
    let mut end = 0;
    while let Some(line) = lines.next() {
        end += line.len();
        let content = line.trim_end_matches(['\n', '\r']);
        flowing.push_str(content);
        let ends_paragraph = content.trim().is_empty()
            || is_break(Some(end))
            || lines.peek().is_none_or(|next| next.trim().is_empty() || starts_item(next));
        let filler = if ends_paragraph { "\n" } else { " " };
        for _ in content.len()..line.len() {
            flowing.push_str(filler);
        }
    }
    flowing
}

/// Whether a line starts an item of a list, and so no continuation of the sentence before.
fn starts_item(line: &str) -> bool {
    let line = line.trim_start();
    let number = line.trim_start_matches(|c: char| c.is_ascii_digit());
    ["- ", "* ", "+ ", "• ", "· "].iter().any(|mark| line.starts_with(mark))
        || (number.len() < line.len() && (number.starts_with(". ") || number.starts_with(") ")))
}

/// Whether a text ends in a dot that shortens a word and ends no sentence: after a single capital letter or one of
/// the usual titles and names of months.
fn ends_in_abbreviation(text: &str) -> bool {
    const SHORT: [&str; 34] = [
        "Mr", "Mrs", "Ms", "Dr", "Prof", "Gen", "Lt", "Col", "Maj", "Capt", "Sgt", "Adm", "Sen", "Rep",
        "Gov", "Pres", "Rev", "St", "No", "Nos", "vs", "Fig", "cf", "Jan", "Feb", "Mar", "Apr", "Aug",
        "Sept", "Oct", "Nov", "Dec", "approx", "Ref",
    ];
    let Some(shortened) = text.trim_end().strip_suffix('.') else { return false };
    let word_start = shortened.rfind(|c: char| !c.is_alphabetic()).map_or(0, |at| at + 1);
    let Some(word) = shortened.get(word_start..) else { return false };
    let is_initial = word.len() == 1 && word.bytes().all(|byte| byte.is_ascii_uppercase());
    is_initial || SHORT.contains(&word)
}

/// The length of a text in half words: two for each run of characters without white space, one for each
/// character of a script that writes without spaces.
fn half_words(text: &str) -> usize {
    if text.is_ascii() {
        return 2 * ascii_words(text.as_bytes());
    }
    let mut count = 0;
    let mut in_word = false;
    for c in text.chars() {
        if is_dense(c) {
            count += 1;
            in_word = false;
        } else if c.is_whitespace() {
            in_word = false;
        } else if !in_word {
            count += 2;
            in_word = true;
        }
    }
    count
}

/// The number of runs of ASCII characters without white space.
fn ascii_words(text: &[u8]) -> usize {
    let is_space = |byte: &u8| *byte == b' ' || (b'\t'..=b'\r').contains(byte);
    // Without a branch for each byte, so that many are counted at once.
    let starts =
        text.iter().zip(text.iter().skip(1)).filter(|(before, byte)| is_space(before) & !is_space(byte));
    starts.count() + usize::from(text.first().is_some_and(|byte| !is_space(byte)))
}

/// Whether a character is of a script in which two characters say about as much as a word.
fn is_dense(c: char) -> bool {
    matches!(c, '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' | '\u{2e80}'..='\u{9fff}'
        | '\u{ac00}'..='\u{d7ff}' | '\u{f900}'..='\u{faff}' | '\u{ff66}'..='\u{ffdc}' | '\u{20000}'..='\u{3ffff}')
}

/// Cuts a sentence that is longer than a passage may be.
fn cut(text: &str, sentence: Range<usize>, target: usize, pieces: &mut Vec<(Range<usize>, usize)>) {
    let max_bytes = target * MAX_BYTES_PER_HALF_WORD;
    let mut start = sentence.start;
    while start < sentence.end {
        let end = start + fitting(&text[start..sentence.end], target, max_bytes);
        pieces.push((start..end, half_words(&text[start..end])));
        start = end;
    }
}

/// How many bytes of a text fit into `target` half words: up to the last line break that is not far from the end,
/// else to the last white space, else to a character's end.
fn fitting(text: &str, target: usize, max_bytes: usize) -> usize {
    let (mut line, mut word) = (None, None);
    let (mut count, mut in_word) = (0, false);
    for (at, c) in text.char_indices() {
        if is_dense(c) {
            count += 1;
            in_word = false;
        } else if c.is_whitespace() {
            in_word = false;
            word = Some(at + c.len_utf8());
            if c == '\n' && count * 2 >= target {
                line = word;
            }
        } else if !in_word {
            count += 2;
            in_word = true;
        }
        if count > target || at + c.len_utf8() > max_bytes {
            return line.or(word).filter(|&end| end > 0).unwrap_or(if at == 0 { c.len_utf8() } else { at });
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::document::{Base, DocId, Facts, Format, Location, Origin, Places, TextOrigin};
    use crate::span::{LineIndex, OffsetMap};

    fn document(text: &str) -> Document {
        Document {
            id: DocId("a.txt".into()),
            path: "a.txt".into(),
            format: Format::Text,
            facts: Facts::default(),
            text: text.into(),
            sections: vec![Section {
                headings: Vec::new(),
                span: Span::new(0, text.len()),
                units: Units::Sentences,
            }],
            origin: Origin::Text(TextOrigin {
                decoded: OffsetMap::identity(text.len()),
                bytes: OffsetMap::identity(text.len()),
                lines: LineIndex::new(text),
                base: Base::default(),
                cues: Vec::new(),
            }),
        }
    }

    fn texts(text: &str, passage_words: usize) -> Vec<String> {
        split(&document(text), &Settings { passage_words, ..Settings::default() })
            .into_iter()
            .map(|passage| passage.text)
            .collect()
    }

    #[test]
    fn passages_are_whole_sentences() {
        let text = "One two three. Four five\nsix. Seven eight nine ten.\n\nEleven twelve.";
        assert_eq!(
            texts(text, 6),
            ["One two three. Four five\nsix.", "Seven eight nine ten.\n\nEleven twelve."]
        );
    }

    #[test]
    fn a_name_with_dots_is_not_torn() {
        let text = "They met the U.S. Defense chief Gen. C. Q. Brown there. Then they left.";
        assert_eq!(
            texts(text, 11),
            ["They met the U.S. Defense chief Gen. C. Q. Brown there.", "Then they left."]
        );
    }

    #[test]
    fn a_sentence_that_is_too_long_is_cut_at_words() {
        assert_eq!(texts("a b c d e f g", 3), ["a b c", "d e f", "g"]);
        assert_eq!(texts("a b\nc d\ne f g h", 4), ["a b\nc d", "e f g h"]);
        assert_eq!(texts(&"미사일경보".repeat(2), 3), ["미사일경보미", "사일경보"]);
    }

    #[test]
    fn a_scrap_at_the_end_joins_the_passage_before() {
        let text = "One two three four five six seven eight. Nine ten.";
        assert_eq!(texts(text, 9), [text]);
    }

    #[test]
    fn a_title_alone_makes_an_empty_passage() {
        let mut untitled = document("  \n");
        assert!(split(&untitled, &Settings::default()).is_empty());
        untitled.facts.title = Some("Notice".into());
        assert_eq!(split(&untitled, &Settings::default()).len(), 1);
    }

    #[test]
    fn a_word_without_end_is_cut_all_the_same() {
        let long = "x".repeat(1_000_000);
        let passages = texts(&long, 200);
        assert!(
            passages.len() > 10 && passages.iter().all(|text| text.len() <= 400 * MAX_BYTES_PER_HALF_WORD)
        );
    }

    #[test]
    fn rows_stay_whole_where_the_units_are_paragraphs() {
        let mut document = document("Name: A. B | Note: One. Two\n\nName: C | Note: Three. Four. Five");
        document.sections[0].units = Units::Paragraphs;
        let texts: Vec<_> = split(&document, &Settings { passage_words: 9, ..Settings::default() })
            .into_iter()
            .map(|p| p.text)
            .collect();
        assert_eq!(texts, ["Name: A. B | Note: One. Two", "Name: C | Note: Three. Four. Five"]);
    }

    #[test]
    fn a_passage_ends_with_its_page_unless_a_sentence_runs_on() {
        let page = |page| Location::Page { page, last_page: None };
        let mut document = document("One two. Three four\nfive six. Seven.\nEight nine.");
        let mut places = Places::default();
        for (start, number) in [(0, 1), (20, 2), (37, 3)] {
            places.push(start, page(number));
        }
        document.origin = Origin::Places(places);
        let passages = split(&document, &Settings::default());
        let told: Vec<_> = passages.iter().map(|p| (p.location.to_string(), p.text.as_str())).collect();
        let expected = [
            ("pages 1 to 2".to_owned(), "One two. Three four\nfive six."),
            ("page 2".to_owned(), "Seven."),
            ("page 3".to_owned(), "Eight nine."),
        ];
        assert_eq!(told, expected);
    }

    proptest! {
        #[test]
        fn ascii_words_are_those_of_any_text(text in "[a \t\n\u{b}\r\u{1c}-]{0,40}") {
            prop_assert_eq!(ascii_words(text.as_bytes()), text.split_whitespace().count());
        }

        #[test]
        fn passages_cover_the_document_in_order(text in "([a-zA-Z가-힣]{0,6}[ .\n]{0,3}){0,60}", words in 1usize..20) {
            let document = document(&text);
            let mut end = 0;
            for passage in split(&document, &Settings { passage_words: words, ..Settings::default() }) {
                prop_assert!(passage.span.start >= end);
                prop_assert!(text[end..passage.span.start].trim().is_empty());
                prop_assert!(!passage.text.trim().is_empty());
                let Location::Lines { bytes, .. } = passage.location else { panic!("text") };
                prop_assert_eq!(&text[bytes.range()], &passage.text, "the location is the passage");
                end = passage.span.end;
            }
            prop_assert!(text[end..].trim().is_empty());
        }

        #[test]
        fn no_text_makes_the_splitter_panic(text in "\\PC*", words in 1usize..8) {
            split(&document(&text), &Settings { passage_words: words, ..Settings::default() });
        }
    }
}
