use std::collections::HashMap;

use crate::{
    deployment::Deployment,
    diagnostic::{Diagnostic, Severity},
    facts::Facts,
    message::message,
    rules::{Definition, Rule, Scope, at},
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Error,
    summary: "each zone that runs on Kubernetes has its own namespace",
    scope: Scope::AllOptions(check),
};

fn check(rule: &Rule, deployment: &Deployment, options: &[Facts<'_>]) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for facts in options {
        let mut owners = HashMap::new();
        for zone in facts.kubernetes_zones() {
            let Some(namespace) = facts.namespace(zone) else { continue };
            let Some(owner) = owners.insert(namespace.clone(), zone).filter(|owner| *owner != zone) else {
                continue;
            };
            let message = message!(
                "zones `{owner}` and `{zone}` have the same namespace `{namespace}`",
                owner,
                zone,
                namespace,
            );
            let path = at("zones", zone);
            let is_written = deployment.zones.get(zone).is_some_and(|zone| zone.namespace.is_some());
            let finding = rule.finding(if is_written { path.key("namespace") } else { path }, message);
            let finding = finding.related(at("zones", owner), "the other zone");
            findings.push(finding.help(format!("give `{zone}` another namespace")));
        }
    }
    findings.dedup();
    findings
}
