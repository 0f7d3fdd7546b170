//! R003

use std::collections::HashMap;

use crate::{
    Scenario,
    deployment::Deployment,
    diagnostic::{Diagnostic, Severity},
    rules::{Check, Rule, at},
};

/// A namespace is one zone's.
pub(crate) static RULE: Rule = Rule {
    id: "R003",
    name: "shared-namespace",
    severity: Severity::Error,
    summary: "zones that run on Kubernetes have namespaces of their own",
    docs: include_str!("namespace.md"),
    check: Check::AllOptions(check),
};

fn check(rule: &Rule, _: &Deployment, scenarios: &[Scenario<'_>]) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for scenario in scenarios {
        let mut owners = HashMap::new();
        for zone in scenario.kubernetes_zones() {
            let Some(namespace) = scenario.namespace(zone) else { continue };
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
