use indexmap::IndexMap;

use crate::{
    deployment::Deployment,
    diagnostic::{Diagnostic, Severity},
    facts::Facts,
    names::ServiceName,
    reach::{Blame, Source},
    rules::{Definition, Rule, Scope, at},
    words::count,
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Warning,
    summary: "a service on the host's network reaches what the host reaches",
    scope: Scope::AllOptions(check),
};

fn check(rule: &Rule, _: &Deployment, options: &[Facts<'_>]) -> Vec<Diagnostic> {
    let mut most: IndexMap<&ServiceName, (usize, String)> = IndexMap::new();
    for facts in options {
        let (world, declared) = (facts.world(), facts.declared());
        let mut found: IndexMap<&ServiceName, (usize, String)> = IndexMap::new();
        for it in world.undeclared(declared) {
            if let (Source::Service(name, _), Blame::HostNetwork) = (it.from, it.blame) {
                found.entry(name).or_insert_with(|| (0, it.to.to_string())).0 += 1;
            }
        }
        for (name, found) in found {
            let known = most.entry(name).or_insert_with(|| found.clone());
            if known.0 < found.0 {
                *known = found;
            }
        }
    }
    let finding = |(name, (connections, example)): (&ServiceName, (usize, String))| {
        let message = format!(
            "`{name}` uses the host's network, where nothing keeps it from {} that no flow declares, as to `{example}`",
            count(connections, "connection")
        );
        let help = "give it a network of its own, unless it needs the host's";
        rule.finding(at("services", name).key("host_network"), message).help(help)
    };
    most.into_iter().map(finding).collect()
}
