//! The text of an HTML page in reading order: what belongs to it, and what stands between its parts.
//!
//! A page is read twice. The first reading, an [`Outline`], gathers its facts and learns which elements are properly
//! closed, and keeps the tokens unless there may be too many; the second writes the text. That is how an element that is
//! left out, but that nobody closed, is kept from taking the rest of the page with it: it ends where its parent ends, or
//! where something begins that page furniture does not hold. Nothing recurses, and nothing is looked up but the stack of open elements.

use super::elements::{Element, Nesting, Role};
use super::meta::Meta;
use super::tokens::{Tag, Token, tokens};
use crate::extract::compose::{Composition, Gap, gap_before, is_space, runs};
use crate::span::OffsetMap;

/// How long a page is at most, in bytes, whose tokens are kept: they may take twenty times as much memory.
const KEPT: usize = 256 << 10;

/// How much of a page is taken for its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Keep {
    /// What a reader came for.
    Content,
    /// All that is shown but navigation: a book's page has no furniture.
    Shown,
    /// All but scripts and styles.
    Everything,
}

/// What the first reading of a page learns.
#[derive(Debug, Default)]
pub(super) struct Outline {
    /// What the page tells of itself.
    pub meta: Meta,
    /// The page, where it is not too long.
    tokens: Option<Vec<Token>>,
    /// The elements that may be left out, in the order of their start tags.
    regions: Vec<Region>,
    /// Whether the page marks its content as such.
    has_content: bool,
}

/// An element that may be left out.
#[derive(Clone, Copy, Debug, Default)]
struct Region {
    /// Whether its own end tag closes it.
    is_closed: bool,
    /// Whether a first-level heading opens in it.
    has_headline: bool,
}

impl Outline {
    /// Reads a page for the first time.
    pub fn of(source: &str) -> Self {
        let mut outline = Self::default();
        let mut nesting = Nesting::new();
        let mut kept = (source.len() <= KEPT).then(Vec::new);
        for token in tokens(source) {
            outline.meta.read(source, &token, nesting.is_open(Element::Svg));
            match &token {
                Token::Open(tag) => outline.open(tag, &mut nesting),
                Token::Close(element) => {
                    if let Some(region) = nesting.close(*element) {
                        outline.regions[region as usize].is_closed = true;
                    }
                }
                Token::Text { .. } | Token::Reference { .. } => {}
            }
            if let Some(kept) = &mut kept {
                kept.push(token);
            }
        }
        outline.tokens = kept;
        outline
    }

    fn open(&mut self, tag: &Tag, nesting: &mut Nesting) {
        nesting.make_room(tag.element);
        let region = may_be_left_out(tag).then(|| {
            self.regions.push(Region { is_closed: tag.element.ends_by_itself(), has_headline: false });
            u32::try_from(self.regions.len() - 1).unwrap_or(u32::MAX)
        });
        match tag.element {
            Element::Main | Element::Article => self.has_content = true,
            Element::H1 => {
                if let Some(header) = nesting.region_of(Element::Header) {
                    self.regions[header as usize].has_headline = true;
                }
            }
            _ => {}
        }
        nesting.open(tag.element, region);
    }
}

/// Whether an element may be left out by what it is or says, wherever it stands.
fn may_be_left_out(tag: &Tag) -> bool {
    matches!(tag.element.role(), Role::Dropped | Role::Furniture) || is_hidden(tag)
}

/// Whether an element says that it is not to be seen.
fn is_hidden(tag: &Tag) -> bool {
    let hidden = tag.attribute("hidden").is_some_and(|kind| !kind.eq_ignore_ascii_case("until-found"));
    let hidden =
        hidden || tag.attribute("aria-hidden").is_some_and(|truth| truth.eq_ignore_ascii_case("true"));
    hidden && tag.element.role() != Role::Void
}

/// Whether page furniture that was left open ends where this element begins.
fn is_landmark(element: Element) -> bool {
    matches!(element.role(), Role::Content | Role::Heading(_)) || element == Element::P
}

