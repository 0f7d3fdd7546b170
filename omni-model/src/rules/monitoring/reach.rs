//! M012

use crate::{
    diagnostic::{Diagnostic, Severity},
    rules::{Check, Rule, at},
    scenario::{Runtime, Scenario},
};

/// What cannot be reached is not scraped.
pub(crate) static RULE: Rule = Rule {
    id: "M012",
    name: "target-out-of-reach",
    severity: Severity::Error,
    summary: "Prometheus has a way to what it scrapes",
    docs: include_str!("reach.md"),
    check: Check::EachOption(check),
};

fn check(rule: &Rule, scenario: &Scenario<'_>) -> Vec<Diagnostic> {
    let deployment = scenario.deployment();
    let Some(monitoring) = &deployment.monitoring else { return Vec::new() };
    let prometheus = scenario.service(&monitoring.prometheus);
    if prometheus.is_none_or(|(_, service)| scenario.runtime(service) == Runtime::Kubernetes) {
        return Vec::new();
    }
    let pods = scenario.active().filter(|(_, service)| scenario.runtime(service) == Runtime::Kubernetes);
    let apart = pods.filter(|(_, service)| service.metrics.is_some() && !service.host_network);
    let find = |(name, _): (&_, &_)| {
        let message = format!("`{}` has no way to the metrics of `{name}`", monitoring.prometheus);
        let help =
            "a pod is reached from outside the cluster on the host's network only: `host_network: true`";
        rule.finding(at("services", name).key("metrics"), message).help(help)
    };
    apart.map(find).collect()
}
