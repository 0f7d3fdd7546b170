//! A deployment in one option: what runs where, at which address, and who may talk to whom.

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

/// What runs a service.
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
    /// Of an unchecked deployment: for the rules.
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

    /// The deployment.
    pub fn deployment(&self) -> &'a Deployment {
        self.deployment
    }

    /// The option's name.
    pub fn option(&self) -> &OptionName {
        &self.option
    }

    /// The option's name for people.
    pub fn title(&self) -> &str {
        self.spec.title.as_ref().map_or(self.option.as_str(), Text::as_str)
    }

    /// What the option is, for people.
    pub fn description(&self) -> Option<&Text> {
        self.spec.description.as_ref()
    }

    /// Whether anything runs on Kubernetes.
    pub fn has_kubernetes(&self) -> bool {
        self.services().any(|(_, service)| self.runtime(service) == Runtime::Kubernetes)
    }

    /// The cluster, if this option runs something on it and its k3s is on this host.
    pub fn cluster_on(&self, host: &HostName) -> Option<&'a Cluster> {
        let cluster = self.deployment.cluster.as_ref().filter(|cluster| cluster.host == *host)?;
        self.has_kubernetes().then_some(cluster)
    }

    /// The services that exist in this option, standbys among them.
    pub fn services(&self) -> impl Iterator<Item = (&'a ServiceName, &'a Service)> + use<'a, '_> {
        self.deployment.services.iter().filter(|(_, service)| self.has(service))
    }

    /// The services that run when nothing has failed.
    pub fn active(&self) -> impl Iterator<Item = (&'a ServiceName, &'a Service)> + use<'a, '_> {
        self.services().filter(|(_, service)| service.state == State::Active)
    }

    /// The service of that name, if it exists in this option.
    pub fn service(&self, name: &ServiceName) -> Option<(&'a ServiceName, &'a Service)> {
        self.deployment.services.get_key_value(name).filter(|(_, service)| self.has(service))
    }

    fn has(&self, service: &Service) -> bool {
        service.options.is_empty() || service.options.contains(&self.option)
    }

    /// What runs a service.
    pub fn runtime(&self, service: &Service) -> Runtime {
        if self.spec.kubernetes.contains(&service.zone) { Runtime::Kubernetes } else { Runtime::Compose }
    }

    /// Whether a service's zone runs its services in gVisor.
    pub fn is_sandboxed(&self, service: &Service) -> bool {
        self.deployment.zones.get(&service.zone).is_some_and(|zone| zone.sandbox == Sandbox::Gvisor)
    }

    /// The services that a runtime runs, standbys among them.
    pub fn run_by(
        &self,
        runtime: Runtime,
    ) -> impl Iterator<Item = (&'a ServiceName, &'a Service)> + use<'a, '_> {
        self.services().filter(move |(_, service)| self.runtime(service) == runtime)
    }

    /// The zones that run on Kubernetes.
    pub fn kubernetes_zones(&self) -> &[ZoneName] {
        &self.spec.kubernetes
    }

    /// The host of a service.
    pub fn host(&self, service: &Service) -> Option<(&'a HostName, &'a Host)> {
        resolve::host(self.deployment, service)
    }

    /// The services on a host, standbys among them.
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

    /// The folder of what belongs to a host in this option: none where there is one host, else `hosts/<name>/`.
    pub fn host_folder(&self, host: &HostName) -> String {
        if self.deployment.hosts.len() == 1 { String::new() } else { format!("hosts/{host}/") }
    }

    /// The namespace of a zone: its own, or one of its name.
    pub fn namespace(&self, zone: &ZoneName) -> Option<NamespaceName> {
        let spec = self.deployment.zones.get(zone)?;
        spec.namespace.clone().or_else(|| zone.as_str().parse().ok())
    }
}
