//! The comments on an xlsx workbook's cells, which stand in parts of their own.

use std::collections::HashMap;

use crate::extract::package::Package;
use crate::extract::xml_stream::Node;

/// The longest comment that is read, in bytes.
const MAX_COMMENT: usize = 64 << 10;

/// The comments of a workbook by the names of its sheets, and the row and column, both from 0, that they stand at.
pub(super) type Comments = HashMap<String, HashMap<(u32, u32), String>>;

/// Reads the comments of a workbook; those that cannot be read cost no more than themselves.
pub(super) fn read(package: &mut Package<'_>) -> Comments {
    let main = package.main_part("xl/workbook.xml");
    let sheets: HashMap<String, String> =
        package.relationships(&main).into_iter().map(|sheet| (sheet.id, sheet.target)).collect();
    let mut comments = Comments::new();
    for (name, id) in sheet_names(package, &main) {
        let Some(sheet) = sheets.get(&id) else { continue };
        for reference in package.relationships(sheet) {
            if reference.kind == "comments" {
                let of_sheet = read_part(package, &reference.target).unwrap_or_default();
                comments.entry(name.clone()).or_default().extend(of_sheet);
            }
        }
    }
    comments
}

/// The names of the sheets, with the names by which the workbook refers to their parts.
fn sheet_names(package: &mut Package<'_>, main: &str) -> Vec<(String, String)> {
    let mut names = Vec::new();
    let Ok(Some(mut xml)) = package.xml(main) else { return names };
    while let Ok(Some(node)) = xml.next() {
        if let Node::Open(tag) = node
            && tag.name() == "sheet"
        {
            names.extend(tag.attribute("name").zip(tag.prefixed_attribute("id")));
        }
    }
    names
}

fn read_part(package: &mut Package<'_>, part: &str) -> Option<HashMap<(u32, u32), String>> {
    let mut comments = HashMap::new();
    let mut xml = package.xml(part).ok()??;
    let mut place = None;
    while let Ok(Some(node)) = xml.next() {
        let Node::Open(tag) = node else { continue };
        match tag.name() {
            "comment" => place = tag.attribute("ref").as_deref().and_then(place_of),
            "rPh" => xml.skip().ok()?,
            "t" => {
                let text = xml.text(MAX_COMMENT).ok()?;
                if let Some(place) = place {
                    comments.entry(place).or_insert_with(String::new).push_str(&text);
                }
            }
            _ => {}
        }
    }
    Some(comments)
}

/// The row and the column, both from 0, of a reference such as `B3`.
fn place_of(reference: &str) -> Option<(u32, u32)> {
    let digits = reference.find(|c: char| c.is_ascii_digit())?;
    let (letters, row) = reference.split_at(digits);
    let column = letters.bytes().try_fold(0_u32, |column, letter| {
        let value = letter.to_ascii_uppercase().checked_sub(b'A').filter(|value| *value < 26)?;
        column.checked_mul(26)?.checked_add(u32::from(value) + 1)
    })?;
    Some((row.parse::<u32>().ok()?.checked_sub(1)?, column.checked_sub(1)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_name_rows_and_columns() {
        assert_eq!(place_of("A1"), Some((0, 0)));
        assert_eq!(place_of("XFD1048576"), Some((1_048_575, 16_383)));
        for none in ["", "A", "1", "A0", "é1", "ZZZZZZZZZ1", "A99999999999"] {
            assert_eq!(place_of(none), None, "{none}");
        }
    }
}
