//! W030

use crate::{
    deployment::Service,
    diagnostic::{Diagnostic, Severity},
    names::{ContainerName, ServiceName, WorkloadName},
    rules::{Check, Rule, at},
    scenario::{Runtime, Scenario},
};

/// Docker and Kubernetes accept different names for containers.
pub(crate) static RULE: Rule = Rule {
    id: "W030",
    name: "container-name-refused",
    severity: Severity::Error,
    summary: "the runtime of a service accepts the name of its container",
    docs: include_str!("named.md"),
    check: Check::EachOption(check),
};

fn check(rule: &Rule, scenario: &Scenario<'_>) -> Vec<Diagnostic> {
    scenario.services().filter_map(|(name, service)| refused(rule, scenario, name, service)).collect()
}

fn refused(
    rule: &Rule,
    scenario: &Scenario<'_>,
    name: &ServiceName,
    service: &Service,
) -> Option<Diagnostic> {
    let called = service.container(name);
    let (fits, runtime, help) = match scenario.runtime(service) {
        // The name of a service may have one character, and then so has its container.
        Runtime::Compose => (
            called.parse::<ContainerName>().is_ok(),
            "Docker",
            format!("give `{name}` a `container_name` of two or more characters"),
        ),
        Runtime::Kubernetes => (
            called.parse::<WorkloadName>().is_ok(),
            "Kubernetes",
            format!("give `{name}` a `container_name` of lower-case letters, digits and `-`, at most 63"),
        ),
    };
    if fits {
        return None;
    }
    let path = at("services", name);
    let path = if service.container_name.is_some() { path.key("container_name") } else { path };
    Some(rule.finding(path, format!("{runtime} does not accept the container name `{called}`")).help(help))
}
