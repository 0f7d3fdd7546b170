use crate::{
    catalog::gpus,
    deployment::Deployment,
    diagnostic::{Diagnostic, Severity},
    message::{message, said},
    rules::{Definition, Rule, Scope, at},
    units::Bytes,
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Warning,
    summary: "a GPU is declared with a memory size that its model is sold with",
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
            let sizes: Vec<_> = sold.iter().map(ToString::to_string).collect();
            let message = message!(
                "`{gpu}` is declared with {declared}, but the {model} is sold with {sold}",
                gpu,
                declared = spec.vram,
                model,
                sold = said(sizes.join(" or "), sold),
            );
            let path = at("hosts", name).key("gpus").key(gpu).key("vram");
            findings.push(
                rule.finding(path, message)
                    .help("set `vram` to what `nvidia-smi --query-gpu=memory.total --format=csv` shows"),
            );
        }
    }
    findings
}
