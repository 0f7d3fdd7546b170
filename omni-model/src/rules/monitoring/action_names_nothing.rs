use crate::{
    deployment::{Action, Deployment},
    diagnostic::{Diagnostic, Severity},
    message::message,
    path::ModelPath,
    rules::{Definition, Rule, Scope},
    suggest::did_you_mean,
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Error,
    summary: "each Deployment that an alert's action names exists",
    scope: Scope::Deployment(check),
};

fn check(rule: &Rule, deployment: &Deployment) -> Vec<Diagnostic> {
    let names: Vec<_> = deployment.services.iter().map(|(name, service)| service.workload(name)).collect();
    let mut findings = Vec::new();
    for (name, alert) in deployment.monitoring.iter().flat_map(|monitoring| &monitoring.alerts) {
        let Some(Action::Manual(text)) = &alert.action else { continue };
        for deployed in deployments(text.as_str()).filter(|name| !names.contains(name)) {
            let message = message!(
                "the action of `{alert}` names the Deployment `{deployed}`, which does not exist",
                alert = name,
                deployed,
            );
            let help = match did_you_mean(deployed, names.iter().copied()) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => "to stop a service, write `stop: SERVICE`: Omni generates the command".to_owned(),
            };
            let path = ModelPath::root().key("monitoring").key("alerts").key(name).key("action");
            findings.push(rule.finding(path.key("manual"), message).help(help));
        }
    }
    findings
}

/// The Deployments that a kubectl command names: `deployment web`, `deploy/web`.
fn deployments(text: &str) -> impl Iterator<Item = &str> {
    const KINDS: [&str; 4] = ["deploy", "deployment", "deployments", "deployment.apps"];
    let words: Vec<&str> = text.split_whitespace().collect();
    let kubectl = words.contains(&"kubectl");
    let pairs = words.windows(2).filter_map(|pair| match pair {
        [kind, name] if KINDS.contains(kind) && !name.starts_with('-') => Some(*name),
        _ => None,
    });
    let slashed = words.iter().filter_map(|word| {
        let (kind, name) = word.split_once('/')?;
        KINDS.contains(&kind).then_some(name)
    });
    let all: Vec<_> = pairs.chain(slashed).filter(|_| kubectl).collect();
    all.into_iter()
}
