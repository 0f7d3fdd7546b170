use crate::{
    deployment::{Condition, Deployment, SwapBehavior},
    diagnostic::{Diagnostic, Severity},
    message::message,
    path::ModelPath,
    rules::{Definition, Rule, Scope, at},
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Error,
    summary: "a cluster that gives swap to pods, and an alert about swap, have a host with swap",
    scope: Scope::Deployment(check),
};

fn check(rule: &Rule, deployment: &Deployment) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    if let Some(cluster) = &deployment.cluster
        && cluster.swap != SwapBehavior::NoSwap
        && let Some(host) = deployment.hosts.get(&cluster.host)
        && host.swap.is_none()
    {
        let message = message!("the cluster gives swap to pods, but `{host}` has none", host = cluster.host);
        let help =
            format!("add `{}`, or set `cluster.swap` to `NoSwap`", at("hosts", &cluster.host).key("swap"));
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
            let message = message!("`{alert}` is about swap, but no host has any", alert = name);
            findings.push(rule.finding(path, message).help("add `swap` to a host, or remove the alert"));
        }
    }
    findings
}
