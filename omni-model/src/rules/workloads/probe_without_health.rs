use crate::{
    deployment::{Deployment, Probes},
    diagnostic::{Diagnostic, Severity},
    rules::{Definition, Rule, Scope, at},
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Error,
    summary: "a service with probes says what they ask",
    scope: Scope::Deployment(check),
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
