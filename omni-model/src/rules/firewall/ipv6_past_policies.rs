use indexmap::IndexMap;

use crate::{
    deployment::Ipv6,
    diagnostic::{Diagnostic, Severity},
    facts::Facts,
    message::{message, said},
    names::HostName,
    reach::{Destination, Verdict},
    resolve,
    rules::{Definition, Rule, Scope, at},
    words::count,
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Warning,
    summary: "pods reach nothing over IPv6 that their NetworkPolicies deny",
    scope: Scope::EachOption(check),
};

fn check(rule: &Rule, facts: &Facts<'_>) -> Vec<Diagnostic> {
    let world = facts.world();
    if world.ufw().all(|(_, ufw)| ufw.ipv6 == Ipv6::Deny) {
        return Vec::new();
    }
    let destinations = world.destinations();
    let mut found: IndexMap<&HostName, (usize, String)> = IndexMap::new();
    for from in world.sources() {
        for to in &destinations {
            let host = match to {
                Destination::Host(name, ..) => Some(*name),
                Destination::Service(_, service, ..) => {
                    resolve::host(facts.deployment(), service).map(|(name, _)| name)
                }
                Destination::Internet(_) | Destination::Machine(..) => None,
            };
            let Some(host) = host.filter(|_| world.reaches_by_ipv6(from, *to)) else { continue };
            if world.verdict(from, *to).as_ref().is_none_or(Verdict::reaches) {
                continue;
            }
            found.entry(host).or_insert_with(|| (0, format!("{from} -> {to}"))).0 += 1;
        }
    }
    let finding = |(host, (connections, example)): (&HostName, (usize, String))| {
        let message = message!(
            "pods can bypass their NetworkPolicies over IPv6: {connections} to `{host}`, for example `{example}`",
            host,
            connections = said(count(connections, "connection"), connections),
            example,
        );
        let help = "set `ipv6` to `deny`, or give each opening a `from`, including the one for `ssh`";
        rule.finding(at("hosts", host).key("ipv6"), message).help(help)
    };
    found.into_iter().map(finding).collect()
}
