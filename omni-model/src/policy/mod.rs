//! ufw's rules, those of Docker's chain DOCKER-USER and NetworkPolicies, as values: what the author writes beside what the
//! flows need. The emitters print these values and the prover judges them; neither has an idea of its own.

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

/// Why a line is there.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Origin {
    /// Who wants it.
    pub kind: OriginKind,
    /// Where the deployment says so.
    pub path: ModelPath,
    /// What for, in a few words.
    pub purpose: String,
}

/// Who wants a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OriginKind {
    /// The author wrote it.
    Authored,
    /// A flow needs it.
    Flow,
    /// The machine needs it whatever runs on it: SSH, k3s.
    Needed,
    /// What nobody has asked for is refused.
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

/// What its lines are for, each thing once.
pub fn purposes(origins: &[Origin]) -> String {
    let mut purposes: Vec<&str> = Vec::new();
    for origin in origins {
        if !purposes.contains(&origin.purpose.as_str()) {
            purposes.push(&origin.purpose);
        }
    }
    purposes.join(", ")
}

/// Where a service's packets come from and arrive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seat {
    /// In the network of the host itself: no NetworkPolicy and no rule for forwarding concerns it.
    Host,
    /// In a container of the Compose network, at this address.
    Container(Ipv4Addr),
    /// In a pod, at an address that the cluster chooses.
    Pod,
}

/// The networks that are not the internet: private, shared, link-local and loopback addresses (RFC 6890).
pub const NOT_INTERNET: [&str; 6] =
    ["10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16"];

impl<'a> Scenario<'a> {
    /// Where a service's packets come from and arrive; nothing if its container has no address.
    pub fn seat(&self, name: &ServiceName, service: &Service) -> Option<Seat> {
        match self.runtime(service) {
            _ if service.host_network => Some(Seat::Host),
            Runtime::Compose => self.container_address(name).map(Seat::Container),
            Runtime::Kubernetes => Some(Seat::Pod),
        }
    }

    /// The pods' addresses on this host, if there are any.
    pub fn pods_of(&self, host: &HostName) -> Option<Cidr> {
        self.cluster_on(host).map(|cluster| cluster.pod_cidr)
    }

    /// The networks that are not the internet, those of the deployment among them.
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

    /// The sources of a link's packets as a host sees them that come to it from outside; none if they do not.
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
            // A host puts its own address in the place of those of its containers and pods.
            Party::Service(_, service) => other(self.host(service)),
            Party::Host(from, host) => other(Some((from, host))),
            Party::Zone(..) => Vec::new(),
        }
    }

    /// The seat that a link's packets come from, if that is on this host.
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

    /// The service and the port that a link goes to, and its seat, if it goes to a service.
    fn arrival(&self, link: &Link<'a>) -> Option<(&'a Service, PortMapping, Seat)> {
        match link.to {
            Target::Port(name, service, _, mapping) => Some((service, mapping, self.seat(name, service)?)),
            Target::Api(..) | Target::Internet => None,
        }
    }
}

/// The port at which something is found that is no service of the deployment, and its address if that is known.
fn outside(target: Target<'_>) -> Option<(Option<Ipv4Addr>, Port)> {
    match target {
        Target::Api(_, api) => Some((api.address, api.port)),
        Target::Internet => Some((None, Port::HTTPS)),
        Target::Port(..) => None,
    }
}

/// The port of the host that a service's port is found at from another machine.
fn port_on_host(service: &Service, mapping: PortMapping) -> Port {
    if service.host_network { mapping.target } else { mapping.published }
}
