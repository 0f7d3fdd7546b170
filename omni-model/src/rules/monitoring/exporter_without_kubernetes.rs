use crate::{
    diagnostic::{Diagnostic, Severity},
    facts::Facts,
    monitoring::exporters,
    rules::{Definition, Rule, Scope, at},
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Error,
    summary: "an exporter of Kubernetes' metrics runs where there is a Kubernetes",
    scope: Scope::EachOption(check),
};

fn check(rule: &Rule, facts: &Facts<'_>) -> Vec<Diagnostic> {
    // The exporter itself is not what makes a cluster of an option.
    let about = |service: &crate::deployment::Service| {
        let exporter =
            service.metrics.as_ref().and_then(|metrics| exporters::find(metrics.exporter.as_str()));
        exporter.filter(|exporter| exporter.kubernetes)
    };
    if !facts.kubernetes_zones().is_empty() {
        return Vec::new();
    }
    let find = |(name, service)| {
        let message = format!("`{name}` asks Kubernetes for its metrics, and there is none");
        let help = "name in `options` those that run zones on Kubernetes";
        about(service).map(|_| rule.finding(at("services", name).key("options"), message).help(help))
    };
    facts.active().filter_map(find).collect()
}
