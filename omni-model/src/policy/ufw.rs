//! ufw: what may reach the host itself. What it forwards (containers, pods) is not ufw's.

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

/// ufw on a host. Beside its rules: what comes in is denied, what goes out is allowed, nothing is routed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ufw {
    /// What happens to IPv6.
    pub ipv6: Ipv6,
    /// What is allowed, the line for SSH first, then the author's in their order.
    pub rules: Vec<UfwRule>,
}

/// One line of ufw that allows something to come in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UfwRule {
    /// Through which interface; with none, any.
    pub interface: Option<InterfaceName>,
    /// From whom; with none, anybody, by IPv6 too.
    pub from: Option<Cidr>,
    /// To which address of the host; with none, any.
    pub to: Option<Ipv4Addr>,
    /// To which ports; with none, any.
    pub ports: Option<PortRange>,
    /// Why.
    pub origins: Vec<Origin>,
}

impl UfwRule {
    /// Whether it allows everything that the other does.
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

    /// Whether it says nothing but ports.
    fn is_simple(&self) -> bool {
        self.interface.is_none() && self.from.is_none() && self.to.is_none() && self.ports.is_some()
    }

    /// The line as `ufw show added` shows it: what `Display` writes, in ufw's own spelling.
    pub fn shown(&self) -> String {
        let Some(ports) = self.ports.filter(|_| self.is_simple()) else {
            let line = self.to_string();
            let short = line.strip_suffix(" to any").filter(|rest| *rest != "allow");
            return short.unwrap_or(&line).to_owned();
        };
        format!("allow {ports}")
    }
}

/// As ufw takes it, without the word `ufw`.
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
    /// Whether a packet of the author's or of a flow is let in already.
    fn allows(&self, rule: &UfwRule) -> bool {
        self.rules.iter().any(|line| line.covers(rule))
    }

    /// Adds what is not allowed yet; of what a derived line allows already, the reason.
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
    /// ufw on a host: the author's openings, and beside them what SSH, the flows and k3s need and no opening gives.
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
        // Whatever follows, who set it up must not be locked out.
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

    /// An opening as a line; nothing if what it opens, or whom it opens it for, does not exist in this option.
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

    /// The flows to what listens in the host's own network. Those to containers are forwarded, and DOCKER-USER's.
    fn flows_to_the_host(&self, name: &HostName, host: &Host, ufw: &mut Ufw) {
        for link in self.links_on(name) {
            let Some((service, mapping, Seat::Host)) = self.arrival(link) else { continue };
            if !self.is_on(service, name) {
                continue;
            }
            let lan = host.lan.interface.clone();
            let sources: Vec<(Option<InterfaceName>, Cidr)> = match self.sender(link, name) {
                // Over the loopback interface, which ufw leaves alone.
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

    /// Pods of k3s itself ask the API server and the kubelet, which listen on the host.
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
