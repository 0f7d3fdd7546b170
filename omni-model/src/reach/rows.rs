//! Computes the rows of the matrix. Most sources differ only in the rules that name them. One row is computed for all sources
//! of a kind. Each source then checks only the destinations that a rule which names it may affect.

use std::{
    collections::{HashMap, hash_map::Entry},
    net::Ipv4Addr,
};

use super::{
    Destination, Source, Verdict, World,
    policies::Pod,
    trace::Sender,
    world::{At, Rows, Seated},
};
use crate::{
    names::{Cidr, HostName, NamespaceName, ServiceName, ZoneName},
    policy::{Peers, PodSelector, PolicyRule},
    units::{Port, PortRange, Protocol},
};

/// Sources that only rules which name one of them can tell apart.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Kind<'w> {
    /// Services in the network of a host, and the host itself.
    Host(&'w HostName),
    /// Containers, by the narrowest network around them that a rule names.
    Container(&'w HostName, Option<Cidr>),
    /// Pods of a zone.
    Pod(&'w HostName, &'w ZoneName),
}

/// The destinations that a rule which names a source may affect.
#[derive(Clone, Copy)]
enum Aim<'w> {
    Anything,
    Ports(PortRange),
    Address(Ipv4Addr, Option<PortRange>),
    Service(&'w ServiceName),
}

/// What rules say about the containers of a host: the rules of their host, and the policies of pods.
#[derive(Default)]
struct Named<'w> {
    networks: Vec<Cidr>,
    addresses: HashMap<Ipv4Addr, Vec<Aim<'w>>>,
}

/// Destinations, indexed by the addresses and ports that packets to them may carry.
#[derive(Default)]
struct Index<'w> {
    by_port: HashMap<(Port, Protocol), Vec<usize>>,
    by_address: HashMap<Ipv4Addr, Vec<(usize, Port, Protocol)>>,
    by_service: HashMap<&'w ServiceName, Vec<usize>>,
    count: usize,
}

/// The state of the search for all rows.
struct Finder<'w, 'a> {
    world: &'w World<'a>,
    index: Index<'w>,
    by_host: HashMap<&'w HostName, Named<'w>>,
    /// The pods that policies name as senders, with the pods that those policies govern.
    senders: HashMap<(&'w NamespaceName, &'w ServiceName), Vec<Aim<'w>>>,
}

impl<'a> World<'a> {
    /// Returns the destinations that each source reaches.
    pub(super) fn rows(&self) -> &Rows<'a> {
        self.rows.get_or_init(|| find(self))
    }

    /// Returns every connection that is possible, as source and destination.
    pub fn connections(&self) -> impl Iterator<Item = (Source<'a>, Destination<'a>)> {
        let Rows { sources, destinations, reached } = self.rows();
        let to = |at: &usize| destinations.get(*at).copied();
        let row = move |(from, row): (&Source<'a>, &'_ Vec<usize>)| {
            let from = *from;
            row.iter().filter_map(to).map(move |to| (from, to)).collect::<Vec<_>>()
        };
        sources.iter().zip(reached).flat_map(row)
    }
}

fn find<'a>(world: &World<'a>) -> Rows<'a> {
    let (sources, destinations) = (world.sources(), world.destinations());
    let finder = Finder::new(world, &destinations);
    let mut known: HashMap<Kind<'_>, Option<Vec<usize>>> = HashMap::new();
    let all = 0..destinations.len();
    let reaches = |from: Source<'a>, to: usize| {
        destinations.get(to).and_then(|to| world.verdict(from, *to)).is_some_and(|it| it.reaches())
    };
    let row = |from: &Source<'a>| {
        let alike = finder.kind(*from).and_then(|kind| {
            let row = match known.entry(kind) {
                Entry::Occupied(entry) => entry.into_mut(),
                Entry::Vacant(entry) => entry.insert(finder.of_kind(kind, *from, &destinations)),
            };
            row.as_ref()
        });
        let Some(alike) = alike else { return all.clone().filter(|to| reaches(*from, *to)).collect() };
        let named = finder.named(*from);
        let is_itself = |to: &usize| match (from, destinations.get(*to)) {
            (Source::Service(from, _), Some(Destination::Service(to, ..))) => from == to,
            _ => false,
        };
        let others = alike.iter().copied().filter(|to| named.binary_search(to).is_err() && !is_itself(to));
        let mut row: Vec<_> = others.chain(named.iter().copied().filter(|to| reaches(*from, *to))).collect();
        row.sort_unstable();
        row
    };
    let reached = sources.iter().map(row).collect();
    Rows { sources, destinations, reached }
}

