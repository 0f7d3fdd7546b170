use std::collections::HashMap;

use crate::{
    deployment::Deployment,
    diagnostic::{Diagnostic, Severity},
    facts::Facts,
    rules::{Definition, Rule, Scope, at},
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Error,
    summary: "zones that run on Kubernetes have namespaces of their own",
    scope: Scope::AllOptions(check),
};

fn check(rule: &Rule, _: &Deployment, options: &[Facts<'_>]) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for facts in options {
        let mut owners = HashMap::new();
        for zone in facts.kubernetes_zones() {
            let Some(namespace) = facts.namespace(zone) else { continue };
            let Some(owner) = owners.insert(namespace.clone(), zone).filter(|owner| *owner != zone) else {
                continue;
            };
            let message =
                format!("zone `{zone}` has the namespace `{namespace}`, which is that of `{owner}`");
            let finding = rule.finding(at("zones", zone).key("namespace"), message);
            let finding = finding.related(at("zones", owner), format!("zone `{owner}`"));
            findings.push(finding.help(format!("give `{zone}` another namespace")));
        }
    }
    findings.dedup();
    findings
}
