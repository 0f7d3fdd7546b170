//! W010

use crate::{
    deployment::Deployment,
    diagnostic::{Diagnostic, Severity},
    rules::{Check, Rule, at},
};

/// Who cannot be asked cannot be watched.
pub(crate) static RULE: Rule = Rule {
    id: "W010",
    name: "health-unknown",
    severity: Severity::Warning,
    summary: "somebody can find out whether a service works",
    docs: include_str!("health.md"),
    check: Check::Deployment(check),
};

fn check(rule: &Rule, deployment: &Deployment) -> Vec<Diagnostic> {
    let unknown = deployment.services.iter().filter(|(_, service)| service.health.is_none());
    let find = |(name, _): (&_, &_)| {
        let message = format!("nobody can find out whether `{name}` works");
        rule.finding(at("services", name), message).help("add `health`: `http`, `tcp` or `command`")
    };
    unknown.map(find).collect()
}
