use crate::{
    deployment::Deployment,
    diagnostic::{Diagnostic, Severity},
    rules::{Definition, Rule, Scope, at},
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Error,
    summary: "an option that runs zones on Kubernetes has a cluster",
    scope: Scope::Deployment(check),
};

fn check(rule: &Rule, deployment: &Deployment) -> Vec<Diagnostic> {
    if deployment.cluster.is_some() {
        return Vec::new();
    }
    let mut findings = Vec::new();
    for (name, option) in deployment.options.iter().filter(|(_, option)| !option.kubernetes.is_empty()) {
        let message = format!("option `{name}` runs zones on Kubernetes, and there is no `cluster`");
        let zones = crate::words::list(option.kubernetes.iter().map(AsRef::as_ref));
        let help = format!("add `cluster`, or leave {zones} to Docker Compose");
        findings.push(rule.finding(at("options", name).key("kubernetes"), message).help(help));
    }
    findings
}
