//! B009

use crate::{
    budget::{self, Case},
    deployment::State,
    diagnostic::{Diagnostic, Severity},
    path::ModelPath,
    rules::{Check, Rule, at, budget::when},
    scenario::{Runtime, Scenario},
};

/// A node gives its pods what it does not keep for itself.
pub(crate) static RULE: Rule = Rule {
    id: "B009",
    name: "pods-over-allocatable",
    severity: Severity::Error,
    summary: "the kubelet can give the pods what they ask for",
    docs: include_str!("allocatable.md"),
    check: Check::EachOption(check),
};

fn check(rule: &Rule, scenario: &Scenario<'_>) -> Vec<Diagnostic> {
    let deployment = scenario.deployment();
    let Some(cluster) = deployment.cluster.as_ref().filter(|_| scenario.has_kubernetes()) else {
        return Vec::new();
    };
    let Some((name, host)) = deployment.hosts.get_key_value(&cluster.host) else { return Vec::new() };
    let mut findings = Vec::new();
    for Case { standbys, mut ledger } in budget::ram_cases(scenario, name, host) {
        let eviction = ModelPath::root().key("cluster").key("eviction").key("memory_available");
        ledger.add("kept from eviction", cluster.eviction.memory_available, eviction.clone());
        for (service, spec) in scenario.run_by(Runtime::Kubernetes) {
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
