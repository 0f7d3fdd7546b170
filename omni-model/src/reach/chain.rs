//! A chain of iptables: the first rule that matches decides.

use std::{collections::HashMap, net::Ipv4Addr};

use super::{Line, Packet};
use crate::policy::{FilterRule, Verdict};

/// DOCKER-USER, with its rules found by the address that they are about.
#[derive(Clone, Debug, Default)]
pub(super) struct Chain {
    rules: Vec<FilterRule>,
    by_destination: HashMap<Ipv4Addr, Vec<usize>>,
    others: Vec<usize>,
}

impl Chain {
    pub(super) fn new(rules: Vec<FilterRule>) -> Self {
        let mut chain = Self { rules, ..Self::default() };
        for (position, rule) in chain.rules.iter().enumerate() {
            match rule.destination.map(|destination| destination.net()) {
                Some(net) if net.prefix_len() == 32 => {
                    chain.by_destination.entry(net.addr()).or_default().push(position);
                }
                _ => chain.others.push(position),
            }
        }
        chain
    }

    pub(super) fn rules(&self) -> &[FilterRule] {
        &self.rules
    }

    /// What becomes of a packet, and all lines at one that would see to it; nothing if the chain leaves it to what follows.
    pub(super) fn decide(&self, packet: &Packet<'_>) -> Option<(bool, Vec<Line<'_>>)> {
        let mut matching = self.candidates(packet.destination).filter(|rule| rule.matches(packet));
        let first = matching.next()?;
        let same = matching.take_while(|rule| rule.verdict == first.verdict);
        let lines = std::iter::once(first).chain(same).map(Line::DockerUser).collect();
        Some((first.verdict == Verdict::Accept, lines))
    }

    /// The rules that may be about an address, in their order.
    fn candidates(&self, destination: Ipv4Addr) -> impl Iterator<Item = &FilterRule> {
        let mut own = self.by_destination.get(&destination).map_or(&[][..], Vec::as_slice).iter().peekable();
        let mut others = self.others.iter().peekable();
        std::iter::from_fn(move || {
            let own_is_next = match (own.peek(), others.peek()) {
                (Some(own), Some(other)) => own < other,
                (own, _) => own.is_some(),
            };
            let position = if own_is_next { own.next() } else { others.next() };
            self.rules.get(*position?)
        })
    }
}
