//! What `meta.KEY:` asks of the facts that documents state of themselves.
//!
//! Facts are text and numbers of no known meaning, so a value is read for what it can be: `*` asks whether there is
//! any, a star at the end for a beginning, signs and `..` for a comparison of numbers or of dates, and `=` takes the
//! rest as it stands. Values of facts are folded and compared by the engine, which knows the index.

use std::cmp::Ordering;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::field::{Refusal, refuse};
use crate::date::Period;

/// What is asked of one fact of a document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FactFilter {
    /// The name of the fact as typed; dots lead into facts that hold others.
    pub key: String,
    /// What its value must be, or one of its values.
    pub test: FactTest,
}

/// What the value of a fact must be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FactTest {
    /// Anything.
    Any,
    /// This text in any case, or a number of this value.
    Equals(String),
    /// A text that starts so, in any case.
    Prefix(String),
    /// A number or a date not below this.
    AtLeast(Limit),
    /// A number or a date above this.
    Above(Limit),
    /// A number or a date not above this.
    AtMost(Limit),
    /// A number or a date below this.
    Below(Limit),
    /// A number or a date from the first to the second, both included.
    Between(Limit, Limit),
}

/// A number or a date, as typed, that facts are compared with.
///
/// What can be both (`2023`) is a number to numbers and a year to dates.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Limit(String);

impl Limit {
    /// Reads a number or a date.
    fn read(text: &str) -> Option<Self> {
        let limit = Self(text.into());
        (limit.number().is_some() || limit.period().is_some()).then_some(limit)
    }

    /// The number that it is.
    pub fn number(&self) -> Option<Number> {
        Number::parse(&self.0)
    }

    /// The days that it is.
    pub fn period(&self) -> Option<Period> {
        Period::parse(&self.0)
    }
}

/// A number, exact where it is whole.
#[derive(Clone, Copy, Debug)]
pub enum Number {
    /// A whole number.
    Whole(i128),
    /// Any other.
    Decimal(f64),
}

impl Number {
    /// Reads a number in decimal digits, with a sign, a fraction and an exponent if need be.
    pub fn parse(text: &str) -> Option<Self> {
        let is_number = text.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte));
        // Names such as `inf` are words here, and so are numbers too large to be told from it.
        if !is_number {
            return None;
        }
        let whole = text.parse().ok().map(Self::Whole);
        whole.or_else(|| text.parse().ok().filter(|number: &f64| number.is_finite()).map(Self::Decimal))
    }

    /// Which of two numbers is larger.
    pub fn compare(self, other: Self) -> Ordering {
        match (self, other) {
            (Self::Whole(one), Self::Whole(other)) => one.cmp(&other),
            _ => self.rounded().partial_cmp(&other.rounded()).unwrap_or(Ordering::Equal),
        }
    }

    #[expect(
        clippy::cast_precision_loss,
        reason = "beside a number with a fraction, rounding is all there is"
    )]
    fn rounded(self) -> f64 {
        match self {
            Self::Whole(number) => number as f64,
            Self::Decimal(number) => number,
        }
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for FactTest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any => f.write_str("*"),
            Self::Equals(text) if read(text).is_ok_and(|test| test == *self) => f.write_str(text),
            Self::Equals(text) => write!(f, "={text}"),
            Self::Prefix(text) => write!(f, "{text}*"),
            Self::AtLeast(limit) => write!(f, ">={limit}"),
            Self::Above(limit) => write!(f, ">{limit}"),
            Self::AtMost(limit) => write!(f, "<={limit}"),
            Self::Below(limit) => write!(f, "<{limit}"),
            Self::Between(low, high) => write!(f, "{low}..{high}"),
        }
    }
}

/// Reads the value of a `meta.KEY:`, taken out of its quotes.
pub(super) fn read(value: &str) -> Result<FactTest, Refusal> {
    let text = |text: &str| match text.strip_suffix('*') {
        Some(start) if !start.is_empty() => FactTest::Prefix(start.into()),
        _ => FactTest::Equals(text.into()),
    };
    if value == "*" {
        Ok(FactTest::Any)
    } else if let Some(text) = value.strip_prefix('=') {
        Ok(FactTest::Equals(text.into()))
    } else if let Some(limit) = value.strip_prefix(">=") {
        read_limit(limit, value).map(FactTest::AtLeast)
    } else if let Some(limit) = value.strip_prefix("<=") {
        read_limit(limit, value).map(FactTest::AtMost)
    } else if let Some(limit) = value.strip_prefix('>') {
        read_limit(limit, value).map(FactTest::Above)
    } else if let Some(limit) = value.strip_prefix('<') {
        read_limit(limit, value).map(FactTest::Below)
    } else {
        read_range(value)?.map_or_else(|| Ok(text(value)), Ok)
    }
}

