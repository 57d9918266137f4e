//! Bytes to UTF-8, in whatever encoding they are, with the exact way back to the bytes.
//!
//! What a file says of itself is believed in this order: a byte order mark; that it is valid UTF-8 (chance
//! hardly ever makes that); a declared charset; what its bytes look like. The map from the decoded text to
//! the bytes goes character by character, because a line or a highlight must be found again in the file as it is.
//!
//! Decoding is the only home of `encoding_rs` and `chardetng`. It never fails: bytes that mean nothing become
//! U+FFFD.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{
    Decoder, DecoderResult, Encoding, ISO_2022_JP, REPLACEMENT, UTF_8, UTF_16BE, UTF_16LE, X_USER_DEFINED,
};

use crate::span::OffsetMap;

/// How many bytes the detection of an encoding looks at.
const DETECTION_WINDOW: usize = 1 << 20;

/// How many bytes at the start are looked at for UTF-16 without a byte order mark.
const UTF_16_WINDOW: usize = 8 << 10;

/// A source's bytes as text.
#[derive(Clone, Debug)]
pub struct Decoded {
    /// The text, without a byte order mark.
    pub text: String,
    /// The way from the text to the bytes.
    pub map: OffsetMap,
    /// The name of the encoding, as the WHATWG's Encoding Standard has it.
    pub encoding: &'static str,
}

/// Decodes bytes, `declared` being the charset that the content itself names, if it does.
pub fn decode(bytes: &[u8], declared: Option<&str>) -> Decoded {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        return decode_as(encoding, bytes, mark).decoded;
    }
    if let Some(encoding) = unmarked_utf_16(bytes) {
        return decode_as(encoding, bytes, 0).decoded;
    }
    if let Some(decoded) = decode_escapes(bytes) {
        return decoded;
    }
    let utf_8 = Utf8Quality::of(bytes);
    if utf_8.is_good(bytes.len()) {
        return decode_as(UTF_8, bytes, 0).decoded;
    }
    if let Some(decoded) = declared.and_then(|label| decode_declared(bytes, label)) {
        return decoded;
    }
    decode_as(guess(bytes), bytes, 0).decoded
}

/// The text of a few bytes that a program wrote in the encoding of this label; `None` where there is no such encoding,
/// or the bytes are not of it. So few say nothing of themselves, so that the label is believed.
pub(super) fn decode_labelled(bytes: &[u8], label: &str) -> Option<String> {
    let encoding = Encoding::for_label(label.trim().as_bytes())?;
    let text = encoding.decode_without_bom_handling_and_without_replacement(bytes)?;
    Some(text.into_owned())
}

/// A decoded text with the number of places where the bytes meant nothing.
struct Attempt {
    decoded: Decoded,
    malformed: usize,
}

/// Decodes the bytes from `start` on as `encoding`.
fn decode_as(encoding: &'static Encoding, bytes: &[u8], start: usize) -> Attempt {
    let mut output = Output::default();
    if encoding == UTF_8 {
        decode_utf_8(&bytes[start..], start, &mut output);
    } else if encoding == UTF_16LE {
        decode_utf_16(&bytes[start..], start, u16::from_le_bytes, &mut output);
    } else if encoding == UTF_16BE {
        decode_utf_16(&bytes[start..], start, u16::from_be_bytes, &mut output);
    } else {
        Stepper::new(encoding, &bytes[start..], start).run(&mut output);
    }
    let decoded = Decoded { text: output.text, map: output.map, encoding: encoding.name() };
    Attempt { decoded, malformed: output.malformed }
}

/// The text that grows while it is decoded.
#[derive(Default)]
struct Output {
    text: String,
    map: OffsetMap,
    malformed: usize,
}

impl Output {
    /// Adds text that is the bytes from `origin` on.
    fn verbatim(&mut self, text: &str, origin: usize) {
        self.map.push(self.text.len(), origin, text.len());
        self.text.push_str(text);
    }

    /// Adds text that the `len` bytes from `origin` on stand for as a whole.
    fn unit(&mut self, text: &str, origin: usize, len: usize) {
        self.map.push_units(self.text.len(), origin, 1, text.len(), len);
        self.text.push_str(text);
    }

    /// Adds the mark for `len` bytes from `origin` on that mean nothing.
    fn replacement(&mut self, origin: usize, len: usize) {
        self.malformed += 1;
        self.unit("\u{fffd}", origin, len);
    }
}

