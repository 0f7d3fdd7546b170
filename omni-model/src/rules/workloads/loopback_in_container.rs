use crate::{
    deployment::Deployment,
    diagnostic::{Diagnostic, Severity},
    rules::{Definition, Rule, Scope, at},
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Warning,
    summary: "a container does not look for others on its own loopback address",
    scope: Scope::Deployment(check),
};

fn check(rule: &Rule, deployment: &Deployment) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    let apart = deployment.services.iter().filter(|(_, service)| !service.host_network);
    for (name, service) in apart {
        let path = at("services", name);
        let health = path.key("health");
        for (path, template) in service.templates(&path) {
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
