//! The services whose health the prober checks.

use super::{Runtime, Scenario};
use crate::{
    deployment::{Health, HttpHealth, Service},
    names::{PortName, ServiceName, UrlPath},
    units::Protocol,
};

/// How the prober checks a service. <https://github.com/prometheus/blackbox_exporter/blob/master/CONFIGURATION.md>
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Module<'a> {
    /// A GET request for the path succeeds.
    Http(&'a UrlPath),
    /// The port accepts a connection.
    Tcp,
}

impl Module<'_> {
    /// Returns the name of the module in the prober's configuration.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Http(_) => "http",
            Self::Tcp => "tcp",
        }
    }
}

/// Returns the port and the module for checking a service from outside. The result of a health command inside the container is
/// not visible from outside. An accepted connection at least shows that the service is running.
pub(crate) fn asked(service: &Service) -> Option<(&PortName, Module<'_>)> {
    match service.health.as_ref()? {
        Health::Http(HttpHealth { port, path }) => Some((port, Module::Http(path))),
        Health::Tcp(port) => Some((port, Module::Tcp)),
        Health::Command(_) => {
            let mut ports = service.ports.iter();
            let (port, _) = ports.find(|(_, mapping)| mapping.protocol == Protocol::Tcp)?;
            Some((port, Module::Tcp))
        }
    }
}

/// Returns the services that the prober checks: those that run, except the prober itself, pods that it cannot reach, and
/// Prometheus, because Prometheus cannot alert about its own failure.
pub(crate) fn probed<'a>(
    scenario: &Scenario<'a>,
) -> impl Iterator<Item = (&'a ServiceName, &'a Service, &'a PortName, Module<'a>)> {
    let monitoring = scenario.deployment().monitoring.as_ref();
    let prober = monitoring.and_then(|monitoring| scenario.service(monitoring.prober.as_ref()?));
    let inside = prober.is_some_and(|(_, service)| scenario.runtime(service) == Runtime::Kubernetes);
    let pod = |service: &Service| scenario.runtime(service) == Runtime::Kubernetes && !service.host_network;
    let others = scenario.active().filter(move |(name, service)| {
        let (Some(monitoring), Some((prober, _))) = (monitoring, prober) else { return false };
        *name != prober && **name != monitoring.prometheus && (inside || !pod(service))
    });
    others.filter_map(|(name, service)| asked(service).map(|(port, module)| (name, service, port, module)))
}
