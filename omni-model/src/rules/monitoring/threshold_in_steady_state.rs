use crate::{
    budget::{self, FileSystem},
    deployment::{
        Condition, Deployment,
        condition::{DiskLow, MemoryUsed, ServiceMemory, VramUsed},
    },
    diagnostic::{Diagnostic, Severity},
    facts::Facts,
    ledger::Ledger,
    path::ModelPath,
    rules::{Definition, Rule, Scope},
    running,
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Warning,
    summary: "an alert is silent as long as all is as planned",
    scope: Scope::EachOption(check),
};

fn check(rule: &Rule, facts: &Facts<'_>) -> Vec<Diagnostic> {
    let deployment = facts.deployment();
    let mut findings = Vec::new();
    for (name, alert) in deployment.monitoring.iter().flat_map(|monitoring| &monitoring.alerts) {
        let path = ModelPath::root().key("monitoring").key("alerts").key(name).key("when");
        for (what, threshold, ledger) in steady(deployment, facts, &alert.when) {
            let (planned, capacity) =
                (u128::from(ledger.total().get()) * 100, u128::from(ledger.capacity.get()));
            // What does not fit at all is another rule's.
            if planned <= u128::from(threshold) * capacity || planned > capacity * 100 {
                continue;
            }
            let ratio = ledger.ratio();
            let message =
                format!("`{name}` fires beyond {threshold} %, and {what} is planned to be at {ratio}");
            let help = "move the threshold beyond what is planned";
            findings.push(rule.finding(path.clone(), message).ledger(ledger).help(help));
        }
    }
    findings
}

/// What an alert is about, beyond how many percent it fires, and what is planned.
fn steady(deployment: &Deployment, facts: &Facts<'_>, when: &Condition) -> Vec<(String, u8, Ledger)> {
    let mut all = Vec::new();
    for (name, host) in &deployment.hosts {
        let running = || running::active(facts, name);
        match when {
            Condition::MemoryUsed(MemoryUsed { above }) => {
                let mut ledger = budget::ram(facts, name, host, &running());
                // What is only estimated is no reason to warn.
                ledger.capacity = host.ram.usable.unwrap_or(host.ram.capacity);
                ledger.usable = ledger.capacity;
                ledger.limit = above.of(ledger.capacity);
                all.push((format!("the memory of `{name}`"), above.get(), ledger));
            }
            Condition::VramUsed(VramUsed { above }) => {
                for (gpu, mut ledger) in budget::vram(facts, name, host, &running()) {
                    ledger.capacity = ledger.usable;
                    ledger.limit = above.of(ledger.capacity);
                    all.push((format!("the memory of `{gpu}`"), above.get(), ledger));
                }
            }
            Condition::ServiceMemory(ServiceMemory { above }) => {
                let here = facts
                    .active()
                    .filter(|(_, service)| facts.host(service).is_some_and(|(host, _)| host == name));
                for (service, spec) in here {
                    let mut ledger = Ledger::new(spec.memory_limit);
                    let path = ModelPath::root().key("services").key(service).key("memory");
                    for (component, amount) in &spec.memory {
                        ledger.add(component.as_str(), *amount, path.clone().key(component));
                    }
                    ledger.limit = above.of(ledger.capacity);
                    all.push((format!("the memory of `{service}`"), above.get(), ledger));
                }
            }
            Condition::DiskLow(DiskLow { below }) => {
                for FileSystem { mount, ledger } in budget::file_systems(facts, name, host) {
                    let Some(mut ledger) = ledger else { continue };
                    ledger.capacity = ledger.usable;
                    all.push((format!("`{mount}` of `{name}`"), 100 - below.get(), ledger));
                }
            }
            _ => {}
        }
    }
    all
}
