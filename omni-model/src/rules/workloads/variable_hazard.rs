use crate::{
    catalog::{environment::VARIABLES, gpus},
    deployment::{Deployment, Service},
    diagnostic::{Diagnostic, Severity},
    message::message,
    resolve,
    rules::{Definition, Rule, Scope, at},
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Warning,
    summary: "every environment variable does what its name suggests",
    scope: Scope::Deployment(check),
};

fn check(rule: &Rule, deployment: &Deployment) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for (name, service) in &deployment.services {
        for known in VARIABLES {
            let set = service.env.get(known.name).filter(|value| value.to_string() == known.value);
            if set.is_none() || works(deployment, service, known.only_on) {
                continue;
            }
            let what = known.what;
            let message = message!("`{variable}={value}` {what}", variable = known.name, value = known.value);
            let path = at("services", name).key("env").key(known.name);
            findings.push(rule.finding(path.clone(), message).help(known.help).fix(path, ()));
        }
    }
    findings
}

/// Whether one of a service's GPUs has one of these compute capabilities. A GPU that is not known here counts as one that has.
fn works(deployment: &Deployment, service: &Service, capabilities: &[u16]) -> bool {
    let Some((_, host)) = resolve::host(deployment, service) else { return true };
    let models = service.vram.keys().filter_map(|gpu| host.gpus.get(gpu));
    let mut known = models.map(|gpu| gpus::find(gpu.model.as_str()));
    known.any(|model| model.is_none_or(|model| capabilities.contains(&model.sm)))
}
