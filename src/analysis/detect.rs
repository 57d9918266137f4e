//! Which language a text is in, where nobody says.
//!
//! A wrong guess costs more than none: it gives a document other stems, and every query those too. So a guess is
//! believed only where the text holds the small words of the language, and more of them than English ones; lists of
//! names, formulas and citations are in no language. Texts in Han, Kana or Hangul that quote names in Latin letters
//! are told by their own letters.

/// How much of a text is looked at, in bytes: enough to be sure, and no more.
const SAMPLE: usize = 4 << 10;

/// How many letters of other scripts a Han, Kana or Hangul character weighs.
const LETTERS_OF_A_CHARACTER: usize = 3;

/// How many small words of a language make a text one of it.
const FEW: usize = 3;

/// How many small words of English make a text plainly English.
const MANY: usize = 20;

/// The ISO 639 codes of the languages that a text can be told to be in: those that are detected, and those that have
/// a stemmer.
pub const KNOWN_LANGUAGES: &[&str] = &[
    "af", "ak", "am", "ar", "az", "be", "bg", "bn", "bs", "ca", "cs", "cy", "da", "de", "el", "en", "eo",
    "es", "et", "eu", "fa", "fi", "fr", "ga", "gu", "he", "hi", "hr", "hu", "hy", "id", "it", "ja", "jv",
    "ka", "kk", "km", "kn", "ko", "la", "lo", "lt", "lv", "mk", "ml", "mn", "mr", "ms", "my", "nb", "ne",
    "nl", "nn", "no", "or", "pa", "pl", "pt", "ro", "ru", "sh", "si", "sk", "sl", "sn", "sq", "sr", "st",
    "sv", "sw", "ta", "te", "th", "tk", "tl", "tr", "uk", "ur", "uz", "vi", "yi", "zh", "zu",
];

/// The ISO 639-1 code of the language that a text seems to be written in, or `None` where that is a guess.
pub fn detect_language(text: &str) -> Option<&'static str> {
    let sample = &text[..text.floor_char_boundary(SAMPLE)];
    if is_plainly_english(sample) {
        return Some("en");
    }
    if let Some(code) = by_characters(sample) {
        return Some(code);
    }
    let info = whatlang::detect(sample).filter(whatlang::Info::is_reliable)?;
    let code = code(info.lang());
    let is_sure = match info.script() {
        whatlang::Script::Latin => code == "en" || has_its_words(sample, code),
        // Few ideographs, or few among other letters.
        whatlang::Script::Mandarin => false,
        _ => true,
    };
    is_sure.then_some(code)
}

/// Whether one word in five of an ASCII text is a small word of English: no other language has half as many of them.
///
/// That is most of what is ever indexed, and is told in a twentieth of the time that detection takes.
fn is_plainly_english(text: &str) -> bool {
    if !text.is_ascii() {
        return false;
    }
    let (mut words, mut small) = (0, 0);
    for word in text.split(|c: char| !c.is_ascii_alphabetic()).filter(|word| !word.is_empty()) {
        words += 1;
        small += usize::from(is_small_english(word));
    }
    small >= MANY && small * 5 >= words
}

/// Whether a word is one of the small words of English, in any case.
fn is_small_english(word: &str) -> bool {
    let mut lower = [0; 5];
    let Some(lower) = lower.get_mut(..word.len()) else { return false };
    lower.copy_from_slice(word.as_bytes());
    lower.make_ascii_lowercase();
    matches!(
        &*lower,
        b"the"
            | b"of"
            | b"and"
            | b"to"
            | b"in"
            | b"is"
            | b"that"
            | b"for"
            | b"it"
            | b"on"
            | b"with"
            | b"as"
            | b"was"
            | b"by"
            | b"be"
            | b"are"
            | b"at"
            | b"from"
            | b"this"
            | b"not"
            | b"which"
            | b"an"
            | b"or"
            | b"has"
            | b"have"
    )
}

