//! W012

use crate::{
    deployment::{Deployment, Probes},
    diagnostic::{Diagnostic, Severity},
    rules::{Check, Rule, at},
};

/// A probe asks a health endpoint.
pub(crate) static RULE: Rule = Rule {
    id: "W012",
    name: "probe-without-health",
    severity: Severity::Error,
    summary: "a service with probes says what they ask",
    docs: include_str!("probes.md"),
    check: Check::Deployment(check),
};

fn check(rule: &Rule, deployment: &Deployment) -> Vec<Diagnostic> {
    let silent = deployment.services.iter().filter(|(_, service)| service.health.is_none());
    let probed = silent.filter(|(_, service)| service.probes != Probes::default());
    let find = |(name, _): (&_, &_)| {
        let message = format!("`{name}` has probes, and no `health` that they could ask");
        rule.finding(at("services", name).key("probes"), message).help("add `health`")
    };
    probed.map(find).collect()
}
