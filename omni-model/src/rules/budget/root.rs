//! B015

use crate::{
    budget,
    diagnostic::{Diagnostic, Severity},
    rules::{Check, Rule, at},
    scenario::Scenario,
};

/// The root file system is promised once.
pub(crate) static RULE: Rule = Rule {
    id: "B015",
    name: "root-disk-over-capacity",
    severity: Severity::Error,
    summary: "what is on a host's root file system fits, with what the kubelet keeps free",
    docs: include_str!("root.md"),
    check: Check::EachOption(check),
};

fn check(rule: &Rule, scenario: &Scenario<'_>) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for (name, host) in &scenario.deployment().hosts {
        let Some(ledger) = budget::root(scenario, name, host) else { continue };
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
