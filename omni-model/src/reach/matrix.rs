//! The matrix of all sources and destinations.

use std::{collections::HashMap, fmt};

use super::{Destination, HostPort, Source, World, world::Rows};
use crate::{Deployment, Scenario, path::ModelPath, resolve, scenario::Link};

/// The connections that a deployment declares, each with the path of its declaration.
#[derive(Clone, Debug)]
pub struct Declared<'a> {
    links: Vec<Link<'a>>,
    places: HashMap<(Source<'a>, Destination<'a>), ModelPath>,
    deployment: &'a Deployment,
}

/// Which sources reach which destinations, and which of these connections are declared.
#[derive(Clone, Debug)]
pub struct Matrix<'a> {
    /// The rows.
    pub sources: Vec<Source<'a>>,
    /// The columns.
    pub destinations: Vec<Destination<'a>>,
    cells: Vec<Cell>,
}

/// Whether a source reaches a destination, and whether it should.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cell {
    /// The question makes no sense, for example whether a service reaches itself.
    Nothing,
    /// The source reaches the destination, as declared.
    Declared,
    /// The source reaches the destination although nobody declared it.
    Undeclared,
    /// The source does not reach the destination, and nobody declared that it should.
    Closed,
    /// The source does not reach the destination although a declaration requires it.
    Blocked,
}

impl Cell {
    /// Returns whether the connection is possible.
    pub fn reaches(self) -> bool {
        matches!(self, Self::Declared | Self::Undeclared)
    }
}

impl<'a> Declared<'a> {
    /// Returns the connections that an option declares.
    pub fn of(scenario: &Scenario<'a>) -> Self {
        let links = scenario.links().to_vec();
        let place =
            |link: &Link<'a>| Some(((Source::of(link.from)?, Destination::of(link.to)), link.origin.clone()));
        let places = links.iter().filter_map(place).collect();
        Self { links, places, deployment: scenario.deployment() }
    }

    /// Returns the connections that must be possible.
    pub fn links(&self) -> &[Link<'a>] {
        &self.links
    }

    /// Returns the path of the declaration that requires a connection. `None` if no declaration requires it.
    pub fn needs(&self, from: Source<'a>, to: Destination<'a>) -> Option<&ModelPath> {
        self.places.get(&(from, to))
    }

    /// Returns whether a connection is allowed. A source may do what a wider group may do. A host may reach everything, and the
    /// operator may reach sshd on every host.
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

    /// Returns whether the whole LAN counts as the operator. This is the case if the host lists no operator addresses.
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
    /// Computes the matrix of an option.
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

    /// Returns the rows with their cells, in the order of the columns.
    pub fn rows(&self) -> impl Iterator<Item = (Source<'a>, &[Cell])> {
        let width = self.destinations.len().max(1);
        self.sources.iter().copied().zip(self.cells.chunks(width))
    }

    /// Returns each pair of source and destination with its cell.
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

/// Writes a row for each source and a numbered column for each destination. A legend below lists the columns.
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
