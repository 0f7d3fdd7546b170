use crate::{
    deployment::Deployment,
    diagnostic::{Diagnostic, Severity},
    message::message,
    resolve,
    rules::{Definition, Rule, Scope, at},
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Warning,
    summary: "a host that runs containers declares the size of its root file system",
    scope: Scope::Deployment(check),
};

fn check(rule: &Rule, deployment: &Deployment) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for (name, host) in &deployment.hosts {
        let is_here = |service| resolve::host(deployment, service).is_some_and(|(other, _)| other == name);
        if host.root.is_some() || !deployment.services.values().any(is_here) {
            continue;
        }
        let message = message!(
            "`{host}` runs containers, but the size of its root file system is unknown",
            host = name
        );
        let path = at("hosts", name);
        let help =
            format!("add `{}`, for example `{{ capacity: 250 GB, reserve: 100 GB }}`", path.key("root"));
        findings.push(rule.finding(path, message).help(help));
    }
    findings
}
