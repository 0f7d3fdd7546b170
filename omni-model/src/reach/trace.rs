//! The path of a packet through the layers.

use std::net::Ipv4Addr;

use super::{
    Attempt, Destination, Hop, Layer, Line, Packet, Source, Verdict,
    policies::{Other, Pod, Side},
    world::{At, ELSEWHERE, Place, Seated, World},
};
use crate::{
    names::{HostName, InterfaceName},
    units::{Port, Protocol},
};

/// An address and port under which a destination can be contacted.
#[derive(Clone, Copy, Debug)]
struct Door {
    address: Ipv4Addr,
    port: Port,
    protocol: Protocol,
    /// The port on which the destination listens.
    target: Port,
    /// Whether this is a port of the host that Docker publishes for a container.
    published: bool,
}

/// The sender of a packet.
#[derive(Clone, Copy)]
pub(super) enum Sender<'w> {
    /// A process in a host's own network.
    Host(&'w HostName),
    /// A container.
    Container(&'w HostName, Ipv4Addr),
    /// A pod.
    Pod(&'w HostName, &'w Pod<'w>),
    /// A machine in the LAN.
    Lan(Ipv4Addr),
    /// A machine on the internet.
    Internet(Ipv4Addr),
}

/// What the door leads to.
#[derive(Clone, Copy)]
enum Behind<'w> {
    Host,
    Container(Ipv4Addr),
    Pod(&'w Pod<'w>),
}

/// A host with its name.
#[derive(Clone, Copy)]
struct On<'w, 'a> {
    name: &'w HostName,
    place: &'w Place<'a>,
}

/// The state of a packet on its path.
struct Walk<'w, 'a> {
    world: &'w World<'a>,
    attempt: Attempt,
    hops: Vec<Hop<'w>>,
    packet: Option<Packet<'w>>,
    /// Whether the policy controller of k3s has accepted the packet on the current host.
    let_through: bool,
}

impl<'a> World<'a> {
    /// Returns the verdict on a connection. A container may have two addresses, its own and a published one: the verdict is for
    /// an address that works, if one does. `None` if the question makes no sense, for example whether a service reaches itself
    /// or the internet reaches itself.
    pub fn verdict(&self, from: Source<'a>, to: Destination<'a>) -> Option<Verdict<'_>> {
        let mut first = None;
        for verdict in self.verdicts(from, to) {
            if verdict.reaches() {
                return Some(verdict);
            }
            first = first.or(Some(verdict));
        }
        first
    }

    /// Returns a verdict for each address of the destination and each address that the source may have.
    pub fn verdicts(&self, from: Source<'a>, to: Destination<'a>) -> Vec<Verdict<'_>> {
        self.senders(from, to).into_iter().flat_map(|sender| self.ways(sender, to)).collect()
    }

    /// Returns the senders that a source may appear as at a destination. Empty if the question makes no sense.
    pub(super) fn senders(&self, from: Source<'a>, to: Destination<'a>) -> Vec<Sender<'_>> {
        let host = match to {
            Destination::Service(name, ..) if matches!(from, Source::Service(from, _) if from == name) => {
                None
            }
            Destination::Service(name, ..) => self.services.get(name).map(|seated| seated.host),
            Destination::Host(name, ..) => Some(name),
            Destination::Internet(_) | Destination::Machine(..) => return Vec::from_iter(self.inside(from)),
        };
        let Some(place) = host.and_then(|host| self.hosts.get(host)) else { return Vec::new() };
        match from {
            Source::Lan | Source::Operator => {
                self.addresses(from, place).into_iter().map(Sender::Lan).collect()
            }
            Source::Internet => self.addresses(from, place).into_iter().map(Sender::Internet).collect(),
            Source::Service(..) | Source::Host(..) => Vec::from_iter(self.inside(from)),
        }
    }

    /// Returns whether the question makes sense. It makes none for the internet and itself, or for a service and itself.
    pub(super) fn has_sense(&self, from: Source<'a>, to: Destination<'a>) -> bool {
        match (from, to) {
            (Source::Service(from, _), Destination::Service(to, ..)) => from != to,
            (Source::Service(..) | Source::Host(..), _) => true,
            _ => !self.senders(from, to).is_empty(),
        }
    }

    /// Returns a verdict for each address under which a sender may contact a destination.
    pub(super) fn ways<'w>(&'w self, sender: Sender<'w>, to: Destination<'a>) -> Vec<Verdict<'w>> {
        let Some((on, behind, mut doors)) = self.doors(to) else { return self.to_beyond(sender, to) };
        // The containers of a host contact each other by their own addresses.
        if matches!(sender, Sender::Container(host, _) if host == on.name) {
            doors.reverse();
        }
        let way = |door: &Door| {
            let mut walk = self.walk(sender, *door);
            walk.knock(sender, on, behind, *door);
            walk.end()
        };
        doors.iter().map(way).collect()
    }

    /// Returns the addresses and ports that packets to a destination may carry, before and after Docker replaces them.
    pub(super) fn looked_for(&self, to: Destination<'a>) -> Vec<([Ipv4Addr; 2], [Port; 2], Protocol)> {
        let Some((_, behind, doors)) = self.doors(to) else {
            let Some((address, port)) = beyond(to) else { return Vec::new() };
            return vec![([address; 2], [port; 2], Protocol::Tcp)];
        };
        let seen = |door: Door| {
            let own = if let Behind::Container(address) = behind { address } else { door.address };
            ([door.address, own], [door.port, door.target], door.protocol)
        };
        doors.into_iter().map(seen).collect()
    }

    /// Returns the addresses of a destination and what they lead to. `None` for the internet.
    fn doors(&self, to: Destination<'a>) -> Option<(On<'_, 'a>, Behind<'_>, Vec<Door>)> {
        let own = |address, port, protocol| Door { address, port, protocol, target: port, published: false };
        match to {
            Destination::Service(name, _, port, mapping) => {
                let seated = self.services.get(name)?;
                let on = self.on(seated.host)?;
                let (behind, address) = match &seated.at {
                    At::Host => (Behind::Host, on.place.host.address),
                    At::Container(address) => (Behind::Container(*address), *address),
                    At::Pod(pod) => (Behind::Pod(pod), pod.address),
                };
                let publications = seated.publications.iter().filter(|it| it.name == port);
                let published = publications.map(|it| Door {
                    address: it.address,
                    port: it.published,
                    protocol: it.protocol,
                    target: it.target,
                    published: true,
                });
                Some((
                    on,
                    behind,
                    published.chain([own(address, mapping.target, mapping.protocol)]).collect(),
                ))
            }
            Destination::Host(name, host, port) => {
                Some((self.on(name)?, Behind::Host, vec![own(host.address, port.port(), Protocol::Tcp)]))
            }
            Destination::Internet(_) | Destination::Machine(..) => None,
        }
    }

    /// Returns the verdicts for a destination outside the deployment.
    fn to_beyond<'w>(&'w self, sender: Sender<'w>, to: Destination<'a>) -> Vec<Verdict<'w>> {
        let Some((address, port)) = beyond(to) else { return Vec::new() };
        let Some(on) = sender.host().and_then(|host| self.on(host)) else { return Vec::new() };
        let door = Door { address, port, protocol: Protocol::Tcp, target: port, published: false };
        let mut walk = self.walk(sender, door);
        walk.leave(sender, on, door);
        vec![walk.end()]
    }

    fn walk(&self, sender: Sender<'_>, door: Door) -> Walk<'_, 'a> {
        let source = match sender {
            Sender::Lan(address) | Sender::Internet(address) => Some(address),
            Sender::Host(_) | Sender::Container(..) | Sender::Pod(..) => None,
        };
        let Door { address, port, protocol, .. } = door;
        let attempt = Attempt { source, address, port, protocol };
        Walk { world: self, attempt, hops: Vec::with_capacity(4), packet: None, let_through: false }
    }

    fn on(&self, host: &HostName) -> Option<On<'_, 'a>> {
        self.hosts.get_key_value(host).map(|(name, place)| On { name, place })
    }

    /// Returns the sender for a service or a host.
    fn inside(&self, from: Source<'a>) -> Option<Sender<'_>> {
        match from {
            Source::Service(name, _) => {
                let Seated { host, at, .. } = self.services.get(name)?;
                Some(match at {
                    At::Host => Sender::Host(host),
                    At::Container(address) => Sender::Container(host, *address),
                    At::Pod(pod) => Sender::Pod(host, pod),
                })
            }
            Source::Host(name, _) => Some(Sender::Host(name)),
            Source::Operator | Source::Lan | Source::Internet => None,
        }
    }
}

