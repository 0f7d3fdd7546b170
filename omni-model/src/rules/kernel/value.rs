//! K003

use crate::{
    deployment::Deployment,
    diagnostic::{Diagnostic, Severity},
    registry::kernel,
    rules::{Check, Rule, at, kernel::parameters},
    suggest::{did_you_mean, list},
};

/// The kernel takes what it does not know without a word.
pub(crate) static RULE: Rule = Rule {
    id: "K003",
    name: "kernel-parameter-unknown",
    severity: Severity::Warning,
    summary: "the kernel knows its parameters and their values",
    docs: include_str!("value.md"),
    check: Check::Deployment(check),
};

fn check(rule: &Rule, deployment: &Deployment) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for (host, parameter) in parameters(deployment) {
        let (name, value) = (parameter.name(), parameter.value());
        let (problem, help) = match kernel::find(name) {
            Some(known) if value.is_none_or(|value| known.takes(value)) => continue,
            Some(known) => (
                format!("`{parameter}`: `{}` is no value of `{name}`", value.unwrap_or_default()),
                format!("it takes {}", list(known.values.iter().copied())),
            ),
            None => match did_you_mean(name, kernel::PARAMETERS.iter().map(|known| known.name)) {
                Some(meant) => {
                    (format!("the kernel may not know `{name}`"), format!("did you mean `{meant}`?"))
                }
                None => continue,
            },
        };
        let path = at("hosts", host).key("kernel").key("parameters").key(parameter);
        findings.push(rule.finding(path, problem).help(help));
    }
    findings
}
