use crate::{
    deployment::{Deployment, PortMapping},
    diagnostic::{Diagnostic, Severity},
    message::message,
    rules::{Definition, Rule, Scope, at},
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Error,
    summary: "a service on the host's network publishes each port under its own number",
    scope: Scope::Deployment(check),
};

fn check(rule: &Rule, deployment: &Deployment) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for (name, service) in deployment.services.iter().filter(|(_, service)| service.host_network) {
        for (port, mapping) in &service.ports {
            if mapping.published != mapping.target {
                let message = message!(
                    "`{service}` uses the host's network, where port {target} cannot be published as {published}",
                    service = name,
                    target = mapping.target,
                    published = mapping.published,
                );
                let path = at("services", name).key("ports").key(port);
                let as_it_is = PortMapping { published: mapping.target, ..*mapping };
                let help = format!("write `{as_it_is}`, or let the service listen on {}", mapping.published);
                findings.push(rule.finding(path.clone(), message).help(help).fix(path, as_it_is));
            }
        }
    }
    findings
}
