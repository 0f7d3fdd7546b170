use crate::{
    budget::in_words,
    deployment::SwapBehavior,
    diagnostic::{Diagnostic, Severity},
    facts::Facts,
    message::message,
    path::ModelPath,
    rules::{Definition, Rule, Scope, at},
    scenario::Runtime,
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Warning,
    summary: "pods with `memory` can use the swap of their host",
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
            let message = message!(
                "`{host}` has swap, but pod `{service}` may not use it",
                host = cluster.host,
                service = name,
            );
            // `NoSwap` is the default: there may be no key.
            let path = ModelPath::root().key("cluster");
            let swap = path.key("swap");
            let help = "set `cluster.swap` to `LimitedSwap`";
            findings.push(rule.finding(path, message).help(help).fix(swap, SwapBehavior::LimitedSwap));
        } else if let Some(kept) = service.kept_in_memory().filter(|kept| *kept >= service.memory_limit) {
            let message = message!(
                "pod `{service}` gets no swap: it requests {requested}, which is all of its memory limit",
                service = name,
                requested = in_words(kept),
            );
            let help = format!("raise `memory_limit` above {kept}");
            findings.push(rule.finding(at("services", name).key("memory_limit"), message).help(help));
        }
    }
    findings
}
