//! An iptables chain: the first rule that matches decides.

use std::{collections::HashMap, net::Ipv4Addr};

use super::{Line, Packet};
use crate::{
    names::Cidr,
    policy::{FilterRule, Verdict},
};

/// The DOCKER-USER chain, with its rules indexed by address.
#[derive(Clone, Debug, Default)]
pub(super) struct Chain {
    rules: Vec<FilterRule>,
    by_destination: HashMap<Ipv4Addr, Vec<usize>>,
    /// The rules without a single destination address that have a single source address.
    by_source: HashMap<Ipv4Addr, Vec<usize>>,
    others: Vec<usize>,
}

impl Chain {
    pub(super) fn new(rules: Vec<FilterRule>) -> Self {
        let mut chain = Self { rules, ..Self::default() };
        for (position, rule) in chain.rules.iter().enumerate() {
            let rules = match (single(rule.destination), single(rule.source)) {
                (Some(address), _) => chain.by_destination.entry(address).or_default(),
                (None, Some(address)) => chain.by_source.entry(address).or_default(),
                (None, None) => &mut chain.others,
            };
            rules.push(position);
        }
        chain
    }

    pub(super) fn rules(&self) -> &[FilterRule] {
        &self.rules
    }

    /// Returns whether the chain accepts a packet, and every rule that leads to that verdict.
    /// `None` if the chain leaves the packet to the rules after it.
    pub(super) fn decide(&self, packet: &Packet<'_>) -> Option<(bool, Vec<Line<'_>>)> {
        let mut matching = self.candidates(packet).filter(|rule| rule.matches(packet));
        let first = matching.next()?;
        let same = matching.take_while(|rule| rule.verdict == first.verdict);
        let lines = std::iter::once(first).chain(same).map(Line::DockerUser).collect();
        Some((first.verdict == Verdict::Accept, lines))
    }

    /// Returns the rules that may match a packet, in the order of the chain.
    fn candidates(&self, packet: &Packet<'_>) -> impl Iterator<Item = &FilterRule> {
        let by_destination = self.by_destination.get(&packet.destination);
        let by_source = self.by_source.get(&packet.source);
        let mut lists =
            [by_destination, by_source, Some(&self.others)].map(|list| list.map_or(&[][..], Vec::as_slice));
        std::iter::from_fn(move || {
            let next =
                lists.iter_mut().filter(|list| !list.is_empty()).min_by_key(|list| list.first().copied())?;
            let (position, rest) = next.split_first()?;
            *next = rest;
            self.rules.get(*position)
        })
    }
}

/// Returns the address of a network that has exactly one. `None` for larger networks.
fn single(network: Option<Cidr>) -> Option<Ipv4Addr> {
    network.map(Cidr::net).filter(|net| net.prefix_len() == 32).map(|net| net.addr())
}
