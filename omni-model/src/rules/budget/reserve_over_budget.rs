use crate::{
    budget::{self, Case, when},
    diagnostic::{Diagnostic, Severity},
    facts::Facts,
    message::message,
    rules::{Definition, Rule, Scope, at},
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Error,
    summary: "the memory limits of services without `memory` fit into the reserve of their host",
    scope: Scope::EachOption(check),
};

fn check(rule: &Rule, facts: &Facts<'_>) -> Vec<Diagnostic> {
    let deployment = facts.deployment();
    let mut findings = Vec::new();
    for (name, host) in &deployment.hosts {
        for Case { standbys, ledger } in budget::reserve_cases(facts, name, host) {
            let Some(over) = ledger.over() else { continue };
            let message = message!(
                "services without `memory` exceed the reserve of `{host}`{standbys}: {requested} requested of {reserve}",
                host = name,
                standbys = when(&standbys),
                requested = budget::total(&ledger),
                reserve = ledger.capacity,
            );
            let help =
                format!("raise the reserve by {}, or declare `memory` for some of them", over.readable());
            let path = at("hosts", name).key("ram").key("reserve");
            findings.push(rule.finding(path, message).ledger(ledger).help(help));
        }
    }
    findings
}
