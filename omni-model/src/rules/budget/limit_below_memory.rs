use crate::{
    budget,
    deployment::Deployment,
    diagnostic::{Diagnostic, Severity},
    ledger::Ledger,
    message::message,
    rules::{Definition, Rule, Scope, at},
    units::Bytes,
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Error,
    summary: "a service's memory limit covers its memory components, `shm` and `tmpfs` volumes",
    scope: Scope::Deployment(check),
};

/// The lowest limit that Docker accepts. It takes 0 as no limit.
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
            let total = ledger.total();
            let message = message!(
                "memory limit of `{service}` is {limit}, but the service keeps {kept} in memory",
                service = name,
                limit,
                kept = budget::total(&ledger),
            );
            let finding = rule.finding(path.clone(), message).ledger(ledger);
            findings.push(finding.help(format!("raise it to at least {total}")).fix(path, total));
        } else if limit < LOWEST {
            let message = message!(
                "memory limit of `{service}` is {limit}, but Docker accepts no limit below {lowest}",
                service = name,
                limit,
                lowest = LOWEST,
            );
            findings.push(rule.finding(path, message).help(format!("raise it to at least {LOWEST}")));
        }
    }
    findings
}
