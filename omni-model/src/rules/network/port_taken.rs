use std::{collections::HashMap, net::Ipv4Addr};

use crate::{
    catalog::k3s,
    deployment::{Deployment, Service},
    diagnostic::{Diagnostic, Severity},
    facts::Facts,
    message::{Said, message, said},
    names::{HostName, ServiceName},
    path::ModelPath,
    rules::{Definition, Rule, Scope, at},
    running,
    units::{Port, Protocol},
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Error,
    summary: "services that may run together listen on different ports of their host",
    scope: Scope::EachOption(check),
};

/// A program that listens on a port of a host.
struct Listener<'a> {
    address: Ipv4Addr,
    program: Said<String>,
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
            let listener = Listener { address, program: named(name), service: Some((name, service)), path };
            let others = taken.entry((host, port.get(), protocol)).or_default();
            if let Some(other) = others.iter().find(|other| other.collides(&listener)) {
                let message = message!(
                    "port {port} of `{host}` is used twice: by {first} and by {second}",
                    port = format!("{port}/{protocol}"),
                    host,
                    first = other.program,
                    second = listener.program,
                );
                let finding = rule.finding(listener.path.clone(), message);
                let finding = finding.related(other.path.clone(), format!("used by {}", other.program));
                findings.push(finding.help("give one of them another port"));
            }
            others.push(listener);
        }
    }
    findings
}

/// The ports that are in use without any service: those of sshd and k3s, and the slots of APIs.
fn system<'a>(deployment: &'a Deployment, facts: &Facts<'_>) -> Taken<'a> {
    let mut taken = Taken::new();
    let mut add = |host, port: u16, protocol, address, program, path| {
        let listener = Listener { address, program, service: None, path };
        taken.entry((host, port, protocol)).or_default().push(listener);
    };
    for (name, host) in &deployment.hosts {
        let (path, port) = (at("hosts", name), host.ssh_port);
        let path = if port == Port::SSH { path } else { path.key("ssh_port") };
        let sshd = said("sshd", "sshd".to_owned());
        add(name, port.get(), Protocol::Tcp, Ipv4Addr::UNSPECIFIED, sshd, path);
        for (api, spec) in &deployment.apis {
            let Some(slot) = spec.slot else { continue };
            let slot_of = said(format!("the slot of `{api}`"), api.to_string());
            add(name, slot.get(), Protocol::Tcp, Ipv4Addr::UNSPECIFIED, slot_of, at("apis", api).key("slot"));
        }
    }
    if let Some(cluster) = deployment.cluster.as_ref().filter(|_| facts.has_kubernetes()) {
        for (port, protocol, loopback, program) in k3s::PORTS {
            let address = if loopback { Ipv4Addr::LOCALHOST } else { Ipv4Addr::UNSPECIFIED };
            let path = ModelPath::root().key("cluster");
            let program = said(program, program.to_owned());
            add(&cluster.host, port, protocol, address, program, path);
        }
    }
    taken
}

fn named(name: &ServiceName) -> Said<String> {
    said(format!("`{name}`"), name.to_string())
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
