//! Generated texts that weigh on an index as real ones do: files of mixed sizes and formats in folders.
//!
//! What makes texts hard or easy for an index is kept: how often words stand in them, how they bunch up in the
//! documents that they are about, which of them stand next to each other again and again, how long sentences,
//! paragraphs, sections and files are. Each document has a generator of its own, seeded by its number, so that the
//! first files of a larger corpus are those of a smaller one.

use std::fs;
use std::path::Path;

use anyhow::Result;
use fastrand::Rng;

use crate::vocabulary::{GRAMMAR, Vocabulary};

/// Documents in one folder.
const FOLDER: u64 = 200;

/// Runs of words that texts share: set phrases, names of more than one word.
const PHRASES: usize = 60_000;

/// Those that one document has of its own.
const OWN_PHRASES: usize = 12;

/// The middle size of a document in bytes, and the bounds of all.
const MIDDLE_SIZE: f64 = 5_000.0;
const SIZES: (f64, f64) = (300.0, 400_000.0);

/// Where a line of hand-wrapped text ends, in bytes.
const LINE: usize = 78;

/// How a document is written down.
#[derive(Clone, Copy, PartialEq)]
enum Format {
    Markdown,
    Text,
    Html,
}

/// What documents are made of.
pub struct Generator {
    vocabulary: Vocabulary,
    /// By rank, the first ones the most frequent.
    phrases: Vec<Vec<usize>>,
}

impl Generator {
    /// A generator of texts of these words, many of which are not of grammar.
    pub fn new(vocabulary: Vocabulary) -> Self {
        let mut rng = Rng::with_seed(2);
        let phrases = (0..PHRASES).map(|_| phrase(&vocabulary, &mut rng)).collect();
        Self { vocabulary, phrases }
    }

    /// Writes documents into `folder` until they have `size` bytes; gives how many they are.
    pub fn write(&self, folder: &Path, size: u64) -> Result<u64> {
        let (mut number, mut written) = (0, 0);
        while written < size {
            let (name, text) = self.document(number);
            let place = folder.join(format!("{:03}", number / FOLDER));
            if number.is_multiple_of(FOLDER) {
                fs::create_dir_all(&place)?;
            }
            fs::write(place.join(name), &text)?;
            written += text.len() as u64;
            number += 1;
        }
        Ok(number)
    }

    /// The name of a document's file and what stands in it.
    pub fn document(&self, number: u64) -> (String, String) {
        let mut rng = Rng::with_seed(number.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 3);
        let (format, extension) = match rng.u8(0..10) {
            0..6 => (Format::Markdown, "md"),
            6..9 => (Format::Text, "txt"),
            _ => (Format::Html, "html"),
        };
        let size = (MIDDLE_SIZE * normal(&mut rng).exp()).clamp(SIZES.0, SIZES.1) as usize;
        let topic = (0..rng.usize(40..160)).map(|_| self.content_word(&mut rng)).collect();
        let phrases = (0..OWN_PHRASES).map(|_| phrase(&self.vocabulary, &mut rng)).collect();
        let text = Author {
            generator: self,
            rng,
            topic,
            phrases,
            format,
            text: String::with_capacity(size + 2_000),
        }
        .write(size);
        (format!("{number:06}.{extension}"), text)
    }

    /// A word that is not of grammar, and seldom one of the rarest: what whole documents are about is known.
    fn content_word(&self, rng: &mut Rng) -> usize {
        loop {
            let rank = self.vocabulary.draw(rng).min(self.vocabulary.draw(rng));
            if rank >= GRAMMAR {
                return rank;
            }
        }
    }
}

/// A run of two to nine words.
fn phrase(vocabulary: &Vocabulary, rng: &mut Rng) -> Vec<usize> {
    (0..rng.usize(2..10)).map(|_| vocabulary.draw(rng)).collect()
}

/// A number with the mean 0 and the deviation 1, nearly normal.
fn normal(rng: &mut Rng) -> f64 {
    (0..12).map(|_| rng.f64()).sum::<f64>() - 6.0
}

/// Every so many words one is a name, with a capital.
fn is_name(rank: usize) -> bool {
    rank > 3 * GRAMMAR && rank.is_multiple_of(11)
}

/// One document on its way.
struct Author<'a> {
    generator: &'a Generator,
    rng: Rng,
    /// The words that the document is about, the most frequent first.
    topic: Vec<usize>,
    /// The runs of words that it says again and again.
    phrases: Vec<Vec<usize>>,
    format: Format,
    text: String,
}

