use std::collections::HashSet;

use crate::{
    deployment::{Alert, Condition, Deployment},
    diagnostic::{Diagnostic, Severity},
    facts::Facts,
    message::message,
    path::ModelPath,
    rules::{Definition, Rule, Scope},
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Warning,
    summary: "each alert is about something that the deployment has",
    scope: Scope::AllOptions(check),
};

fn check(rule: &Rule, deployment: &Deployment, options: &[Facts<'_>]) -> Vec<Diagnostic> {
    let Some(monitoring) = &deployment.monitoring else { return Vec::new() };
    let rules = options.iter().flat_map(|facts| facts.alerts());
    let emitted: HashSet<_> = rules.map(|rule| rule.name).collect();
    let find = |(name, alert): (&_, &Alert)| {
        let reason = match &alert.when {
            Condition::GpuXid
            | Condition::GpuHot(_)
            | Condition::GpuRowRemapFailed
            | Condition::VramUsed(_) => "no host has a GPU",
            Condition::GpuLost => "no service uses VRAM on a host whose node_exporter runs on Docker Compose",
            Condition::GpuThrottled => "no dcgm-exporter runs on Docker Compose",
            Condition::DiskLow(_) | Condition::DiskPredictedFull(_) => "no host has `storage`",
            Condition::CrashLoop => "nothing runs on Kubernetes, and no cAdvisor monitors Docker Compose",
            Condition::ServiceMemory(_) => "no cAdvisor monitors a host with services",
            Condition::Promql(_) => "it reads Kubernetes metrics, and no option runs anything on Kubernetes",
            // Other rules cover swap, and services that do not exist.
            _ => return None,
        };
        (!emitted.contains(name)).then_some(())?;
        let path = ModelPath::root().key("monitoring").key("alerts").key(name);
        let message = message!("the alert `{alert}` is never emitted: {reason}", alert = name, reason);
        Some(rule.finding(path.key("when"), message).help("remove the alert").fix(path, ()))
    };
    monitoring.alerts.iter().filter_map(find).collect()
}
