use std::collections::HashSet;

use crate::{
    deployment::{Deployment, Opening, OpeningTarget},
    diagnostic::{Diagnostic, Severity},
    facts::Facts,
    message::message,
    names::{HostName, ServiceName},
    path::ModelPath,
    policy::{OriginKind, Ufw, UfwRule},
    reach::{Destination, Line, Source},
    rules::{Definition, Rule, Scope, at},
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Warning,
    summary: "each opening and network policy that you write serves a flow, and none repeats another",
    scope: Scope::AllOptions(check),
};

fn check(rule: &Rule, deployment: &Deployment, options: &[Facts<'_>]) -> Vec<Diagnostic> {
    let serving: HashSet<ModelPath> = options.iter().flat_map(serving).collect();
    let mut findings = Vec::new();
    for (name, host) in &deployment.hosts {
        for (i, opening) in host.openings.iter().enumerate() {
            let path = at("hosts", name).key("openings").index(i);
            let lines: Vec<_> = options.iter().filter_map(|facts| emitted(facts, name, &path)).collect();
            // An opening without a line is for a service that no option has. SSH needs no flow.
            let Some(first) = lines.first().filter(|_| opening.to != OpeningTarget::Ssh) else { continue };
            if let Some((wider, wider_path)) = lines.iter().find_map(|line| line.wider.as_ref()) {
                let line = &first.line;
                let message = message!(
                    "`ufw {line}` is redundant: `ufw {wider}` already allows all of it",
                    line,
                    wider
                );
                let finding = rule.finding(path.clone(), message);
                let finding = finding.related(wider_path.clone(), "the wider opening");
                findings.push(match lines.iter().all(|line| line.wider.is_some()) {
                    true => finding.help("remove the opening").fix(path, ()),
                    false => finding.help("remove one of the two openings"),
                });
            } else if !serving.contains(&path) {
                findings.push(unused(rule, deployment, opening, path, &first.line));
            }
        }
    }
    for (name, policy) in &deployment.network_policies {
        let path = at("network_policies", name);
        let governs = options.iter().any(|facts| facts.kubernetes_zones().contains(&policy.zone));
        if governs && !serving.contains(&path) {
            let message = message!("the network policy `{policy}` serves no flow", policy = name);
            let finding = rule.finding(path.clone(), message);
            findings.push(finding.help("remove the policy: each flow gets one of its own").fix(path, ()));
        }
    }
    findings
}

/// The places of the authored lines that let a flow through.
fn serving(facts: &Facts<'_>) -> HashSet<ModelPath> {
    let world = facts.world();
    let ends =
        facts.links().iter().filter_map(|link| Some((Source::of(link.from)?, Destination::of(link.to))));
    let lines = |(from, to)| {
        // The service is configured with the first way that works.
        let verdict = world.verdicts(from, to).into_iter().find(|verdict| verdict.stopped().is_none());
        let lines = verdict.into_iter().flat_map(|verdict| verdict.hops).flat_map(|hop| hop.lines);
        lines.filter(Line::is_authored).map(|line| line.place()).collect::<Vec<_>>()
    };
    ends.flat_map(lines).collect()
}

/// An opening as the line that is emitted for it in one option.
struct Emitted {
    line: String,
    /// Another authored line that allows everything that this one does, and its place.
    wider: Option<(String, ModelPath)>,
}

fn emitted(facts: &Facts<'_>, host: &HostName, path: &ModelPath) -> Option<Emitted> {
    let (_, ufw) = facts.world().ufw().find(|(name, _)| *name == host)?;
    let at = ufw.rules.iter().position(|rule| rule.origins.iter().any(|origin| origin.path == *path))?;
    Some(Emitted { line: ufw.rules.get(at)?.to_string(), wider: wider(ufw, at) })
}

/// Another authored line that allows everything that the line at `at` does. Of two equal lines, only the second has one.
fn wider(ufw: &Ufw, at: usize) -> Option<(String, ModelPath)> {
    let rule = ufw.rules.get(at)?;
    let covers = |(other, line): &(usize, &UfwRule)| {
        *other != at && line.covers(rule) && (*other < at || !rule.covers(line))
    };
    let (_, wider) = ufw.rules.iter().enumerate().find(covers)?;
    let origin = wider.origins.iter().find(|origin| origin.kind == OriginKind::Authored)?;
    Some((wider.to_string(), origin.path.clone()))
}

fn unused(
    rule: &Rule,
    deployment: &Deployment,
    opening: &Opening,
    path: ModelPath,
    line: &str,
) -> Diagnostic {
    let Some(service) = published(deployment, &opening.to) else {
        let message = message!("`ufw {line}` serves no flow", line);
        return rule.finding(path, message).help("remove the opening, or declare the flow that it is for");
    };
    let message = message!(
        "`ufw {line}` serves no flow: packets to the published ports of `{service}` bypass ufw and are filtered in DOCKER-USER",
        line,
        service,
    );
    rule.finding(path.clone(), message).help("remove the opening").fix(path, ())
}

/// The service whose port is opened, if Docker publishes that port past ufw.
fn published<'a>(deployment: &'a Deployment, to: &OpeningTarget) -> Option<&'a ServiceName> {
    let OpeningTarget::Port(of) = to else { return None };
    let (name, service) = deployment.services.get_key_value(of.service.as_str())?;
    (!service.host_network).then_some(name)
}
