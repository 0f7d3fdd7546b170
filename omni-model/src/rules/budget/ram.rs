//! B001

use crate::{
    budget::{self, Case},
    diagnostic::{Diagnostic, Severity},
    rules::{Check, Rule, at, budget::when},
    scenario::Scenario,
};

/// A host's memory is promised once.
pub(crate) static RULE: Rule = Rule {
    id: "B001",
    name: "ram-over-ceiling",
    severity: Severity::Error,
    summary: "what a host's services keep in memory, and its reserve, stay within its ceiling",
    docs: include_str!("ram.md"),
    check: Check::EachOption(check),
};

fn check(rule: &Rule, scenario: &Scenario<'_>) -> Vec<Diagnostic> {
    let deployment = scenario.deployment();
    let mut findings = Vec::new();
    for (name, host) in &deployment.hosts {
        for Case { standbys, ledger } in budget::ram_cases(scenario, name, host) {
            let Some(over) = ledger.over() else { continue };
            let message = format!(
                "ram of `{name}` is over its ceiling of {}{}: {} asked of {}, which is {}",
                host.ram.ceiling,
                when(&standbys),
                ledger.total().readable(),
                ledger.capacity,
                ledger.ratio(),
            );
            let help = format!("free {}", over.readable());
            findings.push(rule.finding(at("hosts", name).key("ram"), message).ledger(ledger).help(help));
        }
    }
    findings
}
