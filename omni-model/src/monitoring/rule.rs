//! An alerting rule.

use indexmap::IndexMap;

use super::{action, promql::Selector};
use crate::{
    Scenario,
    deployment::{Alert, Level},
    names::AlertName,
    units::Duration,
};

/// An alerting rule of Prometheus.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlertRule<'a> {
    /// The alert that it comes from.
    pub name: &'a AlertName,
    /// When it fires, in PromQL.
    pub expr: String,
    /// The series that it reads.
    pub reads: Vec<Selector>,
    /// How long the expression must hold before the alert fires.
    pub lasting: Duration,
    /// Its labels beside those of the series.
    pub labels: IndexMap<&'static str, String>,
    /// What people read: plain text, no template.
    pub annotations: IndexMap<&'static str, String>,
}

impl<'a> AlertRule<'a> {
    pub(super) fn new(
        scenario: &Scenario<'_>,
        name: &'a AlertName,
        alert: &Alert,
        expr: String,
        reads: Vec<Selector>,
    ) -> Self {
        let severity = match alert.severity {
            Level::Critical => "critical",
            Level::Warning => "warning",
            Level::None => "none",
        };
        let mut annotations = IndexMap::from([("summary", alert.summary.to_string())]);
        let action = alert.action.as_ref().and_then(|action| action::text(scenario, action));
        annotations.extend(action.map(|action| ("action", action)));
        let labels = IndexMap::from([("severity", severity.to_owned())]);
        Self { name, expr, reads, lasting: alert.lasting, labels, annotations }
    }

    /// The labels that the rule adds to a series when it fires.
    pub(super) fn added(&self) -> impl Iterator<Item = (String, String)> + use<'_> {
        self.labels.iter().map(|(name, value)| ((*name).to_owned(), value.clone()))
    }
}
