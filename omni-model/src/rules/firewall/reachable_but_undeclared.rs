use indexmap::IndexMap;

use crate::{
    diagnostic::{Diagnostic, Severity},
    facts::Facts,
    path::ModelPath,
    reach::{Blame, Destination},
    rules::{Definition, Rule, Scope, at},
    words::list,
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Error,
    summary: "nothing is reachable from another zone, the LAN or the internet that no flow declares",
    scope: Scope::EachOption(check),
};

fn check(rule: &Rule, facts: &Facts<'_>) -> Vec<Diagnostic> {
    undeclared(rule, facts, false)
}

/// What is reachable from its own zone, or from anywhere else, though no flow declares it.
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
            Destination::Internet(_) | Destination::Machine(..) => ModelPath::root().key("flows"),
        };
        let from = list(from.iter().map(String::as_str));
        let message = format!("`{to}` is reachable from {from}, which no flow declares");
        rule.finding(path, message).help(format!("declare it: add the flow to `{to}`"))
    };
    found.into_iter().map(finding).collect()
}
