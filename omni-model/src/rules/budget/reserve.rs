//! B005

use crate::{
    budget::{self, Case},
    diagnostic::{Diagnostic, Severity},
    rules::{Check, Rule, at, budget::when},
    scenario::Scenario,
};

/// A host's reserve holds what lives on it.
pub(crate) static RULE: Rule = Rule {
    id: "B005",
    name: "reserve-over-budget",
    severity: Severity::Error,
    summary: "services without memory components fit into their host's reserve",
    docs: include_str!("reserve.md"),
    check: Check::EachOption(check),
};

fn check(rule: &Rule, scenario: &Scenario<'_>) -> Vec<Diagnostic> {
    let deployment = scenario.deployment();
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