fn decode_utf_8(bytes: &[u8], start: usize, output: &mut Output) {
    if let Ok(text) = str::from_utf8(bytes) {
        return output.verbatim(text, start);
    }
    let mut origin = start;
    for chunk in bytes.utf8_chunks() {
        output.verbatim(chunk.valid(), origin);
        origin += chunk.valid().len();
        if !chunk.invalid().is_empty() {
            output.replacement(origin, chunk.invalid().len());
            origin += chunk.invalid().len();
        }
    }
}

fn decode_utf_16(bytes: &[u8], start: usize, unit: fn([u8; 2]) -> u16, output: &mut Output) {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let mut origin = start;
    for decoded in char::decode_utf16(pairs.iter().copied().map(unit)) {
        match decoded {
            Ok(c) => {
                output.unit(c.encode_utf8(&mut [0; 4]), origin, 2 * c.len_utf16());
                origin += 2 * c.len_utf16();
            }
            Err(_) => {
                output.replacement(origin, 2);
                origin += 2;
            }
        }
    }
    if !rest.is_empty() {
        output.replacement(origin, rest.len());
    }
}

/// Feeds a decoder byte by byte, so that each character is known to come from the bytes since the one before.
struct Stepper<'a> {
    decoder: Decoder,
    ascii_compatible: bool,
    bytes: &'a [u8],
    /// What to add to an offset in `bytes` for an offset in the source.
    start: usize,
    /// The first byte that no output stands for yet.
    settled: usize,
    at: usize,
}

impl<'a> Stepper<'a> {
    fn new(encoding: &'static Encoding, bytes: &'a [u8], start: usize) -> Self {
        let decoder = encoding.new_decoder_without_bom_handling();
        Self { decoder, ascii_compatible: encoding.is_ascii_compatible(), bytes, start, settled: 0, at: 0 }
    }

    fn run(mut self, output: &mut Output) {
        while self.at < self.bytes.len() {
            if self.ascii_compatible && self.settled == self.at {
                self.skip_ascii(output);
            }
            if self.at < self.bytes.len() {
                self.step(output);
            }
        }
        self.finish(output);
    }

    /// Copies ASCII as it is, which between two characters needs no decoder.
    fn skip_ascii(&mut self, output: &mut Output) {
        let rest = &self.bytes[self.at..];
        let len = Encoding::ascii_valid_up_to(rest);
        let ascii = str::from_utf8(&rest[..len]).expect("ASCII is UTF-8");
        output.verbatim(ascii, self.start + self.at);
        self.at += len;
        self.settled = self.at;
    }

    /// Feeds the next byte.
    fn step(&mut self, output: &mut Output) {
        let mut buffer = [0; 32];
        let byte = &self.bytes[self.at..=self.at];
        let (outcome, read, written) =
            self.decoder.decode_to_utf8_without_replacement(byte, &mut buffer, false);
        self.at += read;
        self.emit(&buffer[..written], output);
        if let DecoderResult::Malformed(bad, after) = outcome {
            self.emit_malformed(usize::from(bad), usize::from(after), output);
        }
    }

    /// Tells the decoder that nothing follows.
    fn finish(mut self, output: &mut Output) {
        let mut buffer = [0; 32];
        loop {
            let (outcome, _, written) =
                self.decoder.decode_to_utf8_without_replacement(&[], &mut buffer, true);
            self.emit(&buffer[..written], output);
            match outcome {
                DecoderResult::Malformed(bad, after) => {
                    self.emit_malformed(usize::from(bad), usize::from(after), output);
                }
                DecoderResult::InputEmpty | DecoderResult::OutputFull => break,
            }
        }
    }

    /// Adds what the bytes since the last output stand for.
    fn emit(&mut self, text: &[u8], output: &mut Output) {
        let text = str::from_utf8(text).expect("decoders write UTF-8");
        if !text.is_empty() {
            output.unit(text, self.start + self.settled, self.at - self.settled);
            self.settled = self.at;
        }
    }

    /// Adds the mark for `bad` bytes that mean nothing, `after` bytes before the place that was read up to.
    fn emit_malformed(&mut self, bad: usize, after: usize, output: &mut Output) {
        let end = self.at.saturating_sub(after).max(self.settled);
        let from = end.saturating_sub(bad).max(self.settled);
        output.replacement(self.start + from, end - from);
        self.settled = end;
    }
}

/// How well bytes read as UTF-8.
struct Utf8Quality {
    malformed: usize,
    multibyte: usize,
}

