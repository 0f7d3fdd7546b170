//! Quantities with their units: sizes, percentages, durations, ports, dates. Nothing here is a bare number or a float.

use std::{fmt, num::NonZeroU16, str::FromStr};

use schemars::JsonSchema;

use crate::scalar::{ScalarError, scalar, text_schema};

/// A size in whole bytes, written with its unit: `384 GiB`, `281 GB`, `512 B`.
///
/// `KiB`, `MiB`, `GiB`, `TiB` count in 1024, `kB`, `MB`, `GB`, `TB` in 1000 (IEC 80000-13). It is shown in the unit
/// that takes the smallest whole number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, JsonSchema)]
#[schemars(with = "String", transform = text_schema::<Self>(&quantity(&SIZES)))]
pub struct Bytes(u64);

/// Largest first, and binary before decimal, so that the first that divides a size evenly with the smallest count wins.
const SIZES: [(&str, u64); 9] = [
    ("TiB", 1 << 40),
    ("TB", 1_000_000_000_000),
    ("GiB", 1 << 30),
    ("GB", 1_000_000_000),
    ("MiB", 1 << 20),
    ("MB", 1_000_000),
    ("KiB", 1 << 10),
    ("kB", 1_000),
    ("B", 1),
];

impl Bytes {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// That many bytes.
    pub const fn new(bytes: u64) -> Self {
        Self(bytes)
    }

    /// That many times 1024³ bytes.
    ///
    /// # Panics
    /// In the build or at once, if that is more than a `u64` holds.
    pub const fn gib(count: u64) -> Self {
        match count.checked_mul(1 << 30) {
            Some(bytes) => Self(bytes),
            None => panic!("a size in GiB that no u64 holds"),
        }
    }

    /// The number of bytes.
    pub const fn get(self) -> u64 {
        self.0
    }

    /// Whether it is nothing.
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// Both together, unless that overflows.
    pub const fn checked_add(self, other: Self) -> Option<Self> {
        match self.0.checked_add(other.0) {
            Some(bytes) => Some(Self(bytes)),
            None => None,
        }
    }

    /// What is left, if `other` fits in.
    pub const fn checked_sub(self, other: Self) -> Option<Self> {
        match self.0.checked_sub(other.0) {
            Some(bytes) => Some(Self(bytes)),
            None => None,
        }
    }

    /// What is left, or nothing.
    #[must_use]
    pub const fn saturating_sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }

    /// All of them, unless that overflows.
    pub fn checked_sum(sizes: impl IntoIterator<Item = Self>) -> Option<Self> {
        sizes.into_iter().try_fold(Self::ZERO, Self::checked_add)
    }

    /// In whole MiB, rounded up: what tools that count in MiB are told.
    pub const fn mebibytes(self) -> u64 {
        self.0.div_ceil(1 << 20)
    }

    /// For people: exact where that takes at most four digits, else about so many of the largest binary unit.
    pub fn readable(self) -> String {
        let exact = self.to_string();
        let digits = exact.bytes().take_while(u8::is_ascii_digit).count();
        let unit = SIZES.iter().find(|(name, size)| name.contains('i') && self.0 >= *size);
        match unit.filter(|_| digits > 4) {
            Some((name, size)) => {
                let hundredths = (u128::from(self.0) * 100 + u128::from(*size) / 2) / u128::from(*size);
                format!("about {}.{:02} {name}", hundredths / 100, hundredths % 100)
            }
            None => exact,
        }
    }

    /// For people who compare it with what a tool shows: whole MiB exactly, as `nvidia-smi` has them, else
    /// [`readable`](Self::readable).
    pub fn counted(self) -> String {
        if self.0.is_multiple_of(1 << 20) { self.to_string() } else { self.readable() }
    }

    /// This share of `whole`.
    pub fn of(self, whole: Self) -> Ratio {
        Ratio { part: self, whole }
    }
}

impl fmt::Display for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let exact = SIZES.iter().filter(|(_, size)| self.0.is_multiple_of(*size) && self.0 >= *size);
        match exact.min_by_key(|(_, size)| self.0 / size) {
            Some((unit, size)) => write!(f, "{} {unit}", self.0 / size),
            None => f.write_str("0 B"),
        }
    }
}

impl FromStr for Bytes {
    type Err = ScalarError;

