use crate::{
    deployment::Deployment,
    diagnostic::{Diagnostic, Severity},
    message::message,
    rules::{Definition, Rule, Scope, at},
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Warning,
    summary: "a container does not look for other services on its own loopback address",
    scope: Scope::Deployment(check),
};

fn check(rule: &Rule, deployment: &Deployment) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    let with_own_network = deployment.services.iter().filter(|(_, service)| !service.host_network);
    for (name, service) in with_own_network {
        let service_path = at("services", name);
        let health = service_path.key("health");
        for (path, template) in service.templates(&service_path) {
            // A health command runs inside the container.
            let is_loopback = |word: &str| word.contains("localhost") || word.contains("127.0.0.1");
            if !health.contains(&path) && template.words().any(is_loopback) {
                let message = message!(
                    "`{name}` has its own network, so `{address}` points at `{name}` itself",
                    name,
                    address = template,
                );
                let help = "name another service as `{service.port}`, or listen on 0.0.0.0";
                findings.push(rule.finding(path, message).help(help));
            }
        }
    }
    findings
}
