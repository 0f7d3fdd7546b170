use crate::{
    deployment::{Condition, Deployment, SwapBehavior},
    diagnostic::{Diagnostic, Severity},
    path::ModelPath,
    rules::{Definition, Rule, Scope, at},
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Error,
    summary: "a cluster that gives pods swap, and alerts about swap, stand beside a host that has some",
    scope: Scope::Deployment(check),
};

fn check(rule: &Rule, deployment: &Deployment) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    if let Some(cluster) = &deployment.cluster
        && cluster.swap != SwapBehavior::NoSwap
        && let Some(host) = deployment.hosts.get(&cluster.host)
        && host.swap.is_none()
    {
        let message = format!("the cluster gives swap to pods, and `{}` has none", cluster.host);
        let help = format!("add `{}`, or say `NoSwap`", at("hosts", &cluster.host).key("swap"));
        findings.push(rule.finding(ModelPath::root().key("cluster").key("swap"), message).help(help));
    }
    if deployment.hosts.values().any(|host| host.swap.is_some()) {
        return findings;
    }
    for (name, alert) in deployment.monitoring.iter().flat_map(|monitoring| &monitoring.alerts) {
        let about_swap =
            matches!(alert.when, Condition::SwapUsed(_) | Condition::SwapMissing | Condition::SwapStorm(_));
        if about_swap {
            let path = ModelPath::root().key("monitoring").key("alerts").key(name).key("when");
            let message = format!("`{name}` is about swap, and no host has any");
            findings.push(rule.finding(path, message).help("add `swap` to a host, or take the alert out"));
        }
    }
    findings
}
