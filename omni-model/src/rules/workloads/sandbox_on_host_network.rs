use crate::{
    deployment::{Deployment, Sandbox},
    diagnostic::{Diagnostic, Severity},
    message::message,
    rules::{Definition, Rule, Scope, at},
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Warning,
    summary: "a service in a sandbox uses neither the host's network nor the host's processes",
    scope: Scope::Deployment(check),
};

fn check(rule: &Rule, deployment: &Deployment) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for (name, service) in &deployment.services {
        let Some(zone) = deployment.zones.get(&service.zone) else { continue };
        if zone.sandbox != Sandbox::Gvisor {
            continue;
        }
        let path = at("services", name);
        let (sandbox, note) = (at("zones", &service.zone).key("sandbox"), "the sandbox of its zone");
        if service.host_network {
            let message = message!("`{name}` runs in gVisor but uses the host's network", name);
            let place = path.key("host_network");
            let finding = rule.finding(place.clone(), message).related(sandbox.clone(), note);
            let help = "remove `host_network`: no NetworkPolicy applies on the host's network";
            findings.push(finding.help(help).fix(place, ()));
        }
        if service.sees_host_processes() {
            let message = message!("`{name}` runs in gVisor but asks for the host's processes", name);
            // Without `host_pid`, its product needs the host's processes.
            let place = if service.host_pid.is_some() { path.key("host_pid") } else { path };
            let finding = rule.finding(place, message).related(sandbox, note);
            let help = "move it to a zone without a sandbox: gVisor shows it only its own processes";
            findings.push(finding.help(help));
        }
    }
    findings
}
