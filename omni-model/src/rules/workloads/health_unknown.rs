use crate::{
    deployment::Deployment,
    diagnostic::{Diagnostic, Severity},
    rules::{Definition, Rule, Scope, at},
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Warning,
    summary: "somebody can find out whether a service works",
    scope: Scope::Deployment(check),
};

fn check(rule: &Rule, deployment: &Deployment) -> Vec<Diagnostic> {
    let unknown = deployment.services.iter().filter(|(_, service)| service.health.is_none());
    let find = |(name, _): (&_, &_)| {
        let message = format!("nobody can find out whether `{name}` works");
        rule.finding(at("services", name), message).help("add `health`: `http`, `tcp` or `command`")
    };
    unknown.map(find).collect()
}
