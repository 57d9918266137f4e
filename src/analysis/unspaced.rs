//! Words of the scripts that write none of the spaces between them: Thai, Lao, Khmer and Burmese.
//!
//! A dictionary that is compiled in tells where they end (ICU's, made for breaking lines). What it finds depends on what
//! stands around: a word that is not in it may be parted otherwise in another text. So a word that was typed ranks by
//! what it is parted into, and a phrase is a sequence of these parts.

use std::collections::VecDeque;

use icu_segmenter::LineSegmenter;
use icu_segmenter::options::LineBreakOptions;

use super::script::{Class, class};

/// How many characters are looked at together.
const PIECE: usize = 400;

/// How many of the last words of a piece are looked at again with the next one, since they may go on in it.
const UNSURE: usize = 2;

/// Whether a letter is of a script that writes no spaces between words.
pub(super) fn is_unspaced(c: char) -> bool {
    matches!(c,
        '\u{e01}'..='\u{e4e}' | '\u{e81}'..='\u{ecf}' | '\u{edc}'..='\u{edf}'
        | '\u{1000}'..='\u{103f}' | '\u{1050}'..='\u{108f}' | '\u{aa60}'..='\u{aa7f}'
        | '\u{1780}'..='\u{17d3}')
}

/// The ends of the words that come next, as offsets in the text.
#[derive(Default)]
pub(super) struct Segments {
    ends: VecDeque<usize>,
}

impl Segments {
    /// Where the word ends that starts at `start`, which is a letter of one of these scripts.
    pub(super) fn end(&mut self, text: &str, start: usize) -> usize {
        while self.ends.front().is_some_and(|&end| end <= start) {
            self.ends.pop_front();
        }
        if self.ends.is_empty() {
            self.look_ahead(text, start);
        }
        self.ends.pop_front().unwrap_or(text.len())
    }

    fn look_ahead(&mut self, text: &str, start: usize) {
        let belongs = |c: char| is_unspaced(c) || class(c) == Class::Extender;
        let run = text[start..].char_indices().take(PIECE).take_while(|&(_, c)| belongs(c));
        let len = run.last().map_or(0, |(at, c)| at + c.len_utf8());
        let piece = &text[start..start + len];
        let goes_on = text[start + len..].starts_with(belongs);
        let starts_word = |at: &usize| !piece[*at..].starts_with(|c| class(c) == Class::Extender);
        let breaks = LineSegmenter::new_dictionary(LineBreakOptions::default()).segment_str(piece);
        self.ends.extend(breaks.filter(|at| *at > 0 && starts_word(at)).map(|at| start + at));
        if goes_on && self.ends.len() > 2 * UNSURE {
            self.ends.truncate(self.ends.len() - UNSURE);
        }
        if self.ends.is_empty() {
            self.ends.push_back(start + len);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Kind, tokens};

    fn terms(text: &str) -> Vec<String> {
        tokens(text).into_iter().map(|token| token.term).collect()
    }

    #[test]
    fn words_without_spaces_are_parted() {
        assert_eq!(terms("ทุกสองสัปดาห์"), ["ทุก", "สอง", "สัปดาห์"]);
        assert_eq!(terms("ขีปนาวุธของเกาหลีเหนือ 2023"), ["ขีปนาวุธ", "ของ", "เกาหลีเหนือ", "2023"]);
        for text in ["ພາສາລາວ", "ភាសាខ្មែរភាសាខ្មែរ", "မြန်မာဘာသာစကား"]
        {
            let tokens = tokens(text);
            assert!(
                tokens.len() > 1 && tokens.iter().all(|token| token.kind == Kind::Word),
                "{text}: {tokens:?}"
            );
            assert_eq!(tokens.last().map(|token| token.span.end), Some(text.len()), "{text}");
        }
    }

    #[test]
    fn other_scripts_and_digits_are_words_of_their_own() {
        assert_eq!(terms("NATOทุกสอง๑๒"), ["nato", "ทุก", "สอง", "12"]);
    }

    #[test]
    fn long_runs_are_parted_as_short_ones_are() {
        let long = "ทุกสองสัปดาห์".repeat(2_000);
        assert_eq!(terms(&long).join(""), long);
        let parted = terms(&long);
        assert!(parted.iter().skip(100).take(5_000).filter(|term| *term == "สัปดาห์").count() > 1_500);
    }

    #[test]
    fn marks_alone_do_no_harm() {
        for text in
            ["\u{e31}\u{e31}", "ก\u{e31}\u{e31}\u{e31}", "\u{1039}က\u{1039}", "ก".repeat(5_000).as_str()]
        {
            let _ = terms(text);
        }
    }
}
