use std::net::Ipv4Addr;

use crate::{
    deployment::Deployment,
    diagnostic::{Diagnostic, Severity},
    path::ModelPath,
    resolve::{self, Target},
    rules::{Definition, Rule, Scope, at},
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Error,
    summary: "a receiver of alerts is at an address that Alertmanager reaches",
    scope: Scope::Deployment(check),
};

fn check(rule: &Rule, deployment: &Deployment) -> Vec<Diagnostic> {
    let find = |(key, receiver)| {
        let Target::Api(name, api) = resolve::receiver(deployment, receiver)? else { return None };
        let address = api.address?;
        let what = own(deployment, address)?;
        let message = format!("Alertmanager does not reach the receiver: {address} is {what}");
        let path = ModelPath::root().key("monitoring").key(key).key("at");
        let related = at("apis", name).key("address");
        let help = "if it is a service of the deployment, name its port: `ntfy.http`";
        Some(rule.finding(path, message).related(related, "its address").help(help))
    };
    let receivers = deployment.monitoring.iter().flat_map(|monitoring| monitoring.receivers());
    receivers.filter_map(find).collect()
}

/// What an address is that leads to nobody beyond the deployment.
fn own(deployment: &Deployment, address: Ipv4Addr) -> Option<String> {
    if address.is_loopback() || address.is_unspecified() {
        return Some("the container itself".to_owned());
    }
    if let Some((name, _)) = deployment.hosts.iter().find(|(_, host)| host.address == address) {
        return Some(format!("the host `{name}`"));
    }
    let cluster = deployment.cluster.iter().flat_map(|cluster| [cluster.pod_cidr, cluster.service_cidr]);
    let mut networks = cluster.chain([deployment.network.subnet]);
    networks.find(|it| it.net().contains(&address)).map(|it| format!("in the deployment's own network {it}"))
}
