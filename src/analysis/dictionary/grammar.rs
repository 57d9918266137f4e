//! What a dictionary says of a word, and what that makes of it: a word that is looked for by its base form, a part of one
//! before it, or nothing.
//!
//! | | Japanese (ipadic, UniDic) | Korean (ko-dic) | Chinese (CC-CEDICT, jieba) |
//! |---|---|---|---|
//! | word | nouns, adverbs, interjections | `NNG`, `NNP`, `XR`, `MAG` | two characters and more |
//! | word with endings | verbs, adjectives | `VV`, `VA` | |
//! | ending | auxiliaries, `て`, helping verbs | `E…`, `VX`, `VCP`, `VCN`, `XSV`, `XSA` | |
//! | grammar | particles, `こと`, `する`, `ある` | `J…`, `NNB`, `NP`, `하다`, `있다` | |
//! | other | prefixes, suffixes, numbers, pronouns | `XPN`, `XSN`, `NR` | one character |

use super::Tongue;

/// Japanese words that stand in any text.
const LIGHT_JAPANESE: &[&str] =
    &["する", "ある", "いる", "なる", "できる", "ない", "為る", "有る", "居る", "成る", "出来る", "無い"];

/// Korean verbs that stand in any text, by their stems.
const LIGHT_KOREAN: &[&str] = &["하", "되", "있", "이"];

/// Japanese particles that belong to the verb before them.
const JAPANESE_ENDINGS: &[&str] = &["て", "で", "ちゃ", "じゃ", "ば", "たり", "だり", "つつ", "ながら"];

/// What a piece of a run is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// A word that has no endings.
    Word,
    /// A word that may have endings behind it.
    Inflected,
    /// An ending.
    Ending,
    /// It only says how words stand in their sentence.
    Grammar,
    /// It bears meaning as a part of words, not as one.
    Other,
}

/// Which of the fields that a dictionary has of a word tell what it is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Grammar {
    pub(super) tongue: Tongue,
    /// The part of speech.
    class: usize,
    /// The base form; of Korean, the parts that the word consists of.
    base: usize,
}

/// How many fields of each word stand before those that are given with it.
const OWN_FIELDS: usize = 4;

impl Grammar {
    /// The grammar of a dictionary whose words have these fields, if it tells what is needed.
    pub(super) fn of(fields: &[String]) -> Option<Self> {
        let at = |name: &str| fields.iter().position(|field| field == name)?.checked_sub(OWN_FIELDS);
        let of = |tongue, class: &str, base: &str| Some(Self { tongue, class: at(class)?, base: at(base)? });
        of(Tongue::Japanese, "part_of_speech", "base_form")
            .or_else(|| of(Tongue::Japanese, "part_of_speech", "orthographic_base_form"))
            .or_else(|| of(Tongue::Korean, "part_of_speech_tag", "expression"))
            .or_else(|| of(Tongue::Chinese, "part_of_speech", "simplified"))
    }

    /// Gives what a piece of a run is, with its base form and, where it is a part of the piece, how long that part is.
    pub(super) fn read(&self, surface: &str, details: &[&str], take: &mut dyn FnMut(Piece)) {
        let field = |at: usize| details.get(at).copied().filter(|value| !value.is_empty() && *value != "*");
        let class = field(self.class).unwrap_or_default();
        let base = field(self.base);
        match self.tongue {
            Tongue::Japanese => {
                let base = base.unwrap_or(surface);
                let role = japanese(class, field(self.class + 1).unwrap_or_default(), base);
                take(Piece { role, base: base.to_owned(), part: None });
            }
            Tongue::Chinese => {
                let role = if surface.chars().nth(1).is_some() { Role::Word } else { Role::Other };
                take(Piece { role, base: base.unwrap_or(surface).to_owned(), part: None });
            }
            Tongue::Korean => korean(surface, class, base, take),
        }
    }
}

/// A piece of a run, or a part of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    pub(super) role: Role,
    pub(super) base: String,
    /// How many bytes of the surface it has, where it has not all of it.
    pub(super) part: Option<usize>,
}

fn japanese(class: &str, subclass: &str, base: &str) -> Role {
    match (class, subclass) {
        ("名詞", "非自立" | "特殊" | "引用文字列") => Role::Grammar,
        ("名詞", "動詞非自立的") | ("助動詞", _) => Role::Ending,
        ("名詞", "接尾" | "数" | "数詞" | "代名詞" | "接続詞的") => Role::Other,
        ("名詞" | "副詞" | "感動詞" | "形状詞", _) => Role::Word,
        ("動詞" | "形容詞", "自立" | "一般" | "非自立可能") => {
            match LIGHT_JAPANESE.contains(&base) {
                true => Role::Grammar,
                false => Role::Inflected,
            }
        }
        ("動詞" | "形容詞", _) => Role::Ending,
        ("助詞", _) if JAPANESE_ENDINGS.contains(&base) => Role::Ending,
        ("助詞" | "連体詞" | "接続詞" | "フィラー", _) => Role::Grammar,
        _ => Role::Other,
    }
}

