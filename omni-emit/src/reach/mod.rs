//! Who reaches what, as a table and as a diagram for people, computed from the emitted rules.

use askama::Template;
use omni_model::{
    reach::{Declared, Destination, Layer, Line, Reached, Source, World},
    scenario::Link,
};

use crate::{artifact::render, filters};

#[derive(Template)]
#[template(path = "reach/table.md")]
struct Table {
    rows: Vec<Row>,
}

struct Row {
    what: String,
    declared: String,
    beyond: String,
}

/// A Markdown table: each destination that can be reached, the sources that flows declare, and the sources that no flow declares.
pub fn table<'a>(world: &World<'a>, declared: &Declared<'a>) -> String {
    let row = |reached: Reached<'_, '_>| {
        let beyond = reached.beyond.iter().map(|(blame, from)| format!("{} ({blame})", names(from)));
        let beyond: Vec<_> = beyond.collect();
        let what = reached.to.to_string();
        let row = Row { what, declared: names(&reached.declared), beyond: beyond.join("; ") };
        (!row.declared.is_empty() || !row.beyond.is_empty()).then_some(row)
    };
    render(&Table { rows: world.reached(declared).into_iter().filter_map(row).collect() })
}

fn names(sources: &[Source<'_>]) -> String {
    sources.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

#[derive(Template)]
#[template(path = "reach/diagram.md")]
struct Diagram {
    nodes: Vec<String>,
    edges: Vec<Edge>,
}

struct Edge {
    from: usize,
    to: usize,
    port: String,
    arrow: &'static str,
}

/// A Mermaid flowchart of who reaches what. Dotted lines are connections that no flow declares.
pub fn diagram<'a>(world: &World<'a>, declared: &Declared<'a>) -> String {
    let mut nodes: Vec<String> = Vec::new();
    let mut node = |name: String| {
        nodes.iter().position(|known| *known == name).unwrap_or_else(|| {
            nodes.push(name);
            nodes.len() - 1
        })
    };
    let mut edges = Vec::new();
    for reached in world.reached(declared) {
        let (name, port) = match reached.to {
            Destination::Service(name, _, port, _) => (name.to_string(), port.to_string()),
            Destination::Host(name, _, port) => (name.to_string(), port.to_string()),
            Destination::Internet(port) => ("internet".to_owned(), port.to_string()),
            Destination::Machine(address, port) => (address.to_string(), port.to_string()),
        };
        let declared = reached.declared.iter().map(|from| (from, "-->"));
        let beyond = reached.beyond.iter().flat_map(|(_, from)| from).map(|from| (from, "-.->"));
        for (from, arrow) in declared.chain(beyond) {
            edges.push(Edge {
                from: node(from.to_string()),
                to: node(name.clone()),
                port: port.clone(),
                arrow,
            });
        }
    }
    render(&Diagram { nodes, edges }) + "\n"
}

/// The layers that a flow passes, with the rules that allow it.
pub(crate) fn through<'a>(world: &World<'a>, link: &Link<'a>) -> String {
    let Some(from) = Source::of(link.from) else { return String::new() };
    let verdict = world.verdict(from, Destination::of(link.to)).filter(|verdict| verdict.reaches());
    let hop = |layer: Layer, lines: &[Line<'_>]| match lines.first() {
        Some(line @ Line::Ufw(_)) => line.to_string(),
        Some(line @ Line::Policy(..)) => format!("{layer}: {line}"),
        _ => layer.to_string(),
    };
    let hops = verdict.iter().flat_map(|verdict| &verdict.hops).map(|it| hop(it.layer, &it.lines));
    hops.collect::<Vec<_>>().join(", ")
}
