//! What the prober asks: each service's own health endpoint, as Prometheus tells it to.

use crate::{
    Scenario,
    deployment::Service,
    names::{HostName, PortName, ServiceName},
    scenario::{Module, probed},
};

/// A service that the prober asks.
#[derive(Clone, Debug)]
pub struct Probe<'a> {
    /// The service.
    pub name: &'a ServiceName,
    /// What it is.
    pub service: &'a Service,
    /// Its host.
    pub host: &'a HostName,
    /// The port that is asked.
    pub port: &'a PortName,
    /// How.
    pub module: Module<'a>,
    /// What the prober is told to ask: a URL, or `address:port`.
    pub target: String,
}

impl<'a> Probe<'a> {
    /// The labels that its job adds.
    pub fn labels(&self) -> [(&'static str, &'a str); 3] {
        [("service", self.name.as_str()), ("host", self.host.as_str()), ("zone", self.service.zone.as_str())]
    }
}

/// The name of the job that has the prober ask. No service has it: it has a slash.
pub fn probe_job(prober: &ServiceName) -> String {
    format!("{prober}/probe")
}

/// What the prober asks in a scenario.
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
