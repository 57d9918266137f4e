//! Korean: where the ending of a word begins.
//!
//! Particles (조사) and endings (어미) are written to the word that they belong to: `미사일을`, `북한의`, `발사했다`. They say
//! how a word stands in its sentence and not what it means, so where the word is asked for, the ending may be another.
//! No dictionary is needed for that: a list of endings is taken off, the longest first, as long as two syllables
//! remain, and then the particles that stand before others (`학생들에게는`). What some particles look like tells whether
//! the syllable before them has a final consonant, which keeps `마을` and `가을` whole.

/// How many syllables an ending must leave, lest a word like `회의` be taken for one with an ending.
const SYLLABLES_LEFT: usize = 2;

/// The endings but for those of verbs.
const ENDINGS: &[&str] = &[
    "에게서",
    "이라는",
    "이라고",
    "으로서",
    "으로써",
    "이었던",
    "였으며",
    "인가요",
    "입니다",
    "이었다",
    "였습니다",
    "이지만",
    "으로는",
    "으로도",
    "으로의",
    "으로부터",
    "으로",
    "에서",
    "에게",
    "까지",
    "부터",
    "이란",
    "라는",
    "이라",
    "라고",
    "라도",
    "로서",
    "로써",
    "로부터",
    "에는",
    "에도",
    "에만",
    "로는",
    "로도",
    "처럼",
    "보다",
    "이나",
    "이며",
    "였던",
    "였다",
    "이다",
    "들은",
    "들이",
    "들을",
    "들의",
    "마다",
    "조차",
    "마저",
    "밖에",
    "께서",
    "한테",
    "이자",
    "로의",
    "와의",
    "과의",
    "와는",
    "과는",
    "인가",
    "일까",
    "은가",
    "는가",
    "이는",
    "이를",
    "은",
    "는",
    "이",
    "가",
    "을",
    "를",
    "에",
    "의",
    "와",
    "과",
    "도",
    "로",
    "란",
    "며",
    "들",
    "께",
];

/// Particles that other particles may follow.
const INNER: &[&str] = &["에서", "에게", "으로", "까지", "부터", "께서", "한테", "조차", "마저", "들"];

/// Endings that hardly any word ends in by itself, so that one syllable before them will do.
const CLEAR: &[&str] =
    &["은", "는", "을", "를", "에", "에서", "에게", "으로", "까지", "부터", "에는", "에도"];

/// Endings that no word ends in by itself, names included (`김정은`).
const SURE: &[&str] = &["는", "을", "를", "의", "에", "에서", "에게", "으로", "까지", "부터"];

/// Forms of the verbs 하다 and 되다, which make a verb of a noun: how they begin, and how they go on.
const VERBS: &[(&[&str], &[&str])] = &[
    (
        &["하", "되"],
        &[
            "다", "는", "고", "며", "면", "여", "어", "지", "기", "게", "던", "자", "니", "려", "려고",
            "려는", "도록", "면서", "지만", "는데", "므로", "기로", "여서", "여야", "어서", "어야",
        ],
    ),
    (
        &["했", "됐", "하였", "되었"],
        &["다", "고", "으며", "으나", "던", "지만", "는데", "습니다", "다고", "다는", "을", "기"],
    ),
    (&["한", "된"], &["", "다", "다고", "다는", "다면", "다며"]),
    (&["할", "될"], &["", "지", "까"]),
    (&["합", "됩"], &["니다", "니까"]),
    (&["해", "돼"], &["서", "야"]),
];

/// Words that only seem to have an ending, and that mean something else without it.
const WHOLE: &[&str] = &[
    "김정은",
    "남북한",
    "고양이",
    "원숭이",
    "호랑이",
    "어린이",
    "고속도로",
    "제주도",
    "강원도",
    "경기도",
    "전라도",
    "경상도",
    "충청도",
    "신뢰도",
    "만족도",
    "난이도",
    "전문의",
    "민주주의",
    "사회주의",
    "공산주의",
    "정신과",
];

/// What counts as counting something: behind digits alone they are no particles (`35도`, `종로3가`).
const UNITS: &[&str] = &["도", "과", "가"];

/// The syllables, ordered so that each [`FINALS`] of them differ in their final consonant only, none first.
const SYLLABLES: std::ops::RangeInclusive<u32> = 0xac00..=0xd7a3;
const FINALS: u32 = 28;

/// The number of the final consonant ㄹ, which some particles take for none.
const RIEUL: u32 = 8;

/// What stands before Hangul without a space between.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Before {
    /// Nothing: the word begins.
    Nothing,
    /// Letters, or characters of another script.
    Letters,
    /// Digits.
    Digits,
}

/// Where the ending of a word starts, in bytes of its Hangul; the length of that where it has none.
///
/// What is written to a word of another script may be all ending: of `NATO에서` it starts at the first syllable, of
/// `2023년에` at the second.
pub fn ending_start(hangul: &str, before: Before) -> usize {
    let kept = kept(hangul);
    let verbs = VERBS.iter().flat_map(|(heads, tails)| {
        heads
            .iter()
            .flat_map(|head| tails.iter().map(move |tail| hangul.strip_suffix(tail)?.strip_suffix(head)))
    });
    let verbs = verbs.map(|stem| stem.filter(|stem| leaves(stem, SYLLABLES_LEFT, before)));
    let others = ENDINGS.iter().map(|ending| stem(hangul, ending, before));
    let stems = others.chain(verbs).flatten().filter(|stem| stem.len() >= kept);
    let Some(mut rest) = stems.min_by_key(|stem| stem.len()) else { return hangul.len() };
    while let Some(shorter) = INNER.iter().find_map(|inner| stem(rest, inner, before))
        && shorter.len() >= kept
    {
        rest = shorter;
    }
    rest.len()
}

