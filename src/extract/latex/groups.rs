//! Which brace closes which, found out in one pass over the source.

/// The longest address that is read as such, in bytes.
const MAX_ADDRESS: usize = 2_000;

/// Which brace closes which.
pub(super) struct Groups {
    /// Where groups begin and end, in the order of their beginnings.
    pairs: Vec<(usize, Option<usize>)>,
}

impl Groups {
    /// Matches the braces of a source.
    pub fn of(source: &str) -> Self {
        let mut pairs = Vec::new();
        let mut open: Vec<usize> = Vec::new();
        let bytes = source.as_bytes();
        let mut at = 0;
        while at < bytes.len() {
            match bytes[at] {
                b'\\' => at += 1,
                b'%' => at += bytes[at..].iter().position(|&byte| byte == b'\n').unwrap_or(bytes.len() - at),
                b'{' => {
                    open.push(pairs.len());
                    pairs.push((at, None));
                    at += address_len(source, at);
                }
                b'}' => {
                    if let Some(number) = open.pop() {
                        pairs[number].1 = Some(at);
                    }
                }
                _ => {}
            }
            at += 1;
        }
        Self { pairs }
    }

    /// Where the group ends that begins at `open`.
    pub fn close(&self, open: usize) -> Option<usize> {
        let number = self.pairs.binary_search_by_key(&open, |&(start, _)| start).ok()?;
        self.pairs[number].1
    }
}

/// How much of the argument that begins at `open` is an address, in which a percent sign begins no comment.
fn address_len(source: &str, open: usize) -> usize {
    let is_address =
        ["\\url", "\\href", "\\path", "\\nolinkurl"].iter().any(|name| source[..open].ends_with(name));
    if !is_address {
        return 0;
    }
    let argument = &source.as_bytes()[open + 1..];
    let len = argument.iter().take(MAX_ADDRESS).position(|byte| matches!(byte, b'{' | b'}' | b'\n'));
    len.unwrap_or(0)
}
