//! A ledger: who asks how much of something, and what is left of it.

use serde::Serialize;

use crate::{
    path::ModelPath,
    units::{Bytes, Ratio},
};

/// One who asks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// Who or what it is: `deepseek`, `deepseek weights`, `swap file`.
    pub label: String,
    /// How much it asks.
    pub amount: Bytes,
    /// Where it asks.
    pub path: ModelPath,
}

/// Who asks how much of what there is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Ledger {
    /// What is installed, as it is sold.
    pub capacity: Bytes,
    /// What can be had of it. Firmware, drivers and file systems keep the rest.
    pub usable: Bytes,
    /// How much may be promised.
    pub limit: Bytes,
    /// Who asks.
    pub entries: Vec<Entry>,
}

impl Ledger {
    /// A ledger of something that may be promised as a whole.
    pub fn new(capacity: Bytes) -> Self {
        Self::of(capacity, capacity)
    }

    /// A ledger of something of which only a part can be had.
    pub fn of(capacity: Bytes, usable: Bytes) -> Self {
        Self { capacity, usable, limit: usable, entries: Vec::new() }
    }

    /// What there is, for people: `32 GiB`, or `32 GiB (32607 MiB usable)`.
    pub fn supply(&self) -> String {
        if self.usable == self.capacity {
            self.capacity.to_string()
        } else {
            format!("{} ({} usable)", self.capacity, self.usable.counted())
        }
    }

    /// Adds one who asks, unless it asks for nothing.
    pub fn add(&mut self, label: impl Into<String>, amount: Bytes, path: ModelPath) {
        if !amount.is_zero() {
            self.entries.push(Entry { label: label.into(), amount, path });
        }
    }

    /// What is asked in all; what no `u64` holds counts as the most that one does.
    pub fn total(&self) -> Bytes {
        sum(self.entries.iter().map(|entry| entry.amount))
    }

    /// What is asked beyond what may be promised, if anything is.
    pub fn over(&self) -> Option<Bytes> {
        self.total().checked_sub(self.limit).filter(|over| !over.is_zero())
    }

    /// The share of the capacity that is asked.
    pub fn ratio(&self) -> Ratio {
        self.total().of(self.capacity)
    }

    /// The ledger as lines in columns.
    pub fn lines(&self) -> Vec<String> {
        let mut rows: Vec<_> =
            self.entries.iter().map(|entry| (entry.label.clone(), entry.amount.to_string())).collect();
        rows.push(("total".to_owned(), self.total().readable()));
        let last = rows.len() - 1;
        if self.usable != self.capacity {
            rows.push(("usable".to_owned(), self.usable.counted()));
        }
        let widths = rows.iter().fold((0, 0), |(a, b), (label, amount)| {
            (a.max(label.chars().count()), b.max(amount.chars().count()))
        });
        let line = |(i, (label, amount)): (usize, (String, String))| {
            // Not by a width of the format, which is a u16: a component's name may be longer.
            let gap = widths.0 - label.chars().count() + 4 + widths.1 - amount.chars().count();
            let line = format!("{label}{}{amount}", " ".repeat(gap));
            match self.over() {
                Some(over) if i == last => format!("{line}   ({} over)", over.readable()),
                _ if i > last => format!("{line}   (of {})", self.capacity),
                _ => line,
            }
        };
        rows.into_iter().enumerate().map(line).collect()
    }
}

pub(crate) fn sum(amounts: impl Iterator<Item = Bytes>) -> Bytes {
    Bytes::checked_sum(amounts).unwrap_or(Bytes::new(u64::MAX))
}
