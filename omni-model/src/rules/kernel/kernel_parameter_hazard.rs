use crate::{
    deployment::Deployment,
    diagnostic::{Diagnostic, Severity},
    registry::kernel,
    rules::{Definition, Rule, Scope, at},
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Warning,
    summary: "no kernel parameter does something else than people think",
    scope: Scope::Deployment(check),
};

fn check(rule: &Rule, deployment: &Deployment) -> Vec<Diagnostic> {
    let hazards = deployment.kernel_parameters().filter_map(|(host, parameter)| {
        let hazard = kernel::find(parameter.name())?.hazard(parameter.value().unwrap_or_default())?;
        let path = at("hosts", host).key("kernel").key("parameters").key(parameter);
        Some(rule.finding(path, format!("`{parameter}` {}", hazard.what)).help(hazard.help))
    });
    hazards.collect()
}
