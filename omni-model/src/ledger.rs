//! A ledger: the requests for a resource, and how much of it is available.

use serde::Serialize;

use crate::{
    path::ModelPath,
    units::{Bytes, Ratio},
};

/// A request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// The label of the request: `deepseek`, `deepseek weights`, `swap file`.
    pub label: String,
    /// The requested amount.
    pub amount: Bytes,
    /// The path of the amount.
    pub path: ModelPath,
}

/// The requests for a resource, and how much of it is available.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Ledger {
    /// The installed amount, in the nominal size of the product.
    pub capacity: Bytes,
    /// The usable part of the capacity. Firmware, drivers and file systems take the rest.
    pub usable: Bytes,
    /// The upper limit for the total of the requests.
    pub limit: Bytes,
    /// The requests.
    pub entries: Vec<Entry>,
}

impl Ledger {
    /// Creates a ledger for a resource that is usable as a whole.
    pub fn new(capacity: Bytes) -> Self {
        Self::of(capacity, capacity)
    }

    /// Creates a ledger for a resource of which only a part is usable.
    pub fn of(capacity: Bytes, usable: Bytes) -> Self {
        Self { capacity, usable, limit: usable, entries: Vec::new() }
    }

    /// Adds a request, unless its amount is zero.
    pub fn add(&mut self, label: impl Into<String>, amount: Bytes, path: ModelPath) {
        if !amount.is_zero() {
            self.entries.push(Entry { label: label.into(), amount, path });
        }
    }

    /// Returns the total of the requests. It saturates at `u64::MAX`.
    pub fn total(&self) -> Bytes {
        sum(self.entries.iter().map(|entry| entry.amount))
    }

    /// Returns how far the total exceeds the limit. `None` if it does not.
    pub fn over(&self) -> Option<Bytes> {
        self.total().checked_sub(self.limit).filter(|over| !over.is_zero())
    }

    /// Returns the requested share of the capacity.
    pub fn ratio(&self) -> Ratio {
        self.total().of(self.capacity)
    }

    /// Returns the ledger as lines in columns.
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
            // A format width is a u16, but the name of a component may be longer. So the gap is computed
            // here.
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
