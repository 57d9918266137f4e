//! Days: reading them from metadata, file names and queries, and showing them one way.
//!
//! Documents tell their date in many notations and at many precisions; the index knows only civil days.
//! A [`Period`] is what a partial date such as `2023-11` stands for. Dates are taken as written: a
//! date-time with an offset is of the day that it names there, not of the day in some other zone.

use std::fmt;
use std::time::SystemTime;

use jiff::ToSpan;
use jiff::civil;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A civil day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
#[schemars(inline)]
pub struct Date(#[schemars(with = "String")] civil::Date);

/// A span of days, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Period {
    /// The first day.
    pub first: Date,
    /// The last day.
    pub last: Date,
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.0.year(), self.0.month(), self.0.day())
    }
}

impl Date {
    /// The earliest day that can be said.
    pub const MIN: Self = Self(civil::Date::MIN);
    /// The latest day that can be said.
    pub const MAX: Self = Self(civil::Date::MAX);

    /// The day of a year, month and day counted from 1, if there is such a day.
    pub fn new(year: i16, month: i8, day: i8) -> Option<Self> {
        civil::Date::new(year, month, day).ok().map(Self)
    }

    /// Days since 1 January 1970.
    pub fn days(self) -> i64 {
        let epoch = civil::date(1970, 1, 1);
        i64::from((self.0 - epoch).get_days())
    }

    /// The day so many days after 1 January 1970, if it can be said.
    pub fn of_days(days: i64) -> Option<Self> {
        let days = jiff::Span::new().try_days(days).ok()?;
        civil::date(1970, 1, 1).checked_add(days).ok().map(Self)
    }

    /// The day of `time`, in UTC.
    pub fn of_time(time: SystemTime) -> Option<Self> {
        let stamp = jiff::Timestamp::try_from(time).ok()?;
        Some(Self(stamp.to_zoned(jiff::tz::TimeZone::UTC).date()))
    }

    /// The day that it is now, in UTC.
    pub fn today() -> Self {
        Self::of_time(SystemTime::now()).unwrap_or(Self::MIN)
    }

    /// The day before; the day itself where there is none.
    pub fn yesterday(self) -> Self {
        Self(self.0.saturating_sub(1.day()))
    }

    /// The day after; the day itself where there is none.
    pub fn tomorrow(self) -> Self {
        Self(self.0.saturating_add(1.day()))
    }

    /// Reads a date as metadata gives it: ISO 8601 with or without time and offset, as mail and HTTP
    /// headers write it, in words (`12 November 2023`, `Nov. 12, 2023`), with dots or slashes after the
    /// year (`2023.11.12`, `2023/11/12`), in Korean and Japanese (`2023년 11월 12일`, `2023年11月12日`); a year and a
    /// month, or a year alone, stand for their first day.
    ///
    /// Notations whose order of day and month is a guess (`11/12/2023`) are not read.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        Self::parse_iso(text).or_else(|| Self::parse_numbers(text)).or_else(|| Self::parse_words(text))
    }

    /// Finds a date in a file's name: `2023-11-12`, `2023_11_12`, `2023.11.12`, `20231112`, or `2023-11`.
    ///
    /// Digits that go on before or after it make a number no date, and years before 1900 or after 2100 are
    /// taken for other numbers.
    pub fn in_file_name(name: &str) -> Option<Self> {
        let runs: Vec<(usize, &str)> = digit_runs(name).collect();
        let joined = |a: (usize, &str), b: (usize, &str)| {
            b.0 == a.0 + a.1.len() + 1 && matches!(name.as_bytes()[b.0 - 1], b'-' | b'_' | b'.')
        };
        let of_three = |at: usize| {
            let (&year, &month, &day) = (runs.get(at)?, runs.get(at + 1)?, runs.get(at + 2)?);
            let fits = year.1.len() == 4 && month.1.len() == 2 && day.1.len() == 2;
            (fits && joined(year, month) && joined(month, day))
                .then(|| Self::plausible(year.1, month.1, day.1))?
        };
        let of_one = |at: usize| {
            let digits = runs[at].1;
            (digits.len() == 8).then(|| Self::plausible(&digits[..4], &digits[4..6], &digits[6..]))?
        };
        let of_two = |at: usize| {
            let (&year, &month) = (runs.get(at)?, runs.get(at + 1)?);
            let fits = year.1.len() == 4 && month.1.len() == 2 && name.as_bytes()[month.0 - 1] == b'-';
            (fits && joined(year, month)).then(|| Self::plausible(year.1, month.1, "01"))?
        };
        (0..runs.len())
            .find_map(of_three)
            .or_else(|| (0..runs.len()).find_map(of_one))
            .or_else(|| (0..runs.len()).find_map(of_two))
    }

    fn plausible(year: &str, month: &str, day: &str) -> Option<Self> {
        let year = year.parse().ok().filter(|year| (1900..=2100).contains(year))?;
        Self::new(year, month.parse().ok()?, day.parse().ok()?)
    }

    fn parse_iso(text: &str) -> Option<Self> {
        if let Some(period) = Period::parse(text) {
            return Some(period.first);
        }
        let looks_iso = text.as_bytes().get(4) == Some(&b'-') && text.as_bytes().get(7) == Some(&b'-');
        if looks_iso && let Some(day) = text.get(..10) {
            let rest = &text[10..];
            return rest.starts_with(['T', 't', ' ']).then(|| Period::parse(day).map(|p| p.first))?;
        }
        jiff::fmt::rfc2822::parse(text).ok().map(|zoned| Self(zoned.date()))
    }

    /// `2023.11.12`, `2023/11/12`, `2023년 11월 12일`, `2023年11月12日`, `20231112`; a time may follow.
    fn parse_numbers(text: &str) -> Option<Self> {
        let runs: Vec<(usize, &str)> = digit_runs(text).collect();
        let &(0, year) = runs.first()? else { return None };
        if year.len() == 8 {
            return Self::plausible(&year[..4], &year[4..6], &year[6..]);
        }
        let (month_at, month) = *runs.get(1)?;
        let marks = text[year.len()..month_at].trim();
        if year.len() != 4 || !matches!(marks, "." | "/" | "년" | "年") {
            return None;
        }
        let day = runs.get(2).map_or("1", |&(_, day)| day);
        Self::plausible(year, month, day)
    }

    /// `12 November 2023`, `November 12, 2023`, `Sunday, Nov. 12, 2023`, `November 2023`.
    fn parse_words(text: &str) -> Option<Self> {
        let (mut year, mut month, mut day) = (None, None, None);
        let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        for word in words.take(6) {
            let digits = word.trim_end_matches(|c: char| c.is_ascii_alphabetic());
            match digits.len() {
                4 if digits == word => year = year.or(Some(digits)),
                1 | 2 => day = day.or(Some(digits)),
                _ => month = month.or(month_of(word)),
            }
        }
        Self::plausible(year?, &month?.to_string(), day.unwrap_or("1"))
    }
}

