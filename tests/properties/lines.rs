//! The lines of a scenario, to change them.

use omni::model::{
    Facts,
    names::Cidr,
    policy::{DockerUser, NetworkPolicy, Peers, PolicyRule, Ufw, UfwRule},
    reach::{Line, Verdict, World},
    units::{Port, Protocol},
};
use proptest::{prelude::*, sample::select};

/// The lines of each host, in the hosts' order, and the policies.
#[derive(Clone, Debug)]
pub(crate) struct Lines {
    pub(crate) hosts: Vec<(Ufw, DockerUser)>,
    pub(crate) policies: Vec<NetworkPolicy>,
}

impl Lines {
    /// Those that are emitted.
    pub(crate) fn emitted(scenario: &Facts<'_>) -> Self {
        let hosts = scenario.deployment().hosts.iter();
        let hosts = hosts.map(|(name, host)| (scenario.ufw(name, host), scenario.docker_user(name, host)));
        Self { hosts: hosts.collect(), policies: scenario.network_policies() }
    }

    pub(crate) fn world<'a>(&self, scenario: &Facts<'a>) -> World<'a> {
        World::with(scenario, self.hosts.clone(), self.policies.clone())
    }

    /// Takes out what a verdict names: a rule of a policy where one allows, the whole policy where none does.
    pub(crate) fn remove(&mut self, verdict: &Verdict<'_>) {
        for line in verdict.hops.iter().flat_map(|hop| &hop.lines) {
            match line {
                Line::Ufw(rule) => {
                    self.hosts.iter_mut().for_each(|(ufw, _)| ufw.rules.retain(|it| it != *rule))
                }
                Line::DockerUser(rule) => {
                    self.hosts.iter_mut().for_each(|(_, chain)| chain.rules.retain(|it| it != *rule));
                }
                Line::Policy(policy, None) => {
                    self.policies.retain(|it| (&it.namespace, &it.name) != (&policy.namespace, &policy.name));
                }
                Line::Policy(policy, Some(rule)) => {
                    let meant = self
                        .policies
                        .iter_mut()
                        .filter(|it| (&it.namespace, &it.name) == (&policy.namespace, &policy.name));
                    for rules in meant.flat_map(|it| it.ingress.iter_mut().chain(&mut it.egress)) {
                        rules.retain(|it| it != *rule);
                    }
                }
            }
        }
    }
}

/// Networks that matter in the lab's deployments, and one that does not.
fn network() -> impl Strategy<Value = Cidr> {
    select(vec![
        "172.30.0.0/24",
        "172.30.0.8/29",
        "172.30.0.11/32",
        "172.30.0.12/32",
        "192.168.3.0/24",
        "192.168.3.128/25",
        "192.168.3.7/32",
        "192.168.3.10/32",
        "10.42.0.0/16",
        "10.8.0.0/24",
        "198.51.100.0/24",
    ])
    .prop_map(|network| network.parse().unwrap())
}

/// An allow of ufw.
pub(crate) fn ufw_rule() -> impl Strategy<Value = UfwRule> {
    let interface = prop::option::of(select(vec!["omni0", "eno1", "cni0"]));
    let to = prop::option::of(select(vec!["192.168.3.10", "192.168.3.11"]));
    let ports = prop::option::of(select(vec![
        "22/tcp",
        "8000/tcp",
        "8010/tcp",
        "8010/udp",
        "8000:8090/tcp",
        "80:81/tcp",
    ]));
    (interface, prop::option::of(network()), to, ports).prop_map(|(interface, from, to, ports)| UfwRule {
        interface: interface.map(|name| name.parse().unwrap()),
        from,
        to: to.map(|address| address.parse().unwrap()),
        ports: ports.map(|ports| ports.parse().unwrap()),
        origins: Vec::new(),
    })
}

/// Something that a policy allows.
pub(crate) fn policy_rule() -> impl Strategy<Value = PolicyRule> {
    let service = (select(vec!["inference", "agents"]), 0..8_usize).prop_map(|(namespace, i)| {
        Peers::Service(namespace.parse().unwrap(), format!("s{i}").parse().unwrap())
    });
    let network = (network(), prop::collection::vec(network(), 0..2))
        .prop_map(|(network, except)| Peers::Network(network, except));
    let port = (select(vec![22_u16, 80, 81, 443, 8000, 8001, 8010, 8011, 8020, 8030]), any::<bool>());
    let port = port.prop_map(|(port, udp)| {
        (port.to_string().parse::<Port>().unwrap(), if udp { Protocol::Udp } else { Protocol::Tcp })
    });
    (prop_oneof![service, network], prop::collection::vec(port, 1..6)).prop_map(|(peers, ports)| PolicyRule {
        peers,
        ports,
        origins: Vec::new(),
    })
}
