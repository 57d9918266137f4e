//! The glyphs of a page in the order in which it draws them, each with its text and its place.
//!
//! A page is a program that draws; `hayro` runs it, and what is here watches what it draws. Pictures are not decoded,
//! nor outlines followed. Places are told along the direction in which the text runs, so that text set upright, turned
//! or in columns from right to left is the same to who puts it together.

use hayro_interpret::font::{Glyph as Drawn, GlyphRun};
use hayro_interpret::hayro_cmap::{BfString, WritingMode};
use hayro_interpret::hayro_syntax::object::{Dict, String as PdfString};
use hayro_interpret::hayro_syntax::page::Page;
use hayro_interpret::kurbo::{Affine, BezPath, Rect};
use hayro_interpret::{
    BlendMode, ClipPath, Context, Device, DrawMode, DrawProps, Image, ImageDrawProps, InterpreterCache,
    InterpreterSettings, SoftMask, TransformExt, interpret_page,
};

use super::strings::text_of;

/// How many glyphs of one page are read.
const MAX_GLYPHS: usize = 1 << 20;

/// How many marks around content may be open, one in the other.
const MAX_MARKS: usize = 1 << 10;

/// A glyph on a page.
#[derive(Clone, Debug)]
pub(super) struct Glyph {
    /// The text that it stands for; empty where the font does not say, or where another glyph stands for it too.
    pub text: String,
    /// Where it starts and ends along the line.
    pub start: f64,
    pub end: f64,
    /// Where its baseline stands across the lines, counted in the order of the lines.
    pub baseline: f64,
    /// The size of its font.
    pub size: f64,
    /// The direction in which its line runs, in steps of 15 degrees.
    pub direction: i8,
}

/// What a page draws.
#[derive(Debug, Default)]
pub(super) struct Drawing {
    /// What belongs to the document.
    pub content: Vec<Glyph>,
    /// What was added to fill or to number the page, by its own word.
    pub artifacts: Vec<Glyph>,
    /// How many glyphs there were whose text is not known.
    pub unknown: usize,
}

/// The longest program of a page that is run, in bytes. Longer ones draw maps, point by point.
const MAX_PROGRAM: usize = 64 << 20;

/// Reads a page.
pub(super) fn read<'a>(page: &Page<'a>, cache: &InterpreterCache<'a>) -> Drawing {
    if page.page_stream().is_some_and(|program| program.len() > MAX_PROGRAM) {
        return Drawing::default();
    }
    let (width, height) = page.render_dimensions();
    let (width, height) = (f64::from(width), f64::from(height));
    let transform = page.initial_transform(true).to_kurbo();
    let bounds = Rect::new(0.0, 0.0, width, height);
    let settings = InterpreterSettings::default();
    let mut context = Context::new(transform, bounds, cache, page.xref(), settings);
    let mut watcher = Watcher { bounds, drawing: Drawing::default(), marks: Vec::new(), beyond: 0 };
    interpret_page(page, &mut context, &mut watcher);
    watcher.drawing
}

/// Content that is marked.
struct Mark {
    is_artifact: bool,
    /// The text that all of it stands for, until a glyph has taken it.
    replacement: Option<String>,
    is_replaced: bool,
}

/// Watches a page being drawn.
struct Watcher {
    bounds: Rect,
    drawing: Drawing,
    marks: Vec<Mark>,
    /// How many marks are open beyond those that are kept.
    beyond: usize,
}

impl Watcher {
    fn add(&mut self, glyph: &Drawn<'_>, transform: Affine, mode: WritingMode) {
        let is_full = self.drawing.content.len() + self.drawing.artifacts.len() >= MAX_GLYPHS;
        let [a, b, c, d, x, y] = transform.as_coeffs();
        if is_full || !self.bounds.contains((x, y)) {
            return;
        }
        let size = c.hypot(d) * 1_000.0;
        let (along, advance) = match mode {
            WritingMode::Horizontal => ((a, b), advance(glyph) * a.hypot(b)),
            WritingMode::Vertical => ((-c, -d), size),
        };
        if !size.is_normal() || !advance.is_finite() {
            return;
        }
        let text = self.text(glyph);
        let angle = along.1.atan2(along.0);
        let direction = (angle.to_degrees() / 15.0).round() as i8;
        let (sin, cos) = (f64::from(direction) * 15.0).to_radians().sin_cos();
        let (start, baseline) = (x * cos + y * sin, y * cos - x * sin);
        let glyph = Glyph { text, start, end: start + advance, baseline, size, direction };
        let is_artifact = self.marks.iter().any(|mark| mark.is_artifact);
        let Drawing { content, artifacts, .. } = &mut self.drawing;
        if is_artifact { artifacts.push(glyph) } else { content.push(glyph) }
    }

