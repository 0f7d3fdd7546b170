use crate::{
    deployment::{Condition, Deployment, Service},
    diagnostic::{Diagnostic, Severity},
    message::message,
    path::ModelPath,
    rules::{Definition, Rule, Scope, at},
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Warning,
    summary: "an alert fires when something that the deployment relies on is lost",
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
        let message = "no alert fires when a metric that the other alerts rely on is gone";
        let path = ModelPath::root().key("monitoring").key("alerts");
        findings.push(rule.finding(path, message).help("add an alert about `metric_missing`"));
    }
    for (name, host) in &deployment.hosts {
        let path = at("hosts", name);
        let file_system = match (&host.storage, &host.root) {
            (Some(_), _) => path.key("storage"),
            (None, Some(_)) => path.key("root"),
            (None, None) => path.clone(),
        };
        let has_gpus = !host.gpus.is_empty();
        let swap_is_gone = message!("no alert fires when the swap of `{host}` is gone", host = name);
        let disk_is_full = message!("no alert fires when a disk of `{host}` is nearly full", host = name);
        let gpu_fails = message!("no alert fires when a GPU of `{host}` reports an error", host = name);
        let gpu_is_full = message!("no alert fires when a GPU of `{host}` is nearly full", host = name);
        let service_is_killed =
            message!("no alert fires when a service on `{host}` is killed for its memory", host = name);
        let losses = [
            (host.swap.is_some() && !swap, path.key("swap"), swap_is_gone, "swap_missing"),
            (!disk, file_system, disk_is_full, "disk_low"),
            (has_gpus && !gpus, path.key("gpus"), gpu_fails, "gpu_xid"),
            // Nothing but the alert holds a process to its share of the VRAM.
            (has_gpus && !vram, path.key("gpus"), gpu_is_full, "vram_used"),
            (!kills, path.key("ram"), service_is_killed, "oom_kill"),
        ];
        for (_, path, message, condition) in losses.into_iter().filter(|(is_unwatched, ..)| *is_unwatched) {
            let help = format!("add an alert about `{condition}`");
            findings.push(rule.finding(path, message).help(help));
        }
    }
    findings
}
