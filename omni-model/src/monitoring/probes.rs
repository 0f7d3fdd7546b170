//! What the prober probes: the health endpoint of each service, as Prometheus tells it to.

use crate::{
    Scenario,
    deployment::Service,
    names::{HostName, PortName, ServiceName},
    scenario::{Module, probed},
};

/// A service that the prober probes.
#[derive(Clone, Debug)]
pub struct Probe<'a> {
    /// Name of the service.
    pub name: &'a ServiceName,
    /// The service.
    pub service: &'a Service,
    /// Host of the service.
    pub host: &'a HostName,
    /// The port that is probed.
    pub port: &'a PortName,
    /// How the port is probed.
    pub module: Module<'a>,
    /// The target in the words of the prober: a URL, or `address:port`.
    pub target: String,
}

impl<'a> Probe<'a> {
    /// The labels that the job adds.
    pub fn labels(&self) -> [(&'static str, &'a str); 3] {
        [("service", self.name.as_str()), ("host", self.host.as_str()), ("zone", self.service.zone.as_str())]
    }
}

/// Name of the scrape job for the probes. It has a slash, so no service has the same name.
pub fn probe_job(prober: &ServiceName) -> String {
    format!("{prober}/probe")
}

/// The probes of a scenario.
pub fn probes<'a>(scenario: &Scenario<'a>) -> Vec<Probe<'a>> {
    let prober = scenario.deployment().monitoring.as_ref().and_then(|monitoring| monitoring.prober.as_ref());
    let Some(prober) = prober else { return Vec::new() };
    let probe = |(name, service, port, module): (&'a ServiceName, &'a Service, &'a PortName, Module<'a>)| {
        let (host, _) = scenario.host(service)?;
        let address = scenario.endpoint(prober, name, port)?;
        let target = match module {
            Module::Http(path) => format!("http://{address}{path}"),
            Module::Tcp => address,
        };
        Some(Probe { name, service, host, port, module, target })
    };
    probed(scenario).filter_map(probe).collect()
}
