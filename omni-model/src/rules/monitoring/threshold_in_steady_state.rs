use crate::{
    budget::{self, FileSystem},
    deployment::{
        Condition, Deployment,
        condition::{DiskLow, MemoryUsed, ServiceMemory, VramUsed},
    },
    diagnostic::{Diagnostic, Severity},
    facts::Facts,
    ledger::Ledger,
    message::{Said, message, said},
    path::ModelPath,
    rules::{Definition, Rule, Scope},
    running,
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Warning,
    summary: "an alert is silent while memory and disks are as full as planned",
    scope: Scope::EachOption(check),
};

fn check(rule: &Rule, facts: &Facts<'_>) -> Vec<Diagnostic> {
    let deployment = facts.deployment();
    let mut findings = Vec::new();
    for (name, alert) in deployment.monitoring.iter().flat_map(|monitoring| &monitoring.alerts) {
        let path = ModelPath::root().key("monitoring").key("alerts").key(name).key("when");
        let help = match alert.when {
            Condition::DiskLow(_) => "set `below` to less than what is planned to be free",
            _ => "set `above` to more than what is planned",
        };
        for Planned { subject, threshold, ledger } in planned(deployment, facts, &alert.when) {
            let (total, capacity) =
                (u128::from(ledger.total().get()) * 100, u128::from(ledger.capacity.get()));
            // The rules about budgets report what does not fit at all.
            if total <= u128::from(threshold) * capacity || total > capacity * 100 {
                continue;
            }
            let message = message!(
                "`{alert}` fires above {threshold} %, but {subject} is planned to be {ratio} full",
                alert = name,
                threshold,
                subject,
                ratio = ledger.ratio().to_string(),
            );
            findings.push(rule.finding(path.clone(), message).ledger(ledger).help(help));
        }
    }
    findings
}

/// Memory or a disk that an alert watches.
struct Planned<'a> {
    /// What it is, and the names in that.
    subject: Said<Vec<&'a str>>,
    /// The percentage above which the alert fires.
    threshold: u8,
    /// The planned use.
    ledger: Ledger,
}

/// Everything that an alert watches.
fn planned<'a>(deployment: &'a Deployment, facts: &Facts<'a>, when: &Condition) -> Vec<Planned<'a>> {
    let mut all = Vec::new();
    for (name, host) in &deployment.hosts {
        let running = || running::active(facts, name);
        match when {
            Condition::MemoryUsed(MemoryUsed { above }) => {
                let mut ledger = budget::ram(facts, name, host, &running());
                // An estimate is not a reason to warn.
                ledger.capacity = host.ram.usable.unwrap_or(host.ram.capacity);
                ledger.usable = ledger.capacity;
                ledger.limit = above.of(ledger.capacity);
                let subject = said(format!("the RAM of `{name}`"), vec![name.as_str()]);
                all.push(Planned { subject, threshold: above.get(), ledger });
            }
            Condition::VramUsed(VramUsed { above }) => {
                for (gpu, mut ledger) in budget::vram(facts, name, host, &running()) {
                    ledger.capacity = ledger.usable;
                    ledger.limit = above.of(ledger.capacity);
                    let subject = said(format!("the VRAM of `{gpu}`"), vec![gpu.as_str()]);
                    all.push(Planned { subject, threshold: above.get(), ledger });
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
                    let subject = said(format!("the memory of `{service}`"), vec![service.as_str()]);
                    all.push(Planned { subject, threshold: above.get(), ledger });
                }
            }
            Condition::DiskLow(DiskLow { below }) => {
                for FileSystem { mount, ledger } in budget::file_systems(facts, name, host) {
                    let Some(mut ledger) = ledger else { continue };
                    ledger.capacity = ledger.usable;
                    let subject = said(format!("`{mount}` on `{name}`"), vec![mount, name.as_str()]);
                    all.push(Planned { subject, threshold: 100 - below.get(), ledger });
                }
            }
            _ => {}
        }
    }
    all
}
