use std::net::Ipv4Addr;

use crate::{
    deployment::Service,
    diagnostic::{Diagnostic, Severity},
    facts::Facts,
    names::ServiceName,
    policy::Seat,
    reach::{Destination, Source, Verdict},
    rules::{Definition, Rule, Scope, at},
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Error,
    summary: "a container's own address is written down only for those who reach it there",
    scope: Scope::EachOption(check),
};

fn check(rule: &Rule, facts: &Facts<'_>) -> Vec<Diagnostic> {
    let containers = || {
        facts.services().filter_map(|(name, service)| match facts.seat(name, service) {
            Some(Seat::Container(address)) => Some((name, service, address)),
            _ => None,
        })
    };
    let mut findings = Vec::new();
    for (name, service) in facts.services() {
        for (path, template) in service.templates(&at("services", name)) {
            for (address, port) in template.words().flat_map(addresses) {
                let Some((to, to_service, _)) = containers().find(|(_, _, it)| *it == address) else {
                    continue;
                };
                if to == name {
                    continue;
                }
                let ways = ways(facts, (name, service), (to, to_service), (address, port));
                let stopped = ways.iter().find_map(Verdict::stopped);
                let Some(hop) = stopped.filter(|_| !ways.iter().any(Verdict::reaches)) else { continue };
                let port =
                    to_service.ports.iter().find(|(_, it)| port.is_none_or(|port| it.target.get() == port));
                let message = format!(
                    "`{name}` cannot reach `{to}` at its container's own address {address}: {} on `{}` stops it",
                    hop.layer, hop.host
                );
                let finding = rule.finding(path.clone(), message);
                findings.push(match port {
                    Some((port, _)) => {
                        finding.help(format!("write `{{{to}.{port}}}`, which is the address that works"))
                    }
                    None => finding,
                });
            }
        }
    }
    findings
}

/// Each way from a service to an address, and to one port or all.
fn ways<'a, 's>(
    facts: &'s Facts<'a>,
    (name, service): (&'a ServiceName, &'a Service),
    (to, to_service): (&'a ServiceName, &'a Service),
    (address, port): (Ipv4Addr, Option<u16>),
) -> Vec<Verdict<'s>> {
    let world = facts.world();
    let ports = to_service.ports.iter().filter(|(_, it)| port.is_none_or(|port| it.target.get() == port));
    let verdicts = ports.flat_map(|(port, mapping)| {
        world.verdicts(Source::Service(name, service), Destination::Service(to, to_service, port, *mapping))
    });
    verdicts.filter(|verdict| verdict.attempt.address == address).collect()
}

/// The addresses in a word, each with the port behind it.
fn addresses(word: &str) -> Vec<(Ipv4Addr, Option<u16>)> {
    let parts: Vec<&str> = word.split(|c: char| !(c.is_ascii_digit() || c == '.' || c == ':')).collect();
    let address = |part: &&str| {
        let (address, rest) =
            part.trim_matches([':', '.']).split_once(':').unwrap_or((part.trim_matches([':', '.']), ""));
        Some((address.parse().ok()?, rest.parse().ok()))
    };
    parts.iter().filter_map(address).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_found_with_their_ports() {
        let found = |word: &str| {
            let all = addresses(word).into_iter();
            all.map(|(address, port)| format!("{address} {}", port.unwrap_or(0))).collect::<Vec<_>>()
        };
        assert_eq!(found("http://172.30.0.13:6333/v1"), ["172.30.0.13 6333"]);
        assert_eq!(found("--peers=172.30.0.13,172.30.0.14:80"), ["172.30.0.13 0", "172.30.0.14 80"]);
        assert_eq!(found("host:172.30.0.13:"), ["172.30.0.13 0"]);
        assert!(found("v1.2.3 172.30.0 1.2.3.4.5 300.1.1.1").is_empty());
    }
}
