//! ufw: what may reach the host itself. It does not filter what the host forwards to containers and pods.

use std::{fmt, net::Ipv4Addr};

use super::{Origin, OriginKind, Seat, port_on_host};
use crate::{
    Scenario,
    deployment::{Host, Ipv6, Opening, OpeningTarget, Source},
    names::{Cidr, HostName, InterfaceName},
    path::ModelPath,
    resolve,
    units::{Port, PortRange, Protocol},
};

/// ufw on a host. Its defaults deny incoming packets, allow outgoing packets, and deny routed packets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ufw {
    /// How it treats IPv6.
    pub ipv6: Ipv6,
    /// The rules: the one for SSH first, then the author's in their order, then those that flows and k3s need.
    pub rules: Vec<UfwRule>,
}

/// A rule of ufw that allows incoming packets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UfwRule {
    /// The interface. `None` means any.
    pub interface: Option<InterfaceName>,
    /// The source. `None` means any, over IPv6 as well.
    pub from: Option<Cidr>,
    /// The address of the host. `None` means any.
    pub to: Option<Ipv4Addr>,
    /// The ports. `None` means any.
    pub ports: Option<PortRange>,
    /// The reasons for it.
    pub origins: Vec<Origin>,
}

impl UfwRule {
    /// Whether this rule allows everything that the other one allows.
    pub fn covers(&self, other: &Self) -> bool {
        let interface = self.interface.is_none() || self.interface == other.interface;
        let to = self.to.is_none() || self.to == other.to;
        let from = match (self.from, other.from) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(wide), Some(narrow)) => wide.net().contains(&narrow.net()),
        };
        let ports = match (self.ports, other.ports) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(wide), Some(narrow)) => {
                wide.contains(narrow.first, narrow.protocol) && wide.contains(narrow.last, narrow.protocol)
            }
        };
        interface && to && from && ports
    }

    /// Whether ports are its only condition.
    fn is_simple(&self) -> bool {
        self.interface.is_none() && self.from.is_none() && self.to.is_none() && self.ports.is_some()
    }

    /// The rule as `ufw show added` prints it: what `Display` writes, in ufw's own spelling.
    pub fn shown(&self) -> String {
        let Some(ports) = self.ports.filter(|_| self.is_simple()) else {
            let line = self.to_string();
            let short = line.strip_suffix(" to any").filter(|rest| *rest != "allow");
            return short.unwrap_or(&line).to_owned();
        };
        format!("allow {ports}")
    }
}

/// The arguments of the `ufw` command.
impl fmt::Display for UfwRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("allow")?;
        if let Some(ports) = self.ports.filter(|_| self.is_simple()) {
            return if ports == single(Port::SSH, Protocol::Tcp) {
                f.write_str(" ssh")
            } else {
                write!(f, " {ports}")
            };
        }
        if let Some(interface) = &self.interface {
            write!(f, " in on {interface}")?;
        }
        match self.from.map(Cidr::net) {
            Some(net) if net.prefix_len() == 32 => write!(f, " from {}", net.addr())?,
            Some(net) => write!(f, " from {net}")?,
            None => {}
        }
        match self.to {
            Some(address) => write!(f, " to {address}")?,
            None => f.write_str(" to any")?,
        }
        let Some(PortRange { first, last, protocol }) = self.ports else { return Ok(()) };
        match first == last {
            true => write!(f, " port {first} proto {protocol}"),
            false => write!(f, " port {first}:{last} proto {protocol}"),
        }
    }
}

fn single(port: Port, protocol: Protocol) -> PortRange {
    PortRange { first: port, last: port, protocol }
}

impl Ufw {
    /// Whether a rule already allows everything that `rule` allows.
    fn allows(&self, rule: &UfwRule) -> bool {
        self.rules.iter().any(|line| line.covers(rule))
    }

    /// Adds a rule, unless another one already covers it. If that one is derived, it gets the new rule's reasons as well.
    fn need(&mut self, rule: UfwRule) {
        match self.rules.iter_mut().find(|line| line.covers(&rule)) {
            None => self.rules.push(rule),
            Some(line) if line.origins.iter().all(|origin| origin.kind != OriginKind::Authored) => {
                line.origins.extend(rule.origins);
            }
            Some(_) => {}
        }
    }
}