/// A point in time as people and programs read it: `2023-11-12T08:30:00Z`, from seconds since 1970, UTC.
pub fn show_time(seconds: i64) -> String {
    jiff::Timestamp::from_second(seconds).map_or_else(|_| seconds.to_string(), |time| time.to_string())
}

/// The number of the month whose English name `word` is, whole or shortened to three letters or more.
fn month_of(word: &str) -> Option<usize> {
    const MONTHS: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let word = word.to_ascii_lowercase();
    (word.len() >= 3).then(|| MONTHS.iter().position(|month| month.starts_with(&word)))?.map(|at| at + 1)
}

/// The runs of ASCII digits in `text`, each with its offset.
fn digit_runs(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.split(|c: char| !c.is_ascii_digit())
        .filter(|run| !run.is_empty())
        .map(move |run| (run.as_ptr() as usize - text.as_ptr() as usize, run))
}

impl Period {
    /// Reads what [`Period::parse`] reads, and times that are told from `today` on: `today`, `yesterday`, and `7d`, `2w`,
    /// `3m`, `1y` for the days from so many days, weeks, months or years ago up to today.
    ///
    /// ```
    /// use tidings::date::{Date, Period};
    ///
    /// let today = Date::new(2023, 11, 12).unwrap();
    /// let week = Period::parse_on("7d", today).unwrap();
    /// assert_eq!((week.first.to_string(), week.last), ("2023-11-05".to_owned(), today));
    /// ```
    pub fn parse_on(text: &str, today: Date) -> Option<Self> {
        let day = |day: Date| Some(Self { first: day, last: day });
        match text {
            "today" => return day(today),
            "yesterday" => return day(today.yesterday()),
            _ => {}
        }
        let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
        let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
        let Some(number) = is_number.then(|| number.parse::<i64>().ok()).flatten() else {
            return Self::parse(text);
        };
        let span = match unit {
            "d" => jiff::Span::new().try_days(number),
            "w" => jiff::Span::new().try_weeks(number),
            "m" => jiff::Span::new().try_months(number),
            "y" => jiff::Span::new().try_years(number),
            _ => return Self::parse(text),
        };
        let first = today.0.checked_sub(span.ok()?).ok()?;
        Some(Self { first: Date(first), last: today })
    }