impl Author<'_> {
    fn write(mut self, size: usize) -> String {
        let title = self.heading();
        match self.format {
            Format::Markdown => self.text.push_str(&format!("# {title}\n\n")),
            Format::Text => self.text.push_str(&format!("{title}\n\n")),
            Format::Html => self.text.push_str(&format!(
                "<!DOCTYPE html>\n<html lang=\"en\">\n<head><title>{title}</title></head>\n<body>\n<h1>{title}</h1>\n"
            )),
        }
        while self.text.len() < size {
            for _ in 0..self.rng.usize(2..7) {
                self.paragraph();
            }
            if self.text.len() < size {
                self.section();
            }
        }
        if self.format == Format::Html {
            self.text.push_str("</body>\n</html>\n");
        }
        self.text
    }

    fn section(&mut self) {
        let heading = self.heading();
        match self.format {
            Format::Markdown => self.text.push_str(&format!("## {heading}\n\n")),
            Format::Text => self.text.push_str(&format!("{heading}\n\n")),
            Format::Html => self.text.push_str(&format!("<h2>{heading}</h2>\n")),
        }
    }

    fn heading(&mut self) -> String {
        let mut heading = String::new();
        for _ in 0..self.rng.usize(2..7) {
            let rank = self.topic[self.rng.usize(..self.topic.len())];
            heading.push_str(if heading.is_empty() { "" } else { " " });
            heading.push_str(&capital(self.generator.vocabulary.word(rank)));
        }
        heading
    }

    fn paragraph(&mut self) {
        let mut paragraph = String::new();
        for _ in 0..self.rng.usize(2..8) {
            self.sentence(&mut paragraph);
            paragraph.push(' ');
        }
        let paragraph = paragraph.trim_end();
        match self.format {
            Format::Markdown => self.text.push_str(paragraph),
            Format::Text => wrap(paragraph, &mut self.text),
            Format::Html => self.text.push_str(&format!("<p>{paragraph}</p>")),
        }
        self.text.push_str("\n\n");
    }

    fn sentence(&mut self, text: &mut String) {
        let length = 5 + (0..3).map(|_| self.rng.usize(0..11)).sum::<usize>();
        let start = text.len();
        let mut words = 0;
        while words < length {
            if words > 0 {
                text.push_str(if self.rng.u8(0..14) == 0 { ", " } else { " " });
            }
            words += self.words(text);
        }
        let first = text[start..].chars().next().map_or(0, char::len_utf8);
        text[start..start + first].make_ascii_uppercase();
        text.push(if self.rng.u8(0..20) == 0 { '?' } else { '.' });
    }

    /// Adds a word, a number or a set phrase; gives how many words it is.
    fn words(&mut self, text: &mut String) -> usize {
        match self.rng.u8(0..100) {
            0..2 => text.push_str(&self.number()),
            2..10 => {
                let at = (PHRASES as f64).powf(self.rng.f64()) - 1.0;
                return self.phrase(&self.generator.phrases[at as usize], text);
            }
            10..25 => {
                let phrase = self.phrases[self.rng.usize(..OWN_PHRASES)].clone();
                return self.phrase(&phrase, text);
            }
            25..45 => {
                // The square makes the first words of the topic the most frequent ones.
                let at = self.rng.f64().powi(2) * self.topic.len() as f64;
                self.word(self.topic[at as usize], text);
            }
            _ => {
                let rank = self.generator.vocabulary.draw(&mut self.rng);
                self.word(rank, text);
            }
        }
        1
    }

    fn phrase(&self, phrase: &[usize], text: &mut String) -> usize {
        for (place, &rank) in phrase.iter().enumerate() {
            text.push_str(if place == 0 { "" } else { " " });
            self.word(rank, text);
        }
        phrase.len()
    }

    fn word(&self, rank: usize, text: &mut String) {
        let word = self.generator.vocabulary.word(rank);
        if is_name(rank) { text.push_str(&capital(word)) } else { text.push_str(word) }
    }

    fn number(&mut self) -> String {
        match self.rng.u8(0..3) {
            0 => self.rng.u32(1950..2030).to_string(),
            1 => self.rng.u32(2..500).to_string(),
            _ => format!("{}.{}", self.rng.u32(0..100), self.rng.u32(0..100)),
        }
    }
}

fn capital(word: &str) -> String {
    let mut word = word.to_owned();
    if let Some(first) = word.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    word
}

/// Adds a paragraph with lines broken as an editor breaks them.
fn wrap(paragraph: &str, text: &mut String) {
    let mut column = 0;
    for word in paragraph.split(' ') {
        if column > 0 && column + word.len() >= LINE {
            text.push('\n');
            column = 0;
        } else if column > 0 {
            text.push(' ');
            column += 1;
        }
        text.push_str(word);
        column += word.len();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn generator() -> Generator {
        let letters = || 'a'..='z';
        let words = letters().flat_map(|first| letters().map(move |last| format!("{first}{last}word")));
        let text: Vec<String> = words.collect();
        Generator::new(Vocabulary::of_texts([text.join(" ").as_str()].into_iter()))
    }

    #[test]
    fn a_document_is_the_same_every_time_and_no_other() {
        let (one, other) = (generator(), generator());
        for number in 0..20 {
            assert_eq!(one.document(number), other.document(number));
            assert_ne!(one.document(number).1, one.document(number + 1).1);
        }
    }

    #[test]
    fn a_smaller_corpus_is_the_beginning_of_a_larger_one() {
        let (small, large) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let generator = generator();
        let few = generator.write(small.path(), 40_000).unwrap();
        let many = generator.write(large.path(), 90_000).unwrap();
        assert!(few < many, "{few} files of 40 KB, {many} of 90 KB");
        let (name, text) = generator.document(few - 1);
        for folder in [&small, &large] {
            assert_eq!(fs::read_to_string(folder.path().join("000").join(&name)).unwrap(), text);
        }
    }

    #[test]
    fn wrapped_lines_are_short_and_lose_nothing() {
        let paragraph = "some words that go on ".repeat(30);
        let mut text = String::new();
        wrap(paragraph.trim_end(), &mut text);
        assert!(text.lines().all(|line| line.len() < LINE));
        assert_eq!(text.replace('\n', " "), paragraph.trim_end());
    }
}
