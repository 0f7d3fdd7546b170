use std::collections::HashMap;

use crate::{
    deployment::Deployment,
    diagnostic::{Diagnostic, Severity},
    message::message,
    resolve::RESERVED,
    rules::{Definition, Rule, Scope, at},
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Error,
    summary: "hosts, zones, services and APIs have different names",
    scope: Scope::Deployment(check),
};

fn check(rule: &Rule, deployment: &Deployment) -> Vec<Diagnostic> {
    let named = |map: &'static str, kind: &'static str, names: Vec<&str>| {
        names.into_iter().map(|name| (name.to_owned(), kind, at(map, name))).collect::<Vec<_>>()
    };
    let all = [
        named("hosts", "a host", deployment.hosts.keys().map(AsRef::as_ref).collect()),
        named("zones", "a zone", deployment.zones.keys().map(AsRef::as_ref).collect()),
        named("services", "a service", deployment.services.keys().map(AsRef::as_ref).collect()),
        named("apis", "an API", deployment.apis.keys().map(AsRef::as_ref).collect()),
    ];
    let mut seen = HashMap::new();
    let mut findings = Vec::new();
    for (name, kind, path) in all.into_iter().flatten() {
        if RESERVED.contains(&name.as_str()) {
            let message = message!(
                "`{name}` is the name of {kind}, but it is reserved for what is outside the deployment",
                name,
                kind,
            );
            findings.push(rule.finding(path, message).help("choose another name"));
        } else if let Some((other, other_path)) = seen.get(&name) {
            let message = message!(
                "`{name}` is the name of {other} and of {kind}, so a flow could mean either",
                name,
                other,
                kind,
            );
            let finding = rule.finding(path, message).help("choose another name for one of them");
            findings.push(finding.related(Clone::clone(other_path), "the other one"));
        } else {
            seen.insert(name, (kind, path));
        }
    }
    findings
}
