use crate::{
    deployment::{Deployment, Sandbox},
    diagnostic::{Diagnostic, Severity},
    rules::{Definition, Rule, Scope, at},
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Warning,
    summary: "what is locked into a sandbox has a network and processes of its own",
    scope: Scope::Deployment(check),
};

fn check(rule: &Rule, deployment: &Deployment) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for (name, service) in &deployment.services {
        let Some(zone) = deployment.zones.get(&service.zone) else { continue };
        if zone.sandbox != Sandbox::Gvisor {
            continue;
        }
        let related = at("zones", &service.zone).key("sandbox");
        let mut find = |key, message: String, help| {
            let finding = rule.finding(at("services", name).key(key), message);
            findings.push(finding.related(related.clone(), "its zone").help(help));
        };
        if service.host_network {
            let message = format!("`{name}` is locked into gVisor, and on the host's network");
            find("host_network", message, "give it a network of its own: no policy governs it on the host's");
        }
        if service.sees_host_processes() {
            let message = format!("`{name}` is locked into gVisor, and is to see the host's processes");
            find("host_pid", message, "gVisor shows it its own only: move it to a zone without a sandbox");
        }
    }
    findings
}