impl Utf8Quality {
    fn of(bytes: &[u8]) -> Self {
        let leads = |text: &str| text.bytes().filter(|&byte| byte >= 0xc0).count();
        if let Ok(text) = str::from_utf8(bytes) {
            return Self { malformed: 0, multibyte: leads(text) };
        }
        let mut quality = Self { malformed: 0, multibyte: 0 };
        let mut end = 0;
        for chunk in bytes.utf8_chunks() {
            quality.multibyte += leads(chunk.valid());
            end += chunk.valid().len() + chunk.invalid().len();
            let cut_off = end == bytes.len() && is_cut_off(chunk.invalid());
            quality.malformed +=
                usize::from(!(chunk.invalid().is_empty() || cut_off && quality.multibyte > 0));
        }
        quality
    }

    /// Whether the bytes are UTF-8, but perhaps for a few that went wrong: under one in a thousand, or under
    /// one in twenty of the characters beyond ASCII, which other encodings do not come near.
    fn is_good(&self, len: usize) -> bool {
        let few = self.malformed * 1_000 < len && self.multibyte > self.malformed;
        self.malformed == 0 || few || self.multibyte >= 20 * self.malformed
    }
}

/// Whether the bytes are the start of a UTF-8 sequence whose rest was cut off.
fn is_cut_off(bytes: &[u8]) -> bool {
    str::from_utf8(bytes).is_err_and(|error| error.error_len().is_none())
}

/// The kind of UTF-16 that bytes without a byte order mark are, if they are that.
///
/// In UTF-16 spaces, line ends and digits, if not every letter, have a zero byte, always on the same side; other
/// letters have bytes that ASCII text has not; and all of it reads as text, without lone surrogates or control
/// characters. Text with stray zero bytes fails the second condition, numbers fail the third.
pub(super) fn unmarked_utf_16(bytes: &[u8]) -> Option<&'static Encoding> {
    let is_whole = bytes.len() < UTF_16_WINDOW;
    if is_whole && !bytes.len().is_multiple_of(2) {
        return None;
    }
    let head = &bytes[..bytes.len().min(UTF_16_WINDOW) & !1];
    if !head.contains(&0) {
        return None;
    }
    let (pairs, _) = head.as_chunks::<2>();
    let little = pairs.iter().filter(|pair| pair[1] == 0).count();
    let big = pairs.iter().filter(|pair| pair[0] == 0).count();
    let (encoding, unit): (_, fn([u8; 2]) -> u16) =
        if little >= big { (UTF_16LE, u16::from_le_bytes) } else { (UTF_16BE, u16::from_be_bytes) };
    let units = || pairs.iter().copied().map(unit);
    let narrow = little.max(big);
    let beyond_ascii =
        |unit: &u16| *unit > 0xff && unit.to_le_bytes().iter().any(|byte| !(32..127).contains(byte));
    let wide = units().filter(beyond_ascii).count();
    let is_likely = narrow > 0 && narrow * 20 >= pairs.len() && wide * 4 >= pairs.len() - narrow;
    (is_likely && reads_as_text(units(), bytes.len() > head.len())).then_some(encoding)
}

/// Whether UTF-16 code units are text; the last of them may be half of a pair when the text goes on.
fn reads_as_text(units: impl Iterator<Item = u16>, goes_on: bool) -> bool {
    let mut decoded = char::decode_utf16(units).peekable();
    while let Some(next) = decoded.next() {
        let is_text = match next {
            Ok('\t' | '\n' | '\r' | '\u{c}') => true,
            Ok(c) => !c.is_control() && !matches!(c, '\u{e000}'..='\u{f8ff}' | '\u{fff0}'..='\u{ffff}'),
            Err(_) => goes_on && decoded.peek().is_none(),
        };
        if !is_text {
            return false;
        }
    }
    true
}

/// Decodes ISO-2022-JP, which is all ASCII bytes and is told by its escape sequences.
fn decode_escapes(bytes: &[u8]) -> Option<Decoded> {
    let has_escape = |sequence: &[u8]| bytes.windows(3).any(|window| window == sequence);
    if !bytes.contains(&0x1b) || !bytes.is_ascii() {
        return None;
    }
    if !has_escape(b"\x1b$B") && !has_escape(b"\x1b$@") {
        return None;
    }
    let attempt = decode_as(ISO_2022_JP, bytes, 0);
    (attempt.malformed == 0).then_some(attempt.decoded)
}

/// Decodes as the charset that is declared, unless that is plainly wrong.
fn decode_declared(bytes: &[u8], label: &str) -> Option<Decoded> {
    let encoding = Encoding::for_label(label.trim().as_bytes())?;
    if [UTF_8, UTF_16LE, UTF_16BE, REPLACEMENT, X_USER_DEFINED].contains(&encoding) {
        return None;
    }
    let attempt = decode_as(encoding, bytes, 0);
    (attempt.malformed * 100 <= attempt.decoded.text.len()).then_some(attempt.decoded)
}