/// Where the particle of a word starts as [`ending_start`] has it, but only such a one as no word means anything else by.
pub fn sure_ending_start(hangul: &str, before: Before) -> usize {
    let kept = kept(hangul);
    let stems = SURE.iter().filter_map(|ending| stem(hangul, ending, before));
    stems.map(str::len).filter(|&len| len >= kept).min().unwrap_or(hangul.len())
}

/// How much of a word is no ending, whatever it looks like.
fn kept(word: &str) -> usize {
    let ends = WHOLE.iter().filter_map(|whole| Some(word.rfind(whole)? + whole.len()));
    ends.max().unwrap_or_default()
}

/// A word without an ending of the list, if it may have it.
fn stem<'w>(word: &'w str, ending: &str, before: Before) -> Option<&'w str> {
    let stem = word.strip_suffix(ending)?;
    let left = if CLEAR.contains(&ending) { 1 } else { SYLLABLES_LEFT };
    let counts = before == Before::Digits && stem.is_empty() && UNITS.contains(&ending);
    (leaves(stem, left, before) && fits(stem, ending) && !counts).then_some(stem)
}

/// Whether so many syllables are left, which is asked for only where nothing stands before them.
fn leaves(stem: &str, syllables: usize, before: Before) -> bool {
    before != Before::Nothing || stem.chars().nth(syllables - 1).is_some()
}

/// Whether an ending has the form that it takes behind the last syllable of a stem.
fn fits(stem: &str, ending: &str) -> bool {
    let Some(last) = stem.chars().next_back().map(u32::from).filter(|last| SYLLABLES.contains(last)) else {
        return true;
    };
    let last = (last - SYLLABLES.start()) % FINALS;
    match ending {
        "은" | "이" | "을" | "과" => last != 0,
        "는" | "가" | "를" | "와" | "란" | "며" => last == 0,
        "으로" => last != 0 && last != RIEUL,
        "로" | "로는" | "로도" | "로의" | "로서" | "로써" | "로부터" => {
            (last == 0 || last == RIEUL) && !stem.ends_with('으')
        }
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stem_of(word: &str) -> &str {
        &word[..ending_start(word, Before::Nothing)]
    }

    #[test]
    fn endings_are_parted_from_their_words() {
        for (word, stem) in [
            ("미사일을", "미사일"),
            ("미사일의", "미사일"),
            ("북한이", "북한"),
            ("발사했다", "발사"),
            ("서울에서는", "서울"),
            ("국가들의", "국가"),
            ("정부는", "정부"),
            ("서울로", "서울"),
        ] {
            assert_eq!(stem_of(word), stem);
        }
    }

    #[test]
    fn verbs_made_of_nouns_are_their_nouns_in_every_form() {
        for ending in [
            "하다",
            "합니다",
            "했습니다",
            "하면",
            "할",
            "하기",
            "하지만",
            "한",
            "하도록",
            "됩니다",
            "되었습니다",
            "됐다",
            "해서",
            "입니다",
        ] {
            assert_eq!(stem_of(&format!("발표{ending}")), "발표", "{ending}");
        }
        for word in ["미사일한국", "지중해", "자연재해", "발표하나"] {
            assert_eq!(stem_of(word), word);
        }
    }

    #[test]
    fn particles_stand_behind_particles() {
        for (word, stem) in [
            ("미국에서도", "미국"),
            ("미국으로부터", "미국"),
            ("국회까지도", "국회"),
            ("국회라도", "국회"),
            ("국회에서부터", "국회"),
            ("학생들에게는", "학생"),
            ("고속도로의", "고속도로"),
        ] {
            assert_eq!(stem_of(word), stem);
        }
        assert_eq!(&"년까지는"[..ending_start("년까지는", Before::Digits)], "년");
    }

    #[test]
    fn two_syllables_remain_and_one_where_the_ending_is_clear() {
        for word in ["회의", "한국", "미사일", "나이", "의", "", "마을", "가을", "종이", "국가", "하다"]
        {
            assert_eq!(stem_of(word), word);
        }
        assert_eq!(stem_of("회의의"), "회의");
        for word in ["물은", "값을", "나는", "비를", "책에", "집에서"] {
            assert_eq!(stem_of(word).chars().count(), 1, "{word}");
        }
    }

    #[test]
    fn an_ending_has_the_form_that_its_word_asks_for() {
        for word in
            ["미국인", "전문가", "음악가", "페르시아만", "코로나", "김정은", "남북한", "고양이", "신뢰도"]
        {
            assert_eq!(stem_of(word), word);
        }
        for (word, stem) in
            [("김정은은", "김정은"), ("정부가", "정부"), ("결과과", "결과과"), ("서울와", "서울와")]
        {
            assert_eq!(stem_of(word), stem);
        }
    }

    #[test]
    fn what_follows_another_script_may_be_all_ending() {
        for (hangul, rest) in [("에서", ""), ("년에", "년"), ("월", "월"), ("의", ""), ("도", "")] {
            assert_eq!(&hangul[..ending_start(hangul, Before::Letters)], rest);
        }
        for unit in ["만", "인", "도", "과", "가"] {
            assert_eq!(ending_start(unit, Before::Digits), unit.len(), "{unit} counts");
        }
        assert_eq!(ending_start("에는", Before::Digits), 0);
    }

    #[test]
    fn sure_endings_leave_what_may_be_a_word() {
        let sure = |word: &'static str| &word[..sure_ending_start(word, Before::Nothing)];
        for word in ["미국인", "남북한", "소설가", "박정은", "고양이", "만족도", "발표하다"]
        {
            assert_eq!(sure(word), word);
        }
        for word in ["북한의", "북한을", "북한에서"] {
            assert_eq!(sure(word), "북한");
        }
    }
}
