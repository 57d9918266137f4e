//! The columns of tables whose cells spaces separate, as they stand on a terminal.

use crate::extract::lines::Line;

/// The columns at which a table's cells begin, by its border.
pub(super) fn columns_of(border: Line<'_>) -> Vec<usize> {
    let bytes = border.text.as_bytes();
    let begins = |&at: &usize| bytes[at] == b'=' && (at == 0 || bytes[at - 1] == b' ');
    (0..bytes.len()).filter(begins).map(|at| border.indentation + at).collect()
}

/// The cells of a line; text that goes on over a column's beginning is one.
pub(super) fn cells<'a>(line: Line<'a>, columns: &[usize]) -> Vec<&'a str> {
    let mut cells = Vec::new();
    let (mut start, mut column, mut next) = (0, line.indentation, 0);
    let mut is_behind_space = true;
    for (at, c) in line.text.char_indices() {
        while columns.get(next).is_some_and(|&begin| begin < column) {
            next += 1;
        }
        if columns.get(next) == Some(&column) && is_behind_space && at > 0 {
            cells.push(&line.text[start..at]);
            start = at;
        }
        is_behind_space = c == ' ';
        column += 1 + usize::from(is_wide(c));
    }
    cells.push(&line.text[start..]);
    cells
}

/// Whether a character takes two columns.
fn is_wide(c: char) -> bool {
    matches!(c, '\u{1100}'..='\u{115f}' | '\u{2e80}'..='\u{a4cf}' | '\u{ac00}'..='\u{d7a3}' | '\u{f900}'..='\u{faff}'
        | '\u{fe30}'..='\u{fe6f}' | '\u{ff00}'..='\u{ff60}' | '\u{ffe0}'..='\u{ffe6}' | '\u{1f300}'..='\u{1f64f}'
        | '\u{20000}'..='\u{3fffd}')
}