    fn from_str(text: &str) -> Result<Self, ScalarError> {
        let (digits, unit) = split_unit(text);
        let help = "a size is a whole number with its unit, as `384 GiB` or `281 GB`";
        if digits.is_empty() {
            return Err(ScalarError::new(format!("`{text}` is no size: {help}")));
        }
        let size = match unit {
            "" => return Err(ScalarError::new(format!("`{text}` has no unit: {help}"))),
            _ => SIZES.iter().find(|(name, _)| *name == unit).map(|(_, size)| *size),
        };
        let Some(size) = size else {
            let known = SIZES.map(|(name, _)| name);
            let meant = known.iter().find(|name| {
                name.eq_ignore_ascii_case(unit) || name.trim_end_matches('B').eq_ignore_ascii_case(unit)
            });
            return Err(ScalarError::new(match (meant, unit.starts_with('.')) {
                (_, true) => format!("`{text}` is not whole: {help}; take the next smaller unit"),
                (Some(meant), _) => format!("`{unit}` is no unit of size; did you mean `{digits} {meant}`?"),
                (None, _) => format!("`{unit}` is no unit of size; the units are {}", known.join(", ")),
            }));
        };
        let bytes = digits.parse::<u64>().ok().and_then(|count| count.checked_mul(size));
        bytes.map(Self).ok_or_else(|| {
            ScalarError::new(format!("`{text}` is too large: a size is at most {} bytes", u64::MAX))
        })
    }
}

/// A whole number and one of these units.
fn quantity(units: &[(&str, u64)]) -> String {
    let units: Vec<_> = units.iter().map(|(unit, _)| *unit).collect();
    format!(r"[0-9]+\s*({})\s*", units.join("|"))
}

/// The digits in front, and the rest without the blanks around it.
fn split_unit(text: &str) -> (&str, &str) {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (digits, unit) = text.split_at(end);
    (digits, unit.trim())
}

/// A part of a whole, exactly; shown in percent with two decimals (`94.01 %`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ratio {
    part: Bytes,
    whole: Bytes,
}

impl Ratio {
    /// In hundredths of a percent, rounded half up; of an empty whole, nothing.
    pub fn basis_points(self) -> u128 {
        let (part, whole) = (u128::from(self.part.0), u128::from(self.whole.0));
        if whole == 0 { 0 } else { (part * 20_000 + whole) / (whole * 2) }
    }

    /// In whole percent, rounded half up: how an operator writes it, and how a ceiling is compared.
    pub fn percent(self) -> u128 {
        let (part, whole) = (u128::from(self.part.0), u128::from(self.whole.0));
        if whole == 0 { 0 } else { (part * 200 + whole) / (whole * 2) }
    }
}

impl fmt::Display for Ratio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let points = self.basis_points();
        write!(f, "{}.{:02} %", points / 100, points % 100)
    }
}

/// A whole percentage from 0 to 100, written `94%`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, JsonSchema)]
#[schemars(with = "String", transform = text_schema::<Self>(r"0*(100|[0-9]?[0-9])\s*%"))]
pub struct Percent(u8);

impl Percent {
    /// That many percent; nothing above 100.
    pub const fn new(percent: u8) -> Option<Self> {
        if percent <= 100 { Some(Self(percent)) } else { None }
    }

    /// The number before the `%`.
    pub const fn get(self) -> u8 {
        self.0
    }

    /// The largest size that is, in whole percent of `whole` rounded half up, no more than this.
    #[must_use]
    pub fn of(self, whole: Bytes) -> Bytes {
        let whole = u128::from(whole.0);
        // (part * 200 + whole) / (whole * 2) <= percent, solved for the largest part.
        let limit = (whole * (2 * u128::from(self.0) + 1)).saturating_sub(1) / 200;
        Bytes(u64::try_from(limit.min(whole)).unwrap_or(u64::MAX))
    }
}

impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}%", self.0)
    }
}

impl FromStr for Percent {
    type Err = ScalarError;

    fn from_str(text: &str) -> Result<Self, ScalarError> {
        let error = || {
            ScalarError::new(format!(
                "`{text}` is no percentage: write a whole number from 0 to 100 as `94%`"
            ))
        };
        let digits = text.strip_suffix('%').ok_or_else(error)?.trim_end();
        let (whole, rest) = split_unit(digits);
        match whole.parse() {
            Ok(percent @ 0..=100) if rest.is_empty() => Ok(Self(percent)),
            _ => Err(error()),
        }
    }
}

/// A span of time in whole seconds, written with its unit: `300s`, `25min`, `12h`, `15d`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, JsonSchema)]
#[schemars(with = "String", transform = text_schema::<Self>(&quantity(&DURATIONS)))]
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
            Some(_) => Err(ScalarError::new(format!("`{text}` is too long: at most {} seconds", i32::MAX))),
            None if unit == "m" => {
                Err(ScalarError::new(format!("`m` is no unit of time; did you mean `{digits}min`?")))
            }
            None => Err(ScalarError::new(format!(
                "`{text}` is no time: write a whole number with its unit, as `300s`, `25min`, `12h` or `15d`"
            ))),
        }
    }
}

