//! W001

use crate::{
    deployment::Deployment,
    diagnostic::{Diagnostic, Severity},
    rules::{Check, Rule, at},
};

/// What runs on Kubernetes has one.
pub(crate) static RULE: Rule = Rule {
    id: "W001",
    name: "kubernetes-without-cluster",
    severity: Severity::Error,
    summary: "an option that runs zones on Kubernetes has a cluster",
    docs: include_str!("cluster.md"),
    check: Check::Deployment(check),
};

fn check(rule: &Rule, deployment: &Deployment) -> Vec<Diagnostic> {
    if deployment.cluster.is_some() {
        return Vec::new();
    }
    let mut findings = Vec::new();
    for (name, option) in deployment.options.iter().filter(|(_, option)| !option.kubernetes.is_empty()) {
        let message = format!("option `{name}` runs zones on Kubernetes, and there is no `cluster`");
        let zones = crate::suggest::list(option.kubernetes.iter().map(AsRef::as_ref));
        let help = format!("add `cluster`, or leave {zones} to Docker Compose");
        findings.push(rule.finding(at("options", name).key("kubernetes"), message).help(help));
    }
    findings
}
