//! Who reaches what, all of it.

use std::{collections::HashMap, fmt};

use super::{Destination, HostPort, Source, World, world::Rows};
use crate::{Deployment, Scenario, path::ModelPath, resolve, scenario::Link};

/// What a deployment declares: each connection by its ends, with the place that says so.
#[derive(Clone, Debug)]
pub struct Declared<'a> {
    links: Vec<Link<'a>>,
    places: HashMap<(Source<'a>, Destination<'a>), ModelPath>,
    deployment: &'a Deployment,
}

/// Who reaches what, and what of it was declared.
#[derive(Clone, Debug)]
pub struct Matrix<'a> {
    /// The rows.
    pub sources: Vec<Source<'a>>,
    /// The columns.
    pub destinations: Vec<Destination<'a>>,
    cells: Vec<Cell>,
}

/// What a source has to do with a destination.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cell {
    /// The question has no sense.
    Nothing,
    /// It reaches it, as declared.
    Declared,
    /// It reaches it though nobody declared that.
    Undeclared,
    /// It does not reach it.
    Closed,
    /// It does not reach it though it should.
    Blocked,
}

impl Cell {
    /// Whether the connection comes about.
    pub fn reaches(self) -> bool {
        matches!(self, Self::Declared | Self::Undeclared)
    }
}

impl<'a> Declared<'a> {
    /// What an option declares.
    pub fn of(scenario: &Scenario<'a>) -> Self {
        let links = scenario.links().to_vec();
        let place =
            |link: &Link<'a>| Some(((Source::of(link.from)?, Destination::of(link.to)), link.origin.clone()));
        let places = links.iter().filter_map(place).collect();
        Self { links, places, deployment: scenario.deployment() }
    }

    /// The connections that must come about.
    pub fn links(&self) -> &[Link<'a>] {
        &self.links
    }

    /// Where it says that a connection must come about, if it does.
    pub fn needs(&self, from: Source<'a>, to: Destination<'a>) -> Option<&ModelPath> {
        self.places.get(&(from, to))
    }

    /// Whether a connection may come about. What a wider group may do, its members may; a host may reach what it likes, and the
    /// operator its sshd.
    pub fn allows(&self, from: Source<'a>, to: Destination<'a>) -> bool {
        let operates = from == Source::Operator || from == Source::Lan && self.lan_operates(to);
        let groups: &[Source<'a>] = match from {
            Source::Host(..) => return true,
            Source::Operator => &[Source::Lan, Source::Internet],
            Source::Lan if operates => &[Source::Operator, Source::Internet],
            Source::Lan => &[Source::Internet],
            Source::Service(..) | Source::Internet => &[],
        };
        let ssh = matches!(to, Destination::Host(_, _, HostPort::Ssh(_)));
        let declares = |from| self.needs(from, to).is_some();
        ssh && operates || declares(from) || groups.iter().any(|group| declares(*group))
    }

    /// Whether the LAN is the operator's: so it is for a host where no operator has an address of his own.
    fn lan_operates(&self, to: Destination<'a>) -> bool {
        let host = match to {
            Destination::Service(_, service, ..) => {
                resolve::host(self.deployment, service).map(|(_, host)| host)
            }
            Destination::Host(_, host, _) => Some(host),
            Destination::Internet(_) | Destination::Machine(..) => None,
        };
        host.is_some_and(|host| host.lan.operators.is_empty())
    }
}

impl<'a> Matrix<'a> {
    /// Of an option.
    pub fn of(world: &World<'a>, declared: &Declared<'a>) -> Self {
        let Rows { sources, destinations, reached } = world.rows();
        let column: HashMap<_, _> = destinations.iter().enumerate().map(|(at, to)| (*to, at)).collect();
        let mut blocked: HashMap<Source<'a>, Vec<usize>> = HashMap::new();
        for (from, to) in declared.places.keys() {
            blocked.entry(*from).or_default().extend(column.get(to));
        }
        let mut cells = Vec::with_capacity(sources.len() * destinations.len());
        for (from, reached) in sources.iter().zip(reached) {
            let start = cells.len();
            let has_sense = |to: &Destination<'a>| world.has_sense(*from, *to);
            let closed = |to| if has_sense(to) { Cell::Closed } else { Cell::Nothing };
            cells.extend(destinations.iter().map(closed));
            let row = cells.get_mut(start..).unwrap_or_default();
            for at in blocked.get(from).into_iter().flatten() {
                if let Some(cell) = row.get_mut(*at).filter(|cell| **cell == Cell::Closed) {
                    *cell = Cell::Blocked;
                }
            }
            for at in reached {
                let (Some(cell), Some(to)) = (row.get_mut(*at), destinations.get(*at)) else { continue };
                *cell = if declared.allows(*from, *to) { Cell::Declared } else { Cell::Undeclared };
            }
        }
        Self { sources: sources.clone(), destinations: destinations.clone(), cells }
    }

    /// The rows with their cells, in the order of the columns.
    pub fn rows(&self) -> impl Iterator<Item = (Source<'a>, &[Cell])> {
        let width = self.destinations.len().max(1);
        self.sources.iter().copied().zip(self.cells.chunks(width))
    }

    /// Each pair with its cell.
    pub fn cells(&self) -> impl Iterator<Item = (Source<'a>, Destination<'a>, Cell)> {
        self.rows().flat_map(|(from, row)| {
            row.iter().zip(&self.destinations).map(move |(cell, to)| (from, *to, *cell))
        })
    }
}

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Nothing => " ",
            Self::Declared => "+",
            Self::Undeclared => "!",
            Self::Closed => "·",
            Self::Blocked => "x",
        })
    }
}

/// A row for each source and a numbered column for each destination; the columns' names stand below.
impl fmt::Display for Matrix<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.sources.iter().map(ToString::to_string).collect();
        let width = names.iter().map(String::len).max().unwrap_or_default();
        write!(f, "{:width$}", "")?;
        for number in 1..=self.destinations.len() {
            write!(f, " {number:>2}")?;
        }
        for (name, (_, row)) in names.iter().zip(self.rows()) {
            write!(f, "\n{name:width$}")?;
            for cell in row {
                write!(f, "  {cell}")?;
            }
        }
        f.write_str("\n")?;
        for (number, to) in self.destinations.iter().enumerate() {
            write!(f, "\n{:>width$}  {to}", number + 1)?;
        }
        f.write_str("\n")
    }
}
