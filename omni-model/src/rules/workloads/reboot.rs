//! W026

use crate::{
    deployment::{Restart, Service},
    diagnostic::{Diagnostic, Severity},
    rules::{Check, Rule, at},
    scenario::{Runtime, Scenario},
};

/// A service that nothing starts again after a reboot.
pub(crate) static RULE: Rule = Rule {
    id: "W026",
    name: "down-after-a-reboot",
    severity: Severity::Warning,
    summary: "a service that runs comes up again after a reboot",
    docs: include_str!("reboot.md"),
    check: Check::EachOption(check),
};

fn check(rule: &Rule, scenario: &Scenario<'_>) -> Vec<Diagnostic> {
    let find = |(name, service): (&_, &Service)| {
        let (policy, why) = match service.restart {
            Restart::Always | Restart::UnlessStopped => return None,
            Restart::OnFailure => ("on_failure", "Docker starts it again only if it ends with an error"),
            Restart::No => ("no", "Docker never starts it again"),
        };
        let message = format!("`{name}` is restarted `{policy}` and may stay down after a reboot: {why}");
        let path = at("services", name).key("restart");
        Some(rule.finding(path, message).help("take `restart` out: it is `unless_stopped` then"))
    };
    // Pods are always restarted, and W004 refuses another policy there.
    let active = scenario.active().filter(|(_, service)| scenario.runtime(service) == Runtime::Compose);
    active.filter_map(find).collect()
}
