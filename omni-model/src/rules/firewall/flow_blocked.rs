use crate::{
    diagnostic::{Diagnostic, Severity},
    facts::Facts,
    message::{message, said},
    policy::Seat,
    reach::{Destination, Hop, Source},
    rules::{Definition, Rule, Scope},
    scenario::{Link, Purpose},
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Error,
    summary: "every declared flow passes every layer between its ends",
    scope: Scope::EachOption(check),
};

fn check(rule: &Rule, facts: &Facts<'_>) -> Vec<Diagnostic> {
    let (world, declared) = (facts.world(), facts.declared());
    let mut findings = Vec::new();
    // M012 checks whether Prometheus can reach what it scrapes.
    for link in declared.links().iter().filter(|link| link.purpose != Purpose::Scrape) {
        let (Some(from), to) = (Source::of(link.from), Destination::of(link.to)) else { continue };
        let verdicts = world.verdicts(from, to);
        if verdicts.iter().any(|verdict| verdict.stopped().is_none()) {
            continue;
        }
        let Some(hop) = verdicts.first().and_then(|verdict| verdict.stopped()) else { continue };
        findings.push(blocked(rule, facts, link, (from, to), hop));
    }
    findings
}

fn blocked(
    rule: &Rule,
    facts: &Facts<'_>,
    link: &Link<'_>,
    (from, to): (Source<'_>, Destination<'_>),
    hop: &Hop<'_>,
) -> Diagnostic {
    if let Destination::Service(name, service, ..) = to
        && facts.seat(name, service) == Some(Seat::Pod)
    {
        let message = message!(
            "`{from}` cannot reach `{to}`: a pod has no address outside its cluster, and `{from}` is outside",
            from = from.to_string(),
            to = to.to_string(),
        );
        let help = format!(
            "set `services.{name}.host_network` to `true`, or run the zone `{}` on Docker Compose",
            service.zone
        );
        return rule.finding(link.origin.clone(), message).help(help);
    }
    let line = hop.lines.first().map(ToString::to_string);
    let words = line.as_ref().map(|line| format!(" by `{line}`")).unwrap_or_default();
    let message = message!(
        "`{from}` cannot reach `{to}`: {layer} on `{host}` blocks it{line}",
        from = from.to_string(),
        to = to.to_string(),
        layer = hop.layer.to_string(),
        host = hop.host,
        line = said(words, line),
    );
    let help = "reverse the flow, or put both ends on the same network";
    rule.finding(link.origin.clone(), message).help(help)
}
