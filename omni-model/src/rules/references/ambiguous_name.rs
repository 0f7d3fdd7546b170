use std::collections::HashMap;

use crate::{
    deployment::Deployment,
    diagnostic::{Diagnostic, Severity},
    resolve::RESERVED,
    rules::{Definition, Rule, Scope, at},
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Error,
    summary: "a host, a zone, a service and an API have different names",
    scope: Scope::Deployment(check),
};

fn check(rule: &Rule, deployment: &Deployment) -> Vec<Diagnostic> {
    let named = |map: &'static str, what: &'static str, names: Vec<&str>| {
        names.into_iter().map(|name| (name.to_owned(), what, at(map, name))).collect::<Vec<_>>()
    };
    let all = [
        named("hosts", "host", deployment.hosts.keys().map(AsRef::as_ref).collect()),
        named("zones", "zone", deployment.zones.keys().map(AsRef::as_ref).collect()),
        named("services", "service", deployment.services.keys().map(AsRef::as_ref).collect()),
        named("apis", "API", deployment.apis.keys().map(AsRef::as_ref).collect()),
    ];
    let mut seen = HashMap::new();
    let mut findings = Vec::new();
    for (name, what, path) in all.into_iter().flatten() {
        if RESERVED.contains(&name.as_str()) {
            let message = format!("{what} `{name}` has the name of somebody outside the deployment");
            findings.push(rule.finding(path, message).help(format!("give the {what} another name")));
        } else if let Some((other, other_path)) = seen.get(&name) {
            let message =
                format!("`{name}` is the name of a {other} and of a {what}: a flow could mean either");
            let help = format!("give the {what} another name");
            let finding = rule.finding(path, message).help(help);
            findings.push(finding.related(Clone::clone(other_path), format!("the {other} `{name}`")));
        } else {
            seen.insert(name, (what, path));
        }
    }
    findings
}