impl<'w, 'a> Finder<'w, 'a> {
    fn new(world: &'w World<'a>, destinations: &[Destination<'a>]) -> Self {
        let mut finder = Self {
            world,
            index: Index::of(world, destinations),
            by_host: HashMap::new(),
            senders: HashMap::new(),
        };
        for policy in world.policies() {
            for rule in policy.ingress.iter().flatten() {
                let Peers::Service(namespace, name) = &rule.peers else { continue };
                let governed = match &policy.pods {
                    PodSelector::Service(name) => Aim::Service(name),
                    PodSelector::All | PodSelector::Labels(_) => Aim::Anything,
                };
                finder.senders.entry((namespace, name)).or_default().push(governed);
            }
        }
        finder.by_host = world.hosts.keys().map(|host| (*host, finder.named_on(host))).collect();
        finder
    }

    /// Collects the addresses and networks that rules name for the containers of a host.
    fn named_on(&self, host: &HostName) -> Named<'w> {
        let mut named = Named::default();
        let Some(place) = self.world.hosts.get(host) else { return named };
        for rule in &place.ufw.rules {
            named.add(rule.from, rule.to.map(Cidr::of), rule.ports);
        }
        for rule in place.docker_user.rules() {
            named.add(rule.source, rule.destination, rule.port.map(single));
        }
        for rule in self.world.policies().iter().flat_map(|policy| policy.ingress.iter().flatten()) {
            let Peers::Network(network, except) = &rule.peers else { continue };
            for network in [network].into_iter().chain(except) {
                named.add(Some(*network), None, None);
            }
        }
        named
    }

    /// Returns the kind of a source. `None` if no other source is like it.
    fn kind(&self, from: Source<'a>) -> Option<Kind<'w>> {
        let name = match from {
            Source::Service(name, _) => name,
            Source::Host(name, _) => {
                return self.world.hosts.get_key_value(name).map(|(name, _)| Kind::Host(name));
            }
            Source::Operator | Source::Lan | Source::Internet => return None,
        };
        let Seated { host, at, service, .. } = self.world.services.get(name)?;
        match at {
            At::Host => Some(Kind::Host(host)),
            At::Container(address) => Some(Kind::Container(host, self.by_host.get(host)?.around(*address))),
            At::Pod(pod) => {
                // A pod whose egress is governed only by its own policies is not like the others.
                self.world.policies.is_isolated_with_others(pod).then_some(Kind::Pod(host, &service.zone))
            }
        }
    }

    /// Returns the destinations that a source of this kind reaches if no rule names it.
    /// `None` if no such source can exist.
    fn of_kind(
        &self,
        kind: Kind<'w>,
        member: Source<'a>,
        destinations: &[Destination<'a>],
    ) -> Option<Vec<usize>> {
        let stranger;
        let sender = match kind {
            Kind::Host(host) => Sender::Host(host),
            Kind::Container(host, around) => {
                let around = around.unwrap_or(self.world.deployment.network.subnet);
                Sender::Container(host, self.by_host.get(host)?.stranger(around)?)
            }
            Kind::Pod(host, _) => {
                let Source::Service(name, _) = member else { return None };
                let At::Pod(pod) = &self.world.services.get(name)?.at else { return None };
                stranger = Pod { service: None, ..pod.clone() };
                Sender::Pod(host, &stranger)
            }
        };
        let reaches = |to: &Destination<'a>| self.world.ways(sender, *to).iter().any(Verdict::reaches);
        let reached = destinations.iter().enumerate().filter(|(_, to)| reaches(to));
        Some(reached.map(|(at, _)| at).collect())
    }

    /// Returns the destinations that rules which name the source may affect, in their order.
    fn named(&self, from: Source<'a>) -> Vec<usize> {
        let Source::Service(name, _) = from else { return Vec::new() };
        let Some(Seated { host, at, .. }) = self.world.services.get(name) else { return Vec::new() };
        let mut all = Vec::new();
        match at {
            At::Host => {}
            At::Container(address) => {
                let aims = self.by_host.get(host).and_then(|named| named.addresses.get(address));
                aims.into_iter().flatten().for_each(|aim| self.index.find(*aim, &mut all));
            }
            At::Pod(pod) => {
                let aims = self.senders.get(&(&pod.namespace, name));
                aims.into_iter().flatten().for_each(|aim| self.index.find(*aim, &mut all));
                let own = self.world.policies.own(pod).flat_map(|policy| policy.egress.iter().flatten());
                own.flat_map(aims_of).for_each(|aim| self.index.find(aim, &mut all));
            }
        }
        all.sort_unstable();
        all.dedup();
        all
    }
}

/// Returns the destinations that a rule of a pod's own policy may let it reach.
fn aims_of(rule: &PolicyRule) -> Vec<Aim<'_>> {
    let ports = rule.ports.iter().map(|port| single(*port));
    match &rule.peers {
        Peers::Network(network, _) => ports.map(|ports| aim(Some(*network), Some(ports))).collect(),
        Peers::Service(_, name) => vec![Aim::Service(name)],
        Peers::Dns => Vec::new(),
    }
}

fn aim<'w>(to: Option<Cidr>, ports: Option<PortRange>) -> Aim<'w> {
    match (to.map(Cidr::net), ports) {
        (Some(net), ports) if net.prefix_len() == 32 => Aim::Address(net.addr(), ports),
        (_, Some(ports)) => Aim::Ports(ports),
        (_, None) => Aim::Anything,
    }
}

fn single((port, protocol): (Port, Protocol)) -> PortRange {
    PortRange { first: port, last: port, protocol }
}

impl Named<'_> {
    fn add(&mut self, from: Option<Cidr>, to: Option<Cidr>, ports: Option<PortRange>) {
        match from.map(Cidr::net) {
            Some(net) if net.prefix_len() == 32 => {
                self.addresses.entry(net.addr()).or_default().push(aim(to, ports));
            }
            Some(_) => self.networks.extend(from.filter(|network| !self.networks.contains(network))),
            None => {}
        }
    }

