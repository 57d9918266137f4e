//! What control words mean that stand for something by themselves: where text belongs, characters, gaps, headings.

use crate::extract::compose::Gap;

/// Where a text belongs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Destination {
    /// The document's text.
    #[default]
    Body,
    /// A note to it.
    Note,
    /// Nowhere.
    Nowhere,
    /// What the document says of itself.
    Info,
    /// Its title.
    Title,
    /// Its author.
    Author,
    /// When it was made.
    Created,
    /// The table of fonts.
    Fonts,
    /// The table of styles.
    Styles,
}

impl Destination {
    /// The destination that a control word names, in a group of this one.
    pub fn named(self, word: &str) -> Option<Self> {
        Some(match (self, word) {
            (Self::Nowhere, _) => return None,
            (Self::Info, "title") => Self::Title,
            (Self::Info, "author") => Self::Author,
            (Self::Info, "creatim") => Self::Created,
            (_, "info") => Self::Info,
            (_, "fonttbl") => Self::Fonts,
            (_, "stylesheet") => Self::Styles,
            (_, "footnote") => Self::Note,
            (
                _,
                "colortbl" | "pict" | "fldinst" | "xe" | "tc" | "rxe" | "listtext" | "pntext" | "nonshppict"
                | "shprslt" | "sp" | "annotation" | "generator" | "filetbl" | "revtbl" | "listtable"
                | "listoverridetable" | "header" | "headerl" | "headerr" | "headerf" | "footer" | "footerl"
                | "footerr" | "footerf",
            ) => Self::Nowhere,
            _ => return None,
        })
    }
}

/// The character that a control word stands for.
pub(super) fn character_named(word: &str) -> Option<&'static str> {
    Some(match word {
        "emdash" => "—",
        "endash" => "–",
        "lquote" => "‘",
        "rquote" => "’",
        "ldblquote" => "“",
        "rdblquote" => "”",
        "bullet" => "•",
        _ => return None,
    })
}

/// The gap that a control word stands for.
pub(super) fn gap_named(word: &str) -> Option<Gap> {
    Some(match word {
        "line" | "softline" | "lbr" => Gap::Line,
        "tab" | "emspace" | "enspace" | "qmspace" => Gap::Space,
        "column" => Gap::Block,
        _ => return None,
    })
}

/// The outline level of a style that is a heading by its name, in the languages of Office that are met most.
pub(super) fn outline_of_name(name: &str) -> Option<u8> {
    let name = name.trim().trim_end_matches(';').trim_end().to_lowercase();
    let words =
        ["heading ", "제목 ", "見出し ", "überschrift ", "titre ", "título ", "titolo ", "标题 ", "標題 "];
    let number = words.iter().find_map(|word| name.strip_prefix(word))?;
    let level: u8 = number.trim().parse().ok()?;
    (1..=9).contains(&level).then(|| level - 1)
}
