//! One slide of a presentation, put together from its shapes: its title first, its speaker's notes last.

use super::compose::{Composition, Gap};
use super::flow::{Block, Shape};
use crate::document::Location;

/// A part of a slide.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// Its title; the first counts.
    Title,
    /// Any other shape.
    Body,
    /// What the speaker has noted.
    Notes,
}

/// A slide that is being read.
#[derive(Debug)]
pub(super) struct Slide {
    number: u32,
    part: Part,
    in_notes: bool,
    title: String,
    body: Vec<String>,
    notes: Vec<String>,
}

impl Slide {
    /// The slide of this number, from 1, still empty.
    pub fn new(number: u32) -> Self {
        Self {
            number,
            part: Part::Body,
            in_notes: false,
            title: String::new(),
            body: Vec::new(),
            notes: Vec::new(),
        }
    }

    /// Begins a part; inside of the notes all is notes.
    pub fn begin(&mut self, part: Part) {
        self.in_notes |= part == Part::Notes;
        self.part = part;
        if part != Part::Title {
            self.texts().push(String::new());
        }
    }

    /// Ends the notes.
    pub fn end_notes(&mut self) {
        self.in_notes = false;
        self.begin(Part::Body);
    }

    /// Adds a paragraph or a row to the part that has begun.
    pub fn add(&mut self, block: Block) {
        let text = block.text.trim();
        if !text.is_empty() && block.shape != Shape::LeftOut {
            let target = match self.part {
                Part::Title if !self.in_notes => &mut self.title,
                _ => self.last_text(),
            };
            if !target.is_empty() {
                target.push('\n');
            }
            target.push_str(text);
        }
        for text in block.asides {
            self.texts().push(text);
        }
    }

    /// The text of the shape that has begun.
    fn last_text(&mut self) -> &mut String {
        let texts = self.texts();
        if texts.is_empty() {
            texts.push(String::new());
        }
        texts.last_mut().expect("one has just been added if there was none")
    }

    fn texts(&mut self) -> &mut Vec<String> {
        if self.in_notes { &mut self.notes } else { &mut self.body }
    }

    /// Its title. Where no shape is marked as that, the first is, if it is one short line and no sentence.
    fn take_title(&mut self) -> Option<String> {
        /// The longest such line, in characters.
        const MAX_CHARS: usize = 80;
        if let Some(title) = super::tidy_title(&self.title) {
            return Some(title);
        }
        let first = self.body.iter_mut().find(|text| !text.trim().is_empty())?;
        let line = first.trim();
        let is_sentence = line.ends_with(['.', '。', '!', '?', '！', '？', ',', ';']);
        let is_title = !line.contains('\n') && !is_sentence && line.chars().count() <= MAX_CHARS;
        is_title.then(|| std::mem::take(first)).and_then(|title| super::tidy_title(&title))
    }

    /// Writes it. A slide without a title begins a section without a heading.
    pub fn write(mut self, out: &mut Composition) {
        out.place(Location::Slide { slide: self.number });
        let title = self.take_title();
        match title {
            Some(title) => {
                out.begin_heading(1);
                out.placed(&title);
                out.end_heading();
            }
            None => out.end_sections(1),
        }
        for text in self.body.iter().chain(&self.notes) {
            out.gap(Gap::Block);
            out.placed(text.trim());
        }
        out.gap(Gap::Block);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(text: &str) -> Block {
        Block { text: text.into(), ..Block::default() }
    }

    #[test]
    fn a_short_first_line_is_a_title_where_none_is_marked() {
        let titles = [
            (&["A line", "More"][..], true),
            (&["A sentence."], false),
            (&["A", " line\nmore"], true),
            (&["Two\nlines"], false),
        ];
        for (texts, has_title) in titles {
            let mut slide = Slide::new(1);
            for text in texts {
                slide.begin(Part::Body);
                slide.add(block(text));
            }
            let mut out = Composition::default();
            slide.write(&mut out);
            let composed = out.finish();
            assert_eq!(!composed.sections[0].headings.is_empty(), has_title, "{texts:?}");
            assert_eq!(composed.text, texts.iter().map(|text| text.trim()).collect::<Vec<_>>().join("\n\n"));
        }
    }

    #[test]
    fn the_title_comes_first_and_the_notes_last() {
        let mut out = Composition::default();
        for number in 1..=2 {
            let mut slide = Slide::new(number);
            slide.begin(Part::Notes);
            slide.add(block("note"));
            slide.end_notes();
            slide.add(block("body"));
            slide.add(block("more"));
            if number == 1 {
                slide.begin(Part::Title);
                slide.add(block("Title\nof it"));
            }
            slide.begin(Part::Body);
            slide.add(block("another"));
            slide.write(&mut out);
        }
        let composed = out.finish();
        let text = "Title of it\n\nbody\nmore\n\nanother\n\nnote\n\nbody\nmore\n\nanother\n\nnote";
        assert_eq!(composed.text, text);
        assert_eq!(composed.sections.len(), 2);
        assert_eq!(composed.sections[1].headings, Vec::<String>::new());
    }
}
