//! F006

use std::collections::HashSet;

use crate::{
    deployment::{Flow, Part},
    diagnostic::{Diagnostic, Severity},
    reach::{Destination, Source},
    resolve,
    rules::{Check, Rule, at, references::templates},
    scenario::Scenario,
};

/// Who is told where something is may go there.
pub(crate) static RULE: Rule = Rule {
    id: "F006",
    name: "endpoint-without-flow",
    severity: Severity::Error,
    summary: "a service is told the endpoints of those alone that its flows lead to",
    docs: include_str!("endpoint.md"),
    check: Check::EachOption(check),
};

fn check(rule: &Rule, scenario: &Scenario<'_>) -> Vec<Diagnostic> {
    let deployment = scenario.deployment();
    let declared = scenario.declared();
    let mut findings = Vec::new();
    // A flow that leads nowhere may be the one that is missing.
    let leads_nowhere = |flow: &&Flow| resolve::target(deployment, &flow.to).is_none();
    let unresolved: HashSet<_> =
        deployment.flows.iter().filter(leads_nowhere).map(|flow| flow.from.as_str()).collect();
    for (name, service) in scenario.services().filter(|(name, _)| !unresolved.contains(name.as_str())) {
        for (path, template) in templates(&at("services", name), service) {
            for part in template.parts() {
                let Part::Endpoint(of) = part else { continue };
                let Some((to, spec, port, mapping)) = resolve::port(deployment, of) else { continue };
                let target = Destination::Service(to, spec, port, mapping);
                let known = scenario.service(to).is_none() || to == name;
                if known || declared.needs(Source::Service(name, service), target).is_some() {
                    continue;
                }
                let message = format!("`{name}` is told where `{of}` is, and no flow lets it go there");
                let help = format!("declare the flow `{name} -> {of}`");
                findings.push(rule.finding(path.clone(), message).help(help));
            }
        }
    }
    findings
}
