use crate::{
    deployment::{Deployment, Sandbox, Service},
    diagnostic::{Diagnostic, Severity},
    message::message,
    rules::{Definition, Rule, Scope, at},
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Error,
    summary: "a service with a GPU does not run in gVisor",
    scope: Scope::Deployment(check),
};

fn check(rule: &Rule, deployment: &Deployment) -> Vec<Diagnostic> {
    let find = |(name, service): (&_, &Service)| {
        let zone = deployment.zones.get(&service.zone)?;
        if zone.sandbox != Sandbox::Gvisor || service.vram.is_empty() {
            return None;
        }
        let message =
            message!("`{name}` uses VRAM, but its sandbox, gVisor, gives it no access to a GPU", name);
        let finding = rule.finding(at("services", name).key("vram"), message);
        let finding = finding.related(at("zones", &service.zone).key("sandbox"), "the sandbox of its zone");
        Some(finding.help("move it to a zone without a sandbox"))
    };
    deployment.services.iter().filter_map(find).collect()
}
