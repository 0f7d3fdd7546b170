use crate::{
    budget::{self, Case, when},
    diagnostic::{Diagnostic, Severity},
    facts::Facts,
    message::message,
    rules::{Definition, Rule, Scope, at},
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Error,
    summary: "services do not request more VRAM of a GPU than programs can use",
    scope: Scope::EachOption(check),
};

fn check(rule: &Rule, facts: &Facts<'_>) -> Vec<Diagnostic> {
    let deployment = facts.deployment();
    let mut findings = Vec::new();
    for (name, host) in &deployment.hosts {
        for gpu in host.gpus.keys() {
            for Case { standbys, ledger } in budget::vram_cases(facts, name, host, gpu) {
                let Some(over) = ledger.over() else { continue };
                // The last to come is the one that does not fit any more.
                let Some(last) = ledger.entries.last().cloned() else { continue };
                let rest = last.amount.checked_sub(over).filter(|rest| !rest.is_zero());
                let help = match rest {
                    Some(rest) => format!("give `{}` no VRAM, or at most {rest}", last.label),
                    None => format!("give `{}` no VRAM", last.label),
                };
                let message = message!(
                    "VRAM of `{gpu}` is over budget{standbys}: {requested} requested of {capacity}{usable}",
                    gpu,
                    standbys = when(&standbys),
                    requested = budget::total(&ledger),
                    capacity = ledger.capacity,
                    usable = budget::usable(&ledger),
                );
                let finding = rule.finding(last.path.clone(), message).ledger(ledger).help(help);
                let has = at("hosts", name).key("gpus").key(gpu).key("vram");
                findings.push(finding.fix(last.path, rest).related(has, "what it has"));
            }
        }
    }
    findings
}
