//! M016

use crate::{
    diagnostic::{Diagnostic, Severity},
    monitoring::exporters,
    rules::{Check, Rule, at},
    scenario::Scenario,
};

/// What is asked about Kubernetes needs one.
pub(crate) static RULE: Rule = Rule {
    id: "M016",
    name: "exporter-without-kubernetes",
    severity: Severity::Error,
    summary: "an exporter of Kubernetes' metrics runs where there is a Kubernetes",
    docs: include_str!("cluster.md"),
    check: Check::EachOption(check),
};

fn check(rule: &Rule, scenario: &Scenario<'_>) -> Vec<Diagnostic> {
    // The exporter itself is not what makes a cluster of an option.
    let about = |service: &crate::deployment::Service| {
        let exporter =
            service.metrics.as_ref().and_then(|metrics| exporters::find(metrics.exporter.as_str()));
        exporter.filter(|exporter| exporter.kubernetes)
    };
    if !scenario.kubernetes_zones().is_empty() {
        return Vec::new();
    }
    let find = |(name, service)| {
        let message = format!("`{name}` asks Kubernetes for its metrics, and there is none");
        let help = "name in `options` those that run zones on Kubernetes";
        about(service).map(|_| rule.finding(at("services", name).key("options"), message).help(help))
    };
    scenario.active().filter_map(find).collect()
}
