//! B004

use crate::{
    budget::{self, Case},
    diagnostic::{Diagnostic, Severity},
    rules::{Check, Rule, at, budget::when},
    scenario::Scenario,
};

/// Every service may come to its limit at once.
pub(crate) static RULE: Rule = Rule {
    id: "B004",
    name: "limits-over-ram",
    severity: Severity::Error,
    summary: "the memory limits of what runs together are at most the host's memory",
    docs: include_str!("limits.md"),
    check: Check::EachOption(check),
};

fn check(rule: &Rule, scenario: &Scenario<'_>) -> Vec<Diagnostic> {
    let deployment = scenario.deployment();
    let mut findings = Vec::new();
    for (name, host) in &deployment.hosts {
        for Case { standbys, ledger } in budget::limit_cases(scenario, name, host) {
            let Some(over) = ledger.over() else { continue };
            let message = format!(
                "memory limits on `{name}` are over its ram{}: {} promised of {}",
                when(&standbys),
                ledger.total().readable(),
                ledger.supply(),
            );
            let ram = at("hosts", name).key("ram");
            let path = if host.ram.usable.is_some() { ram.key("usable") } else { ram.key("capacity") };
            findings.push(
                rule.finding(path, message)
                    .ledger(ledger)
                    .help(format!("lower limits by {}", over.readable())),
            );
        }
    }
    findings
}
