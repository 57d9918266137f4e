//! The styles of a Word document, as far as they tell what a paragraph is.
//!
//! Word knows a heading by its style's name, which is English in every language that Word speaks, and by the outline
//! level that a style or a paragraph has; styles take over what the styles say that they are based on.

use std::collections::HashMap;

use crate::extract::flow::Shape;
use crate::extract::package::Package;
use crate::extract::xml_stream::{Node, Tag};

/// How many styles one may be based on, one upon the other.
const MAX_BASES: usize = 20;

/// The styles by their names in the document.
#[derive(Debug, Default)]
pub(super) struct Styles(HashMap<String, Style>);

/// What a style says.
#[derive(Clone, Debug, Default)]
struct Style {
    /// Its name as users see it, in lower case.
    name: String,
    /// The style that it is based on.
    base: Option<String>,
    /// The level of its headings, if it says anything of that.
    outline: Option<Option<u8>>,
    is_list: Option<bool>,
}

impl Styles {
    /// Reads the styles in this part; none where they cannot be read.
    pub fn read(package: &mut Package<'_>, part: &str) -> Self {
        let mut styles = HashMap::new();
        let mut current: Option<(String, Style)> = None;
        let Ok(Some(mut xml)) = package.xml(part) else { return Self::default() };
        while let Ok(Some(node)) = xml.next() {
            match node {
                Node::Open(tag) if tag.name() == "style" => {
                    current = tag.attribute("styleId").map(|id| (id, Style::default()));
                }
                Node::Open(tag) => {
                    if let Some((_, style)) = &mut current {
                        style.take(&tag);
                    }
                }
                Node::Close(name) if name == "style" => styles.extend(current.take()),
                Node::Close(_) | Node::Text(_) => {}
            }
        }
        Self(styles)
    }

    /// What a paragraph of the style `id` is.
    pub fn shape(&self, id: &str) -> Shape {
        let (mut level, mut is_item) = (None, None);
        let mut next = Some(id);
        for _ in 0..MAX_BASES {
            let Some(id) = next else { break };
            let Some(style) = self.0.get(id) else {
                level = level.or_else(|| heading_level(&id.to_lowercase()).map(Some));
                break;
            };
            if style.name.starts_with("toc ") || style.name.starts_with("contents ") {
                return Shape::LeftOut;
            }
            level = level.or_else(|| heading_level(&style.name).map(Some)).or(style.outline);
            is_item = is_item.or(style.is_list);
            next = style.base.as_deref();
        }
        match level.flatten() {
            Some(level) => Shape::Heading(level),
            None if is_item == Some(true) => Shape::Item,
            None => Shape::Plain,
        }
    }
}

impl Style {
    fn take(&mut self, tag: &Tag<'_>) {
        match tag.name() {
            "name" => self.name = tag.attribute("val").unwrap_or_default().to_lowercase(),
            "basedOn" => self.base = tag.attribute("val"),
            "outlineLvl" => self.outline = Some(outline_level(tag)),
            "numId" => self.is_list = Some(is_list(tag)),
            _ => {}
        }
    }
}

/// The level of a heading that an outline level stands for; `None` for that of plain text.
pub(super) fn outline_level(tag: &Tag<'_>) -> Option<u8> {
    let level = u8::try_from(tag.number("val")?).ok()?;
    (level < 9).then_some(level + 1)
}

/// Whether the number of a list names one.
pub(super) fn is_list(tag: &Tag<'_>) -> bool {
    tag.number("val") != Some(0)
}

/// The level of the headings of the style of this name, in lower case.
fn heading_level(name: &str) -> Option<u8> {
    if name == "title" {
        return Some(1);
    }
    let level = name.strip_prefix("heading")?.trim_start();
    level.parse().ok().filter(|level| (1..=9).contains(level))
}

#[cfg(test)]
mod tests {
    use super::super::super::package::tests::packed;
    use super::*;

    #[test]
    fn headings_are_known_by_name_outline_level_and_base() {
        let styles = "<w:styles><w:style w:styleId='1'><w:name w:val='heading 2'/><w:basedOn w:val='a'/></w:style>\
            <w:style w:styleId='My'><w:name w:val='My'/><w:basedOn w:val='1'/></w:style>\
            <w:style w:styleId='Out'><w:name w:val='개요'/><w:pPr><w:outlineLvl w:val='0'/></w:pPr></w:style>\
            <w:style w:styleId='Body'><w:name w:val='Body'/><w:basedOn w:val='Out'/><w:pPr><w:outlineLvl w:val='9'/></w:pPr></w:style>\
            <w:style w:styleId='L'><w:name w:val='List Bullet'/><w:pPr><w:numPr><w:numId w:val='3'/></w:numPr></w:pPr></w:style>\
            <w:style w:styleId='x'><w:name w:val='x'/><w:basedOn w:val='y'/></w:style>\
            <w:style w:styleId='y'><w:name w:val='y'/><w:basedOn w:val='x'/></w:style>\
            <w:style w:styleId='T'><w:name w:val='toc 1'/></w:style></w:styles>";
        let bytes = packed(&[("word/styles.xml", styles)]);
        let styles = Styles::read(&mut Package::open(&bytes, "test").expect("a package"), "word/styles.xml");
        let shapes = ["1", "My", "Out", "Body", "L", "x", "Heading3", "T"].map(|id| styles.shape(id));
        let heading = Shape::Heading;
        let expected =
            [heading(2), heading(2), heading(1), Shape::Plain, Shape::Item, Shape::Plain, heading(3)];
        assert_eq!(shapes[..7], expected);
        assert_eq!(shapes[7], Shape::LeftOut);
    }
}
