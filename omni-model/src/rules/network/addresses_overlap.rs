use std::collections::HashMap;

use crate::{
    deployment::Deployment,
    diagnostic::{Diagnostic, Severity},
    names::Cidr,
    path::ModelPath,
    rules::{Definition, Rule, Scope, at},
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Error,
    summary: "networks have no address in common, and a host's address is its own and in its LAN",
    scope: Scope::Deployment(check),
};

fn check(rule: &Rule, deployment: &Deployment) -> Vec<Diagnostic> {
    let mut findings = hosts(rule, deployment);
    let mut networks = networks(deployment);
    networks.sort_by_key(|network| (network.cidr.net().network(), network.cidr.net().prefix_len()));
    // Of two networks one contains the other, or they are apart: each is compared with the last that contained no other.
    let mut outer: Option<Network> = None;
    for inner in networks {
        let Some(other) = outer.take_if(|outer| outer.cidr.overlaps(inner.cidr)) else {
            outer = Some(inner);
            continue;
        };
        let (fixed, chosen) = if other.chosen <= inner.chosen { (&other, &inner) } else { (&inner, &other) };
        if let Some(path) = &chosen.path
            && !(fixed.chosen == 0
                && (fixed.path.is_none() || fixed.cidr == chosen.cidr)
                && chosen.chosen == 0)
        {
            let message = format!(
                "{} {} and {} {} have addresses in common",
                chosen.what, chosen.cidr, fixed.what, fixed.cidr
            );
            let finding = rule.finding(path.clone(), message).help("give one of them other addresses");
            findings.push(match &fixed.path {
                Some(path) => finding.related(path.clone(), "the other one"),
                None => finding,
            });
        }
        outer = Some(other);
    }
    findings
}

/// A network, and how freely it is chosen: a LAN is what it is.
struct Network {
    what: String,
    cidr: Cidr,
    chosen: u8,
    path: Option<ModelPath>,
}

fn networks(deployment: &Deployment) -> Vec<Network> {
    let root = ModelPath::root();
    let network = |what: &str, cidr, chosen, path| Network { what: what.to_owned(), cidr, chosen, path };
    let mut networks: Vec<_> = deployment
        .hosts
        .iter()
        .map(|(name, host)| {
            let path = at("hosts", name).key("lan").key("cidr");
            network(&format!("LAN of `{name}`"), host.lan.cidr, 0, Some(path))
        })
        .collect();
    let compose = root.key("network").key("subnet");
    networks.push(network("the containers' network", deployment.network.subnet, 1, Some(compose)));
    if let Some(cluster) = &deployment.cluster {
        let path = root.key("cluster");
        networks.push(network("the pods'", cluster.pod_cidr, 2, Some(path.key("pod_cidr"))));
        networks.push(network("the services'", cluster.service_cidr, 3, Some(path.key("service_cidr"))));
    }
    // Docker's default bridge, which is there whether anybody uses it or not.
    // <https://docs.docker.com/engine/network/drivers/bridge/>
    networks
        .extend("172.17.0.0/16".parse().ok().map(|cidr| network("Docker's own `docker0`", cidr, 0, None)));
    networks
}

/// Each host's address is one of its LAN's, and nobody else's.
fn hosts(rule: &Rule, deployment: &Deployment) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    let mut seen = HashMap::new();
    for (name, host) in &deployment.hosts {
        let (path, net) = (at("hosts", name).key("address"), host.lan.cidr.net());
        let usable = net.prefix_len() >= 31 || ![net.network(), net.broadcast()].contains(&host.address);
        if !host.lan.cidr.contains(host.address) || !usable {
            let message = format!("{} is no host's address in {}", host.address, host.lan.cidr);
            let help = "take one of the LAN's, neither the first nor the last";
            let lan = at("hosts", name).key("lan").key("cidr");
            findings.push(rule.finding(path.clone(), message).related(lan, "its LAN").help(help));
        }
        if let Some((other, other_path)) = seen.insert(host.address, (name, path.clone())) {
            let message = format!("`{other}` and `{name}` have the same address {}", host.address);
            findings.push(rule.finding(path, message).related(other_path, "the other one"));
        }
    }
    findings
}