/// The language of a text that is mostly in Han, Kana or Hangul.
fn by_characters(text: &str) -> Option<&'static str> {
    let (mut hangul, mut kana, mut han, mut others) = (0, 0, 0, 0);
    for c in text.chars() {
        match c {
            '\u{1100}'..='\u{11ff}' | '\u{ac00}'..='\u{d7a3}' => hangul += 1,
            'ぁ'..='ヿ' | '\u{ff66}'..='\u{ff9d}' => kana += 1,
            '\u{3400}'..='\u{9fff}' => han += 1,
            c => others += usize::from(c.is_alphabetic()),
        }
    }
    let all = hangul + kana + han;
    if all * LETTERS_OF_A_CHARACTER < others {
        return None;
    }
    match all {
        0 => None,
        _ if hangul * 2 > all => Some("ko"),
        // Even the stiffest Japanese has a particle now and then, and no Chinese has.
        _ if kana * 20 > all => Some("ja"),
        // A few ideographs may be of either.
        10.. if kana == 0 && hangul == 0 => Some("zh"),
        _ => None,
    }
}

/// Whether a text holds the small words of a language that is written in Latin letters.
fn has_its_words(text: &str, code: &str) -> bool {
    let words = || text.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty());
    let count = |small: &str| {
        let is_one = |word: &&str| small.split(' ').any(|known| known == word.to_lowercase());
        words().filter(is_one).count()
    };
    let english = count(small_words("en").unwrap_or_default());
    match small_words(code) {
        Some(own) => {
            let own = count(own);
            own >= FEW && own > english && own * 12 >= words().count()
        }
        None => english * 12 < words().count(),
    }
}

/// The words that no text in a language does without, for the languages whose stems they decide.
fn small_words(code: &str) -> Option<&'static str> {
    Some(match code {
        "en" => {
            "the of and to in is that for it on with as was by be are at from this not which an or has have"
        }
        "ca" => "de la i el que a en les del els un per amb una és no es dels al va com més",
        "cs" => "a v na se je že s z do o k i pro ve za jako by to který jsou byl ale po",
        "da" => "og i at det er en til af på de med for den som ikke der var et har fra han om",
        "de" => {
            "der die und in den von zu das mit sich des auf für ist im dem nicht ein eine als auch es an aus"
        }
        "eo" => "la de kaj en estas al kiu ne por kun ke li ĝi estis sed el",
        "es" => "de la que el en y a los del se las por un para con no una su al es lo como más",
        "et" => "ja on ei et see oli ta kui ka mis või ning aga oma mida seda selle",
        "fi" => "ja on ei se että oli hän mutta myös kun joka ovat niin kuin sekä hänen jotka ole",
        "fr" => "de la le et les des en un une du que est pour dans qui par sur au plus pas ce il a aux",
        "hr" | "sr" => "i u je na se da za od su s koji o kao sa te koja ili bi ali što ne iz",
        "hu" => "a az és hogy nem is egy van meg ez volt de csak el mint már vagy ki még",
        "id" => "yang dan di dengan untuk pada dari ini dalam itu tidak adalah oleh ke akan bahwa",
        "it" => "di e il la che in a un per è del della con non i le si da una dei nel al sono gli",
        "lt" => "ir į kad iš su yra buvo o bet kaip tai dėl jo ar už apie nuo",
        "nb" => "og i det er på en til som av for med at de har ikke den var et fra om han ble",
        "nl" => "de het een en van in is dat op te zijn met voor niet aan er om ook als bij door",
        "pl" => "w i na z się nie do to że jest o od po za przez jak był oraz dla są co",
        "pt" => "de a o que e do da em um para com não uma os no se na por mais as dos ao",
        "ro" => "de și în la cu a pe din nu un o este care mai că pentru sau ce al fost",
        "sv" => "och i att det som en på är av för med den till de inte om ett har var från han",
        "tr" => "ve bir bu da de için ile olarak daha çok olan gibi en olduğu sonra kadar",
        _ => return None,
    })
}

