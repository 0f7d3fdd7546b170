use std::collections::HashMap;

use crate::{
    deployment::{Deployment, Network as ContainerNetwork},
    diagnostic::{Diagnostic, Severity},
    message::message,
    names::Cidr,
    path::ModelPath,
    rules::{Definition, Rule, Scope, at},
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Error,
    summary: "networks do not overlap, and each host has an address of its own in its LAN",
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
        findings.extend(overlap(rule, &other, &inner));
        outer = Some(other);
    }
    findings
}

/// A network. Of two that overlap, the one that is chosen more freely is reported. LANs and Docker's own bridge are not chosen.
struct Network {
    name: String,
    cidr: Cidr,
    freedom: u8,
    path: Option<ModelPath>,
}

fn networks(deployment: &Deployment) -> Vec<Network> {
    let root = ModelPath::root();
    let network = |name: &str, cidr, freedom, path| Network { name: name.to_owned(), cidr, freedom, path };
    let mut networks: Vec<_> = deployment
        .hosts
        .iter()
        .map(|(name, host)| {
            let path = at("hosts", name).key("lan").key("cidr");
            network(&format!("the LAN of `{name}`"), host.lan.cidr, 0, Some(path))
        })
        .collect();
    let is_default = deployment.network == ContainerNetwork::default();
    let containers = (!is_default).then(|| root.key("network").key("subnet"));
    networks.push(network("the container network", deployment.network.subnet, 1, containers));
    if let Some(cluster) = &deployment.cluster {
        let path = root.key("cluster");
        networks.push(network("the pod network", cluster.pod_cidr, 2, Some(path.key("pod_cidr"))));
        let services = Some(path.key("service_cidr"));
        networks.push(network("the service network of the cluster", cluster.service_cidr, 3, services));
    }
    // Docker's default bridge, which exists whether it is used or not.
    // <https://docs.docker.com/engine/network/drivers/bridge/>
    let docker0 = "172.17.0.0/16".parse().ok();
    networks.extend(docker0.map(|cidr| network("Docker's default bridge", cidr, 0, None)));
    networks
}

fn overlap(rule: &Rule, outer: &Network, inner: &Network) -> Option<Diagnostic> {
    let (given, chosen) = if outer.freedom <= inner.freedom { (outer, inner) } else { (inner, outer) };
    // Two hosts may stand in one LAN. A LAN over Docker's default bridge is the business of Docker's own configuration.
    let nothing_is_chosen = chosen.freedom == 0;
    let is_dockers = given.path.is_none() || chosen.path.is_none();
    if nothing_is_chosen && (is_dockers || given.cidr == chosen.cidr) {
        return None;
    }
    let message = message!(
        "{network} ({cidr}) overlaps {other} ({other_cidr})",
        network = chosen.name,
        cidr = chosen.cidr,
        other = given.name,
        other_cidr = given.cidr,
    );
    // The container network has no place where it is the default.
    let mut places = [&chosen.path, &given.path].into_iter().flatten().cloned();
    let finding = rule.finding(places.next()?, message).help("choose other addresses for one of them");
    Some(places.fold(finding, |finding, other| finding.related(other, "the other network")))
}

/// Each host has an address in its LAN that no other host has.
fn hosts(rule: &Rule, deployment: &Deployment) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    let mut seen = HashMap::new();
    for (name, host) in &deployment.hosts {
        let (path, net) = (at("hosts", name).key("address"), host.lan.cidr.net());
        let usable = net.prefix_len() >= 31 || ![net.network(), net.broadcast()].contains(&host.address);
        if !host.lan.cidr.contains(host.address) || !usable {
            let message = message!(
                "address {address} of `{host}` is not a host address in its LAN {lan}",
                address = host.address,
                host = name,
                lan = host.lan.cidr,
            );
            let help = "use an address of the LAN other than its first and its last";
            let lan = at("hosts", name).key("lan").key("cidr");
            findings.push(rule.finding(path.clone(), message).related(lan, "the LAN").help(help));
        }
        if let Some((other, other_path)) = seen.insert(host.address, (name, path.clone())) {
            let message = message!(
                "`{other}` and `{host}` have the same address {address}",
                other,
                host = name,
                address = host.address,
            );
            let finding = rule.finding(path, message).related(other_path, "the other host");
            findings.push(finding.help("give one of them another address"));
        }
    }
    findings
}
