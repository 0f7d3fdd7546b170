use crate::{
    deployment::{Deployment, Part, State},
    diagnostic::{Diagnostic, Severity},
    message::message,
    rules::{Definition, Rule, Scope, at},
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Warning,
    summary: "an active service does not depend on a standby",
    scope: Scope::Deployment(check),
};

fn check(rule: &Rule, deployment: &Deployment) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    let active = deployment.services.iter().filter(|(_, service)| service.state == State::Active);
    for (name, service) in active {
        for (path, template) in service.templates(&at("services", name)) {
            let servers = template.parts().iter().filter_map(|part| match part {
                Part::Endpoint(of) => deployment.services.get_key_value(of.service.as_str()),
                _ => None,
            });
            for (standby, _) in servers.filter(|(_, service)| service.state != State::Active) {
                let message = message!(
                    "`{name}` connects to `{standby}`, which is a standby and does not answer",
                    name,
                    standby,
                );
                let finding = rule.finding(path.clone(), message);
                let finding = finding.related(at("services", standby).key("state"), "the standby");
                findings.push(finding.help("name an endpoint of an active service"));
            }
        }
    }
    findings
}
