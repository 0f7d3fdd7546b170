//! W004

use crate::{
    deployment::{Restart, Service},
    diagnostic::{Diagnostic, Severity},
    rules::{Check, Rule, at},
    scenario::{Runtime, Scenario},
};

/// A Deployment's pods are always restarted.
pub(crate) static RULE: Rule = Rule {
    id: "W004",
    name: "restart-policy-refused",
    severity: Severity::Error,
    summary: "a service on Kubernetes is always restarted",
    docs: include_str!("restart.md"),
    check: Check::EachOption(check),
};

fn check(rule: &Rule, scenario: &Scenario<'_>) -> Vec<Diagnostic> {
    let find = |(name, service): (&_, &Service)| {
        let policy = match service.restart {
            Restart::Always | Restart::UnlessStopped => return None,
            Restart::OnFailure => "on_failure",
            Restart::No => "no",
        };
        let message =
            format!("`{name}` is restarted `{policy}`, and a Deployment takes nothing but `always`");
        let path = at("services", name).key("restart");
        Some(rule.finding(path, message).help("take `restart` out, or run its zone on Docker Compose"))
    };
    scenario.run_by(Runtime::Kubernetes).filter_map(find).collect()
}
