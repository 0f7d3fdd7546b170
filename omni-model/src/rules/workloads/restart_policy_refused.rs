use crate::{
    deployment::{Restart, Service},
    diagnostic::{Diagnostic, Severity},
    facts::Facts,
    message::message,
    rules::{Definition, Rule, Scope, at},
    scenario::Runtime,
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Error,
    summary: "a service on Kubernetes has a restart policy that a Deployment accepts",
    scope: Scope::EachOption(check),
};

fn check(rule: &Rule, facts: &Facts<'_>) -> Vec<Diagnostic> {
    let find = |(name, service): (&_, &Service)| {
        let policy = match service.restart {
            Restart::Always | Restart::UnlessStopped => return None,
            Restart::OnFailure => "on_failure",
            Restart::No => "no",
        };
        let message = message!(
            "`{name}` has `restart: {policy}`, but a Deployment of Kubernetes accepts only `always`",
            name,
            policy,
        );
        let path = at("services", name).key("restart");
        let help = "remove `restart`, or run its zone on Docker Compose";
        Some(rule.finding(path.clone(), message).help(help).fix(path, ()))
    };
    facts.run_by(Runtime::Kubernetes).filter_map(find).collect()
}
