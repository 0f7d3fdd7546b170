use indexmap::IndexMap;

use crate::{
    diagnostic::{Diagnostic, Severity},
    facts::Facts,
    message::{Names, message},
    path::ModelPath,
    reach::{Blame, Destination},
    rules::{Definition, Rule, Scope, at},
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Error,
    summary: "only declared flows reach a service or a host from another zone, the LAN or the internet",
    scope: Scope::EachOption(check),
};

fn check(rule: &Rule, facts: &Facts<'_>) -> Vec<Diagnostic> {
    undeclared(rule, facts, false)
}

/// What is reachable without a flow: from its own zone if `within`, from anywhere else otherwise.
pub(super) fn undeclared(rule: &Rule, facts: &Facts<'_>, within: bool) -> Vec<Diagnostic> {
    let (world, declared) = (facts.world(), facts.declared());
    let mut found: IndexMap<Destination<'_>, Vec<String>> = IndexMap::new();
    for it in world.undeclared(declared).into_iter().filter(|it| matches!(it.blame, Blame::Nobody)) {
        if within == it.stays_within_a_zone() {
            found.entry(it.to).or_default().push(it.from.to_string());
        }
    }
    let finding = |(to, from): (Destination<'_>, Vec<String>)| {
        let path = match to {
            Destination::Service(name, _, port, _) => at("services", name).key("ports").key(port),
            Destination::Host(name, ..) => at("hosts", name),
            // Receivers of alerts need no flow.
            _ if facts.deployment().flows.is_empty() => ModelPath::root(),
            Destination::Internet(_) | Destination::Machine(..) => ModelPath::root().key("flows"),
        };
        let help = match from.as_slice() {
            [from] => format!("if this is intended, add the flow `{from} -> {to}`"),
            _ => format!("if this is intended, add a flow from each of them to `{to}`"),
        };
        let from: Names = from.into_iter().collect();
        let message =
            message!("`{to}` is reachable from {from}, but no flow declares it", to = to.to_string(), from);
        rule.finding(path, message).help(help)
    };
    found.into_iter().map(finding).collect()
}
