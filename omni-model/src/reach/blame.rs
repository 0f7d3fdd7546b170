//! Why something is reached that nobody declared.

use super::{Declared, Destination, Line, Source, Verdict, World};
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

impl<'a> World<'a> {
    /// Everything that is reached though nobody declared it.
    pub fn undeclared(&self, declared: &Declared<'a>) -> Vec<Undeclared<'_, 'a>> {
        let destinations = self.destinations();
        let mut found = Vec::new();
        for from in self.sources().into_iter().filter(|from| !matches!(from, Source::Host(..))) {
            for to in &destinations {
                if let Some(verdict) = self.verdict(from, *to).filter(Verdict::reaches)
                    && !declared.allows(from, *to)
                {
                    found.push(Undeclared { from, to: *to, blame: blame(from, &verdict) });
                }
            }
        }
        found
    }
}

fn blame<'w>(from: Source<'_>, verdict: &Verdict<'w>) -> Blame<'w> {
    let asked = || verdict.hops.iter().filter(|hop| hop.asked && !hop.lines.is_empty());
    let needed = |line: &Line<'_>| line.origins().iter().any(|origin| origin.kind == OriginKind::Needed);
    let authored = asked().find(|hop| hop.lines.iter().all(Line::is_authored));
    match (authored.and_then(|hop| hop.lines.first()), from) {
        (Some(line), _) => Blame::Author(*line),
        _ if asked().any(|hop| hop.lines.iter().all(needed)) => Blame::Needed,
        (None, Source::Service(_, service)) if service.host_network => Blame::HostNetwork,
        _ => Blame::Nobody,
    }
}
