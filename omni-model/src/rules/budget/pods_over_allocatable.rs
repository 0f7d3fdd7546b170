use crate::{
    budget::{self, Case, when},
    deployment::State,
    diagnostic::{Diagnostic, Severity},
    facts::Facts,
    path::ModelPath,
    rules::{Definition, Rule, Scope, at},
    scenario::Runtime,
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Error,
    summary: "the kubelet can give the pods what they ask for",
    scope: Scope::EachOption(check),
};

fn check(rule: &Rule, facts: &Facts<'_>) -> Vec<Diagnostic> {
    let deployment = facts.deployment();
    let Some(cluster) = deployment.cluster.as_ref().filter(|_| facts.has_kubernetes()) else {
        return Vec::new();
    };
    let Some((name, host)) = deployment.hosts.get_key_value(&cluster.host) else { return Vec::new() };
    let mut findings = Vec::new();
    for Case { standbys, mut ledger } in budget::ram_cases(facts, name, host) {
        let eviction = ModelPath::root().key("cluster").key("eviction").key("memory_available");
        ledger.add("kept from eviction", cluster.eviction.memory_available, eviction.clone());
        for (service, spec) in facts.run_by(Runtime::Kubernetes) {
            let here = spec.state == State::Active || standbys.contains(&service);
            if !here || spec.memory.is_empty() {
                continue;
            }
            let path = at("services", service);
            ledger.add(format!("{service} shm"), spec.shm.unwrap_or_default(), path.key("shm"));
            for (target, size) in spec.tmpfs() {
                ledger.add(format!("{service} {target}"), size, path.key("volumes").key(target));
            }
        }
        ledger.limit = host.ram.available();
        let Some(over) = ledger.over() else { continue };
        let message = format!(
            "a pod on `{name}` waits forever{}: {} asked of {}",
            when(&standbys),
            ledger.total().readable(),
            ledger.limit,
        );
        let help = format!("free {}", over.readable());
        findings.push(rule.finding(eviction, message).ledger(ledger).help(help));
    }
    findings
}
