use std::collections::HashSet;

use crate::{
    deployment::{Flow, Part},
    diagnostic::{Diagnostic, Severity},
    facts::Facts,
    reach::{Destination, Source},
    resolve,
    rules::{Definition, Rule, Scope, at},
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Error,
    summary: "a service is told the endpoints of those alone that its flows lead to",
    scope: Scope::EachOption(check),
};

fn check(rule: &Rule, facts: &Facts<'_>) -> Vec<Diagnostic> {
    let deployment = facts.deployment();
    let declared = facts.declared();
    let mut findings = Vec::new();
    // A flow that leads nowhere may be the one that is missing.
    let leads_nowhere = |flow: &&Flow| resolve::target(deployment, &flow.to).is_none();
    let unresolved: HashSet<_> =
        deployment.flows.iter().filter(leads_nowhere).map(|flow| flow.from.as_str()).collect();
    for (name, service) in facts.services().filter(|(name, _)| !unresolved.contains(name.as_str())) {
        for (path, template) in service.templates(&at("services", name)) {
            for part in template.parts() {
                let Part::Endpoint(of) = part else { continue };
                let Some((to, spec, port, mapping)) = resolve::port(deployment, of) else { continue };
                let target = Destination::Service(to, spec, port, mapping);
                let known = facts.service(to).is_none() || to == name;
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
