//! A deployment in one option: runtimes, addresses and allowed connections.

mod addresses;
mod links;
mod probed;

use std::{
    collections::{HashMap, HashSet},
    sync::OnceLock,
};

pub use addresses::{FIRST_ADDRESS, Placed, Publication};
pub use links::{Link, Purpose};
pub use probed::Module;
pub(crate) use probed::{asked, probed};

use crate::{
    deployment::{Cluster, Deployment, DeploymentOption, Host, Sandbox, Service, State},
    names::{HostName, NamespaceName, OptionName, PortName, ServiceName, Text, ZoneName},
    resolve,
};

/// The runtime of a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Runtime {
    /// Docker Compose.
    Compose,
    /// Kubernetes.
    Kubernetes,
}

/// A deployment in one option. [`Facts`](crate::Facts) adds what follows from it.
#[derive(Clone, Debug)]
pub struct Scenario<'a> {
    deployment: &'a Deployment,
    option: OptionName,
    spec: DeploymentOption,
    links: OnceLock<Vec<Link<'a>>>,
    needed_beyond: OnceLock<HashSet<(&'a ServiceName, &'a PortName)>>,
    placed: OnceLock<HashMap<&'a ServiceName, Placed<'a>>>,
    by_host: OnceLock<HashMap<&'a HostName, Vec<(&'a ServiceName, &'a Service)>>>,
    links_by_host: OnceLock<HashMap<&'a HostName, Vec<usize>>>,
}

impl<'a> Scenario<'a> {
    /// Returns the scenarios of an unchecked deployment, for the rules.
    pub(crate) fn all(deployment: &'a Deployment) -> Vec<Self> {
        let scenario = |(option, spec): (&OptionName, &DeploymentOption)| Self {
            deployment,
            option: option.clone(),
            spec: spec.clone(),
            links: OnceLock::new(),
            needed_beyond: OnceLock::new(),
            placed: OnceLock::new(),
            by_host: OnceLock::new(),
            links_by_host: OnceLock::new(),
        };
        if deployment.options.is_empty() {
            #[expect(clippy::expect_used, reason = "`compose` is known to be a name")]
            let compose = "compose".parse().expect("the name of an option");
            return vec![scenario((&compose, &DeploymentOption::default()))];
        }
        deployment.options.iter().map(scenario).collect()
    }

    /// Returns the deployment.
    pub fn deployment(&self) -> &'a Deployment {
        self.deployment
    }

    /// Returns the name of the option.
    pub fn option(&self) -> &OptionName {
        &self.option
    }

    /// Returns the title of the option. Default: its name.
    pub fn title(&self) -> &str {
        self.spec.title.as_ref().map_or(self.option.as_str(), Text::as_str)
    }

    /// Returns the description of the option.
    pub fn description(&self) -> Option<&Text> {
        self.spec.description.as_ref()
    }

    /// Returns whether any service runs on Kubernetes.
    pub fn has_kubernetes(&self) -> bool {
        self.services().any(|(_, service)| self.runtime(service) == Runtime::Kubernetes)
    }

    /// Returns the cluster if its k3s runs on this host and this option runs a service on Kubernetes.
    pub fn cluster_on(&self, host: &HostName) -> Option<&'a Cluster> {
        let cluster = self.deployment.cluster.as_ref().filter(|cluster| cluster.host == *host)?;
        self.has_kubernetes().then_some(cluster)
    }

    /// Returns the services that exist in this option, including standbys.
    pub fn services(&self) -> impl Iterator<Item = (&'a ServiceName, &'a Service)> + use<'a, '_> {
        self.deployment.services.iter().filter(|(_, service)| self.has(service))
    }

    /// Returns the services that normally run: those that are not standbys.
    pub fn active(&self) -> impl Iterator<Item = (&'a ServiceName, &'a Service)> + use<'a, '_> {
        self.services().filter(|(_, service)| service.state == State::Active)
    }

    /// Returns the service with this name. `None` if it does not exist in this option.
    pub fn service(&self, name: &ServiceName) -> Option<(&'a ServiceName, &'a Service)> {
        self.deployment.services.get_key_value(name).filter(|(_, service)| self.has(service))
    }

    fn has(&self, service: &Service) -> bool {
        service.options.is_empty() || service.options.contains(&self.option)
    }

    /// Returns the runtime of a service.
    pub fn runtime(&self, service: &Service) -> Runtime {
        if self.spec.kubernetes.contains(&service.zone) { Runtime::Kubernetes } else { Runtime::Compose }
    }

    /// Returns whether the zone of a service runs its services in gVisor.
    pub fn is_sandboxed(&self, service: &Service) -> bool {
        self.deployment.zones.get(&service.zone).is_some_and(|zone| zone.sandbox == Sandbox::Gvisor)
    }

    /// Returns the services of a runtime, including standbys.
    pub fn run_by(
        &self,
        runtime: Runtime,
    ) -> impl Iterator<Item = (&'a ServiceName, &'a Service)> + use<'a, '_> {
        self.services().filter(move |(_, service)| self.runtime(service) == runtime)
    }

    /// Returns the zones that run on Kubernetes.
    pub fn kubernetes_zones(&self) -> &[ZoneName] {
        &self.spec.kubernetes
    }

    /// Returns the host of a service.
    pub fn host(&self, service: &Service) -> Option<(&'a HostName, &'a Host)> {
        resolve::host(self.deployment, service)
    }

    /// Returns the services on a host, including standbys.
    pub fn on(&self, host: &HostName) -> &[(&'a ServiceName, &'a Service)] {
        let by_host = self.by_host.get_or_init(|| {
            let mut by_host: HashMap<_, Vec<_>> = HashMap::new();
            for (name, service) in self.services() {
                if let Some((host, _)) = self.host(service) {
                    by_host.entry(host).or_default().push((name, service));
                }
            }
            by_host
        });
        by_host.get(host).map_or(&[], Vec::as_slice)
    }

    /// Returns the folder for the files of a host in this option: `hosts/<name>/`, or an empty string if there is only one
    /// host.
    pub fn host_folder(&self, host: &HostName) -> String {
        if self.deployment.hosts.len() == 1 { String::new() } else { format!("hosts/{host}/") }
    }

    /// Returns the namespace of a zone. Default: a namespace with the name of the zone.
    pub fn namespace(&self, zone: &ZoneName) -> Option<NamespaceName> {
        let spec = self.deployment.zones.get(zone)?;
        spec.namespace.clone().or_else(|| zone.as_str().parse().ok())
    }
}
