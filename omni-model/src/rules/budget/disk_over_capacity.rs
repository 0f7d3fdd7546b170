use crate::{
    budget,
    deployment::Deployment,
    diagnostic::{Diagnostic, Severity},
    message::message,
    rules::{Definition, Rule, Scope, at},
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Error,
    summary: "models, the swap file and the directories fit on the storage of their host",
    scope: Scope::Deployment(check),
};

fn check(rule: &Rule, deployment: &Deployment) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for (name, host) in &deployment.hosts {
        let Some(ledger) = budget::disk(name, host, deployment) else { continue };
        let Some(over) = ledger.over() else { continue };
        let message = message!(
            "storage of `{host}` is over capacity: {requested} requested of {capacity}{usable}",
            host = name,
            requested = budget::total(&ledger),
            capacity = ledger.capacity,
            usable = budget::usable(&ledger),
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
            let message = message!(
                "`{host}` has no directory for models, but `{model}` is downloaded to it",
                host = name,
                model
            );
            let models = at("hosts", name).key("storage").key("models");
            let help = format!("set `{models}` to the name of one of the directories");
            findings.push(rule.finding(at("models", model), message).help(help));
        }
    }
    findings
}
