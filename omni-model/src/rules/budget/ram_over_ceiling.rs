use crate::{
    budget::{self, Case, when},
    diagnostic::{Diagnostic, Severity},
    facts::Facts,
    message::{message, said, value},
    rules::{Definition, Rule, Scope, at},
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Error,
    summary: "what services keep in memory, the reserve and huge pages stay within the RAM ceiling of their host",
    scope: Scope::EachOption(check),
};

fn check(rule: &Rule, facts: &Facts<'_>) -> Vec<Diagnostic> {
    let deployment = facts.deployment();
    let mut findings = Vec::new();
    for (name, host) in &deployment.hosts {
        for Case { standbys, ledger } in budget::ram_cases(facts, name, host) {
            let Some(over) = ledger.over() else { continue };
            let within_ceiling = ledger.total() <= host.ram.ceiling.of(ledger.capacity);
            let bound = if within_ceiling {
                said("what the kernel can use", value(&ledger.usable))
            } else {
                said(format!("its ceiling of {}", host.ram.ceiling), value(&host.ram.ceiling))
            };
            let message = message!(
                "RAM of `{host}` is over {bound}{standbys}: {requested} requested of {capacity}{usable}, which is {share}",
                host = name,
                bound,
                standbys = when(&standbys),
                requested = budget::total(&ledger),
                capacity = ledger.capacity,
                usable = budget::usable(&ledger),
                share = ledger.ratio().to_string(),
            );
            let help = format!("free {}", over.readable());
            findings.push(rule.finding(at("hosts", name).key("ram"), message).ledger(ledger).help(help));
        }
    }
    findings
}
