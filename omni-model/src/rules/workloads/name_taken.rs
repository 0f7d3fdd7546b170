use std::collections::HashMap;

use crate::{
    deployment::Service,
    diagnostic::{Diagnostic, Severity},
    facts::Facts,
    names::ServiceName,
    path::ModelPath,
    rules::{Definition, Rule, Scope, at},
    scenario::{Runtime, Scenario},
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Error,
    summary: "no two containers of a host, and no two Deployments of a namespace, have the same name",
    scope: Scope::EachOption(check),
};

/// A kind of thing that has a name, and the key of a service that says it.
#[derive(Clone, Copy)]
struct Kind {
    what: &'static str,
    key: &'static str,
    is_said: fn(&Service) -> bool,
}

const CONTAINER: Kind =
    Kind { what: "container", key: "container_name", is_said: |service| service.container_name.is_some() };
const DEPLOYMENT: Kind =
    Kind { what: "Deployment", key: "deployment_name", is_said: |service| service.deployment_name.is_some() };

fn check(rule: &Rule, facts: &Facts<'_>) -> Vec<Diagnostic> {
    let mut taken: HashMap<(&str, String, &str), &ServiceName> = HashMap::new();
    let mut findings = Vec::new();
    for (name, service) in facts.services() {
        for (kind, place, called) in names(facts, name, service) {
            if let Some(other) = taken.insert((kind.key, place, called), name) {
                findings.push(finding(rule, facts, kind, called, [other, name]));
            }
        }
    }
    findings
}

/// The names of a service's container and of its Deployment, each with the place in which no other may have it.
fn names<'a>(
    facts: &Scenario<'a>,
    name: &'a ServiceName,
    service: &'a Service,
) -> impl Iterator<Item = (Kind, String, &'a str)> {
    let container =
        facts.host(service).map(|(host, _)| (CONTAINER, host.to_string(), service.container(name)));
    let deployment = (facts.runtime(service) == Runtime::Kubernetes)
        .then(|| facts.namespace(&service.zone))
        .flatten()
        .map(|namespace| (DEPLOYMENT, namespace.to_string(), service.workload(name)));
    container.into_iter().chain(deployment)
}

fn finding(
    rule: &Rule,
    facts: &Facts<'_>,
    kind: Kind,
    called: &str,
    [first, second]: [&ServiceName; 2],
) -> Diagnostic {
    let is_said = |of: &ServiceName| facts.deployment().services.get(of).is_some_and(|of| (kind.is_said)(of));
    let place = |of: &ServiceName| -> ModelPath {
        let path = at("services", of);
        if is_said(of) { path.key(kind.key) } else { path }
    };
    // The one that says the name is the one to change.
    let (here, there) = if is_said(second) { (second, first) } else { (first, second) };
    let message = format!("`{here}` and `{there}` both have a {} `{called}`", kind.what);
    rule.finding(place(here), message)
        .related(place(there), format!("`{there}` has it too"))
        .help(format!("give `{here}` another `{}`", kind.key))
}