pub(crate) const PORT: &str = "0*[1-9][0-9]{0,4}";

/// A port, 1 to 65535.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, JsonSchema)]
#[schemars(with = "String", transform = text_schema::<Self>(PORT), extend("minimum" = NonZeroU16::MIN, "maximum" = NonZeroU16::MAX))]
pub struct Port(NonZeroU16);

impl Port {
    /// SSH (RFC 4253).
    pub const SSH: Self = Self(NonZeroU16::new(22).unwrap());

    /// DNS (RFC 1035).
    pub const DNS: Self = Self(NonZeroU16::new(53).unwrap());

    /// HTTPS (RFC 9110).
    pub const HTTPS: Self = Self(NonZeroU16::new(443).unwrap());

    /// The Kubernetes API server of k3s.
    pub const KUBERNETES_API: Self = Self(NonZeroU16::new(6443).unwrap());

    /// The kubelet.
    pub const KUBELET: Self = Self(NonZeroU16::new(10250).unwrap());

    /// The number.
    pub const fn get(self) -> u16 {
        self.0.get()
    }
}

impl fmt::Display for Port {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Port {
    type Err = ScalarError;

    fn from_str(text: &str) -> Result<Self, ScalarError> {
        let digits = text.bytes().all(|b| b.is_ascii_digit());
        let port = if digits { text.parse().ok() } else { None };
        port.map(Self).ok_or_else(|| {
            ScalarError::new(format!("`{text}` is no port: a port is a number from 1 to 65535"))
        })
    }
}

/// A transport protocol.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Protocol {
    /// TCP
    #[default]
    Tcp,
    /// UDP
    Udp,
}

impl fmt::Display for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Tcp => "tcp",
            Self::Udp => "udp",
        })
    }
}

impl FromStr for Protocol {
    type Err = ScalarError;

    fn from_str(text: &str) -> Result<Self, ScalarError> {
        match text {
            "tcp" => Ok(Self::Tcp),
            "udp" => Ok(Self::Udp),
            _ => Err(ScalarError::new(format!("`{text}` is no protocol: `tcp` or `udp`"))),
        }
    }
}

/// Ports next to each other with their protocol, as ufw writes them: `3000/tcp`, `8000:8100/tcp`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PortRange {
    /// The lowest port.
    pub first: Port,
    /// The highest port.
    pub last: Port,
    /// Their protocol.
    pub protocol: Protocol,
}

impl PortRange {
    /// Whether it holds this port.
    pub fn contains(&self, port: Port, protocol: Protocol) -> bool {
        (self.first..=self.last).contains(&port) && self.protocol == protocol
    }
}

impl fmt::Display for PortRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { first, last, protocol } = self;
        if first == last { write!(f, "{first}/{protocol}") } else { write!(f, "{first}:{last}/{protocol}") }
    }
}

impl FromStr for PortRange {
    type Err = ScalarError;

    fn from_str(text: &str) -> Result<Self, ScalarError> {
        let (ports, protocol) = text.split_once('/').ok_or_else(|| {
            ScalarError::new(format!("`{text}` has no protocol: write `3000/tcp` or `8000:8100/tcp`"))
        })?;
        let (first, last) = ports.split_once(':').unwrap_or((ports, ports));
        let range = Self { first: first.parse()?, last: last.parse()?, protocol: protocol.parse()? };
        if range.first > range.last {
            return Err(ScalarError::new(format!("`{text}` counts down: write the lower port first")));
        }
        Ok(range)
    }
}

/// A day of the Gregorian calendar, written `2027-01-31` (ISO 8601).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, JsonSchema)]
#[schemars(with = "String", transform = text_schema::<Self>(r"[0-9]{4}-[0-9]{2}-[0-9]{2}"))]
pub struct Date {
    year: u16,
    month: u8,
    day: u8,
}

impl Date {
    /// The day in UTC, by the seconds since 1970 began; nothing beyond the year 9999.
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

/// How many days a month has, if there is such a month.
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
        read().ok_or_else(|| ScalarError::new(format!("`{text}` is no date: write it as `2027-01-31`")))
    }
}

/// When something is done again and again, in the local time of the host: `hourly`, `daily` (at midnight), `weekly` (on Monday),
/// `monthly` (on the first), or a time of day with or without days of the week, as `03:30` or `Sun,Wed 03:30`.
///
/// It is shown as it was written. Each of these is an expression of systemd's:
/// <https://www.freedesktop.org/software/systemd/man/latest/systemd.time.html#Calendar%20Events>
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, JsonSchema)]
#[schemars(with = "String", transform = text_schema::<Self>(CALENDAR))]
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
            ScalarError::new(format!(
                "`{}` is no time to repeat something at: write `hourly`, `daily`, `weekly`, `monthly`, `03:30` or `Sun 03:30`",
                text.escape_debug()
            ))
        })
    }
}

