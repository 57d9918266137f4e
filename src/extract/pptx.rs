//! PPTX: the slides of a presentation in the order in which they are shown, hidden ones among them.
//!
//! A slide's text is that of its shapes in their order, with its title first, and that of its diagrams and its
//! speaker's notes behind it. Slide numbers, dates and footers are left out.

use std::collections::HashMap;

use super::compose::Composition;
use super::faults::{MAX_TEXT, too_long};
use super::flow::{Flow, Shape};
use super::package::Package;
use super::slide::{Part, Slide};
use super::xml_stream::{Node, Tag, XmlStream};
use super::{ExtractError, Extracted, extracted};

/// What errors call these sources.
const KIND: &str = "PowerPoint presentation";

/// Extracts what a presentation holds.
pub(super) fn extract(bytes: &[u8]) -> Result<Extracted, ExtractError> {
    let mut package = Package::open(bytes, KIND)?;
    let facts = package.core_facts();
    let main = package.main_part("ppt/presentation.xml");
    let order = slide_ids(package.required_xml(&main)?)?;
    let references = package.relationships(&main);
    let slides = references.into_iter().filter(|reference| reference.kind == "slide");
    let mut parts: HashMap<String, String> = slides.map(|slide| (slide.id, slide.target)).collect();
    let mut out = Composition::default();
    for (id, number) in order.iter().zip(1..) {
        if let Some(part) = parts.remove(id) {
            read_slide(&mut package, &part, number)?.write(&mut out);
        }
        if out.len() > MAX_TEXT {
            return Err(too_long(KIND));
        }
    }
    Ok(extracted(facts, out.finish()))
}

/// The names by which a presentation refers to its slides, in order.
fn slide_ids(mut xml: XmlStream<'_>) -> Result<Vec<String>, ExtractError> {
    let mut ids = Vec::new();
    while let Some(node) = xml.next()? {
        if let Node::Open(tag) = node
            && tag.name() == "sldId"
        {
            ids.extend(tag.prefixed_attribute("id"));
        }
    }
    Ok(ids)
}

/// Reads a slide with what belongs to it. Diagrams and notes that cannot be read cost no more than themselves.
fn read_slide(package: &mut Package<'_>, part: &str, number: u32) -> Result<Slide, ExtractError> {
    let mut slide = Slide::new(number);
    if let Some(xml) = package.xml(part)? {
        read_shapes(xml, &mut slide, Part::Body)?;
    }
    for reference in package.relationships(part) {
        let kind = match reference.kind.as_str() {
            "diagramData" => Part::Body,
            "notesSlide" => Part::Notes,
            _ => continue,
        };
        slide.begin(kind);
        if let Ok(Some(xml)) = package.xml(&reference.target) {
            read_shapes(xml, &mut slide, kind).ok();
        }
        if kind == Part::Notes {
            slide.end_notes();
        }
    }
    Ok(slide)
}

/// Adds to a slide the text of the shapes in one of its parts.
fn read_shapes(mut xml: XmlStream<'_>, slide: &mut Slide, part: Part) -> Result<(), ExtractError> {
    let mut shapes = Shapes { slide, part, flow: Flow::default(), in_text: false, is_left_out: false };
    while let Some(node) = xml.next()? {
        match node {
            Node::Open(tag) if tag.name() == "Fallback" => xml.skip()?,
            Node::Open(tag) => shapes.begin(&tag),
            Node::Close(name) => shapes.end(&name),
            Node::Text(text) if shapes.in_text => shapes.flow.push(&text),
            Node::Text(_) => {}
        }
    }
    Ok(())
}

/// The shapes of a part that is being read.
struct Shapes<'a> {
    slide: &'a mut Slide,
    part: Part,
    flow: Flow,
    in_text: bool,
    /// Whether the shape holds what is left out: a number, a date, a footer.
    is_left_out: bool,
}

