use indexmap::IndexMap;

use crate::{
    deployment::Deployment,
    diagnostic::{Diagnostic, Severity},
    facts::Facts,
    message::{message, said},
    names::ServiceName,
    reach::{Blame, Source},
    rules::{Definition, Rule, Scope, at},
    words::count,
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Warning,
    summary: "no service uses the host's network, where it reaches everything that the host reaches",
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
    let finding = |(service, (connections, example)): (&ServiceName, (usize, String))| {
        let message = message!(
            "`{service}` uses the host's network, where nothing blocks {connections} that no flow declares, for example to `{example}`",
            service,
            connections = said(count(connections, "connection"), connections),
            example,
        );
        let help = "remove `host_network`, unless the service needs the host's network";
        rule.finding(at("services", service).key("host_network"), message).help(help)
    };
    most.into_iter().map(finding).collect()
}
