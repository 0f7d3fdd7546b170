//! The targets of Prometheus.

use std::collections::HashMap;

use super::{
    exporters::{self, Exported},
    promql::Selector,
};
use crate::{
    Scenario,
    deployment::{Metrics, Service},
    names::{HostName, ServiceName},
};

/// A service that Prometheus scrapes. The scrape job has the name of the service.
#[derive(Clone, Debug)]
pub struct Target<'a> {
    /// Name of the service, and of its job.
    pub name: &'a ServiceName,
    /// The service.
    pub service: &'a Service,
    /// The metrics endpoint and the exporter.
    pub metrics: &'a Metrics,
    /// Host of the service.
    pub host: &'a HostName,
    /// Address for Prometheus, as `address:port`.
    pub address: String,
}

/// The targets in a scenario: each active service that has metrics and that Prometheus can reach.
#[derive(Clone, Debug)]
pub struct Targets<'a> {
    all: Vec<Target<'a>>,
    /// The places in `all` of the targets with a label.
    labelled: HashMap<(&'static str, &'a str), Vec<usize>>,
}

impl<'a> Targets<'a> {
    pub(crate) fn of(scenario: &Scenario<'a>) -> Self {
        let monitoring = scenario.deployment().monitoring.as_ref();
        let target = |(name, service): (&'a ServiceName, &'a Service)| {
            let metrics = service.metrics.as_ref()?;
            let (host, _) = scenario.host(service)?;
            let address = scenario.endpoint(&monitoring?.prometheus, name, &metrics.port)?;
            Some(Target { name, service, metrics, host, address })
        };
        let all: Vec<_> = scenario.active().filter_map(target).collect();
        let mut labelled: HashMap<_, Vec<_>> = HashMap::new();
        for (i, target) in all.iter().enumerate() {
            for label in [("job", target.name.as_str()), ("host", target.host.as_str())] {
                labelled.entry(label).or_default().push(i);
            }
        }
        Self { all, labelled }
    }

    /// The targets, in the order of the services.
    pub fn iter(&self) -> std::slice::Iter<'_, Target<'a>> {
        self.all.iter()
    }

    /// Whether there are no targets.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// The target of a service.
    pub fn get(&self, service: &ServiceName) -> Option<&Target<'a>> {
        self.labelled.get(&("job", service.as_str()))?.first().and_then(|i| self.all.get(*i))
    }

    /// The first target that exports a series.
    pub(super) fn exporting(&self, scenario: &Scenario<'_>, series: &str) -> Option<&Target<'a>> {
        self.iter().find(|target| target.exports(scenario, series).is_some())
    }

    /// The targets whose series a selector may match, by their job and host.
    pub(super) fn asked<'t>(&'t self, selector: &'t Selector) -> impl Iterator<Item = &'t Target<'a>> {
        let narrow = ["job", "host"].into_iter().find_map(|label| Some((label, selector.value(label)?)));
        let some = narrow.map(|label| self.labelled.get(&label).map_or(&[][..], Vec::as_slice));
        let all = if some.is_none() { self.all.as_slice() } else { &[] };
        let fits =
            |target: &&Target<'_>| selector.value("host").is_none_or(|host| host == target.host.as_str());
        let some = some.unwrap_or_default().iter().filter_map(|i| self.all.get(*i));
        some.filter(fits).chain(all)
    }
}

impl<'a> Target<'a> {
    /// The labels that the scrape job adds.
    pub fn labels(&self) -> [(&'static str, &'a str); 2] {
        [("host", self.host.as_str()), ("zone", self.service.zone.as_str())]
    }

    /// The metric that a series belongs to. `None` if the target does not export it.
    pub fn exports(&self, scenario: &Scenario<'_>, series: &str) -> Option<Exported> {
        exporters::exported(scenario.deployment(), &self.metrics.exporter, series)
    }
}