impl Scenario<'_> {
    /// ufw on a host: the author's openings, and what SSH, the flows and k3s need beyond them.
    pub fn ufw(&self, name: &HostName, host: &Host) -> Ufw {
        let here = ModelPath::root().key("hosts").key(name);
        let openings = host.openings.iter().enumerate();
        let authored = openings
            .filter_map(|(i, opening)| self.opening(name, host, opening, here.key("openings").index(i)));
        let mut ufw = Ufw { ipv6: host.ipv6, rules: authored.collect() };
        let ssh = UfwRule {
            interface: None,
            from: None,
            to: None,
            ports: Some(single(host.ssh_port, Protocol::Tcp)),
            origins: vec![Origin {
                kind: OriginKind::Needed,
                path: here.key("ssh_port"),
                purpose: "SSH".to_owned(),
            }],
        };
        // SSH comes first, so that no later failure locks out the operator who runs the script.
        let authored_ssh = |rule: &UfwRule| rule.ports == ssh.ports;
        match ufw.rules.iter().position(authored_ssh) {
            Some(at) => {
                let authored = ufw.rules.remove(at);
                ufw.rules.insert(0, authored);
            }
            None => ufw.rules.insert(0, ssh),
        }
        self.flows_to_the_host(name, host, &mut ufw);
        self.cluster_needs(name, &mut ufw);
        ufw
    }

    /// The rule for an opening. `None` if its target or its source does not exist in this option.
    fn opening(&self, name: &HostName, host: &Host, opening: &Opening, path: ModelPath) -> Option<UfwRule> {
        let cluster = self.deployment().cluster.as_ref().filter(|_| self.pods_of(name).is_some());
        let from = match opening.from {
            Source::Anywhere => None,
            Source::Lan => Some(host.lan.cidr),
            Source::Pods => Some(cluster?.pod_cidr),
            Source::Services => Some(cluster?.service_cidr),
            Source::Cidr(cidr) => Some(cidr).filter(|cidr| *cidr != Cidr::everywhere()),
        };
        let ports = match &opening.to {
            OpeningTarget::Any => None,
            OpeningTarget::Ssh => Some(single(host.ssh_port, Protocol::Tcp)),
            OpeningTarget::Ports(ports) => Some(*ports),
            OpeningTarget::Port(of) => {
                let (service, _, _, mapping) = resolve::port(self.deployment(), of)?;
                let (_, service) = self.service(service)?;
                Some(single(port_on_host(service, mapping), mapping.protocol))
            }
        };
        let purpose = opening.purpose.to_string();
        let origin = Origin { kind: OriginKind::Authored, path, purpose };
        Some(UfwRule { interface: None, from, to: None, ports, origins: vec![origin] })
    }

    /// Adds the flows to services on the host's own network. Packets to containers are forwarded, and DOCKER-USER filters them.
    fn flows_to_the_host(&self, name: &HostName, host: &Host, ufw: &mut Ufw) {
        for link in self.links_on(name) {
            let Some((service, mapping, Seat::Host)) = self.arrival(link) else { continue };
            if !self.is_on(service, name) {
                continue;
            }
            let lan = host.lan.interface.clone();
            let sources: Vec<(Option<InterfaceName>, Cidr)> = match self.sender(link, name) {
                // These packets use the loopback interface, which ufw does not filter.
                Some(Seat::Host) => continue,
                Some(Seat::Container(address)) => {
                    vec![(Some(self.deployment().network.bridge.clone()), Cidr::of(address))]
                }
                Some(Seat::Pod) => self.pods_of(name).into_iter().map(|pods| (None, pods)).collect(),
                None => {
                    let sources = self.outside_sources(link, name, host);
                    sources.into_iter().map(|from| (Some(lan.clone()), from)).collect()
                }
            };
            for (interface, from) in sources {
                ufw.need(UfwRule {
                    interface,
                    from: Some(from).filter(|from| *from != Cidr::everywhere()),
                    to: Some(host.address),
                    ports: Some(single(mapping.target, mapping.protocol)),
                    origins: vec![Origin::flow(link)],
                });
            }
        }
    }

    /// Adds what k3s needs: its own pods connect to the API server and the kubelet on the host.
    /// <https://docs.k3s.io/installation/requirements#networking>
    fn cluster_needs(&self, name: &HostName, ufw: &mut Ufw) {
        let Some(pods) = self.pods_of(name) else { return };
        for (port, purpose) in
            [(Port::KUBERNETES_API, "pods -> API server"), (Port::KUBELET, "pods -> kubelet")]
        {
            let rule = UfwRule {
                interface: None,
                from: Some(pods),
                to: None,
                ports: Some(single(port, Protocol::Tcp)),
                origins: vec![Origin {
                    kind: OriginKind::Needed,
                    path: ModelPath::root().key("cluster"),
                    purpose: purpose.to_owned(),
                }],
            };
            if !ufw.allows(&rule) {
                ufw.rules.push(rule);
            }
        }
    }
}
