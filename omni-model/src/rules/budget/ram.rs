//! B001

use crate::{
    budget,
    deployment::{Deployment, Service},
    diagnostic::{Diagnostic, Severity},
    rules::{
        Rule, at,
        budget::{ledgers, when},
    },
    units::Bytes,
};

/// A host's memory is promised once.
pub(crate) static RULE: Rule = Rule {
    id: "B001",
    name: "ram-over-ceiling",
    severity: Severity::Error,
    summary: "what a host's services keep in memory, and its reserve, stay within its ceiling",
    docs: include_str!("ram.md"),
    check,
};

fn check(rule: &Rule, deployment: &Deployment) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for (name, host) in &deployment.hosts {
        let kept = |service: &Service| Bytes::checked_sum(service.memory.values().copied());
        let demand = |_: &_, service: &Service| {
            let here = budget::stands_on(deployment, service, name);
            kept(service).filter(|_| here).map_or(0, Bytes::get)
        };
        for (standbys, ledger) in
            ledgers(deployment, demand, |running| budget::ram(name, host, deployment, running))
        {
            let Some(over) = ledger.over() else { continue };
            let message = format!(
                "ram of `{name}` is over its ceiling of {}{}: {} asked of {}, which is {}",
                host.ram.ceiling,
                when(&standbys),
                ledger.total(),
                ledger.capacity,
                ledger.ratio(),
            );
            let help = format!("free {over}: at most {} may be asked", ledger.limit);
            findings.push(rule.finding(at("hosts", name).key("ram"), message).ledger(ledger).help(help));
        }
    }
    findings
}
