use crate::{
    catalog::k3s::COMPONENTS,
    deployment::Deployment,
    diagnostic::{Diagnostic, Severity},
    message::message,
    path::ModelPath,
    rules::{Definition, Rule, Scope},
    suggest::did_you_mean,
    words::list,
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Error,
    summary: "`cluster.disable` lists components of k3s other than its DNS",
    scope: Scope::Deployment(check),
};

fn check(rule: &Rule, deployment: &Deployment) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for (i, component) in deployment.cluster.iter().flat_map(|cluster| cluster.disable.iter().enumerate()) {
        let path = ModelPath::root().key("cluster").key("disable").index(i);
        if component.as_str() == "coredns" {
            let message = message!("pods cannot find services by name without `{component}`", component);
            let finding = rule.finding(path.clone(), message);
            findings.push(finding.help("remove `coredns` from `disable`").fix(path, ()));
        } else if !COMPONENTS.contains(&component.as_str()) {
            let message = message!("k3s has no component `{component}`", component);
            let finding = rule.finding(path.clone(), message);
            findings.push(match did_you_mean(component.as_str(), COMPONENTS) {
                Some(meant) => finding.help(format!("did you mean `{meant}`?")).fix(path, meant),
                None => finding.help(format!("use one of {}", list(COMPONENTS))),
            });
        }
    }
    findings
}
