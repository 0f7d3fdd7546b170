use crate::{
    deployment::Deployment,
    diagnostic::{Diagnostic, Severity},
    message::message,
    rules::{Definition, Rule, Scope, at},
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Warning,
    summary: "every service has a health check",
    scope: Scope::Deployment(check),
};

fn check(rule: &Rule, deployment: &Deployment) -> Vec<Diagnostic> {
    let unknown = deployment.services.iter().filter(|(_, service)| service.health.is_none());
    let find = |(name, _): (&_, &_)| {
        let message = message!("`{name}` has no health check", name);
        rule.finding(at("services", name), message).help("add `health` with `http`, `tcp` or `command`")
    };
    unknown.map(find).collect()
}
