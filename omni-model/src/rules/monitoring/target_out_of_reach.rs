use crate::{
    diagnostic::{Diagnostic, Severity},
    facts::Facts,
    rules::{Definition, Rule, Scope, at},
    scenario::Runtime,
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Error,
    summary: "Prometheus has a way to what it scrapes",
    scope: Scope::EachOption(check),
};

fn check(rule: &Rule, facts: &Facts<'_>) -> Vec<Diagnostic> {
    let deployment = facts.deployment();
    let Some(monitoring) = &deployment.monitoring else { return Vec::new() };
    let prometheus = facts.service(&monitoring.prometheus);
    if prometheus.is_none_or(|(_, service)| facts.runtime(service) == Runtime::Kubernetes) {
        return Vec::new();
    }
    let pods = facts.active().filter(|(_, service)| facts.runtime(service) == Runtime::Kubernetes);
    let apart = pods.filter(|(_, service)| service.metrics.is_some() && !service.host_network);
    let find = |(name, _): (&_, &_)| {
        let message = format!("`{}` has no way to the metrics of `{name}`", monitoring.prometheus);
        let help =
            "a pod is reached from outside the cluster on the host's network only: `host_network: true`";
        rule.finding(at("services", name).key("metrics"), message).help(help)
    };
    apart.map(find).collect()
}
