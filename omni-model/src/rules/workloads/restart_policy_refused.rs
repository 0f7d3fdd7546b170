use crate::{
    deployment::{Restart, Service},
    diagnostic::{Diagnostic, Severity},
    facts::Facts,
    rules::{Definition, Rule, Scope, at},
    scenario::Runtime,
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Error,
    summary: "a service on Kubernetes is always restarted",
    scope: Scope::EachOption(check),
};

fn check(rule: &Rule, facts: &Facts<'_>) -> Vec<Diagnostic> {
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
    facts.run_by(Runtime::Kubernetes).filter_map(find).collect()
}
