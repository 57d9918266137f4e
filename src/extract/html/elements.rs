//! The elements of HTML that matter to its text, and how they nest in a source that may nest them wrongly.
//!
//! [`Nesting`] is a stack of open elements that trusts nobody: end tags without a start do nothing, an end tag closes
//! what was left open inside, elements that cannot hold each other (a list's items, a table's cells, paragraphs)
//! close the one before. Each step takes constant time on average, however deep a source nests.

/// How an element shapes the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// Runs along in the text.
    Inline,
    /// Stands on its own, between blank lines.
    Block,
    /// Stands on a line of its own.
    Line,
    /// A cell of a table's row.
    Cell,
    /// A heading of this level.
    Heading(u8),
    /// The page's content or a part of it, in which headers and footers belong to the text.
    Content,
    /// Page furniture, except inside content.
    Furniture,
    /// Never read.
    Dropped,
    /// Has no content.
    Void,
}

macro_rules! elements {
    ($($variant:ident $name:literal $role:expr;)*) => {
        /// An element that matters to the text of a page.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u8)]
        pub(super) enum Element {
            $(#[doc = $name] $variant,)*
        }

        impl Element {
            const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The element of this name, in lower case.
            pub fn named(name: &[u8]) -> Option<Self> {
                str::from_utf8(name).ok().and_then(|name| match name {
                    $($name => Some(Self::$variant),)*
                    _ => None,
                })
            }

            /// How it shapes the text.
            pub fn role(self) -> Role {
                match self {
                    $(Self::$variant => $role,)*
                }
            }
        }
    };
}

elements! {
    A "a" Role::Inline;
    Abbr "abbr" Role::Inline;
    Address "address" Role::Block;
    Article "article" Role::Content;
    Aside "aside" Role::Furniture;
    Audio "audio" Role::Dropped;
    B "b" Role::Inline;
    Bdi "bdi" Role::Inline;
    Bdo "bdo" Role::Inline;
    Big "big" Role::Inline;
    Blockquote "blockquote" Role::Block;
    Br "br" Role::Void;
    Button "button" Role::Dropped;
    Canvas "canvas" Role::Dropped;
    Caption "caption" Role::Line;
    Center "center" Role::Block;
    Cite "cite" Role::Inline;
    Code "code" Role::Inline;
    Data "data" Role::Inline;
    Datalist "datalist" Role::Dropped;
    Dd "dd" Role::Line;
    Del "del" Role::Inline;
    Details "details" Role::Block;
    Dfn "dfn" Role::Inline;
    Div "div" Role::Block;
    Dl "dl" Role::Block;
    Dt "dt" Role::Line;
    Em "em" Role::Inline;
    Fieldset "fieldset" Role::Block;
    Figcaption "figcaption" Role::Block;
    Figure "figure" Role::Block;
    Font "font" Role::Inline;
    Footer "footer" Role::Furniture;
    Form "form" Role::Block;
    H1 "h1" Role::Heading(1);
    H2 "h2" Role::Heading(2);
    H3 "h3" Role::Heading(3);
    H4 "h4" Role::Heading(4);
    H5 "h5" Role::Heading(5);
    H6 "h6" Role::Heading(6);
    Header "header" Role::Furniture;
    Hgroup "hgroup" Role::Block;
    Hr "hr" Role::Void;
    Html "html" Role::Void;
    I "i" Role::Inline;
    Iframe "iframe" Role::Dropped;
    Ins "ins" Role::Inline;
    Kbd "kbd" Role::Inline;
    Label "label" Role::Inline;
    Legend "legend" Role::Block;
    Li "li" Role::Line;
    Link "link" Role::Void;
    Listing "listing" Role::Block;
    Main "main" Role::Content;
    Mark "mark" Role::Inline;
    Menu "menu" Role::Block;
    Meta "meta" Role::Void;
    Nav "nav" Role::Dropped;
    Nobr "nobr" Role::Inline;
    Noembed "noembed" Role::Dropped;
    Noscript "noscript" Role::Dropped;
    Object "object" Role::Dropped;
    Ol "ol" Role::Block;
    P "p" Role::Block;
    Plaintext "plaintext" Role::Block;
    Pre "pre" Role::Block;
    Q "q" Role::Inline;
    Rp "rp" Role::Dropped;
    Rt "rt" Role::Dropped;
    Ruby "ruby" Role::Inline;
    S "s" Role::Inline;
    Samp "samp" Role::Inline;
    Script "script" Role::Dropped;
    Section "section" Role::Content;
    Select "select" Role::Dropped;
    Small "small" Role::Inline;
    Span "span" Role::Inline;
    Strike "strike" Role::Inline;
    Strong "strong" Role::Inline;
    Style "style" Role::Dropped;
    Sub "sub" Role::Inline;
    Summary "summary" Role::Block;
    Sup "sup" Role::Inline;
    Svg "svg" Role::Dropped;
    Table "table" Role::Block;
    Tbody "tbody" Role::Line;
    Td "td" Role::Cell;
    Template "template" Role::Dropped;
    Textarea "textarea" Role::Dropped;
    Tfoot "tfoot" Role::Line;
    Th "th" Role::Cell;
    Thead "thead" Role::Line;
    Time "time" Role::Inline;
    Title "title" Role::Dropped;
    Tr "tr" Role::Line;
    Tt "tt" Role::Inline;
    U "u" Role::Inline;
    Ul "ul" Role::Block;
    Var "var" Role::Inline;
    Video "video" Role::Dropped;
    Wbr "wbr" Role::Void;
    Xmp "xmp" Role::Block;
}

/// The elements that a new one of these closes, if they are open in the same list, table or part.
const SIBLINGS: [&[Element]; 6] = [
    &[Element::Li],
    &[Element::Dt, Element::Dd],
    &[Element::Td, Element::Th],
    &[Element::Tr],
    &[Element::Thead, Element::Tbody, Element::Tfoot],
    &[Element::Rt, Element::Rp],
];

/// The elements that an end tag of an inline element, an item or a cell does not reach across.
const SCOPES: [Element; 22] = [
    Element::Article,
    Element::Aside,
    Element::Button,
    Element::Caption,
    Element::Dl,
    Element::Figure,
    Element::Footer,
    Element::Header,
    Element::Main,
    Element::Menu,
    Element::Nav,
    Element::Noscript,
    Element::Object,
    Element::Ol,
    Element::Section,
    Element::Select,
    Element::Svg,
    Element::Table,
    Element::Td,
    Element::Template,
    Element::Th,
    Element::Ul,
];

impl Element {
    /// Whether its end tag may be left out, because what follows ends it.
    pub fn ends_by_itself(self) -> bool {
        self == Self::P || SIBLINGS.iter().any(|group| group.contains(&self))
    }
}

/// How deep elements are followed; what nests deeper is read as if it did not nest.
const MAX_DEPTH: usize = 1 << 16;

/// No open element.
const NOWHERE: u32 = u32::MAX;

/// An element that is open.
#[derive(Clone, Copy, Debug)]
struct OpenElement {
    element: Element,
    /// Where the one of the same name stands that was opened before, and is still open.
    outer: u32,
    region: Option<u32>,
}

/// The stack of open elements.
#[derive(Debug)]
pub(super) struct Nesting {
    open: Vec<OpenElement>,
    innermost: [u32; Element::ALL.len()],
}

impl Nesting {
    /// Nothing open.
    pub fn new() -> Self {
        Self { open: Vec::new(), innermost: [NOWHERE; Element::ALL.len()] }
    }

    /// How many elements are open.
    pub fn depth(&self) -> usize {
        self.open.len()
    }

    /// Whether an element of this name is open.
    pub fn is_open(&self, element: Element) -> bool {
        self.place(element).is_some()
    }

    /// The region of the innermost open element of this name.
    pub fn region_of(&self, element: Element) -> Option<u32> {
        self.place(element).and_then(|at| self.open[at].region)
    }

    /// Opens an element; `region` names it for [`Self::close`]. An element that has no content is not opened.
    pub fn open(&mut self, element: Element, region: Option<u32>) {
        if element.role() == Role::Void || self.open.len() == MAX_DEPTH {
            return;
        }
        let at = u32::try_from(self.open.len()).expect("the depth is limited");
        let outer = std::mem::replace(&mut self.innermost[element as usize], at);
        self.open.push(OpenElement { element, outer, region });
    }

    /// Closes what cannot stay open when `element` opens.
    pub fn make_room(&mut self, element: Element) {
        if let Some(siblings) = SIBLINGS.iter().find(|group| group.contains(&element)) {
            let reach = self.scope_for(element);
            let open =
                siblings.iter().filter_map(|&sibling| self.place(sibling)).filter(|&at| at >= reach).min();
            if let Some(at) = open {
                self.truncate(at);
            }
        }
        let ends_paragraph = !matches!(element.role(), Role::Inline | Role::Dropped | Role::Void);
        if ends_paragraph && let Some(at) = self.place(Element::P).filter(|&at| at >= self.scope()) {
            self.truncate(at);
        }
    }

    /// Closes the innermost element of this name, with all that is open inside it, if its end tag reaches it;
    /// gives its region.
    pub fn close(&mut self, element: Element) -> Option<u32> {
        let bounded = matches!(element.role(), Role::Inline | Role::Line | Role::Cell | Role::Heading(_));
        let reach = match element {
            _ if bounded => self.scope_for(element),
            Element::P => self.scope(),
            _ => 0,
        };
        let at = self.place(element).filter(|&at| at >= reach)?;
        let region = self.open[at].region;
        self.truncate(at);
        region
    }

    /// Closes the innermost elements until `depth` are left.
    pub fn truncate(&mut self, depth: usize) {
        for closed in self.open.drain(depth.min(self.open.len())..).rev() {
            self.innermost[closed.element as usize] = closed.outer;
        }
    }

    fn place(&self, element: Element) -> Option<usize> {
        let at = self.innermost[element as usize];
        (at != NOWHERE).then_some(at as usize)
    }

    /// The depth behind the innermost scope.
    fn scope(&self) -> usize {
        self.innermost_of(&SCOPES)
    }

    /// The depth from which on an element of a list or a table is looked for: cells are no bound for the parts of
    /// their own table.
    fn scope_for(&self, element: Element) -> usize {
        match element {
            Element::Td | Element::Th | Element::Tr | Element::Thead | Element::Tbody | Element::Tfoot => {
                self.innermost_of(&[Element::Table])
            }
            _ => self.scope(),
        }
    }

    fn innermost_of(&self, elements: &[Element]) -> usize {
        elements.iter().filter_map(|&element| self.place(element)).map(|at| at + 1).max().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opened(elements: &[Element]) -> Nesting {
        let mut nesting = Nesting::new();
        for &element in elements {
            nesting.make_room(element);
            nesting.open(element, None);
        }
        nesting
    }

    #[test]
    fn items_cells_and_paragraphs_close_the_ones_before() {
        use Element::{B, Div, Li, P, Table, Td, Tr, Ul};
        assert_eq!(opened(&[Ul, Li, B, Li]).depth(), 2);
        assert_eq!(opened(&[Ul, Li, Ul, Li]).depth(), 4, "a list in a list's item");
        assert_eq!(opened(&[Table, Tr, Td, Td, Tr, Td]).depth(), 3);
        assert_eq!(opened(&[P, B, P]).depth(), 1);
        assert_eq!(opened(&[P, Div, P]).depth(), 2);
    }

    #[test]
    fn end_tags_close_what_is_open_inside_and_nothing_outside_their_reach() {
        use Element::{Article, B, Div, Nav, Span};
        let mut nesting = opened(&[Div, Nav, B]);
        nesting.close(Div);
        assert_eq!(nesting.depth(), 0);
        assert!(!nesting.is_open(Nav));
        let mut nesting = opened(&[B, Article]);
        nesting.close(B);
        assert_eq!(nesting.depth(), 2);
        nesting.close(Span);
        assert_eq!(nesting.depth(), 2);
    }

    #[test]
    fn depth_is_bounded_and_deep_nesting_closes_in_order() {
        let mut nesting = Nesting::new();
        for _ in 0..1_000_000 {
            nesting.make_room(Element::Div);
            nesting.open(Element::Div, None);
            nesting.close(Element::Span);
        }
        assert_eq!(nesting.depth(), MAX_DEPTH);
        for _ in 0..MAX_DEPTH {
            nesting.close(Element::Div);
        }
        assert_eq!(nesting.depth(), 0);
    }
}
