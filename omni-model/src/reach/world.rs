//! Everything that decides which connections are possible in an option of a deployment.

use std::{net::Ipv4Addr, sync::OnceLock};

use indexmap::IndexMap;

use super::{
    Destination, HostPort, Source,
    chain::Chain,
    policies::{Pod, Policies},
};
use crate::{
    Scenario,
    deployment::{Deployment, Host, Service},
    names::{Cidr, HostName, InterfaceName, ServiceName},
    policy::{DockerUser, NetworkPolicy, Seat, Ufw},
    scenario::Publication,
    units::Port,
};

/// The firewall rules and policies of an option, and the hosts and services that they apply to.
#[derive(Clone, Debug)]
pub struct World<'a> {
    pub(super) deployment: &'a Deployment,
    pub(super) hosts: IndexMap<&'a HostName, Place<'a>>,
    pub(super) services: IndexMap<&'a ServiceName, Seated<'a>>,
    pub(super) policies: Policies,
    /// The network interface of the cluster's pods.
    pub(super) pods: InterfaceName,
    cluster: Option<&'a HostName>,
    /// The destinations of each source. `rows.rs` computes them once.
    pub(super) rows: OnceLock<Rows<'a>>,
}

/// The destinations that each source reaches.
#[derive(Clone, Debug)]
pub(super) struct Rows<'a> {
    pub(super) sources: Vec<Source<'a>>,
    pub(super) destinations: Vec<Destination<'a>>,
    /// For each source, the indices of the destinations that it reaches, in order.
    pub(super) reached: Vec<Vec<usize>>,
}

/// A host and its firewall rules.
#[derive(Clone, Debug)]
pub(super) struct Place<'a> {
    pub(super) host: &'a Host,
    pub(super) ufw: Ufw,
    pub(super) docker_user: Chain,
}

/// A service and its location.
#[derive(Clone, Debug)]
pub(super) struct Seated<'a> {
    pub(super) service: &'a Service,
    pub(super) host: &'a HostName,
    pub(super) at: At<'a>,
    pub(super) publications: Vec<Publication<'a>>,
}

#[derive(Clone, Debug)]
pub(super) enum At<'a> {
    Host,
    Container(Ipv4Addr),
    Pod(Pod<'a>),
}

/// An address on the internet, reserved for documentation (RFC 5737).
pub(super) const ELSEWHERE: Ipv4Addr = Ipv4Addr::new(198, 51, 100, 1);

impl<'a> World<'a> {
    /// Creates a world with the rules that are emitted.
    pub fn of(scenario: &Scenario<'a>) -> Self {
        let hosts = scenario.deployment().hosts.iter();
        let lines = hosts.map(|(name, host)| (scenario.ufw(name, host), scenario.docker_user(name, host)));
        Self::with(scenario, lines.collect(), scenario.network_policies())
    }

    /// Creates a world with other rules than the emitted ones. `lines` has an entry for each host, in the order of the hosts.
    pub fn with(
        scenario: &Scenario<'a>,
        lines: Vec<(Ufw, DockerUser)>,
        policies: Vec<NetworkPolicy>,
    ) -> Self {
        let deployment = scenario.deployment();
        let place = |((name, host), (ufw, docker_user)): ((&'a HostName, &'a Host), (Ufw, DockerUser))| {
            (name, Place { host, ufw, docker_user: Chain::new(docker_user.rules) })
        };
        let seated = |(name, service): (&'a ServiceName, &'a Service)| {
            let (host, _) = scenario.host(service)?;
            let at = match scenario.seat(name, service)? {
                Seat::Host => At::Host,
                Seat::Container(address) => At::Container(address),
                Seat::Pod => At::Pod(Pod {
                    service: Some(name),
                    namespace: scenario.namespace(&service.zone)?,
                    labels: &deployment.zones.get(&service.zone)?.labels,
                    address: some_address(deployment.cluster.as_ref()?.pod_cidr, |_| true)?,
                }),
            };
            Some((name, Seated { service, host, at, publications: scenario.publications(name) }))
        };
        #[expect(clippy::expect_used, reason = "`cni0` is known to be an interface")]
        let pods = PODS.parse().expect("the name of an interface");
        Self {
            deployment,
            hosts: deployment.hosts.iter().zip(lines).map(place).collect(),
            services: scenario.services().filter_map(seated).collect(),
            policies: Policies::new(policies),
            pods,
            cluster: deployment
                .cluster
                .as_ref()
                .map(|cluster| &cluster.host)
                .filter(|_| scenario.has_kubernetes()),
            rows: OnceLock::new(),
        }
    }

