//! W020

use crate::{
    deployment::{Deployment, Sandbox, Service},
    diagnostic::{Diagnostic, Severity},
    rules::{Check, Rule, at},
};

/// A sandbox on the host's network is half of one.
pub(crate) static RULE: Rule = Rule {
    id: "W020",
    name: "sandbox-on-host-network",
    severity: Severity::Warning,
    summary: "what is locked into a sandbox has a network of its own",
    docs: include_str!("network.md"),
    check: Check::Deployment(check),
};

fn check(rule: &Rule, deployment: &Deployment) -> Vec<Diagnostic> {
    let find = |(name, service): (&_, &Service)| {
        let zone = deployment.zones.get(&service.zone)?;
        (service.host_network && zone.sandbox == Sandbox::Gvisor).then_some(())?;
        let message = format!("`{name}` is locked into gVisor, and on the host's network");
        let path = at("services", name).key("host_network");
        let help = "give it a network of its own: no policy governs it on the host's";
        let related = at("zones", &service.zone).key("sandbox");
        Some(rule.finding(path, message).related(related, "its zone").help(help))
    };
    deployment.services.iter().filter_map(find).collect()
}
