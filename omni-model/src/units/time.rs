//! Durations, days and schedules.

use std::{fmt, str::FromStr};

use schemars::JsonSchema;

use super::{quantity, split_unit};
use crate::scalar::{ScalarError, scalar, text_schema};

/// A duration as a whole number with its unit, `s`, `min`, `h` or `d`, for example `25min`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, JsonSchema)]
#[schemars(with = "String", transform = text_schema::<Self>("duration", &quantity(&DURATIONS)))]
pub struct Duration(u64);

const DURATIONS: [(&str, u64); 4] = [("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1)];

impl Duration {
    /// That many seconds.
    pub const fn from_secs(seconds: u64) -> Self {
        Self(seconds)
    }

    /// In seconds.
    pub const fn secs(self) -> u64 {
        self.0
    }

    /// As Prometheus writes it: `10m`, `15d`.
    pub fn prometheus(self) -> String {
        let (count, unit) = self.in_largest_unit();
        format!("{count}{}", if unit == "min" { "m" } else { unit })
    }

    fn in_largest_unit(self) -> (u64, &'static str) {
        let even = DURATIONS.iter().find(|(_, size)| self.0 >= *size && self.0.is_multiple_of(*size));
        even.map_or((self.0, "s"), |(unit, size)| (self.0 / size, unit))
    }
}

impl fmt::Display for Duration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (count, unit) = self.in_largest_unit();
        write!(f, "{count}{unit}")
    }
}

impl FromStr for Duration {
    type Err = ScalarError;

    fn from_str(text: &str) -> Result<Self, ScalarError> {
        let (digits, unit) = split_unit(text);
        let size = DURATIONS.iter().find(|(name, _)| *name == unit).map(|(_, size)| *size);
        // Kubernetes' probes count in an i32 of seconds; no time in a deployment is longer.
        let seconds = size.and_then(|size| digits.parse::<u64>().ok()?.checked_mul(size));
        match seconds {
            Some(seconds) if i32::try_from(seconds).is_ok() => Ok(Self(seconds)),
            Some(_) => Err(ScalarError::new(format!(
                "`{text}` is too long: a duration is at most {} seconds",
                i32::MAX
            ))),
            None if unit == "m" => {
                Err(ScalarError::new(format!("`m` is not a unit of time; did you mean `{digits}min`?")))
            }
            None => {
                let help = "write a whole number and a unit, for example `300s`, `25min`, `12h` or `15d`";
                Err(ScalarError::invalid(text, "duration", help))
            }
        }
    }
}

/// A day as `YYYY-MM-DD` (ISO 8601), for example `2027-01-31`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, JsonSchema)]
#[schemars(with = "String", transform = text_schema::<Self>("date", r"[0-9]{4}-[0-9]{2}-[0-9]{2}"))]
pub struct Date {
    year: u16,
    month: u8,
    day: u8,
}

impl Date {
    /// The day in UTC, from the seconds since 1970-01-01; `None` after the year 9999.
    pub fn from_unix(seconds: u64) -> Option<Self> {
        let mut days = seconds / 86_400;
        let mut year = 1970;
        while days >= 365 + u64::from(is_leap(year)) {
            days -= 365 + u64::from(is_leap(year));
            year = if year < 9999 { year + 1 } else { return None };
        }
        let mut month = 1;
        while days >= u64::from(days_of(year, month)?) {
            days -= u64::from(days_of(year, month)?);
            month += 1;
        }
        Some(Self { year, month, day: u8::try_from(days + 1).ok()? })
    }
}

fn is_leap(year: u16) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

/// The number of days of a month; `None` if there is no such month.
fn days_of(year: u16, month: u8) -> Option<u8> {
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => Some(31),
        4 | 6 | 9 | 11 => Some(30),
        2 => Some(if is_leap(year) { 29 } else { 28 }),
        _ => None,
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

impl FromStr for Date {
    type Err = ScalarError;

    fn from_str(text: &str) -> Result<Self, ScalarError> {
        let part = |from: usize, len: usize| {
            let digits = text.get(from..from + len)?;
            if digits.bytes().all(|b| b.is_ascii_digit()) { digits.parse::<u16>().ok() } else { None }
        };
        let read = || {
            let (year, month, day) = (part(0, 4)?, part(5, 2)?, part(8, 2)?);
            let (month, day) = (u8::try_from(month).ok()?, u8::try_from(day).ok()?);
            let shape = text.len() == 10 && text.get(4..5)? == "-" && text.get(7..8)? == "-";
            (shape && (1..=days_of(year, month)?).contains(&day)).then_some(Self { year, month, day })
        };
        read().ok_or_else(|| ScalarError::invalid(text, "date", "write year, month and day as `2027-01-31`"))
    }
}

/// A schedule in the host's local time: `hourly`, `daily` (at midnight), `weekly` (Monday at midnight), `monthly` (the first at
/// midnight), a time such as `03:30`, or days of the week and a time, for example `Sun,Wed 03:30`.
///
/// It is shown as it was written. Each form is a calendar expression of systemd:
/// <https://www.freedesktop.org/software/systemd/man/latest/systemd.time.html#Calendar%20Events>
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, JsonSchema)]
#[schemars(with = "String", transform = text_schema::<Self>("schedule", CALENDAR))]
pub struct Calendar(String);

