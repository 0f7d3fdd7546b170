//! Why something is reached that nobody declared.

use std::fmt;

use super::{Declared, Destination, Line, Source, Verdict, World, world::Rows};
use crate::policy::OriginKind;

/// A connection that comes about though nobody declared it.
#[derive(Clone, Debug)]
pub struct Undeclared<'w, 'a> {
    /// Who opens it.
    pub from: Source<'a>,
    /// Where it goes.
    pub to: Destination<'a>,
    /// Why it comes about.
    pub blame: Blame<'w>,
}

impl Undeclared<'_, '_> {
    /// Whether both ends are services of one zone.
    pub fn stays_within_a_zone(&self) -> bool {
        matches!((self.from, self.to), (Source::Service(_, from), Destination::Service(_, to, ..)) if from.zone == to.zone)
    }
}

/// Why a connection comes about.
#[derive(Clone, Copy, Debug)]
pub enum Blame<'w> {
    /// A line of the author's lets it through, and no other does.
    Author(Line<'w>),
    /// A line that the machine needs lets it through: SSH.
    Needed,
    /// The sender uses the host's network: nothing filters what it sends.
    HostNetwork,
    /// Nobody is to blame: the lines are wider than what they were derived from.
    Nobody,
}

/// Who reaches a destination.
#[derive(Clone, Debug)]
pub struct Reached<'w, 'a> {
    /// The destination.
    pub to: Destination<'a>,
    /// Those who may. Hosts, which reach what they like, are not among them.
    pub declared: Vec<Source<'a>>,
    /// Those whom nobody declared, by what lets them.
    pub beyond: Vec<(Blame<'w>, Vec<Source<'a>>)>,
}

impl<'a> World<'a> {
    /// Each destination with those who reach it.
    pub fn reached(&self, declared: &Declared<'a>) -> Vec<Reached<'_, 'a>> {
        let Rows { sources, destinations, reached } = self.rows();
        let nobody = |to: &Destination<'a>| Reached { to: *to, declared: Vec::new(), beyond: Vec::new() };
        let mut all: Vec<_> = destinations.iter().map(nobody).collect();
        for (from, row) in sources.iter().zip(reached).filter(|(from, _)| !matches!(from, Source::Host(..))) {
            for at in row {
                let Some(reached) = all.get_mut(*at) else { continue };
                if declared.allows(*from, reached.to) {
                    reached.declared.push(*from);
                    continue;
                }
                let blame = self.blame(*from, reached.to);
                match reached.beyond.iter_mut().find(|(known, _)| known.to_string() == blame.to_string()) {
                    Some((_, sources)) => sources.push(*from),
                    None => reached.beyond.push((blame, vec![*from])),
                }
            }
        }
        all
    }

    /// Everything that is reached though nobody declared it.
    pub fn undeclared(&self, declared: &Declared<'a>) -> Vec<Undeclared<'_, 'a>> {
        let undeclared = |(from, to): &(Source<'a>, Destination<'a>)| !declared.allows(*from, *to);
        let connections = self.connections().filter(undeclared);
        connections.map(|(from, to)| Undeclared { from, to, blame: self.blame(from, to) }).collect()
    }

    /// Why a connection comes about that nobody declared.
    fn blame(&self, from: Source<'a>, to: Destination<'a>) -> Blame<'_> {
        self.verdict(from, to).map_or(Blame::Nobody, |verdict| blame(from, &verdict))
    }
}

impl fmt::Display for Blame<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Author(line) => line.fmt(f),
            Self::Needed => f.pad("SSH"),
            Self::HostNetwork => f.pad("the host's network"),
            Self::Nobody => f.pad("nobody's line"),
        }
    }
}

fn blame<'w>(from: Source<'_>, verdict: &Verdict<'w>) -> Blame<'w> {
    let asked = || verdict.hops.iter().filter(|hop| hop.asked);
    let needed = |line: &Line<'_>| line.origins().iter().any(|origin| origin.kind == OriginKind::Needed);
    let open_anyway = |lines: &[Line<'_>]| lines.iter().any(needed);
    let authored = asked().filter(|hop| !open_anyway(&hop.lines)).flat_map(|hop| &hop.lines);
    match (authored.into_iter().find(|line| line.is_authored()), from) {
        (Some(line), _) => Blame::Author(*line),
        _ if asked().any(|hop| open_anyway(&hop.lines)) => Blame::Needed,
        (None, Source::Service(_, service)) if service.host_network => Blame::HostNetwork,
        _ => Blame::Nobody,
    }
}
