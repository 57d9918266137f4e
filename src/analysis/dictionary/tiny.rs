//! Dictionaries of a few words each, built by lindera in the form of large ones: for tests.

use std::fs;
use std::path::Path;

use lindera_dictionary::builder::DictionaryBuilder;
use lindera_dictionary::dictionary::metadata::Metadata;

/// The source of a dictionary.
pub struct Source {
    /// The fields of a word behind its surface, contexts and cost.
    pub fields: &'static [&'static str],
    /// The words: each line a surface and the fields.
    pub words: &'static str,
    /// The first field of words that are not known.
    pub unknown: &'static str,
}

/// As ipadic has words.
pub const JAPANESE: Source = Source {
    fields: &[
        "part_of_speech",
        "part_of_speech_subcategory_1",
        "part_of_speech_subcategory_2",
        "part_of_speech_subcategory_3",
        "conjugation_type",
        "conjugation_form",
        "base_form",
        "reading",
        "pronunciation",
    ],
    words: "\
食べる 動詞,自立,*,*,*,*,食べる,*,*
食べ 動詞,自立,*,*,*,*,食べる,*,*
走る 動詞,自立,*,*,*,*,走る,*,*
走っ 動詞,自立,*,*,*,*,走る,*,*
行く 動詞,自立,*,*,*,*,行く,*,*
いっ 動詞,自立,*,*,*,*,行く,*,*
し 動詞,自立,*,*,*,*,する,*,*
い 動詞,非自立,*,*,*,*,いる,*,*
た 助動詞,*,*,*,*,*,た,*,*
ます 助動詞,*,*,*,*,*,ます,*,*
なかっ 助動詞,*,*,*,*,*,ない,*,*
て 助詞,接続助詞,*,*,*,*,て,*,*
の 助詞,連体化,*,*,*,*,の,*,*
を 助詞,格助詞,*,*,*,*,を,*,*
が 助詞,格助詞,*,*,*,*,が,*,*
に 助詞,格助詞,*,*,*,*,に,*,*
ミサイル 名詞,一般,*,*,*,*,ミサイル,*,*
警報 名詞,一般,*,*,*,*,警報,*,*
発射 名詞,サ変接続,*,*,*,*,発射,*,*
東京 名詞,固有名詞,*,*,*,*,東京,*,*
都 名詞,接尾,*,*,*,*,都,*,*
りんご 名詞,一般,*,*,*,*,りんご,*,*
木 名詞,一般,*,*,*,*,木,*,*
葉 名詞,一般,*,*,*,*,葉,*,*
",
    unknown: "名詞",
};

/// As ko-dic has words.
pub const KOREAN: Source = Source {
    fields: &[
        "part_of_speech_tag",
        "meaning",
        "presence_absence",
        "reading",
        "type",
        "first_part_of_speech",
        "last_part_of_speech",
        "expression",
    ],
    words: "\
걷 VV,*,T,걷,*,*,*,*
걸었 VV+EP,*,T,걸었,Inflect,VV,EP,걷/VV/*+었/EP/*
먹 VV,*,T,먹,*,*,*,*
었 EP,*,T,었,*,*,*,*
다 EF,*,F,다,*,*,*,*
를 JKO,*,T,를,*,*,*,*
미사일 NNG,*,T,미사일,*,*,*,*
경보 NNG,*,F,경보,*,*,*,*
미사일경보 NNG,*,F,미사일경보,Compound,*,*,미사일/NNG/*+경보/NNG/*
",
    unknown: "UNKNOWN",
};

/// As CC-CEDICT has words.
pub const CHINESE: Source = Source {
    fields: &["part_of_speech", "pinyin", "traditional", "simplified", "definition"],
    words: "\
飛彈 *,*,飛彈,飞弹,*
飞弹 *,*,飛彈,飞弹,*
发射 *,*,發射,发射,*
",
    unknown: "*",
};

const CHARACTERS: &str = "\
DEFAULT 0 1 0
KANJI 0 0 2
HIRAGANA 0 1 2
KATAKANA 1 1 2
HANGUL 0 1 2
0x3041..0x309F HIRAGANA
0x30A1..0x30FF KATAKANA
0x4E00..0x9FFF KANJI
0xAC00..0xD7A3 HANGUL
";

/// Builds a dictionary into `folder`, which it makes.
pub fn build(source: &Source, folder: &Path) {
    let from = folder.join("source");
    fs::create_dir_all(&from).expect("a folder");
    let word = |line: &str| {
        let (surface, fields) = line.split_once(' ').expect("a surface and its fields");
        format!("{surface},0,0,{},{fields}\n", 1_000 - 100 * surface.chars().count())
    };
    let words: String = source.words.lines().map(word).collect();
    let rest = ",*".repeat(source.fields.len() - 1);
    let unknown = |class: &str| format!("{class},0,0,4000,{}{rest}\n", source.unknown);
    let unknown: String =
        ["DEFAULT", "KANJI", "HIRAGANA", "KATAKANA", "HANGUL"].into_iter().map(unknown).collect();
    for (name, content) in [
        ("words.csv", words.as_str()),
        ("unk.def", &unknown),
        ("char.def", CHARACTERS),
        ("matrix.def", "1 1\n0 0 0\n"),
    ] {
        fs::write(from.join(name), content).expect("written");
    }
    let metadata = Metadata::load(metadata(source).as_bytes()).expect("metadata");
    DictionaryBuilder::new(metadata).build_dictionary(&from, folder).expect("a dictionary");
}

fn metadata(source: &Source) -> String {
    let own = ["surface", "left_context_id", "right_context_id", "cost"];
    let fields: Vec<String> = own.iter().chain(source.fields).map(|field| format!("\"{field}\"")).collect();
    format!(
        r#"{{"name":"tiny","encoding":"UTF-8","default_word_cost":0,"default_left_context_id":0,
        "default_right_context_id":0,"default_field_value":"*","flexible_csv":true,
        "skip_invalid_cost_or_id":false,"normalize_details":false,
        "dictionary_schema":{{"fields":[{}]}},"user_dictionary_schema":{{"fields":["surface"]}}}}"#,
        fields.join(",")
    )
}
