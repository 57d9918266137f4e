//! Sizes of sources as `size:` takes them: numbers of bytes with units, and ranges of them.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::field::{Refusal, refuse};

/// The units of sizes, in small letters, with how many bytes each is.
const UNITS: [(&str, u64); 10] = [
    ("", 1),
    ("b", 1),
    ("kb", 1_000),
    ("mb", 1_000_000),
    ("gb", 1_000_000_000),
    ("tb", 1_000_000_000_000),
    ("kib", 1 << 10),
    ("mib", 1 << 20),
    ("gib", 1 << 30),
    ("tib", 1 << 40),
];

/// A range of numbers of bytes, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sizes {
    /// The smallest.
    pub first: u64,
    /// The largest.
    pub last: u64,
}

impl fmt::Display for Sizes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.first, self.last) {
            (first, last) if first == last => write!(f, "{first}"),
            (first, u64::MAX) => write!(f, ">={first}"),
            (0, last) => write!(f, "<={last}"),
            (first, last) => write!(f, "{first}..{last}"),
        }
    }
}

/// Reads `A`, `A..B`, `A..`, `..B`, `>=A`, `>A`, `<=A` or `<A`, where `A` and `B` are numbers of bytes.
pub(super) fn read(value: &str) -> Result<Sizes, Refusal> {
    let (first, last) = if let Some((first, last)) = value.split_once("..") {
        match (first, last) {
            ("", last) => (0, bytes(last)?),
            (first, "") => (bytes(first)?, u64::MAX),
            (first, last) => (bytes(first)?, bytes(last)?),
        }
    } else if let Some(size) = value.strip_prefix(">=") {
        (bytes(size)?, u64::MAX)
    } else if let Some(size) = value.strip_prefix("<=") {
        (0, bytes(size)?)
    } else if let Some(size) = value.strip_prefix('>') {
        (bytes(size)?.checked_add(1).map_or_else(refuse_empty, Ok)?, u64::MAX)
    } else if let Some(size) = value.strip_prefix('<') {
        (0, bytes(size)?.checked_sub(1).map_or_else(refuse_empty, Ok)?)
    } else {
        let size = bytes(value.strip_prefix('=').unwrap_or(value))?;
        (size, size)
    };
    if first > last {
        return refuse("the range of sizes ends before it starts", "write the smaller size first");
    }
    Ok(Sizes { first, last })
}

/// Reads a number of bytes such as `500`, `10KB` or `1.5MiB`, in whatever case.
fn bytes(text: &str) -> Result<u64, Refusal> {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    let unit = UNITS.iter().find(|(name, _)| name.eq_ignore_ascii_case(unit));
    let size = unit.and_then(|&(_, unit)| times(number, unit));
    size.map_or_else(refuse_form, Ok)
}

/// A decimal number times a unit, in whole bytes.
fn times(number: &str, unit: u64) -> Option<u64> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
    let whole = whole.parse::<u64>().ok()?.checked_mul(unit)?;
    // More digits than these say nothing of bytes of any unit; an amount below one byte does not either.
    let digits = fraction.get(..fraction.len().min(9)).filter(|_| !fraction.contains('.'))?;
    let scale = 10_u128.pow(u32::try_from(digits.len()).ok()?);
    let part = digits.parse::<u128>().ok()? * u128::from(unit) / scale;
    whole.checked_add(u64::try_from(part).ok()?)
}

fn refuse_form<T>() -> Result<T, Refusal> {
    let forms = "write 500, 10KB, 1.5MiB, a range as 1KB..2MB or 1KB.., >=1MB, >1MB, <=1MB or <1MB; \
                 the units are B, KB, MB, GB, TB (of 1000) and KiB, MiB, GiB, TiB (of 1024)";
    refuse("`size:` takes a number of bytes or a range of them", forms)
}

fn refuse_empty<T>() -> Result<T, Refusal> {
    refuse("no size lies in this range", "write a number of bytes above 0")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(value: &str) -> String {
        read(value).map_or_else(|refusal| refusal.message, |sizes| sizes.to_string())
    }

    #[test]
    fn sizes_are_read_in_every_form() {
        for (value, expected) in [
            ("500", "500"),
            ("=500B", "500"),
            (">1MB", ">=1000001"),
            (">=10KB", ">=10000"),
            (">=10kB", ">=10000"),
            ("<500", "<=499"),
            ("<=1kib", "<=1024"),
            ("1KB..2MB", "1000..2000000"),
            ("1KiB..", ">=1024"),
            ("..2GiB", "<=2147483648"),
            ("1.5MB", "1500000"),
            ("0.5KiB", "512"),
            ("0..", ">=0"),
            ("3TB", "3000000000000"),
            ("18446744073709551615", "18446744073709551615"),
        ] {
            assert_eq!(shown(value), expected, "{value}");
        }
    }

    #[test]
    fn what_is_no_size_is_refused() {
        let form = "`size:` takes a number of bytes or a range of them";
        for value in
            ["", "..", ">", "MB", "1XB", "-1", "1..x", "1.2.3", ".", "99999999999999TB", "1 KB", "1é", "1.9x"]
        {
            assert_eq!(shown(value), form, "{value}");
        }
        assert_eq!(shown("2MB..1KB"), "the range of sizes ends before it starts");
        assert_eq!(shown("<0"), "no size lies in this range");
        assert_eq!(shown(">18446744073709551615"), "no size lies in this range");
    }
}
