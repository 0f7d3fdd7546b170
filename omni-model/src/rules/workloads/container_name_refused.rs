use crate::{
    deployment::Service,
    diagnostic::{Diagnostic, Severity},
    facts::Facts,
    names::{ContainerName, ServiceName, WorkloadName},
    rules::{Definition, Rule, Scope, at},
    scenario::Runtime,
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Error,
    summary: "the runtime of a service accepts the name of its container",
    scope: Scope::EachOption(check),
};

fn check(rule: &Rule, facts: &Facts<'_>) -> Vec<Diagnostic> {
    facts.services().filter_map(|(name, service)| refused(rule, facts, name, service)).collect()
}

fn refused(rule: &Rule, facts: &Facts<'_>, name: &ServiceName, service: &Service) -> Option<Diagnostic> {
    let called = service.container(name);
    let (fits, runtime, help) = match facts.runtime(service) {
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
