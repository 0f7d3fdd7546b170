use crate::{
    budget,
    diagnostic::{Diagnostic, Severity},
    facts::Facts,
    rules::{Definition, Rule, Scope, at},
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Error,
    summary: "what is on a host's root file system fits, with what the kubelet keeps free",
    scope: Scope::EachOption(check),
};

fn check(rule: &Rule, facts: &Facts<'_>) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for (name, host) in &facts.deployment().hosts {
        let Some(ledger) = budget::root(facts, name, host) else { continue };
        let Some(over) = ledger.over() else { continue };
        let message = format!(
            "root file system of `{name}` is over capacity: {} asked of {}",
            ledger.total().readable(),
            ledger.supply(),
        );
        let path = at("hosts", name).key("root").key("capacity");
        findings.push(rule.finding(path, message).ledger(ledger).help(format!("free {}", over.readable())));
    }
    findings
}
