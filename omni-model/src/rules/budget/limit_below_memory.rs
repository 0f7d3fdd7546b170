use crate::{
    deployment::Deployment,
    diagnostic::{Diagnostic, Severity},
    ledger::Ledger,
    rules::{Definition, Rule, Scope, at},
    units::Bytes,
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Error,
    summary: "a service's memory limit covers its memory components, its shared memory and its files in memory",
    scope: Scope::Deployment(check),
};

/// Docker refuses a lower limit, and takes none for no limit at all.
const LOWEST: Bytes = Bytes::new(6 << 20);

fn check(rule: &Rule, deployment: &Deployment) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for (name, service) in &deployment.services {
        let (here, limit) = (at("services", name), service.memory_limit);
        let mut ledger = Ledger::new(limit);
        for (component, amount) in &service.memory {
            ledger.add(component.as_str(), *amount, here.key("memory").key(component));
        }
        ledger.add("shm", service.shm.unwrap_or_default(), here.key("shm"));
        for (target, size) in service.tmpfs() {
            ledger.add(target.as_str(), size, here.key("volumes").key(target));
        }
        let path = here.key("memory_limit");
        if ledger.over().is_some() {
            let total = ledger.total().readable();
            let message = format!("memory limit of `{name}` is below what it keeps: {limit} for {total}");
            let help = format!("raise it to {total} at least");
            findings.push(rule.finding(path, message).ledger(ledger).help(help));
        } else if limit < LOWEST {
            let message = format!("memory limit of `{name}` is {limit}, which Docker refuses");
            findings.push(rule.finding(path, message).help(format!("the lowest is {LOWEST}")));
        }
    }
    findings
}
