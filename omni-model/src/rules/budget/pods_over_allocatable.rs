use crate::{
    budget::{self, Case, in_words, when},
    deployment::State,
    diagnostic::{Diagnostic, Severity},
    facts::Facts,
    message::message,
    path::ModelPath,
    rules::{Definition, Rule, Scope, at},
    scenario::Runtime,
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Error,
    summary: "pods do not request more memory than the kubelet can allocate",
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
        ledger.add("eviction threshold", cluster.eviction.memory_available, eviction.clone());
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
        let message = message!(
            "memory that the kubelet can allocate on `{host}` is over budget{standbys}: {requested} requested of {available}",
            host = name,
            standbys = when(&standbys),
            requested = budget::total(&ledger),
            available = in_words(ledger.limit),
        );
        let help = format!("free {}", over.readable());
        findings.push(rule.finding(eviction, message).ledger(ledger).help(help));
    }
    findings
}
