//! What Prometheus scrapes.

use super::exporters::{self, Exported};
use crate::{
    Scenario,
    deployment::{Metrics, Service},
    names::{HostName, ServiceName},
};

/// A service that Prometheus scrapes. Its scrape job has its name.
#[derive(Clone, Debug)]
pub struct Target<'a> {
    /// The service.
    pub name: &'a ServiceName,
    /// What it is.
    pub service: &'a Service,
    /// Where its metrics are.
    pub metrics: &'a Metrics,
    /// Its host.
    pub host: &'a HostName,
    /// Where Prometheus finds it, as `address:port`.
    pub address: String,
}

/// The metric by which a process says since when it runs.
pub(super) const STARTED: &str = "process_start_time_seconds";

/// What Prometheus scrapes in a scenario: each active service that has metrics and that it can reach.
pub fn targets<'a>(scenario: &Scenario<'a>) -> Vec<Target<'a>> {
    let Some(monitoring) = &scenario.deployment().monitoring else { return Vec::new() };
    let target = |(name, service): (&'a ServiceName, &'a Service)| {
        let metrics = service.metrics.as_ref()?;
        let (host, _) = scenario.host(service)?;
        let address = scenario.endpoint(&monitoring.prometheus, name, &metrics.port)?;
        Some(Target { name, service, metrics, host, address })
    };
    scenario.active().filter_map(target).collect()
}

impl<'a> Target<'a> {
    /// The labels that its scrape job adds.
    pub fn labels(&self) -> [(&'static str, &'a str); 2] {
        [("host", self.host.as_str()), ("zone", self.service.zone.as_str())]
    }

    /// Whether its metrics say since when it runs.
    pub(super) fn says_when_it_started(&self, scenario: &Scenario<'_>) -> bool {
        self.exports(scenario, STARTED).is_some()
    }

    /// The metric that a series belongs to, if the target exports it.
    pub fn exports(&self, scenario: &Scenario<'_>, series: &str) -> Option<Exported> {
        exporters::exported(scenario.deployment(), &self.metrics.exporter, series)
    }
}