/// Returns the address and port of a destination outside the deployment.
fn beyond(to: Destination<'_>) -> Option<(Ipv4Addr, Port)> {
    match to {
        Destination::Internet(port) => Some((ELSEWHERE, port)),
        Destination::Machine(address, port) => Some((address, port)),
        Destination::Service(..) | Destination::Host(..) => None,
    }
}

impl<'w> Sender<'w> {
    fn host(self) -> Option<&'w HostName> {
        match self {
            Self::Host(host) | Self::Container(host, _) | Self::Pod(host, _) => Some(host),
            Self::Lan(_) | Self::Internet(_) => None,
        }
    }
}

impl<'w, 'a> Walk<'w, 'a> {
    fn end(self) -> Verdict<'w> {
        Verdict { attempt: self.attempt, packet: self.packet, hops: self.hops }
    }

    fn hop(&mut self, on: On<'w, 'a>, layer: Layer, passes: bool, lines: Vec<Line<'w>>) {
        let always = matches!(layer, Layer::Guard | Layer::Egress | Layer::Ingress | Layer::Publication);
        let asked = !self.let_through || always;
        self.hops.push(Hop { layer, host: on.name, passes, asked, lines });
    }

    /// Returns whether the last layer accepts the packet, or would not be consulted.
    fn goes_on(&self) -> bool {
        self.hops.last().is_none_or(|hop| hop.passes || !hop.asked)
    }

    fn knock(&mut self, sender: Sender<'w>, on: On<'w, 'a>, behind: Behind<'w>, door: Door) {
        let here = sender.host().filter(|host| *host == on.name);
        if door.address.is_loopback() && !is_led_to_loopback(sender, here, on) {
            return self.hop(on, Layer::Loopback, false, Vec::new());
        }
        if here.is_some() {
            return self.within(sender, on, behind, door);
        }
        let is_hidden = !door.published && !matches!(behind, Behind::Host);
        let source = match sender {
            Sender::Lan(address) => address,
            Sender::Internet(_) if is_hidden => return self.hop(on, Layer::Routing, false, Vec::new()),
            Sender::Internet(address) => address,
            Sender::Host(host) | Sender::Container(host, _) | Sender::Pod(host, _) => {
                let Some(from) = self.world.on(host) else { return };
                if is_hidden {
                    return self.hop(from, Layer::Routing, false, Vec::new());
                }
                self.leave(sender, from, door);
                if !self.goes_on() {
                    return;
                }
                // The next host decides the rest. It sees the address of this host.
                self.let_through = false;
                from.place.host.address
            }
        };
        let lan = &on.place.host.lan.interface;
        match behind {
            Behind::Host => self.let_in(on, door.asked_for(source, lan)),
            Behind::Container(_) if is_guarded(on, door) => self.hop(on, Layer::Guard, false, Vec::new()),
            Behind::Container(address) => self.publish(on, door.asked_for(source, lan), address, door),
            Behind::Pod(pod) => {
                self.ingress(on, pod, Other::Address(source), door);
                self.forward(on, door.asked_for(source, lan).out(&self.world.pods), true);
            }
        }
    }

    /// Follows the packet off its own host.
    fn leave(&mut self, sender: Sender<'w>, on: On<'w, 'a>, door: Door) {
        let lan = &on.place.host.lan.interface;
        match sender {
            Sender::Host(_) => self.hop(on, Layer::Output, true, Vec::new()),
            Sender::Container(_, address) => {
                self.forward(on, door.asked_for(address, self.bridge()).out(lan), true)
            }
            Sender::Pod(_, pod) => {
                self.egress(on, pod, Other::Address(door.address), door.port, door.protocol);
                self.forward(on, door.asked_for(pod.address, &self.world.pods).out(lan), true);
            }
            Sender::Lan(_) | Sender::Internet(_) => {}
        }
    }

    /// Follows the packet from sender to receiver on the same host.
    fn within(&mut self, sender: Sender<'w>, on: On<'w, 'a>, behind: Behind<'w>, door: Door) {
        let pods = &self.world.pods;
        match (sender, behind) {
            (Sender::Container(_, from), Behind::Host) => {
                self.let_in(on, door.asked_for(from, self.bridge()))
            }
            // Docker leaves packets from the containers' own network to its proxy, which is a process of the
            // host.
            (Sender::Container(_, from), Behind::Container(_)) if door.published => {
                self.let_in(on, door.asked_for(from, self.bridge()));
                if self.goes_on() {
                    self.hop(on, Layer::Proxy, true, Vec::new());
                }
            }
            // Without a rule, containers of the network cannot reach each other (`enable_icc` is false).
            (Sender::Container(_, from), Behind::Container(_)) => {
                self.forward(on, door.asked_for(from, self.bridge()).out(self.bridge()), false);
            }
            (Sender::Container(_, from), Behind::Pod(pod)) => {
                self.ingress(on, pod, Other::Address(from), door);
                self.forward(on, door.asked_for(from, self.bridge()).out(pods), true);
            }
            (Sender::Pod(_, pod), Behind::Host) => {
                self.egress(on, pod, Other::Address(door.address), door.port, door.protocol);
                self.let_in(on, door.asked_for(pod.address, pods));
            }
            (Sender::Pod(..), Behind::Container(_)) if is_guarded(on, door) => {
                self.hop(on, Layer::Guard, false, Vec::new());
            }
            (Sender::Pod(_, pod), Behind::Container(address)) => {
                self.egress(on, pod, Other::Address(address), door.target, door.protocol);
                self.publish(on, door.asked_for(pod.address, pods), address, door);
            }
            (Sender::Pod(_, pod), Behind::Pod(other)) => {
                self.egress(on, pod, Other::Pod(other), door.target, door.protocol);
                self.ingress(on, other, Other::Pod(pod), door);
            }
            // Nothing filters what a host sends to itself, to its containers and to its pods.
            (Sender::Host(_) | Sender::Lan(_) | Sender::Internet(_), _) => {
                self.hop(on, Layer::Output, true, Vec::new());
            }
        }
    }

    fn bridge(&self) -> &'w InterfaceName {
        &self.world.deployment.network.bridge
    }

    /// Follows the packet to a container from outside its network.
    fn publish(&mut self, on: On<'w, 'a>, packet: Packet<'w>, address: Ipv4Addr, door: Door) {
        if door.published && self.goes_on() {
            self.hop(on, Layer::Publication, true, Vec::new());
        }
        let packet = Packet { destination: address, port: door.target, ..packet.out(self.bridge()) };
        self.forward(on, packet, door.published);
    }

    fn let_in(&mut self, on: On<'w, 'a>, packet: Packet<'w>) {
        if !self.goes_on() {
            return;
        }
        self.packet = Some(packet);
        let rules = on.place.ufw.rules.iter().filter(|rule| rule.matches(&packet));
        let lines: Vec<_> = rules.map(Line::Ufw).collect();
        self.hop(on, Layer::Ufw, !lines.is_empty(), lines);
    }

    /// Passes the packet through DOCKER-USER. `otherwise` is the verdict of the chains after it, if no rule matches.
    fn forward(&mut self, on: On<'w, 'a>, packet: Packet<'w>, otherwise: bool) {
        if !self.goes_on() {
            return;
        }
        self.packet = Some(packet);
        match on.place.docker_user.decide(&packet) {
            Some((passes, lines)) => self.hop(on, Layer::DockerUser, passes, lines),
            // Docker does not forward packets from pods.
            None if self.let_through => {}
            None => self.hop(on, Layer::Docker, otherwise, Vec::new()),
        }
    }

    fn egress(&mut self, on: On<'w, 'a>, pod: &Pod<'_>, to: Other<'_>, port: Port, protocol: Protocol) {
        let (passes, lines) = self.world.policies.decide(pod, Side::Egress, to, (port, protocol));
        self.hop(on, Layer::Egress, passes, lines);
        self.let_through = passes;
    }

    fn ingress(&mut self, on: On<'w, 'a>, pod: &Pod<'_>, from: Other<'_>, door: Door) {
        if !self.goes_on() {
            return;
        }
        let port = (door.target, door.protocol);
        let (passes, lines) = self.world.policies.decide(pod, Side::Ingress, from, port);
        self.hop(on, Layer::Ingress, passes, lines);
        self.let_through = passes;
    }
}

/// Returns whether Docker drops packets for a container's own address that come from outside the containers' network.
fn is_guarded(on: On<'_, '_>, door: Door) -> bool {
    !door.published && on.place.host.docker.guards_containers()
}

/// Returns whether packets for a loopback address reach a host. Packets of its own processes do. Packets of a LAN machine that
/// uses the host as the router for that address do as well, unless Docker drops them.
fn is_led_to_loopback(sender: Sender<'_>, here: Option<&HostName>, on: On<'_, '_>) -> bool {
    match sender {
        Sender::Host(_) => here.is_some(),
        Sender::Lan(_) => !on.place.host.docker.guards_containers(),
        Sender::Container(..) | Sender::Pod(..) | Sender::Internet(_) => false,
    }
}

impl Door {
    /// Returns the packet that a sender sends to this door.
    fn asked_for<'w>(self, source: Ipv4Addr, input: &'w InterfaceName) -> Packet<'w> {
        Packet {
            source,
            destination: self.address,
            port: self.port,
            protocol: self.protocol,
            input,
            output: None,
            original: (self.address, self.port),
        }
    }
}

impl<'w> Packet<'w> {
    fn out(self, output: &'w InterfaceName) -> Self {
        Self { output: Some(output), ..self }
    }
}
