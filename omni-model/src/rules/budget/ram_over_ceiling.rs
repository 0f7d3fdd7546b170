use crate::{
    budget::{self, Case, when},
    diagnostic::{Diagnostic, Severity},
    facts::Facts,
    rules::{Definition, Rule, Scope, at},
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Error,
    summary: "what a host's services keep in memory, and its reserve, stay within its ceiling",
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
                "what the kernel has of it".to_owned()
            } else {
                format!("its ceiling of {}", host.ram.ceiling)
            };
            let message = format!(
                "ram of `{name}` is over {bound}{}: {} asked of {}, which is {}",
                when(&standbys),
                ledger.total().readable(),
                ledger.supply(),
                ledger.ratio(),
            );
            let help = format!("free {}", over.readable());
            findings.push(rule.finding(at("hosts", name).key("ram"), message).ledger(ledger).help(help));
        }
    }
    findings
}
