use std::net::Ipv4Addr;

use crate::{
    deployment::Deployment,
    diagnostic::{Diagnostic, Severity},
    message::{Said, message, said},
    path::ModelPath,
    resolve::{self, Target},
    rules::{Definition, Rule, Scope, at},
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Error,
    summary: "Alertmanager can reach the address of each receiver",
    scope: Scope::Deployment(check),
};

fn check(rule: &Rule, deployment: &Deployment) -> Vec<Diagnostic> {
    let find = |(key, receiver)| {
        let Target::Api(name, api) = resolve::receiver(deployment, receiver)? else { return None };
        let address = api.address?;
        let what = what(deployment, address)?;
        let message = message!("Alertmanager cannot reach the receiver: {address} is {what}", address, what);
        let path = ModelPath::root().key("monitoring").key(key).key("at");
        let related = at("apis", name).key("address");
        let help = "if the receiver is a service of this deployment, name its port, for example `ntfy.http`";
        Some(rule.finding(path, message).related(related, "its address").help(help))
    };
    let receivers = deployment.monitoring.iter().flat_map(|monitoring| monitoring.receivers());
    receivers.filter_map(find).collect()
}

/// What an address is that leads nowhere beyond the deployment: the container, a host, or a network.
fn what(deployment: &Deployment, address: Ipv4Addr) -> Option<Said<String>> {
    if address.is_loopback() || address.is_unspecified() {
        return Some(said("the container itself", "localhost".to_owned()));
    }
    if let Some((name, _)) = deployment.hosts.iter().find(|(_, host)| host.address == address) {
        return Some(said(format!("the host `{name}`"), name.to_string()));
    }
    let cluster = deployment.cluster.iter().flat_map(|cluster| [cluster.pod_cidr, cluster.service_cidr]);
    let mut networks = cluster.chain([deployment.network.subnet]);
    let network = networks.find(|network| network.net().contains(&address))?;
    Some(said(format!("in the deployment's own network {network}"), network.to_string()))
}
