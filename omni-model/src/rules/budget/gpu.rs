//! B010

use crate::{
    deployment::Deployment,
    diagnostic::{Diagnostic, Severity},
    registry::gpus,
    rules::{Check, Rule, at},
    units::Bytes,
};

/// A budget is only as right as what it counts.
pub(crate) static RULE: Rule = Rule {
    id: "B010",
    name: "gpu-memory-differs",
    severity: Severity::Warning,
    summary: "a GPU has as much memory as its model is sold with",
    docs: include_str!("gpu.md"),
    check: Check::Deployment(check),
};

fn check(rule: &Rule, deployment: &Deployment) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for (name, host) in &deployment.hosts {
        for (gpu, spec) in &host.gpus {
            let Some(model) = gpus::find(spec.model.as_str()).filter(|model| !model.has(spec.vram)) else {
                continue;
            };
            let sold: Vec<_> = model.vram.iter().map(|count| Bytes::gib(*count).to_string()).collect();
            let message = format!(
                "`{gpu}` has {}, and the {} is sold with {}",
                spec.vram,
                model.name,
                sold.join(" or ")
            );
            let path = at("hosts", name).key("gpus").key(gpu).key("vram");
            findings.push(rule.finding(path, message).help("`nvidia-smi` says what it has"));
        }
    }
    findings
}
