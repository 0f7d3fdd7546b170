//! N004

use crate::{
    deployment::Deployment,
    diagnostic::{Diagnostic, Severity},
    rules::{Check, Rule, at},
};

/// On the host's network nothing stands between a process and its port.
pub(crate) static RULE: Rule = Rule {
    id: "N004",
    name: "host-network-maps-port",
    severity: Severity::Error,
    summary: "a service on the host's network publishes its ports as they are",
    docs: include_str!("mapped.md"),
    check: Check::Deployment(check),
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
