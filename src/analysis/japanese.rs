//! Japanese: what of a word bears its meaning.
//!
//! A word is typed as `ミサイル警報`, and a text has `ミサイルの警報`. What bears meaning is written in Han characters or
//! Katakana; the Hiragana between are particles and endings. So where such a word is asked for, its runs of one script
//! must stand in the text, each as it is; the Hiragana need not.

use std::ops::Range;

use super::script::CharacterScript;

/// The runs of characters that a word in these scripts means, by their numbers.
///
/// A single character beside another run belongs to it (`対ミサイル`), and one that is all there is takes the Hiragana
/// behind it, else before it, since alone it says too little (`食べる`, `お茶`).
pub(super) fn parts(scripts: &[CharacterScript]) -> Vec<Range<usize>> {
    let mut parts: Vec<Range<usize>> = Vec::new();
    let mut start = 0;
    for run in scripts.chunk_by(|a, b| a == b) {
        let range = start..start + run.len();
        start = range.end;
        if run[0] == CharacterScript::Hiragana {
            continue;
        }
        match parts.last_mut() {
            Some(last) if last.end == range.start && (last.len() == 1 || range.len() == 1) => {
                last.end = range.end
            }
            _ => parts.push(range),
        }
    }
    match (parts.first(), parts.last()) {
        (Some(first), Some(last)) if parts.iter().all(|part| part.len() == 1) => {
            let all = first.start..last.end;
            parts.clear();
            parts.push(with_hiragana(all, scripts.len()));
        }
        (Some(_), _) => {}
        (None, _) => parts.push(0..scripts.len()),
    }
    parts
}

/// The Hiragana that other forms of a verb have behind its Han character, by the first one of the typed form: those of
/// its row, and what it becomes before `た`. Where it may be the whole of the stem (`見る`, `見た`), those behind it too.
pub(super) fn other_kana(first: &str) -> &'static str {
    match first {
        "か" | "き" | "く" | "け" | "こ" => "かきくけこいっ",
        "が" | "ぎ" | "ぐ" | "げ" | "ご" => "がぎぐげごい",
        "さ" | "し" | "す" | "せ" | "そ" => "さしすせそ",
        "た" | "ち" | "つ" | "て" | "と" => "たちつてとっるなま",
        "な" | "に" | "ぬ" | "ね" => "なにぬねんるたてま",
        "ば" | "び" | "ぶ" | "べ" | "ぼ" => "ばびぶべぼん",
        "ま" | "み" | "む" | "め" | "も" => "まみむめもんるたてな",
        "ら" | "り" | "る" | "れ" | "ろ" => "らりるれろったてなま",
        "わ" | "う" | "え" | "お" => "わいうえおっ",
        "い" => "いわうえおっくかけき",
        "っ" => "っるりらつちうい",
        "ん" => "んむみまぶびばめ",
        _ => "",
    }
}

/// A part with the character behind or before it, where it is only one.
fn with_hiragana(part: Range<usize>, len: usize) -> Range<usize> {
    match part.len() {
        1 if part.end < len => part.start..part.end + 1,
        1 => part.start.saturating_sub(1)..part.end,
        _ => part,
    }
}

#[cfg(test)]
mod tests {
    use super::super::script::character_script;
    use super::*;

    fn parts_of(word: &str) -> Vec<String> {
        let characters: Vec<char> = word.chars().collect();
        let scripts: Vec<_> = characters.iter().map(|&c| character_script(c)).collect();
        parts(&scripts).into_iter().map(|part| characters[part].iter().collect()).collect()
    }

    #[test]
    fn runs_of_one_script_are_what_is_meant() {
        assert_eq!(parts_of("ミサイル警報"), ["ミサイル", "警報"]);
        assert_eq!(parts_of("ミサイルの警報"), ["ミサイル", "警報"]);
        assert_eq!(parts_of("発射しました"), ["発射"]);
        assert_eq!(parts_of("東京都"), ["東京都"]);
        assert_eq!(parts_of("サーバー管理"), ["サーバー", "管理"]);
    }

    #[test]
    fn a_single_character_is_not_alone() {
        assert_eq!(parts_of("対ミサイル"), ["対ミサイル"]);
        assert_eq!(parts_of("ミサイル化した"), ["ミサイル化"]);
        assert_eq!(parts_of("食べる"), ["食べ"]);
        assert_eq!(parts_of("お茶"), ["お茶"]);
        assert_eq!(parts_of("木の葉"), ["木の葉"]);
        assert_eq!(parts_of("東京の駅"), ["東京", "駅"]);
    }

    #[test]
    fn what_is_all_hiragana_is_meant_as_it_stands() {
        assert_eq!(parts_of("ありがとう"), ["ありがとう"]);
    }
}
