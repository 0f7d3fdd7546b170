use crate::{
    deployment::{Deployment, Probes},
    diagnostic::{Diagnostic, Severity},
    message::message,
    rules::{Definition, Rule, Scope, at},
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Error,
    summary: "a service with probes has a health check",
    scope: Scope::Deployment(check),
};

fn check(rule: &Rule, deployment: &Deployment) -> Vec<Diagnostic> {
    let without_health = deployment.services.iter().filter(|(_, service)| service.health.is_none());
    let probed = without_health.filter(|(_, service)| service.probes != Probes::default());
    let find = |(name, _): (&_, &_)| {
        let message = message!("`{name}` has probes but no health check for them to run", name);
        rule.finding(at("services", name).key("probes"), message)
            .help("add `health` with `http`, `tcp` or `command`")
    };
    probed.map(find).collect()
}
