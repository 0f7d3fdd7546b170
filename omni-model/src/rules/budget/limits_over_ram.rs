use crate::{
    budget::{self, Case, when},
    diagnostic::{Diagnostic, Severity},
    facts::Facts,
    rules::{Definition, Rule, Scope, at},
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Error,
    summary: "the memory limits of what runs together are at most the host's memory",
    scope: Scope::EachOption(check),
};

fn check(rule: &Rule, facts: &Facts<'_>) -> Vec<Diagnostic> {
    let deployment = facts.deployment();
    let mut findings = Vec::new();
    for (name, host) in &deployment.hosts {
        for Case { standbys, ledger } in budget::limit_cases(facts, name, host) {
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