/// The two-letter code of a language.
fn code(language: whatlang::Lang) -> &'static str {
    use whatlang::Lang;
    match language {
        Lang::Afr => "af",
        Lang::Aka => "ak",
        Lang::Amh => "am",
        Lang::Ara => "ar",
        Lang::Aze => "az",
        Lang::Bel => "be",
        Lang::Ben => "bn",
        Lang::Bul => "bg",
        Lang::Cat => "ca",
        Lang::Ces => "cs",
        Lang::Cmn => "zh",
        Lang::Cym => "cy",
        Lang::Dan => "da",
        Lang::Deu => "de",
        Lang::Ell => "el",
        Lang::Eng => "en",
        Lang::Epo => "eo",
        Lang::Est => "et",
        Lang::Fin => "fi",
        Lang::Fra => "fr",
        Lang::Guj => "gu",
        Lang::Heb => "he",
        Lang::Hin => "hi",
        Lang::Hrv => "hr",
        Lang::Hun => "hu",
        Lang::Hye => "hy",
        Lang::Ind => "id",
        Lang::Ita => "it",
        Lang::Jav => "jv",
        Lang::Jpn => "ja",
        Lang::Kan => "kn",
        Lang::Kat => "ka",
        Lang::Khm => "km",
        Lang::Kor => "ko",
        Lang::Lat => "la",
        Lang::Lav => "lv",
        Lang::Lit => "lt",
        Lang::Mal => "ml",
        Lang::Mar => "mr",
        Lang::Mkd => "mk",
        Lang::Mya => "my",
        Lang::Nep => "ne",
        Lang::Nld => "nl",
        Lang::Nob => "nb",
        Lang::Ori => "or",
        Lang::Pan => "pa",
        Lang::Pes => "fa",
        Lang::Pol => "pl",
        Lang::Por => "pt",
        Lang::Ron => "ro",
        Lang::Rus => "ru",
        Lang::Sin => "si",
        Lang::Slk => "sk",
        Lang::Slv => "sl",
        Lang::Sna => "sn",
        Lang::Spa => "es",
        Lang::Srp => "sr",
        Lang::Swe => "sv",
        Lang::Tam => "ta",
        Lang::Tel => "te",
        Lang::Tgl => "tl",
        Lang::Tha => "th",
        Lang::Tuk => "tk",
        Lang::Tur => "tr",
        Lang::Ukr => "uk",
        Lang::Urd => "ur",
        Lang::Uzb => "uz",
        Lang::Vie => "vi",
        Lang::Yid => "yi",
        Lang::Zul => "zu",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_of_the_three_owners_are_told() {
        assert_eq!(
            detect_language(
                "The defence chiefs of the three countries agreed on Sunday to share warning data in real time."
            ),
            Some("en")
        );
        assert_eq!(
            detect_language("세 나라의 국방 수장은 미사일 경보 정보를 실시간으로 공유하기로 합의했다."),
            Some("ko")
        );
        assert_eq!(
            detect_language("三か国の防衛相はミサイル警報情報を即時に共有することで一致した。"),
            Some("ja")
        );
    }

    #[test]
    fn languages_of_europe_are_told() {
        for (code, text) in [
            (
                "fr",
                "Les ministres de la défense des trois pays se sont mis d'accord dimanche pour partager en temps réel les données sur les missiles.",
            ),
            (
                "de",
                "Die Verteidigungsminister der drei Länder haben sich am Sonntag darauf geeinigt, die Daten über Raketenstarts in Echtzeit auszutauschen.",
            ),
            (
                "es",
                "Los ministros de Defensa de los tres países acordaron el domingo compartir en tiempo real los datos de alerta de misiles.",
            ),
            ("ru", "Министры обороны трёх стран договорились в воскресенье обмениваться данными о ракетах."),
        ] {
            assert_eq!(detect_language(text), Some(code), "{text}");
        }
    }

    #[test]
    fn names_in_other_letters_change_no_language() {
        assert_eq!(
            detect_language(
                "ポルトガルの軍隊は、正式にはポルトガル国軍（Forças Armadas Portuguesas、FAP）と呼ばれる。"
            ),
            Some("ja")
        );
        assert_eq!(
            detect_language("미국 국방부(United States Department of Defense)가 어제 그렇게 발표했다"),
            Some("ko")
        );
    }

    #[test]
    fn what_has_no_small_words_is_in_no_language() {
        for text in ["ok 12", "", "東京都", "Reinsch, C. H.\neigenvalues, QR algorithm", "Un, Kim Jong; Kim"]
        {
            assert_eq!(detect_language(text), None, "{text}");
        }
    }

    #[test]
    fn every_language_that_is_told_is_known() {
        assert!(KNOWN_LANGUAGES.is_sorted());
        for language in whatlang::Lang::all() {
            assert!(KNOWN_LANGUAGES.contains(&code(*language)), "{language}");
        }
    }
}
