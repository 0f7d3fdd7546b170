//! The architecture as a Mermaid flowchart.

use indexmap::IndexMap;
use omni_model::{
    Facts, ModelPath,
    deployment::{Sandbox, Service, State},
    names::ServiceName,
    reach::{Destination, Source, World},
    resolve::{Party, Target},
    scenario::{Link, Runtime},
};

use crate::container::title;

pub(super) struct Zone {
    pub(super) id: String,
    pub(super) label: String,
    pub(super) nodes: Vec<Node>,
}

#[derive(PartialEq)]
pub(super) struct Node {
    pub(super) id: String,
    pub(super) label: String,
}

pub(super) struct Edge {
    pub(super) from: String,
    pub(super) to: String,
    pub(super) arrow: &'static str,
    pub(super) label: String,
}

/// An identifier that is none of Mermaid's words (`end`, `default`).
fn id(kind: &str, name: &str) -> String {
    format!("{kind}_{}", name.replace('-', "_"))
}

/// The zones with their services, the parties outside, and who reaches whom according to the emitted rules.
pub(super) fn draw<'a>(facts: &Facts<'a>, world: &World<'a>) -> (Vec<Zone>, Vec<Node>, Vec<Edge>) {
    let mut zones = Vec::new();
    for (name, zone) in &facts.deployment().zones {
        let members = || facts.services().filter(|(_, service)| service.zone == *name);
        let sandbox = if zone.sandbox == Sandbox::Gvisor { ", gVisor" } else { "" };
        let runtime = match members().next().map(|(_, service)| facts.runtime(service)) {
            Some(Runtime::Kubernetes) => "Kubernetes",
            Some(Runtime::Compose) => "Docker Compose",
            None => continue,
        };
        let what = zone.description.as_ref().map(|text| format!(": {text}")).unwrap_or_default();
        zones.push(Zone {
            id: id("zone", name.as_str()),
            label: format!("{}{what} ({runtime}{sandbox})", zone.title),
            nodes: members().map(|(name, service)| node(name, service)).collect(),
        });
    }
    let mut outside: Vec<Node> = Vec::new();
    let mut edges: IndexMap<(String, String), Edge> = IndexMap::new();
    let reaches = |link: &&Link<'a>| {
        let verdict = Source::of(link.from).and_then(|from| world.verdict(from, Destination::of(link.to)));
        verdict.is_some_and(|verdict| verdict.reaches())
    };
    let flows = ModelPath::root().key("flows");
    for link in facts.links().iter().filter(reaches) {
        let mut beyond = |kind, name: &str, label: &str| {
            let node = Node { id: id(kind, name), label: label.to_owned() };
            let id = node.id.clone();
            if !outside.contains(&node) {
                outside.push(node);
            }
            id
        };
        let from = match link.from {
            Party::Service(name, _) => id("service", name.as_str()),
            Party::Zone(name, _) => id("zone", name.as_str()),
            Party::Host(name, _) => beyond("host", name.as_str(), name.as_str()),
            Party::Lan => beyond("outside", "lan", "LAN"),
            Party::Operator => beyond("outside", "operator", "operator"),
            Party::Internet => beyond("outside", "internet", "internet"),
        };
        let (to, label) = match link.to {
            Target::Port(name, _, port, mapping) => {
                (id("service", name.as_str()), format!("{port} {}", mapping.published))
            }
            Target::Api(name, api) => {
                (beyond("api", name.as_str(), api.title.as_str()), api.port.to_string())
            }
            Target::Internet => (beyond("outside", "internet", "internet"), "443".to_owned()),
        };
        let arrow = if flows.contains(&link.origin) { "-->" } else { "-.->" };
        edges.entry((from.clone(), to.clone())).or_insert(Edge { from, to, arrow, label });
    }
    (zones, outside, edges.into_values().collect())
}

fn node(name: &ServiceName, service: &Service) -> Node {
    let mut label = title(name, service).to_owned();
    for mapping in service.ports.values() {
        label += &format!(" :{}", mapping.published);
    }
    for (gpu, vram) in &service.vram {
        label += &format!(", {gpu} {vram}");
    }
    if service.state != State::Active {
        label += ", standby";
    }
    Node { id: id("service", name.as_str()), label }
}
