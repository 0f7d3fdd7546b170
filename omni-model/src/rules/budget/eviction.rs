//! B016

use crate::{
    budget,
    deployment::Condition,
    diagnostic::{Diagnostic, Severity},
    path::ModelPath,
    rules::{Check, Rule},
    scenario::Scenario,
};

/// People hear of it before pods are gone.
pub(crate) static RULE: Rule = Rule {
    id: "B016",
    name: "eviction-before-alert",
    severity: Severity::Warning,
    summary: "an alert about a full disk fires before the kubelet evicts pods for it",
    docs: include_str!("eviction.md"),
    check: Check::EachOption(check),
};

fn check(rule: &Rule, scenario: &Scenario<'_>) -> Vec<Diagnostic> {
    let deployment = scenario.deployment();
    let Some(cluster) = &deployment.cluster else { return Vec::new() };
    let Some((signal, evicts)) = budget::eviction(scenario, &cluster.host) else { return Vec::new() };
    let alerts = deployment.monitoring.iter().flat_map(|monitoring| &monitoring.alerts);
    let below = alerts.filter_map(|(name, alert)| match alert.when {
        Condition::DiskLow { below } => Some((below, name)),
        _ => None,
    });
    let Some((below, alert)) = below.max_by_key(|(below, _)| *below) else { return Vec::new() };
    if below > evicts {
        return Vec::new();
    }
    let message = format!(
        "the kubelet evicts pods when {evicts} of the disk are left, and `{alert}` fires below {below}"
    );
    let path = ModelPath::root().key("cluster").key("eviction").key(signal);
    let related = ModelPath::root().key("monitoring").key("alerts").key(alert).key("when");
    let finding = rule.finding(path, message).related(related, "the alert");
    vec![finding.help("lower the threshold of the eviction, or raise that of the alert")]
}
