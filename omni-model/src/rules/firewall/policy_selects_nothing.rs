use crate::{
    deployment::Deployment,
    diagnostic::{Diagnostic, Severity},
    facts::Facts,
    message::message,
    policy::Seat,
    rules::{Definition, Rule, Scope, at},
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Error,
    summary: "each network policy that you write governs at least one pod",
    scope: Scope::AllOptions(check),
};

fn check(rule: &Rule, deployment: &Deployment, options: &[Facts<'_>]) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for (name, policy) in &deployment.network_policies {
        let members = || deployment.services.iter().filter(|(_, service)| service.zone == policy.zone);
        let governs = |facts: &Facts<'_>| {
            members().any(|(name, service)| {
                facts.service(name).is_some() && facts.seat(name, service) == Some(Seat::Pod)
            })
        };
        if !deployment.zones.contains_key(&policy.zone) || options.iter().any(governs) {
            continue;
        }
        let reason = match members().count() {
            0 => "the zone has no services",
            _ if members().all(|(_, service)| service.host_network) => {
                "its services use the host's network, which no policy governs"
            }
            _ => "no option runs the zone on Kubernetes",
        };
        let message = message!(
            "the network policy `{policy}` governs no pod of the zone `{zone}`: {reason}",
            zone = policy.zone,
            policy = name,
            reason,
        );
        let finding = rule.finding(at("network_policies", name).key("zone"), message);
        findings.push(finding.help("name another zone, or remove the policy"));
    }
    findings
}
