//! A condition in PromQL as it is written, and the series that it reads.

use std::cell::RefCell;

use super::{promql::Selector, targets::Targets};
use crate::{
    Scenario,
    units::{Duration, Percent},
};

/// How far back rates look, and crashes that come and go.
pub(super) const RECENT: Duration = Duration::from_secs(300);

/// The PromQL of one alert in one option, while it is written. It remembers the series that are written into it: parsing what
/// has just been written would cost more than all the rest. A test parses it.
pub(super) struct Query<'a, 's> {
    pub(super) scenario: &'s Scenario<'a>,
    pub(super) targets: &'s Targets<'a>,
    /// The alert's `for`.
    pub(super) lasting: Duration,
    reads: RefCell<Vec<Selector>>,
}

impl<'a, 's> Query<'a, 's> {
    pub(super) fn new(scenario: &'s Scenario<'a>, targets: &'s Targets<'a>, lasting: Duration) -> Self {
        Self { scenario, targets, lasting, reads: RefCell::default() }
    }

    /// The series that have been written, in their order.
    pub(super) fn into_reads(self) -> Vec<Selector> {
        self.reads.into_inner()
    }

    /// Remembers series that somebody else has written.
    pub(super) fn read(&self, selectors: Vec<Selector>) {
        self.reads.borrow_mut().extend(selectors);
    }

    /// All series of a metric.
    pub(super) fn metric(&self, metric: &str) -> String {
        self.series(metric, &[])
    }

    /// The series of a metric whose labels have these values.
    pub(super) fn series(&self, metric: &str, labels: &[(&str, &str)]) -> String {
        let selector = Selector::new(metric, labels);
        let text = selector.to_string();
        self.reads.borrow_mut().push(selector);
        text
    }

    /// The series of a metric whose label has one of these values.
    pub(super) fn among(&self, metric: &str, label: &str, values: &[&str]) -> String {
        match values {
            [value] => self.series(metric, &[(label, value)]),
            _ => self.matching(metric, label, "=~", values),
        }
    }

    /// The series of a metric whose label has none of these values.
    pub(super) fn except(&self, metric: &str, label: &str, values: &[&str]) -> String {
        if values.is_empty() { self.metric(metric) } else { self.matching(metric, label, "!~", values) }
    }

    /// The series of a metric whose label matches, or does not match, one of these expressions.
    pub(super) fn matching(&self, metric: &str, label: &str, operator: &str, values: &[&str]) -> String {
        let labels = vec![(label.to_owned(), None)];
        self.reads.borrow_mut().push(Selector { metric: Some(metric.to_owned()), labels });
        format!("{metric}{{{label}{operator}\"{}\"}}", values.join("|"))
    }
}

/// A condition that holds if one of these does; `None` if there are none.
pub(super) fn any(conditions: impl IntoIterator<Item = String>) -> Option<String> {
    let all: Vec<_> = conditions.into_iter().collect();
    (!all.is_empty()).then(|| all.join(" or "))
}

/// A percentage as a number of PromQL: `0.95`.
pub(super) fn share(percent: Percent) -> String {
    decimal(percent.get())
}

/// What a percentage leaves of the whole.
pub(super) fn rest(percent: Percent) -> String {
    decimal(100 - percent.get())
}

/// Hundredths as a number of PromQL.
pub(super) fn decimal(hundredths: u8) -> String {
    let text = format!("{}.{:02}", hundredths / 100, hundredths % 100);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
