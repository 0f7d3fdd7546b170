use crate::{
    deployment::Deployment,
    diagnostic::{Diagnostic, Severity},
    path::ModelPath,
    registry::k3s::COMPONENTS,
    rules::{Definition, Rule, Scope},
    suggest::did_you_mean,
    words::list,
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Error,
    summary: "what k3s leaves out exists, and is not its DNS",
    scope: Scope::Deployment(check),
};

fn check(rule: &Rule, deployment: &Deployment) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for (i, component) in deployment.cluster.iter().flat_map(|cluster| cluster.disable.iter().enumerate()) {
        let path = ModelPath::root().key("cluster").key("disable").index(i);
        if component.as_str() == "coredns" {
            let message = "without `coredns` no pod finds a service by its name";
            findings.push(rule.finding(path, message).help("take it out of `disable`"));
        } else if !COMPONENTS.contains(&component.as_str()) {
            let help = match did_you_mean(component.as_str(), COMPONENTS) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => format!("there are {}", list(COMPONENTS)),
            };
            findings.push(rule.finding(path, format!("k3s has no component `{component}`")).help(help));
        }
    }
    findings
}
