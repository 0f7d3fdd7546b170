//! The services that the prober asks for their health.

use super::{Runtime, Scenario};
use crate::{
    deployment::{Health, HttpHealth, Service},
    names::{PortName, ServiceName, UrlPath},
    units::Protocol,
};

/// How a service is asked. <https://github.com/prometheus/blackbox_exporter/blob/master/CONFIGURATION.md>
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Module<'a> {
    /// It answers a GET of a path with success.
    Http(&'a UrlPath),
    /// It accepts a connection.
    Tcp,
}

impl Module<'_> {
    /// Its name in the prober's configuration.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Http(_) => "http",
            Self::Tcp => "tcp",
        }
    }
}

/// Where and how a service can be asked from outside. What a command inside would find out nobody sees from there: that it
/// accepts connections says at least that it lives.
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

/// The services that the prober asks: those that run, but for itself, for Prometheus, whose own death no alert of Prometheus'
/// tells, and for pods that it has no way to.
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
