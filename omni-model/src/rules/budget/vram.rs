//! B002

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

/// A GPU's memory is promised once.
pub(crate) static RULE: Rule = Rule {
    id: "B002",
    name: "vram-over-budget",
    severity: Severity::Error,
    summary: "what services take of a GPU's memory is at most what it has",
    docs: include_str!("vram.md"),
    check,
};

fn check(rule: &Rule, deployment: &Deployment) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for (name, host) in &deployment.hosts {
        for gpu in host.gpus.keys() {
            let asked = |service: &Service| service.vram.get(gpu).copied().unwrap_or_default();
            let demand = |_: &_, service: &Service| {
                if budget::stands_on(deployment, service, name) { asked(service).get() } else { 0 }
            };
            let ledger = |running: &_| {
                let mut ledgers = budget::vram(name, host, deployment, running);
                ledgers.swap_remove(gpu).unwrap_or_else(|| budget::Ledger::new(Bytes::ZERO))
            };
            for (standbys, ledger) in ledgers(deployment, demand, ledger) {
                let Some(over) = ledger.over() else { continue };
                // The last to come is the one that does not fit any more.
                let Some(last) = ledger.entries.last().cloned() else { continue };
                let help = match last.amount.checked_sub(over).filter(|rest| !rest.is_zero()) {
                    Some(rest) => format!("give `{}` no vram, or at most {rest}", last.label),
                    None => format!("give `{}` no vram", last.label),
                };
                let message = format!(
                    "vram of `{gpu}` is over budget{}: {} asked of {}",
                    when(&standbys),
                    ledger.total(),
                    ledger.capacity,
                );
                let finding = rule.finding(last.path, message).ledger(ledger).help(help);
                findings
                    .push(finding.related(at("hosts", name).key("gpus").key(gpu).key("vram"), "what it has"));
            }
        }
    }
    findings
}
