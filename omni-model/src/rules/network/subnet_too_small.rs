use crate::{
    deployment::{Deployment, Network},
    diagnostic::{Diagnostic, Severity},
    message::{message, said},
    path::ModelPath,
    rules::{Definition, Rule, Scope},
    scenario::FIRST_ADDRESS,
    words::count,
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Error,
    summary: "the container network has an address for each service",
    scope: Scope::Deployment(check),
};

fn check(rule: &Rule, deployment: &Deployment) -> Vec<Diagnostic> {
    let subnet = deployment.network.subnet.net();
    let services = deployment.services.len() as u64;
    let available = room(subnet.prefix_len());
    if services <= available {
        return Vec::new();
    }
    let message = message!(
        "{subnet} has addresses for {available}, but the deployment has {services}: the first {reserved} addresses are reserved",
        subnet = deployment.network.subnet,
        available = said(count(available as usize, "service"), available),
        services,
        reserved = FIRST_ADDRESS,
    );
    let key = ModelPath::root().key("network").key("subnet");
    // Where the network is the default, there may be no key.
    let path = if deployment.network == Network::default() { ModelPath::root() } else { key };
    let finding = rule.finding(path, message);
    let prefix = (0..subnet.prefix_len()).rev().find(|prefix| services <= room(*prefix));
    vec![match prefix {
        Some(prefix) => finding.help(format!("use a network of at least `/{prefix}`")),
        None => finding,
    }]
}

/// How many services a network of that prefix has addresses for. Its last address is for broadcasts.
fn room(prefix: u8) -> u64 {
    (1_u64 << (32 - prefix.min(32))).saturating_sub(u64::from(FIRST_ADDRESS) + 1)
}