const CALENDAR: &str = "hourly|daily|weekly|monthly|\
    ((Mon|Tue|Wed|Thu|Fri|Sat|Sun)(,(Mon|Tue|Wed|Thu|Fri|Sat|Sun))* )?([01][0-9]|2[0-3]):[0-5][0-9]";

const DAYS_OF_THE_WEEK: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

impl Calendar {
    /// Every day at midnight.
    pub fn daily() -> Self {
        Self("daily".to_owned())
    }
}

impl fmt::Display for Calendar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Calendar {
    type Err = ScalarError;

    fn from_str(text: &str) -> Result<Self, ScalarError> {
        let number = |digits: &str, below: u8| {
            digits.len() == 2
                && digits.bytes().all(|b| b.is_ascii_digit())
                && digits.parse::<u8>().is_ok_and(|number| number < below)
        };
        let is_time = |time: &str| {
            time.split_once(':').is_some_and(|(hours, minutes)| number(hours, 24) && number(minutes, 60))
        };
        let is_day = |day: &str| DAYS_OF_THE_WEEK.contains(&day);
        let fine = match text.split_once(' ') {
            Some((days, time)) => days.split(',').all(is_day) && is_time(time),
            None => matches!(text, "hourly" | "daily" | "weekly" | "monthly") || is_time(text),
        };
        fine.then(|| Self(text.to_owned())).ok_or_else(|| {
            let help = "write `hourly`, `daily`, `weekly`, `monthly`, a time such as `03:30`, or days and a time such as `Sun 03:30`";
            ScalarError::invalid(text, "schedule", help)
        })
    }
}

scalar!(Duration, Date, Calendar);

#[cfg(test)]
mod tests {
    use super::*;

    fn error<T: FromStr<Err = ScalarError>>(text: &str) -> String {
        text.parse::<T>().err().unwrap().to_string()
    }

    #[test]
    fn a_duration_is_read_back() {
        for text in ["301s", "25min", "12h", "15d", "0s", "90s"] {
            assert_eq!(text.parse::<Duration>().unwrap().to_string(), text);
        }
        assert_eq!("1500s".parse::<Duration>().unwrap().to_string(), "25min");
        assert_eq!("10min".parse::<Duration>().unwrap().prometheus(), "10m");
        assert!(error::<Duration>("10m").contains("did you mean `10min`?"));
        assert!(error::<Duration>("9999999d").contains("too long"));
        assert!(error::<Duration>("soon").contains("is not a valid duration"));
    }

    #[test]
    fn a_date_is_a_day_that_exists() {
        assert_eq!("2028-02-29".parse::<Date>().unwrap().to_string(), "2028-02-29");
        for text in ["2027-02-29", "2027-13-01", "2027-1-1", "2027-01-00", "20270131xx", "2027-01-311"] {
            assert!(error::<Date>(text).contains("is not a valid date"), "{text}");
        }
    }

    #[test]
    fn a_day_follows_from_the_seconds() {
        let days = [
            (0, Some("1970-01-01")),
            (951_868_799, Some("2000-02-29")),
            (951_868_800, Some("2000-03-01")),
            (1_798_675_200, Some("2026-12-31")),
            (4_107_542_400, Some("2100-03-01")),
            (253_402_300_799, Some("9999-12-31")),
            (253_402_300_800, None),
            (u64::MAX, None),
        ];
        for (seconds, day) in days {
            let expected = day.map(|day| day.parse().unwrap());
            assert_eq!(Date::from_unix(seconds), expected, "{seconds}");
        }
    }

    #[test]
    fn a_calendar_is_an_expression_of_systemds() {
        for text in ["hourly", "daily", "weekly", "monthly", "03:30", "23:59", "Sun 00:00", "Mon,Thu 02:15"] {
            assert_eq!(text.parse::<Calendar>().unwrap().to_string(), text);
        }
        let wrong = [
            "",
            "yearly",
            "3:30",
            "24:00",
            "03:60",
            "Sunday 03:30",
            "Sun",
            "Sun,03:30",
            "Sun  03:30",
            "0é:30",
            "%n 03:30",
            "daily\nExecStart=/bin/false",
            "+3:30",
        ];
        for text in wrong {
            assert!(text.parse::<Calendar>().is_err(), "{text}");
        }
        assert!(error::<Calendar>("nightly").contains("write `hourly`"));
    }
}
