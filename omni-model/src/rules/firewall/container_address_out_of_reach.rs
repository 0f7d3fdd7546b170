use std::net::Ipv4Addr;

use crate::{
    deployment::{Service, Template},
    diagnostic::{Diagnostic, Severity},
    facts::Facts,
    message::message,
    names::ServiceName,
    policy::Seat,
    reach::{Destination, Source, Verdict},
    rules::{Definition, Rule, Scope, at},
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Error,
    summary: "a service's configuration holds a container's own address only if it can reach the container there",
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
                let mapping =
                    to_service.ports.iter().find(|(_, it)| port.is_none_or(|port| it.target.get() == port));
                let message = message!(
                    "`{from}` cannot reach `{to}` at its container's own address {address}: {layer} on `{host}` blocks it",
                    from = name,
                    to,
                    address,
                    layer = hop.layer.to_string(),
                    host = hop.host,
                );
                let mut finding = rule.finding(path.clone(), message);
                if let Some((name, _)) = mapping {
                    let endpoint = format!("{{{to}.{name}}}");
                    finding = finding.help(format!("write `{endpoint}` instead of the address"));
                    let fixed = port.and_then(|port| replaced(template, (address, port), &endpoint));
                    if let Some(text) = fixed {
                        finding = finding.fix(path.clone(), text);
                    }
                }
                findings.push(finding);
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
    let parts: Vec<&str> = word.split(|c| !is_in_address(c)).collect();
    let address = |part: &&str| {
        let (address, rest) =
            part.trim_matches([':', '.']).split_once(':').unwrap_or((part.trim_matches([':', '.']), ""));
        Some((address.parse().ok()?, rest.parse().ok()))
    };
    parts.iter().filter_map(address).collect()
}

/// A template with an endpoint in the place of an address and port, if they stand in it by themselves.
fn replaced(template: &Template, (address, port): (Ipv4Addr, u16), endpoint: &str) -> Option<String> {
    let (text, literal) = (template.to_string(), format!("{address}:{port}"));
    let parts = text.split_inclusive(|c| !is_in_address(c)).map(|part| match part.strip_prefix(&literal) {
        Some(rest) if !rest.starts_with(is_in_address) => format!("{endpoint}{rest}"),
        _ => part.to_owned(),
    });
    Some(parts.collect()).filter(|replaced| *replaced != text)
}

fn is_in_address(c: char) -> bool {
    c.is_ascii_digit() || c == '.' || c == ':'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endpoint_takes_the_place_of_an_address() {
        let replaced =
            |text: &str| replaced(&text.parse().unwrap(), ("172.30.0.13".parse().unwrap(), 80), "{db.http}");
        let expected = Some("http://{db.http}/v1,{db.http}".to_owned());
        assert_eq!(replaced("http://172.30.0.13:80/v1,172.30.0.13:80"), expected);
        assert_eq!(replaced("172.30.0.13:8080 1172.30.0.13:80 172.30.0.13"), None);
    }

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
