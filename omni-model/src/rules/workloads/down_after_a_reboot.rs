use crate::{
    deployment::{Restart, Service},
    diagnostic::{Diagnostic, Severity},
    facts::Facts,
    message::message,
    rules::{Definition, Rule, Scope, at},
    scenario::Runtime,
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Warning,
    summary: "an active service starts again after a reboot",
    scope: Scope::EachOption(check),
};

fn check(rule: &Rule, facts: &Facts<'_>) -> Vec<Diagnostic> {
    let find = |(name, service): (&_, &Service)| {
        let (policy, why) = match service.restart {
            Restart::Always | Restart::UnlessStopped => return None,
            Restart::OnFailure => ("on_failure", "Docker restarts it only if it exited with an error"),
            Restart::No => ("no", "Docker never restarts it"),
        };
        let message = message!(
            "`{name}` has `restart: {policy}` and may stay down after a reboot: {why}",
            name,
            policy,
        );
        let path = at("services", name).key("restart");
        let help = "remove `restart`: the default is `unless_stopped`";
        Some(rule.finding(path.clone(), message).help(help).fix(path, ()))
    };
    // Kubernetes always restarts pods; W004 refuses another policy there.
    let active = facts.active().filter(|(_, service)| facts.runtime(service) == Runtime::Compose);
    active.filter_map(find).collect()
}
