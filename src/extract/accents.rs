//! Letters with accents, for the formats that write them as a letter and a mark (LaTeX, roff).

/// For each combining mark the letters that it makes one character with, and those characters.
const COMPOSED: [(char, &str, &str); 14] = [
    ('\u{300}', "aeiounAEIOUN", "àèìòùǹÀÈÌÒÙǸ"),
    ('\u{301}', "aeiouycnszlrgAEIOUYCNSZLRG", "áéíóúýćńśźĺŕǵÁÉÍÓÚÝĆŃŚŹĹŔǴ"),
    ('\u{302}', "aeioucghjswyAEIOUCGHJSWY", "âêîôûĉĝĥĵŝŵŷÂÊÎÔÛĈĜĤĴŜŴŶ"),
    ('\u{303}', "anouieyANOUIEY", "ãñõũĩẽỹÃÑÕŨĨẼỸ"),
    ('\u{304}', "aeiougAEIOUG", "āēīōūḡĀĒĪŌŪḠ"),
    ('\u{306}', "aegiouAEGIOU", "ăĕğĭŏŭĂĔĞĬŎŬ"),
    ('\u{307}', "cegzaCEGZIA", "ċėġżȧĊĖĠŻİȦ"),
    ('\u{308}', "aeiouyAEIOUY", "äëïöüÿÄËÏÖÜŸ"),
    ('\u{30a}', "auAU", "åůÅŮ"),
    ('\u{30b}', "ouOU", "őűŐŰ"),
    ('\u{30c}', "cdenrstzglaiouCDENRSTZGLAIOU", "čďěňřšťžǧľǎǐǒǔČĎĚŇŘŠŤŽǦĽǍǏǑǓ"),
    ('\u{323}', "aeiouhsdtAEIOUHSDT", "ạẹịọụḥṣḍṭẠẸỊỌỤḤṢḌṬ"),
    ('\u{327}', "cstgklnrCSTGKLNR", "çşţģķļņŗÇŞŢĢĶĻŅŖ"),
    ('\u{328}', "aeiuoAEIUO", "ąęįųǫĄĘĮŲǪ"),
];

/// A letter with a combining mark, as one character where there is one. A dotless `ı` takes marks as an `i`.
pub(super) fn accented(letter: char, mark: char) -> String {
    let letter = match letter {
        'ı' => 'i',
        'ȷ' => 'j',
        other => other,
    };
    let row = COMPOSED.iter().find(|(other, ..)| *other == mark);
    let composed = row.and_then(|(_, letters, composed)| {
        let at = letters.chars().position(|other| other == letter)?;
        composed.chars().nth(at)
    });
    composed.map_or_else(|| [letter, mark].iter().collect(), String::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_letter_has_its_character() {
        for (mark, letters, composed) in COMPOSED {
            assert_eq!(letters.chars().count(), composed.chars().count(), "{mark:?}");
        }
        assert_eq!(accented('e', '\u{301}'), "é");
        assert_eq!(accented('ı', '\u{308}'), "ï");
        assert_eq!(accented('q', '\u{301}'), "q\u{301}");
    }
}
