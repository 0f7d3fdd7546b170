//! The rules of ufw, the rules of Docker's chain DOCKER-USER, and NetworkPolicies, as values. They are what the author writes and
//! what the flows need. The emitters print these values and the prover judges the same ones.

mod docker_user;
mod network_policy;
#[cfg(test)]
mod tests;
mod ufw;

use std::net::Ipv4Addr;

use crate::{
    Scenario,
    deployment::{Host, PortMapping, Service},
    names::{Cidr, HostName, ServiceName},
    path::ModelPath,
    resolve::{Party, Target},
    scenario::{Link, Runtime},
    units::Port,
};

pub use docker_user::{DockerUser, FilterRule, Verdict};
pub use network_policy::{NetworkPolicy, Peers, PodSelector, PolicyRule};
pub use ufw::{Ufw, UfwRule};

/// The reason for a rule or a policy.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Origin {
    /// The kind of reason.
    pub kind: OriginKind,
    /// The place in the deployment that it follows from.
    pub path: ModelPath,
    /// The purpose in a few words, for comments in emitted files.
    pub purpose: String,
}

/// The kind of reason for a rule or a policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OriginKind {
    /// The author wrote it.
    Authored,
    /// A flow requires it.
    Flow,
    /// The host requires it whichever services it runs: SSH, k3s.
    Needed,
    /// Omni's default: established connections pass, and what nothing else allows is dropped.
    Default,
}

impl Origin {
    fn flow(link: &Link<'_>) -> Self {
        Self { kind: OriginKind::Flow, path: link.origin.clone(), purpose: link.to_string() }
    }

    fn default(purpose: &str) -> Self {
        Self { kind: OriginKind::Default, path: ModelPath::root(), purpose: purpose.to_owned() }
    }
}

/// The purposes of several reasons as one text, without duplicates.
pub fn purposes(origins: &[Origin]) -> String {
    let mut purposes: Vec<&str> = Vec::new();
    for origin in origins {
        if !purposes.contains(&origin.purpose.as_str()) {
            purposes.push(&origin.purpose);
        }
    }
    purposes.join(", ")
}

/// Where a service sends and receives packets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seat {
    /// In the host's own network. No NetworkPolicy and no rule for forwarded packets applies to it.
    Host,
    /// In a container on the Compose network, at this address.
    Container(Ipv4Addr),
    /// In a pod, at an address that the cluster assigns.
    Pod,
}

/// Networks outside the internet: private, shared, link-local and loopback addresses (RFC 6890).
pub const NOT_INTERNET: [&str; 6] =
    ["10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16"];

impl<'a> Scenario<'a> {
    /// Where a service sends and receives packets. `None` if its container has no address.
    pub fn seat(&self, name: &ServiceName, service: &Service) -> Option<Seat> {
        match self.runtime(service) {
            _ if service.host_network => Some(Seat::Host),
            Runtime::Compose => self.container_address(name).map(Seat::Container),
            Runtime::Kubernetes => Some(Seat::Pod),
        }
    }

    /// The addresses of the pods on this host, if the cluster runs here.
    pub fn pods_of(&self, host: &HostName) -> Option<Cidr> {
        self.cluster_on(host).map(|cluster| cluster.pod_cidr)
    }

    /// [`NOT_INTERNET`] and the deployment's own networks.
    pub fn not_internet(&self) -> Vec<Cidr> {
        let deployment = self.deployment();
        let known = NOT_INTERNET.iter().filter_map(|cidr| cidr.parse().ok());
        let lans = deployment.hosts.values().map(|host| host.lan.cidr);
        let cluster = deployment.cluster.iter().flat_map(|cluster| [cluster.pod_cidr, cluster.service_cidr]);
        let own = lans.chain(cluster).chain([deployment.network.subnet]);
        let mut networks: Vec<Cidr> = Vec::new();
        for network in known.chain(own) {
            if !networks.iter().any(|wider| wider.net().contains(&network.net())) {
                networks.push(network);
            }
        }
        networks
    }

    /// The source addresses of a link's packets as the host `name` sees them, if they come from outside the host. Empty otherwise.
    fn outside_sources(&self, link: &Link<'a>, name: &HostName, host: &Host) -> Vec<Cidr> {
        let other = |from: Option<(&HostName, &Host)>| {
            from.filter(|(from, _)| *from != name)
                .map(|(_, host)| Cidr::of(host.address))
                .into_iter()
                .collect()
        };
        match link.from {
            Party::Lan => vec![host.lan.cidr],
            Party::Operator if host.lan.operators.is_empty() => vec![host.lan.cidr],
            Party::Operator => host.lan.operators.iter().map(|address| Cidr::of(*address)).collect(),
            Party::Internet => vec![Cidr::everywhere()],
            // A host replaces the addresses of its containers and pods with its own (SNAT).
            Party::Service(_, service) => other(self.host(service)),
            Party::Host(from, host) => other(Some((from, host))),
            Party::Zone(..) => Vec::new(),
        }
    }

    /// The seat of a link's sender, if the sender is on this host.
    fn sender(&self, link: &Link<'a>, name: &HostName) -> Option<Seat> {
        match link.from {
            Party::Service(from, service) if self.is_on(service, name) => self.seat(from, service),
            Party::Host(from, _) if from == name => Some(Seat::Host),
            _ => None,
        }
    }

    fn is_on(&self, service: &Service, host: &HostName) -> bool {
        self.host(service).is_some_and(|(name, _)| name == host)
    }

    /// The service and port at the end of a link, and the service's seat. `None` if the link leaves the deployment.
    fn arrival(&self, link: &Link<'a>) -> Option<(&'a Service, PortMapping, Seat)> {
        match link.to {
            Target::Port(name, service, _, mapping) => Some((service, mapping, self.seat(name, service)?)),
            Target::Api(..) | Target::Internet => None,
        }
    }
}

/// The port of a target outside the deployment, and its address if it is known.
fn outside(target: Target<'_>) -> Option<(Option<Ipv4Addr>, Port)> {
    match target {
        Target::Api(_, api) => Some((api.address, api.port)),
        Target::Internet => Some((None, Port::HTTPS)),
        Target::Port(..) => None,
    }
}

/// The port on the host at which another machine reaches a service's port.
fn port_on_host(service: &Service, mapping: PortMapping) -> Port {
    if service.host_network { mapping.target } else { mapping.published }
}
