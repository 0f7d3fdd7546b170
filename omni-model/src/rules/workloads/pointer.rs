//! W013

use crate::{
    deployment::{Deployment, Part, State},
    diagnostic::{Diagnostic, Severity},
    rules::{Check, Rule, at, references::templates},
};

/// A standby answers nobody.
pub(crate) static RULE: Rule = Rule {
    id: "W013",
    name: "endpoint-of-standby",
    severity: Severity::Warning,
    summary: "what runs does not rely on what waits",
    docs: include_str!("pointer.md"),
    check: Check::Deployment(check),
};

fn check(rule: &Rule, deployment: &Deployment) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    let active = deployment.services.iter().filter(|(_, service)| service.state == State::Active);
    for (name, service) in active {
        for (path, template) in templates(&at("services", name), service) {
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
