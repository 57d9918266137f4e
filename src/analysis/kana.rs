//! Marks that stand for a character: what the marks of repetition repeat, and long-vowel marks that may be missing.

use super::fold::{KATAKANA_DISTANCE, fold, fold_into};
use super::script::{CharacterScript, character_script};

/// How many marks of repetition may stand in a row.
const MOST_MARKS: usize = 4;

/// How many Katakana stand before a long-vowel mark that may be missing.
const KATAKANA_LEFT: usize = 3;

/// Puts what a mark of repetition stands for, folded, into `folded`; false where `mark` is none, or repeats nothing.
///
/// `before` and `after` are the texts around it. `々` and `〻` repeat an ideograph, and two of them two (`馬鹿々々しい`);
/// `ゝ` and `ヽ` repeat a kana, `ゞ` and `ヾ` voice it.
pub(super) fn unfold(before: &str, mark: char, after: &str, folded: &mut String) -> bool {
    match mark {
        '々' | '〻' => repeated_han(before, after).is_some_and(|c| {
            fold_into(c.encode_utf8(&mut [0; 4]), folded);
            true
        }),
        'ゝ' | 'ヽ' | 'ゞ' | 'ヾ' => repeated_kana(before).is_some_and(|c| {
            fold_into(c.encode_utf8(&mut [0; 4]), folded);
            if matches!(mark, 'ゞ' | 'ヾ') {
                voice(folded);
            }
            true
        }),
        _ => false,
    }
}

fn repeated_han(before: &str, after: &str) -> Option<char> {
    let is_mark = |c: &char| matches!(c, '々' | '〻');
    let marks_before = before.chars().rev().take(MOST_MARKS).take_while(is_mark).count();
    let marks = marks_before + 1 + after.chars().take(MOST_MARKS).take_while(is_mark).count();
    if marks > MOST_MARKS {
        return None;
    }
    let repeated = before.chars().rev().skip(marks_before).take(marks);
    let is_han = |c: char| !is_mark(&c) && character_script(c) == CharacterScript::Han;
    let all_han = repeated.clone().filter(|&c| is_han(c)).count() == marks;
    repeated.clone().nth(marks - 1 - marks_before).filter(|_| all_han)
}

fn repeated_kana(before: &str) -> Option<char> {
    let last = before.chars().rev().take(MOST_MARKS).find(|c| !matches!(c, 'ゝ' | 'ヽ' | 'ゞ' | 'ヾ'))?;
    matches!(last, 'ぁ'..='ゖ' | 'ァ'..='ヺ').then_some(last)
}

/// Voices a folded kana, if it can be.
fn voice(folded: &mut String) {
    let voiced = fold(&format!("{folded}\u{3099}"));
    if voiced.chars().nth(1).is_none() {
        *folded = voiced;
    }
}

/// A folded word with its Katakana in Hiragana, where there are such.
pub(super) fn hiragana(term: &str) -> String {
    let other = |c: char| match c {
        'ァ'..='ヶ' | 'ヽ' | 'ヾ' => char::from_u32(u32::from(c) - KATAKANA_DISTANCE).unwrap_or(c),
        _ => c,
    };
    term.chars().map(other).collect()
}

/// The length of a long-vowel mark at the start of `rest` that may be missing, as in `サーバー` and `サーバ`: it ends a
/// word of which so many Katakana stand before it.
pub(super) fn silent_mark_len(katakana: usize, rest: &str) -> usize {
    let mut characters = rest.chars();
    let Some(mark) = characters.next().filter(|&c| matches!(c, 'ー' | 'ｰ')) else { return 0 };
    let ends = characters.next().is_none_or(|c| character_script(c) != CharacterScript::Katakana);
    if katakana >= KATAKANA_LEFT && ends { mark.len_utf8() } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::super::tokens;

    fn joined(text: &str) -> String {
        tokens(text).into_iter().map(|token| token.term).collect()
    }

    #[test]
    fn marks_of_repetition_are_what_they_repeat() {
        for (written, same) in [
            ("人々", "人人"),
            ("国々の", "国国の"),
            ("馬鹿々々しい", "馬鹿馬鹿しい"),
            ("複々線", "複複線"),
            ("こゝろ", "こころ"),
            ("いすゞ", "いすず"),
            ("ハヽ", "ハハ"),
            ("ガヾ", "ガガ"),
        ] {
            assert_eq!(joined(written), joined(same), "{written}");
        }
        for alone in ["々", "a々", "の々", "ゝ", "人々々々々々", "人 ゝ"] {
            assert!(joined(alone).contains(['々', 'ヽ']), "{alone}");
        }
    }

    #[test]
    fn the_long_vowel_mark_at_the_end_of_a_word_may_be_missing() {
        for (long, short) in
            [("サーバーの", "サーバの"), ("ｻｰﾊﾞｰ", "サーバ"), ("コンピューター室", "コンピュータ室")]
        {
            assert_eq!(joined(long), joined(short));
        }
        for (long, short) in
            [("コピー", "コピ"), ("サーバー", "サバー"), ("らーめん", "らめん"), ("バー", "バ")]
        {
            assert_ne!(joined(long), joined(short));
        }
        let spans: Vec<_> = tokens("サーバー機").into_iter().map(|token| token.span).collect();
        assert_eq!(spans, [0..3, 3..6, 6..12, 12..15], "the mark belongs to the character before it");
    }
}