/// Writes the text of `source`, which `base` leads back into the decoded source, to `out`.
pub(super) fn write(source: &str, base: &OffsetMap, outline: &Outline, keep: Keep, out: &mut Composition) {
    let mut page = Page {
        source,
        base,
        outline,
        keep,
        out,
        nesting: Nesting::new(),
        regions: 0,
        left_out: None,
        after_pre: false,
        table: TablePlace::default(),
    };
    match &outline.tokens {
        Some(kept) => kept.iter().for_each(|token| page.read(token)),
        None => tokens(source).for_each(|token| page.read(&token)),
    }
    page.out.end_heading();
    page.out.gap(Gap::Block);
}

/// A page that is being read for the second time.
struct Page<'a> {
    source: &'a str,
    base: &'a OffsetMap,
    outline: &'a Outline,
    keep: Keep,
    out: &'a mut Composition,
    nesting: Nesting,
    /// How many elements that may be left out have begun.
    regions: usize,
    /// The element that is being left out.
    left_out: Option<LeftOut>,
    /// Whether a `pre` has just begun, whose first line end does not count.
    after_pre: bool,
    table: TablePlace,
}

/// Which parts of a table have begun since text was last written.
#[derive(Clone, Copy, Default)]
struct TablePlace {
    table_begins: bool,
    row_begins: bool,
    cell_begins: bool,
}

/// An element that is being left out.
#[derive(Clone, Copy)]
struct LeftOut {
    /// How many elements are open around it.
    depth: usize,
    is_closed: bool,
}

