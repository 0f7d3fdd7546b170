use crate::{
    diagnostic::{Diagnostic, Severity},
    facts::Facts,
    message::message,
    rules::{Definition, Rule, Scope, at},
    scenario::Runtime,
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Error,
    summary: "Prometheus can reach each service that it scrapes",
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
        let message = message!(
            "`{prometheus}` cannot reach the metrics of `{service}`, which runs in a pod",
            prometheus = monitoring.prometheus,
            service = name,
        );
        let help = "set `host_network` to `true`: from outside the cluster, a pod is reachable only on the host's network";
        rule.finding(at("services", name).key("metrics"), message).help(help)
    };
    apart.map(find).collect()
}
