use crate::{
    deployment::Service,
    diagnostic::{Diagnostic, Severity},
    facts::Facts,
    message::message,
    names::{ContainerName, ServiceName, WorkloadName},
    rules::{Definition, Rule, Scope, at},
    scenario::Runtime,
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Error,
    summary: "the runtime of a service accepts its container name",
    scope: Scope::EachOption(check),
};

fn check(rule: &Rule, facts: &Facts<'_>) -> Vec<Diagnostic> {
    facts.services().filter_map(|(name, service)| refused(rule, facts, name, service)).collect()
}

fn refused(rule: &Rule, facts: &Facts<'_>, name: &ServiceName, service: &Service) -> Option<Diagnostic> {
    let container = service.container(name);
    let (fits, runtime, accepted) = match facts.runtime(service) {
        // The name of a service may have one character, and its container has that name by default.
        Runtime::Compose => (container.parse::<ContainerName>().is_ok(), "Docker", "two or more characters"),
        Runtime::Kubernetes => (
            container.parse::<WorkloadName>().is_ok(),
            "Kubernetes",
            "at most 63 lower-case letters, digits and `-`",
        ),
    };
    if fits {
        return None;
    }
    let path = at("services", name);
    let path = if service.container_name.is_some() { path.key("container_name") } else { path };
    let message = message!("{runtime} does not accept the container name `{container}`", runtime, container);
    Some(rule.finding(path, message).help(format!("give `{name}` a `container_name` of {accepted}")))
}