/// The encoding that bytes which are not UTF-8 look like.
fn guess(bytes: &[u8]) -> &'static Encoding {
    let ascii = Encoding::ascii_valid_up_to(bytes).saturating_sub(2);
    let window = &bytes[ascii..bytes.len().min(ascii + DETECTION_WINDOW)];
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(window, ascii + window.len() == bytes.len());
    detector.guess(None, Utf8Detection::Deny)
}

/// Text in the encoding that a label names, for tests.
#[cfg(test)]
pub(super) fn encode(label: &str, text: &str) -> Vec<u8> {
    let (bytes, _, lossy) = Encoding::for_label(label.as_bytes()).expect("a label").encode(text);
    assert!(!lossy, "{label} holds the text");
    bytes.into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use encoding_rs::{BIG5, EUC_JP, EUC_KR, GB18030, GBK, KOI8_U, SHIFT_JIS, WINDOWS_1251, WINDOWS_1252};
    use proptest::prelude::*;

    const KOREAN: &str = "한미일 국방장관은 미사일 경보 정보를 실시간으로 공유하기로 12월에 합의했다.\n";
    const JAPANESE: &str = "日米韓の防衛相はミサイル警戒データの即時共有を12月に始めることで合意した。\n";
    const FRENCH: &str = "Le ministre a déclaré que l’accord était « prêt » à être signé en été.\n";

    fn encoded(encoding: &'static Encoding, text: &str) -> Vec<u8> {
        let (bytes, _, lossy) = encoding.encode(text);
        assert!(!lossy, "{} holds the text", encoding.name());
        bytes.into_owned()
    }

    /// The source's bytes that the first `word` of the text was made from.
    fn origin_of<'a>(bytes: &'a [u8], decoded: &Decoded, word: &str) -> &'a [u8] {
        let at = decoded.text.find(word).expect("in the text");
        let (start, end) = decoded.map.origin_of(at, at + word.len());
        &bytes[start..end]
    }

    #[test]
    fn undeclared_encodings_are_detected_and_lead_back_to_their_bytes() {
        for (encoding, text, word) in [
            (EUC_KR, KOREAN, "미사일"),
            (SHIFT_JIS, JAPANESE, "ミサイル"),
            (EUC_JP, JAPANESE, "警戒"),
            (WINDOWS_1252, FRENCH, "déclaré"),
            (WINDOWS_1251, "Министры обороны договорились об обмене данными о ракетах.", "обмене"),
            (ISO_2022_JP, JAPANESE, "警戒"),
        ] {
            let bytes = encoded(encoding, &text.repeat(3));
            let decoded = decode(&bytes, None);
            assert_eq!(decoded.encoding, encoding.name());
            assert_eq!(decoded.text, text.repeat(3));
            if encoding != ISO_2022_JP {
                assert_eq!(origin_of(&bytes, &decoded, word), encoded(encoding, word));
            }
        }
    }

    #[test]
    fn a_declared_charset_decides_where_utf_8_does_not() {
        let bytes = encoded(KOI8_U, "мир");
        assert_eq!(decode(&bytes, Some("koi8-u")).text, "мир");
        assert_eq!(decode("мир".as_bytes(), Some("koi8-u")).text, "мир", "valid UTF-8 wins");
        let bytes = encoded(EUC_KR, &KOREAN.repeat(3));
        assert_eq!(decode(&bytes, Some("utf-8")).encoding, "EUC-KR", "a wrong declaration is not believed");
        assert_eq!(decode(&bytes, Some("no such charset")).encoding, "EUC-KR");
        let bytes = encoded(ISO_2022_JP, JAPANESE);
        assert_eq!(decode(&bytes, Some("iso-2022-jp")).text, JAPANESE);
    }

    #[test]
    fn byte_order_marks_are_obeyed_and_left_out() {
        let decoded = decode(b"\xef\xbb\xbfabc", Some("euc-kr"));
        assert_eq!((decoded.text.as_str(), decoded.map.origin_of(0, 3)), ("abc", (3, 6)));
        for (mark, swap) in [([0xff, 0xfe], false), ([0xfe, 0xff], true)] {
            let mut bytes = mark.to_vec();
            for unit in "a한😀b".encode_utf16() {
                bytes.extend(if swap { unit.to_be_bytes() } else { unit.to_le_bytes() });
            }
            let decoded = decode(&bytes, None);
            assert_eq!(decoded.text, "a한😀b");
            let at = decoded.text.find('😀').expect("in the text");
            assert_eq!(decoded.map.origin_of(at, at + 4), (6, 10));
            assert_eq!(decoded.map.origin_of(at + 4, at + 5), (10, 12));
        }
    }

    #[test]
    fn utf_16_is_known_without_a_mark() {
        for text in ["missile warning\r\n", KOREAN] {
            let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
            let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
            assert_eq!(
                (decode(&little, None).text.as_str(), decode(&little, None).encoding),
                (text, "UTF-16LE")
            );
            assert_eq!((decode(&big, None).text.as_str(), decode(&big, None).encoding), (text, "UTF-16BE"));
        }
        assert!(unmarked_utf_16(&[1, 0, 2, 0, 3, 0, 7, 0]).is_none(), "numbers are no text");
        assert!(unmarked_utf_16(b"plain text").is_none());
        assert!(unmarked_utf_16(b"").is_none());
    }

    #[test]
    fn a_few_bad_bytes_do_not_make_utf_8_another_encoding() {
        let mut bytes = KOREAN.repeat(40).into_bytes();
        bytes[1_000] = 0xff;
        let decoded = decode(&bytes, Some("euc-kr"));
        assert_eq!(decoded.encoding, "UTF-8");
        assert!(decoded.text.contains('\u{fffd}'));
        let cut = &"미사일".as_bytes()[..8];
        assert_eq!(decode(cut, None).text, "미사\u{fffd}");
    }

    #[test]
    fn one_sequence_may_be_two_characters() {
        let decoded = decode_as(BIG5, b"a\x88\x62b", 0).decoded;
        assert_eq!(decoded.text, "aÊ\u{304}b");
        assert_eq!(decoded.map.origin_of(1, 5), (1, 3));
    }

    /// Every encoding that the standard knows, by a label of each.
    fn encodings() -> Vec<&'static Encoding> {
        let labels = "utf-8 utf-16le utf-16be ibm866 iso-8859-2 iso-8859-3 iso-8859-4 iso-8859-5 iso-8859-6 iso-8859-7 \
            iso-8859-8 iso-8859-8-i iso-8859-10 iso-8859-13 iso-8859-14 iso-8859-15 iso-8859-16 koi8-r koi8-u \
            macintosh windows-874 windows-1250 windows-1251 windows-1252 windows-1253 windows-1254 windows-1255 \
            windows-1256 windows-1257 windows-1258 x-mac-cyrillic gbk gb18030 big5 euc-jp iso-2022-jp shift_jis \
            euc-kr x-user-defined replacement";
        let named = |label: &str| Encoding::for_label(label.as_bytes()).expect("a label of the standard");
        labels.split_whitespace().map(named).collect()
    }

    fn assert_map_is_monotone_and_inside(decoded: &Decoded, len: usize) {
        let mut before = 0;
        for (at, c) in decoded.text.char_indices() {
            let (start, end) = decoded.map.origin_of(at, at + c.len_utf8());
            assert!(before <= start && start <= end && end <= len, "{before} {start}..{end} of {len}");
            before = start;
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn any_bytes_decode_in_any_encoding(
            bytes in proptest::collection::vec(
                prop_oneof![any::<u8>(), 0x80..0xffu8, Just(0x1b), b'0'..=b'9', b'$'..=b'K'], 0..200)
        ) {
            for encoding in encodings() {
                let decoded = decode_as(encoding, &bytes, 0).decoded;
                assert_map_is_monotone_and_inside(&decoded, bytes.len());
                let reference = encoding.decode_without_bom_handling(&bytes).0;
                if encoding != UTF_16LE && encoding != UTF_16BE {
                    prop_assert_eq!(&decoded.text, &reference, "{}", encoding.name());
                }
                let declared = decode(&bytes, Some(encoding.name()));
                assert_map_is_monotone_and_inside(&declared, bytes.len());
            }
        }

        #[test]
        fn every_character_comes_from_bytes_that_decode_to_it(text in "[가-힣ぁ-ん一-龠ァ-ヶa-z à-ÿ’\n]{0,80}") {
            for encoding in [EUC_KR, SHIFT_JIS, WINDOWS_1252, GBK, GB18030, BIG5, EUC_JP] {
                let bytes = encoding.encode(&text).0;
                let decoded = decode_as(encoding, &bytes, 0).decoded;
                for (at, c) in decoded.text.char_indices() {
                    let (start, end) = decoded.map.origin_of(at, at + c.len_utf8());
                    let again = encoding.decode_without_bom_handling(&bytes[start..end]).0;
                    prop_assert_eq!(again.chars().collect::<Vec<_>>(), vec![c]);
                }
            }
        }
    }
}
