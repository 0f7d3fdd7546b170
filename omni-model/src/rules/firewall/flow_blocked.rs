use crate::{
    deployment::{Deployment, Service},
    diagnostic::{Diagnostic, Severity},
    facts::Facts,
    policy::Seat,
    reach::{Destination, Hop, Source},
    rules::{Definition, Rule, Scope},
    scenario::Purpose,
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Error,
    summary: "every declared flow passes every layer between its ends",
    scope: Scope::EachOption(check),
};

fn check(rule: &Rule, facts: &Facts<'_>) -> Vec<Diagnostic> {
    let deployment = facts.deployment();
    let (world, declared) = (facts.world(), facts.declared());
    let mut findings = Vec::new();
    // Whether Prometheus has a way to what it reads is M012's.
    for link in declared.links().iter().filter(|link| link.purpose != Purpose::Scrape) {
        let (Some(from), to) = (Source::of(link.from), Destination::of(link.to)) else { continue };
        let verdicts = world.verdicts(from, to);
        if verdicts.iter().any(|verdict| verdict.stopped().is_none()) {
            continue;
        }
        let Some(hop) = verdicts.first().and_then(|verdict| verdict.stopped()) else { continue };
        let pod = match to {
            Destination::Service(name, service, ..) if facts.seat(name, service) == Some(Seat::Pod) => {
                Some((name, service))
            }
            _ => None,
        };
        let (why, help) = match pod {
            Some((name, service)) => (
                format!("a pod has no address outside its cluster, and `{from}` is outside"),
                outside_help(deployment, name.as_str(), service),
            ),
            None => (
                stopped_by(hop),
                "declare it the other way round, or give both ends the same network".to_owned(),
            ),
        };
        let message = format!("`{from}` cannot reach `{to}`: {why}");
        findings.push(rule.finding(link.origin.clone(), message).help(help));
    }
    findings
}

fn outside_help(deployment: &Deployment, name: &str, service: &Service) -> String {
    let zone = deployment.zones.get(&service.zone).map(|zone| zone.title.to_string()).unwrap_or_default();
    format!("give `{name}` `host_network: true`, or run zone `{}` ({zone}) on Docker Compose", service.zone)
}

fn stopped_by(hop: &Hop<'_>) -> String {
    let line = hop.lines.first().map(|line| format!(" by `{line}`")).unwrap_or_default();
    format!("{} on `{}` stops it{line}", hop.layer, hop.host)
}