impl Shapes<'_> {
    fn begin(&mut self, tag: &Tag<'_>) {
        match tag.name() {
            "sp" | "graphicFrame" | "pic" => self.begin_shape(None),
            "ph" => self.begin_shape(tag.attribute("type").as_deref()),
            "tr" => self.flow.begin(Shape::Row),
            "tc" => self.flow.begin(Shape::Cell),
            "p" => self.flow.begin(if self.is_left_out { Shape::LeftOut } else { Shape::Plain }),
            "t" => self.in_text = true,
            "br" => self.flow.push("\n"),
            "tab" => self.flow.push(" "),
            _ => {}
        }
    }

    /// Begins a shape, or learns what kind of placeholder the one is that has begun.
    fn begin_shape(&mut self, placeholder: Option<&str>) {
        self.is_left_out = matches!(placeholder, Some("sldNum" | "dt" | "ftr" | "hdr" | "sldImg"));
        let is_title = matches!(placeholder, Some("title" | "ctrTitle"));
        self.slide.begin(if is_title { Part::Title } else { self.part });
    }

    fn end(&mut self, name: &str) {
        match name {
            "t" => self.in_text = false,
            "tr" | "tc" | "p" => {
                if let Some(block) = self.flow.end() {
                    self.slide.add(block);
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::laws::placed;
    use super::super::package::tests::packed;
    use super::*;

    /// A shape of these paragraphs, a placeholder of this kind.
    fn shape(kind: &str, paragraphs: &[&str]) -> String {
        let text: String =
            paragraphs.iter().map(|text| format!("<a:p><a:r><a:t>{text}</a:t></a:r></a:p>")).collect();
        format!(
            "<p:sp><p:nvSpPr><p:nvPr><p:ph type='{kind}'/></p:nvPr></p:nvSpPr><p:txBody>{text}</p:txBody></p:sp>"
        )
    }

    fn presentation() -> Vec<u8> {
        let slides = "<Relationships><Relationship Id='r1' Type='x/slide' Target='slides/a.xml'/>\
            <Relationship Id='r2' Type='x/slide' Target='/ppt/slides/b.xml'/></Relationships>";
        let notes = "<Relationships><Relationship Id='r1' Type='x/notesSlide' Target='../notes/n.xml'/></Relationships>";
        let table = "<p:graphicFrame><a:tbl><a:tr><a:tc><a:txBody><a:p><a:r><a:t>x</a:t></a:r></a:p></a:txBody></a:tc>\
            <a:tc><a:p><a:r><a:t>y</a:t></a:r></a:p></a:tc></a:tr></a:tbl></p:graphicFrame>";
        let first =
            format!("<p:sld>{}{}{table}</p:sld>", shape("body", &["One", "Two"]), shape("title", &["Head"]));
        let second =
            format!("<p:sld>{}{}</p:sld>", shape("sldNum", &["2"]), shape("body", &["Untitled text"]));
        packed(&[
            (
                "ppt/presentation.xml",
                "<p:presentation><p:sldIdLst><p:sldId id='256' r:id='r2'/><p:sldId id='257' r:id='r1'/></p:sldIdLst></p:presentation>",
            ),
            ("ppt/_rels/presentation.xml.rels", slides),
            ("ppt/slides/a.xml", &second),
            ("ppt/slides/b.xml", &first),
            ("ppt/slides/_rels/b.xml.rels", notes),
            (
                "ppt/notes/n.xml",
                &format!("<p:notes>{}{}</p:notes>", shape("sldNum", &["1"]), shape("body", &["Say this"])),
            ),
        ])
    }

    #[test]
    fn slides_come_in_the_order_of_the_presentation_with_their_notes() {
        let extracted = extract(&presentation()).expect("a presentation");
        assert_eq!(extracted.text, "Head\n\nOne\nTwo\n\nx | y\n\nSay this\n\nUntitled text");
        assert_eq!(placed(&extracted, "Say this"), "slide 1");
        assert_eq!(placed(&extracted, "Untitled"), "slide 2");
        assert_eq!(extracted.facts.title.as_deref(), Some("Head"));
        assert_eq!(extracted.sections.len(), 2, "a slide without a title is under no other's");
    }

    #[test]
    fn what_is_no_presentation_is_malformed() {
        let error = extract(&packed(&[("a", "b")])).expect_err("no presentation").to_string();
        assert_eq!(error, "not a readable PowerPoint presentation: it has no ppt/presentation.xml");
    }
}
