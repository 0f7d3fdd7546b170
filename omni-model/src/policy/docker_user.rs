//! Docker's chain DOCKER-USER: what the host may forward to and from containers. Every forwarded packet passes this chain first,
//! after Docker has replaced a published address and port with the container's own (DNAT). ufw's rules for the host never see
//! those packets. <https://docs.docker.com/engine/network/firewall-iptables/>

use std::{fmt, mem, net::Ipv4Addr};

use indexmap::IndexMap;

use super::{Origin, Seat, outside};
use crate::{
    Scenario,
    deployment::Host,
    names::{Cidr, HostName, InterfaceName},
    scenario::Link,
    units::{Port, Protocol},
};

/// The chain on a host. The first rule that matches decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DockerUser {
    /// The rules for IPv4.
    pub rules: Vec<FilterRule>,
    /// The rules for IPv6. Containers have no IPv6 addresses, and these rules forward nothing.
    pub rules6: Vec<FilterRule>,
}

/// A rule in the filter table of iptables.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct FilterRule {
    /// The source. `None` means any.
    pub source: Option<Cidr>,
    /// The destination after DNAT. `None` means any.
    pub destination: Option<Cidr>,
    /// The interface that the packet came in on. `None` means any.
    pub input: Option<InterfaceName>,
    /// The interface that the packet goes out on. `None` means any.
    pub output: Option<InterfaceName>,
    /// Whether it matches only packets of connections that were already accepted.
    pub established: bool,
    /// The destination address and port before DNAT. `None` means any.
    pub original: Option<(Ipv4Addr, Port)>,
    /// The destination port after DNAT, and the protocol. `None` means any.
    pub port: Option<(Port, Protocol)>,
    /// What happens to a packet that matches.
    pub verdict: Verdict,
    /// The reasons for it.
    pub origins: Vec<Origin>,
}

/// What a rule does with a packet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// The packet is accepted, and no later rule sees it.
    Accept,
    /// The packet is dropped.
    #[default]
    Drop,
}

/// The rule as `iptables -S` prints it, without the chain.
impl fmt::Display for FilterRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut words = Vec::new();
        words.extend(self.source.map(|source| format!("-s {source}")));
        words.extend(self.destination.map(|destination| format!("-d {destination}")));
        words.extend(self.input.as_ref().map(|input| format!("-i {input}")));
        words.extend(self.output.as_ref().map(|output| format!("-o {output}")));
        words.extend(self.port.map(|(_, protocol)| format!("-p {protocol}")));
        if self.established {
            words.push("-m conntrack --ctstate RELATED,ESTABLISHED".to_owned());
        }
        let original = |(address, port)| format!("-m conntrack --ctorigdst {address} --ctorigdstport {port}");
        words.extend(self.original.map(original));
        words.extend(self.port.map(|(port, protocol)| format!("-m {protocol} --dport {port}")));
        words.push(match self.verdict {
            Verdict::Accept => "-j ACCEPT".to_owned(),
            Verdict::Drop => "-j DROP".to_owned(),
        });
        f.write_str(&words.join(" "))
    }
}

/// Rules in their order, each with its reasons.
#[derive(Default)]
struct Rules(IndexMap<FilterRule, Vec<Origin>>);

impl Rules {
    /// Adds a rule. If it is there already, it only gets the new reasons.
    fn add(&mut self, mut rule: FilterRule) {
        let origins = mem::take(&mut rule.origins);
        self.0.entry(rule).or_default().extend(origins);
    }

    fn into_rules(self) -> impl Iterator<Item = FilterRule> {
        self.0.into_iter().map(|(rule, origins)| FilterRule { origins, ..rule })
    }
}

