use crate::{
    catalog::kernel,
    deployment::Deployment,
    diagnostic::{Diagnostic, Severity},
    message::{Message, message},
    rules::{Definition, Rule, Scope, at},
    suggest::did_you_mean,
    words::one_of,
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Warning,
    summary: "the kernel knows each parameter and its value",
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
        let (message, help): (Message, _) = match values {
            Some(_) if value.is_none_or(takes) => continue,
            Some(values) => (
                message!(
                    "`{value}` is not a value of the kernel parameter `{parameter}`",
                    value = value.unwrap_or_default(),
                    parameter = name,
                ),
                format!("write {}", one_of(values)),
            ),
            None => match did_you_mean(name, kernel::PARAMETERS.iter().map(|known| known.name)) {
                Some(meant) => {
                    let message =
                        message!("the kernel may not know the parameter `{parameter}`", parameter = name);
                    (message, format!("did you mean `{meant}`?"))
                }
                None => continue,
            },
        };
        let path = at("hosts", host).key("kernel").key("parameters").key(parameter);
        findings.push(rule.finding(path, message).help(help));
    }
    findings
}
