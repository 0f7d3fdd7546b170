use crate::{
    budget::{self, Case, when},
    diagnostic::{Diagnostic, Severity},
    facts::Facts,
    rules::{Definition, Rule, Scope, at},
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Error,
    summary: "services without memory components fit into their host's reserve",
    scope: Scope::EachOption(check),
};

fn check(rule: &Rule, facts: &Facts<'_>) -> Vec<Diagnostic> {
    let deployment = facts.deployment();
    let mut findings = Vec::new();
    for (name, host) in &deployment.hosts {
        for Case { standbys, ledger } in budget::reserve_cases(facts, name, host) {
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
