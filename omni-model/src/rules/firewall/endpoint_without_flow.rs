use std::collections::HashSet;

use crate::{
    deployment::{Flow, Part},
    diagnostic::{Diagnostic, Severity},
    facts::Facts,
    message::message,
    path::ModelPath,
    reach::{Destination, Source},
    resolve,
    rules::{Definition, Rule, Scope, at},
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Error,
    summary: "a service's configuration names only endpoints that one of its flows reaches",
    scope: Scope::EachOption(check),
};

fn check(rule: &Rule, facts: &Facts<'_>) -> Vec<Diagnostic> {
    let deployment = facts.deployment();
    let declared = facts.declared();
    let mut findings = Vec::new();
    // A flow whose target does not exist may be the missing one.
    let is_dangling = |flow: &&Flow| resolve::target(deployment, &flow.to).is_none();
    let unresolved: HashSet<_> =
        deployment.flows.iter().filter(is_dangling).map(|flow| flow.from.as_str()).collect();
    for (name, service) in facts.services().filter(|(name, _)| !unresolved.contains(name.as_str())) {
        for (path, template) in service.templates(&at("services", name)) {
            for part in template.parts() {
                let Part::Endpoint(endpoint) = part else { continue };
                let Some((to, spec, port, mapping)) = resolve::port(deployment, endpoint) else { continue };
                let target = Destination::Service(to, spec, port, mapping);
                let is_elsewhere_or_own = facts.service(to).is_none() || to == name;
                if is_elsewhere_or_own || declared.needs(Source::Service(name, service), target).is_some() {
                    continue;
                }
                let message = message!(
                    "`{service}` uses `{endpoint}`, but no flow leads there",
                    service = name,
                    endpoint
                );
                let flow = format!("{name} -> {endpoint}");
                let finding = rule.finding(path.clone(), message).help(format!("add the flow `{flow}`"));
                let flows = ModelPath::root().key("flows");
                findings.push(finding.fix_by_adding(&flows, deployment.flows.len(), flow));
            }
        }
    }
    findings
}
