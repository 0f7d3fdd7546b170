//! B005

use crate::{
    budget::{self, Case},
    deployment::Deployment,
    diagnostic::{Diagnostic, Severity},
    rules::{Rule, at, budget::when, in_options},
    scenario::Scenario,
};

/// A host's reserve holds what lives on it.
pub(crate) static RULE: Rule = Rule {
    id: "B005",
    name: "reserve-over-budget",
    severity: Severity::Error,
    summary: "services without memory components fit into their host's reserve",
    docs: include_str!("reserve.md"),
    check: |rule, deployment| in_options(deployment, |scenario| check(rule, deployment, scenario)),
};

fn check(rule: &Rule, deployment: &Deployment, scenario: &Scenario<'_>) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for (name, host) in &deployment.hosts {
        for Case { standbys, ledger } in budget::reserve_cases(scenario, name, host) {
            let Some(over) = ledger.over() else { continue };
            let message = format!(
                "services that live on the reserve of `{name}` are over it{}: limits of {} in {}",
                when(&standbys),
                ledger.total().readable(),
                ledger.capacity,
            );
            let help =
                format!("raise the reserve by {}, or say what a service keeps in `memory`", over.readable());
            let path = at("hosts", name).key("ram").key("reserve");
            findings.push(rule.finding(path, message).ledger(ledger).help(help));
        }
    }
    findings
}
