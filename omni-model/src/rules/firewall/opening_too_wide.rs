use indexmap::IndexMap;

use crate::{
    diagnostic::{Diagnostic, Severity},
    facts::Facts,
    message::{Message, message, said},
    names::HostName,
    path::ModelPath,
    policy::{OriginKind, UfwRule},
    reach::{Blame, Destination, HostPort, Line},
    rules::{Definition, Rule, Scope},
    words::count,
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Warning,
    summary: "openings and network policies that you write allow no more than the flows need",
    scope: Scope::EachOption(check),
};

fn check(rule: &Rule, facts: &Facts<'_>) -> Vec<Diagnostic> {
    let (world, declared) = (facts.world(), facts.declared());
    let mut found: IndexMap<ModelPath, Excess<'_>> = IndexMap::new();
    for (host, ufw) in world.ufw() {
        for line in &ufw.rules {
            let idle_ports = idle_ports(facts, host, line);
            if idle_ports > 0 {
                let line = Line::Ufw(line);
                found.entry(line.place()).or_insert_with(|| Excess::of(line)).idle_ports = idle_ports;
            }
        }
    }
    for it in world.undeclared(declared) {
        if let Blame::Author(line) = it.blame
            && !administers(&line, it.to)
        {
            let excess = found.entry(line.place()).or_insert_with(|| Excess::of(line));
            excess.connections += 1;
            excess.example.get_or_insert_with(|| format!("{} -> {}", it.from, it.to));
        }
    }
    found.into_iter().map(|(path, excess)| excess.finding(rule, path)).collect()
}

/// Whether a line says who administers a host. Flows do not say who may use SSH.
fn administers(line: &Line<'_>, to: Destination<'_>) -> bool {
    let named = matches!(line, Line::Ufw(rule) if rule.from.is_some() && rule.ports.is_some());
    named && matches!(to, Destination::Host(_, _, HostPort::Ssh(_)))
}

/// What a line allows beyond the flows.
struct Excess<'w> {
    line: Line<'w>,
    connections: usize,
    example: Option<String>,
    idle_ports: usize,
}

impl<'w> Excess<'w> {
    fn of(line: Line<'w>) -> Self {
        Self { line, connections: 0, example: None, idle_ports: 0 }
    }

    fn finding(self, rule: &Rule, path: ModelPath) -> Diagnostic {
        let finding = rule.finding(path.clone(), self.message());
        match self.line {
            Line::Policy(..) => finding.help("remove the policy: each flow gets one of its own").fix(path, ()),
            Line::Ufw(_) | Line::DockerUser(_) => finding.help(
                "narrow `from` to who needs it and `to` to the service's port, or remove the opening: each flow gets a line of its own",
            ),
        }
    }

    fn message(&self) -> Message {
        let line = self.line.to_string();
        let connections = said(count(self.connections, "connection"), self.connections);
        let ports = said(count(self.idle_ports, "port"), self.idle_ports);
        match (&self.example, self.idle_ports) {
            (Some(example), 0) => message!(
                "`{line}` allows {connections} that no flow declares, for example `{example}`",
                line,
                connections,
                example,
            ),
            (Some(example), _) => message!(
                "`{line}` allows {connections} that no flow declares, for example `{example}`, and opens {ports} without a listener",
                line,
                connections,
                example,
                ports,
            ),
            (None, _) => message!("`{line}` opens {ports} without a listener", line, ports),
        }
    }
}

/// How many ports of an authored range nothing on the host listens on.
fn idle_ports(facts: &Facts<'_>, host: &HostName, line: &UfwRule) -> usize {
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
