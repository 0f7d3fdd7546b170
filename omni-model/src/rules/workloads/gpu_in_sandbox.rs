use crate::{
    deployment::{Deployment, Sandbox, Service},
    diagnostic::{Diagnostic, Severity},
    rules::{Definition, Rule, Scope, at},
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Error,
    summary: "a service with a GPU is not locked into gVisor",
    scope: Scope::Deployment(check),
};

fn check(rule: &Rule, deployment: &Deployment) -> Vec<Diagnostic> {
    let sandboxed = |service: &&Service| {
        deployment.zones.get(&service.zone).is_some_and(|zone| zone.sandbox == Sandbox::Gvisor)
    };
    let find = |(name, service): (&_, &Service)| {
        let service = Some(service).filter(sandboxed)?;
        (!service.vram.is_empty()).then_some(())?;
        let message = format!("`{name}` takes video memory, and gVisor shows it no GPU");
        let path = at("services", name).key("vram");
        let related = at("zones", &service.zone).key("sandbox");
        Some(
            rule.finding(path, message)
                .related(related, "its zone")
                .help("move it to a zone without a sandbox"),
        )
    };
    deployment.services.iter().filter_map(find).collect()
}
