use crate::{
    deployment::Deployment,
    diagnostic::{Diagnostic, Severity},
    registry::kernel,
    rules::{Definition, Rule, Scope, at},
    suggest::did_you_mean,
    words::list,
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Warning,
    summary: "the kernel knows its parameters and their values",
    scope: Scope::Deployment(check),
};

fn check(rule: &Rule, deployment: &Deployment) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for (host, parameter) in deployment.kernel_parameters() {
        let (name, value) = (parameter.name(), parameter.value());
        // What the author knows goes first.
        let own = deployment.knowledge.parameter(name);
        let known = kernel::find(name).filter(|_| own.is_none());
        let takes =
            |value| own.is_some_and(|own| own.takes(value)) || known.is_some_and(|known| known.takes(value));
        let values = match own {
            Some(own) => Some(own.values.iter().map(|value| value.as_str()).collect::<Vec<_>>()),
            None => known.map(|known| known.values.to_vec()),
        };
        let (problem, help) = match values {
            Some(_) if value.is_none_or(takes) => continue,
            Some(values) => (
                format!("`{parameter}`: `{}` is no value of `{name}`", value.unwrap_or_default()),
                format!("it takes {}", list(values)),
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
