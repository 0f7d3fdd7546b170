//! B001

use crate::{
    budget::{self, Case},
    deployment::Deployment,
    diagnostic::{Diagnostic, Severity},
    rules::{Rule, at, budget::when, in_options},
    scenario::Scenario,
};

/// A host's memory is promised once.
pub(crate) static RULE: Rule = Rule {
    id: "B001",
    name: "ram-over-ceiling",
    severity: Severity::Error,
    summary: "what a host's services keep in memory, and its reserve, stay within its ceiling",
    docs: include_str!("ram.md"),
    check: |rule, deployment| in_options(deployment, |scenario| check(rule, deployment, scenario)),
};

fn check(rule: &Rule, deployment: &Deployment, scenario: &Scenario<'_>) -> Vec<Diagnostic> {
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
