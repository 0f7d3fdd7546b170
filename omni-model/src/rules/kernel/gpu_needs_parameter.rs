use crate::{
    catalog::gpus,
    deployment::{Deployment, Gpu, Host},
    diagnostic::{Diagnostic, Severity},
    message::message,
    names::{GpuName, HostName},
    rules::{Definition, Rule, Scope, at},
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Warning,
    summary: "kernel parameters that a GPU is known to need are on the command line",
    scope: Scope::Deployment(check),
};

fn check(rule: &Rule, deployment: &Deployment) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for (host, spec) in &deployment.hosts {
        for (gpu, Gpu { model, .. }) in &spec.gpus {
            let own = deployment.knowledge.gpu(model.as_str());
            let own = own.into_iter().flat_map(|(name, own)| {
                own.needs.iter().map(|need| (name.as_str(), need.as_str(), own.source.as_str()))
            });
            let known = gpus::find(model.as_str())
                .into_iter()
                .flat_map(|known| known.needs.iter().map(|need| (known.name, need.parameter, need.source)));
            let needs = known.chain(own).filter(|(_, need, _)| !has(spec, need));
            findings.extend(needs.map(|need| finding(rule, host, gpu, need)));
        }
    }
    findings
}

fn finding(
    rule: &Rule,
    host: &HostName,
    gpu: &GpuName,
    (model, parameter, source): (&str, &str, &str),
) -> Diagnostic {
    let message = message!(
        "`{gpu}` is a {model}, which needs the kernel parameter `{parameter}`: {source}",
        gpu,
        model,
        parameter,
        source,
    );
    let parameters = at("hosts", host).key("kernel").key("parameters");
    let path = at("hosts", host).key("gpus").key(gpu).key("model");
    rule.finding(path, message).help(format!("add it to `{parameters}`"))
}

/// Whether a kernel parameter is on the command line of a host.
fn has(host: &Host, need: &str) -> bool {
    host.kernel.iter().flat_map(|kernel| kernel.parameters.keys()).any(|parameter| parameter.as_str() == need)
}