    /// Reads `2023`, `2023-11` or `2023-11-12` as the days that it stands for.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('-');
        let year: i16 = digits(parts.next()?, 4)?;
        let month: Option<i8> =
            parts.next().map(|part| digits(part, 2)).map_or(Some(None), |m| m.map(Some))?;
        let day: Option<i8> = parts.next().map(|part| digits(part, 2)).map_or(Some(None), |d| d.map(Some))?;
        if parts.next().is_some() {
            return None;
        }
        let first = civil::Date::new(year, month.unwrap_or(1), day.unwrap_or(1)).ok()?;
        let last = match (month, day) {
            (_, Some(_)) => first,
            (Some(_), None) => first.last_of_month(),
            (None, None) => first.last_of_year(),
        };
        Some(Self { first: Date(first), last: Date(last) })
    }
}

/// The number that exactly `len` ASCII digits make.
fn digits<N: std::str::FromStr>(text: &str, len: usize) -> Option<N> {
    let fits = text.len() == len && text.bytes().all(|byte| byte.is_ascii_digit());
    fits.then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_told_from_today_on() {
        let today = Date::new(2024, 3, 31).unwrap();
        let told = |text: &str| {
            let period = Period::parse_on(text, today)?;
            Some(format!("{} {}", period.first, period.last))
        };
        for (text, expected) in [
            ("today", "2024-03-31 2024-03-31"),
            ("yesterday", "2024-03-30 2024-03-30"),
            ("0d", "2024-03-31 2024-03-31"),
            ("7d", "2024-03-24 2024-03-31"),
            ("2w", "2024-03-17 2024-03-31"),
            ("1m", "2024-02-29 2024-03-31"),
            ("1y", "2023-03-31 2024-03-31"),
            ("2023-11", "2023-11-01 2023-11-30"),
        ] {
            assert_eq!(told(text).as_deref(), Some(expected), "{text}");
        }
        for text in ["", "d", "-7d", "7", "7h", "tomorrow", "99999999999d", "9999999999999999999999d", "7é"]
        {
            assert_eq!(told(text), None, "{text}");
        }
    }

    #[test]
    fn metadata_dates_are_read_in_the_notations_that_people_use() {
        for text in [
            "2023-11-12",
            "2023-11-12T23:30:00+09:00",
            "2023-11-12 08:00",
            "Sun, 12 Nov 2023 10:00:00 +0900",
            "12 November 2023",
            "November 12, 2023",
            "Sunday, Nov. 12th, 2023",
            "2023.11.12",
            "2023. 11. 12.",
            "2023/11/12 10:00",
            "20231112",
            "2023년 11월 12일",
            "2023年11月12日",
        ] {
            assert_eq!(
                Date::parse(text).map(|date| date.to_string()).as_deref(),
                Some("2023-11-12"),
                "{text}"
            );
        }
        assert_eq!(Date::parse("November 2023").map(|date| date.to_string()).as_deref(), Some("2023-11-01"));
        assert_eq!(Date::parse("2023").map(|date| date.to_string()).as_deref(), Some("2023-01-01"));
    }

    #[test]
    fn what_is_no_date_or_a_guess_is_not_read() {
        for text in ["", "soon", "11/12/2023", "2023-13-01", "2023-02-30", "12", "version 4.2", "2023-11-1٢"]
        {
            assert_eq!(Date::parse(text), None, "{text}");
        }
    }

    #[test]
    fn file_names_tell_dates() {
        let of = |name| Date::in_file_name(name).map(|date| date.to_string());
        assert_eq!(of("2023-11-12-press.md").as_deref(), Some("2023-11-12"));
        assert_eq!(of("press_2023_11_12.txt").as_deref(), Some("2023-11-12"));
        assert_eq!(of("wire20231112.jsonl").as_deref(), Some("2023-11-12"));
        assert_eq!(of("report-2023-11.md").as_deref(), Some("2023-11-01"));
        assert_eq!(of("12-2023-11-12345.md"), Some("2023-11-01".into()));
        assert_eq!(of("order-8123456789.txt"), None);
        assert_eq!(of("page-1200-11-12.txt"), None);
    }

    #[test]
    fn days_are_counted_from_1970_there_and_back() {
        for date in [Date::MIN, Date::MAX, Date::new(2024, 2, 29).expect("a day")] {
            assert_eq!(Date::of_days(date.days()), Some(date));
        }
        assert_eq!([Date::of_days(Date::MAX.days() + 1), Date::of_days(i64::MIN)], [None, None]);
    }

    #[test]
    fn partial_dates_stand_for_their_days() {
        let show = |text| Period::parse(text).map(|p| format!("{}..{}", p.first, p.last));
        assert_eq!(show("2024-02").as_deref(), Some("2024-02-01..2024-02-29"));
        assert_eq!(show("2023").as_deref(), Some("2023-01-01..2023-12-31"));
        assert_eq!(show("2023-11-12").as_deref(), Some("2023-11-12..2023-11-12"));
        assert_eq!(show("2023-1"), None);
        assert_eq!(Period::parse("1970-01-02").expect("a day").first.days(), 1);
    }
}
