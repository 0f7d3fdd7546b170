use crate::{
    budget,
    deployment::Deployment,
    diagnostic::{Diagnostic, Severity},
    rules::{Definition, Rule, Scope, at},
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Error,
    summary: "models, the swap file and the directories fit on the host's storage",
    scope: Scope::Deployment(check),
};

fn check(rule: &Rule, deployment: &Deployment) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for (name, host) in &deployment.hosts {
        let Some(ledger) = budget::disk(name, host, deployment) else { continue };
        let Some(over) = ledger.over() else { continue };
        let message = format!(
            "disk of `{name}` is over capacity: {} asked of {}",
            ledger.total().readable(),
            ledger.supply()
        );
        let path = at("hosts", name).key("storage").key("capacity");
        findings.push(rule.finding(path, message).ledger(ledger).help(format!("free {}", over.readable())));
    }
    for (model, spec) in &deployment.models {
        let host = match &spec.host {
            Some(name) => deployment.hosts.get_key_value(name),
            None => deployment.hosts.first().filter(|_| deployment.hosts.len() == 1),
        };
        let Some((name, host)) = host else { continue };
        if host.storage.as_ref().is_none_or(|storage| storage.models.is_none()) {
            let message = format!("`{name}` has no directory for models, and `{model}` is downloaded to it");
            let help = format!("add `hosts.{name}.storage.models`, the name of one of the directories");
            findings.push(rule.finding(at("models", model), message).help(help));
        }
    }
    findings
}
