//! The allowed connections of an option.

use std::{collections::HashMap, fmt};

use super::{Scenario, probed};
use crate::{
    names::{HostName, PortName, ServiceName},
    path::ModelPath,
    resolve::{self, Party, Target},
};

/// An allowed connection in a scenario, with the names resolved. It is a flow (a flow from a zone becomes one link for each
/// service in it) or a connection that the monitoring needs, which nobody has to declare. Prometheus scrapes metrics and sends
/// alerts to Alertmanager, which notifies the receivers. Grafana queries Prometheus, and the prober checks health.
#[derive(Clone, Debug)]
pub struct Link<'a> {
    /// The path of the declaration that it follows from.
    pub origin: ModelPath,
    /// The purpose of the connection.
    pub purpose: Purpose,
    /// The source that opens the connection.
    pub from: Party<'a>,
    /// The destination of the connection.
    pub to: Target<'a>,
}

/// The purpose of a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// A flow that the author declares.
    Flow,
    /// Prometheus scrapes metrics.
    Scrape,
    /// The prober checks the health of a service.
    Probe,
    /// Prometheus sends alerts to Alertmanager, or Alertmanager notifies the receivers.
    Alert,
    /// Prometheus asks the prober to check a service, or Grafana queries Prometheus.
    Query,
}

/// Writes the link as a flow is written.
impl fmt::Display for Link<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} -> {}", self.from, self.to)
    }
}

impl<'a> Scenario<'a> {
    /// Returns the allowed connections. A connection with an end that does not exist in this option is left out.
    pub fn links(&self) -> &[Link<'a>] {
        self.links.get_or_init(|| self.resolve_links())
    }

    /// Returns the links that begin or end on a host.
    pub fn links_on(&self, host: &HostName) -> impl Iterator<Item = &Link<'a>> {
        let by_host = self.links_by_host.get_or_init(|| {
            let mut by_host: HashMap<_, Vec<_>> = HashMap::new();
            for (i, link) in self.links().iter().enumerate() {
                let from = match link.from {
                    Party::Service(_, service) => self.host(service),
                    Party::Host(name, host) => Some((name, host)),
                    Party::Zone(..) | Party::Lan | Party::Operator | Party::Internet => None,
                };
                let to = match link.to {
                    Target::Port(_, service, ..) => self.host(service),
                    Target::Api(..) | Target::Internet => None,
                };
                let from = from.map(|(name, _)| name);
                let to = to.map(|(name, _)| name).filter(|to| Some(*to) != from);
                for host in from.into_iter().chain(to) {
                    by_host.entry(host).or_default().push(i);
                }
            }
            by_host
        });
        by_host.get(host).into_iter().flatten().filter_map(|i| self.links().get(*i))
    }

    fn resolve_links(&self) -> Vec<Link<'a>> {
        let flows = self.deployment.flows.iter().enumerate().flat_map(|(i, flow)| {
            let origin = ModelPath::root().key("flows").index(i);
            let from = resolve::party(self.deployment, &flow.from);
            let to = resolve::target(self.deployment, &flow.to);
            self.expand(&origin, Purpose::Flow, from.zip(to))
        });
        flows.chain(self.monitoring_links()).collect()
    }

    fn expand(
        &self,
        origin: &ModelPath,
        purpose: Purpose,
        ends: Option<(Party<'a>, Target<'a>)>,
    ) -> Vec<Link<'a>> {
        let Some((from, to)) = ends else { return Vec::new() };
        let link = |from| Link { origin: origin.clone(), purpose, from, to };
        match (from, to) {
            (_, Target::Port(_, service, ..)) if !self.has(service) => Vec::new(),
            (Party::Service(_, service), _) if !self.has(service) => Vec::new(),
            (Party::Zone(zone, _), _) => {
                let members = self.services().filter(|(_, service)| service.zone == *zone);
                members.map(|(name, service)| link(Party::Service(name, service))).collect()
            }
            _ => vec![link(from)],
        }
    }

    fn monitoring_links(&self) -> Vec<Link<'a>> {
        let Some(monitoring) = &self.deployment.monitoring else { return Vec::new() };
        let here = ModelPath::root().key("monitoring");
        let mut links = Vec::new();
        let mut told = Vec::new();
        let mut link =
            |origin: ModelPath, purpose, from: &ServiceName, to: &ServiceName, port: Option<&PortName>| {
                let from = self.service(from).map(|(name, service)| Party::Service(name, service));
                let to = self.service(to).and_then(|(name, service)| {
                    let (port, mapping) = match port {
                        Some(port) => service.ports.get_key_value(port)?,
                        None => service.ports.first()?,
                    };
                    Some(Target::Port(name, service, port, *mapping))
                });
                links.extend(self.expand(&origin, purpose, from.zip(to)));
            };
        for (name, service) in &self.deployment.services {
            if let Some(metrics) = service.metrics.as_ref().filter(|_| *name != monitoring.prometheus) {
                let origin = ModelPath::root().key("services").key(name).key("metrics");
                link(origin, Purpose::Scrape, &monitoring.prometheus, name, Some(&metrics.port));
            }
        }
        if let Some(alertmanager) = &monitoring.alertmanager {
            link(here.key("alertmanager"), Purpose::Alert, &monitoring.prometheus, alertmanager, None);
        }
        if let Some((name, service)) = monitoring.alertmanager.as_ref().and_then(|name| self.service(name)) {
            for (key, receiver) in monitoring.receivers() {
                let to = resolve::receiver(self.deployment, receiver);
                let ends = Some(Party::Service(name, service)).zip(to);
                told.extend(self.expand(&here.key(key), Purpose::Alert, ends));
            }
        }
        if let Some(grafana) = &monitoring.grafana {
            link(here.key("grafana"), Purpose::Query, grafana, &monitoring.prometheus, None);
        }
        if let Some(prober) = &monitoring.prober {
            link(here.key("prober"), Purpose::Query, &monitoring.prometheus, prober, None);
            for (name, _, port, _) in probed(self) {
                let origin = ModelPath::root().key("services").key(name).key("health");
                link(origin, Purpose::Probe, prober, name, Some(port));
            }
        }
        links.extend(told);
        links
    }
}
