use crate::{
    deployment::{Deployment, Service},
    diagnostic::{Diagnostic, Severity},
    registry::{environment::VARIABLES, gpus},
    resolve,
    rules::{Definition, Rule, Scope, at},
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Warning,
    summary: "no environment variable does something else than people think",
    scope: Scope::Deployment(check),
};

fn check(rule: &Rule, deployment: &Deployment) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for (name, service) in &deployment.services {
        for known in VARIABLES {
            let set = service.env.get(known.name).filter(|value| value.to_string() == known.value);
            if set.is_none() || helps(deployment, service, known.only_on) {
                continue;
            }
            let message = format!("`{}={}` {}", known.name, known.value, known.what);
            let path = at("services", name).key("env").key(known.name);
            findings.push(rule.finding(path, message).help(known.help));
        }
    }
    findings
}

/// Whether one of a service's GPUs has one of these compute capabilities. Of a GPU that nobody knows that is taken for granted.
fn helps(deployment: &Deployment, service: &Service, capabilities: &[u16]) -> bool {
    let Some((_, host)) = resolve::host(deployment, service) else { return true };
    let models = service.vram.keys().filter_map(|gpu| host.gpus.get(gpu));
    let mut known = models.map(|gpu| gpus::find(gpu.model.as_str()));
    known.any(|model| model.is_none_or(|model| capabilities.contains(&model.sm)))
}