impl<'a> Scenario<'a> {
    /// DOCKER-USER on a host: it accepts exactly what the flows need, and drops everything else that comes from or goes to a
    /// container, or comes from the LAN. Packets from pods to each other and to the internet match no rule.
    pub fn docker_user(&self, name: &HostName, host: &Host) -> DockerUser {
        let bridge = &self.deployment().network.bridge;
        let (into, from) = (Some(bridge.clone()), Some(bridge.clone()));
        let drop =
            |input: Option<&InterfaceName>, output: Option<&InterfaceName>, purpose: &str| FilterRule {
                input: input.cloned(),
                output: output.cloned(),
                origins: vec![Origin::default(purpose)],
                ..FilterRule::default()
            };
        let rest = [
            drop(from.as_ref(), None, "drop everything else from containers"),
            drop(None, into.as_ref(), "drop everything else to containers"),
            drop(Some(&host.lan.interface), None, "drop everything else from the LAN"),
        ];
        let answers = FilterRule {
            established: true,
            verdict: Verdict::Accept,
            origins: vec![Origin::default("established connections")],
            ..FilterRule::default()
        };
        let (mut inside, mut internet) = (Rules::default(), Rules::default());
        for link in self.links_on(name) {
            self.forward_in(link, name, host, &mut inside);
            self.forward_out(link, name, host, &mut inside, &mut internet);
        }
        let mut rules: Vec<_> = [answers].into_iter().chain(inside.into_rules()).collect();
        if !internet.0.is_empty() {
            let private = self.not_internet().into_iter().map(|network| FilterRule {
                destination: Some(network),
                ..drop(from.as_ref(), None, "drop everything else to networks that are not the internet")
            });
            rules.extend(private);
            rules.extend(internet.into_rules());
        }
        rules.extend(rest.clone());
        DockerUser { rules, rules6: rest.to_vec() }
    }

    /// Adds what a link to a container on this host needs.
    fn forward_in(&self, link: &Link<'a>, name: &HostName, host: &Host, rules: &mut Rules) {
        let Some((service, mapping, Seat::Container(address))) = self.arrival(link) else { return };
        if !self.is_on(service, name) {
            return;
        }
        let accept = FilterRule {
            destination: Some(Cidr::of(address)),
            port: Some((mapping.target, mapping.protocol)),
            verdict: Verdict::Accept,
            origins: vec![Origin::flow(link)],
            ..FilterRule::default()
        };
        let published = FilterRule { original: Some((host.address, mapping.published)), ..accept.clone() };
        match self.sender(link, name) {
            // The host does not forward its own packets.
            Some(Seat::Host) => {}
            Some(Seat::Container(from)) => {
                let bridge = Some(self.deployment().network.bridge.clone());
                let source = Some(Cidr::of(from));
                rules.add(FilterRule { source, input: bridge.clone(), output: bridge, ..accept });
            }
            Some(Seat::Pod) => {
                if let Some(pods) = self.pods_of(name) {
                    rules.add(FilterRule { source: Some(pods), ..published });
                }
            }
            None => {
                for from in self.outside_sources(link, name, host) {
                    let source = Some(from).filter(|from| *from != Cidr::everywhere());
                    let input = Some(host.lan.interface.clone());
                    rules.add(FilterRule { source, input, ..published.clone() });
                }
            }
        }
    }

    /// Adds what a link from a container on this host to another machine needs. Links to the internet go to `internet`.
    fn forward_out(
        &self,
        link: &Link<'a>,
        name: &HostName,
        host: &Host,
        rules: &mut Rules,
        internet: &mut Rules,
    ) {
        let Some(Seat::Container(address)) = self.sender(link, name) else { return };
        let accept = FilterRule {
            source: Some(Cidr::of(address)),
            input: Some(self.deployment().network.bridge.clone()),
            output: Some(host.lan.interface.clone()),
            verdict: Verdict::Accept,
            origins: vec![Origin::flow(link)],
            ..FilterRule::default()
        };
        if let Some((address, port)) = outside(link.to) {
            // The container looks up the name first, and the DNS server may be in the LAN.
            for protocol in [Protocol::Udp, Protocol::Tcp] {
                rules.add(FilterRule { port: Some((Port::DNS, protocol)), ..accept.clone() });
            }
            let accept = FilterRule { port: Some((port, Protocol::Tcp)), ..accept };
            match address {
                // The address may be in the LAN, which the rules for the internet exclude.
                Some(address) => rules.add(FilterRule { destination: Some(Cidr::of(address)), ..accept }),
                None => internet.add(accept),
            }
            return;
        }
        let Some((service, mapping, seat)) = self.arrival(link) else { return };
        if let Some((_, host)) = self.host(service).filter(|(to, _)| *to != name)
            && seat != Seat::Pod
        {
            let port = super::port_on_host(service, mapping);
            let destination = Some(Cidr::of(host.address));
            rules.add(FilterRule { destination, port: Some((port, mapping.protocol)), ..accept });
        }
    }
}
