use crate::{
    deployment::{Deployment, Part, State},
    diagnostic::{Diagnostic, Severity},
    rules::{Definition, Rule, Scope, at},
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Warning,
    summary: "what runs does not rely on what waits",
    scope: Scope::Deployment(check),
};

fn check(rule: &Rule, deployment: &Deployment) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    let active = deployment.services.iter().filter(|(_, service)| service.state == State::Active);
    for (name, service) in active {
        for (path, template) in service.templates(&at("services", name)) {
            let ends = template.parts().iter().filter_map(|part| match part {
                Part::Endpoint(of) => deployment.services.get_key_value(of.service.as_str()),
                _ => None,
            });
            for (other, _) in ends.filter(|(_, service)| service.state != State::Active) {
                let message = format!("`{name}` asks `{other}`, which is a standby and does not answer");
                let related = at("services", other).key("state");
                findings.push(rule.finding(path.clone(), message).related(related, "a standby"));
            }
        }
    }
    findings
}
