//! A ledger: the requests for a resource, and what is available of it.

use serde::Serialize;

use crate::{
    path::ModelPath,
    units::{Bytes, Ratio},
};

/// A request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// Who or what requests it: `deepseek`, `deepseek weights`, `swap file`.
    pub label: String,
    /// The requested amount.
    pub amount: Bytes,
    /// Where the amount is written.
    pub path: ModelPath,
}

/// The requests for a resource, and what is available of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Ledger {
    /// What is installed, in the size that it is sold with.
    pub capacity: Bytes,
    /// What is usable of it. Firmware, drivers and file systems take the rest.
    pub usable: Bytes,
    /// The most that may be requested in total.
    pub limit: Bytes,
    /// The requests.
    pub entries: Vec<Entry>,
}

impl Ledger {
    /// A ledger of a resource that is usable as a whole.
    pub fn new(capacity: Bytes) -> Self {
        Self::of(capacity, capacity)
    }

    /// A ledger of a resource of which only a part is usable.
    pub fn of(capacity: Bytes, usable: Bytes) -> Self {
        Self { capacity, usable, limit: usable, entries: Vec::new() }
    }

    /// Adds a request, unless its amount is zero.
    pub fn add(&mut self, label: impl Into<String>, amount: Bytes, path: ModelPath) {
        if !amount.is_zero() {
            self.entries.push(Entry { label: label.into(), amount, path });
        }
    }

    /// The total of the requests, or the largest `u64` if it is larger.
    pub fn total(&self) -> Bytes {
        sum(self.entries.iter().map(|entry| entry.amount))
    }

    /// How far the total is over the limit, if it is.
    pub fn over(&self) -> Option<Bytes> {
        self.total().checked_sub(self.limit).filter(|over| !over.is_zero())
    }

    /// The share of the capacity that is requested.
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
