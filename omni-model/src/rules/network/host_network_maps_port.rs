use crate::{
    deployment::Deployment,
    diagnostic::{Diagnostic, Severity},
    rules::{Definition, Rule, Scope, at},
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Error,
    summary: "a service on the host's network publishes its ports as they are",
    scope: Scope::Deployment(check),
};

fn check(rule: &Rule, deployment: &Deployment) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for (name, service) in deployment.services.iter().filter(|(_, service)| service.host_network) {
        for (port, mapping) in &service.ports {
            if mapping.published != mapping.target {
                let message = format!(
                    "`{name}` uses the host's network, where {} cannot be published as {}",
                    mapping.target, mapping.published
                );
                let help = format!("let it listen on {0} and write `{0}`", mapping.published);
                findings.push(rule.finding(at("services", name).key("ports").key(port), message).help(help));
            }
        }
    }
    findings
}
