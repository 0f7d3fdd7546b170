//! B002

use crate::{
    budget::{self, Case},
    diagnostic::{Diagnostic, Severity},
    rules::{Check, Rule, at, budget::when},
    scenario::Scenario,
};

/// A GPU's memory is promised once.
pub(crate) static RULE: Rule = Rule {
    id: "B002",
    name: "vram-over-budget",
    severity: Severity::Error,
    summary: "what services take of a GPU's memory is at most what it has",
    docs: include_str!("vram.md"),
    check: Check::EachOption(check),
};

fn check(rule: &Rule, scenario: &Scenario<'_>) -> Vec<Diagnostic> {
    let deployment = scenario.deployment();
    let mut findings = Vec::new();
    for (name, host) in &deployment.hosts {
        for gpu in host.gpus.keys() {
            for Case { standbys, ledger } in budget::vram_cases(scenario, name, host, gpu) {
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
                    ledger.total().readable(),
                    ledger.supply(),
                );
                let finding = rule.finding(last.path, message).ledger(ledger).help(help);
                findings
                    .push(finding.related(at("hosts", name).key("gpus").key(gpu).key("vram"), "what it has"));
            }
        }
    }
    findings
}