scalar!(Bytes, Percent, Duration, Port, Protocol, PortRange, Date, Calendar);

#[cfg(test)]
mod tests {
    use super::*;

    fn error<T: FromStr<Err = ScalarError>>(text: &str) -> String {
        text.parse::<T>().err().unwrap().to_string()
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

    #[test]
    fn a_size_keeps_its_unit() {
        for text in ["384 GiB", "281 GB", "64 GiB", "350 GiB", "1 TB", "512 MiB", "1 B", "0 B", "3 kB"] {
            assert_eq!(text.parse::<Bytes>().unwrap().to_string(), text);
        }
        assert_eq!("1024 GiB".parse::<Bytes>().unwrap().to_string(), "1 TiB");
        assert_eq!("384GiB".parse(), Ok(Bytes::gib(384)));
    }

    #[test]
    fn a_sum_is_readable() {
        let readable = |text: &str| text.parse::<Bytes>().unwrap().readable();
        assert_eq!(readable("384 GiB"), "384 GiB");
        assert_eq!(readable("4224 MiB"), "4224 MiB");
        assert_eq!(readable("28800 MiB"), "about 28.13 GiB");
        assert_eq!(readable("3264175145 B"), "about 3.04 GiB");
        assert_eq!(Bytes(u64::MAX).readable(), "about 16777216.00 TiB");
    }

    #[test]
    fn a_size_without_a_sensible_unit_is_refused() {
        assert!(error::<Bytes>("384").contains("has no unit"));
        assert!(error::<Bytes>("-1 GiB").contains("is no size"));
        assert!(error::<Bytes>("350Gi").contains("did you mean `350 GiB`?"));
        assert!(error::<Bytes>("350 gb").contains("did you mean `350 GB`?"));
        assert!(error::<Bytes>("1.5 GiB").contains("is not whole"));
        assert!(error::<Bytes>("99999999999 TiB").contains("is too large"));
        assert!(error::<Bytes>("3 parsecs").contains("the units are"));
    }

    #[test]
    fn a_ceiling_is_compared_in_whole_percent() {
        let ratio = Bytes::gib(361).of(Bytes::gib(384));
        assert_eq!((ratio.percent(), ratio.to_string()), (94, "94.01 %".to_owned()));
        assert_eq!(Bytes::gib(363).of(Bytes::gib(384)).percent(), 95);
        assert_eq!(Bytes::gib(90).of(Bytes::gib(96)).to_string(), "93.75 %");
        assert_eq!(Bytes::gib(1).of(Bytes::ZERO).percent(), 0);
        for whole in [1, 199, 200, 201, 384 << 30, u64::MAX] {
            for percent in [0, 1, 50, 94, 99] {
                let limit = Percent(percent).of(Bytes(whole));
                assert!(limit.of(Bytes(whole)).percent() <= u128::from(percent), "{percent} % of {whole}");
                let more = Bytes(limit.0 + 1).of(Bytes(whole));
                assert!(more.percent() > u128::from(percent), "{percent} % of {whole}");
            }
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
    fn other_scalars_are_read_back() {
        for text in ["301s", "25min", "12h", "15d", "0s", "90s"] {
            assert_eq!(text.parse::<Duration>().unwrap().to_string(), text);
        }
        assert_eq!("1500s".parse::<Duration>().unwrap().to_string(), "25min");
        assert_eq!("10min".parse::<Duration>().unwrap().prometheus(), "10m");
        assert!(error::<Duration>("10m").contains("did you mean `10min`?"));
        assert!(error::<Duration>("9999999d").contains("too long"));
        for text in ["3000/tcp", "8000:8100/tcp", "53/udp"] {
            assert_eq!(text.parse::<PortRange>().unwrap().to_string(), text);
        }
        assert!(error::<PortRange>("8100:8000/tcp").contains("counts down"));
        assert!(error::<PortRange>("3000").contains("has no protocol"));
        for text in ["0", "65536", "+1", "", "ssh"] {
            assert!(error::<Port>(text).contains("is no port"), "{text}");
        }
        assert_eq!("2028-02-29".parse::<Date>().unwrap().to_string(), "2028-02-29");
        for text in ["2027-02-29", "2027-13-01", "2027-1-1", "2027-01-00", "20270131xx", "2027-01-311"] {
            assert!(error::<Date>(text).contains("is no date"), "{text}");
        }
        for text in ["94", "101%", "-1%", "9.5%"] {
            assert!(error::<Percent>(text).contains("is no percentage"), "{text}");
        }
        assert_eq!("94 %".parse(), Ok(Percent(94)));
    }
}