    /// Returns the narrowest known network that contains an address.
    fn around(&self, address: Ipv4Addr) -> Option<Cidr> {
        let around = self.networks.iter().copied().filter(|network| network.contains(address));
        around.max_by_key(|network| network.net().prefix_len())
    }

    /// Returns an address of a network that is named by no rule and lies in no narrower known network.
    fn stranger(&self, network: Cidr) -> Option<Ipv4Addr> {
        let around = Some(network).filter(|network| self.networks.contains(network));
        let mut addresses = network.net().hosts();
        addresses.find(|address| !self.addresses.contains_key(address) && self.around(*address) == around)
    }
}

impl<'w> Index<'w> {
    fn of<'a>(world: &'w World<'a>, destinations: &[Destination<'a>]) -> Self {
        let mut index = Self { count: destinations.len(), ..Self::default() };
        for (at, to) in destinations.iter().enumerate() {
            for (addresses, ports, protocol) in world.looked_for(*to) {
                for port in ports {
                    index.by_port.entry((port, protocol)).or_default().push(at);
                    for address in addresses {
                        index.by_address.entry(address).or_default().push((at, port, protocol));
                    }
                }
            }
            if let Destination::Service(name, ..) = to
                && let Some((name, _)) = world.services.get_key_value(name)
            {
                index.by_service.entry(name).or_default().push(at);
            }
        }
        index
    }

    /// Adds the destinations that an aim may affect.
    fn find(&self, aim: Aim<'_>, all: &mut Vec<usize>) {
        match aim {
            Aim::Address(address, ports) => {
                let here = self.by_address.get(&address).into_iter().flatten();
                let meant = here
                    .filter(|(_, port, protocol)| ports.is_none_or(|ports| ports.contains(*port, *protocol)));
                all.extend(meant.map(|(at, ..)| *at));
            }
            Aim::Ports(PortRange { first, last, protocol }) if first == last => {
                all.extend(self.by_port.get(&(first, protocol)).into_iter().flatten());
            }
            Aim::Service(name) => all.extend(self.by_service.get(name).into_iter().flatten()),
            Aim::Ports(_) | Aim::Anything => all.extend(0..self.count),
        }
    }
}
