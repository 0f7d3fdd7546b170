//! Sizes, shares of sizes, and percentages.

use std::{fmt, str::FromStr};

use schemars::JsonSchema;

use super::{quantity, split_unit};
use crate::scalar::{ScalarError, scalar, text_schema};

/// A size as a whole number with its unit, for example `384 GiB`.
///
/// `KiB`, `MiB`, `GiB` and `TiB` are powers of 1024; `B`, `kB`, `MB`, `GB` and `TB` are powers of 1000 (IEC 80000-13). A size is
/// shown in the unit that gives the smallest whole number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, JsonSchema)]
#[schemars(with = "String", transform = text_schema::<Self>("size", &quantity(&SIZES)))]
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
        let help = "write a whole number and a unit, for example `384 GiB` or `281 GB`";
        if digits.is_empty() {
            return Err(ScalarError::invalid(text, "size", help));
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
                (_, true) => format!("`{text}` is not a whole number: {help}; use the next smaller unit"),
                (Some(meant), _) => {
                    format!("`{unit}` is not a unit of size; did you mean `{digits} {meant}`?")
                }
                (None, _) => format!("`{unit}` is not a unit of size; the units are {}", known.join(", ")),
            }));
        };
        let bytes = digits.parse::<u64>().ok().and_then(|count| count.checked_mul(size));
        bytes.map(Self).ok_or_else(|| {
            ScalarError::new(format!("`{text}` is too large: a size is at most {} bytes", u64::MAX))
        })
    }
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

/// A whole percentage from `0%` to `100%`, for example `94%`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, JsonSchema)]
#[schemars(with = "String", transform = text_schema::<Self>("percentage", r"0*(100|[0-9]?[0-9])\s*%"))]
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
            ScalarError::invalid(
                text,
                "percentage",
                "write a whole number from `0%` to `100%`, for example `94%`",
            )
        };
        let digits = text.strip_suffix('%').ok_or_else(error)?.trim_end();
        let (whole, rest) = split_unit(digits);
        match whole.parse() {
            Ok(percent @ 0..=100) if rest.is_empty() => Ok(Self(percent)),
            _ => Err(error()),
        }
    }
}

scalar!(Bytes, Percent);

#[cfg(test)]
mod tests {
    use super::*;

    fn error<T: FromStr<Err = ScalarError>>(text: &str) -> String {
        text.parse::<T>().err().unwrap().to_string()
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
        assert!(error::<Bytes>("-1 GiB").contains("is not a valid size"));
        assert!(error::<Bytes>("350Gi").contains("did you mean `350 GiB`?"));
        assert!(error::<Bytes>("350 gb").contains("did you mean `350 GB`?"));
        assert!(error::<Bytes>("1.5 GiB").contains("is not a whole number"));
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
    fn a_percentage_is_a_whole_number_up_to_100() {
        for text in ["94", "101%", "-1%", "9.5%"] {
            assert!(error::<Percent>(text).contains("is not a valid percentage"), "{text}");
        }
        assert_eq!("94 %".parse(), Ok(Percent(94)));
    }
}