impl Page<'_> {
    fn read(&mut self, token: &Token) {
        match token {
            Token::Open(tag) => self.open(tag),
            Token::Close(element) => self.close(*element),
            Token::Text { start, end } if self.left_out.is_none() => self.text(*start, *end),
            Token::Reference { value, start, end } if self.left_out.is_none() => {
                self.reference(value, *start, *end);
            }
            Token::Text { .. } | Token::Reference { .. } => {}
        }
    }

    fn open(&mut self, tag: &Tag) {
        let element = tag.element;
        self.nesting.make_room(element);
        self.end_left_out();
        if let Some(region) = self.left_out.filter(|region| !region.is_closed && is_landmark(element)) {
            self.nesting.truncate(region.depth);
            self.left_out = None;
        }
        let leaves_out = self.leaves_out(tag);
        if self.left_out.is_none() {
            self.begin(element);
        }
        let depth = self.nesting.depth();
        self.nesting.open(element, None);
        let Some(region) = leaves_out else { return };
        if self.left_out.is_none() && self.nesting.depth() > depth {
            self.left_out = Some(LeftOut { depth, is_closed: region.is_closed });
        }
    }

    /// The region that begins with `tag`, if it is left out.
    fn leaves_out(&mut self, tag: &Tag) -> Option<Region> {
        if !may_be_left_out(tag) {
            return None;
        }
        let region = self.outline.regions.get(self.regions).copied().unwrap_or_default();
        self.regions += 1;
        if self.keep == Keep::Everything {
            return matches!(tag.element, Element::Script | Element::Style).then_some(region);
        }
        let in_content = [Element::Main, Element::Article, Element::Section];
        let in_content = in_content.into_iter().any(|element| self.nesting.is_open(element));
        let leaves_out = match tag.element.role() {
            _ if is_hidden(tag) => true,
            Role::Furniture if in_content || self.keep == Keep::Shown => false,
            Role::Furniture => {
                tag.element != Element::Header || self.outline.has_content || !region.has_headline
            }
            role => role == Role::Dropped,
        };
        leaves_out.then_some(region)
    }

    fn close(&mut self, element: Element) {
        self.nesting.close(element);
        let was_left_out = self.left_out.is_some();
        self.end_left_out();
        if self.left_out.is_none() && !(was_left_out && element.role() == Role::Dropped) {
            self.end(element);
        }
    }

    /// Takes notice of the end of the element that is left out.
    fn end_left_out(&mut self) {
        if self.left_out.is_some_and(|region| self.nesting.depth() <= region.depth) {
            self.left_out = None;
        }
    }

    /// Puts what belongs before an element's content.
    fn begin(&mut self, element: Element) {
        let role = element.role();
        let ends_heading = matches!(role, Role::Block | Role::Line | Role::Content | Role::Furniture);
        if ends_heading && self.out.is_in_heading_text() {
            self.out.end_heading();
        }
        match element {
            Element::Td | Element::Th => self.begin_cell(),
            Element::Tr => self.begin_row(),
            _ => match role {
                Role::Heading(level) => self.out.begin_heading(level),
                Role::Block if self.table.cell_begins => {}
                _ => self.out.gap(self.gap_around(element)),
            },
        }
        if element == Element::Table {
            self.table = TablePlace { table_begins: true, ..TablePlace::default() };
        }
        self.after_pre = element == Element::Pre;
    }

    /// Sets a row apart from the one before by no more than a line's end, whatever its cells ended with.
    fn begin_row(&mut self) {
        if self.table.table_begins {
            self.out.gap(Gap::Line);
        } else {
            self.out.replace_gap(Gap::Line);
        }
        self.table.row_begins = true;
        self.table.cell_begins = false;
    }

    fn begin_cell(&mut self) {
        if self.table.row_begins {
            self.out.gap(Gap::Cell);
        } else {
            self.out.replace_gap(Gap::Cell);
        }
        self.table.cell_begins = true;
    }

    /// Puts what belongs behind an element's content.
    fn end(&mut self, element: Element) {
        if matches!(element, Element::Td | Element::Th | Element::Tr | Element::Table) {
            self.table.cell_begins = false;
        }
        match element.role() {
            Role::Heading(_) => self.out.end_heading(),
            Role::Cell | Role::Void => {}
            Role::Block if self.table.cell_begins => {}
            _ => self.out.gap(self.gap_around(element)),
        }
    }

    fn gap_around(&self, element: Element) -> Gap {
        let in_item = self.nesting.is_open(Element::Li);
        match element.role() {
            Role::Void => match element {
                Element::Br if self.out.pending_gap() >= Gap::Line => Gap::Block,
                Element::Br => Gap::Line,
                Element::Hr => Gap::Block,
                _ => Gap::None,
            },
            Role::Inline | Role::Dropped => Gap::None,
            Role::Cell => Gap::Cell,
            Role::Line => Gap::Line,
            _ if in_item && matches!(element, Element::Ul | Element::Ol | Element::Menu) => Gap::Line,
            Role::Block | Role::Content | Role::Furniture | Role::Heading(_) => Gap::Block,
        }
    }

    fn is_preformatted(&self) -> bool {
        [Element::Pre, Element::Listing, Element::Xmp]
            .into_iter()
            .any(|element| self.nesting.is_open(element))
    }

    fn text(&mut self, start: usize, end: usize) {
        let Some(text) = self.source.get(start..end) else { return };
        let after_pre = std::mem::take(&mut self.after_pre);
        if self.is_preformatted() {
            let line_end = if after_pre { text.len() - without_line_end(text).len() } else { 0 };
            self.verbatim(start + line_end, end);
        } else {
            self.flow(text, start);
        }
    }

    /// Writes text whose white space counts as one space.
    fn flow(&mut self, text: &str, start: usize) {
        for (at, len) in runs(text) {
            self.out.gap(gap_before(text, at));
            self.verbatim(start + at, start + at + len);
        }
        if text.ends_with(is_space) {
            self.out.gap(Gap::Space);
        }
    }

    /// Writes the source's `start..end`, each piece of it that `base` maps on its own.
    fn verbatim(&mut self, start: usize, end: usize) {
        if start >= end {
            return;
        }
        self.table = TablePlace::default();
        let mut breaks = self.base.breaks(start, end).peekable();
        while let Some(place) = breaks.next() {
            let to = breaks.peek().map_or(end, |next| next.at);
            let Some(run) = self.source.get(place.at..to) else { continue };
            let (origin, origin_end) = self.base.origin_of(place.at, to);
            if (place.width, place.origin_width) == (1, 1) {
                self.out.verbatim(run, origin);
            } else {
                self.out.unit(run, origin, origin_end - origin);
            }
        }
    }

    fn reference(&mut self, value: &str, start: usize, end: usize) {
        self.after_pre = false;
        if !self.is_preformatted() && value.chars().all(char::is_whitespace) {
            return self.out.gap(Gap::Space);
        }
        self.table = TablePlace::default();
        let (start, end) = self.base.origin_of(start, end);
        self.out.unit(value, start, end - start);
    }
}

/// The text without the line end that it starts with.
fn without_line_end(text: &str) -> &str {
    let rest = text.strip_prefix('\r').unwrap_or(text);
    rest.strip_prefix('\n').unwrap_or(rest)
}
