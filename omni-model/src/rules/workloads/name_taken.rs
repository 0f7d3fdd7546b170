use std::collections::HashMap;

use crate::{
    deployment::Service,
    diagnostic::{Diagnostic, Severity},
    facts::Facts,
    message::message,
    names::ServiceName,
    path::ModelPath,
    rules::{Definition, Rule, Scope, at},
    scenario::{Runtime, Scenario},
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Error,
    summary: "container names are unique on a host, and Deployment names in a namespace",
    scope: Scope::EachOption(check),
};

/// A kind of object that has a name, and the key of a service that sets it.
#[derive(Clone, Copy)]
struct Kind {
    noun: &'static str,
    key: &'static str,
    is_set: fn(&Service) -> bool,
}

const CONTAINER: Kind =
    Kind { noun: "container", key: "container_name", is_set: |service| service.container_name.is_some() };
const DEPLOYMENT: Kind =
    Kind { noun: "Deployment", key: "deployment_name", is_set: |service| service.deployment_name.is_some() };

fn check(rule: &Rule, facts: &Facts<'_>) -> Vec<Diagnostic> {
    let mut taken: HashMap<(&str, String, &str), &ServiceName> = HashMap::new();
    let mut findings = Vec::new();
    for (service, spec) in facts.services() {
        for (kind, scope, name) in names(facts, service, spec) {
            if let Some(other) = taken.insert((kind.key, scope, name), service) {
                findings.push(finding(rule, facts, kind, name, [other, service]));
            }
        }
    }
    findings
}

/// The names of a service's container and of its Deployment, each with the host or the namespace in which it must be unique.
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
    name: &str,
    [first, second]: [&ServiceName; 2],
) -> Diagnostic {
    let is_set = |of: &ServiceName| facts.deployment().services.get(of).is_some_and(|of| (kind.is_set)(of));
    let place = |of: &ServiceName| -> ModelPath {
        let path = at("services", of);
        if is_set(of) { path.key(kind.key) } else { path }
    };
    // The service that sets the name is the one to change.
    let (service, other) = if is_set(second) { (second, first) } else { (first, second) };
    let message = message!(
        "`{service}` and `{other}` both have a {kind} named `{name}`",
        service,
        other,
        kind = kind.noun,
        name,
    );
    rule.finding(place(service), message)
        .related(place(other), "the other service")
        .help(format!("give `{service}` another `{}`", kind.key))
}
