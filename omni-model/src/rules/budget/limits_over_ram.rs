use crate::{
    budget::{self, Case, when},
    diagnostic::{Diagnostic, Severity},
    facts::Facts,
    message::message,
    rules::{Definition, Rule, Scope, at},
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Error,
    summary: "the memory limits of services that may run together do not exceed the RAM of their host",
    scope: Scope::EachOption(check),
};

fn check(rule: &Rule, facts: &Facts<'_>) -> Vec<Diagnostic> {
    let deployment = facts.deployment();
    let mut findings = Vec::new();
    for (name, spec) in &deployment.hosts {
        for Case { standbys, ledger } in budget::limit_cases(facts, name, spec) {
            let Some(over) = ledger.over() else { continue };
            let message = message!(
                "memory limits on `{host}` exceed its RAM{standbys}: {requested} requested of {capacity}{usable}",
                host = name,
                standbys = when(&standbys),
                requested = budget::total(&ledger),
                capacity = ledger.capacity,
                usable = budget::usable(&ledger),
            );
            let ram = at("hosts", name).key("ram");
            let path = if spec.ram.usable.is_some() { ram.key("usable") } else { ram.key("capacity") };
            findings.push(
                rule.finding(path, message)
                    .ledger(ledger)
                    .help(format!("lower them by {} in total", over.readable())),
            );
        }
    }
    findings
}
