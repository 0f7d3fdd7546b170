//! W022

use crate::{
    deployment::Deployment,
    diagnostic::{Diagnostic, Severity},
    rules::{Check, Rule, at, references::templates},
};

/// Every container has a loopback address of its own.
pub(crate) static RULE: Rule = Rule {
    id: "W022",
    name: "loopback-in-container",
    severity: Severity::Warning,
    summary: "a container does not look for others on its own loopback address",
    docs: include_str!("loopback.md"),
    check: Check::Deployment(check),
};

fn check(rule: &Rule, deployment: &Deployment) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    let apart = deployment.services.iter().filter(|(_, service)| !service.host_network);
    for (name, service) in apart {
        let path = at("services", name);
        let health = path.key("health");
        for (path, template) in templates(&path, service) {
            // A health command asks from inside.
            let loopback = |word: &str| word.contains("localhost") || word.contains("127.0.0.1");
            if !health.contains(&path) && template.words().any(loopback) {
                let message = format!("`{name}` has a network of its own, and `{template}` is itself");
                let help = "name the other service as `{service.port}`; listen on 0.0.0.0";
                findings.push(rule.finding(path, message).help(help));
            }
        }
    }
    findings
}
