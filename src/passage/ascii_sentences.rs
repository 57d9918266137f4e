//! The ends of sentences in ASCII text, by the same rules of Unicode (UAX #29) as in any other.
//!
//! Most text is ASCII, of which few characters can end a sentence: what does not stand behind one of these is not
//! looked at. The rules' names are those of the standard; a law holds the outcome to that of the whole rules.

/// Where the sentences of an ASCII text end, in order; none of an empty text.
pub(super) fn ends(text: &[u8]) -> impl Iterator<Item = usize> {
    let mut at = 0;
    std::iter::from_fn(move || {
        if at == text.len() {
            return None;
        }
        at = end_of_first(text, at);
        Some(at)
    })
}

/// Where the sentence ends that starts at `start`.
fn end_of_first(text: &[u8], start: usize) -> usize {
    let mut at = start;
    while let Some(found) = text[at..].iter().position(|&byte| is_separator(byte) || is_terminator(byte)) {
        at += found;
        if is_separator(text[at]) {
            // SB3, SB4
            return behind_separator(text, at);
        }
        match behind_terminator(text, at) {
            Behind::End(end) => return end,
            Behind::GoesOn(next) => at = next,
        }
    }
    text.len()
}

/// What a terminator is followed by.
enum Behind {
    /// The sentence ends there.
    End(usize),
    /// It goes on; the next end is to be looked for from there on.
    GoesOn(usize),
}

/// Looks behind the terminator at `at`.
fn behind_terminator(text: &[u8], at: usize) -> Behind {
    let byte = |at: usize| text.get(at).copied();
    let next = at + 1;
    let is_dot = text[at] == b'.';
    let before = at.checked_sub(1).and_then(byte);
    // SB6, SB7
    let is_inside = is_dot
        && (byte(next).is_some_and(|byte| byte.is_ascii_digit())
            || byte(next).is_some_and(|byte| byte.is_ascii_uppercase())
                && before.is_some_and(|byte| byte.is_ascii_alphabetic()));
    if is_inside {
        return Behind::GoesOn(next);
    }
    // SB9, SB10
    let mut end = next;
    while byte(end).is_some_and(is_close) {
        end += 1;
    }
    while byte(end).is_some_and(is_space) {
        end += 1;
    }
    match byte(end) {
        // SB8
        _ if is_dot && goes_on_in_lower_case(&text[end..]) => Behind::GoesOn(end),
        // SB8a
        Some(byte) if is_continuation(byte) || is_terminator(byte) => Behind::GoesOn(end),
        Some(byte) if is_separator(byte) => Behind::End(behind_separator(text, end)),
        // SB11
        _ => Behind::End(end),
    }
}

/// Whether the first letter of a text is a lower-case one, with nothing before it that ends a sentence.
fn goes_on_in_lower_case(text: &[u8]) -> bool {
    let decides = |byte: u8| byte.is_ascii_alphabetic() || is_separator(byte) || is_terminator(byte);
    text.iter().copied().find(|&byte| decides(byte)).is_some_and(|byte| byte.is_ascii_lowercase())
}

/// Where a line's end ends.
fn behind_separator(text: &[u8], at: usize) -> usize {
    if text[at..].starts_with(b"\r\n") { at + 2 } else { at + 1 }
}

fn is_separator(byte: u8) -> bool {
    matches!(byte, b'\n' | b'\r')
}

fn is_terminator(byte: u8) -> bool {
    matches!(byte, b'.' | b'!' | b'?')
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b'\t' | 0xb | 0xc | b' ')
}

fn is_close(byte: u8) -> bool {
    matches!(byte, b'"' | b'\'' | b'(' | b')' | b'[' | b']' | b'{' | b'}')
}

fn is_continuation(byte: u8) -> bool {
    matches!(byte, b',' | b'-' | b':' | b';')
}

#[cfg(test)]
mod tests {
    use icu_segmenter::SentenceSegmenter;
    use icu_segmenter::options::SentenceBreakInvariantOptions;
    use proptest::prelude::*;

    use super::*;

    fn by_the_whole_rules(text: &str) -> Vec<usize> {
        let segmenter = SentenceSegmenter::new(SentenceBreakInvariantOptions::default());
        segmenter.segment_str(text).filter(|&end| end > 0).collect()
    }

    #[test]
    fn sentences_end_where_people_end_them() {
        let text = b"One. Two 3.5 (four!) \"Five?\" e.g. six\r\nSeven... U.S. army";
        let ends: Vec<usize> = ends(text).collect();
        assert_eq!(ends, [5, 21, 29, 39, 48, 57]);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn the_rules_are_those_of_all_text(text in "([aA1 .!?\"')\\[,;:\\-\t\r\n\u{b}\u{c}]|[\0-\u{7f}]){0,24}") {
            prop_assert_eq!(ends(text.as_bytes()).collect::<Vec<_>>(), by_the_whole_rules(&text));
        }
    }
}
