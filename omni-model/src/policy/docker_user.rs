//! Docker's chain DOCKER-USER: what may be forwarded to and from containers. Docker sends every forwarded packet through it
//! first, after a published port has been replaced by the container's own address and port; ufw's rules for the host never
//! see those packets. <https://docs.docker.com/engine/network/firewall-iptables/>

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

/// The chain on a host, in its order: the first rule that matches decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DockerUser {
    /// For IPv4.
    pub rules: Vec<FilterRule>,
    /// For IPv6: no container has such an address, and none is forwarded.
    pub rules6: Vec<FilterRule>,
}

/// A rule of iptables' filter table.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct FilterRule {
    /// From whom; with none, anybody.
    pub source: Option<Cidr>,
    /// To whom, after Docker has replaced a published address; with none, anybody.
    pub destination: Option<Cidr>,
    /// The interface it came in by.
    pub input: Option<InterfaceName>,
    /// The interface it leaves by.
    pub output: Option<InterfaceName>,
    /// Only what belongs to a connection that was let through.
    pub established: bool,
    /// The address and port that were asked for, before Docker replaced them.
    pub original: Option<(Ipv4Addr, Port)>,
    /// The port, after Docker has replaced it.
    pub port: Option<(Port, Protocol)>,
    /// What happens to the packet.
    pub verdict: Verdict,
    /// Why.
    pub origins: Vec<Origin>,
}

/// What a rule does with a packet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// It passes, and no rule after this one sees it.
    Accept,
    /// It is gone.
    #[default]
    Drop,
}

/// As `iptables -S` prints it, without its chain.
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

/// Rules under way, each with its reasons.
#[derive(Default)]
struct Rules(IndexMap<FilterRule, Vec<Origin>>);

impl Rules {
    /// The same rule twice is one with the reasons of both.
    fn add(&mut self, mut rule: FilterRule) {
        let origins = mem::take(&mut rule.origins);
        self.0.entry(rule).or_default().extend(origins);
    }

    fn into_rules(self) -> impl Iterator<Item = FilterRule> {
        self.0.into_iter().map(|(rule, origins)| FilterRule { origins, ..rule })
    }
}

impl<'a> Scenario<'a> {
    /// DOCKER-USER on a host: exactly what the flows need, and nothing else that concerns the containers or comes from the
    /// LAN. What pods send each other and the internet passes it by.
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
            drop(from.as_ref(), None, "nothing else leaves a container"),
            drop(None, into.as_ref(), "nothing else reaches a container"),
            drop(Some(&host.lan.interface), None, "nothing else from the LAN is forwarded"),
        ];
        let answers = FilterRule {
            established: true,
            verdict: Verdict::Accept,
            origins: vec![Origin::default("answers")],
            ..FilterRule::default()
        };
        let (mut inside, mut outside) = (Rules::default(), Rules::default());
        for link in self.links_on(name) {
            self.forward_in(link, name, host, &mut inside);
            self.forward_out(link, name, host, &mut inside, &mut outside);
        }
        let mut rules: Vec<_> = [answers].into_iter().chain(inside.into_rules()).collect();
        if !outside.0.is_empty() {
            let private = self.not_internet().into_iter().map(|network| FilterRule {
                destination: Some(network),
                ..drop(from.as_ref(), None, "no part of the internet")
            });
            rules.extend(private);
            rules.extend(outside.into_rules());
        }
        rules.extend(rest.clone());
        DockerUser { rules, rules6: rest.to_vec() }
    }

    /// What a link needs that goes to a container of this host.
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
            // The host's own packets are not forwarded.
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

    /// What a link needs that leaves a container of this host for another machine.
    fn forward_out(
        &self,
        link: &Link<'a>,
        name: &HostName,
        host: &Host,
        rules: &mut Rules,
        elsewhere: &mut Rules,
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
            // A name is asked for first: of a server that may well be in the LAN.
            for protocol in [Protocol::Udp, Protocol::Tcp] {
                rules.add(FilterRule { port: Some((Port::DNS, protocol)), ..accept.clone() });
            }
            let accept = FilterRule { port: Some((port, Protocol::Tcp)), ..accept };
            match address {
                // It may be in the LAN, which is no part of the internet.
                Some(address) => rules.add(FilterRule { destination: Some(Cidr::of(address)), ..accept }),
                None => elsewhere.add(accept),
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
