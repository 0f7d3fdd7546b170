use std::collections::HashSet;

use crate::{
    deployment::{Deployment, OpeningTarget},
    diagnostic::{Diagnostic, Severity},
    facts::Facts,
    path::ModelPath,
    policy::{OriginKind, Ufw},
    reach::{Destination, Line, Source},
    rules::{Definition, Rule, Scope, at},
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Warning,
    summary: "each opening and policy of the author's serves a flow, and none does what another does already",
    scope: Scope::AllOptions(check),
};

fn check(rule: &Rule, deployment: &Deployment, options: &[Facts<'_>]) -> Vec<Diagnostic> {
    let serving: HashSet<ModelPath> = options.iter().flat_map(serving).collect();
    let mut findings = Vec::new();
    for (name, host) in &deployment.hosts {
        for (i, opening) in host.openings.iter().enumerate() {
            let path = at("hosts", name).key("openings").index(i);
            let line = |facts: &Facts<'_>| {
                let (_, ufw) = facts.world().ufw().find(|(host, _)| *host == name)?;
                let rule =
                    ufw.rules.iter().find(|rule| rule.origins.iter().any(|origin| origin.path == path))?;
                Some((rule.to_string(), wider(ufw, &path)))
            };
            // What it is for does not exist in any option, or is SSH.
            let lines: Vec<_> = options.iter().filter_map(line).collect();
            let Some((text, _)) = lines.first().filter(|_| opening.to != OpeningTarget::Ssh) else {
                continue;
            };
            if let Some(Some((wider, wider_path))) =
                lines.iter().map(|(_, wider)| wider).find(|wider| wider.is_some())
            {
                let message = format!("`ufw {text}` does what `ufw {wider}` does already");
                let finding = rule.finding(path, message).related(wider_path.clone(), "the wider one");
                findings.push(finding.help("take one of them out"));
            } else if !serving.contains(&path) {
                let message = format!("`ufw {text}` serves no flow{}", why(deployment, &opening.to));
                findings.push(
                    rule.finding(path, message).help("take it out, or declare the flow that it is for"),
                );
            }
        }
    }
    for (name, policy) in &deployment.network_policies {
        let path = at("network_policies", name);
        let governs = options.iter().any(|facts| facts.kubernetes_zones().contains(&policy.zone));
        if governs && !serving.contains(&path) {
            let message = format!("no flow needs what `{name}` allows");
            findings
                .push(rule.finding(path, message).help("take it out: the flows have policies of their own"));
        }
    }
    findings
}

/// The places of the author's lines that let a flow through.
fn serving(facts: &Facts<'_>) -> HashSet<ModelPath> {
    let world = facts.world();
    let ends =
        facts.links().iter().filter_map(|link| Some((Source::of(link.from)?, Destination::of(link.to))));
    let lines = |(from, to)| {
        // Of several ways, the first is the one that the service is told.
        let verdict = world.verdicts(from, to).into_iter().find(|verdict| verdict.stopped().is_none());
        let lines = verdict.into_iter().flat_map(|verdict| verdict.hops).flat_map(|hop| hop.lines);
        lines.filter(Line::is_authored).map(|line| line.place()).collect::<Vec<_>>()
    };
    ends.flat_map(lines).collect()
}

/// Another line of the author's that allows all that this one does; of two that are the same, the first.
fn wider(ufw: &Ufw, path: &ModelPath) -> Option<(String, ModelPath)> {
    let at = ufw.rules.iter().position(|rule| rule.origins.iter().any(|origin| origin.path == *path))?;
    let rule = ufw.rules.get(at)?;
    let covers = |(other, line): &(usize, &crate::policy::UfwRule)| {
        *other != at && line.covers(rule) && (*other < at || !rule.covers(line))
    };
    let (_, wider) = ufw.rules.iter().enumerate().find(covers)?;
    let origin = wider.origins.iter().find(|origin| origin.kind == OriginKind::Authored)?;
    Some((wider.to_string(), origin.path.clone()))
}

/// Why it serves none, if that is known.
fn why(deployment: &Deployment, to: &OpeningTarget) -> String {
    let OpeningTarget::Port(of) = to else { return String::new() };
    let container = deployment.services.get(of.service.as_str()).filter(|service| !service.host_network);
    let Some(_) = container else { return String::new() };
    format!(": Docker publishes `{}` past ufw, and DOCKER-USER lets in whom the flows name", of.service)
}
