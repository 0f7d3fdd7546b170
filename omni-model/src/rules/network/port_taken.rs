use std::{collections::HashMap, net::Ipv4Addr};

use crate::{
    deployment::{Deployment, Service},
    diagnostic::{Diagnostic, Severity},
    facts::Facts,
    names::{HostName, ServiceName},
    path::ModelPath,
    rules::{Definition, Rule, Scope, at},
    running,
    units::{Port, Protocol},
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Error,
    summary: "what may run together listens on different ports of a host",
    scope: Scope::EachOption(check),
};

/// What k3s itself listens on, and whether only on the loopback address.
/// <https://docs.k3s.io/installation/requirements>, <https://kubernetes.io/docs/reference/networking/ports-and-protocols/>
const K3S: [(u16, Protocol, bool, &str); 11] = [
    (6443, Protocol::Tcp, false, "Kubernetes' API server"),
    (10250, Protocol::Tcp, false, "the kubelet"),
    (8472, Protocol::Udp, false, "flannel's VXLAN"),
    (6444, Protocol::Tcp, true, "k3s' load balancer"),
    (10010, Protocol::Tcp, true, "containerd's streaming server"),
    (10248, Protocol::Tcp, true, "the kubelet's health endpoint"),
    (10249, Protocol::Tcp, true, "kube-proxy's metrics"),
    (10256, Protocol::Tcp, true, "kube-proxy's health endpoint"),
    (10257, Protocol::Tcp, true, "the controller manager"),
    (10258, Protocol::Tcp, true, "the cloud controller manager"),
    (10259, Protocol::Tcp, true, "the scheduler"),
];

/// Who listens on a port of a host.
struct Listener<'a> {
    address: Ipv4Addr,
    who: String,
    service: Option<(&'a ServiceName, &'a Service)>,
    path: ModelPath,
}

impl Listener<'_> {
    /// Whether the kernel refuses the second of the two.
    fn collides(&self, other: &Self) -> bool {
        let anywhere = Ipv4Addr::UNSPECIFIED;
        let same = self.address == other.address || self.address == anywhere || other.address == anywhere;
        same && match (self.service, other.service) {
            (Some(a), Some(b)) => running::may_meet(a, b),
            _ => true,
        }
    }
}

type Taken<'a> = HashMap<(&'a HostName, u16, Protocol), Vec<Listener<'a>>>;

fn check(rule: &Rule, facts: &Facts<'_>) -> Vec<Diagnostic> {
    let deployment = facts.deployment();
    let mut taken = system(deployment, facts);
    let mut findings = Vec::new();
    for (name, service) in facts.services() {
        let Some((host, _)) = facts.host(service) else { continue };
        for (address, port, protocol, path) in listens(facts, name, service) {
            let listener =
                Listener { address, who: format!("`{name}`"), service: Some((name, service)), path };
            let others = taken.entry((host, port.get(), protocol)).or_default();
            if let Some(other) = others.iter().find(|other| other.collides(&listener)) {
                let message = format!(
                    "port {port}/{protocol} of `{host}` is taken twice: by {} and by {}",
                    other.who, listener.who
                );
                let finding = rule.finding(listener.path.clone(), message);
                let finding = finding.related(other.path.clone(), "the other one");
                findings.push(finding.help("give one of them another port"));
            }
            others.push(listener);
        }
    }
    findings
}

/// What is there before any service: sshd, Kubernetes, and what is kept free for an API.
fn system<'a>(deployment: &'a Deployment, facts: &Facts<'_>) -> Taken<'a> {
    let mut taken = Taken::new();
    let mut add = |host, port: u16, protocol, address, who: String, path| {
        let listener = Listener { address, who, service: None, path };
        taken.entry((host, port, protocol)).or_default().push(listener);
    };
    for (name, host) in &deployment.hosts {
        let path = at("hosts", name).key("ssh_port");
        add(name, host.ssh_port.get(), Protocol::Tcp, Ipv4Addr::UNSPECIFIED, "sshd".to_owned(), path);
        for (api, spec) in &deployment.apis {
            let Some(slot) = spec.slot else { continue };
            let who = format!("the slot of `{api}`");
            add(name, slot.get(), Protocol::Tcp, Ipv4Addr::UNSPECIFIED, who, at("apis", api).key("slot"));
        }
    }
    if let Some(cluster) = deployment.cluster.as_ref().filter(|_| facts.has_kubernetes()) {
        for (port, protocol, loopback, what) in K3S {
            let address = if loopback { Ipv4Addr::LOCALHOST } else { Ipv4Addr::UNSPECIFIED };
            let path = ModelPath::root().key("cluster");
            add(&cluster.host, port, protocol, address, what.to_owned(), path);
        }
    }
    taken
}

/// Where a service listens on its host.
fn listens(
    facts: &Facts<'_>,
    name: &ServiceName,
    service: &Service,
) -> Vec<(Ipv4Addr, Port, Protocol, ModelPath)> {
    let path = |port: &_| at("services", name).key("ports").key(port);
    if service.host_network {
        let listen = |(port, mapping): (&_, &crate::deployment::PortMapping)| {
            (Ipv4Addr::UNSPECIFIED, mapping.target, mapping.protocol, path(port))
        };
        return service.ports.iter().map(listen).collect();
    }
    let published = facts.publications(name).into_iter();
    published.map(|p| (p.address, p.published, p.protocol, path(p.name))).collect()
}
