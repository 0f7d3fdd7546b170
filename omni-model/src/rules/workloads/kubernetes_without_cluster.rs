use crate::{
    deployment::Deployment,
    diagnostic::{Diagnostic, Severity},
    message::{Names, message},
    rules::{Definition, Rule, Scope, at},
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Error,
    summary: "a deployment that runs zones on Kubernetes has a `cluster`",
    scope: Scope::Deployment(check),
};

fn check(rule: &Rule, deployment: &Deployment) -> Vec<Diagnostic> {
    if deployment.cluster.is_some() {
        return Vec::new();
    }
    let mut findings = Vec::new();
    for (name, option) in deployment.options.iter().filter(|(_, option)| !option.kubernetes.is_empty()) {
        let message =
            message!("option `{option}` runs zones on Kubernetes, but there is no `cluster`", option = name);
        let zones: Names = option.kubernetes.iter().collect();
        let help = format!("add `cluster`, or run {zones} on Docker Compose");
        findings.push(rule.finding(at("options", name).key("kubernetes"), message).help(help));
    }
    findings
}
