//! Why a destination can be reached by a source that nobody declared.

use std::fmt;

use super::{Declared, Destination, Line, Source, Verdict, World, world::Rows};
use crate::policy::OriginKind;

/// A connection that is possible although nobody declared it.
#[derive(Clone, Debug)]
pub struct Undeclared<'w, 'a> {
    /// The source that opens the connection.
    pub from: Source<'a>,
    /// The destination of the connection.
    pub to: Destination<'a>,
    /// Why the connection is possible.
    pub blame: Blame<'w>,
}

impl Undeclared<'_, '_> {
    /// Returns whether both ends are services of the same zone.
    pub fn stays_within_a_zone(&self) -> bool {
        matches!((self.from, self.to), (Source::Service(_, from), Destination::Service(_, to, ..)) if from.zone == to.zone)
    }
}

/// Why an undeclared connection is possible.
#[derive(Clone, Copy, Debug)]
pub enum Blame<'w> {
    /// A rule that the author wrote allows it, and no other rule does.
    Author(Line<'w>),
    /// A rule that the machine itself needs allows it: SSH.
    Needed,
    /// The sender uses the host's network, so that nothing filters its packets.
    HostNetwork,
    /// Nobody is to blame: the generated rules are wider than the declarations that they are derived from.
    Nobody,
}

/// The sources that reach a destination.
#[derive(Clone, Debug)]
pub struct Reached<'w, 'a> {
    /// The destination.
    pub to: Destination<'a>,
    /// The declared sources. Hosts are left out, since they may reach everything.
    pub declared: Vec<Source<'a>>,
    /// The undeclared sources, grouped by the reason why they reach it.
    pub beyond: Vec<(Blame<'w>, Vec<Source<'a>>)>,
}

impl<'a> World<'a> {
    /// Returns each destination with the sources that reach it.
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

    /// Returns every connection that is possible although nobody declared it.
    pub fn undeclared(&self, declared: &Declared<'a>) -> Vec<Undeclared<'_, 'a>> {
        let undeclared = |(from, to): &(Source<'a>, Destination<'a>)| !declared.allows(*from, *to);
        let connections = self.connections().filter(undeclared);
        connections.map(|(from, to)| Undeclared { from, to, blame: self.blame(from, to) }).collect()
    }

    /// Returns why an undeclared connection is possible.
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
