//! K004

use crate::{
    deployment::Deployment,
    diagnostic::{Diagnostic, Severity},
    registry::kernel,
    rules::{Check, Rule, at, kernel::parameters},
};

/// A parameter does what it does.
pub(crate) static RULE: Rule = Rule {
    id: "K004",
    name: "kernel-parameter-hazard",
    severity: Severity::Warning,
    summary: "no kernel parameter does something else than people think",
    docs: include_str!("hazard.md"),
    check: Check::Deployment(check),
};

fn check(rule: &Rule, deployment: &Deployment) -> Vec<Diagnostic> {
    let hazards = parameters(deployment).filter_map(|(host, parameter)| {
        let hazard = kernel::find(parameter.name())?.hazard(parameter.value().unwrap_or_default())?;
        let path = at("hosts", host).key("kernel").key("parameters").key(parameter);
        Some(rule.finding(path, format!("`{parameter}` {}", hazard.what)).help(hazard.help))
    });
    hazards.collect()
}
