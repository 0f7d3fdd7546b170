use crate::{
    deployment::Deployment,
    diagnostic::{Diagnostic, Severity},
    registry::gpus,
    rules::{Definition, Rule, Scope, at},
    units::Bytes,
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Warning,
    summary: "a GPU has as much memory as its model is sold with",
    scope: Scope::Deployment(check),
};

fn check(rule: &Rule, deployment: &Deployment) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for (name, host) in &deployment.hosts {
        for (gpu, spec) in &host.gpus {
            // What the author knows goes first.
            let (model, sold): (_, Vec<_>) =
                if let Some((model, own)) = deployment.knowledge.gpu(spec.model.as_str()) {
                    (model.as_str(), own.vram.clone())
                } else if let Some(known) = gpus::find(spec.model.as_str()) {
                    (known.name, known.vram.iter().map(|vram| Bytes::gib(vram.sold)).collect())
                } else {
                    continue;
                };
            if sold.iter().any(|sold| gpus::is_sold_as(spec.vram, *sold)) {
                continue;
            }
            let sold: Vec<_> = sold.iter().map(ToString::to_string).collect();
            let message =
                format!("`{gpu}` has {}, and the {model} is sold with {}", spec.vram, sold.join(" or "));
            let path = at("hosts", name).key("gpus").key(gpu).key("vram");
            findings.push(
                rule.finding(path, message)
                    .help("`nvidia-smi --query-gpu=memory.total --format=csv` says what it has"),
            );
        }
    }
    findings
}
