use crate::{
    deployment::{Condition, Deployment},
    diagnostic::{Diagnostic, Severity},
    message::message,
    monitoring::{
        exporters::{EXPORTERS, PROBES, PROMETHEUS, TARGET_LABELS},
        promql,
    },
    path::ModelPath,
    rules::{Definition, Rule, Scope},
    suggest::did_you_mean,
    words::list,
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Error,
    summary: "each label that an alert selects belongs to its metric, and its value exists",
    scope: Scope::Deployment(check),
};

fn check(rule: &Rule, deployment: &Deployment) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for (name, alert) in deployment.monitoring.iter().flat_map(|monitoring| &monitoring.alerts) {
        let Condition::Promql(text) = &alert.when else { continue };
        let path = ModelPath::root().key("monitoring").key("alerts").key(name).key("when").key("promql");
        for selector in promql::selectors(text.as_str()).unwrap_or_default() {
            let metric = selector.metric.as_deref().unwrap_or_default();
            for (label, value) in &selector.labels {
                if let Some(labels) = labels(metric).filter(|labels| !labels.contains(&label.as_str())) {
                    let message = message!(
                        "`{alert}` selects the label `{label}`, which `{metric}` does not have",
                        alert = name,
                        label,
                        metric,
                    );
                    let help = format!("its labels are {}", list(labels));
                    findings.push(rule.finding(path.clone(), message).help(help));
                } else if let Some((value, known)) = value.as_deref().zip(values(deployment, label))
                    && !known.contains(&value)
                {
                    let message = message!(
                        "`{alert}` selects the {label} `{value}`, which does not exist",
                        alert = name,
                        label,
                        value,
                    );
                    let help = match did_you_mean(value, known.iter().copied()) {
                        Some(meant) => format!("did you mean `{meant}`?"),
                        None => format!("the known values are {}", list(known)),
                    };
                    findings.push(rule.finding(path.clone(), message).help(help));
                }
            }
        }
    }
    findings
}

/// The labels of a metric, if it is known.
fn labels(series: &str) -> Option<Vec<&'static str>> {
    let metrics = EXPORTERS.iter().flat_map(|exporter| exporter.metrics).chain(PROMETHEUS).chain(PROBES);
    let metric = metrics.into_iter().find(|metric| metric.has(series))?;
    let histogram: &[&str] = if metric.has_label("le") { &["le"] } else { &[] };
    Some(metric.labels.iter().chain(&TARGET_LABELS).chain(histogram).copied().collect())
}

/// The values that a label has if it names something in the deployment.
fn values<'a>(deployment: &'a Deployment, label: &str) -> Option<Vec<&'a str>> {
    Some(match label {
        "job" | "service" => deployment.services.keys().map(AsRef::as_ref).collect(),
        "container" => deployment.services.iter().map(|(name, service)| service.container(name)).collect(),
        "deployment" => deployment.services.iter().map(|(name, service)| service.workload(name)).collect(),
        "host" => deployment.hosts.keys().map(AsRef::as_ref).collect(),
        "zone" => deployment.zones.keys().map(AsRef::as_ref).collect(),
        "namespace" => {
            let of_zones = deployment.zones.iter().map(|(name, zone)| {
                zone.namespace.as_ref().map_or(name.as_str(), |namespace| namespace.as_str())
            });
            of_zones.chain(["default", "kube-system"]).collect()
        }
        _ => return None,
    })
}
