use crate::{
    deployment::SwapBehavior,
    diagnostic::{Diagnostic, Severity},
    facts::Facts,
    path::ModelPath,
    rules::{Definition, Rule, Scope, at},
    scenario::Runtime,
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Warning,
    summary: "where a host has swap, the pods that keep much in memory can use it",
    scope: Scope::EachOption(check),
};

fn check(rule: &Rule, facts: &Facts<'_>) -> Vec<Diagnostic> {
    let deployment = facts.deployment();
    let Some(cluster) = &deployment.cluster else { return Vec::new() };
    if deployment.hosts.get(&cluster.host).is_none_or(|host| host.swap.is_none()) {
        return Vec::new();
    }
    let heavy = facts.run_by(Runtime::Kubernetes).filter(|(_, service)| !service.memory.is_empty());
    let mut findings = Vec::new();
    for (name, service) in heavy {
        if cluster.swap == SwapBehavior::NoSwap {
            let message = format!("`{}` has swap, and `{name}` may not use it", cluster.host);
            let path = ModelPath::root().key("cluster").key("swap");
            findings.push(rule.finding(path, message).help("say `swap: LimitedSwap`"));
        } else if service.kept_in_memory().is_some_and(|kept| kept >= service.memory_limit) {
            let message = format!("`{name}` asks for all of its limit, and such a pod gets no swap");
            let help = "raise `memory_limit` above what it keeps";
            findings.push(rule.finding(at("services", name).key("memory_limit"), message).help(help));
        }
    }
    findings
}