/// A Korean word, which may be several with their endings: `먹/VV/*+었/EP/*` of `먹었`.
fn korean(surface: &str, class: &str, expression: Option<&str>, take: &mut dyn FnMut(Piece)) {
    let Some(expression) = expression.filter(|expression| expression.contains('/')) else {
        // Of an unknown word the dictionary has no class.
        let class = class.split('+').next().unwrap_or_default();
        return take(korean_piece(surface, class, None));
    };
    let parts = || {
        expression.split('+').filter_map(|part| {
            let mut fields = part.split('/');
            Some((fields.next()?, fields.next()?))
        })
    };
    let is_joined = parts().map(|(part, _)| part).collect::<String>() == surface;
    for (part, class) in parts() {
        take(korean_piece(part, class, is_joined.then_some(part.len())));
    }
}

fn korean_piece(surface: &str, class: &str, part: Option<usize>) -> Piece {
    let role = match class {
        "VV" | "VA" if LIGHT_KOREAN.contains(&surface) => Role::Grammar,
        "VV" | "VA" => Role::Inflected,
        "NNG" | "NNP" | "XR" | "MAG" | "SH" | "UNKNOWN" | "" => Role::Word,
        "VX" | "VCP" | "VCN" | "XSV" | "XSA" => Role::Ending,
        "NNB" | "NNBC" | "NP" | "MM" | "MAJ" | "IC" => Role::Grammar,
        class if class.starts_with('E') => Role::Ending,
        class if class.starts_with('J') => Role::Grammar,
        _ => Role::Other,
    };
    // As dictionaries have them: a stem alone may be another word.
    let base = if role == Role::Inflected { format!("{surface}다") } else { surface.to_owned() };
    Piece { role, base, part }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_meaning_are_told_from_grammar() {
        for (class, subclass, base, role) in [
            ("動詞", "自立", "食べる", Role::Inflected),
            ("動詞", "自立", "する", Role::Grammar),
            ("動詞", "接尾", "られる", Role::Ending),
            ("名詞", "固有名詞", "日本", Role::Word),
            ("名詞", "接尾", "都", Role::Other),
            ("名詞", "非自立", "こと", Role::Grammar),
            ("助詞", "接続助詞", "て", Role::Ending),
            ("助詞", "格助詞", "が", Role::Grammar),
            ("接頭詞", "名詞接続", "お", Role::Other),
        ] {
            assert_eq!(japanese(class, subclass, base), role, "{base}");
        }
    }

    #[test]
    fn korean_words_are_taken_apart_by_their_expressions() {
        let pieces = |surface: &str, class: &str, expression: Option<&str>| {
            let mut pieces = Vec::new();
            korean(surface, class, expression, &mut |piece| {
                pieces.push((piece.role, piece.base, piece.part))
            });
            pieces
        };
        assert_eq!(
            pieces("미사일경보", "NNG", Some("미사일/NNG/*+경보/NNG/*")),
            [(Role::Word, "미사일".to_owned(), Some(9)), (Role::Word, "경보".to_owned(), Some(6))]
        );
        assert_eq!(
            pieces("걸었", "VV+EP", Some("걷/VV/*+었/EP/*")),
            [(Role::Inflected, "걷다".to_owned(), None), (Role::Ending, "었".to_owned(), None)]
        );
        assert_eq!(pieces("를", "JKO", None), [(Role::Grammar, "를".to_owned(), None)]);
        assert_eq!(
            pieces("가", "VV+EC", Some("*/")),
            [(Role::Word, "*".to_owned(), None)],
            "whatever it says"
        );
    }

    #[test]
    fn a_dictionary_without_base_forms_has_no_grammar() {
        let fields = |names: &[&str]| names.iter().map(ToString::to_string).collect::<Vec<_>>();
        let own = ["surface", "left_context_id", "right_context_id", "cost"];
        let with =
            |more: &[&str]| Grammar::of(&fields(&[&own[..], more].concat())).map(|grammar| grammar.tongue);
        assert_eq!(with(&["part_of_speech", "base_form"]), Some(Tongue::Japanese));
        assert_eq!(with(&["part_of_speech_tag", "expression"]), Some(Tongue::Korean));
        assert_eq!(with(&["part_of_speech", "pinyin", "simplified"]), Some(Tongue::Chinese));
        assert_eq!(with(&["part_of_speech", "reading"]), None);
        assert_eq!(
            Grammar::of(&fields(&["part_of_speech", "base_form"])).map(|grammar| grammar.tongue),
            None
        );
    }
}
