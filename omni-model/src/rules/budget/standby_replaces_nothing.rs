use crate::{
    deployment::{Deployment, State},
    diagnostic::{Diagnostic, Severity},
    rules::{Definition, Rule, Scope, at},
    running,
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Error,
    summary: "a standby replaces other services of its own host, each once",
    scope: Scope::Deployment(check),
};

fn check(rule: &Rule, deployment: &Deployment) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for (name, service) in &deployment.services {
        if service.state == State::Active {
            continue;
        }
        let path = at("services", name).key("state").key("standby").key("replaces");
        let replaces = running::replaces(service);
        if replaces.is_empty() {
            let message = format!("standby `{name}` replaces nothing, so nothing makes room for it");
            findings
                .push(rule.finding(path.clone(), message).help("name what is stopped first, or let it run"));
        }
        for (i, replaced) in replaces.iter().enumerate() {
            let other = deployment.services.get(replaced);
            let problem = if replaced == name {
                "itself"
            } else if replaces.iter().take(i).any(|earlier| earlier == replaced) {
                "the same service twice"
            } else if other.is_some_and(|other| other.host != service.host) {
                "a service of another host, which makes no room on its own"
            } else {
                continue;
            };
            let message = format!("standby `{name}` replaces {problem}");
            let help = format!("take `{replaced}` out");
            findings.push(rule.finding(path.index(i), message).help(help));
        }
    }
    findings
}
