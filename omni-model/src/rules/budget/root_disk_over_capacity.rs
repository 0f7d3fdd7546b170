use crate::{
    budget,
    diagnostic::{Diagnostic, Severity},
    facts::Facts,
    message::message,
    rules::{Definition, Rule, Scope, at},
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Error,
    summary: "what lies on the root file system of a host fits, including what the kubelet keeps free",
    scope: Scope::EachOption(check),
};

fn check(rule: &Rule, facts: &Facts<'_>) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for (name, host) in &facts.deployment().hosts {
        let Some(ledger) = budget::root(facts, name, host) else { continue };
        let Some(over) = ledger.over() else { continue };
        let message = message!(
            "root file system of `{host}` is over capacity: {requested} requested of {capacity}{usable}",
            host = name,
            requested = budget::total(&ledger),
            capacity = ledger.capacity,
            usable = budget::usable(&ledger),
        );
        let path = at("hosts", name).key("root").key("capacity");
        findings.push(rule.finding(path, message).ledger(ledger).help(format!("free {}", over.readable())));
    }
    findings
}
