use serde_json::json;

use crate::{
    diagnostic::{Diagnostic, Severity},
    facts::Facts,
    message::{message, said},
    names::Cidr,
    policy::OriginKind,
    reach::{Destination, HostPort, Source},
    rules::{Definition, Rule, Scope, at},
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Error,
    summary: "the operator can reach sshd on each host through its firewall",
    scope: Scope::EachOption(check),
};

fn check(rule: &Rule, facts: &Facts<'_>) -> Vec<Diagnostic> {
    let world = facts.world();
    let mut findings = Vec::new();
    for (name, host) in &facts.deployment().hosts {
        let sshd = Destination::Host(name, host, HostPort::Ssh(host.ssh_port));
        let verdicts = world.verdicts(Source::Operator, sshd);
        let Some(closed) = verdicts.iter().find(|verdict| !verdict.reaches()) else { continue };
        let line = world.ufw().find(|(host, _)| *host == name).and_then(|(_, ufw)| ufw.rules.first());
        // The line for SSH comes first. If no opening asks for it, it lets in everybody.
        let opening = line.into_iter().flat_map(|line| &line.origins);
        let mut opening =
            opening.filter(|origin| origin.kind == OriginKind::Authored).map(|origin| &origin.path);
        let path = opening.next().cloned().unwrap_or_else(|| at("hosts", name));
        let source = closed.packet.map(|packet| packet.source);
        let words = source.map(|source| format!(" from {source}")).unwrap_or_default();
        let message = message!(
            "ufw on `{host}` would lock the operator out: no rule allows SSH{source}",
            host = name,
            source = said(words, source),
        );
        let finding = rule.finding(path, message);
        let from = match host.lan.operators.as_slice() {
            [] => "lan".to_owned(),
            [operator] => Cidr::of(*operator).to_string(),
            _ => {
                findings.push(finding.help("add an opening for `ssh` from each address in `lan.operators`"));
                continue;
            }
        };
        let openings = at("hosts", name).key("openings");
        let help = format!("add `{{ to: ssh, from: {from}, purpose: SSH }}` to `{openings}`");
        let opening = json!({ "to": "ssh", "from": from, "purpose": "SSH" });
        findings.push(finding.help(help).fix_by_adding(&openings, host.openings.len(), opening));
    }
    findings
}
