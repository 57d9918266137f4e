//! The errors that sources which are no text have in common, and in what words they are told.

use super::{ExtractError, show_size};

/// The longest text that is taken out of one source, in bytes.
pub(super) const MAX_TEXT: usize = 256 << 20;

/// The error of a source that cannot be read for this cause.
pub(super) fn broken(source: &str, cause: &str) -> ExtractError {
    ExtractError::Malformed(format!("not a readable {source}: {}", in_words(cause)))
}

/// The error of a source that has more text than anybody reads.
pub(super) fn too_long(source: &str) -> ExtractError {
    broken(source, &format!("it has more than {} of text", show_size(MAX_TEXT as u64)))
}

/// A cause as this program writes one: on one line, without a capital at its start or a full stop at its end.
fn in_words(cause: &str) -> String {
    let cause = cause.split_whitespace().collect::<Vec<_>>().join(" ");
    let cause = cause.trim_end_matches('.');
    let is_word = cause.chars().nth(1).is_some_and(char::is_lowercase);
    match cause.chars().next() {
        Some(first) if is_word => first.to_lowercase().chain(cause.chars().skip(1)).collect(),
        _ => cause.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn causes_of_other_programs_are_told_in_our_way() {
        let told = |cause| broken("PDF", cause).to_string();
        assert_eq!(told("Invalid  header.\n"), "not a readable PDF: invalid header");
        assert_eq!(told("EOF in it"), "not a readable PDF: EOF in it");
        assert_eq!(too_long("PDF").to_string(), "not a readable PDF: it has more than 256 MiB of text");
    }
}
