//! Quantities with their units: sizes, percentages, durations, ports, dates. None of them is a bare number or a float.

mod port;
mod size;
mod time;

pub(crate) use port::PORT;
pub use port::{Port, PortRange, Protocol};
pub use size::{Bytes, Percent, Ratio};
pub use time::{Calendar, Date, Duration};

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
