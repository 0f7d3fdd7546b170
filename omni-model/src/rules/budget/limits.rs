//! B004

use crate::{
    budget::{self, Case},
    deployment::Deployment,
    diagnostic::{Diagnostic, Severity},
    rules::{Rule, at, budget::when, in_options},
    scenario::Scenario,
};

/// Every service may come to its limit at once.
pub(crate) static RULE: Rule = Rule {
    id: "B004",
    name: "limits-over-ram",
    severity: Severity::Error,
    summary: "the memory limits of what runs together are at most the host's memory",
    docs: include_str!("limits.md"),
    check: |rule, deployment| in_options(deployment, |scenario| check(rule, deployment, scenario)),
};

fn check(rule: &Rule, deployment: &Deployment, scenario: &Scenario<'_>) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for (name, host) in &deployment.hosts {
        for Case { standbys, ledger } in budget::limit_cases(scenario, name, host) {
            let Some(over) = ledger.over() else { continue };
            let message = format!(
                "memory limits on `{name}` are over its ram{}: {} promised of {}",
                when(&standbys),
                ledger.total().readable(),
                ledger.capacity,
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