/// Reads `A..B`, `A..` or `..B`; none where neither end can be compared with.
fn read_range(value: &str) -> Result<Option<FactTest>, Refusal> {
    let Some((low, high)) = value.split_once("..") else { return Ok(None) };
    Ok(Some(match (Limit::read(low), Limit::read(high)) {
        (Some(low), Some(high)) => between(low, high)?,
        (Some(low), None) if high.is_empty() => FactTest::AtLeast(low),
        (None, Some(high)) if low.is_empty() => FactTest::AtMost(high),
        (None, None) => return Ok(None),
        _ => return refuse_limit(value),
    }))
}

fn between(low: Limit, high: Limit) -> Result<FactTest, Refusal> {
    let numbers = low.number().zip(high.number()).map(|(low, high)| low.compare(high));
    let dates = low.period().zip(high.period()).map(|(low, high)| low.first.cmp(&high.last));
    match [numbers, dates] {
        [None, None] => refuse(
            "a range cannot go from a number to a date",
            "write two numbers or two dates, as in 1..10 or 2023-11..2024",
        ),
        orders if orders.iter().flatten().all(|order| order.is_gt()) => {
            refuse("the range ends before it starts", "write the smaller end first")
        }
        _ => Ok(FactTest::Between(low, high)),
    }
}

fn read_limit(text: &str, value: &str) -> Result<Limit, Refusal> {
    Limit::read(text).map_or_else(|| refuse_limit(value), Ok)
}

fn refuse_limit<T>(value: &str) -> Result<T, Refusal> {
    let value = super::error::quoted(value);
    refuse(
        format!("{value} compares with what is neither a number nor a date"),
        "write a number or a date, as in >=10, 2.5..3 or <2023-11; put = before what is meant as text",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(value: &str) -> String {
        read(value).map_or_else(|refusal| refusal.message, |test| format!("{test} {test:?}"))
    }

    #[test]
    fn values_are_read_for_what_they_can_be() {
        for (value, expected) in [
            ("Asia", r#"Asia Equals("Asia")"#),
            ("", r#" Equals("")"#),
            ("*", "* Any"),
            ("**", r#"** Prefix("*")"#),
            ("=*", r#"=* Equals("*")"#),
            ("As*", r#"As* Prefix("As")"#),
            ("=As*", r#"=As* Equals("As*")"#),
            ("=Asia", r#"Asia Equals("Asia")"#),
            (">=10", r#">=10 AtLeast(Limit("10"))"#),
            (">-1.5e3", r#">-1.5e3 Above(Limit("-1.5e3"))"#),
            ("<=2023-11", r#"<=2023-11 AtMost(Limit("2023-11"))"#),
            ("<2023", r#"<2023 Below(Limit("2023"))"#),
            ("1..10", r#"1..10 Between(Limit("1"), Limit("10"))"#),
            ("2023-11..2024", r#"2023-11..2024 Between(Limit("2023-11"), Limit("2024"))"#),
            ("3..", r#">=3 AtLeast(Limit("3"))"#),
            ("..3", r#"<=3 AtMost(Limit("3"))"#),
            ("..", r#".. Equals("..")"#),
            ("../a", r#"../a Equals("../a")"#),
            ("a..b*", r#"a..b* Prefix("a..b")"#),
            ("=1..2", r#"=1..2 Equals("1..2")"#),
            ("==a", r#"==a Equals("=a")"#),
        ] {
            assert_eq!(shown(value), expected, "{value}");
        }
    }

    #[test]
    fn what_cannot_be_compared_with_is_refused() {
        for value in [">=abc", ">", "<inf", "1..b", "a..2", ">=2023-13"] {
            let message = format!("`{value}` compares with what is neither a number nor a date");
            assert_eq!(shown(value), message);
        }
        assert_eq!(shown("10..1"), "the range ends before it starts");
        assert_eq!(shown("2024-01..2023"), "the range ends before it starts");
        assert_eq!(shown("1..2023-11-12"), "a range cannot go from a number to a date");
    }

    #[test]
    fn numbers_compare_by_value_and_large_ones_exactly() {
        let order = |one, other| Number::parse(one).zip(Number::parse(other)).map(|(a, b)| a.compare(b));
        assert_eq!(order("10", "1e1"), Some(Ordering::Equal));
        assert_eq!(order("-0.0", "0"), Some(Ordering::Equal));
        assert_eq!(order("9007199254740993", "9007199254740992"), Some(Ordering::Greater));
        assert_eq!(order("2.5", "10"), Some(Ordering::Less));
        for text in ["", "inf", "nan", "-", "1e999", "0x10", "1_000", "e"] {
            assert!(Number::parse(text).is_none(), "{text}");
        }
    }
}
