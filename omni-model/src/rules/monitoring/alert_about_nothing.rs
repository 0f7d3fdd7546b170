use std::collections::HashSet;

use crate::{
    deployment::{Alert, Condition, Deployment},
    diagnostic::{Diagnostic, Severity},
    facts::Facts,
    path::ModelPath,
    rules::{Definition, Rule, Scope},
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Warning,
    summary: "an alert is about something that the deployment has",
    scope: Scope::AllOptions(check),
};

fn check(rule: &Rule, deployment: &Deployment, options: &[Facts<'_>]) -> Vec<Diagnostic> {
    let Some(monitoring) = &deployment.monitoring else { return Vec::new() };
    let rules = options.iter().flat_map(|facts| facts.alerts());
    let emitted: HashSet<_> = rules.map(|rule| rule.name).collect();
    let find = |(name, alert): (&_, &Alert)| {
        let what = match &alert.when {
            Condition::GpuXid
            | Condition::GpuHot(_)
            | Condition::GpuRowRemapFailed
            | Condition::VramUsed(_) => "no host has a GPU",
            Condition::GpuLost => {
                "no service takes memory of a GPU on a host whose node_exporter runs on Docker Compose"
            }
            Condition::GpuThrottled => "no dcgm-exporter of a GPU runs on Docker Compose",
            Condition::DiskLow(_) | Condition::DiskPredictedFull(_) => "no host has `storage`",
            Condition::CrashLoop => "nothing runs on Kubernetes, and no cAdvisor looks at Docker Compose",
            Condition::ServiceMemory(_) => "no cAdvisor looks at a host with services",
            Condition::Promql(_) => "no option runs anything on Kubernetes",
            // Other rules look after swap, and after services that do not exist.
            _ => return None,
        };
        (!emitted.contains(name)).then_some(())?;
        let path = ModelPath::root().key("monitoring").key("alerts").key(name).key("when");
        Some(rule.finding(path, format!("`{name}` is left out: {what}")).help("take it out"))
    };
    monitoring.alerts.iter().filter_map(find).collect()
}
