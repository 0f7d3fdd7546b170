use crate::{
    deployment::{Condition, Deployment, Service},
    diagnostic::{Diagnostic, Severity},
    path::ModelPath,
    rules::{Definition, Rule, Scope, at},
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Warning,
    summary: "an alert notices the loss of what the deployment relies on",
    scope: Scope::Deployment(check),
};

fn check(rule: &Rule, deployment: &Deployment) -> Vec<Diagnostic> {
    let Some(monitoring) = &deployment.monitoring else { return Vec::new() };
    let watched = |is: fn(&Condition) -> bool| monitoring.alerts.values().any(|alert| is(&alert.when));
    let swap = watched(|when| *when == Condition::SwapMissing);
    let disk = watched(|when| matches!(when, Condition::DiskLow(_) | Condition::DiskPredictedFull(_)));
    let of_gpus = |service: &Service| service.metrics.as_ref().is_some_and(|m| m.exporter == "dcgm");
    let seen = deployment.services.values().any(of_gpus);
    let gpus = !seen || watched(|when| *when == Condition::GpuXid);
    let vram = !seen || watched(|when| matches!(when, Condition::VramUsed(_)));
    let kills = watched(|when| matches!(when, Condition::OomKill(_)));
    let mut findings = Vec::new();
    if !monitoring.alerts.is_empty() && !watched(|when| *when == Condition::MetricMissing) {
        let message = "no alert says that a metric is gone that the others rely on";
        let path = ModelPath::root().key("monitoring").key("alerts");
        findings.push(rule.finding(path, message).help("add an alert about `metric_missing`"));
    }
    for (name, host) in &deployment.hosts {
        let path = at("hosts", name);
        let promises = [
            ("swap", host.swap.is_some() && !swap, "swap is gone", "swap_missing"),
            (if host.storage.is_some() { "storage" } else { "root" }, !disk, "disk is full", "disk_low"),
            ("gpus", !host.gpus.is_empty() && !gpus, "GPUs report an error", "gpu_xid"),
            // Nothing but the alert holds a process to its share of a GPU's memory.
            ("gpus", !host.gpus.is_empty() && !vram, "GPUs are nearly full", "vram_used"),
            ("ram", !kills, "memory has run out and a service was killed", "oom_kill"),
        ];
        for (key, _, what, condition) in promises.into_iter().filter(|(_, unwatched, ..)| *unwatched) {
            let message = format!("no alert says that `{name}`'s {what}");
            let help = format!("add an alert about `{condition}`");
            findings.push(rule.finding(path.key(key), message).help(help));
        }
    }
    findings
}
