use crate::{
    deployment::OpeningTarget,
    diagnostic::{Diagnostic, Severity},
    facts::Facts,
    reach::{Destination, HostPort, Source},
    rules::{Definition, Rule, Scope, at},
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Error,
    summary: "the operator reaches each host's sshd through its firewall",
    scope: Scope::EachOption(check),
};

fn check(rule: &Rule, facts: &Facts<'_>) -> Vec<Diagnostic> {
    let world = facts.world();
    let mut findings = Vec::new();
    for (name, host) in &facts.deployment().hosts {
        let sshd = Destination::Host(name, host, HostPort::Ssh(host.ssh_port));
        let verdicts = world.verdicts(Source::Operator, sshd);
        let Some(closed) = verdicts.iter().find(|verdict| !verdict.reaches()) else { continue };
        let opening = host.openings.iter().position(|opening| opening.to == OpeningTarget::Ssh);
        let path = match opening {
            Some(at_index) => at("hosts", name).key("openings").index(at_index),
            None => at("hosts", name).key("ssh_port"),
        };
        let from = closed.packet.map(|packet| format!(" from {}", packet.source)).unwrap_or_default();
        let message = format!("ufw on `{name}` would lock its operator out: no rule allows SSH{from}");
        findings.push(
            rule.finding(path, message).help("let the opening for `ssh` be `from` where the operator is"),
        );
    }
    findings
}
