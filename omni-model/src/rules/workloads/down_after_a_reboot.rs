use crate::{
    deployment::{Restart, Service},
    diagnostic::{Diagnostic, Severity},
    facts::Facts,
    rules::{Definition, Rule, Scope, at},
    scenario::Runtime,
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Warning,
    summary: "a service that runs comes up again after a reboot",
    scope: Scope::EachOption(check),
};

fn check(rule: &Rule, facts: &Facts<'_>) -> Vec<Diagnostic> {
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
    let active = facts.active().filter(|(_, service)| facts.runtime(service) == Runtime::Compose);
    active.filter_map(find).collect()
}
