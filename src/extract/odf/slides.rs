//! Presentations: the text of each page, its speaker's notes behind it.

use super::{begin, is_about_comment, is_block, is_left_out};
use crate::extract::ExtractError;
use crate::extract::compose::Composition;
use crate::extract::flow::Flow;
use crate::extract::slide::{Part, Slide};
use crate::extract::xml_stream::{Node, Tag, XmlStream};

/// Writes the slides of a stream to `out`.
pub(super) fn read(mut xml: XmlStream<'_>, out: &mut Composition) -> Result<(), ExtractError> {
    let mut flow = Flow::default();
    let mut slides = 0;
    let mut slide: Option<Slide> = None;
    while let Some(node) = xml.next()? {
        match node {
            Node::Open(tag) if is_left_out(&tag) || is_about_comment(&tag) || is_furniture(&tag) => {
                xml.skip()?
            }
            Node::Open(tag) => {
                if tag.qualified_name() == "draw:page" {
                    slides += 1;
                    slide = Some(Slide::new(slides));
                }
                if let Some(slide) = &mut slide {
                    begin_part(&tag, slide);
                }
                begin(&tag, &mut flow, false);
            }
            Node::Close(name) if is_block(&name) => {
                if let (Some(block), Some(slide)) = (flow.end(), &mut slide) {
                    slide.add(block);
                }
            }
            Node::Close(name) if name == "page" => {
                if let Some(slide) = slide.take() {
                    slide.write(out);
                }
            }
            Node::Close(name) => {
                if let (true, Some(slide)) = (name == "notes", &mut slide) {
                    slide.end_notes();
                }
            }
            Node::Text(text) => flow.push_flowing(&text),
        }
    }
    Ok(())
}

fn begin_part(tag: &Tag<'_>, slide: &mut Slide) {
    match tag.qualified_name() {
        "presentation:notes" => slide.begin(Part::Notes),
        "draw:frame" | "draw:custom-shape" => {
            let is_title = tag.attribute("class").is_some_and(|class| class == "title");
            slide.begin(if is_title { Part::Title } else { Part::Body });
        }
        _ => {}
    }
}

/// Whether an element is the date, the number or the footer of a slide.
fn is_furniture(tag: &Tag<'_>) -> bool {
    const CLASSES: [&str; 4] = ["header", "footer", "date-time", "page-number"];
    let is_shape = matches!(tag.qualified_name(), "draw:frame" | "draw:custom-shape");
    let is_declaration = tag.qualified_name().starts_with("presentation:") && tag.name().ends_with("-decl");
    is_declaration
        || (is_shape && tag.attribute("class").is_some_and(|class| CLASSES.contains(&class.as_str())))
}