    /// Returns every source.
    pub fn sources(&self) -> Vec<Source<'a>> {
        let services = self.services.iter().map(|(name, seated)| Source::Service(name, seated.service));
        let hosts = self.hosts.iter().map(|(name, place)| Source::Host(name, place.host));
        services.chain(hosts).chain([Source::Operator, Source::Lan, Source::Internet]).collect()
    }

    /// Returns every destination.
    pub fn destinations(&self) -> Vec<Destination<'a>> {
        let ports = |(name, seated): (&&'a ServiceName, &Seated<'a>)| {
            let (name, service) = (*name, seated.service);
            let port =
                move |(port, mapping): (&'a _, &_)| Destination::Service(name, service, port, *mapping);
            service.ports.iter().map(port).collect::<Vec<_>>()
        };
        let on_host = |(name, place): (&&'a HostName, &Place<'a>)| {
            let cluster = [HostPort::ApiServer, HostPort::Kubelet];
            let cluster = cluster.into_iter().filter(|_| self.cluster == Some(*name));
            let (name, host) = (*name, place.host);
            let ports = [HostPort::Ssh(host.ssh_port)].into_iter().chain(cluster);
            ports.map(|port| Destination::Host(name, host, port)).collect::<Vec<_>>()
        };
        let apis = self.deployment.apis.values().filter(|api| api.address.is_none()).map(|api| api.port);
        let mut outside: Vec<_> = apis.chain([Port::HTTPS]).collect();
        outside.sort_unstable();
        outside.dedup();
        let apis = self.deployment.apis.values();
        let mut machines: Vec<_> = apis.filter_map(|api| Some((api.address?, api.port))).collect();
        machines.sort_unstable();
        machines.dedup();
        self.services
            .iter()
            .flat_map(ports)
            .chain(self.hosts.iter().flat_map(on_host))
            .chain(outside.into_iter().map(Destination::Internet))
            .chain(machines.into_iter().map(|(address, port)| Destination::Machine(address, port)))
            .collect()
    }

    /// Returns addresses that represent all addresses of an outside source, as far as the rules of a host distinguish them.
    pub(super) fn addresses(&self, source: Source<'a>, place: &Place<'a>) -> Vec<Ipv4Addr> {
        let lan = place.host.lan.cidr;
        let named = || place.ufw.rules.iter().filter_map(|rule| rule.from);
        let inside = |cidr: &Cidr| lan.net().contains(&cidr.net()) && *cidr != lan;
        let stranger = |address: Ipv4Addr| {
            !place.host.lan.operators.contains(&address)
                && !self.hosts.values().any(|place| place.host.address == address)
        };
        match source {
            Source::Operator if !place.host.lan.operators.is_empty() => place.host.lan.operators.clone(),
            Source::Operator | Source::Lan => {
                let narrower: Vec<_> = named().filter(inside).collect();
                let plain =
                    |address| stranger(address) && !narrower.iter().any(|cidr| cidr.contains(address));
                let special = narrower.iter().filter_map(|cidr| some_address(*cidr, stranger));
                some_address(lan, plain).into_iter().chain(special).collect()
            }
            Source::Internet => {
                let own = [self.deployment.network.subnet, lan];
                let cluster = self.deployment.cluster.iter();
                let cluster = cluster.flat_map(|cluster| [cluster.pod_cidr, cluster.service_cidr]);
                let own: Vec<_> = cluster.chain(own).collect();
                let others = named().filter(|cidr| !own.iter().any(|own| own.overlaps(*cidr)));
                [ELSEWHERE]
                    .into_iter()
                    .chain(others.filter_map(|cidr| some_address(cidr, |_| true)))
                    .collect()
            }
            Source::Service(..) | Source::Host(..) => Vec::new(),
        }
    }

    /// Returns every policy.
    pub fn policies(&self) -> &[NetworkPolicy] {
        self.policies.all()
    }

    /// Returns each host with its ufw rules.
    pub fn ufw(&self) -> impl Iterator<Item = (&'a HostName, &Ufw)> {
        self.hosts.iter().map(|(name, place)| (*name, &place.ufw))
    }
}

/// The bridge that flannel creates for the pods of a node.
/// <https://docs.k3s.io/networking/basic-network-options>
const PODS: &str = "cni0";

/// Returns the first host address of a network for which `holds` returns true.
fn some_address(network: Cidr, holds: impl Fn(Ipv4Addr) -> bool) -> Option<Ipv4Addr> {
    network.net().hosts().find(|address| holds(*address))
}
