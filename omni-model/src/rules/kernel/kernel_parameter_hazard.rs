use crate::{
    catalog::kernel,
    deployment::Deployment,
    diagnostic::{Diagnostic, Severity},
    message::message,
    rules::{Definition, Rule, Scope, at},
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Warning,
    summary: "no kernel parameter does something other than people expect",
    scope: Scope::Deployment(check),
};

fn check(rule: &Rule, deployment: &Deployment) -> Vec<Diagnostic> {
    let hazards = deployment.kernel_parameters().filter_map(|(host, parameter)| {
        let hazard = kernel::find(parameter.name())?.hazard(parameter.value().unwrap_or_default())?;
        let path = at("hosts", host).key("kernel").key("parameters").key(parameter);
        let message = message!("`{parameter}` {effect}", parameter, effect = hazard.what);
        Some(rule.finding(path, message).help(hazard.help))
    });
    hazards.collect()
}