    /// The text that a glyph stands for, or that the content stands for that it belongs to.
    fn text(&mut self, glyph: &Drawn<'_>) -> String {
        if let Some(mark) = self.marks.iter_mut().rev().find(|mark| mark.is_replaced) {
            return mark.replacement.take().unwrap_or_default();
        }
        let text = match glyph.as_unicode() {
            Some(BfString::Char(c)) => readable(c.encode_utf8(&mut [0; 4])),
            Some(BfString::String(text)) => readable(&text),
            None => String::new(),
        };
        if text.is_empty() {
            self.drawing.unknown += 1;
        }
        text
    }
}

/// How far a glyph moves the line on, in thousandths of its font's size.
fn advance(glyph: &Drawn<'_>) -> f64 {
    const USUAL: f32 = 500.0;
    let advance = match glyph {
        Drawn::Outline(glyph) => glyph.advance_width(),
        Drawn::Type3(glyph) => glyph.advance_width(),
    };
    f64::from(advance.unwrap_or(USUAL))
}

/// The text without what cannot be read: characters for private use, replacements, controls. Ligatures are taken
/// apart.
fn readable(text: &str) -> String {
    let mut readable = String::new();
    for c in text.chars() {
        match c {
            '\u{fb00}' => readable.push_str("ff"),
            '\u{fb01}' => readable.push_str("fi"),
            '\u{fb02}' => readable.push_str("fl"),
            '\u{fb03}' => readable.push_str("ffi"),
            '\u{fb04}' => readable.push_str("ffl"),
            '\u{fb05}' | '\u{fb06}' => readable.push_str("st"),
            '\t' | '\n' | '\r' | '\u{a0}' => readable.push(' '),
            '\u{e000}'..='\u{f8ff}' | '\u{fffd}'..='\u{ffff}' | '\u{f0000}'.. => {}
            '\u{200b}' | '\u{feff}' => {}
            _ if c.is_control() => {}
            _ => readable.push(c),
        }
    }
    readable
}

impl<'a> Device<'a> for Watcher {
    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, 'a>, props: DrawProps<'a>, _: &DrawMode) {
        for glyph in run.glyphs() {
            self.add(glyph, props.transform * glyph.transform(), run.writing_mode());
        }
    }

    fn begin_marked_content(&mut self, tag: &[u8], properties: Option<&Dict<'_>>) {
        if self.marks.len() == MAX_MARKS {
            self.beyond += 1;
            return;
        }
        let replacement = properties.and_then(|properties| properties.get::<PdfString<'_>>(b"ActualText"));
        let replacement = replacement.map(|text| readable(&text_of(text.as_bytes())));
        self.marks.push(Mark {
            is_artifact: tag == b"Artifact",
            is_replaced: replacement.is_some(),
            replacement,
        });
    }

    fn end_marked_content(&mut self) {
        match self.beyond {
            0 => drop(self.marks.pop()),
            _ => self.beyond -= 1,
        }
    }

    fn draw_path(&mut self, _: &BezPath, _: DrawProps<'a>, _: &DrawMode) {}
    fn draw_rect(&mut self, _: &Rect, _: DrawProps<'a>, _: &DrawMode) {}
    fn draw_image(&mut self, _: Image<'a, '_>, _: ImageDrawProps<'a>) {}
    fn push_clip_path(&mut self, _: &ClipPath) {}
    fn push_clip_rect(&mut self, _: &Rect) {}
    fn pop_clip(&mut self) {}
    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'a>>, _: BlendMode) {}
    fn pop_transparency_group(&mut self) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ligatures_are_taken_apart_and_noise_goes() {
        assert_eq!(readable("a\u{fb01}b\u{fb04}\u{e001}\u{fffd}\u{0}\u{a0}경"), "afibffl 경");
    }
}
