use indexmap::IndexMap;

use crate::{
    diagnostic::{Diagnostic, Severity},
    facts::Facts,
    names::HostName,
    path::ModelPath,
    policy::{OriginKind, UfwRule},
    reach::{Blame, Destination, HostPort, Line},
    rules::{Definition, Rule, Scope},
    words::count,
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Warning,
    summary: "what the author opens lets in no more than the flows say",
    scope: Scope::EachOption(check),
};

fn check(rule: &Rule, facts: &Facts<'_>) -> Vec<Diagnostic> {
    let (world, declared) = (facts.world(), facts.declared());
    let mut found: IndexMap<ModelPath, Wide> = IndexMap::new();
    for (host, ufw) in world.ufw() {
        for line in &ufw.rules {
            let idle = idle(facts, host, line);
            if idle > 0 {
                let line = Line::Ufw(line);
                found.entry(line.place()).or_insert_with(|| Wide::new(&line)).idle = idle;
            }
        }
    }
    let undeclared = world.undeclared(declared);
    for it in &undeclared {
        if let Blame::Author(line) = it.blame
            && !administers(&line, it.to)
        {
            let wide = found.entry(line.place()).or_insert_with(|| Wide::new(&line));
            wide.connections += 1;
            wide.example.get_or_insert_with(|| format!("{} -> {}", it.from, it.to));
        }
    }
    found.into_iter().map(|(path, wide)| rule.finding(path, wide.message()).help(wide.help)).collect()
}

/// Whether a line says who administers a host: who may use SSH is no flow's business.
fn administers(line: &Line<'_>, to: Destination<'_>) -> bool {
    let named = matches!(line, Line::Ufw(rule) if rule.from.is_some() && rule.ports.is_some());
    named && matches!(to, Destination::Host(_, _, HostPort::Ssh(_)))
}

/// What a line lets in beyond the flows.
struct Wide {
    line: String,
    connections: usize,
    example: Option<String>,
    idle: usize,
    help: &'static str,
}

impl Wide {
    fn new(line: &Line<'_>) -> Self {
        let help = match line {
            Line::Policy(..) => "the flows have policies of their own: take it out",
            _ => {
                "name whom it is for with `from`, and the service's port with `to`; or leave it to the flows"
            }
        };
        Self { line: line.to_string(), connections: 0, example: None, idle: 0, help }
    }

    fn message(&self) -> String {
        let as_in = self.example.as_ref().map(|example| format!(", as `{example}`"));
        let connections = as_in.map(|example| count(self.connections, "connection") + &example);
        let idle = (self.idle > 0).then(|| count(self.idle, "port") + " where nothing listens");
        let both: Vec<_> = connections.into_iter().chain(idle).collect();
        format!("`{}` lets in what no flow declares: {}", self.line, both.join("; and "))
    }
}

/// How many ports of an author's range nothing on the host listens on.
fn idle(facts: &Facts<'_>, host: &HostName, line: &UfwRule) -> usize {
    let authored = line.origins.iter().any(|origin| origin.kind == OriginKind::Authored);
    let Some(range) = line.ports.filter(|range| authored && range.first != range.last) else { return 0 };
    let listens = |(name, service): (&_, &crate::deployment::Service)| {
        let here = facts.host(service).is_some_and(|(name, _)| name == host);
        let published = facts.publications(name).into_iter().map(|it| (it.published, it.protocol));
        let own = service.ports.values().filter(|_| service.host_network).map(|it| (it.target, it.protocol));
        let ports: Vec<_> = published
            .chain(own)
            .filter(|(port, protocol)| here && range.contains(*port, *protocol))
            .collect();
        ports
    };
    let mut used: Vec<_> = facts.services().flat_map(listens).collect();
    used.sort_unstable();
    used.dedup();
    (usize::from(range.last.get() - range.first.get()) + 1).saturating_sub(used.len())
}
